"""What the runs of earlier months wrote down of the months to come, as it stood before those months were known.

Refuses a forecast of a run that was made again after the next month had come: it could have known what it foretells.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from wbe.errors import InputError
from wbe.runs.project import Project
from wbe.runs.record import check_files, read_record

__all__ = ["FORECASTS", "foretold"]

FORECASTS = "forecasts.csv"
RECORD = "run.json"


def foretold(project: Project, edition: str, month: str) -> pd.DataFrame:
    """Return the forecasts that an edition's runs of months before ``month`` wrote down.

    Of each month the last run counts that was made before the next month's first; runs whose files are no longer those
    of their record are passed over.

    Parameters
    ----------
    project : Project
    edition : str
        By its name.
    month : str
        ``YYYY-MM``.

    Returns
    -------
    DataFrame
        As :func:`wbe.levels.forecasts` gives; empty where nothing was written down.
    """
    months = sorted(p.name for p in project.runs.iterdir() if p.is_dir()) if project.runs.is_dir() else []
    parts = []
    for one in [m for m in months if m < month]:
        later = [m for m in months if m > one]
        first = _first_made(project.runs / later[0]) if later else ""
        held = [folder for folder, made in _runs(project.runs / one) if not first or made <= first]
        for folder in reversed(held):
            path = folder / edition / FORECASTS
            if path.is_file() and _whole(project, folder):
                parts.append(pd.read_csv(path, encoding="utf-8-sig"))
                break
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def _runs(folder: Path) -> list[tuple[Path, str]]:
    """The runs of a month in their order, each with the time it was made."""
    found = []
    for path in sorted((p for p in folder.iterdir() if p.name.isdecimal()), key=lambda p: int(p.name)):
        try:
            found.append((path, str(read_record(path / RECORD).get("made", ""))))
        except InputError:
            continue
    return found


def _first_made(folder: Path) -> str:
    return next((made for _, made in _runs(folder)), "")


def _whole(project: Project, folder: Path) -> bool:
    try:
        check_files(read_record(folder / RECORD), folder, project.key())
    except InputError:
        return False
    return True
