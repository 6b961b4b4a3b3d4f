"""The synthetic Zhuzhou set is what its script writes, says what it is, and carries its known truth."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import wbe
from wbe.samples import CENSORED, Flag, month, validate

REPOSITORY = Path(__file__).resolve().parents[1]
FOLDER = REPOSITORY / "data" / "samples" / "zhuzhou"


def _script():
    spec = importlib.util.spec_from_file_location("make_zhuzhou", REPOSITORY / "scripts" / "make_zhuzhou.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["make_zhuzhou"] = module
    spec.loader.exec_module(module)
    return module


script = _script()


@pytest.fixture(scope="module")
def samples():
    return wbe.read_samples(FOLDER)


@pytest.fixture(scope="module")
def drawn():
    """What the script drew, one row a sample, before any laboratory wrote it down."""
    return pd.DataFrame([
        {"sample": script.sample_id(r), "site": r["site"].name, "district": r["site"].district, "month": r["month"],
         "flow": r["flow"], "population": r["people"], **r["conc"]}
        for r in script.measurements()
    ]).set_index("sample")  # fmt: skip


def test_the_committed_files_are_what_the_script_writes(tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    script.write(tmp_path)
    written = {p.name for p in tmp_path.iterdir()}
    assert written == {p.name for p in FOLDER.iterdir()} - {"README.md"}
    for name in sorted(written):
        if name.endswith(".csv"):
            assert (tmp_path / name).read_bytes() == (FOLDER / name).read_bytes()
    for name in ("株洲市2021年01月.xlsx", "株洲市2021年06月.xlsx"):
        ours, kept = (openpyxl.load_workbook(folder / name).worksheets[0] for folder in (tmp_path, FOLDER))
        assert [list(r) for r in ours.values] == [list(r) for r in kept.values]
        assert sorted(map(str, ours.merged_cells.ranges)) == sorted(map(str, kept.merged_cells.ranges))


def test_every_file_says_that_it_is_synthetic():
    openpyxl = pytest.importorskip("openpyxl")
    assert (FOLDER / "2020.csv").read_text(encoding="utf-8").startswith("# SYNTHETIC")
    for path in FOLDER.glob("*.xlsx"):
        sheet = openpyxl.load_workbook(path).worksheets[0]
        assert "合成示例数据" in sheet["A1"].value
        assert "SYNTHETIC" in sheet["A2"].value


def test_all_of_it_is_read_and_known_to_be_synthetic(samples, drawn):
    assert validate(samples) == []
    assert samples.attrs["synthetic"] == 1
    assert samples.sizes["sample"] == len(drawn) == 359
    assert set(samples["biomarker"].values) == set(script.ANALYTES)
    assert set(samples["district"].values) == {u[0] for u in script.UNITS}
    assert set(month(samples).values) == set(script.MONTHS)


def test_numbers_arrive_in_canonical_units_whatever_the_file_said(samples, drawn):
    mine = drawn.loc[samples["sample"].values]
    # the workbooks write flow to three places in 10 000 m3/d
    np.testing.assert_allclose(samples["flow"].values, mine["flow"], atol=5.01)
    np.testing.assert_allclose(samples["population"].values, mine["population"])
    meth = samples["concentration"].sel(biomarker="methamphetamine").values
    np.testing.assert_allclose(meth, mine["methamphetamine"], rtol=5.01e-3)


def test_states_below_the_limits_arrive_as_flags_and_never_as_numbers(samples, drawn):
    for name in script.ANALYTES:
        for i, sample in enumerate(samples["sample"].values):
            one = samples.isel(sample=i).sel(biomarker=name)
            lod, loq = script.limits(name, script.method_of(drawn.loc[sample, "month"]))
            truth = drawn.loc[sample, name]
            expected = Flag.BELOW_LOD if truth < lod else Flag.BELOW_LOQ if truth < loq else Flag.DETECTED
            assert int(one["flag"]) == expected, f"{sample} {name}"
            assert (float(one["lod"]), float(one["loq"])) == pytest.approx((lod, loq))
            if expected in CENSORED:
                assert np.isnan(float(one["concentration"]))


def test_places_are_attached_and_yunlong_lies_inside_shifeng(samples):
    assert set(samples["unit"].values) == {u[0] for u in script.UNITS}
    assert str(samples["contained_in"].sel(unit="云龙示范区").item()) == "石峰区"
    weights = samples["catchment_weight"]
    np.testing.assert_allclose(weights.sum("unit"), 1.0)
    assert float(weights.sel(catchment="云龙污水厂", unit="石峰区")) == pytest.approx(0.4)


@pytest.mark.parametrize(("site", "slope"), [("荷塘污水厂", 0.10), ("天元污水厂", -0.075), ("芦淞污水厂", 0.0)])
def test_the_known_slopes_are_in_the_numbers(drawn, site, slope):
    mine = drawn[drawn["site"] == site]
    load = mine["methamphetamine"] * mine["flow"] / mine["population"]
    fitted = np.polyfit(mine["month"].map(script.MONTHS.index), np.log(load), 1)[0]
    assert fitted == pytest.approx(slope, abs=0.02)


def test_one_day_of_dumping_stands_out_by_its_ratio(drawn):
    ratio = drawn["amphetamine"] / drawn["methamphetamine"]
    assert list(ratio.index[ratio < 0.04]) == ["ZZ-04-20210624"]
    assert ratio.drop("ZZ-04-20210624").between(0.05, 0.15).all()


def test_one_district_misses_one_month_and_the_method_changes_in_february_2021(samples):
    seen = {(str(d), str(m)) for d, m in zip(samples["district"].values, month(samples).values, strict=True)}
    everything = {(u[0], m) for u in script.UNITS for m in script.MONTHS}
    assert everything - seen == {("炎陵县", "2021-05")}
    new = month(samples).values >= "2021-02"
    assert set(samples["method_version"].values[new]) == {"B"}
    assert set(samples["method_version"].values[~new]) == {"A"}


def test_levels_stay_in_the_range_that_was_published_for_comparable_cities(drawn):
    # loads of about 5 to 60 mg/d/1000 inhabitants by district, the dumping day left out; a month may be one sample
    load = drawn["methamphetamine"] * drawn["flow"] / drawn["population"]
    monthly = load.drop("ZZ-04-20210624").groupby([drawn["district"], drawn["month"]]).mean()
    assert monthly.between(2.5, 80).all()
    assert monthly.groupby("district").median().between(5, 60).all()
