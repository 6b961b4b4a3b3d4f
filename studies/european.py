"""The European weeks against the library: seven days against the published mean, some days against the whole week.

Reads `data/samples/euda` (European Union Drugs Agency, wastewater analysis and drugs, 2025 edition; seven consecutive
days by site and year, 2011-2019). Sizes of error come from other countries than the one that is judged.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import ndtr

sys.path.insert(0, str(Path(__file__).parents[1] / "scripts"))
from fit_variability import DAYS, MEASUREMENT, NAMES, PLACE, SHIFT, fit

import wbe

FOLDER = Path(__file__).parents[1] / "data" / "samples" / "euda"
NODES = 25
#: what is asked of 95 % intervals for n of seven days, by drug; and of plants below 150,000 people, who are few
AIMS = {
    1: {"methamphetamine": (0.92, 0.97), "benzoylecgonine": (0.92, 0.97), "amphetamine": (0.92, 0.97),
        "mdma": (0.92, 0.985)},
    4: dict.fromkeys(("methamphetamine", "benzoylecgonine", "amphetamine", "mdma"), (0.91, 0.96)),
}  # fmt: skip
AIMS[2] = AIMS[1]
SMALL = (0.88, 0.98)


def whole_weeks() -> pd.DataFrame:
    """Return every site, year and drug with seven days above the limit."""
    loads = pd.read_csv(FOLDER / "loads_by_weekday_2011_2019.csv")
    sites = pd.read_csv(FOLDER / "sites.csv").drop_duplicates("SiteID").set_index("SiteID")
    loads[DAYS] = loads[DAYS].apply(pd.to_numeric, errors="coerce")
    loads = loads[(loads[DAYS] > 0).all(axis=1)].copy()
    loads["population"] = loads["Site ID"].map(sites["Population"])
    loads["biomarker"] = loads["Metabolite"].map(NAMES)
    return loads.dropna(subset=["population", "biomarker"]).reset_index(drop=True)


def through_the_doors(weeks: pd.DataFrame) -> pd.DataFrame:
    """Return printed seven-day means beside the published ones: days in, `build` and `estimate`, a number out."""
    long = weeks.melt(
        id_vars=["Site ID", "Year", "biomarker", "population", "Daily mean"], value_vars=DAYS, var_name="weekday"
    )
    monday = pd.to_datetime(long["Year"].astype(str) + "-03-01")
    monday -= pd.to_timedelta(monday.dt.dayofweek - 7, unit="D")  # the first Monday from 2 March on
    long["time"] = monday + pd.to_timedelta(long["weekday"].map(DAYS.index), unit="D")
    long["sample"] = long["Site ID"] + "-" + long["Year"].astype(str) + "-" + long["weekday"]
    long = long.drop_duplicates(["sample", "biomarker"])
    one = long.drop_duplicates("sample")
    # with a flow of one m3 a person the concentration in ng/L is the load in mg/d/1000 inhabitants
    table = pd.DataFrame({
        "sample": one["sample"], "time": one["time"], "site": one["Site ID"], "district": one["Site ID"],
        "sample_type": "24h_composite", "flow": one["population"], "population": one["population"],
        "population_basis": "census",
    })  # fmt: skip
    results = long[["sample", "biomarker"]].assign(concentration=long["value"], flag=0)
    printed = wbe.estimate(wbe.samples.build(table, results), scenarios=None).table(
        area="district", quantity="normalised_load"
    )
    printed = printed[printed["status"] == "estimate"].copy()
    printed["Year"] = printed["month"].str[:4].astype(int)
    printed = printed.rename(columns={"district": "Site ID"})
    name = "biomarker" if "biomarker" in printed else "drug"
    return weeks.merge(printed, left_on=["Site ID", "Year", "biomarker"], right_on=["Site ID", "Year", name])


def coverage(weeks: pd.DataFrame, n: int, seed: int = 5) -> pd.DataFrame:
    """Return whether the mean of n days predicts the week's mean, with sizes learnt in other countries."""
    r = np.random.default_rng(seed)
    held = []
    score = _scores()
    logs = weeks.assign(**{day: np.log(weeks[day]) for day in DAYS})
    for (country, drug), group in weeks.groupby(["Country", "biomarker"]):
        others = logs[(logs["Country"] != country) & (logs["biomarker"] == drug)]
        prior = fit(others.assign(site=others["Site ID"])[[*DAYS, "site", "population"]])
        days = group[DAYS].to_numpy()
        size = np.log(group["population"].to_numpy() / 1e5)
        ln_sd = np.log(prior["sd"]) + prior["exponent"] * size[:, None] + np.hypot(PLACE, SHIFT) * score
        variance = np.exp(2 * ln_sd) + MEASUREMENT
        s2 = np.log1p(np.expm1(variance) * (1 / n - 1 / 7))
        chosen = np.argsort(r.random(days.shape), axis=1)[:, :n]
        mean = np.take_along_axis(days, chosen, axis=1).mean(axis=1)
        distance = np.log(days.mean(axis=1) / mean)
        chance = ndtr((distance[:, None] - s2 / 2) / np.sqrt(s2)).mean(axis=1)
        held.append(pd.DataFrame({
            "biomarker": drug, "small": group["population"].to_numpy() < 150_000,
            "inside": (chance > 0.025) & (chance < 0.975),
        }))  # fmt: skip
    return pd.concat(held)


def _scores() -> np.ndarray:
    from scipy.special import ndtri

    found = ndtri((np.arange(NODES) + 0.5) / NODES)
    return found / found.std()


def lines() -> list[str]:
    """Return the printed result."""
    weeks = whole_weeks()
    printed = through_the_doors(weeks)
    said = ["seven days through build and estimate over the published daily mean: median ratio, share above / below"]
    for drug, group in printed.groupby("biomarker_x" if "biomarker_x" in printed else "biomarker"):
        ratio = group["median"] / group["Daily mean"]
        apart = ratio[(ratio - 1).abs() > 0.0005]
        said.append(
            f"  {drug:18s} {len(group):4d} weeks  {ratio.median():.4f}"
            f"  {(apart > 1).mean():.2f} / {(apart < 1).mean():.2f}"
            f"  within 1 %: {((ratio - 1).abs() < 0.01).mean():.3f}"
        )
    outside: list[str] = []
    said.append("n of 7 days against the week's mean, 95 % intervals, sizes of error from other countries:")
    for n in (1, 2, 4):
        table = coverage(weeks, n)
        for drug, group in table.groupby("biomarker"):
            small = group[group["small"]]
            error = np.sqrt(0.05 * 0.95 / len(group))
            said.append(
                f"  n {n}  {drug:18s} {group['inside'].mean():.3f} ({error:.3f})"
                f"   plants below 150,000: {small['inside'].mean():.3f} ({len(small)})"
            )
            if drug in AIMS[n]:
                outside += _outside(f"n {n}, {drug}", float(group["inside"].mean()), AIMS[n][drug])
                outside += _outside(f"n {n}, {drug}, small plants", float(small["inside"].mean()), SMALL)
    return [*said, "outside the aims: " + ("; ".join(outside) or "none")]


def _outside(name: str, found: float, aim: tuple[float, float]) -> list[str]:
    return [] if aim[0] <= round(found, 3) <= aim[1] else [f"{name} {found:.3f}, aim {aim[0]} to {aim[1]}"]
