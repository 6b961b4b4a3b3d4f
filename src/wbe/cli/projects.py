"""``wbe init``, ``wbe run`` and ``wbe status``: a project from its folder to the month's run and back.

Refuses to move an issued number without a name for the reason.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wbe import messages
from wbe.cli.options import DespiteOption, LanguageOption, known_language, known_month
from wbe.cli.telling import answer, command_line, quiet, result, tell

if TYPE_CHECKING:
    from wbe.reporting.document import Letterhead
    from wbe.reporting.measures import Measure
    from wbe.runs.settings import Settings

__all__ = ["ProjectOption", "add", "letterhead_at", "measures_at"]

ProjectOption = Annotated[Path, typer.Option("--project", help="cli-option-project")]


def add(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("init", help="cli-command-init")(init)
    app.command("run", help="cli-command-run")(run)
    app.command("status", help="cli-command-status")(status)


def init(
    directory: Annotated[Path, typer.Argument(help="cli-option-new-project")], language: LanguageOption = None
) -> None:
    """Make a project folder."""
    known_language(language)
    from wbe.runs.project import FILE
    from wbe.runs.project import init as make

    project = make(directory)
    tell("cli-project-made", path=str(directory), settings=str(directory / FILE))
    answer(project=str(project.root))


def run(
    month: Annotated[str | None, typer.Option("--month", help="cli-option-run-month")] = None,
    revision: Annotated[str | None, typer.Option("--revision", help="cli-option-revision")] = None,
    project: ProjectOption = Path("."),
    despite_errors: DespiteOption = False,
    language: LanguageOption = None,
) -> None:
    """Check, estimate, report and record a month of the project."""
    known_language(language)
    if month is not None:
        known_month(month)
    from wbe.reporting.progress import silence
    from wbe.runs import Project
    from wbe.runs import run as run_month

    with silence(quiet()):
        done = run_month(
            Project.open(project), month, revision=revision, despite_errors=despite_errors, command=command_line()
        )
    tell(f"cli-run-{done.state}", month=done.month, folder=str(done.folder), moved=done.moved)
    for name in done.files if done.state != "unchanged" else ():
        tell("cli-written", path=str(done.folder / name))
    answer(month=done.month, state=done.state, folder=str(done.folder), files=list(done.files), checks=done.checks,
           moved=done.moved)  # fmt: skip


def status(project: ProjectOption = Path("."), language: LanguageOption = None) -> None:
    """Say which months are new, changed, as they were, broken or without samples."""
    known_language(language)
    from wbe.runs import Project
    from wbe.runs import status as of_project

    states = of_project(Project.open(project))
    for one in states:
        words = messages.render(f"cli-state-{one.state}", {})
        result(messages.render("cli-state", {"month": one.month, "samples": one.samples, "state": words,
                                             "run": one.run or "-", "made": one.made or "-"}))  # fmt: skip
    answer(months=[vars(one) for one in states])


def letterhead_at(path: str) -> Letterhead | None:
    """Return who sends what is made of samples, where they lie in a project that says so."""
    settings = _settings_at(path)
    return None if settings is None else settings.report


def measures_at(path: str) -> tuple[Measure, ...]:
    """Return the measures that a project names, where samples lie in one."""
    settings = _settings_at(path)
    return () if settings is None else settings.measure


def _settings_at(path: str) -> Settings | None:
    from wbe.runs.project import Project

    root = None if "://" in path or path.startswith("env:") else Project.find(path)
    return None if root is None else Project.open(root).settings
