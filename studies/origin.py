"""How origin does: labelled cases, European weeks, cities of one drug alone, and shares with a known truth.

``python studies/origin.py [cases|weeks|alone|shares|morphine|cities] ...`` prints; without names it runs all. The rules
of ``data/origin.toml`` and ``data/sources.toml`` are used as they ship; their digests are printed. ± is one sd of the
Monte Carlo error. Cities are simulated and synthetic; cases and weeks are published measurements.
"""

from __future__ import annotations

import math
import sys
from pathlib import Path

import numpy as np
import pandas as pd

import wbe
from wbe import packaged
from wbe.factors.sources import Mixture, apportion, doubt, leaves, left_alone, mixture, own_share
from wbe.origin import shares, weigh
from wbe.samples import build

SEED = 1
AMP = leaves("amphetamine")
ANALYSIS = 0.10
ERROR = math.sqrt(2 * math.log1p(ANALYSIS**2))

# label: what the authors found; a ratio named biomarker/parent is by mass
CASES = [
    ("Utrecht 2011, 350 to 75 g/d", "mdma", {"enantiomeric_fraction": 0.50, "jump": 35.0}, "discharge"),
    ("Ljubljana 2020", "mdma", {"enantiomeric_fraction": 0.511}, "discharge"),
    ("Ljubljana 2020", "mdma", {"enantiomeric_fraction": 0.666}, "use"),
    ("Ljubljana 2020", "amphetamine", {"enantiomeric_fraction": 0.459}, "cannot_tell"),
    ("Ljubljana 2020", "amphetamine", {"enantiomeric_fraction": 0.514}, "cannot_tell"),
    ("Ljubljana 2020, S alone", "methamphetamine", {"enantiomeric_fraction": 0.0}, "cannot_tell"),
    ("Reykjavik 2023, lowest day", "amphetamine", {"enantiomeric_fraction": 0.40}, "cannot_tell"),
    ("Reykjavik 2023, highest day", "amphetamine", {"enantiomeric_fraction": 0.84}, "cannot_tell"),
    ("Australia, median of 6000", "methamphetamine", {"ratios": {"amphetamine/methamphetamine": 0.09}}, "use"),
    ("Australia, low end", "methamphetamine", {"ratios": {"amphetamine/methamphetamine": 0.041}}, "use"),
    ("Changzhou, low end", "methamphetamine", {"ratios": {"amphetamine/methamphetamine": 0.04}}, "use"),
    ("Changzhou, high end", "methamphetamine", {"ratios": {"amphetamine/methamphetamine": 0.10}}, "use"),
    ("excretion of 55 and 27.5 %", "methadone", {"ratios": {"eddp/methadone": 1.79}}, "use"),
    ("Du 2020, ketamine 5.36 times", "ketamine", {"ratios": {"norketamine/ketamine": 1 / 5.36}}, "use"),
    ("textbook, cocaine .75 of BE", "cocaine", {"ratios": {"benzoylecgonine/cocaine": 1 / 0.75}}, "use"),
]


def share(hits: list[bool]) -> str:
    """A share with its Monte Carlo error."""
    p = float(np.mean(hits))
    return f"{p:.3f} ± {math.sqrt(max(p * (1 - p), 1e-9) / len(hits)):.3f}"


def cases() -> None:
    """Print the odds of every labelled case and whether it is called as its authors found."""
    print("\nLabelled cases: odds of discharge against use, of use against all else, call, label")
    right = 0
    for name, drug, seen, label in CASES:
        found = weigh(drug, **seen)
        right += found.call == label
        mark = "" if found.call == label else "   <- not as labelled"
        odds = f"{found.odds('discharge'):10.3g} {found.odds('use'):10.3g}"
        print(f"  {name:30s} {drug:16s} {odds}  {found.call:12s} {label}{mark}")
    print(f"  {right} of {len(CASES)} as labelled")


def weeks() -> None:
    """Print how often an ordinary European week is called a discharge by its jump alone."""
    path = Path(wbe.sample_data("euda")) / "loads_by_weekday_2011_2019.csv"
    table = pd.read_csv(path)
    table = table[table["Metabolite"].str.lower() != "metabolite"]
    days = ["Wednesday", "Thursday", "Friday", "Saturday", "Sunday", "Monday", "Tuesday"]
    print("\nEuropean weeks 2011-2019: each day against the median of the other days; calls of discharge by jump alone")
    every: list[bool] = []
    for drug, part in table.groupby("Metabolite"):
        loads = part[days].apply(pd.to_numeric, errors="coerce").to_numpy(float)
        name = {"MDMA": "mdma"}.get(str(drug), str(drug))
        called, top = [], 0.0
        for week in loads:
            known = week[np.isfinite(week) & (week > 0)]
            if len(known) < 4:
                continue
            jumps = [x / np.median(np.delete(known, i)) for i, x in enumerate(known)]
            called += [weigh(name, jump=float(j)).call in ("discharge", "not_consumed") for j in jumps]
            top = max(top, *jumps)
        every += called
        print(f"  {drug!s:16s} {len(called):5d} days, highest jump {top:6.1f}, called {share(called)}")
    print(f"  all              {len(every):5d} days, called {share(every)}")


def _ratio(rng: np.random.Generator, n: int) -> np.ndarray:
    return AMP.median * np.exp(AMP.log_sd * rng.standard_normal(n))


def alone() -> None:
    """Print how often use of amphetamine is claimed where methamphetamine alone is used."""
    print("\nMethamphetamine alone: months in which use of amphetamine is claimed (at most 0.05)")
    for n in (1, 2, 4, 8):
        rng = np.random.default_rng([SEED, n])
        claimed = []
        for _ in range(4000):
            load = np.exp(rng.normal(0, 0.4, n))
            seen = _ratio(rng, n) * np.exp(ERROR * rng.standard_normal(n))
            claimed.append(left_alone(seen, load, AMP, ERROR) <= doubt())
        print(f"  {n} sample(s) a month: {share(claimed)}")


def covered() -> None:
    """Print how often the share of real amphetamine lies in its interval."""
    print("\nReal amphetamine beside methamphetamine: 95 % interval of its share, by the month's ratio of the two")
    for total in (0.18, 0.4, 1.0):
        for n in (1, 4):
            rng = np.random.default_rng([SEED, int(100 * total), n])
            hits = []
            for city in range(2500):
                load = np.exp(rng.normal(0, 0.4, n))
                left = _ratio(rng, 64 * n)
                left = left[left < total][:n]  # whoever uses amphetamine adds to what is left
                ratio = np.full(n, total)
                true = 1 - float(left @ load) / float(ratio @ load)
                seen = ratio * np.exp(ERROR * rng.standard_normal(n))
                low, high = np.quantile(own_share(seen, load, AMP, ERROR, seed=city), [0.025, 0.975])
                hits.append(bool(low <= true <= high))
            print(f"  ratio {total:4.2f}, {n} sample(s): {share(hits)}")


def _tracers(rng: np.random.Generator, kind: Mixture, true: dict[str, float]) -> dict[str, float]:
    seen: dict[str, float] = {}
    for s in kind.signatures:
        seen[s.tracer] = seen.get(s.tracer, 0.0) + true[s.source] * s.median * math.exp(
            s.log_sd * rng.standard_normal()
        )
    return {t: v * math.exp(0.15 * rng.standard_normal()) for t, v in seen.items()}


def morphine() -> None:
    """Print how far all morphine taken for heroin is wrong, and how often the model covers heroin's share."""
    kind = mixture("morphine")
    print("\nMorphine: heroin's share with 6-MAM and codeine, 95 % interval; naive is all morphine taken for heroin")
    for prior in ("49-cities", "south-west-2021", "flat"):
        rng = np.random.default_rng([SEED, len(prior)])
        for asked in (prior, None):
            hits, wrong, naive = [], [], []
            for city in range(600):
                true = dict(zip(kind.sources, rng.dirichlet(kind.priors[prior]), strict=True))
                found = apportion(kind, _tracers(rng, kind, true), prior=asked, seed=city)
                low, middle, high = np.quantile(found.draws[:, 0], [0.025, 0.5, 0.975])
                hits.append(bool(low <= true["heroin"] <= high))
                if true["heroin"] > 0.01:
                    wrong.append(abs(math.log(max(middle, 1e-6) / true["heroin"])))
                    naive.append(-math.log(true["heroin"]))
            told = "its own prior" if asked else "all priors  "
            factors = f"typical error factor {math.exp(np.median(wrong)):.1f}, naive {math.exp(np.median(naive)):.1f}"
            print(f"  cities of {prior:16s} by {told}: covers {share(hits)}; {factors}")


def _city(
    rng: np.random.Generator, total: float | None, n: int, months: int
) -> tuple[pd.DataFrame, pd.DataFrame, list[float]]:
    rows, results, true = [], [], []
    for m in range(months):
        left_sum = sum_ = 0.0
        for k in range(n):
            key = f"{m}-{k}"
            rows.append({
                "sample": key, "time": pd.Timestamp(2021, 1 + m, 3 + 7 * k), "site": "plant", "district": "district",
                "batch": f"{m}", "sample_type": "24h_composite", "flow": 5e4, "population": 2e5,
                "population_basis": "census",
            })  # fmt: skip
            meth = 200.0 * math.exp(rng.normal(0, 0.3))
            left = float(_ratio(rng, 1)[0])
            while total is not None and left >= total:
                left = float(_ratio(rng, 1)[0])
            whole = left if total is None else total
            left_sum, sum_ = left_sum + left * meth, sum_ + whole * meth
            for name, value in (("methamphetamine", meth), ("amphetamine", whole * meth)):
                seen = value * math.exp(math.sqrt(math.log1p(ANALYSIS**2)) * rng.standard_normal())
                results.append({"sample": key, "biomarker": name, "concentration": seen, "flag": 0, "lod": 0.1})
        true.append(1 - left_sum / sum_)
    return pd.DataFrame(rows), pd.DataFrame(results), true


def cities() -> None:
    """Print the same through the whole chain: statuses of the estimate and shares, 12 months a city."""
    print("\nThrough wbe.estimate and wbe.origin.shares: cities of 12 months")
    for total in (None, 0.18, 0.4, 1.0):
        for n in (1, 4):
            rng = np.random.default_rng([SEED, 7, n, int(100 * (total or 0))])
            claimed, hits = [], []
            for _ in range(20):
                rows, results, true = _city(rng, total, n, 12)
                estimate = wbe.estimate(build(rows, results, synthetic=True))
                table = estimate.table(drug="amphetamine", quantity="consumption")
                claimed += (table["status"] == "estimate").tolist()
                own = shares(estimate).query("source == 'amphetamine'")
                hits += [bool(a <= t <= b) for a, t, b in zip(own["lower"], true, own["upper"], strict=True)]
            name = "methamphetamine alone" if total is None else f"ratio {total:4.2f}"
            # of methamphetamine alone the true share is 0, which an interval of a share above 0 never holds
            said = "" if total is None else f", share covered {share(hits)}"
            print(f"  {name:22s} {n} sample(s): use claimed {share(claimed)}{said}")


PARTS = {"cases": cases, "weeks": weeks, "alone": alone, "shares": covered, "morphine": morphine, "cities": cities}


def main(names: list[str]) -> None:
    """Run the parts asked for."""
    print(
        f"Origin, seed {SEED}; rules {packaged.digest('origin.toml')[:12]} and {packaged.digest('sources.toml')[:12]}"
    )
    for name in names or list(PARTS):
        PARTS[name]()


if __name__ == "__main__":
    main(sys.argv[1:])
