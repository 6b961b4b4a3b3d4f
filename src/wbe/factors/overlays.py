"""A user's own claims and choices, read from CSV, TOML or a mapping, to be laid over a profile.

Refuses a row that poses as verified by the library, a key that it does not know, and a file that changes nothing.
"""

from __future__ import annotations

import io
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import Any

import pandas as pd

from wbe import vocabulary
from wbe.errors import hint
from wbe.factors.claim_rows import COLUMNS, tidy
from wbe.factors.compound_table import compounds
from wbe.factors.declared import OverlayFile, check_shape
from wbe.factors.refusals import refuse, refuse_all
from wbe.messages import Note

__all__ = ["Layer", "Overlay", "read_overlay"]

Overlay = str | PathLike[str] | Mapping[str, object]
"""A path of a CSV or TOML, or a mapping with the TOML's keys."""

_ALLOWED = ("user", "memory", "derived")
_NEEDED = ("id", "quantity", "citation")
#: columns that claims() adds and a file made from its answer may carry back
_ADDED = ("table", "row")


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
        The file cannot be read, a key is unknown, rows have faults (each with file and row), or nothing is in it.
    """
    if isinstance(overlay, Mapping):
        return _from_mapping(overlay, str(overlay.get("name") or "user"))
    path = Path(overlay)
    return _from_csv(path) if path.suffix.lower() == ".csv" else _from_toml(path)


def _text_of(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except (OSError, ValueError) as err:
        refuse("factors-overlay-unread", path=str(path), reason=getattr(err, "strerror", None) or str(err))
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    refuse("factors-overlay-no-text", path=str(path))


def _from_csv(path: Path) -> Layer:
    try:
        rows = pd.read_csv(io.StringIO(_text_of(path)), dtype=str, keep_default_na=False, comment="#")
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as err:
        refuse("factors-overlay-no-csv", file=path.name, reason=str(err).strip())
    odd = [c for c in map(str, rows.columns) if c not in (*COLUMNS, *_ADDED)]
    refuse_all([Note("factors-file-key", place=path.name, key=c, hint=hint(c, COLUMNS)) for c in odd])
    return _something(Layer(path.stem, _claims(rows, path.name, first_row=2)), path.name)


def _from_toml(path: Path) -> Layer:
    text = _text_of(path)
    try:
        content = tomllib.loads(text)
    except (ValueError, RecursionError) as err:  # also integers of thousands of digits, and brackets without end
        refuse("factors-overlay-no-toml", file=path.name, reason=str(err))
    return _from_mapping(content, str(content.get("name") or path.stem), file=path.name)


def _from_mapping(content: Mapping[str, Any], name: str, file: str | None = None) -> Layer:
    place = file or f"overlay {name}"
    check_shape(content, OverlayFile, place)
    listed = [{k: _as_text(v) for k, v in row.items()} for row in content.get("claim", ())]
    rows = pd.DataFrame(listed).fillna("") if listed else pd.DataFrame()
    layer = Layer(
        name,
        _claims(rows, place, first_row=1),
        _choices(content, "factor"),
        _choices(content, "dose"),
        _choices(content, "none"),
        {k: content[k] for k in ("version", "title", "note") if k in content},
    )
    return _something(layer, place)


def _something(layer: Layer, place: str) -> Layer:
    if not (len(layer.claims) or layer.factors or layer.doses or layer.none):
        refuse("factors-overlay-empty", place=place)
    return layer


def _as_text(value: Any) -> str:
    if isinstance(value, list | tuple):
        return "; ".join(str(v) for v in value)
    return "" if value is None else str(value)


def _id(name: str) -> str:
    """Return the id of a substance named in another way; what is unknown stays, to be refused with its row."""
    found = vocabulary.find(name)
    return found if found is not None and name not in compounds().index else name


def _choices(content: Mapping[str, Any], section: str) -> tuple[dict[str, Any], ...]:
    entries: Sequence[Mapping[str, Any]] = content.get(section, ())
    return tuple({k: _id(v) if k in ("drug", "biomarker") else v for k, v in entry.items()} for entry in entries)


def _claims(rows: pd.DataFrame, place: str, first_row: int) -> pd.DataFrame:
    if not len(rows):
        return pd.DataFrame()
    refuse_all([Note("factors-file-missing", place=place, key=c) for c in _NEEDED if c not in rows])
    rows = rows.drop(columns=[c for c in _ADDED if c in rows])
    status = rows["status"].astype(str) if "status" in rows else pd.Series("", index=rows.index)
    rows["status"] = status.where(status.str.strip() != "", "user")
    refuse_all([
        Note("factors-claim-poses",
             place=Note("factors-claim-place", table=place, row=i + first_row, id=str(rows["id"].iloc[i])),
             allowed=_ALLOWED)
        for i in range(len(rows)) if rows["status"].iloc[i] == "verified"
    ])  # fmt: skip
    for column in ("drug", "biomarker"):
        if column not in rows:
            rows[column] = ""
        substance = ~rows["quantity"].isin(("marker_per_head", "ratio_window"))
        rows[column] = rows[column].where(~substance, rows[column].map(_id))
    return tidy(rows, place, first_row)
