"""Files that make the reader say each message, and what a user does about it; read by ``test_reading_remedies.py``.

``LINES``: the message ends with lines of a mapping, which the test takes from it and types.
``BY_HAND``: the message says what to write into the file; the second file has it written.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from beside import LINE, LONG, ROW, WIDE, days, long, wide

CORPUS = Path(__file__).parent / "corpus" / "files"
_SECTION = re.compile(
    r"\[(columns|analytes|units|tokens|constants|options|sheets|rows|sites|files)(?:\.\"([^\"]+)\")?\]"
)
_VALUE = r"\{(?:[^{}]|\{[^{}]*\})*\}|\[[^\]]*\]|\"[^\"]*\"|true|false|\d+"
_LINE = re.compile(rf"(\"[^\"]*\"|\w+) = ({_VALUE})")


@dataclass(frozen=True)
class Case:
    """A file (or files) that makes the reader ask, what stands for the dots, and questions that may follow."""

    files: Any
    fill: str = ""
    then: frozenset[str] = field(default_factory=frozenset)


def typed(step: str, fill: str) -> Iterator[dict[str, Any]]:
    """Every answer that a next step offers, as the mapping that a user types.

    Lines of one key are alternatives, and so are words in quotation marks behind a line; other lines belong together.
    """
    sections = list(_SECTION.finditer(step))
    for this, following in zip(sections, [*sections[1:], None], strict=False):
        text = step[this.end() : following.start() if following else None]
        head = this.group(1) if this.group(2) is None else f'{this.group(1)}."{this.group(2)}"'
        offered: dict[str, list[str]] = {}
        lines = list(_LINE.finditer(text))
        for line, after in zip(lines, [*lines[1:], None], strict=False):
            key, value = line.groups()
            rest = text[line.end() : after.start() if after else None]
            offered.setdefault(key, []).append(value)
            offered[key] += re.findall(r"\"[^\"]+\"", rest)
        if not lines and this.group(2):
            yield tomllib.loads(f"[{head}]")
        for k in range(max(map(len, offered.values()), default=0)):
            chosen = [f"{key} = {values[min(k, len(values) - 1)]}" for key, values in offered.items()]
            body = re.sub(r"\"(\.\.\.|<[^>]+>)\"", f'"{fill}"', "\n".join(chosen))
            yield tomllib.loads(f"[{head}]\n{body}")


def corpus(name: str) -> Path:
    return CORPUS / name


SECOND = ROW.replace("06-01", "06-02")
VERSION = f"{LONG}\n{LINE}20\n"
OF_MATRIX = frozenset({"reading-matrix-unknown", "reading-injection-unknown"})
LINES: dict[str, Case] = {
    "reading-bracket-unknown": Case(wide("120,30", ",KET (XY) (ng/L)")),
    "reading-codes-unknown": Case(days("20,1", "30,0", head=f"{LONG},detect code")),
    "reading-words-beside": Case(f"{WIDE},what\n{ROW}120,sludge\n{SECOND}90,alpha\n", then=OF_MATRIX),
    "reading-units-contradict": Case(long("20,0.5,ug/L", ",LOD (ng/L),LOD unit")),
    "reading-result-without-name": Case(wide("120,55", ",concentration (ng/L)")),
    "reading-mark-without-result": Case(wide("120,30,sunny,<", ",KET (ng/L),weather,sign")),
    "reading-mark-unknown": Case(wide("120,ZZ", ",sign")),
    "reading-row-in-doubt": Case(f"{WIDE}\n{ROW}120\n{SECOND.replace('P1', 'QC1')}90\n"),
    "reading-matrix-unknown": Case(f"{WIDE},matrix\n{ROW}120,XQ\n{SECOND}9,influent\n"),
    "reading-injection-unknown": Case(f"{WIDE},injection type\n{ROW}120,XQ\n{SECOND}9,sample\n"),
    "reading-clock-unread": Case(wide("120,25:99", ",clock")),
    "reading-fraction-unknown": Case(f"{WIDE},fraction\n{ROW}120,XQ\n{SECOND}9,dissolved\n{SECOND}12,total\n"),
    "reading-fraction-alone": Case(f"{WIDE},fraction\n{ROW}120,dissolved\n{ROW}9,suspended\n"),
    "reading-no-sewage": Case({"t.xlsx": {"A": wide("120"), "B": f"{WIDE},matrix\n{ROW}120,sludge\n"}}, fill="B"),
    "reading-volume-without-time": Case(corpus("248_volume_of_unknown_time.csv")),
    "reading-other-water": Case(f"effluent results,,,,,,\n{wide('120')}"),
    "reading-two-versions": Case({"a.csv": VERSION, "b.csv": VERSION.replace(",20\n", ",25\n")}),
    "reading-unit-missing": Case(wide("120").replace("flow (m3/d)", "flow")),
    "reading-unit-ambiguous": Case(corpus("52_ppt.csv")),
    "reading-treated-sewage": Case(corpus("190_treated_sewage.csv")),
    "reading-people-without-unit": Case(corpus("69_population_in_wan.csv")),
    "reading-second-column": Case(wide("120,50000,40000", ",rainfall (mm),precipitation (mm)")),
    "reading-results-without-unit": Case(corpus("54_no_unit.csv")),
    "reading-token-ambiguous": Case(wide("N/A")),
    "reading-limit-without-unit": Case(corpus("136_one_limit_two_units.csv")),
    "reading-dilution": Case(corpus("220_dilution.csv")),
    "reading-percent-or-share": Case(corpus("122_share_answered.csv")),
    "reading-second-column-differs": Case(corpus("137_two_populations.csv")),
    "reading-numbered-columns": Case(corpus("165_numbered_columns.csv")),
    "reading-personal-data": Case(corpus("62_person.csv"), then=frozenset({"reading-no-place"})),
    "reading-analyte-twice": Case(corpus("66_two_columns_one_drug.csv")),
    "reading-substance-not-named": Case(corpus("233_sheet_of_an_unnamed_substance.xlsx"), fill="ketamine"),
    "reading-city-beside-districts": Case(corpus("290_sheet_of_the_city.xlsx"), fill="株洲市"),
    "reading-whole-beside-plants": Case({"t.xlsx": {"A": wide("120"), "B": wide("90").replace("P1", "D1")}}, fill="B"),
    "reading-remark-may-void": Case(corpus("320_a_void_replicate.csv")),
    "reading-no-place": Case(wide("120").replace("D1,P1", ","), fill="D1"),
    "reading-no-dates": Case(wide("120").replace("date", "weather").replace("2021-06-01", "sunny")),
    "reading-date-without-year": Case(wide("120").replace("2021-06-01", "6月1日")),
    "reading-date-either-way": Case(wide("120").replace("2021-06-01", "03/04/2021")),
    "reading-date-offset": Case(wide("120").replace("2021-06-01", "2021-06-01T08:00:00Z")),
    "reading-no-flow-column": Case(wide("120").replace("flow (m3/d),", "").replace("50000,", "")),
    "reading-no-flow": Case(f"{WIDE}\n{ROW}120\n{SECOND.replace('50000', '')}90\n"),
    "reading-more-without-flow": Case(
        days(*["90"] * 22, head=WIDE, line=ROW.replace("50000", "")) + ROW.replace("06-01", "07-01") + "90\n"
    ),
    "reading-across": Case(corpus("181_unnamed_across.xlsx")),
    "reading-header-ambiguous": Case(wide("120").replace("METH", "MET")),
    "reading-total-of-districts": Case(corpus("212_city_answered.csv")),
    "reading-sum-of-others": Case(corpus("214_unnamed_sum.csv")),
    "reading-comma-or-thousands": Case(wide("120").replace(",", ";").replace("50000", "50,000")),
    "reading-point-or-thousands": Case(corpus("112_point_answered.csv")),
    "reading-salt": Case(corpus("139_salt.csv")),
    "vocabulary-several-meanings": Case(f"{LONG}\n{LINE.replace('methamphetamine', 'MET')}20\n"),
    "vocabulary-unknown-substance": Case(
        f"{LONG}\n{LINE}20\n{LINE.replace('methamphetamine', 'metamphetamin')}55\n", fill="methamphetamine"
    ),
    "vocabulary-not-in-sewage": Case(wide("120,4", ",笑气 (ng/L)")),
}


@dataclass(frozen=True)
class Pair:
    """What makes the reader refuse, and the same with the next step done; answers of a mapping beside each."""

    broken: Any
    mended: Any
    answers: Any = None
    answered: Any = None
    kind: str = "csv"


GOOD = wide("120")
QUOTED = '"50,000"'
UNITS = "unit,name_en,code,kind,contained_in\nD1,One,1,county,\nD2,Two,2,county,\n"
SHARES = "site,unit,weight,weight_cv\nP1,D1,0.4,0.1\nP1,D2,0.6,0.1\n"
OF_DAY = "site,date,METH (ng/L)\nP1,2021-06-01,120\n"
FLOW = "site,date,flow (m3/d)\nP1,2021-06-01,5\n"
TURNED = ",alpha,beta\n甲基苯丙胺（ng/L）,120,130\n流量（m3/d）,5,6\n日期,2021-06-01,2021-06-02\n"
HOURS = "site,date,hour,flow (m3/d)\n"
AMMONIUM = "site,date,flow (m3/d),METH (ng/L),NH4-N (mg/L)\nP1,2021-06-01,5,120,25\n"
KETAMINE = LINE.replace("methamphetamine", "ketamine")
OTHER = LINE.replace("S1", "S2").replace("06-01", "06-02")
CROSS = "Sample,,A 1,A 2\nAnalyte,LLOQ (ng/mL),2021-06-01 North,2021-06-02 North\nKetamine,0.05,1.5,2\n"
SPEC: dict[str, Any] = {"unit": "ng/mL", "label": r"(?P<date>\d{4}-\d\d-\d\d) (?P<site>\w+)"}


def places(units: str = UNITS, shares: str = SHARES) -> dict[str, str]:
    return {"t.csv": GOOD, "units.csv": units, "catchments.csv": shares}


def cross(text: str, mended: str = CROSS, **spec: Any) -> Pair:
    """A crosstab whose file, or whose mapping, is wrong."""
    answers = {"layout": "crosstab", "crosstab": {k: v for k, v in {**SPEC, **spec}.items() if v is not None}}
    return Pair(text, mended, answers, {"layout": "crosstab", "crosstab": SPEC}, "xlsx")


def answer(section: str, wrong: Any, right: Any) -> Pair:
    """A mapping with an answer that is none, and one that is."""
    return Pair(GOOD, GOOD, {section: wrong}, {section: right})


BY_HAND: dict[str, Pair] = {
    "reading-ragged-row": Pair(
        f"{WIDE}\n{ROW.replace('50000', '50,000')}120\n", f"{WIDE}\n{ROW.replace('50000', QUOTED)}120\n"
    ),
    "reading-no-header": Pair(wide("120,7", ","), wide("120,7", ",weather"), kind="xlsx"),
    "reading-copied-file": Pair({"a.csv": VERSION, "b.csv": VERSION}, VERSION),
    "reading-date-among-results": Pair(wide("06.01"), wide("6.1")),
    "reading-unit-wrong": Pair(GOOD.replace("m3/d", "kg"), GOOD),
    "reading-constant-unknown": answer("constants", {"sample_type": "bucket"}, {"sample_type": "24h_composite"}),
    "reading-basis-unknown": answer("constants", {"population_basis": "hearsay"}, {"population_basis": "census"}),
    "reading-cell-no-number": Pair(GOOD.replace("50000", "many"), GOOD),
    "reading-end-before-start": Pair(wide("120,2021-05-30", ",sampling end"), wide("120,2021-06-02", ",sampling end")),
    "reading-end-no-date": Pair(wide("120,later", ",sampling end"), wide("120,2021-06-02", ",sampling end")),
    "reading-negative": Pair(GOOD.replace("50000", "-50000"), GOOD),
    "reading-limit-no-number": Pair(wide("120,low", ",METH LOD (ng/L)"), wide("120,0.5", ",METH LOD (ng/L)")),
    "reading-unit-contradicts-header": Pair(wide("120,ug/L", ",unit"), wide("120,ng/L", ",unit")),
    "reading-limit-row-no-number": Pair(f"{GOOD}LOD,,,,,,low\n", f"{GOOD}LOD,,,,,,0.5\n"),
    "reading-cell-unit-ambiguous": Pair(wide("<12 ppt"), wide("<12 ng/L")),
    "reading-cell-unit-wrong": Pair(wide("12 m3/d"), wide("12 ng/L")),
    "reading-second-limit-row": Pair(f"{GOOD}LOD,,,,,,0.5\nLOD,,,,,,0.7\n", f"{GOOD}LOD,,,,,,0.5\n"),
    "reading-impossible-size": Pair(GOOD.replace("50000", "50000000000"), GOOD),
    "reading-ten-thousand-twice": Pair(
        GOOD.replace("(inhabitants)", "(万人)").replace("100000", "10万"),
        GOOD.replace("(inhabitants)", "(万人)").replace("100000", "10"),
    ),
    "reading-impossible-strength": Pair(GOOD.replace("ng/L", "g/L"), GOOD),
    "reading-result-without-analyte": Pair(
        f"{VERSION}{LINE.replace('methamphetamine', '')}5\n", f"{VERSION}{KETAMINE}5\n"
    ),
    "reading-rows-disagree": Pair(f"{VERSION}{KETAMINE.replace('50000', '60000')}5\n", f"{VERSION}{KETAMINE}5\n"),
    "reading-result-without-unit": Pair(
        f"{LONG.replace(' (ng/L)', '')},unit\n{LINE}20,ng/L\n{OTHER}30,\n",
        f"{LONG.replace(' (ng/L)', '')},unit\n{LINE}20,ng/L\n{OTHER}30,ng/L\n",
    ),
    "reading-unit-cell-contradicts": Pair(long("20,ug/L", ",unit"), long("20,ng/L", ",unit")),
    "reading-header-without-rows": Pair(f"{WIDE}\n", GOOD),
    "reading-more-faults": Pair(days(*["120"] * 30, head=WIDE, line="D1,,2021-19-01,-1,-1,registered,"), GOOD),
    "reading-several-flows": Pair(
        {"t.xlsx": {"A": OF_DAY, "B": f"{FLOW}P1,2021-06-01,6\n"}}, {"t.xlsx": {"A": OF_DAY, "B": FLOW}}
    ),
    "reading-hours-missing": Pair(
        {"t.xlsx": {"A": OF_DAY, "B": HOURS.replace("m3/d", "m3/h") + "P1,2021-06-01,8:00,2\n"}},
        {"t.xlsx": {"A": OF_DAY, "B": HOURS + "P1,2021-06-01,8:00,2\n"}},
    ),
    "reading-marker-twice": Pair(
        {"t.xlsx": {"A": AMMONIUM, "B": "site,date,NH4-N (mg/L)\nP1,2021-06-01,30\n"}},
        {"t.xlsx": {"A": AMMONIUM, "B": "site,date,NH4-N (mg/L)\nP1,2021-06-01,\n"}},
    ),
    "reading-flow-of-several-sites": Pair(
        {
            "t.xlsx": {
                "A": "district,site,date,METH (ng/L)\nD1,P1,2021-06-01,120\nD1,P2,2021-06-01,130\n",
                "B": "district,date,flow (m3/d)\nD1,2021-06-01,5\n",
            }
        },
        {
            "t.xlsx": {
                "A": "district,site,date,METH (ng/L)\nD1,P1,2021-06-01,120\nD1,P2,2021-06-01,130\n",
                "B": "district,site,date,flow (m3/d)\nD1,P1,2021-06-01,5\nD1,P2,2021-06-01,6\n",
            }
        },
    ),
    "reading-date-bare-number": Pair(GOOD.replace("2021-06-01", "6"), GOOD),
    "reading-date-blank": Pair(
        f"{WIDE}\n{ROW}120\n{ROW.replace('2021-06-01', '')}90\n", f"{WIDE}\n{ROW}120\n{SECOND}90\n"
    ),
    "reading-date-unread": Pair(GOOD.replace("2021-06-01", "2021-06-31"), GOOD),
    "reading-more-dates": Pair(days(*["1"] * 25, head=WIDE, line=ROW.replace("2021-06", "2021-17")), GOOD),
    "reading-merged-number": Pair(corpus("142_one_result_for_two_days.xlsx"), f"{WIDE}\n{ROW}120\n{SECOND}120\n"),
    "reading-place-columns": Pair(places(shares="site,weight\nP1,1\n"), places()),
    "reading-contained-in-unknown": Pair(places(units=UNITS.replace("county,\nD2", "county,X\nD2")), places()),
    "reading-weight-no-share": Pair(places(shares=SHARES.replace("0.4", "40")), places()),
    "reading-weights-above-one": Pair(places(shares=SHARES.replace("0.4", "0.8")), places()),
    "reading-weight-cv": Pair(places(shares=SHARES.replace("0.4,0.1", "0.4,-1")), places()),
    "reading-unit-of-place-unknown": Pair(places(shares=SHARES.replace("D2", "D9")), places()),
    "reading-pair-again": Pair(places(shares=SHARES.replace("D2", "D1")), places()),
    "reading-site-without-place": Pair(
        places(shares="site,unit,weight\nP9,D1,1\n", units=UNITS.replace("D1,", "D8,").replace("D2", "D1"))
        | {"t.csv": GOOD.replace("D1", "D7")},
        places(),
    ),
    "reading-unit-again": Pair(places(units=f"{UNITS}D2,Two,2,county,\n"), places()),
    "reading-unit-blank": Pair(places(units=f"{UNITS},Two,2,county,\n"), places()),
    "reading-unit-kind": Pair(places(units=UNITS.replace("2,county", "2,moon")), places()),
    "reading-empty-file": Pair("", GOOD),
    "reading-no-workbook-inside": Pair({"a.xls": b"\x00\x01\x02\x03 no workbook \x00"}, GOOD),
    "reading-web-page": Pair("<html><body>Table</body></html>", GOOD),
    "reading-too-many-columns": Pair(",".join(["a"] * 5000) + "\n", GOOD),
    "reading-unknown-encoding": Pair(b"site,date\n\xff\xfe\x81\x20\xff\xff,\xc3\x28\xa0\xa1\n", GOOD),
    "reading-binary": Pair(b"site,date\nP1\x00,2021\n", GOOD),
    "reading-damaged-archive": Pair({"t.csv.gz": b"\x1f\x8b\x08\x00broken"}, GOOD),
    "reading-uncut-line": Pair(f'{WIDE}\n"{ROW}' + "x" * 200_000, GOOD),
    "reading-section-unknown": Pair(GOOD, GOOD, {"colums": {}}, {"columns": {}}),
    "reading-section-no-table": Pair(GOOD, GOOD, {"columns": "x"}, {"columns": {"x": "ignore"}}),
    "reading-answer-columns": answer("columns", {"x": "moon"}, {"x": "ignore"}),
    "reading-answer-rule": answer("columns", {"x": {"skip": "SO"}}, {"x": {"skip": ["SO"]}}),
    "reading-answer-analytes": answer("analytes", {"MA": "moon"}, {"MA": "methamphetamine"}),
    "reading-answer-substance": answer(
        "analytes",
        {"N-X": {"family": "nitazene"}},
        {"N-X": {"name": "brodifentanil", "family": "nitazene", "molar_mass": 396.5}},
    ),
    "reading-answer-tokens": answer("tokens", {"N/A": "moon"}, {"N/A": "not_run"}),
    "reading-answer-options": answer("options", {"decimal": ";"}, {"decimal": "."}),
    "reading-answer-constants": answer("constants", {"colour": "red"}, {"district": "D1"}),
    "reading-answer-units": answer("units", {"flow": 3}, {"flow": "m3/d"}),
    "reading-answer-rows": answer("rows", {"D1": "moon"}, {"D1": "sample"}),
    "reading-answer-sheets": answer("sheets", {"skip": "A"}, {"skip": ["A"]}),
    "reading-answer-tables": answer("sites", {"P1": "D1"}, {"P1": {"district": "D1"}}),
    "reading-crosstab-key": cross(CROSS, units="x"),
    "reading-crosstab-no-unit": cross(CROSS, unit=None),
    "reading-crosstab-unit": cross(CROSS, unit="m3/d"),
    "reading-crosstab-pattern": cross(CROSS, label="(?P<date"),
    "reading-crosstab-no-sheet": cross(CROSS, sheet="Other"),
    "reading-crosstab-no-substances": cross(CROSS.replace("Ketamine", "water")),
    "reading-crosstab-limit-unit": cross(CROSS.replace("LLOQ (ng/mL)", "LLOQ"), CROSS),
    "reading-crosstab-limit": cross(CROSS.replace("0.05", "low")),
    "reading-crosstab-row-again": cross(f"{CROSS}Ketamine,0.05,1,2\n"),
    "reading-crosstab-no-header": cross(CROSS.replace("1.5,2", "1.5,2,9")),
    "reading-crosstab-variant": cross(CROSS, variant=[{"match": "^A 1$"}]),
    "reading-crosstab-label": cross(CROSS.replace("2021-06-02 North", "yesterday")),
    "reading-crosstab-date": cross(CROSS.replace("2021-06-02 North", "2021-06-32 North")),
    "reading-crosstab-sample-again": cross(CROSS.replace("A 2", "A 1")),
    "reading-crosstab-no-samples": cross(CROSS, first_sample_column="F"),
    "reading-workbook-without-cells": Pair({"t.xlsx": {"A": ","}}, GOOD),
    "reading-crosstab-empty": cross(",\n"),
    "reading-across-unnamed": Pair({"t.xlsx": {"A": TURNED}}, {"t.xlsx": {"A": f"污水厂{TURNED}"}}),
    "reading-folder-without-table": Pair({"a.doc": "x", "b.doc": "x"}, GOOD),
    "reading-mapped-file-missing": Pair(
        {"a.csv": "x", "b.csv": "x"},
        CROSS,
        {"layout": "crosstab", "file": "c.xlsx", "crosstab": SPEC},
        {"layout": "crosstab", "crosstab": SPEC},
        "xlsx",
    ),
}

OWN = "place,month,methamphetamine (mg/d/1000 inhabitants)\nA,2021-06,120\n"
DAYS = "country,city,year,Metabolite,{}\n"
#: tables of published loads: broken, and mended as the message says
LOADS: dict[str, tuple[str, str]] = {
    "exchange-load-unit": (OWN.replace("mg/d/1000 inhabitants", "ng/L"), OWN),
    "exchange-load-no-unit": (OWN.replace(" (mg/d/1000 inhabitants)", ""), OWN),
    "exchange-load-name": (
        "place,month,drug,load,unit\nA,2021-06,moonshine,5,mg/d/1000 inhabitants\n",
        "place,month,drug,load,unit\nA,2021-06,cocaine,5,mg/d/1000 inhabitants\n",
    ),
    "exchange-load-role": (OWN.replace("month", "colour").replace("2021-06", ""), OWN),
    "exchange-load-unread": (OWN.replace("inhabitants)", "inhabitants),colour").replace("120", "120,red"), OWN),
    "exchange-load-month": (OWN.replace("2021-06", "2021-16"), OWN),
    "exchange-load-twice": (f"{OWN}A,2021-06,130\n", f"{OWN}B,2021-06,130\n"),
    "exchange-load-number": (OWN.replace("120", "many"), OWN),
    "exchange-load-repeated-header": (OWN.replace("place", "month"), OWN),
    "exchange-load-ragged": (OWN.replace("120", "1,200"), OWN.replace("120", '"120"')),
    "exchange-no-load-file": ("\n", OWN),
}
#: messages that no test types, with the reason
NO_FORM = {
    "reading-too-large": "takes a packed file of more than 300 MB",
    "reading-file-too-large": "takes a file of more than 1 GB",
    "reading-sheet-too-wide": "by tests/reading/test_reading_hostile.py; deleting what lies right of the table",
    "reading-cells-spread": "by tests/reading/test_reading_hostile.py; deleting stray cells",
    "reading-value-repeated": "by tests/reading/test_reading_hostile.py; deleting the filled area",
    "reading-unpacks-too-large": "by tests/reading/test_reading_hostile.py; saving without empty formatted rows",
    "reading-sheet-without-part": "a workbook that a program broke; the whole file must be sent",
    "reading-damaged-workbook": "a workbook that a program broke; the whole file must be sent",
    "reading-protected-workbook": "a password that only its owner can take away",
    "reading-password": "a password that only its owner can take away",
    "reading-workbook-damaged": "a workbook that a program broke; it must be saved again",
    "reading-cannot-open": "rights of the system, which the account of the tests does not lack",
    "reading-database-too-long": "takes more than five million rows",
    "reading-database-said": "what a server or driver says; by tests/exchange/test_database.py",
    "exchange-breach": "the laboratory's file must be read anew",
    "exchange-no-description": "leads to read_samples, whose messages are typed here",
    "exchange-outside": "by tests/exchange/test_exchange_hostile.py; a file built to harm",
    "exchange-too-much": "by tests/exchange/test_exchange_hostile.py; a file built to harm",
    "exchange-no-averaging-rule": "a row of data that its source must give",
    "exchange-load-biomarker": "a row of data that its source must give",
    "exchange-load-column": "the agency's file must be downloaded again",
    "exchange-load-repeated": "the agency's file must be downloaded again",
    "exchange-load-row": "the agency's file must be downloaded again",
    "exchange-odm-breach": "another program's tables, which it must write again",
    "exchange-odm-table": "another program's tables, which it must write again",
    "exchange-odm-column": "another program's tables, which it must write again",
    "exchange-odm-number": "another program's tables, which it must write again",
}
