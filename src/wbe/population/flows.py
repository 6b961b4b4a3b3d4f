"""Flow where it was metered, one unit of flow where it was not, so that a load per head needs no meter.

Refuses to pass a number on unit flow off as a load or a head count: every result says which samples are
absolute.
"""

from __future__ import annotations

import numpy as np
import xarray as xr

from wbe.samples import month
from wbe.uncertainty import Uncertain
from wbe.units import without_attrs

__all__ = ["UNIT_FLOW", "absolute", "flow_known", "flow_or_unit", "per_head", "served", "situate"]

# A sample without a meter is reckoned as if 1 m3/d had passed: the number drops out of every quotient.
UNIT_FLOW = 1.0


def flow_known(samples: xr.Dataset) -> xr.DataArray:
    """Say which samples have a metered flow: only their mass loads and marker populations are absolute.

    Parameters
    ----------
    samples : Dataset
        Samples.

    Returns
    -------
    DataArray of bool (sample)

    Examples
    --------
    >>> from wbe.testing import small_city
    >>> bool(flow_known(small_city()).all())
    True
    """
    flow = samples["flow"]
    return without_attrs(flow.notnull() & (flow > 0)).rename("flow_known")


def flow_or_unit(samples: xr.Dataset) -> xr.DataArray:
    """Return the flow [m3/d], and 1 m3/d where none was metered.

    A load and a marker population reckoned from the same sample both carry this flow, so their quotient is
    right whatever it is. Absolute numbers must be masked with :func:`flow_known`.

    Parameters
    ----------
    samples : Dataset
        Samples.

    Returns
    -------
    DataArray (sample), with ``units``

    Examples
    --------
    >>> from wbe.testing import small_city
    >>> city = small_city()
    >>> city["flow"] = city["flow"].where(city["sample"] != city["sample"][0])
    >>> float(flow_or_unit(city)[0]), flow_or_unit(city).attrs["units"]
    (1.0, 'm3/d')
    """
    return samples["flow"].where(flow_known(samples), UNIT_FLOW).assign_attrs(samples["flow"].attrs)


def situate(samples: xr.Dataset, values: xr.DataArray, *, on_flow: bool) -> xr.DataArray:
    """Give one number per sample the coordinates by which terms are drawn, and what it rests on.

    Parameters
    ----------
    samples : Dataset
        Samples.
    values : DataArray (sample)
        Plain numbers.
    on_flow : bool
        Whether the numbers were multiplied by :func:`flow_or_unit`.

    Returns
    -------
    DataArray (sample)
        With ``month``, ``flow_known`` and ``on_flow`` beside the coordinates of the samples.
    """
    n = samples.sizes["sample"]
    plain = without_attrs(samples["flow"]).copy(deep=False, data=np.asarray(values, float))
    return plain.assign_coords(
        month=("sample", month(samples).values),
        flow_known=("sample", flow_known(samples).values),
        on_flow=("sample", np.full(n, on_flow)),
    )


def absolute(population: Uncertain) -> xr.DataArray:
    """Return the head counts that are absolute [inhabitant]; NaN where the flow was not metered.

    Parameters
    ----------
    population : Uncertain (sample)
        From :func:`wbe.population.resolve`.

    Returns
    -------
    DataArray (sample)
        Medians.
    """
    central = population.central
    known: xr.DataArray = central.where(central["flow_known"] | ~central["on_flow"])
    return known


def served(samples: xr.Dataset, population: Uncertain) -> xr.DataArray:
    """Return how many people stand behind each sample [inhabitant]: what disclosure judges by.

    Parameters
    ----------
    samples : Dataset
        Samples.
    population : Uncertain (sample)
        From :func:`wbe.population.resolve`.

    Returns
    -------
    DataArray (sample)
        The resolved population where it is absolute, else the reported one, else NaN (which counts as small).
    """
    known = absolute(population).reset_coords(drop=True)
    reported = without_attrs(samples["population"].where(samples["population"] > 0)).reset_coords(drop=True)
    return known.fillna(reported).rename("served")


def per_head(load: Uncertain, population: Uncertain) -> Uncertain:
    """Divide a load on :func:`flow_or_unit` by a population of the same samples.

    What both carry (the flow, its meter, the sampling of the day) cancels by the names and scopes of its
    terms. Where the flow was not metered and the population does not come from the same sample, the
    quotient is NaN: a reported head count cannot replace the meter.

    Parameters
    ----------
    load : Uncertain (sample, ...)
        In g/d, on :func:`flow_or_unit`.
    population : Uncertain (sample)
        From :func:`wbe.population.resolve`, for the same samples in the same order.

    Returns
    -------
    Uncertain (sample, ...)
        In g/d/inhabitant; times 1e6 it is mg/d/1000 inhabitant.
    """
    central = population.central
    right = (central["flow_known"] | central["on_flow"]) & (central > 0)
    bare = central.where(right).drop_vars(["flow_known", "on_flow"])
    return load / Uncertain(bare, population.terms)
