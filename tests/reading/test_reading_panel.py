"""The open panel: a file of 71 names reads whole, an unknown name passes and is told, a guarded one is asked about."""

from __future__ import annotations

import csv
import io
import json
import re
import sys
import tomllib
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from beside import LINE, LONG, read, wide

from wbe import estimate, vocabulary
from wbe.errors import InputError
from wbe.reading import reading_log
from wbe.reading.roles.panel import new_name

PANEL = (Path(__file__).parent / "panel_71.txt").read_text(encoding="utf-8").split()


def table_of(names: list[str], kind: str) -> str:
    out = io.StringIO()
    write = csv.writer(out, lineterminator="\n").writerow
    if kind == "wide":
        write(["采样点", "采样日期", "流量（m3/d）", "服务人口（人）", *(f"{n}（ng/L）" for n in names)])
        write(["一厂", "2023-06-01", 50000, 100000, *range(1, len(names) + 1)])
    else:
        write(["采样点", "采样日期", "流量（m3/d）", "服务人口（人）", "目标物", "浓度（ng/L）"])
        for i, n in enumerate(names, 1):
            write(["一厂", "2023-06-01", 50000, 100000, n, i])
    return out.getvalue()


@pytest.mark.parametrize("kind", ["wide", "long"])
def test_a_file_of_71_names_is_read_whole_without_an_edit(kind: str) -> None:
    assert len(PANEL) == 71
    ds = read(table_of(PANEL, kind))
    assert ds["concentration"].values.tolist() == [[float(i) for i in range(1, 72)]]
    assert ds["biomarker"].values.tolist() == [vocabulary.find(n) for n in PANEL]
    assert not any("does not know" in n for n in reading_log(ds).notes)


@pytest.mark.parametrize(
    "name",
    ["2-氟去氯氯胺酮", "2-氟-2-脱氯氯胺酮", "2F-DCK", "2-FDCK", "氟胺酮",
     "2-氟-2-去氯氯胺酮", "2-fluorodeschloroketamine", "111982-50-4"],
)  # fmt: skip
def test_fluoroketamine_is_one_substance_however_it_is_spelt(name: str) -> None:
    assert vocabulary.find(name) == "2f_dck"


def test_every_registry_number_of_the_vocabulary_agrees_with_its_check_digit_and_names_one_substance() -> None:
    numbers = [e["cas"] for e in vocabulary.table("analytes").values() if "cas" in e]
    assert len(numbers) == len(set(numbers)) >= 50
    for cas in numbers:
        digits = cas.replace("-", "")
        assert sum(int(d) * i for i, d in enumerate(reversed(digits[:-1]), 1)) % 10 == int(digits[-1])
        assert re.fullmatch(r"\d{2,7}-\d{2}-\d", cas)
    assert vocabulary.find("911-65-9") == "etonitazene"


@pytest.mark.parametrize("kind", ["wide", "long"])
def test_an_unknown_substance_passes_without_a_factor_and_is_told_once_with_lines_that_work(kind: str) -> None:
    text = table_of(["甲基苯丙胺", "Brodifentanil", "新精活一号"], kind)
    ds = read(text)
    assert ds["biomarker"].values.tolist() == ["methamphetamine", "Brodifentanil", "新精活一号"]
    assert ds["concentration"].values.tolist() == [[1, 2, 3]]
    (told,) = [n for n in reading_log(ds).notes if "does not know" in n]
    assert "2 substance(s)" in told
    line = re.search(r"\[analytes\]: (\"Brodifentanil\" = \{[^}]*\})", told)
    ignored = re.search(r'leave them out: ("Brodifentanil" = "ignore")', told)
    assert line is not None
    assert ignored is not None
    filled = line.group(1).replace('family = "", molar_mass = 0.0', 'family = "fentanyl", molar_mass = 340.5')
    named = read(text, tomllib.loads("[analytes]\n" + filled))
    assert json.loads(named.attrs["substances"]) == {"Brodifentanil": {"family": "fentanyl", "molar_mass": 340.5}}
    left = read(text, tomllib.loads("[analytes]\n" + ignored.group(1)))
    assert left["biomarker"].values.tolist() == ["methamphetamine", "新精活一号"]


def test_a_name_of_the_mapping_is_that_of_the_dataset() -> None:
    ds = read(wide("120,4", ",ZX-9 (ng/L)"), {"analytes": {"ZX-9": {"name": "zexamine", "family": "cathinone"}}})
    assert ds["biomarker"].values.tolist() == ["methamphetamine", "zexamine"]
    with pytest.raises(InputError, match="molar_mass = 396"):
        read(wide("120"), {"analytes": {"ZX-9": {"family": "cathinone"}}})
    with pytest.raises(InputError, match="molar_mass = 396"):
        read(wide("120"), {"analytes": {"ZX-9": {"name": "ketamine"}}})


def test_a_substance_without_a_factor_has_loads_and_nothing_that_needs_one() -> None:
    table = estimate(read(table_of(["甲基苯丙胺", "新精活一号"], "wide")), draws=1000).table()
    own = table[table["drug"] == "新精活一号"].set_index("quantity")
    assert own.loc["mass_load", "median"] == pytest.approx(0.1)
    assert own.loc["consumption", "status"] == "no_factor"


GUARDED = (
    "metamphetamin", "methamfetamine", "甲基苯丙安",
    "537-46-3", "CAS 1234-56-6", "d-methamphetamine", "(S)-ketamine", "左旋甲基苯丙胺",
    "METH-d5", "fentanyl-13C6", "氘代氯胺酮", "内标", "IS", "total", "合计", "氨氮", "Total suspended solids",
    "ng/L", "RT", "N2O", "笑气", "12", "x", "Final Conc.", "morphine sulfate", "MET", "effluent",
)  # fmt: skip


@pytest.mark.parametrize("name", GUARDED)
def test_what_may_be_known_or_no_substance_does_not_pass(name: str) -> None:
    assert new_name(name) == ""


@pytest.mark.parametrize(
    "name", ["N-去乙基异托尼秦", "4-氟乙卡西酮", "5F-EDMB-PINACA", "Brodifentanil", "ADB-5'Br-BUTINACA"]
)
def test_a_new_relative_of_known_substances_passes(name: str) -> None:
    assert new_name(name) == name


@pytest.mark.parametrize("unit", ["mg/L", "kg"])
def test_a_name_in_the_unit_of_common_parameters_is_asked_about(unit: str) -> None:
    rows = f"{LINE}20\n{LINE.replace('methamphetamine', 'zexamine')}55\n"
    with pytest.raises(InputError):
        read(f"{LONG.replace('ng/L', unit)}\n{rows}")


@pytest.mark.parametrize("name", ["笑气", "nitrous oxide", "七氟烷", "amyl nitrite"])
@pytest.mark.parametrize("kind", ["wide", "long"])
def test_gases_cannot_be_measured_in_sewage_and_the_answer_serves(name: str, kind: str) -> None:
    text = table_of(["甲基苯丙胺", name], kind)
    with pytest.raises(InputError) as caught:
        read(text)
    (fault,) = caught.value.faults
    assert fault.code == "vocabulary-not-in-sewage"
    line = fault.next_step.rsplit(": ", 1)[1]
    assert read(text, tomllib.loads("[analytes]\n" + line))["biomarker"].values.tolist() == ["methamphetamine"]


@pytest.mark.parametrize(
    "key", ["protonitazene", "protonitazene(ng/L)", "protonitazene (ng/L)", "protonitazene（ng/L）"]
)
@pytest.mark.parametrize("section", ["analytes", "columns"])
def test_a_substance_is_left_out_by_its_name_or_by_its_whole_header(key: str, section: str) -> None:
    header = key if "(" in key or "（" in key else f"{key} (ng/L)"
    ds = read(wide("120,4", f",{header}"), {section: {key: "ignore"}})
    assert ds["biomarker"].values.tolist() == ["methamphetamine"]
