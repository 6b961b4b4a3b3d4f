"""Every code has its sentence in both languages, with the same parts and the same values."""

from __future__ import annotations

import pickle
import re
import runpy
from pathlib import Path

import pytest

from wbe import messages, packaged
from wbe.errors import Fault, InputError, UnknownName, one_of
from wbe.messages import Note

ROOMS = [name.removesuffix(".ftl") for name in packaged.names("messages/en")]
CODES = [(room, code) for room in ROOMS for code in messages.codes(room)]


def words_of(room: str, language: str, code: str) -> tuple[set[str], set[str]]:
    """The parts and the names in braces of one message, read from the file itself."""
    text = packaged.text(f"messages/{language}/{room}.ftl")
    block = re.search(rf"(?ms)^{re.escape(code)} *=.*?(?=^[a-z#]|\Z)", text).group()
    return set(re.findall(r"(?m)^ +\.([a-z]+) *=", block)), set(re.findall(r"\$([a-z_]+)", block))


def test_both_languages_have_the_same_rooms():
    assert packaged.names("messages/en") == packaged.names("messages/zh")


@pytest.mark.parametrize("room", ROOMS)
def test_both_languages_have_the_same_codes_each_once(room):
    english, chinese = messages.codes(room), messages.codes(room, "zh")
    assert sorted(english) == sorted(chinese)
    assert len(set(english)) == len(english)
    assert all(code.startswith(f"{room}-") for code in english)


@pytest.mark.parametrize(("room", "code"), CODES)
def test_a_sentence_says_the_same_parts_and_values_in_both_languages(room, code):
    assert words_of(room, "en", code) == words_of(room, "zh", code)
    values = dict.fromkeys(words_of(room, "en", code)[1], 2)
    for language in messages.LANGUAGES:
        for part in messages.parts(code, language) or (None,):
            assert messages.render(code, values, language, part)


@pytest.mark.parametrize(("room", "code"), CODES)
def test_a_chinese_sentence_is_chinese(room, code):
    said = [
        messages.render(code, dict.fromkeys(words_of(room, "zh", code)[1], 2), "zh", part)
        for part in messages.parts(code, "zh") or (None,)
    ]
    assert any(re.search(r"[一-鿿]", text) for text in said)


def test_one_thing_and_many_things_are_told_apart():
    assert messages.render("errors-breaches", {"what": "Samples", "count": 1}, "en") == "Samples: one problem"
    assert messages.render("errors-breaches", {"what": "Samples", "count": 2021}, "en") == "Samples: 2021 problems"


def test_an_unknown_code_and_a_missing_value_are_refused():
    with pytest.raises(KeyError, match="no sentence for the code 'errors-nothing'"):
        messages.render("errors-nothing", {}, "en")
    with pytest.raises(ValueError, match="errors-did-you-mean"):
        messages.render("errors-did-you-mean", {}, "en")


def test_a_wrong_name_is_a_value_error_that_survives_another_process():
    with pytest.raises(ValueError, match="Did you mean 'weekend'") as caught:
        one_of("weekday", ["weekend", "holiday"], messages.Words("rule", "规则"))
    again = pickle.loads(pickle.dumps(caught.value))
    assert isinstance(again, UnknownName)
    assert again.codes == ["errors-unknown-name"]
    assert again.text("zh") == "实际为规则“weekday”；应为已知的名称。是否指“weekend”？"


def test_a_fault_knows_its_place_in_both_languages():
    fault = Fault("errors-no-estimate", place="rank", came="int", file="a.csv", sheet="6月", row=3, column="C")
    assert fault.text("en").startswith("file a.csv, sheet 6月, row 3, column C: got rank(estimate)")
    assert fault.text("zh").startswith("文件 a.csv，工作表 6月，第 3 行，列 C：实际为rank(estimate)")
    assert fault.at(row=4).row == 4
    assert fault.at(row=4) != fault
    assert fault.at() == fault
    with messages.speaking("zh"):
        assert str(InputError([fault])) == fault.text("zh")


def test_the_page_of_messages_lists_every_code_in_both_languages():
    script = Path(__file__).resolve().parents[1] / "scripts" / "make_messages_page.py"
    page = runpy.run_path(str(script))["page"]()
    rows = {line.split("`")[1]: line.split(" | ") for line in page.splitlines() if line.startswith("| `")}
    assert set(rows) == {code for _, code in CODES}
    assert [code for code, cells in rows.items() if len(cells) != 3 or not all(c.strip(" |") for c in cells)] == []
    assert "没有选项" in rows["cli-no-such-option"][2]
    assert "{command}: there is no option {option}" in rows["cli-no-such-option"][1]


def test_without_a_choice_the_language_is_that_of_the_locale(monkeypatch):
    for name in ("WBE_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    assert messages.language() == "en"
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert messages.language() == "zh"
    monkeypatch.setenv("LC_ALL", "C")  # the first variable that is set decides, as everywhere on the system
    assert messages.language() == "en"
    monkeypatch.setenv("WBE_LANGUAGE", "zh")
    assert messages.language() == "zh"
    with messages.speaking("en"):
        assert messages.language() == "en"


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("room", ROOMS)
def test_a_sentence_put_together_quickly_is_the_one_that_fluent_says(room, language):
    """With whole numbers, which choose between variants, and with texts."""
    bundle = messages._bundle(room, language)
    for code in messages.codes(room, language):
        pattern, names = bundle.get_message(code).value, messages._names(code, language)
        if pattern is None or names is None:
            continue
        for number in (0, 1, 2, 1234567):
            values = {n: number if n in names[1] or i % 2 else f"<{n}>" for i, n in enumerate(sorted(names[0]))}
            slow, _ = bundle.format_pattern(pattern, {k: messages._value(v, language) for k, v in values.items()})
            assert messages._quick(code, values, language) == slow, code


def test_nearly_every_sentence_can_be_put_together_quickly():
    whole = [(r, c) for r, c in CODES if messages._bundle(r, "en").get_message(c).value is not None]
    quick = [messages._names(code, "en") is not None for _, code in whole]
    assert sum(quick) > 0.98 * len(quick)


def test_a_note_of_another_process_is_found_again():
    note = Note("errors-did-you-mean", nearest="a")
    hash(note)
    assert pickle.loads(pickle.dumps(note))._hash == 0
    assert {note: 1}[pickle.loads(pickle.dumps(note))] == 1
