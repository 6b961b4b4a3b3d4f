"""``wbe diff``: what changed between two runs - causes first, then months, then numbers.

Refuses files that are not of a run.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wbe import messages
from wbe.cli.options import LanguageOption, TableOption, known_language, table_at
from wbe.cli.telling import answer, result, tell

if TYPE_CHECKING:
    import pandas as pd

    from wbe.runs.difference import Difference

__all__ = ["add"]

STILL = 1e-9  # relative: a number that is the same while its interval is not


def add(app: typer.Typer) -> None:
    """Add the command."""
    app.command(help="cli-command-diff")(diff)


def diff(
    run_a: Annotated[Path, typer.Argument(help="cli-option-run-a")],
    run_b: Annotated[Path, typer.Argument(help="cli-option-run-b")],
    limit: Annotated[int, typer.Option("--limit", help="cli-option-limit", min=0)] = 20,
    output: TableOption = None,
    language: LanguageOption = None,
) -> None:
    """Say which numbers changed between two runs and by what."""
    known_language(language)
    table_at(output)
    from wbe.runs.difference import diff as compare

    found = compare(run_a, run_b)
    answer(same=found.same, split=found.split, settings=found.settings.to_dict("records"),
           causes=found.causes.to_dict("records"), revised=_records(found.rows), new=_records(found.new),
           removed=_records(found.removed))  # fmt: skip
    if found.same:
        tell("cli-runs-agree")
    else:
        _show(found, limit)
    if output is not None:
        from wbe.reporting.exports import write_csv

        write_csv(_whole(found), output)
        tell("cli-table-written", path=str(output))


def _show(found: Difference, limit: int) -> None:
    """Print causes, months and numbers, in this order."""
    rows = found.rows
    if len(rows):
        moved = rows[rows["change"].notna()]
        months = sorted(moved["month"].unique())
        result(messages.render("cli-diff-revised", {"count": len(moved), "months": months}))
        still = int((moved["change"].abs() <= STILL * moved["was"].abs()).sum())
        if still:
            result(messages.render("cli-diff-interval-only", {"count": still}))
        if len(moved) < len(rows):
            result(messages.render("cli-diff-came-or-went", {"count": len(rows) - len(moved)}))
        result(messages.render("cli-diff-causes", {}) if found.split else messages.render("cli-diff-unsplit", {}))
    for cause in found.causes.to_dict("records"):
        name = messages.render(f"runs-cause-{cause['cause']}", {})
        values = {"cause": name, "share": f"{100 * cause['share']:.1f}", "count": cause["numbers"]}
        values |= {"where": cause["where"], "largest": _percent(cause["largest"])}
        result(messages.render("cli-diff-cause", values))
    for what, table in (("new", found.new), ("removed", found.removed)):
        whole = sorted(table.loc[table["whole_month"], "month"].unique()) if len(table) else []
        if whole:
            result(messages.render("cli-diff-months", {"what": what, "months": whole}))
        others = int((~table["whole_month"].astype(bool)).sum()) if len(table) else 0
        if others:
            result(messages.render(f"cli-diff-{what}", {"count": others}))
    if len(found.settings):
        tell("cli-settings-differ")
        for one in found.settings.to_dict("records"):
            result(f"  {one['setting']}: {_short(one['a'])} -> {_short(one['b'])}")
    _show_numbers(found, limit)


def _show_numbers(found: Difference, limit: int) -> None:
    """Print the largest revisions, each with its parts, and what numbers of users rest on."""
    rows = found.rows
    if rows.empty or not limit:
        return
    tell("cli-diff-numbers")
    for _, row in rows.head(limit).iterrows():
        result(f"  {_line(row, list(found.causes['cause']))}")
    for sentence in dict.fromkeys(rows.head(limit)["statement"]):
        if sentence:
            result(messages.render("cli-users-rest-on", {"sentence": sentence}))
    if len(rows) > limit:
        result(f"  {messages.render('cli-diff-more', {'count': len(rows) - limit})}")


def _line(row: pd.Series, causes: list[str]) -> str:
    """One revised number with its parts."""
    place = " ".join(str(row[k]) for k in ("district", "month", "drug", "quantity"))
    parts = [f"{messages.render(f'runs-cause-{c}', {})} {row[c]:+.4g}" for c in causes if row[c] == row[c] and row[c]]
    told = f" [{'; '.join(parts)}]" if parts else ""
    return f"{place}: {row['text_a']} -> {row['text_b']} ({_percent(row['now'] / row['was'] - 1)} %){told}"


def _percent(x: float) -> str:
    return f"{100 * x:+.1f}" if x == x else "?"


def _short(value: object, most: int = 80) -> str:
    text = str(value)
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _whole(found: Difference) -> pd.DataFrame:
    """Every number that differs, as one table."""
    import pandas as pd

    parts = [
        found.rows.assign(kind="revised"),
        found.new.rename(columns={"text": "text_b"}).assign(kind="new"),
        found.removed.rename(columns={"text": "text_a"}).assign(kind="removed"),
    ]
    held = [part.drop(columns="whole_month", errors="ignore") for part in parts if len(part)]
    return pd.concat(held, ignore_index=True) if held else pd.DataFrame(columns=[*found.rows.columns, "kind"])


def _records(table: pd.DataFrame) -> list[dict[str, object]]:
    """Rows for a program, nothing where there is no number."""
    known = table.astype(object).where(table.notna(), None)
    return [{str(k): v for k, v in row.items()} for row in known.to_dict("records")]
