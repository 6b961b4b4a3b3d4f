"""Figures of claims and calibrations: a forest plot of studies, and known consumption against measured loads.

Refuses to compute: every number drawn comes from the object given. Matplotlib is imported when a figure is asked for.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import special

from wbe.factors.calibration import Calibration
from wbe.factors.pooling import Pooled

__all__ = ["calibration", "forest"]

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_INK, _ACCENT, _PALE, _WARM = "#1f2933", "#0b6e99", "#c8d6df", "#b5541c"


def _canvas(width: float, height: float, columns: int = 1) -> tuple[Figure, Any]:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure, figure.subplots(1, columns)


def forest(pooled: Pooled, title: str = "") -> Figure:
    """Draw each study, the pooled mean and where another population's mean is expected.

    Parameters
    ----------
    pooled : Pooled
    title : str

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> import pandas as pd
    >>> from wbe.factors.pooling import pool
    >>> studies = pd.DataFrame({"study": ["a", "b", "c"], "fraction": [0.4, 0.35, 0.5], "sd": 0.1, "n": 8})
    >>> forest(pool(studies)).axes[0].get_xlabel()
    'excretion fraction (%)'
    """
    k = len(pooled.studies)
    figure, ax = _canvas(7.2, 1.6 + 0.36 * k)
    z = float(special.ndtri(0.5 + pooled.level / 2))
    largest = float(pooled.studies["weight"].max())
    labels = []
    for i, (name, row) in enumerate(pooled.studies.iterrows()):
        y = k + 1 - i
        half = z * math.sqrt(float(row["variance"]))
        low, high = 100 * special.expit(row["logit"] - half), 100 * special.expit(row["logit"] + half)
        ax.plot([low, high], [y, y], color=_INK, lw=1.2, solid_capstyle="butt")
        ax.plot(100 * row["fraction"], y, "s", color=_ACCENT, ms=4 + 5 * math.sqrt(float(row["weight"]) / largest))
        labels.append(str(name) if math.isnan(row["n"]) else f"{name}  (n = {int(row['n'])})")  # claims may not say
    low, high = (100 * b for b in pooled.bounds)
    middle = 100 * pooled.fraction
    ax.fill([low, middle, high, middle], [1, 1.28, 1, 0.72], color=_ACCENT, lw=0)
    low, high = (100 * b for b in pooled.predicted)
    ax.plot([low, high], [0, 0], color=_WARM, lw=3, solid_capstyle="butt")
    ax.axvline(middle, color=_PALE, lw=1, zorder=0)
    ax.set_yticks(range(k + 1, -1, -1), [*labels, "pooled mean", "another population"])
    ax.set_ylim(-0.7, k + 1.6)
    ax.set_xlabel("excretion fraction (%)")
    ax.spines[["top", "right", "left"]].set_visible(False)
    ax.tick_params(axis="y", length=0)
    ax.set_title(title or f"{pooled.method}, {100 * pooled.level:.0f} % intervals", loc="left", fontsize=10)
    said = f"$I^2$ {100 * pooled.i2:.0f} %,  Q {pooled.q:.1f} (p = {pooled.p:.2g}),  $\\tau^2$ {pooled.tau2:.3g}"
    ax.set_title(said, loc="right", fontsize=8, color=_INK)
    return figure


def calibration(found: Calibration, unit: str = "mg/d/1000 inhabitants") -> Figure:
    """Draw loads against known consumption with both lines, and each place predicted from the others.

    Parameters
    ----------
    found : Calibration
    unit : str
        Of the consumption axis.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure, axes = _canvas(9.6, 4.0, 2)
    _draw_lines(axes[0], found, unit)
    _draw_left_out(axes[1], found)
    return figure


def _draw_lines(ax: Any, found: Calibration, unit: str) -> None:
    points = found.points
    x, y = np.exp(points["ln_consumption"]), np.exp(points["ln_load"])
    for value, variance, other, across in ((x, points["var_x"], y, False), (y, points["var_y"], x, True)):
        spread = np.exp(1.96 * np.sqrt(variance))
        error = [value - value / spread, value * spread - value]
        ax.errorbar(other if across else value, value if across else other, **{"yerr" if across else "xerr": error},
                    fmt="none", ecolor=_PALE, lw=1, zorder=1)  # fmt: skip
    ax.plot(x, y, "o", color=_INK, ms=4, zorder=3)
    grid = np.linspace(np.log(x.min()) - 0.2, np.log(x.max()) + 0.2, 50)
    low, high = found.interval()
    middle = found.recovery.median()
    label = f"recovery {100 * middle:.1f} % ({100 * low:.1f}–{100 * high:.1f})"
    ax.fill_between(np.exp(grid), low * np.exp(grid), high * np.exp(grid), color=_ACCENT, alpha=0.15, lw=0)
    ax.plot(np.exp(grid), middle * np.exp(grid), color=_ACCENT, lw=1.6, label=label)
    line = found.ordinary
    ax.plot(np.exp(grid), np.exp(line.intercept + line.slope * grid), "--", color=_WARM, lw=1.2,
            label=f"ordinary regression, slope {line.slope:.2f}")  # fmt: skip
    ax.set(
        xscale="log", yscale="log", xlabel=f"known consumption ({unit})", ylabel="measured load, as drug (same unit)"
    )
    _plain_ticks(ax.xaxis, ax.yaxis)
    ax.legend(frameon=False, fontsize=8, loc="upper left")
    ax.spines[["top", "right"]].set_visible(False)


def _plain_ticks(*axes: Any) -> None:
    """Numbers as people write them on a logarithmic axis: 100, 200, 500."""
    from matplotlib.ticker import FormatStrFormatter, LogLocator, NullFormatter

    for axis in axes:
        axis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
        axis.set_major_formatter(FormatStrFormatter("%g"))
        axis.set_minor_formatter(NullFormatter())


def _draw_left_out(ax: Any, found: Calibration) -> None:
    table = found.left_out.sort_values("observed")
    y = np.arange(len(table))
    ax.hlines(y, 100 * table["lower"], 100 * table["upper"], color=_PALE, lw=4)
    colours = [_INK if inside else _WARM for inside in table["inside"]]
    ax.scatter(100 * table["observed"], y, c=colours, s=18, zorder=3)
    ax.plot(100 * table["predicted"], y, "|", color=_ACCENT, ms=9)
    ax.set_yticks(y, table.index)
    ax.set(xscale="log", xlabel="recovery (%), observed and predicted from the others")
    _plain_ticks(ax.xaxis)
    ax.set_title(f"{int(table['inside'].sum())} of {len(table)} inside their 95 % interval", loc="left", fontsize=10)
    ax.spines[["top", "right", "left"]].set_visible(False)
    ax.tick_params(axis="y", length=0)
