"""A profile and a pooled value are one line and a small table, in the reader's language."""

from __future__ import annotations

import pandas as pd
import pytest

import wbe
from wbe.messages import speaking

STUDIES = pd.DataFrame({"study": list("abc"), "fraction": [0.3, 0.4, 0.35], "sd": [0.1, 0.1, 0.1], "n": [6, 8, 9]})


@pytest.mark.parametrize(("language", "words"), [("en", "Profile default"), ("zh", "参数集 default")])
def test_a_profile_says_what_it_is(language, words):
    profile = wbe.factors.profile("default")
    with speaking(language):
        text = profile._repr_html_()
    assert words in text
    assert profile.hash in text
    assert str(profile.n_unverified) in text.split("</p>")[0]
    assert text.count("<tr") <= 13
    assert f"+{len(profile.describe()) - 12}" in text


def test_a_pooled_value_shows_its_studies_and_both_intervals():
    pooled = wbe.factors.pool(STUDIES)
    with speaking("en"):
        text = pooled._repr_html_()
    assert f"{len(STUDIES)} studies pooled" in text
    assert f"{100 * pooled.fraction:.1f} %" in text
    assert f"another population {100 * pooled.predicted[0]:.1f}" in text
    assert text.count("<tr") == 1 + len(STUDIES)
