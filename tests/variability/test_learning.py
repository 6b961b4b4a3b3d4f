"""Sizes of error are learnt: from replicates, days, months and batches, towards a prior, in any order."""

from __future__ import annotations

import pickle
import sys
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from wbe.errors import InputError, UnknownName
from wbe.variability import joined, learn, learn_from, learn_statistics
from wbe.variability.limits import filled, truncated
from wbe.variability.nodes import hashed, hypercube, scores

sys.path.insert(0, str(Path(__file__).parent))
from simulated import city


def row(found, term, key):
    return found.table("en").set_index(["term", "key"]).loc[(term, key)]


@pytest.mark.parametrize("cv", [0.22, 0.4, 0.6])
@pytest.mark.parametrize("n", [1, 4])
def test_the_day_to_day_spread_is_found_from_one_sample_a_month_and_from_four(cv, n):
    found = row(learn(city(day=cv, n=n)), "day", "ketamine")
    assert found["lower"] < cv < found["upper"]
    assert found["cv"] == pytest.approx(cv, rel=0.2)
    assert found["prior_weight"] < 0.3


@pytest.mark.parametrize("cv", [0.3, 0.5, 1.2])
def test_the_error_of_grab_samples_is_found_since_all_drugs_of_a_sample_share_it(cv):
    found = row(learn(city(day=0.22, n=2, sampling=cv, kind="grab")), "sampling", "grab")
    assert found["cv"] == pytest.approx(cv, rel=0.15)
    assert found["prior_cv"] == pytest.approx(0.85)
    assert found["prior_weight"] < 0.05


def test_replicates_tell_the_error_of_the_analysis():
    found = row(learn(city(months=12, analysis=0.2, replicates=2)), "analysis", "")
    assert found["cv"] == pytest.approx(0.2, rel=0.1)
    assert found["df"] == pytest.approx(10 * 12 * 3, rel=0.2)
    assert row(learn(city(months=12)), "analysis", "")["prior_weight"] > 0.9


def test_what_all_places_of_a_month_do_at_once_is_laid_to_the_batch():
    loud = row(learn(city(batch=0.25)), "batch", "ketamine")
    calm = row(learn(city(batch=0.03)), "batch", "ketamine")
    assert loud["cv"] == pytest.approx(0.25, rel=0.35)
    assert calm["cv"] < 0.08 < loud["lower"]


def test_one_month_without_replicates_teaches_nothing():
    table = learn(city(months=1)).table("en")
    assert (table["prior_weight"] == 1).all()
    assert (table["note_codes"] == "variability-source-prior").all()
    assert np.allclose(table["cv"], table["prior_cv"])


def test_what_the_user_sets_wins_and_is_said():
    samples = city(day=0.6)
    found = learn(samples, {"day": 0.3, "sampling": 0.2, "batch:morphine": 0.5, "flow": 0.01, "analysis": 0.02})
    assert np.allclose(found.day, np.log1p(0.09), rtol=1e-4)
    assert np.allclose(found.sampling, np.log1p(0.04))
    assert np.allclose(found.flow, np.log1p(0.0001))
    assert np.allclose(found.analysis, np.log1p(0.0004))
    assert found.batch.std(axis=0)[:2].min() > 0
    assert np.allclose(found.batch[:, 2], np.log1p(0.25))
    assert row(found, "day", "ketamine")[["cv", "lower", "upper", "prior_weight"]].tolist() == [0.3, 0.3, 0.3, 0.0]
    assert row(found, "day", "ketamine")["status"] == "user"


def test_a_size_for_composites_says_nothing_of_grab_samples():
    grabs = city(months=3, kind="grab")
    assert row(learn(grabs, {"sampling": 0.1}), "sampling", "grab")["status"] != "user"
    assert row(learn(grabs, {"sampling:grab": 0.1}), "sampling", "grab")["status"] == "user"


@pytest.mark.parametrize("size", [0.0, -0.1, np.nan, np.inf, True, "0.1"])
def test_a_size_that_cannot_be_is_refused(size):
    with pytest.raises(InputError, match=r"finite coefficient of variation above 0") as caught:
        learn(city(months=1, places=2), {"day": size, "flow": size})
    assert caught.value.codes == ["variability-size", "variability-size"]


def test_a_size_of_no_error_is_refused_with_the_nearest_name():
    with pytest.raises(UnknownName, match="sampling:grab"):
        learn(city(months=1, places=2), {"sampling:grap": 0.5})


@pytest.mark.parametrize("month", ["2021", "June 2021", "2021-13", "2021-06-01"])
def test_a_month_that_is_none_is_refused(month):
    with pytest.raises(InputError, match="YYYY-MM"):
        learn(city(months=1, places=2), until=month)


def test_later_months_tell_an_earlier_one_nothing():
    samples = city(months=6)
    early = samples.isel(sample=samples["time"].values < np.datetime64("2021-04-01"))
    assert np.array_equal(learn(samples, until="2021-03").day, learn(early).day)
    assert not np.array_equal(learn(samples, until="2021-04").day, learn(early).day)


@pytest.mark.parametrize("seed", range(5))
def test_any_order_of_rows_and_drugs_gives_the_same_bits(seed):
    samples = city(months=6, n=2, replicates=2)
    r = np.random.default_rng(seed)
    mixed = samples.isel(sample=r.permutation(samples.sizes["sample"]), biomarker=r.permutation(3))
    one, other = learn(samples), learn(mixed)
    for name in ("day", "sampling", "flow", "analysis", "batch", "weight", "weekday"):
        assert np.array_equal(getattr(one, name), getattr(other, name)), name
    assert one.summary == other.summary


def test_other_units_of_load_change_nothing():
    one, other = learn(city(months=6)), learn(city(months=6, scale=1e3))
    assert np.allclose(one.day, other.day, rtol=1e-9)
    assert np.allclose(one.batch, other.batch, rtol=1e-9)


def test_a_place_of_few_samples_is_drawn_towards_the_others():
    day = np.full((10, 3), 0.25)
    day[0] = 0.9
    many = learn(city(day=day, months=24, n=2)).day.mean(axis=0)
    few = learn(city(day=day, months=2, n=2)).day.mean(axis=0)
    assert many[0].mean() > 4 * many[1:].mean()
    assert 1.2 < few[0].mean() / few[1:].mean() < many[0].mean() / many[1:].mean()


def test_a_small_place_starts_from_a_wider_prior():
    large, small = learn(city(months=1, population=1e6)), learn(city(months=1, population=1e4))
    assert small.day[:, :, 1].mean() > large.day[:, :, 1].mean()


def test_cities_add_in_the_order_of_their_names():
    parts = [learn_statistics(city(months=5, n=2, places=4, name=name, seed=i)) for i, name in enumerate("bac")]
    one, other = learn_from(joined(parts)), learn_from(joined(parts[::-1]))
    together = xr.concat([city(months=5, n=2, places=4, name=n, seed=i) for i, n in enumerate("bac")], dim="sample")
    whole = learn(together)
    for name in ("day", "sampling", "flow", "analysis", "batch"):
        assert np.array_equal(getattr(one, name), getattr(other, name)), name
        assert np.array_equal(getattr(one, name), getattr(whole, name)), name
    assert [c for c, _ in whole.sites] == sorted("abc" * 4)
    assert learn_from(parts[0] + parts[1]).day.shape == (25, 8, 3)


def test_a_city_in_two_parts_is_refused():
    part = learn_statistics(city(months=2, places=2, name="a"))
    with pytest.raises(InputError, match="each city in one part"):
        joined([part, part])


def test_nodes_carry_the_spread_of_what_is_not_known():
    found = learn(city(months=1))
    assert found.weight.sum() == pytest.approx(1)
    cv = np.sqrt(np.expm1(found.sampling))
    assert np.log(cv).std() == pytest.approx(0.15, rel=1e-6)
    assert np.log(found.day).std(axis=0).mean() == pytest.approx(2 * np.hypot(0.35, 0.45), rel=0.1)


def test_the_answer_is_frozen_and_travels():
    found = learn(city(months=2, places=2))
    with pytest.raises(ValueError, match="read-only"):
        found.day[0] = 1.0
    again = pickle.loads(pickle.dumps(found))
    assert np.array_equal(again.day, found.day)
    assert again.table().equals(found.table())


def test_an_empty_file_has_its_priors():
    samples = city(months=1, places=1).isel(sample=slice(0))
    assert (learn(samples).table()["prior_weight"] == 1).all()


@pytest.mark.parametrize("below", [0.3, 0.6])
@pytest.mark.parametrize("cv", [0.22, 0.6])
def test_results_below_a_limit_neither_hide_nor_make_spread(below, cv):
    found = row(learn(city(day=cv, n=4, below=below)), "day", "ketamine")
    assert found["cv"] == pytest.approx(cv, rel=0.3)
    within = learn_statistics(city(day=cv, n=4, below=below)).within
    assert 1 - below - 0.05 < within.worth.sum() / within.freedom.sum() < 0.85


def test_a_truncated_normal_has_its_moments():
    low, high = np.array([-np.inf, -1.0, 0.5, -np.inf, 40.0]), np.array([1.5, 1.0, 3.0, -9.0, 41.0])
    mean, variance = truncated(low, high)
    for i in range(3):
        grid = np.linspace(max(low[i], -12), high[i], 200_001)
        weight = np.exp(-(grid**2) / 2)
        centre = (grid * weight).sum() / weight.sum()
        assert mean[i] == pytest.approx(centre, abs=1e-4)
        assert variance[i] == pytest.approx(((grid - centre) ** 2 * weight).sum() / weight.sum(), abs=1e-4)
    assert mean[3] == pytest.approx(-9.109, abs=1e-3)
    assert mean[4] == 40.0
    assert variance[4] == 0.0


def test_a_series_of_few_numbers_is_emptied_and_a_full_one_kept():
    y = np.array([[1.0, 1.0, 0.0], [np.nan, 1.2, 0.1], [np.nan, np.nan, 0.2], [np.nan, np.nan, np.nan]])
    high = np.where(np.isnan(y), 0.5, np.nan)
    full, hidden = filled(y, np.full(y.shape, -np.inf), high, np.zeros(4, int), np.zeros(1, int))
    assert np.isnan(full[:, 0]).all()
    assert np.isfinite(full[:, 1:]).all()
    assert (full[2:, 1] < 0.5).all()
    assert (hidden > 0).tolist() == np.isnan(y).tolist() or (hidden[2:, 1] > 0).all()
    assert np.array_equal(full[:3, 2], y[:3, 2])


def test_cities_with_laboratories_and_kinds_of_their_own_add():
    def named(name, lab, kind, seed):
        samples = city(months=5, n=2, places=3, name=name, kind=kind, seed=seed, replicates=2)
        return samples.assign_coords(laboratory=("sample", np.full(samples.sizes["sample"], lab, dtype=object)))

    parts = [named("a", "north", "grab", 1), named("b", "south", "24h_composite", 2)]
    added = learn_from(joined([learn_statistics(p) for p in parts]))
    whole = learn(xr.concat(parts, dim="sample"))
    assert added.laboratories == ("north", "south")
    assert added.kinds == ("24h_composite", "grab")
    for name in ("day", "sampling", "flow", "analysis", "batch"):
        assert np.array_equal(getattr(added, name), getattr(whole, name)), name
    alone = learn(parts[0])
    assert row(added, "analysis", "north")["cv"] == pytest.approx(
        row(alone, "analysis", "")["cv"] if "" in alone.laboratories else row(alone, "analysis", "north")["cv"], rel=0.1
    )


def test_a_composite_of_a_fortnight_carries_a_fourteenth_of_the_spread_of_days():
    samples = city(months=12, n=2, day=0.6, seed=3)
    end = samples["time"].values + np.timedelta64(14, "D")
    long = samples.assign_coords(time_end=("sample", end))
    one, many = learn_statistics(samples).within, learn_statistics(long).within
    assert np.allclose(many.day, one.day / 14)
    assert np.array_equal(many.shared, one.shared)


def test_one_batch_for_all_months_tells_nothing_of_batches():
    samples = city(batch=0.25)
    same = samples.assign_coords(batch=("sample", np.full(samples.sizes["sample"], "one", dtype=object)))
    assert row(learn(same), "batch", "ketamine")["prior_weight"] > 0.999
    assert row(learn(samples), "batch", "ketamine")["prior_weight"] < 0.5


def test_two_batches_within_a_month_are_not_taken_for_days():
    samples = city(months=24, n=4, day=0.1, batch=0.02, sampling=0.05, seed=5)
    r = np.random.default_rng(1)
    half = (samples["time"].dt.day.values > 14).astype(int)
    label = np.array([f"{m}-{h}" for m, h in zip(samples["batch"].values, half, strict=True)], dtype=object)
    shift = {b: np.exp(r.normal(0, 0.5)) for b in sorted(set(label))}
    factor = np.array([shift[b] for b in label])[:, None]
    loud = samples.assign(concentration=samples["concentration"] * factor).assign_coords(batch=("sample", label))
    loud["concentration"].attrs = samples["concentration"].attrs
    assert row(learn(loud), "day", "ketamine")["cv"] < 0.2
    assert row(learn(loud), "batch", "ketamine")["cv"] > 0.25


def test_months_far_apart_tell_nothing_of_the_noise_of_months():
    near, far = city(months=2, n=1), city(months=2, n=1)
    late = far["time"].values + np.where(
        far["time"].dt.month.values == 2, np.timedelta64(120, "D"), np.timedelta64(0, "D")
    )
    far = far.assign_coords(time=("sample", late))
    assert learn_statistics(near).between.freedom.sum() > 0
    assert learn_statistics(far).between.freedom.sum() == 0


def test_a_site_without_a_flow_is_read_by_concentration_and_a_gap_in_flow_is_left_out():
    samples = city(months=12, n=2)
    flow = samples["flow"].values.copy()
    none = samples.assign(flow=("sample", np.full(len(flow), np.nan), samples["flow"].attrs))
    assert row(learn(none), "day", "ketamine")["cv"] == pytest.approx(row(learn(samples), "day", "ketamine")["cv"])
    flow[::2] = np.nan
    holes = samples.assign(flow=("sample", flow, samples["flow"].attrs))
    assert learn_statistics(holes).within.freedom.sum() < 0.2 * learn_statistics(samples).within.freedom.sum()


def test_successive_differences_are_worth_two_thirds_of_their_number():
    found = learn_statistics(city(months=24, n=1, drugs=1)).between
    steps = 23
    assert found.worth.sum() == pytest.approx(found.freedom.sum() * 2 * steps / (3 * steps - 1))


def test_drugs_that_move_as_one_are_worth_one():
    samples = city(months=24, n=1, drugs=3, batch=0.3)
    together = samples.copy(deep=True)
    together["concentration"].values[:] = samples["concentration"].values[:, :1]
    apart, one = learn_statistics(samples).city, learn_statistics(together).city
    assert one.worth.sum() < 0.55 * apart.worth.sum()


def test_the_points_of_a_name_never_change():
    assert hypercube(hashed(["day"]), 5)[:, 0].round(3).tolist() == [-0.599, 0.0, 1.463, 0.599, -1.463]
    assert scores(25).mean() == pytest.approx(0, abs=1e-12)
    assert scores(25).std() == pytest.approx(1)
