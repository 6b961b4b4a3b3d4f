"""An estimate kept in a file and made again from it, and its tables as bytes for a file.

What is kept are the samples and how they were estimated; a number that comes out otherwise is refused, not shown.
Refuses to write an edition that hides cells: the file would hold what it hides.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import xarray as xr

from wbe.errors import DisclosureError, Fault, InputError, require
from wbe.exchange import neutralise, read, write

if TYPE_CHECKING:
    from wbe.disclosure import Policy
    from wbe.estimation.result import Estimate
    from wbe.factors import Profile
    from wbe.people.catalogue import Choice

__all__ = ["Asked", "csv_of", "load", "printed", "save", "workbook_of"]


@dataclass(frozen=True, eq=False)
class Asked:
    """What an estimate was asked with, beside what stands in its provenance."""

    samples: xr.Dataset
    mobile: pd.DataFrame | None
    scenarios: Choice
    policy: str | Policy


#: attribute of the samples in the file that says how they were estimated
_RECIPE = "wbe_estimate"
_SHOWN = ("estimate", "incomplete", "below_limit")


def csv_of(table: pd.DataFrame) -> bytes:
    """Return a table as CSV that spreadsheets open in Chinese too; texts that they would run are made harmless."""
    return _harmless(table).to_csv(index=False).encode("utf-8-sig", "backslashreplace")


def workbook_of(tables: Mapping[str, pd.DataFrame]) -> bytes:
    """Return tables as a workbook, a sheet each.

    Raises
    ------
    MissingExtra
        The extra ``excel`` is not installed.
    """
    require("xlsxwriter", "excel")
    held = io.BytesIO()
    with pd.ExcelWriter(held, engine="xlsxwriter") as book:
        for name, table in tables.items():
            _harmless(table).to_excel(book, sheet_name=name, index=False)
    return held.getvalue()


def _harmless(table: pd.DataFrame) -> pd.DataFrame:
    safe = table.copy()
    for name in safe.columns:
        if not pd.api.types.is_numeric_dtype(safe[name]):
            safe[name] = safe[name].map(neutralise)
    return safe


def printed(estimate: Estimate) -> str:
    """Return a fingerprint of the numbers that an estimate prints for its districts."""
    table = estimate.table("district")
    shown = table.loc[table["status"].isin(_SHOWN), ["district", "month", "biomarker", "quantity", "text"]]
    return hashlib.sha256("\n".join("\x1f".join(map(str, row)) for row in shown.to_numpy()).encode()).hexdigest()


def save(estimate: Estimate, path: str | Path) -> Path:
    """Write samples and recipe; see :meth:`wbe.Estimate.save`.

    Raises
    ------
    DisclosureError
        An edition that hides cells.
    """
    if estimate.policy.edition != "internal":
        raise DisclosureError("estimation-save-edition", edition=estimate.policy.edition)
    from wbe.factors import profile_names

    asked, told = estimate.asked, estimate.provenance
    recipe = {
        "wbe": told["wbe"], "population": told["population"], "level": estimate.level, "seed": estimate.seed,
        "draws": estimate.n_draws, "cvs": {k: float(v) for k, v in dict(_mapping(told.get("cvs"))).items()},
        "profile": [estimate.profile.name, estimate.profile.hash], "printed": printed(estimate),
    }  # fmt: skip
    if estimate.profile.name in profile_names():
        recipe["factors"] = estimate.profile.name
    if isinstance(asked.policy, str):
        recipe["policy"] = asked.policy
    scenarios = asked.scenarios
    if scenarios is None or isinstance(scenarios, str):
        recipe["scenarios"] = scenarios
    elif not hasattr(scenarios, "drug") and all(isinstance(s, str) for s in scenarios):
        recipe["scenarios"] = list(scenarios)
    if asked.mobile is not None:
        recipe["mobile"] = asked.mobile.to_json(orient="table", index=False, double_precision=15)
    text = json.dumps(recipe, ensure_ascii=False, sort_keys=True, default=_plain)
    return write(asked.samples.assign_attrs({_RECIPE: text}), path)


def load(
    path: str | Path, *, factors: Profile | None = None, scenarios: Choice | None = None, policy: Policy | None = None
) -> Estimate:
    """Make an estimate again; see :meth:`wbe.Estimate.load`.

    Raises
    ------
    InputError
        A file without an estimate, something of one's own is lacking, or other numbers come out.
    """
    from wbe.estimation import estimate

    samples = read(path)
    text, name = samples.attrs.pop(_RECIPE, None), Path(path).name
    if text is None:
        raise InputError([Fault("estimation-load-samples", file=name)])
    recipe = json.loads(text)
    own = (("factors", factors), ("scenarios", scenarios), ("policy", policy))
    lacking = [word for word, given in own if given is None and word not in recipe]
    if lacking:
        raise InputError([Fault("estimation-load-own", file=name, argument=word) for word in lacking])
    mobile = None
    if "mobile" in recipe:
        mobile = pd.read_json(io.StringIO(recipe["mobile"]), orient="table", precise_float=True)
    found = estimate(
        samples, recipe["factors"] if factors is None else factors, recipe["population"], recipe["level"],
        mobile=mobile, cvs=recipe["cvs"] or None, seed=recipe["seed"], draws=recipe["draws"],
        scenarios=recipe["scenarios"] if scenarios is None else scenarios,
        policy=recipe["policy"] if policy is None else policy,
    )  # fmt: skip
    if printed(found) != recipe["printed"]:
        now = str(found.provenance["wbe"])
        raise InputError([Fault("estimation-load-differs", file=name, version=recipe["wbe"], now=now)])
    return found


def _mapping(value: object) -> Mapping[str, float]:
    return value if isinstance(value, Mapping) else {}


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else str(value)
