"""The checks on the data sets that come with the library."""

from pathlib import Path

import pytest

import wbe
from wbe.quality import worst

SETS = Path(__file__).parents[2] / "data" / "samples"


@pytest.fixture(scope="module")
def zhuzhou():
    """Findings in the synthetic set, whose truth is known (its README)."""
    return wbe.check(wbe.read_samples(SETS / "zhuzhou"))


def test_the_synthetic_set_has_no_errors_and_one_dumping_day(zhuzhou):
    assert worst(zhuzhou) == "warning"
    ratio = zhuzhou[zhuzhou["code"] == "marker_ratio"]
    assert ratio[["site", "month"]].to_numpy().tolist() == [["石峰污水厂", "2021-06"]]
    assert "疑似未经人体代谢的甲基苯丙胺" in ratio["message_zh"].item()


def test_the_lower_limits_of_february_2021_are_reported_as_the_method_change_that_they_are(zhuzhou):
    moved = zhuzhou[zhuzhou["code"].str.startswith("limit_changes")]
    assert set(moved["code"]) == {"limit_changes_with_method"}
    assert set(moved["month"]) == {"2021-02"}


def test_the_stadium_workbook_has_its_unflagged_numbers_outside_the_calibrated_range():
    # University of Florida workbook: 25 numbers below the LLOQ (one also out of its ion ratio), 13 above the ULOQ
    table = wbe.check(wbe.read_samples(SETS / "stadium"))
    reasons = table.loc[table["code"] == "result_qualified", "came"]
    assert reasons.str.contains("number below the LLOQ of its row, not flagged").sum() == 25
    assert reasons.str.contains("number above the ULOQ of its row, not flagged").sum() == 13
    assert not {"copied_analyte", "zero_value", "below_own_lod"} & set(table["code"])
