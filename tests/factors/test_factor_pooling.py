"""Pooling: published vectors, agreement with statsmodels, and predictions for a population mean."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wbe.errors import FactorError, UnknownName
from wbe.factors import mix_routes, pool, pool_by, profile
from wbe.plot import forest

# methods catalogue section 8 (synthetic vector)
STUDIES = pd.DataFrame({
    "study": ["A", "B", "C", "D"], "fraction": [0.43, 0.37, 0.30, 0.50], "n": [8, 6, 5, 10],
    "sd": [0.10, 0.09, 0.08, 0.12],
})  # fmt: skip


def test_dersimonian_laird_gives_the_published_vector():
    found = pool(STUDIES, interval="normal")
    assert found.fixed == pytest.approx(-0.386117, abs=5e-7)
    assert found.q == pytest.approx(15.1801, abs=5e-5)
    # the catalogue prints 0.0981995; statsmodels and this code both give 0.09819983
    assert found.tau2 == pytest.approx(0.0981995, abs=5e-7)
    assert found.mean == pytest.approx(-0.409140, abs=5e-7)
    assert found.se == pytest.approx(0.175040, abs=5e-7)
    assert found.fraction == pytest.approx(0.399118, abs=5e-7)


def test_dersimonian_laird_and_hartung_knapp_agree_with_statsmodels():
    meta = pytest.importorskip("statsmodels.stats.meta_analysis")
    found = pool(STUDIES)
    theirs = meta.combine_effects(
        found.studies["logit"].to_numpy(), found.studies["variance"].to_numpy(), method_re="dl", use_t=True
    )
    assert found.tau2 == pytest.approx(float(theirs.tau2), rel=1e-10)
    assert found.q == pytest.approx(float(theirs.q), rel=1e-10)
    assert found.mean == pytest.approx(float(theirs.mean_effect_re), rel=1e-10)
    assert found.se == pytest.approx(float(np.sqrt(theirs.var_hksj_re)), rel=1e-10)


def test_reml_is_the_maximum_of_the_restricted_likelihood():
    found = pool(STUDIES, "reml")
    y, v = found.studies["logit"].to_numpy(), found.studies["variance"].to_numpy()

    def loglik(tau2):
        w = 1 / (v + tau2)
        mean = w @ y / w.sum()
        return -0.5 * (np.log(v + tau2).sum() + np.log(w.sum()) + w @ (y - mean) ** 2)

    best = loglik(found.tau2)
    assert best >= max(loglik(found.tau2 * 1.02), loglik(found.tau2 * 0.98))


def test_a_new_population_is_less_certain_than_the_pooled_mean():
    found = pool(STUDIES)
    mean, population = found.bounds, found.predicted
    assert population[0] < mean[0] < found.fraction < mean[1] < population[1]


def test_leaving_one_study_out_moves_the_pool_towards_the_others():
    table = pool(STUDIES).leave_one_out()
    assert list(table.index) == list("ABCD")
    assert table.at["C", "shift"] > 0 > table.at["D", "shift"]


def test_routes_are_pooled_apart_and_mixed_by_their_users():
    routed = pd.concat([STUDIES.assign(route="oral"), STUDIES.assign(route="smoked", fraction=STUDIES["fraction"] / 2)])
    apart = pool_by(routed)
    assert apart["smoked"].fraction < apart["oral"].fraction
    mix = mix_routes(apart, {"oral": 20, "smoked": 80})
    expected = 0.2 * apart["oral"].distribution().mean() + 0.8 * apart["smoked"].distribution().mean()
    assert mix.mean() == pytest.approx(expected)
    with pytest.raises(FactorError, match=r"routes .* and weights .* differ"):
        mix_routes(apart, {"oral": 1})
    with pytest.raises(FactorError, match="one study only for iv"):
        pool_by(pd.concat([routed, STUDIES.head(1).assign(route="iv")]))


def test_a_pool_becomes_a_profile_with_its_predictive_spread():
    found = pool(STUDIES)
    row = found.claim("methamphetamine-pooled-v1", "methamphetamine", "methamphetamine", "four studies")
    chosen = profile("default", overlay={"name": "pooled", "claim": [row]}).factor("methamphetamine")
    assert chosen.status == "user"
    assert chosen.fraction.median() == pytest.approx(found.distribution().median(), rel=1e-4)
    assert chosen.fraction.sd() == pytest.approx(found.distribution().sd(), rel=1e-3)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"fraction": 43}, "study A: fraction is 43; .* Was a percentage meant?"),
        ({"sd": 0.0}, "study A: sd is 0"),
        ({"n": 1}, "study A: n is 1"),
    ],
)
def test_a_faulty_study_is_refused_by_name(change, said):
    table = STUDIES.astype({"n": float}).copy()
    for column, value in change.items():
        table.loc[0, column] = value
    with pytest.raises(FactorError, match=said):
        pool(table)


def test_one_study_is_no_pool():
    with pytest.raises(FactorError, match="1 study; needed at least 2"):
        pool(STUDIES.head(1))
    with pytest.raises(UnknownName, match="method 'paule'"):
        pool(STUDIES, "paule")


def test_the_forest_plot_has_a_line_for_each_study_and_two_for_the_pool():
    figure = forest(pool(STUDIES))
    labels = [t.get_text() for t in figure.axes[0].get_yticklabels()]
    assert labels == ["A  (n = 8)", "B  (n = 6)", "C  (n = 5)", "D  (n = 10)", "pooled mean", "another population"]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.floats(0.05, 0.9), st.floats(0.02, 0.2), st.integers(3, 40)), min_size=2, max_size=8))
def test_the_pool_lies_among_its_studies_whatever_they_are(rows):
    table = pd.DataFrame(rows, columns=["fraction", "sd", "n"]).assign(study=[f"s{i}" for i in range(len(rows))])
    for method in ("dersimonian-laird", "reml"):
        found = pool(table, method, interval="normal")
        assert table["fraction"].min() - 1e-9 <= found.fraction <= table["fraction"].max() + 1e-9
        assert found.tau2 >= 0
        assert found.studies["weight"].sum() == pytest.approx(1)
