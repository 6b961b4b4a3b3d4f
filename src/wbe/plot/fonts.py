"""Chinese glyphs proven present before they are drawn; English labels and one warning otherwise.

Refuses to draw boxes in place of characters, to change rcParams outside a context, and mathtext.
"""

from __future__ import annotations

import functools
import importlib
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wbe import messages
from wbe.errors import WbeWarning
from wbe.plot.words import checked, labels, tile_positions

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["chinese_font", "covers", "drawable", "families", "glyphs", "missing_glyphs", "proof", "settle", "style"]

PACKAGE = "pylopdf_fonts_zh_cn"
LATIN = "DejaVu Sans"  # comes with matplotlib


def proof() -> str:
    """Return the characters that a font must have: all Chinese labels and packaged place names."""
    texts = [entry["zh"] for group in labels().values() for entry in group.values()]
    texts += tile_positions()["unit"].tolist() + tile_positions()["city"].tolist()
    return "".join(sorted({c for text in texts for c in text if ord(c) > 0x2E7F}))


@functools.lru_cache(maxsize=64)
def glyphs(path: str) -> frozenset[int]:
    """Return the code points in a font's character map (the first face of a collection)."""
    from fontTools.ttLib import TTFont, TTLibError

    try:
        with TTFont(path, fontNumber=0, lazy=True) as font:
            return frozenset(font.getBestCmap() or ())
    except (TTLibError, OSError):  # a broken system font is passed over
        return frozenset()


def covers(path: str, text: str) -> bool:
    """Say whether a font has every character of a text."""
    return {ord(c) for c in text} <= glyphs(path)


@functools.cache
def chinese_font() -> Path | None:
    """Return a font file that has every Chinese character of the labels; None when there is none.

    The installed font package comes first, then the fonts of the system.
    """
    try:
        packaged = [str(importlib.import_module(PACKAGE).sans_path())]
    except ModuleNotFoundError:
        packaged = []
    needed = proof()
    for path in packaged:
        if covers(path, needed):
            return Path(path)
    from matplotlib.font_manager import findSystemFonts

    hints = ("cjk", "sc-", "hei", "song", "ming", "yahei", "pingfang", "wqy", "droid", "han", "noto")
    for path in sorted(findSystemFonts()):
        if any(hint in path.lower() for hint in hints) and covers(path, needed):
            return Path(path)
    return None


@functools.cache
def _family(path: Path) -> str:
    from matplotlib.font_manager import FontProperties, fontManager

    fontManager.addfont(str(path))
    return FontProperties(fname=str(path)).get_name()


def families(language: str) -> list[str]:
    """Return the font families for a language, each character taken from the first that has it."""
    path = chinese_font()
    if path is None:
        return [LATIN]
    return [_family(path), LATIN] if language == "zh" else [LATIN, _family(path)]


@functools.cache
def _warn_once() -> None:
    warnings.warn(
        messages.render("plot-no-chinese-font", {}),
        WbeWarning,
        stacklevel=4,
    )


def drawable(language: str | None) -> str:
    """Return the language that can be drawn here: English, with one warning, when Chinese cannot."""
    chosen = checked(language)
    if chosen == "zh" and chinese_font() is None:
        _warn_once()
        return "en"
    return chosen


@contextmanager
def style(language: str | None = None) -> Iterator[str]:
    """Apply the library's plot style for as long as the context lasts.

    Parameters
    ----------
    language : {"zh", "en"}, optional
        By default the language in force.

    Yields
    ------
    str
        The language that can be drawn.

    Examples
    --------
    >>> with style("en") as language:
    ...     print(language)
    en
    """
    import matplotlib as mpl

    spoken = drawable(language)
    settings: Any = {
        "font.family": families(spoken), "font.size": 9.0, "axes.titlesize": 9.5, "axes.labelsize": 9.0,
        "xtick.labelsize": 8.0, "ytick.labelsize": 8.0, "legend.fontsize": 8.0, "axes.spines.top": False,
        "axes.spines.right": False, "axes.linewidth": 0.7, "axes.edgecolor": "#666666",
        "xtick.color": "#444444", "ytick.color": "#444444", "axes.axisbelow": True,
        "figure.facecolor": "white", "axes.facecolor": "white", "text.parse_math": False,
    }  # fmt: skip
    with mpl.rc_context(settings):
        yield spoken


def settle(figure: Figure, language: str, ax: Axes | None = None) -> Figure:
    """Give every text its font for good (of one axes only, if given), so that saving elsewhere draws the same."""
    from matplotlib.text import Text

    names = families(language)
    for text in (figure if ax is None else ax).findobj(Text):
        text.set_fontfamily(names)
        text.set_parse_math(False)
    return figure


def missing_glyphs(figure: Figure) -> str:
    """Return the characters of a figure that none of its fonts has; empty when all can be drawn."""
    from matplotlib.font_manager import FontProperties, findfont
    from matplotlib.text import Text

    lost = set()
    for text in figure.findobj(Text):
        known = frozenset().union(*(glyphs(findfont(FontProperties(family=f))) for f in text.get_fontfamily()))
        lost |= {c for c in text.get_text() if ord(c) not in known and not c.isspace()}
    return "".join(sorted(lost))
