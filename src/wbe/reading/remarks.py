"""Remarks beside results that void them: 备注 该样品作废 -> the row's results are rejected, with that reason.

Refuses to read more into a remark: rain, repairs and weather stay where they are.
"""

from __future__ import annotations

import functools
import re

import numpy as np

from wbe.reading.context import Context
from wbe.reading.headers import split_unit
from wbe.reading.results import flagged
from wbe.reading.rows import Texts
from wbe.vocabulary import fold, table


@functools.cache
def _words() -> tuple[re.Pattern[str], frozenset[str]]:
    words = table("headers")["voiding"]
    pattern = "|".join(sorted(map(re.escape, words["words"]), key=len, reverse=True))
    return re.compile(rf"(?<![不未非无])({pattern})", re.I), frozenset(map(fold, words["columns"]))


def void_remarks(ctx: Context) -> None:
    """Join a remark that voids a sample to the results of its row."""
    pattern, columns = _words()
    for index in ctx.layout.with_role("note"):
        if fold(split_unit(ctx.layout.columns[index].text)[0]) not in columns:
            continue
        remarks = ctx.texts(index)
        void = [bool(pattern.search(w)) for w in remarks.words]
        if not any(void):
            continue
        code = np.array([*(k if v else -1 for k, v in enumerate(void)), -1])[remarks.codes]
        words = Texts(code, ["作废" if v else "" for v in void])
        results = ctx.layout.results() or ctx.layout.with_role("concentration")[:1]
        for i in results:
            ctx.replaced[i] = flagged(ctx.column(i), words)
        ctx.note(f"{int((code >= 0).sum())} row(s) are rejected for their remark, such as "
                 f"{remarks.words[void.index(True)][:40]!r}")  # fmt: skip
