"""``wbe check``: what was read, what was not, and what is wrong or doubtful, summed up before it is listed.

Refuses to end with 0 where a finding is an error or the balance of cells does not sum.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wbe import messages
from wbe.cli.options import LanguageOption, PathArgument, TableOption, known_language, read_toml, table_at
from wbe.cli.telling import answer, result, spans, tell
from wbe.reporting.words import say

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["add", "show_findings"]

MOST = 5  # groups of findings of one check that the terminal shows
MOST_SPANS = 8
SEVERITIES = ("error", "warning", "info")


def add(app: typer.Typer) -> None:
    """Add the command."""
    app.command(help="cli-command-check")(check)


def check(
    path: PathArgument,
    rules: Annotated[Path | None, typer.Option("--rules", help="cli-option-rules")] = None,
    words: Annotated[bool, typer.Option("--words", help="cli-option-words")] = False,
    output: TableOption = None,
    language: LanguageOption = None,
) -> None:
    """Say what was read, what was not, and what is wrong or doubtful.

    Raises
    ------
    typer.Exit
        Faults were found: the exit code says so.
    """
    known_language(language)
    own = read_toml(rules) if rules is not None else None
    table_at(output)
    if output is not None:
        from wbe.cli.estimating import apart

        apart(path, output)
    import wbe
    from wbe.quality import exit_code
    from wbe.reading import reading_log, word_balance

    samples = wbe.read_samples(path)
    log = reading_log(samples)
    tell("cli-read", samples=samples.sizes["sample"], biomarkers=samples.sizes["biomarker"], path=path)
    tell("cli-balance")
    result(_balance(log.balance()))
    tell("cli-balance-sums") if log.sums() else result(messages.render("cli-balance-broken", {}))
    ends = word_balance(log)
    tell("cli-words-ends", **{k: int(ends[k].sum()) for k in ("words", "read", "harmless", "asked", "unread")})
    if words:
        _show_words(log.words)
    findings = wbe.check(samples, own)
    show_findings(findings)
    answer(samples=samples.sizes["sample"], balance_sums=bool(log.sums()), **findings_as_json(findings))
    if output:
        from wbe.reporting.exports import write_csv

        write_csv(findings, output)
        tell("cli-findings-written", path=str(output))
    if exit_code(findings) or not log.sums():
        raise typer.Exit(1)


def _balance(table: pd.DataFrame) -> str:
    """The balance under heads of the language in force."""
    from wbe.reporting.appendix import LOG_COLUMNS

    language = messages.language()
    if language == "en":
        return str(table.to_string(index=False))
    heads = {c: say("log", c, language) if c in LOG_COLUMNS else c for c in table.columns}
    return str(table.rename(columns=heads).to_string(index=False))


def _show_words(words: list[dict[str, Any]]) -> None:
    """Print the balance of words: what became of every word beside a number."""
    import pandas as pd

    answer(words=words)
    tell("cli-words", count=len(words))
    table = pd.DataFrame(words)
    if len(table):
        held = table.drop_duplicates().astype(object).where(table.notna(), "")
        result(str(held.to_string(index=False)))


def findings_as_json(findings: pd.DataFrame) -> dict[str, object]:
    """Count the findings and give each, for a program to read."""
    counts = {severity: int((findings["severity"] == severity).sum()) for severity in SEVERITIES}
    rows = findings.astype(object).where(findings.notna(), None).to_dict("records")
    return {"findings": rows, "counts": counts}


def show_findings(findings: pd.DataFrame, worst: tuple[str, ...] = SEVERITIES) -> None:
    """Print how many findings there are, then each check's, alike ones of a file once with their rows."""
    if findings.empty:
        tell("cli-nothing-doubtful")
        return
    language = messages.language()
    numbers = {s: int((findings["severity"] == s).sum()) for s in SEVERITIES}
    result(messages.render("cli-findings", numbers))
    for severity in worst:
        part = findings[findings["severity"] == severity]
        if part.empty:
            continue
        result(messages.render("cli-severity", {"severity": say("severity", severity, language), "count": len(part)}))
        for code, rows in part.groupby("code", sort=False):
            groups = _groups(rows, "message_zh" if language == "zh" else "message")
            result(messages.render("cli-check-count", {"check": str(code), "count": len(rows)}))
            for line in groups[:MOST]:
                result(f"    - {line}")
            if len(groups) > MOST:
                result(f"    - {messages.render('cli-more-findings', {'count': len(groups) - MOST})}")


def _groups(rows: pd.DataFrame, column: str) -> list[str]:
    """One line for the findings of a check in one sheet and of one biomarker: the first in words, the rest by row."""
    keys = [k for k in ("file", "sheet", "biomarker") if k in rows]
    lines = []
    for _, group in rows.groupby(keys, sort=False, dropna=False):
        records = [{str(k): v for k, v in row.items()} for row in group.to_dict("records")]
        first, more = records[0], records[1:]
        text = f"{_place(first)}{first[column]}"
        if more:
            known = sorted({int(r["row"]) for r in more if r.get("row") == r.get("row") and r.get("row")})
            told = spans(known)[:MOST_SPANS]
            code = "cli-alike-rows" if told else "cli-alike"
            text += " " + messages.render(code, {"count": len(more), "rows": told})
        lines.append(text)
    return lines


def _place(row: dict[str, Any]) -> str:
    """File, sheet and row of a finding in words, where they are known."""
    parts = {"errors-file": "file", "errors-sheet": "sheet", "errors-row": "row"}
    told = []
    for code, key in parts.items():
        value = row.get(key)
        if value is None or value != value or value == "":
            continue
        told.append(messages.render(code, {key: int(value) if key == "row" else value}))
    mark, end = ("，", "：") if messages.language() == "zh" else (", ", ": ")
    return mark.join(told) + end if told else ""
