"""A sewer as a tree or a map: where the source of a search may lie, and the next visits.

Refuses to draw a node that serves fewer people than the search's policy allows, and boundaries: the coordinates are the
user's own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from wbe.messages import render
from wbe.plot.canvas import INK, ORANGE, new_figure
from wbe.plot.fonts import settle, style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from wbe.sewer import Search

__all__ = ["sewer"]

#: nodes named beside their marks; more would hide the tree
LABELLED = 12


def sewer(search: Search, *, visits: int = 3, language: str = "zh", ax: Axes | None = None) -> Figure:
    """Draw a search: nodes coloured by probability, sized by people, with the next visits numbered.

    Parameters
    ----------
    search : Search
    visits : int
        Next visits to mark; 0 for none.
    language : {"zh", "en"}
    ax : Axes, optional
        To draw into; by default a figure of its own.

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> import wbe
    >>> from wbe.sewer.examples import three_sources
    >>> network, samples = three_sources()
    >>> figure = sewer(wbe.sewer.search(network, drug="methamphetamine").observe(samples), language="en")
    >>> figure.axes[0].get_gid()
    'sewer'
    """
    with style(language) as spoken:
        figure, axes = _canvas(ax)
        axes.set_gid("sewer")
        shown = np.flatnonzero(search.network.served >= search.minimum)
        place = _positions(search, shown)
        _pipes(axes, search, shown, place)
        table = search.posterior().set_index("node")["probability"]
        chance = np.array([float(table.get(search.network.nodes[i], 0.0)) for i in shown])
        _nodes(figure, axes, search, shown, place, chance, spoken)
        if visits:
            _visits(axes, search, place, visits, spoken)
        _title(axes, search, spoken)
        axes.set_axis_off()
        axes.margins(0.08)
        return settle(figure, spoken)


def _canvas(ax: Axes | None) -> tuple[Figure, Axes]:
    if ax is None:
        figure: Figure = new_figure(8.0, 5.6)
        return figure, figure.add_subplot()
    found = ax.get_figure(root=True)
    assert found is not None
    return found, ax


def _positions(search: Search, shown: np.ndarray) -> dict[int, tuple[float, float]]:
    """The user's coordinates where every node has them, else a tree with the outfall below."""
    network = search.network
    if network.xy is not None and not np.isnan(network.xy[shown]).any():
        return {int(i): (float(network.xy[i, 0]), float(network.xy[i, 1])) for i in shown}
    below = _below(search, shown)
    above: dict[int, list[int]] = {int(i): [] for i in shown}
    roots: list[int] = []
    for i in shown:
        down = below.get(int(i))
        (above[down] if down is not None else roots).append(int(i))
    place: dict[int, tuple[float, float]] = {}
    across = 0.0
    for root in roots:
        stack = [(root, 0, False)]
        while stack:
            node, depth, done = stack.pop()
            heads = above[node]
            if not heads:
                place[node], across = (across, float(depth)), across + 1.0
            elif done:
                place[node] = (float(np.mean([place[h][0] for h in heads])), float(depth))
            else:
                stack.append((node, depth, True))
                stack += [(h, depth + 1, False) for h in heads]
    return place


def _below(search: Search, shown: np.ndarray) -> dict[int, int]:
    """The next node downstream that is shown, by the link that takes most."""
    network = search.network
    order = np.argsort(network.share, kind="stable")
    main = dict(zip(network.up[order].tolist(), network.down[order].tolist(), strict=True))
    inside = set(shown.tolist())
    return {i: main[i] for i in shown.tolist() if main.get(i) in inside}


def _pipes(axes: Axes, search: Search, shown: np.ndarray, place: dict[int, tuple[float, float]]) -> None:
    for up, down in _below(search, shown).items():
        people = search.network.served[up] / max(search.network.served.max(), 1.0)
        axes.plot(*zip(place[up], place[down], strict=True), color="#9aa5ad", lw=0.8 + 4 * people, zorder=1,
                  solid_capstyle="round")  # fmt: skip


def _nodes(
    figure: Figure,
    axes: Axes,
    search: Search,
    shown: np.ndarray,
    place: dict[int, tuple[float, float]],
    chance: np.ndarray,
    language: str,
) -> None:
    people = search.network.served[shown]
    x, y = np.array([place[int(i)] for i in shown]).T
    size = 28 + 160 * np.sqrt(people / max(people.max(), 1.0))
    norm, cmap = Normalize(0, max(float(chance.max()), 1e-9)), mpl.colormaps["YlOrRd"]
    marks = axes.scatter(x, y, s=size, c=chance, cmap=cmap, norm=norm, edgecolors=INK, linewidths=0.6, zorder=3)
    bar = figure.colorbar(marks, ax=axes, shrink=0.6, pad=0.02)
    bar.set_label(render("sewer-report-probability", {}, language))
    bar.ax.yaxis.set_major_formatter(lambda value, _: f"{100 * value:.0f} %")
    likely = np.argsort(-chance, kind="stable")[:LABELLED]
    for i in likely if len(shown) > LABELLED else range(len(shown)):
        axes.annotate(
            search.network.nodes[shown[i]], (x[i], y[i]), xytext=(7, 5), textcoords="offset points", fontsize=8,
            parse_math=False, zorder=5,
        )  # fmt: skip


def _visits(axes: Axes, search: Search, place: dict[int, tuple[float, float]], visits: int, language: str) -> None:
    plan = search.plan(visits)
    for number, node in enumerate(plan["node"], start=1):
        x, y = place[search.network.index[node]]
        axes.scatter([x], [y], s=330, facecolors="none", edgecolors="#0072B2", linewidths=1.8, zorder=4)
        axes.annotate(
            str(number), (x, y), xytext=(-11, 9), textcoords="offset points", color="white", fontsize=8, zorder=6,
            bbox={"boxstyle": "circle,pad=0.2", "fc": "#0072B2", "ec": "none"},
        )  # fmt: skip
    if len(plan):
        axes.scatter(
            [], [], s=120, facecolors="none", edgecolors="#0072B2", label=render("sewer-report-next", {}, language)
        )
        axes.legend(loc="lower left", frameon=False, fontsize=8)


def _title(axes: Axes, search: Search, language: str) -> None:
    from wbe.vocabulary import label

    drug = label(search.drug, language)
    axes.set_title(render("sewer-report-title", {"drug": drug}, language), loc="left", fontsize=12, color=INK)
    found = [n for n in search.notes() if n.code.startswith(("sewer-credible", "sewer-two", "sewer-nothing"))]
    if found:
        axes.text(0, -0.02, found[0].text(language), transform=axes.transAxes, fontsize=8.5, va="top", color="#555555",
                  parse_math=False)  # fmt: skip
    if search.synthetic:
        axes.text(1, 1.02, render("sewer-report-synthetic", {}, language), transform=axes.transAxes, ha="right",
                  fontsize=8.5, color=ORANGE)  # fmt: skip
