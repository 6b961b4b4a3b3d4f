"""What a table says of each row beside the results: sample, place, time, flow, population and markers.

Refuses to invent: a missing site, date or unit is a fault with its place, and what was taken from a title,
a sheet or a file name is noted.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import numpy as np

from wbe.reading.grid.rows import Texts, text_of
from wbe.reading.observations.datefaults import date_faults
from wbe.reading.observations.doubts import is_head_count, share_doubt, ten_thousands, too_large
from wbe.reading.roles.context import Context
from wbe.reading.words.beside import matrix_in_name, species
from wbe.reading.words.cell import parse_cell
from wbe.reading.words.dates import Dates, Moment, month_in, parse_dates, parse_text, since_1904, year_in
from wbe.reading.words.headers import unit_scale
from wbe.reading.words.values import parse_numbers_with_units
from wbe.samples import POPULATION_BASES, SITUATIONS, one_text
from wbe.units import factor, unit_of
from wbe.vocabulary import closed_word, table, tidy

__all__ = ["number_column", "read_situation"]

_DISTRICT = re.compile(r"([\u4e00-\u9fff]{1,6}?(?:示范区|[区县市]))")
_NOT_DISTRICTS = {"县市", "市区", "县区", "县市区", "区县", "各区", "各县", "全市", "地区", "城区"}
_DAY_ONLY = re.compile(r"^\d{1,2}\s*[日号]$")
_CLOCK = re.compile(r"^\d{1,2}:\d{2}(:\d{2})?$")
# a date beside these words is that of the report, not of the samples
_ABOUT_REPORT = re.compile(r"制表|填表|填报|上报|报告|打印|编制|审核|report(ed)? (date|on)|printed|prepared", re.I)


# told beside a sample and never a divisor: a cell that is no number is noted, and refuses no file
_ASIDE = ("rain", "ph", "temperature")
_NEEDED = ("flow", "population", "domestic_share", "capacity", "recovery")


def read_situation(ctx: Context) -> dict[str, np.ndarray]:
    """Return the columns on samples, one entry per sample row, in canonical units."""
    out: dict[str, np.ndarray] = {}
    out["sample"] = _text(ctx, "sample")
    _places(ctx, out)
    _times(ctx, out)
    _analysis(ctx, out)
    for role in ("batch", "method_version"):
        out[role] = _text(ctx, role)
    for role in ("city", "province"):
        if ctx.layout.with_role(role):
            out[role] = _text(ctx, role)
    for role, section in (("sample_type", "sample_types"), ("site_type", "site_types")):
        out[role] = _closed(ctx, role, section)
    _numbers(ctx, out)
    _site_facts(ctx, out)
    out["source_row"] = ctx.row_numbers()
    return out


def _coded(ctx: Context, role: str) -> Texts | None:
    found = ctx.layout.with_role(role)
    return ctx.texts(found[0]) if found else None


def _text(ctx: Context, role: str) -> np.ndarray:
    coded = _coded(ctx, role)
    constant = text_of(ctx.mapping.constants.get(role, ""))
    if coded is None:
        return one_text(ctx.n, constant)
    values = coded.array()
    if constant:
        values[values == ""] = constant
    return values


def _closed(ctx: Context, role: str, section: str) -> np.ndarray:
    """A column of words from a closed list; an unknown word is noted and kept out."""
    coded = _coded(ctx, role)
    constant = str(ctx.mapping.constants.get(role, ""))
    known = closed_word(section, constant) if constant else None
    if constant and known is None:
        ctx.ask("reading-constant-unknown", role=role, constant=constant, table=", ".join(table("headers")[section]))
    default = known or ""
    if coded is None:
        return one_text(ctx.n, default)
    ids = []
    for word in coded.words:
        found = closed_word(section, word)
        if found is None:
            ctx.note(f"{role} {word[:40]!r} is not a known word; read as unknown")
        ids.append(found or ("unknown" if section == "sample_types" else "other"))
    return np.array([*ids, default], dtype=object)[coded.codes]


def _places(ctx: Context, out: dict[str, np.ndarray]) -> None:
    site, district = _text(ctx, "site"), _text(ctx, "district")
    for name, facts in ctx.mapping.sites.items():
        if "district" in facts:
            hit = (district == "") & np.array([tidy(s) == name for s in site], dtype=bool)
            district[hit] = str(facts["district"])
    no_site, no_district = _blank(site), _blank(district)
    if no_district.any():
        found, where = _district_of_place(ctx)
        if found:
            district[no_district] = found
            ctx.note(f"district {found} is taken from the {where}")
            no_district = np.zeros(len(district), dtype=bool)
    # only what is blank throughout may be replaced: a blank among names is a cell that a merge or a typist left out
    if no_site.all() and not no_district.any():
        site = district.copy()
        ctx.note("no sampling site is named; the district stands for it")
        no_site = no_district
    if no_district.all() and not no_site.any():
        district = site.copy()
        ctx.note("no district is named; each site stands for its own district")
        no_district = no_site
    if _named_elsewhere(ctx, site, district, no_site, no_district):
        no_district = _blank(district)
    for i in np.flatnonzero(no_site | no_district)[:20]:
        both = no_site[i] and no_district[i]
        lacks = "both" if both else "site" if no_site[i] else "district"
        ctx.ask("reading-no-place", row=int(i), lacks=lacks)
    _effluent(ctx, site)
    out["site"], out["district"] = site, district


def _blank(texts: np.ndarray) -> np.ndarray:
    """Which of many texts are blank; mostly none is, which a set tells faster than comparing each."""
    return texts == "" if "" in set(texts.tolist()) else np.zeros(len(texts), dtype=bool)


def _effluent(ctx: Context, site: np.ndarray) -> None:
    """Ask about treated sewage among the samples: its loads say nothing of use."""
    for name in dict.fromkeys(site.tolist()):
        if tidy(name) not in ctx.mapping.sites and matrix_in_name(name):
            ctx.ask("reading-treated-sewage", row=int(np.flatnonzero(site == name)[0]), name=name[:40], name_a=name)


def _named_elsewhere(
    ctx: Context, site: np.ndarray, district: np.ndarray, no_site: np.ndarray, no_district: np.ndarray
) -> bool:
    """A site that other rows place in one district lies there also where the district is blank; whether it served."""
    if not (no_district & ~no_site).any():
        return False
    home: dict[str, set[str]] = {}
    for s, d in {(s, d) for s, d in zip(site.tolist(), district.tolist(), strict=True) if s and d}:
        home.setdefault(s, set()).add(d)
    for i in np.flatnonzero(no_district & ~no_site):
        found = home.get(site[i], set())
        if len(found) == 1:
            district[i] = next(iter(found))
            ctx.note(f"the district of {site[i]} is taken from its other rows")
    return True


def _district_of_place(ctx: Context) -> tuple[str, str]:
    sheet = ctx.layout.sheet
    stem = sheet.file.rsplit(".", 1)[0]
    for text, where in ((sheet.name, "sheet name"), (stem, "file name"), *((t, "title") for t in ctx.layout.titles)):
        names = [n for n in _DISTRICT.findall(tidy(text)) if n not in _NOT_DISTRICTS]
        inner = [n for n in names if not n.endswith("市")] or names
        if len(inner) == 1 and len(inner[0]) >= 2:
            return inner[0], where
    return "", ""


def _year(ctx: Context) -> tuple[int | None, str]:
    """(year for dates that write none, why there is none): titles, sheet and file name must not contradict."""
    given = ctx.mapping.constants.get("year")
    if given:
        return int(given), ""
    sheet = ctx.layout.sheet
    places = [("title", t) for t in ctx.layout.titles if not _ABOUT_REPORT.search(t)]
    found = {
        kind: year for kind, text in [("file name", sheet.file), ("sheet name", sheet.name), *reversed(places)]
        if (year := year_in(text))
    }  # fmt: skip
    if len(set(found.values())) > 1:
        said = ", ".join(f"the {kind} says {year}" for kind, year in reversed(found.items()))
        return None, f"the year is not written, and {said}"
    return next(iter(found.values()), None), ""


def _times(ctx: Context, out: dict[str, np.ndarray]) -> None:
    day_first = ctx.mapping.option("day_first", None)
    year, contradiction = _year(ctx)
    found = ctx.layout.with_role("date") or ctx.layout.with_role("month") or ctx.layout.with_role("day")
    constant = ctx.mapping.constants.get("date")
    if not found:
        dates = _without_column(ctx, constant, year)
    else:
        cells = ctx.column(found[0])
        role = ctx.layout.columns[found[0]].role
        if ctx.layout.sheet.from_1904:
            cells = since_1904(cells)
        if role == "date" and (named := ctx.texts(found[0]).words) and all(_DAY_ONLY.match(w) for w in named):
            role = "day"  # 24日, under the month of the title, sheet or file
        if constant is not None and _only_clock(cells):
            cells = np.array([f"{text_of(constant)} {text_of(c)}" if text_of(c) else None for c in cells], dtype=object)
        elif role != "date" or ctx.layout.with_role("year"):
            cells = _pieces(ctx, role, cells)
        dates = parse_dates(cells, year=year, day_first=day_first, bare_months=role == "month", **_written(ctx))
        if contradiction:
            untold = [i for i, p in dates.problems.items() if p == "the year is not written"]
            dates.problems.update(dict.fromkeys(untold, contradiction))
        date_faults(ctx, dates, cells, found[0])
    start, end = dates.start, dates.end.copy()
    ends = ctx.layout.with_role("date_end")
    if ends:
        last = parse_dates(ctx.column(ends[0]), year=year, day_first=day_first, **_written(ctx))
        given = ~np.isnat(last.start)
        for i in np.flatnonzero(given & (last.start < start))[:20]:
            ctx.ask("reading-end-before-start", row=int(i), column=ends[0])  # fmt: skip
        for i in [i for i, p in last.problems.items() if p != "blank"][:20]:
            ctx.ask(
                "reading-end-no-date",
                row=i,
                column=ends[0],
                last=last.problems[i],
                given=text_of(ctx.column(ends[0])[i])[:40],
            )
        end = np.where(given, np.where(np.isnat(last.end), last.start, last.end), end)
    out["time"], out["time_end"] = start, end


def _written(ctx: Context) -> dict[str, Any]:
    """How dates are written and where they are local, if the mapping says so."""
    return {"written": str(ctx.mapping.option("date_format", "")), "zone": str(ctx.mapping.option("time_zone", ""))}


def _analysis(ctx: Context, out: dict[str, np.ndarray]) -> None:
    """When a sample was analysed and how it was kept until then; what cannot be read is noted and stays unknown."""
    found = ctx.layout.with_role("analysis_date")
    if found:
        cells = ctx.column(found[0])
        dates = parse_dates(cells, year=_year(ctx)[0], day_first=ctx.mapping.option("day_first", None))
        for i in [i for i, p in dates.problems.items() if p != "blank"][:5]:
            ctx.note(f"analysis date {text_of(cells[i])[:40]!r} ({dates.problems[i]}) is not read")
        # a month is no day: how long the sample was kept cannot be told from it
        out["analysis_date"] = np.where(np.isnat(dates.end), dates.start, np.datetime64("NaT", "ns"))
    kept = _coded(ctx, "storage")
    if kept is not None:
        known = [closed_word("storage_kinds", word) for word in kept.words]
        for word in [w for w, k in zip(kept.words, known, strict=True) if k is None]:
            ctx.note(f"storage {word[:40]!r} is neither chilled nor frozen; read as not stated")
        out["storage"] = np.array([*(k or "" for k in known), ""], dtype=object)[kept.codes]


def _pieces(ctx: Context, role: str, cells: Any) -> Any:
    """Join columns of year, month and day (``2021``, ``6月``, ``24``) into dates."""
    years, months, days = (ctx.layout.with_role(r)[:1] for r in ("year", "month", "day"))
    if role == "day" and not months:
        period = _period(ctx, _year(ctx)[0])[0]
        if period is None or period.start is None:
            return cells
        lead = one_text(ctx.n, f"{period.start:%Y-%m}")
    elif role == "month" or (role == "day" and months):
        lead = ctx.texts(months[0]).array()
    else:
        lead, days = np.array([text_of(c) for c in cells], dtype=object), []
    y = ctx.texts(years[0]).array() if years else one_text(ctx.n, "")
    d = ctx.texts(days[0]).array() if days else one_text(ctx.n, "")
    if role == "day" and not days:
        d = np.array([text_of(c) for c in cells], dtype=object)
    elif not years and not days:
        return cells
    if role != "date":
        lead = np.array([m if not m or "月" in m or re.match(r"\d{4}", m) else f"{m}月" for m in lead], dtype=object)
    return np.array([_joined(*piece) for piece in zip(y, lead, d, strict=True)], dtype=object)


_ONE_NUMBER = re.compile(r"^\D*?(\d{1,2})\D*$")


def _joined(year: str, month: str, day: str) -> str | None:
    """One date text; pieces that are more than one plain number stay apart, so that they are told as a fault."""
    y = re.sub(r"\D", "", year)
    if not month:
        return None
    if re.match(r"^\d{4}", month):
        head = month
    else:
        number = _ONE_NUMBER.match(month) if not re.search(r"\d\D+\d", month) else None
        head = f"{y}-{number.group(1)}" if number and y else f"{y}年{month}" if y else month
    if not day:
        return head
    number = _ONE_NUMBER.match(day)
    return f"{head.rstrip('月').replace('年', '-')}-{number.group(1)}" if number else f"{head} {day}"


def _only_clock(cells: Any) -> bool:
    filled = [c for c in cells if c is not None and c == c and c != ""]
    return bool(filled) and all(
        isinstance(c, dt.time) or (isinstance(c, str) and _CLOCK.match(c.strip())) for c in filled
    )


def _period(ctx: Context, year: int | None) -> tuple[Moment | None, str]:
    """(month that sheet name, title or file name write, where); two that contradict are none."""
    sheet = ctx.layout.sheet
    titles = [("title", t) for t in ctx.layout.titles if not _ABOUT_REPORT.search(t)]
    found = [(m, kind) for kind, text in [("sheet name", sheet.name), *titles, ("file name", sheet.file)]
             if (m := month_in(text, year)) is not None and m.start is not None]  # fmt: skip
    if len({m.start for m, _ in found}) > 1:
        said = ", ".join(f"the {kind} {m.start:%Y-%m}" for m, kind in found)
        return None, f"contradicting months: {said}"
    return found[0] if found else (None, "")


def _without_column(ctx: Context, constant: Any, year: int | None) -> Dates:
    """No date column: the period of the mapping, the sheet, the title or the file holds for all rows."""
    moment, where = _period(ctx, year) if constant is None else (parse_text(text_of(constant), year), "mapping")
    n = ctx.n
    if moment is None or moment.start is None:
        ctx.ask("reading-no-dates", where=where if moment is None and where else "none")
        return Dates(np.full(n, "NaT", "datetime64[ns]"), np.full(n, "NaT", "datetime64[ns]"), {})
    ctx.note(f"the sampling period {moment.start:%Y-%m} is taken from the {where}")
    start = np.full(n, moment.start.to_datetime64(), "datetime64[ns]")
    end = np.full(n, "NaT" if moment.end is None else moment.end.to_datetime64(), "datetime64[ns]")
    return Dates(start, end, {})


def _numbers(ctx: Context, out: dict[str, np.ndarray]) -> None:
    for role in SITUATIONS:
        if role == "population":
            _population(ctx, out)
            continue
        found = ctx.layout.with_role(role)
        if role == "flow":
            instant = ctx.layout.with_role("flow_instant")
            for i in instant:
                name = ctx.layout.column_name(i)
                said = "is not read beside the daily flow" if found else "stands for the flow of the whole day"
                ctx.note(f"{name}, an instantaneous flow, {said}")
            found = found or instant
        if found:
            out[role] = number_column(ctx, role, found[0])
            if role == "flow" and _A_MONTH.search(ctx.layout.columns[found[0]].unit):
                out[role] *= _days_of_a_mean_month() / _days_of_month(out["time"])
            for extra in found[1:]:
                ctx.ask("reading-second-column", column=extra, role=role, extra=ctx.layout.columns[extra].text)
        elif role in ctx.mapping.constants:
            out[role] = np.full(ctx.n, float(ctx.mapping.constants[role]))


_A_MONTH = re.compile(r"/\s*(?:月|months?|mois|mes|Monat)$", re.I)


def _days_of_a_mean_month() -> float:
    """How many days the unit ``month`` has, by which a flow of a month was divided."""
    return 1.0 / factor("m3/month", "m3/d")


def _days_of_month(time: np.ndarray) -> np.ndarray:
    """How many days the month of each sample has."""
    month = time.astype("datetime64[M]")
    return ((month + 1).astype("datetime64[D]") - month.astype("datetime64[D]")).astype(float)


def number_column(ctx: Context, role: str, index: int) -> np.ndarray:
    """Return a column of plain numbers in the role's canonical unit; what is no number is a fault."""
    header = ctx.layout.columns[index]
    values, own, faults = parse_numbers_with_units(ctx.column(index), unit_of(role), ctx.decimal)
    for i, came in list(faults.items())[:20]:
        if role not in ("flow", "population") and parse_cell(came).state in ("less", "not_detected", "below_lod"):
            ctx.note(f"{role} below its limit ({came}) is read as not known")
            continue
        if role in _ASIDE:
            ctx.note(f"{role} {came!r} is no number in {unit_of(role)} and is read as not known")
            continue
        ctx.ask("reading-cell-no-number", row=i, column=index, came=came, unit_of=unit_of(role))
    if (
        role in SITUATIONS
        and role not in _NEEDED
        and unit_scale(role, header.unit, ctx.mapping)[1] == "no unit"
        and not own.all()
    ):
        ctx.note(f"{ctx.layout.column_name(index)} has no unit and is read as not known")
        values = np.where(own, values, np.nan)
    given = ~np.isnan(values)
    scale = 1.0
    if given.any() and not own[given].all():
        scale = _own_scale(ctx, role, header.unit, values[given & ~own], index)
        scale *= species(role, header.text)
        share_doubt(ctx, role, header.unit, values[given & ~own], index)
        ten_thousands(ctx, role, scale, index)
    values = np.where(own, values, values * scale)
    too_large(ctx, role, values, index)
    for i in np.flatnonzero((values < 0) | np.isinf(values))[:20]:
        if role != "temperature" or np.isinf(values[i]):
            ctx.ask("reading-negative", row=int(i), column=index, role=role, values=f"{values[i]:g}")
            values[i] = np.nan
    return values


def _own_scale(ctx: Context, role: str, unit: str, values: np.ndarray, index: int) -> float:
    """A head count and a share between 0 and 1 need no unit; everything else does."""
    if unit == "" and role not in ctx.mapping.units:
        if role == "population":
            if is_head_count(values, ctx.layout.columns[index].text.isascii()):
                ctx.note("population without a unit is read as a head count")
                return 1.0
            ctx.ask("reading-people-without-unit", column=index, values=f"{values[0]:g}")  # fmt: skip
            return 1.0
        if role in ("domestic_share", "recovery") and (values <= 1.0).all():
            return 1.0
    return ctx.scale(role, unit, index)


def _population(ctx: Context, out: dict[str, np.ndarray]) -> None:
    roles = [r for r, e in table("headers").items() if e.get("reads_as") == "population"]
    constant = str(ctx.mapping.constants.get("population_basis", ""))
    basis = one_text(ctx.n, closed_word("population_bases", constant) or "")
    if constant and not basis[:1].any() and ctx.n:
        ctx.ask("reading-basis-unknown", constant=constant, population_bases=', '.join(POPULATION_BASES))  # fmt: skip
    coded = _coded(ctx, "population_basis")
    if coded is not None:
        ids = [closed_word("population_bases", w) or "unknown" for w in coded.words]
        basis = np.where(coded.codes >= 0, np.array([*ids, ""], dtype=object)[coded.codes], basis)
    found = ctx.layout.with_role("population")
    if found:
        out["population"] = number_column(ctx, "population", found[0])
        for role in roles:
            if ctx.layout.with_role(role):
                name = ctx.layout.column_name(ctx.layout.with_role(role)[0])
                ctx.note(f"{name} is not read beside the served population")
    else:
        for role in roles:
            columns = ctx.layout.with_role(role)
            if columns and "population" in out:
                ctx.note(f"{ctx.layout.column_name(columns[0])} is not read beside another population")
            elif columns:
                out["population"] = number_column(ctx, "population", columns[0])
                basis[basis == ""] = table("headers")[role]["basis"]
    if "population" not in out and "population" in ctx.mapping.constants:
        out["population"] = np.full(ctx.n, float(ctx.mapping.constants["population"]))
    out["population_basis"] = basis


def _site_facts(ctx: Context, out: dict[str, np.ndarray]) -> None:
    """Fill from ``[sites]`` of the mapping what the table leaves out."""
    for name, facts in ctx.mapping.sites.items():
        hit = np.array([tidy(s) == name for s in out["site"]], dtype=bool)
        if not hit.any():
            continue
        for key in ("population", "capacity"):
            if key in facts:
                values = out.setdefault(key, np.full(ctx.n, np.nan))
                values[hit & np.isnan(values)] = float(facts[key])
        for key, section in (("population_basis", "population_bases"), ("site_type", "site_types")):
            if key in facts:
                blank = hit & (out[key] == "")
                out[key][blank] = closed_word(section, str(facts[key])) or "unknown"
