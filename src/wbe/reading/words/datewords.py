"""Dates as people spell them, in plainer letters: AM and PM, months of other languages, offsets, days that were turned.

Refuses to bring a time with an offset to a day without knowing where it is local.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import functools
import re
from typing import Any

import pandas as pd

from wbe.vocabulary import table

__all__ = ["SLASHED_DAY", "NoZone", "local_texts", "perhaps_turned", "plainer"]

SLASHED_DAY = re.compile(r"^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})(?!\d)")
_NOON = re.compile(r"(\d{1,2})(:\d{2}(?::\d{2})?)\s*([ap])\.?m\.?$", re.I)
_HOUR_ALONE = re.compile(r"^(\d{4}-\d{1,2}-\d{1,2}) (\d{2})$")
_SHORT_YEAR = re.compile(r"^(\d{1,2})[/.](\d{1,2})[/.](\d{2})$")
_OFFSET = re.compile(r"\d{1,2}:\d{2}[\d:.]*\s*(Z|UTC|[+-]\d{2}:?\d{2})$")


@functools.cache
def _month_words() -> tuple[re.Pattern[str], dict[str, str]]:
    words = {w: english for english, spelt in table("beside")["months"].items() for w in spelt}
    names = "|".join(sorted(map(re.escape, words), key=len, reverse=True))
    return re.compile(rf"(?<!\w)({names})\.?(?!\w)", re.I), words


def plainer(text: str, day_first: bool | None) -> str:
    """Return the same date in plainer letters.

    Examples
    --------
    >>> plainer("6/1/2021 8:00:00 PM", None), plainer("24 juin 2021", None), plainer("16_11_2021", None)
    ('6/1/2021 20:00:00', '24 jun 2021', '16/11/2021')
    """
    noon = _NOON.search(text)
    if noon:
        hour = int(noon.group(1)) % 12 + (12 if noon.group(3).lower() == "p" else 0)
        text = f"{text[: noon.start()]}{hour}{noon.group(2)}"
    if re.fullmatch(r"\d{1,4}_\d{1,2}_\d{1,4}", text):
        text = text.replace("_", "/")
    text = re.sub(r"^1er(?= )", "1", text)
    text = _HOUR_ALONE.sub(r"\1 \2:00", text)
    short = _SHORT_YEAR.match(text)
    if short and (int(short.group(2)) > 12 or (day_first is not None and int(short.group(1)) <= 31)):
        text = text[: short.start(3)] + "20" + short.group(3)
    pattern, words = _month_words()
    found = pattern.search(text) if re.search(r"[^\W\d_]{3}", text) else None
    if found and found.group(1).casefold() in words:
        whole = text[: found.start()] + words[found.group(1).casefold()] + text[found.end() :]
        rest = re.sub(r"\b(?:de|del|of)\b|(?<=\d)\.(?!\d)", " ", whole)
        text = re.sub(r"\s+", " ", rest).strip()
    return text


class NoZone(str):
    """A time with an offset, whose local day is not known."""

    __slots__ = ()


def perhaps_turned(uniques: Any) -> list[int]:
    """Date cells that a spreadsheet may have turned: all on days up to 12, beside texts whose day is above 12."""
    cells = [i for i, u in enumerate(uniques) if isinstance(u, dt.datetime | dt.date)]
    if not cells or len(cells) == len(uniques) or any(uniques[i].day > 12 for i in cells):
        return []
    texts = [m for u in uniques[:20000] if isinstance(u, str) and (m := SLASHED_DAY.match(u.strip()))]
    odd = [m for m in texts if int(m.group(1)) > 12 or int(m.group(2)) > 12]
    return cells if odd and len(odd) == len(texts) else []


def local_texts(uniques: Any, written: str, zone: str) -> Any:
    """Distinct cells with those of a given format, and those with an offset, as plain local texts."""
    some = any(isinstance(u, str) and _OFFSET.search(u) for u in uniques[:500].tolist())
    if not written and not some:
        return uniques
    offsets = {m.group(1) for u in uniques.tolist() if isinstance(u, str) and (m := _OFFSET.search(u.strip()))}
    local = len(offsets) == 1 and not offsets & {"Z", "UTC", "+00:00", "+0000", "-00:00"}
    out = uniques.copy()
    for i, u in enumerate(uniques.tolist()):
        if not isinstance(u, str):
            continue
        if written:
            with contextlib.suppress(ValueError):
                out[i] = dt.datetime.strptime(u.strip(), written).isoformat(sep=" ")
        elif (match := _OFFSET.search(u.strip())) and zone:
            with contextlib.suppress(ValueError):
                stamp = pd.Timestamp(u.strip()).tz_convert(zone.replace("+08:00", "Asia/Shanghai"))
                out[i] = stamp.tz_localize(None).isoformat(sep=" ")
        elif match and not local:
            out[i] = NoZone(u)
    return out
