"""The command line: check, estimate, report, diff, factors and sample-data.

Exit codes: 0 done, 1 the data or the request has a fault (said plainly), 2 wrong usage. Refuses to leave
half-written output.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

app = typer.Typer(
    name="wbe",
    help="Wastewater-based epidemiology of drugs: from sewage to where, which drug, how many people, and how sure.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
factors_app = typer.Typer(help="Look at excretion factors, their sources and profiles.", no_args_is_help=True)
app.add_typer(factors_app, name="factors")

_CLAIM_COLUMNS = ("id", "biomarker", "quantity", "value", "low", "high", "unit", "basis", "status", "citation")
PathArgument = Annotated[Path, typer.Argument(help="A folder, CSV or workbook of samples.")]
FactorsOption = Annotated[
    str, typer.Option("--factors", help="Factor profile, or a CSV/TOML of own claims laid over the default one.")
]
PopulationOption = Annotated[
    str, typer.Option("--population", help="reported, a marker, mobile, ensemble, or ensemble:reported+cotinine.")
]
MobileOption = Annotated[
    Path | None, typer.Option("--mobile", help="CSV of mobile counts: site, population, and date or month.")
]
SeedOption = Annotated[int, typer.Option("--seed", help="Seed of the draws.")]
PolicyOption = Annotated[str, typer.Option("--policy", help="internal or public edition.")]
AdmitOption = Annotated[
    list[str] | None,
    typer.Option("--admit", help="An institution and why it may be reckoned, SITE=REASON; the run record keeps it."),
]


@app.command()
def check(
    path: PathArgument,
    rules: Annotated[Path | None, typer.Option("--rules", help="TOML with your own severities and limits.")] = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Write the findings as CSV.")] = None,
    language: Annotated[str, typer.Option("--language", help="zh or en: of the findings.")] = "en",
) -> None:
    """Say what was read, what was not, and what is wrong or doubtful."""
    import wbe
    from wbe.quality import exit_code
    from wbe.reading import reading_log

    samples = wbe.read_samples(path)
    log = reading_log(samples)
    typer.echo(f"Read {samples.sizes['sample']} samples x {samples.sizes['biomarker']} biomarkers from {path}")
    typer.echo("Balance of analyte cells (each ends in exactly one column):")
    typer.echo(log.balance().to_string(index=False))
    typer.echo("The balance sums." if log.sums() else "THE BALANCE DOES NOT SUM.")
    findings = wbe.check(samples, _own_rules(rules))
    _print_findings(findings, language)
    if output:
        from wbe.reporting.exports import write_csv

        write_csv(findings, output)
        typer.echo(f"Findings written to {output}")
    if exit_code(findings) or not log.sums():
        raise typer.Exit(1)


def _own_rules(path: Path | None) -> dict[str, Any] | None:
    import tomllib

    from wbe.errors import Fault, InputError

    if path is None:
        return None
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as err:
        raise InputError([Fault(f"{err}", "a TOML file of rules", "Correct the line.", file=str(path))]) from err


def _print_findings(findings: Any, language: str) -> None:
    from wbe.errors import Fault, InputError

    if language not in ("zh", "en"):
        raise InputError([Fault(f"--language {language!r}", "zh or en", "Write one of the two.")])
    column, none, more = {
        "en": ("message", "Nothing doubtful was found.", "... and {n} more (write them all with -o)"),
        "zh": ("message_zh", "未发现疑点。", "……另有 {n} 条（用 -o 写出全部）"),
    }[language]
    if findings.empty:
        typer.echo(none)
        return
    for severity in ("error", "warning", "info"):
        part = findings[findings["severity"] == severity]
        if part.empty:
            continue
        typer.echo(f"{len(part)} {severity}(s):")
        for code, rows in part.groupby("code", sort=False):
            typer.echo(f"  {code}: {len(rows)}")
            for message in rows[column].head(5):
                typer.echo(f"    - {message}")
            if len(rows) > 5:
                typer.echo(f"    - {more.format(n=len(rows) - 5)}")


@app.command()
def estimate(
    path: PathArgument,
    output: Annotated[Path, typer.Option("-o", "--output", help="CSV to write; its run record goes beside it.")],
    factors: FactorsOption = "default",
    population: PopulationOption = "reported",
    mobile: MobileOption = None,
    seed: SeedOption = 20210624,
    level: Annotated[float, typer.Option("--level", help="Probability of the intervals.")] = 0.95,
    policy: PolicyOption = "internal",
    admit: AdmitOption = None,
) -> None:
    """Write loads, consumption, doses and users with intervals as one tidy CSV."""
    import wbe
    from wbe.reporting.exports import write_run

    samples = wbe.read_samples(path)
    result = wbe.estimate(
        samples, _profile(factors), population, level, mobile=_counts(mobile), seed=seed, policy=_edition(policy, admit)
    )
    rows = write_run(result, output)
    typer.echo(repr(result))
    if result.profile.warning:
        typer.echo(f"Profile {result.profile.name}: {result.profile.warning}")
    typer.echo(f"{rows} rows written to {output}, run record to {output.with_suffix('.run.json')}")


def _counts(path: Path | None) -> Any:
    """A table of mobile counts, or None."""
    if path is None:
        return None
    import io

    import pandas as pd

    from wbe.errors import Fault, InputError
    from wbe.reading.text import decode

    try:
        return pd.read_csv(io.StringIO(decode(path.read_bytes(), path.name)[0]))
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as err:
        raise InputError([
            Fault("a file that is no table", "a CSV with site, population and date or month", "Correct the file.",
                  file=str(path))
        ]) from err  # fmt: skip


def _edition(name: str, admit: list[str] | None) -> Any:
    """The edition by name, or with the institutions that somebody answers for."""
    if not admit:
        return name
    from wbe.disclosure import Policy
    from wbe.errors import Fault, InputError

    policy = Policy.named(name)
    for text in admit:
        site, sign, reason = text.partition("=")
        if not sign:
            raise InputError([Fault(f"--admit {text!r}", "a site and the reason, SITE=REASON", "Write it so.")])
        policy = policy.with_override(site.strip(), reason)
    return policy


def _profile(factors: str) -> Any:
    """A profile's name as it is; a file of own claims laid over the default profile."""
    if not factors.lower().endswith((".csv", ".toml")):
        return factors
    from wbe.factors import profile

    return profile("default", overlay=Path(factors))


@app.command()
def report(
    path: PathArgument,
    month: Annotated[str, typer.Option("--month", help="YYYY-MM.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="Folder for the report.")],
    language: Annotated[str, typer.Option("--language", help="zh, en or zh+en.")] = "zh+en",
    factors: FactorsOption = "default",
    population: PopulationOption = "reported",
    mobile: MobileOption = None,
    seed: SeedOption = 20210624,
    policy: PolicyOption = "internal",
    admit: AdmitOption = None,
) -> None:
    """Write the monthly report: one self-contained HTML page and a workbook of its tables."""
    import wbe

    written = wbe.report(
        path, month, output, language, factors=_profile(factors), population=population, mobile=_counts(mobile),
        seed=seed, policy=_edition(policy, admit),
    )  # fmt: skip
    for file in written if isinstance(written, list | tuple) else [written]:
        typer.echo(f"written: {file}")


@app.command()
def diff(
    run_a: Annotated[Path, typer.Argument(help="CSV written by 'wbe estimate'.")],
    run_b: Annotated[Path, typer.Argument(help="Another one.")],
    limit: Annotated[int, typer.Option("--limit", help="Rows to print.")] = 20,
) -> None:
    """Say which numbers changed between two runs and by which input."""
    from wbe.reporting.exports import compare_runs

    settings, rows = compare_runs(run_a, run_b)
    if settings.empty and rows.empty:
        typer.echo("The two runs agree in every number and setting.")
        return
    if not settings.empty:
        typer.echo("Settings that differ:\n" + settings.to_string(index=False))
    typer.echo(f"{len(rows)} number(s) differ")
    if not rows.empty:
        shown = rows.head(limit)
        typer.echo(shown.drop(columns="statement").to_string(index=False))
        for sentence in dict.fromkeys(shown["statement"]):
            if sentence:
                typer.echo(f"users: {sentence}")


@factors_app.command("list")
def factors_list(
    drug: Annotated[str | None, typer.Argument(help="Only this drug, e.g. methamphetamine.")] = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Write every column as CSV.")] = None,
) -> None:
    """List claims with value, source and status."""
    from wbe.factors import claims

    table = claims(drug)
    # claims() leaves out the columns that are empty for the whole selection
    shown = table.reset_index().reindex(columns=list(_CLAIM_COLUMNS)).astype(object)
    typer.echo(shown.where(shown.notna(), "").to_string(index=False))
    typer.echo(f"{len(table)} claim(s); notes, spreads, routes and more: -o claims.csv")
    if output:
        from wbe.reporting.exports import write_csv

        write_csv(table.reset_index(), output)
        typer.echo(f"Claims written to {output}")


@factors_app.command("show")
def factors_show(profile: Annotated[str, typer.Argument(help="Profile name.")] = "default") -> None:
    """Show what a profile chooses, its hash, and how much of it is unverified."""
    from wbe.factors import profile as find

    chosen = find(profile)
    typer.echo(f"{chosen.name} {chosen.version} ({chosen.hash}): {chosen.title}")
    if chosen.warning:
        typer.echo(f"Warning: {chosen.warning}")
    typer.echo(f"{chosen.n_unverified} of {chosen.n_claims} claims are unverified")
    rows = chosen.describe()
    numbers = rows[rows["status"] != "no_factor"]
    columns = ["drug", "biomarker", "fraction", "lower", "upper", "correction_factor", "status"]
    typer.echo(numbers[columns].to_string(index=False, float_format=lambda x: f"{x:.4g}"))
    typer.echo("Where each comes from:")
    for row in numbers.to_dict("records"):
        absorbs = f" Includes {row['absorbs']}." if row["absorbs"] else ""
        note = f" {row['note']}." if row["note"] else ""
        typer.echo(f"- {row['drug']} by {row['biomarker']}: {row['claims']}.{absorbs}{note}")
    typer.echo("No factor:")
    for row in rows[rows["status"] == "no_factor"].to_dict("records"):
        typer.echo(f"- {row['drug']}: {row['note']} ({row['claims']})")


@factors_app.command("compare")
def factors_compare(
    path: PathArgument,
    profiles: Annotated[str, typer.Option("--profiles", help="Names, or CSV/TOML of own claims, with commas.")] = (
        "default,zuccato-2008,gracia-lor-2016"
    ),
    by: Annotated[str, typer.Option("--by", help="district, or month for one answer each month.")] = "district",
    above: Annotated[
        list[str] | None,
        typer.Option("--above", help="A consumption that matters, e.g. methamphetamine=50 (mg/d/1000 inhabitant)."),
    ] = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Write every column as CSV.")] = None,
) -> None:
    """Print the answer under each profile and which conclusions flip."""
    import wbe
    from wbe.factors import compare

    chosen = [_profile(name.strip()) for name in profiles.split(",")]
    table = compare(_of_many(wbe.read_samples(path)), chosen, by=by, above=_levels(above or []))
    for name, warning in table.attrs["warnings"].items():
        typer.echo(f"{name}: {warning}")
    typer.echo("Consumption at the median load, mg/d/1000 inhabitant (interval of excretion alone):")
    names = list(table.attrs["profiles"])
    typer.echo(_side_by_side(table, names))
    for drug, rows in table[table["profile"] == names[0]].groupby("drug", sort=False):
        none = rows[rows["consumption"].isna()]
        if len(none):
            typer.echo(
                f"No median of {drug} in {len(none)} of {len(rows)} cell(s): detected in "
                f"{none['n_detected'].sum()} of {none['n_samples'].sum()} results there"
            )
    conclusions, holding = table.attrs["conclusions"], table.attrs["holding"]
    typer.echo("No conclusion flips." if conclusions.empty else "Conclusions that flip:")
    for row in conclusions.to_dict("records"):
        says = "; ".join(f"{name}: {answer}" for name, answer in row["under"].items())
        typer.echo(f"- {row['statement']}. {says}")
    typer.echo(f"Hold under every profile that has a factor: {len(holding)} conclusion(s).")
    shown = holding[holding["kind"].isin(("districts", "levels"))]
    for row in shown.to_dict("records"):
        typer.echo(f"- {row['statement']}: {row['answer']}")
    for kind, text in (
        ("drugs", "which drug is consumed more"),
        ("months", "last month against first, month with most"),
    ):
        count = int((holding["kind"] == kind).sum())
        if count:
            typer.echo(f"- {text}: {count}")
    if output:
        from wbe.reporting.exports import write_csv

        write_csv(table, output)
        typer.echo(f"Answers written to {output}")


def _levels(given: list[str]) -> dict[str, float]:
    from wbe.errors import Fault, InputError

    levels = {}
    for text in given:
        drug, _, number = text.partition("=")
        try:
            levels[drug.strip()] = float(number)
        except ValueError as err:
            raise InputError([
                Fault(f"--above {text!r}", "a drug and a number, such as methamphetamine=50", "Write it so.")
            ]) from err  # fmt: skip
    return levels


def _of_many(samples: Any) -> Any:
    """Samples of districts whose consumption may be shown; the others are counted, not compared."""
    from wbe.disclosure import Policy
    from wbe.errors import DisclosureError

    policy = Policy.internal()
    kept = policy.many_enough(samples)
    left_out = set(samples["district"].values[~kept])
    if left_out:
        typer.echo(
            f"Not shown: {len(left_out)} district(s) with fewer than {policy.minimum_population:,.0f} people, or not "
            "known how many"
        )
    if not kept.any():
        raise DisclosureError("No district has a known population of that size: there is no consumption to compare.")
    return samples.isel(sample=kept)


def _side_by_side(table: Any, names: list[str]) -> str:
    """One line for each district (and month) and drug with a number, one column for each profile."""
    places = [c for c in ("district", "month", "drug") if c in table]
    table = table.dropna(subset=["consumption"])
    if table.empty:
        return "no drug has a number under any of these profiles"
    table = table.assign(
        text=[
            f"{_figures(c)} ({_figures(low)}-{_figures(high)})"
            for c, low, high in zip(table["consumption"], table["lower"], table["upper"], strict=True)
        ]
    )
    order = table[places].drop_duplicates()
    wide = table.pivot(index=places, columns="profile", values="text").reindex(columns=names).fillna("no factor")
    return str(wide.reindex([tuple(row) for row in order.to_numpy()]).reset_index().to_string(index=False))


def _figures(x: float) -> str:
    return f"{x:,.0f}" if x >= 1000 else f"{x:.3g}"


@app.command("sample-data")
def sample_data(
    directory: Annotated[Path, typer.Argument(help="Folder to copy the sample sets to; it must not exist.")],
) -> None:
    """Copy the packaged sample sets: synthetic Zhuzhou, literature, stadium."""
    from wbe.reporting.exports import copy_sample_data

    for name in copy_sample_data(directory):
        typer.echo(f"written: {directory / name}")


def main() -> None:
    """Run the command line; faults become one plain message and exit code 1."""
    from wbe.errors import WbeError

    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8")
    try:
        app()
    except WbeError as err:
        typer.echo(str(err), err=True)
        raise SystemExit(1) from None
    except (FileNotFoundError, PermissionError, IsADirectoryError, NotADirectoryError) as err:
        typer.echo(f"{err.filename}: {err.strerror}. Check the path.", err=True)
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
