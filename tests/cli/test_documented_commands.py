"""Every command and option that a page shows is one that the command line knows, and every text of help is a code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer

from wbe import messages
from wbe.cli.commands import app, build

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGES = ["start.md", "runs.md", "zh.md", "factors.md", "people.md", "responsible-use.md", "file-formats.md",
         "how-to.md", "start-zh.md"]  # fmt: skip


def leaves(command, path=()):
    """Every command with its path, groups included."""
    yield path, command
    for name, one in getattr(command, "commands", {}).items():
        yield from leaves(one, (*path, name))


KNOWN = dict(leaves(typer.main.get_command(app)))


def shown(page):
    """Command lines in the blocks of a page, continued lines joined."""
    text = (DOCS / page).read_text(encoding="utf-8")
    for block in re.findall(r"```(?:bash|sh|text|ini|bat)\n(.*?)```", text, flags=re.S):
        for line in block.replace("\\\n", " ").splitlines():
            found = re.search(r"(?:^|[\s/\\])wbe(?:\.exe)? ((?!-)[a-z].*)", line.split(" #")[0])
            if found:
                yield found.group(1).strip()


@pytest.mark.parametrize("page", PAGES)
def test_a_page_shows_commands_that_exist(page):
    for line in shown(page):
        words = re.findall(r'"[^"]*"|[^\s"]+', line.split("|")[0].split(">")[0])
        path = tuple(words[:2]) if tuple(words[:2]) in KNOWN else tuple(words[:1])
        assert path in KNOWN, line
        options = {o for p in KNOWN[path].params for o in p.opts} | {o for p in KNOWN[()].params for o in p.opts}
        assert {w.split("=")[0] for w in words if w.startswith("-") and len(w) > 1} <= options, line


@pytest.mark.parametrize("path", sorted(KNOWN), ids="-".join)
def test_every_text_of_help_is_a_code_with_words_in_both_languages(path):
    command = KNOWN[path]
    told = [
        command.help,
        *(p.help for p in command.params if p.name not in ("help", "install_completion", "show_completion")),
    ]
    for code in told:
        assert messages.is_code(str(code)), f"{path}: {code}"
        assert messages.render(code, {}, "en") != messages.render(code, {}, "zh")


def test_building_in_one_language_does_not_keep_it_for_the_next():
    for language, words in (("zh", "编制月报"), ("en", "monthly report"), ("zh", "编制月报")):
        with messages.speaking(language):
            assert words in build().commands["report"].help


def test_two_months_are_compared_by_what_can_be_told_and_the_rest_is_counted(capsys, tmp_path):
    from wbe.cli import main

    call = ["compare", "2021-06", "2021-05", "--data", "data/samples/zhuzhou", "-o", str(tmp_path / "c.csv")]
    for language, name, rest in (("en", "Lusong District, Ketamine", "up or down cannot be told; -o writes"),
                                 ("zh", "芦淞区", "升降不能判断")):  # fmt: skip
        with pytest.raises(SystemExit):
            main(["--language", language, *call])
        said = capsys.readouterr().out
        rows = [line for line in said.splitlines() if line.startswith("  ") and "%" in line]
        assert any(name in line for line in rows)
        assert rest in said
        assert sum("cannot be told" not in line and "不能判断" not in line for line in rows) < 20
    import pandas as pd

    assert len(pd.read_csv(tmp_path / "c.csv")) > 50
