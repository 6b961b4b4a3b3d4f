"""Search of the site that finds Chinese words: runs of Han characters are indexed and asked for in pairs.

Refuses a dictionary: pairs find a word whatever dictionary knows it. English words are stemmed as they are elsewhere.
"""

from __future__ import annotations

import re

from sphinx.search import languages
from sphinx.search.en import SearchEnglish

__all__ = ["SearchHan", "pairs", "setup"]

HAN = r"\u2e80-\u9fff\uf900-\ufaff"
_RUNS = re.compile(f"[{HAN}]+|[^\\W{HAN}]+")


def pairs(text: str) -> list[str]:
    """Return the words of a text: runs of Han characters in overlapping pairs, all else as it is.

    Examples
    --------
    >>> pairs("置信区间 of METH 月")
    ['置信', '信区', '区间', 'of', 'METH', '月']
    """
    found = []
    for run in _RUNS.findall(text):
        if re.match(f"[{HAN}]", run) and len(run) > 1:
            found += [run[i : i + 2] for i in range(len(run) - 1)]
        else:
            found.append(run)
    return found


class SearchHan(SearchEnglish):
    """English with Chinese beside it."""

    lang = "en"
    language_name = "English and Chinese"
    # the question is parted as the pages were
    js_splitter_code = """
var splitQuery = (query) =>
  (query.match(/[\\u2e80-\\u9fff\\uf900-\\ufaff]+|[\\p{Letter}\\p{Number}_]+/gu) || []).flatMap((run) => {
    const parts = run.match(/[\\u2e80-\\u9fff\\uf900-\\ufaff]+|[^\\u2e80-\\u9fff\\uf900-\\ufaff]+/gu) || [];
    return parts.flatMap((part) =>
      /[\\u2e80-\\u9fff\\uf900-\\ufaff]/.test(part) && part.length > 1
        ? [...Array(part.length - 1).keys()].map((i) => part.slice(i, i + 2))
        : [part]);
  });
"""

    def split(self, input: str) -> list[str]:
        return pairs(input)


def setup(app: object) -> dict[str, bool]:
    languages["en"] = SearchHan
    return {"parallel_read_safe": True, "parallel_write_safe": True}
