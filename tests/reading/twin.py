"""What the reader gives for every file of the corpus, recorded: a change of a number, state, note or fault is seen.

``python tests/reading/twin.py`` lists what differs from the recording; with ``--record`` it writes the recording anew.
"""

from __future__ import annotations

import hashlib
import json
import sys
import tomllib
from pathlib import Path
from typing import Any

import numpy as np

from wbe import messages
from wbe.errors import InputError, WbeError
from wbe.reading import read_samples, reading_log

CORPUS = Path(__file__).parent / "corpus"
RECORDING = Path(__file__).parent / "twin.json"
EXPECTED: dict[str, dict[str, Any]] = json.loads((CORPUS / "expected.json").read_text(encoding="utf-8"))


def of_file(name: str) -> dict[str, Any]:
    """A digest that a person can compare: samples with their numbers and states, the log's counts, or the faults."""
    answers = tomllib.loads(EXPECTED[name]["mapping"]) or None
    with messages.speaking("en"):
        try:
            ds = read_samples(CORPUS / "files" / name, answers)
        except InputError as err:
            return {"faults": [_fault(f) for f in err.faults]}
        except WbeError as err:
            return {"faults": [{"came": str(err)[:90]}]}
        log = reading_log(ds)
    numbers = {
        str(v): np.round(np.asarray(ds[v].values, dtype=float), 9).tolist()
        for v in sorted(map(str, ds.data_vars)) if ds[v].dtype.kind in "fiu"
    }  # fmt: skip
    texts = {
        str(c): list(map(str, ds[c].values.tolist() if ds[c].dtype.kind == "O" else ds[c].values.astype(str)))
        for c in sorted(map(str, ds.coords))
    }
    whole = json.dumps([numbers, texts], ensure_ascii=False, sort_keys=True)
    return {
        "hash": hashlib.sha256(whole.encode()).hexdigest()[:16],
        "samples": ds.sizes["sample"],
        "biomarkers": texts["biomarker"],
        "districts": sorted(set(texts["district"])),
        "flag": "".join(str(f) for f in ds["flag"].values.ravel().tolist()[:60]),
        "sum": round(float(np.nansum(ds["concentration"].values)), 6),
        "flow": round(float(np.nansum(ds["flow"].values)), 3),
        "log": {"tables": len(log.tables), "skipped": len(log.skipped), "unread": [u["column"] for u in log.unread],
                "notes": len(log.notes)},
    }  # fmt: skip


def _fault(fault: Any) -> dict[str, Any]:
    kept = {"came": fault.came[:90], "file": fault.file, "sheet": fault.sheet, "row": fault.row, "column": fault.column}
    return {k: v for k, v in kept.items() if v not in (None, "")}


def differences() -> list[str]:
    """One line for each file that is read otherwise than recorded."""
    recorded = json.loads(RECORDING.read_text(encoding="utf-8"))
    out = []
    for name in sorted({*EXPECTED, *recorded}):
        now = of_file(name) if name in EXPECTED else {}
        before = recorded.get(name, {})
        for key in sorted({*now, *before}):
            if now.get(key) != before.get(key):
                out.append(f"{name}: {key}: {before.get(key)!r} -> {now.get(key)!r}")
    return out


if __name__ == "__main__":
    if "--record" in sys.argv:
        found = {name: of_file(name) for name in sorted(EXPECTED)}
        lines = [f" {json.dumps(n)}: {json.dumps(v, ensure_ascii=False)}" for n, v in found.items()]
        RECORDING.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    else:
        print("\n".join(differences()))
