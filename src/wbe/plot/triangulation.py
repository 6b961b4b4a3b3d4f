"""Counts beside loads: each district's lines, and the correlation at every lag; small counts are left out.

Refuses to draw a correlation where the comparison gave none, and counts that are not to be printed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure

from wbe.answer import Answer
from wbe.messages import render
from wbe.plot.canvas import BLUE, GREY, INK, ORANGE, head, names_for, new_figure, rests_on
from wbe.plot.fonts import settle, style
from wbe.triangulate.panel import of_counts, of_loads
from wbe.triangulate.settings import indicators
from wbe.vocabulary import label

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from wbe.triangulate import Association, Counts

__all__ = ["triangulation"]

_MARKS = (("●", "load"), ("■", "count"))
_SAID = ("triangulate-confounded", "triangulate-too-few", "triangulate-noise-all", "triangulate-no-enforcement",
         "triangulate-policing")  # fmt: skip
#: districts drawn, those with most counts first
_DRAWN = 6


def triangulation(
    answer: Answer, held: Counts, found: Association, *, quantity: str = "normalised_load", language: str = "zh"
) -> Figure:
    """Draw a comparison of counts with loads.

    Parameters
    ----------
    answer : Estimate or Series
    held : Counts
    found : Association
        Of the two.
    quantity : str
    language : {"zh", "en"}

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> import pandas as pd, wbe
    >>> from wbe.testing import small_loads
    >>> table = pd.DataFrame({"district": ["天元区"] * 2, "month": ["2021-01", "2021-02"], "tips": [9, 12]})
    >>> loads, held = small_loads(), wbe.triangulate.counts(table)
    >>> found = wbe.triangulate.associate(loads, held, indicator="tips", drug="冰毒")
    >>> [axes.get_gid() for axes in triangulation(loads, held, found, language="en").axes]
    ['district-0', 'lags']
    """
    with style(language) as spoken:
        loads = of_loads(answer, found.drug, quantity)
        shown = held.frame[~(held.small[0] | held.small[1])]
        counted = of_counts(type(held)(shown, held.synthetic), found.indicator, found.drug, loads.districts,
                            loads.months)  # fmt: skip
        known = np.isfinite(counted.value).sum(axis=1)
        chosen = [int(d) for d in np.argsort(-known, kind="stable")[:_DRAWN] if known[d]]
        rows = max(1, -(-len(chosen) // 2))
        figure = new_figure(9.0, 1.5 + 1.7 * rows)
        grid = figure.add_gridspec(rows, 3, width_ratios=(1, 1, 1.2))
        names = names_for(answer, spoken)
        for at, d in enumerate(chosen):
            axes = figure.add_subplot(grid[at // 2, at % 2])
            axes.set_gid(f"district-{at}")
            _lines(axes, loads.value[d], counted.value[d], list(loads.months))
            axes.set_title(names[loads.districts[d]], loc="left", fontsize=9.5, color=INK, parse_math=False)
        axes = figure.add_subplot(grid[:, 2])
        axes.set_gid("lags")
        _lags(axes, found, spoken)
        _words(figure, held, found, spoken)
        return settle(figure, spoken)


def _lines(axes: Axes, load: np.ndarray, count: np.ndarray, months: list[str]) -> None:
    x = np.arange(len(months))
    for value, colour, mark in ((load, BLUE, "o"), (count, ORANGE, "s")):
        known = np.isfinite(value)
        if known.any():
            axes.plot(x[known], np.exp(value[known] - value[known].mean()), color=colour, marker=mark, ms=3, lw=1.2)
    axes.set_yscale("log")
    axes.axhline(1, color=GREY, lw=0.6, zorder=0)
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.yaxis.set_minor_formatter(lambda value, _: "")
    axes.set_yticks([0.25, 0.5, 1, 2, 4])
    step = max(1, len(months) // 3)
    axes.set_xticks(x[::step], months[::step], fontsize=8)
    axes.tick_params(labelsize=8)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


def _lags(axes: Axes, found: Association, language: str) -> None:
    axes.axhline(0, color=GREY, lw=0.8)
    axes.set_ylim(-1, 1)
    axes.set_xlabel(render("triangulate-picture-lag", {}, language), fontsize=9)
    axes.set_ylabel(render("triangulate-picture-correlation", {}, language), fontsize=9)
    axes.tick_params(labelsize=8)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    if found.table.empty:
        axes.text(0.5, 0.55, render("triangulate-picture-none", {}, language), transform=axes.transAxes, ha="center",
                  color=INK, fontsize=10)  # fmt: skip
        return
    table = found.table
    axes.vlines(table["lag"], table["lower"], table["upper"], color=INK, lw=1.6)
    axes.plot(table["lag"], table["correlation"], "o", color=INK, ms=5)
    axes.set_xticks(table["lag"])


def _words(figure: Figure, held: Counts, found: Association, language: str) -> None:
    name = indicators()[found.indicator].words.text(language)
    title = render("triangulate-picture-title", {"indicator": name, "drug": label(found.drug, language)}, language)
    marks = "    ".join(f"{mark} {render(f'triangulate-picture-{what}', {}, language)}" for mark, what in _MARKS)
    said = [n.text(language) for n in found.notes() if n.code in _SAID]
    rests_on(figure, said[0] if said else "", language)
    head(figure, title, marks, held.synthetic, language)
