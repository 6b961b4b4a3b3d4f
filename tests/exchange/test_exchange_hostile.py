"""Stored Samples that somebody else sorted, changed or built to harm are put right by their keys or refused."""

from __future__ import annotations

import json

import h5netcdf
import h5py
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xarray as xr

from wbe.errors import InputError, WbeWarning
from wbe.exchange import read, write
from wbe.testing import small_city


@pytest.fixture
def city():
    return small_city(districts=3, months=2)


def test_rows_that_another_program_sorted_keep_their_drug(tmp_path, city):
    path = write(city, tmp_path / "a.parquet")
    table = pq.read_table(path)
    for keys in ([("biomarker", "descending"), ("sample", "descending")], [("concentration", "ascending")]):
        pq.write_table(table.sort_by(keys), path)
        back = read(path).sel(sample=city["sample"], biomarker=city["biomarker"])
        xr.testing.assert_identical(back["concentration"], city["concentration"])
        assert back["district"].values.tolist() == city["district"].values.tolist()


def test_a_row_lost_or_doubled_or_contradicting_is_refused(tmp_path, city):
    path = write(city, tmp_path / "a.parquet")
    table = pq.read_table(path)
    pq.write_table(table.slice(1), path)
    with pytest.raises(InputError, match="one row for each sample and biomarker") as caught:
        read(path)
    assert caught.value.codes == ["exchange-rows-missing"]
    pq.write_table(pa.concat_tables([table, table.slice(0, 1)]), path)
    with pytest.raises(InputError, match=f"got {table.num_rows + 1} rows"):
        read(path)
    changed = table.to_pandas()
    changed.loc[1, "flow"] += 1
    pq.write_table(
        pa.Table.from_pandas(changed, preserve_index=False).replace_schema_metadata(table.schema.metadata), path
    )
    with pytest.raises(InputError, match="different values of flow within one sample"):
        read(path)


@pytest.mark.parametrize("suffix", [".nc", ".zarr", ".parquet"])
def test_a_variable_that_samples_do_not_define_is_not_loaded_and_that_is_said(tmp_path, city, suffix):
    path = write(city, tmp_path / f"a{suffix}")
    if suffix == ".nc":
        with h5netcdf.File(path, "a") as file:
            file.dimensions["extra"] = 400_000_000
            file.create_variable("payload", ("extra",), "f8", chunks=(1_000_000,), compression="gzip")
    elif suffix == ".zarr":
        import zarr

        zarr.open_group(path, mode="a").create_array("payload", data=np.zeros(3), dimension_names=["extra"])
    else:
        table = pq.read_table(path)
        about = json.loads(table.schema.metadata[b"wbe-samples"])
        about["rest"]["payload"] = {"dims": ["extra"], "dtype": "float64", "data": [0.0], "attrs": {}}
        pq.write_table(table.replace_schema_metadata({b"wbe-samples": json.dumps(about).encode()}), path)
    with pytest.warns(WbeWarning, match=r"not loaded: (extra, )?payload"):
        back = read(path)
    xr.testing.assert_identical(back, city)


def test_a_known_name_does_not_make_a_bomb_welcome(tmp_path, city):
    path = write(city, tmp_path / "a.nc")
    with h5py.File(path, "a") as file:
        file.create_dataset("rain", (4_000, 100_000), dtype="f8", compression="gzip", chunks=(1_000, 1_000))
    assert path.stat().st_size < 1_000_000
    with pytest.raises(InputError, match="variables of 3200 MB when unpacked"):
        read(path)


def test_a_variable_that_lies_in_another_file_is_refused(tmp_path, city):
    secret = tmp_path / "secret.bin"
    secret.write_bytes(np.arange(city.sizes["sample"], dtype="f8").tobytes())
    path = write(city, tmp_path / "a.nc")
    with h5py.File(path, "a") as file:
        file.create_dataset(
            "rain", (city.sizes["sample"],), dtype="f8", external=[(str(secret), 0, h5py.h5f.UNLIMITED)]
        )
        file["cod"] = h5py.ExternalLink(str(secret), "/")
    with pytest.raises(InputError) as caught:
        read(path)
    assert sorted((f.code, f.values["name"]) for f in caught.value.faults) == [
        ("exchange-outside", "cod"), ("exchange-outside", "rain"),
    ]  # fmt: skip


def test_times_without_their_unit_are_not_days_of_1970(tmp_path, city):
    path = write(city, tmp_path / "a.nc")
    with h5py.File(path, "a") as file:
        del file["time"].attrs["units"]
    with pytest.raises(InputError, match="times as bare numbers"):
        read(path)


def test_a_store_of_the_old_format_is_not_opened(tmp_path, city):
    path = tmp_path / "a.zarr"
    city.to_zarr(path, zarr_format=2, consolidated=False)
    with pytest.raises(InputError, match="Zarr store of format 2"):
        read(path)
