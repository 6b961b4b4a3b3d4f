"""Serial numbers of days count from 1900 or from 1904, as the workbook itself says."""

from __future__ import annotations

from pathlib import Path

import pytest

from wbe.reading import read_samples


@pytest.mark.parametrize(("from_1904", "serial"), [(False, 44371), (True, 42909)])
def test_a_bare_serial_number_is_the_day_that_its_workbook_means(tmp_path: Path, from_1904: bool, serial: int) -> None:
    import xlsxwriter

    path = tmp_path / "days.xlsx"
    book = xlsxwriter.Workbook(str(path), {"date_1904": from_1904})
    sheet = book.add_worksheet()
    rows = [["区县", "采样日期", "流量(m3/d)", "服务人口(人)", "冰毒(ng/L)"], ["荷塘区", serial, 30000, 200000, 56]]
    for r, row in enumerate(rows):
        sheet.write_row(r, 0, row)
    book.close()
    ds = read_samples(path)
    assert ds["time"].values.astype("datetime64[D]").astype(str).tolist() == ["2021-06-24"]
    assert ds["concentration"].values.tolist() == [[56.0]]
