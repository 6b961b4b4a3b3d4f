"""A crosstab workbook that cannot be read whole says every reason at once, with sheet, row and column."""

import datetime as dt

import numpy as np
import openpyxl
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from wbe.errors import InputError
from wbe.reading import read_samples, reading_log
from wbe.reading.observations import crosstab
from wbe.reading.observations.crosstab import plan, read_cells, read_crosstab
from wbe.samples import Flag

SPEC = {"unit": "ng/mL", "label": r"(?P<date>\d{4}-\d\d-\d\d) (?P<site>\w+)"}
HEADER = [
    ["Sample", None, "A 1", "A 2"],
    ["Analyte", "LLOQ (ng/mL)", "2021-06-01 North", "2021-06-02 North"],
]


def workbook(path, rows, header=HEADER):
    book = openpyxl.Workbook()
    for row in [*header, *rows]:
        book.active.append(row)
    book.save(path)
    return path


def mapping(**more):
    return {"layout": "crosstab", **more.pop("also", {}), "crosstab": {**SPEC, **more}}


def test_rows_columns_and_limits_are_found_without_being_named(tmp_path):
    path = workbook(tmp_path / "a.xlsx", [["Ketamine", 0.05, 1.5, "ND"], ["MDMA", 0.1, "<0.2", None], ["Note: x"]])
    ds = read_crosstab(path, mapping())
    assert ds["concentration"].sel(sample="A 1", biomarker="ketamine").item() == 1500.0
    assert ds["flag"].sel(biomarker="ketamine").values.tolist() == [Flag.DETECTED, Flag.BELOW_LOD]
    assert ds["flag"].sel(biomarker="mdma").values.tolist() == [Flag.BELOW_LOQ, Flag.MISSING]
    assert ds["loq"].sel(biomarker="mdma").values.tolist() == [200.0, 100.0]
    assert ds["site"].values.tolist() == ["North", "North"]


def test_unknown_and_ambiguous_names_and_labels_are_all_named_at_once(tmp_path):
    header = [HEADER[0], [*HEADER[1][:3], "yesterday"]]
    path = workbook(tmp_path / "a.xlsx", [["Ketamine", 0.05, 1, 2], ["Unobtainium", 1, 1, 1], ["MET", 1, 1, 1]], header)
    with pytest.raises(InputError) as caught:
        read_crosstab(path, mapping())
    text = str(caught.value)
    assert "row 4, column A: got 'Unobtainium'" in text
    assert "row 5, column A: got 'MET', which has several meanings" in text
    assert "row 2, column D: got label 'yesterday'" in text


def test_an_answer_in_the_mapping_settles_an_ambiguous_name(tmp_path):
    path = workbook(tmp_path / "a.xlsx", [["Ketamine", 0.05, 1, 2], ["MET", 1, 1, 1]])
    ds = read_crosstab(path, mapping(also={"analytes": {"MET": "methadone"}}))
    assert "methadone" in ds["biomarker"].values


def test_a_token_with_several_meanings_is_asked_about(tmp_path):
    path = workbook(tmp_path / "a.xlsx", [["Ketamine", 0.05, "N/A", 2]])
    with pytest.raises(InputError, match=r"(?s)'N/A' in 1 result cell.*under \[tokens\]"):
        read_crosstab(path, mapping())
    ds = read_crosstab(path, mapping(also={"tokens": {"N/A": "not_run"}}))
    assert ds["flag"].values.ravel().tolist() == [Flag.NOT_RUN, Flag.DETECTED]


def test_a_number_in_a_column_marked_not_run_is_rejected_and_dashes_there_are_not_run(tmp_path):
    header = [["Sample", None, "A 1 (Not Ran)", "A 2"], HEADER[1]]
    path = workbook(tmp_path / "a.xlsx", [["Ketamine", 0.05, 3, 2], ["MDMA", 0.05, "-", 2]], header)
    cells = read_cells(path, mapping())
    first = cells[cells["sample"] == "A 1 (Not Ran)"].set_index("biomarker")
    assert first["flag"].to_dict() == {"ketamine": Flag.REJECTED, "mdma": Flag.NOT_RUN}


def test_a_column_that_no_variant_matches_is_refused(tmp_path):
    path = workbook(tmp_path / "a.xlsx", [["Ketamine", 0.05, 1, 2]])
    with pytest.raises(InputError, match="column D: got 'A 2'"):
        read_crosstab(path, mapping(variant=[{"match": "^A 1$"}]))


def test_results_under_no_header_are_not_lost(tmp_path):
    path = workbook(tmp_path / "a.xlsx", [["Ketamine", 0.05, 1, 2, 3]])
    with pytest.raises(InputError, match="column E: got results under no header"):
        read_crosstab(path, mapping())


def test_the_unit_is_never_guessed_and_a_misspelt_key_is_refused():
    with pytest.raises(InputError) as caught:
        plan({"layout": "crosstab", "crosstab": {"labels": "x", "limit_unit": "ng"}, "tokens": {"-": "zero"}})
    text = str(caught.value)
    assert "key 'labels'" in text
    assert "no unit of the results" in text
    assert "'-' = 'zero'" in text
    assert "limit_unit" in text


def test_a_file_that_is_no_workbook_or_has_no_such_sheet_gives_one_plain_error(tmp_path):
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"PK not a workbook")
    with pytest.raises(InputError, match=r"file a\.xlsx: got a damaged workbook"):
        read_crosstab(path, mapping())
    with pytest.raises(InputError, match="no sheet 'Other'"):
        read_crosstab(workbook(tmp_path / "b.xlsx", [["Ketamine", 0.05, 1, 2]]), mapping(sheet="Other"))
    with pytest.raises(InputError, match=r"no file or folder 'c\.xlsx'"):
        read_crosstab(tmp_path / "c.xlsx", mapping())
    with pytest.raises(InputError, match="no column with names of known substances"):
        read_crosstab(workbook(tmp_path / "d.xlsx", [["water", 0.05, 1, 2]]), mapping())


def test_a_folder_says_by_its_mapping_that_it_is_a_crosstab(tmp_path):
    toml = (
        'layout = "crosstab"\nfile = "a.xlsx"\n[crosstab]\nunit = "ng/L"\nlabel = \'(?P<date>\\S+) (?P<site>\\w+)\'\n'
    )
    (tmp_path / "mapping.toml").write_text(toml, encoding="utf-8")
    (tmp_path / "notes.csv").write_text("not,a,table\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"file 'a\.xlsx' named by the mapping"):
        read_samples(tmp_path)
    workbook(tmp_path / "a.xlsx", [["Ketamine", 0.05, 1, 2]])
    assert read_samples(tmp_path)["concentration"].values.ravel().tolist() == [1.0, 2.0]


def test_a_limit_that_is_no_number_is_a_fault_and_not_silently_absent(tmp_path):
    path = workbook(tmp_path / "a.xlsx", [["Ketamine", "low", 1, 2], ["MDMA", -1, 1, 2], ["EDDP", "-", 1, 2]])
    with pytest.raises(InputError) as caught:
        read_crosstab(path, mapping())
    assert [(f.row, f.column, f.came) for f in caught.value.faults] == [(3, "B", "'low'"), (4, "B", "-1.0")]


def test_a_substance_without_any_result_keeps_its_blank_cells_as_missing(tmp_path):
    path = workbook(tmp_path / "a.xlsx", [["Ketamine", 0.05, 1, 2], ["MDMA", 0.05, None, None], ["Signed: lab"]])
    ds = read_crosstab(path, mapping())
    assert ds["flag"].sel(biomarker="mdma").values.tolist() == [Flag.MISSING, Flag.MISSING]
    assert reading_log(ds).notes == ["row 5: Signed: lab"]


CELL = st.one_of(
    st.none(),
    st.floats(),
    st.integers(-3, 10**6),
    st.booleans(),
    st.dates().map(lambda d: dt.datetime(d.year, d.month, d.day)),
    st.text(max_size=12),
    st.sampled_from(["ND", "-", "<0.5", "Below LLOQ (0.3)", "Above ULOQ (9)", "Out of Ratio", "Positive (~1)", "0.5L",
                     "3,5", "1e999", "=1+1", "#N/A", "(Not Ran)", "Out of Ratio/Below LLOQ (0.02)", "-99"]),
)  # fmt: skip


@settings(max_examples=60, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(results=st.lists(CELL, min_size=4, max_size=4), limits=st.lists(CELL, min_size=2, max_size=2), header=CELL)
def test_whatever_the_cells_hold_none_vanishes_and_no_traceback_comes(results, limits, header):
    grid = np.array(
        [
            ["Sample", None, "A 1", "A 2"],
            ["Analyte", "LLOQ (ng/mL)", "2021-06-01 North", header],
            ["Ketamine", limits[0], *results[:2]],
            ["MDMA", limits[1], *results[2:]],
        ],
        dtype=object,
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(crosstab, "read_grid", lambda path, sheet: ("Sheet1", grid))
        try:
            ds = read_crosstab("any.xlsx", mapping(qualifiers={"Out of Ratio": "not confirmed"}))
        except InputError:
            return
    assert ds["flag"].size == 4
    log = reading_log(ds)
    assert log.sums()
    assert log.balance()["cells"].iloc[-1] == 4
