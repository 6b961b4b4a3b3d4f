"""An estimate that was saved comes back to the last bit, or not at all; exports appear whole and harmless."""

import pandas as pd
import pytest

import wbe
from wbe.errors import DisclosureError, InputError
from wbe.estimation import Estimate
from wbe.testing import small_city

METH = "methamphetamine"


@pytest.fixture(scope="module")
def city():
    return small_city(districts=3, months=3, samples_per_month=2)


@pytest.mark.parametrize("suffix", ["nc", "zarr", "parquet"])
def test_a_saved_estimate_comes_back_to_the_last_bit(city, tmp_path, suffix):
    # one result of exactly 0: its note must come back as well
    city = city.copy(deep=True)
    city["concentration"][0, 0] = 0.0
    first = wbe.estimate(city, level=0.9, cvs={"day": 0.3}, seed=7, draws=2000, scenarios=None)
    again = Estimate.load(first.save(tmp_path / f"june.{suffix}"))
    for area in ("district", "site", "city"):
        pd.testing.assert_frame_equal(again.table(area), first.table(area), check_exact=True)
    pd.testing.assert_frame_equal(again.series("mass_load"), first.series("mass_load"), check_exact=True)
    assert (again.draws("mass_load", METH) == first.draws("mass_load", METH)).all()
    assert again.provenance == first.provenance
    assert "wbe_estimate" not in again.samples.attrs


def test_what_was_priced_by_other_factors_comes_back_with_them(city, tmp_path):
    first = wbe.estimate(city).with_factors("zuccato-2008")
    again = Estimate.load(first.save(tmp_path / "a.nc"))
    assert again.profile.name == "zuccato-2008"
    pd.testing.assert_frame_equal(again.table(), first.table(), check_exact=True)


def test_a_profile_of_ones_own_is_asked_for_and_another_is_refused(city, tmp_path):
    def own(value):
        claim = {"id": "ours", "quantity": "excretion_fraction", "drug": METH, "biomarker": METH, "value": value,
                 "basis": "molar", "citation": "own study"}  # fmt: skip
        return wbe.factors.profile("default", overlay={"name": "ours", "claim": [claim]})

    path = wbe.estimate(city, factors=own(0.4)).save(tmp_path / "own.nc")
    with pytest.raises(InputError, match="the same factors once more"):
        Estimate.load(path)
    assert Estimate.load(path, factors=own(0.4)).profile.name == "default+ours"
    with pytest.raises(InputError, match=r"own\.nc: got other printed numbers than those saved by version"):
        Estimate.load(path, factors=own(0.3))


def test_own_scenarios_and_policies_are_asked_for_together(city, tmp_path):
    from wbe.disclosure import Policy
    from wbe.people import chosen

    scenario, policy = chosen(METH)[0], Policy.internal(minimum_population=1000)
    path = wbe.estimate(city, scenarios=scenario, policy=policy).save(tmp_path / "own.nc")
    with pytest.raises(InputError) as refused:
        Estimate.load(path)
    assert [fault.values["argument"] for fault in refused.value.faults] == ["scenarios", "policy"]
    again = Estimate.load(path, scenarios=scenario, policy=policy)
    assert again.scenarios.keys() == {METH}
    named = wbe.estimate(city, scenarios=[scenario.name]).save(tmp_path / "named.nc")
    assert Estimate.load(named).scenarios[METH].name == scenario.name


def test_counts_of_mobile_devices_come_back(city, tmp_path):
    sites = sorted(set(city["site"].values.tolist()))
    mobile = pd.DataFrame({"site": sites, "population": [123_456.7, 2e5, 1 / 3 * 1e6], "month": ["2021-01"] * 3})
    first = wbe.estimate(city, population="mobile", mobile=mobile)
    again = Estimate.load(first.save(tmp_path / "mobile.nc"))
    pd.testing.assert_frame_equal(again.table(), first.table(), check_exact=True)
    assert again.provenance["mobile_counts"] == first.provenance["mobile_counts"]


def test_samples_alone_are_no_estimate_and_a_public_edition_is_not_saved(city, tmp_path):
    path = wbe.exchange.write(city, tmp_path / "samples.nc")
    with pytest.raises(InputError, match=r"samples\.nc: got Samples and no estimate"):
        Estimate.load(path)
    with pytest.raises(DisclosureError, match="public edition is not saved"):
        wbe.estimate(city, policy="public").save(tmp_path / "public.nc")
    assert not (tmp_path / "public.nc").exists()
    kept = wbe.estimate(city).save(tmp_path / "kept.nc")
    assert wbe.exchange.read(kept)["concentration"].equals(city["concentration"])  # and it is a file of Samples


def test_exported_tables_hold_the_table_and_nothing_that_a_spreadsheet_runs(city, tmp_path):
    renamed = city.assign_coords(district=("sample", ["=1+1" if d == "荷塘区" else d for d in city["district"].values]))
    estimate = wbe.estimate(renamed)
    estimate.to_csv(tmp_path / "a.csv", area="city", language="zh")
    estimate.to_excel(tmp_path / "a.xlsx")
    csv = pd.read_csv(tmp_path / "a.csv")
    table = estimate.table("city", language="zh")
    assert csv["median"].to_numpy() == pytest.approx(table["median"].astype(float).to_numpy(), nan_ok=True)
    assert csv.columns.tolist() == table.columns.tolist()
    sheets = pd.read_excel(tmp_path / "a.xlsx", sheet_name=None, engine="openpyxl")
    assert list(sheets) == ["district", "city"]
    assert len(sheets["district"]) == len(estimate.table())
    assert "'=1+1" in set(sheets["district"]["district"])
    assert (tmp_path / "a.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_the_table_keeps_the_rows_that_are_asked_for(city):
    estimate = wbe.estimate(city)
    rows = estimate.table("city", quantity="mass_load", drug="冰毒", month="2021-02", language="zh")
    assert rows[["month", "drug", "quantity"]].to_numpy().tolist() == [["2021-02", METH, "mass_load"]]
    whole = estimate.table("city", language="zh")
    here = (whole["month"] == "2021-02") & (whole["drug"] == METH) & (whole["quantity"] == "mass_load")
    pd.testing.assert_frame_equal(rows, whole[here].reset_index(drop=True))
    assert set(estimate.table(drug="benzoylecgonine")["drug"]) == {"cocaine"}
    for wrong, match in ({"month": "2021-09"}, "2021-09"), ({"drug": "tea"}, "tea"), ({"quantity": "load"}, "load"):
        with pytest.raises(wbe.errors.UnknownName, match=match):
            estimate.table(**wrong)
