"""PHES-ODM tables hold Samples but for what is listed; words that the model lacks carry the prefix wbe:."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from wbe.errors import InputError
from wbe.exchange import odm
from wbe.reading import read_samples, sample_data
from wbe.samples import Flag
from wbe.testing import small_city


def same(back: xr.Dataset, ds: xr.Dataset) -> None:
    for name in ("concentration", "flag", "lod", "loq", "flow", "population"):
        np.testing.assert_array_equal(back[name].values, ds[name].transpose(*back[name].dims).values, err_msg=name)
    for name in ("sample", "biomarker", "site", "district", "time", "sample_type", "method_version", "batch"):
        np.testing.assert_array_equal(back[name].values, ds[name].values, err_msg=name)


def test_a_city_comes_back_with_every_digit_and_flag(tmp_path):
    ds = small_city()
    ds["flag"][0, 1], ds["concentration"][0, 1] = int(Flag.BELOW_LOQ), 2.1234567890123
    ds["flag"][1, 2], ds["flag"][2, 2], ds["flag"][3, 2] = Flag.NOT_RUN, Flag.REJECTED, Flag.MISSING
    odm.write_odm(ds, tmp_path / "odm")
    same(odm.read_odm(tmp_path / "odm"), ds)
    same(read_samples(tmp_path / "odm"), ds)


def test_the_stadium_comes_back_with_its_reasons(tmp_path):
    ds = read_samples(sample_data("stadium"))
    odm.write_odm(ds, tmp_path / "odm")
    back = odm.read_odm(tmp_path / "odm")
    same(back, ds)
    np.testing.assert_array_equal(back["flag_reason"].values, ds["flag_reason"].values)
    np.testing.assert_array_equal(back["uloq"].values, ds["uloq"].values)
    assert set(back["site_type"].values) == {"venue"}


def test_what_the_tables_cannot_hold_is_listed(tmp_path):
    ds = small_city().assign_attrs(reading_log="{}")
    ds["catchment_weight"] = (("catchment", "unit"), np.ones((1, 1)))
    lost = odm.write_odm(ds, tmp_path / "odm")
    text = "\n".join(note.text("en") for note in lost)
    assert "aDateEnd" in text
    assert "catchment_weight" in text
    assert "'reading_log'" in text
    assert "'synthetic'" in text
    assert "4 biomarkers have no part in the model" in text


def test_the_models_own_words_are_used_where_it_has_them(tmp_path):
    ds = small_city(biomarkers=("methamphetamine", "caffeine"))
    odm.write_odm(ds, tmp_path / "odm")
    measures = pd.read_csv(tmp_path / "odm" / "measures.csv")
    assert {"wbe:methamphetamine", "caff", "floRate", "lod", "loq"} <= set(measures["measure"])
    assert set(measures[measures["measure"] == "caff"]["unit"]) == {"ugL"}
    flags = pd.read_csv(tmp_path / "odm" / "qualityReports.csv")["qualityFlag"]
    assert set(flags) <= {"noConcern", "beLOD"}
    # ng/L by moved decimal point
    first = measures[measures["measure"] == "wbe:methamphetamine"]["value"].iloc[0]
    assert first * 1000 == pytest.approx(float(ds["concentration"].sel(biomarker="methamphetamine")[0]), rel=1e-15)


def test_a_text_that_would_run_as_a_formula_is_harmless_in_the_tables_and_returns_unchanged(tmp_path):
    ds = small_city(districts=["=HYPERLINK(1)", "@b"])
    odm.write_odm(ds, tmp_path / "odm")
    table = pd.read_csv(tmp_path / "odm" / "sites.csv")
    assert set(table["healthRegion"]) == {"'=HYPERLINK(1)", "'@b"}
    assert odm.read_odm(tmp_path / "odm")["district"].values.tolist() == ds["district"].values.tolist()


def test_a_folder_is_written_whole_or_not_at_all_and_never_over_another(tmp_path, monkeypatch):
    monkeypatch.setattr(odm, "TABLES", (*odm.TABLES, "no such table"))
    with pytest.raises(KeyError):
        odm.write_odm(small_city(), tmp_path / "odm")
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "taken").mkdir()
    with pytest.raises(InputError, match="that exists already"):
        odm.write_odm(small_city(), tmp_path / "taken")


def test_absent_tables_columns_and_numbers_are_named(tmp_path):
    with pytest.raises(InputError, match=r"sites\.csv: got no readable table"):
        odm.read_odm(tmp_path)
    odm.write_odm(small_city(), tmp_path / "odm")
    path = tmp_path / "odm" / "measures.csv"
    whole = path.read_text(encoding="utf-8")
    path.write_text(whole.replace(",30000,m3D,", ",lots,m3D,", 1), encoding="utf-8")
    with pytest.raises(InputError, match=r"measures\.csv, row 2, column value: got 'lots'"):
        odm.read_odm(tmp_path / "odm")
    path.write_text(whole.replace("measureSetRepID", "set"), encoding="utf-8")
    with pytest.raises(InputError, match="no column 'measureSetRepID'"):
        odm.read_odm(tmp_path / "odm")
