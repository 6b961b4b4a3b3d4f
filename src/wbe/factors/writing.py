"""Claims and choices of one's own, written as the CSV or TOML that a profile takes.

Refuses to write what it would refuse to read: the rows are checked first, and a file appears whole or not at all.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path

import pandas as pd

from wbe.exchange.outputs import write_whole
from wbe.factors.library import table_with
from wbe.factors.refusals import refuse

__all__ = ["write_claims"]

Row = Mapping[str, object]


def write_claims(
    path: str | PathLike[str],
    claims: Sequence[Row],
    *,
    name: str = "",
    version: str = "",
    factor: Sequence[Row] = (),
    none: Sequence[Row] = (),
) -> Path:
    """Write claims and choices to a file that :func:`wbe.factors.profile` takes as ``overlay``.

    Parameters
    ----------
    path : path
        Ends in ``.csv`` (claims alone) or ``.toml``.
    claims : sequence of mapping
        As :meth:`wbe.factors.Pooled.claim` and :meth:`wbe.factors.Calibration.claim` give them.
    name, version : str
        Of the overlay; a TOML keeps both.
    factor, none : sequence of mapping
        Explicit choices, as in the TOML's ``[[factor]]`` and ``[[none]]``.

    Returns
    -------
    Path

    Raises
    ------
    FactorError
        Rows that no profile would take, choices in a CSV, or another kind of file.

    Examples
    --------
    >>> import tempfile
    >>> row = {"id": "tramadol-ours-v1", "quantity": "excretion_fraction", "drug": "tramadol", "biomarker": "tramadol",
    ...     "value": 0.25, "basis": "molar", "citation": "own study"}
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     print(write_claims(Path(folder) / "ours.toml", [row], name="ours").read_text(encoding="utf-8")[:13])
    name = "ours"
    """
    path = Path(path)
    kind = path.suffix.lower()
    if kind not in (".csv", ".toml"):
        refuse("factors-write-kind", path=path.name)
    if kind == ".csv" and (factor or none):
        refuse("factors-write-choices", path=path.name)
    filled = [{k: v for k, v in row.items() if v not in ("", None)} for row in claims]
    sections: dict[str, Sequence[Row]] = {"claim": filled, "factor": list(factor), "none": list(none)}
    table_with({"name": name or path.stem, **{k: v for k, v in sections.items() if v}})
    text = pd.DataFrame(filled).to_csv(index=False) if kind == ".csv" else _toml(name or path.stem, version, sections)
    write_whole(path, text.encode("utf-8"))
    return path


def _toml(name: str, version: str, sections: Mapping[str, Sequence[Row]]) -> str:
    lines = [f"name = {_text(name)}"] + ([f"version = {_text(version)}"] if version else [])
    for section, rows in sections.items():
        for row in rows:
            lines += ["", f"[[{section}]]", *(f"{key} = {_text(value)}" for key, value in row.items())]
    return "\n".join(lines) + "\n"


def _text(value: object) -> str:
    """A value as TOML writes it: texts as JSON does, mappings inline."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{k} = {_text(v)}" for k, v in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_text(v) for v in value) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return repr(value)
    return json.dumps(str(value), ensure_ascii=False)
