"""What moved: the changelog of shipped choices over claims, and the factors in which two profiles differ.

Refuses to say that nothing moved where a factor, a dose or a reason did.
"""

from __future__ import annotations

import pandas as pd

from wbe import packaged
from wbe.errors import one_of
from wbe.factors.profile_types import Profile
from wbe.factors.profiles import profile, profile_names
from wbe.factors.rules import words
from wbe.messages import Words

__all__ = ["data_changes", "diff"]


def data_changes(name: str | None = None, *, language: str | None = None) -> pd.DataFrame:
    """Return what moved between versions of the shipped profiles.

    Parameters
    ----------
    name : str, optional
        A profile; by default all.
    language : {"en", "zh"}, optional
        Of the reason; by default the language in force.

    Returns
    -------
    DataFrame
        version (of the profile, from which on), id (claim), profile, before, after, reason; the newest last.

    Raises
    ------
    UnknownName
        No such profile.

    Examples
    --------
    >>> data_changes("default")["id"].tolist()[:2]
    ['ketamine-wieber-1975', 'mephedrone-olesti-2017']
    """
    if name is not None:
        one_of(name, profile_names(), Words("profile", "因子方案"))
    rows = [
        {**{c: r[c] for c in ("version", "id", "profile", "before", "after")},
         "reason": words(r, "reason").text(language)}
        for r in packaged.rows("claims/changes.csv") if name in (None, r["profile"])
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["version", "id", "profile", "before", "after", "reason"])


def diff(a: str | Profile, b: str | Profile) -> pd.DataFrame:
    """Return the factors, doses and reasons in which two profiles differ.

    Parameters
    ----------
    a, b : str or Profile
        Names, or profiles with overlays.

    Returns
    -------
    DataFrame
        kind (``factor``, ``dose``, ``none``), drug, biomarker, before and after (median fraction, median dose [mg] or
        the claim that says why there is none; empty where one has no such row), ratio (of correction factors or doses,
        after over before), claims_before, claims_after; empty when both say the same.

    Raises
    ------
    UnknownName
        No such profile.

    Examples
    --------
    >>> found = diff("zuccato-2008", "gracia-lor-2016").set_index("drug")
    >>> round(float(found.loc["methamphetamine", "ratio"]), 3)
    1.894
    """
    one, other = (p if isinstance(p, Profile) else profile(p) for p in (a, b))
    before, after = _choices(one), _choices(other)
    rows = []
    for key in dict.fromkeys([*before, *after]):
        was, now = before.get(key), after.get(key)
        if was == now:
            continue
        kind, drug, biomarker = key
        (old, old_claims), (new, new_claims) = ((c[0], c[1]) if c else ("", "") for c in (was, now))
        ratio = float("nan")
        if isinstance(old, float) and isinstance(new, float):
            ratio = old / new if kind == "factor" else new / old
        rows.append({
            "kind": kind, "drug": drug, "biomarker": biomarker, "before": old, "after": new, "ratio": ratio,
            "claims_before": old_claims, "claims_after": new_claims,
        })  # fmt: skip
    columns = ["kind", "drug", "biomarker", "before", "after", "ratio", "claims_before", "claims_after"]
    return pd.DataFrame(rows, columns=columns)


Choice = tuple[float | str, str, str]


def _choices(p: Profile) -> dict[tuple[str, str, str], Choice]:
    """Every choice with what moves a number: its value, its claims, and its whole distribution."""
    found: dict[tuple[str, str, str], Choice] = {
        ("factor", f.drug, f.biomarker): (f.fraction.median(), "; ".join(f.claim_ids), repr(f.fraction))
        for f in p.factors
    }
    found |= {("dose", d.drug, ""): (d.mass.median(), "; ".join(d.claim_ids), repr(d.mass)) for d in p.doses}
    return found | {("none", drug, ""): (claim, claim, "") for drug, claim, _ in p.none}
