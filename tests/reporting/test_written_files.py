"""What is written for others is whole or absent, and a table never stands without the record of its run."""

import os
import shutil

import pandas as pd
import pytest

import wbe
from wbe.reporting import exports
from wbe.testing import small_city


@pytest.fixture(scope="module")
def estimate():
    return wbe.estimate(small_city())


def test_sample_data_are_copied_whole_or_not_at_all(tmp_path, monkeypatch):
    def broken(source, target, **_):
        target.mkdir(parents=True)
        (target / "half.csv").write_text("a")
        raise OSError("no space left")

    monkeypatch.setattr(shutil, "copytree", broken)
    with pytest.raises(OSError, match="no space"):
        exports.copy_sample_data(tmp_path / "data")
    assert list(tmp_path.iterdir()) == []
    monkeypatch.undo()
    names = exports.copy_sample_data(tmp_path / "data")
    assert sorted(p.name for p in (tmp_path / "data").iterdir() if p.is_dir()) == names
    assert [p.name for p in tmp_path.iterdir()] == ["data"]


@pytest.mark.parametrize("fails", [1, 2, 3])
def test_a_table_never_stands_without_its_record(estimate, tmp_path, monkeypatch, fails):
    """Whether the journal, the record or the table cannot be moved into place."""
    left, move = [fails], os.replace

    def broken(*paths):
        left[0] -= 1
        if left[0] == 0:
            raise OSError("no space left")
        move(*paths)

    monkeypatch.setattr("os.replace", broken)
    with pytest.raises(OSError, match="no space"):
        exports.write_run(estimate, tmp_path / "run.csv")
    assert list(tmp_path.iterdir()) == []
    monkeypatch.undo()
    rows = exports.write_run(estimate, tmp_path / "run.csv")
    assert len(pd.read_csv(tmp_path / "run.csv")) == rows
    assert (tmp_path / "run.run.json").exists()
