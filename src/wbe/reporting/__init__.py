"""Files for people: the monthly report as one HTML page and one workbook, and exports that machines read again.

Holds the public names. Refuses to compute: it shows tables that other rooms made.
"""

from typing import Any

import lazy_loader as _lazy

__getattr__: Any
__getattr__, __dir__, __all__ = _lazy.attach(
    __name__, submod_attrs={"document": ["Letterhead"], "letter": ["letters"], "monthly": ["ReportFiles", "report"]}
)
