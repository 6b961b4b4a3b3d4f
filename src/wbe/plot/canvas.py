"""What all figures share: size, colours, the synthetic mark, ticks, and the class that a notebook shows.

Refuses pyplot: a figure belongs to its caller and to no global list.
"""

from __future__ import annotations

import io
import textwrap
from collections.abc import Callable
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.path import Path
from matplotlib.text import Text

from wbe.answer import Answer
from wbe.errors import Fault, InputError, MissingExtra, require
from wbe.plot.fonts import chinese_font
from wbe.plot.words import district_names, has_han, word

__all__ = [
    "BLUE",
    "GREEN",
    "GREY",
    "INK",
    "NON_DETECT",
    "ORANGE",
    "PURPLE",
    "SHADE",
    "Picture",
    "as_png",
    "as_svg",
    "caption",
    "head",
    "linear_ticks",
    "log_ticks",
    "month_ticks",
    "names_for",
    "new_figure",
    "percent",
    "rests_on",
    "short",
    "stage",
    "statement_of",
    "still",
    "unit_text",
]

# Okabe and Ito 2008: told apart with every common colour blindness
INK, BLUE, ORANGE, GREEN, PURPLE, GREY = "#222222", "#0072B2", "#D55E00", "#009E73", "#AA4499", "#8A8A8A"
SHADE = "#EFEDE8"
HEAD = 0.54  # inches for title and subtitle
LINE = 0.17  # and for each line more of the subtitle

# bar at the limit, arrow down: the usual sign of an upper limit
_LIMIT = Path(
    [(-0.5, 0), (0.5, 0), (0, 0), (0, -1), (-0.32, -0.62), (0, -1), (0.32, -0.62)],
    [Path.MOVETO, Path.LINETO, Path.MOVETO, Path.LINETO, Path.MOVETO, Path.LINETO, Path.LINETO],
)
NON_DETECT: dict[str, Any] = {
    "marker": _LIMIT, "markersize": 8.5, "markerfacecolor": "none", "markeredgecolor": INK,
    "markeredgewidth": 0.9, "linestyle": "none",
}  # fmt: skip


class Picture(Figure):
    """A matplotlib figure that a notebook shows without pyplot."""

    def _repr_png_(self) -> bytes:
        buffer = io.BytesIO()
        self.savefig(buffer, format="png", dpi=110)
        return buffer.getvalue()


def new_figure(width: float, height: float) -> Picture:
    """Return an empty figure, in inches, with room kept for titles."""
    figure = Picture(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def stage(ax: Axes | None, width: float, height: float) -> tuple[Figure, Axes]:
    """Return where to draw: the caller's axes, or the axes of a new figure of this size in inches.

    Raises
    ------
    InputError
        The axes belong to no figure.
    """
    if ax is None:
        figure = new_figure(width, height)
        return figure, figure.add_subplot()
    figure_of = ax.get_figure(root=True)
    if figure_of is None:
        raise InputError([Fault("plot-axes-of-no-figure")])
    return figure_of, ax


def still(axes: Axes) -> None:
    """Keep labels and titles of axes where they are: they are not sought again at every drawing and layout.

    For axes without labels and without ticks above, whose labels and titles have nothing to avoid.
    """
    axes.xaxis.set_label_coords(0.5, 0.0)
    axes.yaxis.set_label_coords(0.0, 0.5)


def as_svg(figure: Figure) -> bytes:
    """Return a figure as SVG with its text as outlines, laid out once and for good: the same bytes for the same figure.

    Examples
    --------
    >>> figure, axes = stage(None, 2, 1)
    >>> as_svg(figure)[:5]
    b'<?xml'
    """
    canvas = FigureCanvasSVG(figure)
    figure.set_dpi(canvas.fixed_dpi)
    engine = figure.get_layout_engine()
    if engine is not None:
        # saving would lay the figure out by a whole drawing that nobody sees, once for each format
        engine.execute(figure)
        figure.set_layout_engine("none")
    buffer = io.BytesIO()
    with mpl.rc_context({"svg.hashsalt": "wbe", "svg.fonttype": "path"}):
        draw: Callable[..., None] = canvas.print_svg
        draw(buffer, metadata={"Date": None, "Creator": None})
    return buffer.getvalue()


def as_png(figure: Figure, svg: bytes, dpi: int) -> bytes:
    """Return a figure as PNG: typst turns its SVG into pixels, four times as fast as drawing it again.

    Parameters
    ----------
    figure : Figure
    svg : bytes
        What :func:`as_svg` returned for it.
    dpi : int
        Dots in an inch.

    Examples
    --------
    >>> figure, axes = stage(None, 2, 1)
    >>> as_png(figure, as_svg(figure), 100)[1:4]
    b'PNG'
    """
    try:
        return _pixels(figure, svg, dpi)
    except MissingExtra:
        return _drawn_png(figure, dpi)


def _pixels(figure: Figure, svg: bytes, dpi: int) -> bytes:
    typst = require("typst", "report")
    width, height = figure.get_size_inches()
    page = f'#set page(width: {width}in, height: {height}in, margin: 0in)\n#image("it.svg", width: 100%)'
    files = {"main.typ": page.encode(), "it.svg": svg}
    made: bytes = typst.compile(files, format="png", ppi=float(dpi), ignore_system_fonts=True)
    return made


def _drawn_png(figure: Figure, dpi: int) -> bytes:
    buffer = io.BytesIO()
    figure.set_dpi(dpi)
    draw: Callable[..., None] = FigureCanvasAgg(figure).print_png
    draw(buffer, metadata={"Software": None})
    return buffer.getvalue()


def names_for(estimate: Answer, language: str) -> dict[str, str]:
    """Return district names that can be drawn: a Chinese name without a font becomes a number."""
    names = district_names(estimate, language)
    if chinese_font() is not None:
        return names
    return {
        d: word("plot", "unit_number", "en", n=i + 1) if has_han(name) else name
        for i, (d, name) in enumerate(names.items())
    }


def statement_of(estimate: Answer, quantity: str, language: str) -> str:
    """Return the sentence that numbers of users rest on; an empty text for the other quantities."""
    return str(estimate.series(quantity).attrs.get(f"statement_{language}", ""))


def rests_on(figure: Figure, said: str, language: str) -> None:
    """Write under numbers of users the sentence of the use scenario that they rest on; nothing under the others."""
    if not said:
        return
    # a Chinese character is about twice as wide as a Latin letter
    width = int(figure.get_size_inches()[0] * (9 if language == "zh" else 16))
    figure.supxlabel("\n".join(textwrap.wrap(said, width)), x=0.012, ha="left", fontsize=7.5, linespacing=1.35)


def caption(
    ax: Axes | None, figure: Figure, lines: tuple[str, str], quantity: str, answer: Answer, language: str
) -> None:
    """Write title, what is shown, what it rests on and the synthetic mark: over the figure or the caller's axes."""
    said = statement_of(answer, quantity, language)
    if ax is None:
        rests_on(figure, said, language)
        head(figure, *lines, answer.synthetic, language)
        return
    told = "\n".join(line for line in (lines[1], *textwrap.wrap(said, 60)) if line)
    ax.set_title(f"{lines[0]}\n{told}", loc="left", fontsize=9, color=INK)
    if answer.synthetic:
        mark = ax.annotate(word("plot", "synthetic", language), (1.0, 1.01), xycoords="axes fraction", ha="right",
                           va="bottom", fontsize=7.5, color=ORANGE)  # fmt: skip
        mark.set_gid("synthetic")


def head(figure: Figure, title: str, subtitle: str, synthetic: bool, language: str) -> None:
    """Write the title, what is shown, and the synthetic mark."""
    height = figure.get_size_inches()[1]
    # room in inches, whatever the font's line height: a panel's title never touches the line above it
    more = LINE * subtitle.count("\n")
    figure.get_layout_engine().set(rect=(0, 0, 1, 1 - (HEAD + more) / height))  # type: ignore[union-attr, call-arg]
    top = figure.suptitle(title, x=0.012, y=1 - 0.07 / height, ha="left", va="top", fontsize=12, fontweight="normal",
                          color=INK)  # fmt: skip
    top.set_in_layout(False)
    below = figure.text(
        0.012,
        1 - (0.4 + more / 2) / height,
        subtitle,
        ha="left",
        va="center",
        fontsize=8.5,
        color="#555555",
        in_layout=False,
    )
    _fit(below, figure.bbox.x1)
    end = figure.bbox.x1
    if synthetic:
        mark = figure.text(
            0.988, 1 - 0.17 / height, word("plot", "synthetic", language), ha="right", va="center", fontsize=8.5,
            color=ORANGE, in_layout=False, bbox={"boxstyle": "round,pad=0.3", "fc": "#FFF4EA", "ec": ORANGE, "lw": 0.8},
        )  # fmt: skip
        mark.set_gid("synthetic")
        end = mark.get_window_extent().x0
    _fit(top, end)


def _fit(text: Text, end: float) -> None:
    """Make a line smaller until it ends before ``end`` (in pixels), and before what stands there."""
    size = float(text.get_fontsize())
    while text.get_window_extent().x1 > end - 8 and size > 5:
        size -= 0.5
        text.set_fontsize(size)


def percent(level: float) -> str:
    """Return a level as people write it: 0.95 -> '95 %'."""
    return f"{100 * level:g} %"


def unit_text(quantity: str, language: str) -> str:
    """Return the unit of a quantity as a reader writes it."""
    from wbe.units import unit_of

    return word("unit", unit_of(quantity), language)


def short(value: float) -> str:
    """Return an axis number without exponent or trailing zeros."""
    return f"{value:,.12g}" if abs(value) < 1e6 else f"{value:.0e}"


def linear_ticks(top: float) -> np.ndarray:
    """Return about four round ticks from zero."""
    from matplotlib.ticker import MaxNLocator

    return np.asarray(
        [t for t in MaxNLocator(4, steps=[1, 2, 2.5, 5, 10]).tick_values(0, top) if 0 <= t <= top * 1.001]
    )


def log_ticks(low: float, high: float) -> np.ndarray:
    """Return ticks 1-3-10 (or decades when the range is long) within a range."""
    decades = np.arange(np.floor(np.log10(low)), np.ceil(np.log10(high)) + 1)
    steps = (1.0,) if len(decades) > 5 else (1.0, 3.0)
    ticks = np.array([m * 10.0**d for d in decades for m in steps])
    return ticks[(ticks >= low) & (ticks <= high)]


def month_ticks(months: list[str]) -> list[int]:
    """Return which months carry a label: at most four, at even steps back from the last, the month that is reported.

    Examples
    --------
    >>> month_ticks([f"2021-{m:02d}" for m in range(1, 13)])
    [2, 5, 8, 11]
    """
    step = max(1, int(np.ceil(len(months) / 4)))
    for nice in (1, 2, 3, 6, 12, 24, 60):
        if nice >= step:
            step = nice
            break
    return list(range(len(months) - 1, -1, -step))[::-1]
