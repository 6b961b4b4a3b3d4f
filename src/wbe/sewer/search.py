"""A search for one source, step by step: plan visits, observe samples, say where the source may lie.

Refuses to name a node that serves fewer people than the policy allows, in plans, posteriors and reports alike: such
nodes count at the nearest node below that serves enough.
"""

from __future__ import annotations

import dataclasses
import functools
import math
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr

from wbe.disclosure import Policy
from wbe.errors import Fault, InputError, one_of
from wbe.messages import Note, Words
from wbe.sewer.belief import Belief, grid
from wbe.sewer.groups import weights
from wbe.sewer.network import Network, known_network
from wbe.sewer.observations import Observed, loss_rate, observed
from wbe.sewer.planning import Costs, best
from wbe.sewer.settings import settings
from wbe.sewer.several import Two, two_sources

__all__ = ["Search", "search"]

Prior = Mapping[str, float] | pd.Series
Cost = Mapping[str, float] | str


def search(
    network: Network,
    *,
    drug: str,
    policy: Policy | str = "internal",
    prior: Prior | None = None,
    cost: Cost | None = None,
    limit: float | None = None,
    kind: str = "24h_composite",
    misses: float | None = None,
    background: float | None = None,
) -> Search:
    """Start the search for a source upstream.

    Parameters
    ----------
    network : Network
    drug : str
        Name of a drug or biomarker, in either language.
    policy : Policy or str
        Nodes that serve fewer people than its ``minimum_population`` are neither visited nor named.
    prior : mapping of node to weight, optional
        By default every node counts by the people who live there.
    cost : mapping of node to number, or "distance", optional
        What a visit costs; ``"distance"`` adds the way from the last stop.
    limit : float, optional
        Limit of detection [ng/L] that plans reckon with.
    kind : str
        Kind of sample that plans reckon with, such as ``"grab"``.
    misses : float, optional
        Share of visits at which the source does not show itself, where it is known; by default it is learnt, since
        many sources come and go.
    background : float, optional
        What people use without the source [mg/d/1000 inhabitants of the biomarker], where it is known; 0 for a drug
        that nobody else discharges.

    Returns
    -------
    Search
        With nothing observed.

    Raises
    ------
    InputError
        No network, no node that serves enough people, a prior that is none, or a kind of sample that is not known.

    Source
    ------
    Adaptive search by expected information: Larson, Berman and Nourinejad 2020, doi:10.1371/journal.pone.0240007.

    Examples
    --------
    >>> import wbe, numpy as np
    >>> network = wbe.sewer.Network(np.array(["A", "B", "plant"]), np.array([9000.0, 8000.0, 0.0]),
    ...                             np.array([0, 1]), np.array([2, 2]), np.ones(2), np.ones(2))
    >>> len(search(network, drug="methamphetamine").plan())
    1
    """
    known_network(network)
    rules = policy if isinstance(policy, Policy) else Policy.named(policy)
    kinds = settings()["error"]["sampling"]
    one_of(kind, kinds, Words("kind of sample", "采样方式"))
    weight = _prior(network, prior)
    if misses is not None and not 0 <= misses < 1:
        raise InputError([Fault("sewer-probability", came=repr(misses))])
    if background is not None and not 0 <= background < math.inf:
        raise InputError([Fault("sewer-background", came=repr(background))])
    if not (network.served >= rules.minimum_population).any():
        raise InputError([Fault("sewer-no-node-large-enough", minimum=int(rules.minimum_population))])
    if limit is not None and not 0 < limit < math.inf:
        raise InputError([Fault("sewer-limit", came=repr(limit))])
    return Search(
        network=network, drug=drug, minimum=rules.minimum_population, prior=weight, costs=_costs(network, cost),
        limit=float(settings()["limit"]["value"] if limit is None else limit), kind=kind, rate=loss_rate(drug),
        misses=misses, background=background,
    )  # fmt: skip


def _prior(network: Network, prior: Prior | None) -> np.ndarray:
    if prior is None:
        return weights(network)
    given = {str(k): float(v) for k, v in prior.items()}
    wrong = [n for n, v in given.items() if n not in network.index or not math.isfinite(v) or v < 0]
    weight = np.array([given.get(n, 0.0) for n in network.nodes])
    if wrong or weight.sum() <= 0:
        raise InputError([Fault("sewer-prior", nodes=wrong[:20] or list(given)[:20] or ["–"])])
    return weight


def _costs(network: Network, cost: Cost | None) -> Costs:
    if isinstance(cost, str):
        one_of(cost, ["distance"], Words("cost", "费用"))
        return Costs(np.ones(len(network.names)), by_distance=True)
    given = {str(k): float(v) for k, v in (cost or {}).items()}
    wrong = [n for n, v in given.items() if n not in network.index or not 0 < v < math.inf]
    if wrong:
        raise InputError([Fault("sewer-station-cost", nodes=wrong[:20])])
    return Costs(np.array([given.get(n, 1.0) for n in network.nodes]))


@dataclasses.dataclass(frozen=True, eq=False)
class Search:
    """A search with what has been observed so far; made by :func:`wbe.sewer.search` and :meth:`observe`.

    Nothing in it changes: :meth:`observe` returns a new search. All answers are sums over a fixed grid, so a saved
    search that is opened again gives the same numbers to the last bit.
    """

    network: Network
    drug: str
    minimum: float
    prior: np.ndarray
    costs: Costs
    limit: float
    kind: str
    rate: float
    misses: float | None = None
    background: float | None = None
    seen: Observed | None = None
    start: Belief | None = dataclasses.field(default=None, repr=False)

    @functools.cached_property
    def belief(self) -> Belief:
        """Weights of every node, size of source, background and activity."""
        if self.start is not None:
            return self.start
        begun = Belief.start(self.network, self.prior, self.rate, grid(self.misses, self.background))
        return begun if self.seen is None else begun.updated(self.seen)

    @property
    def synthetic(self) -> bool:
        """Whether it rests on samples that were made, not measured."""
        return self.seen is not None and self.seen.synthetic

    @functools.cached_property
    def two(self) -> Two | None:
        """How likely two sources are instead of one; None before anything was observed."""
        return two_sources(self)

    @functools.cached_property
    def named(self) -> np.ndarray:
        """Number of the node under which each node is told: itself, or the nearest below that serves enough."""
        network = self.network
        main = np.full(len(network.names), -1)
        order = np.argsort(network.share, kind="stable")
        main[network.up[order]] = network.down[order]  # the largest share wins
        target = np.where(network.served >= self.minimum, np.arange(len(main)), -1)
        flow = network.layers
        for first, last in zip(flow.cuts[-2::-1], flow.cuts[:0:-1], strict=True):
            up = network.up[flow.order[first:last]]
            target[up] = np.where(target[up] >= 0, target[up], target[main[up]])
        return target

    # ---- what to do -------------------------------------------------------------------------------------------

    def plan(self, k: int = 1) -> pd.DataFrame:
        """Return the next visits.

        Parameters
        ----------
        k : int
            Visits of one round, chosen together.

        Returns
        -------
        DataFrame
            ``node, hour`` (of the day, when the morning of the people above passes), ``expected_information`` [bits],
            ``detection_probability, people, if_found, if_clean`` (probability that the source lies at or above the
            node after either outcome), ``bottles``. Empty when nothing more can be learnt, see :meth:`explain`.

        Raises
        ------
        InputError
            ``k`` is no whole number above 0.
        """
        if isinstance(k, bool) or not isinstance(k, int) or k < 1:
            raise InputError([Fault("sewer-visits", came=repr(k))])
        allowed = self.network.served >= self.minimum
        rules = settings()["error"]
        sizes = (rules["sampling"][self.kind], rules["flow"], rules["analysis"])
        variance = sum(math.log1p(cv**2) for cv in sizes)
        return best(self.belief, k, allowed, self.limit, variance, self.costs).assign(bottles=2)

    def observe(self, samples: xr.Dataset) -> Search:
        """Take in samples, and return the search that knows them.

        Parameters
        ----------
        samples : Dataset
            Samples whose ``site`` is a node: grab, composite or passive sampler, with or without flow.

        Returns
        -------
        Search

        Raises
        ------
        InputError
            Sites that are no nodes, non-detects without a limit, nodes with too few people.
        """
        new = observed(self.network, samples, self.drug, self.minimum)
        return self._with(new)

    def _with(self, new: Observed) -> Search:
        seen = new if self.seen is None else self.seen.joined(new)
        return dataclasses.replace(self, seen=seen, start=self.belief.updated(new))

    # ---- what is known ----------------------------------------------------------------------------------------

    def posterior(self) -> pd.DataFrame:
        """Return where the source may lie.

        Returns
        -------
        DataFrame
            ``node, probability, median, lower, upper`` (load of the source if it lies there [g/d], 95 %), likeliest
            first; nodes with too few people count at the nearest node below that has enough.
        """
        weight = self.belief.weight()
        told = np.unique(self.named[self.named >= 0])
        summed = np.zeros((len(self.network.names), weight.shape[1]))
        inside = self.named >= 0
        np.add.at(summed, self.named[inside], weight[inside])
        summed = summed[told]
        total = summed.sum(axis=1)
        with np.errstate(invalid="ignore", divide="ignore"):
            share = np.where(total[:, None] > 0, summed / total[:, None], 1 / weight.shape[1])
        points = np.log(self.belief.points.source)
        bounds = [np.exp(_quantile(share, points, p)) for p in (0.5, 0.025, 0.975)]
        table = pd.DataFrame({
            "node": [self.network.nodes[i] for i in told], "probability": total, "median": bounds[0],
            "lower": bounds[1], "upper": bounds[2],
        })  # fmt: skip
        order = np.lexsort((np.arange(len(told)), -np.round(total, 12)))
        return table.iloc[order].reset_index(drop=True)

    def credible(self, probability: float = 0.9) -> list[str]:
        """Return the smallest set of nodes that holds the source with a probability.

        Raises
        ------
        InputError
            The probability does not lie between 0 and 1.
        """
        if not isinstance(probability, int | float) or not 0 < probability < 1:
            raise InputError([Fault("sewer-probability", came=repr(probability))])
        table = self.posterior()
        held = np.cumsum(table["probability"].to_numpy())
        enough = int(np.searchsorted(held, probability - 1e-12)) + 1
        return table["node"].tolist()[:enough]

    def notes(self) -> list[Note]:
        """Return what is known, as notes."""
        from wbe.sewer.words import notes_of

        return notes_of(self)

    def explain(self, language: str | None = None) -> str:
        """Return what is known, in words: one sentence a line."""
        return "\n".join(note.text(language) for note in self.notes())

    # ---- on paper ---------------------------------------------------------------------------------------------

    def report(self, out: str | Path, *, k: int = 3, language: str = "zh+en") -> list[Path]:
        """Write a printable sheet, the plan as GeoJSON and the posterior as CSV into a folder.

        Parameters
        ----------
        out : str or Path
            Folder; made if it is not there. The files appear whole or not at all.
        k : int
            Visits of the plan.
        language : str
            ``"zh"``, ``"en"`` or ``"zh+en"``.

        Returns
        -------
        list of Path
        """
        from wbe.sewer.record import write_report

        return write_report(self, Path(out), k, language)

    def save(self, path: str | Path) -> Path:
        """Save the search with its network, for :func:`wbe.sewer.load_search`.

        Nodes that serve too few people stand in the file as numbers, without name and place.
        """
        from wbe.sewer.record import save

        return save(self, Path(path))

    def __repr__(self) -> str:
        n = 0 if self.seen is None else len(self.seen.node)
        return f"<Search for {self.drug}: {len(self.network.names)} nodes, {n} sample(s) taken in>"


def _quantile(share: np.ndarray, points: np.ndarray, p: float) -> np.ndarray:
    """Quantile of weights on a grid, by straight lines between the middles of the points."""
    middle = np.cumsum(share, axis=1) - share / 2
    found = np.empty(len(share))
    for i, row in enumerate(middle):
        found[i] = np.interp(p, row, points)
    return found
