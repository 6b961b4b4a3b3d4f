"""Many short chains side by side: draws of background, spread and sparse sources of groups, given samples.

Refuses to be a general sampler: it knows one model, a background by people plus few sources of any size.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import log_ndtr

from wbe.sewer.groups import Groups
from wbe.sewer.observations import ABOVE, VALUE, Observed
from wbe.sewer.settings import settings

__all__ = ["Draws", "draw"]

CHAINS, WARM, KEPT, EVERY = 256, 150, 150, 10


@dataclass(frozen=True, eq=False)
class Draws:
    """Draws by group, each (draw, group) [g/d]: background, and sources (0 where there is none)."""

    background: np.ndarray
    source: np.ndarray


class _Model:
    """Log density of all chains at once, with the loads at the samples kept up to date."""

    def __init__(self, groups: Groups, seen: Observed, rng: np.random.Generator):
        rules = settings()
        self.prior, self.rng = rules["prior"], rng
        self.seen, self.share = seen, groups.share
        self.variance = seen.variance + math.log1p(rules["error"]["day"] ** 2)
        self.people = groups.weight
        self.median = math.log(self.prior["background_median"] * 1e-6), math.log(self.prior["source_median"])
        self.chance = np.clip(0.3 * groups.weight / groups.weight.sum(), 0.02, 0.5)
        n = (CHAINS, len(groups.weight))
        self.level = self.median[0] + self.prior["background_log_sd"] * rng.standard_normal(CHAINS)
        self.spread = self.prior["spread_between_nodes"] * rng.standard_normal(n)
        self.on = rng.random(n) < self.chance
        self.size = self.median[1] + self.prior["source_log_sd"] * rng.standard_normal(n)
        self.heat = 1.0
        self.load = self.parts() @ self.share
        self.fit = self.likelihood(self.load)

    def parts(self) -> np.ndarray:
        """Loads of the groups, (chain, group)."""
        return np.asarray(self.ground() + np.where(self.on, np.exp(self.size), 0.0))

    def ground(self) -> np.ndarray:
        """Background of the groups, (chain, group)."""
        return np.asarray(self.people * np.exp(self.level[:, None] + self.spread))

    def likelihood(self, load: np.ndarray) -> np.ndarray:
        """Log likelihood of every chain."""
        false = self.prior["false_result"]
        with np.errstate(divide="ignore"):
            z = (self.seen.log_load - np.log(load) + self.variance / 2) / np.sqrt(self.variance)
        z = np.clip(z, -1e6, 1e6)
        density = -0.5 * z**2 - 0.5 * np.log(2 * math.pi * self.variance)
        state = self.seen.state
        found = np.where(state == VALUE, density, log_ndtr(np.where(state == ABOVE, -z, z)))
        nobody = np.where(state == VALUE, math.log(0.1), math.log(0.5))
        return np.asarray(np.logaddexp(math.log1p(-false) + found, math.log(false) + nobody).sum(axis=1))

    def accept(self, load: np.ndarray, extra: np.ndarray | float) -> np.ndarray:
        """Decide the move of every chain to new loads; ``extra`` is the log ratio of priors and proposals."""
        fit = self.likelihood(load)
        yes = np.log(self.rng.random(CHAINS)) < (fit - self.fit) / self.heat + extra
        self.load = np.where(yes[:, None], load, self.load)
        self.fit = np.where(yes, fit, self.fit)
        return np.asarray(yes)

    def sweep(self) -> None:
        """Move every unknown once."""
        self._level()
        for g in range(len(self.people)):
            self._spread(g)
            self._flip(g)
            self._size(g)
        self._swap()

    def _level(self) -> None:
        sd = self.prior["background_log_sd"]
        new = self.level + self.rng.choice([0.15, 0.6, 1.5]) * self.rng.standard_normal(CHAINS)
        factor = np.exp(new - self.level)[:, None]
        load = self.load + (self.ground() * (factor - 1)) @ self.share
        extra = ((self.level - self.median[0]) ** 2 - (new - self.median[0]) ** 2) / (2 * sd**2)
        self.level = np.where(self.accept(np.maximum(load, 0), extra), new, self.level)

    def _spread(self, g: int) -> None:
        sd = self.prior["spread_between_nodes"]
        old = self.spread[:, g]
        new = old + 0.4 * self.rng.standard_normal(CHAINS)
        ground = self.people[g] * np.exp(self.level)
        load = self.load + (ground * (np.exp(new) - np.exp(old)))[:, None] * self.share[g]
        self.spread[:, g] = np.where(self.accept(np.maximum(load, 0), (old**2 - new**2) / (2 * sd**2)), new, old)

    def _flip(self, g: int) -> None:
        """Switch a source on, with a size drawn from the prior, or off."""
        on = self.on[:, g]
        fresh = self.median[1] + self.prior["source_log_sd"] * self.rng.standard_normal(CHAINS)
        size = np.where(on, self.size[:, g], fresh)
        load = self.load + np.where(on, -np.exp(size), np.exp(size))[:, None] * self.share[g]
        odds = math.log(self.chance[g] / (1 - self.chance[g]))
        yes = self.accept(np.maximum(load, 0), np.where(on, -odds, odds))
        self.on[:, g] = on ^ yes
        self.size[:, g] = np.where(yes, size, self.size[:, g])

    def _size(self, g: int) -> None:
        sd, on = self.prior["source_log_sd"], self.on[:, g]
        old = self.size[:, g]
        new = old + self.rng.choice([0.1, 0.4, 1.2]) * self.rng.standard_normal(CHAINS)
        load = self.load + np.where(on, np.exp(new) - np.exp(old), 0.0)[:, None] * self.share[g]
        extra = ((old - self.median[1]) ** 2 - (new - self.median[1]) ** 2) / (2 * sd**2)
        self.size[:, g] = np.where(self.accept(np.maximum(load, 0), extra), new, old)

    def _swap(self) -> None:
        """Move a source from one group to another."""
        n = len(self.people)
        if n < 2:
            return
        at, to = self.rng.permutation(n)[:2]
        both = self.on[:, at] & ~self.on[:, to]
        step = np.where(both, np.exp(self.size[:, at]), 0.0)[:, None]
        load = self.load + step * (self.share[to] - self.share[at])
        odds = np.log(self.chance[to] / (1 - self.chance[to])) - np.log(self.chance[at] / (1 - self.chance[at]))
        yes = self.accept(np.maximum(load, 0), odds) & both
        size = self.size[:, at].copy()
        self.size[:, at] = np.where(yes, self.size[:, to], size)
        self.size[:, to] = np.where(yes, size, self.size[:, to])
        self.on[:, at] ^= yes
        self.on[:, to] ^= yes


def draw(groups: Groups, seen: Observed, seed: int) -> Draws:
    """Draw the loads of groups of nodes given samples.

    Parameters
    ----------
    groups : Groups
    seen : Observed
    seed : int
        Equal seeds give equal draws.

    Returns
    -------
    Draws
        About 3,800 draws of :data:`CHAINS` chains that start from the prior and cool down to the samples.
    """
    model = _Model(groups, seen, np.random.default_rng(seed))
    for step in range(WARM):
        model.heat = max(1.0, 8.0 * (1 - step / (0.6 * WARM)))
        model.sweep()
    background, source = [], []
    for step in range(KEPT):
        model.load = model.parts() @ model.share  # rounding must not pile up
        model.fit = model.likelihood(model.load)
        model.sweep()
        if step % EVERY == EVERY - 1:
            background.append(model.ground())
            source.append(np.where(model.on, np.exp(model.size), 0.0))
    return Draws(np.concatenate(background), np.concatenate(source))
