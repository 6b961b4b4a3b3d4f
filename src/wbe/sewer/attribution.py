"""Where a measured load comes from: a background by people plus few sources, and what cannot be told apart.

Refuses a single best answer: every node gets an interval, and nodes that no sample parts are named together.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import xarray as xr

from wbe.messages import Note
from wbe.sewer.chains import Draws, draw
from wbe.sewer.groups import Groups, groups_of, weights
from wbe.sewer.network import Network, known_network
from wbe.sewer.observations import Observed, loss_rate, observed
from wbe.sewer.settings import settings

__all__ = ["Attribution", "attribute"]

#: draws that a node's interval rests on
USED = 800
#: nodes named in one sentence about what cannot be separated
NAMED = 6


@dataclass(frozen=True, eq=False)
class Attribution:
    """Where the load of one drug comes from.

    Parameters
    ----------
    table : DataFrame
        ``node, median, lower, upper`` (own load [g/d], 95 %), ``probability`` (that a source beyond the background lies
        there), in the order of the network.
    rank : int
        How many independent sums of groups of nodes the samples measure.
    null_space : list of tuple of str
        Nodes that no sample tells apart, each group of two or more.
    """

    table: pd.DataFrame
    rank: int
    null_space: list[tuple[str, ...]]
    _notes: tuple[Note, ...] = field(default=(), repr=False)

    def notes(self) -> list[Note]:
        """Return what the attribution rests on and cannot know, as notes."""
        return list(self._notes)

    def explain(self, language: str | None = None) -> str:
        """Return the same in words, one sentence a line."""
        return "\n".join(note.text(language) for note in self._notes)


def attribute(network: Network, samples: xr.Dataset, *, drug: str, seed: int = 20210624) -> Attribution:
    """Say where in a sewer the load of one drug comes from.

    Parameters
    ----------
    network : Network
    samples : Dataset
        Samples whose ``site`` is a node.
    drug : str
    seed : int
        Equal seeds give equal numbers.

    Returns
    -------
    Attribution

    Raises
    ------
    InputError
        No network, sites that are no nodes, non-detects without a limit, no usable sample.

    Examples
    --------
    >>> import wbe
    >>> from wbe.sewer.examples import three_sources
    >>> found = wbe.sewer.attribute(*three_sources(), drug="methamphetamine")
    >>> found.rank, found.null_space
    (2, [('s1', 's2')])
    """
    seen = observed(known_network(network), samples, drug)
    rate = loss_rate(drug)
    weight = weights(network)
    groups = groups_of(network, seen.node, weight, rate)
    drawn = draw(groups, seen, seed)
    table = _table(network, groups, weight, drawn, seed)
    apart = [tuple(network.nodes[i] for i in np.flatnonzero(groups.of == g)) for g in range(len(groups.weight))]
    together = [names for g, names in enumerate(apart) if len(names) > 1 and not groups.unseen[g]]
    return Attribution(table, groups.rank, together, tuple(_notes(network, groups, seen, together)))


def _table(network: Network, groups: Groups, weight: np.ndarray, drawn: Draws, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed + 1)
    spread = settings()["prior"]["spread_between_nodes"]
    use = np.linspace(0, len(drawn.source) - 1, USED).astype(int)
    found = np.zeros((len(weight), 3))
    chance = np.zeros(len(weight))
    for g in range(len(groups.weight)):
        nodes = np.flatnonzero(groups.of == g)
        prior = weight[nodes] / weight[nodes].sum()
        part = prior[:, None] * np.exp(spread * rng.standard_normal((len(nodes), USED)))
        load = part / part.sum(axis=0) * drawn.background[use, g]
        source = drawn.source[use, g]
        where = np.searchsorted(np.cumsum(prior), rng.random(USED) * prior.sum(), side="right").clip(max=len(nodes) - 1)
        load[where, np.arange(USED)] += source
        found[nodes] = np.quantile(load, [0.5, 0.025, 0.975], axis=1).T
        chance[nodes] = prior * (drawn.source[:, g] > 0).mean()
    return pd.DataFrame({
        "node": network.nodes, "median": found[:, 0], "lower": found[:, 1], "upper": found[:, 2],
        "probability": chance,
    })  # fmt: skip


def _notes(network: Network, groups: Groups, seen: Observed, together: list[tuple[str, ...]]) -> list[Note]:
    told = [Note("sewer-rank", samples=len(seen.node), rank=groups.rank, groups=len(groups.weight))]
    if len(set(seen.site)) < 2:
        told.append(Note("sewer-one-sample"))
    for names in together:
        if len(names) <= NAMED:
            told.append(Note("sewer-cannot-separate", nodes=names))
        else:
            lowest = max(names, key=lambda name: network.served[network.index[name]])
            told.append(Note("sewer-cannot-separate-many", count=len(names), node=lowest))
    hidden = int(np.isin(groups.of, np.flatnonzero(groups.unseen)).sum())
    if hidden:
        told.append(Note("sewer-unseen", count=hidden))
    return [*told, *seen.notes, *network.notes]
