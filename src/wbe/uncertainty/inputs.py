"""Default sizes of the sources of error, read from ``data/uncertainty.toml``, and the terms of a Samples dataset.

Refuses sources and kinds that the table does not have, and sizes that cannot be.
"""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from wbe import packaged
from wbe.errors import UncertaintyError
from wbe.uncertainty.terms import Term

__all__ = ["CORRECTED", "MEASUREMENT", "SAMPLED", "cv", "log_sd", "measurement_terms", "remedy", "row", "table"]

SAMPLED = ("analysis", "batch", "flow", "flow_meter", "sampling")
#: what samples corrected for the sewer are not sure of, and how it is drawn
CORRECTED = {"stability": ("biomarker",), "residence": ("site",), "sorption": ("biomarker",)}
MEASUREMENT = (*SAMPLED, *CORRECTED)


@functools.cache
def _data() -> dict[str, Any]:
    return packaged.toml("uncertainty.toml")


def table() -> pd.DataFrame:
    """Return the table of defaults: term, kind, scope, cv, source, status.

    Examples
    --------
    >>> list(table().columns)
    ['term', 'kind', 'scope', 'cv', 'source', 'status']
    """
    rows = [{**row, "scope": tuple(row["scope"])} for row in _data()["input"]]
    return pd.DataFrame(rows)[["term", "kind", "scope", "cv", "source", "status"]]


@functools.cache
def _rows() -> dict[tuple[str, str], dict[str, Any]]:
    return {(row["term"], row["kind"]): row for row in _data()["input"]}


def row(term: str, kind: str = "default") -> Mapping[str, Any]:
    """Return one default with its source and status.

    Raises
    ------
    UncertaintyError
        Unknown term or kind; the known ones are listed.

    Examples
    --------
    >>> row("sampling", "grab")["cv"]
    0.85
    """
    try:
        return _rows()[term, kind]
    except KeyError as err:
        kinds = [k for t, k in _rows() if t == term]
        known = ", ".join(kinds) if kinds else "none; terms: " + ", ".join(sorted({t for t, _ in _rows()}))
        raise UncertaintyError("uncertainty-no-default", term=term, kind=repr(kind), known=known) from err


def cv(term: str, kind: str = "default") -> float:
    """Return the default coefficient of variation of a source of error."""
    return float(row(term, kind)["cv"])


def log_sd(cv: float, name: str = "cv") -> float:
    """Return the standard deviation of ln(x) of a log-normal with coefficient of variation ``cv``.

    Raises
    ------
    UncertaintyError
        Not finite, or not above 0.

    Examples
    --------
    >>> round(log_sd(0.1), 5)
    0.09975
    """
    if isinstance(cv, bool) or not isinstance(cv, int | float | np.number) or not math.isfinite(cv) or cv <= 0:
        raise UncertaintyError("uncertainty-size", name=name, came=repr(cv))
    return math.sqrt(math.log1p(float(cv) ** 2))


def remedy(term: str) -> dict[str, str]:
    """Return what makes a source smaller, in kind, in English and Chinese; ``population:census`` reads population."""
    found = _data()["remedy"].get(term.split(":")[0].split("[")[0])
    return dict(found) if found else {"en": "a better figure for " + term, "zh": "改进" + term}


def measurement_terms(samples: xr.Dataset, cvs: Mapping[str, float] | None = None) -> dict[str, Term]:
    """Return the terms of measurement of a Samples dataset: analysis, batch, flow, flow_meter, sampling.

    Samples that were corrected for the sewer carry the spread of the correction: stability, residence, sorption.

    Parameters
    ----------
    samples : Dataset
        A Samples dataset; ``sample_type`` (sample) sets the size of the sampling error.
    cvs : mapping, optional
        Own sizes by term name, e.g. ``{"flow": 0.1}``; they replace the defaults. ``sampling`` is the size
        of composites; a grab sample keeps its own unless ``sampling:grab`` is given, and so with ``sampling:passive``
        and ``sampling:unknown``.

    Returns
    -------
    dict of str to Term
        ``batch`` only if the samples carry a batch.

    Raises
    ------
    UncertaintyError
        A term that is not one of measurement, or a size that cannot be.

    Examples
    --------
    >>> from wbe.testing import small_city
    >>> {name: term.scope for name, term in measurement_terms(small_city()).items()}["analysis"]
    ('sample', 'biomarker')
    """
    own = dict(cvs or {})
    kinds = [f"sampling:{kind}" for term, kind in _rows() if term == "sampling"]
    strange = sorted(set(own) - {*SAMPLED, *kinds})
    if strange:
        known = ", ".join((*SAMPLED, *kinds))
        raise UncertaintyError("uncertainty-no-such-size", came=", ".join(strange), known=known)
    terms = {}
    for name in SAMPLED:
        if name == "batch" and "batch" not in samples.coords:
            continue
        if name == "sampling":
            terms[name] = Term(name, ("sample",), _sampling(samples, own))
            continue
        terms[name] = Term(name, tuple(row(name)["scope"]), log_sd(own.get(name, cv(name)), name))
    return terms | _correction_terms(samples)


def _correction_terms(samples: xr.Dataset) -> dict[str, Term]:
    """Spread of the corrections that the samples went through."""
    done = json.loads(samples.attrs.get("corrected_for") or "{}")
    needed = {"stability": done.get("sewer_loss"), "sorption": done.get("sorption")}
    lost = [f"{name}_log_sd" for name, names in needed.items() if names and f"{name}_log_sd" not in samples]
    if lost:
        raise UncertaintyError(
            "uncertainty-correction-spread", done=samples.attrs.get("corrections", ""), lost=", ".join(lost)
        )
    held = {name: samples[f"{name}_log_sd"] for name in CORRECTED if f"{name}_log_sd" in samples}
    return {
        name: Term(name, CORRECTED[name], spread.reset_coords(drop=True))
        for name, spread in held.items()
        if bool((spread > 0).any())
    }


def _sampling(samples: xr.Dataset, own: Mapping[str, float]) -> xr.DataArray:
    if "sample_type" not in samples.coords:
        kinds = np.full(samples.sizes["sample"], "unknown", dtype=object)
    else:
        kinds = np.asarray(samples["sample_type"].values).astype(str)

    def size(kind: str) -> float:
        # what a laboratory knows of its composites says nothing on a grab sample
        default = own["sampling"] if "sampling" in own and kind.endswith("composite") else cv("sampling", kind)
        return log_sd(own.get(f"sampling:{kind}", default), "sampling")

    sizes = {kind: size(kind) for kind in np.unique(kinds.astype(str))}
    values = np.array([sizes[str(kind)] for kind in kinds], dtype=float)
    return xr.DataArray(values, dims="sample", coords={"sample": samples["sample"].values})
