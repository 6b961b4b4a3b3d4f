"""Tables of every sentence of the library with its code, in both languages, from the packaged data.

``docs/conf.py`` writes them into the site at each build, so that the page cannot be out of date; run by itself, this
prints them.
"""

from __future__ import annotations

import re

from wbe import messages, packaged


def page() -> str:
    """Return one table for each room, in Markdown."""
    parts = []
    for name in packaged.names("messages/en"):
        room = name.removesuffix(".ftl")
        english, chinese = (_entries(packaged.text(f"messages/{language}/{name}")) for language in messages.LANGUAGES)
        parts.append(f"## {room}\n\n{_count(len(english))}\n\n| Code | English | 中文 |\n|---|---|---|")
        parts[-1] += "".join(f"\n| `{c}` | {_cell(english[c])} | {_cell(chinese[c])} |" for c in messages.codes(room))
        parts[-1] += "\n"
    return "\n".join(parts)


def _count(n: int) -> str:
    return f"{n} sentence{'s' if n != 1 else ''}."


def _entries(text: str) -> dict[str, str]:
    """Each code with what stands behind its ``=``, parts included."""
    found = re.findall(r"(?ms)^([a-z][a-z0-9]*(?:-[a-z0-9]+)+) *=(.*?)(?=^\S|\Z)", _whole(text))
    return {code: body for code, body in found}


def _whole(text: str) -> str:
    """The text without comments, a brace that closes a choice drawn in so that it belongs to its message."""
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return "\n".join(f" {line}" if line.startswith("}") else line for line in lines)


def _cell(body: str) -> str:
    """One message in a cell: its parts one under the other, a choice between forms as the last of them."""
    body = re.sub(r'\{ *"([^"]*)" *\}', r"\1", body)
    body = re.sub(r"\{ *\$\w+ *->(.*?)\*\[other\] *([^\n]*)\n\s*\}", r"\2", body, flags=re.S)
    body = re.sub(r"\{ *\$(\w+) *\}", r"{\1}", body)
    named = re.split(r"(?m)^ +\.([a-z]+) *=", body)
    told = [" ".join(named[0].split())] if named[0].strip() else []
    told += [f"*{part}* {' '.join(text.split())}" for part, text in zip(named[1::2], named[2::2], strict=True)]
    return "<br>".join(told).replace("|", "\\|").replace("<br>", "\0").replace("<", "&lt;").replace("\0", "<br>")


if __name__ == "__main__":
    print(page())
