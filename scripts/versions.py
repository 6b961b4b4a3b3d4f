"""The suite on the lowest allowed, the pinned and the newest versions, and on each Python from 3.11 to 3.13 found here.

Refuses to pass over in silence what this machine does not have: the table ends with what was not run, and why.

    python scripts/versions.py                                    every set, the whole suite
    python scripts/versions.py --set lowest --tests tests/units   one set, some tests
    python scripts/versions.py --keep ~/envs                      environments are kept there and used again
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PYTHONS = ("3.11", "3.12", "3.13")
SETS = ("lowest", "pinned", "newest")


def lowest() -> list[str]:
    """Return the lower bound of every requirement and extra as an exact version; the tools of the tests stay free."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    named = list(project["project"]["dependencies"])
    for extra in project["project"]["optional-dependencies"].values():
        named += extra
    found = {}
    for requirement in named:
        match = re.match(r"([A-Za-z0-9._-]+)(?:\[[^\]]*\])?>=([0-9][^,; ]*)", requirement)
        if match:
            found[match[1]] = f"{match[1]}=={match[2]}"
    return sorted(found.values())


def python(version: str) -> str | None:
    """Return an interpreter of this version that runs, if there is one."""
    managed = sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python"))
    candidates = [f"python{version}", "python3", sys.executable, *map(str, managed)]
    for candidate in candidates:
        path = shutil.which(candidate)
        if path is None:
            continue
        asked = subprocess.run(
            [path, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"], capture_output=True, text=True
        )
        if asked.returncode == 0 and asked.stdout.strip() == version:
            return path
    return None


def run(interpreter: str, which: str, tests: list[str], keep: Path | None) -> tuple[str, str]:
    """Install one set into an environment of its own, run the tests, and return the outcome and what was installed."""
    with tempfile.TemporaryDirectory(prefix="wbe-versions-") as folder:
        home = keep or Path(folder)
        home.mkdir(parents=True, exist_ok=True)
        if not (home / "env").exists():
            made = subprocess.run([interpreter, "-m", "venv", str(home / "env")], capture_output=True, text=True)
            if made.returncode:
                return "no environment could be made", made.stderr.strip()[-200:]
        inside = str(home / "env" / "bin" / "python")
        held: list[str] = []
        if which == "pinned":
            held = ["--constraint", str(ROOT / "constraints.txt")]
        elif which == "lowest":
            (home / "lowest.txt").write_text("\n".join(lowest()) + "\n", encoding="utf-8")
            held = ["--constraint", str(home / "lowest.txt")]
        pip = [inside, "-m", "pip", "--disable-pip-version-check", "--quiet"]
        subprocess.run([*pip, "install", "--upgrade", "pip"], capture_output=True)  # for --group
        got = subprocess.run(
            [*pip, "install", *held, "--editable", f"{ROOT}[all]", "--group", f"{ROOT / 'pyproject.toml'}:dev"],
            capture_output=True, text=True, cwd=home,
        )  # fmt: skip
        if got.returncode:
            return "not installable", " ".join(got.stderr.split())[-300:]
        listed = subprocess.run([*pip, "freeze", "--exclude-editable"], capture_output=True, text=True).stdout
        shown = [line for line in listed.split() if re.match(r"(numpy|scipy|pandas|xarray|pint|matplotlib)==", line)]
        tried = subprocess.run([inside, "-m", "pytest", "-q", *tests], cwd=ROOT, capture_output=True, text=True)
        said = [line for line in tried.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
        last = (tried.stdout.strip().splitlines() or [tried.stderr.strip()[-200:]])[-1]
        outcome = "passed" if tried.returncode == 0 else f"failed: {last}"
        return outcome, " ".join(shown) + "".join(f"\n    {line}" for line in said[:20])


def main() -> int:
    """Run what was asked for and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--set", action="append", choices=SETS)
    parser.add_argument("--python", action="append", choices=PYTHONS)
    parser.add_argument("--keep", type=Path, help="folder of environments that stay for the next time")
    parser.add_argument("--tests", nargs="*", default=[])
    asked = parser.parse_args()
    found = {version: python(version) for version in asked.python or PYTHONS}
    usable = [version for version, path in found.items() if path]
    missing = [version for version, path in found.items() if not path]
    if not usable:
        print(f"no Python of {', '.join(missing)} runs here: nothing was tested")
        return 1
    # the lowest versions have no wheels for a newer Python, the newest are what a newcomer gets on it
    pairs = [("lowest", usable[0]), *(("pinned", v) for v in usable), ("newest", usable[-1])]
    wrong = 0
    for which, version in pairs:
        if asked.set and which not in asked.set:
            continue
        began = time.monotonic()
        outcome, told = run(str(found[version]), which, asked.tests, asked.keep and asked.keep / f"{which}-{version}")
        wrong += outcome != "passed"
        print(f"{which:<7} Python {version:<5} {outcome} ({time.monotonic() - began:.0f} s)\n    {told}", flush=True)
    for version in missing:
        print(f"not run: Python {version} was not found on this machine")
    if asked.tests:
        print(f"not run: tests other than {' '.join(asked.tests)}")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
