"""The report as one self-contained page: text, tables, pictures and its own Chinese glyphs in one file.

Refuses external resources (the page forbids them to itself) and unescaped text.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import io
import re
from typing import Any

from wbe import packaged
from wbe.errors import require
from wbe.plot.fonts import chinese_font
from wbe.reporting.blocks import Block, Illustration, kind
from wbe.reporting.words import say

__all__ = ["Block", "glyph_uri", "kind", "page", "svg_uri", "whole"]

FONT_PLACE = "data:font/woff;base64,"


def page(title: str, blocks: tuple[Block, ...], foot: str = "", *, closer: bool = False) -> bytes:
    """Render the page.

    Parameters
    ----------
    title : str
        Of the window.
    blocks : tuple of Block
        One for each language, in order.
    foot : str
        At the foot of every printed page, before the synthetic mark.
    closer : bool
        With the script that lets a reader choose a district and a drug and order tables: the page allows it by its
        hash, and no other.

    Returns
    -------
    bytes
        UTF-8.

    Raises
    ------
    MissingExtra
        jinja2 is not installed.
    """
    jinja2 = require("jinja2", "report")
    environment = jinja2.Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )
    environment.filters |= {"svg": svg_uri, "kind": kind, "whole": whole, "said": say}
    script = packaged.text("report.js") if closer else ""
    template = environment.from_string(packaged.text("report.html.j2"))
    # the font depends on the text round it, so it is set in after rendering
    text: str = template.render(title=title, blocks=blocks, font=FONT_PLACE, foot=_foot(foot, blocks),
                                script=_as_it_is(script), script_hash=_as_it_is(_allowed(script)))  # fmt: skip
    return text.replace(FONT_PLACE, glyph_uri(text)).encode("utf-8", "backslashreplace")


def _as_it_is(text: str) -> Any:
    """Return a text of the library's own that markup may hold unchanged."""
    from markupsafe import Markup

    return Markup(text)


def _allowed(script: str) -> str:
    """Return how a page names the one script that it runs."""
    return f"sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}"


def _foot(foot: str, blocks: tuple[Block, ...]) -> str:
    """Return the words at the foot of every printed page, without what would end a string of the style sheet."""
    marks = " / ".join(b.synthetic for b in blocks if b.synthetic)
    text = " · ".join(part for part in (foot, marks) if part)
    return re.sub(r"[\"\\<>&'\n]", "", text)


_TOGETHER = re.compile(r"\([^()]{1,28}\)(?: %)?|\b\d{4}-\d{2}\b")


def whole(text: str) -> Any:
    """Return a cell's text as markup in which neither an interval in brackets nor a month is broken over lines."""
    from markupsafe import Markup, escape

    parts, last = [], 0
    for found in _TOGETHER.finditer(text):
        parts += [escape(text[last : found.start()]), Markup('<span class="whole">{}</span>').format(found.group())]
        last = found.end()
    return Markup("").join([*parts, escape(text[last:])])


def svg_uri(picture: Illustration) -> str:
    """Return a picture as a data URI of SVG."""
    return "data:image/svg+xml;base64," + base64.b64encode(picture.svg).decode()


def glyph_uri(text: str) -> str:
    """Return the Chinese glyphs that a page uses as a small font; an empty one when no font is found."""
    path = chinese_font()
    used = frozenset(ord(c) for c in set(text) if ord(c) >= 0x2E80)
    return FONT_PLACE if path is None or not used else _glyphs(str(path), used)


@functools.lru_cache(maxsize=8)
def _glyphs(path: str, used: frozenset[int]) -> str:
    """Cut a font down to some characters."""
    from fontTools import subset
    from fontTools.ttLib import TTFont

    # the box round all glyphs stays that of the whole font: it would be sought by drawing every glyph
    font = TTFont(path, fontNumber=0, lazy=True, recalcTimestamp=False, recalcBBoxes=False)
    options = subset.Options(layout_features=[], notdef_outline=True, name_IDs=[0, 1, 2, 13, 14], hinting=False)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=sorted(used))
    cutter.subset(font)
    font.flavor = "woff"
    buffer = io.BytesIO()
    font.save(buffer)
    return FONT_PLACE + base64.b64encode(buffer.getvalue()).decode()
