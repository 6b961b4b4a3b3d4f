"""What the system refused, said as one sentence: disk full, no permission, no such file, and the others.

Refuses the system's own words where the library has a sentence in the reader's language.
"""

from __future__ import annotations

import errno

from wbe import messages

__all__ = ["refusal"]

_CODES = {
    "cli-disk-full": (errno.ENOSPC, errno.EDQUOT, errno.EFBIG),
    "cli-read-only": (errno.EROFS,),
    "cli-not-permitted": (errno.EACCES, errno.EPERM),
    "cli-not-there": (errno.ENOENT, errno.ENXIO),
    "cli-is-folder": (errno.EISDIR,),
    "cli-no-folder": (errno.ENOTDIR,),
    "cli-exists": (errno.EEXIST, errno.ENOTEMPTY),
    "cli-name-too-long": (errno.ENAMETOOLONG,),
    "cli-link-loop": (errno.ELOOP,),
    "cli-in-use": (errno.EBUSY, errno.ETXTBSY),
    "cli-too-many-files": (errno.EMFILE, errno.ENFILE),
}
_OF = {number: code for code, numbers in _CODES.items() for number in numbers}


def refusal(error: OSError) -> str:
    """Say in one sentence what the system refused and what to do.

    Examples
    --------
    >>> refusal(OSError(errno.ENOSPC, "No space left on device", "out/june.csv"))
    'out/june.csv: the disk is full; what stood there before is unchanged. Make room, or write to another disk with -o.'
    """
    name = error.filename
    shown = name.decode("utf-8", "backslashreplace") if isinstance(name, bytes) else str(name or "")
    where = messages.Note("cli-at", name=shown) if shown else ""
    code = _OF.get(error.errno or 0)
    if code is None:
        values = {"where": where, "said": error.strerror or str(error) or type(error).__name__}
        return messages.render("cli-system", values)
    return messages.render(code, {"where": where})
