"""Twenty files written from the cases' words alone, before any rule of the reader was looked at.

Holds each file's rows and what it must give: numbers by place and biomarker, or a question.
"""

from __future__ import annotations

import csv
import io
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import openpyxl
import xarray as xr

from wbe.errors import WbeError
from wbe.reading import read_samples


@dataclass(frozen=True)
class Blind:
    """One file: its language, its format, its rows and what must come.

    ``right`` maps (place, biomarker) to a text: ``120`` detected, ``<0.5`` below that limit, ``nd`` not
    detected, with or without a limit. ``flow`` maps a place to m3/d. ``asks`` says that only a question is right;
    ``may_ask`` that a question is as right as the numbers. ``ammonium`` maps a district to mg/L of nitrogen.
    """

    name: str
    language: str
    suffix: str
    rows: tuple[tuple[object, ...], ...]
    right: dict[tuple[str, str], str] = field(default_factory=dict)
    flow: dict[str, float] = field(default_factory=dict)
    asks: bool = False
    may_ask: bool = False
    separator: str = ","
    raw: str = ""
    ammonium: dict[str, float] = field(default_factory=dict)

    def write(self, folder: Path) -> Path:
        """Write the file into a folder and give its path."""
        path = folder / f"{self.name}{self.suffix}"
        if self.suffix == ".xlsx":
            book = openpyxl.Workbook()
            sheet = book.active
            assert sheet is not None
            for row in self.rows:
                sheet.append(list(row))
            book.save(path)
        elif self.raw:
            path.write_text(self.raw, encoding="utf-8")
        else:
            text = io.StringIO()
            csv.writer(text, delimiter=self.separator, lineterminator="\n").writerows(self.rows)
            path.write_text(text.getvalue(), encoding="utf-8")
        return path


def told(ds: xr.Dataset, file: Blind) -> dict[tuple[str, str], str]:
    """What a dataset says of each place and biomarker, in the words of ``right``; several samples behind bars."""
    out: dict[tuple[str, str], str] = {}
    names = {p for p, _ in file.right}
    for i in range(ds.sizes["sample"]):
        said = (str(ds[c].values[i]) for c in ("district", "site", "city") if c in ds)
        place = next((s for s in said if s in names), str(ds["site"].values[i]))
        for j, b in enumerate(ds["biomarker"].values):
            flag = int(ds["flag"].values[i, j])
            if flag >= 4:
                continue
            limit = next((float(ds[k].values[i, j]) for k in ("lod", "loq") if ds[k].values[i, j] > 0), None)
            value = f"{float(ds['concentration'].values[i, j]):.10g}" if flag == 0 else f"<{limit:g}" if limit else "nd"
            earlier = out.get((place, str(b)))
            out[place, str(b)] = f"{earlier}|{value}" if earlier else value
    return out


def outcome(file: Blind, folder: Path) -> str:
    """``right``, ``asked`` (a question where the numbers could be read) or ``wrong``, with what was said."""
    try:
        ds = read_samples(file.write(folder))
    except WbeError as err:
        code = getattr(err, "faults", [err])[0].code
        return "right" if file.asks or file.may_ask else f"asked: {code}"
    if file.asks:
        return "wrong: read"
    found = told(ds, file)
    found = {k: "nd" if file.right.get(k) == "nd" and v.startswith("<") else v for k, v in found.items()}
    if found != file.right:
        return f"wrong: {found}"
    for place, flow in file.flow.items():
        at = (ds["district"].values == place) | (ds["site"].values == place)
        if not at.any() or any(abs(float(f) - flow) > 1e-6 * flow for f in ds["flow"].values[at]):
            return f"wrong: flow of {place} is not {flow:g}"
    for place, ammonium in file.ammonium.items():
        at = ds["district"].values == place
        if any(abs(float(v) - ammonium) > 1e-3 for v in ds["ammonium_nitrogen"].values[at]):
            return "wrong: ammonium"
    return "right"


FILES = (
    Blind(
        "signo_al_lado",
        "es",
        ".csv",
        (
            ("Distrito", "Punto de muestreo", "Fecha", "Caudal (m3/d)", "Habitantes", "Cocaína (ng/L)", "signo"),
            ("Norte", "EDAR Norte", "2021-06-01", "50000", "100000", "120,5", "="),
            ("Sur", "EDAR Sur", "2021-06-01", "30000", "80000", "0,5", "<"),
        ),
        {("Norte", "cocaine"): "120.5", ("Sur", "cocaine"): "<0.5"},
        {"Norte": 50000, "Sur": 30000},
        separator=";",
    ),
    Blind(
        "grenze_mit_eigener_einheit",
        "de",
        ".xlsx",
        (
            (
                "Probe",
                "Standort",
                "Bezirk",
                "Datum",
                "Zufluss (m³/d)",
                "Einwohner",
                "Parameter",
                "Messwert",
                "Einheit",
                "BG",
                "Einheit BG",
            ),
            (
                "A1",
                "Klärwerk West",
                "West",
                "2021-06-01",
                50000,
                100000,
                "Methamphetamin",
                "<BG",
                "ng/L",
                0.5,
                "µg/L",
            ),
            (
                "A2",
                "Klärwerk Ost",
                "Ost",
                "2021-06-01",
                40000,
                90000,
                "Methamphetamin",
                720,
                "ng/L",
                0.5,
                "µg/L",
            ),
        ),
        {("West", "methamphetamine"): "<500", ("Ost", "methamphetamine"): "720"},
        {"West": 50000, "Ost": 40000},
    ),
    Blind(
        "matrice_boues",
        "fr",
        ".csv",
        (
            ("secteur", "station", "date", "débit (m3/j)", "population", "matrice", "Cocaïne (ng/L)"),
            ("Nord", "STEP Nord", "2021-06-01", "50000", "100000", "eau usée brute", "120"),
            ("Nord", "STEP Nord", "2021-06-01", "50000", "100000", "boues", "6"),
            ("Nord", "STEP Nord", "2021-06-01", "50000", "100000", "eau traitée", "9"),
        ),
        {("Nord", "cocaine"): "120"},
        {"Nord": 50000},
    ),
    Blind(
        "两物质上下",
        "zh",
        ".xlsx",
        (
            ("检测项目：甲基苯丙胺",),
            ("采样点", "采样日期", "流量（m3/d）", "浓度（ng/L）"),
            ("东湖厂", "2021-06-01", 50000, 120),
            ("西湖厂", "2021-06-01", 30000, 20),
            ("检测项目：MDMA",),
            ("采样点", "采样日期", "流量（m3/d）", "浓度（ng/L）"),
            ("东湖厂", "2021-06-01", 50000, 14),
            ("西湖厂", "2021-06-01", 30000, "<2"),
        ),
        {
            ("东湖厂", "methamphetamine"): "120",
            ("西湖厂", "methamphetamine"): "20",
            ("东湖厂", "mdma"): "14",
            ("西湖厂", "mdma"): "<2",
        },
        {"东湖厂": 50000, "西湖厂": 30000},
    ),
    Blind(
        "is_detected_beside",
        "en",
        ".csv",
        (
            (
                "district",
                "site",
                "date",
                "flow (m3/d)",
                "population (inhabitants)",
                "chemical",
                "result (ng/L)",
                "is_detected",
            ),
            ("East", "Elm", "2021-06-01", "50000", "100000", "ketamine", "120", "yes"),
            ("West", "Oak", "2021-06-01", "50000", "100000", "ketamine", "0.25", "no"),
        ),
        {("East", "ketamine"): "120", ("West", "ketamine"): "nd"},
        {"East": 50000},
        may_ask=True,
    ),
    Blind(
        "备注写加标",
        "zh",
        ".csv",
        (
            ("区县", "采样点", "采样日期", "流量（m3/d）", "服务人口（人）", "甲基苯丙胺（ng/L）", "备注"),
            ("东区", "一厂", "2021-06-01", "50000", "100000", "120", ""),
            ("东区", "一厂", "2021-06-01", "50000", "100000", "320", "加标样"),
            ("西区", "二厂", "2021-06-01", "50000", "100000", "40", ""),
        ),
        {("东区", "methamphetamine"): "120", ("西区", "methamphetamine"): "40"},
    ),
    Blind(
        "etalon_interne",
        "fr",
        ".csv",
        (
            (
                "secteur",
                "station",
                "date",
                "débit (m3/j)",
                "population",
                "MDMA (ng/L)",
                "MDMA (étalon interne) (ng/L)",
                "MDMA-d5 (ng/L)",
            ),
            ("Nord", "STEP Nord", "2021-06-01", "50000", "100000", "12", "95", "101"),
            ("Sud", "STEP Sud", "2021-06-01", "40000", "90000", "8", "97", "99"),
        ),
        {("Nord", "mdma"): "12", ("Sud", "mdma"): "8"},
    ),
    Blind(
        "ammonium_als_nh4",
        "de",
        ".csv",
        (
            (
                "Bezirk",
                "Standort",
                "Datum",
                "Zufluss (m3/d)",
                "Einwohner",
                "Methamphetamin (ng/L)",
                "Ammonium (als NH4) (mg/L)",
            ),
            ("West", "Klärwerk West", "2021-06-01", "50000", "100000", "120", "30"),
            ("Ost", "Klärwerk Ost", "2021-06-01", "40000", "90000", "60", "24"),
        ),
        {("West", "methamphetamine"): "120", ("Ost", "methamphetamine"): "60"},
        ammonium={"West": 30 * 14.007 / 18.039},
        separator=";",
    ),
    Blind(
        "groups_above_columns",
        "en",
        ".xlsx",
        (
            ("", "", "", "Benzoylecgonine", "", "", "Ketamine", "", ""),
            (
                "Site",
                "Date Collected",
                "Flow (m3/d)",
                "RT",
                "Conc. (ng/L)",
                "Ion Ratio",
                "RT",
                "Conc. (ng/L)",
                "Ion Ratio",
            ),
            ("Elm", "2021-06-01", 50000, 4.31, 220.5, 0.41, 3.02, 14.2, 0.33),
            ("Oak", "2021-06-01", 30000, 4.3, 84.1, 0.43, 3.03, 6.7, 0.35),
        ),
        {
            ("Elm", "benzoylecgonine"): "220.5",
            ("Oak", "benzoylecgonine"): "84.1",
            ("Elm", "ketamine"): "14.2",
            ("Oak", "ketamine"): "6.7",
        },
        {"Elm": 50000, "Oak": 30000},
    ),
    Blind(
        "coma_sin_comillas",
        "es",
        ".csv",
        (),
        asks=True,
        raw=(
            "distrito,punto,fecha,caudal (m3/d),habitantes,Cocaína (ng/L),Ketamina (ng/L)\n"
            "Norte,EDAR Norte,2021-06-01,50000,100000,12,5,30\n"
            "Sur,EDAR Sur,2021-06-01,30000,80000,7,5,11\n"
        ),
    ),
    Blind(
        "debit_du_mois",
        "fr",
        ".csv",
        (
            ("secteur", "station", "date", "débit (m3/mois)", "population", "Cocaïne (ng/L)"),
            ("Nord", "STEP Nord", "2021-02-10", "1400000", "100000", "120"),
            ("Nord", "STEP Nord", "2021-03-10", "1550000", "100000", "110"),
        ),
        {("Nord", "cocaine"): "120|110"},
        {"Nord": 50000},
    ),
    Blind(
        "流量单位另列",
        "zh",
        ".xlsx",
        (
            ("区县", "采样点", "采样日期", "流量", "流量单位", "服务人口（人）", "氯胺酮（ng/L）"),
            ("东区", "一厂", "2021-06-01", 5, "万吨/日", 100000, 12),
            ("西区", "二厂", "2021-06-01", 30000, "m3/d", 80000, 8),
        ),
        {("东区", "ketamine"): "12", ("西区", "ketamine"): "8"},
        {"东区": 50000, "西区": 30000},
    ),
    Blind(
        "inf_beside_eff",
        "en",
        ".csv",
        (
            ("Location", "Date Sampled", "Flow (m3/d)", "Connected population", "Cocaine (ng/L)"),
            ("Northfield INF", "2021-06-01", "50000", "100000", "120"),
            ("Northfield EFF", "2021-06-01", "50000", "100000", "6"),
            ("Southfield INF", "2021-06-01", "30000", "80000", "80"),
            ("Southfield EFF", "2021-06-01", "30000", "80000", "5"),
        ),
        {("Northfield INF", "cocaine"): "120", ("Southfield INF", "cocaine"): "80"},
        may_ask=True,
    ),
    Blind(
        "probenart_kontrolle",
        "de",
        ".csv",
        (
            ("Bezirk", "Standort", "Datum", "Probenart", "Zufluss (m3/d)", "Einwohner", "Kokain (ng/L)"),
            ("West", "Klärwerk West", "2021-06-01", "Probe", "50000", "100000", "120"),
            ("West", "Klärwerk West", "2021-06-01", "Blindwert", "50000", "100000", "97"),
            ("West", "Klärwerk West", "2021-06-01", "Kontrollstandard", "50000", "100000", "100"),
        ),
        {("West", "cocaine"): "120"},
        separator=";",
    ),
    Blind(
        "dates_en_mots",
        "fr",
        ".csv",
        (
            ("secteur", "station", "date de prélèvement", "débit (m3/j)", "habitants", "Kétamine (ng/L)"),
            ("Nord", "STEP Nord", "24 juin 2021", "50000", "100000", "12"),
            ("Sud", "STEP Sud", "1er juillet 2021", "40000", "90000", "n.d."),
        ),
        {("Nord", "ketamine"): "12", ("Sud", "ketamine"): "nd"},
        {"Nord": 50000, "Sud": 40000},
    ),
    Blind(
        "千人负荷",
        "zh",
        ".csv",
        (
            ("区县", "采样点", "采样日期", "流量（m3/d）", "服务人口（人）", "甲基苯丙胺（毫克/千人·天）"),
            ("东区", "一厂", "2021-06-01", "50000", "100000", "122.18"),
            ("西区", "二厂", "2021-06-01", "50000", "100000", "40.2"),
        ),
        asks=True,
    ),
    Blind(
        "limits_in_the_foot",
        "en",
        ".xlsx",
        (
            ("Site", "Date", "Flow (m3/d)", "Cocaine (ng/L)", "Ketamine (ng/L)"),
            ("Elm", "2021-06-01", 50000, 120, "ND"),
            ("Oak", "2021-06-01", 30000, "ND", 14),
            ("Reporting limit (ng/L) =>", None, None, 2, 1),
        ),
        {
            ("Elm", "cocaine"): "120",
            ("Elm", "ketamine"): "<1",
            ("Oak", "cocaine"): "<2",
            ("Oak", "ketamine"): "14",
        },
        {"Elm": 50000, "Oak": 30000},
    ),
    Blind(
        "molecula_y_area",
        "es",
        ".xlsx",
        (
            ("Punto", "Fecha", "Caudal (m3/d)", "Habitantes", "Molécula", "Área", "TR (min)", "Conc. final (ng/L)"),
            ("EDAR Norte", "2021-06-01", 50000, 100000, "Cocaína", 10911, 4.21, 120),
            ("EDAR Norte", "2021-06-01", 50000, 100000, "Ketamina", 2210, 3.02, 14),
            ("EDAR Sur", "2021-06-01", 30000, 80000, "Cocaína", 8111, 4.22, 80),
            ("EDAR Sur", "2021-06-01", 30000, 80000, "Ketamina", 1930, 3.03, 9),
        ),
        {
            ("EDAR Norte", "cocaine"): "120",
            ("EDAR Norte", "ketamine"): "14",
            ("EDAR Sur", "cocaine"): "80",
            ("EDAR Sur", "ketamine"): "9",
        },
    ),
    Blind(
        "filtered_and_total",
        "en",
        ".csv",
        (
            ("site", "date", "flow (m3/d)", "population", "Fraction", "analyte", "value", "uom"),
            ("Elm", "2021-06-01", "50000", "100000", "Total", "methamphetamine", "300", "ng/L"),
            ("Elm", "2021-06-01", "50000", "100000", "Filtered", "methamphetamine", "180", "ng/L"),
            ("Elm", "2021-06-01", "50000", "100000", "Particulate", "methamphetamine", "120", "ng/L"),
        ),
        {("Elm", "methamphetamine"): "300"},
        {"Elm": 50000},
    ),
    Blind(
        "同名区县",
        "zh",
        ".csv",
        (
            ("地市", "区县", "采样日期", "流量（m3/d）", "服务人口（人）", "甲基苯丙胺（ng/L）"),
            ("南京", "鼓楼区", "2021-06-01", "50000", "100000", "100"),
            ("福州", "鼓楼区", "2021-06-01", "50000", "100000", "900"),
        ),
        {("南京", "methamphetamine"): "100", ("福州", "methamphetamine"): "900"},
        may_ask=True,
    ),
)


def page() -> str:
    """One line for each file, and a count."""
    lines = []
    for file in FILES:
        with tempfile.TemporaryDirectory() as folder:
            lines.append(f"{file.language} {file.suffix:5s} {file.name}: {outcome(file, Path(folder))}")
    ends = [line.split(": ", 1)[1].split(":")[0] for line in lines]
    count = ", ".join(f"{ends.count(e)} {e}" for e in ("right", "asked", "wrong"))
    return "\n".join([*lines, f"{len(FILES)} files: {count}"])


if __name__ == "__main__":
    print(page())
