"""From a chain's per-sample products to amounts: lays samples, days, limits, sizes and shared sources over cells.

Everything is computed in one order of the samples, whatever order they came in. Holds no state that changes; refuses
nothing of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import replace
from typing import TypeVar

import numpy as np
import xarray as xr
from scipy import sparse

from wbe.estimation.amounts import Amount, Common, group_values, pairs_present, sum_variance
from wbe.estimation.cells import EXTENSIVE, Grid, Months, months_of
from wbe.estimation.chain import OF_BIOMARKER, Chain, canonical_order
from wbe.estimation.days import Coverage, coverage, days_in_month
from wbe.estimation.kept import Kept
from wbe.estimation.laying import (
    Named,
    by_level,
    coded,
    drug_terms,
    everywhere,
    first_of,
    joined,
    masked,
    runs,
    sample_shares,
    squares_together,
)  # fmt: skip
from wbe.estimation.limits import Below, below_limits, between, limit_variance, where_below
from wbe.estimation.parting import parted
from wbe.estimation.places import areas
from wbe.estimation.sizes import Sizes, sizes
from wbe.uncertainty import Term, Uncertain
from wbe.uncertainty.product import Signature
from wbe.uncertainty.terms import merged
from wbe.variability import Variability

__all__ = ["DRAWN_BY_SAMPLE", "MEAN_ONE", "SHARED_BY_DRUGS", "Engine"]

#: learnt terms that every sample draws anew, and which of their parts all biomarkers of a sample share
DRAWN_BY_SAMPLE = ("analysis", "flow", "sampling")
SHARED_BY_DRUGS = ("flow", "sampling")
#: sources that are right on the mean, not on the median
MEAN_ONE = ("batch", "flow_meter")
#: quantities that are a load times factors which all samples share
BASE = {
    "consumption": "normalised_load", "doses": "normalised_load", "users": "mass_load", "prevalence": "normalised_load",
}  # fmt: skip

T = TypeVar("T")


class Engine:
    """Amounts of a chain's products, on grids of areas and months.

    Parameters
    ----------
    chain : Chain
    found : tuple of Variability
        Sizes of error, one for each month from the first to the last.
    level : float
    """

    def __init__(self, chain: Chain, found: tuple[Variability, ...], level: float, shared: Kept | None = None):
        self.chain, self.found, self.level = chain, found, level
        self._shared = Kept() if shared is None else shared
        self._priced = Kept()  # what rests on factors
        self.order = canonical_order(chain.samples)
        self._place = np.empty(len(self.order), dtype=np.int64)
        self._place[self.order] = np.arange(len(self.order))

    def with_chain(self, chain: Chain) -> Engine:
        """Return an engine for the same samples and loads under other factors; what was computed of loads is kept."""
        return Engine(chain, self.found, self.level, self._shared)

    # ---- the samples, in one order -----------------------------------------------------------------------------

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """Compute something of samples or loads once, whoever asks."""
        return self._shared.get(key, make)

    @property
    def ds(self) -> xr.Dataset:
        """The samples in the order of computation."""
        return self.once("ds", lambda: self.chain.samples.isel(sample=self.order).compute())

    @property
    def sites(self) -> tuple[str, ...]:
        """Names of the sites, ordered."""
        return self.once("sites", lambda: tuple(sorted(set(self.ds["site"].values.astype(str).tolist()))))

    @property
    def site(self) -> np.ndarray:
        """Number of each sample's site."""
        return self.once("site", lambda: self.codes("site")[0])

    @property
    def cover(self) -> Coverage:
        """Which days the samples cover."""
        return self.once("cover", lambda: coverage(self.ds, self.site))

    @property
    def months(self) -> tuple[str, ...]:
        """Every month from the first that a sample covers to the last."""
        return self.cover.months

    @property
    def people(self) -> np.ndarray:
        """People behind each sample, in the order of computation [inhabitant]."""
        return self.once("people", lambda: self.chain.served[self.order])

    @property
    def biomarkers(self) -> tuple[str, ...]:
        """Names of the biomarkers."""
        return self.once("biomarkers", lambda: tuple(str(b) for b in self.chain.samples["biomarker"].values))

    @property
    def sizes(self) -> Sizes:
        """Sizes of error."""
        return self.once("sizes", lambda: sizes(self.ds, self.sites, self.biomarkers, self.found))

    def codes(self, coordinate: str) -> tuple[np.ndarray, tuple[str, ...]]:
        """Number of each sample's label of a coordinate, and the labels."""

        def make() -> tuple[np.ndarray, tuple[str, ...]]:
            labels, code = np.unique(self.ds[coordinate].values.astype(str), return_inverse=True)
            return code.ravel(), tuple(str(x) for x in labels)

        return self.once(("codes", coordinate), make)

    def grid(self, kind: str) -> Grid:
        """Areas of one kind x months."""
        return self.once(("grid", kind), lambda: Grid(areas(self.chain.samples, kind), self.months))

    def below(self, biomarker: str) -> Below:
        """Results of a biomarker below a limit."""
        return self.once(("below", biomarker), lambda: below_limits(self.ds, biomarker))

    # ---- amounts -----------------------------------------------------------------------------------------------

    def biomarker_of(self, quantity: str, substance: str) -> str:
        """Return the biomarker behind a substance of a quantity."""
        return substance if quantity in OF_BIOMARKER else self.chain.biomarker(substance)

    def central(self, quantity: str, substance: str) -> np.ndarray:
        """Central values of the samples, those below a limit at it, in the order of computation."""

        def make() -> np.ndarray:
            values = self.chain.quantity[quantity][substance].central
            return np.asarray(values.variable.transpose("sample").to_numpy(), dtype=float)[self.order]

        return self._kept_for(quantity).get(("central", quantity, substance), make)

    def flag(self, biomarker: str) -> np.ndarray:
        """Flags of a biomarker's results, in the order of computation."""
        flags = self.once("flags", lambda: self.ds["flag"].variable.transpose("biomarker", "sample").to_numpy())
        return np.asarray(flags[self.biomarkers.index(biomarker)])

    def _kept_for(self, quantity: str) -> Kept:
        return self._priced if quantity in BASE else self._shared

    def months_of(self, used: np.ndarray, extensive: bool) -> Months:
        """Weights of usable samples by site and month."""
        people = None if extensive else self.people
        key = ("months", extensive, used.tobytes())
        return self.once(key, lambda: months_of(self.cover, used, people))

    def amount(self, kind: str, quantity: str, substance: str) -> Amount:
        """Return the amounts of one substance over the cells of one kind of area."""
        return self._kept_for(quantity).get(
            ("amount", kind, quantity, substance), lambda: self._parted(kind, quantity, substance)
        )

    def _parted(self, kind: str, quantity: str, substance: str) -> Amount:
        found = self._amount(kind, quantity, substance)
        return parted(self, self.biomarker_of(quantity, substance), found) if quantity in BASE else found

    def _amount(self, kind: str, quantity: str, substance: str) -> Amount:
        whole = self.chain.quantity[quantity][substance]
        base = BASE.get(quantity)
        if base is None:
            return self._made(kind, quantity, self.biomarker_of(quantity, substance), whole, quantity in EXTENSIVE)
        biomarker = self.biomarker_of(quantity, substance)
        below = self.chain.quantity[base][biomarker]
        values, loads = self.central(quantity, substance), self.central(base, biomarker)
        used = np.isfinite(values)
        ratio = values[used] / loads[used] if used.any() else np.ones(0)
        extra = merged([*whole.terms, *((term, -power) for term, power in below.terms)])  # of the quotient
        common = {"drug"}.issuperset(c for term, _ in extra for c in term.scope)
        with np.errstate(invalid="ignore"):
            alike = len(ratio) == 0 or bool(np.nanmax(ratio) <= np.nanmin(ratio) * (1 + 1e-9))
        if not (common and alike):
            return self._made(kind, quantity, biomarker, whole, quantity in EXTENSIVE)
        # one factor for all samples: the load's own error, times what the factor is unsure of
        finite = ratio[np.isfinite(ratio)]
        # the same factor whatever the samples: their quotients differ in the last digit
        factor = float(f"{np.median(finite):.13g}") if len(finite) else 1.0
        if np.array_equal(used, np.isfinite(loads)):
            load = self.amount(kind, base, biomarker)
        else:
            key = ("load", kind, base, biomarker, used.tobytes())
            part = masked(below, used, self._place)
            load = self.once(key, lambda: self._made(kind, base, biomarker, part, base in EXTENSIVE))
        signature, terms, named = drug_terms(extra, whole.central)
        grown = tuple(everywhere(name, scope, sd, key_, len(load.cell)) for name, scope, sd, key_ in terms)
        return replace(
            load, value=load.value * factor, limit=load.limit * factor, zero=load.zero * factor,
            signature=joined(load.signature, signature), common=(*load.common, *grown),
            named={**load.named, **named},
        )  # fmt: skip

    def _made(self, kind: str, quantity: str, biomarker: str, whole: Uncertain, extensive: bool) -> Amount:
        """Amounts of a product of scoped terms, from its samples."""
        top = np.asarray(whole.central.variable.transpose("sample").to_numpy(), dtype=float)[self.order]
        used = np.isfinite(top)
        grid, months = self.grid(kind), self.months_of(used, extensive)
        held = self.below(biomarker)
        hidden = held.hidden & used
        mean, relative = self.counted(biomarker, whole)
        values = np.where(hidden, top * mean, top)
        values, top_, zero = (np.where(used, v, 0.0) for v in (values, top, np.where(hidden, 0.0, top)))
        cell, group, share, doubt = pairs_present(grid, months)
        weight = share * months.heads[group]
        ids, at = np.unique(cell, return_inverse=True)
        at = at.ravel()
        n = len(ids)
        if not extensive:
            weight = weight / np.bincount(at, weights=weight, minlength=n)[at]
        means = {k: group_values(months, v) for k, v in (("value", values), ("limit", top_), ("zero", zero))}
        sums = {k: np.bincount(at, weights=weight * m[group], minlength=n) for k, m in means.items()}
        seen = group_values(months, (used & ~hidden).astype(float))
        none_seen = np.bincount(at, weights=seen[group], minlength=n) <= 0
        # a cell of non-detects alone is a bound: everything about it is reckoned at the limits
        bounded = none_seen[at]
        level = np.where(bounded, means["limit"][group], means["value"][group])
        value = np.where(none_seen, sums["limit"], sums["value"])
        part = weight * level
        pair_share = part / value[at]
        plain, censored = self._own(biomarker, whole, months, hidden, values, relative)
        r_plain, r_mixed = (np.sum(list(p.values()), axis=0) for p in (plain, censored))
        r = np.where(bounded, r_plain[:, group], r_mixed[:, group])
        area, month = np.divmod(ids[at], len(self.months))
        place = group // len(self.months)
        own = sum_variance(at, area, place, month, part, np.asarray(r), n)
        # shares of single samples, for what they share with others
        filled = np.where(none_seen[at], 1.0, 0.0)
        rows = sample_shares(months, values, top_, means, at, group, pair_share, filled, n)
        common, signature, named = self._common(biomarker, whole, rows, at, group, pair_share, doubt, extensive, n)
        shift, weekday = self._weekday(biomarker, months, at, group, pair_share, n)
        counted = np.bincount(group, weights=~bounded, minlength=self.cover.n_group) > 0
        parts = {k: np.where(counted, censored[k], plain[k]) for k in plain}
        batch = self.sizes.batch[:, ids % len(self.months), self.biomarkers.index(biomarker)]
        return Amount(
            ids, value, sums["limit"], sums["zero"], none_seen, at, group, pair_share, parts, own,
            (*common, *weekday), batch, shift, signature, rows, self.sizes.weight, named, mean=sums["value"],
        )  # fmt: skip

    def counted(self, biomarker: str, whole: Uncertain) -> tuple[np.ndarray, np.ndarray]:
        """What a result below a limit counts, as a share of the limit, and its relative variance, each (sample,).

        The error of one result is averaged over what is not known of it.
        """
        month = self.cover.group[first_of(self.cover.row)] % len(self.months)
        held = {term.name for term, _ in whole.terms}
        out = np.zeros(len(self.order))
        if "sampling" in held:
            out += self.sizes.mean("sampling")[month, self.sizes.kind]
        if "analysis" in held:
            out += self.sizes.mean("analysis")[month, self.sizes.laboratory]
        return between(self.below(biomarker).lowest, out)

    def _own(
        self, biomarker: str, whole: Uncertain, months: Months, hidden: np.ndarray, values: np.ndarray,
        relative: np.ndarray,
    ) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:  # fmt: skip
        """Relative variance of every site and month by source, (node, group): as if all were measured, and with limits.

        The days of the month that nobody sampled, (1/n - 1/N) of a day's; sampling, flow and analysis by the squares of
        their weights; for a result below a limit the variance of where it may lie, in place of its errors.
        """
        n_month = len(self.months)
        matrix = months.matrix.tocoo()
        group, row, u = matrix.row.astype(np.int64), matrix.col.astype(np.int64), matrix.data
        month = np.arange(self.cover.n_group) % n_month
        site = np.arange(self.cover.n_group) // n_month
        sizes_ = self.sizes
        length = np.array([sum(days_in_month(m)) for m in self.months], dtype=float)[month]
        days = np.where(months.days > 0, months.days, 1)
        left = np.maximum(1.0 / days - 1.0 / length, 0.0) * (months.days > 0)
        day = np.expm1(sizes_.day[:, month, site, self.biomarkers.index(biomarker)]) * left
        plain, mixed = {"day": day}, {"day": day}
        open_ = np.where(hidden[row], 0.0, u)
        for term, power in whole.terms:
            if term.name not in DRAWN_BY_SAMPLE or "sample" not in term.scope:
                continue
            active = np.ones(len(self.order))
            if term.active is not None:
                active = np.broadcast_to(term.active.to_numpy(), len(self.order))[self.order].astype(float)
            size, code, key = self._by(term.name)
            one = np.expm1(power * power * size)
            for weights, out in ((u, plain), (open_, mixed)):
                square = squares_together(
                    group, key[row], code[row], weights * active[row], self.cover.n_group, size.shape[-1]
                )
                out[term.name] = np.einsum("ngk,gk->ng", one[:, month, :], square)
        if hidden.any():
            level = group_values(months, values)
            at = np.flatnonzero(hidden[row])
            below = row[at]
            alone = group_values(months, (~hidden).astype(float)) <= 0
            where = where_below(self.below(biomarker).lowest[below])
            added = limit_variance(group[at], u[at] * values[below], relative[below], where, alone, len(level))
            with np.errstate(divide="ignore", invalid="ignore"):
                mixed["limit"] = np.ones_like(day) * np.nan_to_num(np.where(level > 0, added / level**2, 0.0))
        else:
            mixed["limit"] = np.zeros_like(day)
        plain["limit"] = np.zeros_like(day)
        return plain, mixed

    def _by(self, name: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Sizes (node, month, kind), the kind of each sample, and the number of what shares one draw."""
        if name == "analysis":
            return self.sizes.analysis, self.sizes.laboratory, np.arange(len(self.order))
        if name == "sampling":
            return self.sizes.sampling, self.sizes.kind, self.cover.taken
        return self.sizes.flow[:, :, None], np.zeros(len(self.order), dtype=int), self._site_day

    @property
    def _site_day(self) -> np.ndarray:
        def make() -> np.ndarray:
            first = self.cover.day[first_of(self.cover.row)]
            _, found = np.unique(np.stack([self.site, first], axis=1), axis=0, return_inverse=True)
            return np.asarray(found.ravel())

        return self.once("site_day", make)

    def _common(
        self, biomarker: str, whole: Uncertain, rows: sparse.csr_matrix, at: np.ndarray, group: np.ndarray,
        pair_share: np.ndarray, doubt: np.ndarray, extensive: bool, n: int,
    ) -> tuple[tuple[Common, ...], Signature, Named]:  # fmt: skip
        """What samples share, by source; and shared factors that are not log-normal."""
        found: list[Common] = []
        of_drug: list[tuple[Term, float]] = []
        for term, power in whole.terms:
            if term.name in DRAWN_BY_SAMPLE and "sample" in term.scope:
                continue
            if not isinstance(term.spread, float | xr.DataArray) and not runs(term, whole.central):
                of_drug.append((term, power))
                continue
            learnt = term.name == "batch"
            sd = np.ones(len(self.order)) * power if learnt else self._log_sd(whole, term, power)
            if term.active is not None:
                sd = sd * np.broadcast_to(term.active.to_numpy(), len(self.order))[self.order]
            code, keys = self._levels(term, whole.central)
            scaled = rows.multiply(sd).tocsr()
            load = by_level(scaled, code, len(keys))
            centre = (1 if power > 0 else -1) if term.name in MEAN_ONE else 0
            found.append(Common(term.name, term.scope, load, keys, learnt, centre))
        signature, normal, named = drug_terms(of_drug, whole.central)
        found += [everywhere(name, scope, sd, key, n) for name, scope, sd, key in normal]
        if extensive and doubt.any():
            place = group // len(self.months)
            load = sparse.csr_matrix((pair_share * doubt, (at, place)), shape=(n, len(self.sites)))
            found.append(Common("catchment_weight", ("site", "unit"), load, self.sites))
        return tuple(found), signature, named

    def _log_sd(self, whole: Uncertain, term: Term, power: float) -> np.ndarray:
        sd = np.sqrt(np.asarray(whole.log_variance(replace(term, active=None), power).to_numpy(), dtype=float))
        return np.broadcast_to(sd, len(self.order))[self.order] * (1 if power > 0 else -1)

    def _levels(self, term: Term, central: xr.DataArray) -> tuple[np.ndarray, tuple[str, ...]]:
        """Number of each sample's level of a term, and the keys of the levels as text."""
        names = [c for c in term.at if central.coords[c].ndim]
        said = tuple(str(central.coords[c].values) for c in term.at if not central.coords[c].ndim)

        def make() -> tuple[np.ndarray, tuple[str, ...]]:
            code, keys = np.zeros(len(self.order), dtype=np.int64), [""]
            for name in names:
                own = self.codes(name) if name in self.ds.coords else coded(central.coords[name], self.order)
                both, place = np.unique(code * len(own[1]) + own[0], return_inverse=True)
                keys = [f"{keys[b // len(own[1])]}\x1f{own[1][b % len(own[1])]}" for b in both]
                code = place.ravel()
            return code, tuple(keys)

        code, keys = self.once(("levels", *names), make)
        return code, tuple("\x1f".join((key, *said)) for key in keys) if said else keys

    def _weekday(
        self, biomarker: str, months: Months, at: np.ndarray, group: np.ndarray, pair_share: np.ndarray, n: int
    ) -> tuple[np.ndarray, tuple[Common, ...]]:
        """Shift and spread of cells that saw no weekend day, or nothing but weekend days, from the drug's prior."""
        n_month = len(self.months)
        month = group % n_month
        prior = self.sizes.weekday[month, self.biomarkers.index(biomarker)]
        work, off = np.array([days_in_month(m) for m in self.months], dtype=float)[month].T
        mean, sd = prior[:, 0], prior[:, 1]
        total = work + off
        no_weekend, no_weekday = months.off[group] == 0, months.off[group] == months.days[group]
        up, down = (work + off * np.exp(mean)) / total, (work * np.exp(-mean) + off) / total
        shift = np.where(no_weekend, np.log(up), np.where(no_weekday, np.log(down), 0.0))
        slope = np.where(no_weekend, off * np.exp(mean) / total / up,
                         np.where(no_weekday, -work * np.exp(-mean) / total / down, 0.0))  # fmt: skip
        moved = np.bincount(at, weights=pair_share * np.exp(shift), minlength=n)
        load = np.bincount(at, weights=pair_share * slope * sd, minlength=n)
        if not load.any():
            return np.log(moved), ()
        column = sparse.csr_matrix(load[:, None])
        return np.log(moved), (Common("weekday", ("biomarker",), column, (biomarker,)),)
