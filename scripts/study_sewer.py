"""How a search for a source does on simulated sewers: visits, and whether 90 % means 90 %.

The simulator follows links one by one and shares no arithmetic with the model: sources, misses, flows and sampling
errors are drawn here, handed over as Samples, and only the answers are compared. Sewers and samples are synthetic.

    python scripts/study_sewer.py [--trees 500] [--seed 1] [--out docs/studies/sewer.txt]
"""

from __future__ import annotations

import argparse
import math
import time
from pathlib import Path

import numpy as np
import pandas as pd

import wbe
from wbe.disclosure import Policy
from wbe.samples import build
from wbe.sewer import Network

DRUG = "methamphetamine"
OPEN = Policy.internal(minimum_population=0)
PER_HEAD = 0.2
MOST = 60


class Town:
    """A tree of pipes with the people above each node, counted by walking down from every node."""

    def __init__(self, below: list[int], people: np.ndarray):
        n = len(below)
        self.below, self.people = below, people
        self.names = [f"m{i}" for i in range(n)]
        self.path = []
        for i in range(n):
            path = [i]
            while below[path[-1]] >= 0:
                path.append(below[path[-1]])
            self.path.append(set(path))
        self.above = np.array([sum(people[j] for j in range(n) if i in self.path[j]) for i in range(n)])
        up = [i for i in range(n) if below[i] >= 0]
        self.network = Network(
            np.array(self.names, dtype=object), people, np.array(up), np.array([below[i] for i in up]),
            np.full(len(up), 0.05), np.ones(len(up)),
        )  # fmt: skip


def random_town(rng: np.random.Generator, n: int) -> Town:
    """A random tree: every new manhole joins one of the last few, so that branches are long and uneven."""
    below = [-1] + [int(rng.integers(max(0, i - 12), i)) for i in range(1, n)]
    return Town(below, np.round(rng.lognormal(math.log(300), 0.7, n)))


def long_town(seed: int = 858) -> Town:
    """858 nodes, 277 leaves, on average about 56 and at most 114 pipes from the outfall: a hillside city's shape."""
    rng = np.random.default_rng(seed)
    below, depth = [-1], [0]
    for _ in range(114):
        below.append(len(below) - 1)
        depth.append(depth[-1] + 1)
    branches = 365  # some end where others begin: about 277 leaves
    lengths = np.ones(branches, dtype=int)
    for _ in range(858 - 115 - branches):
        lengths[rng.integers(branches)] += 1
    for length in lengths:
        room = [i for i in range(len(below)) if depth[i] + length <= 114 and depth[i] <= 100]
        at = int(rng.choice(room))
        for _ in range(length):
            below.append(at)
            depth.append(depth[at] + 1)
            at = len(below) - 1
    return Town(below, np.ones(len(below)))


def sampled(town: Town, node: int, grams: float, rng: np.random.Generator | None, kind: str, lod: float):
    """One sample at a node through which ``grams`` a day pass."""
    flow = max(town.above[node], 1.0) * PER_HEAD
    told_flow, value = flow, grams / flow * 1e6
    if rng is not None:
        cv = {"grab": 0.85, "24h_composite": 0.15}[kind]
        value *= unbiased(rng, cv) * unbiased(rng, 0.15)
        told_flow *= unbiased(rng, 0.2)
    seen = value >= lod
    row = {"sample": ["a"], "time": ["2021-06-24"], "site": [town.names[node]], "district": ["x"], "flow": [told_flow],
           "population": [town.above[node]], "population_basis": ["census"], "sample_type": [kind]}  # fmt: skip
    result = {"sample": ["a"], "biomarker": [DRUG], "concentration": [value if seen else np.nan],
              "flag": [0 if seen else 2], "lod": [lod]}  # fmt: skip
    return build(row, pd.DataFrame(result), synthetic=True)


def unbiased(rng: np.random.Generator, cv: float) -> float:
    """A log-normal error of mean one."""
    v = math.log1p(cv**2)
    return float(np.exp(rng.normal(-v / 2, math.sqrt(v))))


def chosen(how: str, search, town: Town, rng: np.random.Generator) -> int:
    """The next node by one of three ways."""
    if how == "plan":
        plan = search.plan()
        return town.names.index(plan["node"].iloc[0]) if len(plan) else -1
    if how == "random":
        return int(rng.integers(1, len(town.names)))
    belief = search.posterior().set_index("node")["probability"].reindex(town.names).to_numpy()
    held = np.array([sum(belief[j] for j in range(len(belief)) if i in town.path[j]) for i in range(len(belief))])
    return int(np.argmin(np.abs(held - 0.5)))


def noisy(trees: int, seed: int, how: str, kind: str, n: int = 60) -> tuple[list[int], list[float], list[bool]]:
    """Visits, the share that the 90 % set states, and whether it holds the truth."""
    visits, stated, held = [], [], []
    for t in range(trees):
        rng = np.random.default_rng([seed, t])
        town = random_town(rng, n)
        source = int(rng.choice(n, p=town.people / town.people.sum()))
        grams = float(rng.lognormal(math.log(4), 1.0))
        background = float(rng.lognormal(math.log(10e-6), 0.8))
        steps = np.random.default_rng([seed, t, len(how)])
        search = wbe.sewer.search(town.network, drug=DRUG, policy=OPEN, kind=kind)
        count = 0
        while len(search.credible(0.9)) > 1 and count < MOST:
            node = chosen(how, search, town, steps)
            if node < 0:
                break
            day = unbiased(steps, 0.3)
            passing = grams if node in town.path[source] and steps.random() > 0.1 else 0.0
            load = (passing + background * town.above[node]) * day
            search = search.observe(sampled(town, node, load, steps, kind, 1.0))
            count += 1
        table = search.posterior()
        named = search.credible(0.9)
        visits.append(count)
        stated.append(float(table["probability"].iloc[: len(named)].sum()))
        held.append(town.names[source] in named)
    return visits, stated, held


def error_free(town: Town, how: str, sources: list[int]) -> list[int]:
    """Visits until one node is left, when nothing errs."""
    visits = []
    for source in sources:
        rng = np.random.default_rng([7, source, len(how)])
        search = wbe.sewer.search(town.network, drug=DRUG, policy=OPEN, misses=0, background=0, limit=1e-4)
        count = 0
        while len(search.credible(0.9)) > 1 and count < 400:
            node = chosen(how, search, town, rng)
            grams = 5.0 if node in town.path[source] else 0.0
            search = search.observe(sampled(town, node, grams, None, "24h_composite", 1e-4))
            count += 1
        visits.append(count if search.credible(0.9) == [town.names[source]] else 400)
    return visits


def mean(values: list[int] | list[float] | list[bool]) -> str:
    """A mean with its Monte Carlo error."""
    x = np.asarray(values, dtype=float)
    return f"{x.mean():.3f} ± {x.std(ddof=1) / math.sqrt(len(x)):.3f}"


def main() -> None:
    """Run the study and print it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--trees", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    began, lines = time.perf_counter(), []

    def say(text: str) -> None:
        lines.append(text)
        print(text, flush=True)

    say(f"Searching a source in synthetic sewers, seed {given.seed}; ± is the Monte Carlo error of one sd")
    town = long_town()
    depth = [len(p) for p in town.path]
    leaves = set(range(len(depth))) - set(town.below)
    up = f"walking up: mean {np.mean(depth):.0f}, most {max(depth) - 1}"
    say(f"\nA tree of {len(depth)} nodes, {len(leaves)} leaves; {up}")
    sources = np.random.default_rng(given.seed).choice(len(depth), max(10, given.trees // 5), replace=False).tolist()
    for how in ("plan", "bisection", "random"):
        few = sources if how != "random" else sources[:20]
        say(f"  error-free visits by {how:10s} {mean(error_free(town, how, few))}")
    for kind in ("24h_composite", "grab"):
        say(f"\n{given.trees} random trees of 60 nodes, {kind}, 10 % misses, flow cv .2, limit 1 ng/L")
        for how in ("plan", "bisection", "random"):
            n = given.trees if how == "plan" else max(20, given.trees // 4)
            visits, stated, held = noisy(n, given.seed, how, kind)
            say(
                f"  {how:10s} visits {mean(visits)}   90 % set states {np.mean(stated):.3f}, holds {mean(held)}"
                f"   ({sum(v >= MOST for v in visits)} of {n} not ended after {MOST})"
            )
    say(f"\n{time.perf_counter() - began:.0f} s")
    if given.out:
        given.out.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
