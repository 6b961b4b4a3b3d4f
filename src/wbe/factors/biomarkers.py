"""Several biomarkers of one drug: one joint answer, and a test of whether they tell the same story.

Refuses fewer than two biomarkers, and never averages a conflict away: it names the odd one and the likely reasons.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import special

from wbe.factors.compound_table import known_id
from wbe.factors.profile_types import Factor, Profile
from wbe.factors.refusals import refuse_all
from wbe.factors.rules import Listed, rules, tails
from wbe.messages import Note, Words

__all__ = ["Joint", "disagree", "joint", "likely"]


@dataclass(frozen=True)
class Joint:
    """Consumption of one drug from several of its biomarkers.

    Attributes
    ----------
    drug : str
    consumption, lower, upper : float
        Of pure drug, in the unit of the loads; interval at ``level``.
    each : DataFrame
        Index biomarker: load, consumption by it alone, log_sd, weight, z (its distance from the others).
    q, p : float
        Conflict test: chi-square of the contrasts with k - 1 degrees of freedom, in which shared flow cancels.
    level : float
    verdict_note : Note
        ``verdict`` says it: ``"These agree."`` or ``"These disagree, because: ..."``.
    """

    drug: str
    consumption: float
    lower: float
    upper: float
    each: pd.DataFrame
    q: float
    p: float
    level: float
    verdict_note: Note

    @property
    def verdict(self) -> str:
        """Whether the biomarkers tell the same story, in the language in force."""
        return self.verdict_note.text()

    def __repr__(self) -> str:
        return (
            f"<wbe.Joint {self.drug} from {', '.join(self.each.index)}: {self.consumption:.3g} "
            f"({self.lower:.3g}-{self.upper:.3g}); {self.verdict}>"
        )


def joint(
    loads: Mapping[str, tuple[float, float]],
    drug: str,
    profile: Profile,
    *,
    flow_cv: float = 0.1,
    excretion_correlation: float | None = None,
    level: float = 0.95,
) -> Joint:
    """Estimate the consumption of a drug from several biomarkers by generalised least squares on logs.

    Parameters
    ----------
    loads : mapping of (load, cv)
        Biomarker to its mass load (or load per head) and the CV of its own analysis; flow is not in it.
    drug : str
    profile : Profile
        Must have a factor by each biomarker; ``several-biomarkers`` is made for this.
    flow_cv : float
        Shared by all: moves the answer and not the conflict.
    excretion_correlation : float, optional
        Between the logs of two excretion fractions of the drug: persons who excrete much of one metabolite excrete
        less or more of another. 0 treats them as independent studies; by default the assumption in
        ``data/factor_rules.toml``.
    level : float

    Raises
    ------
    FactorError
        Fewer than two biomarkers, loads not above 0, or no factor; all faults at once.

    Examples
    --------
    >>> from wbe.factors import profile
    >>> found = joint({"noroxycodone": (22.0, 0.1), "oxycodone": (13.0, 0.1)}, "oxycodone", profile("default"))
    >>> found.p > 0.05, found.verdict
    (True, 'These agree.')
    """
    upper_tail = tails(level, Words(f"{drug}: joint estimate", f"{drug}：联合估计"))[1]
    if excretion_correlation is None:
        excretion_correlation = float(rules()["several"]["excretion_correlation"])
    drug, loads = known_id(drug), {known_id(b): v for b, v in loads.items()}
    factors = _factors(loads, drug, profile, excretion_correlation, flow_cv)
    names = list(loads)
    value = np.array([float(loads[b][0]) for b in names])
    analysis = np.array([math.sqrt(math.log1p(float(loads[b][1]) ** 2)) for b in names])
    excretion = np.array([f.fraction.log_moments()[1] for f in factors])
    y = np.log(value) + np.log([f.correction_factor for f in factors])
    covariance = excretion_correlation * np.outer(excretion, excretion)
    np.fill_diagonal(covariance, excretion**2)
    covariance += np.diag(analysis**2) + math.log1p(flow_cv**2)
    precision = np.linalg.inv(covariance)
    total = float(precision.sum())
    weight = precision.sum(axis=0) / total
    mean = float(weight @ y)
    residual = y - mean
    q = float(residual @ precision @ residual)
    p = float(special.chdtrc(len(y) - 1, q))
    half = float(special.ndtri(upper_tail)) / math.sqrt(total)
    z = _distances(y, covariance)
    each = pd.DataFrame(
        {
            "load": value, "consumption": np.exp(y), "log_sd": np.sqrt(np.diag(covariance)), "weight": weight, "z": z,
        },
        index=pd.Index(names, name="biomarker"),
    )  # fmt: skip
    return Joint(
        drug, math.exp(mean), math.exp(mean - half), math.exp(mean + half), each, q, p, level, _verdict(drug, each, p)
    )


def disagree(p: float) -> bool:
    """Whether the conflict test speaks against one story."""
    return p < float(rules()["several"]["doubt"])


def _factors(
    loads: Mapping[str, tuple[float, float]], drug: str, profile: Profile, correlation: float, flow_cv: float
) -> list[Factor]:
    faults = []
    if len(loads) < 2:
        faults.append(Note("factors-joint-too-few", drug=drug, count=len(loads)))
    if not 0 <= correlation < 1:
        faults.append(Note("factors-joint-correlation", came=repr(correlation)))
    if not (math.isfinite(flow_cv) and flow_cv >= 0):
        faults.append(Note("factors-joint-flow", came=repr(flow_cv)))
    found: list[Factor] = []
    for name, (load, cv) in loads.items():
        if not (0 < load < math.inf and 0 < cv < math.inf):
            faults.append(Note("factors-joint-load", biomarker=name, load=repr(load), cv=repr(cv)))
        factor = profile.factor(drug, name)
        if factor is None:
            faults.append(Note("factors-joint-no-factor", biomarker=name, profile=profile.name, drug=drug))
        else:
            found.append(factor)
    refuse_all(faults)
    return found


def _distances(y: np.ndarray, covariance: np.ndarray) -> np.ndarray:
    """Distance of each from the joint answer of the others, in standard deviations."""
    out = np.empty_like(y)
    for i in range(len(y)):
        rest = [j for j in range(len(y)) if j != i]
        inner = np.linalg.inv(covariance[np.ix_(rest, rest)])
        weight = inner.sum(axis=0) / inner.sum()
        contrast = np.zeros(len(y))
        contrast[i] = 1.0
        contrast[rest] -= weight
        out[i] = contrast @ y / math.sqrt(contrast @ covariance @ contrast)
    return out


def _verdict(drug: str, each: pd.DataFrame, p: float) -> Note:
    if not disagree(p):
        return Note("factors-agree")
    z, alone = dict(each["z"]), dict(each["consumption"])
    odd = max(z, key=lambda b: abs(z[b]))
    pairs = Listed(tuple(Note("factors-says", biomarker=str(b), value=f"{v:.3g}") for b, v in alone.items()))
    reasons = likely(drug, odd, z[odd] > 0, list(z))
    return Note("factors-disagree", p=f"{p:.2g}", pairs=pairs, reasons=reasons)


def likely(drug: str, odd: str, high: bool, joined: list[str]) -> Listed | Note:
    """Return the likely reasons why one biomarker of a drug reads high or low beside the others."""
    side, opposite = ("high", "low") if high else ("low", "high")
    suspects = [(odd, side)]
    if len(joined) == 2:  # either may be the odd one: name reasons for both sides
        suspects.append((next(b for b in joined if b != odd), opposite))
    reasons = [
        Words(r["because"], r["because_zh"])
        for name, direction in suspects
        for r in rules()["disagreement"]
        if r["drug"] == drug and r["biomarker"] == name and r["side"] == direction
    ]
    return Listed(tuple(reasons)) if reasons else Note("factors-no-reason")
