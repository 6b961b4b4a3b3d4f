"""An estimate as tables: one tidy row for every area, month, quantity and substance, numbers or reasons.

Refuses silence: a cell without a number has a status and a text that says why.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import xarray as xr

from wbe.estimation import wording
from wbe.estimation.aggregate import Aggregator, CellSummary, population_of
from wbe.estimation.budget import log_sds
from wbe.estimation.cells import EXTENSIVE, Cells
from wbe.estimation.chain import OF_BIOMARKER, OF_DRUG, QUANTITIES, Chain
from wbe.estimation.days import design_notes
from wbe.people import RESTS_ON, flags
from wbe.population import units
from wbe.samples import Flag, one_text
from wbe.units import unit_of

if TYPE_CHECKING:
    from wbe.estimation.result import Estimate
    from wbe.factors import Profile
    from wbe.people import UseScenario

#: numbers of people, which no table prints without the sentence that they rest on
OF_PEOPLE = ("users", "prevalence")
BELOW = (int(Flag.BELOW_LOD), int(Flag.BELOW_LOQ))
COLUMNS = [
    "district", "month", "drug", "quantity", "median", "lower", "upper", "unit", "n_samples", "n_detected", "note",
    "biomarker", "status", "text", "population", "n_districts", "note_codes",
]  # fmt: skip
#: for the disclosure policy alone, which takes them away: units with a detection, share of the largest of them, plants,
#: people as reported
EVIDENCE = ["_seen", "_largest", "_plants", "_reported"]


def tidy(
    chain: Chain, aggregator: Aggregator, cells: Cells, profile: Profile, scenarios: dict[str, UseScenario]
) -> pd.DataFrame:
    """Build the tidy table of every quantity and substance over all cells."""
    heads = population_of(cells, chain)
    frames: dict[str, list[pd.DataFrame]] = {quantity: [] for quantity in QUANTITIES}
    for biomarker, drug in chain.traced.items():
        sought = _sought(chain, cells, biomarker)
        named = {quantity: biomarker if quantity in OF_BIOMARKER else drug for quantity in QUANTITIES}
        none = {q for q in OF_DRUG if drug not in chain.quantity[q] or chain.biomarker(drug) != biomarker}
        found = aggregator.in_step(cells, {q: substance for q, substance in named.items() if q not in none})
        for quantity in QUANTITIES:
            if quantity in none:
                frames[quantity].append(_without(chain, cells, quantity, drug, biomarker)[sought])
                continue
            notes = notes_of(chain, quantity, drug, profile, scenarios)
            frames[quantity].append(rows_of(chain, cells, quantity, drug, biomarker, found[quantity], notes)[sought])
    table = pd.concat([f for part in frames.values() for f in part], ignore_index=True)
    return peopled(table, cells, heads, scenarios)


def _sought(chain: Chain, cells: Cells, biomarker: str) -> np.ndarray:
    """Rows of the grid worth a line: areas where the biomarker was ever measured, from their first month to their last.

    A month without a sample in between has its line, that says so; years in which nobody sampled there have none.
    """
    ran = ~np.isin(chain.samples["flag"].sel(biomarker=biomarker).to_numpy(), [Flag.NOT_RUN, Flag.MISSING])
    inside = cells.share[cells.site] > 0
    keep = np.zeros((len(cells.areas), len(cells.months)), dtype=bool)
    for area in np.flatnonzero(inside[ran].any(axis=0)):
        months = cells.month[inside[:, area]]
        keep[area, months.min() : months.max() + 1] = True
    return keep.ravel()


def peopled(table: pd.DataFrame, cells: Cells, heads: np.ndarray, scenarios: Mapping[str, UseScenario]) -> pd.DataFrame:
    """Add the people and units behind each row, and say where users are implausible."""
    area, month = table.pop("_area").to_numpy(), table.pop("_month").to_numpy()
    # where a number rests on some of the samples only, so do the people and districts that disclosure counts
    table["population"] = np.where(table["_behind"] > 0, table.pop("_people"), heads[0, area, month])
    table["_reported"] = heads[1, area, month]
    table["n_districts"] = table.pop("_behind")
    median, people = (table[name].to_numpy(float) for name in ("median", "population"))
    notes = table["note"].to_numpy(dtype=object, copy=True)
    for i in np.flatnonzero((table["quantity"] == "users") & (table["status"] == "estimate")):
        scenario = scenarios[str(table["drug"].iloc[i])]
        grams = median[i] * scenario.amount_per_user_day.median() / 1e3
        notes[i] = "; ".join([*map(str, flags(median[i], people[i], grams, scenario)), notes[i]])
    table["note"] = notes
    # the sentence that notes_of() puts beside every number of people
    with_scenario = table["quantity"].isin(OF_PEOPLE) & table["status"].isin(["estimate", "below_limit"])
    table["note_codes"] = np.where(with_scenario, RESTS_ON, "")
    return table[[*COLUMNS, *EVIDENCE]]


def _grid(cells: Cells) -> pd.DataFrame:
    area, month = np.divmod(np.arange(len(cells.areas) * len(cells.months)), len(cells.months))
    return pd.DataFrame({
        "_area": area, "_month": month,
        "district": np.array(cells.areas, dtype=object)[area], "month": np.array(cells.months, dtype=object)[month],
    })  # fmt: skip


def _without(chain: Chain, cells: Cells, quantity: str, drug: str, biomarker: str) -> pd.DataFrame:
    status, why = chain.missing.get((quantity, drug), ("no_factor", "this profile uses another biomarker of the drug"))
    return _grid(cells).assign(
        drug=drug, quantity=quantity, biomarker=biomarker, unit=unit_of(quantity), median=np.nan, lower=np.nan,
        upper=np.nan, n_samples=0, n_detected=0, note=why, status=status, text=wording.reason(status),
        _people=np.nan, _behind=0, _seen=0, _largest=np.nan, _plants="",
    )  # fmt: skip


def rows_of(
    chain: Chain, cells: Cells, quantity: str, drug: str, biomarker: str, found: list[CellSummary], notes: list[str]
) -> pd.DataFrame:
    grid = _grid(cells)
    size = len(grid)
    values = np.full((size, 3), np.nan)
    counts = np.zeros((size, 2), dtype=int)
    people, behind, served = np.full(size, np.nan), np.zeros(size, dtype=int), chain.served
    seen, largest, plants = np.zeros(size, dtype=int), np.full(size, np.nan), one_text(size, "")
    single = chain.quantity[quantity][biomarker if quantity in OF_BIOMARKER else drug].central.to_numpy()
    heads = np.ones(len(served)) if quantity in EXTENSIVE else np.where(np.isfinite(served), served, 1.0)
    status = one_text(size, "no_data")
    text = one_text(size, wording.reason("no_data"))
    note = one_text(size, "")
    flags = chain.samples["flag"].sel(biomarker=biomarker).to_numpy()
    for cell in found:
        i = cell.area * len(cells.months) + cell.month
        values[i] = cell.median, cell.lower, cell.upper
        counts[i] = cell.n_samples, cell.n_detected
        people[i] = cells.people_behind(cell.area, cell.rows, served)
        behind[i] = cells.units_behind(cell.rows)
        if cells.apart is not None:
            detected = cell.rows[~np.isin(flags[cell.rows], BELOW)]
            seen[i] = cells.units_behind(detected)
            largest[i] = cells.largest_part(detected, (single * heads)[detected])
            plants[i] = ",".join(map(str, np.unique(cells.site[cell.rows])))
        status[i], text[i] = _state(cell)
        note[i] = "; ".join([*_cell_notes(chain, cells, cell, quantity, biomarker, flags), *notes])
    _unfinished(chain, cells, quantity, biomarker, status, text, counts, note)
    return grid.assign(
        drug=drug, quantity=quantity, biomarker=biomarker, unit=unit_of(quantity),
        median=values[:, 0], lower=values[:, 1], upper=values[:, 2],
        n_samples=counts[:, 0], n_detected=counts[:, 1], note=note, status=status, text=text,
        _people=people, _behind=behind, _seen=seen, _largest=largest, _plants=plants,
    )  # fmt: skip


def _state(cell: CellSummary) -> tuple[str, str]:
    if cell.method == "bound":
        return "below_limit", wording.bound(cell.upper)
    return "estimate", wording.interval(cell.median, cell.lower, cell.upper)


def _cell_notes(
    chain: Chain, cells: Cells, cell: CellSummary, quantity: str, biomarker: str, flags: np.ndarray
) -> list[str]:
    notes = []
    used = len(cell.rows)
    below = int(np.isin(flags[cell.rows], BELOW).sum())
    if cell.method == "bound":
        notes.append(f"below the limit in all {used} sample(s); upper bound at the limit; {cell.below}")
    elif below:
        places = wording.decimals(cell.median, cell.lower, cell.upper)
        places = min(places, -1) if quantity == "users" else places  # no finer here than where users are rounded
        zero, limit = wording.number(cell.as_zero, places), wording.number(cell.as_limit, places)
        notes.append(
            f"{below} of {used} below the limit, drawn below it {cell.below}; the median would "
            f"be {zero} with them at 0 and {limit} at their limits"
        )
        notes += _mostly_below(used, below)
    above = int((flags[cell.rows] == Flag.ABOVE_ULOQ).sum())
    if above:
        notes.append(f"{above} of {used} above the calibrated range: the true value may be higher")
    notes += _zero_notes(chain, cells, cell.area, cell.month, biomarker)
    notes += design_notes(chain.samples, cell.rows)
    notes += _corrected(chain, cell, quantity)
    discharged = chain.unconsumed.get(biomarker)
    dumped = 0 if discharged is None else int(discharged[cells.members[cell.area, cell.month]].sum())
    if dumped:
        what = "left out" if quantity in OF_DRUG else "included"
        notes.append(f"{dumped} sample(s) {what}: the marker ratio speaks of a discharge, not of use")
    left_out = cell.n_samples - used - (dumped if quantity in OF_DRUG else 0)
    if left_out > 0:
        notes.append(f"{left_out} result(s) without limit, flow or population left out")
    if quantity in EXTENSIVE:
        sites, had = np.unique(cells.site[cell.rows]).size, int((cells.share[:, cell.area] > 0).sum())
        if sites < had:
            notes.append(f"{sites} of {had} plants: the sum lacks the others")
    return notes


def _mostly_below(used: int, below: int) -> list[str]:
    """Where the rule for shares below the limit asks for the detection frequency alone, say it beside the number."""
    from wbe.censored import detection_frequency, settings

    least = settings()["choice"]["regression_below"]
    if below < least * used:
        return []
    low, high = detection_frequency(used - below, used).jeffreys
    return [
        f"{least:.0%} or more below the limit: the number rests on that fit, how often it was detected says more: "
        f"{used - below} of {used}, {low:.0%} to {high:.0%} of such samples (95 %)"
    ]


def _corrected(chain: Chain, cell: CellSummary, quantity: str) -> list[str]:
    """Beside a number per head by the public cotinine rule: the same without its wrong domestic share."""
    if chain.method != "agency-cotinine" or quantity in EXTENSIVE or "domestic_share" not in chain.samples:
        return []
    shares = chain.samples["domestic_share"].fillna(1.0).to_numpy()[cell.rows]
    low, high = float(shares.min()), float(shares.max())
    if low == high == 1.0:
        return []
    if low < high:
        return [f"corrected: between {low:.3g} and {high:.3g} times this, the domestic shares of its samples"]
    if cell.method == "bound":
        return [f"corrected (times the domestic share {low:.3g}): {wording.bound(cell.upper * low)}"]
    three = (x * low for x in (cell.median, cell.lower, cell.upper))
    return [f"corrected (times the domestic share {low:.3g}): {wording.interval(*three)}"]


def _zero_notes(chain: Chain, cells: Cells, area: int, month: int, biomarker: str) -> list[str]:
    zeros = chain.zeros.get(biomarker)
    count = 0 if zeros is None else int(zeros[cells.members[area, month]].sum())
    return [f"{count} result(s) of exactly 0 taken as below the limit"] if count else []


def _unfinished(
    chain: Chain, cells: Cells, quantity: str, biomarker: str, status: np.ndarray, text: np.ndarray, counts: np.ndarray,
    note: np.ndarray,
) -> None:  # fmt: skip
    """Cells that were sampled and still have no number: say whether flow, population or a limit is missing."""
    ds = chain.samples
    ran = np.isin(ds["flag"].sel(biomarker=biomarker).to_numpy(), [0, 1, 2, 3])
    people = chain.population.central
    metered, on_flow = people["flow_known"].values, people["on_flow"].values
    share = cells.share[cells.site] > 0
    dumped = chain.unconsumed.get(biomarker, np.zeros(len(ran), dtype=bool))
    for row in np.flatnonzero(ran):
        needs_meter = quantity in EXTENSIVE or not on_flow[row]
        if quantity in OF_DRUG and dumped[row]:
            why = "origin_unresolved"
        elif needs_meter and not metered[row]:
            why = "no_flow"
        elif quantity != "mass_load" and not np.isfinite(people.values[row]):
            why = "no_population"
        else:
            why = "below_limit"
        for area in np.flatnonzero(share[row]):
            i = area * len(cells.months) + cells.month[row]
            if status[i] == "no_data":
                status[i], text[i] = why, wording.reason(why)
                said = _zero_notes(chain, cells, int(area), int(cells.month[row]), biomarker)
                if why == "no_population" and chain.method.startswith("ensemble-dynamic"):
                    said.append(
                        "a method of the dynamic ensemble is missing; population='ensemble' takes those there are"
                    )
                note[i] = "; ".join(said)
                counts[i, 0] += 1


def notes_of(chain: Chain, quantity: str, drug: str, profile: Profile, scenarios: dict[str, UseScenario]) -> list[str]:
    notes = []
    if quantity in OF_DRUG or quantity in OF_PEOPLE:
        factor = profile.factor(drug)
        if factor is not None and factor.status != "verified":
            notes.append(f"excretion fraction: {factor.status}, not verified")
    if quantity == "doses":
        dose = profile.dose(drug)
        if dose is not None and dose.status != "verified":
            notes.append(f"dose: {dose.status}, not verified")
    if quantity in OF_PEOPLE:
        notes.append(scenarios[drug].statement("zh+en"))
    if quantity == "prevalence":
        share = scenarios[drug].share_15_64
        notes.append(f"of those aged 15-64, {share:.1%} of the inhabitants; all use is taken to lie in that band")
    if quantity not in EXTENSIVE:  # in the others the population cancels
        notes += [str(note) for note in chain.caveats]
    if quantity in OF_BIOMARKER and drug == "morphine":
        notes.append("origin unresolved: medicines and poppy straw are not told from heroin")
    return notes


def users_by_scenario(estimate: Estimate) -> pd.DataFrame:
    """Users under each scenario of each drug, and combined."""
    cells = estimate.cells("district")
    heads = population_of(cells, estimate.chain)
    names, frames = [], []
    for drug, mix in estimate.scenarios.items():
        if drug not in estimate.chain.quantity["users"]:
            continue
        for name, scenario in [*((s.name, s) for s in mix.parts or (mix,)), ("combined", mix)]:
            aggregator = Aggregator(
                estimate.chain.with_scenario(scenario), estimate.level, estimate.n_draws, estimate.seed
            )
            found = aggregator.summarise(cells, "users", drug)
            biomarker = estimate.chain.biomarker(drug)
            rows = rows_of(estimate.chain, cells, "users", drug, biomarker, found, [scenario.statement("zh+en")])
            names.append(name)
            frames.append(peopled(rows, cells, heads, {drug: scenario}))
    if not frames:
        return pd.DataFrame(columns=[*COLUMNS, "scenario"])
    shown = estimate.policy.apply_alike(frames, estimate.table(), units(estimate.samples))
    return pd.concat([t.assign(scenario=n) for t, n in zip(shown, names, strict=True)], ignore_index=True)


def hidden_samples(estimate: Estimate, quantity: str) -> dict[str, np.ndarray]:
    """Samples behind the cells of a quantity that the policy hides, by substance; none where nothing is hidden."""
    table, cells = estimate.table(), estimate.cells("district")
    gone = table[(table["quantity"] == quantity) & (table["status"] == "suppressed")]
    found: dict[str, np.ndarray] = {}
    column = "biomarker" if quantity in OF_BIOMARKER else "drug"
    for substance, district, month in gone[[column, "district", "month"]].itertuples(index=False):
        mask = found.setdefault(str(substance), np.zeros(len(cells.month), dtype=bool))
        mask[cells.members[cells.areas.index(district), cells.months.index(month)]] = True
    return found


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
    """Exact median and interval of every sample of a quantity."""
    substance = "biomarker" if quantity in OF_BIOMARKER else "drug"
    parts = []
    for name, product in chain.quantity[quantity].items():
        three = product.interval(level)
        parts.append(three.reset_coords(drop=True).expand_dims({substance: [name]}))
    ds = xr.concat(parts, dim=substance, coords="minimal", compat="override", join="override")
    ds = ds.assign_coords(sample=chain.samples["sample"], **{
        c: chain.samples[c] for c in ("time", "site", "district") if c in chain.samples.coords
    })  # fmt: skip
    for name in ds.data_vars:
        ds[name].attrs = {"units": unit_of(quantity)}
    return ds.assign_attrs(quantity=quantity, level=level).transpose("sample", substance)


def ratio_table(estimate: Estimate, a: str, b: str, quantity: str) -> pd.DataFrame:
    """Ratio of two districts by month and drug, from draws in which equal sources cancel."""
    tail = (1 - estimate.level) / 2
    table = estimate.table()
    table = table[(table["quantity"] == quantity) & table["district"].isin([a, b])]
    column = "biomarker" if quantity in OF_BIOMARKER else "drug"
    rows: list[dict[str, Any]] = []
    for substance in estimate.chain.quantity[quantity]:
        part = table[table[column] == substance]
        if not (part["status"] == "estimate").any():
            continue
        drawn = estimate.draws(quantity, substance)
        ratios = (drawn.sel(district=a) / drawn.sel(district=b)).transpose("draw", "month").to_numpy()
        for j, month in enumerate(drawn["month"].values):
            both = part[part["month"] == month].set_index("district")
            r = ratios[:, j]
            row = {"month": month, "drug": both["drug"].iloc[0], "quantity": quantity}
            if np.isfinite(r).all():
                mid, low, high = np.quantile(r, [0.5, tail, 1 - tail])
                row |= {"ratio": mid, "lower": low, "upper": high, "p_greater": float((r > 1).mean())}
                row["text"] = wording.interval(mid, low, high)
            else:
                row |= {"ratio": np.nan, "lower": np.nan, "upper": np.nan, "p_greater": np.nan}
                row["text"] = "; ".join(f"{d}: {both.loc[d, 'text']}" for d in (a, b))
            rows.append(row | {"n_a": int(both.loc[a, "n_samples"]), "n_b": int(both.loc[b, "n_samples"])})
    columns = ["month", "drug", "quantity", "ratio", "lower", "upper", "p_greater", "n_a", "n_b", "text"]
    return pd.DataFrame(rows, columns=columns)


def series(estimate: Estimate, quantity: str) -> pd.DataFrame:
    """Monthly values with the log standard deviations within a district and between districts."""
    from scipy.special import ndtri

    table = estimate.table()
    table = table[table["quantity"] == quantity].reset_index(drop=True)
    column = "biomarker" if quantity in OF_BIOMARKER else "drug"
    aggregator, cells = estimate.aggregator, estimate.cells("district")
    methods = estimate.samples["method_version"].values
    found: dict[tuple[str, str, str], tuple[float, float, float, str]] = {}
    for substance in estimate.chain.quantity[quantity]:
        hidden = set(map(tuple, table.loc[(table["status"] == "suppressed") & (table[column] == substance),
                                          ["district", "month"]].to_numpy()))  # fmt: skip
        for cell in aggregator.cells(cells, quantity, substance):
            if (cells.areas[cell.area], cells.months[cell.month]) in hidden:
                continue
            sds = log_sds(aggregator, cell, quantity, substance)
            versions = "+".join(sorted({str(methods[r]) for r in cell.rows} - {""}))
            found[cells.areas[cell.area], cells.months[cell.month], substance] = (*sds, versions)
    keys = list(zip(table["district"], table["month"], table[column], strict=True))
    none = (np.nan, np.nan, np.nan, "")
    extra = pd.DataFrame(
        [found.get(k, none) for k in keys],
        columns=["log_sd_within", "log_sd_between", "log_sd_total", "method_version"],
    )
    table["limit"] = table["upper"].where(table["status"] == "below_limit")
    z = float(ndtri(0.5 + estimate.level / 2))
    for name, side in (("comparable_lower", -z), ("comparable_upper", z)):
        extra[name] = table["median"] * np.exp(side * extra["log_sd_between"])
    keep = ["district", "month", "drug", "biomarker", "median", "lower", "upper"]
    return pd.concat([table[keep], extra, table[["n_samples", "n_detected", "status", "limit"]]], axis=1)


def to_html(estimate: Estimate) -> str:
    """A short table for notebooks: the last month's loads and consumption by district."""
    table = estimate.table()
    month = table.loc[table["status"].isin(["estimate", "below_limit"]), "month"].max()
    part = table[(table["month"] == month) & table["quantity"].isin(["normalised_load", "consumption"])]
    wide = part.pivot_table(index="district", columns=["quantity", "drug"], values="text", aggfunc="first", sort=False)
    mark = "<p><strong>SYNTHETIC DATA · 合成数据</strong></p>" if estimate.synthetic else ""
    return f"{mark}<p>{escape(repr(estimate))}<br>{escape(str(month))}</p>{wide.to_html(escape=True, na_rep='')}"
