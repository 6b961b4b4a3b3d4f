"""What a newcomer's machine may lack or hold: no fonts of its own, an empty home, and spaces and Chinese in a path."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import wbe

ROOT = Path(__file__).resolve().parents[2]
NO_FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig><dir>{folder}</dir><cachedir>{folder}</cachedir></fontconfig>
"""
HEAD = "采样日期,县市区,采样点,样品编号,流量(m3/d),服务人口(人),人口口径,甲基苯丙胺(ng/L)\n"
ROWS = "2021-06-24,天元区,河西污水厂,S1,50000,300000,普查,200\n2021-06-25,荷塘区,荷塘污水厂,S2,40000,200000,普查,90\n"


def bare(tmp_path: Path) -> dict[str, str]:
    """The surroundings of a fresh account on a machine without fonts."""
    home, fonts = tmp_path / "home", tmp_path / "no fonts"
    home.mkdir()
    fonts.mkdir()
    (fonts / "fonts.conf").write_text(NO_FONTS.format(folder=fonts), encoding="utf-8")
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("XDG_", "MPL", "FONTCONFIG"))}
    return kept | {"HOME": str(home), "FONTCONFIG_FILE": str(fonts / "fonts.conf"), "LC_ALL": "C.UTF-8"}


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bare")
    (folder / "june.csv").write_text(HEAD + ROWS, encoding="utf-8")
    code = (
        "import sys; from wbe.plot.fonts import chinese_font; print('FONT', chinese_font());"
        "from wbe.cli.door import main; sys.exit(main())"
    )
    command = [sys.executable, "-c", code, "report", "june.csv", "--month", "2021-06", "-o", "out", "--language", "zh"]
    done = subprocess.run(command, cwd=folder, env=bare(folder), capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    return done.stdout, sorted((folder / "out").iterdir())


def test_every_format_comes_out_of_an_empty_home_without_fonts(written):
    said, files = written
    endings = {path.suffix for path in files}
    assert {".html", ".pdf", ".docx", ".xlsx", ".json"} <= endings
    assert any(path.is_dir() and path.name.endswith("-data") for path in files)
    assert (
        "pylopdf_fonts_zh_cn" in said.split("FONT", 1)[1].splitlines()[0]
    )  # Noto Sans SC, brought by the extra report


def test_paper_and_pictures_show_chinese_there(written):
    pypdf = pytest.importorskip("pypdf")
    _, files = written
    (path,) = [p for p in files if p.name.endswith("06-zh.pdf") and "leader" not in p.name]
    pages = pypdf.PdfReader(path).pages
    text = "".join(page.extract_text() for page in pages)
    assert "甲基苯丙胺" in text
    assert "污水毒情监测月报" in text.replace(" ", "")
    html = next(p for p in files if p.suffix == ".html").read_text(encoding="utf-8")
    assert "data:font/woff;base64," in html
    assert "no font with the Chinese characters" not in html


@pytest.mark.skipif(shutil.which("make") is None, reason="needs make")
def test_make_report_takes_a_folder_with_a_space_and_chinese_in_its_name(tmp_path):
    data = tmp_path / "7月 数据"
    data.mkdir()
    sample = Path(wbe.sample_data("zhuzhou"))
    for name in ("株洲市2021年07月.xlsx", "catchments.csv", "units.csv"):
        shutil.copy(sample / name, data / name)
    stub = tmp_path / "venv"  # what make would build, made of this interpreter; one format is enough here
    (stub / "bin").mkdir(parents=True)
    program = stub / "bin" / "wbe"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m wbe.cli "$@" --formats html\n', encoding="utf-8")
    program.chmod(0o755)
    (stub / "bin" / "python").symlink_to(sys.executable)
    for mark in (".has-pip", ".has-all"):
        (stub / mark).touch()
    out = tmp_path / "月报 7"
    command = ["make", "report", f"VENV={stub}", f"DATA={data}", "MONTH=2021-07", f"OUT={out}", "LANGUAGE=zh"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    page = (out / "wbe-report-2021-07.html").read_text(encoding="utf-8")
    assert "2021-07" in page
    assert "天元区" in page
