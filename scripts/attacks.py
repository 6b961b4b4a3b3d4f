"""Attack public editions of the sample city and of made-up cities, and print the score. ``make attacks``.

The attacker knows every public file of all editions, factors, weights, people and the code; he looks for the load of
one plant in one month to within 20 %. Refuses nothing; exits with 1 where a hidden load was found.
"""

from __future__ import annotations

import sys
import tempfile

import numpy as np

import wbe
from wbe.published import Ledger, edition, exposure, publish
from wbe.testing import small_city

WITHIN = 0.20


def fixed(found):
    held = (found["lower"] >= (1 - WITHIN) * found["load"]) & (found["upper"] <= (1 + WITHIN) * found["load"])
    return int((held & (found["load"] > 0)).sum())


def city(seed: int):
    """Ten uneven plants, four months, one late plant and one month that lacks another."""
    ds = small_city(districts=10, months=4, biomarkers=("methamphetamine", "ketamine"), seed=seed)
    rng = np.random.default_rng(seed)
    ds["concentration"] = ds["concentration"] * np.exp(rng.normal(0, 0.8, ds["concentration"].shape))
    return ds


def score(name: str, editions: list) -> tuple[int, int, int, int]:
    """Publish one edition after the other beside a ledger, and attack all of them together."""
    with tempfile.TemporaryDirectory() as folder:
        ledger = Ledger(folder)
        for ds in editions:
            estimate, _ = publish(ds, ledger)
        found = exposure(edition(estimate), Ledger(folder).numbers)
    whole = wbe.estimate(editions[-1]).table("city")
    numbered = whole["status"].isin(["estimate", "incomplete"]).to_numpy()
    printed = (estimate.table("city")["status"] == "estimate").to_numpy()
    result = fixed(found), len(found), int((printed & numbered).sum()), int(numbered.sum())
    print(f"{name:24} loads found {result[0]} of {result[1]}; city cells printed {result[2]} of {result[3]}")
    return result


def main() -> int:
    samples = wbe.read_samples(wbe.sample_data("zhuzhou"))
    results = [score("sample city", [samples])]
    for seed in range(8):
        ds = city(seed)
        late = (ds["site"].values == ds["site"].values[seed]) & (ds["time"].dt.month.values == 4)
        gone = (ds["site"].values == ds["site"].values[-1 - seed]) & (ds["time"].dt.month.values == 2)
        results.append(score(f"late plant, city {seed}", [ds.isel(sample=~late), ds]))
        results.append(score(f"plant missing, city {seed}", [ds.isel(sample=~gone)]))
    found, of, printed, cells = (sum(r[i] for r in results) for i in range(4))
    print(f"score: {found} of {of} plant-months found within 20 %; {printed / cells:.0%} of city cells printed, "
          f"{results[0][2] / results[0][3]:.0%} of the sample city's")  # fmt: skip
    return int(found > 0)


if __name__ == "__main__":
    sys.exit(main())
