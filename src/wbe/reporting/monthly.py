"""The monthly report from samples to files: one document in every format that was asked for.

Refuses half-written output: all files are made in memory and appear whole, or none does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypedDict, Unpack

import pandas as pd
import xarray as xr

from wbe import messages
from wbe.errors import Fault, InputError, need_path, need_samples
from wbe.exchange.outputs import write_together
from wbe.plot.fonts import drawable
from wbe.quality import counts
from wbe.reporting import ahead, appendix, comparison, leader, planning, sections
from wbe.reporting import measures as measures_of
from wbe.reporting.blocks import Block, Section
from wbe.reporting.document import Document, Letterhead, asked_formats
from wbe.reporting.formats import needed, written
from wbe.reporting.html import page
from wbe.reporting.monthly_tables import MonthlyTables, gather, known_month, until
from wbe.reporting.progress import steps
from wbe.reporting.soundness import refuse_errors
from wbe.reporting.words import basis_name, languages, say
from wbe.reporting.workbook import workbook

__all__ = ["Composed", "EstimateOptions", "ReportFiles", "compose", "numbered", "ordinal", "prepared", "report"]

if TYPE_CHECKING:
    from wbe.disclosure import Policy
    from wbe.estimation import Estimate
    from wbe.factors import Profile
    from wbe.people.catalogue import Choice
    from wbe.reporting.measures import Measure

PARTS = (
    leader.leader, sections.summary, comparison.compared, measures_of.measures, sections.matrix, sections.where,
    sections.trends, sections.real, sections.users, sections.opioids, ahead.ahead, planning.origins, planning.plan,
    appendix.quality, appendix.completeness, appendix.budget, appendix.annex,
)  # fmt: skip
OF_DISTRICTS = (
    "compared",
    "where",
    "ahead",
    "origins",
    "plan",
    "completeness",
    "budget",
)  # empty in an edition without them
UNNUMBERED = ("leader", "annex")
DIGITS = ("", "一", "二", "三", "四", "五", "六", "七", "八", "九")


class EstimateOptions(TypedDict, total=False):
    """What :func:`wbe.estimate` takes beside the samples."""

    factors: str | Profile
    population: str
    level: float
    mobile: pd.DataFrame | None
    cvs: Mapping[str, float] | None
    scenarios: Choice
    policy: str | Policy
    seed: int
    draws: int


class Composed(NamedTuple):
    """A report that was made and not yet written: its name, the content of its files, its document and tables."""

    name: str
    contents: dict[str, bytes]
    document: Document
    tables: MonthlyTables

    @property
    def html(self) -> bytes:
        """The page."""
        return self.contents[f"{self.name}.html"]

    @property
    def workbook(self) -> bytes:
        """The workbook."""
        return self.contents[f"{self.name}.xlsx"]


class ReportFiles(NamedTuple):
    """Where the report was written: every file, and each kind by its name."""

    files: tuple[Path, ...]

    @property
    def html(self) -> Path:
        """The page."""
        return self._one(".html")

    @property
    def workbook(self) -> Path:
        """The workbook."""
        return self._one(".xlsx")

    def of(self, ending: str) -> tuple[Path, ...]:
        """Return the files whose name ends so, such as ``"-zh.pdf"`` or ``".docx"``."""
        return tuple(path for path in self.files if path.name.endswith(ending))

    def _one(self, ending: str) -> Path:
        found = self.of(ending)
        if not found:
            raise InputError([Fault("reporting-format-not-written", format=ending[1:])])
        return found[0]


def report(
    samples: xr.Dataset | str | Path,
    month: str,
    out: str | Path,
    language: str = "zh+en",
    *,
    formats: str | Iterable[str] | None = None,
    letterhead: Letterhead | None = None,
    despite_errors: bool = False,
    **options: Unpack[EstimateOptions],
) -> ReportFiles:
    """Write the monthly report: a self-contained HTML page, PDF, Word, a workbook, a data package and JSON.

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
        Two languages stand one after the other in one page and workbook; PDF and Word are a file for each.
    formats : str or iterable of str, optional
        Of ``html, pdf, docx, xlsx, csv, json``; by default all of them.
    letterhead : Letterhead, optional
        Who sends it: office, number, addressee, note ...
    despite_errors : bool
        Go on although the check finds errors: then the summary says so before anything else.
    **options
        Passed to :func:`wbe.estimate`: ``factors, population, mobile, level, scenarios, policy, seed,
        draws`` and the others.

    Returns
    -------
    ReportFiles
        ``files``, and among them ``html`` and ``workbook``.

    Raises
    ------
    InputError
        Unknown language, a month without samples, ``out`` is a file, or the check finds errors; nothing is written
        then.
    MissingExtra
        The package of a format is not installed.
    UnknownName
        A format that is not written.

    Examples
    --------
    >>> import tempfile
    >>> from wbe.testing import small_city
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     files = report(small_city(months=2), "2021-02", folder, "en", formats="html,xlsx", draws=1000)
    ...     files.html.name, files.workbook.name
    ('wbe-report-2021-02.html', 'wbe-report-2021-02.xlsx')
    """
    folder = need_path(out, "report")
    _check_request(month, folder)
    made = compose(
        samples, month, language, formats=formats, letterhead=letterhead, despite_errors=despite_errors, **options
    )
    contents = {folder / name: content for name, content in made.contents.items()}
    write_together(contents)
    return ReportFiles(tuple(contents))


def compose(
    samples: xr.Dataset | str | Path,
    month: str,
    language: str = "zh+en",
    *,
    formats: str | Iterable[str] | None = None,
    letterhead: Letterhead | None = None,
    despite_errors: bool = False,
    estimate: Estimate | None = None,
    foretold: pd.DataFrame | None = None,
    measures: Iterable[Measure] = (),
    **options: Unpack[EstimateOptions],
) -> Composed:
    """Make the monthly report without writing it: see :func:`report`.

    Parameters
    ----------
    samples, month, language, formats, letterhead, despite_errors, **options
        As in :func:`report`.
    estimate : Estimate, optional
        Made of the samples up to the month; then the options are not used.
    foretold : DataFrame, optional
        Forecasts that were written down in earlier months, as :func:`wbe.levels.forecasts` gives them: scored in the
        report.
    measures : iterable of Measure
        What was done and where: set before and after.

    Returns
    -------
    Composed

    Raises
    ------
    InputError, MissingExtra
        As in :func:`report`.
    """
    from wbe.estimation import estimate as made_of

    spoken = tuple(dict.fromkeys(drawable(one) for one in languages(language)))
    asked = asked_formats(formats)
    needed(asked)
    with steps(4 + len(spoken)) as step:
        step("reporting-step-reading")
        dataset = _read(samples)
        known_month(dataset, month)
        used = until(dataset, month)
        if not despite_errors:
            refuse_errors(used)
        step("reporting-step-estimating", samples=used.sizes["sample"])
        result = made_of(used, **options) if estimate is None else estimate
        step("reporting-step-judging")
        tables = gather(result, month, dataset.sizes["sample"] - used.sizes["sample"], foretold)
        tables = replace(tables, measures=tuple(measures))
        blocks = []
        for one in spoken:
            step("reporting-step-pages", language=one)
            with messages.speaking(one):  # notes and advice of the rooms below are of the page's language too
                blocks.append(_block(tables, one, letterhead or Letterhead()))
        if set(asked) == {"html", "xlsx"}:
            step("reporting-step-writing")
        else:
            step("reporting-step-files", formats=list(asked))
        return _composed(tables, tuple(blocks), asked, letterhead or Letterhead())


def prepared(
    samples: xr.Dataset | str | Path, month: str, *, despite_errors: bool = False, **options: Unpack[EstimateOptions]
) -> MonthlyTables:
    """Compute the tables of a month, for documents other than the report.

    Raises
    ------
    InputError
        As in :func:`report`.
    """
    from wbe.estimation import estimate as made_of

    _check_request(month, Path())
    with steps(3) as step:
        step("reporting-step-reading")
        dataset = _read(samples)
        known_month(dataset, month)
        used = until(dataset, month)
        if not despite_errors:
            refuse_errors(used)
        step("reporting-step-estimating", samples=used.sizes["sample"])
        result = made_of(used, **options)
        step("reporting-step-judging")
        return gather(result, month, dataset.sizes["sample"] - used.sizes["sample"])


def _check_request(month: str, folder: Path) -> None:
    faults = []
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", str(month)):
        faults.append(Fault("reporting-month", month=month))
    if folder.exists() and not folder.is_dir():
        faults.append(Fault("reporting-no-folder", file=str(folder)))
    if faults:
        raise InputError(faults)


def _read(samples: xr.Dataset | str | Path) -> xr.Dataset:
    if not isinstance(samples, str | Path):
        need_samples(samples, "report")
        return samples
    from wbe.reading import read_samples

    return read_samples(samples)


def _block(tables: MonthlyTables, language: str, letterhead: Letterhead) -> Block:
    p = tables.estimate.provenance
    synthetic = bool(tables.estimate.synthetic)
    samples = tables.estimate.samples.sizes["sample"]
    months = [str(m) for m in tables.estimate.months]
    place = str(tables.estimate.samples.attrs.get("title", "")) or say("text", "none", language)
    made = say("text", "made", language, data=place, samples=samples, first=months[0], last=months[-1],
               profile=p["profile"], version=p["profile_version"], hash=p["profile_hash"], claims=p["claims_used"],
               unverified=p["claims_unverified"], population=basis_name(str(p["population"]), language),
               wbe=p["wbe"])  # fmt: skip
    title = f"{letterhead.title or say('title', 'report', language)} · {tables.month}"
    return Block(
        language=language,
        title=title,
        made=f"{made} {say('text', 'workbook', language)}",
        synthetic=say("text", "synthetic", language) if synthetic else "",
        synthetic_long=say("text", "synthetic_long", language) if synthetic else "",
        contents=say("text", "contents", language),
        sections=numbered(_held(tables, language), language),
    )


def _held(tables: MonthlyTables, language: str) -> tuple[Section, ...]:
    parts = tuple(part(tables, language) for part in PARTS)
    return tuple(p for p in parts if p.blocks and (tables.open_districts or p.name not in OF_DISTRICTS))


def numbered(parts: tuple[Section, ...], language: str) -> tuple[Section, ...]:
    """Number the sections as the language does; page one and the annex at the end bear no number."""
    counted = [part.name for part in parts if part.name not in UNNUMBERED]
    return tuple(
        part if part.name in UNNUMBERED
        else replace(part, title=say("title", "number", language, n=ordinal(counted.index(part.name) + 1, language),
                                     title=part.title))
        for part in parts
    )  # fmt: skip


def ordinal(n: int, language: str) -> str:
    """Return a number as headings bear it, up to 99.

    Examples
    --------
    >>> [ordinal(n, "zh") for n in (1, 10, 11, 20)], ordinal(3, "en")
    (['一', '十', '十一', '二十'], '3')
    """
    if language != "zh":
        return str(n)
    tens, ones = divmod(n, 10)
    return f"{DIGITS[tens] if tens > 1 else ''}{'十' if tens else ''}{DIGITS[ones]}"


def _composed(tables: MonthlyTables, blocks: tuple[Block, ...], asked: tuple[str, ...], head: Letterhead) -> Composed:
    document = Document(f"wbe-report-{tables.month}", tables.month, blocks, _frames(tables), head,
                        public=not tables.open_districts)  # fmt: skip
    contents: dict[str, bytes] = {}
    if "html" in asked:
        contents[f"{document.name}.html"] = page(
            document.title, blocks, foot=tables.month, closer=tables.open_districts
        )
    if "xlsx" in asked:
        comments = " ".join(b.synthetic_long for b in blocks if b.synthetic_long)
        properties = {"title": document.title, "comments": comments, "company": head.office, "author": head.author}
        contents[f"{document.name}.xlsx"] = workbook(blocks, dict(document.frames), properties)
    return Composed(document.name, contents | written(document, asked), document, tables)


def _frames(tables: MonthlyTables) -> dict[str, pd.DataFrame]:
    """The tables in full, by the names of their sheets and files."""
    estimate = tables.estimate
    full = {
        "estimates": estimate.table(), "estimates city": estimate.table("city"), "trend table": tables.trends,
        "rank table": tables.ranking, "alert table": tables.alerts,
        # a finding names its sample and quotes its number: an edition of the city alone keeps the counts
        "check table": tables.checks if tables.open_districts else counts(tables.checks),
    }  # fmt: skip
    lost = appendix.unread(tables)
    if lost:
        full["not read"] = pd.DataFrame(lost)
    return full
