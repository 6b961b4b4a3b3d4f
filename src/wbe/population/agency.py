"""The public Chinese cotinine rule, reproduced to the digit, with the corrected value beside it.

Refuses to hide the rule's fault: every result of it carries the warning.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import xarray as xr

from wbe.errors import UncertaintyError
from wbe.messages import Note
from wbe.population.flows import flow_or_unit, situate
from wbe.population.markers import marker_concentration, marker_population, per_head_claims
from wbe.population.tables import settings
from wbe.uncertainty import Uncertain
from wbe.units import without_attrs

__all__ = ["agency_cotinine", "agency_population", "cotinine_per_thousand"]


def cotinine_per_thousand(cigarettes_per_person_day: float | None = None) -> float:
    """Cotinine that 1000 inhabitants discharge in a day by the rule [mg/d/1000 inhabitant].

    Parameters
    ----------
    cigarettes_per_person_day : float, optional
        The province's own number, as the rule asks; by default the national claim.

    Raises
    ------
    UncertaintyError
        Not a number above 0.

    Examples
    --------
    >>> round(cotinine_per_thousand(4.0), 9)
    560.0
    """
    rule = settings()["agency_cotinine"]
    claims = per_head_claims("cotinine").set_index("id")["mass_per_head"]
    smoked = float(claims[rule["cigarettes_claim"]]) if cigarettes_per_person_day is None else cigarettes_per_person_day
    if not (np.isfinite(smoked) and smoked > 0):
        raise UncertaintyError("population-cigarettes", came=repr(smoked))
    return float(smoked * float(claims[rule["per_cigarette_claim"]]) * 1000)


def agency_cotinine(samples: xr.Dataset, cigarettes_per_person_day: float | None = None) -> xr.Dataset:
    """Population and loads per head by the public cotinine rule, and the corrected ones.

    Parameters
    ----------
    samples : Dataset
        Samples with ``cotinine`` among the biomarkers, ``flow`` and ``domestic_share`` (1 where not given).
    cigarettes_per_person_day : float, optional
        The province's own number.

    Returns
    -------
    Dataset
        ``population_rule``, ``population_corrected`` (sample) [1e3 inhabitant]; ``load_rule``, ``load_corrected``
        (sample, biomarker) [mg/d/1000 inhabitant]; the warning in ``attrs`` (zh and en).

    Notes
    -----
    The rule: P = C_cot Q 10 s / e and L = C Q 10 / P, with P in thousands, Q in 10^4 m3/d, e in mg/d per 1000
    heads. Put together, L = (C / C_cot) e / s: the flow drops out, and a domestic share s below 1 raises every
    load. Cotinine mass comes from people alone, so the corrected value has no s.

    Source
    ------
    Consumption report rules of a public forensic-laboratory platform (Dlp-Gyjd/dlp-drugtesting).
    """
    e = cotinine_per_thousand(cigarettes_per_person_day)
    cotinine = marker_concentration(samples, "cotinine") * 1e6
    flow = samples["flow"] / 1e4
    share = _rule_share(samples)
    result = xr.Dataset({
        "population_rule": cotinine * flow * 10 * share / e,
        "population_corrected": cotinine * flow * 10 / e,
    })  # fmt: skip
    amount = samples["concentration"] * flow * 10
    result["load_rule"] = amount / result["population_rule"]
    result["load_corrected"] = amount / result["population_corrected"]
    for name in result.data_vars:
        is_load = str(name).startswith("load")
        result[name].attrs = {"units": "mg/d/1000 inhabitant" if is_load else "1e3 inhabitant"}
    fault = Note("population-public-rule-fault")
    result.attrs = {
        "cotinine_per_thousand": e, "warning_en": fault.text("en"), "warning_zh": fault.text("zh"),
        "source": settings()["agency_cotinine"]["source"],
    }  # fmt: skip
    return result


def agency_population(
    samples: xr.Dataset, cigarettes_per_person_day: float | None = None, *, cvs: Mapping[str, float] | None = None
) -> Uncertain:
    """Population by the rule, as an uncertain quantity with the terms of a cotinine population.

    Parameters
    ----------
    samples, cigarettes_per_person_day
        As in :func:`agency_cotinine`.
    cvs : mapping, optional
        As in :func:`wbe.population.marker_population`.

    Returns
    -------
    Uncertain (sample) [inhabitant]
        Loads divided by it are the rule's loads; the domestic share is inside.
    """
    load = marker_concentration(samples, "cotinine") * flow_or_unit(samples) * 1e3
    heads = load * _rule_share(samples) / cotinine_per_thousand(cigarettes_per_person_day) * 1e3
    return Uncertain(situate(samples, heads, on_flow=True), marker_population(samples, "cotinine", cvs=cvs).terms)


def _rule_share(samples: xr.Dataset) -> xr.DataArray:
    if "domestic_share" not in samples:
        return without_attrs(xr.ones_like(samples["flow"]))
    return without_attrs(samples["domestic_share"]).fillna(1.0)
