"""What a population rests on reaches every number per head that it made, and only those."""

import numpy as np
import pytest

import wbe
from wbe.errors import FactorError
from wbe.population import agency_cotinine, caveats, per_head_claims
from wbe.testing import small_city

MARKERS = ("cotinine", "acesulfame", "creatinine", "caffeine")
PER_HEAD = ("normalised_load", "consumption", "doses")


def city(months=1):
    ds = small_city(months=months, biomarkers=("methamphetamine", *MARKERS))
    ds["concentration"].loc[{"biomarker": list(MARKERS)}] = [2000.0, 9000.0, 9e5, 2e4]
    ds["flag"].loc[{"biomarker": list(MARKERS)}] = 0
    n = ds.sizes["sample"]
    for name, value in (("ammonium_nitrogen", 30.0), ("cod", 300.0), ("bod5", 120.0), ("total_nitrogen", 40.0),
                        ("total_phosphorus", 5.0)):  # fmt: skip
        ds[name] = ("sample", np.full(n, value), {"units": "mg/L"})
    return ds


def notes(ds, method):
    table = wbe.estimate(ds, population=method, draws=1000).table()
    return table[table["drug"] == "methamphetamine"].set_index("quantity")["note"]


WATER = ("ammonium_nitrogen", "cod", "bod5", "total_nitrogen", "total_phosphorus")


@pytest.mark.parametrize("marker", [*WATER, *MARKERS])
def test_a_marker_whose_claim_is_not_verified_says_so_in_every_number_per_head(marker):
    assert not (per_head_claims(marker).query("unit != 'mg/cigarette' and unit != 'cigarette/d/inhabitant'")["status"]
                == "verified").any()  # fmt: skip
    found = notes(city(), marker)
    for quantity in PER_HEAD:
        assert found[quantity].str.contains(f"population from {marker}: per-head claim").all()
        assert found[quantity].str.contains("not verified").all()
    for quantity in ("mass_load", "users"):  # no population in the one; in the other it cancels
        assert not found[quantity].str.contains("population from").any()


@pytest.mark.parametrize("method", ["ensemble", "ensemble-dynamic"])
def test_an_ensemble_names_each_unverified_part(method):
    text = notes(city(), method)["normalised_load"].iloc[0]
    assert all(f"population from {m}:" in text for m in (*WATER, *MARKERS))


def test_users_do_not_depend_on_how_people_are_counted():
    ds = city()
    users = {m: wbe.estimate(ds, population=m, draws=1000).table().query("quantity == 'users'")["text"].tolist()
             for m in ("reported", "cod", "cotinine", "ensemble")}  # fmt: skip
    assert len(set(map(tuple, users.values()))) == 1


def test_an_unsaid_basis_is_told_and_a_stated_one_is_not():
    ds = city()
    assert caveats(ds) == []
    ds = ds.assign_coords(population_basis=("sample", np.full(ds.sizes["sample"], "unknown", dtype=object)))
    assert notes(ds, "reported")["normalised_load"].str.contains("not said what it counts").all()


def test_the_corrected_value_stands_beside_the_agency_rules_number():
    ds = city()
    ds["domestic_share"] = ("sample", np.array([0.8, 0.8, 1.0]), {"units": "1"})
    table = wbe.estimate(ds, population="agency-cotinine", draws=1000).table()
    loads = table.query("drug == 'methamphetamine' and quantity == 'normalised_load'").reset_index()
    both = agency_cotinine(ds)
    assert loads["median"].tolist() == pytest.approx(both["load_rule"].values[:, 0], rel=1e-9)
    for i, part in enumerate(loads["note"]):
        assert "public cotinine rule" in part
        corrected = float(both["load_corrected"].values[i, 0])
        assert ("corrected (times the domestic share 0.8): " in part) == (i < 2)
        if i < 2:
            told = float(part.split("0.8): ")[1].split(" ")[0])
            assert told == pytest.approx(corrected, rel=0.03)  # two digits of its interval


def test_a_sample_without_one_of_the_methods_says_why_it_has_no_dynamic_population():
    ds = city(months=2)
    ds["flag"].loc[{"biomarker": "cotinine"}][0] = 1
    ds["concentration"].loc[{"biomarker": "cotinine"}][0] = np.nan
    estimate = wbe.estimate(ds, population="ensemble-dynamic", draws=1000)
    rows = estimate.table().query("drug == 'methamphetamine' and quantity == 'normalised_load'")
    assert rows["status"].value_counts().to_dict() == {"estimate": 5, "no_population": 1}
    assert "a method of the dynamic ensemble is missing" in rows.loc[rows["status"] == "no_population", "note"].item()
    static = wbe.estimate(ds, population="ensemble", draws=1000).table().query("quantity == 'normalised_load'")
    assert (static.loc[static["drug"] == "methamphetamine", "status"] == "estimate").all()


def test_an_ensemble_of_markers_that_nobody_detected_is_refused():
    ds = city().drop_vars(list(WATER))
    ds["population"][:] = np.nan
    ds["flag"].loc[{"biomarker": list(MARKERS)}] = 1
    ds["concentration"].loc[{"biomarker": list(MARKERS)}] = np.nan
    with pytest.raises(FactorError, match="gives a number in any sample"):
        wbe.estimate(ds, population="ensemble", draws=1000)
