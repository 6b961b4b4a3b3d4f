"""Trends by district as small multiples on shared axes, with intervals and everything that is not a number.

Refuses to draw a non-detect as a point, to bridge a missing month, and to join two laboratory methods.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.gridspec import GridSpec
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from wbe.answer import Answer, Series, drug_of, needed, quantity_of
from wbe.errors import Fault, InputError, one_of
from wbe.messages import Words
from wbe.plot.canvas import (
    BLUE,
    INK,
    NON_DETECT,
    PURPLE,
    SHADE,
    caption,
    linear_ticks,
    log_ticks,
    month_ticks,
    names_for,
    new_figure,
    percent,
    short,
    stage,
    still,
    unit_text,
)
from wbe.plot.fonts import settle, style
from wbe.plot.words import load_name, word

NAME_WIDTH = 26  # letters of a name over a panel

__all__ = ["main_drug", "trends"]

SPREAD_FOR_LOG = 8.0  # a shared linear axis hides the small districts beyond this


def trends(
    estimate: Answer,
    *,
    drug: str | None = None,
    quantity: str = "normalised_load",
    language: str | None = None,
    ax: Sequence[Axes] | None = None,
    columns: int = 4,
    scale: str = "auto",
) -> Figure:
    """Draw one panel for each district: months against level, with intervals.

    Parameters
    ----------
    estimate : Estimate or Series
    drug : str, optional
        By default the drug with most detections.
    quantity : str
    language : {"zh", "en"}, optional
        By default the language in force; English labels, with one warning, when no Chinese font is found.
    ax : sequence of Axes, optional
        One for each district, in their order; by default a figure of its own, with a legend.
    columns : int
        Panels in a row.
    scale : {"auto", "linear", "log"}
        Auto is linear unless one district would hide the others.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    UnknownName
        Unknown drug, quantity, scale or language.
    InputError
        Another number of axes than of districts.

    Examples
    --------
    >>> from wbe.testing import small_city
    >>> import wbe
    >>> figure = trends(wbe.estimate(small_city(), draws=2000), drug="methamphetamine", language="en")
    >>> len(figure.axes)
    3
    """
    needed(estimate, "trends")
    drug = main_drug(estimate) if drug is None else drug_of(estimate, drug)
    one_of(scale, ("auto", "linear", "log"), Words("scale", "坐标"))
    data = estimate.series(quantity_of(estimate, quantity))
    data = data[data["drug"] == drug]
    with style(language) as spoken:
        names = names_for(estimate, spoken)
        title = load_name(drug, _biomarker(data, quantity), spoken)
        if ax is None:
            columns = max(1, min(columns, len(names)))
            figure, grid, panels = _grid(len(names), columns)
            log = _draw(panels, names, data, estimate, scale)
            for i, panel in enumerate(panels):
                panel.tick_params(labelleft=i % columns == 0, labelbottom=i + columns >= len(names))
            caption(None, figure, (title, _shown(quantity, log, spoken)), quantity, estimate, spoken)
            _legend(figure, grid, len(names), columns, percent(float(estimate.level)), spoken)
            return settle(figure, spoken)
        given = list(ax)
        if len(given) != len(names):
            raise InputError([Fault("plot-axes-for-districts", came=len(given), wanted=len(names))])
        figure, _ = stage(given[0], 0, 0)
        log = _draw(given, names, data, estimate, scale)
        for panel, name in zip(given, names.values(), strict=True):
            lines = (f"{title} · {name}", _shown(quantity, log, spoken))
            caption(panel, figure, lines, quantity, estimate, spoken)
            settle(figure, spoken, panel)
        return figure


def _grid(n: int, columns: int) -> tuple[Figure, GridSpec, list[Axes]]:
    n_rows = -(-n // columns)
    figure = new_figure(9.6, 1.0 + 1.62 * n_rows + (0 if n % columns else 0.55))
    grid = figure.add_gridspec(n_rows, columns)
    panels: list[Axes] = []
    for i in range(n):
        first = panels[0] if panels else None
        panels.append(figure.add_subplot(grid[i // columns, i % columns], sharex=first, sharey=first))
    return figure, grid, panels


def _draw(panels: list[Axes], names: dict[str, str], data: pd.DataFrame, estimate: Answer, scale: str) -> bool:
    """Draw each district into its panel, all on one scale; return whether that is logarithmic."""
    months = _calendar(sorted(str(m) for m in estimate.months))
    bottom, top, log = _limits(data, scale)
    framed: list[Axes] = []
    for panel in panels:
        # axes that share their scale take it from the first: set once, not once for each of them on all of them
        if not any(one.get_shared_x_axes().joined(one, panel) for one in framed):
            _frame(panel, months, bottom, top, log)
            framed.append(panel)
        panel.grid(axis="y", color="#E4E4E4", lw=0.6)
        panel.tick_params(length=2.5, pad=2)
        still(panel)
    of = dict(list(data.groupby("district", sort=False)))
    for panel, (district, name) in zip(panels, names.items(), strict=True):
        _panel(panel, of.get(district, data.iloc[:0]), months, bottom)
        # the height is given: nothing stands above a panel that its title would have to avoid
        panel.set_title(name, loc="left", color=INK, y=1.0, pad=3, fontsize=_size(name))
    return log


def _size(name: str) -> float:
    """A size in which a panel's name fits over it: a Han character is as wide as two letters."""
    width = sum(2 if ord(c) > 0x2E7F else 1 for c in name)
    return max(6.0, min(10.0, 10.0 * NAME_WIDTH / max(width, 1)))


def _shown(quantity: str, log: bool, language: str) -> str:
    parts = [word("quantity", quantity, language) + f" [{unit_text(quantity, language)}]"]
    parts += [word("plot", "shared_axes", language)] + ([word("plot", "log_axis", language)] if log else [])
    return ("；" if language == "zh" else "; ").join(parts)


def main_drug(estimate: Answer) -> str:
    """Return the drug with most detected months."""
    series = estimate.series(estimate.quantity) if isinstance(estimate, Series) else estimate.series()
    seen = series[series["status"] == "estimate"].groupby("drug", sort=False).size()
    return str(seen.idxmax()) if len(seen) else str(next(iter(estimate.drugs)))


def _biomarker(data: pd.DataFrame, quantity: str) -> str:
    known = data["biomarker"].dropna() if "biomarker" in data else data["drug"]
    return str(known.iloc[0]) if len(known) and quantity in ("mass_load", "normalised_load") else ""


def _calendar(months: list[str]) -> list[str]:
    """All calendar months from the first to the last, so that a gap in the calendar stays a gap."""
    return [str(p) for p in pd.period_range(months[0], months[-1], freq="M")]


def _limits(data: pd.DataFrame, scale: str) -> tuple[float, float, bool]:
    seen = data[data["status"] == "estimate"]
    limits = data.loc[data["status"] == "below_limit", "limit"].dropna()
    highs = pd.concat([seen["upper"], limits]).dropna()
    lows = pd.concat([seen["lower"], limits]).dropna()
    lows = lows[lows > 0]
    if highs.empty:
        return 0.0, 1.0, False
    middle = float(seen["median"].median()) if len(seen) else float(limits.median())
    # limits far below the rest would lie on the axis of a linear scale
    middle = min(middle, 3 * float(limits.min())) if len(limits) else middle
    log = scale == "log" or (scale == "auto" and float(highs.max()) > SPREAD_FOR_LOG * middle)
    if log and len(lows):
        return float(lows.min()) / 1.6, float(highs.max()) * 1.4, True
    return 0.0, float(highs.max()) * 1.12, False


def _frame(axes: Axes, months: list[str], bottom: float, top: float, log: bool) -> None:
    if log:
        axes.set_yscale("log")
        axes.minorticks_off()
    ticks = log_ticks(bottom, top) if log else linear_ticks(top)
    axes.set_yticks(ticks, [short(t) for t in ticks])
    axes.set_ylim(bottom, top)
    shown = month_ticks(months)
    axes.set_xticks(shown, [months[i] for i in shown])
    axes.set_xlim(-0.8, len(months) - 0.2)


def _panel(axes: Axes, data: pd.DataFrame, months: list[str], bottom: float) -> None:
    data = data.set_index("month").reindex(months)
    data["status"] = data["status"].astype(object).where(data["status"].notna(), "no_data")
    place = np.arange(len(months))
    seen = (data["status"] == "estimate").to_numpy()
    below = ((data["status"] == "below_limit") & data["limit"].notna()).to_numpy()
    missing = (data["status"] == "no_data").to_numpy()
    limit = data["limit"].to_numpy(dtype=float)
    _shade(axes, place, limit, bottom)
    for x in place[missing]:
        band = axes.axvspan(x - 0.5, x + 0.5, fc="none", ec="#C9C9C9", hatch="/////", lw=0.0, zorder=1)
        band.set_gid("missing")
    median = data["median"].to_numpy(dtype=float)
    method = data["method_version"].fillna("").astype(str).to_numpy(dtype=object)
    changes = _method_changes(method, missing)
    for x in changes:
        axes.axvline(x - 0.5, color=PURPLE, lw=1.0, ls=(0, (4, 2)), zorder=2).set_gid("method-change")
    if seen.any():
        axes.plot(*_joined(place, median, seen, changes), color=BLUE, lw=0.9, alpha=0.55, zorder=3)[0].set_gid("joined")
        low, high = (data[name].to_numpy(dtype=float)[seen] for name in ("lower", "upper"))
        axes.vlines(place[seen], low, high, color=BLUE, lw=1.3, alpha=0.55, zorder=3).set_gid("interval")
        dots = axes.plot(place[seen], median[seen], "o", ms=3.6, color=BLUE, mec="white", mew=0.4, zorder=4)
        dots[0].set_gid("estimate")
    if below.any():
        _non_detects(axes, place[below], limit[below])


def _joined(place: np.ndarray, median: np.ndarray, seen: np.ndarray, changes: list[int]) -> tuple[np.ndarray, ...]:
    """One line through the months with a number, broken at those without and where the method changed."""
    height = np.where(seen, median, np.nan)
    at = np.asarray(changes, dtype=int)
    return np.insert(place.astype(float), at, np.nan), np.insert(height, at, np.nan)


def _method_changes(method: np.ndarray, missing: np.ndarray) -> list[int]:
    """Where the method differs from that of the last month with a sample."""
    changes, last = [], None
    for i, name in enumerate(method):
        if missing[i]:
            continue
        if last is not None and name != last:
            changes.append(i)
        last = name
    return changes


def _shade(axes: Axes, place: np.ndarray, limit: np.ndarray, bottom: float) -> None:
    known = ~np.isnan(limit)
    if known.any():
        edges = np.append(place - 0.5, place[-1] + 0.5)
        axes.stairs(limit, edges, baseline=bottom, fill=True, color=SHADE, lw=0, zorder=0.5)


def _non_detects(axes: Axes, place: np.ndarray, limit: np.ndarray) -> None:
    """A bar at the limit with an arrow down: the value is somewhere below."""
    marks = axes.plot(place, limit, **NON_DETECT, zorder=5)
    marks[0].set_gid("non-detect")


def _legend(figure: Figure, grid: GridSpec, n: int, columns: int, level: str, language: str) -> None:
    handles = [
        Line2D(
            [],
            [],
            marker="o",
            ms=4.5,
            color=BLUE,
            lw=1.3,
            alpha=0.9,
            label=word("plot", "interval", language, level=level),
        ),
        Line2D([], [], **NON_DETECT, label=word("plot", "non_detect", language)),
        Patch(fc=SHADE, ec="#DDDDDD", label=word("plot", "below", language)),
        Patch(fc="none", ec="#BBBBBB", hatch="/////", lw=0.4, label=word("plot", "missing", language)),
        Line2D([], [], color=PURPLE, lw=1.0, ls=(0, (4, 2)), label=word("plot", "method_change", language)),
    ]
    if n % columns:
        # the empty cells of the last row hold the legend
        box = figure.add_subplot(grid[-1, n % columns :])
        box.axis("off")
        box.legend(handles=handles, loc="center left", frameon=False, borderaxespad=1.2, labelspacing=0.7)
    else:
        # below the panels there is one place: what the numbers rest on stands above the legend, not in it
        said = figure.get_supxlabel()
        figure.supxlabel("")
        figure.legend(handles=handles, loc="outside lower left", ncols=3, frameon=False, title=said or None,
                      title_fontsize=7.5, alignment="left")  # fmt: skip
