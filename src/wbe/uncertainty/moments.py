"""What is computed once for a distribution and kept: its drawing table and its moments.

Refuses fractions above one, by the input's name.
"""

from __future__ import annotations

import functools
import math

import numpy as np
from scipy import special

from wbe.errors import UncertaintyError
from wbe.uncertainty.distributions import Distribution, Empirical, LogNormal, Mixture

__all__ = ["SCORE_LIMIT", "SCORE_STEP", "fraction", "log_moments", "moment", "scores"]

# normal scores at which a distribution is tabulated for drawing and for its moments: |z| <= 9 leaves 2e-19
SCORE_STEP = 1 / 128
SCORE_LIMIT = 9.0


@functools.lru_cache(maxsize=512)
def scores(distribution: Distribution) -> np.ndarray:
    """Return ln(value / median) at normal scores from -9 to 9 in steps of 1/128: the drawing table."""
    z = np.arange(-SCORE_LIMIT, SCORE_LIMIT + SCORE_STEP / 2, SCORE_STEP)
    p = np.minimum(special.ndtr(z), 1 - 2**-53)
    table = np.asarray(distribution.log_quantile(p), dtype=float) - math.log(distribution.median())
    # a support that reaches zero has ln = -inf at the far end: carry the last finite value there
    finite = np.isfinite(table)
    table[~finite] = table[finite].min()
    table.setflags(write=False)
    return table


def _score_weights(n: int) -> np.ndarray:
    z = (np.arange(n) - (n - 1) / 2) * SCORE_STEP
    weight = np.exp(-z * z / 2)
    return np.asarray(weight / weight.sum())


@functools.lru_cache(maxsize=1024)
def log_moments(distribution: Distribution) -> tuple[float, float]:
    """Return mean and standard deviation of ln(value / median): of mixtures and draws exactly, else by quadrature.

    Quadrature over normal scores would step over the gap between two schools, and the error would move every bound.
    """
    if isinstance(distribution, Mixture):
        middle = math.log(distribution.median())
        each = [(w, math.log(d.median()) - middle, *d.log_moments()) for w, d in distribution.parts]
        mean = sum(w * (shift + m) for w, shift, m, _ in each)
        return mean, math.sqrt(sum(w * (s * s + (shift + m - mean) ** 2) for w, shift, m, s in each))
    if isinstance(distribution, Empirical):
        x = np.log(distribution.draws) - math.log(distribution.median())
        x -= (mean := float(x.mean()))
        # the quantile function is linear between neighbours and level beyond the first and the last draw
        squares = float((x[:-1] ** 2 + x[:-1] * x[1:] + x[1:] ** 2).sum()) / 3 + (x[0] ** 2 + x[-1] ** 2) / 2
        return mean, math.sqrt(squares / x.size)
    table = scores(distribution)
    weight = _score_weights(table.size)
    mean = float(weight @ table)
    return mean, math.sqrt(float(weight @ (table - mean) ** 2))


@functools.lru_cache(maxsize=4096)
def moment(distribution: Distribution, power: float) -> float:
    """Return E[value ** power], by quadrature over normal scores; infinite where it does not exist.

    Examples
    --------
    >>> from wbe.uncertainty import Uniform
    >>> round(moment(Uniform(1.0, 3.0), 2.0), 5)
    4.33333
    """
    if isinstance(distribution, LogNormal):
        return float(distribution.centre**power) * math.exp(0.5 * (power * distribution.log_sd) ** 2)
    if isinstance(distribution, Mixture):
        return sum(w * moment(d, power) for w, d in distribution.parts)
    table = scores(distribution)
    terms = _score_weights(table.size) * np.exp(power * table)
    total = float(terms.sum())
    # a moment that exists has died out well before the ends of the table
    if max(terms[:64].max(), terms[-64:].max()) > 1e-6 * total:
        return math.inf
    return total * float(distribution.median() ** power)


def fraction(distribution: Distribution, name: str) -> Distribution:
    """Return the distribution if it can be a fraction (excretion, share, purity), or refuse it by name.

    Raises
    ------
    UncertaintyError
        More than 1 in 1,000 of its probability lies above 1.

    Examples
    --------
    >>> from wbe.uncertainty import Uniform
    >>> fraction(Uniform(0.3, 1.2), "excretion[ketamine]")
    Traceback (most recent call last):
    ...
    wbe.errors.UncertaintyError: excretion[ketamine]: 22 % of Uniform(low=0.3, high=1.2) lies above 1; ...
    """
    above = float(1 - distribution.cdf(1.0))
    if above > 1e-3:
        raise UncertaintyError("uncertainty-above-one", name=name, share=f"{100 * above:.2g}", shape=repr(distribution))
    return distribution
