"""Build data/samples/literature from the table compiled with the PharmFlush model.

Holds the renaming, the period dates and the classes of rows that do not reproduce their published load.
Refuses to repair a published number: what is doubtful is listed beside it.

Usage: python scripts/build_literature.py wwtp_concentrations.csv data/samples/literature data/published
"""

from __future__ import annotations

import csv
import math
import re
import sys
from collections import Counter
from pathlib import Path

LITRES_PER_GALLON = 3.78541  # the digits that the compilers used
LITRES_PER_HEAD = 310.404  # the compilers' 82 US gallons, where no population was reported

SAMPLE_TYPES = {"24h composite": "24h_composite", "grab sample": "grab", "30d passive POCIS": "passive"}
# texts that are not one period: the span from the first to the last day that they name
PERIODS = {
    "Aug-Dec 2017, Jun-Jul 2018": "Aug 2017 - Jul 2018",
    "Summer 2018": "Jun - Aug 2018",
    "Jan - March 2019": "Jan - Mar 2019",
    "Jun 2014 - July 2015": "Jun 2014 - Jul 2015",
    "July & Nov 2016": "Jul - Nov 2016",
    "Sept 1 2022": "2022-09-01",
    "Sept 2 2022": "2022-09-02",
    "May 2022 - April 2023": "May 2022 - Apr 2023",
    "Sep 2018 - Aug 2020": "Sep 2018 - Aug 2020",
    "July - Nov 2013": "Jul - Nov 2013",
    "July - Oct 2020": "Jul - Oct 2020",
    "Jan-Feb 2020": "Jan - Feb 2020",
}
REASONS = {
    "not_detected": "the source gives ND for the concentration and for the load: there is no number to reproduce",
    "not_a_concentration": "the concentration column holds a load in ng/person/d; the same digits stand in the "
    "load column, whose unit is ug/inhabitant/d (1000 times more), and concentration x flow / population "
    "gives 0.31 times them",
    "gallons_divided": "flow = reported capacity / 3.78541, where gallons become litres by multiplying; if the "
    "capacity was in gallons a day the flow is 14.33 times too small. The load is reproduced from "
    "the flow as printed",
    "gallons_divided_cancels": "flow = reported capacity / 3.78541 as in gallons_divided, but the population is this "
    "flow / 310.404 L, so the load per head does not depend on it",
    "population_from_flow": "flow / population is exactly 310.404 L/inhabitant/d (82 US gallons): one was derived "
    "from the other, so the load per head is concentration x 310.404 L whatever the flow was",
}


def number(text: str) -> float:
    """Return the number, or NaN for anything else."""
    try:
        return float(text)
    except ValueError:
        return math.nan


def doubts(row: dict[str, str]) -> list[str]:
    """Name every class of doubt that a row belongs to."""
    capacity, flow = number(row["Reported_WRRF_capacity"]), number(row["WRRF_capacity_liters_per_day"])
    derived = math.isclose(flow / number(row["Population_served"]), LITRES_PER_HEAD, rel_tol=1e-6)
    divided = math.isclose(capacity / flow, LITRES_PER_GALLON, rel_tol=1e-6)
    found = []
    if row["Concentration_reported"].strip() == "ND":
        found.append("not_detected")
    if row["Units"] != "ng/L":
        found.append("not_a_concentration")
    if divided:
        found.append("gallons_divided_cancels" if derived else "gallons_divided")
    elif derived:
        found.append("population_from_flow")
    return found


def site(row: dict[str, str]) -> str:
    """Name a plant: its number in the compilation and its name in the paper."""
    name = re.sub(r"\s*\(.*", "", row["WRRF_reference_ID"]).replace(" serving WRRF", "")
    return f"{row['WRRF_ID']} {name}"


def date(text: str) -> str:
    """Spell a date or a period in one way."""
    return PERIODS.get(text, text.removesuffix(" 00:00:00"))


def write(path: Path, rows: list[dict[str, object]]) -> None:
    """Write rows whole or not at all."""
    part = path.with_suffix(".part")
    with part.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    part.replace(path)


def build(source: Path, folder: Path, published: Path) -> Counter[str]:
    """Write the samples, the published loads and the exceptions; return the count of each class."""
    with source.open(encoding="utf-8-sig", newline="") as stream:
        table = list(csv.DictReader(stream))
    samples: list[dict[str, object]] = []
    loads: list[dict[str, object]] = []
    exceptions: list[dict[str, object]] = []
    seen: Counter[tuple[str, ...]] = Counter()
    for line, row in enumerate(table, start=2):
        drug = row["Pharmaceutical"].strip()
        flow = row["WRRF_capacity_liters_per_day"]
        # two manholes share a name; their flow tells them apart
        place = site(row) + (f" {float(flow) / 1e3:.0f} m3" if row["WRRF_reference_ID"] == "Manhole" else "")
        campaign = (row["Reference Number"], place, row["Sampling_date"], row["Sampling_type"])
        seen[(*campaign, drug)] += 1
        sample = f"R{row['Reference Number']}-{place}-{date(row['Sampling_date'])}-{row['Sampling_type']}"
        sample = sample.replace(" ", "_") + f"-{seen[(*campaign, drug)]}"
        classes = doubts(row)
        derived = {"population_from_flow", "gallons_divided_cancels"} & set(classes)
        if "not_a_concentration" not in classes:
            samples.append({
                "Sample ID": sample, "Site": place, "District": row["Sampling_location"],
                "Sampling date": date(row["Sampling_date"]),
                "Sample type": SAMPLE_TYPES.get(row["Sampling_type"], "unknown"),
                "Analyte": drug, "Concentration": row["Concentration_reported"].strip(), "Unit": row["Units"],
                "Flow (L/d)": flow, "Capacity (L/d)": flow, "Population": row["Population_served"],
                "Population basis": "estimated" if derived else "unknown",
                "Remark": f"reference {row['Reference Number']}; {row['Sampling_type']}; {row['Sampling_date']}",
            })  # fmt: skip
        loads.append({
            "line": line, "sample": sample, "analyte": drug,
            "published_load_ug_per_inhabitant_per_day": row["Mass_load_ug_per_capita_per_day"].strip(),
        })  # fmt: skip
        reproduces = {"not_detected": "none", "not_a_concentration": "no"}
        exceptions += [
            {
                "line": line, "sample": sample, "analyte": drug, "class": c,
                "reproduces": reproduces.get(c, "none" if "not_detected" in classes else "yes"),
                "reason": REASONS[c],
            }
            for c in classes
        ]  # fmt: skip
    write(folder / "samples.csv", samples)
    write(published / "literature_loads.csv", loads)
    write(published / "literature_exceptions.csv", exceptions)
    return Counter(str(e["class"]) for e in exceptions)


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    for name, count in build(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3])).items():
        print(f"{count:4d} {name}")
