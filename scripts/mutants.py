"""Mutation testing: make one wrong decision at a time in a room and see whether the room's own tests notice.

Refuses to touch the tree: a changed module lives only in a forked process, as the text that the import system is given.

    python scripts/mutants.py --room conversion            a sample of 120 (by hash: much the same after an edit)
    python scripts/mutants.py --room conversion --all      every one
    python scripts/mutants.py --record before              keep the table in docs/studies/mutants.txt

Which tests reach a changed line comes from one traced run; those run first to last by their time, until one fails.
Rooms are named in tests/mutants.toml, survivors that change nothing in tests/mutants_equivalent.toml.
"""

from __future__ import annotations

import argparse
import contextlib
import fnmatch
import functools
import importlib
import importlib.machinery
import json
import math
import os
import signal
import sys
import tempfile
import time
import tomllib
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")
ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "src"), str(ROOT)]

from mutant_operators import Mutant, mutants  # noqa: E402

#: loaded once, before the forks; nothing of wbe may be among them
HEAVY = [
    "pytest", "_pytest.doctest", "hypothesis", "hypothesis.strategies", "numpy", "scipy.special", "scipy.stats",
    "scipy.fft", "scipy.optimize", "scipy.linalg", "pandas", "xarray", "pint", "lazy_loader", "fluent.runtime", "typer",
    "matplotlib",
]  # fmt: skip
SLOWEST = 8.0  # s; a test that takes longer comes last and only where no quicker one reaches the line
RESULTS = ROOT / "docs" / "studies" / "mutants.txt"


def rooms() -> dict[str, dict[str, list[str]]]:
    """Return the configured rooms: their sources and their tests."""
    return tomllib.loads((ROOT / "tests" / "mutants.toml").read_text(encoding="utf-8"))


def equivalents(room: str) -> dict[tuple[str, str], str]:
    """Return the reasons of changes that no test can notice, by file and key."""
    path = ROOT / "tests" / "mutants_equivalent.toml"
    table = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    found = {}
    for row in table.get(room, []):
        if not row.get("because"):
            raise SystemExit(f"{path.name}: {row} gives no reason; write because = '...'")
        found[row["file"], f"{row['function']} | {row['before']} | {row['after']}"] = row["because"]
    return found


def files(patterns: list[str]) -> list[str]:
    """Return the files that the patterns name, relative to the root."""
    return sorted({str(p.relative_to(ROOT)) for pattern in patterns for p in ROOT.glob(pattern)})


# ---- inside a fork ----------------------------------------------------------------------------------------------


def _give(path: str, source: bytes) -> None:
    """Let the import system read ``source`` for one module."""
    plain = importlib.machinery.SourceFileLoader.get_code

    def get_code(self: importlib.machinery.SourceFileLoader, name: str) -> object:
        if self.path == path:
            return compile(source, path, "exec", dont_inherit=True)
        return plain(self, name)

    importlib.machinery.SourceFileLoader.get_code = get_code  # type: ignore[method-assign,assignment]


def _settle_hypothesis() -> None:
    from hypothesis import HealthCheck, Phase, settings

    settings.register_profile(
        "mutants", derandomize=True, database=None, deadline=None, phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    settings.load_profile("mutants")


def _quiet() -> None:
    null = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(null, stream)


OPTIONS = [
    "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:benchmark", "-p", "no:faulthandler", "--tb=no",
    "--assert=plain",  # else pytest reads modules that hold doctests by a way of its own
]  # fmt: skip


class Chosen:
    """Runs the named tests only, in the order given."""

    def __init__(self, order: list[str]):
        self.place = {name: i for i, name in enumerate(order)}

    def pytest_collection_modifyitems(self, items: list) -> None:
        items[:] = sorted(
            (item for item in items if item.nodeid in self.place), key=lambda item: self.place[item.nodeid]
        )


class Traced:
    """Records which lines of which files each test runs, and how long it takes."""

    def __init__(self, sources: list[str]):
        self.sources = {str(ROOT / s): s for s in sources}
        self.reached: dict[str, dict[str, list[int]]] = {}
        self.seconds: dict[str, float] = {}
        self.outcome: dict[str, str] = {}
        self.now: set[tuple[str, int]] = set()

    def _line(self, frame, event, _):  # type: ignore[no-untyped-def]
        if event == "line":
            self.now.add((frame.f_code.co_filename, frame.f_lineno))
        return self._line

    def _call(self, frame, event, _):  # type: ignore[no-untyped-def]
        if frame.f_code.co_filename in self.sources:
            self.now.add((frame.f_code.co_filename, frame.f_lineno))
            return self._line
        return None

    def pytest_runtest_protocol(self, item, nextitem):  # type: ignore[no-untyped-def]
        for wrapper in _caches():
            wrapper.cache_clear()  # else only the first test would seem to reach what is kept
        self.now = set()
        return None

    def pytest_runtest_setup(self, item):  # type: ignore[no-untyped-def]
        sys.settrace(self._call)

    def pytest_runtest_logreport(self, report):  # type: ignore[no-untyped-def]
        sys.settrace(None)
        at: dict[str, list[int]] = {}
        for file, line in self.now:
            at.setdefault(self.sources[file], []).append(line)
        self.reached[report.nodeid] = at
        self.seconds[report.nodeid] = self.seconds.get(report.nodeid, 0.0) + report.duration
        if report.outcome != "passed" and self.outcome.get(report.nodeid) != "failed":
            self.outcome[report.nodeid] = report.outcome
        if report.when != "teardown":
            sys.settrace(self._call)


def _caches() -> list[functools._lru_cache_wrapper]:
    found = []
    for name, module in list(sys.modules.items()):
        if name == "wbe" or name.startswith("wbe."):
            for label, value in list(vars(module).items()):
                if isinstance(value, functools._lru_cache_wrapper) and label != "registry":
                    found.append(value)
    return found


def _fork(work, seconds: float) -> int | None:  # type: ignore[no-untyped-def]
    """Run ``work`` in a fork and return its exit code; None when the time is up."""
    child = os.fork()
    if child == 0:
        os.setsid()
        try:
            code = work()
        except SystemExit as err:
            code = int(err.code or 0) if not isinstance(err.code, str) else 3
        except BaseException:
            code = 3
        os._exit(code)
    until, pause = time.monotonic() + seconds, 0.005
    while time.monotonic() < until:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(pause)
        pause = min(pause * 1.5, 0.1)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return None


# ---- a room -----------------------------------------------------------------------------------------------------


def trace(sources: list[str], tests: list[str]) -> dict:
    """Run the room's tests once and return lines reached and seconds by test."""
    import pytest

    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "trace.json"

        def work() -> int:
            _quiet()
            _settle_hypothesis()
            traced = Traced(sources)
            pytest.main([*OPTIONS, *tests], plugins=[traced])
            out.write_text(json.dumps({k: getattr(traced, k) for k in ("reached", "seconds", "outcome")}))
            return 0

        if _fork(work, 1800) != 0 or not out.exists():
            raise SystemExit("the room's tests could not be run; try them with pytest first")
        return json.loads(out.read_text())


def order_for(m: Mutant, traced: dict) -> list[str]:
    """Return the tests that reach the change, the quickest first; for what runs at import, those that use the file."""
    passed = [t for t in traced["reached"] if t not in traced["outcome"]]
    if (m.function and not m.function[0].isupper()) or "." in m.function:
        hits = [t for t in passed if m.line in traced["reached"][t].get(m.file, ())]
        if not hits:  # a line within a longer statement is reported where the statement begins
            near = range(m.line - 12, m.line + 1)
            hits = [t for t in passed if any(n in traced["reached"][t].get(m.file, ()) for n in near)]
    else:
        hits = [t for t in passed if m.file in traced["reached"][t]] or passed
    hits.sort(key=lambda t: traced["seconds"][t])
    quick = [t for t in hits if traced["seconds"][t] < SLOWEST]
    return quick or hits


def try_one(m: Mutant, original: bytes, tests: list[str], seconds: float) -> str:
    """Return killed, time, survived or unreached."""
    import pytest

    if not tests:
        return "unreached"
    paths = list(dict.fromkeys(str(ROOT / t.split("::")[0]) for t in tests))
    source = m.source(original)
    try:
        compile(source, m.file, "exec")
    except SyntaxError:
        return "invalid"

    def work() -> int:
        _quiet()
        _settle_hypothesis()
        _give(str(ROOT / m.file), source)
        return int(pytest.main([*OPTIONS, "-x", *paths], plugins=[Chosen(tests)]))

    code = _fork(work, seconds)
    if code is None:
        return "time"
    return "survived" if code == 0 else "killed"


def interval(killed: int, n: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share (1927, DOI 10.1080/01621459.1927.10502953)."""
    z, p = 1.959964, killed / n
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return max(0.0, centre - half), min(1.0, centre + half)


def run(room: str, sample: int | None, only: str, verbose: bool) -> dict:
    """Try a room's changes and return the counts and the survivors."""
    chosen = rooms()[room]
    sources = files(chosen["sources"])
    texts = {s: (ROOT / s).read_bytes() for s in sources}
    every = [m for s in sources for m in mutants(s, texts[s])]
    every = [m for m in every if not only or fnmatch.fnmatch(f"{m.file}:{m.function}", f"*{only}*")]
    tried = every if sample is None else sorted(every, key=lambda m: m.rank)[:sample]
    tried.sort(key=lambda m: (m.file, m.start))
    traced = trace(sources, [str(ROOT / t) for t in chosen["tests"]])
    broken = [t for t, how in traced["outcome"].items() if how == "failed"]
    if broken:
        print(f"  {room}: {len(broken)} test(s) fail without any change and are left out: {', '.join(broken[:5])}")
    listed = equivalents(room)
    counts = {"killed": 0, "time": 0, "survived": 0, "unreached": 0, "equivalent": 0, "invalid": 0}
    left = []
    for i, m in enumerate(tried, 1):
        if (m.file, m.key) in listed:
            counts["equivalent"] += 1
            continue
        tests = order_for(m, traced)
        how = try_one(m, texts[m.file], tests, 20 + 4 * sum(traced["seconds"][t] for t in tests))
        counts[how] += 1
        if how in ("survived", "unreached"):
            left.append((m, how))
            said = f"{m.file}:{m.line} ({m.function or 'module'}; {m.operator}; {how})\n  - {m.before}\n  + {m.after}"
            print(said, flush=True)
        if verbose and i % 20 == 0:
            print(f"  ... {room}: {i} of {len(tried)}", file=sys.stderr, flush=True)
    return {"room": room, "all": len(every), **counts, "left": left}


def summary(found: dict) -> str:
    """Return a room's row of the table."""
    killed = found["killed"] + found["time"]
    n = killed + found["survived"] + found["unreached"]
    low, high = interval(killed, n) if n else (0.0, 1.0)
    share = killed / n if n else float("nan")
    return (
        f"{found['room']:<13} {found['all']:>6} {n:>6} {killed:>7} {found['survived']:>9} {found['unreached']:>10} "
        f"{found['equivalent']:>11}   {share:>6.1%}  ({low:.0%} to {high:.0%})"
    )


HEAD = (
    f"{'room':<13} {'all':>6} {'tried':>6} {'killed':>7} {'survived':>9} {'unreached':>10} {'equivalent':>11}   "
    f"{'score':>6}  95 % interval"
)


def record(label: str, rows: list[str], size: str) -> None:
    """Keep rows under a label in the table of results: a room's row of the same label is replaced."""
    blocks: dict[str, dict[str, str]] = {}
    now = ""
    for line in RESULTS.read_text(encoding="utf-8").splitlines() if RESULTS.exists() else []:
        if line.startswith("## "):
            now = line[3:]
            blocks[now] = {}
        elif now and line.split(" ")[0] in rooms():  # other lines are prose
            blocks[now][line.split()[0]] = line
    blocks.setdefault(label, {}).update({row.split()[0]: row for row in rows})
    text = [
        "Changes noticed by each room's own tests (make mutants), " + size + " a room.",
        "all: changes there are; tried: those drawn, without equivalent ones (tests/mutants_equivalent.toml says why);",
        "killed: a test failed or did not end; survived: every test passed; unreached: no test runs the line.",
    ]
    for name, kept in blocks.items():
        text += ["", f"## {name}", HEAD, *kept.values()]
    RESULTS.write_text("\n".join(text) + "\n", encoding="utf-8")


def main() -> int:
    """Try the rooms that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--room", action="append", help="one of tests/mutants.toml; all of them by default")
    parser.add_argument("--sample", type=int, default=120)
    parser.add_argument("--all", action="store_true", help="every change instead of a sample")
    parser.add_argument("--only", default="", help="changes whose file:function holds this text")
    parser.add_argument("--record", metavar="LABEL", help="keep the table under this label")
    parser.add_argument("--verbose", action="store_true")
    asked = parser.parse_args()
    known = rooms()
    wanted = [r for given in asked.room or [] for r in given.split(",") if r] or list(known)
    unknown = [r for r in wanted if r not in known]
    if unknown:
        raise SystemExit(f"no such room in tests/mutants.toml: {', '.join(unknown)}; known: {', '.join(known)}")
    os.chdir(ROOT)
    for name in HEAVY:
        importlib.import_module(name)
    loaded = [m for m in sys.modules if m == "wbe" or m.startswith("wbe.")]
    if loaded:
        raise SystemExit(f"{loaded[0]} is loaded before the forks; a changed module would not be read again")
    rows = []
    for room in wanted:
        started = time.monotonic()
        rows.append(summary(run(room, None if asked.all else asked.sample, asked.only, asked.verbose)))
        print(f"{HEAD}\n{rows[-1]}   {time.monotonic() - started:.0f} s", flush=True)
    if len(rows) > 1:
        print("\n".join(["", HEAD, *rows]))
    if asked.record:
        record(asked.record, rows, "every one of" if asked.all else f"a sample of {asked.sample}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
