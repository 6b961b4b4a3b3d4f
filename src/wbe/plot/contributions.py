"""What each unit contributes to a change of the city, as a waterfall from one month to the other.

Refuses to compute: every number drawn comes from :func:`wbe.sewer.contribution`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from wbe.messages import render
from wbe.plot.canvas import BLUE, GREY, INK, ORANGE, head, names_for, short, stage
from wbe.plot.fonts import settle, style
from wbe.plot.words import drug_name
from wbe.sewer import contribution

if TYPE_CHECKING:
    from wbe.estimation import Estimate

__all__ = ["contributions"]


def contributions(
    estimate: Estimate, *, month: str, drug: str, against: str | None = None, language: str | None = None,
    ax: Axes | None = None,
) -> Figure:  # fmt: skip
    """Draw the load of one month, what each unit added or took away, and the load of another.

    Parameters
    ----------
    estimate : Estimate
    month, against : str
        As in :func:`wbe.sewer.contribution`.
    drug : str
    language : {"zh", "en"}, optional
    ax : Axes, optional
        To draw into; by default a figure of its own.

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> import wbe
    >>> estimate = wbe.estimate(wbe.testing.small_city())
    >>> contributions(estimate, month="2021-02", drug="methamphetamine", language="en").axes[0].get_gid()
    'contributions'
    """
    against = against or list(estimate.months)[max(list(estimate.months).index(month) - 1, 0)]
    table = contribution(estimate, month=month, against=against, drug=drug)
    table = table[table["change"].notna()]
    with style(language) as spoken:
        figure, axes = stage(ax, 7.6, 3.9)
        axes.set_gid("contributions")
        names = names_for(estimate, spoken)
        start, end = float(table["before"].sum()), float(table["after"].sum())
        order = table.sort_values("change", ascending=False)
        axes.bar([0, len(order) + 1], [start, end], 0.62, color=GREY)
        level = start
        for i, row in enumerate(order.to_dict("records"), start=1):
            change = row["change"]
            axes.bar(i, change, 0.62, bottom=level, color=ORANGE if change >= 0 else BLUE)
            axes.plot([i, i], [level + row["lower"], level + row["upper"]], color=INK, lw=1.0, solid_capstyle="butt")
            axes.plot([i - 0.31, i + 1.31], [level + change] * 2, color=GREY, lw=0.6, zorder=0)
            level += change
        top = order.iloc[[int(np.argmax(order["p_most"].to_numpy()))]]
        labels = [against, *(names[u] for u in order["unit"]), month]
        axes.set_xticks(
            range(len(labels)),
            labels,
            rotation=30 if len(labels) > 6 else 0,
            ha="right" if len(labels) > 6 else "center",
        )
        axes.set_ylabel("g/d")
        axes.yaxis.set_major_formatter(lambda value, _: short(float(value)))
        axes.axhline(0, color=INK, lw=0.6)
        axes.set_ylim(0.0, 1.5 * max(start, end, *_tops(start, order["change"])))
        axes.spines[["top", "right"]].set_visible(False)
        title = render(
            "plot-contributions-title", {"drug": drug_name(drug, spoken), "month": month, "against": against}, spoken
        )
        told = {"unit": names[str(top["unit"].iloc[0])], "p": f"{100 * float(top['p_most'].iloc[0]):.0f}"}
        code = "unchanged" if (table["status"] == "sum_unchanged").all() else "below"
        below = render(f"plot-contributions-{code}", told if code == "below" else {}, spoken)
        if ax is None:
            head(figure, title, below, estimate.synthetic, spoken)
        else:
            axes.set_title(f"{title}\n{below}", loc="left", fontsize=9, color=INK)
        return settle(figure, spoken)


def _tops(start: float, change: pd.Series) -> list[float]:
    """Upper ends of the bars; intervals may leave the picture, so that the bars stay readable."""
    return (start + np.cumsum(change.to_numpy(float))).tolist() or [start]
