# ruff: noqa: E501
"""Writes the example files of the layouts: the shapes of instruments and agencies, with own numbers and names.

Every value and every place is made up (synthetic); run this again after a change here, and commit the files.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

import openpyxl

HERE = Path(__file__).parent / "files"
N = None
TEXT: dict[str, tuple[str, str, list[list[object]]]] = {
    "wqp_narrow.csv": (
        ",",
        "utf-8",
        [
            ["OrganizationIdentifier", "OrganizationFormalName", "ActivityIdentifier", "ActivityTypeCode",
             "ActivityMediaName", "ActivityMediaSubdivisionName", "ActivityStartDate", "ActivityStartTime/Time",
             "MonitoringLocationIdentifier", "ResultDetectionConditionText", "CharacteristicName",
             "ResultSampleFractionText", "ResultMeasureValue", "ResultMeasure/MeasureUnitCode", "ResultStatusIdentifier",
             "ResultValueTypeName", "DetectionQuantitationLimitTypeName",
             "DetectionQuantitationLimitMeasure/MeasureValue", "DetectionQuantitationLimitMeasure/MeasureUnitCode",
             "ProviderName"],
            ["SYN-01", "Synthetic Survey", "SYN.1", "Sample-Routine", "Water", "Wastewater", "2021-06-01", "08:00:00", "SYN-ELM",
             "", "Methamphetamine", "Total", 120, "ng/l", "Final", "Actual", "Method Detection Level", 0.002, "ug/l", "STORET"],
            ["SYN-01", "Synthetic Survey", "SYN.1", "Sample-Routine", "Water", "Wastewater", "2021-06-01", "08:00:00", "SYN-ELM",
             "Not Detected", "Ketamine", "Total", "", "", "Final", "Actual", "Method Detection Level", 0.003, "ug/l", "STORET"],
            ["SYN-01", "Synthetic Survey", "SYN.2", "Quality Control Sample-Field Blank", "Water", "Wastewater", "2021-06-01",
             "08:10:00", "SYN-ELM", "Not Detected", "Methamphetamine", "Total", "", "", "Final", "Actual",
             "Method Detection Level", 0.002, "ug/l", "STORET"],
            ["SYN-01", "Synthetic Survey", "SYN.3", "Sample-Routine", "Water", "Wastewater", "2021-06-02", "08:00:00", "SYN-OAK",
             "", "Methamphetamine", "Total", 84.5, "ng/l", "Final", "Actual", "Method Detection Level", 0.002, "ug/l", "STORET"],
        ],
    ),
    "wqp_3.csv": (
        ",",
        "utf-8",
        [
            ["Org_Identifier", "Activity_ActivityIdentifier", "Activity_TypeCode", "Activity_Media", "Activity_StartDate",
             "Location_Identifier", "Location_Name", "Result_Characteristic", "Result_SampleFraction",
             "Result_ResultDetectionCondition", "Result_Measure", "Result_MeasureUnit", "Result_MeasureStatusIdentifier",
             "DetectionLimit_TypeA", "DetectionLimit_MeasureA", "DetectionLimit_MeasureUnitA", "ProviderName"],
            ["SYN-01", "S-1", "Sample-Routine", "Water", "2024-06-03", "SYN-ELM", "Elm works", "Cocaine", "Total", "", 210.5,
             "ng/L", "Accepted", "Method Detection Level", 1.5, "ng/L", "STORET"],
            ["SYN-01", "S-2", "Sample-Routine", "Water", "2024-06-04", "SYN-OAK", "Oak works", "Cocaine", "Total",
             "Not Detected", "", "", "Accepted", "Method Detection Level", 1.5, "ng/L", "STORET"],
        ],
    ),
    "california_edf.txt": (
        "\t",
        "utf-8",
        [
            ["COUNTY", "GLOBAL_ID", "FIELD_PT_NAME", "LOGDATE", "LOGTIME", "LOGCODE", "SAMPID", "MATRIX", "LABWO", "LABCODE",
             "LABSAMPID", "ANMCODE", "EXMCODE", "ANADATE", "RUN_NUMBER", "RECDATE", "QCCODE", "PARLABEL", "PARVAL", "PARVQ",
             "LABDL", "REPDL", "UNITS", "DILFAC", "LNOTE"],
            ["SYNTHETIC", "T00000000", "INF-1", "6/1/2021", 800, "SYN", "S1", "WW", "W1", "LAB", "L1", "LCMS", "NONE", "6/15/2021",
             1, "6/2/2021", "CS", "Methamphetamine", 120, "=", 2, 6, "NG/L", 1, ""],
            ["SYNTHETIC", "T00000000", "INF-1", "6/1/2021", 800, "SYN", "S1", "WW", "W1", "LAB", "L1", "LCMS", "NONE", "6/15/2021",
             1, "6/2/2021", "CS", "Ketamine", 0, "ND", 1, 3, "NG/L", 1, ""],
            ["SYNTHETIC", "T00000000", "INF-1", "6/1/2021", 800, "SYN", "QC1", "WW", "W1", "LAB", "L9", "LCMS", "NONE",
             "6/15/2021", 1, "6/2/2021", "LB1", "Methamphetamine", 0, "ND", 2, 6, "NG/L", 1, ""],
            ["SYNTHETIC", "T00000000", "INF-1", "6/15/2021", 800, "SYN", "S2", "WW", "W2", "LAB", "L2", "LCMS", "NONE", "6/29/2021",
             1, "6/16/2021", "CS", "Methamphetamine", 96.4, "=", 2, 6, "NG/L", 1, ""],
        ],
    ),
    "ceden.csv": (
        ",",
        "utf-8",
        [
            ["Program", "StationName", "StationCode", "SampleDate", "CollectionTime", "SampleTypeCode", "CollectionReplicate",
             "MatrixName", "MethodName", "Analyte", "Unit", "Result", "MDL", "RL", "ResultQualCode", "QACode", "DataQuality"],
            ["Synthetic", "Elm influent", "SYN01", "2021-06-01", "08:00", "Grab", 1, "influent", "LC-MS/MS", "Cocaine", "ng/L",
             85.2, 1, 3, "=", "None", "Passed"],
            ["Synthetic", "Elm influent", "SYN01", "2021-06-01", "08:00", "Grab", 1, "influent", "LC-MS/MS", "MDMA", "ng/L", "",
             1, 3, "ND", "None", "Passed"],
        ],
    ),
    "equis_edd.csv": (
        ",",
        "utf-8",
        [
            ["sys_sample_code", "sample_type_code", "sample_matrix_code", "sample_date", "sys_loc_code", "lab_anl_method_name",
             "analysis_date", "cas_rn", "chemical_name", "result_value", "result_unit", "detect_flag", "lab_qualifiers",
             "method_detection_limit", "quantitation_limit", "detection_limit_unit", "dilution_factor"],
            ["ELM-0601", "N", "WW", "06/01/2021 08:00", "ELM", "LCMS", "06/14/2021", "537-46-2", "Methamphetamine", 118, "ng/L", "Y",
             "", 2, 6, "ng/L", 1],
            ["ELM-0601", "N", "WW", "06/01/2021 08:00", "ELM", "LCMS", "06/14/2021", "6740-88-1", "Ketamine", "", "ng/L", "N", "U",
             1, 3, "ng/L", 1],
            ["MB-0614", "MB", "WW", "06/14/2021 09:00", "", "LCMS", "06/14/2021", "537-46-2", "Methamphetamine", "", "ng/L", "N",
             "U", 2, 6, "ng/L", 1],
            ["OAK-0615", "N", "WW", "06/15/2021 08:00", "OAK", "LCMS", "06/28/2021", "537-46-2", "Methamphetamine", 77, "ng/L", "Y",
             "", 2, 6, "ng/L", 1],
        ],
    ),
    "uk_archive.csv": (
        ",",
        "utf-8",
        [
            ["@id", "sample.samplingPoint", "sample.samplingPoint.notation", "sample.samplingPoint.label",
             "sample.sampleDateTime", "determinand.label", "determinand.definition", "determinand.notation",
             "resultQualifier.notation", "result", "codedResultInterpretation.interpretation", "determinand.unit.label",
             "sample.sampledMaterialType.label", "sample.isComplianceSample", "sample.purpose.label"],
            ["syn/1", "syn/sp/1", "SYN-1", "ELM STW INLET", "2021-06-01T08:15:00", "Cocaine", "Cocaine", "0001", "", 212, "", "ng/l",
             "CRUDE SEWAGE", "false", "SYNTHETIC"],
            ["syn/2", "syn/sp/1", "SYN-1", "ELM STW INLET", "2021-06-01T08:15:00", "Ketamine", "Ketamine", "0002", "<", 5, "", "ng/l",
             "CRUDE SEWAGE", "false", "SYNTHETIC"],
        ],
    ),
    "eea_waterbase.csv": (
        ",",
        "utf-8",
        [
            ["monitoringSiteIdentifier", "monitoringSiteIdentifierScheme", "parameterWaterBodyCategory",
             "observedPropertyDeterminandCode", "observedPropertyDeterminandLabel", "procedureAnalysedMatrix", "resultUom",
             "phenomenonTimeSamplingDate", "sampleIdentifier", "resultObservedValue",
             "resultQualityObservedValueBelowLOQ", "procedureLOQValue", "resultObservationStatus"],
            ["SYN-ELM", "synthetic", "WW", "CAS_50-36-2", "Cocaine", "W", "ug/L", "2021-06-01", "S1", 0.18, 0, 0.005, "A"],
            ["SYN-ELM", "synthetic", "WW", "CAS_76-99-3", "Methadone", "W", "ug/L", "2021-06-01", "S1", 0.005, 1, 0.005, "A"],
        ],
    ),
    "naiades.csv": (
        ";",
        "utf-8",
        [
            ["CdStationMesureEauxSurface", "LbStationMesureEauxSurface", "CdPrelevement", "DatePrel", "LbSupport",
             "LbFractionAnalysee", "CdParametre", "LbLongParamètre", "RsAna", "SymUniteMesure", "CdRqAna", "MnemoRqAna",
             "LdAna", "LqAna"],
            ["SYN1", "STEP Orme", "P1", "2021-06-01", "Eau", "Eau brute", 1, "Cocaïne", 0.21, "µg/L", 1, "Domaine de validité",
             0.002, 0.005],
            ["SYN1", "STEP Orme", "P1", "2021-06-01", "Eau", "Eau brute", 2, "Kétamine", 0.005, "µg/L", 10, "< seuil de quantification",
             0.002, 0.005],
        ],
    ),
    "landesamt.csv": (
        ";",
        "cp1252",
        [
            ["Messstellen-Nr", "Messstelle", "Probenahmedatum", "Probenart", "Parameter", "Vorzeichen", "Messwert", "Einheit",
             "Bestimmungsgrenze", "Bemerkung"],
            [101, "Kläranlage Ulme", "01.06.2021", "Abwasser", "Methamphetamin", "", "120,5", "ng/l", "6", ""],
            [101, "Kläranlage Ulme", "01.06.2021", "Abwasser", "Kokain", "<", "3", "ng/l", "3", ""],
            [102, "Kläranlage Eiche", "15.06.2021", "Abwasser", "Methamphetamin", "", "77,0", "ng/l", "6", ""],
        ],
    ),
    "phes_odm_2.csv": (
        ",",
        "utf-8",
        [
            ["measureRepID", "sampleID", "siteID", "collDT", "aDateStart", "compartment", "specimen", "fraction", "measure",
             "value", "unit", "aggregation", "qualityFlag"],
            ["M1", "S1", "elm", "2021-06-01", "2021-06-12", "wat", "sa", "", "Cocaine", 0.21, "ug/L", "single", ""],
            ["M2", "S1", "elm", "2021-06-01", "2021-06-12", "wat", "sa", "", "Benzoylecgonine", 0.55, "ug/L", "single", ""],
        ],
    ),
    "masshunter.csv": (
        ",",
        "utf-8",
        [
            ["Sample", "", "", "", "", "", "Methamphetamine Results", "", "", "", "Ketamine Results", "", "", ""],
            ["", "Name", "Data File", "Type", "Level", "Acq. Date-Time", "RT", "Resp.", "Final Conc.", "Accuracy", "RT", "Resp.",
             "Final Conc.", "Accuracy"],
            ["", "Cal 1", "C1.d", "Cal", "1", "2021-06-14 09:02", 5.55, 1021, 9.9, 99, 6.11, 880, 10.2, 102],
            ["", "Elm 0601", "S1.d", "Sample", "", "2021-06-14 10:10", 5.56, 10911, 120.5, "", 6.10, 1404, 14.2, ""],
            ["", "Oak 0601", "S2.d", "Sample", "", "2021-06-14 10:21", 5.56, 6120, 66.8, "", 6.10, 610, 6.1, ""],
            ["", "Blank", "B1.d", "Blank", "", "2021-06-14 10:32", 5.57, 5, 0.1, "", 6.12, 3, 0, ""],
        ],
    ),
    "multiquant.txt": (
        "\t",
        "utf-8",
        [
            ["Index", "Sample Index", "Sample Name", "Sample ID", "Sample Type", "Acquisition Date", "File Name", "Component Name",
             "Component Type", "Component Group Name", "Actual Concentration", "Area", "IS Area", "Area Ratio",
             "Retention Time", "Calculated Concentration", "Accuracy", "Used"],
            [1, 1, "Std 1", "", "Standard", "2021-06-14 09:00", "r.wiff", "Methamphetamine", "Quantifiers", "METH", 10, 1000, 5000, 0.2,
             5.5, 9.8, 98, "True"],
            [2, 1, "Std 1", "", "Standard", "2021-06-14 09:00", "r.wiff", "Methamphetamine-d5", "Internal Standards", "METH", "", 5000,
             "", "", 5.5, "", "", "True"],
            [3, 2, "Elm 0601", "", "Unknown", "2021-06-14 10:00", "r.wiff", "Methamphetamine", "Quantifiers", "METH", "", 12000, 5100,
             2.35, 5.5, 118.4, "", "True"],
            [4, 2, "Elm 0601", "", "Unknown", "2021-06-14 10:00", "r.wiff", "Methamphetamine-d5", "Internal Standards", "METH", "",
             5100, "", "", 5.5, "", "", "True"],
            [5, 3, "Oak 0601", "", "Unknown", "2021-06-14 10:20", "r.wiff", "Methamphetamine", "Quantifiers", "METH", "", 300, 5000, 0.06,
             5.5, "< 0", "", "True"],
        ],
    ),
    "analyst.txt": (
        "\t",
        "utf-8",
        [
            ["Sample Name", "Sample ID", "Sample Type", "File Name", "Acquisition Date", "Analyte Peak Name",
             "Analyte Peak Area (counts)", "Analyte Concentration (ng/mL)", "IS Peak Name", "IS Peak Area (counts)",
             "Use Record", "Calculated Concentration (ng/mL)", "Accuracy (%)", "Analyte Retention Time (min)"],
            ["QC low", "", "Quality Control", "a.wiff", "6/14/2021 9:00:00 AM", "Cocaine", 900, 0.01, "COC-d3", 4000, 1, 0.0103, 103, 4.2],
            ["Elm 0601", "", "Unknown", "a.wiff", "6/14/2021 9:30:00 AM", "Cocaine", 8000, "N/A", "COC-d3", 4100, 1, 0.212, "N/A", 4.2],
            ["Oak 0601", "", "Unknown", "a.wiff", "6/14/2021 9:45:00 AM", "Cocaine", 0, "N/A", "COC-d3", 4100, 1, "No Peak", "N/A", 0],
        ],
    ),
    "sciex_os.txt": (
        "\t",
        "utf-8",
        [
            ["Sample Name", "Sample Type", "Acquisition Date & Time", "Component Name", "Component Group Name",
             "Actual Concentration", "Area", "Retention Time", "Calculated Concentration", "Concentration Acceptance", "Used"],
            ["Elm 0601", "Unknown", "2021-06-14T10:00:00", "MDMA", "MDMA", "", 5000, 4.8, 12.6, "", "True"],
            ["Oak 0601", "Unknown", "2021-06-14T10:20:00", "MDMA", "MDMA", "", 2000, 4.8, 5.2, "", "True"],
            ["QC 1", "Quality Control", "2021-06-14T10:40:00", "MDMA", "MDMA", 10, 4000, 4.8, 10.4, "", "True"],
        ],
    ),
    "targetlynx.txt": (
        "\t",
        "utf-8",
        [
            ["Quantify Compound Summary Report"],
            [],
            ["Printed Mon Jun 14 16:02:11 2021"],
            [],
            ["Compound 1:  Methamphetamine"],
            [],
            ["", "#", "Name", "Type", "Std. Conc", "RT", "Area", "IS Area", "Response", "Conc.", "%Dev", "Acq.Date"],
            [1, 1, "SYN_01", "Standard", 10, 5.5, 1000, 5000, 0.2, 9.9, -1, "14-Jun-21"],
            [2, 2, "Elm 0601", "Analyte", "", 5.5, 12000, 5100, 2.35, 121.3, "", "14-Jun-21"],
            [3, 3, "Oak 0601", "Analyte", "", 5.5, 6500, 5000, 1.3, 64.9, "", "14-Jun-21"],
            [],
            ["Compound 2:  Ketamine"],
            [],
            ["", "#", "Name", "Type", "Std. Conc", "RT", "Area", "IS Area", "Response", "Conc.", "%Dev", "Acq.Date"],
            [1, 1, "SYN_01", "Standard", 10, 6.1, 900, 4800, 0.19, 10.1, 1, "14-Jun-21"],
            [2, 2, "Elm 0601", "Analyte", "", 6.1, 1400, 4900, 0.29, 14.7, "", "14-Jun-21"],
            [3, 3, "Oak 0601", "Analyte", "", 6.1, 600, 4800, 0.13, 6.3, "", "14-Jun-21"],
        ],
    ),
    "tracefinder.csv": (
        ",",
        "utf-8",
        [
            ["Compound", "Filename", "Sample Type", "Sample Name", "Level", "Theoretical Amt", "Calculated Amt", "Units", "RT",
             "Area", "ISTD Area", "Area Ratio", "%Diff", "Peak Label", "Excluded", "Sample Acquisition Date"],
            ["Cocaine", "c1", "Cal Std", "Std 1", "L1", 10, 9.9, "ng/L", 4.2, 1000, 5000, 0.2, -1, "T1", "FALSE", "2021-06-14"],
            ["Cocaine", "s1", "Unknown", "Elm 0601", "", "", 201.7, "ng/L", 4.2, 20000, 5000, 4, "", "T1", "FALSE", "2021-06-14"],
            ["Cocaine", "b1", "Matrix Blank", "Blank", "", "", 0.2, "ng/L", 4.2, 20, 5000, 0, "", "T1", "FALSE", "2021-06-14"],
            ["Ketamine", "s1", "Unknown", "Elm 0601", "", "", "N/F", "ng/L", "", "", 5000, "", "", "T1", "FALSE", "2021-06-14"],
        ],
    ),
    "skyline.csv": (
        ",",
        "utf-8",
        [
            ["Replicate", "Sample Type", "Analyte Concentration", "Molecule List", "Molecule", "Normalized Area",
             "Calculated Concentration", "Accuracy", "Acquired Time"],
            ["Std 1", "Standard", 10, "drugs", "Methamphetamine", 0.2, 9.9, "99%", "06/14/2021 09:00:00"],
            ["Elm 0601", "Unknown", "#N/A", "drugs", "Methamphetamine", 2.3, 117.2, "#N/A", "06/14/2021 10:00:00"],
            ["Elm 0601", "Unknown", "#N/A", "drugs", "MDMA", 0.2, 11.8, "#N/A", "06/14/2021 10:00:00"],
        ],
    ),
    "labsolutions.txt": (
        "\t",
        "utf-8",
        [
            ["Data Filename", "Sample Name", "Sample ID", "Sample Type", "Level#", "ID#", "Name", "Ret. Time", "Area", "ISTD Area", "Conc.", "Unit"],
            ["s1.lcd", "Elm 0601", "E1", "Unknown", 0, 1, "Methamphetamine", 5.5, 12000, 5000, 119.1, "ng/L"],
            ["s1.lcd", "Elm 0601", "E1", "Unknown", 0, 2, "Ketamine", 6.1, 1400, 5000, 14.4, "ng/L"],
            ["c1.lcd", "Std 1", "C1", "Standard", 1, 1, "Methamphetamine", 5.5, 1000, 5000, 9.9, "ng/L"],
        ],
    ),
    "chromeleon.csv": (
        ",",
        "utf-8",
        [
            ["Injection Name", "Injection Type", "Inject Time", "Component", "Ret.Time (min)", "Area", "Amount (ng/L)"],
            ["Elm 0601", "Unknown", "2021-06-14 10:00", "Cocaine", 4.2, 22000, 207.3],
            ["Elm 0601", "Unknown", "2021-06-14 10:00", "Ketamine", 3.0, 1500, "n.a."],
            ["Std 1", "Calibration Standard", "2021-06-14 09:00", "Cocaine", 4.2, 1000, 10.1],
        ],
    ),
    "lims_long.csv": (
        ",",
        "utf-8",
        [
            ["SAMPLE_NUMBER", "TEXT_ID", "SAMPLED_DATE", "LOCATION", "PRODUCT", "ANALYSIS", "COMPONENT", "FORMATTED_ENTRY",
             "UNITS", "STATUS", "REPORTABLE"],
            [1001, "ELM-0601", "2021-06-01", "Elm works", "WW-INFLUENT", "DRUGS", "Methamphetamine", "122", "ng/L", "A", "T"],
            [1001, "ELM-0601", "2021-06-01", "Elm works", "WW-INFLUENT", "DRUGS", "Ketamine", "<3", "ng/L", "A", "T"],
            [1002, "OAK-0615", "2021-06-15", "Oak works", "WW-INFLUENT", "DRUGS", "Methamphetamine", "73", "ng/L", "A", "T"],
        ],
    ),
    "lims_across.csv": (
        ",",
        "utf-8",
        [
            ["Client", "Synthetic Water"],
            ["Report", "R-1"],
            [],
            ["Sample ID", "", "E-1", "O-1"],
            ["Site", "", "Elm works", "Oak works"],
            ["Date sampled", "", "2021-06-01", "2021-06-01"],
            ["Analyte", "Units", "Result", "Result"],
            ["Cocaine", "ng/L", 205, 81],
            ["Ketamine", "ng/L", "<3", 12],
        ],
    ),
    "platform_export.csv": (
        ",",
        "gb18030",
        [
            ["gatherPoint", "gatherPointType", "areaCountry", "collectionDateTime", "drugName", "直接检测浓度", "单位", "进水流量（万m³/d）",
             "服务人口（万人）", "毒品消费指数"],
            ["合成一厂", "污水处理厂", "合成甲区", "2021-06-01 08:00:00", "甲基苯丙胺", 120, "ng/L", 5, 10, 60],
            ["合成一厂", "污水处理厂", "合成甲区", "2021-06-01 08:00:00", "氯胺酮", "未检出", "ng/L", 5, 10, ""],
            ["合成二厂", "污水处理厂", "合成乙区", "2021-06-01 08:00:00", "甲基苯丙胺", 40, "ng/L", 3, 8, 15],
        ],
    ),
}  # fmt: skip
BOOKS: dict[str, dict[str, list[list[object]]]] = {
    "masshunter.xlsx": {
        "Batch": [
            ["Sample", N, N, N, N, "Cocaine Method", "Cocaine Results", N, N, "MDMA Method", "MDMA Results", N, N],
            ["Name", "Data File", "Type", "Level", "Acq. Date-Time", "Exp. Conc.", "RT", "Area", "Final Conc.", "Exp. Conc.", "RT", "Area",
             "Final Conc."],
            ["Cal 1", "C1.d", "Cal", "1", "2021-06-14 09:02", 10, 4.21, 1000, 9.8, 10, 4.8, 900, 10.1],
            ["Elm 0601", "S1.d", "Sample", N, "2021-06-14 10:10", N, 4.2, 21000, 209.5, N, 4.79, 1200, 12.2],
            ["Oak 0601", "S2.d", "Sample", N, "2021-06-14 10:21", N, 4.2, 8000, 80.8, N, 4.8, 600, 6.3],
        ]
    },
    "xcalibur_quan.xlsx": {
        "Cocaine": [
            ["Thermo Xcalibur"],
            ["Component Name:", "Cocaine"],
            [],
            ["Filename", "Sample Type", "Sample Name", "Sample ID", "Level", "Area", "ISTD Area", "Area Ratio", "Specified Amount",
             "Calculated Amount", "% Diff", "Units", "RT", "Acq Date"],
            ["c1", "Std Bracket Sample", "Std 1", "C1", "L1", 1000, 5000, 0.2, 10, 9.9, -1, "ng/L", 4.2, "2021-06-14"],
            ["s1", "Unknown Sample", "Elm 0601", "E1", N, 20000, 5000, 4, N, 203.1, N, "ng/L", 4.2, "2021-06-14"],
        ]
    },
    "污水厂运行日报.xlsx": {
        "6月": [
            ["合成污水处理厂2021年6月运行日报（合成示例数据）"],
            ["日期", "进水量（m³）", N, "进水水质（mg/L）", N, N, "出水水质（mg/L）", N, N],
            [N, "当日", "累计", "COD", "氨氮", "SS", "COD", "氨氮", "SS"],
            ["2021-06-01", 50120, 50120, 260, 28.4, 180, 22, 0.6, 6],
            ["2021-06-02", 49880, 100000, 255, 27.9, 175, 21, 0.5, 6],
        ],
        "毒品检测": [
            ["采样日期", "采样点", "流量（m³/d）", "甲基苯丙胺（ng/L）", "氯胺酮（ng/L）"],
            ["2021-06-01", "合成污水处理厂", 50120, 118, "<2"],
            ["2021-06-02", "合成污水处理厂", 49880, 121, 3.1],
        ],
    },
    "污水验毒结果表.xlsx": {
        "Sheet1": [
            ["合成市污水验毒检测结果汇总表（合成示例数据）"],
            ["填报单位：合成市禁毒办", N, N, N, "监测月份：2021年6月", N, N, "单位：ng/L"],
            ["序号", "县市区", "污水处理厂名称", "采样日期", "进水流量（万m³/d）", "服务人口（万人）", "检测结果", N, N, "备注"],
            [N, N, N, N, N, N, "甲基苯丙胺", "氯胺酮", "吗啡", N],
            [1, "合成甲区", "合成一厂", "2021.6.1", 5, 10, 120, "未检出", 35, N],
            [2, "合成乙区", "合成二厂", "2021.6.1", 3, 8, 40, 6.2, "未检出", N],
            ["合计", N, N, N, 8, 18, N, N, N, N],
            ["注：检出限均为2 ng/L"],
        ]
    },
    "检测报告.xlsx": {
        "报告": [
            ["检测报告（合成示例数据）"],
            ["委托单位", "合成市禁毒办"],
            ["样品编号", "S-001", "S-002"],
            ["采样点", "合成一厂", "合成二厂"],
            ["采样日期", "2021-06-01", "2021-06-01"],
            ["流量（m³/d）", 50000, 30000],
            ["甲基苯丙胺（ng/L）", 118, 42],
            ["氯胺酮（ng/L）", "<2", 7],
        ]
    },
}  # fmt: skip


def main() -> None:
    """Write every file."""
    HERE.mkdir(exist_ok=True)
    for name, (separator, encoding, rows) in TEXT.items():
        out = io.StringIO()
        csv.writer(out, delimiter=separator, lineterminator="\n").writerows(rows)
        (HERE / name).write_bytes(out.getvalue().encode(encoding))
    for name, sheets in BOOKS.items():
        book = openpyxl.Workbook()
        book.remove(book.active)
        for title, rows in sheets.items():
            sheet = book.create_sheet(title)
            for row in rows:
                sheet.append(row)
        book.save(HERE / name)


if __name__ == "__main__":
    main()
