"""``wbe letter``: to each county its own results, as Word and PDF.

Refuses a district that the samples do not have.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from wbe.cli.options import DespiteOption, FactorsOption, PathArgument, PopulationOption, known_month, profile_of
from wbe.cli.projects import letterhead_at
from wbe.cli.telling import answer, quiet, tell

__all__ = ["add"]


def add(app: typer.Typer) -> None:
    """Add the command."""
    app.command("letter", help="cli-command-letter")(letter)


def letter(
    path: PathArgument,
    month: Annotated[str, typer.Option("--month", help="cli-option-month")],
    output: Annotated[Path, typer.Option("-o", "--output", help="cli-option-letters-folder")],
    district: Annotated[list[str] | None, typer.Option("--district", help="cli-option-letter-district")] = None,
    language: Annotated[str, typer.Option("--language", help="cli-option-report-language")] = "zh",
    factors: FactorsOption = "default",
    population: PopulationOption = "reported",
    despite_errors: DespiteOption = False,
) -> None:
    """Write a letter to each district: its own numbers only."""
    from wbe.cli.estimating import apart
    from wbe.reporting.letter import letters
    from wbe.reporting.progress import silence

    known_month(month)
    profile = profile_of(factors)
    apart(path, output)
    with silence(quiet()):
        written = letters(
            path, month, output, district, language, letterhead=letterhead_at(path), despite_errors=despite_errors,
            factors=profile, population=population,
        )  # fmt: skip
    for file in written:
        tell("cli-written", path=str(file))
    if not written:
        tell("cli-no-letter", month=month)
    answer(month=month, written=[str(file) for file in written])
