"""Is what levels say believed rightly? Coverage, null pairs, ranks, trends and steps on simulated cities.

Usage: python studies/levels.py [--cities 4] [--part coverage]; make study-levels keeps it in docs/studies/levels.txt

The simulator (studies/simulator.py) shares no code with the model. Each figure has its Monte Carlo error between
cities. Levels are loads as metered: the truth is taken times what the place's meter reads too much.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr
from simulator import Design, Truth, simulate

import wbe
from wbe.levels import Levels, fit
from wbe.levels.priors import settings

DRAWS = 600
DATA = Path(__file__).parents[1] / "data" / "samples"
CERTAIN = settings("step")["certain"]
BELOW = {"+2 % a month, 30 % below": 0.3, "+2 % a month, 50 % below": 0.5}  # of each place and drug
CALM = Design(n=1, walk=0.0, deviation=1e-4)


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


def changes(cities: int) -> None:
    """Print how often a change is said where there is none, how it is calibrated, and whether a doubling is seen."""
    said = cases = 0
    for seed in range(2 * cities):
        held = fit(simulate(Design(n=1, day=0.5, walk=0.0, deviation=1e-4), 3000 + seed)[0], draws=DRAWS).city()
        for draws in held.draws.values():
            rise = (draws[:, :, 12] > draws[:, :, 11]).mean(axis=0)
            said, cases = said + int(((rise > 0.95) | (rise < 0.05)).sum()), cases + len(rise)
    print(f"\nnull pairs, n 1, day .5: P(rise) outside .05-.95 in {said} of {cases}")
    told = []
    for seed in range(3 * cities):
        r = np.random.default_rng([7, seed])
        # changes N(0, .3^2) of each place and drug from month 12 on
        factor = np.exp(r.normal(0, 0.3, (10, 3)))
        samples, truth = simulate(replace(CALM, n=2), 3300 + seed)
        held = fit(_raised(samples, truth, factor), until="2022-01", draws=DRAWS).city()
        for k, drug in enumerate(truth.drugs):
            rise = (held.draws[drug][:, :, 12] > held.draws[drug][:, :, 11]).mean(axis=0)
            real = truth.load[:, 12, k] * factor[:, k] > truth.load[:, 11, k]
            told.append(np.column_stack([rise, real]))
    by_tenth(np.concatenate(told), "P(rise) of true changes N(0, .3^2), n 2, day .22")
    for spread in (0.10, 0.25):
        loud = []
        for seed in range(5 * cities):
            factor = np.ones((10, 3))
            factor[seed % 10] = 2.0
            # AR(.7) months of this sd change by spread from one to the next
            apart = replace(CALM, n=2, deviation=spread / np.sqrt(2 * (1 - 0.7)))
            samples, truth = simulate(apart, 3600 + seed)
            held = fit(_raised(samples, truth, factor), until="2022-01", draws=DRAWS).city()
            for draws in held.draws.values():
                loud.append((draws[:, seed % 10, 12] > draws[:, seed % 10, 11]).mean() > 0.9)
        share = np.mean(loud)
        error = np.sqrt(share * (1 - share) / len(loud))
        print(
            f"doubling of one district where months change by sd {spread}: P > .9 in {share:.3f} ({error:.3f})",
            flush=True,
        )


def _raised(samples: xr.Dataset, truth: Truth, factor: np.ndarray) -> xr.Dataset:
    """Return samples whose loads from month 12 on are times a factor by place and drug of the truth."""
    factor = factor[:, [truth.drugs.index(d) for d in samples["biomarker"].values.astype(str)]]
    place = np.array([truth.places.index(d) for d in samples["district"].values])
    later = samples["time"].values >= np.datetime64("2022-01-01")
    values = samples["concentration"].values * np.where(later[:, None], factor[place], 1.0)
    return samples.assign(concentration=(samples["concentration"].dims, values, samples["concentration"].attrs))


def _moved(samples: xr.Dataset, factor: np.ndarray) -> xr.Dataset:
    month = samples["time"].values.astype("datetime64[M]")
    index = (month - month.min()).astype(int)
    values = samples["concentration"].values * factor[index]
    return samples.assign(concentration=(samples["concentration"].dims, values, samples["concentration"].attrs))


def _limited(samples: xr.Dataset, share: float) -> xr.Dataset:
    """Return samples of which each place and drug has a share of results below its own limit."""
    frame = pd.DataFrame(samples["concentration"].values)
    limit = frame.groupby(samples["district"].values).transform(lambda x: x.quantile(share)).to_numpy()
    below = frame.to_numpy() < limit
    dims = samples["concentration"].dims
    return samples.assign(
        concentration=(dims, np.where(below, np.nan, frame.to_numpy()), samples["concentration"].attrs),
        flag=(dims, np.where(below, 2, samples["flag"].values).astype(samples["flag"].dtype), samples["flag"].attrs),
        lod=(dims, limit, samples["lod"].attrs), loq=(dims, limit, samples["loq"].attrs),
    )  # fmt: skip


def trends(cities: int) -> None:
    """Print directions given, and steps named, in the cells of trends."""
    months = np.arange(CALM.months)[:, None]
    flat, rising = np.ones((24, 3)), np.exp(0.02 * months) * np.ones(3)
    step = np.where(months >= 12, 1.5, 1.0) * np.ones(3)
    one = np.where((months >= 12) & (np.arange(3) == 0), 1.5, 1.0)
    apart = replace(CALM, deviation=0.12, deviation_persistence=0.6)
    cells = {
        "white": (CALM, flat), "AR(.18)": (replace(CALM, deviation=0.12, deviation_persistence=0.18), flat),
        "season 40 %": (replace(CALM, season=0.4), flat), "step x 1.5, all drugs": (CALM, step),
        "step x 1.5, one drug": (CALM, one), "districts AR(.6)": (apart, flat),
        "+2 % a month": (CALM, rising), "+2 % a month, 30 % below": (CALM, rising),
        "+2 % a month, 50 % below": (CALM, rising),
    }  # fmt: skip
    print("\ntrends, 24 months, n 1, day .22, 3 drugs: rising, falling, laboratory or city (error), step named")
    for name, (design, factor) in cells.items():
        said, named = [], []
        for seed in range(cities):
            samples = _moved(simulate(design, 4000 + seed)[0], factor)
            levels = fit(_limited(samples, share) if (share := BELOW.get(name)) else samples, draws=100)
            said.append(_directions(levels))
            named.append(float(levels.city().steps.any >= CERTAIN))
        _told(name, said, named)
    _common(cities)
    _one_restless(cities)


def _told(name: str, said: list[pd.Series], named: list[float]) -> None:
    words = ("rising", "falling", "laboratory_or_city")
    each = np.array([[(table == word).mean() for word in words] for table in said])
    error = each[:, :2].sum(axis=1).std(ddof=1) / np.sqrt(len(each))
    shares = "  ".join(f"{x:.3f}" for x in each.mean(axis=0))
    print(f"  {name:28s} {shares} ({error:.3f})  {np.mean(named):.3f}", flush=True)


def _common(cities: int) -> None:
    """A city whose drugs wander together with AR(.6) of sd .12, each drug by itself."""
    said, named = [], []
    for seed in range(cities):
        r = np.random.default_rng([5, seed])
        path = np.zeros((24, 3))
        for m in range(24):
            path[m] = 0.6 * path[m - 1] + np.sqrt(1 - 0.36) * r.normal(0, 0.12, 3) if m else r.normal(0, 0.12, 3)
        levels = fit(_moved(simulate(CALM, 4000 + seed)[0], np.exp(path)), draws=100)
        said.append(_directions(levels))
        named.append(float(levels.city().steps.any >= CERTAIN))
    _told("common AR(.6)", said, named)


def _one_restless(cities: int) -> None:
    """One district AR(.6) of sd .25 among nine quiet ones: directions given to it."""
    said = []
    for seed in range(2 * cities):
        r = np.random.default_rng([6, seed])
        samples, truth = simulate(CALM, 4000 + seed)
        path = np.zeros((24, 3))
        for m in range(24):
            path[m] = 0.6 * path[m - 1] + np.sqrt(1 - 0.36) * r.normal(0, 0.25, 3) if m else r.normal(0, 0.25, 3)
        mine = samples["district"].values == truth.places[0]
        month = (samples["time"].values.astype("datetime64[M]") - np.datetime64("2021-01")).astype(int)
        values = samples["concentration"].values * np.where(mine[:, None], np.exp(path)[month], 1.0)
        changed = samples.assign(concentration=(samples["concentration"].dims, values, samples["concentration"].attrs))
        levels = fit(changed, draws=100)
        for drug in levels.city().draws:
            said.append(levels.trend(drug)["direction"].iloc[0] in ("rising", "falling"))
    share = np.mean(said)
    print(
        f"  one district AR(.6), sd .25, among nine quiet ones: a direction in {share:.3f} of {len(said)}", flush=True
    )


def _directions(levels: Levels) -> pd.Series:
    tables = [levels.trend(drug) for drug in levels.city().draws]
    return pd.concat([t.loc[t["place"] != "", "direction"] for t in tables])


def steps(cities: int) -> None:
    """Print how often a step of x 1.5 is named, by drugs, and laid to the right one of two laboratories."""
    print("\nsteps of the laboratory, 24 months, n 1, day .22: named with x 1.5, without; direction given with it")
    for drugs in (1, 3, 5):
        found: list[tuple[float, float, float]] = []
        for seed in range(cities):
            samples, _ = simulate(replace(CALM, drugs=drugs), 5000 + seed)
            factor = np.where(np.arange(24)[:, None] >= 12, 1.5, 1.0) * np.ones(drugs)
            with_step, without = fit(_moved(samples, factor), draws=100), fit(samples, draws=100)
            given = _directions(with_step).isin(["rising", "falling"]).mean()
            found.append((with_step.city().steps.any >= CERTAIN, without.city().steps.any >= CERTAIN, float(given)))
        told = "  ".join(f"{x:.3f}" for x in np.mean(found, axis=0))
        print(f"  {drugs} drugs, {len(found)} cities: {told}", flush=True)
    right = []
    for seed in range(cities):
        samples, _ = simulate(CALM, 5200 + seed)
        lab = np.where(samples["district"].values < "district 05", "north", "south")
        which = ("north", "south")[seed % 2]
        after = (samples["time"].values >= np.datetime64("2022-01-01")) & (lab == which)
        values = samples["concentration"].values * np.where(after, 1.5, 1.0)[:, None]
        changed = samples.assign(concentration=(samples["concentration"].dims, values, samples["concentration"].attrs))
        table = fit(changed.assign_coords(laboratory=("sample", lab)), draws=100).steps()
        likely = table.loc[table["probability"].idxmax()]
        right.append(likely["laboratory"] == which)
    print(f"  two laboratories, 3 drugs: laid to the right one in {sum(right)} of {len(right)}", flush=True)


def forecasts_of(cities: int) -> None:
    """Print how often what came lay inside its 90 % interval: simulated, synthetic, Canadian and European."""
    from wbe.levels import forecasts, scores

    print("\nforecasts: share of results inside their 90 % interval, results, mean ratio of upper to lower")

    def told(name: str, tables: list[pd.DataFrame], known: object) -> None:
        found = scores(pd.concat(tables), known).iloc[-1]
        print(f"  {name:52s} {found['inside']:.3f}  {found['n']}  {found['width']:.2f}", flush=True)

    hits = []
    for seed in range(2 * cities):
        samples, _ = simulate(Design(n=2, months=18, places=8, drugs=2), 50 + seed)
        early = wbe.estimate(samples.isel(sample=samples["time"].values < np.datetime64("2022-04-01")))
        hits.append(scores(forecasts(early, ahead=3), wbe.estimate(samples)).iloc[-1])
    share = np.mean([h["inside"] for h in hits])
    error = np.std([h["inside"] for h in hits], ddof=1) / np.sqrt(len(hits))
    print(f"  simulated cities, 15 months, 3 ahead: {share:.3f} ({error:.3f})  {sum(h['n'] for h in hits)}", flush=True)
    city = wbe.read_samples(wbe.sample_data("zhuzhou"))
    early = wbe.estimate(city.isel(sample=city["time"].values < np.datetime64("2021-10-01")))
    told("synthetic sample city, 3 ahead", [forecasts(early, ahead=3)], wbe.estimate(city))
    canada = wbe.read_loads(DATA / "statcan" / "monthly_city_loads.csv")
    canada = _cut(canada, canada.frame["district"].str.startswith("Weighted").eq(False))
    for ahead in (6, 2):  # the last year has every second month only
        made = []
        for month in canada.months[-7 : -2 if ahead == 2 else -6]:
            made.append(forecasts(_cut(canada, canada.frame["month"] <= month), quantity=canada.quantity, ahead=ahead))
        told(f"seven Canadian cities, last 6 months, {ahead} ahead", made, canada)
    europe = wbe.read_loads(DATA / "euda" / "loads_by_weekday_2011_2019.csv")
    frame = europe.frame
    last = frame["month"].max()[:4]
    counted = frame[frame["status"] == "estimate"].groupby("district")["month"].nunique()
    often = sorted(counted[counted >= 6].index)
    for start in range(0, len(often), 10):
        some = _cut(europe, frame["district"].isin(often[start : start + 10]))
        early = _cut(some, some.frame["month"] < last)
        table = forecasts(early, quantity=europe.quantity, ahead=12)
        if len(table):
            told(f"European sites {start + 1} to {start + 10}, {last}", [table], some)


def _cut(loads: wbe.answer.Series, kept: pd.Series) -> wbe.answer.Series:
    return wbe.answer.Series(loads.frame[kept.to_numpy()], loads.quantity, loads.unit)


PARTS = ("coverage", "changes", "trends", "steps", "forecasts")


def main() -> None:
    """Run the study and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cities", type=int, default=4, help="simulated cities a cell")
    parser.add_argument("--part", action="append", choices=PARTS, help="one part; all of them by default")
    asked = parser.parse_args()
    cities, parts = asked.cities, asked.part or PARTS
    start = time.process_time()
    if "coverage" in parts:
        _coverage(cities)
    for name, part in (("changes", changes), ("trends", trends), ("steps", steps), ("forecasts", forecasts_of)):
        if name in parts:
            part(cities if name in ("changes", "forecasts") else 2 * cities)
    print(f"\n{time.process_time() - start:.0f} s of one core")


def _coverage(cities: int) -> None:
    print(f"Share of 95 % intervals of levels that hold the truth (Monte Carlo error between {cities} cities of 10")
    print("districts and 3 drugs). Unless said otherwise 24 months, composites (cv .10), day cv .22, seeds from 2000.")
    print(f"{'cell':28s} " + "  ".join(f"{c:13s}" for c in ("district", "city", "ratio", "change", "city change")))
    pairs, firsts = coverage(cities)
    sure = (pairs[:, 0] > 0.95) | (pairs[:, 0] < 0.05)
    right = ((pairs[:, 0] > 0.5) == (pairs[:, 1] > 0.5))[sure]
    print(f"\nchanges said with P outside .05-.95: {sure.mean():.3f}, of these right {right.mean():.3f}")
    by_tenth(pairs, "P(rise) from month to month")
    by_tenth(firsts, "P(first)")


if __name__ == "__main__":
    main()
