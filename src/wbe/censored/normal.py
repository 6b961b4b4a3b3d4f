"""The log-normal below the limit: likelihood, truncated draws, and their far tails.

Refuses scipy.stats (slow to import) and any difference of two nearly equal probabilities.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import log_ndtr, ndtri_exp

from wbe.errors import UncertaintyError

__all__ = ["Floats", "fit", "fit_mean", "impute", "log_likelihood", "log_ndtr_between"]

Floats = NDArray[np.float64]
_LOG_ROOT_2PI = 0.5 * np.log(2.0 * np.pi)


def log_ndtr_between(a: Floats, b: Floats) -> Floats:
    """Return ``log(Phi(b) - Phi(a))`` without loss in either tail, elementwise.

    Examples
    --------
    >>> float(log_ndtr_between(np.array([40.0]), np.array([np.inf]))[0]) == float(log_ndtr(-40.0))
    True
    """
    flip = a + b > 0
    lo, hi = np.where(flip, -b, a), np.where(flip, -a, b)
    top, bottom = log_ndtr(hi), log_ndtr(lo)
    with np.errstate(divide="ignore", invalid="ignore"):
        gap = bottom - top
        # log(1 - exp(gap)), in the form that keeps its digits on either side of log(2)
        rest = np.where(gap > -np.log(2.0), np.log(-np.expm1(gap)), np.log1p(-np.exp(gap)))
    return np.asarray(top + rest)


def impute(lower: ArrayLike, upper: ArrayLike, mu: ArrayLike, sigma: ArrayLike, uniforms: ArrayLike) -> Floats:
    """Draw concentrations of a log-normal, each inside its own interval.

    Parameters
    ----------
    lower, upper : array (sample,)
        Limits in one unit; ``upper`` may be infinite; where they are equal the value itself comes back.
    mu, sigma : float or array (sample,)
        Mean and standard deviation of the natural logarithm, in that unit.
    uniforms : array (draw, sample) or (sample,)
        Uniform numbers in [0, 1]; the quantile of the truncated distribution at them is returned, so equal
        uniforms give equal draws.

    Returns
    -------
    array (draw, sample)
        Concentrations with ``lower <= x <= upper``; NaN where a limit is NaN.

    Raises
    ------
    UncertaintyError
        ``sigma`` is not positive.

    Examples
    --------
    >>> impute([0.0, 5.0], [2.0, 5.0], mu=0.0, sigma=1.0, uniforms=[[0.5, 0.5]]).round(4).tolist()
    [[0.7328, 5.0]]

    Source: inverse-transform sampling of a truncated normal in log probabilities.
    """
    low, high = np.asarray(lower, dtype=float), np.asarray(upper, dtype=float)
    mean, sd = np.asarray(mu, dtype=float), np.asarray(sigma, dtype=float)
    if not np.all(sd > 0):
        raise UncertaintyError("censored-sigma", came=repr(sigma))
    u = np.clip(np.asarray(uniforms, dtype=float), 1e-300, 1.0 - 1e-16)
    with np.errstate(divide="ignore", invalid="ignore"):
        a, b = (np.log(low) - mean) / sd, (np.log(high) - mean) / sd
        # work in the left tail: there log probabilities keep their digits
        flip = a + b > 0
        left, right = np.where(flip, -b, a), np.where(flip, -a, b)
        share = np.where(flip, 1.0 - u, u)
        share = np.clip(share, 1e-300, 1.0 - 1e-16)
        log_p = np.logaddexp(log_ndtr(left) + np.log1p(-share), log_ndtr(right) + np.log(share))
        z = ndtri_exp(np.minimum(log_p, 0.0))
        draws = np.exp(mean + sd * np.where(flip, -z, z))
    draws = np.minimum(np.maximum(draws, low), high)
    exact = np.broadcast_to(low == high, draws.shape)
    return np.where(exact, np.broadcast_to(low, draws.shape), draws)


def log_likelihood(lower: Floats, upper: Floats, mu: float, sigma: float) -> float:
    """Return the log-likelihood of intervals under a log-normal; detected values add their log density.

    Examples
    --------
    >>> round(log_likelihood(np.array([0.0]), np.array([1.0]), 0.0, 1.0), 6)
    -0.693147
    """
    exact = lower == upper
    y = (np.log(lower[exact]) - mu) / sigma
    with np.errstate(divide="ignore"):
        a, b = (np.log(lower[~exact]) - mu) / sigma, (np.log(upper[~exact]) - mu) / sigma
    density = -0.5 * y**2 - np.log(sigma) - _LOG_ROOT_2PI
    return float(density.sum() + log_ndtr_between(a, b).sum())


def fit(lower: Floats, upper: Floats, steps: int = 200) -> tuple[float, float, NDArray[np.float64]]:
    """Fit a log-normal to intervals by maximum likelihood.

    Newton's method in ``1/sigma`` and ``mu/sigma``, in which the likelihood is concave (Burridge 1981), so
    that the optimum is the only one.

    Parameters
    ----------
    lower, upper : array (n,)
        At least two different detected values.

    Returns
    -------
    mu, sigma : float
    covariance : array (2, 2)
        Of ``(mu, sigma)``, from the observed information.

    Raises
    ------
    UncertaintyError
        Fewer than two different detected values: no spread can be fitted.

    Source: Burridge 1981, J. R. Stat. Soc. B 43:41-45.
    """
    exact = lower == upper
    y = np.log(lower[exact])
    if np.unique(y).size < 2:
        raise UncertaintyError("censored-few-for-likelihood", found=np.unique(y).size)
    with np.errstate(divide="ignore"):
        limits, weight = np.unique(np.log([lower[~exact], upper[~exact]]), axis=1, return_counts=True)
    # logs centred and scaled by all that is known, limits too: the start and the steps suit every unit
    known = np.concatenate([y, limits[np.isfinite(limits)]])
    shift, scale = float(known.mean()), float(known.std())
    y, (low, high) = (y - shift) / scale, (limits - shift) / scale
    detected = (float(y.size), float(y.sum()), float(y @ y))
    theta = np.array([0.0, 1.0])  # mu/sigma, 1/sigma
    value, gradient, hessian = _concave(theta, detected, low, high, weight)
    for _ in range(steps):
        step = _ascent(gradient, hessian)
        size = 1.0
        while size > 1e-12:
            trial = theta + size * step
            if trial[1] > 0:
                new = _concave(trial, detected, low, high, weight)
                if np.isfinite(new[0]) and new[0] >= value - 1e-14 * abs(value):
                    break
            size /= 2
        else:
            break
        done = np.abs(trial - theta).max() < 1e-13 * (1.0 + np.abs(theta).max())
        theta, (value, gradient, hessian) = trial, new
        if done:
            break
    nu, tau = theta
    mu, sigma = nu / tau, 1.0 / tau
    jacobian = np.array([[1.0 / tau, -nu / tau**2], [0.0, -1.0 / tau**2]])
    covariance = jacobian @ np.linalg.inv(-hessian) @ jacobian.T * scale**2
    return float(mu * scale + shift), float(sigma * scale), covariance


def fit_mean(lower: Floats, upper: Floats, sigma: float) -> float:
    """Fit the log-mean alone, with the spread held.

    Parameters
    ----------
    lower, upper : array (n,)
        At least one result with a positive lower end: non-detects alone have no optimum.
    sigma : float
        Standard deviation of the natural logarithm.

    Raises
    ------
    UncertaintyError
        Every interval starts at 0.

    Examples
    --------
    >>> round(fit_mean(np.array([1.0, 4.0]), np.array([1.0, 4.0]), 1.5), 4)
    0.6931
    """
    if not (lower > 0).any():
        raise UncertaintyError("censored-non-detects-only")
    exact = lower == upper
    with np.errstate(divide="ignore"):
        y, limits = np.log(lower[exact]) / sigma, np.log([lower[~exact], upper[~exact]]) / sigma
    detected = (float(y.size), float(y.sum()), float(y @ y))
    limits, weight = np.unique(limits, axis=1, return_counts=True)
    known = np.concatenate([y, limits[np.isfinite(limits)]])
    # the score falls in the mean: bisect it between values that surely lie on either side
    low, high = float(known.min()) - 40.0, float(known.max()) + 40.0
    for _ in range(100):
        middle = (low + high) / 2
        score = _concave(np.array([middle, 1.0]), detected, limits[0], limits[1], weight)[1][0]
        low, high = (middle, high) if score > 0 else (low, middle)
    return float((low + high) / 2 * sigma)


def _ascent(gradient: Floats, hessian: NDArray[np.float64]) -> Floats:
    """Newton's step, or the gradient where rounding spoils the curvature."""
    step = np.asarray(np.linalg.solve(hessian, -gradient) if abs(np.linalg.det(hessian)) > 0 else gradient)
    return step if step @ gradient > 0 else gradient / (1.0 + np.abs(gradient).max())


def _concave(
    theta: Floats, detected: tuple[float, float, float], low: Floats, high: Floats, weight: NDArray[np.int64]
) -> tuple[float, Floats, NDArray[np.float64]]:
    """Log-likelihood, gradient and Hessian in ``(mu/sigma, 1/sigma)``.

    ``detected`` holds number, sum and sum of squares of the detected logs; ``weight`` counts equal intervals.
    """
    nu, tau = float(theta[0]), float(theta[1])
    n, total, squares = detected
    value = n * np.log(tau) - 0.5 * (tau**2 * squares - 2 * tau * nu * total + n * nu**2)
    gradient = np.array([tau * total - n * nu, n / tau - tau * squares + nu * total])
    hessian = np.array([[-n, total], [total, -n / tau**2 - squares]], dtype=float)
    if low.size:
        a, b = tau * low - nu, tau * high - nu
        log_d = log_ndtr_between(a, b)
        # density over probability at each end; zero at infinite ends
        pa = np.where(np.isinf(a), 0.0, np.exp(np.minimum(-0.5 * a**2 - _LOG_ROOT_2PI - log_d, 700.0)))
        pb = np.where(np.isinf(b), 0.0, np.exp(np.minimum(-0.5 * b**2 - _LOG_ROOT_2PI - log_d, 700.0)))
        a0, b0 = np.where(np.isinf(a), 0.0, a), np.where(np.isinf(b), 0.0, b)
        l0, h0 = np.where(np.isinf(low), 0.0, low), np.where(np.isinf(high), 0.0, high)
        value += float(weight @ log_d)
        gradient += np.array([weight @ (pa - pb), weight @ (pb * h0 - pa * l0)])
        bb, aa, ab = -b0 * pb - pb**2, a0 * pa - pa**2, pa * pb
        cross = -float(weight @ (bb * h0 + ab * l0 + ab * h0 + aa * l0))
        hessian += np.array(
            [
                [weight @ (bb + aa + 2 * ab), cross],
                [cross, weight @ (bb * h0**2 + 2 * ab * h0 * l0 + aa * l0**2)],
            ]
        )
    return value, gradient, hessian
