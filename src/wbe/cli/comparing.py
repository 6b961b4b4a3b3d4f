"""``wbe diff``: which numbers changed between two runs, and by what.

Refuses files that are not of a run.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from wbe import messages
from wbe.cli.options import LanguageOption, known_language
from wbe.cli.telling import answer, result, tell

__all__ = ["add"]


def add(app: typer.Typer) -> None:
    """Add the command."""
    app.command(help="cli-command-diff")(diff)


def diff(
    run_a: Annotated[Path, typer.Argument(help="cli-option-run-a")],
    run_b: Annotated[Path, typer.Argument(help="cli-option-run-b")],
    limit: Annotated[int, typer.Option("--limit", help="cli-option-limit", min=0)] = 20,
    language: LanguageOption = None,
) -> None:
    """Say which numbers changed between two runs and by which input."""
    known_language(language)
    from wbe.reporting.exports import compare_runs

    settings, rows = compare_runs(run_a, run_b)
    answer(numbers=len(rows), settings=settings.to_dict("records"))
    if settings.empty and rows.empty:
        tell("cli-runs-agree")
        return
    if not settings.empty:
        tell("cli-settings-differ")
        result(settings.to_string(index=False))
    result(messages.render("cli-numbers-differ", {"count": len(rows)}))
    if not rows.empty:
        shown = rows.head(limit)
        result(shown.drop(columns="statement").to_string(index=False))
        for sentence in dict.fromkeys(shown["statement"]):
            if sentence:
                tell("cli-users-rest-on", sentence=sentence)
