"""Kill runs at any moment, fill the disk under them and start two at once: the last good output must stand whole.

    make kill-test                     # prints what is kept in docs/studies/kill_test.txt
    make kill-test PARTS="disks pairs"

Each run is a forked child, so that hundreds of them cost minutes; a kill is SIGKILL, which nothing can catch.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import itertools
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import wbe
from wbe.errors import InputError
from wbe.exchange.outputs import ASIDE
from wbe.runs import Project, init, run
from wbe.runs.loading import load
from wbe.runs.record import check_files, read_record
from wbe.runs.running import ASIDE as RUN_ASIDE
from wbe.runs.running import RECORD
from wbe.runs.writing import write_estimate
from wbe.testing import small_city

BAD = ("broken", "mixed", "litter after next", "next run failed", "old output changed")
HEAD = "采样日期,县市区,采样点,样品编号,流量(m3/d),服务人口(人),人口口径,甲基苯丙胺(ng/L)\n"
SETTINGS = '[[edition]]\nname = "office"\nformats = ["csv"]\nlanguage = "en"\n'
PARTS = ("random", "aimed", "tables", "pairs", "disks")
# the calls by which a run settles and moves files: name, which call, killed before or after it
STEPS = [
    *((name, call, after) for call in range(1, 8) for name in ("os.fsync", "os.mkdir") for after in (False, True)),
    *(("os.rename", 1, after) for after in (False, True)),
]


def make_project(folder: Path) -> Project:
    """A project of two plants and one month."""
    made = init(folder)
    (made.root / "wbe.toml").write_text(SETTINGS, encoding="utf-8")
    feed(made, 200)
    return Project.open(made.root)


def feed(project: Project, concentration: int) -> None:
    """Give the project another result, so that the next run has something to write."""
    first = f"2021-06-24,天元区,河西厂,S1,50000,300000,普查,{concentration}\n"
    second = "2021-06-25,荷塘区,荷塘厂,S2,40000,200000,普查,90\n"
    (project.root / "data" / "june.csv").write_text(HEAD + first + second, encoding="utf-8")


def child(work: Callable[[], object]) -> int:
    """Run something in a forked child; return its process id."""
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid:
        return pid
    code = 1
    with contextlib.suppress(BaseException), contextlib.redirect_stderr(io.StringIO()):
        work()
        code = 0
    os._exit(code)


def ended(pid: int) -> int:
    """Wait for a child; return its exit code, negative for a signal."""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def dying(work: Callable[[], object], name: str, call: int, after: bool = False) -> Callable[[], None]:
    """Work that kills itself just before or after the given call of a function of ``os``."""

    def wrapped() -> None:
        attribute = name.removeprefix("os.")
        real, left = getattr(os, attribute), [call]

        def fatal(*arguments: object, **named: object) -> object:
            left[0] -= 1
            if left[0] == 0 and after:
                real(*arguments, **named)
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*arguments, **named)

        setattr(os, attribute, fatal)
        work()

    return wrapped


def judge(project: Project) -> Counter[str]:
    """Count runs that are whole, broken or mixed, and litter, as they lie there."""
    found: Counter[str] = Counter()
    for folder in project.runs.glob("*/*"):
        if folder.name.startswith(RUN_ASIDE):
            found["litter"] += 1
        elif not (folder / RECORD).is_file():
            found["broken"] += 1
        else:
            try:
                check_files(read_record(folder / RECORD), folder, project.key())
                found["whole"] += 1
            except InputError:
                found["mixed"] += 1
    return found


def random_kills(project: Project, count: int, seed: int) -> Counter[str]:
    """Kill runs at random moments; the next run must clear what they left."""
    chance, total = random.Random(seed), Counter[str]()
    began = time.monotonic()
    assert ended(child(lambda: run(project, revision="first"))) == 0
    whole = time.monotonic() - began
    for i in itertools.count():
        if total["killed"] >= count:
            break
        feed(project, 201 + i)
        pid = child(lambda i=i: run(project, revision=f"result {i}"))
        time.sleep(chance.uniform(0, whole))
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        total["killed" if ended(pid) == -signal.SIGKILL else "finished before"] += 1
        total += Counter({k: v for k, v in judge(project).items() if k in ("broken", "mixed")})
        if i % 5 == 4:
            total += after_next(project, i)
    return total


def after_next(project: Project, i: int) -> Counter[str]:
    """What a run that is left alone leaves behind."""
    code = ended(child(lambda: run(project, revision=f"after {i}")))
    state = judge(project)
    return Counter({"next run failed": int(code != 0), "litter after next": state["litter"],
                    "broken": state["broken"], "mixed": state["mixed"]})  # fmt: skip


def aimed_kills(project: Project, count: int) -> Counter[str]:
    """Kill a run of a project just before or after each step that moves or settles a file."""
    total = Counter[str]()
    aimed = (STEPS[-2:] + STEPS[:-2])[:count]
    for i, (name, call, after) in enumerate(aimed):
        feed(project, 400 + i)
        code = ended(child(dying(lambda i=i: run(project, revision=f"aimed {i}"), name, call, after)))
        total["killed" if code == -signal.SIGKILL else "finished before"] += 1
        total += Counter({k: v for k, v in judge(project).items() if k in ("broken", "mixed")})
        total += after_next(project, i)
    return total


def table_kills(folder: Path, count: int) -> Counter[str]:
    """Kill ``wbe estimate -o`` between two replaces: no table may be read with the record of another run."""
    city = small_city(districts=2, months=1)
    first, second = (wbe.estimate(city.assign(flow=city["flow"] * x), draws=1000) for x in (1, 2))
    total, path = Counter[str](), folder / "june.csv"
    write_estimate(first, path, source=folder)
    known = {path.read_bytes()}
    write_estimate(second, path, source=folder)
    known |= {path.read_bytes()}
    for i in range(count):
        made = (first, second)[i % 2]
        code = ended(child(dying(lambda made=made: write_estimate(made, path, source=folder), "os.replace", i % 4 + 1)))
        total["killed" if code == -signal.SIGKILL else "finished before"] += 1
        try:
            load(path)  # what diff and the next run see
        except InputError:
            total["mixed"] += 1
        total["broken"] += int(path.read_bytes() not in known)
        total["litter after next"] += sum(1 for p in folder.iterdir() if p.name.startswith(ASIDE))
    return total


def at_once(project: Project, count: int) -> Counter[str]:
    """Start two runs at the same moment."""
    total = Counter[str]()
    for i in range(count):
        feed(project, 700 + i)
        pair = [child(lambda i=i: run(project, revision=f"pair {i}")) for _ in range(2)]
        total["ended well"] += sum(ended(pid) == 0 for pid in pair)
        total += Counter({k: v for k, v in judge(project).items() if k != "whole"})
    return total


def full_disks(folder: Path, sizes: list[int]) -> Counter[str]:
    """Run on a small disk with less and less room: the old output stands and the refusal is a line."""
    total = Counter[str]()
    disk = folder / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(disk)], capture_output=True)
    if mounted.returncode:
        return Counter({"skipped: no right to mount": len(sizes)})
    try:
        project = make_project(disk / "office")
        run(project)
        for i, room in enumerate(sizes):
            feed(project, 500 + i)
            filler = disk / "filler"
            free = shutil.disk_usage(disk).free
            with contextlib.suppress(OSError):
                filler.write_bytes(bytes(max(free - room, 0)))
            before = {p: p.read_bytes() for p in project.runs.rglob("*") if p.is_file()}
            code = ended(child(lambda i=i: run(project, revision=f"full {i}")))
            total["refused" if code else "had room"] += 1
            state = judge(project)
            total += Counter({k: v for k, v in state.items() if k != "whole"})
            total["old output changed"] += sum(p.read_bytes() != held for p, held in before.items())
            filler.unlink(missing_ok=True)
            for one in sorted(project.runs.glob("*/*"))[1:]:
                shutil.rmtree(one)
    finally:
        subprocess.run(["umount", str(disk)], check=False)
    return total


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--random", type=int, default=60)
    parser.add_argument("--aimed", type=int, default=20)
    parser.add_argument("--sizes", type=int, default=20)
    parser.add_argument("--seed", type=int, default=20210624)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--parts", nargs="*", default=list(PARTS), choices=PARTS)
    asked = parser.parse_args()
    failed = False
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "tables").mkdir()
        parts: dict[str, tuple[str, Callable[[], Counter[str]]]] = {
            "random": (f"{asked.random} random kills of wbe run",
                       lambda: random_kills(make_project(folder / "random"), asked.random, asked.seed)),
            "aimed": (f"{asked.aimed} kills of wbe run at a step",
                      lambda: aimed_kills(make_project(folder / "aimed"), asked.aimed)),
            "tables": (f"{asked.aimed} kills of wbe estimate between two replaces",
                       lambda: table_kills(folder / "tables", asked.aimed)),
            "pairs": (f"2 runs at once, {asked.pairs} times",
                      lambda: at_once(make_project(folder / "pair"), asked.pairs)),
            "disks": (f"{asked.sizes} full disks",
                      lambda: full_disks(folder, [int(1.5**i * 30) for i in range(asked.sizes)])),
        }  # fmt: skip
        run(make_project(folder / "warm"))  # children take over what was imported and read
        print("| What | Outcome |\n|---|---|", flush=True)
        for part in asked.parts:
            what, work = parts[part]
            found = work()
            bad = sum(
                found[k] for k in ("broken", "mixed", "litter after next", "next run failed", "old output changed")
            )
            failed |= bad > 0
            told = {k: found[k] for k in ("broken", "mixed", "litter after next")} | dict(sorted(found.items()))
            print(f"| {what} | {', '.join(f'{k} {v}' for k, v in told.items())} |", flush=True)
    print("\n" + ("FAILED" if failed else "Every last good output stood whole."))
    return int(failed)


if __name__ == "__main__":
    raise SystemExit(main())
