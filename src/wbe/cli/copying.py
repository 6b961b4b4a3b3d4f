"""``wbe sample-data``: the packaged sample sets as a folder of one's own.

Refuses a folder that exists.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from wbe.cli.telling import answer, tell

__all__ = ["add"]


def add(app: typer.Typer) -> None:
    """Add the command."""
    app.command("sample-data", help="cli-command-sample-data")(sample_data)


def sample_data(directory: Annotated[Path, typer.Argument(help="cli-option-new-folder")]) -> None:
    """Copy the sample sets: synthetic Zhuzhou, and the others that are installed."""
    from wbe.reporting.exports import copy_sample_data

    written = [str(directory / name) for name in copy_sample_data(directory)]
    for path in written:
        tell("cli-written", path=path)
    answer(written=written)
