"""The public face is typed: a misspelt argument fails the type check, and completion knows every name."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import wbe

SOURCE = Path(wbe.__file__).parent
SNIPPET = """
import pandas as pd
import wbe

samples = wbe.read_samples("samples")
estimate = wbe.estimate(samples, factors="default", population="reported", level=0.95)
wbe.estimate(samples, facters="default")
wbe.rank(estimate, month=pd.Period("2021-06", "M"), drug="METH")
wbe.rank(estimate, "METH")
wbe.trend(estimate, quantity="mass_load", first="2021-01")
wbe.trend("samples")
wbe.alerts(estimate, moth="2021-06")
wbe.changes(estimate, month="2021-06", against="2021-05")
wbe.plot.tiles(estimate, month="2021-06", language="zh")
wbe.plot.tiles(estimate, "2021-06")
wbe.estimat(samples)
reveal_type(wbe.estimate(samples))
reveal_type(wbe.rank(estimate))
"""


@pytest.fixture(scope="module")
def checked(tmp_path_factory) -> dict[int, str]:
    """What the type checker says of each line of the snippet."""
    path = tmp_path_factory.mktemp("typed") / "snippet.py"
    path.write_text(SNIPPET, encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--strict", "--no-incremental", "--follow-imports=silent",
               "--ignore-missing-imports", str(path)]  # fmt: skip
    ran = subprocess.run(
        command, capture_output=True, text=True, cwd=path.parent, env=os.environ | {"MYPYPATH": str(SOURCE.parent)}
    )
    said: dict[int, str] = {}
    for number, text in re.findall(r"snippet\.py:(\d+): (?:error|note): (.*)", ran.stdout):
        said[int(number)] = f"{said.get(int(number), '')}{text}\n"
    assert said, ran.stdout + ran.stderr
    return said


def line_of(text: str) -> int:
    return SNIPPET.splitlines().index(text) + 1


@pytest.mark.parametrize(
    ("line", "said"),
    [('wbe.estimate(samples, facters="default")', 'Unexpected keyword argument "facters"'),
     ('wbe.rank(estimate, "METH")', "Too many positional arguments"),
     ('wbe.trend("samples")', 'incompatible type "str"'),
     ('wbe.alerts(estimate, moth="2021-06")', 'Unexpected keyword argument "moth"'),
     ('wbe.plot.tiles(estimate, "2021-06")', "Too many positional arguments"),
     ("wbe.estimat(samples)", 'has no attribute "estimat"'),
     ("reveal_type(wbe.estimate(samples))", "Estimate"),
     ("reveal_type(wbe.rank(estimate))", "DataFrame")],
)  # fmt: skip
def test_the_type_checker_sees_through_the_lazy_face(checked, line, said):
    assert said in checked.pop(line_of(line))


def test_the_calls_of_the_documentation_pass_the_type_checker(checked):
    wrong = {line_of(text) for text in SNIPPET.splitlines() if "reveal_type" in text or "facters" in text}
    good = [n for n, text in enumerate(SNIPPET.splitlines(), 1) if text and n not in wrong]
    bad = {'wbe.rank(estimate, "METH")', 'wbe.trend("samples")', 'wbe.alerts(estimate, moth="2021-06")',
           'wbe.plot.tiles(estimate, "2021-06")', "wbe.estimat(samples)"}  # fmt: skip
    assert not {n: checked[n] for n in good if n in checked and SNIPPET.splitlines()[n - 1] not in bad}


@pytest.mark.parametrize("package", ["", "plot"])
def test_the_stub_names_what_the_lazy_face_has(package):
    tree = ast.parse((SOURCE / package / "__init__.pyi").read_text(encoding="utf-8"))
    told = {alias.asname for node in tree.body if isinstance(node, ast.ImportFrom) for alias in node.names}
    face = wbe.plot if package else wbe
    assert told == set(face.__all__)
    assert set(face.__all__) <= set(dir(face))
