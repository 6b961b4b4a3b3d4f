"""Names, cells and dates: known spellings are understood, several meanings are asked about."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wbe import vocabulary
from wbe.errors import InputError
from wbe.reading.words.cell import parse_cell
from wbe.reading.words.dates import parse_dates
from wbe.reading.words.moments import parse_text
from wbe.reading.words.values import parse_results
from wbe.samples import Flag

ASKED = ("COD", "MET", "MC", "MA", "K", "AM")


@pytest.mark.parametrize("token", ASKED)
def test_a_name_with_several_meanings_is_asked_about_with_the_line_to_add(token: str) -> None:
    with pytest.raises(InputError, match=rf'several meanings.*\[analytes\]: "{token}" = '):
        vocabulary.biomarker(token)
    assert len(vocabulary.choices(token)) >= 2


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("甲基苯丙胺", "methamphetamine"), ("冰毒", "methamphetamine"), ("MA(甲基苯丙胺)", "methamphetamine"),
        ("O6-甲乙酰吗啡", "6mam"), ("06-单乙酰吗啡", "6mam"), ("O⁶-单乙酰吗啡", "6mam"),
        ("苯甲酰爱康宁(苯甲酰芽子碱)", "benzoylecgonine"),
        ("adanon", "methadone"), ("benzedrine", "amphetamine"), ("α-Hydroxyalprazolam", "hydroxyalprazolam"),
        ("thc cooh", "thc_cooh"), ("ＭＤＭＡ", "mdma"), ("3,4-亚甲双氧甲基苯丙胺", "mdma"),
    ],
)  # fmt: skip
def test_spellings_met_in_files_lead_to_one_id(text: str, name: str) -> None:
    assert vocabulary.biomarker(text) == name


def test_every_id_has_names_in_both_languages_and_finds_itself() -> None:
    for name in vocabulary.biomarkers():
        assert vocabulary.find(name) == name
        assert vocabulary.find(vocabulary.label(name, "en")) == name
        assert vocabulary.label(name, "zh")
        assert len(vocabulary.short(name)) <= 18


def test_no_two_substances_share_a_spelling() -> None:
    owner: dict[str, str] = {}
    for name, entry in vocabulary.table("analytes").items():
        for spelling in {vocabulary.fold(s) for s in (name, entry["en"], entry["zh"], *entry["aliases"])}:
            assert owner.setdefault(spelling, name) == name


def test_no_header_has_two_roles() -> None:
    owner: dict[str, str] = {}
    for role, entry in vocabulary.table("headers").items():
        for alias in entry.get("aliases", []) if isinstance(entry.get("aliases"), list) else []:
            assert owner.setdefault(vocabulary.fold(alias), role) == role, alias


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("未检出", "not_detected"), ("N.D.", "not_detected"), ("＜LOD", "below_lod"), ("低于定量限", "below_loq"),
        ("痕量", "below_loq"), ("检出（未定量）", "below_loq"), ("停产", "missing"), ("/", "missing"), ("—", "missing"),
        ("(Not Ran)", "not_run"), ("未检测", "not_run"), ("Out of Ratio", "rejected"), ("阳性", "rejected"),
        ("N/A", "ask"),
        ("0.5L", "less"), ("≤0.5", "less"), (">20", "above_uloq"), ("Out of Ratio/Below LLOQ (0.1)", "rejected"),
        ("10-20", "rejected"), ("-99", "rejected"), ("#DIV/0!", "rejected"), ("=A1", "rejected"), ("1.2.3", "rejected"),
    ],
)  # fmt: skip
def test_a_word_in_a_result_cell_is_one_state_and_never_a_number(text: str, state: str) -> None:
    cell = parse_cell(text)
    assert cell.state == state
    assert np.isnan(cell.value)


@given(st.floats(0, 1e9, allow_nan=False), st.sampled_from([1.0, 1000.0, 1e6]))
def test_a_number_and_a_limit_convert_by_the_same_unit(value: float, scale: float) -> None:
    results = parse_results(np.array([repr(value), f"<{value!r}"], dtype=object), scale)
    assert results.value[0] == pytest.approx(value * scale)
    assert results.limit[1] == pytest.approx(value * scale)
    assert results.flag.tolist() == [Flag.DETECTED, Flag.BELOW_LOD]


def test_the_users_answer_wins_over_every_reading_of_a_token() -> None:
    answers = {"-": "not_detected", "0": "not_detected", "N/A": "not_run"}
    results = parse_results(np.array(["-", 0.0, "n/a", "5"], dtype=object), tokens=answers)
    assert results.flag.tolist() == [Flag.BELOW_LOD, Flag.BELOW_LOD, Flag.NOT_RUN, Flag.DETECTED]


@given(st.dates(dt.date(1990, 1, 1), dt.date(2099, 12, 31)))
def test_a_day_is_the_same_however_it_is_written(day: dt.date) -> None:
    serial = (day - dt.date(1899, 12, 30)).days
    written = [
        day.isoformat(), f"{day.year}年{day.month}月{day.day}日", f"{day.year}.{day.month}.{day.day}",
        f"{day.year}/{day.month}/{day.day}", f"{day:%Y%m%d}", day, dt.datetime(day.year, day.month, day.day),
        serial, float(serial), str(serial), f"{day.isoformat()} 00:00:00",
    ]  # fmt: skip
    parsed = parse_dates(np.array(written, dtype=object))
    assert parsed.problems == {}
    assert set(parsed.start.astype("datetime64[D]").astype(str).tolist()) == {day.isoformat()}


@given(st.text(max_size=20))
def test_no_text_breaks_the_date_parser(text: str) -> None:
    moment = parse_text(text)
    assert (moment.start is None) == bool(moment.problem)


def test_the_order_of_day_and_month_is_taken_from_the_column_and_never_guessed() -> None:
    clear = parse_dates(["03/04/2021", "24/04/2021"])
    assert clear.start.astype("datetime64[D]").astype(str).tolist() == ["2021-04-03", "2021-04-24"]
    assert {i: p.code for i, p in parse_dates(["03/04/2021"]).problems.items()} == {0: "reading-why-either-way"}


def test_the_aliases_of_the_vocabulary_are_plain_data() -> None:
    folder = Path(vocabulary.__file__).parent / "data" / "vocabulary"
    assert json.dumps({p.stem: vocabulary.table(p.stem) for p in folder.glob("*.toml")})
