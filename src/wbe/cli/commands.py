"""The tree of commands, with its help in the reader's language.

Refuses a help text that is no code: words lie in ``data/messages``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Protocol

import typer

from wbe import messages
from wbe.cli import (
    checking,
    comparing,
    copying,
    estimating,
    factor_commands,
    letters,
    mapping,
    months,
    projects,
    telling,
)

__all__ = ["Command", "app", "build"]

app = typer.Typer(
    name="wbe",
    help="cli-wbe",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


class Command(Protocol):
    """What the door needs of the parser."""

    def main(self, args: list[str], prog_name: str, standalone_mode: bool) -> Any:
        """Parse and run; return an exit code or nothing."""


def _version(asked: bool) -> None:
    if asked:
        import wbe

        telling.result(f"wbe {wbe.__version__}")
        telling.answer(version=wbe.__version__)
        raise typer.Exit


@app.callback()
def options(
    quiet: Annotated[bool, typer.Option("--quiet", help="cli-option-quiet")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="cli-option-json")] = False,
    log_file: Annotated[Path | None, typer.Option("--log-file", help="cli-option-log-file")] = None,
    language: Annotated[str | None, typer.Option("--language", help="cli-option-language")] = None,
    version: Annotated[
        bool, typer.Option("--version", help="cli-option-version", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """Options of every command, wherever they are typed."""
    from wbe.cli.options import known_language

    telling.options(quiet, as_json, log_file)
    if language is not None:
        known_language(language)


for room in (checking, mapping, estimating, letters, comparing, factor_commands, projects, months, copying):
    room.add(app)


def build() -> Command:
    """Return the commands with every help text in the language in force."""
    command: Any = typer.main.get_command(app)
    _in_words(command)
    return command  # type: ignore[no-any-return]


def _in_words(command: Any) -> None:
    """Put the codes of a command, its options and its commands into words."""
    for thing in (command, *command.params):
        if messages.is_code(str(getattr(thing, "help", None) or "")):
            thing.help = messages.render(thing.help, {})
    command.context_settings.setdefault("help_option_names", ["-h", "--help"])
    for name in getattr(command, "commands", {}):
        _in_words(command.commands[name])
