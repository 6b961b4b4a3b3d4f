"""One month of a project: check, estimate, report, record - as one folder that appears whole.

Refuses errors of the check that nobody answers for, and a number that moves without a name for the reason.
"""

from __future__ import annotations

import os
import secrets
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import xarray as xr

from wbe import messages
from wbe.disclosure import Policy
from wbe.errors import Fault, InputError
from wbe.estimation import Estimate
from wbe.exchange.outputs import sync_folder
from wbe.factors import profile
from wbe.published.keys import keyed
from wbe.quality import check
from wbe.reporting.exports import csv_bytes, estimate_table
from wbe.reporting.monthly import compose
from wbe.reporting.monthly_tables import known_month, until
from wbe.reporting.soundness import refuse_errors
from wbe.reporting.words import languages
from wbe.runs.foretold import FORECASTS, foretold
from wbe.runs.inputs import pack, plain
from wbe.runs.project import Project
from wbe.runs.record import as_bytes, check_files, file_hashes, make_record, of_files, read_record
from wbe.runs.settings import Edition
from wbe.samples import Flag
from wbe.samples import month as month_of

if TYPE_CHECKING:
    from wbe.published import Edition as Published
    from wbe.published import Ledger

__all__ = [
    "RECORD",
    "Outcome",
    "clear_litter",
    "estimate_options",
    "fingerprint",
    "last_run",
    "months_of",
    "own_to",
    "read_data",
    "run",
]

RECORD = "run.json"
SAMPLES = "samples.json.gz"
TABLE = "estimates.csv"
MOVED = "moved.csv"
NOTES = "notes.txt"  # what an edition must tell its readers beside its numbers
ASIDE = ".aside-"
KEYS = ["district", "month", "drug", "biomarker", "quantity"]


@dataclass(frozen=True)
class Outcome:
    """What a run did: its folder, whether it was needed, and which issued numbers moved."""

    month: str
    folder: Path
    state: str  # "new", "revised" or "unchanged"
    files: tuple[str, ...] = ()
    checks: dict[str, int] = field(default_factory=dict)
    moved: int = 0


def run(
    project: Project,
    month: str | None = None,
    *,
    revision: str | None = None,
    despite_errors: bool = False,
    command: Sequence[str] = (),
) -> Outcome:
    """Run a month of a project; a month that is as it was is not written again.

    Parameters
    ----------
    project : Project
    month : str, optional
        ``YYYY-MM``; by default the last one with samples.
    revision : str, optional
        Why numbers that were issued may move.
    despite_errors : bool
        Go on although the check finds errors.
    command : sequence of str
        What was typed, for the record.

    Returns
    -------
    Outcome

    Raises
    ------
    InputError
        Faults of samples or settings, a month without samples, numbers that would move without a name for it, or
        another run that does not end.
    OSError
        Then the last run stands as it was.
    """
    began = time.monotonic()
    with project.alone():
        clear_litter(project)
        samples = read_data(project)
        asked = month or months_of(project, samples)[-1]
        known_month(samples, asked)
        used = until(samples, asked)
        last = last_run(project, asked)
        mark = fingerprint(project, used)
        if last is not None and _stands(project, last, mark):
            return _outcome(asked, last, "unchanged")
        if not despite_errors:
            refuse_errors(used)
        contents, estimates, leaving = _made(project, samples, used, asked)
        moved = moved_numbers(last, estimates[0])
        if len(moved) and not revision:
            raise InputError([Fault("runs-would-move", month=asked, count=len(moved), first=_first(moved))])
        record = _record(project, estimates[0], used, command, began)
        record |= {"month": asked, "fingerprint": mark, "revision": revision or "", "moved": len(moved)}
        record["previous"] = None if last is None else last.name
        if len(moved):
            contents[MOVED] = csv_bytes(moved)
        contents[SAMPLES] = pack(used)
        record["files"] = file_hashes(contents, project.key())
        number = 1 if last is None else int(last.name) + 1
        for name, public in leaving.items():  # before the files: what may have left is never unknown to the ledger
            _ledger(project).append(public, f"{asked} {number:03d} {name}")
        folder = _place(project.runs / asked / f"{number:03d}", {**contents, RECORD: as_bytes(record)})
        return _outcome(asked, folder, "new" if last is None else "revised")


def read_data(project: Project) -> xr.Dataset:
    """Read the samples of a project within its months.

    Raises
    ------
    InputError
    """
    from wbe.reading import read_samples

    settings = project.settings
    source = (
        settings.data if "://" in settings.data or settings.data.startswith("env:") else project.path(settings.data)
    )
    samples = read_samples(source, project.mapping)
    months = month_of(samples).values.astype(str)
    kept = np.ones(len(months), dtype=bool)
    if settings.first_month:
        kept &= months >= settings.first_month
    if settings.last_month:
        kept &= months <= settings.last_month
    if not kept.any():
        raise InputError([Fault("runs-no-months", first=settings.first_month, last=settings.last_month)])
    return samples.isel(sample=kept)


def months_of(project: Project, samples: xr.Dataset) -> list[str]:
    """Return the months with samples, in order."""
    return sorted({str(m) for m in month_of(samples).values})


def fingerprint(project: Project, used: xr.Dataset) -> str:
    """Return a keyed hash of all that the numbers of a run depend on: samples, settings, claims and version."""
    import wbe

    settings = project.settings
    parts = [plain(own_to(used)), repr(settings).encode(), _profile(project).hash.encode(), wbe.__version__.encode()]
    for name in (settings.mobile, settings.rules):
        parts.append(project.path(name).read_bytes() if name else b"")
    return keyed(project.key(), b"\0".join(str(len(part)).encode() + b":" + part for part in parts))


def own_to(used: xr.Dataset) -> xr.Dataset:
    """Return the samples without what only files of later months brought: their names, columns and biomarkers.

    Examples
    --------
    >>> from wbe.testing import small_city
    >>> one = small_city(months=1)
    >>> bool(own_to(one.assign(cod=("sample", np.full(one.sizes["sample"], np.nan)))).equals(own_to(one)))
    True
    """
    ran = ~used["flag"].isin([int(Flag.NOT_RUN), int(Flag.MISSING)]).all("sample").values
    empty = [str(n) for n, v in used.data_vars.items() if v.dtype.kind == "f" and bool(v.isnull().all())]
    kept = used.isel(biomarker=ran).drop_vars([n for n in empty if n not in ("concentration", "lod", "loq", "flow")])
    return kept.assign_attrs(source="")


def last_run(project: Project, month: str) -> Path | None:
    """Return the folder of the last run of a month, or None."""
    folder = project.runs / month
    if not folder.is_dir():
        return None
    numbered = [p for p in folder.iterdir() if p.name.isdecimal() and (p / RECORD).is_file()]
    return max(numbered, key=lambda p: int(p.name), default=None)


def clear_litter(project: Project) -> int:
    """Take away what killed runs left; return how much there was. To be called while no other run works."""
    litter = [p for p in project.runs.glob(f"*/{ASIDE}*") if p.is_dir()]
    for folder in litter:
        shutil.rmtree(folder, ignore_errors=True)
    for month in project.runs.iterdir() if project.runs.is_dir() else ():
        if month.is_dir() and not any(month.iterdir()):
            month.rmdir()
    return len(litter)


def moved_numbers(last: Path | None, estimate: Estimate) -> pd.DataFrame:
    """Return the numbers of the last run that are others now: what was printed, what would be."""
    empty = pd.DataFrame(columns=[*KEYS, "was", "is"])
    if last is None:
        return empty
    held = next(iter(sorted(last.glob(f"*/{TABLE}"))), None)
    if held is None:
        return empty
    was, now = pd.read_csv(held, encoding="utf-8-sig", dtype=str), estimate_table(estimate)
    both = was.merge(now.astype(object), on=KEYS, how="left", suffixes=("_was", "_is"))
    changed = both["text_was"].fillna("") != both["text_is"].fillna("")
    found = both.loc[changed, [*KEYS, "text_was", "text_is"]]
    return found.rename(columns={"text_was": "was", "text_is": "is"}).fillna("").reset_index(drop=True)


def _stands(project: Project, last: Path, mark: str) -> bool:
    """Whether the last run is of the same samples and settings, and all of its files are as they were."""
    try:
        record = read_record(last / RECORD)
        check_files(record, last, project.key())
    except InputError:
        return False
    return bool(record.get("fingerprint") == mark)


def _first(moved: pd.DataFrame) -> str:
    row = moved.iloc[0]
    return " ".join(str(row[k]) for k in KEYS) + f": {row['was']} -> {row['is']}"


def _outcome(month: str, folder: Path, state: str) -> Outcome:
    record = read_record(folder / RECORD)
    return Outcome(month, folder, state, tuple(record["files"]), record.get("checks", {}), int(record.get("moved", 0)))


def _profile(project: Project) -> Any:
    name = project.settings.factors
    if name.lower().endswith((".csv", ".toml")):
        return profile("default", overlay=project.path(name))
    return profile(name)


def estimate_options(project: Project, edition: Edition) -> dict[str, Any]:
    """Return how a project estimates: what :func:`wbe.estimate` takes, for an edition.

    Raises
    ------
    FactorError, InputError, DisclosureError
        Claims, counts or institutions that cannot be used.
    """
    from wbe.runs.tables import read_counts

    settings = project.settings
    policy = Policy.named(edition.policy)
    for site, reason in settings.admit.items():
        policy = policy.with_override(site, reason)
    scenarios: Any = settings.scenarios or None
    return {
        "factors": _profile(project), "population": settings.population, "level": settings.level,
        "seed": int(settings.seed), "policy": policy,
        "scenarios": "default" if settings.scenarios == ("default",) else scenarios,
        "mobile": read_counts(project.path(settings.mobile)) if settings.mobile else None,
    }  # fmt: skip


def _made(
    project: Project, samples: xr.Dataset, used: xr.Dataset, month: str
) -> tuple[dict[str, bytes], list[Estimate], dict[str, Published]]:
    """The files of every edition, by their place in the run's folder, the estimates, and what leaves the house."""
    from wbe.estimation import estimate
    from wbe.levels import city_forecasts, forecasts
    from wbe.published import edition as as_published

    contents: dict[str, bytes] = {}
    estimates: list[Estimate] = []
    leaving: dict[str, Published] = {}
    for edition in project.settings.edition:
        options = estimate_options(project, edition)
        made = estimate(used, **options)
        if edition.policy == "public":
            verdict = _ledger(project).check(as_published(made))
            if verdict.withheld:
                options["policy"] = options["policy"].withholding(verdict.withheld)
                made = estimate(used, **options)
            leaving[edition.name] = as_published(made)
            if words := verdict.words():
                told = "\n".join(note.text(one) for note in words for one in languages(edition.language))
                contents[f"{edition.name}/{NOTES}"] = f"{told}\n".encode()
        estimates.append(made)
        language = {"zh": "zh", "en": "en"}.get(edition.language, messages.language())
        with messages.speaking(language):  # the notes of its table are in the language of the edition
            contents[f"{edition.name}/{TABLE}"] = csv_bytes(estimate_table(made))
        written = None
        if edition.policy != "public":  # written down when made, to be scored when the month comes
            ahead = [table for table in (forecasts(made), city_forecasts(made)) if len(table)]
            contents[f"{edition.name}/{FORECASTS}"] = csv_bytes(pd.concat(ahead) if ahead else forecasts(made))
            written = foretold(project, edition.name, month)
        asked = [one for one in edition.formats if one != "csv"]  # the edition's CSV is its table of estimates
        if asked:
            page = compose(
                samples, month, edition.language, formats=asked, letterhead=project.settings.report,
                despite_errors=True, estimate=made, foretold=written, measures=project.settings.measure,
            )  # fmt: skip
            contents |= {f"{edition.name}/{name}": content for name, content in page.contents.items()}
    return contents, estimates, leaving


def _ledger(project: Project) -> Ledger:
    """What ever left this project."""
    from wbe.published import Ledger

    return Ledger(project.root / "published")


def _record(project: Project, made: Estimate, used: xr.Dataset, command: Sequence[str], began: float) -> dict[str, Any]:
    settings = project.settings
    inputs = of_files(project.data)
    inputs |= {f"../{name}": project.path(name).read_bytes() for name in (settings.mobile, settings.rules) if name}
    return make_record(
        made, command=command, findings=check(used), seconds=time.monotonic() - began, key=project.key(),
        inputs=inputs, samples=plain(used),
    )  # fmt: skip


def _place(folder: Path, contents: dict[str, bytes]) -> Path:
    """Write a whole folder aside and give it its name in one step: it is there with all of its files, or not at all."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside = folder.with_name(f"{ASIDE}{secrets.token_hex(4)}")
    try:
        for name, content in contents.items():
            path = aside / name
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
        sync_folder(aside)
        os.rename(aside, folder)
        sync_folder(folder.parent)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise
    return folder
