"""``wbe factors compare``: the answer under each profile, and who says what where a conclusion turns."""

import contextlib
import sys

import pytest

from wbe import cli
from wbe.factors import claims

HEAD = "采样日期,县市区,采样点,流量(m3/d),服务人口(人),人口口径,甲基苯丙胺(ng/L),MDMA(ng/L)\n"


def compared(tmp_path, capsys, monkeypatch, meth, mdma, *more):
    path = tmp_path / "samples.csv"
    path.write_text(f"{HEAD}2021-06-24,天元区,河西污水厂,50000,300000,普查,{meth},{mdma}\n", encoding="utf-8")
    command = ["wbe", "factors", "compare", str(path), "--profiles", "zuccato-2008,gracia-lor-2016", *more]
    monkeypatch.setattr(sys, "argv", command)
    with contextlib.suppress(SystemExit):
        cli.main()
    return capsys.readouterr().out


def test_a_conclusion_that_turns_is_printed_with_what_each_profile_says(tmp_path, capsys, monkeypatch):
    # by 2.33 and 1.54: 233 against 185; by 4.41 and 4.44: 441 against 533
    out = compared(tmp_path, capsys, monkeypatch, 100, 120)
    turned = out.split("Conclusions that flip:")[1]
    assert "which is consumed more, mdma or methamphetamine" in turned
    assert "gracia-lor-2016: mdma" in turned
    assert "zuccato-2008: methamphetamine" in turned


def test_a_conclusion_that_holds_under_all_is_not_called_turned(tmp_path, capsys, monkeypatch):
    assert "No conclusion flips." in compared(tmp_path, capsys, monkeypatch, 100, 10)


def test_a_level_that_matters_is_answered_by_name_and_written(tmp_path, capsys, monkeypatch):
    # 100 ng/L x 50 000 m3/d / 300 000 = 16.7 mg/d/1000 inhabitants, by 2.33 is 38.8, by 4.41 is 73.4
    written = tmp_path / "answers.csv"
    out = compared(tmp_path, capsys, monkeypatch, 100, 10, "--above", "冰毒=50", "--by", "month", "-o", str(written))
    assert "天元区 2021-06: methamphetamine against 50 mg/d/1000 inhabitant. zuccato-2008: not above" in out
    assert "38.8 (28.9-57.3)" in out
    assert written.read_text(encoding="utf-8-sig").startswith("district,month,drug,profile")


def test_a_level_without_a_number_is_refused(tmp_path, capsys, monkeypatch):
    compared(tmp_path, capsys, monkeypatch, 100, 10)
    path, command = tmp_path / "samples.csv", ["wbe", "factors", "compare"]
    monkeypatch.setattr(sys, "argv", [*command, str(path), "--above", "methamphetamine"])
    with contextlib.suppress(SystemExit):
        cli.main()
    assert "a drug and a number, such as methamphetamine=50" in capsys.readouterr().err


@pytest.mark.parametrize("drug", sorted(set(claims()["drug"]) - {""}))
def test_the_claims_of_every_drug_can_be_listed(drug, capsys, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["wbe", "factors", "list", drug])
    with contextlib.suppress(SystemExit):
        cli.main()
    count = len(claims(drug))
    assert f"\n{count} claim{'s' if count > 1 else ''};" in capsys.readouterr().out
