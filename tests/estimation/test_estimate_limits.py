"""A place that was never detected in a month is one unknown, however many samples say so; a detected one is known."""

import numpy as np
import pytest

import wbe
from wbe.estimation.limits import limit_variance, where_below
from wbe.samples import Flag
from wbe.testing import small_city

METH = "methamphetamine"
OWN = {"sampling": 0.3, "analysis": 0.1, "day": 0.2, "flow": 0.05, "batch": 0.08}
V = float(np.log1p(0.3**2) + np.log1p(0.1**2))  # of one result


def city(n=2, lod=20.0, unseen=((0,), None)):
    """Two places of n samples; ``unseen``: (places, samples) below the limit, None for all samples."""
    ds = small_city(districts=2, months=1, samples_per_month=n, biomarkers=(METH,), equal=True)
    places, which = unseen
    names = sorted(set(ds["district"].values.tolist()))
    for p in places:
        rows = np.flatnonzero(ds["district"].values == names[p])
        rows = rows if which is None else rows[list(which)]
        ds["flag"][rows, 0], ds["concentration"][rows, 0] = int(Flag.BELOW_LOD), np.nan
    ds["lod"][:], ds["loq"][:] = lod, 3 * lod
    return ds


def limit_part(ds, own=OWN):
    amount = wbe.estimate(ds, cvs=own).engine.amount("city", "mass_load", METH)
    return amount.parts["limit"][0], amount


def test_a_flat_load_below_its_limit_has_a_third_of_relative_variance():
    lowest = np.array([0.0, 0.5, 1.0])
    # uniform between a and 1: variance (1 - a)^2 / 12 over the square of the mean (1 + a) / 2
    assert where_below(lowest) == pytest.approx((1 - lowest) ** 2 / 12 / ((1 + lowest) / 2) ** 2, abs=1e-15)


def test_two_samples_below_one_limit_are_one_unknown_and_two_errors():
    part, _ = limit_part(city(n=2))
    assert sorted(part)[0] == 0.0
    assert max(part) == pytest.approx(1 / 3 + np.expm1(V) * (4 / 3) / 2)
    # one sample: what a flat prior and one error give; many: what no number of samples takes away
    assert max(limit_part(city(n=1))[0]) == pytest.approx(np.exp(V) * 4 / 3 - 1)
    assert max(limit_part(city(n=4))[0]) == pytest.approx(1 / 3 + np.expm1(V) * (4 / 3) / 4)


def test_where_one_of_two_was_seen_the_other_stands_by_itself():
    part, _ = limit_part(city(n=2, unseen=((0,), (1,))))
    seen, mean = 60.0, 20.0 * np.exp(1.5 * V) / 2
    share = mean / (seen + mean)
    assert max(part) == pytest.approx(share**2 * (np.exp(V) * 4 / 3 - 1))
    three, _ = limit_part(city(n=3, unseen=((0,), (0, 1))))
    share = mean / (seen + 2 * mean)
    assert max(three) == pytest.approx(2 * share**2 * (np.exp(V) * 4 / 3 - 1))  # two apart, not one


def test_a_place_between_detection_and_quantification_shares_that_narrower_unknown():
    ds = city(n=2)
    low = ds["flag"] == int(Flag.BELOW_LOD)
    ds["flag"] = ds["flag"].where(~low, int(Flag.BELOW_LOQ)).astype(ds["flag"].dtype).assign_attrs(ds["flag"].attrs)
    a = 1 / 3
    where = 4 * (1 + a + a * a) / (3 * (1 + a) ** 2) - 1
    assert max(limit_part(ds)[0]) == pytest.approx(where + np.expm1(V) * (1 + where) / 2)


def test_the_budget_of_a_city_names_what_is_not_known_of_a_place_below_its_limit():
    estimate = wbe.estimate(city(n=2), cvs=OWN)
    of_city = estimate.budget("city", "2021-01", METH, "mass_load", area="city").set_index("source")
    _, amount = limit_part(city(n=2))
    parts = {k: float((amount.pair_share**2 * v[0][amount.pair_group]).sum()) for k, v in amount.parts.items()}
    own = of_city.loc[[k for k, v in parts.items() if v > 0], "share"]
    assert own["limit"] / own.sum() == pytest.approx(parts["limit"] / sum(parts.values()))
    alone = estimate.budget("天元区", "2021-01", METH, "mass_load")  # and where nothing else is known it is a bound
    assert "limit" not in set(alone["source"])


def test_more_samples_below_a_limit_narrow_a_city_less_than_samples_above_it():
    def width(n, unseen):
        row = wbe.estimate(city(n=n, unseen=unseen), cvs=OWN).table("city", quantity="mass_load").iloc[0]
        return np.log(row["upper"] / row["lower"])

    hidden = width(4, ((0,), None)) / width(1, ((0,), None))
    seen = width(4, ((), None)) / width(1, ((), None))
    assert seen < hidden < 1


def test_shares_of_one_place_add_before_they_are_squared_and_those_of_two_places_after():
    group, weight = np.array([0, 0, 1]), np.array([0.2, 0.3, 0.5])
    relative, place = np.array([0.5, 0.6, 0.7]), np.array([0.3, 0.2, 0.3])
    found = limit_variance(group, weight, relative, place, np.array([True, True]), 2)
    together = (0.2 * np.sqrt(0.3) + 0.3 * np.sqrt(0.2)) ** 2
    assert found == pytest.approx([0.04 * 0.2 + 0.09 * 0.4 + together, 0.25 * 0.7])
    apart = limit_variance(group, weight, relative, place, np.array([False, True]), 2)
    assert apart == pytest.approx([0.04 * 0.5 + 0.09 * 0.6, 0.25 * 0.7])
