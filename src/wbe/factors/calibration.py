"""Calibration: excretion from places where consumption is known (prescriptions, sales) and the load was measured.

Refuses an implied recovery above 100 %, and says what the data cannot tell apart: only the product is identified.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy import special

from wbe.errors import one_of
from wbe.factors.compound_table import known_id, mass_of, need_table
from wbe.factors.logit import LogitT, fitted
from wbe.factors.notebook import html
from wbe.factors.places import Places
from wbe.factors.random_effects import mean_and_se, reml
from wbe.factors.refusals import refuse, refuse_all
from wbe.factors.regression import Line, ordinary, reliability, york
from wbe.factors.rules import Listed, rules, tails, words
from wbe.messages import Note, Words
from wbe.uncertainty.distributions import Distribution, Empirical
from wbe.uncertainty.moments import SCORE_LIMIT, scores
from wbe.units import factor as unit_factor

__all__ = ["PARTS", "Calibration", "calibrate", "causes", "refuse_impossible"]

PARTS = ("excretion", "compliance", "stability")
"""What multiplies into the recovery: share excreted, share of what was sold that was taken, share that survives."""

_DRAWS = 40_000
_KEEP = 4_000


def causes() -> Listed:
    """Return why a recovery can come out above 100 %, from ``data/factor_rules.toml``."""
    return Listed(tuple(words(row, "cause") for row in rules()["above_all"]))


def refuse_impossible(recovery: float, where: str | Words) -> None:
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
    wbe.factors.refusals.FactorFaults: plant A: implied recovery 140 %; more than was taken cannot leave. ...
    """
    if recovery > 1:
        refuse("factors-recovery-above-all", where=where, percent=f"{100 * recovery:.0f}", causes=causes())


@dataclass(frozen=True)
class Calibration:
    """What known consumption says of excretion.

    Attributes
    ----------
    drug, biomarker : str
    points : DataFrame
        Index place; ln consumption, ln load (as moles for each mole), their errors, implied recovery.
    recovery : Distribution
        Posterior of the product excretion x compliance x stability at the median place, as a molar fraction.
    between : float
        Standard deviation of ln recovery between places, beyond the stated errors (posterior median).
    predictive : LogitT
        Recovery of a place that was not measured: median place and spread between places, both with their uncertainty.
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
    predictive: LogitT = field(repr=False, compare=False, kw_only=True)
    places: Places = field(repr=False, compare=False, kw_only=True)

    def __repr__(self) -> str:
        low, high = self.interval()
        return (
            f"<wbe.Calibration {self.drug} by {self.biomarker}, {len(self.points)} places: recovery "
            f"{100 * self.recovery.median():.1f} % ({100 * low:.1f}-{100 * high:.1f}), {self.not_identified}>"
        )

    def _repr_html_(self) -> str:
        low, high = self.interval()
        told = {k: f"{100 * v:.1f}" for k, v in (("middle", self.recovery.median()), ("low", low), ("high", high))}
        return html("factors-told-calibration", self.points.reset_index(), drug=self.drug, biomarker=self.biomarker,
                    count=len(self.points), **told)  # fmt: skip

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
        return _leave_one_out(self.points, self.places)

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Interval of the recovery."""
        low, high = tails(level, Words(f"{self.drug}: recovery", f"{self.drug}：回收率"))
        return float(self.recovery.quantile(low)), float(self.recovery.quantile(high))

    @property
    def not_identified_note(self) -> Note:
        """What the data cannot tell apart, as a code with values."""
        others = [p for p in self.prior if p != "excretion"]
        if not others or "excretion" not in self.prior:
            return Note("factors-product-only")
        return Note(
            "factors-product-and-priors", others=others, correlation=f"{self.correlation:+.2f}",
            excretion=f"{100 * self.contraction['excretion']:.0f}",
            contraction=[f"{100 * self.contraction[p]:.0f} %" for p in others],
        )  # fmt: skip

    @property
    def not_identified(self) -> str:
        """What the data cannot tell apart, in one sentence of the language in force."""
        return self.not_identified_note.text()

    def claim(self, identity: str, citation: str, *, part: str = "recovery", **more: str | float) -> dict[str, object]:
        """Return the result as a versioned user's claim, to be laid over a profile; it keeps the fitted distribution.

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
            For ``profile(name, overlay={"name": ..., "claim": [row]})``, or :func:`wbe.factors.write_claims`.

        Raises
        ------
        UnknownName
            No such part.
        FactorError
            A part that was not separated.
        """
        one_of(part, ("recovery", "excretion"), Words("part", "部分"))
        if part == "recovery":
            chosen, absorbs = self.predictive, "sewer_loss; sorption; deconjugation; unused"
        elif "excretion" in self.posterior and len(self.prior) > 1:
            posterior = self.posterior["excretion"]
            chosen = fitted(lambda p: float(special.logit(posterior.quantile(p))))
            absorbs = "; ".join(
                ["sorption", "deconjugation"]
                + (["sewer_loss"] if "stability" not in self.prior else [])
                + (["unused"] if "compliance" not in self.prior else [])
            )
        else:
            refuse("factors-part-not-separated", part=part, reason=self.not_identified_note)
        said = Note("factors-calibration-note", places=len(self.points), reason=self.not_identified_note)
        return {
            "id": identity, "quantity": "excretion_fraction", "drug": self.drug, "biomarker": self.biomarker,
            "basis": "molar", "unit": "1", "value": chosen.centre, "low": chosen.low, "high": chosen.high,
            "df": chosen.df if math.isfinite(chosen.df) else "", "distribution": "logit-t",
            "spread_kind": "predictive", "n": str(len(self.points)), "analyte_form": "as measured in sewage",
            "status": "user", "citation": citation, "absorbs": absorbs, "note": said.text("en"),
            "note_zh": said.text("zh"), **more,
        }  # fmt: skip

    def summary(self) -> pd.DataFrame:
        """Return median, lower and upper (95 %) of the recovery and of each part, before and after, and contraction."""
        rows = [_row("recovery", "after", self.recovery, math.nan)]
        for name in self.prior:
            rows.append(_row(name, "before", self.prior[name], math.nan))
            rows.append(_row(name, "after", self.posterior[name], self.contraction[name]))
        return pd.DataFrame(rows, columns=["part", "stage", "median", "lower", "upper", "contraction"])


def _row(name: str, stage: str, d: Distribution, contraction: float) -> list[str | float]:
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

    ``ln load - ln consumption = ln(recovery) + error``: errors of both, and true recoveries of places that are normal
    on the logit. With slope 1 given by the chemistry, error in the consumption does not bias the recovery; an ordinary
    regression with a free slope is shown beside it. The spread between places is averaged over, with the weak prior of
    :func:`wbe.factors.random_effects.prior_of_between`, and not plugged in.

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
    UnknownName
        A drug, biomarker or part that nothing has the name of.
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
    ratio = 1.0 if drug == biomarker else mass_of(drug) / mass_of(biomarker)
    scale = unit_factor(load_unit, "mg/d/1000 inhabitant", "load") / unit_factor(
        consumption_unit, "mg/d/1000 inhabitant", "consumption"
    )
    points = _points(_checked(table), math.log(scale * ratio))
    z, variance = points["ln_recovery"].to_numpy(), points["variance"].to_numpy()
    pair = Words(f"{drug} by {biomarker}", f"{drug}（以 {biomarker} 计）")
    mean, se, _ = mean_and_se(z, variance, reml(z, variance), knapp=True)
    refuse_impossible(math.exp(mean), pair)
    # a single place above 100 % by more than its errors is no scatter between places, however large errors are stated
    error = np.minimum(np.sqrt(variance), float(rules()["calibration"]["most_log_sd"]))
    for place, p in points[z > special.ndtri(0.975) * error].iterrows():
        refuse_impossible(float(p["recovery"]), Words(f"{pair.en} at {place}", f"{pair.zh}，{place}"))
    prior = dict(priors or {})
    for part in prior:
        one_of(part, PARTS, Words("prior", "先验"))
    refuse_all([
        Note("factors-prior", part=part, came=repr(d)) for part, d in prior.items() if not isinstance(d, Distribution)
    ])  # fmt: skip
    places = Places(z, variance)
    weighted = _weigh(prior, places, mean, se, seed)
    if prior:
        places = Places(z, variance, weighted.weight_of_middle)
    return Calibration(
        drug=drug,
        biomarker=biomarker,
        points=points,
        recovery=weighted.recovery,
        between=places.spread() * (1 - weighted.recovery.median()),
        prior=prior,
        posterior=weighted.posterior,
        contraction=weighted.contraction,
        correlation=weighted.correlation,
        effective_draws=weighted.effective,
        predictive=places.another_place(),
        places=places,
    )


def _checked(given: pd.DataFrame) -> pd.DataFrame:
    needed = ("place", "consumption", "consumption_cv", "load", "load_cv")
    table = need_table(given, "calibrate", ", ".join(needed))
    missing = [c for c in needed if c not in table]
    if missing:
        refuse("factors-calibrate-columns", missing=missing, needed=needed)
    faults = [
        Note("factors-calibrate-number", row=i, place=str(row["place"]), column=c, came=repr(row[c]))
        for i, row in enumerate(table.to_dict("records"), start=1)
        for c in needed[1:]
        if not (isinstance(row[c], int | float | np.number) and row[c] > 0 and math.isfinite(row[c]))
    ]
    faults += [
        Note("factors-calibrate-no-place", row=i) for i, unnamed in enumerate(table["place"].isna(), start=1) if unnamed
    ]
    if not faults and table["place"].nunique() < 3:
        faults = [Note("factors-calibrate-places", count=int(table["place"].nunique()))]
    refuse_all(faults)
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
class _Weighted:
    recovery: Distribution
    posterior: Mapping[str, Distribution]
    contraction: Mapping[str, float]
    correlation: float
    effective: float
    weight_of_middle: np.ndarray | None = None


def _weigh(prior: Mapping[str, Distribution], places: Places, mean: float, se: float, seed: int) -> _Weighted:
    if not prior:
        return _Weighted(places.median_place(), {}, {}, math.nan, float(_KEEP))
    rng = np.random.default_rng(seed)
    logs = {}
    for name, d in prior.items():
        # stratified, and read off the tabulated quantiles: as exact as the table and a hundred times quicker
        z = special.ndtri((rng.permutation(_DRAWS) + rng.random(_DRAWS)) / _DRAWS)
        table = scores(d)
        logs[name] = np.interp(z, np.linspace(-SCORE_LIMIT, SCORE_LIMIT, table.size), table) + math.log(d.median())
    product = np.sum(list(logs.values()), axis=0)
    _refuse_conflict(product, mean, se, len(places.log_recovery) - 1)
    below = product < 0
    logit = np.where(below, product - np.log(-np.expm1(np.where(below, product, -1.0))), np.inf)
    weight = np.where(below, places.likelihood(np.where(below, logit, 0.0)), 0.0)
    effective = float(weight.sum() ** 2 / (weight**2).sum())
    chosen = _resample(weight, rng)
    posterior = {n: Empirical(np.exp(v[chosen] + 1e-12 * rng.random(_KEEP)), name=n) for n, v in logs.items()}
    contraction = {n: _contraction(v, weight) for n, v in logs.items()}
    correlation = math.nan
    if "excretion" in logs and len(logs) > 1:
        others = product - logs["excretion"]
        correlation = _correlation(logs["excretion"], others, weight)
    step = places.middle[1] - places.middle[0]
    edges = np.append(places.middle - step / 2, places.middle[-1] + step / 2)
    return _Weighted(
        Empirical(np.exp(product[chosen]), name="recovery"), posterior, contraction, correlation, effective,
        np.histogram(logit[below], edges)[0] + 1e-12,
    )  # fmt: skip


def _refuse_conflict(product: np.ndarray, mean: float, se: float, df: int) -> None:
    """Priors and data that exclude each other are not averaged."""
    expected = float(np.mean(product))
    distance = abs(expected - mean) / math.hypot(se, float(np.std(product)))
    p = 2 * float(special.stdtr(df, -distance))
    if p < float(rules()["calibration"]["conflict"]):
        refuse(
            "factors-priors-conflict", expected=f"{100 * math.exp(expected):.3g}", seen=f"{100 * math.exp(mean):.3g}",
            p=f"{p:.1g}",
        )  # fmt: skip


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


def _leave_one_out(points: pd.DataFrame, places: Places, level: float = 0.95) -> pd.DataFrame:
    """Predict the recovery seen at each place from all others: observed, predicted, lower, upper, inside."""
    columns = ["observed", "predicted", "lower", "upper", "inside"]
    if len(points) < 4:
        return pd.DataFrame(columns=columns)
    rows = {}
    for i, (place, row) in enumerate(points.iterrows()):
        low, middle, high = np.exp(places.left_out(i, np.array([0.5 - level / 2, 0.5, 0.5 + level / 2])))
        rows[place] = [row["recovery"], middle, low, high, bool(low <= row["recovery"] <= high)]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("place")
