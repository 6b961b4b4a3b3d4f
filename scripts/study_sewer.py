"""How a search for a source does on simulated sewers: visits, and whether 90 % means 90 %.

The simulator follows links one by one and shares no arithmetic with the model: sources, misses, flows and sampling
errors are drawn here, handed over as Samples, and only the answers are compared. Sewers and samples are synthetic.

    python scripts/study_sewer.py [--trees 500] [--seed 1] [--out docs/studies/sewer.txt] [--rows FILE --seconds 60]
"""

from __future__ import annotations

import argparse
import functools
import math
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr

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
        self.inside = np.array([[i in self.path[j] for j in range(n)] for i in range(n)], dtype=float)
        up = [i for i in range(n) if below[i] >= 0]
        self.network = Network(
            np.array(self.names, dtype=object), people, np.array(up), np.array([below[i] for i in up]),
            np.full(len(up), 0.05), np.ones(len(up)),
        )  # fmt: skip

    def together(self, each: np.ndarray) -> np.ndarray:
        """People at and above every node, each node's own counted ``each`` times."""
        return np.asarray(self.inside @ (self.people * each))


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
    ds = _form(kind).copy(deep=True)
    ds["flow"].values[0], ds["population"].values[0], ds["lod"].values[0, 0] = told_flow, town.above[node], lod
    ds["concentration"].values[0, 0], ds["flag"].values[0, 0] = (value, 0) if seen else (np.nan, 2)
    return ds.assign_coords(site=("sample", np.array([town.names[node]], dtype=ds["site"].dtype.type)))


@functools.cache
def _form(kind: str) -> xr.Dataset:
    """A sample that every other is filled in from: building one takes longer than the model's whole answer."""
    row = {"sample": ["a"], "time": ["2021-06-24"], "site": ["m"], "district": ["x"], "flow": [1.0],
           "population": [1.0], "population_basis": ["census"], "sample_type": [kind]}  # fmt: skip
    result = {"sample": ["a"], "biomarker": [DRUG], "concentration": [1.0], "flag": [0], "lod": [1.0]}
    return build(row, pd.DataFrame(result), synthetic=True)


def unbiased(rng: np.random.Generator, cv: float) -> float:
    """A log-normal error of mean one."""
    v = math.log1p(cv**2)
    return float(np.exp(rng.normal(-v / 2, math.sqrt(v))))


def unbiased_many(rng: np.random.Generator, cv: float, n: int) -> np.ndarray:
    """Log-normal factors of mean one: how much places differ per head."""
    v = math.log1p(cv**2)
    return np.asarray(np.exp(rng.normal(-v / 2, math.sqrt(v), n)))


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


def one_tree(seed: int, t: int, how: str, kind: str, case: str, n: int = 60) -> dict[str, object]:
    """One search in one random tree: visits, what the 90 % set states and whether it holds a source, P(two sources).

    ``case``: ``one`` source that is missed at a tenth of visits, ``intermittent`` (at half of them), or ``two``.
    """
    rng = np.random.default_rng([seed, t])
    town = random_town(rng, n)
    source = int(rng.choice(n, p=town.people / town.people.sum()))
    grams = float(rng.lognormal(math.log(4), 1.0))
    background = float(rng.lognormal(math.log(10e-6), 0.8)) * town.together(unbiased_many(rng, 0.53, n))
    others = [int(rng.choice(n, p=town.people / town.people.sum()))] if case == "two" else []
    missed = 0.5 if case == "intermittent" else 0.1
    steps = np.random.default_rng([seed, t, len(how)])
    search = wbe.sewer.search(town.network, drug=DRUG, policy=OPEN, kind=kind)
    count = 0
    while len(search.credible(0.9)) > 1 and count < MOST:
        node = chosen(how, search, town, steps)
        if node < 0:
            break
        day = unbiased(steps, 0.3)
        shown = [grams for s in (source, *others) if node in town.path[s] and steps.random() > missed]
        search = search.observe(sampled(town, node, (sum(shown) + background[node]) * day, steps, kind, 1.0))
        count += 1
    table, named = search.posterior(), search.credible(0.9)
    return {
        "case": case, "how": how, "kind": kind, "tree": t, "visits": count,
        "stated": float(table["probability"].iloc[: len(named)].sum()),
        "held": any(town.names[s] in named for s in (source, *others)),
        "two": search.two.probability if case == "two" and search.two is not None else np.nan,
    }  # fmt: skip


def trees_of(given: argparse.Namespace, how: str, kind: str, case: str, trees: int) -> pd.DataFrame:
    """Rows of some trees; those that a cut run has left in ``--rows`` are not made again."""
    columns = ["case", "how", "kind", "tree", "visits", "stated", "held", "two"]
    kept = pd.read_csv(given.rows) if given.rows and given.rows.exists() else pd.DataFrame(columns=columns)
    mine = kept[(kept["case"] == case) & (kept["how"] == how) & (kept["kind"] == kind) & (kept["tree"] < trees)]
    have = set(mine["tree"])
    rows = [mine]
    for t in range(trees):
        if t in have or (given.seconds and time.process_time() > given.seconds):
            continue
        row = pd.DataFrame([one_tree(given.seed, t, how, kind, case)])[columns]
        rows.append(row)
        if given.rows:
            row.to_csv(given.rows, mode="a", header=not given.rows.exists(), index=False)
    return pd.concat([r for r in rows if len(r)], ignore_index=True) if any(len(r) for r in rows) else kept.iloc[:0]


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


#: how, kind, case, and the share of --trees
DESIGN = [
    ("plan", "24h_composite", "one", 1.0), ("bisection", "24h_composite", "one", 1.0),
    ("plan", "grab", "one", 0.4), ("plan", "24h_composite", "two", 0.3),
    ("plan", "24h_composite", "intermittent", 0.3), ("bisection", "24h_composite", "intermittent", 0.3),
    ("bisection", "grab", "one", 0.4), ("random", "24h_composite", "one", 0.1),
]  # fmt: skip


def paired(rows: pd.DataFrame, other: pd.DataFrame) -> str:
    """Visits more than another way took on the same trees."""
    both = rows.merge(other, on="tree", suffixes=("", "_other"))
    return mean((both["visits"] - both["visits_other"]).tolist()) if len(both) > 1 else "-"


def clocks() -> list[str]:
    """Processor time of reading and attributing long networks."""
    lines = []
    with tempfile.TemporaryDirectory() as folder:
        for n in (1_000, 10_000, 100_000):
            rng = np.random.default_rng(n)
            below = [0, *(int(rng.integers(max(0, i - 50), i)) for i in range(1, n))]
            path = Path(folder) / f"{n}.csv"
            pd.DataFrame({
                "node": [f"m{i}" for i in range(n)], "downstream": ["", *(f"m{below[i]}" for i in range(1, n))],
                "length": 40.0, "population": rng.integers(10, 60, n),
            }).to_csv(path, index=False)  # fmt: skip
            began = time.process_time()
            network = wbe.sewer.read_network(path)
            read = time.process_time() - began
            told = f"  {n:7,d} nodes: read {read:5.1f} s"
            if n <= 10_000:
                at = [0, *rng.choice(n, 11, replace=False).tolist()]
                parts = [_grams(network, i, rng) for i in at]
                began = time.process_time()
                wbe.sewer.attribute(network, xr.concat(parts, dim="sample"), drug=DRUG)
                told += f", 12 samples attributed {time.process_time() - began:5.1f} s"
            lines.append(told)
    return lines


def _grams(network: Network, node: int, rng: np.random.Generator) -> xr.Dataset:
    people = float(network.served[node])
    row = {"sample": [f"s{node}"], "time": ["2021-06-24"], "site": [network.nodes[node]], "district": ["x"],
           "flow": [people * PER_HEAD], "population": [people], "population_basis": ["census"],
           "sample_type": ["24h_composite"]}  # fmt: skip
    result = {"sample": [f"s{node}"], "biomarker": [DRUG], "concentration": [float(rng.lognormal(3, 1))], "flag": [0],
              "lod": [0.1]}  # fmt: skip
    return build(row, pd.DataFrame(result), synthetic=True)


def main() -> None:
    """Run the study and print it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--trees", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--rows", type=Path, help="CSV of finished searches, to go on after a cut")
    parser.add_argument("--seconds", type=float, help="stop making searches after this much processor time")
    parser.add_argument("--only", help="'noisy' leaves out the error-free tree and the clocks")
    given = parser.parse_args()
    lines: list[str] = []

    def say(text: str) -> None:
        lines.append(text)
        print(text, flush=True)

    say(f"Searching a source in synthetic sewers, seed {given.seed}; ± is the Monte Carlo error of one sd")
    if given.only != "noisy":
        town = long_town()
        depth = [len(p) for p in town.path]
        leaves = set(range(len(depth))) - set(town.below)
        up = f"walking up: mean {np.mean(depth):.0f}, most {max(depth) - 1}"
        say(f"\nA tree of {len(depth)} nodes, {len(leaves)} leaves; {up}")
        sources = np.random.default_rng(given.seed).choice(len(depth), max(10, given.trees // 20), replace=False)
        for how in ("plan", "bisection", "random"):
            few = sources.tolist() if how != "random" else sources[:5].tolist()
            say(f"  error-free visits by {how:10s} {mean(error_free(town, how, few))}")
        say("\nProcessor time")
        for line in clocks():
            say(line)
    say("\nRandom trees of 60 nodes, flow cv .2, places differ per head by cv .53, limit 1 ng/L")
    say("misses: one source at a tenth of visits, an intermittent one at half; two: the set holds one of them")
    ways: dict[tuple[str, str], pd.DataFrame] = {}
    for how, kind, case, part in DESIGN:
        rows = trees_of(given, how, kind, case, max(20, int(part * given.trees)))
        if len(rows) < 2:
            continue
        said = (
            f"  {case:12s} {kind:13s} {how:10s} {len(rows):4d} trees  visits {mean(rows['visits'].tolist())}  90 % set "
            f"states {rows['stated'].mean():.3f}, holds {mean(rows['held'].astype(bool).tolist())}"
            f"  not ended {int((rows['visits'] >= MOST).sum())}"
        )
        if case == "two":
            said += f"  P(two) {rows['two'].mean():.2f}, above .5 in {(rows['two'] > 0.5).mean():.2f}"
        ways.setdefault((case, kind), rows)
        if how != "plan":
            said += f"  plan against it {paired(ways[case, kind], rows)}"
        say(said)
    if given.out:
        given.out.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
