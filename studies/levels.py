"""Is what levels say believed rightly? Coverage, null pairs, ranks, trends and steps on simulated cities.

Usage: python studies/levels.py [--cities 4]; make study-levels keeps its result in docs/studies/levels.txt

The simulator (studies/simulator.py) shares no code with the model. Each figure has its Monte Carlo error between
cities. Levels are loads as metered: the truth is taken times what the place's meter reads too much.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import replace

import numpy as np
import pandas as pd
import xarray as xr
from simulator import Design, Truth, simulate

from wbe.levels import Levels, fit

DRAWS = 600


def grid() -> list[tuple[str, Design]]:
    """Return the cells of coverage: a name and a design."""
    base = Design()
    cells = [(f"n {n}, day {day}", replace(base, n=n, day=day)) for n in (1, 2, 4) for day in (0.22, 0.6, "drawn")]
    cells += [(f"n {n}, grab {cv}", replace(base, n=n, kind="grab", sampling=cv)) for n in (1, 4) for cv in (0.3, 0.85)]
    cells += [
        (f"n {n}, day .4, {below:.0%} below", replace(base, n=n, day=0.4, below=below))
        for n in (1, 2)
        for below in (0.3, 0.6)
    ]
    for n in (1, 2):
        cells += [
            (f"n {n}, days AR(.8), day .4", replace(base, n=n, day=0.4, persistence=0.8)),
            (f"n {n}, districts .25", replace(base, n=n, deviation=0.25)),
            (f"n {n}, walk .15", replace(base, n=n, walk=0.15)),
            (f"n {n}, batch .2", replace(base, n=n, batch=0.2)),
            (f"n {n}, log-t(4)", replace(base, n=n, heavy=True)),
            (f"n {n}, 6 months", replace(base, n=n, months=6)),
        ]
    return cells


def _true(truth: Truth, drug: int) -> np.ndarray:
    return np.log(truth.load[:, :, drug]) + truth.meter[:, None]


def _inside(draws: np.ndarray, true: np.ndarray) -> float:
    low, high = np.quantile(draws, [0.025, 0.975], axis=0)
    return float(((low < true) & (true < high)).mean())


def answers(design: Design, seed: int, pairs: list[np.ndarray], firsts: list[np.ndarray]) -> dict[str, float]:
    """Return the share covered in one city; add (P, whether) of changes and of first ranks to the lists."""
    samples, truth = simulate(design, seed)
    held = fit(samples, draws=DRAWS).city()
    found: dict[str, list[float]] = {}
    for k, drug in enumerate(truth.drugs):
        if drug not in held.draws:
            continue
        draws, true = held.draws[drug], _true(truth, k)
        whole, city = np.log(np.exp(draws).sum(axis=1)), np.log(np.exp(true).sum(axis=0))
        asked = {
            "district": (draws, true), "city": (whole, city),
            "ratio": (draws[:, 1:] - draws[:, :-1], true[1:] - true[:-1]),
            "change": (np.diff(draws, axis=2), np.diff(true, axis=1)),
            "city change": (np.diff(whole, axis=1), np.diff(city)),
        }  # fmt: skip
        for name, (drawn, real) in asked.items():
            found.setdefault(name, []).append(_inside(drawn, real))
        rise = (np.diff(draws, axis=2) > 0).mean(axis=0)
        pairs.append(np.column_stack([rise.ravel(), (np.diff(true, axis=1) > 0).ravel()]))
        first = (draws.argmax(axis=1)[:, None, :] == np.arange(draws.shape[1])[:, None]).mean(axis=0)
        real = true.argmax(axis=0)[None, :] == np.arange(draws.shape[1])[:, None]
        firsts.append(np.column_stack([first.ravel(), real.ravel()]))
    return {name: float(np.mean(values)) for name, values in found.items()}


def coverage(cities: int) -> tuple[np.ndarray, np.ndarray]:
    """Print coverage by cell; return (P, whether) of all changes and of all first ranks."""
    pairs: list[np.ndarray] = []
    firsts: list[np.ndarray] = []
    rows = []
    for name, design in grid():
        runs = pd.DataFrame([answers(design, 2000 + seed, pairs, firsts) for seed in range(cities)])
        error = runs.std(ddof=1) / np.sqrt(len(runs))
        rows.append(runs.mean())
        told = "  ".join(f"{runs[c].mean():.3f} ({error[c]:.3f})" for c in runs)
        print(f"{name:28s} {told}", flush=True)
    mean = pd.DataFrame(rows).mean()
    print(f"{'mean over cells':28s} " + "  ".join(f"{mean[c]:.3f}        " for c in mean.index))
    return np.concatenate(pairs), np.concatenate(firsts)


def by_tenth(table: np.ndarray, name: str) -> None:
    """Print how often what was said with a probability was so."""
    print(f"\n{name}: said, so, cases")
    edge = np.clip((table[:, 0] * 10).astype(int), 0, 9)
    for tenth in range(10):
        mine = table[edge == tenth]
        if len(mine):
            print(f"  {mine[:, 0].mean():.3f}  {mine[:, 1].mean():.3f}  {len(mine)}")


def null_pairs(cities: int) -> None:
    """Print how often a change is said where the level does not change."""
    said = cases = 0
    for seed in range(cities):
        held = fit(simulate(Design(n=1, day=0.5, walk=0.0, deviation=1e-4), 3000 + seed)[0], draws=DRAWS).city()
        for draws in held.draws.values():
            rise = (draws[:, :, 12] > draws[:, :, 11]).mean(axis=0)
            said, cases = said + int(((rise > 0.95) | (rise < 0.05)).sum()), cases + len(rise)
    print(f"\nnull pairs, n 1, day .5: P(rise) outside .05-.95 in {said} of {cases}")


def _moved(samples: xr.Dataset, factor: np.ndarray) -> xr.Dataset:
    month = samples["time"].values.astype("datetime64[M]")
    index = (month - month.min()).astype(int)
    values = samples["concentration"].values * factor[index]
    return samples.assign(concentration=(samples["concentration"].dims, values, samples["concentration"].attrs))


def trends(cities: int) -> None:
    """Print directions given, and steps named, in the cells of trends."""
    calm = Design(n=1, walk=0.0, deviation=1e-4)
    months = np.arange(calm.months)[:, None]
    flat, rising = np.ones((24, 3)), np.exp(0.02 * months) * np.ones(3)
    step = np.where(months >= 12, 1.5, 1.0) * np.ones(3)
    one = np.where((months >= 12) & (np.arange(3) == 0), 1.5, 1.0)
    cells = {
        "white": (calm, flat), "AR(.18)": (replace(calm, deviation=0.12, deviation_persistence=0.18), flat),
        "season 40 %": (replace(calm, season=0.4), flat), "step x 1.5, all drugs": (calm, step),
        "step x 1.5, one drug": (calm, one),
        "districts AR(.6)": (replace(calm, deviation=0.12, deviation_persistence=0.6), flat),
        "+2 % a month": (calm, rising), "+2 % a month, 30 % below": (replace(calm, below=0.3), rising),
        "+2 % a month, 50 % below": (replace(calm, below=0.5), rising),
    }  # fmt: skip
    print("\ntrends, 24 months, n 1, day .22, 3 drugs: rising, falling, laboratory or city, P(step) > .9")
    for name, (design, factor) in cells.items():
        said, named = [], []
        for seed in range(cities):
            levels = fit(_moved(simulate(design, 4000 + seed)[0], factor), draws=100)
            table = _directions(levels)
            said.append(table)
            named.append(float(levels.steps()["probability"].iloc[1:].sum() > 0.9))
        every = pd.concat(said)
        share = [(every == word).mean() for word in ("rising", "falling", "laboratory_or_city")]
        print(f"  {name:28s} " + "  ".join(f"{x:.3f}" for x in share) + f"  {np.mean(named):.3f}", flush=True)


def _directions(levels: Levels) -> pd.Series:
    tables = [levels.trend(drug) for drug in levels.city().draws]
    return pd.concat([t.loc[t["place"] != "", "direction"] for t in tables])


def main() -> None:
    """Run the study and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cities", type=int, default=4, help="simulated cities a cell")
    cities = parser.parse_args().cities
    start = time.process_time()
    print(f"Share of 95 % intervals of levels that hold the truth (Monte Carlo error between {cities} cities of 10")
    print("districts and 3 drugs). Unless said otherwise 24 months, composites (cv .10), day cv .22, seeds from 2000.")
    print(f"{'cell':28s} " + "  ".join(f"{c:13s}" for c in ("district", "city", "ratio", "change", "city change")))
    pairs, firsts = coverage(cities)
    sure = (pairs[:, 0] > 0.95) | (pairs[:, 0] < 0.05)
    right = ((pairs[:, 0] > 0.5) == (pairs[:, 1] > 0.5))[sure]
    print(f"\nchanges said with P outside .05-.95: {sure.mean():.3f}, of these right {right.mean():.3f}")
    by_tenth(pairs, "P(rise) from month to month")
    by_tenth(firsts, "P(first)")
    null_pairs(cities)
    trends(2 * cities)
    print(f"\n{time.process_time() - start:.0f} s of one core")


if __name__ == "__main__":
    main()
