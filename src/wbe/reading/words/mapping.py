"""A mapping file: the user's answers to the questions that files raise, given once and for all.

Refuses unknown sections and words, so that a misspelt answer is not silently ignored. The grammar, in TOML::

    [columns]                    # header as the file writes it -> role, biomarker id, "<id> rep 2" or "ignore"
    "MA(ng/L)" = "methamphetamine"
    "进厂水" = "flow"
    "MATRIX" = {skip = ["SO"]}   # rows with these values are left out
    "QA" = {role = "flag", codes = {"1" = "detected", "2" = "below_loq"}}  # what codes stand for
    "*" = "ignore"               # every column that is not known
    [analytes]                   # name in an analyte column or header -> id or "ignore"
    "MET" = "methamphetamine"
    "*" = "ignore"               # every substance that is not known
"N-X" = {name = "brodifentanil", family = "nitazene", molar_mass = 396.5}  # one that the library does not list
    [units]                      # role -> unit where headers give none; or a spelling -> what it means
    concentration = "ng/L"
    population = "万人"
    "ppt" = "ng/L"
    [tokens]                     # result text -> not_detected, below_lod, below_loq, above_uloq, not_run,
    "N/A" = "not_run"            #                missing, rejected
    [constants]                  # what holds for every row that does not say otherwise
    district = "天元区"           # also: site, date, year, population, population_basis, sample_type, batch,
    population_basis = "census"  #       site_type, method_version; flow and population in canonical units
    [options]
    allow_missing_flow = false   # true: a sample with results may come without a flow
    less_than = "lod"            # "<0.5" lies below the "lod" or the "loq"
    decimal = "."                # or ","
    day_first = true             # how 03/04/2021 is meant
    date_format = "%d_%m_%Y"     # how dates are written, in the letters of strptime
    negative = "not_detected"    # what a negative number of an instrument stands for
    time_zone = "+08:00"         # where a time with an offset (…Z) is local
    synthetic = false            # true marks data that no laboratory measured, in every output
    title = "..."                # title of the dataset
    [sheets]
    skip = ["说明"]               # sheets that hold no samples
    [rows]                       # name of a place -> "total" of the others, or "sample" that only seems one
    "株洲市" = "total"
    [sites."天元污水处理厂"]       # facts of one site: district, population, population_basis, site_type, capacity
    district = "天元区"
    population = 320000
    [files."茶陵*.xlsx"]          # any of the sections above, for files whose name matches
    units.flow = "万m3/d"
    site = "茶陵污水厂"           # what holds for every row of that file
    [files."7月修订.csv"]
    replaces = "7月.csv"         # the samples of an earlier file that this one gives anew
"""

from __future__ import annotations

import fnmatch
import re
import tomllib
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from wbe.errors import Fault, InputError
from wbe.reading.words.cell import STATES
from wbe.vocabulary import biomarkers, header, table, tidy

__all__ = ["Mapping", "load_mapping"]

_SECTIONS = ("columns", "analytes", "units", "tokens", "constants", "options", "sheets", "rows", "sites",
             "files")  # fmt: skip
_OPTIONS = {"allow_missing_flow": bool, "less_than": str, "decimal": str, "day_first": bool, "synthetic": bool,
            "title": str, "date_format": str, "negative": str, "time_zone": str}  # fmt: skip
_CONSTANTS = (
    "district", "site", "date", "year", "population", "population_basis", "sample_type", "batch", "site_type",
    "method_version", "flow", "capacity",
)  # fmt: skip
#: what there is to choose from, for the faults of a section
_KNOWN = {"tokens": tuple(STATES), "options": tuple(_OPTIONS), "constants": _CONSTANTS}


@dataclass(frozen=True)
class Mapping:
    """The answers in force for one file; empty when the user gave none."""

    columns: dict[str, str] = field(default_factory=dict)
    analytes: dict[str, str] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    constants: dict[str, Any] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)
    sheets: dict[str, Any] = field(default_factory=dict)
    rows: dict[str, str] = field(default_factory=dict)
    sites: dict[str, dict[str, Any]] = field(default_factory=dict)
    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    rules: dict[str, dict[str, Any]] = field(default_factory=dict)
    substances: dict[str, dict[str, Any]] = field(default_factory=dict)

    def option(self, name: str, default: Any) -> Any:
        """Return an option, or its default."""
        return self.options.get(name, default)

    def for_file(self, name: str) -> Mapping:
        """Return the answers for one file: the general ones, and over them those of matching ``[files]``."""
        merged = {s: dict(getattr(self, s)) for s in (*_SECTIONS, "rules", "substances") if s != "files"}
        for pattern, sections in self.files.items():
            if fnmatch.fnmatch(name, pattern):
                for section, entries in _constants_apart(sections).items():
                    merged[section].update(_folded(section, entries))
                    if section == "columns":
                        merged["rules"].update(_rules(entries))
                    if section == "analytes":
                        merged["substances"].update(_substances(entries))
        return Mapping(**merged)


def _folded(section: str, entries: AnyMapping[str, Any]) -> dict[str, Any]:
    """Keys that quote a file are compared after folding typography."""
    if section == "columns":
        return {tidy(k): v if isinstance(v, str) else str(v["role"]) for k, v in entries.items()
                if isinstance(v, str) or "role" in v}  # fmt: skip
    if section == "analytes":
        return {tidy(k): v if isinstance(v, str) else str(v["name"]) for k, v in entries.items()}
    if section in ("units", "tokens", "rows", "sites"):
        return {tidy(k): v for k, v in entries.items()}
    return dict(entries)


def _rules(entries: AnyMapping[str, Any]) -> dict[str, dict[str, Any]]:
    """What columns say beyond their role: values whose rows are skipped, and what codes stand for."""
    return {
        tidy(k): {"skip": [str(w) for w in v.get("skip", [])],
                  "codes": {str(c): state for c, state in v.get("codes", {}).items()}}
        for k, v in entries.items() if isinstance(v, AnyMapping)
    }  # fmt: skip


def _substances(entries: AnyMapping[str, Any]) -> dict[str, dict[str, Any]]:
    """What the mapping says of substances that the vocabulary does not list."""
    told = [v for v in entries.values() if isinstance(v, AnyMapping)]
    return {str(v["name"]): {k: w for k, w in v.items() if k != "name"} for v in told}


def _constants_apart(sections: AnyMapping[str, Any]) -> dict[str, Any]:
    """``[files."X.xlsx"] site = "West"`` says the same as ``constants.site``."""
    plain = {k: v for k, v in sections.items() if k in _CONSTANTS and not isinstance(v, AnyMapping)}
    out = {k: v for k, v in sections.items() if k not in plain and k != "replaces"}
    return {**out, "constants": {**plain, **out.get("constants", {})}} if plain else out


def load_mapping(source: str | Path | AnyMapping[str, Any] | None) -> Mapping:
    """Read a mapping from a TOML file or a plain dictionary of the same shape.

    Raises
    ------
    InputError
        Not TOML, an unknown section, or an answer that is not one of the possible ones; all at once.

    Examples
    --------
    >>> load_mapping({"analytes": {"MET": "methamphetamine"}}).analytes
    {'MET': 'methamphetamine'}
    >>> load_mapping({"analites": {}})
    Traceback (most recent call last):
        ...
    wbe.errors.InputError: got section [analites]; needed one of columns, analytes, units, tokens, constants,
    options, sheets, rows, sites, files. Correct the mapping.
    """
    if source is None:
        return Mapping()
    name = None
    if isinstance(source, AnyMapping):
        data: dict[str, Any] = dict(source)
    else:
        path = Path(source)
        name = path.name
        try:
            data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        except FileNotFoundError:
            raise InputError([Fault("reading-mapping-absent", file=name)]) from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as err:
            raise InputError([Fault("reading-mapping-unreadable", file=name, said=str(err)[:120])]) from err
    faults = list(_faults(data, name))
    if faults:
        raise InputError(faults)
    return Mapping(**{s: _folded(s, data.get(s, {})) for s in _SECTIONS}, rules=_rules(data.get("columns", {})),
                   substances=_substances(data.get("analytes", {})))  # fmt: skip


def _faults(data: AnyMapping[str, Any], name: str | None, inside: str = "") -> list[Fault]:
    faults = []
    for section, entries in data.items():
        where = f"{inside}{section}"
        if section not in _SECTIONS:
            faults.append(Fault("reading-section-unknown", file=name, section=where, known=list(_SECTIONS)))
        elif not isinstance(entries, AnyMapping):
            faults.append(Fault("reading-section-no-table", file=name, section=where, given=repr(entries)[:60]))
        else:
            faults += _section_faults(section, entries, name, where)
    return faults


def _section_faults(section: str, entries: AnyMapping[str, Any], name: str | None, where: str) -> list[Fault]:
    faults = []
    for key, value in entries.items():
        code = _breach(section, key, value)
        if code:
            told: dict[str, Any] = {"key": str(key), "given": repr(value)[:80], "section": where}
            faults.append(Fault(code, file=name, **told, known=list(_KNOWN.get(section, ()))))
    if section == "files" and not faults:
        for pattern, sections in entries.items():
            faults += _faults(_constants_apart(sections), name, f"files.{pattern}.")
    return faults


def _rule_breach(value: AnyMapping[str, Any]) -> str:
    codes, skip = value.get("codes", {}), value.get("skip", [])
    ok = set(value) <= {"role", "skip", "codes"} and isinstance(skip, list) and isinstance(codes, AnyMapping)
    ok = ok and all(v in (*STATES, "detected") for v in codes.values())
    ok = ok and ("role" not in value or not _breach("columns", "", value["role"]))
    return "" if ok else "reading-answer-rule"


def _breach(section: str, key: str, value: Any) -> str:
    """The code of what is wrong with an answer; empty when it is right."""
    known = set(biomarkers()) | {"ignore"}
    if section == "columns" and isinstance(value, AnyMapping):
        return _rule_breach(value)
    if section == "columns":
        replicate = re.match(r"^(\S+) rep \d{1,2}$", str(value))
        ok = value in known or (replicate is not None and replicate.group(1) in known)
        ok = ok or value == "skip" or header(str(value)) is not None or value in table("headers")
        return "" if ok else "reading-answer-columns"
    if section == "analytes" and isinstance(value, AnyMapping):
        kinds = {"name": str, "family": str, "cas": str, "molar_mass": int | float}
        ok = bool(value.get("name")) and all(k in kinds and isinstance(v, kinds[k]) for k, v in value.items())
        ok = ok and value["name"] not in known and 0 <= value.get("molar_mass", 0) < 2000
        return "" if ok else "reading-answer-substance"
    if section == "analytes":
        return "" if isinstance(value, str) and value in known | {"cod"} else "reading-answer-analytes"
    if section == "tokens":
        return "" if value in STATES else "reading-answer-tokens"
    if section == "options":
        ok = key in _OPTIONS and isinstance(value, _OPTIONS[key])
        ok = ok and (key != "decimal" or value in (".", ",")) and (key != "less_than" or value in ("lod", "loq"))
        ok = ok and (key != "negative" or value in STATES) and (key != "date_format" or "%" in value)
        ok = ok and (key != "time_zone" or re.fullmatch(r"[+-]\d\d:\d\d", value) is not None)
        return "" if ok else "reading-answer-options"
    if section == "constants":
        return "" if key in _CONSTANTS else "reading-answer-constants"
    if section == "units":
        return "" if isinstance(value, str) else "reading-answer-units"
    if section == "rows":
        return "" if value in ("total", "sample") else "reading-answer-rows"
    if section == "sheets":
        return "" if key in ("skip", "read") and isinstance(value, list) else "reading-answer-sheets"
    return "" if isinstance(value, AnyMapping) else "reading-answer-tables"
