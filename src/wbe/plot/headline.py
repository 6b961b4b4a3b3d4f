"""The city's line: one drug over the months, with its interval, what was not detected, gaps, and the month reported.

Refuses to draw a non-detect as a point and to bridge a month without a number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from wbe.answer import Month, drug_of, last_month, month_of, needed
from wbe.plot.canvas import (
    BLUE,
    GREEN,
    GREY,
    INK,
    NON_DETECT,
    ORANGE,
    caption,
    linear_ticks,
    month_ticks,
    percent,
    short,
    stage,
    unit_text,
)
from wbe.plot.cartogram import title_of
from wbe.plot.fonts import settle, style
from wbe.plot.series import main_drug
from wbe.plot.words import word

if TYPE_CHECKING:
    from wbe.estimation import Estimate

__all__ = ["city"]

QUANTITY = "normalised_load"


def city(
    estimate: Estimate,
    *,
    drug: str | None = None,
    month: Month | None = None,
    language: str | None = None,
    forecast: pd.DataFrame | None = None,
    ax: Axes | None = None,
) -> Figure:
    """Draw the population-normalised load of the whole city over the months.

    Parameters
    ----------
    estimate : Estimate
    drug : str, optional
        By default the drug with most detections.
    month : str or Period, optional
        The month that is marked; by default the last.
    language : {"zh", "en"}, optional
        By default the language in force; English labels, with one warning, when no Chinese font is found.
    forecast : DataFrame, optional
        As :func:`wbe.levels.city_forecasts` gives: of months after the marked one it is drawn as a band, and of the
        marked month as a box round what was foretold, a hit or a miss.
    ax : Axes, optional
        Where to draw; by default a figure of its own.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    UnknownName
        Unknown drug, month or language.

    Examples
    --------
    >>> from wbe.testing import small_city
    >>> import wbe
    >>> figure = city(wbe.estimate(small_city(), draws=2000), drug="methamphetamine", language="en")
    >>> figure.axes[0].get_gid()
    'city'
    """
    needed(estimate, "city")
    drug = main_drug(estimate) if drug is None else drug_of(estimate, drug)
    marked = last_month(estimate) if month is None else month_of(estimate, month)
    table = estimate.table("city")
    data = table[(table["quantity"] == QUANTITY) & (table["drug"] == drug)].drop_duplicates("month")
    told = _told(forecast, drug, marked)
    months = [str(p) for p in pd.period_range(min(map(str, estimate.months)), max([marked, *told["month"]]), freq="M")]
    with style(language) as spoken:
        figure, axes = stage(ax, 7.4, 4.6)
        axes.set_gid("city")
        data = data.set_index("month").reindex(months)
        _line(axes, data[data.index <= marked], months, marked, _foretold(axes, data, told, months, marked))
        title = f"{word('plot', 'city', spoken)} · {title_of(data, drug, QUANTITY, spoken)}"
        parts = [
            f"{word('quantity', QUANTITY, spoken)} [{unit_text(QUANTITY, spoken)}]",
            word("plot", "interval", spoken, level=percent(float(estimate.level))),
        ]
        if (data["status"] == "incomplete").any():
            parts.append(word("plot", "hollow", spoken))
        gap = "；" if spoken == "zh" else "; "
        lines = [gap.join(part) for part in (parts, _said(data, told, marked, spoken)) if part]
        caption(ax, figure, (title, "\n".join(lines)), QUANTITY, estimate, spoken)
        return settle(figure, spoken, ax)


def _told(forecast: pd.DataFrame | None, drug: str, marked: str) -> pd.DataFrame:
    """The forecasts that are drawn: of the marked month and of those after it, each as it was last written down."""
    if forecast is None or forecast.empty:
        return pd.DataFrame(columns=["made", "month", "median", "lower", "upper", "level"])
    held = forecast[(forecast["drug"] == drug) & (forecast["month"] >= marked) & (forecast["made"] < forecast["month"])]
    return held.sort_values("made", kind="stable").drop_duplicates("month", keep="last").sort_values("month")


def _foretold(axes: Axes, data: pd.DataFrame, told: pd.DataFrame, months: list[str], marked: str) -> float:
    """Draw what was foretold of the marked month and what is of the next ones; return how high it reaches."""
    now, later = told[told["month"] == marked], told[told["month"] > marked]
    x = months.index(marked)
    for low, high in now[["lower", "upper"]].to_numpy(dtype=float):
        box = Rectangle((x - 0.32, low), 0.64, high - low, fc="#E9E9E9", ec=GREY, lw=0.8, zorder=0.5)
        axes.add_patch(box).set_gid("foretold")
    if len(later):
        place = [months.index(m) for m in later["month"]]
        low, middle, high = (later[k].to_numpy(dtype=float) for k in ("lower", "median", "upper"))
        if data["status"].get(marked) == "estimate":  # the band opens where the line ends
            start = data["median"].to_numpy(dtype=float)[x]
            place, low, middle, high = [x, *place], *(np.insert(v, 0, start) for v in (low, middle, high))
        axes.fill_between(place, low, high, color=GREEN, alpha=0.16, lw=0).set_gid("forecast")
        axes.plot(place, middle, color=GREEN, lw=1.2, ls="--")[0].set_gid("expected")
    return float(told["upper"].max()) if len(told) else 0.0


def _said(data: pd.DataFrame, told: pd.DataFrame, marked: str, language: str) -> list[str]:
    """What stands under the title of forecasts: the outcome of the last, and what the band is."""
    said = []
    now, later = told[told["month"] == marked], told[told["month"] > marked]
    if len(now) and data["status"].get(marked) == "estimate":
        seen = float(data["median"].to_numpy(dtype=float)[data.index.get_loc(marked)])
        low, high = float(now["lower"].iloc[0]), float(now["upper"].iloc[0])
        said.append(word("plot", f"foretold_{'below' if seen < low else 'above' if seen > high else 'hit'}", language))
    if len(later):
        said.append(word("plot", "ahead_band", language, level=percent(float(later["level"].iloc[0]))))
    return said


def _line(axes: Axes, data: pd.DataFrame, months: list[str], marked: str, reach: float) -> None:
    place = np.arange(len(data))
    status = data["status"].astype(object).where(data["status"].notna(), "no_data")
    seen, below = (status == "estimate").to_numpy(), ((status == "below_limit") & data["limit"].notna()).to_numpy()
    middle, low, high, limit = (data[n].to_numpy(dtype=float) for n in ("median", "lower", "upper", "limit"))
    for x in place[(status == "no_data").to_numpy()]:
        axes.axvspan(x - 0.5, x + 0.5, fc="none", ec="#C9C9C9", hatch="/////", lw=0.0).set_gid("missing")
    for i in place[1:]:
        if seen[i] and seen[i - 1]:
            axes.plot([i - 1, i], middle[[i - 1, i]], color=BLUE, lw=1.2, alpha=0.7)
    if seen.any():
        axes.vlines(place[seen], low[seen], high[seen], color=BLUE, lw=2.2, alpha=0.4).set_gid("interval")
        axes.plot(place[seen], middle[seen], "o", ms=5, color=BLUE, mec="white", mew=0.5)[0].set_gid("estimate")
    part = ((status == "incomplete") & data["median"].notna()).to_numpy()
    if part.any():
        axes.plot(place[part], middle[part], "o", ms=5, mfc="white", mec=BLUE, mew=1.0)[0].set_gid("incomplete")
    if below.any():
        axes.plot(place[below], limit[below], **NON_DETECT)[0].set_gid("non-detect")
    last = months.index(marked)
    if seen[last]:
        axes.plot([last], [middle[last]], "o", ms=8, mfc="none", mec=ORANGE, mew=1.6)[0].set_gid("reported")
        axes.annotate(str(data["text"].iloc[last]), (last, high[last]), xytext=(0, 4), textcoords="offset points",
                      ha="right" if len(months) > 3 else "center", va="bottom", fontsize=9, color=INK,
                      bbox={"boxstyle": "round,pad=0.15", "fc": "white", "ec": "none", "alpha": 0.85})  # fmt: skip
    tops = np.concatenate([high[seen], middle[part], limit[below], [reach] if reach else []])
    top = float(tops.max()) * 1.22 if len(tops) else 1.0
    ticks = linear_ticks(top)
    axes.set_yticks(ticks, [short(t) for t in ticks])
    axes.set_ylim(0, top)
    shown = sorted({last, *(i for i in month_ticks(months) if abs(i - last) > 1)})  # the month reported has its name
    axes.set_xticks(shown, [months[i] for i in shown])
    axes.set_xlim(-0.8, len(months) - 0.2)
    axes.grid(axis="y", color="#E4E4E4", lw=0.6)
