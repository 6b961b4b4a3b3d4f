"""A project's month runs as one whole: once, again only when something changed, and never moving a number unnamed."""

from __future__ import annotations

import hashlib
import json
import os
import stat
import threading

import pandas as pd
import pytest

from wbe.errors import FactorError, InputError
from wbe.reporting.exports import csv_bytes
from wbe.runs import Project, init, run, status
from wbe.runs.foretold import foretold
from wbe.runs.inputs import pack, plain, unpack
from wbe.runs.record import check_files, file_hashes, read_record
from wbe.runs.running import RECORD, clear_litter, last_run
from wbe.testing import small_city

HEAD = "采样日期,县市区,采样点,样品编号,流量(m3/d),服务人口(人),人口口径,甲基苯丙胺(ng/L)\n"
MAY = "2021-05-24,天元区,河西污水厂,M1,50000,300000,普查,150\n"
JUNE = "2021-06-24,天元区,河西污水厂,S1,50000,300000,普查,200\n2021-06-25,荷塘区,荷塘污水厂,S2,40000,200000,普查,90\n"
QUICK = '[[edition]]\nname = "office"\nformats = ["csv"]\nlanguage = "en"\n'


@pytest.fixture
def project(tmp_path):
    made = init(tmp_path / "office")
    (made.root / "wbe.toml").write_text(QUICK, encoding="utf-8")
    (made.root / "data" / "june.csv").write_text(HEAD + MAY + JUNE, encoding="utf-8")
    return Project.open(made.root)


def rewrite(project, text):
    (project.root / "data" / "june.csv").write_text(HEAD + text, encoding="utf-8")


def everything(folder):
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_a_project_is_a_folder_with_settings_four_rooms_and_a_key_that_nobody_else_reads(tmp_path):
    project = init(tmp_path / "p")
    assert sorted(p.name for p in project.root.iterdir()) == [
        ".wbe", "data", "mappings", "published", "runs", "wbe.toml",
    ]  # fmt: skip
    key = project.root / ".wbe" / "key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert len(project.key()) == 32
    assert project.key() == project.key() != init(tmp_path / "q").key()
    with pytest.raises(InputError, match="something already"):
        init(tmp_path / "p")
    key.chmod(0o644)
    with pytest.raises(InputError, match="others may read"):
        project.key()


def test_a_project_is_found_from_below_and_missed_elsewhere(project, tmp_path):
    assert Project.open(project.root / "data").root == project.root
    with pytest.raises(InputError, match="in no project"):
        Project.open(tmp_path)


def test_the_last_month_is_run_by_default_with_samples_up_to_it_only(project):
    done = run(project)
    assert (done.month, done.state) == ("2021-06", "new")
    assert done.folder == project.runs / "2021-06" / "001"
    assert set(done.files) == {"office/estimates.csv", "office/forecasts.csv", "samples.json.gz"}
    may = run(project, "2021-05")
    table = (may.folder / "office" / "estimates.csv").read_text(encoding="utf-8-sig")
    assert "2021-05" in table
    assert "2021-06" not in table


def test_a_month_as_it_was_is_not_written_again(project):
    first = run(project)
    before = everything(project.runs)
    again = run(project)
    assert (again.state, again.folder) == ("unchanged", first.folder)
    assert everything(project.runs) == before


def test_equal_runs_give_equal_tables(project):
    first = run(project)
    (first.folder / "office" / "estimates.csv").unlink()  # broken: so the same month is made once more
    second = run(project, revision="made again")
    assert second.folder.name == "002"
    kept = everything(second.folder)
    (first.folder / "office" / "estimates.csv").write_bytes(kept["office/estimates.csv"])
    check_files(read_record(first.folder / RECORD), first.folder, project.key())


def test_an_issued_number_moves_only_by_a_named_revision_that_lists_what_moved(project):
    first = run(project)
    before = everything(first.folder)
    rewrite(project, MAY + JUNE.replace("200\n", "300\n", 1))
    with pytest.raises(InputError, match=r"numbers of 2021-06 that would move .*--revision") as caught:
        run(project)
    assert caught.value.codes == ["runs-would-move"]
    assert everything(project.runs) == {f"2021-06/001/{k}": v for k, v in before.items()}
    done = run(project, revision="late result")
    assert (done.state, done.folder.name) == ("revised", "002")
    record = read_record(done.folder / RECORD)
    assert (record["revision"], record["previous"]) == ("late result", "001")
    moved = pd.read_csv(done.folder / "moved.csv", encoding="utf-8-sig")
    assert done.moved == record["moved"] == len(moved) > 0
    # of the other district only intervals move: the sizes of error are learnt from the whole file
    numbers = moved[["was", "is"]].map(lambda text: text.split(" (")[0])
    other = moved["district"] == "荷塘区"
    assert (numbers["was"] == numbers["is"])[other].all()
    assert (numbers["was"] != numbers["is"])[moved["district"] == "天元区"].any()
    assert everything(first.folder) == before


def test_a_new_month_moves_nothing_and_needs_no_name(project):
    rewrite(project, MAY)
    run(project)
    rewrite(project, MAY + JUNE)
    assert run(project).state == "new"
    assert run(project, "2021-05").state == "unchanged"


def test_files_of_later_months_leave_a_month_as_it_was(project):
    rewrite(project, MAY)
    first = run(project)
    later = HEAD.replace("\n", ",氯胺酮(ng/L),COD(mg/L)\n")
    rows = [f"{line},12,300\n" for line in JUNE.strip().split("\n")]
    (project.root / "data" / "zz-june.csv").write_text(later + "".join(rows), encoding="utf-8")
    assert {state.month: state.state for state in status(project)} == {"2021-05": "same", "2021-06": "new"}
    again = run(project, "2021-05")
    assert (again.state, again.folder) == ("unchanged", first.folder)


def test_status_tells_new_changed_same_broken_and_missing_months(project):
    assert [(s.month, s.state) for s in status(project)] == [("2021-05", "new"), ("2021-06", "new")]
    run(project)
    run(project, "2021-05")
    assert [s.state for s in status(project)] == ["same", "same"]
    rewrite(project, MAY + JUNE.replace("200\n", "300\n", 1))
    assert [s.state for s in status(project)] == ["same", "changed"]
    (project.runs / "2021-05" / "001" / "office" / "estimates.csv").write_text("edited")
    assert [s.state for s in status(project)] == ["broken", "changed"]
    rewrite(project, MAY)
    assert [s.state for s in status(project)] == ["broken", "missing"]


def test_a_run_whose_file_was_edited_is_not_taken_for_unchanged(project):
    done = run(project)
    table = done.folder / "office" / "estimates.csv"
    table.write_bytes(table.read_bytes() + b"\n")
    with pytest.raises(InputError, match="not the one in the record"):
        check_files(read_record(done.folder / RECORD), done.folder, project.key())
    assert run(project, revision="again").state == "revised"


def test_the_record_says_how_it_was_made_and_gives_no_input_away(project):
    done = run(project, command=["wbe", "run"])
    text = (done.folder / RECORD).read_text(encoding="utf-8")
    record = json.loads(text)
    assert record["command"] == ["wbe", "run"]
    for key in (
        "made",
        "seconds",
        "python",
        "packages",
        "wbe",
        "profile_hash",
        "scenarios",
        "policy",
        "seed",
        "checks",
    ):
        assert key in record
    assert set(record["inputs"]) == {"june.csv"}
    assert project.key().hex() not in text
    # equal inputs of another project have other hashes: nobody can try values against them
    content = (project.root / "data" / "june.csv").read_bytes()
    assert hashlib.sha256(content).hexdigest() not in text
    for name in done.files:
        assert hashlib.sha256((done.folder / name).read_bytes()).hexdigest() not in text


def test_litter_of_killed_runs_is_cleared_and_never_taken_for_a_run(project):
    litter = project.runs / "2021-06" / ".aside-0a1b2c3d"
    litter.mkdir(parents=True)
    (litter / RECORD).write_text("{}")
    assert last_run(project, "2021-06") is None
    assert run(project).folder.name == "001"
    assert not litter.exists()
    assert clear_litter(project) == 0


def test_a_disk_that_fills_leaves_the_last_run_whole(project, monkeypatch):
    first = run(project)
    before = everything(project.runs)
    rewrite(project, MAY + JUNE.replace("200\n", "300\n", 1))

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        run(project, revision="late result")
    assert everything(project.runs) == before
    assert last_run(project, "2021-06") == first.folder


def test_two_runs_at_once_wait_for_each_other(project):
    done = []
    threads = [threading.Thread(target=lambda: done.append(run(project).state)) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(done) == ["new", "unchanged"]


def test_a_run_that_does_not_get_its_turn_says_so(project):
    with project.alone(), pytest.raises(InputError, match="does not end"), Project.open(project.root).alone(wait=0.01):
        pass


def test_errors_of_the_check_stop_the_run(project):
    rows = "".join(
        f"2021-0{m}-2{d},天元区,河西污水厂,A{m}{d},50000,300000,普查,200\n" for m in (4, 5) for d in range(1, 7)
    )
    rewrite(project, rows + "2021-06-24,天元区,河西污水厂,S1,500000,300000,普查,200\n")
    with pytest.raises(InputError, match="flow_slip"):
        run(project)
    assert not any(project.runs.iterdir())
    assert run(project, despite_errors=True).checks["error"] > 0


@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        ("polcy = 1", FactorError, "polcy"),
        ("level = 1.5", InputError, "level = 1.5"),
        ('level = "high"', FactorError, "level"),
        ("seed = 1.5", InputError, "seed = 1.5"),
        ('first_month = "June"', InputError, "first_month = June"),
        ('[[edition]]\nname = "../x"', InputError, r"edition\[1\].name"),
        ('[[edition]]\nname = "a"\npolicy = "secret"', InputError, r"edition\[1\].policy = secret"),
        ('[[edition]]\nname = "a"\nformats = ["doc"]', InputError, r"edition\[1\].formats = doc"),
        ('[[edition]]\nname = "a"\n[[edition]]\nname = "a"', InputError, "two editions"),
        ("edition = []", InputError, "edition"),
        ("= 1", InputError, "no TOML"),
        ("a = " + "[" * 5000, InputError, "no TOML"),
        ("seed = " + "1" * 6000, InputError, "no TOML"),
    ],
)
def test_settings_that_no_run_could_use_are_refused_by_name(project, text, error, words):
    (project.root / "wbe.toml").write_text(text, encoding="utf-8")
    with pytest.raises(error, match=words):
        Project.open(project.root)


def test_months_of_a_project_can_be_limited(project):
    (project.root / "wbe.toml").write_text('last_month = "2021-05"\n' + QUICK, encoding="utf-8")
    assert run(Project.open(project.root)).month == "2021-05"
    (project.root / "wbe.toml").write_text('first_month = "2022-01"\n' + QUICK, encoding="utf-8")
    with pytest.raises(InputError, match="no samples between"):
        run(Project.open(project.root))


def test_every_edition_has_its_own_folder_and_the_public_one_no_district(project):
    (project.root / "wbe.toml").write_text(
        QUICK + '[[edition]]\nname = "公开"\npolicy = "public"\nformats = ["csv"]\n', encoding="utf-8"
    )
    done = run(Project.open(project.root))
    assert "公开/estimates.csv" in done.files
    table = pd.read_csv(done.folder / "公开" / "estimates.csv", encoding="utf-8-sig")
    assert table.loc[table["district"] != "city", ["median", "lower", "upper"]].isna().all(axis=None)


@pytest.fixture
def public(tmp_path):
    """A project of five plants in five districts with an office's and a public edition."""
    project = init(tmp_path / "city")
    text = QUICK + '[[edition]]\nname = "public"\npolicy = "public"\nformats = ["csv"]\nlanguage = "en"\n'
    (project.root / "wbe.toml").write_text(text, encoding="utf-8")
    return Project.open(project.root)


def five_plants(project, first=200):
    places = ("天元区", "荷塘区", "芦淞区", "石峰区", "渌口区")
    rows = "".join(
        f"2021-06-2{i},{place},{place}厂,S{i},50000,300000,普查,{first if i == 0 else 100 + 20 * i}\n"
        for i, place in enumerate(places)
    )
    rewrite(project, rows)


def entries(project):
    ledger = project.root / "published" / "ledger.jsonl"
    return ledger.read_text(encoding="utf-8").splitlines() if ledger.exists() else []


def test_what_is_published_is_in_the_ledger_before_it_is_in_a_folder(public, monkeypatch):
    five_plants(public)

    def never(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "rename", never)
        with pytest.raises(OSError, match="No space"):
            run(public)
    assert len(entries(public)) == 1
    done = run(public)
    assert done.folder.name == "001"
    assert len(entries(public)) == 2
    assert run(public).state == "unchanged"
    assert len(entries(public)) == 2


def test_a_run_that_is_refused_publishes_nothing(public):
    five_plants(public)
    run(public)
    known = entries(public)
    five_plants(public, first=400)
    with pytest.raises(InputError, match="would move"):
        run(public)
    assert entries(public) == known


def test_samples_come_back_as_they_were_packed(tmp_path):
    city = small_city()
    path = tmp_path / "s.json.gz"
    path.write_bytes(pack(city, "abc"))
    back = unpack(path, "abc")
    assert plain(back) == plain(city)
    assert back["time"].dtype == city["time"].astype("datetime64[ns]").dtype
    with pytest.raises(InputError, match="not the one"):
        unpack(path, "def")
    path.write_bytes(b"nothing")
    with pytest.raises(InputError, match="no samples"):
        unpack(path)
    changed = city.assign(flow=city["flow"] + 1)
    assert plain(changed) != plain(city)


def test_a_csv_that_was_written_is_what_a_record_hashes():
    assert csv_bytes(pd.DataFrame({"a": ["=1+1"], "b": [1]})).startswith(b"\xef\xbb\xbfa,b\n'=1+1,1")


def test_a_month_is_scored_by_what_earlier_runs_wrote_down_before_it(project):
    days = "".join(
        f"2021-0{m}-2{d},{place},{place}污水厂,{place}{m}{d},50000,300000,普查,{150 + 9 * d}\n"
        for m in (1, 2, 3) for d in (1, 2, 3) for place in ("天元区", "荷塘区")
    )  # fmt: skip
    rewrite(project, days)
    run(project, "2021-01")
    assert foretold(project, "office", "2021-01").empty
    first = run(project, "2021-02")
    found = foretold(project, "office", "2021-03")
    assert set(found["made"]) == {"2021-01", "2021-02"}
    assert {"city", "天元区", "荷塘区"} == set(found["district"])
    assert foretold(project, "public", "2021-03").empty
    run(project, "2021-03")
    # a February made again after March had come may have known it: its first forecast stands
    record = json.loads((first.folder / RECORD).read_text(encoding="utf-8"))
    kept = pd.read_csv(first.folder / "office" / "forecasts.csv", encoding="utf-8-sig")
    (first.folder.parent / "002" / "office").mkdir(parents=True)
    again = csv_bytes(kept.assign(median=999.0))
    (first.folder.parent / "002" / "office" / "forecasts.csv").write_bytes(again)
    record |= {
        "made": "2999-01-01T00:00:00+00:00",
        "files": file_hashes({"office/forecasts.csv": again}, project.key()),
    }
    (first.folder.parent / "002" / RECORD).write_text(json.dumps(record), encoding="utf-8")
    assert 999.0 not in set(foretold(project, "office", "2021-03")["median"])
    record["made"] = "1999-01-01T00:00:00+00:00"
    (first.folder.parent / "002" / RECORD).write_text(json.dumps(record), encoding="utf-8")
    assert 999.0 in set(foretold(project, "office", "2021-03")["median"])
    # a file that was edited is no forecast that was written down: the run before it counts
    (first.folder.parent / "002" / "office" / "forecasts.csv").write_bytes(csv_bytes(kept.assign(median=1.0)))
    assert set(foretold(project, "office", "2021-03").query("made == '2021-02'")["median"]) == set(kept["median"])
