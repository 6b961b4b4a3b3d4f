"""Use, discharge, manufacture or medicine: posterior odds from pieces of evidence, each with its own weight.

Holds the rules of ``data/origin.toml``. Refuses to call what the evidence itself does not speak for,
whatever the prior.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import special

from wbe import packaged
from wbe.errors import Fault, InputError
from wbe.messages import Note

__all__ = ["HYPOTHESES", "Origin", "Piece", "rows", "unconsumed_share", "weigh"]

HYPOTHESES = ("use", "discharge", "manufacture", "medicine")
_LEAST = 1e-300


@dataclass(frozen=True)
class Piece:
    """One piece of evidence: what was seen, and ln of its likelihood under each hypothesis."""

    kind: str
    what: str
    seen: float
    log_likelihood: Mapping[str, float]
    status: str
    citation: str

    def weight(self, hypothesis: str) -> float:
        """Return ln of the Bayes factor of a hypothesis against use."""
        return self.log_likelihood[hypothesis] - self.log_likelihood["use"]


@dataclass(frozen=True)
class Origin:
    """What the evidence says of one load.

    Attributes
    ----------
    drug : str
    probability : mapping
        Hypothesis to its posterior probability.
    evidence : tuple of Piece
    call : str
        ``use``, ``discharge``, ``not_consumed`` (discharge or manufacture), ``medicine`` or ``cannot_tell``.
    """

    drug: str
    probability: Mapping[str, float]
    evidence: tuple[Piece, ...]
    call: str

    def odds(self, hypothesis: str = "discharge") -> float:
        """Return the posterior odds of a hypothesis against use; of use against all others."""
        p = self.probability
        return p[hypothesis] / max(1 - p["use"] if hypothesis == "use" else p["use"], _LEAST)

    @property
    def verdict(self) -> Note:
        """The call as a code with values."""
        code = f"origin-call-{self.call.replace('_', '-')}"
        return Note(code, drug=self.drug, discharge=_told(self.odds("discharge")), use=_told(self.odds("use")))

    def explain(self) -> pd.DataFrame:
        """Return each piece of evidence: kind, what, seen, weight of each hypothesis against use (factor), citation."""
        rows = [
            {"kind": e.kind, "what": e.what, "seen": e.seen,
             **{h: math.exp(min(e.weight(h), 700.0)) for h in HYPOTHESES if h != "use"},
             "status": e.status, "citation": e.citation}
            for e in self.evidence
        ]  # fmt: skip
        columns = ["kind", "what", "seen", *HYPOTHESES[1:], "status", "citation"]
        return pd.DataFrame(rows, columns=columns)


def _told(odds: float) -> str:
    return f"{odds:.0f}" if odds >= 10 else f"{odds:.2g}"


@functools.cache
def _data() -> dict[str, Any]:
    return packaged.toml("origin.toml")


def rows(kind: str, drug: str) -> list[dict[str, Any]]:
    """Return the rules of one kind that speak on a drug.

    Examples
    --------
    >>> [r["numerator"] for r in rows("ratio", "cocaine")]
    ['benzoylecgonine']
    """
    return [r for r in _data()["evidence"] if r["kind"] == kind and r["drug"] in (drug, "")]


def weigh(
    drug: str,
    *,
    enantiomeric_fraction: float | None = None,
    ratios: Mapping[str, float] | None = None,
    jump: float | None = None,
) -> Origin:
    """Weigh what was seen of one load.

    Parameters
    ----------
    drug : str
        Compound id.
    enantiomeric_fraction : float, optional
        R/(R+S), 0-1.
    ratios : mapping, optional
        ``"numerator/denominator"`` to the mass ratio in the same samples.
    jump : float, optional
        Load over the place's own usual load, above 0.

    Raises
    ------
    InputError
        A fraction outside 0-1, a ratio or jump that is not above 0; all at once.

    Examples
    --------
    >>> weigh("mdma", enantiomeric_fraction=0.666).call
    'use'
    >>> weigh("amphetamine").call
    'cannot_tell'
    """
    _refuse(enantiomeric_fraction, ratios or {}, jump)
    pieces = []
    if enantiomeric_fraction is not None:
        pieces += [_piece(r, "EF", enantiomeric_fraction) for r in rows("enantiomeric_fraction", drug)]
    for name, value in (ratios or {}).items():
        pieces += [
            _piece(r, name, value) for r in rows("ratio", drug) if name == f"{r['numerator']}/{r['denominator']}"
        ]
    if jump is not None:
        pieces += [_piece(r, "load / usual", jump) for r in rows("jump", drug)]
    evidence = {h: sum(p.log_likelihood[h] for p in pieces) for h in HYPOTHESES}
    posterior = {h: evidence[h] + math.log(_data()["prior"][h]) for h in HYPOTHESES}
    total = float(special.logsumexp(list(posterior.values())))
    probability = {h: math.exp(v - total) for h, v in posterior.items()}
    return Origin(drug, probability, tuple(pieces), _call(probability, evidence, bool(pieces)))


def _refuse(fraction: float | None, ratios: Mapping[str, float], jump: float | None) -> None:
    faults = []
    if fraction is not None and not 0 <= fraction <= 1:
        faults.append(Fault("origin-fraction", came=fraction))
    faults += [
        Fault("origin-positive", what=name, came=value)
        for name, value in {**ratios, **({} if jump is None else {"jump": jump})}.items()
        if not 0 < value < math.inf
    ]
    if faults:
        raise InputError(faults)


def _piece(row: Mapping[str, Any], what: str, seen: float) -> Piece:
    likelihood = {h: _log_likelihood(row, h, seen) for h in HYPOTHESES}
    # a hypothesis on which a row is silent is neither helped nor harmed by it; every row speaks of use
    silent = likelihood["use"] or 0.0
    full = {h: silent if v is None else v for h, v in likelihood.items()}
    return Piece(row["kind"], what, seen, full, row["status"], row["citation"])


def _log_likelihood(row: Mapping[str, Any], hypothesis: str, seen: float) -> float | None:
    if row["family"] == "jump":
        x = math.log(seen)
        if hypothesis in ("discharge", "manufacture"):
            low, high = math.log(row["from_fold"]), math.log(row["to_fold"])
            return -math.log(high - low) - float(row["fall"]) * max(low - x, 0.0)
        df, scale = float(row["df"]), float(row["scale"])
        constant = math.lgamma((df + 1) / 2) - math.lgamma(df / 2) - 0.5 * math.log(df * math.pi)
        return constant - math.log(scale) - (df + 1) / 2 * math.log1p((x / scale) ** 2 / df)
    if hypothesis not in row:
        return None
    centre, sd = (float(v) for v in row[hypothesis])
    away = (seen - centre) / sd if row["family"] == "normal" else math.log(seen / centre) / sd
    return -0.5 * away**2 - math.log(sd)


def _call(probability: Mapping[str, float], evidence: Mapping[str, float], any_piece: bool) -> str:
    rule = _data()["call"]
    need, lead = float(rule["odds"]), math.log(float(rule["evidence"]))
    if not any_piece:
        return "cannot_tell"
    unused = max(evidence["discharge"], evidence["manufacture"])
    if probability["use"] / max(1 - probability["use"], _LEAST) >= need:
        return "use" if evidence["use"] - unused >= lead else "cannot_tell"
    against_use = {h: p / max(probability["use"], _LEAST) for h, p in probability.items()}
    if against_use["discharge"] + against_use["manufacture"] >= need and unused - evidence["use"] >= lead:
        apart = probability["discharge"] >= float(rule["apart"]) * probability["manufacture"]
        return "discharge" if apart else "not_consumed"
    if against_use["medicine"] >= need and evidence["medicine"] - evidence["use"] >= lead:
        return "medicine"
    return "cannot_tell"


def unconsumed_share(drug: str, fraction: float, *, draws: int = 4000, seed: int = 0) -> np.ndarray | None:
    """Return draws of the share of a load that no body changed, from its enantiomeric fraction; None without a rule.

    Source
    ------
    Mixing of two fractions: Emke and others 2014, Sci Total Environ 487:666.

    Examples
    --------
    >>> share = unconsumed_share("mdma", 0.51)
    >>> bool(np.median(share) > 0.85), unconsumed_share("amphetamine", 0.5) is None
    (True, True)
    """
    found = [r for r in rows("enantiomeric_fraction", drug) if abs(r["use"][0] - r["discharge"][0]) > 2 * r["use"][1]]
    if not found:
        return None
    rng = np.random.default_rng(seed)
    (used, used_sd), (unused, unused_sd) = found[0]["use"], found[0]["discharge"]
    after, before = rng.normal(used, used_sd, draws), rng.normal(unused, unused_sd, draws)
    return np.asarray(np.clip((after - fraction) / np.maximum(after - before, 1e-3), 0.0, 1.0))
