"""Numbers against each other: water, ammonium and drug per head, rain, and slips that nobody bounded."""

import numpy as np
import pytest

import wbe
from wbe.samples import Flag
from wbe.testing import small_city

METH = "methamphetamine"


def town(months=6, districts=1, flow=30_000.0, people=100_000.0):
    ds = small_city(districts=districts, months=months, biomarkers=(METH, "amphetamine"))
    ds["flow"].values[:] = flow * (1 + 0.01 * np.arange(ds.sizes["sample"]))
    ds["population"].values[:] = people
    ds["concentration"].values[:] = [100.0, 10.0]
    ds["concentration"].values[:] *= (1 + 0.02 * np.arange(ds.sizes["sample"]))[:, None]
    ds["flag"].values[:] = int(Flag.DETECTED)
    return ds


def codes(ds, rules=None):
    return wbe.check(ds, rules).query("severity != 'info' and code != 'holiday'")["code"].value_counts().to_dict()


def test_a_plain_town_has_no_finding():
    assert codes(town()) == {}


# reading.md 53: gallons converted by 0.264 instead of 3.785 give 24 to 92 L a head: no town
@pytest.mark.parametrize(("litres", "code"), [
    (0.99, "water_impossible"), (1.01, "water_per_inhabitant"), (24.0, "water_per_inhabitant"),
    (92.0, "water_per_inhabitant"), (94.9, "water_per_inhabitant"), (95.1, None), (300.0, None), (999.0, None),
    (1001.0, "water_per_inhabitant"), (9_999.0, "water_per_inhabitant"), (10_001.0, "water_impossible"),
])  # fmt: skip
def test_water_per_head_is_doubtful_or_impossible(litres, code):
    ds = town(months=2)
    ds["flow"].values[:] = [litres * 100.0, litres * 100.0]
    found = wbe.check(ds)
    found = found[found["code"].str.startswith("water")]
    assert set(found["code"]) == ({code} if code else set())
    if code == "water_impossible":
        assert set(found["severity"]) == {"error"}


def test_flow_and_people_that_keep_one_ratio_were_reckoned_from_each_other():
    ds = town(months=5)
    ds["population"].values[:] = ds["flow"].values / 0.310404  # reading.md 53
    (told,) = wbe.check(ds).query("code == 'flow_from_population'")["came"]
    assert told == "310.4 L/inhabitant/d in all 5 samples"
    ds["population"].values[2] *= 1.001
    assert "flow_from_population" not in codes(ds)
    few = ds.isel(sample=slice(0, 4))
    few["population"].values[:] = few["flow"].values / 0.310404
    assert "flow_from_population" not in codes(few)  # four samples are chance, or one registered number
    same = town(months=6)
    same["flow"].values[:] = 30_000.0
    assert "flow_from_population" not in codes(same)  # one flow, one population: nothing was reckoned


@pytest.mark.parametrize(("grams", "odd"), [(1.9, True), (2.1, False), (7.0, False), (19.9, False), (20.1, True)])
def test_ammonium_per_head_is_what_people_discharge(grams, odd):
    ds = town(months=1, flow=20_000.0)
    ds["ammonium_nitrogen"] = ("sample", [grams * 100_000.0 / 20_000.0], {"units": "mg/L"})
    assert ("ammonium_per_head" in codes(ds)) == odd


def test_an_unusual_conductivity_is_told_against_the_sites_own():
    ds = town()
    ds["conductivity"] = ("sample", np.array([1.0, 1.1, 0.9, 1.0, 3.2, 0.3]))
    rows = wbe.check(ds).query("code == 'conductivity_outlier'")
    assert rows["sample"].tolist() == ds["sample"].values[[4, 5]].tolist()
    assert "conductivity_outlier" not in codes(ds.isel(sample=[0, 4]))  # two samples know no usual


@pytest.mark.parametrize(("degrees", "odd"), [(0.5, True), (5.0, False), (37.0, False), (39.0, True), (46.0, True)])
def test_an_unusual_temperature_is_told(degrees, odd):
    ds = town()
    ds["temperature"] = ("sample", np.array([20.0, 20.0, 20.0, 20.0, 20.0, degrees]))
    assert ("temperature_outlier" in codes(ds)) == odd


def test_a_wet_day_is_told_and_never_counts_as_usual():
    ds = town()
    ds["flow"].values[:] = [30e3, 30e3, 30e3, 46e3, 44e3, 46e3]
    ds["rain"] = ("sample", np.array([0.0, 0.0, 0.0, 12.0, 12.0, 0.0]))
    rows = wbe.check(ds).query("code == 'wet_weather_flow'")
    assert rows["sample"].tolist() == [ds["sample"].values[3]]
    assert rows["severity"].tolist() == ["info"]
    assert "12 mm" in rows["message"].item()


def test_a_level_above_a_dose_for_everybody_is_an_error_with_the_likeliest_slip():
    # reading.md 51: amphetamine 590,990 ng/L, 590.99 typed with the wrong unit
    ds = town()
    ds["concentration"].values[:, 1] = [590.99] * 5 + [590_990.0]
    table = wbe.check(ds)
    rows = table[table["code"] == "level_above_population"]
    assert rows["severity"].tolist() == ["error"]
    assert rows["sample"].tolist() == [ds["sample"].values[5]]
    assert "a factor of 1000" in rows["message"].item()
    assert "1000 倍" in rows["message_zh"].item()
    assert "level_above_history" not in set(table["code"])  # one finding for one slip
    alone = ds.isel(sample=[5])
    assert "a factor of 1000" in wbe.check(alone).query("code == 'level_above_population'")["message"].item()


@pytest.mark.parametrize(("milligrams", "odd"), [(29.9, False), (30.1, True)])
def test_a_dose_for_everybody_is_the_limit(milligrams, odd):
    ds = town(months=1)
    ds["concentration"].values[0, 0] = milligrams * 100_000 / 30_000 * 1e3  # mg a head to ng/L
    ds["concentration"].values[0, 1] = 0.1 * ds["concentration"].values[0, 0]
    assert ("level_above_population" in codes(ds)) == odd


def test_where_the_flow_is_impossible_the_level_is_not_accused_as_well():
    ds = town()
    ds["flow"].values[5] *= 1e4
    assert set(codes(ds)) == {"flow_slip", "water_impossible"}


@pytest.mark.parametrize(("times", "odd"), [(19.0, False), (21.0, True)])
def test_a_result_far_above_the_places_own_history_is_doubtful(times, odd):
    ds = town(months=5)
    ds["concentration"].values[:, 0] = [10.0, 10.0, 10.0, 10.0, 10.0 * times]
    ds["concentration"].values[:, 1] = 0.1 * ds["concentration"].values[:, 0]
    found = wbe.check(ds).query("code == 'level_above_history' and biomarker == @METH")
    assert len(found) == int(odd)
    assert "level_above_history" not in codes(ds.isel(sample=[0, 1, 4]))  # two others are no history


@pytest.mark.parametrize("later", [0, 9])
def test_of_two_groups_of_flows_the_one_that_suits_the_people_is_right(later):
    # reading.md 38: January alone has 12,000, 142,000 and 168,000 m3/d: the median is itself a slip
    ds = town(months=3 + later, people=40_000.0)
    ds["flow"].values[:] = [12_000.0, 142_000.0, 168_000.0] + [12_000.0] * later
    ds["concentration"].values[:] = [100.0, 10.0]
    slips = wbe.check(ds).query("code == 'flow_slip'")
    assert slips["sample"].tolist() == ds["sample"].values[[1, 2]].tolist()


def test_conductivity_of_a_file_is_read_and_one_far_from_the_usual_is_told(tmp_path):
    head = "site,date,flow (m3/d),METH (ng/L),电导率 (mS/cm)\n"
    rows = [f"P1,2021-06-{d:02d},50000,{100 + d},{c}\n" for d, c in ((1, 1.1), (8, 1.0), (15, 1.2), (22, 9.9))]
    (tmp_path / "t.csv").write_text(head + "".join(rows), encoding="utf-8")
    samples = wbe.read_samples(tmp_path / "t.csv")
    assert samples["conductivity"].values.tolist() == [1100.0, 1000.0, 1200.0, 9900.0]
    found = wbe.check(samples)
    assert found.loc[found["code"] == "conductivity_outlier", "row"].tolist() == [5]
