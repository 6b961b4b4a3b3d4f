"""What a table says of each row beside the results: sample, place, time, flow, population and markers.

Refuses to invent: a missing site, date or unit is a fault with its place, and what was taken from a title,
a sheet or a file name is noted.
"""

from __future__ import annotations

import re

import numpy as np

from wbe.reading.observations.doubts import is_head_count, share_doubt, ten_thousands, too_large
from wbe.reading.observations.times import analysis_of_table, coded_of_table, text_of_table, times
from wbe.reading.roles.context import Context
from wbe.reading.words.beside import matrix_in_name, species
from wbe.reading.words.cell import parse_cell
from wbe.reading.words.values import parse_numbers_with_units
from wbe.reading.words.written_units import NO_UNIT, unit_scale
from wbe.samples import POPULATION_BASES, SITUATIONS, one_text
from wbe.units import factor, unit_of
from wbe.vocabulary import closed_word, table, tidy

__all__ = ["number_column", "read_situation"]

_DISTRICT = re.compile(r"([\u4e00-\u9fff]{1,6}?(?:示范区|[区县市]))")
_NOT_DISTRICTS = {"县市", "市区", "县区", "县市区", "区县", "各区", "各县", "全市", "地区", "城区"}


# told beside a sample and never a divisor: a cell that is no number is noted, and refuses no file
_ASIDE = ("rain", "ph", "temperature")
_NEEDED = ("flow", "population", "domestic_share", "capacity", "recovery")


def read_situation(ctx: Context) -> dict[str, np.ndarray]:
    """Return the columns on samples, one entry per sample row, in canonical units."""
    out: dict[str, np.ndarray] = {}
    out["sample"] = text_of_table(ctx, "sample")
    _places(ctx, out)
    times(ctx, out)
    analysis_of_table(ctx, out)
    for role in ("batch", "method_version"):
        out[role] = text_of_table(ctx, role)
    for role in ("city", "province"):
        if ctx.layout.with_role(role):
            out[role] = text_of_table(ctx, role)
    for role, section in (("sample_type", "sample_types"), ("site_type", "site_types")):
        out[role] = _closed(ctx, role, section)
    _numbers(ctx, out)
    _site_facts(ctx, out)
    out["source_row"] = ctx.row_numbers()
    return out


def _closed(ctx: Context, role: str, section: str) -> np.ndarray:
    """A column of words from a closed list; an unknown word is noted and kept out."""
    coded = coded_of_table(ctx, role)
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
    site, district = text_of_table(ctx, "site"), text_of_table(ctx, "district")
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
        and unit_scale(role, header.unit, ctx.mapping)[1] == NO_UNIT
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
    coded = coded_of_table(ctx, "population_basis")
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
