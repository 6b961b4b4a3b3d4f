"""Files that people and machines read again: estimates as CSV with a run record, comparison of two runs.

Refuses half-written output: a file appears whole or not at all; text that a spreadsheet would run is quoted.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from wbe.errors import Fault, InputError
from wbe.exchange import neutralise
from wbe.exchange.outputs import write_together, write_whole

if TYPE_CHECKING:
    from wbe.estimation import Estimate

__all__ = [
    "compare_runs",
    "copy_sample_data",
    "csv_bytes",
    "write_csv",
    "write_run",
]

KEYS = ["district", "month", "drug", "biomarker", "quantity"]


def write_csv(table: pd.DataFrame, path: Path) -> None:
    """Write a table as UTF-8 CSV, whole or not at all.

    Raises
    ------
    OSError
    """
    write_whole(path, csv_bytes(table))


def csv_bytes(table: pd.DataFrame) -> bytes:
    """Return a table as UTF-8 CSV that spreadsheets open with Chinese intact and formulas dead."""
    safe = table.copy()
    for name in safe.columns:
        if not pd.api.types.is_numeric_dtype(safe[name]):
            safe[name] = safe[name].map(lambda v: neutralise(v) if isinstance(v, str) else v)
    return safe.to_csv(index=False).encode("utf-8-sig", "backslashreplace")


def estimate_table(estimate: Estimate) -> pd.DataFrame:
    """Return everything that an edition may print as one tidy table: districts, then the city."""
    table = pd.concat([estimate.table(), estimate.table("city")], ignore_index=True)
    p = estimate.provenance
    table["profile"] = (
        f"{p['profile']} {p['profile_version']} ({p['claims_unverified']} of {p['claims_used']} claims unverified)"
    )
    if estimate.synthetic:
        table["data"] = "SYNTHETIC"
    return table


def write_run(estimate: Estimate, path: Path) -> int:
    """Write an estimate's tidy table and, beside it, the record of the run; return the number of rows."""
    path = Path(path)
    table = estimate_table(estimate)
    record = {**estimate.provenance, "rows": len(table), "inputs": _inputs(estimate)}
    text = json.dumps(record, ensure_ascii=False, indent=1, default=str)
    # together: a table must never stand without what it was made from
    write_together({path.with_suffix(".run.json"): text.encode("utf-8", "backslashreplace"), path: csv_bytes(table)})
    return len(table)


def _inputs(estimate: Estimate) -> dict[str, dict[str, float]]:
    """Means of what went in, by district and month, so that a later run can say what changed.

    Only where the edition shows the district's loads: flow, concentration and population together are the load.
    """
    from wbe.estimation.chain import OF_BIOMARKER
    from wbe.estimation.frames import hidden_samples

    ds, policy = estimate.samples, estimate.policy
    if "district" not in policy.areas:
        return {}
    frame = pd.DataFrame({
        "district": ds["district"].values, "month": ds["month"].values,
        "flow": ds["flow"].values, "population": estimate.chain.served,
    })  # fmt: skip
    for biomarker in ds["biomarker"].values:
        frame[f"concentration {biomarker}"] = ds["concentration"].sel(biomarker=biomarker).values
    if policy.minimum_population_load > 0:  # samples behind a hidden load would give it away
        for quantity in OF_BIOMARKER:
            for hidden in hidden_samples(estimate, quantity).values():
                frame.loc[hidden, "district"] = np.nan
        frame = frame[frame["population"] >= policy.minimum_population_load]  # unknown counts as small
    means = frame.groupby(["district", "month"]).mean(numeric_only=True)
    return {
        f"{district}|{month}": {str(c): float(v) for c, v in row.items() if np.isfinite(v)}
        for (district, month), row in zip(means.index, means.to_dict("records"), strict=True)
    }


def compare_runs(run_a: Path, run_b: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Compare two runs written by :func:`write_run`.

    Returns
    -------
    settings, rows : DataFrame
        Settings that differ; numbers that differ with their ratio and the inputs that changed, and for users the
        ``statement`` that they rest on.

    Raises
    ------
    InputError
        A file is not such a run.
    """
    (table_a, record_a), (table_b, record_b) = _run(Path(run_a)), _run(Path(run_b))
    differing: list[dict[str, Any]] = [
        {"setting": k, "a": record_a.get(k), "b": record_b.get(k)}
        for k in dict.fromkeys([*record_a, *record_b])
        if k not in ("inputs", "rows", "profile_warning") and record_a.get(k) != record_b.get(k)
    ]
    both = table_a.merge(table_b, on=KEYS, how="outer", suffixes=("_a", "_b"))
    numbers = ["median", "lower", "upper"]
    left, right = (both[[f"{c}_{s}" for c in numbers]].to_numpy(float) for s in "ab")
    changed = ~np.isclose(left, right, rtol=1e-9, atol=0, equal_nan=True).all(axis=1)
    rows = both.loc[changed, [*KEYS, "text_a", "text_b"]].copy()
    rows["ratio"] = (both["median_b"] / both["median_a"])[changed]
    users = both.loc[changed, "quantity"] == "users"
    notes = [both.get(f"note_{s}", pd.Series("", index=both.index))[changed].fillna("") for s in "ba"]
    rows["statement"] = notes[0].where(notes[0] != "", notes[1]).where(users, "")
    rows["changed"] = [
        _why(record_a, record_b, f"{d}|{m}", str(b), bool(differing))
        for d, m, b in zip(rows["district"], rows["month"], rows["biomarker"], strict=True)
    ]
    return pd.DataFrame(differing, columns=["setting", "a", "b"]), rows.reset_index(drop=True)


def _why(a: dict[str, Any], b: dict[str, Any], cell: str, biomarker: str, settings: bool) -> str:
    before, after = a.get("inputs", {}).get(cell, {}), b.get("inputs", {}).get(cell, {})
    parts = []
    for name in (f"concentration {biomarker}", "flow", "population"):
        x, y = before.get(name), after.get(name)
        if x != y:
            label = name.split(" ")[0]
            parts.append(f"{label} x{y / x:.3g}" if x and y else f"{label} {'came' if y else 'went'}")
    same = all(a.get(k) == b.get(k) for k in ("profile_hash", "population", "scenarios", "level", "policy"))
    if not same and settings:
        parts.append("settings")
    return ", ".join(parts) or ("other samples of the month or run" if settings else "draws")


def _run(path: Path) -> tuple[pd.DataFrame, dict[str, Any]]:
    if path.is_dir():
        raise InputError([Fault("reporting-no-run", file=str(path))])
    record = path.with_suffix(".run.json")
    try:
        table = pd.read_csv(path, encoding="utf-8-sig")
        known = json.loads(record.read_text(encoding="utf-8"))
    except FileNotFoundError as err:
        raise InputError([Fault("reporting-no-run-file", name=Path(err.filename).name, file=str(path))]) from err
    except (ValueError, UnicodeDecodeError, RecursionError) as err:
        raise InputError([Fault("reporting-no-run", file=str(path))]) from err
    if not isinstance(known, dict):
        raise InputError([Fault("reporting-no-run", file=str(record))])
    lacking = sorted({*KEYS, "median", "lower", "upper", "text"} - set(table.columns))
    if lacking:
        raise InputError([Fault("reporting-run-lacks-columns", columns=lacking, file=str(path))])
    return table, known


def copy_sample_data(directory: Path) -> list[str]:
    """Copy the packaged sample sets into a new folder; return their names.

    Raises
    ------
    InputError
        The folder exists.
    """
    from wbe.reading import sample_data

    directory = Path(directory)
    if directory.exists():
        raise InputError([Fault("reporting-folder-exists", file=str(directory))])
    source = sample_data("zhuzhou").parent
    names = sorted(p.name for p in source.iterdir() if p.is_dir() and not p.name.startswith("_"))
    directory.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=directory.parent, prefix=f".{directory.name}-") as beside:
        whole = shutil.copytree(source, Path(beside) / directory.name, ignore=shutil.ignore_patterns("__pycache__"))
        whole.rename(directory)  # all of it or nothing
    return names
