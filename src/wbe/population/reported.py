"""Head counts that somebody reported: census, registers, connections, design capacity.

Refuses a count whose basis is not one of the table's; an unknown basis is allowed, at the widest spread.
"""

from __future__ import annotations

import numpy as np
import xarray as xr

from wbe.population.flows import situate
from wbe.population.pooling import log_sd
from wbe.population.tables import basis
from wbe.samples import one_text
from wbe.uncertainty import Term, Uncertain

__all__ = ["basis_of", "reported_population"]


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
    UnknownName
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
