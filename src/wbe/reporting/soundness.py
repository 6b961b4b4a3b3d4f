"""Whether samples are sound enough for a number to go out: an error of the check stops it.

Refuses samples in which the check finds an error; whoever goes on despite it, says so in the report.
"""

from __future__ import annotations

import xarray as xr

from wbe import messages
from wbe.errors import Fault, InputError
from wbe.quality import check

__all__ = ["MOST", "refuse_errors"]

MOST = 20  # findings that are told in full


def refuse_errors(samples: xr.Dataset) -> None:
    """Refuse samples in which the check finds an error.

    Raises
    ------
    InputError
        One fault for each finding, with its file, sheet and row.

    Examples
    --------
    >>> from wbe.testing import small_city
    >>> refuse_errors(small_city())
    """
    found = check(samples)
    errors = found[found["severity"] == "error"].to_dict("records")
    if not errors:
        return
    faults = [
        Fault("reporting-check-error", check=str(row["code"]), said=messages.Words(row["message"], row["message_zh"]),
              file=_known(row, "file"), sheet=_known(row, "sheet"), row=int(row["row"]) if _known(row, "row") else None)
        for row in errors[:MOST]
    ]  # fmt: skip
    if len(errors) > MOST:
        faults.append(Fault("reporting-more-check-errors", count=len(errors) - MOST))
    raise InputError(faults)


def _known(row: dict[object, object], key: str) -> str | None:
    """A cell of the table of findings, or None where it is empty."""
    value = row.get(key)
    return None if value is None or value != value or value == "" else str(value)
