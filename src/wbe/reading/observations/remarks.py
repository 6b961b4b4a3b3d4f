"""Remarks beside results that void them: 备注 该样品作废 -> the row's results are rejected, with that reason.

Refuses to read more into a remark: rain, repairs and weather stay where they are.
"""

from __future__ import annotations

import functools
import re

import numpy as np

from wbe.reading.grid.rows import Texts
from wbe.reading.observations.marks import flagged
from wbe.reading.roles.context import Context
from wbe.reading.words.headers import split_unit
from wbe.vocabulary import fold, table

__all__ = ["void_remarks"]


@functools.cache
def _words() -> tuple[re.Pattern[str], re.Pattern[str], frozenset[str]]:
    """(a remark that speaks of voiding, a clause that voids its own sample, folded names of columns of remarks)."""
    words = table("headers")["voiding"]
    pattern = "|".join(sorted(map(re.escape, words["words"]), key=len, reverse=True))
    subject = r"(?:该|本|此|this )?(?:样品|样本|样|结果|数据|检测结果|sample|result)?"
    own = rf"{subject}\s*(?:已|被|予以|is|was)?\s*(?:{pattern})"
    return (
        re.compile(rf"(?<![不未非无])(?:{pattern})", re.I),
        re.compile(own, re.I),
        frozenset(map(fold, words["columns"])),
    )


def _voids(remark: str) -> bool:
    """Whether a remark voids its own sample, and not a replicate or an earlier result.

    Examples
    --------
    >>> _voids("样品污染，作废"), _voids("该样品作废"), _voids("平行样作废"), _voids("第一次结果无效，为复测值")
    (True, True, False, False)
    """
    _, own, _ = _words()
    clauses = [c.strip() for c in re.split(r"[，,;；。.!！]", remark) if c.strip()]
    return any(own.fullmatch(c) for c in clauses) and not _OTHER.search(remark)


_OTHER = re.compile(
    r"平行|第一次|首次|复测|复检|重测|重做|重检|前次|部分|replicate|duplicate|repeat|first|re-?run", re.I
)


def void_remarks(ctx: Context) -> None:
    """Join a remark that voids a sample to the results of its row; ask about one that may void something else."""
    pattern, _, columns = _words()
    for index in ctx.layout.with_role("note"):
        if fold(split_unit(ctx.layout.columns[index].text)[0]) not in columns:
            continue
        remarks = ctx.texts(index)
        speaks = [bool(pattern.search(w)) for w in remarks.words]
        void = [v and _voids(w) for v, w in zip(speaks, remarks.words, strict=True)]
        for k in [k for k, (v, s) in enumerate(zip(void, speaks, strict=True)) if s and not v][:5]:
            ctx.ask(
                "reading-remark-may-void",
                row=int(np.flatnonzero(remarks.codes == k)[0]),
                column=index,
                remarks=remarks.words[k][:40],
                index=ctx.layout.columns[index].text,
            )
        if not any(void):
            continue
        code = np.array([*(k if v else -1 for k, v in enumerate(void)), -1])[remarks.codes]
        words = Texts(code, ["作废" if v else "" for v in void])
        results = ctx.layout.results() or ctx.layout.with_role("concentration")[:1]
        for i in results:
            ctx.replaced[i] = flagged(ctx.column(i), words)
        ctx.note(f"{int((code >= 0).sum())} row(s) are rejected for their remark, such as "
                 f"{remarks.words[void.index(True)][:40]!r}")  # fmt: skip
