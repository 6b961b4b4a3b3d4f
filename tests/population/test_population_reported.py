"""Reported, mobile and combined head counts."""

import numpy as np
import pandas as pd
import pytest

import wbe
from wbe import population
from wbe.errors import FactorError, InputError, UnknownName
from wbe.population import describe, resolve
from wbe.samples import Flag
from wbe.testing import small_city


def test_an_unknown_basis_is_allowed_wider_and_said():
    known, unknown = small_city(), small_city()
    unknown = unknown.assign_coords(population_basis=("sample", np.full(unknown.sizes["sample"], "unknown", object)))
    assert float(resolve(unknown).log_sd()[0]) > 4 * float(resolve(known).log_sd()[0])
    words = describe(unknown).iloc[0]
    assert "not said, so the interval is wider" in words["en"]
    assert "口径未说明" in words["zh"]


def test_each_sample_takes_the_spread_of_its_own_basis():
    ds = small_city(districts=2, months=2)
    ds = ds.assign_coords(population_basis=("sample", np.array(["census", "census", "design", "design"], object)))
    sd = resolve(ds).log_sd().values
    expected = np.sqrt(np.log1p(np.square([population.basis(b)["cv"] for b in ("census", "design")])))
    np.testing.assert_allclose(sd, np.repeat(expected, 2))


def test_a_reported_count_is_one_draw_per_site_so_it_cancels_in_that_sites_trend():
    people = resolve(small_city(districts=2, months=3))
    draws = np.log(people.draws(2000, seed=3).values)
    within = draws[:, 1] - draws[:, 0]
    between = draws[:, 3] - draws[:, 0]
    assert within.std() == pytest.approx(0.0, abs=1e-12)
    assert between.std() == pytest.approx(np.sqrt(2) * float(people.log_sd()[0]), rel=0.06)


def test_a_basis_outside_the_table_is_refused():
    ds = small_city()
    ds = ds.assign_coords(population_basis=("sample", np.full(ds.sizes["sample"], "guess", object)))
    with pytest.raises(UnknownName, match="population basis 'guess'"):
        resolve(ds)


def test_mobile_counts_come_from_a_table_by_site_and_month():
    ds = small_city(districts=2, months=2)
    counts = pd.DataFrame({
        "site": [ds["site"].values[0]] * 2, "month": ["2021-01", "2021-02"], "population": [110e3, 90e3], "cv": 0.05,
    })  # fmt: skip
    people = resolve(ds, "mobile", mobile=counts)
    np.testing.assert_allclose(people.central.values, [110e3, 90e3, np.nan, np.nan])
    assert float(people.log_sd()[0]) == pytest.approx(np.sqrt(np.log1p(0.05**2)))


def test_every_fault_of_a_mobile_table_is_listed_with_its_row():
    bad = pd.DataFrame({"site": ["a", "a", "b"], "population": [1e5, 1e5, -3.0]})
    with pytest.raises(InputError) as err:
        resolve(small_city(), "mobile", mobile=bad)
    assert "row 3, column population" in str(err.value)
    assert "row 2: got a second count" in str(err.value)
    with pytest.raises(InputError, match="needed column 'population'"):
        resolve(small_city(), "mobile", mobile=bad[["site"]])
    with pytest.raises(FactorError, match="pass mobile="):
        resolve(small_city(), "mobile")


def marked(seed=5):
    ds = small_city(
        districts=3, months=6, biomarkers=("methamphetamine", "ketamine", "benzoylecgonine", "cotinine"), seed=seed
    )
    rng = np.random.default_rng(seed)
    mass_n = population.per_head_mass("ammonium_nitrogen").mass.median()
    mass_c = population.per_head_mass("cotinine").mass.median()
    noise = np.exp(0.1 * rng.standard_normal((2, ds.sizes["sample"])))
    people, flow = ds["population"].values, ds["flow"].values
    ds["ammonium_nitrogen"] = ("sample", people * mass_n / flow * noise[0], {"units": "mg/L"})
    ds["concentration"].loc[{"biomarker": "cotinine"}] = people * mass_c / flow * 1e6 * noise[1]
    ds["flag"].loc[{"biomarker": "cotinine"}] = int(Flag.DETECTED)
    return ds


def test_a_static_ensemble_is_one_number_per_site_and_surer_than_its_markers():
    ds = marked()
    both = resolve(ds, "ensemble")
    np.testing.assert_allclose(both.central.values.reshape(3, 6).std(axis=1), 0.0, atol=1e-6)
    np.testing.assert_allclose(both.central.values, ds["population"], rtol=0.15)
    # the census alone states 10 %; beside two markers it may be at odds with them, which it cannot say of itself
    assert (both.log_sd() < resolve(ds, "ammonium_nitrogen").log_sd()).all()
    assert (both.log_sd() < 2 * resolve(ds).log_sd()).all()


def ten_sites():
    ds = small_city(districts=10, months=1)
    mass = population.per_head_mass("ammonium_nitrogen").mass.median()
    ds["ammonium_nitrogen"] = ("sample", ds["population"].values * mass / ds["flow"].values, {"units": "mg/L"})
    return ds


def city_spread(people, n=4000):
    """Log-sd of the sum over sites."""
    return float(np.log(people.draws(n, seed=11).sum("sample")).std())


@pytest.mark.parametrize("basis", ["census", "unknown"])
def test_what_all_sites_share_is_not_averaged_away_over_ten_of_them(basis):
    ds = ten_sites()
    ds = ds.assign_coords(population_basis=("sample", np.full(10, basis, object)))
    alone, both = resolve(ds, "ammonium_nitrogen"), resolve(ds, "ensemble")
    own = float(alone.log_sd(include=["population:ammonium_nitrogen"])[0])
    weight = float(population.by_site(ds, {m: resolve(ds, m) for m in ("reported", "ammonium_nitrogen")})[
        "ammonium_nitrogen_weight"].iloc[0])  # fmt: skip
    assert city_spread(both) >= weight * own * 0.97  # the claim on heads, to the weight that it has
    shared = both.log_sd(include=["population:ammonium_nitrogen"])
    np.testing.assert_allclose(shared, weight * own, rtol=1e-6)
    if basis == "unknown":  # nearly all rests on ammonium
        assert weight > 0.7


def test_an_ensemble_of_markers_shares_their_errors_and_what_their_claims_have_in_common():
    ds = ten_sites()
    mass = population.per_head_mass("cod").mass.median()
    ds["cod"] = ("sample", ds["population"].values * mass / ds["flow"].values, {"units": "mg/L"})
    both = resolve(ds, "ensemble", of=["ammonium_nitrogen", "cod"])
    names = ["population:ammonium_nitrogen", "population:cod"]
    apart = [float(both.log_sd(include=[n])[0]) for n in names]
    common = float(both.log_sd(include=["population:ensemble_shared"])[0])
    assert common**2 == pytest.approx(2 * 0.3 * apart[0] * apart[1], rel=1e-6)  # their claims correlate by 0.3
    assert {t.name: t.scope for t, _ in both.terms}["population:ensemble_shared"] == ()
    total = np.sqrt(apart[0] ** 2 + apart[1] ** 2 + common**2)
    assert city_spread(both) >= 0.97 * total
    ratio = both.draws(500, seed=1)
    within = np.log(ratio[:, 0] / ratio[:, 1]).std()
    assert within < np.sqrt(2) * float(both.log_sd()[0])  # and cancels between two sites


def test_a_dynamic_ensemble_follows_the_sample_and_shares_its_flow():
    ds = marked()
    still, moving = resolve(ds, "ensemble"), resolve(ds, "ensemble-dynamic", of=["reported", "ammonium_nitrogen"])
    assert moving.central.values.reshape(3, 6).std() > 0
    powers = {t.name: p for t, p in moving.terms}
    assert 0 < powers["flow"] < 1
    assert powers["flow"] == pytest.approx(-powers["population:ammonium_nitrogen"])
    assert powers["flow"] + powers["population:reported"] == pytest.approx(1.0)
    assert "flow" not in {t.name for t, _ in still.terms}


def test_methods_that_contradict_each_other_are_found_by_the_conflict_test():
    ds = marked()
    ds["ammonium_nitrogen"] = (ds["ammonium_nitrogen"] * 4.0).assign_attrs(units="mg/L")
    parts = {m: resolve(ds, m) for m in ("reported", "ammonium_nitrogen")}
    table = population.by_site(ds, parts)
    assert (table["p_conflict"] < 1e-4).all()
    assert (table["tau2"] > 0.5).all()
    calm = population.by_site(marked(), {m: resolve(marked(), m) for m in parts})
    assert (calm["p_conflict"] > 0.05).all()


def test_an_ensemble_of_one_is_refused():
    with pytest.raises(FactorError, match="needed at least two"):
        resolve(small_city(), "ensemble")


def test_mobile_counts_may_be_headed_as_laboratories_write_and_in_their_own_unit():
    ds = small_city(districts=2, months=2)
    counts = pd.DataFrame(
        {"采样点": [ds["site"].values[0], "另一厂"], "人口（万人）": [11.0, 5.0], "变异系数": [0.05, 0.2]}
    )
    people = resolve(ds, "mobile", mobile=counts)
    np.testing.assert_allclose(people.central.values, [110e3, 110e3, np.nan, np.nan])
    assert float(people.log_sd()[0]) == pytest.approx(np.sqrt(np.log1p(0.05**2)))


@pytest.mark.parametrize(
    "month", ["2021-02", 202102, "202102", 202102.0, "2021年2月", "2021/02", pd.Timestamp("2021-02-01")]
)
def test_a_month_of_mobile_counts_may_be_written_in_any_usual_way(month):
    ds = small_city(districts=1, months=2)
    counts = pd.DataFrame({"site": [ds["site"].values[0]], "month": [month], "population": [90e3]})
    np.testing.assert_allclose(resolve(ds, "mobile", mobile=counts).central.values, [np.nan, 90e3])


@pytest.mark.parametrize("date", ["2021-06-10", 20210610, "2021年6月10日", np.datetime64("2021-06-10")])
def test_a_day_of_mobile_counts_may_be_written_in_any_usual_way(date):
    ds = small_city(districts=1, months=1)
    ds = ds.assign_coords(time=("sample", np.array(["2021-06-10"], "datetime64[ns]")))
    counts = pd.DataFrame({"site": [ds["site"].values[0]], "date": [date], "population": [90e3]})
    assert resolve(ds, "mobile", mobile=counts).central.values.tolist() == [90e3]


@pytest.mark.parametrize("month", ["June", 2021, 44371, "", None, "2021-13"])
def test_a_month_of_mobile_counts_that_is_none_is_told_with_its_row(month):
    site = small_city().site.values[0]
    counts = pd.DataFrame({"site": [site, site], "month": ["2021-01", month], "population": [9e4, 9e4]})
    with pytest.raises(InputError, match="row 2, column month") as caught:
        resolve(small_city(), "mobile", mobile=counts)
    assert caught.value.codes == ["population-mobile-time"]


def test_a_count_too_small_for_a_plant_is_asked_about_unless_its_unit_is_given():
    site = small_city().site.values[0]
    bare = pd.DataFrame({"site": [site], "month": ["2021-01"], "population": [12]})
    with pytest.raises(InputError, match=r"got 12 at .*population \(万人\)") as caught:
        resolve(small_city(), "mobile", mobile=bare)
    assert caught.value.codes == ["population-mobile-no-unit"]
    for header, people in (("population (万人)", 120e3), ("人口（万人）", 120e3), ("population (inhabitants)", 12.0)):
        stated = bare.rename(columns={"population": header})
        assert float(resolve(small_city(), "mobile", mobile=stated).central[0]) == people
    for count, refused in ((999.0, True), (1000.0, False)):
        table = bare.assign(population=count)
        if refused:
            with pytest.raises(InputError, match="without a unit"):
                resolve(small_city(), "mobile", mobile=table)
        else:
            assert float(resolve(small_city(), "mobile", mobile=table).central[0]) == count


def test_sites_of_mobile_counts_are_found_whatever_their_spaces_and_case():
    ds = small_city(districts=1, months=1).assign_coords(site=("sample", np.array(["West Plant"], object)))
    counts = pd.DataFrame({"site": ["west plant "], "population": [9e4]})
    assert float(resolve(ds, "mobile", mobile=counts).central[0]) == 9e4


@pytest.mark.parametrize("column", ["手机号", "姓名", "IMSI", "device_id", "设备号"])
def test_a_mobile_table_of_persons_or_devices_is_refused(column):
    counts = pd.DataFrame({"site": ["天元区污水厂"], "population": [1e5], column: ["x"]})
    with pytest.raises(InputError, match="nothing about persons or devices"):
        resolve(small_city(), "mobile", mobile=counts)


def test_a_mobile_table_without_any_sampled_site_is_refused_not_taken_for_an_empty_one():
    with pytest.raises(InputError, match="needed a site of the samples"):
        resolve(small_city(), "mobile", mobile=pd.DataFrame({"site": ["河东厂"], "population": [1e5]}))


def test_an_ensemble_may_name_its_methods_in_the_estimate_itself():
    ds = marked()
    ds = ds.drop_vars("cod", errors="ignore")
    sizes = {"flow": 0.1, "analysis": 0.1, "sampling": 0.1, "batch": 0.05, "flow_meter": 0.05}
    named = wbe.estimate(ds, population="ensemble-dynamic:reported+ammonium_nitrogen", draws=1000, cvs=sizes)
    own = resolve(ds, "ensemble-dynamic", of=["reported", "ammonium_nitrogen"], cvs=sizes)
    np.testing.assert_allclose(named.chain.population.central.values, own.central.values)
    notes = named.table().query("quantity == 'normalised_load'")["note"]
    assert notes.str.contains("population from ammonium_nitrogen: per-head claim memory").all()
    with pytest.raises(UnknownName, match="population method 'guess'"):
        wbe.estimate(ds, population="ensemble:reported+guess")


def test_methods_that_contradict_each_other_are_told_in_every_number_per_head():
    calm, odd = marked(), marked()
    odd["ammonium_nitrogen"] = (odd["ammonium_nitrogen"] * 4.0).assign_attrs(units="mg/L")
    for method in ("ensemble", "ensemble-dynamic"):
        told = [
            wbe.estimate(ds, population=method, draws=1000).table().query("quantity == 'consumption'")["note"]
            for ds in (calm, odd)
        ]
        assert not told[0].str.contains("contradict each other").any()
        assert told[1][told[1] != ""].str.contains("contradict each other at 3 of 3 site").any()
        assert not told[1].str.contains("污水厂").any()  # no plant is named: any edition may print it


def test_the_command_line_takes_a_table_of_mobile_counts_and_says_what_is_wrong_with_it(tmp_path):
    from typer.testing import CliRunner

    from wbe.cli import app
    from wbe.errors import InputError as Refused

    path, out = tmp_path / "counts.csv", tmp_path / "out.csv"
    path.write_text("采样点,人口（万人）,月份\n天元污水厂,40,2021-06\n", encoding="gb18030")
    asked = [
        "estimate",
        str(wbe.sample_data("zhuzhou")),
        "-o",
        str(out),
        "--population",
        "mobile",
        "--mobile",
        str(path),
    ]
    assert CliRunner().invoke(app, asked).exit_code == 0
    rows = pd.read_csv(out, encoding="utf-8-sig").query("drug == 'methamphetamine' and month == '2021-06'")
    here = rows[rows["district"] == "天元区"].set_index("quantity")
    load = here.loc["mass_load", "median"]
    assert here.loc["normalised_load", "median"] == pytest.approx(1e6 * load / 400e3, rel=0.02)
    path.write_text("", encoding="utf-8")
    assert isinstance(CliRunner().invoke(app, asked).exception, Refused)
