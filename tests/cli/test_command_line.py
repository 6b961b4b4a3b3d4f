"""The command line: exit codes, one plain message for each fault, nothing half-written."""

import json
import sys

import pandas as pd
import pytest

from wbe import cli
from wbe.factors import claims

GOOD = """采样日期,县市区,采样点,流量(m3/d),服务人口(人),人口口径,甲基苯丙胺(ng/L)
2021-06-24,天元区,河西污水厂,50000,300000,普查,200
2021-06-25,荷塘区,荷塘污水厂,40000,200000,普查,90
"""


def run(capsys, *arguments):
    """Run the command line in this process; return exit code, standard output and standard error."""
    before = sys.argv
    sys.argv = ["wbe", *map(str, arguments)]
    try:
        cli.main()
        code = 0
    except SystemExit as end:
        code = int(end.code or 0)
    finally:
        sys.argv = before
    out, err = capsys.readouterr()
    return code, out, err


@pytest.fixture
def good(tmp_path):
    path = tmp_path / "good.csv"
    path.write_text(GOOD, encoding="utf-8")
    return path


FAULTS = {
    "a wrong unit": (GOOD.replace("(ng/L)", "(m3/d)"), ["bad.csv", "m3/d"]),
    "an ambiguous unit": (GOOD.replace("(ng/L)", "(ppt)"), ["bad.csv", "ppt"]),
    "an unknown analyte": (
        # a name that is near a known one; one that is near none passes as a substance without a factor
        GOOD.replace("(ng/L)\n", "(ng/L),苯甲酰爱康拧(ng/L)\n").replace("200\n", "200,5\n").replace("90\n", "90,6\n"),
        ["bad.csv", "苯甲酰爱康拧"],
    ),
    "a missing flow": (GOOD.replace("40000", ""), ["bad.csv", "row 3", "流量"]),
    "an impossible date": (GOOD.replace("2021-06-25", "2021-13-45"), ["bad.csv", "row 3", "2021-13-45"]),
    "an empty file": ("", ["bad.csv", "empty"]),
    "a column of persons": (GOOD.replace("采样点", "身份证号"), ["bad.csv", "身份证号"]),
}


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_gives_one_plain_message_exit_1_and_no_output(name, tmp_path, capsys):
    text, words = FAULTS[name]
    path = tmp_path / "bad.csv"
    path.write_text(text, encoding="utf-8")
    out = tmp_path / "out" / "estimates.csv"
    code, printed, err = run(capsys, "estimate", path, "-o", out)
    assert code == 1
    assert "Traceback" not in err + printed
    assert len(err.strip().splitlines()) == 1, err
    for word in words:
        assert word in err
    assert not out.parent.exists() or not list(out.parent.iterdir())


def test_a_path_that_is_not_there_is_said_plainly(tmp_path, capsys):
    code, _, err = run(capsys, "check", tmp_path / "nothing.csv")
    assert code == 1
    assert "nothing.csv" in err
    assert "Traceback" not in err


def test_wrong_usage_is_exit_code_2(capsys):
    assert run(capsys, "estimate")[0] == 2
    assert run(capsys, "fly")[0] == 2


def test_check_prints_the_balance_and_that_it_sums(good, capsys):
    code, out, _ = run(capsys, "check", good)
    assert code == 0
    assert "balance sums" in out


def test_estimate_writes_a_table_and_the_record_of_the_run(good, tmp_path, capsys):
    out = tmp_path / "estimates.csv"
    code, _, err = run(capsys, "estimate", good, "-o", out, "--seed", "7")
    assert (code, err) == (0, "")
    table = pd.read_csv(out, encoding="utf-8-sig")
    row = table.query("district == '天元区' and quantity == 'mass_load'").iloc[0]
    assert row["median"] == pytest.approx(10.0, rel=1e-6)
    record = json.loads(out.with_name("estimates.csv.run.json").read_text(encoding="utf-8"))
    assert table["profile"].str.contains("default .* claims unverified").all()
    assert record["seed"] == 7
    assert record["profile_hash"]


def test_diff_names_the_numbers_that_changed_and_the_input_that_did(good, tmp_path, capsys):
    first, second = tmp_path / "a.csv", tmp_path / "b.csv"
    run(capsys, "estimate", good, "-o", first)
    good.write_text(GOOD.replace("50000", "60000"), encoding="utf-8")
    run(capsys, "estimate", good, "-o", second)
    code, out, _ = run(capsys, "diff", first, second)
    assert code == 0
    assert "天元区" in out
    assert "flow: 100.0 % of the revision" in out
    assert "[flow +" in out
    assert "荷塘区" not in out


def test_diff_of_a_run_with_itself_finds_nothing(good, tmp_path, capsys):
    out = tmp_path / "a.csv"
    run(capsys, "estimate", good, "-o", out)
    code, printed, _ = run(capsys, "diff", out, out)
    assert code == 0
    assert "agree in every number" in printed


def test_diff_of_something_else_is_refused(good, capsys):
    code, _, err = run(capsys, "diff", good, good)
    assert code == 1
    assert "no record of a run" in err


def test_factors_list_names_each_claim_in_a_few_columns_and_writes_all_of_them(tmp_path, capsys):
    out = run(capsys, "factors", "list", "methamphetamine", "-o", str(tmp_path / "claims.csv"))[1]
    assert "methamphetamine-lai-2011" in out
    assert max(map(len, out.splitlines())) < 300
    written = (tmp_path / "claims.csv").read_text(encoding="utf-8-sig").splitlines()
    assert len(written) == len(claims("methamphetamine")) + 1
    assert "note" in written[0]


def test_factors_commands_show_sources_and_status(capsys):
    assert "memory" in run(capsys, "factors", "list", "methamphetamine")[1]
    out = run(capsys, "factors", "show", "zuccato-2008")[1]
    assert "unverified" in out


def test_sample_data_are_copied_once_and_never_over_something(tmp_path, capsys):
    target = tmp_path / "samples"
    assert run(capsys, "sample-data", target)[0] == 0
    assert (target / "zhuzhou").is_dir()
    code, _, err = run(capsys, "sample-data", target)
    assert code == 1
    assert "exists" in err


def test_the_balance_of_words_is_printed_beside_that_of_the_cells(capsys, tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("site,date,flow (m3/d),METH (ng/L),whatever\nP1,2021-06-01,50000,120,x\n", encoding="utf-8")
    out = " ".join("".join(run(capsys, "check", path, "--language", "en")[1:]).split())
    assert "6 in all, 4 read, 1 harmless, 0 asked about, 1 in columns and footnotes that are not read" in out
