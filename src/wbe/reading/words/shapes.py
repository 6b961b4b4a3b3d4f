"""Shapes of texts, digits written as 0: a column of a million serial numbers has few, and those need no closer look.

Refuses to take for serial what could be a word of the vocabulary.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from typing import cast

import numpy as np

from wbe.vocabulary import fold, table

__all__ = ["MANY", "are_clean", "are_texts", "is_serial", "perhaps_words", "shapes"]

_ZEROS = str.maketrans("123456789", "000000000")
_SERIAL = re.compile(r"(?:[^\W\d_]{1,12}[-_ ]?)?0(?:[-_/]?0)*")
_INNER_SPACE = re.compile(r"[\u4e00-\u9fff] [\u4e00-\u9fff]")
MANY = 500


def are_texts(words: list[object]) -> bool:
    """Whether all are texts, and there is one."""
    return set(map(type, words)) == {str}


def perhaps_words(words: list[str]) -> list[int]:
    """Positions of the texts that may be words: all but those of plain characters that end in a digit.

    Examples
    --------
    >>> perhaps_words(["S-017", "ND", "<0.5", "厂1"])
    [1, 3]
    """
    data = np.frombuffer("\n".join([*words, ""]).encode(errors="surrogatepass"), dtype=np.uint8)
    ends = np.flatnonzero(data == ord("\n"))
    if len(ends) != len(words):  # a text of several lines
        return list(range(len(words)))
    last = data[ends - 1]  # of an empty text a line break
    plain = np.maximum.reduceat(data, np.append(0, ends[:-1] + 1)) < 128
    return np.flatnonzero(~plain | (last < ord("0")) | (last > ord("9"))).tolist()


def shapes(words: list[str]) -> list[str]:
    """Return each text with its digits as 0; for texts without line breaks.

    Examples
    --------
    >>> shapes(["S-017", "S-923", "合计"])
    ['S-000', 'S-000', '合计']
    """
    return "\n".join(words).translate(_ZEROS).split("\n")


def is_serial(shape: str) -> bool:
    """Whether texts of a shape are numbers, dates or a short name with a number, and no word that a table may hold.

    Examples
    --------
    >>> is_serial("S-000"), is_serial("0000-00-00"), is_serial("P00"), is_serial("LOD 0.0"), is_serial("合计")
    (True, True, False, False, False)
    """
    return _SERIAL.fullmatch(shape) is not None and fold(shape) not in _words_with_digits()


@functools.cache
def _words_with_digits() -> frozenset[str]:
    """Shapes of the words of the vocabulary that hold digits, such as p95."""
    entries = table("headers")
    spelt: Iterable[str] = (
        word
        for entry in entries.values()
        for key, value in entry.items()
        for word in ([key, *value] if isinstance(value, list) else [key])
        if isinstance(word, str)
    )
    return frozenset(fold(word).translate(_ZEROS) for word in spelt if re.search(r"\d", word))


def are_clean(words: list[object]) -> bool:
    """Whether all are texts without a blank one, or a space that is doubled, leading, trailing or of another kind.

    Examples
    --------
    >>> are_clean(["S-017", "Plant 2"]), are_clean(["S-017 "]), are_clean(["城 南"]), are_clean([2.0])
    (True, False, False, False)
    """
    if not are_texts(words):
        return not words
    joined = "|".join(cast("list[str]", words))
    edged = f"|{joined}|"
    return (
        joined.isprintable()
        and not any(pair in edged for pair in ("  ", "| ", " |", "||"))
        and (joined.isascii() or _INNER_SPACE.search(joined) is None)
    )
