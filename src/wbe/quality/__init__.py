"""Checks that flag and never delete: what is wrong or doubtful in a Samples dataset, row by row.

Refuses to change, drop or repair a number; severities, thresholds and words are data (``data/quality.toml``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from wbe.errors import Fault, InputError, need_samples
from wbe.quality.control import check_control, marker_ratios
from wbe.quality.findings import FindingsTable
from wbe.quality.html import to_html
from wbe.quality.plausibility import check_plausibility
from wbe.quality.results import check_results
from wbe.quality.rules import SEVERITIES, holidays, in_force, rules, windows
from wbe.quality.situation import check_situation
from wbe.quality.view import COLUMNS, Findings, View, tabulate

__all__ = [
    "COLUMNS",
    "check",
    "counts",
    "exit_code",
    "holidays",
    "marker_ratio_table",
    "results_in_error",
    "rules",
    "suspected_discharge",
    "to_html",
    "windows",
    "worst",
]


def check(
    samples: xr.Dataset, rules: Mapping[str, object] | None = None, *, today: dt.date | str | None = None
) -> pd.DataFrame:
    """Say what is wrong or doubtful in the samples, one row for each finding; nothing is changed.

    Parameters
    ----------
    samples : Dataset
        Samples; a dataset that :func:`wbe.samples.validate` refuses can still be checked. The optional
        coordinates ``time_end``, ``analysis_date``, ``storage`` (chilled, frozen) and the variables
        ``recovery``, ``capacity``, ``rain`` are used when they are there.
    rules : mapping, optional
        Changes to the packaged rules, as read from the user's own TOML: ``{"rules": {code: {...}}}``;
        ``severity = "off"`` silences a rule.
    today : date or "YYYY-MM-DD", optional
        Samples dated later are doubtful; by default the day on which the check runs.

    Returns
    -------
    DataFrame
        Worst first: ``severity`` (error, warning, info), ``code``, ``sample, site, district, month, biomarker``
        (empty where they do not apply), ``came``, ``needed``, ``message``, ``message_zh``, ``file, sheet, row``.

    Raises
    ------
    InputError
        A rule, threshold or severity that does not exist, or a ``today`` that is no date.

    Examples
    --------
    >>> from wbe.testing import small_city
    >>> samples = small_city()
    >>> flow = samples["flow"].copy()
    >>> flow[0] = flow[0] * 10
    >>> found = check(samples.assign(flow=flow))
    >>> found.loc[0, ["severity", "code", "came"]].tolist()
    ['error', 'flow_slip', '300000 m3/d, 10 times the usual flow']
    """
    need_samples(samples, "check")
    held = in_force(rules)
    view = View(samples, _day(today))
    return FindingsTable(tabulate(view, held, _findings(view, held)))


def _findings(view: View, held: Mapping[str, Mapping[str, Any]]) -> Iterator[Findings]:
    """What every check finds, one after the other."""
    checks = (check_results, check_situation, check_plausibility, check_control)
    return chain.from_iterable(each(view, held) for each in checks)


def _day(today: dt.date | str | None) -> dt.date | None:
    """A day as it was given, read from text where it is text."""
    if today is None or isinstance(today, dt.date):
        return today
    try:
        return dt.date.fromisoformat(str(today))
    except ValueError as err:
        raise InputError([Fault("quality-today", came=str(today))]) from err


def suspected_discharge(samples: xr.Dataset, rules: Mapping[str, object] | None = None) -> dict[str, np.ndarray]:
    """Say in which samples a marker ratio speaks of a drug that passed through nobody.

    Parameters
    ----------
    samples, rules
        As in :func:`check`.

    Returns
    -------
    dict of biomarker to ndarray of bool (sample)
        Biomarkers whose load may be dumping or manufacture; from them no use follows.

    Raises
    ------
    InputError
        As in :func:`check`.

    Examples
    --------
    >>> from wbe.testing import small_city
    >>> suspected_discharge(small_city())
    {}
    """
    view = View(samples)
    found: dict[str, np.ndarray] = {}
    for part in marker_ratios(view, in_force(rules)):
        if part.sample.size and part.fields["discharge"]:
            mask = found.setdefault(view.biomarkers[int(part.biomarker[0])], np.zeros(view.n, dtype=bool))
            mask[part.sample] = True
    return found


def marker_ratio_table(samples: xr.Dataset, rules: Mapping[str, object] | None = None) -> pd.DataFrame:
    """Return the samples whose marker ratios leave their windows, with the numbers that decide.

    Parameters
    ----------
    samples, rules
        As in :func:`check`.

    Returns
    -------
    DataFrame
        ``sample, biomarker, numerator, denominator, relation ("", "<" or ">"), ratio, low, high, side ("below" or
        "above"), discharge``.

    Raises
    ------
    InputError
        As in :func:`check`.

    Examples
    --------
    >>> from wbe.testing import small_city
    >>> len(marker_ratio_table(small_city()))
    0
    """
    view = View(samples)
    names = ("numerator", "denominator", "relation", "ratio", "low", "high", "side", "discharge")
    frames = [
        pd.DataFrame({
            "sample": view.sample[part.sample], "biomarker": [view.biomarkers[j] for j in part.biomarker],
            **{name: part.fields[name] for name in names},
        })
        for part in marker_ratios(view, in_force(rules)) if part.sample.size
    ]  # fmt: skip
    columns = ["sample", "biomarker", *names]
    return pd.concat(frames, ignore_index=True)[columns] if frames else pd.DataFrame(columns=columns)


def worst(table: pd.DataFrame) -> str:
    """Return the worst severity of a table of findings; empty text if there is none.

    Examples
    --------
    >>> worst(pd.DataFrame({"severity": ["info", "error", "warning"]}))
    'error'
    """
    found = set(table["severity"])
    return next((s for s in SEVERITIES if s in found), "")


def exit_code(table: pd.DataFrame) -> int:
    """Return 1 if anything is an error, else 0.

    Examples
    --------
    >>> exit_code(pd.DataFrame({"severity": ["info", "warning"]}))
    0
    """
    return int(worst(table) == "error")


def counts(table: pd.DataFrame) -> pd.DataFrame:
    """Count the findings by severity and code, worst first.

    Examples
    --------
    >>> from wbe.testing import small_city
    >>> counts(check(small_city())).columns.tolist()
    ['severity', 'code', 'findings']
    """
    sizes = table.groupby(["severity", "code"], sort=False).size()
    return sizes.rename("findings").reset_index()


def results_in_error(samples: xr.Dataset, rules: Mapping[str, object] | None = None) -> np.ndarray:
    """Say which results rest on something that :func:`check` calls an error: numbers made of them are marked.

    Later samples judge earlier ones: twelve flows tell that two of January slipped.

    Parameters
    ----------
    samples, rules
        As in :func:`check`.

    Returns
    -------
    ndarray of bool (sample, biomarker)
        An error of a whole sample, such as its flow, holds for each of its results.

    Raises
    ------
    InputError
        As in :func:`check`.

    Examples
    --------
    >>> from wbe.testing import small_city
    >>> samples = small_city()
    >>> flow = samples["flow"].copy()
    >>> flow[0] = flow[0] * 10
    >>> results_in_error(samples.assign(flow=flow)).any(axis=1).nonzero()[0].tolist()
    [0]
    """
    need_samples(samples, "check")
    held = in_force(rules)
    view = View(samples)
    wrong = np.zeros((view.n, len(view.biomarkers)), dtype=bool)
    for found in _findings(view, held):
        if held[found.code]["severity"] == "error":
            whole = found.biomarker < 0
            wrong[found.sample[whole]] = True
            wrong[found.sample[~whole], found.biomarker[~whole]] = True
    return wrong
