"""What stands behind each cell: samples taken, used, seen, people, units and plants. Sums over arrays, no loop.

Refuses nothing.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy import sparse

from wbe.estimation.cells import EXTENSIVE
from wbe.estimation.chain import OF_DRUG
from wbe.estimation.engine import Engine
from wbe.quality import results_in_error
from wbe.samples import ABSENT, CENSORED, Flag

__all__ = ["Behind", "behind", "heads", "lacking", "reasons"]

ABSENT_FLAGS = [int(f) for f in ABSENT]
CENSORED_BELOW = [int(f) for f in CENSORED if f != Flag.ABOVE_ULOQ]
#: why a cell that was sampled has no number, the reason that counts most first
WHY = ("origin_unresolved", "no_flow", "no_population", "found", "below_limit")
#: what became of the samples of a cell of which none gave a result, the state that tells most first
STATES = {"rejected": Flag.REJECTED, "missing": Flag.MISSING, "not_measured": Flag.NOT_RUN}


@dataclass(frozen=True, eq=False)
class Behind:
    """Counts for all cells of a grid, each of shape (cell,), or (cell, unit) where said.

    ``ran`` samples with a result, ``detected`` of them, ``used`` that the number rests on and of these ``below`` a
    limit, ``above`` the calibrated range, ``grab``, ``wrong`` (an error of the check); ``zeros`` results of exactly 0,
    ``dumped`` samples that speak of a discharge; ``people`` behind the number; ``units`` and ``seen`` (above the
    district: units, and plants with a detection), ``largest`` share of one plant; ``rests_on`` a name for the set of
    samples; ``sites`` of ``had``; ``weekdays`` and ``weekends`` days covered.
    """

    ran: np.ndarray
    detected: np.ndarray
    used: np.ndarray
    below: np.ndarray
    above: np.ndarray
    grab: np.ndarray
    zeros: np.ndarray
    dumped: np.ndarray
    wrong: np.ndarray
    people: np.ndarray
    units: np.ndarray
    seen: np.ndarray
    largest: np.ndarray
    sites: np.ndarray
    had: np.ndarray
    weekdays: np.ndarray
    weekends: np.ndarray
    plants: dict[int, str]
    rests_on: dict[int, str]
    here: sparse.csr_matrix
    domestic: np.ndarray

    @cached_property
    def told(self) -> dict[str, list[int]]:
        """The counts that notes speak of, as whole numbers: single entries of arrays take ten times as long."""
        names = ("ran", "used", "below", "above", "grab", "zeros", "dumped", "sites", "had", "weekdays", "weekends")
        return {name: getattr(self, name).tolist() for name in names}


def _members(engine: Engine) -> sparse.csr_matrix:
    """Which samples were taken in which site and month, (group, sample)."""

    def make() -> sparse.csr_matrix:
        cover = engine.cover
        mark = np.unique(cover.group * np.int64(cover.n_sample) + cover.row)
        group, row = np.divmod(mark, cover.n_sample)
        return sparse.csr_matrix((np.ones(len(mark)), (group, row)), shape=(cover.n_group, cover.n_sample))

    return engine.once("members", make)


def _inside(engine: Engine, kind: str) -> sparse.csr_matrix:
    """Which sites and months lie in which cells, (cell, group)."""

    def make() -> sparse.csr_matrix:
        grid = engine.grid(kind)
        cell, group, _, _ = grid.pairs
        shape = (grid.n_cell, engine.cover.n_group)
        return sparse.csr_matrix((np.ones(len(cell)), (cell, group)), shape=shape)

    return engine.once(("inside", kind), make)


def _taken(engine: Engine, kind: str) -> sparse.csr_matrix:
    """Which samples were taken in which cells, (cell, sample)."""
    return engine.once(("taken", kind), lambda: (_inside(engine, kind) @ _members(engine)).tocsr())


def heads(engine: Engine, kind: str) -> np.ndarray:
    """People served, shape (2, cell) [inhabitant]: by the method in force, and as reported; NaN where unknown."""

    def make() -> np.ndarray:
        reported = engine.ds["population"].to_numpy().astype(float)
        both = (engine.people, np.where(reported > 0, reported, np.nan))
        return np.stack([_people(engine, kind, np.isfinite(p), p) for p in both])

    return engine.once(("heads", kind), make)


def _people(engine: Engine, kind: str, used: np.ndarray, people: np.ndarray) -> np.ndarray:
    """People of each cell behind some samples, the mean over days; NaN where no count is known."""
    known = used & np.isfinite(people)
    months = engine.months_of(known, True)
    group = np.asarray(months.matrix @ np.where(known, people, 0.0)).ravel()
    grid = engine.grid(kind)
    cell, at, share, _ = grid.pairs
    keep = months.present[at]
    total = np.bincount(cell[keep], weights=share[keep] * group[at[keep]], minlength=grid.n_cell)
    some = np.bincount(cell[keep], minlength=grid.n_cell) > 0
    return np.where(some, total, np.nan)


def behind(engine: Engine, kind: str, quantity: str, substance: str, biomarker: str) -> Behind:
    """Count what stands behind every cell of one quantity and substance."""
    values = engine.central(quantity, substance)
    used = np.isfinite(values)
    key = ("behind", kind, biomarker, used.tobytes())
    found = engine.once(key, lambda: _counted(engine, kind, biomarker, used))
    if engine.grid(kind).areas.apart is None:
        return found
    return replace(found, largest=_largest(engine, kind, quantity, used & ~_hidden(engine, biomarker), values))


def _hidden(engine: Engine, biomarker: str) -> np.ndarray:
    return np.isin(engine.flag(biomarker), CENSORED_BELOW)


def _wrong(engine: Engine, biomarker: str) -> np.ndarray:
    """Results that rest on what the check calls an error."""
    mask = engine.once("results in error", lambda: results_in_error(engine.ds))
    return np.asarray(mask[:, engine.biomarkers.index(biomarker)], dtype=bool)


def _counted(engine: Engine, kind: str, biomarker: str, used: np.ndarray) -> Behind:
    """Count all that does not depend on the values themselves; ``largest`` is left open."""
    chain, ds, grid = engine.chain, engine.ds, engine.grid(kind)
    flag = engine.flag(biomarker)
    taken = _taken(engine, kind)
    hidden = _hidden(engine, biomarker)
    detected = np.isin(flag, [int(Flag.DETECTED), int(Flag.ABOVE_ULOQ)]) | _unquantified(engine, biomarker)
    grab = (ds["sample_type"].values.astype(str) == "grab") if "sample_type" in ds.coords else np.zeros(len(flag), bool)

    def listed(by: dict[str, np.ndarray]) -> np.ndarray:
        mask = by.get(biomarker)
        return np.zeros(len(flag), bool) if mask is None else np.asarray(mask)[engine.order]

    masks = [~np.isin(flag, ABSENT_FLAGS), detected, used, used & hidden, used & (flag == Flag.ABOVE_ULOQ), used & grab,
             listed(dict(chain.zeros)), listed(dict(chain.unconsumed)), used & _wrong(engine, biomarker)]  # fmt: skip
    counts = np.rint(taken @ np.stack(masks, axis=1).astype(float)).astype(int).T
    ran, found, rests, below, above, grabs, zeros, dumped, wrong = counts
    months = engine.months_of(used, True)
    cell, group, _, _ = grid.pairs
    there = months.present[group]
    sites = np.bincount(cell[there], minlength=grid.n_cell)
    days = np.bincount(cell, weights=months.days[group], minlength=grid.n_cell)
    off = np.bincount(cell, weights=months.off[group], minlength=grid.n_cell)
    units, seen, plants = _units(engine, kind, used, used & ~hidden)
    rests_on = _named_sets(taken @ sparse.diags(used.astype(float))) if grid.areas.apart is not None else {}
    return Behind(
        ran, found, rests, below, above, grabs, zeros, dumped, wrong, _people(engine, kind, used, engine.people),
        units, seen, np.full(grid.n_cell, np.nan), sites,
        np.repeat(grid.sites_of, len(grid.months)), np.rint(days - off).astype(int), np.rint(off).astype(int), plants,
        rests_on, taken, ds["domestic_share"].fillna(1.0).to_numpy() if "domestic_share" in ds else np.ones(len(flag)),
    )  # fmt: skip


def _units(
    engine: Engine, kind: str, used: np.ndarray, detected: np.ndarray
) -> tuple[np.ndarray, np.ndarray, dict[int, str]]:
    """Behind each cell above the district: units, plants with a detection, and its plants."""
    grid = engine.grid(kind)
    apart = grid.areas.apart
    some = _present(engine, kind, used)
    if apart is None:
        one = (np.diff(some.indptr) > 0).astype(int)
        return one, np.zeros(grid.n_cell, dtype=int), {}
    inside = apart > 0
    units = np.asarray(((some @ inside) > 0).sum(axis=1)).ravel()
    found = _present(engine, kind, detected)
    seen = np.diff(found.indptr)  # plants: one that serves three districts is still one
    some.sort_indices()
    plants = {
        int(c): ",".join(map(str, some.indices[some.indptr[c] : some.indptr[c + 1]]))
        for c in np.flatnonzero(np.diff(some.indptr))
    }
    return units.astype(int), seen.astype(int), plants


def _largest(engine: Engine, kind: str, quantity: str, detected: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Share of the plant with most in each cell, by what was detected; NaN where nothing was."""
    grid = engine.grid(kind)
    each = values if quantity in EXTENSIVE else values * np.where(np.isfinite(engine.people), engine.people, 1.0)
    months = engine.months_of(detected, True)
    amount = np.asarray(months.matrix @ np.where(detected, each, 0.0)).ravel()
    cell, group, _, _ = grid.pairs
    by_site = sparse.csr_matrix(
        (amount[group], (cell, group // len(grid.months))), shape=(grid.n_cell, len(grid.areas.sites))
    )
    total, most = (np.asarray(f).ravel() for f in (by_site.sum(axis=1), by_site.max(axis=1).todense()))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(total > 0, most / np.where(total > 0, total, 1.0), np.nan)


def _named_sets(members: sparse.csr_matrix) -> dict[int, str]:
    """Give each set of samples a short name, the same for the same set; (cell, sample) with entries where used."""
    held = members.tocsr()
    held.eliminate_zeros()
    held.sort_indices()
    return {
        int(c): hashlib.blake2b(
            held.indices[held.indptr[c] : held.indptr[c + 1]].astype(np.int64).tobytes(), digest_size=8
        ).hexdigest()
        for c in np.flatnonzero(np.diff(held.indptr))
    }


def _present(engine: Engine, kind: str, mask: np.ndarray) -> sparse.csr_matrix:
    """Sites of each cell with a sample of some kind, (cell, site)."""
    grid = engine.grid(kind)
    held = np.asarray(_members(engine) @ mask.astype(float)).ravel() > 0
    cell, group, _, _ = grid.pairs
    keep = held[group]
    site = group // len(grid.months)
    shape = (grid.n_cell, len(grid.areas.sites))
    return sparse.csr_matrix((np.ones(int(keep.sum())), (cell[keep], site[keep])), shape=shape)


def lacking(engine: Engine, kind: str, quantity: str, substance: str, cell: int) -> tuple[str, ...]:
    """Names of an area's plants that a cell lacks."""
    grid = engine.grid(kind)
    used = np.isfinite(engine.central(quantity, substance))
    months = engine.months_of(used, True)
    area, month = divmod(cell, len(grid.months))
    return tuple(
        grid.areas.sites[s] for s in grid.areas.members(area) if not months.present[s * len(grid.months) + month]
    )


def _unquantified(engine: Engine, biomarker: str) -> np.ndarray:
    """Samples in which it was found and not quantified: beyond a limit of detection, or said so without any limit.

    Below a limit of quantification alone nobody knows whether it was there.
    """

    def make() -> np.ndarray:
        lod, loq, flag = (engine.ds[name].variable.transpose("sample", "biomarker").to_numpy()
                          for name in ("lod", "loq", "flag"))  # fmt: skip
        between = (lod > 0) & ~(lod >= loq)
        return np.asarray((flag == Flag.BELOW_LOQ) & (between | (np.isnan(lod) & np.isnan(loq))))

    mask = engine.once("found and not quantified", make)
    return np.asarray(mask[:, engine.biomarkers.index(biomarker)], dtype=bool)


def states(engine: Engine, kind: str, biomarker: str) -> np.ndarray:
    """Number of the state in :data:`STATES` of a cell's samples, where none gave a result; -1 without a sample."""
    flag, taken = engine.flag(biomarker), _taken(engine, kind)
    held = np.stack([flag == int(f) for f in STATES.values()], axis=1).astype(float)
    there = taken @ held > 0
    return np.where(there.any(axis=1), there.argmax(axis=1), -1)


def reasons(engine: Engine, kind: str, quantity: str, biomarker: str) -> np.ndarray:
    """Number of the reason in :data:`WHY` for which a sampled cell has no number, -1 where there was no sample."""
    people = engine.chain.population.central
    ran = ~np.isin(engine.flag(biomarker), ABSENT_FLAGS)
    metered, on_flow = (people[c].values[engine.order] for c in ("flow_known", "on_flow"))
    known = np.isfinite(np.asarray(people.values, dtype=float)[engine.order])
    dumped = np.asarray(engine.chain.unconsumed.get(biomarker, np.zeros(len(ran), dtype=bool)))
    dumped = dumped[engine.order] if len(dumped) == len(ran) else dumped
    code = np.where(_unquantified(engine, biomarker), WHY.index("found"), WHY.index("below_limit"))
    if quantity != "mass_load":
        code = np.where(known, code, WHY.index("no_population"))
    needs_meter = np.full(len(ran), True) if quantity in EXTENSIVE else ~on_flow
    code = np.where(needs_meter & ~metered, WHY.index("no_flow"), code)
    if quantity in OF_DRUG:
        code = np.where(dumped, WHY.index("origin_unresolved"), code)
    taken = _taken(engine, kind).tocoo()
    keep = ran[taken.col]
    out = np.full(engine.grid(kind).n_cell, len(WHY))
    np.minimum.at(out, taken.row[keep], code[taken.col[keep]])
    return np.where(out == len(WHY), -1, out)
