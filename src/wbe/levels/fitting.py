"""From data to nodes over the sizes: the mode, its curvature, importance sampling, and what days below a limit say.

Refuses to plug in a single best size: levels are averaged over nodes that are weighed by what the data say of them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import log_ndtr, logsumexp

from wbe.levels.model import Frame, Laws, Solved, Step, laws, solve
from wbe.levels.priors import settings
from wbe.levels.slopes import slopes
from wbe.variability.nodes import hashed, hypercube

__all__ = ["Fitted", "Step", "at_mode", "expectations", "fitted", "spread_out"]

STEPS, LONGEST, CLOSE = 100, 2.0, 1e-6  # of the search, in units of the prior
AT_ONCE = 1_000_000  # numbers in one stack of matrices


@dataclass(frozen=True)
class Fitted:
    """Nodes (node, size) over the sizes of one biomarker with their weights, and the log evidence of the model."""

    frame: Frame
    step: Step | None
    mode: np.ndarray
    nodes: np.ndarray
    weight: np.ndarray
    evidence: float
    laplace: float  # the same, from the curvature at the mode alone
    root: np.ndarray  # (size, size) of the inverse curvature at the mode, in units of the prior

    @property
    def spread(self) -> np.ndarray:
        """Standard deviation of each size after the file, over that before, (size,)."""
        return np.minimum(np.sqrt(np.sum(self.root**2, axis=1)), 1.0)

    @property
    def effective(self) -> float:
        """How many nodes of equal weight the weights are worth."""
        return float(1 / np.sum(self.weight**2))


def fitted(held: Frame, key: str, step: Step | None = None, *, near: Fitted | None = None) -> Fitted:
    """Fit the model of one biomarker: the sizes where the posterior is highest, and nodes about them.

    Parameters
    ----------
    held : Frame
    key : str
        Names the city and the biomarker: the order of the nodes depends on it.
    step : Step, optional
        A step of the laboratory at a month, with what is believed of its ln size.
    near : Fitted, optional
        A fit of the same months by another law: its mode is where the search begins.

    Source
    ------
    Rue, Martino and Chopin 2009, doi:10.1111/j.1467-9868.2008.00700.x (integration over hyperparameters); importance
    sampling from the curvature at the mode.
    """
    return spread_out(at_mode(held, step, near), key)


def at_mode(held: Frame, step: Step | None = None, near: Fitted | None = None) -> Fitted:
    """Return a fit whose only node is the mode: enough for a model that has next to no weight."""
    theta = held.sizes.centre if near is None else near.mode
    inverse = None if near is None else near.root @ near.root.T
    rounds = int(settings("integration")["rounds"]) if len(held.drug.limit) else 0
    for _ in range(rounds):
        held = expectations(held, theta, step)
        theta = _mode(held, theta, step, inverse)
    if not rounds:
        theta = _mode(held, theta, step, inverse)
    root, log_det = _root(held, theta, step)
    laplace = float(_heights(held, theta[None], step)[0]) + log_det
    return Fitted(held, step, theta, theta[None], np.ones(1), laplace, laplace, root)


def spread_out(fit: Fitted, key: str) -> Fitted:
    """Return a fit with nodes about its mode, weighed by importance sampling."""
    held, step, root = fit.frame, fit.step, fit.root
    named = hashed([f"{key}\x1f{name}" for name in held.sizes.names])
    score = hypercube(named, int(settings("integration")["nodes"])) * settings("integration")["widening"]
    away = score @ root.T  # in units of the prior
    nodes = fit.mode + away * held.sizes.spread
    height = _heights(held, nodes, step)
    by_proposal = -0.5 * np.sum((score / settings("integration")["widening"]) ** 2, axis=1)
    log_weight = height - by_proposal
    norm = logsumexp(log_weight)
    weight = np.exp(log_weight - norm)
    most = 1 / np.sqrt(len(weight))  # a node that would rule alone is held back (Ionides 2008)
    weight = np.minimum(weight, most)
    weight = weight / weight.sum()
    # the root's determinant is that of a rotation and of what stretches it
    log_det = float(np.linalg.slogdet(root)[1])
    evidence = float(norm - np.log(len(weight))) + log_det
    evidence += fit.mode.size * float(np.log(settings("integration")["widening"]))
    return replace(fit, nodes=nodes, weight=weight, evidence=evidence)


def _heights(held: Frame, theta: np.ndarray, step: Step | None) -> np.ndarray:
    """Return the log posterior of many sizes."""
    away = (theta - held.sizes.centre) / held.sizes.spread
    places, months = held.precision.shape
    size = max(1, AT_ONCE // max(places * months, months * months, 1))
    parts = [solve(laws(held, theta[i : i + size], step)).likelihood for i in range(0, len(theta), size)]
    found: np.ndarray = np.concatenate(parts) - 0.5 * np.sum(away**2, axis=1)
    return found


def _downhill(held: Frame, z: np.ndarray, step: Step | None) -> tuple[np.ndarray, np.ndarray]:
    """Return minus the log posterior and its slope in units of the prior, (node,) and (node, size)."""
    sizes = held.sizes
    theta = sizes.centre + z * sizes.spread
    found = laws(held, theta, step)
    solved = solve(found)
    slope = slopes(held, theta, found, solved, step) * sizes.spread - z
    return -(solved.likelihood - 0.5 * np.sum(z**2, axis=1)), -slope


def _mode(held: Frame, theta: np.ndarray, step: Step | None, inverse: np.ndarray | None) -> np.ndarray:
    """Return the sizes where the posterior is highest, by BFGS from ``theta`` in units of the prior.

    ``inverse`` is a first guess of the inverse curvature.

    Source
    ------
    Nocedal and Wright 2006, Numerical Optimization, algorithm 6.1, with steps halved until they descend.
    """
    sizes = held.sizes
    z = (theta - sizes.centre) / sizes.spread
    height, slope = (x[0] for x in _downhill(held, z[None], step))
    if inverse is None:
        inverse = np.eye(len(z)) / (1 + np.sqrt(slope @ slope))
    for _ in range(STEPS):
        move = -inverse @ slope
        if move @ slope >= 0:
            inverse, move = np.eye(len(z)), -slope
        move *= min(1.0, LONGEST / max(float(np.abs(move).max()), 1e-300))
        reached, steeper = (x[0] for x in _downhill(held, (z + move)[None], step))
        while reached > height + 1e-4 * (move @ slope) and np.abs(move).max() > CLOSE:
            move = move / 2
            reached, steeper = (x[0] for x in _downhill(held, (z + move)[None], step))
        if reached > height or np.abs(move).max() < CLOSE:
            break
        change = steeper - slope
        along = float(move @ change)
        if along > 1e-10:
            left = np.eye(len(z)) - np.outer(move, change) / along
            inverse = left @ inverse @ left.T + np.outer(move, move) / along
        z, height, slope = z + move, reached, steeper
        if np.abs(slope).max() < 1e-3:
            break
    best: np.ndarray = sizes.centre + z * sizes.spread
    return best


def _root(held: Frame, theta: np.ndarray, step: Step | None) -> tuple[np.ndarray, float]:
    """Return a square root of the inverse curvature at the mode, in units of the prior, and ln of its determinant."""
    sizes = held.sizes
    z = (theta - sizes.centre) / sizes.spread
    apart = 1e-3
    near = np.concatenate([z[None], z + apart * np.eye(len(z))])
    places, months = held.precision.shape
    size = max(1, AT_ONCE // max(places * months * months, 1))
    slope = np.concatenate([_downhill(held, near[i : i + size], step)[1] for i in range(0, len(near), size)])
    curve = (slope[1:] - slope[0]) / apart
    value, vector = np.linalg.eigh((curve + curve.T) / 2)
    # the prior alone curves by 1; less than a part of it is noise or the edge of a ridge
    vector = vector * np.where(vector[np.argmax(np.abs(vector), axis=0), np.arange(len(z))] < 0, -1.0, 1.0)
    value = np.maximum(value, 0.5)
    return vector / np.sqrt(value), float(-0.5 * np.log(value).sum())


def marginals(found: Laws, solved: Solved) -> tuple[np.ndarray, np.ndarray]:
    """Return posterior mean and variance of what each month of a place shows, (node, place, month)."""
    middle = solved.middle[:, None, :]
    gain = np.matmul(found.signal, solved.inverse)
    mean = middle + np.matmul(gain, (found.seen - middle)[..., None])[..., 0]
    left = np.eye(found.signal.shape[-1]) - gain
    spread = np.einsum("nsij,nsij->nsi", np.matmul(left, solved.city[:, None]), left)
    spread += np.diagonal(found.signal, axis1=-2, axis2=-1) - np.einsum("nsij,nsij->nsi", gain, found.signal)
    return mean, np.maximum(spread, 1e-9)


def expectations(held: Frame, theta: np.ndarray, step: Step | None) -> Frame:
    """Return the frame with what days below a limit say, as normals, by expectation propagation at one set of sizes.

    Source
    ------
    Minka 2001, Expectation propagation for approximate Bayesian inference.
    """
    drug = held.drug
    place, month = drug.limit_place, drug.limit_month
    site_precision, site_pull = np.zeros(len(place)), np.zeros(len(place))
    centre, cavity = np.zeros(len(place)), np.ones(len(place))
    cells = place * held.precision.shape[1] + month
    added = np.zeros(len(place)) if step is None else step.added(place, month)
    for _ in range(int(settings("integration")["sweeps"])):
        held = _with_limits(held, cells, site_precision, site_pull + site_precision * added)
        found = laws(held, theta[None], step)
        mean, variance = (x[0][place, month] for x in marginals(found, solve(found)))
        error = found.single[0][place, month]
        # take the day's own say out, then match the moments of what is left below the limit
        cavity = np.maximum(1 / variance - site_precision, 1e-6)
        centre = (mean / variance - site_pull) / cavity
        bound = drug.limit + error / 2 - added
        spread = np.sqrt(error + 1 / cavity)
        z = (bound - centre) / spread
        ratio = np.exp(-0.5 * z**2 - 0.5 * np.log(2 * np.pi) - log_ndtr(z))
        new_mean = centre - ratio / cavity / spread
        new_variance = 1 / cavity - ratio * (z + ratio) / cavity**2 / spread**2
        precision = np.maximum(1 / np.maximum(new_variance, 1e-9) - cavity, 1e-8)
        pull = (precision + cavity) * new_mean - cavity * centre
        site_precision = 0.3 * site_precision + 0.7 * precision
        site_pull = 0.3 * site_pull + 0.7 * pull
    tied = _tied(cells, site_precision, site_pull, centre, 1 / cavity)
    held = _with_limits(held, cells, site_precision, site_pull + site_precision * added)
    return replace(held, cavity=np.stack([centre, 1 / cavity]), tied=tied)


def _tied(
    cells: np.ndarray, precision: np.ndarray, pull: np.ndarray, centre: np.ndarray, variance: np.ndarray
) -> float:
    """Return what the normals of days below a limit leave out of the evidence, so that two fits can be compared.

    Each normal's own density in its cavity is taken out again, and that of several days of a cell which are joined.

    Source
    ------
    Rasmussen and Williams 2006, Gaussian Processes for Machine Learning, equation 3.65.
    """
    mean = pull / precision
    wide = variance + 1 / precision
    found = 0.5 * float((np.log(wide) + (mean - centre) ** 2 / wide).sum())
    once, at = np.unique(cells, return_inverse=True)
    total, pulled = (np.bincount(at, weights=x, minlength=len(once)) for x in (precision, pull))
    apart = (np.log(precision) - pull**2 / precision).sum() - (np.log(total) - pulled**2 / total).sum()
    return found + 0.5 * float(apart)


def _with_limits(held: Frame, cells: np.ndarray, precision: np.ndarray, pull: np.ndarray) -> Frame:
    size = held.precision.size
    total = np.bincount(cells, weights=precision, minlength=size).reshape(held.precision.shape)
    pulled = np.bincount(cells, weights=pull, minlength=size).reshape(held.precision.shape)
    return replace(held, precision=total, middle=np.where(total > 0, pulled / np.where(total > 0, total, 1.0), 0.0))
