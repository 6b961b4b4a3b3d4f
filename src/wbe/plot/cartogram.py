"""A tile for each district: relative position, level as colour, value and interval as text.

Refuses boundaries (they carry no free licence and an approval duty) and a colour without its number.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import Colormap, LogNorm, Normalize
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from wbe.answer import Answer, Month, drug_of, last_month, month_of, needed, quantity_of
from wbe.errors import one_of
from wbe.estimation.wording import reason
from wbe.messages import Words
from wbe.plot.canvas import (
    BLUE,
    GREY,
    INK,
    ORANGE,
    caption,
    linear_ticks,
    log_ticks,
    names_for,
    percent,
    short,
    stage,
    unit_text,
)
from wbe.plot.fonts import settle, style
from wbe.plot.series import main_drug
from wbe.plot.words import drug_name, load_name, tile_positions, word

__all__ = ["cells", "chosen", "positions", "say", "tiles", "title_of"]

MARKS = {"up": ("^", ORANGE), "down": ("v", BLUE), "unsure": ("o", "white")}
TILE_WIDTH, TILE_HEIGHT, GAP = 1.9, 1.0, 0.1


def tiles(
    estimate: Answer,
    *,
    month: Month | None = None,
    drug: str | None = None,
    quantity: str = "normalised_load",
    language: str | None = None,
    ax: Axes | None = None,
    marks: Mapping[str, str] | None = None,
) -> Figure:
    """Draw the districts as tiles with the value and its interval.

    Parameters
    ----------
    estimate : Estimate or Series
    month : str or Period, optional
        ``YYYY-MM``; by default the last month.
    drug : str, optional
        By default the drug with most detections.
    quantity : str
    language : {"zh", "en"}, optional
        By default the language in force; English labels, with one warning, when no Chinese font is found.
    ax : Axes, optional
        Where to draw; by default a figure of its own.
    marks : mapping of district to {"up", "down", "unsure"}, optional
        What is drawn in the corner of its tile: a triangle up or down, or a ring where it cannot be told.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    UnknownName
        Unknown month, drug, quantity, language or mark.

    Examples
    --------
    >>> from wbe.testing import small_city
    >>> import wbe
    >>> figure = tiles(wbe.estimate(small_city(), draws=2000), drug="methamphetamine", language="en")
    >>> figure.axes[0].get_gid()
    'tiles'
    """
    needed(estimate, "tiles")
    month, drug = chosen(estimate, month, drug)
    data = cells(estimate, month, drug, quantity)
    places = positions([str(d) for d in estimate.districts])
    with style(language) as spoken:
        names = names_for(estimate, spoken)
        rows, columns = places["row"].max() + 1, places["column"].max() + 1
        norm, cmap = _scale(data["median"]), mpl.colormaps["YlGnBu"]
        # the colour bar lies in the lower left when no tile is there, else in room of its own below
        free = not ((places["row"] >= rows - 2) & (places["column"] < 2)).any() and rows > 1
        deep = rows if free or norm is None else rows + 0.72
        figure, axes = stage(ax, max(6.4, 2.1 * columns), 1.0 + 1.06 * deep)
        axes.set_gid("tiles")
        for district, place in places.iterrows():
            _tile(axes, place, names[str(district)], data.loc[str(district)], norm, cmap, spoken)
        _marks(axes, places, marks or {})
        axes.set_xlim(0, columns * TILE_WIDTH)
        axes.set_ylim(deep * TILE_HEIGHT, 0)
        axes.set_aspect("equal")
        axes.axis("off")
        if norm is not None:
            _colour_bar(axes, columns, deep, norm, cmap, unit_text(quantity, spoken))
        title = f"{title_of(data, drug, quantity, spoken)} · {month}"
        level = percent(float(estimate.level))
        parts = [
            word("quantity", quantity, spoken),
            word("plot", "interval", spoken, level=level),
            word("plot", "marks" if marks else "tile_note", spoken),
        ]
        caption(ax, figure, (title, ("；" if spoken == "zh" else "; ").join(parts)), quantity, estimate, spoken)
        return settle(figure, spoken, ax)


def _marks(axes: Axes, places: pd.DataFrame, marks: Mapping[str, str]) -> None:
    """A triangle up or down, or a ring, in the upper right corner of a tile, readable on any shade."""
    for district, mark in marks.items():
        shape, fill = MARKS[one_of(mark, MARKS, Words("mark", "标记"))]
        if district in places.index:
            place: Any = places.loc[district]
            x, y = (place["column"] + 1) * TILE_WIDTH - 0.24, place["row"] * TILE_HEIGHT + 0.22
            drawn = axes.plot([x], [y], shape, ms=7.5, mfc=fill, mec="white" if mark != "unsure" else GREY, mew=0.8)
            drawn[0].set_gid(f"mark-{mark}")


def chosen(estimate: Answer, month: Month | None, drug: str | None) -> tuple[str, str]:
    """Return month and drug with their defaults, or say what there is.

    Raises
    ------
    UnknownName
    """
    return (
        last_month(estimate) if month is None else month_of(estimate, month),
        main_drug(estimate) if drug is None else drug_of(estimate, drug),
    )


def cells(estimate: Answer, month: str, drug: str, quantity: str) -> pd.DataFrame:
    """Return the rows of the estimate's table for one month, drug and quantity, one for each district."""
    quantity_of(estimate, quantity)
    table = estimate.table()
    use = (table["month"] == month) & (table["drug"] == drug) & (table["quantity"] == quantity)
    data = table[use].drop_duplicates("district").set_index("district")
    data = data.reindex([str(d) for d in estimate.districts])
    absent = data["status"].isna()
    data["status"] = data["status"].astype(object).where(~absent, "no_data")
    data["text"] = data["text"].astype(object).where(~absent, "")
    return data


def title_of(data: pd.DataFrame, drug: str, quantity: str, language: str) -> str:
    """Name what is drawn: a load by its biomarker, the rest by its drug."""
    if quantity not in ("mass_load", "normalised_load") or "biomarker" not in data:
        return drug_name(drug, language)
    known = data["biomarker"].dropna()
    return load_name(drug, str(known.iloc[0]) if len(known) else "", language)


def say(cell: Any, language: str) -> str:
    """Return the text of a cell in a language: numbers as the table has them, reasons in words."""
    text = str(cell["text"])
    return text if text[:1].isdigit() or (text[:1] in "<-−" and text) else reason(str(cell["status"]), language)


def positions(districts: list[str]) -> pd.DataFrame:
    """Return row and column for each district: the packaged city's, or a plain grid.

    Districts that the packaged table does not know follow in rows below it.

    Examples
    --------
    >>> positions(["石峰区", "天元区"]).values.tolist()
    [[0, 1], [1, 0]]
    >>> positions(["a", "b", "c", "d"]).values.tolist()
    [[0, 0], [0, 1], [1, 0], [1, 1]]
    """
    known = tile_positions().set_index("unit")[["row", "column"]]
    inside = known.reindex([d for d in districts if d in known.index]).astype(int)
    outside = [d for d in districts if d not in known.index]
    width = max(int(np.ceil(np.sqrt(len(outside)))), int(inside["column"].max()) + 1 if len(inside) else 1)
    start = int(inside["row"].max()) + 1 if len(inside) else 0
    grid = pd.DataFrame(
        {"row": [start + i // width for i in range(len(outside))], "column": [i % width for i in range(len(outside))]},
        index=outside,
    )
    both = pd.concat([inside, grid]).reindex(districts).astype(int)
    both["row"] -= both["row"].min()
    both["column"] -= both["column"].min()
    return both


def _scale(median: pd.Series) -> Normalize | None:
    values = median.dropna()
    values = values[values > 0]
    if values.empty:
        return None
    low, high = float(values.min()), float(values.max())
    if high > 8 * low:
        return LogNorm(low / 1.5, high)
    return Normalize(0.0, high)


def _tile(
    axes: Axes, place: Any, name: str, cell: Any, norm: Normalize | None, cmap: Colormap, language: str
) -> None:  # fmt: skip
    x, y = place["column"] * TILE_WIDTH, place["row"] * TILE_HEIGHT
    counted = cell["status"] == "estimate" and norm is not None
    fill = cmap(0.02 + 0.83 * float(norm(cell["median"]))) if counted and norm is not None else "white"
    hatch = "////" if cell["status"] == "no_data" else None
    box = FancyBboxPatch(
        (x + GAP / 2, y + GAP / 2), TILE_WIDTH - GAP, TILE_HEIGHT - GAP, boxstyle="round,pad=0,rounding_size=0.06",
        fc=fill, ec="#9A9A9A" if counted else "#BBBBBB", lw=0.8, hatch=hatch,
    )  # fmt: skip
    if hatch:
        box.set_edgecolor("#D8D8D8")
    box.set_gid(f"tile-{cell['status']}")
    axes.add_patch(box)
    red, green, blue = mpl.colors.to_rgb(fill)
    ink = "white" if 0.299 * red + 0.587 * green + 0.114 * blue < 0.52 else INK
    middle = x + TILE_WIDTH / 2
    # a long Latin name keeps inside its tile
    axes.text(middle, y + 0.24, name, ha="center", va="center", fontsize=min(9.5, 190 / len(name)), color=ink)
    value, _, interval = say(cell, language).partition(" (")
    size = 12 if cell["status"] in ("estimate", "below_limit") else 8.5
    axes.text(middle, y + 0.52, value, ha="center", va="center", fontsize=size, color=ink)
    if interval:
        axes.text(middle, y + 0.79, f"({interval}", ha="center", va="center", fontsize=8.5, color=ink)


def _colour_bar(axes: Axes, columns: int, deep: float, norm: Normalize, cmap: Colormap, label: str) -> None:
    """The colour bar with its unit above it, in the lowest left of the drawing; sizes in tiles."""
    thick, wide = 0.18, min(1.1, 0.9 * columns)
    bar = axes.inset_axes((0.1 / columns, 0.26 / deep, wide / columns, thick / deep))
    bar.set_gid("colour-bar")
    low, high = float(norm.vmin or 0.0), float(norm.vmax or 1.0)
    edges = np.geomspace(low, high, 65) if isinstance(norm, LogNorm) else np.linspace(low, high, 65)
    shades = cmap(0.02 + 0.83 * np.asarray(norm((edges[1:] + edges[:-1]) / 2)))
    bar.bar(edges[:-1], 1.0, width=np.diff(edges), align="edge", color=shades, ec=shades, lw=0.6)
    ticks = linear_ticks(high)
    if isinstance(norm, LogNorm):
        bar.set_xscale("log")
        bar.minorticks_off()
        ticks = log_ticks(low, high)
    bar.set_xlim(low, high)
    bar.set_xticks(ticks, [short(t) for t in ticks])
    bar.set_yticks([])
    bar.set_title(label, fontsize=8.5, loc="left", pad=3, color="#444444")
    for side in bar.spines.values():
        side.set_visible(False)
