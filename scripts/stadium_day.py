"""From a stadium's raw workbook, flow and seats to mass and doses of each drug over one game, with intervals.

Shows the library's parts on real data: the crosstab reader, limits as intervals, scoped terms and draws. Refuses to
scale up what was not measured: branch shares that do not sum to 1 and bottles without a result are reported.

Usage: python scripts/stadium_day.py [data/samples/stadium] [doses.csv]
"""

from __future__ import annotations

import sys
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from wbe import vocabulary
from wbe.censored import fit_pooled, impute, intervals
from wbe.conversion import correction_factor, mass_load
from wbe.reading import read_samples
from wbe.samples import Flag
from wbe.uncertainty import Term, Uncertain
from wbe.uncertainty.inputs import log_sd
from wbe.units import factor

LEVELS = (0.5, 0.025, 0.975)
# spreads of what lies between the mass in the sewage and the amount taken
BODY_AND_SEWER = ("excretion", "stability")


@dataclass(frozen=True)
class Day:
    """What the folder holds: samples, volumes [m3] by time, shares by site, one row of factors a biomarker."""

    samples: xr.Dataset
    volume: pd.Series
    share: pd.Series
    factors: pd.DataFrame
    people: int
    spreads: list[dict[str, Any]] = field(default_factory=list)


def read_day(folder: str | Path) -> Day:
    """Read workbook, flow file, seat shares, metabolism and assumed spreads."""
    folder = Path(folder)
    samples = read_samples(folder)
    date = pd.DatetimeIndex(samples["time"].values)[0].normalize()
    flow = pd.read_csv(folder / "flow_rate.txt", sep="\t")
    # the files' clock lacks the pm
    times = date + pd.to_timedelta(flow["time_pretty"]) + pd.Timedelta(hours=12)
    volume = pd.Series(flow["gallons_previous_30_minutes"].to_numpy() * factor("US_liquid_gallon", "m**3"), index=times)
    seats = pd.read_csv(folder / "stadium_seating.txt", sep="\t")
    share = pd.Series(seats["proportion_of_stadium"].to_numpy(), index="branch " + seats["location"].astype(str))
    factors = pd.read_csv(folder / "metabolism.txt", sep="\t")
    factors.index = pd.Index(factors["metabolite"].map(vocabulary.biomarker), name="biomarker")
    settings = tomllib.loads((folder / "day.toml").read_text(encoding="utf-8"))
    analysis = samples["batch"].to_series().str.cat(samples["method_version"].to_series(), sep=", ")
    bottle = [
        f"{s} {pd.Timestamp(t):%H:%M}" for s, t in zip(samples["site"].values, samples["time"].values, strict=True)
    ]
    samples = samples.assign_coords(analysis=("sample", analysis.to_numpy(object)), bottle=("sample", bottle))
    return Day(samples, volume, share, factors, settings["attendance"]["people"], settings["spread"])


def spread_between_analyses(samples: xr.Dataset, biomarker: str) -> tuple[float, float]:
    """Return log-sds of one analysis: lasting bias of a method, and what is left within it.

    From bottles that more than one method quantified, by two-way differences of logs.
    """
    one = samples.sel(biomarker=biomarker)
    seen = one.where(one["flag"] == int(Flag.DETECTED), drop=True)
    table = pd.DataFrame({
        "y": np.log(seen["concentration"].values), "bottle": seen["bottle"].values, "method": seen["analysis"].values,
    })  # fmt: skip
    table = table[table.groupby("bottle")["y"].transform("size") > 1]
    if table["method"].nunique() < 2 or table["bottle"].nunique() < 3:
        return float("nan"), float("nan")
    table["r"] = table["y"] - table.groupby("bottle")["y"].transform("mean")
    bias = table.groupby("method")["r"].mean()
    rest = table["r"] - table["method"].map(bias)
    freedom = max(1, len(table) - table["bottle"].nunique() - len(bias) + 1)
    return float(bias.std(ddof=1)), float(np.sqrt((rest**2).sum() / freedom))


def multipliers(day: Day, biomarker: str, n: int, seed: int) -> np.ndarray:
    """Draw the product of the terms of measurement for each sample, (draw, sample)."""
    s = day.samples
    ones = xr.DataArray(np.ones(s.sizes["sample"]), dims="sample", coords={
        c: s[c] for c in ("sample", "site", "time", "bottle", "analysis")
    }).assign_coords(biomarker=biomarker, drug=biomarker)  # fmt: skip
    product = Uncertain(ones)
    for row in day.spreads:
        if row["name"] not in BODY_AND_SEWER:
            product = product.with_term(_term(row))
    bias, rest = spread_between_analyses(s, biomarker)
    if day.spreads and np.isfinite(bias):
        product = product.with_term(Term("method", ("analysis", "biomarker"), bias))
        product = product.with_term(Term("analysis", ("sample", "biomarker"), rest))
    return product.draws(n, seed).transpose("draw", "sample").values


def _term(row: dict[str, Any]) -> Term:
    return Term(row["name"], tuple(row["scope"]), log_sd(row["cv"], row["name"]))


def taken_per_mass(day: Day, biomarker: str, n: int, seed: int) -> np.ndarray:
    """Draw grams of pure drug taken per gram of biomarker in the sewage, (draw,): sewer and body undone."""
    row = day.factors.loc[biomarker]
    entered = 1.0 / (1.0 + row["stability"] / 100.0)  # a gain in the sewer makes what entered it smaller
    factor_ = correction_factor(row["mwpar_mwmet"], row["excretion"] / 100.0, basis="molar")
    central = xr.DataArray(entered * factor_, coords={"biomarker": biomarker})
    terms = [(_term(r), -1.0) for r in day.spreads if r["name"] in BODY_AND_SEWER]
    return Uncertain(central, terms).draws(n, seed).values


def concentrations(day: Day, biomarker: str, n: int, seed: int) -> tuple[np.ndarray, str]:
    """Draw concentrations [ng/L], (draw, sample): numbers stand, the rest is drawn inside its limits."""
    low, high = intervals(day.samples)
    fit = fit_pooled(day.samples, biomarker)
    uniforms = np.random.default_rng(seed).random((n, day.samples.sizes["sample"]))
    drawn = impute(
        low.sel(biomarker=biomarker).values, high.sel(biomarker=biomarker).values, fit.mu, fit.sigma, uniforms
    )
    return drawn, fit.how


def bottle_masses(day: Day, biomarker: str, n: int = 4000, seed: int = 20180908) -> tuple[xr.DataArray, str]:
    """Draw the mass [g] of a biomarker in each half hour of each branch, (draw, bottle).

    The analyses of a bottle are combined by their geometric mean; a bottle without any result is NaN.
    """
    s = day.samples
    drawn, how = concentrations(day, biomarker, n, seed)
    logs = np.log(drawn * multipliers(day, biomarker, n, seed))
    bottles = list(dict.fromkeys(s["bottle"].values))
    rows = [np.flatnonzero(s["bottle"].values == b) for b in bottles]
    concentration = np.full((n, len(bottles)), np.nan)
    for k, samples_of in enumerate(rows):
        ran = samples_of[~np.isnan(logs[0, samples_of])]
        if ran.size:
            concentration[:, k] = np.exp(logs[:, ran].mean(axis=1))
    time = pd.DatetimeIndex(s["time"].values[[r[0] for r in rows]])
    site = s["site"].values[[r[0] for r in rows]]
    half_hour = pd.Timedelta(minutes=30) / pd.Timedelta(days=1)
    flow = day.volume.loc[time].to_numpy() * day.share.loc[site].to_numpy() / half_hour
    load = mass_load(
        xr.DataArray(concentration, dims=("draw", "bottle"), attrs={"units": "ng/L"}),
        xr.DataArray(flow, dims="bottle", attrs={"units": "m3/d"}),
    )
    mass = (load * half_hour).assign_coords(bottle=bottles, time=("bottle", time), site=("bottle", site))
    return mass.assign_attrs(units="g"), how


def doses(day: Day, n: int = 4000, seed: int = 20180908) -> pd.DataFrame:
    """Return mass in the sewage, consumption and doses of each biomarker of the metabolism table over the game.

    Returns
    -------
    DataFrame
        One row a biomarker; ``*_median``, ``*_lower``, ``*_upper`` (95 %) of ``mass`` [g, as measured],
        ``consumption`` [g pure drug], ``doses`` and ``doses_per_1000``, with the counts of bottles and how results
        outside the limits were drawn.
    """
    table = []
    for biomarker, row in day.factors.iterrows():
        mass, how = bottle_masses(day, str(biomarker), n, seed)
        total = mass.sum("bottle", skipna=True).values
        used = total * taken_per_mass(day, str(biomarker), n, seed)
        taken = used * 1e3 / row["typical_dose_parent_mg"]
        flag = day.samples["flag"].sel(biomarker=biomarker)
        quantified = (flag == int(Flag.DETECTED)).groupby(day.samples["bottle"]).any()
        entry = {
            "biomarker": biomarker,
            "bottles": mass.sizes["bottle"], "without_result": int(mass.isnull().all("draw").sum()),
            "quantified": int(quantified.sum()), "limits": how,
        }  # fmt: skip
        for name, values in (
            ("mass", total), ("consumption", used), ("doses", taken), ("doses_per_1000", taken / day.people * 1e3),
        ):  # fmt: skip
            entry |= dict(
                zip((f"{name}_median", f"{name}_lower", f"{name}_upper"), np.quantile(values, LEVELS), strict=True)
            )
        table.append(entry)
    return pd.DataFrame(table).set_index("biomarker")


def remarks(day: Day) -> list[str]:
    """Say what the totals do not cover or what was assumed for them."""
    said = []
    whole = float(day.share.sum())
    if abs(whole - 1) > 1e-6:
        said.append(
            f"branch shares ({' + '.join(f'{v:g}' for v in day.share)}) sum to {whole:.3f}, not 1: "
            f"{1 - whole:.1%} of the stadium is on no sampled branch and in no total"
        )
    said += [f"{r['name']}: CV {r['cv']:.0%} ({r['status']}: {r['source']})" for r in day.spreads]
    return said


def main(folder: str = "data/samples/stadium", out: str | None = None) -> None:
    """Print the table of doses and what must be known with it; write it as CSV when a path is given."""
    day = read_day(folder)
    table = doses(day)
    print(f"{day.samples.attrs['title']} ({day.people} people): 18:00 to 23:30, 95 % intervals")
    print(f"{'biomarker':18s}{'mass in sewage, g':>28s}{'doses of the parent':>30s}  quantified bottles")
    for name, r in table.iterrows():
        mass = f"{r['mass_median']:.3g} ({r['mass_lower']:.3g} to {r['mass_upper']:.3g})"
        dose = f"{r['doses_median']:.3g} ({r['doses_lower']:.3g} to {r['doses_upper']:.3g})"
        print(f"{name!s:18s}{mass:>28s}{dose:>30s}  {r['quantified']} of {r['bottles']}; {r['limits']}")
    for text in remarks(day):
        print("-", text)
    if out:
        part = Path(out).with_suffix(".part")
        table.to_csv(part)
        part.replace(out)


if __name__ == "__main__":
    main(*sys.argv[1:])
