"""Calibration: excretion from places where consumption is known (prescriptions, sales) and the load was measured.

Refuses an implied recovery above 100 %, and says what the data cannot tell apart: only the product is identified.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from scipy import special

from wbe.errors import FactorError
from wbe.factors.compound_table import known_id, mass_of, need_table
from wbe.factors.pooling import reml, scatter
from wbe.factors.regression import Line, ordinary, reliability, york
from wbe.factors.spreads import tails
from wbe.uncertainty.distributions import Distribution, Empirical
from wbe.uncertainty.moments import SCORE_LIMIT, scores
from wbe.units import factor as unit_factor

PARTS = ("excretion", "compliance", "stability")
"""What multiplies into the recovery: share excreted, share of what was sold that was taken, share that survives."""

CAUSES = (
    "the load has a source outside the counted consumption (other prescribers, illicit supply, another parent drug)",
    "unused medicine was poured away",
    "the population or the flow of the catchment is wrong",
    "glucuronides turn back into the parent in the sewer",
    "the two masses are on different bases (salt or base, mass of the metabolite or of the parent)",
    "the places or years of the two figures differ",
)
_DRAWS = 40_000
_CONFLICT = 0.01
_KEEP = 4_000


def refuse_impossible(recovery: float, where: str) -> None:
    """Refuse a recovery above 100 %, with its likely causes.

    Raises
    ------
    FactorError
        Naming the place.

    Examples
    --------
    >>> refuse_impossible(0.3, "plant A")
    >>> refuse_impossible(1.4, "plant A")
    Traceback (most recent call last):
    ...
    wbe.errors.FactorError: plant A: implied recovery 140 %; more than was taken cannot leave. Likely causes: ...
    """
    if recovery > 1:
        raise FactorError(
            f"{where}: implied recovery {100 * recovery:.0f} %; more than was taken cannot leave. "
            f"Likely causes: {'; '.join(CAUSES)}. Find the cause before a factor is made of it."
        )


@dataclass(frozen=True)
class Calibration:
    """What known consumption says of excretion.

    Attributes
    ----------
    drug, biomarker : str
    points : DataFrame
        Index place; ln consumption, ln load (as moles for each mole), their errors, implied recovery.
    recovery : Distribution
        Posterior of the product excretion x compliance x stability, as a molar fraction.
    between : float
        Standard deviation of ln recovery between places, beyond the stated errors (posterior median).
    prior, posterior : mapping
        Distribution of each of ``excretion``, ``compliance``, ``stability`` before and after; a part without a prior
        was taken as 1.
    contraction : mapping
        1 - var(after)/var(before) of the logarithm: 0 means that the data said nothing on that part alone.
    correlation : float
        Posterior correlation of ln excretion with the sum of the other logs; near -1: only the product is known.
    effective_draws : float
    """

    drug: str
    biomarker: str
    points: pd.DataFrame
    recovery: Distribution
    between: float
    prior: Mapping[str, Distribution]
    posterior: Mapping[str, Distribution]
    contraction: Mapping[str, float]
    correlation: float
    effective_draws: float
    predictive: Distribution = field(repr=False, compare=False, kw_only=True)

    def __repr__(self) -> str:
        low, high = self.interval()
        return (
            f"<wbe.Calibration {self.drug} by {self.biomarker}, {len(self.points)} places: recovery "
            f"{100 * self.recovery.median():.1f} % ({100 * low:.1f}-{100 * high:.1f}), {self.not_identified}>"
        )

    @property
    def line(self) -> Line:
        """Errors-in-variables line of ln load on ln consumption; its slope should be 1."""
        p = self.points
        return york(p["ln_consumption"], p["ln_load"], np.sqrt(p["var_x"]), np.sqrt(p["var_y"] + self.between**2))

    @property
    def ordinary(self) -> Line:
        """The ordinary line beside it, whose slope shrinks by :attr:`reliability`."""
        return ordinary(self.points["ln_consumption"].to_numpy(), self.points["ln_load"].to_numpy())

    @property
    def reliability(self) -> float:
        """Factor by which error in the consumption shrinks the ordinary slope."""
        return reliability(self.points["ln_consumption"].to_numpy(), np.sqrt(self.points["var_x"].to_numpy()))

    @functools.cached_property
    def left_out(self) -> pd.DataFrame:
        """Each place's recovery predicted from all others: observed, predicted, lower, upper, inside."""
        return _leave_one_out(self.points)

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Interval of the recovery."""
        low, high = tails(level, f"{self.drug}: recovery")
        return float(self.recovery.quantile(low)), float(self.recovery.quantile(high))

    @property
    def not_identified(self) -> str:
        """What the data cannot tell apart, in one sentence."""
        others = [p for p in self.prior if p != "excretion"]
        if not others:
            return (
                "only excretion x compliance x stability is identified; no prior separates them, so the number is "
                "the recovery in sewage and includes unused medicine and losses in the sewer"
            )
        return (
            f"only the product is identified; excretion is separated from {' and '.join(others)} by the priors alone "
            f"(posterior correlation {self.correlation:+.2f}, contraction of excretion "
            f"{100 * self.contraction['excretion']:.0f} %, of the others "
            f"{', '.join(f'{100 * self.contraction[p]:.0f} %' for p in others)})"
        )

    def claim(self, identity: str, citation: str, *, part: str = "recovery", **more: Any) -> dict[str, Any]:
        """Return the result as a versioned user's claim, to be laid over a profile.

        Parameters
        ----------
        identity : str
            The claim's id, with a version in it: ``"tramadol-our-city-v1"``.
        citation : str
            Whose data.
        part : str
            ``"recovery"``: the product as the sewage shows it (absorbs unused medicine, loss, sorption and
            deconjugation). ``"excretion"``: the part that the priors separated (absorbs sorption and deconjugation).

        Returns
        -------
        dict
            For ``profile(name, overlay={"name": ..., "claim": [row]})``.
        """
        if part == "recovery":
            chosen, absorbs = self.predictive, "sewer_loss; sorption; deconjugation; unused"
        elif part == "excretion" and "excretion" in self.posterior and len(self.prior) > 1:
            chosen = self.posterior["excretion"]
            absorbs = "; ".join(
                ["sorption", "deconjugation"]
                + (["sewer_loss"] if "stability" not in self.prior else [])
                + (["unused"] if "compliance" not in self.prior else [])
            )
        else:
            raise FactorError(f"claim: part {part!r} was not separated; {self.not_identified}.")
        low, high = (float(q) for q in chosen.quantile([0.025, 0.975]))
        return {
            "id": identity, "quantity": "excretion_fraction", "drug": self.drug, "biomarker": self.biomarker,
            "basis": "molar", "unit": "1", "value": round(chosen.median(), 6), "spread": round(chosen.sd(), 6),
            "spread_kind": "predictive", "low": round(low, 6), "high": round(high, 6), "n": str(len(self.points)),
            "analyte_form": "as measured in sewage", "status": "user", "citation": citation, "absorbs": absorbs,
            "note": f"calibrated at {len(self.points)} places; {self.not_identified}",
            **more,
        }  # fmt: skip

    def summary(self) -> pd.DataFrame:
        """Return median, lower and upper (95 %) of the recovery and of each part, before and after, and contraction."""
        rows = [_row("recovery", "after", self.recovery, math.nan)]
        for name in self.prior:
            rows.append(_row(name, "before", self.prior[name], math.nan))
            rows.append(_row(name, "after", self.posterior[name], self.contraction[name]))
        return pd.DataFrame(rows, columns=["part", "stage", "median", "lower", "upper", "contraction"])


def _row(name: str, stage: str, d: Distribution, contraction: float) -> list[Any]:
    low, high = (float(q) for q in d.quantile([0.025, 0.975]))
    return [name, stage, d.median(), low, high, contraction]


def calibrate(
    table: pd.DataFrame,
    drug: str,
    biomarker: str | None = None,
    *,
    consumption_unit: str = "mg/d/1000 inhabitant",
    load_unit: str = "mg/d/1000 inhabitant",
    priors: Mapping[str, Distribution] | None = None,
    seed: int = 20210624,
) -> Calibration:
    """Calibrate the recovery of a drug from known consumption against measured loads.

    On logs, ``ln load - ln consumption = ln(recovery) + error``: errors of both, and a spread between places that the
    data show. With slope 1 given by the chemistry, error in the consumption does not bias the recovery; an ordinary
    regression with a free slope is shown beside it.

    Parameters
    ----------
    table : DataFrame
        One row for each place (or place and time): ``place``, ``consumption``, ``consumption_cv``, ``load``,
        ``load_cv``. Rows of one place are averaged on logs first. ``consumption`` is pure drug sold or prescribed.
    drug, biomarker : str
        Compound ids; the biomarker defaults to the drug.
    consumption_unit, load_unit : str
        Any unit of mass per head and day.
    priors : mapping of Distribution, optional
        For ``excretion``, ``compliance``, ``stability``. Without, only the product is reported.
    seed : int
        For the prior draws.

    Raises
    ------
    FactorError
        Faulty rows (all named), fewer than 3 places, or an implied recovery above 100 %.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> sold = np.exp(rng.normal(5.0, 0.8, 12))
    >>> sales = pd.DataFrame({"place": list("abcdefghijkl"), "consumption": sold, "consumption_cv": 0.1,
    ...     "load": 0.3 * sold * np.exp(rng.normal(0, 0.1, 12)), "load_cv": 0.1})
    >>> found = calibrate(sales, "tramadol")
    >>> round(found.recovery.median(), 2)
    0.3
    """
    drug, biomarker = known_id(drug), known_id(biomarker or drug)
    ratio = mass_of(drug) / mass_of(biomarker)
    scale = unit_factor(load_unit, "mg/d/1000 inhabitant", "load") / unit_factor(
        consumption_unit, "mg/d/1000 inhabitant", "consumption"
    )
    points = _points(_checked(table), math.log(scale * ratio))
    z, variance = points["ln_recovery"].to_numpy(), points["variance"].to_numpy()
    data = _likelihood(z, variance)
    refuse_impossible(math.exp(data.mean), f"{drug} by {biomarker}")
    # a single place above 100 % by more than its stated errors is no scatter between places
    for place, p in points[z > special.ndtri(0.975) * np.sqrt(variance)].iterrows():
        refuse_impossible(float(p["recovery"]), f"{drug} by {biomarker} at {place}")
    prior = {p: d for p, d in (priors or {}).items()}
    odd = sorted(set(prior) - set(PARTS))
    if odd:
        raise FactorError(f"calibrate: prior on {', '.join(odd)}; known parts: {', '.join(PARTS)}.")
    bare = [f"{part}: {d!r}" for part, d in prior.items() if not hasattr(d, "log_quantile")]
    if bare:
        raise FactorError(
            f"calibrate: prior {'; '.join(bare)}; needed a distribution such as wbe.uncertainty.Beta(mean=0.3, sd=0.05)"
        )
    weighted = _weigh(prior, data, seed)
    return Calibration(
        drug=drug,
        biomarker=biomarker,
        points=points,
        recovery=weighted.recovery,
        between=data.between,
        prior=prior,
        posterior=weighted.posterior,
        contraction=weighted.contraction,
        correlation=weighted.correlation,
        effective_draws=weighted.effective,
        predictive=_predictive(weighted.recovery, data.between),
    )


def _checked(table: pd.DataFrame) -> pd.DataFrame:
    needed = ("place", "consumption", "consumption_cv", "load", "load_cv")
    need_table(table, "calibrate", ", ".join(needed))
    missing = [c for c in needed if c not in table]
    if missing:
        raise FactorError(f"calibrate: column {', '.join(missing)} missing; needed {', '.join(needed)}.")
    faults = [
        f"calibrate row {i} ({row['place']}): {c} is {row[c]!r}; needed a number above 0"
        for i, row in enumerate(table.to_dict("records"), start=1)
        for c in needed[1:]
        if not (isinstance(row[c], int | float | np.number) and row[c] > 0 and math.isfinite(row[c]))
    ]
    faults += [
        f"calibrate row {i}: no place; needed the name of the plant or catchment"
        for i, unnamed in enumerate(table["place"].isna(), start=1)
        if unnamed
    ]
    if not faults and table["place"].nunique() < 3:
        faults = [f"calibrate: {table['place'].nunique()} place(s); needed at least 3 to see the spread between them"]
    if faults:
        raise FactorError("\n".join(faults))
    return table


def _points(table: pd.DataFrame, shift: float) -> pd.DataFrame:
    """One point for each place on logs; times of a place are averaged, their load errors shrink with them.

    Sales of one place repeat one figure, so the error of the consumption does not shrink.
    """
    rows = []
    for place, group in table.groupby("place", sort=False):
        x, y = np.log(group["consumption"].to_numpy(float)), np.log(group["load"].to_numpy(float))
        var_x = float(np.log1p(group["consumption_cv"].to_numpy(float) ** 2).mean())
        var_y = float(np.log1p(group["load_cv"].to_numpy(float) ** 2).mean()) / len(group)
        rows.append([place, float(x.mean()), float(y.mean()) + shift, var_x, var_y])
    points = pd.DataFrame(rows, columns=["place", "ln_consumption", "ln_load", "var_x", "var_y"]).set_index("place")
    points["ln_recovery"] = points["ln_load"] - points["ln_consumption"]
    points["variance"] = points["var_x"] + points["var_y"]
    points["recovery"] = np.exp(points["ln_recovery"])
    return points


@dataclass(frozen=True)
class _Likelihood:
    """Likelihood of ln recovery: Student t about the weighted mean, scaled by the scatter that the places show.

    Hartung and Knapp's form: stated errors set the weights, the points themselves set the width. Its intervals cover as
    often as they say whether the places differ or not; known-variance likelihoods cover too often when they do not.
    """

    mean: float
    se: float
    df: int
    between: float

    def likelihood(self, log_recovery: np.ndarray) -> np.ndarray:
        return (1 + ((log_recovery - self.mean) / self.se) ** 2 / self.df) ** (-(self.df + 1) / 2)


def _likelihood(z: np.ndarray, variance: np.ndarray) -> _Likelihood:
    tau2 = reml(z, variance)
    w = 1 / (variance + tau2)
    mean = float(w @ z / w.sum())
    df = len(z) - 1
    se = math.sqrt(scatter(w, z - mean) / float(w.sum()))
    return _Likelihood(mean, se, df, math.sqrt(tau2))


@dataclass(frozen=True)
class _Weighted:
    recovery: Distribution
    posterior: Mapping[str, Distribution]
    contraction: Mapping[str, float]
    correlation: float
    effective: float


def _weigh(prior: Mapping[str, Distribution], data: _Likelihood, seed: int) -> _Weighted:
    if not prior:
        # flat on ln recovery, cut at 100 %
        df = data.df
        below = special.stdtr(df, -data.mean / data.se)
        score = special.stdtrit(df, below * (np.arange(_KEEP) + 0.5) / _KEEP)
        draws = np.minimum(np.exp(data.mean + data.se * score), 1.0)
        return _Weighted(Empirical(draws, name="recovery"), {}, {}, math.nan, float(_KEEP))
    rng = np.random.default_rng(seed)
    logs = {}
    for name, d in prior.items():
        # stratified, and read off the tabulated quantiles: as exact as the table and a hundred times quicker
        z = special.ndtri((rng.permutation(_DRAWS) + rng.random(_DRAWS)) / _DRAWS)
        table = scores(d)
        logs[name] = np.interp(z, np.linspace(-SCORE_LIMIT, SCORE_LIMIT, table.size), table) + math.log(d.median())
    product = np.sum(list(logs.values()), axis=0)
    weight = data.likelihood(product) * (product <= 0)
    _refuse_conflict(product, data)
    effective = float(weight.sum() ** 2 / (weight**2).sum())
    chosen = _resample(weight, rng)
    posterior = {n: Empirical(np.exp(v[chosen] + 1e-12 * rng.random(_KEEP)), name=n) for n, v in logs.items()}
    contraction = {n: _contraction(v, weight) for n, v in logs.items()}
    correlation = math.nan
    if "excretion" in logs and len(logs) > 1:
        others = product - logs["excretion"]
        correlation = _correlation(logs["excretion"], others, weight)
    return _Weighted(
        Empirical(np.exp(product[chosen]), name="recovery"), posterior, contraction, correlation, effective
    )


def _refuse_conflict(product: np.ndarray, data: _Likelihood) -> None:
    """Priors and data that exclude each other are not averaged."""
    expected = float(np.mean(product))
    distance = abs(expected - data.mean) / math.hypot(data.se, float(np.std(product)))
    p = 2 * float(special.stdtr(data.df, -distance))
    if p < _CONFLICT:
        raise FactorError(
            f"calibrate: the priors expect a recovery of {100 * math.exp(expected):.3g} % and the data show "
            f"{100 * math.exp(data.mean):.3g} % (p = {p:.1g}): they disagree too far to be combined. Question the "
            "prior on compliance or stability, or calibrate without priors."
        )


def _resample(weight: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Systematic resampling: the smallest added noise."""
    cumulative = np.cumsum(weight) / weight.sum()
    return np.searchsorted(cumulative, (np.arange(_KEEP) + rng.random()) / _KEEP)


def _contraction(log_draws: np.ndarray, weight: np.ndarray) -> float:
    share = weight / weight.sum()
    mean = share @ log_draws
    return float(1 - (share @ (log_draws - mean) ** 2) / np.var(log_draws))


def _correlation(a: np.ndarray, b: np.ndarray, weight: np.ndarray) -> float:
    share = weight / weight.sum()
    da, db = a - share @ a, b - share @ b
    return float((share @ (da * db)) / math.sqrt((share @ da**2) * (share @ db**2)))


def _predictive(recovery: Distribution, between: float) -> Distribution:
    """The recovery at another place: posterior of the mean, and the spread between places, held below 1."""
    side = 200
    mean = recovery.log_quantile((np.arange(side) + 0.5) / side)
    place = between * special.ndtri((np.arange(side) + 0.5) / side)
    draws = np.minimum(np.exp(np.add.outer(mean, place).ravel()), 1 - 1e-9)
    return Empirical(np.quantile(draws, (np.arange(_KEEP) + 0.5) / _KEEP), name="recovery elsewhere")


def _leave_one_out(points: pd.DataFrame, level: float = 0.95) -> pd.DataFrame:
    """Predict the load of each place from all others: observed, predicted, lower, upper (ratio to the consumption)."""
    if len(points) < 4:
        return pd.DataFrame(columns=["observed", "predicted", "lower", "upper", "inside"])
    rows = {}
    for place, row in points.iterrows():
        rest = points.drop(index=place)
        z, variance = rest["ln_recovery"].to_numpy(), rest["variance"].to_numpy()
        data = _likelihood(z, variance)
        mean = data.mean
        sd = math.sqrt(data.se**2 + data.between**2 + row["variance"])
        half = float(special.stdtrit(len(rest) - 1, 0.5 + level / 2)) * sd
        inside = abs(row["ln_recovery"] - mean) <= half
        rows[place] = [row["recovery"], math.exp(mean), math.exp(mean - half), math.exp(mean + half), inside]
    columns = ["observed", "predicted", "lower", "upper", "inside"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("place")
