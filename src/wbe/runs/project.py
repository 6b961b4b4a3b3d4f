"""A project folder: ``wbe.toml``, ``data/``, ``mappings/``, ``runs/``, ``published/`` and a key that never leaves it.

Refuses to be made over something, and to read a key that others may read.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from wbe import packaged
from wbe.errors import Fault, InputError
from wbe.exchange.outputs import write_whole
from wbe.published.keys import held_key, new_key
from wbe.runs.settings import Settings, read_settings

__all__ = ["FILE", "FOLDERS", "Project", "init"]

FILE = "wbe.toml"
FOLDERS = ("data", "mappings", "runs", "published")
HIDDEN = ".wbe"
WAIT = 600.0  # seconds that a second run waits for the first


@dataclass(frozen=True)
class Project:
    """A project folder that was opened: where it is and what it has decided."""

    root: Path
    settings: Settings

    @classmethod
    def open(cls, root: str | Path = ".") -> Project:
        """Open the project at a folder or above it.

        Parameters
        ----------
        root : path

        Raises
        ------
        InputError
            There is no ``wbe.toml`` there or above, or it has faults.
        """
        found = cls.find(root)
        if found is None:
            raise InputError([Fault("runs-no-project", folder=str(root))])
        return cls(found, read_settings(found / FILE))

    @staticmethod
    def find(path: str | Path) -> Path | None:
        """Return the folder with ``wbe.toml`` at a path or above it, or None."""
        here = Path(os.path.realpath(path))
        return next((folder for folder in (here, *here.parents) if (folder / FILE).is_file()), None)

    def path(self, setting: str) -> Path:
        """Return a path of the settings, which is relative to the project."""
        return self.root / setting

    @property
    def data(self) -> str | Path:
        """What is read: a folder or file of the project, or the address of a database."""
        named = self.settings.data
        return named if "://" in named or named.startswith("env:") else self.root / named

    @property
    def runs(self) -> Path:
        """Where runs lie: ``runs/<month>/<number>/``."""
        return self.root / "runs"

    @property
    def mapping(self) -> Path | None:
        """The mapping of columns: the one that is named, or the only one in ``mappings/``.

        Raises
        ------
        InputError
            There are several and none is named.
        """
        if self.settings.mapping:
            return self.path(self.settings.mapping)
        found = sorted((self.root / "mappings").glob("*.toml"))
        if len(found) > 1:
            raise InputError([Fault("runs-which-mapping", found=[p.name for p in found], file=FILE)])
        return found[0] if found else None

    def key(self) -> bytes:
        """Return the project's key; a project that has none yet gets one.

        Raises
        ------
        InputError
            The key may be read by others, or is not what was made.
        """
        path = self.root / HIDDEN / "key"
        if not path.exists():
            return new_key(path)
        return held_key(path)

    @contextmanager
    def alone(self, wait: float = WAIT) -> Iterator[None]:
        """Let no other run of this project work inside the block.

        Raises
        ------
        InputError
            Another run did not end in time.
        """
        from filelock import FileLock, Timeout

        folder = self.root / HIDDEN
        folder.mkdir(exist_ok=True)
        try:
            with FileLock(folder / "lock", timeout=wait):
                yield
        except Timeout as err:
            raise InputError([Fault("runs-busy", folder=str(self.root))]) from err


def init(folder: str | Path) -> Project:
    """Make a project folder: settings to be edited, four folders and a key.

    Parameters
    ----------
    folder : path
        A new folder, or an empty one.

    Returns
    -------
    Project

    Raises
    ------
    InputError
        There is something in the folder.
    OSError

    Examples
    --------
    >>> import tempfile
    >>> project = init(tempfile.mkdtemp())
    >>> sorted(p.name for p in project.root.iterdir())
    ['.wbe', 'data', 'mappings', 'published', 'runs', 'wbe.toml']
    """
    root = Path(folder)
    if root.exists() and (not root.is_dir() or any(root.iterdir())):
        raise InputError([Fault("runs-not-empty", folder=str(root))])
    for name in FOLDERS:
        (root / name).mkdir(parents=True, exist_ok=True)
    new_key(root / HIDDEN / "key")
    write_whole(root / FILE, packaged.text("project.toml").encode("utf-8"))
    return Project.open(root)
