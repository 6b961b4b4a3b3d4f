"""``wbe estimate`` and ``wbe report``: from samples to a table, or to the monthly report.

Refuses to go on where ``wbe check`` finds an error, unless somebody answers for it with ``--despite-errors``.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wbe.cli.options import (
    AdmitOption,
    DespiteOption,
    FactorsOption,
    LevelOption,
    MobileOption,
    PathArgument,
    PolicyOption,
    PopulationOption,
    SeedOption,
    counts_of,
    edition_of,
    known_level,
    known_month,
    known_population,
    profile_of,
    table_at,
)
from wbe.cli.projects import letterhead_at, measures_at
from wbe.cli.telling import answer, command_line, quiet, result, tell
from wbe.errors import Fault, InputError
from wbe.exchange.outputs import ready

if TYPE_CHECKING:
    import xarray as xr

    from wbe.estimation import Estimate
    from wbe.messages import Note

__all__ = ["add", "apart", "sound"]

SEED = 20210624


def add(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(help="cli-command-estimate")(estimate)
    app.command(help="cli-command-report")(report)


def estimate(
    path: PathArgument,
    output: Annotated[Path, typer.Option("-o", "--output", help="cli-option-estimates")],
    factors: FactorsOption = "default",
    population: PopulationOption = "reported",
    mobile: MobileOption = None,
    seed: SeedOption = SEED,
    level: LevelOption = 0.95,
    policy: PolicyOption = "internal",
    admit: AdmitOption = None,
    despite_errors: DespiteOption = False,
) -> None:
    """Write loads, consumption, doses and users with intervals as one tidy CSV."""
    known_level(level)
    known_population(population)
    profile, edition, counts = profile_of(factors), edition_of(policy, admit), counts_of(mobile)
    table_at(output)
    apart(path, output)
    began = time.monotonic()
    import wbe
    from wbe.runs.leaving import leave
    from wbe.runs.record import record_path
    from wbe.runs.writing import write_estimate

    samples = wbe.read_samples(path)
    sound(samples, despite_errors)
    made, remarks = leave(samples, [output, path], output.name, policy=edition, factors=profile, population=population,
                          level=level, mobile=counts, seed=seed)  # fmt: skip
    rows = write_estimate(made, output, source=path, command=command_line(), began=began)
    result(repr(made))
    for remark in remarks:
        tell(remark.code, **remark.values)
    if profile.warning:
        tell("cli-profile-warning", profile=profile.name, warning=profile.warning)
    record = str(record_path(output))
    tell("cli-estimates-written", rows=rows, path=str(output), record=record)
    answer(rows=rows, written=[str(output), record])


def report(
    path: PathArgument,
    month: Annotated[str, typer.Option("--month", help="cli-option-month")],
    output: Annotated[Path, typer.Option("-o", "--output", help="cli-option-report-folder")],
    language: Annotated[str, typer.Option("--language", help="cli-option-report-language")] = "zh+en",
    factors: FactorsOption = "default",
    population: PopulationOption = "reported",
    mobile: MobileOption = None,
    seed: SeedOption = SEED,
    policy: PolicyOption = "internal",
    admit: AdmitOption = None,
    formats: Annotated[str | None, typer.Option("--formats", help="cli-option-formats")] = None,
    despite_errors: DespiteOption = False,
) -> None:
    """Write the monthly report in every format, or in those that are asked for.

    Raises
    ------
    InputError
        A file stands where the folder should be.
    """
    from wbe.reporting.document import asked_formats
    from wbe.reporting.words import languages

    known_month(month)
    languages(language)
    asked = asked_formats(formats)
    known_population(population)
    profile, edition, counts = profile_of(factors), edition_of(policy, admit), counts_of(mobile)
    apart(path, output)
    began = time.monotonic()
    import wbe
    from wbe.reporting.monthly import compose
    from wbe.reporting.monthly_tables import known_month as month_known
    from wbe.reporting.monthly_tables import until
    from wbe.reporting.progress import silence
    from wbe.runs.leaving import leave
    from wbe.runs.writing import shows_all, write_report

    if output.exists() and not output.is_dir():
        raise InputError([Fault("reporting-no-folder", file=str(output))])
    read: xr.Dataset | str = path
    leaving: Estimate | None = None
    remarks: tuple[Note, ...] = ()
    if not shows_all(edition):  # what leaves the house is checked before a page is made of it
        read = wbe.read_samples(path)
        month_known(read, month)
        used = until(read, month)
        sound(used, despite_errors)
        leaving, remarks = leave(used, [output, path], f"{month} {output.name}", policy=edition, factors=profile,
                                 population=population, mobile=counts, seed=seed)  # fmt: skip
    with silence(quiet()):
        made = compose(
            read, month, language, formats=asked, letterhead=letterhead_at(path), despite_errors=despite_errors,
            estimate=leaving, measures=measures_at(path), factors=profile, population=population, mobile=counts,
            seed=seed, policy=edition,
        )  # fmt: skip
    written = write_report(made, output, source=path, command=command_line(), began=began)
    for remark in remarks:
        tell(remark.code, **remark.values)
    for file in written:
        tell("cli-written", path=str(file))
    answer(month=month, written=[str(file) for file in written])


def sound(samples: xr.Dataset, despite_errors: bool) -> None:
    """Refuse samples in which the check finds an error.

    Raises
    ------
    InputError
    """
    from wbe.reporting.soundness import refuse_errors

    if not despite_errors:
        refuse_errors(samples)


def apart(source: str, output: Path) -> None:
    """Refuse an output that is the input, or lies in the folder of the input: the next run would read it.

    Raises
    ------
    InputError
    OSError
        Nothing could be written there.
    """
    ready(output)
    if "://" in source or source.startswith("env:"):
        return
    read, written = (Path(os.path.realpath(path)) for path in (source, output))
    if read == written or (read.is_dir() and read in written.parents):
        raise InputError([Fault("cli-output-is-input", output=str(output), source=source)])
