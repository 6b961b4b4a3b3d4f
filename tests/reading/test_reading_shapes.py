"""Looking at shapes instead of at every text changes no answer, whatever a laboratory writes as an id."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from wbe.reading.grid.rows import row_kind, row_kinds, text_of, texts
from wbe.reading.grid.stacked import _is_name, _perhaps_names
from wbe.reading.words.mapping import Mapping
from wbe.reading.words.shapes import MANY, are_clean
from wbe.vocabulary import table

WORDS = [w for kind in table("headers")["rows"].values() for w in kind]
WORDS += [w for role in ("lod", "loq", "uloq", "recovery") for w in table("headers")[role]["aliases"]]
MARKS = ["S-", "P", "区", "厂", "注", "LOD ", "note", "L-1", "ng/L", "m3", "*", "#", "(", ":", ".", " "]
pieces = st.sampled_from([*WORDS, *MARKS])
written = st.lists(st.one_of(pieces, st.integers(0, 10**6).map(str), st.text(max_size=4)), min_size=1, max_size=4)
words = st.lists(written.map("".join), min_size=1, max_size=40)
SERIALS = [f"S-{i:06d}" for i in range(MANY)] + [f"{i}" for i in range(MANY)]


@given(words)
def test_a_row_is_of_the_same_kind_among_many_as_alone(some):
    clean = [w for w in map(text_of, some) if w]
    kinds = row_kinds([*SERIALS, *clean]) or [""] * (len(SERIALS) + len(clean))
    assert kinds[len(SERIALS) :] == [row_kind(w) for w in clean]
    assert not any(kinds[: len(SERIALS)])


@given(words)
def test_no_header_below_the_first_is_missed_among_many_texts(some):
    answers = Mapping()
    names = [k for k, w in enumerate(some) if w and w[0] not in "0123456789<>.+-~≈" and _is_name(w, answers)]
    among = [len(SERIALS) + k for k in names]
    assert set(among) <= set(_perhaps_names([*SERIALS, *some]))
    assert set(among) <= set(_perhaps_names([*SERIALS, *some, "厂"]))


@given(st.lists(st.one_of(st.text(max_size=6), pieces), min_size=1, max_size=12))
def test_texts_that_are_clean_already_are_left_as_they_are(some):
    column = np.array([*some, *some], dtype=object)
    found = texts(column)
    assert found.array().tolist() == [text_of(w) for w in column]
    if are_clean(list(dict.fromkeys(some))):
        assert [text_of(w) for w in some] == some
