"""The log-normal of a biomarker from all of its results, for draws of what lies below the limit.

Refuses to pass off a prior as a fit: the third value says which of the two it is, and from how much.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import xarray as xr
from scipy.special import ndtri

from wbe.censored.data import Censored, settings
from wbe.censored.normal import fit, fit_mean
from wbe.errors import UncertaintyError
from wbe.messages import Note, join

__all__ = ["PooledFit", "fit_intervals", "fit_pooled", "prior_fit"]


class PooledFit(NamedTuple):
    """Log-mean and log-sd of a biomarker's concentrations [ln(ng/L)], and where they come from (``how``: in words)."""

    mu: float
    sigma: float
    notes: tuple[Note, ...]

    @property
    def how(self) -> str:
        """Where the two come from, in the language in force."""
        return join(self.notes)


def prior_fit(data: Censored, log_sd: float) -> tuple[float, float]:
    """Place a log-normal of stated spread where the data put it.

    With any detected value the log-mean is the most likely one under that spread. Where nothing was detected it
    has no optimum: then the share detected is taken as ``(k + 1/2)/(n + 1)`` (Jeffreys) against the geometric
    mean of the limits.

    Raises
    ------
    UncertaintyError
        No result tells anything.

    Examples
    --------
    >>> mu, sigma = prior_fit(Censored([0.0], [1.0]), 1.5)
    >>> round(mu, 3), sigma
    (-1.012, 1.5)
    """
    if not data.n:
        raise UncertaintyError("censored-no-results-prior")
    if (data.lower > 0).any():
        return fit_mean(data.lower, data.upper, log_sd), log_sd
    pseudo = settings()["prior"]["detection_pseudo_count"]
    share = pseudo / (data.n + 2 * pseudo)
    return float(np.log(data.upper).mean() + log_sd * ndtri(share)), log_sd


def fit_intervals(data: Censored) -> PooledFit:
    """Fit a log-normal to results of any kind, or fall back to the stated prior.

    Examples
    --------
    >>> fit_intervals(Censored([0.0, 0.0], [1.0, 2.0])).how[:5]
    'prior'
    """
    rule, prior = settings()["choice"], settings()["prior"]
    k, n = data.n_detected, data.n
    if k < rule["least_detected"] or np.unique(data.values).size < 2:
        mu, sigma = prior_fit(data, prior["log_sd"])
        means = [np.exp(m + s**2 / 2) for m, s in (prior_fit(data, prior[e]) for e in _ENDS)]
        fold = max(means) / min(means)
        how = Note(
            "censored-from-prior", k=k, n=n, sigma=f"{sigma:g}", status=prior["status"], fold=f"{fold:.3g}",
            low=f"{prior[_ENDS[0]]:g}", high=f"{prior[_ENDS[1]]:g}",
        )  # fmt: skip
        return PooledFit(mu, sigma, (how,))
    mu, sigma, _ = fit(data.lower, data.upper)
    kept = float(np.clip(sigma, prior["least_log_sd"], prior["largest_log_sd"]))
    notes = [Note("censored-from-likelihood", k=k, n=n)]
    if kept != sigma:
        mu = fit_mean(data.lower, data.upper, kept)
        notes.append(Note("censored-spread-held", sigma=f"{sigma:.3g}", kept=f"{kept:g}"))
    return PooledFit(mu, kept, tuple(notes))


_ENDS = ("narrow_log_sd", "wide_log_sd")


def fit_pooled(ds: xr.Dataset, biomarker: str) -> PooledFit:
    """Fit the log-normal of a biomarker across all of its results.

    Parameters
    ----------
    ds : Dataset
        Samples.
    biomarker : str
        One of its biomarkers.

    Returns
    -------
    PooledFit
        ``(mu, sigma, notes)`` in ln(ng/L). With fewer detected results than ``least_detected`` of
        ``data/censored.toml`` the stated wide prior is placed by the detection frequency, and ``how`` says how
        far the mean moves with it.

    Raises
    ------
    UncertaintyError
        No result of the biomarker has a value or a limit.

    Examples
    --------
    >>> from wbe.testing import small_city
    >>> fit_pooled(small_city(), "methamphetamine").how
    'maximum likelihood: 12 of 12 detected'
    >>> fit_pooled(small_city(), "benzoylecgonine").how[:22]
    'prior: 0 of 12 detecte'

    Source: maximum likelihood as in Helsel 2005; the prior is ours and is stated.
    """
    data = Censored.from_samples(ds, biomarker)
    if not data.n:
        raise UncertaintyError("censored-no-limit", biomarker=repr(biomarker))
    return fit_intervals(data)
