"""Files that know their own truth: a small table, changed as people change tables, with what must be read from it.

Holds the tables and their changes; an outcome is right, asked, wrong, lost (a word without an end) or a traceback.
"""

from __future__ import annotations

import copy
import csv
import io
import random
import re
import sys
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl

from wbe.errors import WbeError
from wbe.reading import read_samples, reading_log, word_balance
from wbe.vocabulary import tidy

Key = tuple[str, str, str]
HEADS = {
    "en": ("district", "site", "date", "flow", "population", "analyte", "result", "unit", "LOD"),
    "zh": ("县市区", "采样点", "采样日期", "进水流量", "服务人口", "目标物", "浓度", "单位", "检出限"),
    "de": ("Bezirk", "Standort", "Datum", "Zufluss", "Einwohner", "Parameter", "Messwert", "Einheit", "Nachweisgrenze"),
    "fr": ("secteur", "station", "date de prélèvement", "débit", "habitants", "substance", "résultat", "unité",
           "limite de détection"),
    "es": ("distrito", "punto de muestreo", "fecha", "caudal", "habitantes", "sustancia", "resultado", "unidad",
           "límite de detección"),
}  # fmt: skip
OTHER = {
    0: ("county", "区县", "行政区", "municipality", "Landkreis"),
    1: ("WWTP", "污水处理厂", "plant", "Kläranlage", "EDAR", "点位", "facility name", "where taken"),
    2: ("sampling date", "取样日期", "Probenahmedatum", "Date Collected", "day taken"),
    3: ("inflow", "日处理量", "influent flow", "caudal diario", "Tageszufluss"),
    4: ("population served", "人口", "PE", "inhabitants"),
    5: ("compound", "化合物", "Test Name", "Component", "drug", "which one"),
    6: ("Calc. Conc.", "检测结果", "value", "measured value", "Amount", "outcome"),
}
NAMES = {
    "methamphetamine": ("METH", "甲基苯丙胺", "Methamphetamin", "méthamphétamine", "metanfetamina", "methamphetamine"),
    "ketamine": ("KET", "氯胺酮", "Ketamin", "kétamine", "ketamina", "ketamine"),
    "cocaine": ("COC", "可卡因", "Kokain", "cocaïne", "cocaína", "cocaine"),
    "mdma": ("MDMA", "MDMA", "MDMA", "MDMA", "MDMA", "ecstasy"),
    "morphine": ("MOR", "吗啡", "Morphin", "morphine", "morfina", "morphine"),
}
PLACES = (
    ("North", "Elm"),
    ("South", "Oak"),
    ("East", "Ash"),
    ("West", "Fir"),
    ("天元区", "河西厂"),
    ("荷塘区", "金山厂"),
)


@dataclass
class Case:
    """A table being changed: header cells by role, rows, what stands around it, and the truth."""

    rng: random.Random = field(compare=False)
    language: str
    kind: str
    heads: list[str] = field(default_factory=list)
    roles: list[str] = field(default_factory=list)
    rows: list[list[Any]] = field(default_factory=list)
    truth: dict[Key, str] = field(default_factory=dict)
    flow: dict[tuple[str, str], float] = field(default_factory=dict)
    above: list[list[Any]] = field(default_factory=list)
    below: list[list[Any]] = field(default_factory=list)
    decimal: str = "."
    encoding: str = "utf-8"
    suffix: str = ".csv"
    turned: bool = False
    asks: bool = False
    done: list[str] = field(default_factory=list)

    def at(self, role: str) -> int:
        """Index of a role's column; -1 where there is none."""
        return self.roles.index(role) if role in self.roles else -1

    def insert(self, where: int, head: str, role: str, cells: list[Any]) -> None:
        """A further column."""
        self.heads.insert(where, head)
        self.roles.insert(where, role)
        for row, cell in zip(self.rows, cells, strict=True):
            row.insert(where, cell)


def made(rng: random.Random) -> Case:
    """A plain table of a few samples."""
    language = rng.choice(list(HEADS))
    case = Case(rng, language, rng.choice(("wide", "long")))
    names = HEADS[language]
    pick = list(HEADS).index(language)
    spelt = {b: n[(0, 1, 2, 3, 4)[pick]] for b, n in NAMES.items()}
    drugs = rng.sample(list(NAMES), rng.randint(1, 3))
    places = rng.sample(PLACES, rng.randint(2, 3))
    days = rng.sample([f"2021-06-{d:02d}" for d in range(13, 29)], rng.randint(1, 2))
    base = [names[0], names[1], names[2], f"{names[3]} (m3/d)", names[4]]
    case.roles = ["district", "site", "date", "flow", "population"]
    if case.kind == "wide":
        case.heads = base + [f"{spelt[d]} (ng/L)" for d in drugs]
        case.roles += drugs
    else:
        case.heads = [*base, names[5], f"{names[6]} (ng/L)"]
        case.roles += ["analyte", "result"]
    for district, site in places:
        for day in sorted(days):
            flow = float(rng.randrange(10_000, 90_000, 10))
            case.flow[site, day] = flow
            cells = {d: _cell(rng) for d in drugs}
            for d, text in cells.items():
                case.truth[site, day, d] = text
            left = [district, site, day, int(flow), int(flow * 3)]
            if case.kind == "wide":
                case.rows.append([*left, *(_shown(cells[d], rng) for d in drugs)])
            else:
                case.rows += [[*left, spelt[d], _shown(cells[d], rng)] for d in drugs]
    return case


def _cell(rng: random.Random) -> str:
    kind = rng.random()
    number = round(rng.uniform(1, 500), rng.choice((0, 1, 1)))
    return f"{number:g}" if kind < 0.75 else f"<{rng.choice((0.5, 1, 2, 5)):g}" if kind < 0.9 else "nd"


def _shown(text: str, rng: random.Random) -> Any:
    if text == "nd":
        return rng.choice(("ND", "未检出", "n.d.", "not detected"))
    return text if text.startswith("<") else float(text)


def _results(case: Case) -> list[int]:
    return [i for i, r in enumerate(case.roles) if r in NAMES or r == "result"]


def swapped(c: Case) -> None:
    order = list(range(len(c.heads)))
    c.rng.shuffle(order)
    c.heads, c.roles = [c.heads[i] for i in order], [c.roles[i] for i in order]
    c.rows = [[r[i] for i in order] + r[len(order) :] for r in c.rows]


def renamed(c: Case) -> None:
    k = c.rng.choice(list(OTHER))
    i = c.at(("district", "site", "date", "flow", "population", "analyte", "result")[k])
    if i >= 0:
        tail = " (m3/d)" if k == 3 else " (ng/L)" if k == 6 else ""
        c.heads[i] = c.rng.choice(OTHER[k]) + tail


def word_beside(c: Case) -> None:
    head, words = c.rng.choice((
        ("remark", ("", "rain", "repeat of May")), ("备注", ("", "正常", "雨天")), ("analyst", ("AB", "CD")),
        ("weather", ("dry", "rain")), ("whatever", ("x", "y", "z")), ("Bemerkung", ("", "trocken")),
    ))  # fmt: skip
    where = c.rng.randrange(len(c.heads) + 1)
    c.insert(where, head, "word", [c.rng.choice(words) for _ in c.rows])


def sign_beside(c: Case) -> None:
    """Signs leave the numbers for a column of their own."""
    results = _results(c)
    if len(results) != 1:
        return
    i = results[0]
    signs = []
    for r in c.rows:
        below = isinstance(r[i], str) and r[i].startswith("<")
        signs.append("<" if below else "=" if isinstance(r[i], float) else "")
        if below:
            r[i] = float(r[i][1:])
    c.insert(
        i + c.rng.randint(0, 1),
        c.rng.choice(("sign", "符号", "operator", "Vorzeichen", "signo", "Qualifier")),
        "sign",
        signs,
    )


def unit_moved(c: Case) -> None:
    """The unit of the results goes to a title, to a column, or becomes another."""
    results = _results(c)
    how = c.rng.randrange(3)
    if how == 0:
        for i in results:
            c.heads[i] = c.heads[i].replace(" (ng/L)", "")
        c.above.append([c.rng.choice(("单位：ng/L", "Unit: ng/L", "units: ng/L"))])
    elif how == 1 and c.kind == "long":
        i = results[0]
        c.heads[i] = c.heads[i].replace(" (ng/L)", "")
        c.insert(i + 1, HEADS[c.language][7], "unit", ["ng/L"] * len(c.rows))
    elif all("(ng/L)" in c.heads[i] for i in results):
        for i in results:
            c.heads[i] = c.heads[i].replace("ng/L", "ug/L")
            for r in c.rows:
                r[i] = _scaled(r[i], 0.001)


def _scaled(cell: Any, by: float) -> Any:
    cell = unicodedata.normalize("NFKC", cell) if isinstance(cell, str) else cell
    if isinstance(cell, str) and cell[:1].isdigit():
        cell = float(cell)
    if isinstance(cell, float):
        return float(f"{cell * by:.12g}")
    return f"<{float(cell[1:]) * by:.12g}" if cell.startswith("<") else cell


def flow_unit(c: Case) -> None:
    i = c.at("flow")
    if "(m3/d)" in c.heads[i]:
        unit, by = c.rng.choice((("万m3/d", 1e-4), ("ML/d", 1e-3), ("m3/h", 1 / 24)))
        c.heads[i] = c.heads[i].replace("m3/d", unit)
        for r in c.rows:
            r[i] = float(f"{float(r[i]) * by:.12g}")


def rows_inserted(c: Case) -> None:
    kind = c.rng.choice(("blank", "total", "note", "control", "spike"))
    row: list[Any] = [""] * len(c.heads)
    site, flow = c.at("site"), c.at("flow")
    if kind == "total":
        row[min(c.at("district"), site)] = c.rng.choice(("合计", "Total", "mean", "平均"))
        row[flow] = sum(float(r[flow]) for r in c.rows if r[flow] != "") if "T" in str(row) or "合" in str(row) else ""
        c.below.append(row)
    elif kind == "note":
        c.below.append([c.rng.choice(("注：ND为未检出", "Note: results of one laboratory", "* ND: not detected"))])
    elif kind in ("control", "spike"):
        words = ("空白", "Method blank", "Field blank") if kind == "control" else ("加标样", "QC spike", "LCS")
        row[site] = row[c.at("district")] = c.rng.choice(words)
        row[c.at("date")] = c.rows[0][c.at("date")]
        for i in _results(c):
            row[i] = 0.1 if kind == "control" else 99.5
        if c.at("analyte") >= 0:
            row[c.at("analyte")] = c.rows[0][c.at("analyte")]
        c.below.append(row)
    else:
        c.below.append(row)
        c.below.append([""])


def titled(c: Case) -> None:
    c.above.insert(
        0,
        [
            c.rng.choice(
                ("2021年6月污水监测结果", "Results of June 2021", "Synthetic city (合成)", "Ergebnisse Juni 2021")
            )
        ],
    )
    if c.rng.random() < 0.5:
        c.above.append([])


def instrument(c: Case) -> None:
    head = c.rng.choice(("Area", "RT", "峰面积", "Retention Time", "S/N", "保留时间"))
    cells = [
        round(c.rng.uniform(3, 9), 2) if "R" in head or "时间" in head else c.rng.randrange(900, 90_000) for _ in c.rows
    ]
    c.insert(c.rng.randrange(len(c.heads) + 1), head, "instrument", cells)


def matrix(c: Case) -> None:
    c.insert(
        c.rng.randrange(len(c.heads) + 1),
        c.rng.choice(("matrix", "基质", "medium")),
        "matrix",
        ["influent"] * len(c.rows),
    )
    extra = [list(r) for r in c.rows[:2]]
    for r in extra:
        r[c.at("matrix")] = c.rng.choice(("effluent", "出水", "sludge"))
        for i in _results(c):
            r[i] = 3.3
    c.rows += extra


def dated(c: Case) -> None:
    i = c.at("date")
    how = c.rng.choice(
        ("{y}/{m}/{d}", "{y}年{m}月{d}日", "{d}.{m}.{y}", "{d}/{m}/{y}", "{y}.{m}.{d}", "{y}{m:02d}{d:02d}")
    )
    for r in c.rows:
        if isinstance(r[i], str) and r[i][:4] == "2021" and "-" in r[i]:
            y, m, d = map(int, r[i].split("-"))
            r[i] = how.format(y=y, m=m, d=d)


def decimal_comma(c: Case) -> None:
    if c.suffix == ".csv":
        c.decimal = ","


def limits(c: Case) -> None:
    if c.kind == "long" and "nd" not in c.truth.values():
        unit, value = c.rng.choice((("ng/L", 0.4), ("ug/L", 0.0004)))
        c.insert(len(c.heads), f"{HEADS[c.language][8]} ({unit})", "lod", [value] * len(c.rows))


def standard(c: Case) -> None:
    if c.kind == "wide":
        i = c.rng.choice(_results(c))
        name = c.heads[i].split(" (")[0]
        head = c.rng.choice(
            (f"{name}-d5 (ng/L)", f"{name} (IS) (ng/L)", f"{name} (内标) (ng/L)", f"{name} (effluent) (ng/L)")
        )
        c.insert(len(c.heads), head, "standard", [round(c.rng.uniform(80, 110), 1) for _ in c.rows])


def second_table(c: Case) -> None:
    """Another substance's table below, with its own title and header."""
    if c.kind != "wide" or len(_results(c)) != 1 or c.below or c.above or {"sign", "detected", "matrix"} & {*c.roles}:
        return
    other = c.rng.choice([d for d in NAMES if d not in c.roles])
    pick = list(HEADS).index(c.language)
    i = _results(c)[0]
    title, colon = c.rng.choice((("{}", ""), ("表2 {}", ""), ("Compound 2: {}", ""), ("检测项目：{}", "")))
    del colon
    head = list(c.heads)
    own = c.heads[i].split(" (")[0]
    c.above = [[title.replace("2", "1").format(own)]]
    c.heads[i] = head[i] = "result (ng/L)"
    lower = [list(r) for r in c.rows]
    for r in lower:
        value = _cell(c.rng)
        key = (str(r[c.at("site")]).strip(), _iso(str(r[c.at("date")])), other)
        c.truth[key] = value
        r[i] = _shown(value, c.rng)
    c.below = [[title.format(NAMES[other][pick])], head, *lower]


def _iso(text: str) -> str:
    digits = [t for t in "".join(ch if ch.isdigit() else " " for ch in text).split() if t]
    if len(digits) == 1 and len(digits[0]) == 8:
        return f"{digits[0][:4]}-{digits[0][4:6]}-{digits[0][6:]}"
    if len(digits[0]) == 4:
        return f"{digits[0]}-{int(digits[1]):02d}-{int(digits[2]):02d}"
    return f"{digits[2]}-{int(digits[1]):02d}-{int(digits[0]):02d}"


def respelt(c: Case) -> None:
    i = c.at("site")
    for r in c.rows:
        if c.rng.random() < 0.5:
            r[i] = c.rng.choice((f" {r[i]}", f"{r[i]} ", f"{r[i]}\u3000"))


def replicate(c: Case) -> None:
    c.rows.append(list(c.rows[-1]))


def detected(c: Case) -> None:
    results = _results(c)
    if len(results) == 1 and "sign" not in c.roles:
        i = results[0]
        said = ["no" if str(r[i])[:1] in "<＜nN未" else "yes" for r in c.rows]
        c.insert(i + 1, c.rng.choice(("detected", "是否检出", "Nachgewiesen")), "detected", said)


def encoded(c: Case) -> None:
    c.encoding = c.rng.choice(("utf-8-sig", "gb18030", "utf-16"))


def book(c: Case) -> None:
    c.suffix, c.decimal = ".xlsx", "."


def turned(c: Case) -> None:
    if c.kind == "wide" and not c.above and not c.below and len(_results(c)) >= 2:
        c.turned = True


def ragged(c: Case) -> None:
    """A filled cell under no header: only a question is right."""
    if c.suffix == ".csv" and not c.turned and "matrix" not in c.roles:
        c.rows[c.rng.randrange(len(c.rows))].append(round(c.rng.uniform(1, 99), 1))
        c.asks = True


def headless(c: Case) -> None:
    """A column of results loses its name: only a question is right."""
    if c.kind == "wide" and not c.turned:
        c.heads[c.rng.choice(_results(c))] = ""
        c.asks = True


def thousands(c: Case) -> None:
    i = c.at("flow")
    for r in c.rows:
        if isinstance(r[i], int) and r[i] >= 10_000:
            r[i] = f"{r[i]:,}"


def wide_digits(c: Case) -> None:
    table = str.maketrans("0123456789.<", "０１２３４５６７８９．＜")
    for i in _results(c):
        for r in c.rows:
            if (c.rng.random() < 0.3 and not isinstance(r[i], str)) or str(r[i]).startswith("<"):
                r[i] = str(f"{r[i]:.12g}" if isinstance(r[i], float) else r[i]).translate(table)


def unit_a_row(c: Case) -> None:
    """Rows of a long table have units of their own."""
    i = c.at("result")
    if i >= 0 and "ng/L" in c.heads[i] and "unit" not in c.roles:
        c.heads[i] = c.heads[i].replace(" (ng/L)", "")
        units = [c.rng.choice(("ng/L", "ug/L")) for _ in c.rows]
        for r, unit in zip(c.rows, units, strict=True):
            r[i] = _scaled(r[i], 0.001) if unit == "ug/L" else r[i]
        c.insert(i + 1, HEADS[c.language][7], "unit", units)


def grouped(c: Case) -> None:
    """Two header rows: what is measured above, the substances below."""
    if c.kind == "wide" and not c.above and not c.turned and all("(ng/L)" in c.heads[i] for i in _results(c)):
        results = _results(c)
        if results != list(range(results[0], results[-1] + 1)):
            return
        upper: list[Any] = ["" if i in results else h for i, h in enumerate(c.heads)]
        upper[results[0]] = c.rng.choice(("concentration (ng/L)", "浓度（ng/L）"))
        c.above = [upper]
        c.heads = [h.replace(" (ng/L)", "") if i in results else "" for i, h in enumerate(c.heads)]


def month_in_title(c: Case) -> None:
    """Days of the month under a title that gives the month."""
    i = c.at("date")
    if not c.above and all(str(r[i]).startswith("2021-06-") for r in c.rows):
        c.above = [["2021年6月检测结果"]]
        for r in c.rows:
            r[i] = f"{int(r[i][-2:])}日"


def slipped_sign(c: Case) -> None:
    """A second number of the same substance stands beside the first under a name of its own: the result as text."""
    results = _results(c)
    if c.kind == "long" and "sign" not in c.roles:
        i = results[0]
        texts = [f"{r[i]:.12g}" if isinstance(r[i], float) else r[i] for r in c.rows]
        for r in c.rows:
            if isinstance(r[i], str) and r[i].startswith("<"):
                r[i] = float(r[i][1:])
        c.insert(i + 1, c.rng.choice(("result_text", "原始结果", "reported result")), "sign", texts)


def person(c: Case) -> None:
    """A column about persons: only a refusal is right."""
    c.insert(c.rng.randrange(len(c.heads) + 1), c.rng.choice(("姓名", "手机号", "patient name")), "person",
             [c.rng.choice(("甲", "乙")) for _ in c.rows])  # fmt: skip
    c.asks = True


def per_head(c: Case) -> None:
    """The results are loads per head: only a refusal is right."""
    results = _results(c)
    if all("(ng/L)" in c.heads[i] for i in results):
        unit = c.rng.choice(("mg/d/1000 inhabitants", "mg/千人·天", "ug/person/day", "mg/day/1000 people"))
        for i in results:
            c.heads[i] = c.heads[i].replace("ng/L", unit)
        c.asks = True


CHANGES: tuple[Callable[[Case], None], ...] = (
    swapped, renamed, word_beside, sign_beside, unit_moved, flow_unit, rows_inserted, titled, instrument, matrix, dated,
    decimal_comma, limits, standard, second_table, respelt, replicate, detected, encoded, book, turned, ragged,
    headless, thousands, wide_digits, unit_a_row, grouped, month_in_title, slipped_sign, person, per_head,
)  # fmt: skip


def case_of(seed: int) -> Case:
    """A table with one to four changes."""
    rng = random.Random(seed)
    case = made(rng)
    for change in rng.sample(CHANGES, rng.choice((1, 2, 3, 3, 4))):
        kept = copy.deepcopy(case)
        try:
            change(case)
        except (ValueError, IndexError, TypeError, AttributeError):
            case = kept  # this change does not go with those before it
            continue
        if case != kept:
            case.done.append(change.__name__)
    return case


def write(case: Case, folder: Path) -> Path:
    """Write the file of a case."""
    rows: list[list[Any]] = [*case.above, case.heads, *case.rows, *case.below]
    if case.turned:
        rows = [[*r, *[""] * (max(map(len, rows)) - len(r))] for r in rows]
        rows = [list(r) for r in zip(*rows, strict=True)]
    path = folder / f"t{case.suffix}"
    if case.suffix == ".xlsx":
        workbook = openpyxl.Workbook(write_only=True)
        sheet = workbook.create_sheet("S")
        for row in rows:
            sheet.append([None if c == "" else c for c in row])
        workbook.save(path)
        return path
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";" if case.decimal == "," else ",", lineterminator="\n")
    for row in rows:
        writer.writerow([_written(c, case.decimal) for c in row])
    path.write_bytes(out.getvalue().encode(case.encoding))
    return path


def _written(cell: Any, decimal: str) -> str:
    text = f"{cell:.12g}" if isinstance(cell, float) else str(cell)
    number = isinstance(cell, float) or text.startswith("<")
    if decimal == "," and re.fullmatch(r"\d{2},\d{3}", text):
        return text.replace(",", ".")  # thousands
    return text.replace(".", decimal) if number else text


def outcome(case: Case, folder: Path) -> str:
    """What came of a case: right, asked, wrong, lost or traceback, with the reason behind a colon."""
    try:
        ds = read_samples(write(case, folder))
    except WbeError as err:
        return "right" if case.asks else f"asked: {getattr(err, 'faults', [err])[0].code}"
    except Exception as err:  # any other error is what this looks for
        return f"traceback: {type(err).__name__} {err}"
    if case.asks:
        return f"wrong: read {case.heads}"
    found: dict[Key, set[str]] = {}
    for i in range(ds.sizes["sample"]):
        site, day = str(ds["site"].values[i]), str(ds["time"].values[i])[:10]
        site = dict(PLACES).get(
            site, site
        )  # where the column of sites has no name that is known, districts stand for them
        flow = float(ds["flow"].values[i])
        if abs(flow - case.flow.get((site, day), -1)) > 1e-6 * flow:
            return f"wrong: flow of {site} {day} is {flow}"
        for j, b in enumerate(ds["biomarker"].values):
            flag = int(ds["flag"].values[i, j])
            if flag < 4:
                limit = next((float(ds[k].values[i, j]) for k in ("lod", "loq") if ds[k].values[i, j] > 0), None)
                number = f"{float(ds['concentration'].values[i, j]):.9g}"
                told = number if flag == 0 else f"<{limit:g}" if limit else "nd"
                found.setdefault((site, day, str(b)), set()).add(told)
    for key in {*found, *case.truth}:
        if found.get(key, set()) != {case.truth.get(key)}:
            return f"wrong: {key} is {sorted(found.get(key, set()))}, not {case.truth.get(key)}"
    return _lost_words(case, ds)


def _lost_words(case: Case, ds: Any) -> str:
    balance = word_balance(ds)
    if (balance[["read", "harmless", "asked", "unread"]].sum(axis=1) != balance["words"]).any():
        return "lost: the balance of words does not add up"
    told = {w["text"] for w in reading_log(ds).words}
    missing = [h for h in case.heads if not any(tidy(h)[:80] in t for t in told)]
    return f"lost: {missing}" if missing else "right"


def run(seeds: range) -> tuple[Counter[str], list[str]]:
    """Outcomes of many cases, and a line for each that is wrong, lost or a traceback."""
    counts: Counter[str] = Counter()
    bad, asked = [], Counter[str]()
    with tempfile.TemporaryDirectory() as folder:
        for seed in seeds:
            case = case_of(seed)
            end = outcome(case, Path(folder))
            kind = end.split(":")[0]
            counts[kind] += 1
            if kind == "asked":
                asked[end.removeprefix("asked: ")] += 1
            elif kind != "right":
                bad.append(f"{seed} {'+'.join(case.done)}: {end}")
    return counts, [*bad, *(f"asked {n}: {code}" for code, n in asked.most_common())]


def page(seeds: range) -> str:
    """The counts and what was asked, as text."""
    counts, lines = run(seeds)
    total = sum(counts.values())
    kinds = ("right", "asked", "wrong", "lost", "traceback")
    head = [f"{total} changed files, seeds {seeds.start}-{seeds.stop - 1}",
            *(f"{k:10s}{counts[k]:6d}  {100 * counts[k] / total:5.1f} %" for k in kinds)]  # fmt: skip
    return "\n".join([*head, "", *lines])


if __name__ == "__main__":
    start, stop = (int(a) for a in sys.argv[1:3])
    print(page(range(start, stop)))
