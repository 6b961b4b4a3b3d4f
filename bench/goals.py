"""What is measured and what is wanted of it: the rows of docs/benchmarks.md, in their order.

A row is a ratio of two timed tests or a figure that a test records. Refuses a figure that no row names.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

PAGE = Path(__file__).resolve().parents[1] / "docs" / "benchmarks.md"
TITLE = "| what | measured | wanted |  |\n|---|---|---|---|"


@dataclass(frozen=True)
class Row:
    """One line of a table.

    ``ratio`` names the two timed tests, numerator first, and the factor that makes them cover the same work; without
    it the figure is recorded under ``key``. ``most`` and ``least`` are the goal; without either there is none.
    """

    section: str
    key: str
    what: str
    show: str
    most: float | None = None
    least: float | None = None
    ratio: tuple[str, str, float] | None = None

    @property
    def wanted(self) -> str:
        """The goal in words."""
        if self.most is None and self.least is None:
            return ""
        bound = self.least if self.most is None else self.most
        unit = self.show.partition("}")[2]
        return f"{'>=' if self.most is None else '<='} {bound:g}{unit}"

    def verdict(self, value: float) -> str:
        """Whether the goal is met, in a word; empty without a goal."""
        if self.most is None and self.least is None:
            return ""
        met = (self.most is None or value <= self.most) and (self.least is None or value >= self.least)
        return "met" if met else "**short**"


ROWS = (
    Row("exact", "error_exact", "RMS error of the 95 % bounds, exact engine", "{:.5f} %", most=0.01),
    Row("exact", "error_drawn", "the same, NumPy Monte Carlo with 1e5 draws", "{:.2f} %"),
    Row("exact", "error_linear", "the same, linear propagation (GUM, first order)", "{:.0f} %"),
    Row("exact", "anew", "Monte Carlo time / exact time, densities computed anew", "{:.0f} x", least=50,
        ratio=("test_numpy_monte_carlo", "test_exact_engine_anew", 60.0)),
    Row("exact", "kept", "Monte Carlo time / exact time, densities kept", "{:.0f} x",
        ratio=("test_numpy_monte_carlo", "test_exact_engine_with_densities_kept", 60.0)),
    Row("exact", "memory_exact", "peak memory of the exact engine", "{:.0f} MB", most=200),
    Row("draws", "draws", "98,304 draws of an estimate / their random numbers alone", "{:.2f} x", most=2,
        ratio=("test_draws_of_an_estimate", "test_random_numbers_alone", 1.0)),
    Row("draws", "quantiles", "the same with three quantiles per cell", "{:.2f} x", most=4,
        ratio=("test_draws_and_three_quantiles", "test_random_numbers_alone", 1.0)),
    Row("draws", "flat", "memory with 1e6 draws / with 1e4 draws", "{:.2f} x", most=1.05),
    Row("scale", "engine_seconds", "7.3 M products: 95 % intervals by the engine alone, CPU", "{:.1f} s"),
    Row("scale", "engine_slope", "exponent of their cost in cells", "{:.2f}", most=1.05),
    Row("scale", "load_seconds", "estimate and interval of 7.3 M normalised loads, from a new process", "{:.1f} s",
        most=30),
    Row("scale", "use_seconds", "estimate and interval of 4.4 M consumptions (12 drugs with a factor)", "{:.1f} s",
        most=30),
    Row("scale", "peak", "peak memory of that process, data and both results included", "{:.2f} GB", most=2),
    Row("scale", "load_slope", "exponent of cost in plants, 100 to 1,000, normalised loads, CPU", "{:.2f}", most=1.05),
    Row("scale", "use_slope", "the same, consumption", "{:.2f}", most=1.05),
    Row("city", "table_seconds", "monthly table of the sample city, new factor profile, CPU", "{:.1f} s"),
    Row("city", "table_rows", "rows of that table", "{:,.0f}"),
    Row("city", "import", "import wbe / import numpy", "{:.2f} x", most=1.5),
    Row("city", "help", "wbe --help, warm, clock", "{:.2f} s", most=0.4),
    Row("reading", "csv", "CSV of 1,000,000 rows: read as Samples / pandas.read_csv, clock", "{:.2f} x", most=3),
    Row("reading", "csv_cpu", "the same, processor time", "{:.2f} x", most=3),
    Row("reading", "csv_full", "the same with sample id, type, unit and LOQ in every row, clock", "{:.2f} x", most=3),
    Row("reading", "workbook", "workbook of 20 x 5,000 rows: read as Samples / calamine alone, clock", "{:.2f} x",
        most=1.5),
    Row("reading", "workbook_cpu", "the same, processor time", "{:.2f} x", most=1.5),
)  # fmt: skip
SECTIONS = tuple(dict.fromkeys(row.section for row in ROWS))


def figures(seconds: dict[str, float], recorded: dict[str, float]) -> dict[str, float]:
    """Return the figure of every row that this run could make.

    Parameters
    ----------
    seconds : mapping of test to its best time
    recorded : mapping of key to figure
        Refused if no row has the key.
    """
    strange = set(recorded) - {row.key for row in ROWS}
    if strange:
        raise KeyError(f"recorded without a row: {', '.join(sorted(strange))}")
    found = dict(recorded)
    for row in ROWS:
        if row.ratio and row.ratio[0] in seconds and row.ratio[1] in seconds:
            found[row.key] = row.ratio[2] * seconds[row.ratio[0]] / seconds[row.ratio[1]]
    return found


def table(section: str, found: dict[str, float]) -> str:
    """Return one section as a Markdown table; a row without a figure says so."""
    lines = [TITLE]
    for row in ROWS:
        if row.section == section:
            value = found.get(row.key)
            shown = "not measured" if value is None else row.show.format(value)
            lines.append(f"| {row.what} | {shown} | {row.wanted} | {'' if value is None else row.verdict(value)} |")
    return "\n".join(lines)


def rewritten(page: str, blocks: dict[str, str]) -> str:
    """Return the page with each block put between its ``<!-- name -->`` and ``<!-- /name -->``."""
    for name, block in blocks.items():
        head, opening, rest = page.partition(f"<!-- {name} -->")
        _, closing, tail = rest.partition(f"<!-- /{name} -->")
        if not (opening and closing):
            raise KeyError(f"{PAGE.name} has no place marked {name}")
        page = f"{head}{opening}\n{block}\n{closing}{tail}"
    return page
