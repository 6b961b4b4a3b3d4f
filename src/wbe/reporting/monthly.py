"""The monthly report from samples to files: one HTML page and one workbook.

Refuses half-written output: both files are made in memory and appear whole, or neither does.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import xarray as xr

from wbe.errors import Fault, InputError, need_samples, require
from wbe.plot.fonts import drawable
from wbe.quality import counts
from wbe.reporting import appendix, sections
from wbe.reporting.files import write_together
from wbe.reporting.html import Block, page
from wbe.reporting.material import Material, gather, known_month, until
from wbe.reporting.progress import steps
from wbe.reporting.words import basis_name, languages, say
from wbe.reporting.workbook import workbook

PARTS = (
    sections.summary, sections.matrix, sections.where, sections.trends, sections.real, sections.users,
    sections.opioids, appendix.quality, appendix.completeness, appendix.budget, appendix.annex,
)  # fmt: skip


class ReportFiles(NamedTuple):
    """Where the report was written."""

    html: Path
    workbook: Path


def report(
    samples: xr.Dataset | str | Path,
    month: str,
    out: str | Path,
    language: str = "zh+en",
    **options: Any,
) -> ReportFiles:
    """Write the monthly report: one self-contained HTML page and a workbook of its tables.

    Samples of later months are left out, so that a report can be made again and says the same.

    Parameters
    ----------
    samples : Dataset or path
        Samples, or what :func:`wbe.read_samples` reads.
    month : str
        ``YYYY-MM``.
    out : path
        Folder; made when it does not exist.
    language : {"zh+en", "zh", "en"}
        Two languages stand one after the other in one page.
    **options
        Passed to :func:`wbe.estimate`: ``factors, population, mobile, level, scenarios, policy, seed,
        draws`` and the others.

    Returns
    -------
    ReportFiles
        ``html`` and ``workbook``.

    Raises
    ------
    InputError
        Unknown language, a month without samples, ``out`` is a file; nothing is written then.
    MissingExtra
        jinja2 or xlsxwriter is not installed.

    Examples
    --------
    >>> import tempfile
    >>> from wbe.testing import small_city
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     files = report(small_city(months=2), "2021-02", folder, "en", draws=1000)
    ...     files.html.name, files.workbook.name
    ('wbe-report-2021-02.html', 'wbe-report-2021-02.xlsx')
    """
    from wbe.estimation import estimate

    spoken = tuple(dict.fromkeys(drawable(one) for one in languages(language)))
    folder = Path(out)
    _check_request(month, folder)
    require("jinja2", "report")
    require("xlsxwriter", "excel")
    with steps(4 + len(spoken)) as step:
        step("reading samples")
        dataset = _read(samples)
        known_month(dataset, month)
        used = until(dataset, month)
        step(f"estimating {used.sizes['sample']} samples")
        result = estimate(used, **options)
        step("trends, ranks, alerts and checks")
        material = gather(result, month, dataset.sizes["sample"] - used.sizes["sample"])
        blocks = []
        for one in spoken:
            step(f"tables and pictures ({one})")
            blocks.append(_block(material, one))
        step("page and workbook")
        return _write(material, tuple(blocks), folder)


def _check_request(month: str, folder: Path) -> None:
    faults = []
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", month):
        faults.append(Fault(f"month {month!r}", "a month written YYYY-MM", "Write 2021-06 for June 2021."))
    if folder.exists() and not folder.is_dir():
        faults.append(Fault("a file where the report's folder should be", "a folder", "Choose another path.",
                            file=str(folder)))  # fmt: skip
    if faults:
        raise InputError(faults)


def _read(samples: xr.Dataset | str | Path) -> xr.Dataset:
    if not isinstance(samples, str | Path):
        need_samples(samples, "report")
        return samples
    from wbe.reading import read_samples

    return read_samples(samples)


def _block(material: Material, language: str) -> Block:
    p = material.estimate.provenance
    synthetic = bool(material.estimate.synthetic)
    samples = material.estimate.samples.sizes["sample"]
    months = [str(m) for m in material.estimate.months]
    place = str(material.estimate.samples.attrs.get("title", "")) or say("text", "none", language)
    made = say("text", "made", language, data=place, samples=samples, first=months[0], last=months[-1],
               profile=p["profile"], version=p["profile_version"], hash=p["profile_hash"], claims=p["claims_used"],
               unverified=p["claims_unverified"], population=basis_name(str(p["population"]), language),
               wbe=p["wbe"])  # fmt: skip
    title = f"{say('title', 'report', language)} · {material.month}"
    return Block(
        language=language,
        title=title,
        made=f"{made} {say('text', 'workbook', language)}",
        synthetic=say("text", "synthetic", language) if synthetic else "",
        synthetic_long=say("text", "synthetic_long", language) if synthetic else "",
        contents=say("text", "contents", language),
        sections=tuple(part(material, language) for part in PARTS),
    )


def _write(material: Material, blocks: tuple[Block, ...], folder: Path) -> ReportFiles:
    title = " / ".join(b.title for b in blocks)
    estimate = material.estimate
    full = {
        "estimates": estimate.table(), "estimates city": estimate.table("city"), "trend table": material.trends,
        "rank table": material.ranking, "alert table": material.alerts,
        # a finding names its sample and quotes its number: an edition of the city alone keeps the counts
        "check table": material.checks if material.open_districts else counts(material.checks),
    }  # fmt: skip
    lost = appendix.unread(material)
    if lost:
        full["not read"] = pd.DataFrame(lost)
    comments = " ".join(b.synthetic_long for b in blocks if b.synthetic_long)
    html = page(title, blocks, foot=material.month)
    book = workbook(blocks, full, {"title": title, "comments": comments})
    files = ReportFiles(folder / f"wbe-report-{material.month}.html", folder / f"wbe-report-{material.month}.xlsx")
    write_together({files.html: html, files.workbook: book})
    return files
