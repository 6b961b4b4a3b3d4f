"""The doors of every room name what came where something else was needed; none of them answers with a traceback."""

import pytest

import wbe
from wbe.errors import InputError, UnknownName
from wbe.testing import small_city, small_loads


@pytest.mark.parametrize("came", [None, "", "  ", 3, []])
@pytest.mark.parametrize(
    ("door", "name"),
    [
        (wbe.read_samples, "read_samples"),
        (wbe.read_loads, "read_loads"),
        (wbe.propose_mapping, "propose_mapping"),
        (wbe.sewer.read_network, "read_network"),
        (wbe.triangulate.read_counts, "read_counts"),
        (lambda path: wbe.report(small_city(), "2021-01", path), "report"),
    ],
)
def test_what_is_no_path_is_refused_and_empty_text_is_not_the_folder_one_stands_in(door, name, came):
    with pytest.raises(InputError, match=rf"got {name}\(path\) with .*; needed a file or folder, as text or Path"):
        door(came)


def test_a_folder_where_one_file_was_needed_is_called_a_folder(tmp_path):
    (tmp_path / "loads.csv").write_text("place\n")
    with pytest.raises(InputError, match=r"got a folder, in which there are these tables: loads\.csv; needed one CSV"):
        wbe.read_loads(tmp_path)
    with pytest.raises(InputError, match="needed a sewer network"):
        wbe.sewer.read_network(tmp_path)


def test_a_month_is_not_compared_with_itself():
    with pytest.raises(InputError, match="got 2021-02 against itself; needed two months"):
        wbe.changes(small_loads(), month="2021-02", against="2021-02")


def test_shares_of_a_month_that_is_not_there_are_refused_and_not_an_empty_table():
    estimate = wbe.estimate(small_city(districts=1, months=1, biomarkers=("methamphetamine", "amphetamine")))
    assert set(wbe.origin.shares(estimate, month="2021-01")["month"]) == {"2021-01"}
    with pytest.raises(UnknownName, match="got month 2031-01; needed a month of the estimate"):
        wbe.origin.shares(estimate, month="2031-01")


def test_an_empty_month_is_shown_as_empty():
    with pytest.raises(InputError, match="got month ''; needed calendar months"):
        wbe.alerts(small_loads(), month="")


@pytest.mark.parametrize("month", [None, 202101])
def test_a_report_of_what_is_no_month_is_refused(tmp_path, month):
    with pytest.raises(InputError, match=f"got month '{month}'; needed a month written YYYY-MM"):
        wbe.report(small_city(), month, tmp_path / "out")


@pytest.mark.parametrize("name", [None, 3, "", "nope", "../x"])
def test_a_data_set_that_is_not_there_is_refused(name):
    with pytest.raises(InputError, match=f"got data set '{name}'"):
        wbe.sample_data(name)


@pytest.mark.parametrize("profiles", [None, 3, "default"])
def test_profiles_to_compare_are_a_list(profiles):
    with pytest.raises(wbe.WbeError, match="needed a list of at least 2"):
        wbe.factors.compare(small_city(), profiles)
