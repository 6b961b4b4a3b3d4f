"""Files of one run appear together or not at all, whatever fails and whenever the process dies."""

from __future__ import annotations

import json
import os
import threading

import pytest

from wbe.exchange.outputs import ASIDE, JOURNAL, UNDO, clear, destination, held, ready, write_together, write_whole


def names(folder):
    return sorted(p.name for p in folder.iterdir())


@pytest.fixture
def pair(tmp_path):
    """Two files of an old run, and what a new one would write."""
    paths = tmp_path / "a.csv", tmp_path / "b.json"
    write_together({path: b"old" for path in paths})
    return paths


def failing(monkeypatch, name, call, error):
    """Let one call of a function of ``os`` fail."""
    real, left = getattr(os, name), [call]

    def broken(*arguments, **named):
        left[0] -= 1
        if left[0] == 0:
            raise error
        return real(*arguments, **named)

    monkeypatch.setattr(os, name, broken)


def test_new_files_replace_old_ones_together(pair):
    write_together({path: b"new" for path in pair})
    assert [p.read_bytes() for p in pair] == [b"new", b"new"]
    assert names(pair[0].parent) == ["a.csv", "b.json"]


@pytest.mark.parametrize("call", range(1, 4))
def test_a_replace_that_fails_brings_the_old_pair_back(pair, monkeypatch, call):
    failing(monkeypatch, "replace", call, OSError(13, "Permission denied"))
    with pytest.raises(OSError, match="Permission denied"):
        write_together({path: b"new" for path in pair})
    assert [p.read_bytes() for p in pair] == [b"old", b"old"]
    assert names(pair[0].parent) == ["a.csv", "b.json"]


def test_a_new_file_beside_an_old_one_goes_again_when_the_old_one_cannot_be_replaced(tmp_path, monkeypatch):
    new, old = tmp_path / "a.csv", tmp_path / "b.json"
    write_whole(old, b"old")
    failing(monkeypatch, "replace", 3, OSError(13, "Permission denied"))
    with pytest.raises(OSError, match="Permission denied"):
        write_together({new: b"new", old: b"new"})
    assert names(tmp_path) == ["b.json"]
    assert old.read_bytes() == b"old"


@pytest.mark.parametrize("call", range(1, 4))
def test_a_disk_that_fills_while_writing_leaves_the_old_pair(pair, monkeypatch, call):
    failing(monkeypatch, "fsync", call, OSError(28, "No space left on device"))
    with pytest.raises(OSError, match="No space"):
        write_together({path: b"new" for path in pair})
    assert [p.read_bytes() for p in pair] == [b"old", b"old"]
    assert names(pair[0].parent) == ["a.csv", "b.json"]


def test_folders_that_were_made_go_again_when_nothing_could_be_written(tmp_path, monkeypatch):
    failing(monkeypatch, "fsync", 1, OSError(28, "No space left on device"))
    with pytest.raises(OSError, match="No space"):
        write_whole(tmp_path / "new" / "deep" / "a.csv", b"x")
    assert names(tmp_path) == []


def left_behind(pair, journal, moved):
    """What a killed run leaves: of two moves the first was made, or none."""
    aside = pair[0].parent / f"{ASIDE}dead"
    aside.mkdir()
    rows = []
    for i, path in enumerate(pair):
        new, old = aside / f"new-{i}", aside / f"old-{i}"
        old.write_bytes(path.read_bytes())
        new.write_bytes(b"new")
        if i < moved:
            os.replace(new, path)
        rows.append([new.name, old.name, str(path)])
    if journal:
        (aside / journal).write_text(json.dumps(rows))
    return aside


LEFT = [(JOURNAL, 0, b"new"), (JOURNAL, 1, b"new"), (JOURNAL, 2, b"new"), (UNDO, 1, b"old"), (UNDO, 2, b"old"),
        ("", 0, b"old")]  # fmt: skip


@pytest.mark.parametrize(("journal", "moved", "after"), LEFT)
def test_what_a_killed_run_left_is_completed_or_undone_as_a_whole(pair, journal, moved, after):
    left_behind(pair, journal, moved)
    assert clear(pair[0].parent) == 1
    assert [p.read_bytes() for p in pair] == [after, after]
    assert names(pair[0].parent) == ["a.csv", "b.json"]
    assert clear(pair[0].parent) == 0


def test_the_next_write_clears_first(pair):
    left_behind(pair, JOURNAL, 1)
    write_whole(pair[0], b"newest")
    assert [p.read_bytes() for p in pair] == [b"newest", b"new"]


def test_a_file_of_that_name_is_no_litter_of_ours_to_read(tmp_path):
    (tmp_path / f"{ASIDE}b.json").write_text("half a copy from another disk")
    assert clear(tmp_path) == 1
    assert names(tmp_path) == []
    assert clear(tmp_path / "nowhere") == 0


def test_a_link_to_another_disk_is_written_through(pair, monkeypatch, tmp_path):
    failing(monkeypatch, "replace", 2, OSError(18, "Invalid cross-device link"))
    write_together({path: b"new" for path in pair})
    assert [p.read_bytes() for p in pair] == [b"new", b"new"]
    assert names(pair[0].parent) == ["a.csv", "b.json"]


def test_one_who_holds_a_folder_lets_others_wait(tmp_path):
    with held(tmp_path), pytest.raises(BlockingIOError, match="another run"), held(tmp_path, wait=0.1):
        pass
    done = []
    with held(tmp_path):
        other = threading.Thread(target=lambda: (write_whole(tmp_path / "a", b"x"), done.append(1)))
        other.start()
        other.join(0.2)
        assert done == []
    other.join()
    assert done == [1]


def test_a_destination_is_a_file_or_its_target_and_never_a_folder(tmp_path):
    (tmp_path / "real").write_text("")
    (tmp_path / "link").symlink_to("real")
    (tmp_path / "dangling").symlink_to("not-yet")
    assert destination(tmp_path / "link") == tmp_path / "real"
    assert destination(tmp_path / "dangling") == tmp_path / "not-yet"
    for wrong in (tmp_path, ""):
        with pytest.raises(IsADirectoryError):
            destination(wrong)


def test_places_where_nothing_can_be_written_are_known_before_the_work(tmp_path):
    ready(tmp_path / "a" / "b")
    (tmp_path / "file").write_text("")
    ready(tmp_path / "file")
    with pytest.raises(NotADirectoryError):
        ready(tmp_path / "file" / "x")
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(OSError, match="symbolic links"):
        ready(tmp_path / "loop")


def test_a_pipe_is_written_to_and_stays(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    got = []
    reader = threading.Thread(target=lambda: got.append((tmp_path / "pipe").read_bytes()))
    reader.start()
    write_whole(tmp_path / "pipe", b"through")
    reader.join()
    assert got == [b"through"]
    assert names(tmp_path) == ["pipe"]
