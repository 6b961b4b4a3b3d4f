"""Whatever is typed, and whatever the system refuses: one plain line and an exit code, never a traceback."""

from __future__ import annotations

import errno
import json
import os
import re
import stat
import subprocess
import sys

import pytest

from wbe.cli import main
from wbe.cli.refusals import _OF, refusal
from wbe.cli.telling import lines
from wbe.errors import Fault, InputError

GOOD = """采样日期,县市区,采样点,流量(m3/d),服务人口(人),人口口径,甲基苯丙胺(ng/L)
2021-06-24,天元区,河西污水厂,50000,300000,普查,200
2021-06-25,荷塘区,荷塘污水厂,40000,200000,普查,90
"""
RECORD = "district,month,drug,biomarker,quantity,median,lower,upper,text\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("odd")
    texts = {
        "good.csv": GOOD, "empty.csv": "", "other.csv": "a,b\n1,2\n", "list.csv": RECORD, "list.csv.run.json": "[1, 2]",
        "deep.csv": RECORD, "deep.csv.run.json": "[" * 100_000, "deep.toml": "a=" + "[" * 5000 + "]" * 5000,
        "digits.toml": "a=" + "1" * 6000, "wrong.toml": "a = = 1", "empty.toml": "", "number.toml": "factor = 3",
    }  # fmt: skip
    for name, text in texts.items():
        (place / name).write_text(text, encoding="utf-8")
    (place / "latin.toml").write_bytes(b"\xff\xfe\x00")
    (place / "fake.xlsx").write_bytes(b"PK\x03\x04no archive")
    (place / "fake.parquet").write_bytes(b"PAR1xx")
    (place / "folder.csv").mkdir()
    (place / "loop").symlink_to("loop")
    return place


def said(capsys, *typed):
    """Exit code and lines of standard error."""
    with pytest.raises(SystemExit) as end:
        main([str(word) for word in typed])
    return end.value.code, capsys.readouterr().err.strip().splitlines()


E = ["estimate", "good.csv", "-o", "e.csv"]
ODD = {
    "nothing at all": ([], 2, None),
    "an unknown command": (["fly"], 2, "no command fly"),
    "a command misspelt behind an option": (["--log-file", "x", "chek"], 2, "Did you mean 'check'"),
    "an unknown command of factors": (["factors", "fly"], 2, "no command fly"),
    "options without a command": (["--quiet"], 2, "a command is missing"),
    "words too many": (["diff", "a", "b", "c"], 2, "more words"),
    "a level that is no number": ([*E, "--level", "x"], 2, "--level needs a number"),
    "a seed below zero": ([*E, "--seed", "-1"], 2, "--seed needs a whole number"),
    "an output with a null byte": (["estimate", "good.csv", "-o", "a\0.csv"], 2, "-o / --output needs a path"),
    "an input with a null byte": (["check", "a\0.csv"], 1, "a\\x00.csv"),
    "an input that is a device": (["check", "/dev/null"], 1, "null"),
    "links in a circle as input": (["check", "loop"], 1, "loop"),
    "a project that is a device": (["init", "/dev/null"], 1, "/dev/null"),
    "a folder without a project": (["status", "--project", "folder.csv"], 1, None),
    "an empty overlay": ([*E, "--factors", "empty.toml"], 1, "empty.toml"),
    "an overlay that is a number": ([*E, "--factors", "number.toml"], 1, "number.toml, factor"),
    "an overlay nested 5,000 deep": ([*E, "--factors", "deep.toml"], 1, "deep.toml"),
    "an overlay that is nowhere": ([*E, "--factors", "nowhere.toml"], 1, "nowhere.toml"),
    "a profile misspelt": ([*E, "--factors", "defalt"], 1, "Did you mean 'default'"),
    "a month that is none": (["report", "good.csv", "--month", "2021-13", "-o", "r"], 1, "YYYY-MM"),
    "a month of five digits": (["report", "good.csv", "--month", "99999-01", "-o", "r"], 1, "YYYY-MM"),
    "a report on a device": (["report", "good.csv", "--month", "2021-06", "-o", "/dev/null"], 1, "/dev/null"),
    "a report among processes": (["report", "good.csv", "--month", "2021-06", "-o", "/proc/1"], 1, "/proc/1"),
    "a damaged workbook": (["check", "fake.xlsx"], 1, "fake.xlsx"),
    "an empty workbook of columns": (["check", "fake.parquet"], 1, "fake.parquet"),
    "a proposal for nothing": (["map", "empty.csv"], 1, "empty.csv"),
    "an unknown option": (["check", "good.csv", "--rulez", "x"], 2, "no option --rulez"),
    "an option without its value": (["check", "good.csv", "--rules"], 2, "--rules needs a value"),
    "an argument that is missing": (["diff", "a"], 2, "RUN_B is missing"),
    "a number that is none": ([*E, "--seed", "x"], 2, "--seed"),
    "a seed of 400 digits": ([*E, "--seed", "9" * 400], 2, "--seed"),
    "a level of no number": ([*E, "--level", "nan"], 1, "between 0 and 1"),
    "a level of 1": ([*E, "--level", "1"], 1, "between 0 and 1"),
    "a population that nobody knows": ([*E, "--population", "reportd"], 1, "reported"),
    "an ensemble of nothing": ([*E, "--population", "ensemble:"], 1, "population ''"),
    "an institution without a reason": ([*E, "--admit", "x"], 1, "SITE=REASON"),
    "counts that are empty": ([*E, "--mobile", "empty.csv"], 1, "empty.csv"),
    "counts that are a folder": ([*E, "--mobile", "."], 1, "this is a folder"),
    "an output that is a folder": (["estimate", "good.csv", "-o", "."], 1, "this is a folder"),
    "an output without a name": (["check", "good.csv", "-o", ""], 1, "this is a folder"),
    "an output that is the input": (["estimate", "good.csv", "-o", "good.csv"], 1, "which is read"),
    "an output inside the input": (["estimate", ".", "-o", "new/e.csv"], 1, "which is read"),
    "an output below a file": (["check", "good.csv", "-o", "empty.csv/x.csv"], 1, "is a file"),
    "an output on a full device": (["check", "good.csv", "-o", "/dev/full"], 1, "disk is full"),
    "an output in no real folder": (["check", "good.csv", "-o", "/proc/x/y.csv"], 1, "no such file"),
    "a name of 300 letters": (["check", "good.csv", "-o", "a" * 300], 1, "name is too long"),
    "links in a circle": (["report", "good.csv", "--month", "2021-06", "-o", "loop"], 1, "circle"),
    "a month of another spelling": (["report", "good.csv", "--month", "06/2021", "-o", "r"], 1, "YYYY-MM"),
    "a language that nobody speaks": (["check", "good.csv", "--language", "fr"], 1, "zh or en"),
    "rules nested 5,000 deep": (["check", "good.csv", "--rules", "deep.toml"], 1, "deep.toml"),
    "a rule of 6,000 digits": (["check", "good.csv", "--rules", "digits.toml"], 1, "digits.toml"),
    "rules in no encoding": (["check", "good.csv", "--rules", "latin.toml"], 1, "latin.toml"),
    "rules that are no TOML": (["check", "good.csv", "--rules", "wrong.toml"], 1, "wrong.toml"),
    "rules that are a folder": (["check", "good.csv", "--rules", "folder.csv"], 1, "this is a folder"),
    "a log that is a folder": (["--log-file", ".", "check", "good.csv"], 1, "this is a folder"),
    "runs that are folders": (["diff", ".", "."], 1, "is no run"),
    "runs with another JSON": (["diff", "list.csv", "list.csv"], 1, "no record of a run"),
    "runs with a JSON nested too deep": (["diff", "deep.csv", "deep.csv"], 1, "no record of a run"),
    "runs that are devices": (["diff", "/dev/null", "/dev/null"], 1, "no record of a run"),
    "an empty path": (["check", "nothing.csv"], 1, "nothing.csv"),
    "a folder of that name": (["check", "folder.csv"], 1, "folder.csv"),
    "a level that matters without a number": (["factors", "compare", "good.csv", "--above", "x=y"], 1, "x=y"),
    "a profile that nobody knows": (["factors", "show", "nope"], 1, "nope"),
}  # fmt: skip


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_odd_command_line_is_answered_in_a_line(name, language, folder, capsys, monkeypatch):
    monkeypatch.chdir(folder)
    monkeypatch.setenv("WBE_LANGUAGE", language)
    before = sorted(p.name for p in folder.iterdir())
    typed, code, words = ODD[name]
    ended, told = said(capsys, *typed)
    assert ended == code
    assert "nobody foresaw" not in "".join(told)
    assert "未预料" not in "".join(told)
    if words is not None:
        assert len(told) == 1
        assert words in told[0] or language == "zh"
    assert sorted(p.name for p in folder.iterdir()) == before


def test_a_device_stays_a_device_and_a_link_a_link(folder, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(folder)
    assert said(capsys, "check", "good.csv", "-o", "/dev/null")[0] == 0
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)
    (tmp_path / "real.csv").write_text("old")
    (tmp_path / "link.csv").symlink_to("real.csv")
    assert said(capsys, "check", "good.csv", "-o", tmp_path / "link.csv")[0] == 0
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "real.csv").read_text(encoding="utf-8-sig").startswith("severity")


def test_the_mode_of_a_file_is_that_of_the_umask(folder, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(folder)
    before = os.umask(0o027)
    try:
        said(capsys, "check", "good.csv", "-o", tmp_path / "f.csv")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "f.csv").stat().st_mode) == 0o640


def test_names_cannot_steer_the_terminal(tmp_path, capsys):
    path = tmp_path / "a\x1b[31mb.csv"
    path.write_text(GOOD.replace("天元区", "天\x1b[2J元"), encoding="utf-8")
    with pytest.raises(SystemExit):
        main(["check", str(path)])
    out, err = capsys.readouterr()
    assert "\x1b" not in out + err
    assert "\\x1b[31m" in out


def test_a_locale_without_unicode_changes_nothing(folder):
    env = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    command = [sys.executable, "-m", "wbe.cli", "check", "good.csv", "--language", "zh"]
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "去向合计相符" in done.stdout.decode("utf-8")


def test_names_in_bytes_of_gbk_are_read_written_and_shown_as_people_write_them(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    name, out = (os.fsdecode(text.encode("gbk")) for text in ("2021年6月.csv", "负荷.csv"))
    (tmp_path / name).write_text(GOOD, encoding="utf-8")
    assert said(capsys, "estimate", name, "-o", out)[0] == 0
    assert {out, f"{out}.run.json"} <= set(os.listdir(tmp_path))
    with pytest.raises(SystemExit) as end:
        main(["check", name, "--language", "zh"])
    assert end.value.code == 0
    assert "2021年6月.csv" in capsys.readouterr().out


USAGE = [["fly"], ["--quiet"], ["diff", "a", "b", "c"], ["check"], ["check", "--rules"], [*E, "--seed", "x"],
         [*E, "--level", "x"], ["estimate", "a", "-o", "a\0"]]  # fmt: skip


@pytest.mark.parametrize("typed", USAGE, ids=lambda words: " ".join(words[:1] + words[-1:]).replace("\0", "0"))
def test_wrong_usage_is_said_in_chinese_words(typed, capsys, monkeypatch):
    monkeypatch.setenv("WBE_LANGUAGE", "zh")
    code, (told,) = said(capsys, *typed)
    assert code == 2
    names = (
        "wbe|check|diff|estimate|map|report|init|run|status|compare|form|letter|sample-data|factors|fly|help|rules|PATH"
    )
    left = re.sub(rf"\b(?:{names}|rules|PATH|seed|level|output|o)\b", "", told)
    assert not re.search("[a-z]{3}", left), left


@pytest.mark.parametrize("number", sorted(_OF))
def test_what_the_system_refuses_is_said_in_both_languages(number, monkeypatch):
    error = OSError(number, os.strerror(number), "out/june.csv")
    assert refusal(error).startswith("out/june.csv: ")
    assert os.strerror(number) not in refusal(error)
    monkeypatch.setenv("WBE_LANGUAGE", "zh")
    assert refusal(error).startswith("路径 out/june.csv：")


def test_a_refusal_without_a_sentence_keeps_the_systems_words():
    assert refusal(OSError(errno.EIO, "Input/output error", "x")) == "x: the system refused: Input/output error."


def test_what_nobody_foresaw_is_a_line_and_the_whole_of_it_in_the_log(folder, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(folder)
    monkeypatch.setattr("wbe.quality.exit_code", lambda *_: 1 / 0)
    log = tmp_path / "wbe.log"
    code, told = said(capsys, "check", "good.csv", "--log-file", log)
    assert code == 1
    assert len(told) == 1
    assert "ZeroDivisionError" in told[0]
    assert "Traceback" in log.read_text(encoding="utf-8")


def test_alike_faults_are_told_once_with_their_rows():
    faults = [Fault("cli-admit", text="x", file="a.csv", row=row, column="流量") for row in (3, 4, 5, 9)]
    other = Fault("cli-admit", text="x", file="b.csv", row=3, column="流量")
    told = lines(InputError([*faults, other]))
    assert len(told) == 2
    assert told[0].endswith("(Likewise in rows 4-5, 9.)")
    many = [Fault("cli-admit", text="x", file="a.csv", row=2 * n) for n in range(40)]
    (one,) = lines(InputError(many))
    assert "(Likewise 39 times more: rows 2, 4, " in one
    assert len(one) < 400


def test_json_answers_with_one_object(folder, capsys, monkeypatch):
    monkeypatch.chdir(folder)
    with pytest.raises(SystemExit):
        main(["check", "good.csv", "--json"])
    told = json.loads(capsys.readouterr().out)
    assert (told["exit"], told["samples"], told["balance_sums"]) == (0, 2, True)
    assert told["counts"] == {"error": 0, "warning": 0, "info": 2}
    with pytest.raises(SystemExit):
        main(["--json", "check", "nothing.csv"])
    told = json.loads(capsys.readouterr().out)
    assert told["exit"] == 1
    assert "nothing.csv" in told["faults"][0]["text"]


def test_quiet_keeps_results_and_faults_alone(folder, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(folder)
    with pytest.raises(SystemExit):
        main(["factors", "list", "methamphetamine", "-o", str(tmp_path / "c.csv"), "--quiet"])
    out = capsys.readouterr().out
    assert "methamphetamine-lai-2011" in out
    assert "written" not in out


def test_help_speaks_the_readers_language(capsys, monkeypatch):
    monkeypatch.setenv("WBE_LANGUAGE", "zh")
    with pytest.raises(SystemExit) as end:
        main(["report", "-h"])
    out = capsys.readouterr().out
    assert end.value.code == 0
    assert "编制月报" in out
    assert "cli-" not in out


def test_errors_of_the_check_stop_a_number_from_going_out(tmp_path, capsys):
    path = tmp_path / "bad.csv"
    rows = "".join(
        f"2021-0{m}-2{d},天元区,河西污水厂,50000,300000,普查,200\n" for m in range(1, 6) for d in range(1, 5)
    )
    path.write_text(GOOD.split("\n")[0] + "\n" + rows + "2021-06-24,天元区,河西污水厂,500000,300000,普查,200\n",
                    encoding="utf-8")  # fmt: skip
    out = tmp_path / "out" / "e.csv"
    code, told = said(capsys, "estimate", path, "-o", out)
    assert code == 1
    assert "flow_slip" in told[0]
    assert "--despite-errors" in told[0]
    assert not out.exists()
    assert said(capsys, "estimate", path, "-o", out, "--despite-errors")[0] == 0
    assert out.exists()


TABLES = [("check", "good.csv"), ("estimate", "good.csv"), ("factors", "list"), ("factors", "diff"),
          ("factors", "compare", "good.csv"), ("diff", "list.csv", "list.csv"),
          ("compare", "2021-05", "2021-06", "--data", "good.csv")]  # fmt: skip


@pytest.mark.parametrize("command", TABLES, ids=lambda c: " ".join(c[:2]))
@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("-", "got the output -; needed the name of a file. Write /dev/stdout"),
        ("e.xlsx", "whose name ends in .xlsx; needed a table as CSV. Write e.csv"),
        ("e.PDF", "whose name ends in .PDF; needed a table as CSV"),
    ],
)
def test_a_table_is_not_written_under_the_name_of_another_kind_of_file(
    folder, capsys, monkeypatch, command, name, says
):
    monkeypatch.chdir(folder)
    code, err = said(capsys, *command, "-o", name)
    assert code == 1
    assert says in " ".join(err)
    assert not (folder / name).exists()


def test_the_findings_of_a_check_are_not_laid_into_the_folder_that_is_read(folder, capsys, tmp_path):
    (tmp_path / "good.csv").write_text(GOOD, encoding="utf-8")
    code, err = said(capsys, "check", str(tmp_path), "-o", str(tmp_path / "c.csv"))
    assert code == 1
    assert "needed an output outside what is read" in " ".join(err)
    assert [p.name for p in tmp_path.iterdir()] == ["good.csv"]


def test_a_month_against_itself_is_refused_before_anything_is_printed(folder, capsys):
    with pytest.raises(SystemExit, match="1"):
        main(["compare", "2021-06", "2021-06", "--data", str(folder / "good.csv")])
    told = capsys.readouterr()
    assert told.out == ""
    assert "got 2021-06 against itself; needed two months" in told.err
