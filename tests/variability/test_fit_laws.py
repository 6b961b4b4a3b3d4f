"""Laws of the fit behind sizes of error: scores are slopes, curvatures bend, sums of squares have their expectation."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from wbe.variability import learn_statistics, learning
from wbe.variability.learning import Shared, _Fit, _leap, _Stack, _System, shared_sizes
from wbe.variability.limits import filled, truncated
from wbe.variability.priors import day_sizes
from wbe.variability.statistics import Contrasts, _cells, contrasts
from wbe.variability.tables import Days, sorted_results

sys.path.insert(0, str(Path(__file__).parent))
from simulated import city


@pytest.fixture(scope="module")
def statistics():
    return learn_statistics(city(places=3, months=6, n=2, below=0.2, replicates=2, seed=4))


@pytest.fixture
def model(statistics):
    keys = statistics.keys
    base, _ = day_sizes(keys.biomarkers, keys.population)
    return _Fit(statistics, shared_sizes(statistics, {}), base, np.full(len(keys.biomarkers), 0.81))


def away(model, seed=1):
    """A point of the search that is neither the prior's nor the mode."""
    r = np.random.default_rng(seed)
    return (model.shared.centre + r.normal(0, 0.3, len(model.shared.centre)), r.normal(0, 0.3, model.base.shape))


def slope(f, x, h=1e-5):
    """Numerical slopes of a function of one array."""
    out = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        step = np.zeros(x.shape)
        step[i] = h
        out[i] = (f(x + step) - f(x - step)) / (2 * h)
    return out


# ---- the posterior and its search ----


def test_the_score_is_the_slope_of_the_log_posterior(model):
    theta, local = away(model)
    system = model.system(theta, local)
    assert system.shared_score == pytest.approx(slope(lambda t: model.height(t, local), theta), rel=1e-5, abs=1e-5)
    assert system.local_score == pytest.approx(slope(lambda x: model.height(theta, x), local), rel=1e-5, abs=1e-5)


def test_without_data_the_posterior_is_the_prior(model):
    model.places = [replace(rows, worth=0 * rows.worth) for rows in model.places]
    model.city = replace(model.city, worth=0 * model.city.worth)
    model.freedom = 0 * model.freedom
    theta, local = away(model)
    apart = theta - model.shared.centre
    expected = -apart @ np.linalg.inv(model.shared.covariance) @ apart / 2 - np.sum(local**2) / 0.81 / 2
    assert model.height(theta, local) == pytest.approx(expected)
    found, own, _ = model.solve()
    assert found == pytest.approx(model.shared.centre)
    assert own == pytest.approx(np.zeros(model.base.shape))


def as_expected(model, theta, local):
    """Let every mean square be what the sizes at one point lead one to expect."""
    day, rest = model._variances(theta, local)
    model.places = [replace(rows, mean_square=model._expected(rows, day, rest)) for rows in model.places]
    model.city = replace(model.city, mean_square=model._city_expected(day, rest)[0])
    model.replicates = rest[model.shared.where("analysis")]
    return model.system(theta, local)


def test_where_all_is_as_expected_the_curvature_is_that_of_the_log_posterior(model):
    theta, local = away(model)
    system = as_expected(model, theta, local)
    prior = model.precision @ (theta - model.shared.centre)
    assert system.shared_score == pytest.approx(-prior)  # the data do not pull
    bent = np.stack([
        slope(lambda t, i=i: model.system(t, local).shared_score[i], theta, 1e-4) for i in range(len(theta))
    ])  # fmt: skip
    assert -bent == pytest.approx(system.shared_curve, rel=1e-3, abs=1e-3)


def test_places_bend_alone_and_with_what_they_share(model):
    model.city = replace(model.city, worth=0 * model.city.worth)  # the city's rows are left out of these blocks
    theta, local = away(model)
    system = as_expected(model, theta, local)
    for s, k in np.ndindex(local.shape):
        bent = slope(lambda x, s=s, k=k: model.system(theta, x).local_score[s, k], local, 1e-4)
        assert -bent[s] == pytest.approx(system.local_curve[s, k], rel=1e-3, abs=1e-3)
        mixed = slope(lambda t, s=s, k=k: model.system(t, local).local_score[s, k], theta, 1e-4)
        assert -mixed == pytest.approx(system.mixed[s, k], rel=1e-3, abs=1e-3)


def test_the_search_ends_at_the_mode_in_few_steps(model, monkeypatch):
    calls = []
    plain = _Fit.system
    monkeypatch.setattr(_Fit, "system", lambda self, t, x: (calls.append(0), plain(self, t, x))[1])
    theta, local, system = model.solve()
    by_theta, by_local = system.step(system.shared_score, system.local_score)
    assert max(np.abs(by_theta).max(), np.abs(by_local).max()) < 1e-4
    top = model.height(theta, local)
    for seed in range(10):
        r = np.random.default_rng(seed)
        step = r.normal(0, 0.02, len(theta)), r.normal(0, 0.02, local.shape)
        assert model.height(theta + step[0], local + step[1]) < top
    assert len(calls) <= 13, "what past steps tell saves the search half of its way"


def test_a_leap_solves_what_is_straight():
    # steps that shrink to x* by a matrix: three points of a plane tell where they vanish
    matrix, goal = np.array([[0.5, 0.2], [-0.1, 0.3]]), np.array([0.3, -0.4])
    points = [np.zeros(2), np.array([0.1, 0.0]), np.array([0.05, 0.2])]
    before = [(x, matrix @ (goal - x)) for x in points]
    assert points[-1] + _leap(before) == pytest.approx(goal, abs=1e-5)
    assert _leap(before[:1]) == pytest.approx(before[0][1])
    two = [(np.zeros(1), np.array([0.4])), (np.array([0.4]), np.array([0.2]))]
    assert _leap(two) == pytest.approx([0.4], abs=1e-6)  # 0.4 + 0.4 = 0.8, where the step vanishes
    far = [(np.zeros(1), np.array([0.4])), (np.array([0.4]), np.array([0.39]))]
    assert _leap(far) == pytest.approx([learning.LONGEST])  # never further than is believed


def by_hand(seed=2):
    """A small system with two parameters, one of days, two places of one drug; and its full matrices."""
    r = np.random.default_rng(seed)
    stacks = []
    for _ in range(2):
        stacks.append(_Stack(r.normal(size=(2, 3)), r.uniform(1, 3, (2, 3)), r.uniform(0.2, 1, (2, 3, 2))))
    stacks.append(_Stack(r.normal(size=(1, 2)), r.uniform(1, 3, (1, 2)), r.uniform(0.2, 1, (1, 2, 2))))
    days = np.array([0])
    by_site = stacks[0].curves() + stacks[1].curves()
    shared_curve = by_site.sum(axis=0) + stacks[2].curves().sum(axis=0) + 0.7 * np.eye(2)
    local_curve = by_site[:, :1, :1] + 1.3
    scores = r.normal(size=2), r.normal(size=(2, 1))
    system = _System(scores[0], shared_curve, scores[1], local_curve, by_site[:, :1], stacks, days)
    full = np.zeros((4, 4))
    full[:2, :2] = shared_curve
    for s in range(2):
        full[2 + s, 2 + s] = local_curve[s, 0, 0]
        full[2 + s, :2] = full[:2, 2 + s] = by_site[s, 0]
    return system, full


def test_a_step_solves_shared_and_local_sizes_together():
    system, full = by_hand()
    shared, local = system.step(system.shared_score, system.local_score)
    both = np.linalg.solve(full, np.concatenate([system.shared_score, system.local_score[:, 0]]))
    assert np.concatenate([shared, local[:, 0]]) == pytest.approx(both)
    curve, by, spread = system.reduced()
    assert np.linalg.inv(curve) == pytest.approx(np.linalg.inv(full)[:2, :2])
    assert by[:, 0] == pytest.approx(-full[2:, :2] / np.diag(full)[2:, None])
    assert spread[:, 0, 0] == pytest.approx(1 / np.diag(full)[2:])


def test_the_mean_lies_off_the_mode_by_the_third_derivative():
    system, full = by_hand()
    covariance = np.linalg.inv(full)
    pull = np.zeros(4)
    for number, stack in enumerate(system.stacks):
        for g, row in np.ndindex(stack.weight.shape):
            a = np.zeros(4)
            a[:2] = stack.slopes[g, row]
            if number < 2:
                a[2 + g] = a[0]  # a place's own days move with the shared ones
            pull += stack.weight[g, row] * a * (a @ covariance @ a) / 2
    shared, local = system.shift(covariance[:2, :2])
    assert np.concatenate([shared, local[:, 0]]) == pytest.approx(covariance @ pull)


# ---- what is believed ----


def test_what_is_believed_of_the_shared_sizes(statistics):
    found = shared_sizes(statistics, {})
    at = {name: i for i, name in enumerate(found.names)}
    sd = np.sqrt(np.diag(found.covariance))
    drug = statistics.keys.biomarkers[0], statistics.keys.biomarkers[1]
    told = {  # median, and spread of ln(cv^2): twice that of ln(cv)
        ("day", drug[0]): (0.0, 2 * 0.35), ("sampling", "24h_composite"): (2 * np.log(0.10), 2 * 0.15),
        ("flow", ""): (2 * np.log(0.05), 2 * 0.3), ("analysis", ""): (2 * np.log(0.10), 2 * 0.3),
        ("batch", drug[0]): (2 * np.log(0.08), 2 * 0.6),
        ("walk", drug[0]): (np.log(np.expm1(0.05**2)), 2 * 1.0),
        ("deviation", drug[0]): (np.log(np.expm1(0.12**2)), 2 * 0.8),
    }  # fmt: skip
    for name, (centre, spread) in told.items():
        assert found.centre[at[name]] == pytest.approx(centre), name
        assert sd[at[name]] == pytest.approx(spread), name
    for term, together in (("day", 0.5), ("batch", 0.7), ("walk", 0.5), ("deviation", 0.5)):
        i, j = at[term, drug[0]], at[term, drug[1]]
        assert found.covariance[i, j] == pytest.approx(together * sd[i] * sd[j]), term
    assert found.covariance[at["flow", ""], at["analysis", ""]] == 0
    assert not found.fixed.any()
    assert [found.sizes[at[n]] is None for n in told] == [False] * 5 + [True] * 2


def test_a_users_size_is_known_and_moves_with_nothing(statistics):
    own = {"batch": np.log1p(0.2**2), "sampling:24h_composite": np.log1p(0.3**2), "day": np.log1p(0.5**2)}
    found = shared_sizes(statistics, own)
    for i, (term, _) in enumerate(found.names):
        fixed = term in ("batch", "sampling", "day")
        assert found.fixed[i] == fixed
        if fixed:
            assert np.flatnonzero(found.covariance[i]).tolist() == [i]
            assert found.covariance[i, i] == learning.TIGHT
    at = {name: i for i, name in enumerate(found.names)}
    drug = statistics.keys.biomarkers[0]
    assert found.centre[at["batch", drug]] == pytest.approx(2 * np.log(0.2))
    assert found.centre[at["sampling", "24h_composite"]] == pytest.approx(2 * np.log(0.3))
    assert found.centre[at["day", drug]] == 0.0  # the places' own base holds it
    one = shared_sizes(statistics, {f"batch:{drug}": np.log1p(0.3**2), "batch": np.log1p(0.1**2)})
    assert one.centre[one.where("batch")] == pytest.approx(2 * np.log([0.3, 0.1, 0.1]))
    grab = shared_sizes(statistics, {"sampling": np.log1p(0.3**2)})
    assert isinstance(grab, Shared)
    assert grab.fixed[grab.where("sampling")].all()  # a composite is what ``sampling`` names


# ---- sums of squares ----


def squares(apart, left, day, shared, analysis, hidden=None, seen=None):
    apart, left = np.array(apart, float), np.array(left, float)
    ones = np.ones(apart.shape)
    hidden = np.zeros(apart.shape) if hidden is None else np.array(hidden, float)
    seen = ones if seen is None else np.array(seen, float)
    return contrasts(apart, left, np.zeros(len(apart), dtype=int), 1, np.array(day, float), 2 * np.array(day, float),
                     np.array(shared, float), np.array(analysis, float), hidden, seen)  # fmt: skip


def test_differences_are_split_into_what_a_row_shares_and_what_it_does_not():
    apart = [[0.3, -0.1, 0.7]]
    found = squares(apart, [[0.5] * 3], [[1.0, 2.0, 3.0]], [[1.0, 0.25]], [[1.0]])
    mean = 0.9 / 3
    assert found.square[0] == pytest.approx([(0.3 - mean) ** 2, (-0.1 - mean) ** 2, (0.7 - mean) ** 2, mean**2])
    # expectations by matrices: z has variances 0.5 d, the mean is taken out by P
    p = np.eye(3) - 1 / 3
    for k, one in enumerate(np.eye(3)):
        own = np.diag(p @ np.diag(0.5 * one) @ p)
        assert found.day[0, :3, k] == pytest.approx(own * (k + 1))
        assert found.day[0, 3, k] == pytest.approx(0.5 * (k + 1) / 9)
    assert found.deviation == pytest.approx(2 * found.day)
    assert found.shared[0, :3] == pytest.approx(np.zeros((3, 2)))  # what all share leaves the differences
    assert found.shared[0, 3] == pytest.approx([0.5, 0.125])
    assert found.analysis[0, :3, 0] == pytest.approx(np.diag(p @ p) * 0.5)
    assert found.analysis[0, 3, 0] == pytest.approx(0.5 / 3)
    assert found.freedom[0] == pytest.approx([1 / 3, 1 / 3, 1 / 3, 0.5])


def test_a_single_biomarker_is_its_own_mean_and_one_measured_once_in_a_month_tells_nothing():
    found = squares([[np.nan, 0.4, np.nan], [0.2, 0.6, 0.0]], [[0.5] * 3, [0.5, 0.5, 0.0]], [[1.0] * 3] * 2,
                    [[1.0, 1.0]] * 2, [[1.0]] * 2)  # fmt: skip
    # second row: the third biomarker was measured once: its mean is itself, and it is left out of the row's mean
    assert found.square[0] == pytest.approx([0.2**2, 0.2**2, 0.0, 0.4**2 + 0.4**2])
    assert found.freedom[0] == pytest.approx([0.25, 0.25, 0.0, 1.0])
    assert found.day[0, 3] == pytest.approx([0.5 / 4, 0.5 + 0.5 / 4, 0.0])
    assert found.shared[0, 3] == pytest.approx([1.0, 1.0])
    assert found.analysis[0, 3, 0] == pytest.approx(0.5 + 0.5 / 2)
    assert found.day[0, 0] == pytest.approx([0.5 / 4, 0.5 / 4, 0.0])


def test_what_was_filled_in_below_a_limit_is_added_back_and_is_worth_less():
    hidden, seen = [[0.2, 0.0, 0.1]], [[0.0, 1.0, 0.5]]
    plain = squares([[0.3, -0.1, 0.7]], [[0.5] * 3], [[1.0] * 3], [[1.0, 1.0]], [[1.0]])
    found = squares([[0.3, -0.1, 0.7]], [[0.5] * 3], [[1.0] * 3], [[1.0, 1.0]], [[1.0]], hidden, seen)
    p = np.eye(3) - 1 / 3
    added = np.diag(p @ np.diag(0.5 * np.array(hidden[0])) @ p)
    assert (found.square - plain.square)[0] == pytest.approx([*added, 0.5 * 0.3 / 9])
    assert found.worth[0] == pytest.approx([0.0, 1 / 3, 1 / 6, 0.5 * 1.5 / 3])
    assert plain.worth == pytest.approx(plain.freedom)
    assert found.freedom == pytest.approx(plain.freedom)


def test_a_month_of_a_place_is_the_mean_of_its_days_and_of_their_errors():
    y = np.array([[1.0, 2.0], [3.0, np.nan], [5.0, 6.0], [7.0, 8.0]])
    zero = np.zeros(4, dtype=int)
    days = Days(
        y, zero, np.array([0, 0, 0, 1]), np.arange(4), np.array([1, 1, 2, 2]), np.array([1.0, 0.5, 1.0, 1.0]),
        np.array([[1.0, 1.0], [0.5, 1.0], [1.0, 1.0], [1.0, 1.0]]), np.ones((4, 1)),
        np.array([[0.0, 0.1], [0.2, 0.0], [0.0, 0.3], [0.0, 0.0]]),
        np.array([[1.0, 0.0], [0.0, 0.0], [1.0, 0.0], [1.0, 1.0]]),
    )  # fmt: skip
    cells = _cells(days)
    assert cells.y.tolist() == [[3.0, 4.0], [7.0, 8.0]]
    kept = 0.12
    average = (1 + 0.5 + 1) / 3
    assert cells.day[0] == pytest.approx(kept + (1 - kept) * average / np.array([3, 2]))
    assert cells.day[1] == pytest.approx([1.0, 1.0])
    assert cells.shared[0] == pytest.approx([2.5 / 9, 1 / 3])
    assert cells.analysis[:, 0] == pytest.approx([1 / 3, 1.0])
    assert cells.hidden[0] == pytest.approx([0.2 / 9, 0.4 / 4])
    assert cells.seen[0] == pytest.approx([2 / 3, 0.0])
    assert cells.batches.tolist() == [2.0, 1.0]
    assert len(set(cells.batch.tolist())) == 2
    assert isinstance(contrasts(y[:0], y[:0], zero[:0], 1, y[:0], y[:0], y[:0], y[:0], y[:0], y[:0]), Contrasts)


@pytest.mark.parametrize(
    ("lod", "low"), [(2.0, np.log(2.0)), (0.5, np.log(0.5)), (0.0, -np.inf), (6.0, -np.inf), (np.nan, -np.inf)]
)
def test_a_result_between_two_limits_lies_between_them_where_both_are_limits(lod, low):
    samples = city(places=1, months=1)
    samples["flag"][:, 0], samples["concentration"][:, 0] = 1, np.nan  # seen, below the limit of quantification
    limits = {name: (samples["concentration"].dims, np.full(samples["flag"].shape, value), {"units": "ng/L"})
              for name, value in (("lod", lod), ("loq", 6.0))}  # fmt: skip
    keys, found = sorted_results(samples.assign(limits), None)
    drug = keys.biomarkers.index(str(samples["biomarker"].values[0]))
    flow = np.log(50_000.0)
    assert found.low[0, drug] == pytest.approx(low + flow)
    assert found.high[0, drug] == pytest.approx(np.log(6.0) + flow)
    assert np.isnan(found.high[0, 1 - drug])  # a number has no bound


# ---- below a limit ----


def below(numbers, unseen, limit=1.0):
    """One series: numbers, then as many results below a limit."""
    y = np.concatenate([np.array(numbers, float), np.full(unseen, np.nan)])[:, None]
    high = np.where(np.isnan(y), limit, np.nan)
    return y, np.full(y.shape, -np.inf), high


@pytest.mark.parametrize(("numbers", "unseen", "kept"), [(1, 1, False), (2, 8, True), (2, 9, False), (3, 12, True)])
def test_a_series_is_filled_in_where_two_numbers_and_a_fifth_of_it_were_measured(numbers, unseen, kept):
    y, low, high = below(np.linspace(1.2, 1.6, numbers), unseen)
    full, hidden = filled(y, low, high, np.zeros(len(y), int), np.zeros(1, int))
    assert bool(np.isfinite(full).all()) is kept
    assert bool(np.isnan(full).all()) is not kept
    assert bool((hidden[numbers:] > 0).all()) is kept
    assert (hidden[:numbers] == 0).all()


def test_what_is_filled_in_is_what_its_own_normal_expects_there():
    # two places of one city: 8 numbers and 4 below 0.9; 6 numbers alone
    r = np.random.default_rng(3)
    y, low, high = below(r.normal(1.2, 0.3, 8).clip(0.95), 4, 0.9)
    other = r.normal(3.0, 0.6, 6)[:, None]
    y, low, high = (np.concatenate(x) for x in ((y, other), (low, np.full((6, 1), -np.inf)), (high, other * np.nan)))
    site = np.repeat([0, 1], [12, 6])
    full, hidden = filled(y, low, high, site, np.zeros(2, int))
    assert np.array_equal(full[site == 1], other)  # a place that was always seen keeps its numbers
    mine, extra = full[:12, 0], hidden[:12, 0]
    square = ((mine - mine.mean()) ** 2 + extra).sum()
    sd = np.sqrt((square + 4 * square / 12) / (12 + 4))  # drawn towards the drug's own in the city: the same series
    mean, variance = truncated(np.full(4, -np.inf), np.full(4, (0.9 - mine.mean()) / sd))
    assert mine[8:] == pytest.approx(mine.mean() + sd * mean, abs=1e-4)
    assert extra[8:] == pytest.approx(sd**2 * variance, rel=1e-3)
    assert np.array_equal(mine[:8], y[:8, 0])


def test_two_limits_hold_what_is_filled_in_between_them():
    y, low, high = below([1.5, 1.7, 1.6, 1.4], 2, 1.2)
    low[4:] = 0.8
    full, hidden = filled(y, low, high, np.zeros(6, int), np.zeros(1, int))
    assert ((full[4:] > 0.8) & (full[4:] < 1.2)).all()
    wide, more = filled(y, np.full(y.shape, -np.inf), high, np.zeros(6, int), np.zeros(1, int))
    assert (wide[4:] < full[4:]).all()
    assert (more[4:] > hidden[4:]).all()
