"""Keys and keyed hashes: what lets an office recognise a value again without anybody else guessing it.

Refuses a key that others may read, and one of another length.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import stat
from pathlib import Path

from wbe.errors import Fault, InputError

__all__ = ["held_key", "keyed", "new_key"]

LENGTH = 32


def new_key(path: Path) -> bytes:
    """Make a key of 32 random bytes that only its owner may read; an older one of that name stays.

    Raises
    ------
    OSError
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    key = secrets.token_bytes(LENGTH)
    aside = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(key)
            stream.flush()
            os.fsync(stream.fileno())
        os.link(aside, path)  # whoever comes second takes the first one's
    except FileExistsError:
        return path.read_bytes()
    finally:
        aside.unlink(missing_ok=True)
    return key


def held_key(path: Path) -> bytes:
    """Read a key.

    Raises
    ------
    InputError
        It may be read by others, or is not what was made.
    OSError
    """
    if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise InputError([Fault("runs-open-key", file=str(path))])
    key = path.read_bytes()
    if len(key) != LENGTH:
        raise InputError([Fault("runs-broken-key", file=str(path))])
    return key


def keyed(key: bytes, content: bytes) -> str:
    """Return a hash that nobody without the key can make, so that small inputs cannot be guessed from it.

    Examples
    --------
    >>> keyed(b"k" * 32, b"12.5") == keyed(b"k" * 32, b"12.5"), keyed(b"k" * 32, b"12.5") == keyed(b"l" * 32, b"12.5")
    (True, False)
    """
    return hmac.new(key, content, hashlib.sha256).hexdigest()
