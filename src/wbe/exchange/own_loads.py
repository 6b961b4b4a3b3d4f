"""A user's own table of loads per head: long (a row a load) or wide (a column a drug), in any language's headers.

Refuses a number whose unit is not said to be a load per head: concentrations go to :func:`wbe.read_samples`.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from wbe import packaged
from wbe.errors import Fault, InputError
from wbe.exchange.per_head import try_per_head
from wbe.vocabulary import find

__all__ = ["own_loads"]

_BRACKET = re.compile(r"^(.*?)\s*[\(（\[](.*)[\)）\]]\s*$")
_MONTH = re.compile(r"^\s*(\d{4})\s*[-/.年]?\s*(\d{1,2})?(?:\s*[-/.月]\s*(\d{1,2})?日?)?\s*月?\s*$")
_BELOW = re.compile(r"^\s*[<＜]\s*(.+)$")


class _Place(NamedTuple):
    """Where a row stands."""

    file: str
    row: int


def own_loads(table: pd.DataFrame, path: Path) -> pd.DataFrame:
    """Turn a user's table into loads.

    Raises
    ------
    InputError
        Every fault: roles that are missing, units and names that are not understood, cells that are no numbers.
    """
    roles, drugs, faults = _roles(table, path)
    if "time" not in roles:
        faults.append(Fault("exchange-load-role", file=path.name, role="month", found=list(table.columns)))
    if not drugs and not {"drug", "value"} <= set(roles):
        faults.append(Fault("exchange-load-role", file=path.name, role="drug, load", found=list(table.columns)))
    if faults:
        raise InputError(faults)
    long = _long(table, roles, drugs)
    rows = [_row(entry, path, faults) for entry in long]
    if faults:
        raise InputError(faults[:100])
    frame = pd.DataFrame([r for r in rows if r is not None])
    if frame.empty:
        raise InputError([Fault("exchange-no-load-file", file=path.name, said="0")])
    repeated = frame.duplicated(["place", "month", "biomarker"], keep=False)
    if repeated.any():
        first = frame[repeated].iloc[0]
        raise InputError([Fault("exchange-load-twice", file=path.name, place=first["place"], month=first["month"],
                                drug=first["biomarker"])])  # fmt: skip
    from wbe.exchange.loads import COLUMNS

    return frame.reindex(columns=list(COLUMNS)).sort_values(["place", "biomarker", "month"], ignore_index=True)


def _roles(
    table: pd.DataFrame, path: Path
) -> tuple[dict[str, tuple[str, float | None]], dict[str, tuple[str, float]], list[Fault]]:
    """Role to (column, factor of its bracket); drug columns to (biomarker, factor); faults."""
    known = packaged.toml("exchange.toml")["loads"]["columns"]
    roles: dict[str, tuple[str, float | None]] = {}
    drugs: dict[str, tuple[str, float]] = {}
    faults = []
    for column in table.columns:
        match = _BRACKET.match(column)
        bare, bracket = (match.group(1), match.group(2)) if match else (column, "")
        factor = try_per_head(bracket) if bracket else None
        folded = bare.strip().lower().replace("_", " ")
        role = next((r for r, names in known.items() if folded in [n.replace("_", " ") for n in names]), None)
        if role and role not in roles:
            if bracket and factor is None and role in ("value", "lower", "upper", "se", "limit"):
                faults.append(Fault("exchange-load-unit", file=path.name, column=column, came=bracket))
            roles[role] = (column, factor)
            continue
        biomarker = find(bare)
        if biomarker and factor is None:
            code = "exchange-load-unit" if bracket else "exchange-load-no-unit"
            faults.append(Fault(code, file=path.name, column=column, came=bracket or column))
        elif biomarker and factor is not None:
            drugs[column] = (biomarker, factor)
        elif any(str(v).strip() for v in table[column]):
            faults.append(Fault("exchange-load-unread", file=path.name, column=column, came=column))
    if "value" in roles and roles["value"][1] is None and "unit" not in roles:
        faults.append(Fault("exchange-load-no-unit", file=path.name, column=roles["value"][0], came=roles["value"][0]))
    return roles, drugs, faults


def _long(
    table: pd.DataFrame, roles: dict[str, tuple[str, float | None]], drugs: dict[str, tuple[str, float]]
) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for i, cells in enumerate(table.to_dict("records"), start=2):
        told: dict[str, object] = {role: cells[column] for role, (column, _) in roles.items()}
        told |= {"row": i, "factors": {role: factor for role, (_, factor) in roles.items()}}
        if drugs:
            for column, (biomarker, factor) in drugs.items():
                rows.append(
                    {**told, "biomarker": biomarker, "value": cells[column], "value_factor": factor, "column": column}
                )
        else:
            rows.append({**told, "column": roles["value"][0]})
    return rows


def _row(told: dict[str, object], path: Path, faults: list[Fault]) -> dict[str, object] | None:
    place = _Place(path.name, int(str(told["row"])))
    if str(told.get("value", "")).strip() == "":
        return None
    biomarker = told.get("biomarker") or find(str(told.get("drug", "")))
    if biomarker is None:
        faults.append(Fault("exchange-load-name", came=str(told.get("drug", "")), file=place.file, row=place.row))
    month = _month(str(told["time"]))
    if month is None:
        faults.append(Fault("exchange-load-month", came=str(told["time"]), file=place.file, row=place.row))
    factor = told.get("value_factor") or _factor(told, place, faults)
    numbers = {name: _number(told, name, place, faults) for name in ("value", "lower", "upper", "se", "limit", "n")}
    if biomarker is None or month is None or not isinstance(factor, float):
        return None
    below = bool(_BELOW.match(str(told["value"])))
    scaled = {k: v * factor for k, v in numbers.items() if k != "n"}
    country = str(told.get("country", "")).strip()
    named = " ".join(p for p in (country, str(told.get("place", "")).strip()) if p) or path.stem
    return {
        "place": named, "month": month, "biomarker": biomarker, "median": np.nan if below else scaled["value"],
        "lower": scaled["lower"], "upper": scaled["upper"], "se": scaled["se"], "df": numbers["n"] - 1,
        "n_samples": numbers["n"], "n_detected": 0 if below else numbers["n"], "imputed": 0.0,
        "limit": scaled["value"] if below else scaled["limit"], "status": "below_limit" if below else "estimate",
    }  # fmt: skip


def _factor(told: dict[str, object], place: _Place, faults: list[Fault]) -> float | None:
    factors = told["factors"]
    assert isinstance(factors, dict)
    said = try_per_head(str(told["unit"])) if "unit" in told else factors.get("value")
    if said is None:
        faults.append(Fault("exchange-load-unit", came=str(told.get("unit", "")), file=place.file, row=place.row))
    return None if said is None else float(said)


def _number(told: dict[str, object], name: str, place: _Place, faults: list[Fault]) -> float:
    text = str(told.get(name, "")).strip()
    match = _BELOW.match(text)
    text = match.group(1) if match and name == "value" else text
    if not text:
        return float("nan")
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if not (np.isfinite(number) and number >= 0):
        column = str(told["column"]) if name == "value" else name
        faults.append(Fault("exchange-load-number", came=repr(text), column=column, file=place.file, row=place.row))
    return number


def _month(text: str) -> str | None:
    match = _MONTH.match(text)
    if not match:
        return None
    month = int(match.group(2) or 1)
    return f"{match.group(1)}-{month:02d}" if 1 <= month <= 12 else None
