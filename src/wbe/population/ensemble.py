"""Several populations of one site put together: static (one number per site) or dynamic (one per sample).

Refuses fewer than two methods. Says where the methods disagree instead of averaging it away.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import xarray as xr

from wbe.errors import FactorError
from wbe.population.flows import absolute, situate
from wbe.population.pooling import Combined, combine
from wbe.population.tables import settings
from wbe.uncertainty import Term, Uncertain

__all__ = ["by_site", "correlation", "dynamic", "static", "variances"]

_DRAWN_BY_SAMPLE = ("sample",)
SHARED = "population:ensemble_shared"


def correlation(methods: list[str]) -> np.ndarray:
    """Return the correlation of the methods' log errors: markers share a sample, reported counts do not.

    Examples
    --------
    >>> correlation(["reported", "cod", "cotinine"]).tolist()
    [[1.0, 0.0, 0.0], [0.0, 1.0, 0.3], [0.0, 0.3, 1.0]]
    """
    marker = np.array([m in settings()["marker"] for m in methods], dtype=float)
    matrix = float(settings()["ensemble"]["marker_correlation"]) * np.outer(marker, marker)
    np.fill_diagonal(matrix, 1.0)
    return matrix


def by_site(samples: xr.Dataset, methods: Mapping[str, Uncertain]) -> pd.DataFrame:
    """Return each site's population by each method, and their combination.

    Parameters
    ----------
    samples : Dataset
        Samples.
    methods : mapping of str to Uncertain (sample)
        From :func:`wbe.population.resolve`, by method.

    Returns
    -------
    DataFrame
        Index ``site``; for each method its median [inhabitant], CV, weight and the probability that it is at odds with
        the others, then ``population, se_log, q, df, p_conflict, tau2, methods``. A small ``p_conflict`` says that the
        methods do not count the same people.
    """
    sites = samples["site"].values.astype(str)
    rows = []
    for site in dict.fromkeys(sites):
        chosen = np.flatnonzero(sites == site)
        found = {m: _at_site(u, chosen) for m, u in methods.items()}
        seen = {m: pair for m, pair in found.items() if pair is not None}
        row: dict[str, object] = {"site": site}
        for m, (median, sd) in seen.items():
            row |= {m: median, f"{m}_cv": float(np.sqrt(np.expm1(sd**2)))}
        if seen:
            row |= _row(_combined(seen), list(seen))
        rows.append(row)
    return pd.DataFrame(rows).set_index("site")


def _combined(seen: Mapping[str, tuple[float, float]]) -> Combined:
    medians, sds = zip(*seen.values(), strict=True)
    return combine(medians, [float(np.sqrt(np.expm1(s**2))) for s in sds], correlation(list(seen)))


def _row(found: Combined, methods: list[str]) -> dict[str, object]:
    parts = {f"{m}_weight": w for m, w in zip(methods, found.weights, strict=True)}
    parts |= {f"{m}_at_odds": p for m, p in zip(methods, found.at_odds, strict=True)}
    return parts | {
        "population": found.median, "se_log": found.se_log, "q": found.q, "df": found.df,
        "p_conflict": found.p_conflict, "tau2": found.tau2, "methods": "+".join(methods),
    }  # fmt: skip


def _at_site(population: Uncertain, chosen: np.ndarray) -> tuple[float, float] | None:
    """Geometric mean over a site's samples and its log-sd: what is drawn by sample shrinks, the rest stays."""
    values = absolute(population).values[chosen]
    good = np.isfinite(values) & (values > 0)
    if not good.any():
        return None
    shared, own = variances(population)
    own_here, shared_here = own[chosen][good], shared[chosen][good]
    return float(np.exp(np.log(values[good]).mean())), float(
        np.sqrt(shared_here.mean() + own_here.sum() / good.sum() ** 2)
    )


def variances(population: Uncertain) -> tuple[np.ndarray, np.ndarray]:
    """Return each sample's log-variance in two parts: shared between its site's samples, and its own."""
    names = [t.name for t, _ in population.terms if t.scope == _DRAWN_BY_SAMPLE]
    n = population.central.sizes["sample"]
    total = np.broadcast_to(np.asarray(population.log_sd().values, float), (n,)) ** 2
    if not names:
        return total, np.zeros(n)
    own = np.broadcast_to(np.asarray(population.log_sd(include=names).values, float), (n,)) ** 2
    return np.maximum(total - own, 0.0), own


def static(samples: xr.Dataset, methods: Mapping[str, Uncertain]) -> Uncertain:
    """Population of each site from all methods, the same for all its samples.

    Parameters
    ----------
    samples, methods
        As in :func:`by_site`; at least two methods.

    Returns
    -------
    Uncertain (sample) [inhabitant]
        What all sites share (a marker's mass per head, to the weight that it has at each site) stays shared: the
        markers' own terms, and ``population:ensemble_shared`` for what their claims have in common. The rest is the
        term ``population:ensemble``, drawn once per site. It shares no flow with a load of the same sample: the markers
        were averaged over the site's samples.

    Raises
    ------
    FactorError
        Fewer than two methods, or no number by any of them.
    """
    _two(methods)
    table = by_site(samples, methods)
    if "population" not in table:
        raise FactorError("population-no-number", methods=list(methods))
    at = table.reindex(samples["site"].values.astype(str))
    result = Uncertain(situate(samples, xr.DataArray(at["population"].to_numpy(float), dims="sample"), on_flow=False))
    shared, result = _with_shared(result, methods, at)
    own = np.sqrt(np.maximum(np.square(at["se_log"].fillna(0.0).to_numpy(float)) - shared, 0.0))
    return result.with_term(Term("population:ensemble", ("site",), xr.DataArray(own, dims="sample")))


def _with_shared(result: Uncertain, methods: Mapping[str, Uncertain], at: pd.DataFrame) -> tuple[np.ndarray, Uncertain]:
    """Add what all sites share, each method's to the weight that it has at the sample's site; its log-variance first.

    Drawn anew by site it would shrink in every total of a city, though a wrong claim on heads is wrong everywhere.
    """
    parts = []
    for method, population in methods.items():
        for term, _ in population.terms:
            if term.scope == () and f"{method}_weight" in at:
                sd = np.broadcast_to(np.asarray(population.log_sd(include=[term.name]).values, float), (len(at),))
                weight = at[f"{method}_weight"].fillna(0.0).to_numpy(float)
                parts.append((method, term.name, np.abs(weight) * np.nan_to_num(sd)))
    if not parts:
        return np.zeros(len(at)), result
    spreads = np.stack([spread for _, _, spread in parts])
    for (_, name, _), spread in zip(parts, spreads, strict=True):
        result = result.with_term(Term(name, (), xr.DataArray(spread, dims="sample")), power=-1.0)
    matrix = correlation([method for method, _, _ in parts])
    total = np.einsum("is,ij,js->s", spreads, matrix, spreads)
    common = total - np.square(spreads).sum(axis=0)
    if common.max() > 0:
        result = result.with_term(Term(SHARED, (), xr.DataArray(np.sqrt(np.maximum(common, 0.0)), dims="sample")))
    return total, result


def dynamic(samples: xr.Dataset, methods: Mapping[str, Uncertain]) -> Uncertain:
    """Population of each sample from all methods at that sample: follows commuters, holidays, events.

    The combination is a product of powers, so the markers' share of flow and sampling cancels against a load
    of the same sample by its terms. One set of powers serves the run: a sample that lacks a method is NaN, since
    other powers would cancel other shares of its flow. The static ensemble takes at each site what there is.

    Parameters
    ----------
    samples, methods
        As in :func:`static`.

    Returns
    -------
    Uncertain (sample) [inhabitant]
        The methods' own terms to the power of their weight, and ``population:between_methods`` by site where they
        disagree.

    Raises
    ------
    FactorError
        Fewer than two methods, or no sample that has them all.
    """
    _two(methods)
    names = list(methods)
    values = np.stack([absolute(methods[m]).values for m in names])
    whole = np.isfinite(values).all(axis=0) & (values > 0).all(axis=0)
    if not whole.any():
        raise FactorError("population-no-sample-has-all", methods=names, fewer="+".join(names[:2]))
    sds = [float(np.sqrt(np.median(np.add(*variances(methods[m]))[whole]))) for m in names]
    cvs = [float(np.sqrt(np.expm1(sd**2))) for sd in sds]
    pooled = combine([float(np.exp(np.log(v[whole]).mean())) for v in values], cvs, correlation(names))
    result = _powers([methods[m] for m in names], pooled.weights)
    central = situate(samples, result.central.where(xr.DataArray(whole, dims="sample")), on_flow=False)
    combined = Uncertain(central, result.terms)
    between = _between(by_site(samples, methods)["se_log"], combined, whole)
    return combined.with_term(Term("population:between_methods", ("site",), between)) if between > 0 else combined


def _between(se_log: pd.Series, combined: Uncertain, whole: np.ndarray) -> float:
    """What the sites' combinations are less sure of than the product's own terms say: the methods may be at odds."""
    shared, _ = variances(combined)
    site = float(np.square(se_log.to_numpy(float)[se_log.notna()]).mean())
    return float(np.sqrt(max(site - float(np.median(shared[whole])), 0.0)))


def _powers(parts: list[Uncertain], weights: tuple[float, ...]) -> Uncertain:
    bare = [Uncertain(p.central.drop_vars(["flow_known", "on_flow"]), p.terms) for p in parts]
    result = bare[0] ** weights[0]
    for part, weight in zip(bare[1:], weights[1:], strict=True):
        result = result * part**weight
    return result


def _two(methods: Mapping[str, Uncertain]) -> None:
    if len(methods) < 2:
        raise FactorError("population-one-method", count=len(methods), methods=list(methods) or ["-"])
