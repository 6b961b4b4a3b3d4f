"""How samples were taken, seen from the estimate: days of a month, weekdays, grab samples, own sizes of error."""

import numpy as np
import pytest

import wbe
from wbe.errors import InputError, UncertaintyError
from wbe.estimation.days import day_cv
from wbe.testing import small_city
from wbe.uncertainty.sampling import month_mean_cv, stratified_mean, within_day_cv


def one_plant(days, values, kind="24h_composite"):
    """One plant in June 2021 (22 weekdays, 8 weekend days), methamphetamine at the given ng/L on the given days."""
    ds = small_city(districts=1, months=1, equal=True, biomarkers=("methamphetamine",), samples_per_month=len(days))
    times = np.array([f"2021-06-{d:02d}" for d in days], dtype="datetime64[ns]")
    ds = ds.assign_coords(
        time=("sample", times),
        batch=("sample", ["2021-06"] * len(days)),
        sample_type=("sample", [kind] * len(days)),
    )
    filled = ds["concentration"].copy(data=np.array(values, dtype=float)[:, None])
    ds["concentration"] = filled.assign_attrs(ds["concentration"].attrs)
    return ds


def cell(estimate, quantity="mass_load"):
    return estimate.table().query("quantity == @quantity").iloc[0]


def test_weekdays_count_by_their_number_when_asked_and_the_note_says_so():
    # Tue 1, Wed 2, Thu 3 and Sat 5 June
    ds = one_plant([1, 2, 3, 5], [60, 62, 58, 120])
    alike, weighted = wbe.estimate(ds), wbe.estimate(ds, days="weekday")
    loads = np.array([60, 62, 58, 120]) * 50_000 / 1e6
    assert cell(alike)["median"] == pytest.approx(loads.mean(), rel=0.03)
    by_hand = stratified_mean({"weekday": loads[:3], "weekend": loads[3:]}, {"weekday": 22, "weekend": 8}, prior_sd=1.0)
    assert cell(weighted)["median"] == pytest.approx(by_hand.mean, rel=0.03)
    assert "weighted by their number in the month" in cell(weighted)["note"]
    assert "weighted" not in cell(alike)["note"]
    assert weighted.provenance["days"] == "weekday"


def test_without_a_weekend_sample_the_days_count_alike_and_the_note_says_so():
    ds = one_plant([1, 2, 3], [60, 62, 58])
    alike, asked = cell(wbe.estimate(ds)), cell(wbe.estimate(ds, days="weekday"))
    assert asked[["median", "lower", "upper"]].tolist() == alike[["median", "lower", "upper"]].tolist()
    assert "not sampled on both weekdays and weekend days" in asked["note"]


def test_the_day_to_day_part_of_a_stratified_month_is_the_textbook_one():
    ds = one_plant([1, 2, 3, 5], [60] * 4)
    sizes = (
        wbe.estimate(ds, days="weekday").budget("天元区", "2021-06", "methamphetamine").set_index("source")["log_sd"]
    )
    sd = np.sqrt(np.log1p(day_cv("methamphetamine") ** 2))
    shares = {"weekday": (22 / 30, 3, 22), "weekend": (8 / 30, 1, 8)}
    variance = sum(w**2 * sd**2 / n * (1 - n / size) for w, n, size in shares.values())
    assert sizes["day"] == pytest.approx(np.sqrt(variance), rel=1e-9)


@pytest.mark.parametrize("n", [1, 2, 4, 7, 15, 30])
def test_more_days_of_a_month_narrow_its_mean_by_the_finite_population_formula(n):
    days = np.linspace(1, 30, n).round().astype(int)
    budget = wbe.estimate(one_plant(days, [60] * n)).budget("天元区", "2021-06", "methamphetamine")
    sizes = budget.set_index("source")["log_sd"]
    expected = month_mean_cv(np.sqrt(np.log1p(day_cv("methamphetamine") ** 2)), n)
    assert sizes.get("day", 0.0) == pytest.approx(expected, abs=1e-12)


def test_a_grab_sample_is_wider_and_labelled():
    composite, grab = (cell(wbe.estimate(one_plant([1], [60], kind))) for kind in ("24h_composite", "grab"))
    assert grab["upper"] / grab["lower"] > 4 * composite["upper"] / composite["lower"]
    assert "1 of 1 grab sample(s)" in grab["note"]
    assert "grab" not in composite["note"]


def test_own_sizes_of_error_replace_the_defaults_and_are_in_the_record():
    ds = one_plant([1], [60])
    own = {"flow_meter": 0.02, "sampling": within_day_cv(10, 2, 50)}
    estimate = wbe.estimate(ds, cvs=own)
    sizes = estimate.budget("天元区", "2021-06", "methamphetamine").set_index("source")["log_sd"]
    assert sizes["flow_meter"] == pytest.approx(np.sqrt(np.log1p(0.02**2)))
    assert sizes["sampling"] == pytest.approx(np.sqrt(np.log1p(own["sampling"] ** 2)))
    assert estimate.provenance["cvs"] == own
    with pytest.raises(UncertaintyError, match="weather: no term of measurement"):
        wbe.estimate(ds, cvs={"weather": 0.1})
    with pytest.raises(UncertaintyError, match=r"flow: cv = -0\.1"):
        wbe.estimate(ds, cvs={"flow": -0.1})
    with pytest.raises(InputError, match="days 'weekly'"):
        wbe.estimate(ds, days="weekly")
