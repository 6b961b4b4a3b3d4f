"""Published loads per head are reproduced from concentration, flow and population, or the reason is on file.

Source of every number: the table compiled with the PharmFlush model (UCBoulder/EthicPharm), data/samples/literature.
"""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from wbe.conversion import mass_load, normalised_load
from wbe.reading import read_samples, reading_log
from wbe.samples import Flag
from wbe.units import factor
from wbe.vocabulary import biomarker

DATA = Path(__file__).parents[2] / "data"
FOLDER, PUBLISHED = DATA / "samples" / "literature", DATA / "published"


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    """Samples beside their published loads; lines without a number in the sample file keep NaN."""
    samples = pd.read_csv(FOLDER / "samples.csv", dtype=str, keep_default_na=False)
    loads = pd.read_csv(PUBLISHED / "literature_loads.csv", dtype=str, keep_default_na=False)
    return loads.merge(
        samples, how="left", left_on=["sample", "analyte"], right_on=["Sample ID", "Analyte"], validate="1:1"
    )


@pytest.fixture(scope="module")
def exceptions() -> pd.DataFrame:
    return pd.read_csv(PUBLISHED / "literature_exceptions.csv", dtype=str, keep_default_na=False)


def recomputed(rows: pd.DataFrame) -> np.ndarray:
    def column(name: str, unit: str) -> xr.DataArray:
        return xr.DataArray(
            pd.to_numeric(rows[name], errors="coerce").to_numpy(float), dims="sample", attrs={"units": unit}
        )

    load = mass_load(column("Concentration", "ng/L"), column("Flow (L/d)", "L/d"))
    per_head = normalised_load(load, column("Population", "inhabitant"))
    return per_head.to_numpy() * factor(per_head.attrs["units"], "ug/d/inhabitant")


def test_413_of_417_numbers_reproduce_the_published_load_within_one_in_a_million(rows, exceptions):
    published = pd.to_numeric(rows["published_load_ug_per_inhabitant_per_day"], errors="coerce").to_numpy()
    agree = np.abs(recomputed(rows) / published - 1) < 1e-6
    assert (len(rows), int(np.isfinite(published).sum()), int(agree.sum())) == (605, 417, 413)
    failing = set(rows["line"][~agree & np.isfinite(published)])
    assert failing == set(exceptions["line"][exceptions["reproduces"] == "no"])


def test_every_line_without_a_published_number_is_listed_as_not_detected(rows, exceptions):
    silent = set(rows["line"][rows["published_load_ug_per_inhabitant_per_day"] == "ND"])
    assert len(silent) == 188
    assert silent == set(exceptions["line"][exceptions["class"] == "not_detected"])


def test_the_four_lines_in_ng_per_person_are_no_concentrations_and_stay_out_of_the_samples(rows, exceptions):
    four = exceptions["line"][exceptions["class"] == "not_a_concentration"]
    assert len(four) == 4
    assert rows.set_index("line").loc[four, "Sample ID"].isna().all()
    # taken as what it says, the largest is 0.81 ug/inhabitant/d and not the 810 that is printed
    assert 810 * factor("ng/person/d", "ug/d/inhabitant") == pytest.approx(0.81)


def test_the_doubtful_classes_are_as_their_reasons_say(rows, exceptions):
    table = rows.set_index("line")
    per_head = pd.to_numeric(table["Flow (L/d)"]) / pd.to_numeric(table["Population"])
    count = exceptions["class"].value_counts()
    assert count["population_from_flow"] == 390
    assert count["gallons_divided"] == 88
    assert count["gallons_divided_cancels"] == 68
    derived = exceptions["line"][exceptions["class"].isin(["population_from_flow", "gallons_divided_cancels"])]
    np.testing.assert_allclose(per_head.loc[derived].dropna(), 310.404, rtol=1e-6)
    divided = exceptions["line"][exceptions["class"] == "gallons_divided"]
    # an inhabitant who sends 24 to 93 L/d to the plant; multiplied instead of divided: 344 to 1325 L/d
    assert per_head.loc[divided].dropna().between(24, 93).all()


def test_capacity_stands_in_for_flow_and_the_file_says_so(rows):
    known = rows["Flow (L/d)"].notna()
    assert (rows["Flow (L/d)"][known] == rows["Capacity (L/d)"][known]).all()
    assert "Flow is plant capacity" in (FOLDER / "README.md").read_text(encoding="utf-8")


def test_read_samples_gives_the_same_413_loads_and_188_non_detects(rows):
    ds = read_samples(FOLDER)
    assert (ds.sizes["sample"], ds.sizes["biomarker"]) == (95, 67)
    load = normalised_load(mass_load(ds["concentration"], ds["flow"]), ds["population"])
    known = rows.dropna(subset="Sample ID")
    at = {"sample": xr.DataArray(known["sample"].to_numpy(object), dims="row"),
          "biomarker": xr.DataArray([biomarker(a) for a in known["analyte"]], dims="row")}  # fmt: skip
    published = pd.to_numeric(known["published_load_ug_per_inhabitant_per_day"], errors="coerce").to_numpy()
    # mg/d/1000 inhabitant is ug/d/inhabitant
    np.testing.assert_allclose(load.sel(at), published, rtol=1e-6)
    assert np.isfinite(published).sum() == 413
    assert int((ds["flag"] == int(Flag.BELOW_LOD)).sum()) == 188
    log = reading_log(ds)
    assert log.sums()
    assert log.balance()["cells"].iloc[-1] == 601


def test_a_campaign_is_read_as_a_period():
    ds = read_samples(FOLDER)
    first = ds.isel(sample=0)
    assert (str(first["time"].values)[:10], str(first["time_end"].values)[:10]) == ("2019-04-01", "2019-06-30")
