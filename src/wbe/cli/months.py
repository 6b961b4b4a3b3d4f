"""``wbe compare`` and ``wbe form``: one month beside another, and next month's workbook for the laboratory.

Refuses months without samples.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wbe import messages
from wbe.cli.options import LanguageOption, TableOption, known_language, known_month, table_at
from wbe.cli.projects import ProjectOption
from wbe.cli.telling import answer, result, tell
from wbe.errors import Fault, InputError
from wbe.exchange.outputs import destination, ready
from wbe.plot.words import district_names, drug_name

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from wbe.estimation import Estimate

__all__ = ["add"]

DataOption = Annotated[str | None, typer.Option("--data", help="cli-option-data")]


def add(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("compare", help="cli-command-compare")(compare)
    app.command("form", help="cli-command-form")(form)


def compare(
    month: Annotated[str, typer.Argument(help="cli-option-month")],
    against: Annotated[str, typer.Argument(help="cli-option-against")],
    data: DataOption = None,
    project: ProjectOption = Path("."),
    output: TableOption = None,
    language: LanguageOption = None,
) -> None:
    """Say how one month differs from another: the city, districts and drugs, alerts that came and went.

    Raises
    ------
    InputError
        The two months are one.
    """
    known_language(language)
    for one in (month, against):
        known_month(one)
    if month == against:
        raise InputError([Fault("trends-same-month", month=month)])
    table_at(output)
    import wbe
    from wbe.reporting.leader import mark_of
    from wbe.reporting.monthly_tables import known_month as with_samples
    from wbe.trends import changes

    estimate = _estimated(data, project, max(month, against))
    for one in (month, against):
        with_samples(estimate.samples, one)
    tell("cli-compare", month=month, against=against)
    for line in _city(estimate, month, against):
        result(line)
    table = changes(estimate, month=month, against=against)
    known = table[table["percent"].notna()].sort_values("percent", key=abs, ascending=False, kind="stable")
    names = district_names(estimate, messages.language())
    sure = known[[mark_of(float(p)) != "unsure" for p in known["p_rise"]]]
    for row in sure.to_dict("records"):
        numbers = {name: f"{row[name]:+.0f}" for name in ("percent", "lower", "upper")}
        told = numbers | {"district": names[row["district"]], "drug": drug_name(str(row["drug"]), messages.language())}
        told |= {"p": f"{row['p_rise']:.2f}"}
        result(messages.render("cli-compare-row", told))
    if len(known) > len(sure):
        tell("cli-compare-unsure", count=len(known) - len(sure))
    if len(table) > len(known):
        tell("cli-compare-none", count=len(table) - len(known))
    came, went = _alerts(wbe.alerts(estimate, month=month), wbe.alerts(estimate, month=against), names)
    for code, found in (("cli-alerts-came", came), ("cli-alerts-went", went)):
        if found:
            tell(code, alerts=found)
    answer(
        changes=table.astype(object).where(table.notna(), None).to_dict("records"), alerts_new=came, alerts_gone=went
    )
    if output is not None:
        from wbe.reporting.exports import write_csv

        write_csv(table, output)
        tell("cli-table-written", path=str(output))


def _read(data: str | None, project: Path) -> xr.Dataset:
    import wbe
    from wbe.runs import Project
    from wbe.runs.running import read_data

    return wbe.read_samples(data) if data is not None else read_data(Project.open(project))


def _estimated(data: str | None, project: Path, last: str) -> Estimate:
    """An estimate of the samples up to a month, as the project reckons."""
    import wbe
    from wbe.reporting.monthly_tables import until
    from wbe.runs import Project
    from wbe.runs.running import estimate_options

    samples = until(_read(data, project), last)
    if data is not None:
        return wbe.estimate(samples)
    opened = Project.open(project)
    return wbe.estimate(samples, **estimate_options(opened, opened.settings.edition[0]))


def _city(estimate: Estimate, month: str, against: str) -> list[str]:
    """The city's loads of both months, as they are printed, and whether it rose or fell."""
    from wbe.reporting.leader import mark_of
    from wbe.reporting.words import chance
    from wbe.reporting.yearly import city_changes

    rows = estimate.table("city")
    rows = rows[rows["quantity"] == "normalised_load"]
    texts = {one: rows[rows["month"] == one].set_index("drug")["text"] for one in (month, against)}
    drugs = [d for d in texts[month].index if d in texts[against].index]
    named = {d: drug_name(str(d), messages.language()) for d in drugs}
    changes = city_changes(estimate, month, (against,))
    rose = dict(zip(changes["drug"], changes["p_rise"], strict=True))
    lines = []
    for drug in drugs:
        line = {"drug": named[drug], "was": str(texts[against][drug]), "now": str(texts[month][drug])}
        if drug in rose:
            mark = mark_of(float(rose[drug]))
            line |= {"mark": mark, "p": chance(float(rose[drug]) if mark != "down" else 1 - float(rose[drug]))}
        lines.append(messages.render("cli-compare-city-told" if drug in rose else "cli-compare-city", line))
    return lines


def _alerts(now: pd.DataFrame, then: pd.DataFrame, names: dict[str, str]) -> tuple[list[str], list[str]]:
    """Drug alerts of one month and not of the other, both ways."""
    sets = []
    for table in (now, then):
        held = table[(table["kind"] == "drug") & (table["level"] != "none")]
        pairs = zip(held["district"], held["drug"], strict=True)
        sets.append([f"{names[district]} {drug_name(str(drug), messages.language())}" for district, drug in pairs])
    return [a for a in sets[0] if a not in sets[1]], [a for a in sets[1] if a not in sets[0]]


def form(
    month: Annotated[str, typer.Option("--month", help="cli-option-month")],
    output: Annotated[Path | None, typer.Option("-o", "--output", help="cli-option-form")] = None,
    data: DataOption = None,
    project: ProjectOption = Path("."),
    language: LanguageOption = None,
) -> None:
    """Write next month's workbook for a laboratory."""
    known_language(language)
    known_month(month)
    path = output if output is not None else Path(f"form-{month}.xlsx")
    ready(destination(path))
    from wbe.exchange import form as write_form

    written = write_form(_read(data, project), month, path, language=messages.language())
    tell("cli-written", path=str(written))
    answer(written=[str(written)])
