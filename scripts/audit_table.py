"""Write ``docs/factor-audit.md``: each claim of an excretion fraction, where it was read and what is made of it.

``python scripts/audit_table.py --check`` exits with 1 where the page is not what the data give.
"""

from __future__ import annotations

import sys
from pathlib import Path

from wbe.factors import claims, data_changes, profile, profile_names

PAGE = Path(__file__).resolve().parents[1] / "docs" / "factor-audit.md"
HEAD = """# Audit of the factors

Generated from the claims by `scripts/audit_table.py`. Every claim of an excretion fraction: what was printed, where,
how it was read, and which profiles use it. *read* means that the number was read in its source; *from
memory* that nobody has read it again: a lead until somebody does. Drugs without a factor stand below, each with its
reason.

"""
VERDICTS = {"verified": "read", "derived": "computed from numbers that were read", "memory": "from memory: a lead"}


def page() -> str:
    """Return the text of the page."""
    chosen = {name: profile(name) for name in profile_names()}
    used: dict[str, list[str]] = {}
    for name, one in chosen.items():
        for factor in one.factors:
            for claim in factor.claim_ids:
                used.setdefault(claim, []).append(name)
    table = claims(quantity="excretion_fraction")
    memory = [c for c in used if table.loc[c, "status"] == "memory"]
    default = profile("default")
    lines = [
        f"{len(table)} claims of an excretion fraction; {int((table['status'] == 'memory').sum())} from memory. The "
        f"default profile rests on {default.n_claims} claims (doses and reasons included), {default.n_unverified} of "
        f"them from memory; {len(memory)} claims from memory are used by some profile.", "",
        "| Claim | Drug by biomarker | Printed | Source | Where read | Verdict | Used by |",
        "|---|---|---|---|---|---|---|",
    ]  # fmt: skip
    for name, row in table.iterrows():
        low, high = row["low"], row["high"]
        value = f"{row['value']:g}" if row["value"] == row["value"] else f"{low:g}–{high:g}"
        source = str(row["citation"]) + (f", {row['doi']}" if row["doi"] else "")
        verdict = VERDICTS[str(row["status"])]
        if row.get("supersedes"):
            verdict += "; supersedes another"
        cells = [
            f"`{name}`", f"{row['drug']} by {row['biomarker']}", f"{value} ({row['basis']})", source,
            str(row["evidence"]) or "–", verdict, ", ".join(used.get(str(name), [])) or "–",
        ]  # fmt: skip
        lines.append("| " + " | ".join(c.replace("|", "/") for c in cells) + " |")
    lines += ["", "## Drugs without a factor", "", "| Drug | Reason | Source | Verdict |", "|---|---|---|---|"]
    for _, row in claims(quantity="no_factor").iterrows():
        cells = [str(row["drug"]), str(row["note"]), str(row["citation"]), VERDICTS[str(row["status"])]]
        lines.append("| " + " | ".join(c.replace("|", "/") for c in cells) + " |")
    lines += [*_taken_out(), *_not_read()]
    return HEAD + "\n".join(lines) + "\n"


def _taken_out() -> list[str]:
    """What left the default profile, and why."""
    lines = ["", "## What left the default profile", "", "| Claim | Was | Version | Why |", "|---|---|---|---|"]
    for _, row in data_changes("default", language="en").iterrows():
        lines.append(f"| `{row['id']}` | {row['before']} | {row['version']} | {row['reason']} |")
    return lines


def _not_read() -> list[str]:
    """Claims of the default profile that nobody could read in their sources, by source."""
    every = claims()
    memory = [name for name, status in profile("default").statuses if status == "memory"]
    by: dict[str, list[str]] = {}
    for name in memory:
        by.setdefault(str(every.loc[name, "citation"]), []).append(name)
    said = (
        f"{len(memory)} claims of the default profile still rest on memory. For these sources only a title or an "
        "abstract without the number was found:"
    )
    lines = ["", "## What could not be read", "", said, ""]
    return lines + [f"- {source}: " + ", ".join(f"`{n}`" for n in names) for source, names in sorted(by.items())]


def main(check: bool) -> int:
    """Write the page, or say whether it is up to date."""
    text = page()
    if check:
        return int(not PAGE.exists() or PAGE.read_text(encoding="utf-8") != text)
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv))
