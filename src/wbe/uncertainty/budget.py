"""Uncertainty budgets: whose share of the log-variance is how large, by source and scope, and what to do first.

Refuses Sobol indices of many cells at once; holds closed forms only, no sampling.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import xarray as xr

from wbe.errors import UncertaintyError
from wbe.uncertainty import inputs
from wbe.uncertainty.moments import moment
from wbe.uncertainty.terms import Term, options
from wbe.uncertainty.uncertain import Uncertain

__all__ = ["budget", "by_scope", "first_to_improve", "sobol_natural"]


def budget(quantity: Uncertain) -> xr.Dataset:
    """Return each term's share of the variance of ln(value).

    On the log scale the terms add up, so that shares are exact and sum to 1: they are the first-order Sobol indices of
    ln(value).

    Parameters
    ----------
    quantity : Uncertain
        Any.

    Returns
    -------
    Dataset
        ``share`` [1] and ``log_sd`` (term, ...), with coordinates ``scope`` (text) and ``remedy``, ``remedy_zh``
        (what makes it smaller) on ``term``.

    Examples
    --------
    >>> from wbe.uncertainty.terms import Term
    >>> load = xr.DataArray([10.0], dims="sample", coords={"sample": ["a"]})
    >>> b = Uncertain(load, [(Term("flow", ("sample",), 0.3), 1), (Term("dose", (), 0.4), -1)]).budget()
    >>> b["share"].sel(term="dose").values.round(2)
    array([0.64])
    """
    central = quantity.central
    sums: dict[str, xr.Variable] = {}
    scopes: dict[str, str] = {}
    for term, power in quantity.terms:
        sums[term.name] = sums.get(term.name, xr.Variable((), 0.0)) + quantity.log_variance(term, power).variable
        scopes[term.name] = " x ".join(term.scope) or "run"
    names = list(sums)
    shape = dict(central.sizes)
    variances = [sums[n].set_dims(shape).transpose(*central.dims) for n in names]
    stacked = (
        xr.Variable.concat(variances, "term")
        if names
        else xr.Variable(("term", *central.dims), np.zeros((0, *central.shape)))
    )
    total = stacked.sum("term")
    coords = {
        **central.coords,
        "term": np.array(names, dtype=object),
        "scope": ("term", np.array([scopes[n] for n in names], dtype=object)),
        "remedy": ("term", np.array([inputs.remedy(n)["en"] for n in names], dtype=object)),
        "remedy_zh": ("term", np.array([inputs.remedy(n)["zh"] for n in names], dtype=object)),
    }
    with np.errstate(invalid="ignore", divide="ignore"):
        share = xr.DataArray(stacked / total, coords=coords)
    return xr.Dataset({"share": share, "log_sd": xr.DataArray(np.sqrt(stacked), coords=coords)})


def by_scope(quantity: Uncertain) -> pd.Series:
    """Return the mean share of the log-variance by scope, the largest first.

    Examples
    --------
    >>> from wbe.uncertainty.terms import Term
    >>> load = xr.DataArray([10.0], dims="sample", coords={"sample": ["a"]})
    >>> by_scope(Uncertain(load, [(Term("flow", ("sample",), 0.3), 1), (Term("dose", (), 0.4), -1)])).round(2).to_dict()
    {'run': 0.64, 'sample': 0.36}
    """
    shares = budget(quantity)["share"]
    mean = shares.mean([d for d in shares.dims if d != "term"])
    frame = pd.DataFrame({"scope": mean["scope"].values, "share": mean.values})
    return frame.groupby("scope")["share"].sum().sort_values(ascending=False)


def sobol_natural(quantity: Uncertain) -> pd.DataFrame:
    """Return Sobol indices of the value itself (not its logarithm) at one cell, in closed form.

    For a product of independent factors with coefficients of variation c_i the first-order index is
    c_i^2 / (prod(1 + c_j^2) - 1), whatever the distributions.

    Parameters
    ----------
    quantity : Uncertain
        One cell; select it first.

    Returns
    -------
    DataFrame
        Index term; columns ``first``, ``total``. NaN where the variance does not exist.

    Raises
    ------
    UncertaintyError
        More than one cell.

    Examples
    --------
    >>> from wbe.uncertainty.terms import Term
    >>> x = Uncertain(xr.DataArray(10.0), [(Term("a", (), 0.3), 1), (Term("b", (), 0.4), -1)])
    >>> sobol_natural(x).round(3).loc["b"].to_list()
    [0.611, 0.668]
    """
    if quantity.central.size != 1:
        raise UncertaintyError("uncertainty-one-cell", count=quantity.central.size)
    squares = {str(term): _relative_variance(term, power, quantity) for term, power in quantity.terms}
    labels = {str(term): term.name for term, _ in quantity.terms}
    whole = math.prod(1 + c for c in squares.values()) - 1
    rows = {}
    for label, c in squares.items():
        rest = (1 + whole) / (1 + c) - 1
        name = labels[label] if list(labels.values()).count(labels[label]) == 1 else label
        rows[name] = (c / whole, 1 - rest / whole) if math.isfinite(whole) and whole > 0 else (math.nan, math.nan)
    return pd.DataFrame.from_dict(rows, orient="index", columns=["first", "total"])


def _relative_variance(term: Term, power: float, quantity: Uncertain) -> float:
    if isinstance(term.spread, float | xr.DataArray):
        return math.expm1(float(np.ravel(quantity.log_variance(term, power).values)[0]))
    choice, choices = options(term, quantity.central)
    distribution = choices[int(np.ravel(choice.values)[0])]
    first = moment(distribution, power)
    second = moment(distribution, 2 * power)
    return second / first**2 - 1 if math.isfinite(second) else math.inf


def first_to_improve(quantity: Uncertain) -> pd.DataFrame:
    """Return the sources in the order of what perfecting each would win, with the remedy in kind.

    Parameters
    ----------
    quantity : Uncertain
        Any; shares are means over cells.

    Returns
    -------
    DataFrame
        Columns term, scope, share [1], fold_now and fold_without (half width of the 95 % interval as a factor, now and
        if this source were perfect, log-normal approximation), remedy, remedy_zh.

    Examples
    --------
    >>> from wbe.uncertainty.terms import Term
    >>> x = Uncertain(xr.DataArray(10.0), [(Term("flow", (), 0.3), 1), (Term("dose", (), 0.4), -1)])
    >>> first_to_improve(x)[["term", "share", "fold_now", "fold_without"]].round(2).values.tolist()
    [['dose', 0.64, 2.66, 1.8], ['flow', 0.36, 2.66, 2.19]]
    """
    found = quantity.budget()
    cells = [d for d in found["share"].dims if d != "term"]
    variance = (found["log_sd"] ** 2).mean(cells).values
    share = found["share"].mean(cells).values
    total = variance.sum()
    table = pd.DataFrame(
        {
            "term": found["term"].values,
            "scope": found["scope"].values,
            "share": share,
            "fold_now": np.exp(1.959964 * np.sqrt(total)),
            "fold_without": np.exp(1.959964 * np.sqrt(np.maximum(total - variance, 0.0))),
            "remedy": found["remedy"].values,
            "remedy_zh": found["remedy_zh"].values,
        }
    )
    return table.sort_values("share", ascending=False, ignore_index=True)
