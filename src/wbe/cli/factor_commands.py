"""``wbe factors``: claims, profiles, and the answer under each profile.

Refuses districts too small to be shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from wbe import messages
from wbe.cli.options import LanguageOption, PathArgument, TableOption, known_language, levels_of, profile_of, table_at
from wbe.cli.telling import answer, result, tell
from wbe.errors import DisclosureError

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

__all__ = ["add"]

CLAIM_COLUMNS = ("id", "biomarker", "quantity", "value", "low", "high", "unit", "basis", "status", "citation")


def add(app: typer.Typer) -> None:
    """Add the commands."""
    factors = typer.Typer(help="cli-command-factors", no_args_is_help=True, rich_markup_mode=None)
    factors.command("list", help="cli-command-factors-list")(list_claims)
    factors.command("show", help="cli-command-factors-show")(show)
    factors.command("diff", help="cli-command-factors-diff")(diff)
    factors.command("compare", help="cli-command-factors-compare")(compare)
    app.add_typer(factors, name="factors")


def list_claims(
    drug: Annotated[str | None, typer.Argument(help="cli-option-drug")] = None,
    output: TableOption = None,
    language: LanguageOption = None,
) -> None:
    """List claims with value, source and status."""
    known_language(language)
    table_at(output)
    from wbe.factors import claims

    table = claims(drug)
    # claims() leaves out the columns that are empty for the whole selection
    shown = table.reset_index().reindex(columns=list(CLAIM_COLUMNS)).astype(object)
    result(shown.where(shown.notna(), "").to_string(index=False))
    tell("cli-claims", count=len(table))
    answer(claims=shown.where(shown.notna(), None).to_dict("records"))
    _write(table.reset_index(), output)


def show(
    profile: Annotated[str, typer.Argument(help="cli-option-profile")] = "default", language: LanguageOption = None
) -> None:
    """Show what a profile chooses, its hash, and how much of it is unverified."""
    known_language(language)
    chosen = profile_of(profile)
    result(f"{chosen.name} {chosen.version} ({chosen.hash}): {chosen.title}")
    warning = chosen.warning_zh if messages.language() == "zh" else chosen.warning
    if warning:
        tell("cli-profile-warning", profile=chosen.name, warning=warning)
    tell("cli-unverified", unverified=chosen.n_unverified, claims=chosen.n_claims)
    rows = chosen.describe()
    numbers = rows[rows["status"] != "no_factor"]
    columns = ["drug", "biomarker", "fraction", "lower", "upper", "correction_factor", "status"]
    result(numbers[columns].to_string(index=False, float_format=lambda x: f"{x:.4g}"))
    tell("cli-where-from")
    for row in numbers.to_dict("records"):
        absorbs = messages.Note("cli-includes", what=str(row["absorbs"])) if row["absorbs"] else ""
        note = f" {row['note']}." if row["note"] else ""
        tell("cli-factor-from", drug=row["drug"], biomarker=row["biomarker"], claims=str(row["claims"]),
             absorbs=absorbs, note=note)  # fmt: skip
    tell("cli-no-factor")
    for row in rows[rows["status"] == "no_factor"].to_dict("records"):
        tell("cli-no-factor-of", drug=row["drug"], note=str(row["note"]), claims=str(row["claims"]))
    answer(profile=chosen.name, version=chosen.version, hash=chosen.hash, unverified=chosen.n_unverified,
           claims=chosen.n_claims)  # fmt: skip


def diff(
    profile_a: Annotated[str, typer.Argument(help="cli-option-profile")] = "",
    profile_b: Annotated[str, typer.Argument(help="cli-option-profile")] = "",
    output: TableOption = None,
    language: LanguageOption = None,
) -> None:
    """Print in which factors, doses and reasons two profiles differ; of one or none, what moved between versions."""
    known_language(language)
    table_at(output)
    from wbe.factors import data_changes
    from wbe.factors import diff as between

    if profile_b:
        table = between(profile_of(profile_a), profile_of(profile_b))
    else:
        table = data_changes(profile_a or None)
    answer(changes=table.astype(object).where(table.notna(), None).to_dict("records"))
    if table.empty:
        tell("cli-factors-same")
    else:
        result(table.to_string(index=False, float_format=lambda x: f"{x:.4g}"))
    _write(table, output)


def compare(
    path: PathArgument,
    profiles: Annotated[
        str, typer.Option("--profiles", help="cli-option-profiles")
    ] = "default,zuccato-2008,gracia-lor-2016",
    by: Annotated[str, typer.Option("--by", help="cli-option-by")] = "district",
    above: Annotated[list[str] | None, typer.Option("--above", help="cli-option-above")] = None,
    output: TableOption = None,
    language: LanguageOption = None,
) -> None:
    """Print the answer under each profile and which conclusions flip."""
    known_language(language)
    table_at(output)
    levels = levels_of(above or [])
    chosen = [profile_of(name.strip()) for name in profiles.split(",")]
    import wbe
    from wbe.factors import compare as under_each

    found = under_each(_of_many(wbe.read_samples(path)), chosen, by=by, above=levels)
    table = found.table
    for name, warning in found.warnings.items():
        tell("cli-profile-warning", profile=name, warning=warning)
    tell("cli-consumption-under-each")
    names = list(found.profiles)
    result(_side_by_side(table, names))
    for drug, rows in table[table["profile"] == names[0]].groupby("drug", sort=False):
        none = rows[rows["consumption"].isna()]
        if len(none):
            tell("cli-no-median", drug=str(drug), cells=len(none), of=len(rows), detected=int(none["n_detected"].sum()),
                 results=int(none["n_samples"].sum()))  # fmt: skip
    _conclusions(found.conclusions, found.holding)
    _write(table, output)


def _conclusions(conclusions: pd.DataFrame, holding: pd.DataFrame) -> None:
    tell("cli-nothing-flips") if conclusions.empty else tell("cli-flips")
    for row in conclusions.to_dict("records"):
        says = "; ".join(f"{name}: {said}" for name, said in row["under"].items())
        result(f"- {row['statement']}. {says}")
    tell("cli-holding", count=len(holding))
    for row in holding[holding["kind"].isin(("districts", "levels"))].to_dict("records"):
        result(f"- {row['statement']}: {row['answer']}")
    for kind in ("drugs", "months"):
        count = int((holding["kind"] == kind).sum())
        if count:
            tell(f"cli-holding-{kind}", count=count)
    answer(flips=conclusions.to_dict("records"), holding=holding.to_dict("records"))


def _write(table: pd.DataFrame, output: Any) -> None:
    if output is None:
        return
    from wbe.reporting.exports import write_csv

    write_csv(table, output)
    tell("cli-table-written", path=str(output))
    answer(written=[str(output)])


def _of_many(samples: xr.Dataset) -> xr.Dataset:
    """Samples of districts whose consumption may be shown; the others are counted, not compared."""
    from wbe.disclosure import Policy

    policy = Policy.internal()
    kept = policy.many_enough(samples)
    left_out = set(samples["district"].values[~kept])
    minimum = f"{policy.minimum_population:,.0f}"
    if left_out:
        tell("cli-not-shown", count=len(left_out), minimum=minimum)
    if not kept.any():
        raise DisclosureError("cli-none-large-enough", minimum=minimum)
    return samples.isel(sample=kept)


def _side_by_side(table: pd.DataFrame, names: list[str]) -> str:
    """One line for each district (and month) and drug with a number, one column for each profile."""
    places = [c for c in ("district", "month", "drug") if c in table]
    table = table.dropna(subset=["consumption"])
    if table.empty:
        return messages.render("cli-no-number-under-any", {})
    table = table.assign(
        text=[
            f"{_figures(c)} ({_figures(low)}-{_figures(high)})"
            for c, low, high in zip(table["consumption"], table["lower"], table["upper"], strict=True)
        ]
    )
    order = table[places].drop_duplicates()
    none = messages.render("cli-no-factor-here", {})
    wide = table.pivot(index=places, columns="profile", values="text").reindex(columns=names).fillna(none)
    return str(wide.reindex([tuple(row) for row in order.to_numpy()]).reset_index().to_string(index=False))


def _figures(x: float) -> str:
    return f"{x:,.0f}" if x >= 1000 else f"{x:.3g}"
