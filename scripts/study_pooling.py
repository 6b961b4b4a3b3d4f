"""Coverage of predictions from few studies or places: ``python scripts/study_pooling.py [sets]`` prints the table.

Studies: 8 persons each, a spread of 0.1 between persons, mean fraction 0.35; another population's mean is predicted.
Places: errors of 10 % on sales and loads, recovery 0.25; another place's recovery is predicted. Between: on the logit.
"""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd
from scipy import special

from wbe.factors import calibrate, pool

PERSONS = 8


def studies(rng: np.random.Generator, k: int, between: float) -> pd.DataFrame:
    """Studies of one drug whose population means differ by ``between`` on the logit."""
    mean = special.expit(special.logit(0.35) + between * rng.standard_normal(k))
    seen = [rng.normal(m, 0.1, PERSONS) for m in mean]
    return pd.DataFrame({
        "study": [f"s{i}" for i in range(k)], "fraction": [float(np.clip(x.mean(), 0.02, 0.98)) for x in seen],
        "sd": [float(x.std(ddof=1)) for x in seen], "n": PERSONS,
    })  # fmt: skip


def places(rng: np.random.Generator, k: int, between: float) -> pd.DataFrame:
    """Places whose recoveries differ by ``between`` on the logit."""
    true = special.expit(special.logit(0.25) + between * rng.standard_normal(k))
    sold = np.exp(rng.normal(5, 0.6, k))
    error = np.sqrt(np.log1p(0.1**2))
    return pd.DataFrame({
        "place": [f"p{i}" for i in range(k)], "consumption": sold * np.exp(error * rng.standard_normal(k)),
        "load": sold * true * np.exp(error * rng.standard_normal(k)), "consumption_cv": 0.1, "load_cv": 0.1,
    })  # fmt: skip


def main(sets: int) -> None:
    """Print how often 95 % intervals for another population or place cover it."""
    for name, least, centre in (("studies", 2, 0.35), ("places", 3, 0.25)):
        for k in (n for n in (2, 3, 5, 12) if n >= least):
            line = []
            for between in (0.0, 0.2, 0.4):
                rng, hits = np.random.default_rng([k, int(10 * between)]), 0
                for _ in range(sets):
                    if name == "studies":
                        low, high = pool(studies(rng, k, between)).predicted
                    else:
                        found = calibrate(places(rng, k, between), "tramadol").predictive
                        low, high = found.low, found.high
                    new = special.expit(special.logit(centre) + between * rng.standard_normal())
                    hits += bool(low < new < high)
                line.append(f"{hits / sets:.3f}")
            print(f"{name} {k:>2}: " + "  ".join(line), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 400)
