"""Redo published results from their own inputs, and print the page that sets both side by side. ``make redo``.

    python scripts/redo_published.py --out docs/published-results.md

Refuses a difference without a reason: each table says which named choice it is laid to.
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr
from scipy.optimize import nnls
from scipy.stats import t as student

from wbe import packaged, people
from wbe.conversion import mass_load, normalised_load
from wbe.exchange import euda
from wbe.exchange.loads import frame_of_loads
from wbe.factors import claims, compounds, profile
from wbe.units import factor

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "data"
Rows = list[list[object]]
HEAD = """# Published results, redone

Tables of loads, consumption, doses and users that others have published, made again from the inputs that stand beside
them. Where a number differs, the choice that makes it differ is named. `make redo` writes this page; a test holds that
it is what the library gives today.
"""


def _percent(a: float, b: float) -> str:
    return f"{100 * a / b:.1f} %" if b else "–"


def european_means() -> tuple[list[str], Rows]:
    """Weekday, weekend and daily means of the European day file, drug by drug."""
    table = euda.agreement(euda.read_loads(DATA / "samples/euda/loads_by_weekday_2011_2019.csv"))
    rows: Rows = []
    for (part, drug), group in table.groupby(["part", "biomarker"], sort=True):
        said = group["agrees"].value_counts()
        within, rounding, no = (int(said.get(k, 0)) for k in ("within", "rounding", "no"))
        rows.append([part, drug, len(group), within, rounding, no, _percent(within + rounding, len(group))])
    return ["Mean", "Biomarker", "Published", "Within 1 %", "Within rounding", "Other", "Redone"], rows


def european_reasons() -> tuple[list[str], Rows]:
    """Why 44 European means differ."""
    table = euda.agreement(euda.read_loads(DATA / "samples/euda/loads_by_weekday_2011_2019.csv"))
    other = table[table["agrees"] == "no"]
    rows: Rows = [[reason, len(group)] for reason, group in other.groupby("reason", sort=True)]
    return ["What the numbers show", "Means"], sorted(rows, key=lambda row: (-int(str(row[1])), str(row[0])))


def literature_loads() -> tuple[list[str], Rows]:
    """Loads per head from concentration, flow and population, analyte by analyte."""
    samples = pd.read_csv(DATA / "samples/literature/samples.csv", dtype=str, keep_default_na=False)
    loads = pd.read_csv(DATA / "published/literature_loads.csv", dtype=str, keep_default_na=False)
    both = loads.merge(samples, how="left", left_on=["sample", "analyte"], right_on=["Sample ID", "Analyte"])

    def column(name: str, unit: str) -> xr.DataArray:
        return xr.DataArray(pd.to_numeric(both[name], errors="coerce").to_numpy(float), dims="sample",
                            attrs={"units": unit})  # fmt: skip

    load = mass_load(column("Concentration", "ng/L"), column("Flow (L/d)", "L/d"))
    per_head = normalised_load(load, column("Population", "inhabitant"))
    ours = per_head.to_numpy() * factor(per_head.attrs["units"], "ug/d/inhabitant")
    printed = pd.to_numeric(both["published_load_ug_per_inhabitant_per_day"], errors="coerce").to_numpy()
    both = both.assign(agree=np.abs(ours / printed - 1) < 1e-6, numbered=np.isfinite(printed))
    rows: Rows = [
        [analyte, int(g["numbered"].sum()), int(g["agree"].sum()), int((~g["numbered"]).sum())]
        for analyte, g in both.groupby("analyte", sort=True)
        if g["numbered"].any()
    ]
    rows.append(["all", int(both["numbered"].sum()), int(both["agree"].sum()), int((~both["numbered"]).sum())])
    return ["Analyte", "Published numbers", "Equal to 1 in 10⁶", "Published as not detected"], rows


def _canada() -> pd.DataFrame:
    return frame_of_loads(DATA / "samples/statcan/monthly_city_loads.csv")


def canadian_intervals() -> tuple[list[str], Rows]:
    """95 % intervals of the Canadian cities from load and standard error, by Student's t, six degrees of freedom."""
    held = _canada().dropna(subset=["median", "lower", "upper", "se"])
    half = student.ppf(0.975, 6) * held["se"]
    digits = 0.07  # the printed numbers go in steps of 0.02, and the standard error weighs 2.45 times
    low, high = (held["median"] - half).clip(lower=0), held["median"] + half
    fit = ((low - held["lower"]).abs() <= digits) & ((high - held["upper"]).abs() <= digits)
    rows: Rows = []
    for name, group in [*held.groupby("place", sort=True), ("all", held)]:
        whole = group[group["imputed"] == 0]
        some = group[group["imputed"] > 0]
        factor_of = ((some["upper"] - some["median"]) / some["se"])[some["se"] > 0.3]
        rows.append([name, len(whole), _percent(int(fit[whole.index].sum()), len(whole)), len(some),
                     _percent(int(fit[some.index].sum()), len(some)),
                     f"{factor_of.median():.2f} ({factor_of.min():.2f}–{factor_of.max():.2f})"])  # fmt: skip
    head = ["Place", "No day imputed", "Redone within 0.07", "Days imputed", "Redone within 0.07",
            "Their half width, in standard errors"]  # fmt: skip
    return head, rows


def canadian_average() -> tuple[list[str], Rows]:
    """The weighted average of the Canadian cities: one set of weights a month for all ten drugs."""
    table = _canada().dropna(subset=["median"]).pivot_table(index=["month", "biomarker"], columns="place",
                                                            values="median")  # fmt: skip
    average = next(c for c in table.columns if "average" in c.lower())
    rows: Rows = []
    for month, group in table.groupby(level="month"):
        cities = [c for c in table.columns if c != average and group[c].notna().all()]
        known = group.dropna(subset=[average, *cities])
        size = known[average].to_numpy()
        weights, _ = nnls(known[cities].to_numpy() / size[:, None], np.ones(len(known)))
        rest = np.abs(known[cities].to_numpy() @ weights / size - 1)
        rows.append([month, len(cities), len(known), f"{weights.sum():.2f}", f"{100 * np.median(rest):.1f} %",
                     f"{100 * rest.max():.1f} %"])  # fmt: skip
    return ["Month", "Cities", "Drugs", "Sum of weights", "Median difference", "Largest difference"], rows


def stadium_doses() -> tuple[list[str], Rows]:
    """Doses over one evening in a stadium, beside the authors' medians."""
    spec = importlib.util.spec_from_file_location("stadium_day", ROOT / "scripts" / "stadium_day.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["stadium_day"] = module
    spec.loader.exec_module(module)
    table = module.doses(module.read_day(DATA / "samples/stadium"), n=4000)
    printed = pd.read_csv(DATA / "published/stadium_doses.csv", comment="#", index_col=0)["doses"]
    rows: Rows = []
    for drug in sorted(set(printed.index) & set(table.index)):
        low, mid, high = (float(table.loc[drug, f"doses_{k}"]) for k in ("lower", "median", "upper"))
        inside = (
            "inside" if low <= printed[drug] <= high else "non-detects left out there, drawn below their limit here"
        )
        rows.append([drug, int(table.loc[drug, "quantified"]), f"{printed[drug]:,.0f}",
                     f"{mid:,.0f} ({low:,.0f}–{high:,.0f})", inside])  # fmt: skip
    return ["Biomarker", "Bottles with a number, of 33", "Published doses", "Ours", "Published in our interval"], rows


def correction_factors() -> tuple[list[str], Rows]:
    """Printed correction factors from molar fractions and molar masses."""
    table = claims(quantity="excretion_fraction")
    held = table[(table["basis"] == "molar") & table["correction_factor"].notna() & table["value"].notna()]
    rows: Rows = []
    mass = compounds()["molar_mass"]
    for index, row in held.iterrows():
        ours = mass[row["drug"]] / mass[row["biomarker"]] / float(row["value"])
        rows.append([index, f"{row['value']:g}", f"{row['correction_factor']:g}", f"{ours:.3g}",
                     f"{100 * (ours / row['correction_factor'] - 1):+.1f} %"])  # fmt: skip
    return ["Claim", "Molar fraction", "Printed factor", "Ours", "Difference"], rows


def schools() -> tuple[list[str], Rows]:
    """Correction factors as schools of the field quote them, from the packaged profiles."""
    quoted = [("gracia-lor-2016", "methamphetamine", 4.4), ("gracia-lor-2016", "mdma", 4.4),
              ("gracia-lor-2016", "thc", 182.0), ("gracia-lor-2016", "cocaine", 3.59),
              ("zuccato-2008", "cocaine", 2.33), ("zuccato-2008", "methamphetamine", 2.3),
              ("nwdmp", "methamphetamine", 2.6),
              ("china-2020", "ketamine", 5.0)]  # fmt: skip
    rows: Rows = []
    for name, drug, printed in quoted:
        ours = float(profile(name).factor(drug).correction_factor)
        rows.append([name, drug, f"{printed:g}", f"{ours:.3g}", f"{100 * (ours / printed - 1):+.1f} %"])
    return ["Profile", "Drug", "Quoted factor", "Ours", "Difference"], rows


def chinese_users() -> tuple[list[str], Rows]:
    """Amount per user behind three published numbers of methamphetamine users."""
    table = {row["name"]: row for row in packaged.toml("use_scenarios.toml")["scenario"]}
    beijing, national, dalian = (table[f"meth-cn-{k}"] for k in ("beijing-2013", "national-2018", "dalian-2015"))
    rows: Rows = []
    for name, row, implied, of in (
        ("Beijing 2013", beijing,
         1e6 * beijing["published"]["consumption_kg_d"][1]
         / (beijing["published"]["prevalence_15_64"][1] * beijing["published"]["aged_15_64"]),
         "2.6 kg/d over 0.58 % of 17 million aged 15–64"),
        ("22 cities 2018", national, float(np.sqrt(np.prod(national["published"]["amount_mg"]))),
         "geometric mean of 36 and 46 mg"),
        ("Dalian 2015–16", dalian,
         1e6 * dalian["published"]["consumption_kg_year"] / 365 / dalian["published"]["users"],
         "1,310 kg a year over 86,000 users"),
    ):  # fmt: skip
        rows.append([name, of, f"{implied:.1f}", f"{row['amount_mg']:.1f}", f"×/÷ {row['gsd'] ** 1.96:.1f}",
                     row["source"]])  # fmt: skip
    return ["Study", "Published", "mg a user and day", "Scenario", "95 % of one user's amount", "Source"], rows


def beijing_prevalence() -> tuple[list[str], Rows]:
    """Prevalence in Beijing 2013 from the published consumption and the scenario read back from it."""
    from wbe.uncertainty import LogNormal, Term, Uncertain

    central = xr.DataArray([2600.0], dims="city", coords={"drug": "methamphetamine"})
    consumption = Uncertain(central).with_term(Term("consumption", (), LogNormal.from_interval(1.3, 5.2)))
    found = people.users(consumption, people.scenario("meth-cn-beijing-2013"))
    share = (people.prevalence(found, 17.0e6, 1.0) * 0.1).interval(0.95)
    low, mid, high = (float(share[k][0]) for k in ("lower", "median", "upper"))
    counted = found.interval(0.95)
    users = [float(counted[k][0]) for k in ("lower", "median", "upper")]
    rows: Rows = [
        ["prevalence, 15–64 (%)", "0.58 (0.08–3.16)", f"{mid:.2f} ({low:.2f}–{high:.2f})"],
        ["ratio of the interval's ends", f"{3.16 / 0.08:.1f}", f"{high / low:.1f}"],
        ["users (thousand)", "99 (14–537), from the prevalence",
         f"{users[1] / 1e3:.0f} ({users[0] / 1e3:.0f}–{users[2] / 1e3:.0f})"],
    ]  # fmt: skip
    return ["Quantity", "Published", "Ours"], rows


def medicines() -> tuple[list[str], Rows]:
    """Excretion of three medicines from what arrives in sewage and what was dispensed."""
    table = pd.read_csv(ROOT / "notebooks/data/dispensed_against_loads.csv", comment="#")
    rows: Rows = []
    for row in table.to_dict("records"):
        dispensed = row["dispensed_ug_per_inhabitant_d"]
        share, label = row["load_median_ug_per_inhabitant_d"] / dispensed, row["labelled_urinary_recovery_percent"]
        rows.append([row["drug"], row["n_loads"], f"{100 * row['load_min'] / dispensed:.0f}–"
                     f"{100 * row['load_max'] / dispensed:.0f} %", f"{100 * share:.0f} %", f"{label} %",
                     f"{share / (label / 100):.1f}"])  # fmt: skip
    return [
        "Medicine",
        "Loads",
        "Range",
        "Arrives, of what was dispensed",
        "Labelled recovery",
        "Times the label",
    ], rows


PARTS: list[tuple[str, str, Callable[[], tuple[list[str], Rows]]]] = [
    ("European city loads, 2011–2019: weekday, weekend and daily means",
     "European Union Drugs Agency, *Wastewater analysis and drugs*, 2025 edition. The rule: weekdays are Tuesday to "
     "Thursday, the weekend Friday to Monday, the day the mean of seven; a published 0 enters as 0 in the agency's "
     "mean and is a non-detect here. Site-and-year exceptions stand in `aggregation_rules.toml`.", european_means),
    ("European city loads: the means that differ",
     "Laid to what the day columns show: days that entered a mean and were not published, and rows that contradict "
     "themselves.", european_reasons),
    ("Loads per head in the literature",
     "Compiled with the PharmFlush model (UCBoulder/EthicPharm), 605 lines. Load = concentration × flow ÷ people; four "
     "published lines are in nanograms a person, where the unit and not the arithmetic differs "
     "(`literature_exceptions.csv`).", literature_loads),
    ("Canadian cities 2022–2023: intervals",
     "Statistics Canada, table 13-10-0871-01. Interval = load ± t(0.975; 6) × standard error, from seven daily "
     "composites a month: 2.45 standard errors, to the steps of 0.02 that are printed. Where days were imputed the "
     "publisher's interval is wider, as multiple "
     "imputation makes it; its degrees of freedom are not given, and the reader of loads takes the printed interval.",
     canadian_intervals),
    ("Canadian cities: the weighted average",
     "The same table. Weights are not published: one set of non-negative weights a month is fitted to all ten drugs. "
     "With at most seven weights for ten numbers, they sum to one and explain every number: the average is that of the "
     "listed cities by one weight each, whatever the drug.",
     canadian_average),
    ("Doses over one evening in a stadium",
     "University of Florida, 8 September 2018 (repository mloop/uf-wastewater): workbook, flow, seats and factors of "
     "the authors; their medians are in figure 2. Drugs with few numbers differ by the treatment of non-detects.",
     stadium_doses),
    ("Correction factors from excretion",
     "Factor = (molar mass of the drug ÷ molar mass of the biomarker) ÷ molar fraction. Differences are the rounding "
     "of the printed number.", correction_factors),
    ("Correction factors as schools quote them",
     "Profiles of the library that hold one school's claims, with sources in [the audit](factor-audit.md).", schools),
    ("Methamphetamine: amount per user behind published numbers of users",
     "What the published consumption and number of users imply; the scenario keeps it with the spread between both "
     "published intervals. That Beijing has 17 million aged 15–64 is from memory.", chinese_users),
    ("Beijing 2013: prevalence",
     "[Pei et al. 2016](https://doi.org/10.1016/j.drugpo.2016.06.013): 1.3–5.2 kg/d, prevalence 0.58 % (0.08–3.16). "
     "Ours takes logs as normal; the published interval is not symmetrical in logs, which moves both ends by less than "
     "a quarter.", beijing_prevalence),
    ("Medicines: sewage against dispensing",
     "Compiled from the PharmFlush tables. A share of the load above the label is laid to conjugates that are cleaved "
     "in the sewer, to sales outside the register and to medicine that is poured away; tramadol agrees with its label.",
     medicines),
]  # fmt: skip


def page() -> str:
    """Return the page."""
    parts = [HEAD]
    for title, words, make in PARTS:
        head, rows = make()
        lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
        lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]
        parts.append(f"## {title}\n\n{words}\n\n" + "\n".join(lines) + "\n")
    return "\n".join(parts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "docs/published-results.md")
    parser.parse_args().out.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
