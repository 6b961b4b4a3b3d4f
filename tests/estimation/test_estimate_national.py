"""A nation's loads, city by city: the numbers of one process, whoever reckons them and whatever is lost on the way."""

import functools
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import wbe
from wbe.errors import InputError
from wbe.estimation import national, progress
from wbe.testing import small_city

KEY = ["month", "biomarker", "quantity"]


def made(number, months=4):
    """One of several cities with the same names of sites, districts and samples."""
    ds = small_city(months=months, seed=number)
    n = ds.sizes["sample"]
    return ds.assign_coords(
        city=("sample", np.full(n, f"city {number}", dtype=object)),
        site=("sample", np.array([f"{number} {s}" for s in ds["site"].values], dtype=object)),
        district=("sample", np.array([f"{number} {d}" for d in ds["district"].values], dtype=object)),
        sample=[f"{number} {s}" for s in ds["sample"].values],
    )


def cities():
    return {f"city {i}": functools.partial(made, i) for i in (3, 1, 2)}


@pytest.fixture(scope="module")
def alone():
    return national(cities())


def test_city_by_city_has_the_loads_of_all_cities_in_one_file(alone):
    import xarray as xr

    whole = xr.concat([made(i) for i in (1, 2, 3)], dim="sample", join="outer", data_vars="minimal")
    table = wbe.estimate(whole, scenarios=None).table("all")
    both = alone.merge(table, on=KEY, suffixes=("", "_one"))
    assert len(both) == len(alone) == (table["quantity"].isin(["mass_load", "normalised_load"])).sum()
    assert (both["status"] == both["status_one"]).all()
    assert (both["n_samples"] == both["n_samples_one"]).all()
    assert (both["n_detected"] == both["n_detected_one"]).all()
    seen = both["status"] == "estimate"
    np.testing.assert_allclose(both["median"][seen], both["median_one"][seen], rtol=1e-12)
    np.testing.assert_allclose(both["limit"][~seen], both["limit_one"][~seen], rtol=1e-12)
    np.testing.assert_allclose(both["population"], both["population_one"], rtol=1e-12)
    widths = [np.log(both[f"upper{x}"][seen] / both[f"lower{x}"][seen]) for x in ("", "_one")]
    # squares of parts are averaged over the months of a city here and of all of them there
    assert abs(np.median(widths[0] / widths[1]) - 1) < 0.02
    np.testing.assert_allclose(*widths, rtol=0.2)


def test_the_order_of_the_cities_changes_no_bit(alone):
    turned = dict(sorted(cities().items(), reverse=True))
    pd.testing.assert_frame_equal(national(turned), alone, check_exact=True)


def test_a_city_given_twice_is_refused():
    with pytest.raises(InputError, match="city 1"):
        national({"a": made(1), "b": made(1)})


def test_a_city_of_non_detects_beside_others_counts_the_mean_and_not_its_limit():
    blind = made(2)
    low = blind.assign(flag=xr.ones_like(blind["flag"]), concentration=blind["concentration"].where(False))
    both = national({"one": made(1), "two": low}).set_index(KEY)
    one, two = national({"one": made(1)}).set_index(KEY), national({"two": low}).set_index(KEY)
    assert (two["status"] == "below_limit").all()
    seen = (both["status"] == "estimate") & (one["status"] == "estimate")
    loads = seen & (seen.index.get_level_values("quantity") == "mass_load")
    added = both["median"] - one["median"]
    assert loads.sum() > 0
    assert (added[loads] > 0.45 * two["limit"][loads]).all()
    assert (added[loads] < 0.75 * two["limit"][loads]).all()
    assert (np.log(both["upper"] / both["lower"])[loads] > 0).all()


def test_a_month_that_a_city_lacks_is_incomplete():
    table = national({"one": made(1, months=3), "two": made(2, months=2)})
    assert set(table.loc[table["month"] == "2021-03", "status"]) <= {"incomplete", "below_limit"}
    assert "estimate" in set(table.loc[table["month"] == "2021-01", "status"])
    assert set(table.loc[table["month"] == "2021-03", "n_cities"]) == {1}


def test_whoever_watches_hears_of_every_city():
    seen = []
    with progress(lambda what, done, of: seen.append((what, done, of))):
        national(cities())
    assert [(w, d) for w, d, of in seen if of == 3] == [
        (w, d) for w in ("reading", "learning", "amounts") for d in range(4)
    ]
    count = len(seen)
    national({"one": made(1, months=1)})
    assert len(seen) == count  # nobody watches any more


def dying(number, mark):
    """Kill the process that asks for this city the first time."""
    if number == 2 and not Path(mark).exists():
        Path(mark).touch()
        os._exit(1)
    return made(number)


def test_two_workers_give_the_same_bits_and_one_may_die_on_the_way(alone, tmp_path):
    distributed = pytest.importorskip("distributed")
    sources = {f"city {i}": functools.partial(dying, i, str(tmp_path / "died")) for i in (1, 2, 3)}
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0", silence_logs=50
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        there = national(sources, workers=client)
    assert (tmp_path / "died").exists()
    pd.testing.assert_frame_equal(there, alone, check_exact=True)


def test_districts_of_one_name_in_two_cities_are_refused_and_share_nothing():
    import xarray as xr

    parts = [
        made(i).assign_coords(district=("sample", small_city(months=4, seed=i)["district"].values)) for i in (1, 2)
    ]
    both = xr.concat(parts, dim="sample", join="outer", data_vars="minimal")
    with pytest.raises(wbe.errors.SchemaError, match="more than one city"):
        wbe.estimate(both, scenarios=None)
    table = national({"one": parts[0], "two": parts[1]})  # each by itself: no name is shared
    assert (table["n_cities"] == 2).all()


def test_plants_of_one_name_in_two_cities_have_meters_of_their_own():
    own = {"flow_meter": 0.5, "batch": 0.001, "analysis": 0.001, "flow": 0.001, "sampling": 0.001, "day": 0.001}

    def width(*cities):
        table = national({str(i): c for i, c in enumerate(cities)}, cvs=own)
        row = table[(table["quantity"] == "mass_load") & (table["biomarker"] == "methamphetamine")].iloc[0]
        return np.log(row["upper"] / row["lower"])

    one = small_city(districts=1, months=1, equal=True)
    named = [
        one.assign_coords(
            city=("sample", np.array([c], dtype=object)),
            district=("sample", np.array([f"district {c}"], dtype=object)), sample=[c],
        )
        for c in ("a", "b")
    ]  # fmt: skip
    assert width(*named) == pytest.approx(width(named[0]) / np.sqrt(2), rel=0.02)
