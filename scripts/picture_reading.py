"""Walk one messy workbook through the stages of reading, with a picture of the table that each stage hands on.

Refuses other data: the workbook is made here and is synthetic; the pictures go to docs/images/reading.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import openpyxl
from matplotlib import font_manager

import wbe
from wbe.plot.fonts import chinese_font
from wbe.reading.grid.rows import text_of
from wbe.reading.grid.tables import find_layout
from wbe.reading.opening.files import read_sheets
from wbe.reading.words.mapping import Mapping

IMAGES = Path(__file__).resolve().parents[1] / "docs" / "images" / "reading"
ROWS: list[list[object]] = [
    ["合成市2021年6月污水检测结果（合成示例数据）", None, None, None, None, None, None],
    ["县市区", "采样点", "采样日期", "流量（万m³/d）", "检测结果（ng/L）", None, "备注"],
    [None, None, None, None, "甲基苯丙胺", "氯胺酮", None],
    ["合成甲区", "一厂", "6月1日", 5, 120, "未检出", None],
    ["合成乙区", "二厂", "6月1日", 3, "<2", 14.2, "雨"],
    ["合成乙区", "空白", "6月1日", None, "<2", "<2", None],
    ["合计", None, None, 8, None, None, None],
    ["注：检出限均为2 ng/L", None, None, None, None, None, None],
]
STATES = ("detected", "below LOQ", "below LOD", "above ULOQ", "not run", "missing", "rejected")
SHADES = {"title": "#f3e9d2", "header": "#cfe3ee", "sample": "#e4f1e1", "left": "#e6e6e6"}


def clipped(text: str) -> str:
    """Return a text cut to the width of a cell; a Chinese character takes the room of two."""
    width, out = 0, ""
    for ch in text:
        width += 1 if ch.isascii() else 2
        if width > 17:
            return f"{out}…"
        out += ch
    return out


def picture(name: str, rows: list[list[object]], shades: list[str] | None = None) -> None:
    """Draw rows as a table; a shade for each row."""
    font = chinese_font()
    if font is not None:
        font_manager.fontManager.addfont(str(font))
        plt.rcParams["font.family"] = [font_manager.FontProperties(fname=str(font)).get_name()]
    texts = [[clipped(text_of(c)) for c in row] for row in rows]
    figure, ax = plt.subplots(figsize=(1.6 * max(map(len, texts)) + 0.2, 0.34 * len(texts) + 0.1))
    ax.axis("off")
    colours = [
        [SHADES[s]] * len(r) for s, r in zip(shades or ["header", *["sample"] * (len(rows) - 1)], texts, strict=True)
    ]
    table = ax.table(texts, cellColours=colours, loc="center", cellLoc="left", bbox=[0, 0, 1, 1])
    table.auto_set_font_size(False)
    table.set_fontsize(9)
    IMAGES.mkdir(parents=True, exist_ok=True)
    figure.savefig(IMAGES / f"{name}.png", dpi=110, bbox_inches="tight", metadata={"Software": None})
    plt.close(figure)


def main() -> None:
    """Draw the five tables."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "june.xlsx"
        book = openpyxl.Workbook()
        sheet = book.active
        if sheet is None:
            sys.exit("no sheet")
        for row in ROWS:
            sheet.append(row)
        sheet.merge_cells("A1:G1")
        sheet.merge_cells("E2:F2")
        book.save(path)
        opened = read_sheets(path)[0]
        cells = [list(row) for row in opened.head]
        picture("1-opening", cells, ["left"] * len(cells))
        layout = find_layout(opened, Mapping())
        if layout is None:
            sys.exit("no table")
        kinds = ["title"] * layout.header_row + ["header"] * (layout.start - layout.header_row)
        picture("2-grid", cells, [*kinds, *["sample"] * 3, "left", "left"])
        heads: list[list[object]] = [
            ["header", *(h.text for h in layout.columns)],
            ["role", *(h.analyte or h.role for h in layout.columns)],
            ["unit", *(h.unit for h in layout.columns)],
        ]
        picture("3-roles", heads, ["header", "sample", "sample"])
        samples = wbe.read_samples(path)
        rows: list[list[object]] = [["sample", "biomarker", "state", "ng/L", "LOD", "row"]]
        for i in range(samples.sizes["sample"]):
            for j, biomarker in enumerate(samples["biomarker"].values):
                rows.append([samples["sample"].values[i], biomarker, STATES[int(samples["flag"].values[i, j])],
                             float(samples["concentration"].values[i, j]), float(samples["lod"].values[i, j]),
                             int(samples["source_row"].values[i])])  # fmt: skip
        picture("4-observations", rows)
        names = ("site", "district", "time", "flow", "concentration", "lod")
        shown: list[list[object]] = [["sample", *names]]
        for i, sample in enumerate(samples["sample"].values):
            shown.append([sample, *(str(samples[n].values[i])[:24] for n in names)])
        picture("5-samples", shown)


if __name__ == "__main__":
    main()
