"""Do measured amounts say how sure they are? Coverage and bias on simulated cities, and on the European weeks.

Usage: python studies/amounts.py [--quick] [--cities 8]; make study-amounts keeps its result in docs/studies/amounts.txt

Everything goes through the public doors: `wbe.samples.build`, `wbe.estimate(...).table()`, `.ratio()`. The simulator
(studies/simulator.py) shares no code with the model. Each figure stands with its Monte Carlo error between cities.
"""

from __future__ import annotations

import argparse
import itertools
import time
from dataclasses import replace

import european
import numpy as np
import pandas as pd
from simulator import DRUGS, Design, Truth, simulate

import wbe
from wbe.trends import changes
from wbe.variability import weekend

WEEKEND = {d: tuple(w) for d, w in zip(DRUGS, weekend(DRUGS).tolist(), strict=True)}
RATIO_EVERY = 2  # cities
MEASURES = ("district", "city", "per head", "ratio", "change", "bound")


def grid() -> list[tuple[str, Design]]:
    """Return the cells of the study: a name and a design."""
    cells = []
    base = Design()
    for n in (1, 2, 4):
        for day in (0.22, 0.4, 0.6, "drawn"):
            cells.append((f"n {n}, day {day}", replace(base, n=n, day=day)))
        for cv in (0.3, 0.5, 0.85, 1.2):
            cells.append((f"n {n}, grab {cv}", replace(base, n=n, kind="grab", sampling=cv)))
    for n in (1, 4):
        for day in (0.22, 0.6, "drawn"):
            cells.append((f"6 months, n {n}, day {day}", replace(base, n=n, day=day, months=6)))
        for cv in (0.3, 0.85, 1.2):
            short = replace(base, n=n, kind="grab", sampling=cv, months=6)
            cells.append((f"6 months, n {n}, grab {cv}", short))
        for below in (0.3, 0.6):
            for day in (0.22, 0.6):
                cells.append((f"n {n}, day {day}, {below:.0%} below", replace(base, n=n, day=day, below=below)))
        odd = {
            "days AR(.8)": replace(base, n=n, persistence=0.8),
            "days AR(.8), day .6": replace(base, n=n, persistence=0.8, day=0.6),
            "Monday-Friday": replace(base, n=n, weekdays_only=True, weekend="prior", prior=WEEKEND),
            "Monday-Friday x 1.5 (exempt)": replace(base, n=n, weekdays_only=True, weekend=float(np.log(1.5))),
            "log-t(4)": replace(base, n=n, heavy=True),
            "log-t(4), day .4": replace(base, n=n, heavy=True, day=0.4),
            "batch .2": replace(base, n=n, batch=0.2),
            "batch .2, 6 months": replace(base, n=n, batch=0.2, months=6),
            "season 20 %": replace(base, n=n, season=0.2),
        }
        cells += [(f"n {n}, {name}", design) for name, design in odd.items()]
    return cells


def answers(design: Design, seed: int) -> dict[str, float]:
    """Return the share covered in one simulated city by kind of answer, and printed over true sums."""
    samples, truth = simulate(design, seed)
    estimate = wbe.estimate(samples, scenarios=None)
    found: dict[str, float] = {}
    table = estimate.table(area="district", quantity="mass_load")
    true = _frame(truth, truth.load)
    found |= _covered(table, true, "district")
    heads = _frame(truth, truth.load * 1e6 / truth.people[:, None, None])
    found["per head"] = _covered(estimate.table(area="district", quantity="normalised_load"), heads, "x")["x"]
    whole = estimate.table(area="city", quantity="mass_load")
    city = true.groupby(["month", "drug"], as_index=False)["true"].sum()
    joined = whole.merge(city, on=["month", "drug"])
    joined = joined[joined["status"] == "estimate"]
    found["city"] = float(((joined["lower"] <= joined["true"]) & (joined["true"] <= joined["upper"])).mean())
    found["printed"], found["true"] = _sums(whole, truth)
    if seed % RATIO_EVERY:
        found["change"] = _change(estimate, true)
        return found
    first, second = truth.places[:2]
    ratio = estimate.ratio(first, second, "mass_load")
    wide = true.pivot_table(index=["month", "drug"], columns="district", values="true")
    against = (wide[first] / wide[second]).rename("true_ratio").reset_index()
    both = ratio.merge(against, on=["month", "drug"]).dropna(subset=["lower"])
    found["ratio"] = float(((both["lower"] <= both["true_ratio"]) & (both["true_ratio"] <= both["upper"])).mean())
    found["change"] = _change(estimate, true)
    return found


def _sums(whole: pd.DataFrame, truth: Truth) -> tuple[float, float]:
    """Return printed and true sums of the city's months, the truth as its meters read it: their error is no bias."""
    metered = _frame(truth, truth.load * np.exp(truth.meter)[:, None, None])
    city = metered.groupby(["month", "drug"], as_index=False)["true"].sum()
    both = whole.merge(city, on=["month", "drug"])
    both = both[both["status"] == "estimate"]
    return float(both["median"].sum()), float(both["true"].sum())


def bias(cities: int) -> None:
    """Print mean of printed over mean of true sums of the city."""
    base = Design(n=1)
    cells = {
        "composites, day .22": base, "composites, day .6": replace(base, day=0.6),
        "grab .85": replace(base, kind="grab", sampling=0.85), "grab 1.2": replace(base, kind="grab", sampling=1.2),
        "30 % below, day .22": replace(base, below=0.3), "30 % below, day .6": replace(base, below=0.3, day=0.6),
        "60 % below, day .22": replace(base, below=0.6), "60 % below, day .6": replace(base, below=0.6, day=0.6),
    }  # fmt: skip
    for name, design in cells.items():
        sums = []
        for seed in range(cities):
            samples, truth = simulate(design, 6000 + seed)
            sums.append(_sums(wbe.estimate(samples, scenarios=None).table(area="city", quantity="mass_load"), truth))
        printed, true = np.array(sums).T
        error = np.std(printed / true, ddof=1) / np.sqrt(cities)
        print(f"  {name:28s} {printed.sum() / true.sum() - 1:+.3f} ({error:.3f})", flush=True)


def _change(estimate: wbe.Estimate, true: pd.DataFrame) -> float:
    """Return how often the change from one month to the next lies in its interval."""
    months = sorted(true["month"].unique())
    wide = true.pivot_table(index=["district", "drug"], columns="month", values="true")
    hits = []
    for before, after in list(itertools.pairwise(months))[:: 4 if len(months) > 8 else 1]:
        found = changes(estimate, month=after, against=before, quantity="mass_load").dropna(subset=["lower"])
        real = 100 * (wide[after] / wide[before] - 1)
        both = found.merge(real.rename("real").reset_index(), on=["district", "drug"])
        hits.append(((both["lower"] <= both["real"]) & (both["real"] <= both["upper"])).to_numpy())
    held = np.concatenate(hits)
    return float(held.mean()) if len(held) else np.nan


def _frame(truth: Truth, values: np.ndarray) -> pd.DataFrame:
    names = pd.MultiIndex.from_product([truth.places, truth.months, truth.drugs], names=["district", "month", "drug"])
    return pd.DataFrame({"true": values.ravel()}, index=names).reset_index()


def _covered(table: pd.DataFrame, true: pd.DataFrame, name: str) -> dict[str, float]:
    table = table.assign(drug=table["biomarker"]) if "biomarker" in table else table
    joined = table.merge(true, on=["district", "month", "drug"])
    seen = joined["status"] == "estimate"
    inside = (joined["lower"] <= joined["true"]) & (joined["true"] <= joined["upper"])
    found = {name: float(inside[seen].mean())}
    if (~seen).any() and name == "district":
        found["bound"] = float((joined["true"] <= joined["upper"])[~seen].mean())
    return found


def coverage(quick: bool, cities: int) -> pd.DataFrame:
    """Run every cell and print it; return the table."""
    rows = []
    for number, (name, design) in enumerate(grid()):
        if quick and number % 3:
            continue
        start = time.process_time()
        reps = cities * (1 if design.months == 24 else 2)
        runs = pd.DataFrame([answers(design, 1000 + seed) for seed in range(reps)])
        row: dict[str, object] = {"cell": name}
        for measure in MEASURES:
            if measure in runs and runs[measure].notna().any():
                values = runs[measure].dropna()
                row[measure] = float(values.mean())
                row[measure + " error"] = float(values.std(ddof=1) / np.sqrt(len(values)))
        share = runs["printed"] / runs["true"]
        row["bias"] = float(runs["printed"].sum() / runs["true"].sum() - 1)
        row["bias error"] = float(share.std(ddof=1) / np.sqrt(reps))
        row["seconds"] = round(time.process_time() - start, 1)
        rows.append(row)
        print(_line(row), flush=True)
    return pd.DataFrame(rows)


def _line(row: dict[str, object]) -> str:
    told = [f"{row['cell']!s:42s}"]
    for measure in MEASURES:
        value, error = row.get(measure), row.get(measure + " error")
        told.append(f"{value:.3f} ({error:.3f})" if value is not None else " " * 13)
    told.append(f"{row['bias']:+.3f} ({row['bias error']:.3f})")
    return "  ".join(told)


def verdict(table: pd.DataFrame) -> list[str]:
    """Return what falls outside the aims: 93 to 99 % in each cell (city from 91), the mean over cells 94 to 97."""
    counted = table[~table["cell"].str.contains("exempt")]
    said = []
    for measure in MEASURES[:-1]:
        least = 0.91 if measure == "city" else 0.93
        most = 1.0 if measure in ("city", "change") else 0.99
        for _, row in counted.iterrows():
            value, error = row[measure], row[measure + " error"]
            if value < least or value > most:
                said.append(f"{row['cell']}: {measure} {value:.3f} ({error:.3f}), aim {least} to {most}")
        said.append(f"mean over cells, {measure}: {counted[measure].mean():.3f}")
    if "bound" in counted:
        low = counted.loc[counted["bound"] < 0.95, ["cell", "bound"]]
        said += [f"{r['cell']}: bound {r['bound']:.3f}, aim at least 0.95" for _, r in low.iterrows()]
    return said


def main() -> None:
    """Run the study and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer cells and cities")
    parser.add_argument("--cities", type=int, default=8, help="cities of two years a cell, twice as many of six months")
    asked = parser.parse_args()
    print("Share of 95 % intervals that hold the truth, with its Monte Carlo error between simulated cities.")
    print("10 districts, 3 drugs; unless said otherwise 24 months, n = 2 composites a month (cv .10), day cv .22,")
    print("analysis .10, flow .05, batch .08, meter .10. Seeds from 1000. bound: cells of non-detects alone.")
    print(f"{'cell':42s}  " + "  ".join(f"{m:13s}" for m in MEASURES) + "  bias of the city's sum")
    table = coverage(asked.quick, asked.cities)
    print("\nOutside the aims, and means:")
    print("\n".join("  " + line for line in verdict(table)))
    print("\nBias of the city's sums, n 1, the truth as metered:")
    bias(asked.cities)
    print("\nEuropean weeks (European Union Drugs Agency, wastewater analysis and drugs, 2025 edition):")
    print("\n".join("  " + line for line in european.lines()))


if __name__ == "__main__":
    main()
