"""What the command line prints: sentences on standard output, faults on standard error, or one JSON object.

Refuses control characters: a name in a file cannot move a terminal's cursor, colour or title.
"""

from __future__ import annotations

import contextlib
import contextvars
import datetime as dt
import json
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from wbe import messages
from wbe.cli.refusals import refusal
from wbe.errors import Fault, InputError, WbeError

__all__ = [
    "answer",
    "command_line",
    "complain",
    "deafen",
    "finish",
    "harmless",
    "keep",
    "lines",
    "options",
    "quiet",
    "result",
    "session",
    "spans",
    "tell",
    "told_json",
]

MOST_ROWS = 12  # rows of like faults that one line names
# what steers a terminal or turns the order of letters round
_STEERING = {c: f"\\x{c:02x}" for c in (*range(0x20), *range(0x7F, 0xA0)) if c not in (0x09, 0x0A)}
_STEERING |= {c: f"\\u{c:04x}" for c in (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F)}


@dataclass
class _Session:
    """How one call of the command line speaks, and what it has to say as JSON."""

    typed: tuple[str, ...]
    quiet: bool = False
    as_json: bool = False
    log: Path | None = None
    answer: dict[str, object] = field(default_factory=dict)
    kept: list[str] = field(default_factory=list)


_NOW: contextvars.ContextVar[_Session | None] = contextvars.ContextVar("wbe_session", default=None)


def _now() -> _Session:
    """The call in progress; a command that is run without the door has one of its own."""
    session = _NOW.get()
    if session is None:
        session = _Session(())
        _NOW.set(session)
    return session


@contextlib.contextmanager
def session(typed: Sequence[str]) -> Iterator[None]:
    """Let everything inside the block belong to one call."""
    token = _NOW.set(_Session(tuple(typed)))
    try:
        yield
    finally:
        _NOW.reset(token)


def options(quiet: bool, as_json: bool, log: Path | None) -> None:
    """Set how this call speaks; a log file that cannot be written is refused before any work.

    Raises
    ------
    OSError
        The log file cannot be opened.
    """
    now = _now()
    now.quiet, now.as_json, now.log = quiet, as_json, log
    if log is not None:
        with log.open("a", encoding="utf-8"):
            pass
        keep("wbe " + " ".join(now.typed))


def command_line() -> list[str]:
    """Return what was typed."""
    return ["wbe", *_now().typed]


def quiet() -> bool:
    """Tell whether this call leaves out what was not asked for."""
    return _now().quiet


def told_json() -> bool:
    """Tell whether this call answers as JSON."""
    return _now().as_json


def harmless(text: str) -> str:
    r"""Return a text that a terminal only shows.

    Examples
    --------
    >>> harmless("\x1b[2Jgone\n")
    '\\x1b[2Jgone\n'
    """
    return text.translate(_STEERING)


def result(text: str) -> None:
    """Print what was asked for, also when quiet; as JSON it stands in the answer instead."""
    keep(text)
    if not _now().as_json:
        print(harmless(text), flush=True)


def tell(code: str, /, **values: object) -> None:
    """Print a sentence that a quiet run leaves out."""
    text = messages.render(code, values)
    keep(text)
    now = _now()
    if not (now.quiet or now.as_json):
        print(harmless(text), flush=True)


def complain(said: Sequence[str], faults: Sequence[Fault] | WbeError | None = None) -> None:
    """Print faults on standard error, and keep them for the answer as JSON."""
    for line in said:
        keep(line)
        print(harmless(line), file=sys.stderr, flush=True)
    if isinstance(faults, WbeError):
        answer(faults=[{"code": faults.code, "text": str(faults)}])
    elif faults is not None:
        answer(faults=[
            {"code": f.code, "file": f.file, "sheet": f.sheet, "row": f.row, "column": f.column, "text": str(f)}
            for f in faults
        ])  # fmt: skip
    else:
        answer(faults=[{"code": "", "text": line} for line in said])


def answer(**fields: object) -> None:
    """Add to the answer that ``--json`` prints."""
    _now().answer.update(fields)


def keep(text: str) -> None:
    """Add a text to the log file, with the time."""
    now = _now()
    now.kept.append(text)
    if now.log is not None:
        stamp = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        with contextlib.suppress(OSError), now.log.open("a", encoding="utf-8", errors="backslashreplace") as stream:
            stream.writelines(f"{stamp} {line}\n" for line in now.kept)
        now.kept.clear()


def finish(code: int) -> int:
    """Print the answer as JSON where that was asked for; return the exit code."""
    now = _now()
    try:
        if now.as_json:
            text = json.dumps({"exit": code, **now.answer}, ensure_ascii=True, indent=1, default=str)
            print(text, flush=True)
        sys.stdout.flush()
    except BrokenPipeError:
        deafen()
    except OSError as err:  # standard output is a file on a full disk
        with contextlib.suppress(OSError):
            print(harmless(refusal(err)), file=sys.stderr, flush=True)
        deafen()
        return code or 1
    return code


def deafen() -> None:
    """Send what would still be flushed nowhere, so that the end of the process does not fail on it."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def lines(error: WbeError) -> list[str]:
    """Say an error: faults alike in one file and column once, with their rows.

    Examples
    --------
    >>> faults = [Fault("errors-no-estimate", place="trend", came="int", file="a.csv", row=r) for r in (3, 4, 5, 9)]
    >>> for line in lines(InputError(faults)):
    ...     print(line)
    file a.csv, row 3: got trend(estimate) with an argument of type int; needed an Estimate. Make it first: \
wbe.estimate(samples). (Likewise in rows 4-5, 9.)
    """
    if not isinstance(error, InputError):
        return str(error).splitlines() or [type(error).__name__]
    groups: dict[tuple[object, ...], list[Fault]] = {}
    for fault in error.faults:
        kind = fault.code or (fault.needed, fault.next_step)
        groups.setdefault((fault.file, fault.sheet, fault.column, kind), []).append(fault)
    return [_group(faults) for faults in groups.values()]


def _group(faults: list[Fault]) -> str:
    first, more = faults[0], faults[1:]
    if not more:
        return str(first)
    rows = [fault.row for fault in more if fault.row is not None]
    if len(rows) < len(more):
        others = list(dict.fromkeys(fault.came for fault in more))
        told = messages.render("cli-likewise", {"count": len(more), "which": others[:MOST_ROWS]})
    else:
        known = spans(sorted(set(rows)))
        code = "cli-likewise-rows" if len(known) <= MOST_ROWS else "cli-likewise-more-rows"
        told = messages.render(code, {"rows": known[:MOST_ROWS], "count": len(more)})
    return f"{first} {told}"


def spans(rows: list[int]) -> list[str]:
    """Write rows as ``3``, ``5-9``.

    Examples
    --------
    >>> spans([3, 5, 6, 7])
    ['3', '5-7']
    """
    found: list[list[int]] = []
    for row in rows:
        if found and row == found[-1][1] + 1:
            found[-1][1] = row
        else:
            found.append([row, row])
    return [str(a) if a == b else f"{a}-{b}" for a, b in found]
