"""Forty files of the known kinds in other words, orders, languages and layouts, with what each must give.

Holds only the files and what must come: ``place/substance=value`` for each result, or that a question is right.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from beside import read

from wbe.errors import WbeError
from wbe.samples import Flag

ASK = ["asked"]
_SHORT = {"methamphetamine": "meth", "ketamine": "ket", "cocaine": "coc", "benzoylecgonine": "be"}


def said(files: Any, kind: str = "csv") -> list[str]:
    """What a file gives: one text for each result that is not missing, sorted; ``asked`` and the codes."""
    try:
        ds = read(files, kind=kind)
    except WbeError as err:
        return ["asked", *sorted({f.code for f in getattr(err, "faults", [err])})]
    out = []
    for i in range(ds.sizes["sample"]):
        for j, b in enumerate(ds["biomarker"].values.tolist()):
            state = Flag(int(ds["flag"].values[i, j]))
            limit = next((v for n in ("lod", "loq") if (v := float(ds[n].values[i, j])) == v), np.nan)
            shown = f"{float(ds['concentration'].values[i, j]):g}" if state == Flag.DETECTED else f"<{limit:g}"
            shown = state.name.lower() if state in (Flag.REJECTED, Flag.NOT_RUN) or shown == "<nan" else shown
            if state != Flag.MISSING:
                out.append(f"{ds['site'].values[i]}/{_SHORT.get(b, b)}={shown}")
    flows = {f"{s} {float(f):g}" for s, f in zip(ds["site"].values.tolist(), ds["flow"].values.tolist(), strict=True)}
    return sorted(out) + sorted(flows)


def sheet(head: str, *rows: str) -> str:
    return "\n".join([head, *rows]) + "\n"


def semi(head: str, *rows: str) -> str:
    return sheet(head, *rows).replace(",", ";").replace("·", ",")


WEST = ["West/meth=120", "West 50000"]
VARIANTS: dict[str, tuple[Any, list[str]]] = {
    # what stands beside a number
    "de_vorzeichen_hinter_dem_wert": (
        semi("Standort,Datum,Zufluss (m³/d),Methamphetamin (ng/L),Vorzeichen", "West,01.06.2021,50000,0·5,<"),
        ["West/meth=<0.5", "West 50000"],
    ),
    "fr_remarque_non_detecte": (
        semi("station,date de prélèvement,débit (m3/j),substance,résultat (ng/L),remarque",
             "Ouest,2021-06-01,50000,méthamphétamine,0·5,non détecté"),
        ["Ouest/meth=<0.5", "Ouest 50000"],
    ),
    "es_limite_con_unidad_propia": (
        semi("punto de muestreo,fecha,caudal (m3/d),sustancia,resultado,unidad,límite de detección,unidad LD",
             "Oeste,2021-06-01,50000,metanfetamina,<LD,ng/L,0·5,µg/L"),
        ["Oeste/meth=<500", "Oeste 50000"],
    ),
    "zh_低于检出限_列": (
        sheet("采样点,采样日期,流量（m³/d）,目标物,浓度（ng/L）,是否低于检出限", "西厂,2021-06-01,50000,冰毒,0.5,是"),
        ["西厂/meth=<0.5", "西厂 50000"],
    ),
    "en_one_sign_for_each_substance": (
        sheet("site,date,flow (m3/d),METH sign,METH (ng/L),KET sign,KET (ng/L)", "West,2021-06-01,50000,<,0.5,,14"),
        ["West/ket=14", "West/meth=<0.5", "West 50000"],
    ),
    "en_detect_flag_yes_no": (
        sheet("site,date,flow (m3/d),analyte,result (ng/L),Detected?",
              "West,2021-06-01,50000,METH,120,Y", "East,2021-06-01,30000,METH,0.5,N"),
        ["East/meth=<0.5", "West/meth=120", "East 30000", "West 50000"],
    ),
    "zh_水样类别_出水": (
        sheet("采样点,采样日期,流量（m³/d）,水样类别,冰毒（ng/L）",
              "西厂,2021-06-01,50000,进水,120", "西厂,2021-06-01,50000,出水,6"),
        ["西厂/meth=120", "西厂 50000"],
    ),
    "de_ablauf_neben_zulauf": (
        semi("Standort,Datum,Zufluss (m³/d),Probenart,Methamphetamin (ng/L)",
             "West,01.06.2021,50000,Zulauf,120", "West,01.06.2021,50000,Ablauf,6"),
        WEST,
    ),
    "en_spiked_in_another_bracket": (
        sheet("site,date,flow (m3/d),METH (ng/L),METH [spiked] (ng/L)", "West,2021-06-01,50000,120,300"), WEST,
    ),
    "zh_本底_括号": (
        sheet("采样点,采样日期,流量（m³/d）,冰毒（ng/L）,冰毒（加标后）（ng/L）", "西厂,2021-06-01,50000,120,300"),
        ["西厂/meth=120", "西厂 50000"],
    ),
    "en_flow_dry_weather_design": (
        sheet("site,date,flow [design] (m3/d),METH (ng/L)", "West,2021-06-01,50000,120"), ASK,
    ),
    "zh_户数": (
        sheet("采样点,采样日期,流量（m³/d）,服务人口（万户）,冰毒（ng/L）", "西厂,2021-06-01,50000,3,120"), ASK,
    ),
    "fr_ng_par_litre_en_majuscules": (
        semi("station,date,débit (M3/J),Méthamphétamine (NG/L)", "Ouest,2021-06-01,50000,120"),
        ["Ouest/meth=120", "Ouest 50000"],
    ),
    # rows of quality control, by column and by name
    "en_run_type_blank_and_check": (
        sheet("site,date,run type,flow (m3/d),METH (ng/L)", "West,2021-06-01,unknown,50000,120",
              "West,2021-06-01,lab blank,50000,0.3", "West,2021-06-01,check std,50000,97"), WEST,
    ),
    "zh_样品性质_平行样": (
        sheet("采样点,采样日期,样品性质,流量（m³/d）,冰毒（ng/L）", "西厂,2021-06-01,普通样,50000,120",
              "西厂,2021-06-01,加标样,50000,300", "西厂,2021-06-01,全程序空白,50000,1"),
        ["西厂/meth=120", "西厂 50000"],
    ),
    "es_muestra_fortificada": (
        semi("punto de muestreo,fecha,tipo,caudal (m3/d),metanfetamina (ng/L)", "Oeste,2021-06-01,muestra,50000,120",
             "Oeste,2021-06-01,muestra fortificada,50000,300"),
        ["Oeste/meth=120", "Oeste 50000"],
    ),
    "de_qc_in_der_probennummer": (
        semi("Probe,Standort,Datum,Zufluss (m³/d),Methamphetamin (ng/L)", "P-1,West,01.06.2021,50000,120",
             "QC Std 2,West,01.06.2021,50000,97"), ASK,
    ),
    "en_solvent_as_an_id": (
        sheet("Sample ID,Location,Date,Flow (m3/d),METH (ng/L)", "W1,West,2021-06-01,50000,120",
              "Solvent 2,West,2021-06-01,50000,97"), ASK,
    ),
    "en_plant_called_std": (
        sheet("site,date,flow (m3/d),METH (ng/L)", "STD,2021-06-01,50000,120", "MAX,2021-06-01,30000,20",
              "P5,2021-06-01,20000,33"),
        ["MAX/meth=20", "P5/meth=33", "STD/meth=120", "MAX 30000", "P5 20000", "STD 50000"],
    ),
    "zh_去年均值_行": (
        sheet("采样点,采样日期,流量（m³/d）,冰毒（ng/L）", "西厂,2021-06-01,50000,120", "东厂,2021-06-01,30000,20",
              "去年同期,2021-06-01,40000,77"), ASK,
    ),
    # ragged rows and headers
    "es_coma_decimal_sin_comillas": (
        sheet("punto de muestreo,fecha,caudal (m3/d),metanfetamina (ng/L),ketamina (ng/L)",
              "Oeste,2021-06-01,50000,12,5,30"), ASK,
    ),
    "de_tausenderpunkt": (
        semi("Standort,Datum,Zufluss (m³/d),Methamphetamin (ng/L)", "West,01.06.2021,50.000,120·5",
             "Ost,01.06.2021,30.000,20·5"),
        ["Ost/meth=20.5", "West/meth=120.5", "Ost 30000", "West 50000"],
    ),
    "zh_表头少一列": (
        sheet("采样点,采样日期,流量（m³/d）,冰毒（ng/L）,,K粉（ng/L）", "西厂,2021-06-01,50000,12,5,30"), ASK,
    ),
    "en_two_tables_side_by_title": (
        sheet("Compound: Ketamine,,,", "site,date,flow (m3/d),conc. (ng/L)", "West,2021-06-01,50000,14", ",,,",
              "Compound: Cocaine,,,", "site,date,flow (m3/d),conc. (ng/L)", "East,2021-06-01,30000,20"),
        ["East/coc=20", "West/ket=14", "East 30000", "West 50000"],
    ),
    "zh_三行表头_排放量": (
        sheet("采样点,采样日期,流量(m3/d),甲基苯丙胺,,", ",,,浓度,检出限,日排放量", ",,,(ng/L),(ng/L),(g)",
              "西厂,2021-06-01,50000,120,0.5,6"),
        ["西厂/meth=120", "西厂 50000"],
    ),
    # instruments and agencies
    "en_groups_with_area_first": (
        sheet(",,,Methamphetamine,,,Ketamine,,", "Site,Date,Flow (m3/d),Area,RT,Conc. (ng/L),Area,RT,Conc. (ng/L)",
              "West,2021-06-01,50000,9911,5.5,120,771,6.1,14"),
        ["West/ket=14", "West/meth=120", "West 50000"],
    ),
    "en_long_with_ratio_and_accuracy": (
        sheet("Site,Acq. Date,Flow (m3/d),Compound,RT,Ion Ratio,Accuracy,Calc. Conc.,Units",
              "West,2021-06-01,50000,MDMA,4.4,0.3,99,120,ng/L"),
        ["West/mdma=120", "West 50000"],
    ),
    "fr_fraction_dissoute_et_totale": (
        semi("station,date,débit (m3/d),substance,fraction,résultat (ng/L)",
             "Ouest,2021-06-01,50000,kétamine,totale,300", "Ouest,2021-06-01,50000,kétamine,dissous,180"),
        ["Ouest/ket=300", "Ouest 50000"],
    ),
    "en_uom_of_loads": (
        sheet("site,date,flow (m3/d),population,analyte,amount,uom",
              "West,2021-06-01,50000,100000,METH,122,mg per 1000 inhabitants per day"), ASK,
    ),
    # times
    "en_time_apart": (
        sheet("site,sampling date,sampling time,flow (m3/d),METH (ng/L)", "West,2021-06-01,08:30,50000,120"), WEST,
    ),
    "de_datum_und_uhrzeit": (
        semi("Standort,Datum,Uhrzeit,Zufluss (m³/d),Methamphetamin (ng/L)", "West,01.06.2021,08:30,50000,120"), WEST,
    ),
    "en_day_and_month_either_way": (
        sheet("site,date,flow (m3/d),METH (ng/L)", "West,05/06/2021,50000,120", "East,07/06/2021,30000,20"), ASK,
    ),
    "fr_mois_ecrit": (
        semi("station,date,débit (m3/j),méthamphétamine (ng/L)", "Ouest,1er juin 2021,50000,120"),
        ["Ouest/meth=120", "Ouest 50000"],
    ),
    "zh_流量按月": (
        sheet("采样点,采样日期,流量（m³/月）,冰毒（ng/L）", "西厂,2021-02-10,1400000,120"),
        ["西厂/meth=120", "西厂 50000"],
    ),
    # tables beside the table
    "zh_小时流量表": (
        {"t.xlsx": {"结果": sheet("采样点,采样日期,冰毒（ng/L）", "西厂,2021-06-01,120"),
                    "流量": sheet("采样点,日期,时刻,流量（m³/h）",
                                *(f"西厂,2021-06-01,{h}:00,2000" for h in range(24)))}},
        ["西厂/meth=120", "西厂 48000"],
    ),
    "en_flow_file_of_one_hour": (
        {"results.csv": sheet("site,date,METH (ng/L)", "West,2021-06-01,120"),
         "flow.csv": sheet("plant,timestamp,flow (m3/h)", "West,2021-06-01 09:00,2000")}, ASK,
    ),
    "de_durchfluss_in_eigener_datei": (
        {"werte.csv": semi("Standort,Datum,Methamphetamin (ng/L)", "West,01.06.2021,120"),
         "zufluss.csv": semi("Standort,Datum,Tageszufluss (m³/d)", "west,01.06.2021,50000")}, WEST,
    ),
    "en_copied_file": (
        {"june.csv": sheet("site,date,flow (m3/d),METH (ng/L)", "West,2021-06-01,50000,120"),
         "june (1).csv": sheet("site,date,flow (m3/d),METH (ng/L)", "West,2021-06-01,50000,120")}, ASK,
    ),
    "zh_出水_工作表": (
        {"t.xlsx": {"进厂水": sheet("采样点,采样日期,流量（m³/d）,冰毒（ng/L）", "西厂,2021-06-01,50000,120"),
                    "尾水": sheet("采样点,采样日期,流量（m³/d）,冰毒（ng/L）", "西厂,2021-06-01,50000,6")}},
        ["西厂/meth=120", "西厂 50000"],
    ),
    "zh_改名的县": (
        sheet("县市区,采样点,采样日期,流量（m³/d）,冰毒（ng/L）", "株洲县,渌口厂,2018-03-01,50000,120",
              "渌口区,渌口厂,2021-06-01,50000,90"),
        ["渌口厂/meth=120", "渌口厂/meth=90", "渌口厂 50000"],
    ),
}  # fmt: skip


def kinds(name: str) -> tuple[str, ...]:
    """A table whose cells commas part is written as a workbook too."""
    files = VARIANTS[name][0]
    return ("csv", "xlsx") if isinstance(files, str) and ";" not in files else ("csv",)


def outcome(name: str, kind: str = "csv") -> str:
    """``right``, ``asked: codes`` where the numbers could be read, or ``wrong: what was said``."""
    files, must = VARIANTS[name]
    found = said(files, kind)
    if found[0] == "asked":
        return "right" if must == ASK else "asked: " + " ".join(found[1:])
    return "right" if found == must else f"wrong: {found}"


if __name__ == "__main__":
    for name in VARIANTS:
        for kind in kinds(name):
            end = outcome(name, kind)
            print(f"{name} [{kind}]: {end}")
