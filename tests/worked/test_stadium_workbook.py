"""Every analyte cell of a real, messy laboratory workbook ends in the right state with the right number.

Source: University of Florida, stadium sewage of 8 September 2018 (repository mloop/uf-wastewater): the raw workbook in
data/samples/stadium and the authors' long table made from it in data/published.
"""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import wbe
from wbe import vocabulary
from wbe.reading import read_samples
from wbe.reading.observations import crosstab
from wbe.reading.words.log import reading_log
from wbe.samples import Flag

DATA = Path(__file__).parents[2] / "data"
FOLDER = DATA / "samples" / "stadium"
BOOK = FOLDER / "UFWW_Results_Comparison-8-14-2019.xlsx"
ANALYSES = {
    "Shimadzu": ("austin", "shimadzu"),
    "Austin's Extraction": ("austin", "waters"),
    "Prior": ("zach", "waters"),
}
KEY = ["biomarker", "time", "branch", "extraction", "machine"]


@pytest.fixture(scope="module")
def samples():
    return read_samples(FOLDER)


@pytest.fixture(scope="module")
def cells(samples) -> pd.DataFrame:
    """Our cells beside the authors' long table, one row for each of the 5,544."""
    ours = crosstab.read_cells(BOOK, FOLDER / "mapping.toml")
    place = samples[["time", "site"]].to_dataframe()[["time", "site"]]
    ours = ours.join(place, on="sample")
    analysis = ours["sample"].str.extract(r"^(.*?) +UFWW")[0].map(ANALYSES)
    ours["extraction"], ours["machine"] = analysis.str[0], analysis.str[1]
    ours["branch"] = ours["site"].str[-1]
    theirs = pd.read_csv(DATA / "published" / "stadium_long_table.txt.gz", sep="\t", dtype=str, keep_default_na=False)
    theirs["biomarker"] = theirs["metabolite"].map(vocabulary.biomarker)
    # the authors keep the workbook's clock, which is that of an evening game
    theirs["time"] = pd.to_datetime("2018-09-08 " + theirs["time_pretty"]) + pd.Timedelta(hours=12)
    theirs = theirs.rename(columns={"location": "branch", "lloq": "their_lloq", "uloq": "their_uloq"})
    theirs["theirs"] = pd.to_numeric(theirs["value"], errors="coerce")
    return ours.merge(theirs, how="outer", on=KEY, validate="1:1", indicator=True)


def test_all_5544_cells_meet_the_long_table_one_to_one(cells):
    assert len(cells) == 5544
    assert (cells["_merge"] == "both").all()


def test_every_number_equals_the_authors_but_for_their_two_slicing_errors(cells):
    ours, theirs = cells["concentration"] / 1000, cells["theirs"]  # ng/mL
    same = np.isclose(ours, theirs, rtol=1e-12, atol=0) | (ours.isna() & theirs.isna())
    wrong = cells[~same].sort_values("biomarker")
    assert len(wrong) == 2
    assert list(zip(wrong["sample"], wrong["biomarker"], wrong["raw"], wrong["value"], strict=True)) == [
        # their text slicing lost the last digit of the one and kept "0" of the other
        ("Shimadzu UFWW 5", "codeine", "Below LLOQ/Out of Ratio (0.028)", "0.02"),
        ("Shimadzu UFWW 26", "noroxycodone", "RT Shift/Below LLOQ (0.030)", "0"),
    ]
    np.testing.assert_allclose(wrong["concentration"], [28.0, 30.0], rtol=1e-12)


def test_the_limits_of_every_row_are_those_of_the_long_table(samples, cells):
    moved = cells["reason"].str.contains("the limit in force")
    for name, theirs in (("loq", "their_lloq"), ("uloq", "their_uloq")):
        np.testing.assert_allclose(cells[name][~moved] / 1000, pd.to_numeric(cells[theirs])[~moved])
    assert samples["loq"].attrs["units"] == "ng/L"


def test_every_word_ends_in_its_state(cells):
    raw = cells["raw"]
    text = raw.map(lambda v: v if isinstance(v, str) else "")
    flag = cells["flag"]
    not_run = cells["sample"].str.contains("Not Ran")
    number = raw.map(lambda v: isinstance(v, float))
    assert (flag[(text == "-") & ~not_run] == Flag.BELOW_LOD).all()
    assert (flag[text == "N/A"] == Flag.NOT_RUN).all()
    assert (flag[raw.isna()] == Flag.MISSING).all()
    assert (flag[text.str.contains("Below LLOQ") & text.str.contains(r"^Below|\(")] == Flag.BELOW_LOQ).all()
    assert (flag[text.str.contains("Above ULOQ")] == Flag.ABOVE_ULOQ).all()
    assert (flag[text == "Out of Ratio"] == Flag.REJECTED).all()
    qualified = text.str.contains(r"^Out of Ratio \(")
    assert cells["reason"][qualified].str.contains("identity not confirmed").all()
    within = number & (raw.where(number) >= cells["loq"] / 1000) & (raw.where(number) <= cells["uloq"] / 1000)
    assert (flag[within] == Flag.DETECTED).all()


def test_the_balance_of_states_sums_to_the_cells(samples):
    log = reading_log(samples)
    assert log.sums()
    counts = {f.name: int((samples["flag"] == int(f)).sum()) for f in Flag}
    assert counts == {
        "DETECTED": 736, "BELOW_LOQ": 129, "BELOW_LOD": 3998, "ABOVE_ULOQ": 15,
        "NOT_RUN": 650, "MISSING": 4, "REJECTED": 12,
    }  # fmt: skip
    assert len(log.unread) == 33  # the laboratory's rounded summary columns


def test_the_column_marked_not_ran_is_not_56_non_detects(samples):
    column = samples.sel(sample="Prior UFWW 27 (Not Ran)")
    assert column.sizes["biomarker"] == 56
    assert (column["flag"] == int(Flag.NOT_RUN)).all()


def test_numbers_outside_their_limits_without_a_word_are_found(cells):
    plain = cells["raw"].map(lambda v: isinstance(v, float))
    low = cells[plain & cells["reason"].str.contains("number below the LLOQ")]
    high = cells[plain & cells["reason"].str.contains("number above the ULOQ")]
    assert (len(low), len(high)) == (24, 13)
    assert (low["flag"] == Flag.BELOW_LOQ).all()
    assert (high["flag"] == Flag.ABOVE_ULOQ).all()
    # the authors' table marks the same cells (its column above_uloq also marks 73 others: it compared texts)
    assert (low["below_lloq"] == "1").all()
    assert (high["above_uloq"] == "1").all()
    assert int((cells["above_uloq"] == "1").sum()) == 86


def test_words_that_contradict_their_rows_limit_are_found_and_the_limit_moves(cells):
    moved = cells[cells["reason"].str.contains("the limit in force")]
    assert moved["flag"].value_counts().to_dict() == {int(Flag.BELOW_LOQ): 18, int(Flag.ABOVE_ULOQ): 2}
    below = moved[moved["flag"] == Flag.BELOW_LOQ]
    assert (below["loq"] == below["concentration"]).all()
    assert (pd.to_numeric(below["their_lloq"]) * 1000 < below["concentration"]).all()


def test_the_clock_is_that_of_the_evening_game(samples):
    assert str(samples["time"].values.min())[:16] == "2018-09-08T18:30"
    assert str(samples["time"].values.max())[:16] == "2018-09-08T23:30"


def test_the_summary_sheet_is_read_by_the_same_reader():
    spec = {
        "sheet": "Final-all samples", "unit": "ng/mL", "label": r"FB(?P<date>\S+) (?P<time>\S+) Loc#(?P<site>\d)",
        "date_format": "%d%b%y %H:%M", "clock": "pm",
    }  # fmt: skip
    final = crosstab.read_crosstab(BOOK, {"layout": "crosstab", "crosstab": spec})
    assert final["flag"].shape == (33, 56)
    about = final.sel(sample="UFWW 1", biomarker="7aminoclonazepam")
    # "Positive (~0.05)"
    assert (float(about["concentration"]), str(about["flag_reason"].item())) == (50.0, "approximate")


def test_check_names_every_number_outside_its_limits_and_every_contradicted_word(samples):
    message = pd.Series([str(m) for m in pd.DataFrame(wbe.check(samples))["message"]])
    # 24 plain numbers, and Out of Ratio (0.065) where the LLOQ is 0.5
    assert message.str.contains("number below the LLOQ of its row, not flagged by the laboratory").sum() == 25
    assert message.str.contains("number above the ULOQ of its row, not flagged by the laboratory").sum() == 13
    assert message.str.contains("the limit in force").sum() == 20
