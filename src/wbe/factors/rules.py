"""The rules beside the claims, from ``data/factor_rules.toml``: spreads left unsaid, pairs never used, thresholds.

Refuses nothing: what the file holds is checked by the tests.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wbe import packaged
from wbe.factors.refusals import refuse
from wbe.messages import Note, Words, language

__all__ = ["Z95", "Listed", "rules", "tails", "words"]

Z95 = 1.959963984540054
"""Standard normal quantile of 97.5 %."""


@functools.cache
def rules() -> Mapping[str, Any]:
    """Return ``data/factor_rules.toml``.

    Examples
    --------
    >>> rules()["spread"]["between_studies_logit"]
    0.3
    """
    return packaged.toml("factor_rules.toml")


def words(entry: Mapping[str, Any], key: str) -> Words:
    """Return a text of a data row in both languages: ``key`` and ``key_zh``; the first stands in for a missing second.

    Examples
    --------
    >>> words({"note": "by sewage", "note_zh": "由污水标定"}, "note").text("zh")
    '由污水标定'
    """
    text = str(entry.get(key) or "")
    return Words(text, str(entry.get(f"{key}_zh") or text))


def tails(level: float, what: str | Words) -> tuple[float, float]:
    """Return the two probabilities between which a central interval of this level lies.

    Raises
    ------
    FactorError
        A level outside (0, 1).

    Examples
    --------
    >>> [round(p, 3) for p in tails(0.9, "pool")]
    [0.05, 0.95]
    """
    if isinstance(level, bool) or not isinstance(level, float | int) or not 0 < level < 1:
        refuse("factors-level", what=what, level=repr(level))
    return 0.5 - level / 2, 0.5 + level / 2


@dataclass(frozen=True)
class Listed:
    """Several phrases in a row, parted as sentences are.

    Examples
    --------
    >>> str(Listed((Words("spilled", "泼洒"), Words("dumped", "倾倒"))))
    'spilled; dumped'
    """

    parts: tuple[Words | Note, ...]

    def text(self, chosen: str | None = None) -> str:
        """Return the phrases in one language (by default the one in force)."""
        return ("；" if (chosen or language()) == "zh" else "; ").join(part.text(chosen) for part in self.parts)

    def __str__(self) -> str:
        return self.text()
