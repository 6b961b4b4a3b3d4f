"""Files that appear together: all written aside, then moved into place under a journal that the next run completes.

Refuses half of a set: on an error the old files stand, after a kill the next look at the folder finishes or clears.
A link keeps pointing where it points, a device stays a device, and the mode of a file is the umask's.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

__all__ = ["clear", "destination", "held", "ready", "sync_folder", "write_together", "write_whole"]

ASIDE = ".wbe-aside-"  # the folder in which a run writes before it moves
JOURNAL, UNDO = "journal.json", "undo.json"
WAIT = 120.0  # seconds for another run to leave the folder
STEP = 0.05


def destination(path: str | Path) -> Path:
    """Return where a file really goes: through links, and never into a folder's place.

    Raises
    ------
    IsADirectoryError
        There is a folder of that name, or the name is empty.
    OSError
        Links lead in a circle, or a part of the path is a file.

    Examples
    --------
    >>> destination("/") is None
    Traceback (most recent call last):
    ...
    IsADirectoryError: [Errno 21] Is a directory: '/'
    """
    given = Path(path)
    try:
        real = Path(os.path.realpath(given))
        kind = os.stat(real).st_mode  # a circle of links fails here with its own error
    except FileNotFoundError:
        return real
    if stat.S_ISDIR(kind):
        raise IsADirectoryError(21, "Is a directory", str(given))
    return real


def ready(path: str | Path) -> None:
    """Refuse a place where nothing could be written, before there is anything to write.

    Raises
    ------
    OSError
        Links lead in a circle, a part of the path is a file, or its folder may not be written to.

    Examples
    --------
    >>> ready("new/report")
    """
    with contextlib.suppress(FileNotFoundError):
        os.stat(path)
    real = Path(os.path.realpath(path))
    there = next(parent for parent in (real, *real.parents) if parent.exists())
    if there != real and not there.is_dir():
        raise NotADirectoryError(20, "Not a directory", str(there))
    if not os.access(there, os.W_OK):
        raise PermissionError(13, "Permission denied", str(there))


def _streamed(path: Path) -> bool:
    """Whether a path is a device or a pipe, which is written to and not replaced."""
    with contextlib.suppress(FileNotFoundError):
        return not stat.S_ISREG(path.stat().st_mode)
    return False


def write_whole(path: str | Path, content: bytes) -> None:
    """Write one file so that it appears whole or not at all.

    Raises
    ------
    OSError
        What the system refuses; the old file stands then.
    """
    write_together({Path(path): content})


def write_together(contents: Mapping[Path, bytes]) -> None:
    """Write files so that all appear or none: the old ones stand until every new one lies complete beside them.

    Parameters
    ----------
    contents : mapping of path to bytes
        Folders are made where they do not exist, and taken away again when anything fails.

    Raises
    ------
    OSError
        What the system refuses; the old files stand then.
    """
    wanted = {destination(path): content for path, content in contents.items()}
    streams = {path: content for path, content in wanted.items() if _streamed(path)}
    files = {path: content for path, content in wanted.items() if path not in streams}
    if files:
        folder = next(iter(files)).parent
        made = _make(folder)
        try:
            with held(folder):
                clear(folder)
                _replace(folder, files)
        except BaseException:
            if made is not None:
                shutil.rmtree(made, ignore_errors=True)
            raise
    for path, content in streams.items():
        with path.open("wb", buffering=0) as stream:
            stream.write(content)


def _replace(folder: Path, files: Mapping[Path, bytes]) -> None:
    aside = Path(tempfile.mkdtemp(prefix=ASIDE, dir=folder))
    moves = [(aside / f"new-{i}", aside / f"old-{i}", path) for i, path in enumerate(files)]
    try:
        for (new, _, _), content in zip(moves, files.values(), strict=True):
            _write(new, content)
        for _, old, path in moves:
            _keep(path, old)
        _write(
            aside / "journal.new", json.dumps([[new.name, old.name, str(path)] for new, old, path in moves]).encode()
        )
        os.replace(aside / "journal.new", aside / JOURNAL)  # from here on a killed run is completed, not undone
        for new, _, path in moves:
            path.parent.mkdir(parents=True, exist_ok=True)
            _move(new, path)
        sync_folder(folder)
    except BaseException:
        if (aside / JOURNAL).exists():
            os.replace(aside / JOURNAL, aside / UNDO)  # and from here on it is undone
            _undo(moves)
        raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _write(path: Path, content: bytes) -> None:
    """Write a new file with the mode that the umask gives, down to the disk."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
    with os.fdopen(handle, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def _keep(path: Path, old: Path) -> None:
    """Keep the file that is about to be replaced, without a copy where the disk can."""
    if not path.exists():
        return
    try:
        os.link(path, old)
    except OSError:
        shutil.copy2(path, old)


def _move(new: Path, path: Path) -> None:
    """Move into place, also from one disk to another (a link may lead there)."""
    try:
        os.replace(new, path)
    except OSError as err:
        if err.errno != 18:
            raise
        beside = path.with_name(f"{ASIDE}{path.name}")
        shutil.copyfile(new, beside)
        os.replace(beside, path)


def sync_folder(folder: Path) -> None:
    """Let the names reach the disk, where the system can."""
    with contextlib.suppress(OSError, AttributeError):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _complete(moves: list[tuple[Path, Path, Path]]) -> None:
    """Move what a killed run had not moved yet."""
    for new, _, path in moves:
        if new.exists():
            _move(new, path)


def _undo(moves: list[tuple[Path, Path, Path]]) -> None:
    """Put back what was moved: a file whose new version has left ``aside``, and the old one beside it if any."""
    for new, old, path in moves:
        if new.exists():  # this one was not moved
            continue
        with contextlib.suppress(OSError):
            if old.exists():
                os.replace(old, path)
            else:
                path.unlink(missing_ok=True)


def clear(folder: Path) -> int:
    """Complete or take away what killed runs left in a folder; return how many there were.

    To be called while the folder is :func:`held`: nobody who is alive writes there then.

    Raises
    ------
    OSError
    """
    found = 0
    if not folder.is_dir():
        return found
    for aside in sorted(folder.glob(f"{ASIDE}*")):
        found += 1
        if not aside.is_dir():
            aside.unlink(missing_ok=True)
            continue
        for name, finish in ((JOURNAL, _complete), (UNDO, _undo)):
            if (aside / name).exists():
                rows = json.loads((aside / name).read_text(encoding="utf-8"))
                finish([(aside / new, aside / old, Path(path)) for new, old, path in rows])
        shutil.rmtree(aside, ignore_errors=True)
    return found


@contextlib.contextmanager
def held(folder: Path, wait: float = WAIT) -> Iterator[None]:
    """Hold a folder against other runs, waiting for them; the system lets go when a holder dies.

    Raises
    ------
    BlockingIOError
        Another run held it all the time.
    """
    try:
        import fcntl
    except ImportError:  # where folders cannot be locked, a file in the folder for temporary files stands for it
        from filelock import FileLock

        with FileLock(Path(tempfile.gettempdir()) / f"wbe-{abs(hash(str(folder)))}.lock", timeout=wait):
            yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        until = time.monotonic() + wait
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as err:
                if time.monotonic() > until:
                    raise BlockingIOError(err.errno, "held by another run", str(folder)) from None
                time.sleep(STEP)
        yield
    finally:
        os.close(handle)


def _make(folder: Path) -> Path | None:
    """Make a folder; return the highest one that was not there before."""
    first = None
    for parent in (folder, *folder.parents):
        if parent.exists():
            if not parent.is_dir():
                raise NotADirectoryError(20, "Not a directory", str(parent))
            break
        first = parent
    folder.mkdir(parents=True, exist_ok=True)
    return first
