"""Write the synthetic Zhuzhou set as laboratories send it: one English CSV, then a Chinese workbook a month.

Holds the known truth behind the numbers and two writers. Refuses to look like a measurement: every file says
that it is synthetic, in its name row, its first line or a column. Run: ``python scripts/make_zhuzhou.py``.
"""

from __future__ import annotations

import csv
import datetime as dt
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

SEED = 20210624
FOLDER = Path(__file__).resolve().parents[1] / "data" / "samples" / "zhuzhou"
MONTHS = tuple(f"{y}-{m:02d}" for y in (2020, 2021) for m in range(1, 13))[6:]
NEW_METHOD_FROM = "2021-02"
DUMPING = ("石峰污水厂", dt.date(2021, 6, 24), 14.0)  # methamphetamine times 14, amphetamine unchanged
MISSING = ("炎陵县", "2021-05")
LABEL_ZH = "合成示例数据"
LABEL_EN = "SYNTHETIC example data; no laboratory measured these numbers"


@dataclass(frozen=True)
class Site:
    """One plant: its district, people served [1e4], sewage per person [L/d] and samples in a month."""

    name: str
    district: str
    people: float
    water: float
    days: int
    meth: float  # mg/d/1000 inhabitants in the first month
    slope: float = 0.0  # change of log load a month
    ketamine: float = 0.04
    amp_ratio: float = 0.08
    morphine: float = 5.0


SITES = (
    Site("天元污水厂", "天元区", 34.0, 330, 2, meth=60.0, slope=-0.075, ketamine=0.25, morphine=6.0),
    Site("荷塘污水厂", "荷塘区", 21.0, 300, 2, meth=9.0, slope=0.10, amp_ratio=0.085),
    Site("芦淞污水厂", "芦淞区", 24.0, 310, 2, meth=33.0, ketamine=0.9, morphine=7.5),
    Site("石峰污水厂", "石峰区", 22.0, 320, 2, meth=21.0, amp_ratio=0.09),
    Site("渌口污水厂", "渌口区", 13.0, 280, 2, meth=10.0, morphine=4.0),
    Site("醴陵第一污水厂", "醴陵市", 30.0, 290, 2, meth=26.0, morphine=8.0),
    Site("醴陵第二污水厂", "醴陵市", 17.0, 270, 2, meth=22.0, morphine=7.0),
    Site("攸县污水厂", "攸县", 31.0, 260, 2, meth=15.0, amp_ratio=0.075),
    Site("茶陵污水厂", "茶陵县", 26.0, 250, 1, meth=8.0, morphine=3.5),
    Site("炎陵污水厂", "炎陵县", 9.0, 240, 1, meth=6.0, morphine=3.5),
    Site("云龙污水厂", "云龙示范区", 23.0, 340, 2, meth=18.0, ketamine=0.15, amp_ratio=0.085),
)
UNITS = (
    ("天元区", "Tianyuan District", "430211", "county", ""),
    ("荷塘区", "Hetang District", "430202", "county", ""),
    ("芦淞区", "Lusong District", "430203", "county", ""),
    ("石峰区", "Shifeng District", "430204", "county", ""),
    ("渌口区", "Lukou District", "430212", "county", ""),
    ("醴陵市", "Liling City", "430281", "county", ""),
    ("攸县", "You County", "430223", "county", ""),
    ("茶陵县", "Chaling County", "430224", "county", ""),
    ("炎陵县", "Yanling County", "430225", "county", ""),
    ("云龙示范区", "Yunlong Demonstration Zone", "", "functional_zone", "石峰区"),
)
# share of a catchment's people in each unit; a weight for 石峰区 counts its part outside 云龙示范区
CATCHMENTS = (
    *((s.name, s.district, 1.0, 0.0) for s in SITES if s.name != "云龙污水厂"),
    ("云龙污水厂", "云龙示范区", 0.6, 0.10),
    ("云龙污水厂", "石峰区", 0.4, 0.15),
)
# biomarker: Chinese header, English name, LOD of the old and the new method [ng/L]; LOQ is three times the LOD
ANALYTES: dict[str, tuple[str, str, float, float]] = {
    "methamphetamine": ("甲基苯丙胺", "methamphetamine", 1.0, 0.5),
    "amphetamine": ("苯丙胺", "amphetamine", 0.5, 0.3),
    "ketamine": ("氯胺酮", "ketamine", 1.0, 0.5),
    "norketamine": ("去甲氯胺酮", "norketamine", 1.0, 0.5),
    "morphine": ("吗啡", "morphine", 2.0, 1.0),
    "6mam": ("O6-单乙酰吗啡", "6-monoacetylmorphine", 1.0, 0.5),
    "codeine": ("可待因", "codeine", 1.0, 0.5),
    "cocaine": ("可卡因", "cocaine", 0.5, 0.3),
    "benzoylecgonine": ("苯甲酰爱康宁", "benzoylecgonine", 0.5, 0.3),
    "mdma": ("MDMA", "MDMA", 0.5, 0.3),
    "cotinine": ("可替宁", "cotinine", 5.0, 5.0),
}
NEVER = ("6mam", "cocaine", "benzoylecgonine", "mdma")
LOQ_PER_LOD = 3.0
# log-sd of: the day's drug use, the month's use, taking the sample (old, new method), one analysis, one batch
DAY, MONTH, SAMPLING, ANALYSIS, BATCH = 0.10, 0.06, {"A": 0.25, "B": 0.12}, 0.07, 0.05


def method_of(month: str) -> str:
    """Name the sampling method in force: A took time-proportional composites, B flow-proportional ones."""
    return "B" if month >= NEW_METHOD_FROM else "A"


def sampling_days(month: str, site: Site) -> list[dt.date]:
    """Two days a month, about mid-month and on the 24th; plants with one sample keep the second."""
    year, number = (int(p) for p in month.split("-"))
    first = dt.date(year, number, 8 + (number * 3) % 6)
    return [first, dt.date(year, number, 24)][-site.days :]


def true_load(site: Site, month: str) -> dict[str, float]:
    """Expected population-normalised load of each biomarker [mg/d/1000 inhabitants]: the known truth."""
    age = MONTHS.index(month)
    meth = site.meth * float(np.exp(site.slope * age))
    return {
        "methamphetamine": meth,
        "amphetamine": meth * site.amp_ratio,
        "ketamine": site.ketamine,
        "norketamine": site.ketamine * 0.3,
        "morphine": site.morphine,
        "codeine": site.morphine * 0.45,
        "cotinine": 560.0,
        **dict.fromkeys(NEVER, 0.0),
    }


def measurements() -> list[dict[str, Any]]:
    """Draw every sample of the set: one dictionary each, concentrations in ng/L before any limit."""
    rng = np.random.default_rng(SEED)
    rows = []
    for month in MONTHS:
        method = method_of(month)
        batch = {name: np.exp(rng.normal(0, BATCH)) for name in ANALYTES}
        for site in SITES:
            load = true_load(site, month)
            monthly = {n: np.exp(rng.normal(0, 0.6 if "ketamine" in n else MONTH)) for n in ANALYTES}
            for metabolite, parent in (("amphetamine", "methamphetamine"), ("norketamine", "ketamine")):
                monthly[metabolite] = monthly[parent] * np.exp(rng.normal(0, 0.05))
            for day in sampling_days(month, site):
                row = _one_sample(rng, site, day, method, {n: load[n] * monthly[n] * batch[n] for n in ANALYTES})
                if (site.district, month) != MISSING:
                    rows.append({"month": month, **row})
    return rows


def _one_sample(
    rng: np.random.Generator, site: Site, day: dt.date, method: str, load: dict[str, float]
) -> dict[str, Any]:
    people = site.people * 1e4
    flow = people * site.water / 1000 * np.exp(rng.normal(0, 0.08))
    use = np.exp(rng.normal(0, DAY))  # one busy day moves every drug together
    taken = np.exp(rng.normal(0, SAMPLING[method]))
    litres_per_person = flow / people * 1000
    conc = {}
    for name, value in load.items():
        busy = 1.0 if name == "cotinine" else use
        conc[name] = value / litres_per_person * 1000 * busy * taken * np.exp(rng.normal(0, ANALYSIS))
    if (site.name, day) == DUMPING[:2]:
        conc["methamphetamine"] *= DUMPING[2]
    return {
        "site": site, "day": day, "method": method, "flow": float(flow), "people": people,
        "ammonium": float(7.0 / litres_per_person * 1000 * np.exp(rng.normal(0, 0.06))), "conc": conc,
    }  # fmt: skip


def limits(biomarker: str, method: str) -> tuple[float, float]:
    """LOD and LOQ [ng/L] of a biomarker under a method."""
    _, _, old, new = ANALYTES[biomarker]
    lod = old if method == "A" else new
    return lod, lod * LOQ_PER_LOD


def as_reported(value: float, biomarker: str, method: str, below_lod: str, below_loq: str) -> float | str:
    """Write one result as the laboratory does: three significant digits, or a word below the limits."""
    lod, loq = limits(biomarker, method)
    if value < lod:
        return below_lod
    if value < loq:
        return below_loq
    return float(f"{value:.3g}")


def write_csv(path: Path, rows: list[dict[str, Any]]) -> None:
    """Write the English year: a long export, one result a row, with a comment line that says what it is."""
    english = {name: en for name, en, *_ in UNITS}
    head = [
        "sample_id", "site", "district", "sampling_date", "sample_type", "method_version", "flow (m3/d)",
        "population (inhabitants)", "population_basis", "NH4-N (mg/L)", "batch", "analyte", "result (ng/L)",
        "LOD (ng/L)", "LOQ (ng/L)", "remark",
    ]  # fmt: skip
    with path.open("w", encoding="utf-8", newline="") as out:
        out.write(f"# {LABEL_EN}\n")
        table = csv.writer(out, lineterminator="\n")
        table.writerow(head)
        for row in rows:
            site: Site = row["site"]
            for name, value in row["conc"].items():
                lod, loq = limits(name, row["method"])
                result = as_reported(value, name, row["method"], "<LOD", "<LOQ")
                table.writerow([
                    sample_id(row), site.name, english[site.district], row["day"].isoformat(),
                    "time-proportional composite", row["method"], round(row["flow"]), round(row["people"]),
                    "estimated", f"{row['ammonium']:.1f}", row["month"], ANALYTES[name][1],
                    f"{result:g}" if isinstance(result, float) else result, f"{lod:g}", f"{loq:g}", "SYNTHETIC",
                ])  # fmt: skip


def sample_id(row: dict[str, Any]) -> str:
    """``ZZ-<plant number>-<date>``."""
    return f"ZZ-{SITES.index(row['site']) + 1:02d}-{row['day']:%Y%m%d}"


ZH_BEFORE = (
    "县市区",
    "采样点",
    "样品编号",
    "采样日期",
    "采样方式",
    "流量（万m³/d）",
    "服务人口（万人）",
    "人口口径",
    "氨氮（mg/L）",
)
ZH_AFTER = ("检测批次", "方法版本", "备注")


def write_workbook(path: Path, month: str, rows: list[dict[str, Any]]) -> None:
    """Write one Chinese month as a laboratory does: titles, merged headers and districts, words, footnotes."""
    import xlsxwriter

    book = xlsxwriter.Workbook(str(path))
    book.set_properties({"title": LABEL_ZH, "comments": LABEL_EN, "created": dt.datetime(2022, 1, 1)})
    year, number = (int(p) for p in month.split("-"))
    sheet = book.add_worksheet(f"{year}年{number}月")
    bold = book.add_format({"bold": True, "align": "center", "valign": "vcenter", "border": 1, "text_wrap": True})
    cell = book.add_format({"align": "center", "valign": "vcenter", "border": 1})
    date = book.add_format({"align": "center", "border": 1, "num_format": "yyyy-mm-dd"})
    names = list(ANALYTES)
    width = len(ZH_BEFORE) + len(names) + len(ZH_AFTER)
    sheet.merge_range(0, 0, 0, width - 1, f"株洲市{year}年{number}月生活污水毒品监测结果汇总表（{LABEL_ZH}）", bold)
    sheet.write(1, 0, f"数据性质：{LABEL_ZH}，非任何实验室的真实检测结果（SYNTHETIC）")
    _write_headers(sheet, names, bold)
    row_at = _write_body(sheet, month, rows, names, cell, date)
    total = {s.name: s.people for s in SITES if any(r["site"] is s for r in rows)}
    sheet.write_row(row_at, 0, ["合计", "", "", "", "", _mean_flow(rows), round(sum(total.values()), 2)], cell)
    for shift, (label, which) in enumerate((("检出限（ng/L）", 0), ("定量限（ng/L）", 1))):
        sheet.write(row_at + 1 + shift, 0, label, cell)
        for k, name in enumerate(names):
            sheet.write_number(row_at + 1 + shift, len(ZH_BEFORE) + k, limits(name, method_of(month))[which], cell)
    for k, note in enumerate(_footnotes(month)):
        sheet.write(row_at + 3 + k, 0, note)
    sheet.set_column(0, width - 1, 13)
    sheet.freeze_panes(4, 2)
    book.close()


def _write_headers(sheet: Any, names: list[str], bold: Any) -> None:
    """Two header rows: the analytes stand under one merged 浓度（ng/L）, the rest is merged downwards."""
    for k, text in enumerate(ZH_BEFORE):
        sheet.merge_range(2, k, 3, k, text, bold)
    first = len(ZH_BEFORE)
    sheet.merge_range(2, first, 2, first + len(names) - 1, "浓度（ng/L）", bold)
    for k, name in enumerate(names):
        sheet.write(3, first + k, ANALYTES[name][0], bold)
    for k, text in enumerate(ZH_AFTER):
        sheet.merge_range(2, first + len(names) + k, 3, first + len(names) + k, text, bold)


def _write_body(sheet: Any, month: str, rows: list[dict[str, Any]], names: list[str], cell: Any, date: Any) -> int:
    """Write the samples with the district merged over its rows; return the next free row."""
    below_loq = "＜LOQ" if int(month[-2:]) % 3 == 0 else "低于定量限"
    at = 4
    for district in dict.fromkeys(r["site"].district for r in rows):
        mine = [r for r in rows if r["site"].district == district]
        if len(mine) > 1:
            sheet.merge_range(at, 0, at + len(mine) - 1, 0, district, cell)
        else:
            sheet.write(at, 0, district, cell)
        for row in mine:
            site: Site = row["site"]
            sheet.write_row(at, 1, [site.name, sample_id(row)], cell)
            _write_date(sheet, at, row["day"], month, cell, date)
            kind = "24h流量比例混合样" if row["method"] == "B" else "24h等时混合样"
            sheet.write_row(at, 4, [kind, round(row["flow"] / 1e4, 3), site.people, "估算"], cell)
            sheet.write_number(at, 8, float(f"{row['ammonium']:.1f}"), cell)
            for k, name in enumerate(names):
                sheet.write(at, 9 + k, as_reported(row["conc"][name], name, row["method"], "未检出", below_loq), cell)
            remark = "复测一致" if (site.name, row["day"]) == DUMPING[:2] else ""
            sheet.write_row(at, 9 + len(names), [month, row["method"], remark], cell)
            at += 1
    return at


def _write_date(sheet: Any, at: int, day: dt.date, month: str, cell: Any, date: Any) -> None:
    """Three habits in turn: 2021年6月24日, 2021.06.24 and a true date cell."""
    style = int(month[-2:]) % 3
    if style == 0:
        sheet.write_string(at, 3, f"{day.year}年{day.month}月{day.day}日", cell)
    elif style == 1:
        sheet.write_string(at, 3, f"{day:%Y.%m.%d}", cell)
    else:
        sheet.write_datetime(at, 3, dt.datetime.combine(day, dt.time()), date)


def _mean_flow(rows: list[dict[str, Any]]) -> float:
    """Sum over plants of the mean flow [1e4 m3/d], as the 合计 row shows it."""
    flows: dict[str, list[float]] = {}
    for row in rows:
        flows.setdefault(row["site"].name, []).append(row["flow"])
    return round(sum(float(np.mean(f)) for f in flows.values()) / 1e4, 2)


def _footnotes(month: str) -> list[str]:
    notes = [
        f"注：1. 本表为{LABEL_ZH}，由程序按固定随机种子生成，服务人口亦为合成值，不得用于任何实际判断。",
        "2. 未检出表示低于检出限，低于定量限表示检出但未定量。",
    ]
    if month == NEW_METHOD_FROM:
        notes.append("3. 自本月起采样方法由时间比例混合样（A）改为流量比例混合样（B）。")
    if month == MISSING[1]:
        notes.append(f"3. {MISSING[0]}本月管网检修，未采样。")
    return notes


def write_places(folder: Path) -> None:
    """Write the table of units and the table of catchment shares."""
    for name, head, rows in (
        ("units.csv", ("unit", "name_en", "code", "kind", "contained_in"), UNITS),
        ("catchments.csv", ("site", "unit", "weight", "weight_cv"), CATCHMENTS),
    ):
        with (folder / name).open("w", encoding="utf-8", newline="") as out:
            table = csv.writer(out, lineterminator="\n")
            table.writerow(head)
            table.writerows(rows)


def write(folder: Path) -> list[Path]:
    """Write the whole set into ``folder`` and return the sample files."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = measurements()
    written = [folder / "2020.csv"]
    write_csv(written[0], [r for r in rows if r["month"] < "2021-01"])
    for month in (m for m in MONTHS if m >= "2021-01"):
        path = folder / f"株洲市{month[:4]}年{month[-2:]}月.xlsx"
        write_workbook(path, month, [r for r in rows if r["month"] == month])
        written.append(path)
    write_places(folder)
    return written


if __name__ == "__main__":
    for path in write(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER):
        print(path.name)
