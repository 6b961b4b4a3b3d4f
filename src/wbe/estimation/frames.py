"""What an estimate gives beside its table: datasets, single samples, ratios, series, users by scenario.

Refuses nothing; the estimate that calls has checked names and policy.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import xarray as xr
from scipy import special

from wbe.estimation import wording
from wbe.estimation.budget import log_sds
from wbe.estimation.chain import OF_BIOMARKER, OF_DRUG, Chain
from wbe.estimation.contrast import contrast
from wbe.estimation.counts import behind
from wbe.factors.sources import leaves
from wbe.units import unit_of

if TYPE_CHECKING:
    from wbe.estimation.result import Estimate

#: statuses of rows that hold a number
NUMBERS = ("estimate", "incomplete")
__all__ = ["NUMBERS", "hidden_samples", "per_sample", "ratio_table", "series", "to_dataset", "to_html"]


def to_dataset(table: pd.DataFrame, quantity: str, level: float, statement: dict[str, str]) -> xr.Dataset:
    """Turn one quantity of a tidy table into a dataset over (district, month, biomarker or drug)."""
    substance = "biomarker" if quantity in OF_BIOMARKER else "drug"
    part = table[table["quantity"] == quantity]
    index = ["district", "month", substance]
    part = part.drop_duplicates(index)
    orders = {name: list(dict.fromkeys(part[name])) for name in index}
    wide = part.set_index(index)[["median", "lower", "upper", "n_samples", "n_detected", "status"]]
    full = wide.reindex(pd.MultiIndex.from_product(list(orders.values()), names=index))
    shape = tuple(len(v) for v in orders.values())
    ds = xr.Dataset(
        {name: (index, full[name].to_numpy().reshape(shape)) for name in wide.columns},
        coords=orders,
        attrs={"quantity": quantity, "level": level, **statement},
    )
    for name in ("median", "lower", "upper"):
        ds[name] = ds[name].astype(float).assign_attrs(units=unit_of(quantity), **statement)
    return ds


def per_sample(chain: Chain, quantity: str, level: float) -> xr.Dataset:
    """Exact median and interval of every sample of a quantity; a bound where another drug leaves the biomarker too."""
    substance = "biomarker" if quantity in OF_BIOMARKER else "drug"
    parts = []
    for name, product in chain.quantity[quantity].items():
        three = product.interval(level)
        row = leaves(chain.biomarker(name)) if quantity in OF_DRUG else None
        if row is not None and row.own:  # of one sample a parent leaves too uncertain a part: a bound alone
            three = three.assign(median=three["median"] * np.nan, lower=three["lower"] * np.nan)
        parts.append(three.reset_coords(drop=True).expand_dims({substance: [name]}))
    ds = xr.concat(parts, dim=substance, coords="minimal", compat="override", join="override")
    ds = ds.assign_coords(sample=chain.samples["sample"], **{
        c: chain.samples[c] for c in ("time", "site", "district") if c in chain.samples.coords
    })  # fmt: skip
    for name in ds.data_vars:
        ds[name].attrs = {"units": unit_of(quantity)}
    return ds.assign_attrs(quantity=quantity, level=level).transpose("sample", substance)


def hidden_samples(estimate: Estimate, quantity: str) -> dict[str, np.ndarray]:
    """Samples behind the cells of a quantity that the policy hides, by substance; none where nothing is hidden."""
    table, engine = estimate.table(), estimate.engine
    gone = table[(table["quantity"] == quantity) & (table["status"] == "suppressed")]
    found: dict[str, np.ndarray] = {}
    column = "biomarker" if quantity in OF_BIOMARKER else "drug"
    grid = engine.grid("district")
    for substance, part in gone.groupby(column, sort=False):
        biomarker = engine.biomarker_of(quantity, str(substance))
        here = behind(engine, "district", quantity, str(substance), biomarker).here
        cells = [grid.number(d, m) for d, m in zip(part["district"], part["month"], strict=True)]
        mask = np.zeros(len(engine.order), dtype=bool)
        mask[engine.order[np.unique(here[cells].indices)]] = True
        found[str(substance)] = mask
    return found


def ratio_table(estimate: Estimate, a: str, b: str, quantity: str, area: str) -> pd.DataFrame:
    """Ratio of two areas by month and drug; equal sources cancel."""
    tail = (1 - estimate.level) / 2
    table = estimate.table(area)
    table = table[(table["quantity"] == quantity) & table["district"].isin([a, b])]
    column = "biomarker" if quantity in OF_BIOMARKER else "drug"
    grid = estimate.engine.grid(area)
    rows: list[dict[str, Any]] = []
    for substance in estimate.chain.quantity[quantity]:
        part = table[table[column] == substance]
        if not part["status"].isin(NUMBERS).any():
            continue
        amount = estimate.engine.amount(area, quantity, substance)
        sides = {d: part[part["district"] == d].set_index("month") for d in (a, b)}
        months = [m for m in dict.fromkeys(part["month"]) if all(m in side.index for side in sides.values())]
        counted = [m for m in months if all(side.at[m, "status"] in NUMBERS for side in sides.values())]
        numbers = [np.array([grid.number(d, m) for m in counted], dtype=int) for d in (a, b)]
        found = contrast(amount, *(np.searchsorted(amount.cell, n) for n in numbers))
        low, high = found.bounds([tail, 1 - tail]) if counted else (np.zeros(0), np.zeros(0))
        greater = found.greater() if counted else np.zeros(0)
        for month in months:
            row: dict[str, Any] = {"month": month, "drug": sides[a].at[month, "drug"], "quantity": quantity}
            row |= dict.fromkeys(("ratio", "lower", "upper", "p_greater"), np.nan)
            if month in counted:
                i = counted.index(month)
                mid = float(found.value[i])
                row |= {"ratio": mid, "lower": min(float(low[i]), mid), "upper": max(float(high[i]), mid)}
                row |= {"p_greater": float(greater[i]), "text": wording.interval(mid, row["lower"], row["upper"])}
            else:
                row["text"] = "; ".join(f"{d}: {side['text'][month]}" for d, side in sides.items())
            row |= {f"n_{x}": int(sides[d]["n_samples"][month]) for x, d in (("a", a), ("b", b))}
            rows.append(row)
    columns = ["month", "drug", "quantity", "ratio", "lower", "upper", "p_greater", "n_a", "n_b", "text"]
    return pd.DataFrame(rows, columns=columns)


def series(estimate: Estimate, quantity: str, area: str) -> pd.DataFrame:
    """Monthly values with the log standard deviations within an area and between areas."""
    table = estimate.table(area)
    table = table[table["quantity"] == quantity].reset_index(drop=True)
    column = "biomarker" if quantity in OF_BIOMARKER else "drug"
    engine, grid = estimate.engine, estimate.engine.grid(area)
    names = ("within", "between", "total")
    found = {name: np.full(len(table), np.nan) for name in names}
    versions = np.full(len(table), "", dtype=object)
    labels, code = np.unique(engine.ds["method_version"].values.astype(str), return_inverse=True)
    for substance in estimate.chain.quantity[quantity]:
        rows = np.flatnonzero((table[column] == substance) & (table["status"] != "suppressed"))
        amount = engine.amount(area, quantity, substance)
        place = np.full(grid.n_cell, -1)
        place[amount.cell] = np.arange(len(amount.cell))
        at = place[[grid.number(d, m) for d, m in table.loc[rows, ["district", "month"]].to_numpy()]].astype(int)
        rows, at = rows[at >= 0], at[at >= 0]
        sds = log_sds(amount)
        for name in names:
            found[name][rows] = sds[name][at]
        versions[rows] = [_versions(amount.rows[i].indices, code, labels) for i in at]
    z = float(special.ndtri(0.5 + estimate.level / 2))
    extra = pd.DataFrame({f"log_sd_{name}": found[name] for name in names} | {"method_version": versions})
    for name, side in (("comparable_lower", -z), ("comparable_upper", z)):
        extra[name] = table["median"] * np.exp(side * extra["log_sd_between"])
    keep = ["district", "month", "drug", "biomarker", "median", "lower", "upper"]
    return pd.concat([table[keep], extra, table[["n_samples", "n_detected", "status", "limit"]]], axis=1)


def _versions(rows: np.ndarray, code: np.ndarray, labels: np.ndarray) -> str:
    return "+".join(str(labels[c]) for c in np.unique(code[rows]) if labels[c])


def to_html(estimate: Estimate) -> str:
    """A short table for notebooks: the last month's loads and consumption by district."""
    table = estimate.table()
    month = table.loc[table["status"].isin(["estimate", "below_limit"]), "month"].max()
    part = table[(table["month"] == month) & table["quantity"].isin(["normalised_load", "consumption"])]
    wide = part.pivot_table(index="district", columns=["quantity", "drug"], values="text", aggfunc="first", sort=False)
    mark = "<p><strong>SYNTHETIC DATA · 合成数据</strong></p>" if estimate.synthetic else ""
    return f"{mark}<p>{escape(repr(estimate))}<br>{escape(str(month))}</p>{wide.to_html(escape=True, na_rep='')}"
