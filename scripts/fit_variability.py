"""Fit the priors of day-to-day variability to the European weeks: what `data/variability.toml` holds by biomarker.

Usage: python scripts/fit_variability.py [folder with loads_by_weekday_2011_2019.csv and sites.csv]

Per site and year with seven days above the limit the variance of ln(load) over the week, weekdays included, since a
plain mean of days carries them. The variance of measurement is taken out, and variances are averaged (a quasi-
likelihood with a log link on population), never their square roots or medians. The weekend ratio is ln(mean of
Saturday and Sunday / mean of Monday to Friday) by site, its spread what repeated years of a site confirm.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd

DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
NAMES = {
    "methamphetamine": "methamphetamine", "amphetamine": "amphetamine", "cocaine": "benzoylecgonine",
    "MDMA": "mdma", "cannabis": "thc_cooh",
}  # fmt: skip
MEASUREMENT = 0.10**2 + 0.05**2 + 0.07**2  # analysis, a day's flow, a composite: log variances of the packaged defaults
PLACE, SHIFT = 0.45, 0.35  # spread of ln sd between places and of a whole file: see data/variability.toml


def weeks(folder: Path) -> pd.DataFrame:
    """Return ln(load) by weekday with biomarker, site and population, whole weeks only."""
    loads = pd.read_csv(folder / "loads_by_weekday_2011_2019.csv")
    sites = pd.read_csv(folder / "sites.csv").drop_duplicates("SiteID").set_index("SiteID")
    values = loads[DAYS].apply(pd.to_numeric, errors="coerce")
    whole = (values > 0).all(axis=1)
    table = np.log(values[whole])
    table["biomarker"] = loads.loc[whole, "Metabolite"].map(NAMES)
    table["site"] = loads.loc[whole, "Site ID"]
    table["population"] = table["site"].map(sites["Population"])
    return table.dropna()


def fit(group: pd.DataFrame) -> dict[str, float]:
    """Fit E(s^2) = exp(2 (a + b ln(population / 100 000))) + measurement by quasi-likelihood (variance ~ mean^2)."""
    s2 = group[DAYS].var(axis=1, ddof=1).to_numpy()
    size = np.log(group["population"].to_numpy() / 1e5)
    a, b = 0.5 * np.log(max(s2.mean() - MEASUREMENT, 1e-3)), 0.0
    for _ in range(200):
        day = np.exp(2 * (a + b * size))
        mean = day + MEASUREMENT
        jac = 2 * day[:, None] * np.column_stack([np.ones_like(size), size]) / mean[:, None]
        step = np.linalg.solve(jac.T @ jac + np.diag([1e-9, 1.0]), jac.T @ ((s2 - mean) / mean) - np.array([0, b]))
        a, b = a + 0.5 * step[0], b + 0.5 * step[1]
    ratio = np.log(
        np.exp(group[["Saturday", "Sunday"]]).mean(axis=1) / np.exp(group[DAYS[:5]]).mean(axis=1)
    )  # fmt: skip
    weekend, between = lasting(ratio, group["site"])
    return {
        "sd": np.exp(a) * np.exp(-(PLACE**2) - SHIFT**2), "exponent": b, "rms": np.exp(a), "n": len(group),
        "weekend": weekend, "weekend_sd": max(float(np.sqrt(max(between, 0.0))), 0.05),
    }  # fmt: skip


def lasting(value: pd.Series, place: pd.Series) -> tuple[float, float]:
    """Return the mean over places and the variance between them that repeated years confirm (analysis of variance)."""
    groups = value.groupby(place)
    n, mean = groups.size(), groups.mean()
    several = n > 1
    within = float((groups.var(ddof=1) * (n - 1))[several].sum() / (n - 1)[several].sum())
    centre = float(value.mean())
    between = float((n * (mean - centre) ** 2).sum() / (len(n) - 1))
    size = float((n.sum() - (n**2).sum() / n.sum()) / (len(n) - 1))
    return centre, (between - within) / size


def main() -> None:
    """Print one block of TOML for each biomarker."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("data/samples/euda")
    table = weeks(folder)
    for name, group in table.groupby("biomarker"):
        found = fit(group)
        print(f"[biomarker.{name}]")
        for key, value in found.items():
            print(f"{key} = {value if key == 'n' else round(value, 3)}")


if __name__ == "__main__":
    main()
