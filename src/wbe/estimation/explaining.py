"""How one number was made, as a person would write it beside a pocket calculator.

Refuses a step that does not lead to the next line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wbe.estimation.amounts import Amount, bounds
from wbe.estimation.cells import EXTENSIVE
from wbe.estimation.chain import OF_DRUG
from wbe.estimation.engine import BASE, Engine
from wbe.messages import Note, Words
from wbe.samples import Flag
from wbe.units import unit_of, variables
from wbe.vocabulary import label

if TYPE_CHECKING:
    from wbe.estimation.result import Estimate

__all__ = ["explain"]


def _digits(value: float) -> str:
    return f"{value:,.6g}" if abs(value) < 1e6 else f"{value:,.0f}"


def _named(substance: str) -> Words:
    """Name a substance as tables do in English, and as people call it in Chinese."""
    return Words(substance, label(substance, "zh"))


def explain(
    estimate: Estimate, place: int, quantity: str, substance: str, district: str, month: str, drug: str, area: str
) -> str:
    """Tell how one number was made: samples, days, places, factor with its claims, interval and its sources."""
    engine = estimate.engine
    table = estimate.table(area, quantity=quantity, month=month)
    row = table[(table["district"] == district) & ((table["drug"] == drug) | (table["biomarker"] == drug))].iloc[0]
    amount = engine.amount(area, quantity, substance)
    biomarker = engine.biomarker_of(quantity, substance)
    base = BASE.get(quantity, quantity)
    said = [
        Note("estimation-explain-head", drug=_named(drug), area=district, month=month, text=row["text"],
             quantity=Words(quantity, str(variables()[quantity]["zh"])), unit=row["unit"])
    ]  # fmt: skip
    if estimate.synthetic:
        said.append(Note("estimation-explain-synthetic"))
    factor, lines = _steps(estimate, amount, place, base, quantity, substance, biomarker, area)
    said += lines
    if quantity in OF_DRUG:
        said += _factor(estimate, drug, quantity, amount, place, factor, "estimation-study-factor" in row["note_codes"])
    exact = float(bounds(amount, [0.5])[0, place])
    said.append(Note("estimation-explain-exact", value=_digits(exact), unit=row["unit"]))
    if row["note"]:
        said.append(Note("estimation-explain-notes", notes=row["note"]))
    said.append(Note("estimation-explain-sources"))
    for part in estimate.budget(district, month, drug, quantity, area=area).itertuples():
        rests = float(str(part.prior_weight))
        prior = "-" if np.isnan(rests) else f"{rests:.0%}"
        said.append(
            Note("estimation-explain-source", share=f"{part.share:5.1%}", source=part.source, scope=part.scope,
                 advice=part.advice, prior=prior)
        )  # fmt: skip
    return "\n".join(note.text() for note in said)


def _steps(
    estimate: Estimate, amount: Amount, place: int, base: str, quantity: str, substance: str, biomarker: str, area: str
) -> tuple[float, list[Note]]:
    """The samples, the mean of each place, and their sum; also by what the sum is multiplied afterwards."""
    engine = estimate.engine
    values, loads = engine.central(quantity, substance), engine.central(base, biomarker)
    used = np.isfinite(values)
    ratio = (values[used] / loads[used])[loads[used] > 0]
    factor = float(np.median(ratio)) if base != quantity and len(ratio) else 1.0
    whole = amount.value[place] / (factor * _own(amount, place))  # before a parent's part was taken off
    extensive = quantity in EXTENSIVE
    months = engine.months_of(used, extensive)
    mean, _ = engine.counted(biomarker, engine.chain.quantity[base][biomarker])
    counted = np.ones_like(mean) if amount.hidden[place] else mean
    cell, group, share, _ = engine.grid(area).pairs
    here = (cell == amount.cell[place]) & months.present[group]
    weight = share[here] * months.heads[group[here]]
    weight = weight if extensive else weight / weight.sum()
    unit = unit_of(base)
    lines: list[Note] = []
    parts: list[str] = []
    for pair, g, w in zip(np.flatnonzero(amount.pair_cell == place), group[here], weight, strict=True):
        start, stop = months.matrix.indptr[g : g + 2]
        for row, part in zip(months.matrix.indices[start:stop], months.matrix.data[start:stop], strict=True):
            lines.append(_sample(engine, int(row), float(part), biomarker, float(counted[row])))
        site, added = engine.sites[g // len(engine.months)], amount.pair_share[pair] * whole
        lines.append(
            Note("estimation-explain-place", site=site, days=int(months.days[g]), value=_digits(added / w), unit=unit)
        )
        if abs(w - 1) > 1e-9:
            named = {"value": _digits(added / w), "share": _digits(w), "part": _digits(added)}
            lines.append(Note("estimation-explain-share", site=site, unit=unit, **named))
        parts.append(_digits(added))
    if len(parts) > 1:
        lines.append(Note("estimation-explain-sum", sum=" + ".join(parts), value=_digits(whole), unit=unit))
    return factor, lines


def _sample(engine: Engine, row: int, weight: float, biomarker: str, counted: float) -> Note:
    """One sample: its concentration, or its limit and what it counts, times its flow."""
    one = engine.ds.isel(sample=row).sel(biomarker=biomarker)
    flow, value = float(one["flow"]), float(one["concentration"])
    shown: str | Note = f"{value:g}"
    if engine.below(biomarker).hidden[row]:
        limit = float(one["lod"] if int(one["flag"]) == Flag.BELOW_LOD and np.isfinite(one["lod"]) else one["loq"])
        value = limit * counted
        shown = Note("estimation-explain-below", limit=f"{limit:g}", value=f"{value:.6g}")
    return Note(
        "estimation-explain-sample", sample=str(one["sample"].values), value=shown, flow=_digits(flow),
        load=_digits(value * flow * 1e-6), people=f"{engine.people[row]:,.0f}", weight=f"{weight:.4g}",
    )  # fmt: skip


def _own(amount: Amount, place: int) -> float:
    """Share of the biomarker that no parent explains, by which the value was multiplied."""
    return 1.0 if amount.parting is None else float(amount.parting.share[place])


def _factor(
    estimate: Estimate, drug: str, quantity: str, amount: Amount, place: int, factor: float, of_study: bool
) -> list[Note]:
    found = estimate.profile.factor(drug)
    assert found is not None  # a cell of a drug exists only with a factor
    profile = estimate.profile
    own = _own(amount, place)
    load = amount.value[place] / factor
    taken = []
    if amount.parting is not None:
        row = amount.parting.row
        taken = [
            Note("estimation-explain-origin", parent=row.parent, biomarker=row.biomarker, ratio=f"{row.median:g}",
                 spread=f"{row.log_sd:g}", load=_digits(load / own), share=_digits(own), value=_digits(load),
                 unit=unit_of(BASE[quantity]))
        ]  # fmt: skip
    steps = [] if of_study else [
        Note("estimation-explain-factor", profile=profile.name, version=profile.version, drug=_named(found.drug),
             biomarker=_named(found.biomarker), ratio=f"{found.mass_ratio:.5f}",
             fraction=f"{float(found.fraction.median()):.4f}", factor=f"{found.correction_factor:.3f}",
             claims=tuple(found.claim_ids), status=found.status),
    ]  # fmt: skip
    dose = profile.dose(found.drug)
    if quantity == "doses" and dose is not None:
        mass = float(dose.mass.median())
        steps.append(Note("estimation-explain-dose", factor=f"{found.correction_factor:.3f}", dose=f"{mass:.4g}",
                          each=_digits(found.correction_factor / mass)))  # fmt: skip
    if quantity == "users" and found.drug in estimate.scenarios:
        told = estimate.scenarios[found.drug]
        steps.append(Note("estimation-explain-users", scenario=Words(told.title_en, told.title_zh),
                          factor=_digits(factor)))  # fmt: skip
    return [
        *taken,
        *steps,
        Note("estimation-explain-product", load=_digits(load), factor=_digits(factor),
             value=_digits(amount.value[place]), unit=unit_of(quantity)),
    ]  # fmt: skip
