"""Each check fires on a file as a laboratory sends it, from the command line, and the user's own table changes it."""

import csv
import datetime as dt

import pytest
from typer.testing import CliRunner

import wbe
from wbe.cli import app, main

HEAD = ["样品编号", "采样点", "县市区", "采样日期", "流量(m3/d)", "服务人口(人)", "甲基苯丙胺(ng/L)", "苯丙胺(ng/L)",
        "氯胺酮(ng/L)", "去甲氯胺酮(ng/L)", "甲基苯丙胺LOD(ng/L)", "采样方式", "人口口径"]  # fmt: skip
FIRST = dt.date(2021, 3, 2)  # a Tuesday; the weeks that follow hold no public holiday but one


def rows():
    """Two plants on nine Tuesdays, nothing doubtful in them."""
    days = [FIRST + dt.timedelta(days=7 * k) for k in (0, 1, 2, 3, 6, 7, 11, 12, 13)]
    return [
        [f"A{k}-{i}", f"厂{i}", f"区{i}", str(day), 50_000 + 500 * k + 1_000 * i, 250_000,
         round(40 + 3.1 * k + 7.3 * i, 1),
         round(4.1 + 0.31 * k + 0.7 * i, 2), round(11.3 + 0.9 * k + i, 2), round(9.7 + 0.8 * k + 0.9 * i, 2), 2.0,
         "24h混合样", "常住人口"]
        for k, day in enumerate(days) for i in (1, 2)
    ]  # fmt: skip


def cell(row, column, value):
    def change(head, table):
        table[row][column] = value

    return change


def whole(column, value):
    def change(head, table):
        for row in table:
            row[column] = value

    return change


def added(name, values):
    def change(head, table):
        head.append(name)
        for i, row in enumerate(table):
            row.append(values.get(i, ""))

    return change


def both(*changes):
    def change(head, table):
        for one in changes:
            one(head, table)

    return change


def copied_column(head, table):
    for row in table:
        row[8] = row[6]


def repeated(values):
    def change(head, table):
        table.append(["B", *table[3][1:6], *values, *table[3][10:]])

    return change


def falling_limit(head, table):
    for row in table[10:]:
        row[10] = 0.5


def copied_sample(head, table):
    table[9][6:10] = table[4][6:10]


def pair(numerator, above, denominator, below, odd):
    """Two more analytes whose ratio is usual in all samples but the fourth."""
    values = [round(1 + 0.01 * k, 2) for k in range(18)]
    return both(
        added(f"{numerator}(ng/L)", {k: odd if k == 3 else round(above * v, 2) for k, v in enumerate(values)}),
        added(f"{denominator}(ng/L)", {k: round(below * v, 2) for k, v in enumerate(values)}),
    )


def blank(name, day, value):
    def change(head, table):
        table.append([name, "", "", day, "", "", value, "ND", "ND", "ND", 2, "", ""])

    return change


def checked(tmp_path, change, own=None):
    head, table = list(HEAD), rows()
    change(head, table)
    path, out = tmp_path / "lab.csv", tmp_path / "found.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([head, *table])
    ask = ["check", str(path), "-o", str(out)]
    if own is not None:
        (tmp_path / "own.toml").write_text(own, encoding="utf-8")
        ask += ["--rules", str(tmp_path / "own.toml")]
    told = CliRunner().invoke(app, ask)
    with out.open(encoding="utf-8-sig", newline="") as stream:
        return told.exit_code, list(csv.DictReader(stream))


CASES = [
    ("duplicate_sample", "error", repeated(rows()[3][6:10])),
    ("copied_analyte", "error", copied_column),
    ("zero_value", "error", cell(3, 6, 0)),
    ("limit_as_value", "warning", cell(3, 6, 2.0)),
    ("limit_as_value", "warning", cell(3, 6, 1.0)),
    ("limit_as_value", "warning", cell(3, 6, 1.41)),
    ("reading_left_out", "warning", cell(3, 6, -99)),
    ("below_own_lod", "error", cell(3, 6, 1.7)),
    ("limit_changes", "warning", falling_limit),
    ("flow_slip", "error", cell(3, 4, 525_000)),
    ("flow_slip", "error", cell(3, 4, 5_250)),
    ("flow_over_capacity", "warning", added("设计处理能力(m3/d)", dict.fromkeys(range(18), 20_000))),
    ("water_per_inhabitant", "warning", whole(5, 30_000)),
    ("water_per_inhabitant", "warning", whole(5, 2_500_000)),
    ("recovery_outside", "warning", added("甲基苯丙胺回收率(%)", {3: 62, 4: 99})),
    ("replicate_spread", "warning", repeated([90, 9, 12.5, 11])),
    ("holding_time", "warning", both(added("分析日期", {3: "2021-03-15"}), added("保存条件", {3: "4℃"}))),
    ("holding_storage_unknown", "info", added("检测日期", {3: "2021-03-15"})),
    ("analysed_before_sampling", "error", added("分析日期", {3: "2021-01-15"})),
    ("grab_sample", "warning", cell(3, 11, "瞬时样")),
    ("marker_ratio", "warning", cell(3, 6, 4000)),
    ("marker_ratio", "warning", cell(3, 8, 3000)),
    ("weekend", "info", cell(3, 3, "2021-06-26")),
    ("holiday", "warning", cell(3, 3, "2021-10-01")),
    ("future_date", "warning", cell(3, 3, str(dt.date.today() + dt.timedelta(days=200)))),
    ("holiday_unknown", "info", cell(3, 3, "2015-05-05")),
    ("flow_zero", "error", cell(3, 4, 0)),
    ("flow_outlier", "warning", cell(3, 4, 200_000)),
    ("flow_under_capacity", "warning", added("设计处理能力(m3/d)", dict.fromkeys(range(18), 800_000))),
    ("no_population", "warning", cell(3, 5, "")),
    ("population_slip", "error", cell(3, 5, 25_000_000)),
    ("population_basis_unknown", "info", cell(3, 12, "")),
    ("sample_type_unknown", "info", cell(3, 11, "")),
    ("passive_sample", "info", cell(3, 11, "被动采样")),
    ("composite_duration", "warning", added("采样结束时间", {3: "2021-03-09 06:00"})),
    ("reading_left_out", "warning", cell(3, 6, -5)),
    ("sentinel_value", "error", cell(3, 6, 9999)),
    ("repeated_lowest", "warning", both(*[cell(i, 7, 0.5) for i in range(8)])),
    ("copied_sample", "warning", copied_sample),
    ("no_limit", "warning", cell(3, 7, "ND")),
    ("limits_crossed", "error", added("甲基苯丙胺LOQ(ng/L)", dict.fromkeys(range(18), 1))),
    ("below_loq_unflagged", "warning", added("甲基苯丙胺LOQ(ng/L)", dict.fromkeys(range(18), 50))),
    ("above_uloq_unflagged", "warning", added("甲基苯丙胺定量上限(ng/L)", dict.fromkeys(range(18), 45))),
    ("limit_changes_with_method", "info", both(falling_limit, added("方法版本", {i: "AB"[i > 9] for i in range(18)}))),
    ("recovery_outside", "warning", added("甲基苯丙胺加标回收率(%)", {3: 130, 4: 119})),
    ("replicate_states", "info", repeated(["ND", 9, 12.5, 11])),
    ("marker_ratio", "warning", pair("EDDP", 61, "美沙酮", 40, odd=8.0)),
    ("marker_ratio", "warning", pair("可卡因", 11, "苯甲酰爱康宁", 33, odd=90.0)),
    ("blank_detected", "error", blank("空白", "2021-03-09", 5.0)),
    ("near_blank", "warning", blank("空白", "2021-03-02", 25.0)),
    ("reading_skipped", "info", lambda head, table: table.append(["合计", *[""] * 5, 700, *[""] * 6])),
    ("reading_unread", "info", added("备注", {3: "ok"})),
]  # fmt: skip


def test_the_file_without_a_fault_has_no_finding(tmp_path):
    code, found = checked(tmp_path, lambda head, table: None)
    assert (code, found) == (0, [])


@pytest.mark.parametrize(("code", "severity", "change"), CASES, ids=[f"{c[0]}-{i}" for i, c in enumerate(CASES)])
def test_each_check_fires_on_a_file_with_reason_and_place_and_obeys_the_users_table(code, severity, change, tmp_path):
    exit_code, found = checked(tmp_path, change)
    own = [f for f in found if f["code"] == code]
    assert own
    assert {f["severity"] for f in own} == {severity}
    assert all(f["message"] and f["message_zh"] and f["came"] and f["needed"] for f in own)
    assert exit_code == int(any(f["severity"] == "error" for f in found))
    if code not in ("limit_changes",) and not code.startswith("reading_"):  # these speak of a column
        assert all(f["file"] == "lab.csv" and f["row"] for f in own)
    other = "info" if severity != "info" else "error"
    _, changed = checked(tmp_path, change, f'[rules.{code}]\nseverity = "{other}"\n')
    assert {f["severity"] for f in changed if f["code"] == code} == {other}
    _, silent = checked(tmp_path, change, f'[rules.{code}]\nseverity = "off"\n')
    assert code not in {f["code"] for f in silent}


def test_when_and_how_a_sample_was_kept_is_read_and_what_is_unknown_is_told(tmp_path):
    head, table = list(HEAD), rows()[:4]
    head += ["分析日期", "保存条件"]
    for row, more in zip(table, [("2021-03-03", "冷藏"), ("2021-03", "-20℃"), ("soon", "常温"), ("", "")], strict=True):
        row.extend(more)
    path = tmp_path / "lab.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([head, *table])
    ds = wbe.read_samples(path)
    assert ds["storage"].values.tolist() == ["chilled", "frozen", "", ""]
    assert [str(t)[:10] for t in ds["analysis_date"].values] == ["2021-03-03", "NaT", "NaT", "NaT"]
    notes = wbe.check(ds).query("code == 'reading_note'")["message"].str.cat(sep=" ")
    assert "analysis date 'soon'" in notes
    assert "'常温' is neither chilled nor frozen" in notes


def test_a_sample_of_a_month_has_no_weekday_and_no_holiday(tmp_path):
    # 2021-05-01 is Labour Day and a Saturday; the month that begins with it is neither
    _, day = checked(tmp_path, cell(3, 3, "2021-05-01"))
    _, period = checked(tmp_path, cell(3, 3, "2021-05"))
    assert {f["code"] for f in day} == {"holiday"}
    assert not {"holiday", "weekend"} & {f["code"] for f in period}


def test_the_readers_reasons_have_chinese_words(tmp_path, capsys):
    from wbe.quality.rules import read_reason
    from wbe.reading.grid.rows import REASONS

    assert all(read_reason(text).zh != text for text in REASONS.values())
    change = both(added("备注", {3: "ok"}), lambda head, table: table.append(["合计", *[""] * 5, 700, *[""] * 7]))
    _, found = checked(tmp_path, change)
    said = {f["code"]: f["message_zh"] for f in found}
    assert said["reading_unread"] == "lab.csv：未读取的列：备注（不需要）。"
    assert said["reading_skipped"] == "lab.csv：未作为样品读取：第 20 行（合计或统计行，不是样品）。"
    with pytest.raises(SystemExit):
        main(["check", str(tmp_path / "lab.csv"), "--language", "zh"])
    told = capsys.readouterr().out
    assert "未读取的列：备注（不需要）" in told
    assert "not needed" not in told


def test_a_result_that_could_not_be_read_is_found_by_its_row_and_column(tmp_path):
    head = "district,site,sample,date,flow (m3/d),population (inhabitants),METH (ng/L),KET (ng/L)\n"
    rows = ["A,P1,S1,2021-07-22,5,100,62..3,4\n", "A,P1,S2,2021-07-23,5,100,88,x7\n", "A,P1,S3,2021-07-24,5,100,1,2\n"]
    (tmp_path / "july.csv").write_text(head + "".join(rows), encoding="utf-8")
    found = wbe.check(wbe.read_samples(tmp_path / "july.csv"))
    lines = found[found["code"] == "reading_unreadable"]
    assert sorted(lines[["sample", "row", "biomarker", "file"]].to_numpy().tolist()) == [
        ["S1", 2, "methamphetamine", "july.csv"], ["S2", 3, "ketamine", "july.csv"],
    ]  # fmt: skip
    assert lines["message"].str.contains("62..3|x7").all()
    assert lines["message_zh"].str.contains("既非数字也非已知用语").all()
