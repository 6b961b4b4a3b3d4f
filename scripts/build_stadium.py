"""Build data/samples/stadium from the University of Florida's files and check what was derived from what.

Holds the copy of the raw files and two checks: the 30-minute volumes follow from the 5-minute flow log, the branch
shares from the seat counts. Refuses to write anything when a check fails.

Usage: python scripts/build_stadium.py SOURCE_FOLDER data/samples/stadium data/published
"""

from __future__ import annotations

import csv
import gzip
import itertools
import math
import shutil
import sys
from pathlib import Path

from python_calamine import CalamineWorkbook

WORKBOOK = "UFWW_Results_Comparison-8-14-2019.xlsx"
AS_THEY_ARE = (WORKBOOK, "flow_rate.txt", "metabolism.txt", "stadium_seating.txt")


def table(path: Path) -> list[dict[str, str]]:
    """Read one of the authors' tab-separated files."""
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter="\t"))


def volumes(log: Path) -> list[float]:
    """Return gallons in each half hour from the 5-minute log [million gallons a day], by trapezoids."""
    rows = CalamineWorkbook.from_path(str(log)).get_sheet_by_name("20180908WRF_Inf").to_python()
    rate = [float(r[2]) for r in rows if isinstance(r[2], float)]
    gallons = [1e6 * (a + b) / 2 * 5 / (24 * 60) for a, b in itertools.pairwise(rate)]
    return [sum(gallons[6 * k : 6 * k + 6]) for k in range(len(gallons) // 6)]


def shares(seats: Path) -> tuple[dict[str, float], float]:
    """Return the share of seats on each branch and of seats on none of them."""
    book = CalamineWorkbook.from_path(str(seats))
    rows = [r for r in book.get_sheet_by_name(book.sheet_names[0]).to_python()[3:] if isinstance(r[0], float | str)]
    count: dict[str, float] = {}
    for row in rows:
        if isinstance(row[1], float):
            site = str(row[3]).strip()
            count[site] = count.get(site, 0.0) + row[1]
    total = sum(count.values())
    branches = {k[-1]: v / total for k, v in count.items() if k.startswith("Site")}
    return branches, 1 - sum(branches.values())


def build(source: Path, folder: Path, published: Path) -> str:
    """Check and copy; return what was found."""
    printed = [float(r["gallons_previous_30_minutes"]) for r in table(source / "flow_rate.txt")]
    computed = volumes(source / "WRF_Inf-flows.xls")[: len(printed)]
    if not all(math.isclose(a, b, rel_tol=1e-9) for a, b in zip(printed, computed, strict=True)):
        sys.exit("flow_rate.txt does not follow from the 5-minute log; nothing was written.")
    seats, outside = shares(source / "BHG_Seats_by_Section_05Sep19.xlsx")
    for row in table(source / "stadium_seating.txt"):
        if abs(seats[row["location"]] - float(row["proportion_of_stadium"])) > 1e-4:
            sys.exit(f"share of branch {row['location']} does not follow from the seats; nothing was written.")
    folder.mkdir(parents=True, exist_ok=True)
    for name in AS_THEY_ARE:
        shutil.copyfile(source / name, folder / name)
    packed = gzip.compress((source / "cleaned_long.txt").read_bytes(), 9, mtime=0)
    (published / "stadium_long_table.txt.gz").write_bytes(packed)
    return f"{len(printed)} volumes follow from the log; {outside:.2%} of the seats are on no sampled branch"


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    print(build(*map(Path, sys.argv[1:])))
