"""Samples come back from netCDF, Zarr and Parquet identical: flags, texts, times, place tables and attributes."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from wbe.errors import InputError, SchemaError
from wbe.exchange import store
from wbe.reading import read_samples
from wbe.samples import Flag, build
from wbe.testing import small_city

FORMATS = list(store.SUFFIXES)
STADIUM = Path(__file__).parents[2] / "data" / "samples" / "stadium"


def rich() -> xr.Dataset:
    """A city with everything that Samples may carry."""
    ds = small_city(districts=3, months=2)
    n = ds.sizes["sample"]
    ds["flag"][0, 1], ds["concentration"][0, 1] = int(Flag.REJECTED), np.nan
    ds["flag"][1, 1], ds["concentration"][1, 1] = int(Flag.BELOW_LOQ), 2.5
    ds["flag_reason"] = ds["flag"].astype(str).astype(object).where(ds["flag"] == 6, "")
    ds["cod"] = ("sample", np.linspace(100, 300, n), {"units": "mg/L", "long_name": "chemical oxygen demand"})
    ends = ds["time"].values + np.timedelta64(86399999999999, "ns")
    ends[0] = np.datetime64("NaT")
    ds = ds.assign_coords(
        time_end=("sample", ends),
        source_row=("sample", np.arange(n) + 4),
        unit_kind=("unit", np.array(["county", "functional_zone"], dtype=object)),
        catchment=("catchment", ds["site"].values[:2]),
        unit=("unit", np.array(["天元区", "云龙示范区"], dtype=object)),
    )
    ds["catchment_weight"] = (("catchment", "unit"), np.array([[1.0, 0.0], [0.3, 0.7]]))
    ds.attrs |= {"reading_log": json.dumps({"notes": ["读取完毕" * 20000]}, ensure_ascii=False), "synthetic": 1}
    return ds


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("make", [small_city, rich], ids=["plain", "rich"])
def test_what_is_written_comes_back_identical(tmp_path, suffix, make):
    ds = make()
    back = store.read(store.write(ds, tmp_path / f"城市{suffix}"))
    xr.testing.assert_identical(back, ds)
    for name in ds.variables:
        assert back[name].dtype == ds[name].dtype, name
    assert back.attrs == ds.attrs
    assert back["flag"].attrs == ds["flag"].attrs


@pytest.mark.parametrize("suffix", [".parquet"])
def test_the_stadium_workbook_survives_a_format(tmp_path, suffix):
    ds = read_samples(STADIUM)
    xr.testing.assert_identical(store.read(store.write(ds, tmp_path / f"stadium{suffix}")), ds)


TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=12).filter(lambda t: "\x00" not in t)


@pytest.mark.parametrize("suffix", FORMATS)
@settings(
    max_examples=4,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    names=st.lists(TEXT.filter(bool), min_size=1, max_size=4, unique=True),
    site=TEXT,
    title=TEXT,
    value=st.floats(0, 1e12, allow_subnormal=True),
    flags=st.lists(st.sampled_from([f for f in Flag if f != Flag.DETECTED]), min_size=4, max_size=4),
    when=st.datetimes(min_value=pd.Timestamp(1990, 1, 1), max_value=pd.Timestamp(2100, 1, 1)),
)
def test_any_text_number_time_and_flag_comes_back(tmp_path_factory, suffix, names, site, title, value, flags, when):
    sample = pd.DataFrame({"sample": names, "time": when, "site": site, "district": "d", "flow": value})
    results = pd.DataFrame({"sample": names, "biomarker": "mdma", "concentration": np.nan, "flag": flags[: len(names)]})
    extra = results.assign(biomarker="ketamine", flag=int(Flag.DETECTED), concentration=value, reason=title)
    ds = build(sample, pd.concat([results, extra]), title=title)
    path = tmp_path_factory.mktemp("any") / f"a{suffix}"
    back = store.read(store.write(ds, path))
    xr.testing.assert_identical(back, ds)


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_failed_write_leaves_the_earlier_file_and_nothing_else(tmp_path, suffix, monkeypatch):
    path = store.write(small_city(), tmp_path / f"a{suffix}")

    def breaks(ds, part):
        part.mkdir() if suffix == ".zarr" else part.write_bytes(b"half")
        raise RuntimeError("disk full")

    monkeypatch.setitem(store._WRITERS, suffix, breaks)
    with pytest.raises(RuntimeError, match="disk full"):
        store.write(rich(), path)
    assert [p.name for p in tmp_path.iterdir()] == [path.name]
    xr.testing.assert_identical(store.read(path), small_city())


@pytest.mark.parametrize("suffix", FORMATS)
def test_an_earlier_file_is_replaced_whole(tmp_path, suffix):
    path = store.write(rich(), tmp_path / f"a{suffix}")
    store.write(small_city(), path)
    xr.testing.assert_identical(store.read(path), small_city())
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_a_folder_of_other_files_is_never_replaced(tmp_path):
    keep = tmp_path / "a.zarr"
    keep.mkdir()
    (keep / "thesis.txt").write_text("years of work")
    with pytest.raises(InputError, match="a folder with other files"):
        store.write(small_city(), keep)
    assert (keep / "thesis.txt").exists()


@pytest.mark.parametrize("suffix", [".nc", ".parquet"])
def test_a_damaged_file_gives_one_plain_error(tmp_path, suffix):
    path = tmp_path / f"a{suffix}"
    path.write_bytes(b"not what the name says")
    with pytest.raises(InputError, match=rf"file a\{suffix}: got a file that cannot be read as \{suffix}"):
        store.read(path)


def test_a_table_of_someone_else_is_refused_with_every_breach(tmp_path):
    other = xr.Dataset({"concentration": ("sample", [1.0])})
    other.to_netcdf(tmp_path / "a.nc", engine="h5netcdf")
    with pytest.raises(InputError, match="dimension 'biomarker' is missing"):
        store.read(tmp_path / "a.nc")
    pd.DataFrame({"a": [1]}).to_parquet(tmp_path / "a.parquet")
    with pytest.raises(InputError, match="Parquet file without the description"):
        store.read(tmp_path / "a.parquet")


def test_an_unknown_suffix_an_absent_folder_and_an_invalid_dataset_are_refused(tmp_path):
    with pytest.raises(InputError, match=r"suffix '\.xyz'"):
        store.write(small_city(), tmp_path / "a.xyz")
    with pytest.raises(InputError, match="a folder that does not exist"):
        store.write(small_city(), tmp_path / "no" / "a.nc")
    with pytest.raises(SchemaError, match="flow"):
        store.write(small_city().drop_vars("flow"), tmp_path / "a.nc")
    assert list(tmp_path.iterdir()) == []


def test_parquet_is_an_ordinary_table_for_other_programs(tmp_path):
    ds = small_city()
    table = pd.read_parquet(store.write(ds, tmp_path / "a.parquet"))
    assert len(table) == ds.sizes["sample"] * ds.sizes["biomarker"]
    row = table[(table["sample"] == ds["sample"].values[3]) & (table["biomarker"] == "methamphetamine")].iloc[0]
    assert row["concentration"] == float(ds["concentration"].sel(biomarker="methamphetamine")[3])
    assert row["district"] == str(ds["district"].values[3])
