"""How much days, samples, analyses and batches differ: sizes of error with a prior, learnt from the user's own file.

Refuses to take any size of error as known, except where the user sets it.
"""

from __future__ import annotations

from collections.abc import Mapping

import xarray as xr

from wbe.variability.joining import joined
from wbe.variability.learning import fit
from wbe.variability.priors import checked, day_size, known_terms, measurement_size, weekend
from wbe.variability.result import Variability, summarised
from wbe.variability.statistics import Statistics, learn_statistics

__all__ = [
    "Statistics",
    "Variability",
    "day_size",
    "joined",
    "learn",
    "learn_from",
    "learn_statistics",
    "measurement_size",
    "weekend",
]


def learn(samples: xr.Dataset, cvs: Mapping[str, float] | None = None, *, until: str | None = None) -> Variability:
    """Learn the sizes of error from Samples: day-to-day, sampling, flow, analysis and batch.

    Parameters
    ----------
    samples : Dataset
        Valid Samples of one or several cities; dims (sample, biomarker).
    cvs : mapping, optional
        Own sizes (coefficients of variation), which are then not learnt: ``day``, ``sampling`` (composites), ``flow``,
        ``analysis``, ``batch``, or one of them such as ``day:mdma``, ``sampling:grab``, ``batch:mdma``.
        ``flow_meter`` is accepted and belongs to the estimate.
    until : str, optional
        A month ``YYYY-MM``: samples of later months are not used.

    Returns
    -------
    Variability

    Raises
    ------
    InputError
        A size that is not a finite number above 0, or an ``until`` that is not a month.
    UnknownName
        A size of error that does not exist.

    Examples
    --------
    >>> from wbe.testing import small_city
    >>> found = learn(small_city(months=12))
    >>> found.day.shape, bool(found.table().query("term == 'batch'")["prior_weight"].max() < 1)
    ((25, 3, 4), True)
    """
    return learn_from(learn_statistics(samples, until=until), cvs)


def learn_from(statistics: Statistics, cvs: Mapping[str, float] | None = None) -> Variability:
    """Learn the sizes of error from statistics, such as those of several cities put together by :func:`joined`.

    Parameters
    ----------
    statistics : Statistics
        What :func:`learn_statistics` returned.
    cvs : mapping, optional
        As for :func:`learn`.

    Examples
    --------
    >>> from wbe.testing import small_city
    >>> samples = small_city()
    >>> bool((learn_from(learn_statistics(samples)).day == learn(samples).day).all())
    True
    """
    keys = statistics.keys
    own = checked(cvs, known_terms(_kinds(keys.kinds), keys.biomarkers, keys.laboratories))
    return summarised(fit(statistics, own), keys)


def _kinds(present: tuple[str, ...]) -> list[str]:
    """Kinds of sample that may be named: all that there are, present or not."""
    from wbe.samples import SAMPLE_TYPES

    return sorted({*SAMPLE_TYPES, *present})
