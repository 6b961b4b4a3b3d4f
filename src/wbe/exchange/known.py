"""What a stored Samples dataset may hold, and how much: the guard in front of files that somebody else may have made.

Refuses a variable that points at another file and one that would fill the memory from a few bytes.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from wbe import packaged
from wbe.errors import Fault, InputError
from wbe.samples import RESULTS, SITUATIONS, TEXTS

if TYPE_CHECKING:
    import h5py

__all__ = ["is_known", "refuse_bombs"]


def is_known(name: str) -> bool:
    """Say whether Samples define a variable of that name.

    Examples
    --------
    >>> is_known("concentration"), is_known("catchment_weight"), is_known("payload")
    (True, True, False)
    """
    rules = packaged.toml("exchange.toml")["store"]
    defined = {*RESULTS, *SITUATIONS, *TEXTS, *packaged.toml("variables.toml"), *rules["other_variables"]}
    return name in defined or name.startswith(tuple(rules["prefixes"]))


def refuse_bombs(file: h5py.File, path: Path) -> None:
    """Refuse a netCDF file that reaches outside itself or unpacks to far more than it is.

    Raises
    ------
    InputError
        A variable with external storage, a link to another file, or more bytes than the limits of
        ``data/exchange.toml`` allow for a file of this size.
    """
    import h5py

    rules = packaged.toml("exchange.toml")["store"]
    most = max(rules["always_allowed_bytes"], path.stat().st_size * rules["most_times_unpacked"])
    faults, total = [], 0
    for name in file:
        if isinstance(file.get(name, getlink=True), h5py.ExternalLink):
            faults.append(Fault("exchange-outside", file=path.name, name=name))
            continue
        stored = file[name]
        if not isinstance(stored, h5py.Dataset) or not is_known(name):
            continue
        if stored.external or stored.is_virtual:
            faults.append(Fault("exchange-outside", file=path.name, name=name))
        total += stored.size * max(stored.dtype.itemsize, 1) if stored.shape is not None else 0
    if total > most:
        faults.append(Fault("exchange-too-much", file=path.name, megabytes=int(total // 1_000_000)))
    if faults:
        raise InputError(faults)
