"""Loads of a nation by month, city by city: what every city tells of the sizes of error first, its amounts afterwards.

A city is in memory alone, here or on a worker, and cities are put together in the order of their names, so that any
number of workers gives the same bits. Refuses a city that comes twice, and quantities beyond loads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol, TypeVar, cast

import numpy as np
import pandas as pd
import xarray as xr
from scipy import sparse

from wbe.estimation import wording
from wbe.estimation.amounts import Amount, Common, bounds
from wbe.estimation.chain import OF_BIOMARKER, build_chain, canonical_order
from wbe.estimation.counts import behind
from wbe.estimation.days import months_covered
from wbe.estimation.engine import Engine
from wbe.estimation.sizes import ladder, typical_cvs
from wbe.estimation.watching import told
from wbe.samples import canonical, ensure_valid
from wbe.units import unit_of
from wbe.variability import Statistics, Variability, joined, learn_from, learn_statistics

if TYPE_CHECKING:
    from wbe.factors import Profile

__all__ = ["national"]

Source = xr.Dataset | Callable[[], xr.Dataset]
A = TypeVar("A")
B = TypeVar("B")
#: what lies in one city has no namesake in another
_FLAT = 1 / 3  # relative variance of a load that lies anywhere below its limit
_LOCAL = frozenset({"sample", "site", "unit", "district", "day", "time"})


class Workers(Protocol):
    """What is asked of a ``distributed.Client``."""

    def map(self, function: Callable[..., object], *lists: Iterable[object], **how: object) -> list[object]:
        """Start a call for every entry."""

    def gather(self, futures: list[object]) -> list[object]:
        """Wait for results, in order."""


@dataclass(frozen=True, eq=False)
class _Part:
    """One city's amounts of one quantity and biomarker: months, the amount, people, and counts of samples."""

    months: tuple[str, ...]
    amount: Amount
    people: np.ndarray
    ran: np.ndarray
    detected: np.ndarray
    complete: np.ndarray


def national(
    cities: Mapping[str, Source],
    *,
    factors: str | Profile = "default",
    population: str = "reported",
    level: float = 0.95,
    cvs: Mapping[str, float] | None = None,
    workers: Workers | None = None,
) -> pd.DataFrame:
    """Estimate the loads of all cities together by month, holding one city at a time.

    Parameters
    ----------
    cities : mapping of str to Dataset or callable
        Samples of one city each, or what returns them when called: on a worker they are then read there.
    factors, population, level, cvs
        As for :func:`wbe.estimate`.
    workers : distributed.Client, optional
        Where the cities are reckoned; by default here, one after the other. What a lost worker held is done again.

    Returns
    -------
    DataFrame
        ``month biomarker quantity median lower upper unit text status n_cities n_samples n_detected population
        limit``: mass loads are sums over cities, loads per head their means over people.

    Raises
    ------
    InputError
        A city comes twice.
    SchemaError
        Samples break the schema.

    Notes
    -----
    Errors of the cities' own are independent, so that the log variance of a sum is ``ln(1 + sum T^2 r / (sum T)^2)`` of
    its cities; batches and all that cities share add by their shares. A city of non-detects counts the mean of where
    its load may lie.

    Examples
    --------
    >>> import wbe
    >>> table = national({"A": wbe.testing.small_city()})
    >>> bool((table["lower"] < table["upper"]).all()), sorted(set(table["quantity"]))
    (True, ['mass_load', 'normalised_load'])
    """
    from wbe.factors import profile as find_profile

    profile = find_profile(factors) if isinstance(factors, str) else factors
    names = sorted(cities)
    sources = [cities[name] for name in names]
    spans = _each(_span, [(source,) for source in sources], workers, "reading")
    months = _months(spans)
    steps = tuple(ladder(len(months)))
    until = tuple(months[step - 1] for step in steps)
    parts = _each(_statistics, [(source, until) for source in sources], workers, "learning")
    by_step = [learn_from(joined([part[i] for part in parts]), cvs) for i in range(len(steps))]
    of_month = {m: by_step[max(i for i, s in enumerate(steps) if s <= n + 1)] for n, m in enumerate(months)}
    asked = [
        (source, {m: _of_city(of_month[m], part[-1].keys.sites, part[-1].keys.cities[0][1]) for m in _run(span)},
         profile, population, level, dict(cvs or {}))
        for source, part, span in zip(sources, parts, spans, strict=True)
    ]  # fmt: skip
    found = _each(_amounts, asked, workers, "amounts")
    rows = []
    for biomarker in sorted({b for city in found for _, b in city}):
        for quantity in OF_BIOMARKER:
            held = [(n, city[quantity, biomarker]) for n, city in zip(names, found, strict=True)
                    if (quantity, biomarker) in city]  # fmt: skip
            rows += [_row(held, quantity, biomarker, month, level) for month in months]
    return pd.DataFrame([row for row in rows if row])


def _each(
    function: Callable[..., B], asked: Sequence[tuple[object, ...]], workers: Workers | None, what: str
) -> list[B]:
    """Call a function for every city, in order."""
    if workers is not None:
        futures = workers.map(function, *zip(*asked, strict=True), pure=False, retries=2)
        return cast("list[B]", workers.gather(futures))
    found = []
    for i, one in enumerate(asked):
        told(what, i, len(asked))
        found.append(function(*one))
    told(what, len(asked), len(asked))
    return found


def _read(source: Source) -> xr.Dataset:
    ds = ensure_valid(canonical(source() if callable(source) else source))
    return ds.isel(sample=canonical_order(ds)).compute()


def _span(source: Source) -> tuple[str, str]:
    months = months_covered(source() if callable(source) else source)
    return months[0], months[-1]


def _run(span: tuple[str, str]) -> tuple[str, ...]:
    return tuple(str(m) for m in np.arange(np.datetime64(span[0], "M"), np.datetime64(span[1], "M") + 1))


def _months(spans: list[tuple[str, str]]) -> tuple[str, ...]:
    return _run((min(s for s, _ in spans), max(e for _, e in spans)))


def _statistics(source: Source, until: tuple[str, ...]) -> list[Statistics]:
    ds = _read(source)
    return [learn_statistics(ds, until=month) for month in until]


def _of_city(found: Variability, sites: tuple[str, ...], city: str) -> Variability:
    """Keep the sizes of one city's places: a worker needs no others."""
    at = [i for i, (c, s) in enumerate(found.sites) if c == city and s in sites]
    return replace(found, sites=tuple(found.sites[i] for i in at), day=found.day[:, at]) if at else found


def _amounts(
    source: Source, sizes: dict[str, Variability], profile: Profile, population: str, level: float,
    cvs: dict[str, float],
) -> dict[tuple[str, str], _Part]:  # fmt: skip
    ds = _read(source)
    months = months_covered(ds)
    found = tuple(sizes[m] for m in months)
    engine = Engine(build_chain(ds, profile, population, {}, None, cvs=typical_cvs(found[-1], cvs)), found, level)
    out = {}
    for biomarker in engine.biomarkers:
        for quantity in OF_BIOMARKER:
            amount = engine.amount("all", quantity, biomarker)
            counts = behind(engine, "all", quantity, biomarker, biomarker)
            slim = replace(amount, rows=sparse.csr_matrix((len(amount.cell), 0)), parts={},
                           pair_cell=np.zeros(0, int), pair_group=np.zeros(0, int), pair_share=np.zeros(0))  # fmt: skip
            out[quantity, biomarker] = _Part(months, slim, counts.people, counts.ran, counts.detected,
                                             counts.sites >= counts.had)  # fmt: skip
    return out


def _row(
    held: list[tuple[str, _Part]], quantity: str, biomarker: str, month: str, level: float
) -> dict[str, object] | None:
    """Put the cities of one month together; None where no city has a result."""
    here: list[tuple[str, _Part, int, int]] = []
    for name, part in held:
        if month in part.months and len(at := np.flatnonzero(part.amount.cell == part.months.index(month))):
            here.append((name, part, int(at[0]), part.months.index(month)))
    if not here:
        return None
    people = np.array([part.people[cell] for _, part, _, cell in here])
    amount = _together([(name, part.amount, at) for name, part, at, _ in here],
                       np.ones(len(here)) if quantity == "mass_load" else people / people.sum())  # fmt: skip
    low, high = bounds(amount, [(1 - level) / 2, (1 + level) / 2])
    value, limit, hidden = float(amount.value[0]), float(amount.limit[0]), bool(amount.hidden[0])
    low_, high_ = min(float(low[0]), value), max(float(high[0]), value)
    whole = all(part.complete[cell] for _, part, _, cell in here) and len(here) == len(held)
    return {
        "month": month, "biomarker": biomarker, "quantity": quantity, "median": np.nan if hidden else value,
        "lower": 0.0 if hidden else low_, "upper": high_, "unit": unit_of(quantity),
        "text": wording.bound(limit, high_) if hidden else wording.interval(value, low_, high_),
        "status": "below_limit" if hidden else "estimate" if whole else "incomplete", "n_cities": len(here),
        "n_samples": int(sum(part.ran[cell] for _, part, _, cell in here)),
        "n_detected": int(sum(part.detected[cell] for _, part, _, cell in here)),
        "population": float(people.sum()), "limit": limit if hidden else np.nan,
    }  # fmt: skip


def _together(held: list[tuple[str, Amount, int]], weight: np.ndarray) -> Amount:
    """Add one cell of each city, weighted; one cell comes out."""
    hidden = all(bool(a.hidden[i]) for _, a, i in held)
    each = np.array([a.limit[i] if hidden else a.mean[i] for _, a, i in held]) * weight
    total = each.sum()
    share = each / total
    first = held[0][1]
    own = np.zeros(len(first.weight))
    moved = 0.0
    loads: dict[tuple[str, tuple[str, ...], bool, int], dict[str, float]] = {}
    for s, (city, amount, i) in zip(share, held, strict=True):
        r = np.expm1(amount.own[:, i])
        if amount.hidden[i] and not hidden:  # beside detected cities: anywhere between nothing and its limit
            r = (1 + r) * (1 + _FLAT) - 1
        own += s * s * r
        moved += s * float(np.exp(amount.shift[i]))
        for term in amount.common:
            row = term.load[i]
            into = loads.setdefault((term.name, term.scope, term.learnt, term.centre), {})
            near = f"{city}\x1f" if _LOCAL & set(term.scope) else ""
            for level, value in zip(row.indices, row.data, strict=True):
                key = near + term.keys[level]
                into[key] = into.get(key, 0.0) + s * float(value)
    common = tuple(
        Common(name, scope, sparse.csr_matrix(np.array([list(by.values())])), tuple(by), learnt, centre)
        for (name, scope, learnt, centre), by in loads.items() if by
    )  # fmt: skip
    limit, zero = (float(np.dot(weight, [getattr(a, n)[i] for _, a, i in held])) for n in ("limit", "zero"))
    return replace(
        first, cell=np.zeros(1, int), value=np.array([total]), limit=np.array([limit]), zero=np.array([zero]),
        hidden=np.array([hidden]), own=np.log1p(own)[:, None], common=common, batch=first.batch[:, [held[0][2]]],
        shift=np.array([np.log(moved)]), mean=np.array([total]),
    )  # fmt: skip
