"""A column of suspended solids is read, and each sample's share on solids follows from it."""

import pytest

import wbe
from wbe.factors import correct, profile

HEAD = "采样日期,区县,污水厂,流量(m3/d),服务人口,{}(mg/L),苯丙胺(ng/L)\n"
ROWS = "2021-06-01,天元区,甲厂,50000,200000,250,20\n2021-06-08,天元区,甲厂,50000,200000,1000,20\n"


@pytest.mark.parametrize("header", ["悬浮物", "TSS", "Total suspended solids"])
def test_suspended_solids_are_read_and_used_sample_by_sample(tmp_path, header):
    (tmp_path / "june.csv").write_text(HEAD.format(header) + ROWS, encoding="utf-8")
    samples = wbe.read_samples(tmp_path / "june.csv")
    assert samples["suspended_solids"].values.tolist() == [250.0, 1000.0]
    assert samples["suspended_solids"].attrs["units"] in ("mg/L", "mg L-1")
    assert samples["biomarker"].values.tolist() == ["amphetamine"]
    corrected = correct(samples, profile("gracia-lor-2016"), sorption=["amphetamine"])
    fold = (corrected["concentration"] / samples["concentration"]).values.ravel()
    # the published share f holds at 250 mg/L: Kd TSS = f / (1 - f) there, and four times that at 1000 mg/L
    usual = 1 - 1 / fold[0]
    x = usual / (1 - usual)
    assert 0 < usual < 0.5
    assert fold[1] == pytest.approx(1 + 4 * x, rel=1e-6)
    assert "own solids" in corrected.attrs["corrections"]


def test_solids_need_their_unit(tmp_path):
    (tmp_path / "june.csv").write_text(HEAD.format("悬浮物").replace("悬浮物(mg/L)", "悬浮物(g/L)") + ROWS, "utf-8")
    assert wbe.read_samples(tmp_path / "june.csv")["suspended_solids"].values.tolist() == [250_000.0, 1_000_000.0]
