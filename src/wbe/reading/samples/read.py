"""``read_samples``: a folder, a text table or a workbook -> one Samples dataset with its reading log.

Refuses to read half: all faults of all files are told at once, and nothing is returned.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping as AnyMapping
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from wbe import packaged
from wbe.errors import Fault, InputError, need_path
from wbe.reading.grid.layouts import with_layout
from wbe.reading.grid.seen import what_was_seen
from wbe.reading.observations.limittable import agreed, limits_of_sheet
from wbe.reading.observations.parts import Part
from wbe.reading.observations.sheet import Found, read_sheet
from wbe.reading.opening.files import list_files, read_sheets
from wbe.reading.opening.sheets import Sheet
from wbe.reading.roles.context import MAX_FAULTS
from wbe.reading.samples import places as place_tables
from wbe.reading.samples.assemble import assemble
from wbe.reading.samples.besides import finish, tell_unused
from wbe.reading.samples.identity import copies, join_parts, replaced
from wbe.reading.samples.names import join_spellings, of_sites, settle_places
from wbe.reading.words.log import ReadingLog
from wbe.reading.words.mapping import Mapping, load_mapping

__all__ = ["read_samples", "sample_data"]

_SYNTHETIC = re.compile(r"合成示例数据|合成数据|SYNTHETIC")


def read_samples(path: str | Path, mapping: str | Path | AnyMapping[str, object] | None = None) -> xr.Dataset:
    """Read what a laboratory sends into a Samples dataset.

    Parameters
    ----------
    path : str or Path
        A CSV or TSV file, a workbook (.xlsx, .xls, .ods), or a folder of them. In a folder, ``units.csv`` and
        ``catchments.csv`` describe places, ``*.toml`` holds a mapping, README files are passed over. Also what
        :mod:`wbe.exchange` (.nc, .zarr, .parquet) or :mod:`wbe.exchange.odm` (a folder) wrote, and a database
        URL or ``env:NAME`` with ``query`` or ``table`` under ``[database]`` of the mapping
        (:mod:`wbe.reading.samples.database`).
    mapping : str, Path or mapping, optional
        Answers to questions, see :mod:`wbe.reading.words.mapping`; wins over a mapping in the folder.

    Returns
    -------
    Dataset
        Samples in canonical units (ng/L, m3/d, inhabitant, mg/L). ``wbe.reading.reading_log(samples)``
        gives the :class:`wbe.reading.ReadingLog`: where every cell went, and what was not read.

    Raises
    ------
    InputError
        All faults of all files: an unknown analyte, a missing or impossible unit, an impossible date, a missing
        flow, a column about persons, a question to answer... each with file, sheet, row and column.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> header = "县市区,采样日期,流量（万m³/d）,服务人口（万人）,甲基苯丙胺（ng/L）"
    >>> text = header + "\\n天元区,2021年6月24日,10.5,34,未检出\\n"
    >>> _ = (folder / "june.csv").write_text(text, encoding="gb18030")
    >>> ds = read_samples(folder / "june.csv")
    >>> float(ds["flow"][0]), int(ds["flag"][0, 0]), str(ds["district"].values[0])
    (105000.0, 2, '天元区')
    """
    from wbe.exchange import euda, odm, store
    from wbe.reading.samples import database

    if isinstance(path, str) and database.is_database_url(path):
        return database.read_database(str(path), mapping=mapping)
    path = need_path(path, "read_samples")
    if path.suffix.lower() in store.SUFFIXES:
        return store.read(path)
    if odm.is_odm(path):
        return odm.read_odm(path)
    files, mapping_files, place_files, other = list_files(path)
    published = [f for f in files if euda.is_load_file(f)]
    if published:
        raise InputError([
            Fault("reading-agency-loads", file=f.name) for f in published
        ])  # fmt: skip
    answers, crosstab = _answers(mapping, mapping_files)
    if crosstab is not None:
        return _read_crosstab(path, files, crosstab)
    log = ReadingLog()
    for item in other:
        log.skip(item.name, "", None, "not a table")
    parts, faults, synthetic = _read_files(files, answers, log)
    loads = [s for s in log.skipped if s.get("load_unit")]
    if not faults and not parts:
        faults += [Fault("reading-loads", unit=s["load_unit"], file=s["file"], sheet=s["sheet"] or None) for s in loads]
    if not faults and not parts:
        faults.append(Fault("reading-no-table", seen=what_was_seen(log), file=path.name))
    units, catchments = _read_places(place_files, faults)
    if faults:
        raise InputError(_capped(faults))
    join_spellings(parts, log)
    _name_districts(parts, units)
    catchments = of_sites(catchments, parts, log)
    parts = replaced(parts, answers, log)
    faults += copies(parts, answers)
    faults += settle_places(parts, answers, {c[0] for c in catchments}, log)
    parts = parts if faults else join_parts(parts, log)
    if faults:
        raise InputError(_capped(faults))
    ds = assemble(
        parts, log,
        title=str(answers.option("title", path.stem if path.is_file() else path.resolve().name)),
        source=", ".join(f.name for f in files[:20]), synthetic=synthetic or bool(answers.option("synthetic", False)),
    )  # fmt: skip
    ds.attrs |= _said_of_substances(answers)
    return place_tables.attach_places(ds, units, catchments) if units or catchments else ds


def _said_of_substances(answers: Mapping) -> dict[str, str]:
    """What the mapping says of substances that the vocabulary does not list, for those who print their names."""
    told = json.dumps(answers.substances, ensure_ascii=False, sort_keys=True)
    return {"substances": told} if answers.substances else {}


def _capped(faults: list[Fault]) -> list[Fault]:
    if len(faults) <= MAX_FAULTS:
        return faults
    more = Fault("reading-more-faults", faults=len(faults) - MAX_FAULTS)
    return [*faults[:MAX_FAULTS], more]


def _answers(
    given: str | Path | AnyMapping[str, Any] | None, in_folder: list[Path]
) -> tuple[Mapping, str | Path | AnyMapping[str, Any] | None]:
    """(mapping of tables, mapping of a crosstab workbook if that is what it is)."""
    sources: list[str | Path | AnyMapping[str, Any]] = [given] if given is not None else list(in_folder)
    merged: dict[str, dict[str, Any]] = {}
    for source in sources:
        if _layout_of(source) == "crosstab":
            return Mapping(), source
    for source in sources:
        one = load_mapping(source)
        for section, entries in vars(one).items():
            merged.setdefault(section, {}).update(entries)
    return (Mapping(**merged), None) if merged else (Mapping(), None)


def _layout_of(source: str | Path | AnyMapping[str, Any]) -> str:
    if isinstance(source, AnyMapping):
        return str(source.get("layout", ""))
    try:
        return str(tomllib.loads(Path(source).read_text(encoding="utf-8-sig")).get("layout", ""))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return ""


def _read_crosstab(path: Path, files: list[Path], mapping: str | Path | AnyMapping[str, Any]) -> xr.Dataset:
    from wbe.reading.observations.crosstab import read_crosstab

    data = mapping if isinstance(mapping, AnyMapping) else tomllib.loads(Path(mapping).read_text("utf-8-sig"))
    name = str(data.get("file", ""))
    chosen = [f for f in files if f.name == name] if name else files[:1]
    if not chosen:
        raise InputError([
            Fault("reading-mapped-file-missing", name=name, path=path.name)
        ])  # fmt: skip
    return read_crosstab(chosen[0], mapping)


def _read_files(files: list[Path], answers: Mapping, log: ReadingLog) -> tuple[list[Part], list[Fault], bool]:
    parts: list[Part] = []
    faults: list[Fault] = []
    founds: list[tuple[Found, Mapping]] = []
    synthetic = False
    for file in files:
        mapping = answers.for_file(file.name)
        try:
            sheets = read_sheets(file)
        except InputError as err:
            faults += err.faults
            continue
        except OSError as err:
            faults.append(Fault("reading-cannot-open", file=file.name, err=err.strerror))  # fmt: skip
            continue
        mapping = with_layout(mapping, sheets, log)
        found = Found()
        for sheet in sheets:
            found.limits += limits_of_sheet(sheet, mapping)
        found.limits, unsure = agreed(found.limits)
        if unsure:
            log.note(
                f"{file.name}: tables of limits contradict each other for {', '.join(unsure)} and are not read there"
            )
        for sheet in sheets:
            synthetic = synthetic or _says_synthetic(sheet)
            read_sheet(sheet, mapping, log, found)
        founds.append((found, mapping))
    alone = [t for found, _ in founds if not found.parts for t in found.flows]
    for found, mapping in founds:
        if found.parts:
            own = any(t.has_flow for t in found.flows)
            found.flows += [t for t in alone if t.has_markers or not own]
        read, told = finish(found, mapping, log)
        parts += read
        faults += told
    for table in alone if not faults else []:
        tell_unused(table, log)
    return parts, faults, synthetic


def _says_synthetic(sheet: Sheet) -> bool:
    return any(isinstance(c, str) and _SYNTHETIC.search(c) for row in sheet.head[:8] for c in row)


def _read_places(
    found: dict[str, Path], faults: list[Fault]
) -> tuple[dict[str, dict[str, str]], list[tuple[str, str, float, float]]]:
    units: dict[str, dict[str, str]] = {}
    catchments: list[tuple[str, str, float, float]] = []
    try:
        if "units.csv" in found:
            units = place_tables.read_units(found["units.csv"])
        if "catchments.csv" in found:
            catchments = place_tables.read_catchments(found["catchments.csv"], units)
    except InputError as err:
        faults += err.faults
    return units, catchments


def _name_districts(parts: list[Part], units: dict[str, dict[str, str]]) -> None:
    """English names and codes of districts become the names of units.csv."""
    names = place_tables.district_names(units)
    if not names:
        return
    for part in parts:
        district = part.sample["district"]
        known = {d: names.get(str(d).casefold(), d) for d in set(district.tolist())}
        part.sample["district"] = np.array([known[d] for d in district], dtype=object)


def sample_data(name: str = "zhuzhou") -> Path:
    """Return the folder of a packaged data set.

    Parameters
    ----------
    name : str
        For example ``"zhuzhou"`` (synthetic).

    Raises
    ------
    InputError
        No such set; those that exist are listed.

    Examples
    --------
    >>> sample_data("zhuzhou").name
    'zhuzhou'
    """
    roots = [packaged.folder("samples")]
    roots.append(Path(__file__).resolve().parents[4] / "data" / "samples")
    for root in roots:
        if isinstance(name, str) and name and Path(name).name == name and (root / name).is_dir():
            return root / name
    known = sorted({p.name for root in roots if root.is_dir() for p in root.iterdir() if p.is_dir()})
    raise InputError([
        Fault("reading-data-set-unknown", name=name, known=', '.join(known) or 'none installed')
    ])  # fmt: skip
