"""What is believed of one source in a sewer: a weight for every node, size of source, background and activity.

Refuses sampling: all integrals are sums over a fixed grid, so that the same samples give the same bits again.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import logsumexp

from wbe.sewer.observations import Observed, log_likelihood
from wbe.sewer.settings import settings

if TYPE_CHECKING:
    from wbe.sewer.network import Network

__all__ = ["Belief", "Grid", "grid", "loads_at"]

PER_HEAD = 1e-6  # mg/d/1000 inhabitants in g/d/inhabitant
#: shares that arrive at a sample are told apart to this many decimals
DECIMALS = 3


@dataclass(frozen=True, eq=False)
class Grid:
    """Points and log weights of the unknowns beside the place: source [g/d], background [g/d/inhabitant], activity."""

    source: np.ndarray
    background: np.ndarray
    active: np.ndarray
    log_weight: np.ndarray  # (source, background, active)


def grid(misses: float | None = None, background: float | None = None) -> Grid:
    """Return the grid of ``data/sewer.toml``, with a known share of missed visits or background if given."""
    rules = settings()
    prior, size = rules["prior"], rules["grid"]
    source, w_source = _normal(math.log(prior["source_median"]), prior["source_log_sd"], size["source"])
    median = math.log(max(background or prior["background_median"], 1e-9) * PER_HEAD)
    ground, w_background = _normal(median, prior["background_log_sd"], size["background"])
    # where nobody uses the drug there is no background at all, and clean samples say so
    none = 1.0 if background == 0 else prior["no_background"] if background is None else 0.0
    ground, w_background = np.append(-np.inf, ground), np.append(none, (1 - none) * w_background)
    active = np.array(prior["active"], dtype=float)
    w_active = np.array(prior["active_weight"], dtype=float)
    if misses is not None:
        active, w_active = np.array([1.0 - misses]), np.ones(1)
    held = w_background > 0
    ground, w_background = ground[held], w_background[held]
    weight = w_source[:, None, None] * w_background[None, :, None] * (w_active / w_active.sum())[None, None, :]
    return Grid(np.exp(source), np.exp(ground), active, np.log(weight))


def _normal(mean: float, sd: float, n: int) -> tuple[np.ndarray, np.ndarray]:
    points = np.linspace(-2.5, 2.5, n)
    weight = np.exp(-0.5 * points**2)
    return mean + sd * points, weight / weight.sum()


def loads_at(people: float | np.ndarray, share: np.ndarray, points: Grid) -> tuple[np.ndarray, np.ndarray]:
    """Return the load at a node with and without the source [g/d].

    Parameters
    ----------
    people : float or ndarray
        Served there.
    share : ndarray (m,)
        Of the source that arrives.
    points : Grid

    Returns
    -------
    with_source : ndarray (m, source, background)
    without : ndarray (background,)
    """
    without = people * points.background
    with_source = share[:, None, None] * points.source[None, :, None] + without[None, None, :]
    return with_source, without


def spread(with_source: np.ndarray, without: np.ndarray, unevenness: float | np.ndarray) -> np.ndarray:
    """Return the log variance of a load from day to day and of the background between places.

    Places differ per head, so the background of many of them together is steadier than that of one.
    """
    rules = settings()
    day = math.log1p(rules["error"]["day"] ** 2)
    with np.errstate(invalid="ignore", divide="ignore"):
        ground = np.where(with_source > 0, without / with_source, 0.0)
    places = np.log1p(math.expm1(rules["prior"]["spread_between_nodes"] ** 2) * np.square(unevenness))
    return np.asarray(day + places * ground**2)


@dataclass(frozen=True, eq=False)
class Belief:
    """Log weights of one source: (node, source, background, active), normalised.

    Examples
    --------
    >>> from wbe.sewer.network import Network
    >>> names, people = np.array(["A", "plant"]), np.array([3.0, 1.0])
    >>> two = Network(names, people, np.array([0]), np.array([1]), np.zeros(1), np.ones(1))
    >>> Belief.start(two, people).places().round(6).tolist()
    [0.75, 0.25]
    """

    network: Network
    points: Grid
    log_weight: np.ndarray
    rate: float

    @classmethod
    def start(cls, network: Network, prior: np.ndarray, rate: float = 0.0, points: Grid | None = None) -> Belief:
        """Return the belief before any sample: ``prior`` (node,) are weights of the places."""
        points = points or grid()
        with np.errstate(divide="ignore"):
            place = np.log(prior / prior.sum())
        return cls(network, points, place[:, None, None, None] + points.log_weight[None], rate)

    def updated(self, seen: Observed) -> Belief:
        """Return the belief after some samples, taken in one after the other."""
        weight = self.log_weight
        for i in range(len(seen.node)):
            like, place = self._likelihood(seen, i)
            weight = weight + like[place]
            weight = weight - logsumexp(weight)
        return Belief(self.network, self.points, weight, self.rate)

    def _likelihood(self, seen: Observed, i: int) -> tuple[np.ndarray, np.ndarray]:
        """Log likelihood of one sample for each distinct share that arrives, and which of them each node has."""
        node = int(seen.node[i])
        share = np.round(self.network.arriving(node, self.rate), DECIMALS)
        distinct, place = np.unique(share, return_inverse=True)
        loaded, plain = loads_at(self.network.served[node], distinct, self.points)
        state, z, v = int(seen.state[i]), float(seen.log_load[i]), float(seen.variance[i])
        uneven = float(self.network.unevenness[node])
        on = log_likelihood(state, z, v + spread(loaded, plain, uneven), loaded)
        off = log_likelihood(state, z, v + spread(plain, plain, uneven), plain)
        active = self.points.active
        with np.errstate(divide="ignore"):
            both = np.logaddexp(
                np.log(active) + on[..., None], np.log1p(-active) + off[None, None, :, None]
            )  # an inactive source leaves the background alone
        return both, place

    def places(self) -> np.ndarray:
        """Probability of each node, shape (node,)."""
        p = np.exp(logsumexp(self.log_weight, axis=(1, 2, 3)))
        return np.asarray(p / p.sum())

    def weight(self) -> np.ndarray:
        """Probability of each node and size of the source, shape (node, source)."""
        return np.asarray(np.exp(logsumexp(self.log_weight, axis=(2, 3))))

    def activity(self) -> np.ndarray:
        """Probability of each share of active visits, shape (active,)."""
        return np.asarray(np.exp(logsumexp(self.log_weight, axis=(0, 1, 2))))
