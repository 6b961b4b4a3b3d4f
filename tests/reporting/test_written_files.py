"""What is written for others is whole or absent."""

import shutil

import pytest

from wbe.reporting import exports


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
