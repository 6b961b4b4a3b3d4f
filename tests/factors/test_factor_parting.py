"""What a parent leaves, for many samples at once: exact for one, near draws for sums, unknown where not measured."""

import numpy as np
import pytest
from scipy import sparse, stats

from wbe.factors import profile
from wbe.factors.dependence import along
from wbe.factors.parting import alone, explained, strata
from wbe.factors.sources import leaves
from wbe.uncertainty.distributions import LogNormal

AMP = leaves("amphetamine")


def test_alone_is_exact_for_one_sample_and_near_draws_for_many():
    rng = np.random.default_rng(3)
    assert alone(sparse.csr_matrix([[1.0]]), np.array([0.3]), AMP, 0.1)[0] == pytest.approx(
        stats.norm.sf(np.log(0.3 / 0.09) / np.hypot(0.4, 0.1)), rel=1e-12
    )
    ratio, weight = np.array([0.12, 0.15, 0.2]), np.array([0.5, 0.3, 0.2])
    left = 0.09 * np.exp(0.4 * rng.standard_normal((400_000, 3))) / ratio
    assert alone(sparse.csr_matrix(weight[None, :]), ratio, AMP)[0] == pytest.approx(
        (left @ weight >= 1).mean(), abs=0.002
    )


def test_a_sample_without_its_parent_may_be_all_the_parent_s():
    weight = sparse.csr_matrix([[1.0, 0.0], [0.5, 0.5], [0.0, 1.0]])
    p = alone(weight, np.array([9.0, np.nan]), AMP)
    assert p[0] < 1e-9
    assert p[1] < 0.025
    assert p[2] == 1.0
    lead = leaves("methcathinone")
    assert alone(weight, np.array([9.0, 9.0]), lead).tolist() == [1.0, 1.0, 1.0]


def test_draws_of_a_share_have_the_moments_of_the_truncated_ratio():
    x = explained(np.array([0.2, np.nan]), AMP, keys=[5, 6], draws=4096)
    kept = stats.truncnorm(-np.inf, np.log(0.2 / 0.09) / 0.4)
    grid = kept.ppf((np.arange(200_000) + 0.5) / 200_000)
    exact = 0.09 * np.exp(0.4 * grid) / 0.2
    assert x[0].mean() == pytest.approx(exact.mean(), abs=1e-4)
    assert np.quantile(x[0], [0.025, 0.975]) == pytest.approx(np.quantile(exact, [0.025, 0.975]), abs=1e-3)
    assert (x <= 1).all()
    assert np.quantile(x[1], [0.25, 0.75]) == pytest.approx([0.25, 0.75], abs=1e-3)


def test_a_few_values_keep_mean_and_spread_and_stay_above_zero():
    held = np.random.default_rng(1).beta(2, 3, (3, 256))
    few = strata(held, 16)
    assert few.mean(axis=1) == pytest.approx(held.mean(axis=1))
    assert few.std(axis=1) == pytest.approx(held.std(axis=1))
    assert (np.diff(few, axis=1) > 0).all()
    tight = np.r_[np.full(255, 1e-9), 1.0][None, :]
    assert (strata(tight, 16) > 0).all()


def test_equal_keys_give_equal_draws_whatever_else_is_drawn():
    both = explained(np.array([0.2, 0.9]), AMP, 0.1, keys=[5, 6])
    assert explained(np.array([0.9]), AMP, 0.1, keys=[6])[0].tolist() == both[1].tolist()
    assert both.shape == (2, 256)
    assert abs(np.corrcoef(both)[0, 1]) < 0.2
    wide = explained(np.array([0.9]), AMP, 0.5, keys=[6])[0]
    assert np.log(wide).std() > 1.2 * np.log(both[1]).std()  # the error of both measurements adds


def test_a_ratio_that_is_no_number_above_nothing_says_nothing():
    weight = sparse.csr_matrix([[1.0]])
    for ratio in (0.0, -1.0, np.nan, np.inf):
        assert alone(weight, np.array([ratio]), AMP)[0] == 1.0
        assert explained(np.array([ratio]), AMP, keys=[1]).mean() == pytest.approx(0.5)


def test_a_sum_is_surer_than_its_parts_and_less_sure_with_errors():
    ratio = np.array([0.18, 0.18])
    one, both = alone(sparse.csr_matrix([[1.0, 0.0], [0.5, 0.5]]), ratio, AMP)
    assert both < one
    assert alone(sparse.csr_matrix([[0.5, 0.5]]), ratio, AMP, 0.3)[0] > both


def test_few_draws_are_their_own_strata():
    held = np.array([[0.2, 0.4, 0.6, 0.8]])
    assert strata(held, 4) == pytest.approx(held)
    assert strata(np.full((1, 8), 0.3), 4) == pytest.approx(np.full((1, 4), 0.3))


def test_what_ketamine_shares_with_methamphetamine_leaves_its_own_spread_whole():
    chosen = profile("default")
    ket, meth = (chosen.factor(d).fraction.log_moments()[1] for d in ("ketamine", "methamphetamine"))
    (name, own), (other, shared) = along(chosen, chosen.factor("ketamine"))
    assert (name, other) == ("excretion", "excretion:methamphetamine")
    assert isinstance(own, LogNormal)
    assert own.median() == 1.0
    assert own.log_sd == pytest.approx(np.sqrt(ket**2 - meth**2))
    assert shared is chosen.factor("methamphetamine").fraction


def test_a_factor_is_not_tuned_on_itself_or_on_a_drug_without_factor():
    from dataclasses import replace

    chosen = profile("default")
    mdma = chosen.factor("mdma")
    for depends_on in (("mdma",), ("heroin",), ("mdma", "heroin")):
        assert along(chosen, replace(mdma, depends_on=depends_on)) == [("excretion", mdma.fraction)]


def test_a_surer_factor_keeps_a_tenth_of_its_spread_as_its_own():
    from dataclasses import replace

    from wbe.uncertainty.distributions import Beta

    chosen = profile("default")
    sure = replace(chosen.factor("ketamine"), fraction=Beta(mean=0.2, sd=0.01))
    (_, own), _ = along(chosen, sure)
    assert own.log_sd == pytest.approx(0.1 * sure.fraction.log_moments()[1])
