"""``wbe map``: every question of a file in one round, as a mapping to be looked through.

Refuses to write into the folder that is read: a mapping there would be in force before anyone has looked.
"""

from __future__ import annotations

import typer

from wbe.cli.options import LanguageOption, PathArgument, TomlOption, known_language
from wbe.cli.telling import answer, result, tell
from wbe.exchange.outputs import destination, ready, write_whole

__all__ = ["add"]


def add(app: typer.Typer) -> None:
    """Add the command."""
    app.command("map", help="cli-command-map")(propose)


def propose(path: PathArgument, output: TomlOption = None, language: LanguageOption = None) -> None:
    """Propose a mapping for a file or folder: every column with its role, the doubtful lines commented."""
    known_language(language)
    if output is not None:
        from wbe.cli.estimating import apart

        destination(output)
        apart(path, output)
        ready(output)
    from wbe.reading import propose_mapping

    text = propose_mapping(path)
    answer(mapping=text)
    if output is None:
        result(text)
        return
    write_whole(output, f"{text}\n".encode("utf-8", "backslashreplace"))
    tell("cli-mapping-written", path=str(output))
    answer(written=[str(output)])
