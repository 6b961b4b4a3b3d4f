"""The command line: what an office types, cron runs and a script reads.

Exit codes: 0 done, 1 the data or the request has a fault (said in a line, in the reader's language), 2 wrong usage.
Refuses a traceback for a user, and half-written output.
"""

from wbe.cli.commands import app
from wbe.cli.door import main

__all__ = ["app", "main"]
