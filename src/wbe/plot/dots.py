"""Dots with intervals: districts in one month, and ranks with their probability.

Refuses a dot without its interval and a rank without the group of districts it cannot be told from.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.transforms import Affine2D

from wbe.answer import Answer, Month, needed
from wbe.errors import Fault, InputError
from wbe.estimation.wording import reason
from wbe.plot.canvas import (
    BLUE,
    GREY,
    INK,
    NON_DETECT,
    caption,
    linear_ticks,
    log_ticks,
    names_for,
    percent,
    short,
    stage,
    unit_text,
)
from wbe.plot.cartogram import cells, chosen, say, title_of
from wbe.plot.fonts import settle, style
from wbe.plot.words import drug_name, word
from wbe.ranking import rank

__all__ = ["interval", "probability", "ranks"]


def interval(
    estimate: Answer,
    *,
    month: Month | None = None,
    drug: str | None = None,
    quantity: str = "normalised_load",
    language: str | None = None,
    ax: Axes | None = None,
) -> Figure:
    """Draw one dot with its interval for each district, highest first, with the value as text.

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

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    UnknownName
        Unknown month, drug, quantity or language.

    Examples
    --------
    >>> from wbe.testing import small_city
    >>> import wbe
    >>> figure = interval(wbe.estimate(small_city(), draws=2000), drug="ketamine", language="en")
    >>> len(figure.axes)
    1
    """
    needed(estimate, "interval")
    month, drug = chosen(estimate, month, drug)
    data = cells(estimate, month, drug, quantity)
    series = estimate.series(quantity)
    at = (series["month"] == month) & (series["drug"] == drug)
    limits = series[at].drop_duplicates("district").set_index("district")["limit"]
    data["limit"] = limits.reindex(data.index).where(data["status"] == "below_limit")
    data["order"] = data["median"].fillna(-1.0) + data["limit"].fillna(0.0) * 1e-9
    data = data.sort_values("order", ascending=False, kind="stable")
    with style(language) as spoken:
        names = names_for(estimate, spoken)
        figure, axes = stage(ax, 7.6, 1.35 + 0.34 * len(data))
        _value_axis(axes, data)
        place = np.arange(len(data))
        seen = (data["status"] == "estimate").to_numpy()
        axes.hlines(place[seen], data["lower"][seen], data["upper"][seen], color=BLUE, lw=2.2, alpha=0.5).set_gid(
            "interval"
        )
        axes.plot(data["median"][seen], place[seen], "o", ms=5.5, color=BLUE, mec="white", mew=0.5)[0].set_gid(
            "estimate"
        )
        below = data["limit"].notna().to_numpy()
        if below.any():
            shape = NON_DETECT | {"marker": NON_DETECT["marker"].transformed(_turned()), "markersize": 13}
            axes.plot(data["limit"][below], place[below], **shape)[0].set_gid("non-detect")
        axes.set_yticks(place, [names[str(d)] for d in data.index], fontsize=9.5)
        axes.set_ylim(len(data) - 0.4, -0.6)
        for y, (_, cell) in enumerate(data.iterrows()):
            tone = INK if cell["status"] in ("estimate", "below_limit") else GREY
            axes.text(
                1.02, y, say(cell, spoken), transform=axes.get_yaxis_transform(), va="center", fontsize=9, color=tone
            )
        axes.set_xlabel(f"{word('quantity', quantity, spoken)} [{unit_text(quantity, spoken)}]")
        axes.grid(axis="x", color="#E4E4E4", lw=0.6)
        axes.tick_params(axis="y", length=0)
        level = percent(float(estimate.level))
        title = f"{title_of(data, drug, quantity, spoken)} · {month}"
        caption(ax, figure, (title, word("plot", "interval", spoken, level=level)), quantity, estimate, spoken)
        return settle(figure, spoken, ax)


def _turned() -> Affine2D:
    """The sign of an upper limit, turned so that its arrow points to lower values."""
    return Affine2D().rotate_deg(-90)


def _value_axis(axes: Axes, data: pd.DataFrame) -> None:
    numbers = pd.concat([data["upper"], data["limit"]]).dropna()
    lows = pd.concat([data["lower"], data["limit"]]).dropna()
    lows = lows[lows > 0]
    if numbers.empty:
        axes.set_xticks([])
        return
    top = float(numbers.max())
    if len(lows) and data["median"].notna().any() and top > 8 * float(data["median"].median()):
        low = float(lows.min()) / 1.5
        axes.set_xscale("log")
        axes.minorticks_off()
        axes.set_xlim(low, top * 1.2)
        ticks = log_ticks(low, top * 1.2)
    else:
        axes.set_xlim(0, top * 1.06)
        ticks = linear_ticks(top * 1.06)
    axes.set_xticks(ticks, [short(t) for t in ticks])


def ranks(
    estimate: Answer,
    *,
    ranking: pd.DataFrame | None = None,
    month: Month | None = None,
    drug: str | None = None,
    quantity: str = "normalised_load",
    language: str | None = None,
    ax: Axes | None = None,
) -> Figure:
    """Draw the interval of each district's rank, with P(top 3) and the group of ties.

    Parameters
    ----------
    estimate : Estimate or Series
    ranking : DataFrame, optional
        One month and drug of :func:`wbe.rank`, where it is at hand; by default it is asked for.
    month : str or Period, optional
        ``YYYY-MM``; by default the last month.
    drug : str, optional
        By default the drug with most detections.
    quantity : str
    language : {"zh", "en"}, optional
        By default the language in force; English labels, with one warning, when no Chinese font is found.
    ax : Axes, optional
        Where to draw; by default a figure of its own.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    UnknownName
        Unknown month, drug, quantity or language.
    InputError
        A ranking of no district, or of several months or drugs.

    Examples
    --------
    >>> from wbe.testing import small_city
    >>> import wbe
    >>> estimate = wbe.estimate(small_city(), draws=2000)
    >>> figure = ranks(estimate, drug="methamphetamine", language="en")
    >>> len(figure.axes)
    1
    """
    needed(estimate, "ranks")
    if ranking is None:
        month, drug = chosen(estimate, month, drug)
        ranking = rank(estimate, month=month, drug=drug, quantity=quantity)
    if len(ranking[["month", "drug"]].drop_duplicates()) != 1:
        raise InputError([Fault("plot-ranking-of-several", count=len(ranking))])
    with style(language) as spoken:
        names = names_for(estimate, spoken)
        figure, axes = stage(ax, 7.6, 1.4 + 0.34 * len(ranking))
        place = np.arange(len(ranking))
        placed = ranking["median_rank"].notna().to_numpy()
        low, high = (ranking[c].to_numpy(dtype=float) for c in ("rank_lower", "rank_upper"))
        axes.hlines(place[placed], low[placed] - 0.12, high[placed] + 0.12, color=BLUE, lw=6, alpha=0.35).set_gid(
            "interval"
        )
        middle = ranking["median_rank"].to_numpy(dtype=float)
        axes.plot(middle[placed], place[placed], "o", ms=6, color=BLUE, mec="white", mew=0.5)[0].set_gid("estimate")
        axes.set_xlim(0.5, max(len(ranking), 2) + 0.5)
        axes.set_xticks(range(1, len(ranking) + 1), [str(i) for i in range(1, len(ranking) + 1)])
        axes.set_yticks(place, [names[str(d)] for d in ranking["district"]], fontsize=9.5)
        axes.set_ylim(len(ranking) - 0.4, -0.6)
        axes.tick_params(axis="y", length=0)
        axes.grid(axis="x", color="#E4E4E4", lw=0.6)
        axes.set_xlabel(word("plot", "rank", spoken))
        _rank_columns(axes, ranking, spoken)
        month, drug = str(ranking["month"].iloc[0]), str(ranking["drug"].iloc[0])
        parts = [
            word("plot", "rank_title", spoken, quantity=_ranked(ranking, spoken)),
            word("plot", "interval", spoken, level=percent(float(estimate.level))),
            word("plot", "rank_note", spoken),
        ]
        title = f"{drug_name(drug, spoken)} · {month}"
        quantity = str(ranking["quantity"].iloc[0])
        caption(ax, figure, (title, ("；" if spoken == "zh" else "; ").join(parts)), quantity, estimate, spoken)
        return settle(figure, spoken, ax)


def _ranked(ranking: pd.DataFrame, language: str) -> str:
    quantity = str(ranking["quantity"].iloc[0])
    name = word("quantity", quantity, language)
    return name if language == "zh" else name[:1].lower() + name[1:]


def _rank_columns(axes: Axes, ranking: pd.DataFrame, language: str) -> None:
    def write(y: float, points: float, text: str, **how: Any) -> None:
        axes.annotate(text, (1.0, y), xytext=(points, 0), xycoords=axes.get_yaxis_transform(),
                      textcoords="offset points", va="center", annotation_clip=False, **how)  # fmt: skip

    write(-0.9, 10, word("plot", "top3", language), fontsize=8.5, color="#555555")
    write(-0.9, 100, word("plot", "group", language), fontsize=8.5, color="#555555")
    for y, row in enumerate(ranking.to_dict("records")):
        if np.isnan(row["p_top3"]):
            write(y, 10, _unranked(str(row["status"]), language), fontsize=9, color=GREY)
            continue
        # of three or fewer all are among the first three
        write(y, 10, probability(float(row["p_top3"])) if row["n_ranked"] > 3 else "—", fontsize=9)
        write(y, 100, str(row["group"]), fontsize=9)


def _unranked(status: str, language: str) -> str:
    return word("plot", "unranked", language) if status == "below_limit" else reason(status, language)


def probability(p: float) -> str:
    """Return a probability as people read it, never 0 % or 100 %.

    Examples
    --------
    >>> probability(0.1234), probability(0.9999), probability(0.0)
    ('12 %', '> 99 %', '< 1 %')
    """
    if p < 0.01:
        return "< 1 %"
    if p > 0.99:
        return "> 99 %"
    return f"{100 * p:.0f} %"
