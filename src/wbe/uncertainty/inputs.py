"""Default sizes of the sources of error, read from ``data/uncertainty.toml``, and the terms of a Samples dataset.

Refuses sources and kinds that the table does not have, and sizes that cannot be.
"""

from __future__ import annotations

import functools
import math
import tomllib
from collections.abc import Mapping
from importlib import resources
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from wbe.errors import UncertaintyError
from wbe.uncertainty.terms import Term

MEASUREMENT = ("analysis", "batch", "flow", "flow_meter", "sampling")


@functools.cache
def _data() -> dict[str, Any]:
    text = resources.files("wbe").joinpath("data/uncertainty.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


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
        raise UncertaintyError(f"{term}: no default for kind {kind!r}. Known kinds: {known}.") from err


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
        raise UncertaintyError(f"{name}: cv = {cv!r}; needed a finite number above 0, e.g. 0.1 for 10 %.")
    return math.sqrt(math.log1p(float(cv) ** 2))


def remedy(term: str) -> dict[str, str]:
    """Return what makes a source smaller, in kind, in English and Chinese; ``population:census`` reads population."""
    found = _data()["remedy"].get(term.split(":")[0].split("[")[0])
    return dict(found) if found else {"en": "a better figure for " + term, "zh": "改进" + term}


def measurement_terms(samples: xr.Dataset, cvs: Mapping[str, float] | None = None) -> dict[str, Term]:
    """Return the terms of measurement of a Samples dataset: analysis, batch, flow, flow_meter, sampling.

    Parameters
    ----------
    samples : Dataset
        A Samples dataset; ``sample_type`` (sample) sets the size of the sampling error.
    cvs : mapping, optional
        Own sizes by term name, e.g. ``{"flow": 0.1}``; they replace the defaults.

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
    strange = sorted(set(own) - set(MEASUREMENT))
    if strange:
        raise UncertaintyError(f"{', '.join(strange)}: no term of measurement. Known: {', '.join(MEASUREMENT)}.")
    terms = {}
    for name in MEASUREMENT:
        if name == "batch" and "batch" not in samples.coords:
            continue
        if name == "sampling" and name not in own:
            terms[name] = Term(name, ("sample",), _sampling(samples))
            continue
        scope = tuple(row(name, "24h_composite" if name == "sampling" else "default")["scope"])
        terms[name] = Term(name, scope, log_sd(own.get(name, 0.0) if name in own else cv(name), name))
    return terms


def _sampling(samples: xr.Dataset) -> xr.DataArray:
    if "sample_type" not in samples.coords:
        kinds = np.full(samples.sizes["sample"], "unknown", dtype=object)
    else:
        kinds = np.asarray(samples["sample_type"].values).astype(str)
    sizes = {kind: log_sd(cv("sampling", kind), "sampling") for kind in np.unique(kinds.astype(str))}
    values = np.array([sizes[str(kind)] for kind in kinds], dtype=float)
    return xr.DataArray(values, dims="sample", coords={"sample": samples["sample"].values})
