"""The README keeps its word: its tour runs, its files exist, its commands are known."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
README = (REPOSITORY / "README.md").read_text(encoding="utf-8")


def test_the_tour_runs_as_printed(tmp_path, monkeypatch):
    pytest.importorskip("jinja2")
    monkeypatch.chdir(tmp_path)
    (tour,) = re.findall(r"```python\n(.*?)```", README, flags=re.S)
    room = {}
    exec(tour, room)
    assert {"district", "month", "drug", "quantity", "median", "lower", "upper", "unit"} <= set(room["table"])
    assert any((tmp_path / "report").iterdir())


@pytest.mark.parametrize(
    "page",
    [
        "README.md",
        "CONTRIBUTING.md",
        "docs/index.md",
        "docs/zh.md",
        "docs/start.md",
        "docs/people.md",
        "docs/responsible-use.md",
    ],
)
def test_every_link_to_a_file_leads_somewhere(page):
    path = REPOSITORY / page
    links = re.findall(r"\]\(([^)#]+)\)", path.read_text(encoding="utf-8"))
    local = [link for link in links if "://" not in link and "_generated" not in link]
    assert [link for link in local if not (path.parent / link).exists()] == []


def test_every_make_target_that_is_named_exists():
    makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    pages = README + (REPOSITORY / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = set(re.findall(r"\bmake ([a-z]+)\b", pages)) - {"alone"}
    assert named <= set(re.findall(r"^([a-z]+):", makefile, flags=re.M))


def test_the_report_and_the_tests_are_the_first_two_commands():
    first = re.search(r"```bash\n(.*?)```", README, flags=re.S).group(1)
    assert [line.split("#")[0].strip() for line in first.strip().splitlines()] == ["make report", "make test"]


@pytest.mark.parametrize("path", sorted((REPOSITORY / "notebooks").glob("*.ipynb")), ids=lambda p: p.name)
def test_a_notebook_is_kept_without_the_outputs_of_whoever_ran_it_last(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    assert [c["id"] for c in cells if c.get("outputs") or c.get("execution_count")] == []
