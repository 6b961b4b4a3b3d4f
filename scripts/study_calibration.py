"""How often do intervals of a calibrated excretion factor hold the truth, and what does ordinary regression make of it?

Synthetic: 500 cities of known truth for each design. Prints the table kept in docs/studies/calibration_coverage.txt.
Run: python scripts/study_calibration.py > docs/studies/calibration_coverage.txt
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy import special

from wbe.errors import FactorError
from wbe.factors import calibrate, ordinary, reliability, york
from wbe.uncertainty import Beta

RUNS = 500
PRIORS = {
    "excretion": Beta(mean=0.35, sd=0.12),
    "compliance": Beta(mean=0.85, sd=0.06),
    "stability": Beta(mean=0.95, sd=0.02),
}
# places, spread of true consumption, errors of consumption and of load, spread between places (all log-sd)
DESIGNS = {
    "12 plants, one year of sales": (12, 0.6, 0.25, 0.20, 0.20),
    "8 plants, rough sales": (8, 0.5, 0.35, 0.20, 0.15),
    "20 plants, close sales": (20, 0.6, 0.15, 0.20, 0.25),
}


def city(seed: int, design: tuple[int, float, float, float, float]) -> tuple[pd.DataFrame, float, float]:
    """One city: sales and loads with error; the three parts vary between cities as their priors say."""
    n, spread, sd_x, sd_y, between = design
    rng = np.random.default_rng([20210624, seed])
    truth = {part: float(d.quantile(rng.random())) for part, d in PRIORS.items()}
    product = float(np.prod(list(truth.values())))
    sold = rng.normal(5.0, spread, n)
    # the error of each place's figure is itself uneven
    error_x, error_y = (s * np.exp(rng.normal(0, 0.25, n)) for s in (sd_x, sd_y))
    x = sold + error_x * rng.normal(size=n)
    y = sold + np.log(product) + between * rng.normal(size=n) + error_y * rng.normal(size=n)
    table = pd.DataFrame({
        "place": [f"plant {i}" for i in range(n)], "consumption": np.exp(x), "load": np.exp(y),
        "consumption_cv": np.sqrt(np.expm1(error_x**2)), "load_cv": np.sqrt(np.expm1(error_y**2)),
    })  # fmt: skip
    return table, product, truth["excretion"]


def runs(design: tuple[int, float, float, float, float]) -> Iterator[dict[str, float]]:
    """One record for each city."""
    for seed in range(RUNS):
        table, product, excretion = city(seed, design)
        x, y = np.log(table["consumption"].to_numpy()), np.log(table["load"].to_numpy())
        sd_x = np.sqrt(np.log1p(table["consumption_cv"].to_numpy() ** 2))
        sd_y = np.sqrt(np.log1p(table["load_cv"].to_numpy() ** 2) + design[4] ** 2)
        plain = calibrate(table, "tramadol")
        try:
            informed = calibrate(table, "tramadol", priors=PRIORS, seed=seed)
        except FactorError:  # prior and data at odds (p < 0.01): refused, and counted
            informed = None
        ols, eiv = ordinary(x, y), york(x, y, sd_x, sd_y)
        low, high = plain.interval()
        ex_low, ex_high = (
            (float(q) for q in informed.posterior["excretion"].quantile([0.025, 0.975]))
            if informed
            else (np.nan, np.nan)
        )
        # what a reader of the ordinary line would take as recovery at the largest plant: slope and intercept as fitted
        top = x.max()
        at_top = ols.intercept + (ols.slope - 1) * top
        half = float(special.stdtrit(len(x) - 2, 0.975)) * np.hypot(
            ols.slope_se * (top - x.mean()), np.sqrt(ols.chi2 / (len(x) - 2) / len(x))
        )
        yield {
            "recovery covered": low < product < high,
            "excretion covered": ex_low < excretion < ex_high,
            "ordinary, largest plant covered": abs(at_top - np.log(product)) < half,
            "ordinary slope covers 1": ols.slope_interval()[0] < 1 < ols.slope_interval()[1],
            "york slope covers 1": eiv.slope_interval()[0] < 1 < eiv.slope_interval()[1],
            "recovery bias": np.log(plain.recovery.median() / product),
            "ordinary bias at largest plant": at_top - np.log(product),
            "ordinary slope": ols.slope,
            "york slope": eiv.slope,
            "expected ordinary slope": reliability(x, sd_x),
            "width": high / low,
            "contraction": informed.contraction["excretion"] if informed else np.nan,
            "refused as a conflict": informed is None,
        }


def main() -> None:
    """Print the table."""
    out = sys.stdout.write
    out(f"Calibration of excretion on known consumption: {RUNS} synthetic cities for each design, seeded\n")
    out("known truth of each city drawn from the priors; 95 % intervals; a refused city counts as not covered\n\n")
    for name, design in DESIGNS.items():
        table = pd.DataFrame(list(runs(design))).astype(float)
        n, spread, sd_x, sd_y, between = design
        out(f"{name}\n  places {n}; log-sd: true consumption {spread}, sales {sd_x}, load {sd_y}, places {between}\n")
        for column in table:
            # a slope can run away when sales are rough: its median is shown
            middle = table[column].median() if column.endswith("slope") else table[column].mean()
            if column.endswith(("covered", "covers 1", "conflict")):
                se = np.sqrt(middle * (1 - middle) / RUNS)
                out(f"  {column:34s} {100 * middle:6.1f} %  (+/- {196 * se:.1f})\n")
            else:
                out(f"  {column:34s} {middle:8.3f}\n")
        out("\n")


if __name__ == "__main__":
    main()
