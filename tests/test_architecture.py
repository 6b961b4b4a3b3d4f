"""The house keeps its shape: small modules, one direction, nothing heavy at import, public names explained."""

from __future__ import annotations

import ast
import inspect
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import house_rules
import wbe

SOURCE = Path(wbe.__file__).parent
REPOSITORY = Path(__file__).resolve().parents[1]
MODULES = sorted(SOURCE.rglob("*.py"))
LONGEST = 500
TEXTS = {".py", ".md", ".toml", ".csv", ".ipynb", ".yaml", ".cff", ".txt", ""}
HEAVY = {"numpy", "pandas", "xarray", "scipy", "matplotlib", "pint", "dask", "openpyxl", "statsmodels", "sqlalchemy"}
# may be imported inside functions only, because they cost seconds or come with an extra
LATE = {
    "matplotlib", "dask", "distributed", "openpyxl", "xlsxwriter", "python_calamine", "statsmodels", "sqlalchemy",
    "jinja2", "odrpack", "h5netcdf", "zarr", "pyarrow", "networkx", "swmm_api", "pyogrio",
}  # fmt: skip


def name_of(path: Path) -> str:
    return str(path.relative_to(SOURCE))


def top_level_imports(tree: ast.Module) -> list[str]:
    """Dotted names imported when the module is imported; what stands under TYPE_CHECKING is not."""
    found, waiting = [], list(tree.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found += [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.If) and "TYPE_CHECKING" not in ast.unparse(node.test):
            waiting += [*node.body, *node.orelse]
        elif isinstance(node, ast.Try | ast.With):
            waiting += node.body
    return found


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_is_short_enough_to_read_in_one_sitting(path):
    lines = path.read_text(encoding="utf-8").count("\n")
    assert lines <= LONGEST, f"{name_of(path)} has {lines} lines; look for the seam"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_says_what_it_holds_and_imports_absolutely_and_late(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    if tree.body:
        assert ast.get_docstring(tree), f"{name_of(path)} opens without saying what it holds"
    relative = [n.lineno for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.level]
    assert not relative, f"{name_of(path)} imports relatively at lines {relative}"
    # the drawing modules are themselves imported on first use
    late = LATE - {"matplotlib"} if path.parent.name == "plot" and path.stem != "__init__" else LATE
    early = [n for n in top_level_imports(tree) if n.split(".")[0] in late or n.startswith("scipy.stats")]
    assert not early, f"{name_of(path)} imports {early} at its top"


def test_import_wbe_loads_nothing_heavy():
    code = "import json, sys, wbe; print(json.dumps(sorted(sys.modules)))"
    loaded = json.loads(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)
    assert HEAVY.isdisjoint(loaded)


def test_the_public_face_needs_neither_plots_nor_scipy_stats():
    code = (
        "import json, sys, wbe; wbe.estimate, wbe.check, wbe.trend, wbe.rank, wbe.alerts, wbe.read_samples;"
        "print(json.dumps(sorted(sys.modules)))"
    )
    loaded = json.loads(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)
    assert {"matplotlib", "scipy.stats", "dask", "openpyxl", "statsmodels", "sqlalchemy"}.isdisjoint(loaded)


@pytest.mark.parametrize("name", sorted(wbe.__all__))
def test_every_public_name_resolves_and_explains_itself(name):
    thing = getattr(wbe, name)
    assert inspect.getdoc(thing), f"wbe.{name} has no docstring"
    if inspect.isfunction(thing):
        text = inspect.getdoc(thing)
        assert "Examples\n--------" in text, f"wbe.{name} shows no example"
        parameters = [p for p in inspect.signature(thing).parameters if not p.startswith("_")]
        silent = [p for p in parameters if not re.search(rf"\b{re.escape(p)}\b", text)]
        assert not silent, f"wbe.{name} does not explain {silent}"


def test_rooms_import_in_one_direction():
    program = Path(sys.executable).with_name("lint-imports")
    ran = subprocess.run([program, "--no-cache"], cwd=REPOSITORY, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout


def test_every_room_has_its_place_in_the_street():
    street = (REPOSITORY / ".importlinter").read_text(encoding="utf-8")
    layers = set(re.findall(r"\w+", street.split("layers =\n")[1].split("[importlinter")[0]))
    rooms = {p.stem for p in SOURCE.glob("[a-z]*.py")} | {p.parent.name for p in SOURCE.glob("[a-z]*/__init__.py")}
    assert rooms <= layers, f"give {rooms - layers} a place in .importlinter"


def test_no_committed_text_names_a_machine():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=REPOSITORY, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("not a git checkout")
    home = re.compile(r"(?<![\w.])/(?:root|work|home/\w+|Users/\w+)/")
    guilty = []
    for name in filter(None, listed.stdout.split("\0")):
        path = REPOSITORY / name
        read = path.suffix in TEXTS and path.is_file()
        if read and home.search(path.read_text(encoding="utf-8", errors="ignore")):
            guilty.append(name)
    assert not guilty


RULES = ["any_at_doors", "decisions_on_text", "loaders", "plain_sentences", "silent_raises", "without_all"]


@pytest.mark.parametrize("rule", RULES)
def test_the_house_rules_hold_in_every_room(rule):
    found = house_rules.by_room(getattr(house_rules, rule)())
    assert not found, "\n".join(line for lines in found.values() for line in lines)


def test_no_modules_outside_reading_import_each_other_in_a_circle():
    assert [group for group in house_rules.circles() if not group[0].startswith("wbe.reading")] == []


def test_every_code_has_its_sentence_and_every_sentence_its_use():
    given, texts, starts = house_rules.codes_in_code()
    known = house_rules.all_codes()
    assert not given - known, "codes without a sentence"
    used = texts | house_rules.codes_in_data()
    assert not {c for c in known - used if not any(c.startswith(start) for start in starts)}, "sentences without a use"


@pytest.mark.parametrize(
    ("rule", "source"),
    [
        ("decisions_on_text", "try:\n    f()\nexcept ValueError as err:\n    if 'needs' in str(err):\n        pass"),
        ("decisions_on_text", "if 'method changed' in row['note']:\n    pass"),
        ("decisions_on_text", "found = text.split('; ')"),
        ("decisions_on_text", "found = re.search('x', fault.next_step)"),
        ("decisions_on_text", "mask = table['note'].str.contains('x')"),
        ("loaders", "text = resources.files('wbe').joinpath('data')"),
        ("plain_sentences", "raise FactorError('no such claim')"),
        ("plain_sentences", "raise SchemaError('Samples', [f'{n} is missing'])"),
        ("silent_raises", "def f():\n    raise ValueError(1)"),
        ("silent_raises", "class A:\n    def f(self):\n        'Say so.'\n        one_of(1, 2, 3)"),
        ("without_all", "def f():\n    pass"),
    ],
)
def test_each_house_rule_finds_what_it_is_for(monkeypatch, rule, source):
    monkeypatch.setattr(house_rules, "trees", lambda: {"room/module.py": ast.parse(source)})
    assert list(getattr(house_rules, rule)())
