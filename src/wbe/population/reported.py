"""Head counts that somebody reported: census, registers, connections, design, mobile devices.

Refuses a count whose basis is not one of the table's; an unknown basis is allowed, at the widest spread.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr

from wbe.errors import Fault, InputError
from wbe.population.flows import situate
from wbe.population.pooling import log_sd
from wbe.population.tables import basis
from wbe.samples import month, one_text
from wbe.uncertainty import Term, Uncertain


def basis_of(samples: xr.Dataset) -> np.ndarray:
    """Return the basis of each sample's reported population as text; ``unknown`` where none was given."""
    if "population_basis" not in samples.coords:
        return one_text(samples.sizes["sample"], "unknown")
    return samples["population_basis"].values.astype(str).astype(object)


def reported_population(samples: xr.Dataset) -> Uncertain:
    """Population as reported, with the spread of its basis.

    Parameters
    ----------
    samples : Dataset
        Samples with ``population`` and ``population_basis``.

    Returns
    -------
    Uncertain (sample) [inhabitant]
        Term ``population:reported``, drawn once per site: it cancels in that site's trend and stays in a
        comparison of sites.

    Raises
    ------
    FactorError
        A basis outside the table.

    Examples
    --------
    >>> from wbe.testing import small_city
    >>> reported_population(small_city()).terms[0][0]
    Term(population:reported by site)
    """
    spreads = {name: float(log_sd(basis(name)["cv"])) for name in set(basis_of(samples))}
    spread = xr.DataArray([spreads[name] for name in basis_of(samples)], dims="sample")
    heads = samples["population"].where(samples["population"] > 0)
    central = situate(samples, heads, on_flow=False)
    return Uncertain(central).with_term(Term("population:reported", ("site",), spread))


def mobile_population(samples: xr.Dataset, counts: pd.DataFrame) -> Uncertain:
    """Population from a table of mobile-device counts.

    Parameters
    ----------
    samples : Dataset
        Samples.
    counts : DataFrame
        ``site``, ``population`` [inhabitant] and either ``date`` (day), ``month`` (YYYY-MM) or neither; optional
        ``cv``. Aggregates only: a column that names persons or devices has no place here.

    Returns
    -------
    Uncertain (sample) [inhabitant]
        Term ``population:mobile``, drawn once per site. Samples without a row are NaN.

    Raises
    ------
    InputError
        Missing columns, repeated rows, counts or CVs that are not positive: all at once, by row.
    """
    keys = ["site", *[c for c in ("date", "month") if c in counts.columns][:1]]
    _check_counts(counts, keys)
    table = counts.assign(cv=counts["cv"] if "cv" in counts else basis("mobile")["cv"])
    own = pd.DataFrame({"site": samples["site"].values.astype(str), "month": month(samples).values})
    if "date" in keys:
        table = table.assign(date=pd.to_datetime(table["date"]).dt.strftime("%Y-%m-%d"))
        own["date"] = pd.DatetimeIndex(samples["time"].values).strftime("%Y-%m-%d")
    found = own.merge(table[[*keys, "population", "cv"]].astype({"site": str}), on=keys, how="left")
    spread = xr.DataArray(np.asarray(log_sd(found["cv"].fillna(0.0).to_numpy(float))), dims="sample")
    central = situate(samples, xr.DataArray(found["population"].to_numpy(float), dims="sample"), on_flow=False)
    return Uncertain(central).with_term(Term("population:mobile", ("site",), spread))


def _check_counts(counts: pd.DataFrame, keys: list[str]) -> None:
    missing = [c for c in ("site", "population") if c not in counts.columns]
    if missing:
        raise InputError([
            Fault(f"columns {list(counts.columns)}", f"column {c!r}", "Add the column to the table of counts.")
            for c in missing
        ])  # fmt: skip
    faults = []
    for i, row in enumerate(counts.to_dict("records"), start=1):
        for column in ("population", "cv"):
            value = pd.to_numeric(row.get(column, 1.0), errors="coerce")
            if not (np.isfinite(value) and value > 0):
                faults.append(Fault(repr(row[column]), "a number above 0", "Correct or remove the row.", row=i,
                                    column=column))  # fmt: skip
    for second in np.flatnonzero(counts.duplicated(keys)):
        faults.append(Fault("a second count", f"one count per {', '.join(keys)}", "Keep one.", row=int(second) + 1))
    if faults:
        raise InputError(faults)
