"""Several head counts put together."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wbe.errors import UncertaintyError
from wbe.population import combine


def test_three_counts_give_the_worked_answer():
    # worked by hand: log-sds from CV 10, 25 and 30 %, inverse-variance weights on logs
    found = combine([300e3, 260e3, 350e3], [0.10, 0.25, 0.30])
    assert round(found.median) == 298_669
    assert round(found.se_log, 5) == 0.08818
    assert round(found.q, 3) == 0.611
    assert found.tau2 == 0.0
    assert found.p_conflict == pytest.approx(np.exp(-found.q / 2), rel=1e-12)  # chi-squared with 2 degrees


def test_methods_that_disagree_widen_the_answer_and_say_so():
    calm = combine([300e3, 310e3], [0.05, 0.05])
    torn = combine([300e3, 600e3], [0.05, 0.05])
    assert torn.p_conflict < 1e-9
    assert calm.p_conflict > 0.5
    assert torn.se_log > 5 * calm.se_log
    # two equal CVs: tau2 = (x1 - x2)^2 / 2 - sd^2, so the total variance of the mean is (x1 - x2)^2 / 4
    assert torn.se_log == pytest.approx(np.log(2) / 2, rel=1e-9)


def test_two_fully_shared_errors_do_not_count_twice():
    alone = combine([300e3], [0.2])
    pair = combine([300e3, 300e3], [0.2, 0.2], correlation=0.99)
    assert pair.se_log == pytest.approx(alone.se_log, rel=0.01)
    assert combine([300e3, 300e3], [0.2, 0.2]).se_log == pytest.approx(alone.se_log / np.sqrt(2), rel=1e-9)


counts = st.lists(st.tuples(st.floats(1e3, 1e7), st.floats(0.02, 0.9)), min_size=1, max_size=5)


@given(counts, st.floats(0.0, 0.8), st.floats(0.01, 100.0))
def test_the_answer_scales_with_the_counts_and_lies_between_them_when_independent(pairs, rho, factor):
    x, cv = map(list, zip(*pairs, strict=True))
    one = combine(x, cv, rho)
    scaled = combine([factor * v for v in x], cv, rho)
    assert scaled.median == pytest.approx(factor * one.median, rel=1e-6)
    assert scaled.se_log == pytest.approx(one.se_log, rel=1e-5)
    assert sum(one.weights) == pytest.approx(1.0)
    free = combine(x, cv)
    assert min(x) * (1 - 1e-9) <= free.median <= max(x) * (1 + 1e-9)


@pytest.mark.parametrize(
    ("x", "cv", "rho", "word"),
    [
        ([1e5, -1.0], [0.1, 0.1], 0.0, "estimates"),
        ([1e5, 2e5], [0.1, 0.0], 0.0, "no method is free of error"),
        ([1e5], [0.1, 0.2], 0.0, "one length"),
        ([1e5, 2e5], [0.1, 0.2], 1.0, "positive definite"),
        ([1e5, 2e5, 3e5], [0.1, 0.2, 0.2], -0.6, "positive definite"),
    ],
)
def test_an_impossible_combination_is_refused_by_name(x, cv, rho, word):
    with pytest.raises(UncertaintyError, match=word):
        combine(x, cv, rho)
