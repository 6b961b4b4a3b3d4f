"""Samples at nodes as what they say of the load that passes there: a value, a bound, or presence alone.

Refuses samples at places that the network does not know, non-detects without a limit, and nodes with too few people.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr
from scipy.special import log_ndtr

from wbe.errors import FactorError, Fault, InputError, hint, need_samples
from wbe.messages import Note
from wbe.samples import ABSENT, CENSORED, Flag, limit
from wbe.sewer.settings import settings

if TYPE_CHECKING:
    from wbe.sewer.network import Network

__all__ = ["ABOVE", "BELOW", "VALUE", "Observed", "biomarker_of", "log_likelihood", "loss_rate", "observed"]

VALUE, BELOW, ABOVE = 0, 1, 2


@dataclass(frozen=True, eq=False)
class Observed:
    """What a set of samples says.

    Parameters
    ----------
    node : ndarray (sample,) of int
    state : ndarray (sample,) of int
        ``VALUE``: a load was measured; ``BELOW``, ``ABOVE``: it lies below or above ``log_load``.
    log_load : ndarray (sample,)
        Natural log of the load [g/d] that was measured, or of the bound.
    variance : ndarray (sample,)
        Log variance of sampling, flow and analysis.
    site : tuple of str
        Node of each sample.
    notes : tuple of Note
        How flows were found that nobody measured.
    synthetic : bool
        Whether the samples were made, not measured.
    """

    node: np.ndarray
    state: np.ndarray
    log_load: np.ndarray
    variance: np.ndarray
    site: tuple[str, ...]
    notes: tuple[Note, ...] = ()
    synthetic: bool = False

    def joined(self, other: Observed) -> Observed:
        """Return both, one after the other."""

        def both(name: str) -> np.ndarray:
            return np.concatenate([getattr(self, name), getattr(other, name)])

        notes = tuple(dict.fromkeys((*self.notes, *other.notes)))
        return Observed(
            both("node"),
            both("state"),
            both("log_load"),
            both("variance"),
            (*self.site, *other.site),
            notes,
            self.synthetic or other.synthetic,
        )


def biomarker_of(drug: str, samples: xr.Dataset) -> str:
    """Return the substance of the samples that speaks of a drug: itself, or the default profile's biomarker.

    Raises
    ------
    InputError
        The samples hold neither.
    """
    from wbe.factors import profile
    from wbe.vocabulary import find

    named = find(drug) or drug
    measured = [str(b) for b in samples["biomarker"].values]
    traced = profile("default").biomarker(named) if named not in measured else named
    if traced not in measured:
        raise InputError([Fault("sewer-no-such-biomarker", drug=drug, known=measured)])
    return str(traced)


def loss_rate(drug: str) -> float:
    """Return the first-order loss rate of a drug's biomarker in the sewer [1/h]; 0 where none was published."""
    from wbe.factors import profile
    from wbe.factors.transformation import rate
    from wbe.vocabulary import find

    named = find(drug) or drug
    try:
        traced = profile("default").biomarker(named) or named
        return float(rate(traced)["rate"])
    except FactorError:
        return 0.0


def observed(network: Network, samples: xr.Dataset, drug: str, minimum: float = 0.0) -> Observed:
    """Turn samples at nodes into what they say of the load of one drug.

    Parameters
    ----------
    network : Network
    samples : Dataset
        Samples whose ``site`` is a node; rows without a result for the drug are passed over.
    drug : str
    minimum : float
        People that a node must serve for its samples to be used.

    Raises
    ------
    InputError
        All that is wrong with the samples.
    """
    need_samples(samples, "sewer")
    substance = biomarker_of(drug, samples)
    one = samples.sel(biomarker=substance)
    usable = ~np.isin(one["flag"].values, [int(f) for f in ABSENT])
    one = one.isel(sample=np.flatnonzero(usable))
    sites = [str(s) for s in one["site"].values]
    faults = _placed(network, sites, minimum)
    if faults:
        raise InputError(faults)
    node = np.array([network.index[s] for s in sites], dtype=int)
    small = Counter(sites[i] for i in np.flatnonzero(network.served[node] < minimum))
    if small:
        raise InputError([Fault("sewer-too-few-people", minimum=int(minimum), count=len(small))])
    flag = one["flag"].values.astype(int)
    below = np.isin(flag, [int(f) for f in CENSORED if f != Flag.ABOVE_ULOQ])
    value = np.where(below, limit(samples.sel(biomarker=[substance])).values[usable, 0], one["concentration"].values)
    lacking = below & np.isnan(value)
    if lacking.any():
        raise InputError([Fault("sewer-no-limit", samples=[sites[i] for i in np.flatnonzero(lacking)][:20])])
    if not len(value):
        raise InputError([Fault("sewer-nothing-to-learn", drug=drug)])
    flow, flow_cv, notes = _flows(network, one, node)
    passive = one["sample_type"].values == "passive"
    state = np.where(below, BELOW, np.where((flag == Flag.ABOVE_ULOQ) | passive, ABOVE, VALUE))
    if passive.any():
        notes.append(Note("sewer-passive-presence", count=int(passive.sum())))
        reported = limit(samples.sel(biomarker=[substance])).values[usable, 0]
        lowest = np.where(np.isnan(reported), one["lod"].values, reported)
        value = np.where(passive & ~below, np.where(np.isnan(lowest), value / 10, lowest), value)
    # ng/L x m3/d = 1e-6 g/d; a result of exactly 0 says no more than its limit
    load = np.log(np.maximum(value, 1e-12) * flow * 1e-6)
    variance = _variance(one) + np.log1p(flow_cv**2)
    made = bool(samples.attrs.get("synthetic", 0))
    return Observed(node, state, load, variance, tuple(sites), tuple(notes), made)


def _placed(network: Network, sites: list[str], minimum: float) -> list[Fault]:
    lost = sorted({s for s in sites if s not in network.index})
    if not lost:
        return []
    told = [n for n, people in zip(network.nodes, network.served, strict=True) if people >= minimum]
    return [Fault("sewer-sample-elsewhere", sites=lost[:20], hint=hint(lost[0], told))]


def _variance(one: xr.Dataset) -> np.ndarray:
    rules = settings()["error"]
    known = rules["sampling"]
    sampling = np.array([known.get(str(kind), known["unknown"]) for kind in one["sample_type"].values])
    return np.asarray(np.log1p(sampling**2) + math.log1p(rules["analysis"] ** 2), dtype=float)


def _flows(network: Network, one: xr.Dataset, node: np.ndarray) -> tuple[np.ndarray, np.ndarray, list[Note]]:
    """Flow [m3/d] of each sample with its cv: measured, from the sample's own ammonium, or from people."""
    water = settings()["water"]
    measured = settings()["error"]["flow"]
    flow = one["flow"].values.astype(float).copy()
    cv = np.full(len(flow), measured)
    people = np.maximum(network.served[node], 1.0)
    notes = []
    if network.flow is not None:
        known = np.isnan(flow) & ~np.isnan(network.flow[node])
        flow[known] = network.flow[node][known]
    if "ammonium_nitrogen" in one:
        ammonium = one["ammonium_nitrogen"].values.astype(float)
        marked = np.isnan(flow) & (ammonium > 0)
        flow[marked] = people[marked] * water["ammonium_per_head"] / ammonium[marked]
        cv[marked] = water["ammonium_per_head_cv"]
        if marked.any():
            notes.append(Note("sewer-flow-from-ammonium", count=int(marked.sum())))
    rest = np.isnan(flow) | (flow <= 0)
    flow[rest] = people[rest] * water["per_head"]
    cv[rest] = water["per_head_cv"]
    if rest.any():
        notes.append(Note("sewer-flow-from-people", count=int(rest.sum()), per_head=float(water["per_head"])))
    return flow, cv, notes


def log_likelihood(state: int, log_load: float, variance: float | np.ndarray, load: np.ndarray) -> np.ndarray:
    """Return the log likelihood of one observation for true loads [g/d], any shape.

    The error has mean one on the linear scale. A small share of results is nobody's (a swapped bottle), so that no
    single result decides alone.
    """
    false = settings()["prior"]["false_result"]
    with np.errstate(divide="ignore"):
        mean = np.log(load) - variance / 2
    sd = np.sqrt(variance)
    with np.errstate(invalid="ignore"):
        z = np.where(np.isneginf(mean), np.inf, (log_load - mean) / sd)
    if state == VALUE:
        finite = np.where(np.isinf(z), 0.0, z)
        found = np.where(np.isinf(z), -np.inf, -0.5 * finite**2 - np.log(sd * math.sqrt(2 * math.pi)))
        nobody = math.log(0.1)
    else:
        found = log_ndtr(z if state == BELOW else -z)
        nobody = math.log(0.5)
    return np.logaddexp(math.log1p(-false) + found, math.log(false) + nobody)
