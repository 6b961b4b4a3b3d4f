"""What is installed is what is needed: pins meet the ranges, extras exist, the wheel carries the data."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

import wbe

REPOSITORY = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
packaging = pytest.importorskip("packaging.requirements")


def pins() -> dict[str, str]:
    text = (REPOSITORY / "constraints.txt").read_text(encoding="utf-8")
    return {canonical(n): v for n, v in re.findall(r"^([\w.-]+)==(\S+)$", text, flags=re.M)}


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def every_requirement() -> list[str]:
    project = PROJECT["project"]
    extras = [r for name, rs in project["optional-dependencies"].items() if name != "all" for r in rs]
    groups = [r for rs in PROJECT["dependency-groups"].values() for r in rs]
    return [*project["dependencies"], *extras, *groups, *PROJECT["build-system"]["requires"]]


@pytest.mark.parametrize("text", every_requirement())
def test_every_requirement_is_pinned_within_its_range(text):
    requirement = packaging.Requirement(text)
    version = pins().get(canonical(requirement.name))
    assert version is not None, f"{requirement.name} is not in constraints.txt"
    assert requirement.specifier.contains(version)


def test_all_brings_every_extra_that_a_report_or_a_study_needs():
    extras = PROJECT["project"]["optional-dependencies"]
    (everything,) = extras["all"]
    named = set(re.search(r"\[(.*)\]", everything).group(1).split(","))
    assert named == set(extras) - {"all", "notebook"}


def test_the_version_is_written_once_for_people_and_once_for_machines():
    cff = (REPOSITORY / "CITATION.cff").read_text(encoding="utf-8")
    # pyproject.toml takes it from the package: one place
    assert PROJECT["project"]["dynamic"] == ["version"]
    assert PROJECT["tool"]["hatch"]["version"]["path"] == "src/wbe/__init__.py"
    assert f"version: {wbe.__version__}\n" in cff
    assert f"## [{wbe.__version__}]" in (REPOSITORY / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_wheel_carries_types_knowledge_and_sample_data(tmp_path):
    pytest.importorskip("hatchling")
    code = f"import hatchling.build as b; print(b.build_wheel({str(tmp_path)!r}))"
    subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    packaged = {
        f"wbe/{p.relative_to(REPOSITORY / 'src/wbe').as_posix()}" for p in (REPOSITORY / "src/wbe").rglob("*.toml")
    }
    sampled = {f"wbe/data/samples/zhuzhou/{p.name}" for p in (REPOSITORY / "data/samples/zhuzhou").iterdir()}
    assert {"wbe/py.typed", "wbe/data/variables.toml", *packaged, *sampled} <= names
    sets = {name.split("/")[3] for name in names if name.startswith("wbe/data/samples/")}
    assert sets == {"zhuzhou", "euda", "statcan"}


@pytest.mark.parametrize("folder", sorted(p.name for p in (REPOSITORY / "data/samples").iterdir() if p.is_dir()))
def test_every_data_set_states_its_licence_and_only_those_that_have_one_are_installed(folder):
    readme = (REPOSITORY / "data/samples" / folder / "README.md").read_text(encoding="utf-8")
    (said,) = [part for part in readme.split("**Licence**: ")[1:]]
    installed = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    assert ("states none" in said) == (f"data/samples/{folder}" not in installed)


def test_every_shipped_table_has_its_terms():
    data = REPOSITORY / "src/wbe/data"
    patterns = re.findall(r"`([^`]+\.(?:csv|toml|ftl))`", (data / "LICENCES.md").read_text(encoding="utf-8"))
    told = {path for pattern in patterns for path in data.glob(pattern)}
    assert {p for suffix in ("csv", "toml", "ftl") for p in data.rglob(f"*.{suffix}")} - told == set()


def test_published_numbers_stand_beside_the_terms_of_those_who_published_them():
    folder = REPOSITORY / "data/published"
    terms = (folder / "LICENCE.md").read_text(encoding="utf-8")
    assert [p.name for p in folder.iterdir() if f"`{p.name}`" not in terms and p.name != "LICENCE.md"] == []
