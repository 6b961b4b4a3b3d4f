"""Where loads come from, in pictures: stacked shares, ratios against windows, enantiomers, and the open panel.

Refuses to draw a share as known that is not: what is unresolved is hatched. Computes nothing of its own.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from wbe.errors import one_of
from wbe.messages import Words, render
from wbe.origin import panel, panel_months
from wbe.origin import shares as shares_of
from wbe.origin.cells import Cell, cells, samples_of
from wbe.origin.evidence import rows
from wbe.plot.canvas import (
    BLUE,
    GREEN,
    GREY,
    INK,
    ORANGE,
    PURPLE,
    SHADE,
    head,
    log_ticks,
    month_ticks,
    names_for,
    short,
    stage,
)
from wbe.plot.fonts import settle, style
from wbe.plot.words import drug_name

if TYPE_CHECKING:
    from wbe.estimation import Estimate

__all__ = ["enantiomers", "origin_shares", "ratios", "substances"]

_COLOURS = (ORANGE, BLUE, GREEN, PURPLE, GREY)
_MARKS = "osD^vP*X<>"
_STATE = {"found": ORANGE, "below_limit": "#C9D6DF", "not_run": "white"}
_Z = 1.959964


def origin_shares(
    estimate: Estimate, drug: str, *, language: str | None = None, ax: Axes | None = None, district: str | None = None
) -> Figure:
    """Draw the shares of the sources of a biomarker by month, stacked, with intervals; unresolved ones are hatched.

    Parameters
    ----------
    estimate : Estimate
    drug : str
        A biomarker that has several sources, such as ``"amphetamine"`` or ``"morphine"``.
    language : {"zh", "en"}, optional
    ax : Axes, optional
        To draw into; by default a figure of its own.
    district : str, optional
        By default the first that has any.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    UnknownName
        No shares of that biomarker, or another district.

    Examples
    --------
    >>> import wbe
    >>> from wbe.testing import small_city
    >>> city = small_city(biomarkers=("amphetamine", "methamphetamine"))
    >>> origin_shares(wbe.estimate(city), "amphetamine", language="en").axes[0].get_gid()
    'origin_shares'
    """
    table = shares_of(estimate)
    one_of(drug, list(dict.fromkeys(table["drug"])), Words("biomarker with several sources", "多来源标志物"))
    table = table[table["drug"] == drug]
    known = list(dict.fromkeys(table["district"]))
    district = known[0] if district is None else one_of(district, known, Words("district", "区县"))
    table = table[table["district"] == district]
    months = [m for m in estimate.months if m in set(table["month"])]
    with style(language) as spoken:
        figure, axes = stage(ax, 7.6, 3.9)
        axes.set_gid("origin_shares")
        place = {m: i for i, m in enumerate(months)}
        base = np.zeros(len(months))
        sources = list(dict.fromkeys(table["source"]))
        for k, source in enumerate(sources):
            part = table[table["source"] == source]
            # of two sources the second's interval is the first's, turned over
            beside = None if len(sources) == 2 and k else 0.1 * (k - (len(sources) - 1) / 2)
            _stack(axes, part, place, base, _COLOURS[k % len(_COLOURS)], beside)
        axes.set_xticks(month_ticks(months), [months[i] for i in month_ticks(months)])
        axes.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0", "25 %", "50 %", "75 %", "100 %"])
        axes.set_ylim(0, 1.02)
        axes.spines[["top", "right"]].set_visible(False)
        marks = [Patch(fc=c, label=_source(s, spoken)) for c, s in zip(_cycle(len(sources)), sources, strict=True)]
        marks.append(Patch(fc="white", ec=INK, hatch="///", lw=0.5, label=_say("unresolved", spoken)))
        _legend(figure, axes, marks, ax)
        where = names_for(estimate, spoken)[district]
        _titles(ax, figure, axes, _say("shares-title", spoken, drug=drug_name(drug, spoken), where=where),
                _say("shares-below", spoken), estimate.synthetic, spoken)  # fmt: skip
        return settle(figure, spoken)


def _stack(
    axes: Axes, part: pd.DataFrame, place: dict[str, int], base: np.ndarray, colour: str, beside: float | None
) -> None:
    """One source's bars; the interval says where the bar may end, ``beside`` its middle."""
    for row in part.to_dict("records"):
        i = place[row["month"]]
        open_ = row["status"] != "resolved"
        height = row["mean"]
        if not math.isfinite(height):  # nothing can be reckoned: an empty bar over the whole
            axes.bar(i, 1.0, 0.72, color="white", edgecolor=GREY, hatch="///", lw=0.5, zorder=1)
            continue
        axes.bar(i, height, 0.72, bottom=base[i], color=colour, alpha=0.45 if open_ else 0.9,
                 hatch="///" if open_ else None, edgecolor="white", lw=0.6, zorder=2)  # fmt: skip
        if beside is not None:
            ends = [base[i] + row["lower"], min(base[i] + row["upper"], 1.0)]
            axes.plot([i + beside] * 2, ends, color=INK, lw=1.1, zorder=3, solid_capstyle="butt")
        base[i] += height


def ratios(
    estimate: Estimate, numerator: str, denominator: str, *, language: str | None = None, ax: Axes | None = None
) -> Figure:
    """Draw the ratio of two biomarkers in every sample over time, with what use leaves and each place's history.

    Parameters
    ----------
    estimate : Estimate
    numerator, denominator : str
        Biomarkers of one sample, such as ``"amphetamine"`` over ``"methamphetamine"``.
    language : {"zh", "en"}, optional
    ax : Axes, optional

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    UnknownName
        A biomarker that was not measured.

    Examples
    --------
    >>> import wbe
    >>> from wbe.testing import small_city
    >>> city = small_city(biomarkers=("methamphetamine", "amphetamine"))
    >>> ratios(wbe.estimate(city), "amphetamine", "methamphetamine", language="en").axes[0].get_yscale()
    'log'
    """
    measured = [str(b) for b in estimate.samples["biomarker"].values]
    for name in (numerator, denominator):
        one_of(name, measured, Words("biomarker", "标志物"))
    with style(language) as spoken:
        figure, axes = stage(ax, 7.6, 3.9)
        axes.set_gid("ratios")
        names = names_for(estimate, spoken)
        marks: list[Any] = []
        values: list[float] = []
        for mark, (district, held) in zip(_cycle_marks(), _by_district(estimate).items(), strict=False):
            when, ratio = _ratio(held, numerator, denominator)
            if not len(ratio):
                continue
            values += ratio.tolist()
            colour = _COLOURS[len(marks) % len(_COLOURS)]
            marks += axes.plot(when, ratio, mark, ms=5, mec="white", mew=0.5, color=colour, label=names[district],
                               zorder=3)  # fmt: skip
            axes.plot(when, _history(ratio), color=colour, lw=0.9, alpha=0.6, zorder=2)
        window = _window(numerator, denominator)
        if window is not None:
            band = axes.axhspan(*window, color=SHADE, zorder=0, label=_say("ratio-window", spoken))
            marks.append(band)
            values += window
        axes.set_yscale("log")
        if values:
            low, high = min(values) / 1.6, max(values) * 1.6
            axes.set_ylim(low, high)
            ticks = log_ticks(low, high)
            axes.set_yticks(ticks, [short(t) for t in ticks])
            axes.yaxis.set_minor_locator(_no_ticks())
        axes.spines[["top", "right"]].set_visible(False)
        _dates(axes)
        _legend(figure, axes, marks, ax)
        title = _say("ratio-title", spoken, top=drug_name(numerator, spoken), bottom=drug_name(denominator, spoken))
        _titles(ax, figure, axes, title, _say("ratio-below", spoken), estimate.synthetic, spoken)
        return settle(figure, spoken)


def _history(ratio: np.ndarray) -> np.ndarray:
    """Running median of what came before and now: the place's own usual ratio."""
    return np.array([np.median(ratio[: i + 1]) for i in range(len(ratio))])


def _window(numerator: str, denominator: str) -> list[float] | None:
    """95 % of what use leaves, where the rules of origin hold the ratio."""
    for drug in (denominator, numerator):
        for row in rows("ratio", drug):
            if (row["numerator"], row["denominator"]) == (numerator, denominator):
                centre, sd = (float(v) for v in row["use"])
                return [centre * math.exp(-_Z * sd), centre * math.exp(_Z * sd)]
    return None


def enantiomers(estimate: Estimate, drug: str, *, language: str | None = None, ax: Axes | None = None) -> Figure:
    """Draw the enantiomeric fraction of every sample over time, with what use and unused product show.

    Parameters
    ----------
    estimate : Estimate
        Of samples with ``enantiomeric_fraction``.
    drug : str
    language : {"zh", "en"}, optional
    ax : Axes, optional

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    UnknownName
        A biomarker whose enantiomers nobody measured.
    """
    samples = samples_of(estimate, "enantiomers")
    held = [str(b) for b in samples["biomarker"].values if len(Cell("", "", samples).fraction(str(b)))]
    one_of(drug, held, Words("biomarker with enantiomers", "测定了对映体的标志物"))
    with style(language) as spoken:
        figure, axes = stage(ax, 7.6, 3.9)
        axes.set_gid("enantiomers")
        names = names_for(estimate, spoken)
        marks: list[Any] = []
        for mark, (district, part) in zip(_cycle_marks(), _by_district(estimate).items(), strict=False):
            value = part["enantiomeric_fraction"].sel(biomarker=drug).to_numpy().astype(float)
            keep = np.isfinite(value)
            if keep.any():
                colour = _COLOURS[len(marks) % len(_COLOURS)]
                marks += axes.plot(part["time"].values[keep], value[keep], mark, ms=6, mec="white", mew=0.5,
                                   color=colour, label=names[district], zorder=3)  # fmt: skip
        for row in rows("enantiomeric_fraction", drug):
            for hypothesis, colour in (("use", GREEN), ("discharge", ORANGE)):
                centre, sd = (float(v) for v in row[hypothesis])
                ends, told = (centre - _Z * sd, centre + _Z * sd), _say(f"fraction-{hypothesis}", spoken)
                marks.append(axes.axhspan(*ends, color=colour, alpha=0.13, lw=0, label=told))
        axes.axhline(0.5, color=GREY, lw=0.7, ls=(0, (4, 3)))
        axes.set_ylim(-0.02, 1.02)
        axes.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0 (S)", "0.25", "0.5", "0.75", "1 (R)"])
        axes.spines[["top", "right"]].set_visible(False)
        _dates(axes)
        _legend(figure, axes, marks, ax)
        _titles(ax, figure, axes, _say("fraction-title", spoken, drug=drug_name(drug, spoken)),
                _say("fraction-below", spoken), estimate.synthetic, spoken)  # fmt: skip
        return settle(figure, spoken)


def substances(estimate: Estimate, *, language: str | None = None, ax: Axes | None = None) -> Figure:
    """Draw the open panel: for every substance and month found, only looked for, or not run, the most urgent on top.

    Parameters
    ----------
    estimate : Estimate
    language : {"zh", "en"}, optional
    ax : Axes, optional

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> import wbe
    >>> substances(wbe.estimate(wbe.testing.small_city()), language="en").axes[0].get_gid()
    'substances'
    """
    with style(language) as spoken:
        table, months = panel(estimate, language=spoken), panel_months(estimate)
        figure, axes = stage(ax, 7.6, 1.5 + 0.27 * len(table))
        axes.set_gid("substances")
        for y, row in enumerate(table.to_dict("records")):
            for x, state in enumerate(months.loc[row["substance"]]):
                axes.add_patch(_tile(x, y, state))
        told = zip(table["substance"], table["standing"], strict=True)
        names = [f"{drug_name(s, spoken)}{_standing(w, spoken)}" for s, w in told]
        axes.set_yticks(range(len(table)), names)
        axes.set_ylim(len(table) - 0.5, -0.5)
        axes.set_xlim(-0.5, max(months.shape[1], 1) - 0.5)
        ticks = month_ticks(list(months.columns))
        axes.set_xticks(ticks, [months.columns[i] for i in ticks])
        axes.tick_params(length=0)
        axes.spines[:].set_visible(False)
        marks = [Patch(fc=c, ec=GREY, lw=0.5, label=_panel(s, spoken)) for s, c in _STATE.items()]
        _legend(figure, axes, marks, ax)
        _titles(ax, figure, axes, _say("panel-title", spoken), _say("panel-below", spoken), estimate.synthetic, spoken)
        return settle(figure, spoken)


def _tile(x: int, y: int, state: str) -> Any:
    from matplotlib.patches import Rectangle

    return Rectangle((x - 0.46, y - 0.42), 0.92, 0.84, fc=_STATE[state], ec=GREY if state == "not_run" else "none",
                     lw=0.5, gid=state)  # fmt: skip


def _standing(standing: str, language: str) -> str:
    return "" if standing in ("found", "not_found", "not_run") else f" · {_panel(standing, language)}"


def _panel(key: str, language: str) -> str:
    return _say(f"panel-{key.replace('_', '-')}", language)


# ---- shared -----------------------------------------------------------------------------------------------------


def _by_district(estimate: Estimate) -> dict[str, Any]:
    import xarray as xr

    held: dict[str, list[Any]] = {}
    for cell in cells(samples_of(estimate, "pictures")):
        held.setdefault(cell.district, []).append(cell.samples)
    return {d: xr.concat(parts, dim="sample", data_vars="minimal", coords="minimal", compat="override", join="override")
            .sortby("time") for d, parts in held.items()}  # fmt: skip


def _ratio(samples: Any, numerator: str, denominator: str) -> tuple[np.ndarray, np.ndarray]:
    cell = Cell("", "", samples)
    top, bottom = cell.measured(numerator), cell.measured(denominator)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = top / bottom
    keep = np.isfinite(ratio) & (ratio > 0)
    return samples["time"].values[keep], ratio[keep]


def _say(key: str, language: str, **values: Any) -> str:
    return render(f"plot-origin-{key}", values, language)


def _source(source: str, language: str) -> str:
    return _say(f"source-{source.replace('_', '-')}", language) if source in _NAMED else drug_name(source, language)


_NAMED = ("heroin", "clinical_morphine", "codeine", "poppy_straw")


def _cycle(n: int) -> list[str]:
    return [_COLOURS[i % len(_COLOURS)] for i in range(n)]


def _cycle_marks() -> str:
    return _MARKS * 20


def _no_ticks() -> Any:
    from matplotlib.ticker import NullLocator

    return NullLocator()


def _dates(axes: Axes) -> None:
    from matplotlib.dates import AutoDateLocator, DateFormatter

    axes.xaxis.set_major_locator(AutoDateLocator(minticks=3, maxticks=6))  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_formatter(DateFormatter("%Y-%m"))  # type: ignore[no-untyped-call]


def _legend(figure: Figure, axes: Axes, marks: list[Any], ax: Axes | None) -> None:
    if not marks:
        return
    if ax is None:
        figure.legend(handles=marks, loc="outside lower left", ncols=min(len(marks), 5), frameon=False, fontsize=8)
    else:
        axes.legend(handles=marks, frameon=False, fontsize=7)


def _titles(
    ax: Axes | None, figure: Figure, axes: Axes, title: str, below: str, synthetic: bool, language: str
) -> None:
    if ax is None:
        head(figure, title, below, synthetic, language)
    else:
        axes.set_title(f"{title}\n{below}", loc="left", fontsize=9, color=INK)
