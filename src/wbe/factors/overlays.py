"""A user's own claims and choices, read from CSV, TOML or a mapping, to be laid over a profile.

Refuses a row that poses as verified by the library, and any key that it does not know.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import Any

import pandas as pd

from wbe import vocabulary
from wbe.errors import FactorError
from wbe.factors.compound_table import compounds
from wbe.factors.library import Overlay, tidy

_SECTIONS = ("name", "version", "title", "note", "claim", "factor", "dose", "none")
_NEEDED = {"factor": ("drug", "biomarker", "claims"), "dose": ("drug", "claims"), "none": ("drug", "claim")}
_ALLOWED = ("user", "memory", "derived")


@dataclass(frozen=True)
class Layer:
    """What an overlay brings: claims, and choices over claims."""

    name: str
    claims: pd.DataFrame
    factors: tuple[Mapping[str, Any], ...] = ()
    doses: tuple[Mapping[str, Any], ...] = ()
    none: tuple[Mapping[str, Any], ...] = ()
    text: Mapping[str, Any] = field(default_factory=dict, compare=False)


def read_overlay(overlay: Overlay) -> Layer:
    """Read an overlay.

    Parameters
    ----------
    overlay : path or mapping
        A CSV of claims (columns as :func:`wbe.factors.claims` shows them; at least id, quantity, drug, biomarker,
        value, basis, citation), a TOML file, or a mapping with the TOML's keys: ``name``, ``claim`` (list of rows),
        ``factor``, ``dose``, ``none``.

    Raises
    ------
    FactorError
        The file does not exist, a key is unknown, or rows have faults: each with file and row.
    """
    if isinstance(overlay, Mapping):
        return _from_mapping(dict(overlay), str(overlay.get("name", "user")))
    path = Path(overlay)
    return _from_csv(path) if path.suffix.lower() == ".csv" else _from_toml(path)


def _text_of(path: str | PathLike[str]) -> str:
    try:
        raw = Path(path).read_bytes()
    except OSError as err:
        raise FactorError(f"overlay: {path} cannot be read ({err.strerror}). Give the path of a CSV or TOML.") from err
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        return raw.decode("gb18030")
    except UnicodeDecodeError as err:
        raise FactorError(f"overlay: {path} is neither UTF-8 nor GB18030 text. Save it as a CSV or TOML text.") from err


def _from_csv(path: Path) -> Layer:
    import io

    rows = pd.read_csv(io.StringIO(_text_of(path)), dtype=str, keep_default_na=False)
    return Layer(path.stem, _claims(rows, path.name, first_row=2))


def _from_toml(path: Path) -> Layer:
    try:
        content = tomllib.loads(_text_of(path))
    except tomllib.TOMLDecodeError as err:
        raise FactorError(f"overlay {path.name}: not valid TOML ({err}). Correct the file.") from err
    return _from_mapping(content, str(content.get("name", path.stem)), file=path.name)


def _from_mapping(content: Mapping[str, Any], name: str, file: str | None = None) -> Layer:
    place = file or f"overlay {name}"
    odd = sorted(set(content) - set(_SECTIONS))
    if odd:
        raise FactorError(f"{place}: unknown key {', '.join(odd)}; known: {', '.join(_SECTIONS)}")
    faults = [
        f"{place}: [[{section}]] {i} lacks {', '.join(lacking)}"
        for section, needed in _NEEDED.items()
        for i, entry in enumerate(content.get(section, ()), start=1)
        if (lacking := [k for k in needed if k not in entry])
    ]
    if faults:
        raise FactorError("\n".join(faults))
    listed = [{k: _as_text(v) for k, v in row.items()} for row in content.get("claim", ())]
    rows = pd.DataFrame(listed).fillna("") if listed else pd.DataFrame()
    return Layer(
        name,
        _claims(rows, place, first_row=1),
        _choices(content, "factor"),
        _choices(content, "dose"),
        _choices(content, "none"),
        {k: content[k] for k in ("version", "title", "note") if k in content},
    )


def _as_text(value: Any) -> str:
    if isinstance(value, list | tuple):
        return "; ".join(str(v) for v in value)
    return "" if value is None else str(value)


def _id(name: str) -> str:
    """Return the id of a substance named in another way; what is unknown stays, to be refused with its row."""
    found = vocabulary.find(name)
    return found if found is not None and name not in compounds().index else name


def _choices(content: Mapping[str, Any], section: str) -> tuple[dict[str, Any], ...]:
    return tuple(
        {k: _id(v) if k in ("drug", "biomarker") and isinstance(v, str) else v for k, v in entry.items()}
        for entry in content.get(section, ())
    )


def _claims(rows: pd.DataFrame, place: str, first_row: int) -> pd.DataFrame:
    if not len(rows):
        return pd.DataFrame()
    missing = [c for c in ("id", "quantity", "citation") if c not in rows]
    if missing:
        raise FactorError(f"{place}: column {', '.join(missing)} missing. See wbe.factors.claims() for the columns.")
    rows = rows.copy()
    status = rows["status"].astype(str) if "status" in rows else pd.Series("", index=rows.index)
    rows["status"] = status.where(status.str.strip() != "", "user")
    posing = rows["status"].isin(("verified",))
    if posing.any():
        first = int(posing.to_numpy().argmax())
        raise FactorError(
            f"{place} row {first + first_row} ({rows['id'].iloc[first]}): status 'verified' is kept for shipped rows; "
            f"write one of {', '.join(_ALLOWED)}, and the DOI in its column."
        )
    for column in ("drug", "biomarker"):
        if column not in rows:
            rows[column] = ""
        substance = ~rows["quantity"].isin(("marker_per_head", "ratio_window"))
        rows[column] = rows[column].where(~substance, rows[column].map(_id))
    return tidy(rows, place, first_row)
