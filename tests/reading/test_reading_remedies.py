"""What a message says to type is typed, and the file is read again: the code that asked is gone."""

from __future__ import annotations

import json
import re
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from beside import LINE, LONG, ROW, WIDE, read, wide

from wbe import messages, packaged
from wbe.errors import InputError
from wbe.reading import propose_mapping, read_samples

CORPUS = Path(__file__).parent / "corpus"
EXPECTED: dict[str, dict[str, Any]] = json.loads((CORPUS / "expected.json").read_text(encoding="utf-8"))
REFUSED = sorted(n for n, e in EXPECTED.items() if e.get("message") and not n.endswith(".xls"))
OTHERS = {
    "reading-bracket-unknown": wide("120,30", ",KET (XY) (ng/L)"),
    "reading-matrix-unknown": wide("120,XQ", ",matrix") + f"{ROW.replace('06-01', '06-02')}9,influent\n",
    "reading-row-in-doubt": f"{WIDE}\n{ROW}120\n{ROW.replace('P1', 'QC1').replace('06-01', '06-02')}90\n",
    "vocabulary-unknown-substance": f"{LONG}\n{LINE}20\n{LINE.replace('methamphetamine', 'metamphetamin')}55\n",
    "vocabulary-not-in-sewage": wide("120,4", ",笑气 (ng/L)"),
}
_TYPED = re.compile(r"\[(?:columns|analytes|units|tokens|constants|options|sheets|rows|sites|files)[\].]")


def typed_codes() -> set[str]:
    """Codes of questions about a file whose next step is a line to type."""
    found = set()
    for room in ("reading", "vocabulary"):
        text = packaged.text(f"messages/en/{room}.ftl")
        for entry in re.split(r"\n(?=[a-z])", text):
            code = entry.split(" =")[0].strip()
            step = entry.split(".next", 1)[-1] if ".next" in entry else ""
            if _TYPED.search(step):
                found.add(code)
    return found


def left_after_typing(path: Path) -> tuple[set[str], set[str]]:
    """(codes that asked, those of them that still ask after their lines were typed)."""
    with pytest.raises(InputError) as first:
        read_samples(path, {})
    asked = {f.code for f in first.value.faults} & typed_codes()
    with messages.speaking("en"):
        typed = propose_mapping(path).replace("#? ", "").replace('"<id>"', '"ignore"')
    try:
        read_samples(path, tomllib.loads(typed))
    except InputError as err:
        return asked, asked & {f.code for f in err.faults}
    return asked, set()


def cases() -> list[tuple[str, Path]]:
    """Every refused file of the corpus that a single file holds."""
    return [(n, CORPUS / "files" / n) for n in REFUSED]


@pytest.mark.parametrize("code", OTHERS)
def test_the_line_that_a_message_prints_answers_it(code: str, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(OTHERS[code], encoding="utf-8")
    asked, left = left_after_typing(path)
    assert code in asked
    assert left == set()
    assert read(OTHERS[code], tomllib.loads(propose_mapping(path).replace("#? ", "").replace('"<id>"', '"ignore"')))


# no line can answer these: the cell, the name of a place or the table itself is missing
NO_LINE = {"63_empty.csv", "65_prose.txt", "144_blank_district_below_a_name.csv"}


@pytest.mark.parametrize("name", [n for n, _ in cases() if n not in NO_LINE])
def test_the_lines_for_a_refused_file_answer_what_they_were_printed_for(name: str) -> None:
    _, left = left_after_typing(CORPUS / "files" / name)
    assert left == set()


def test_the_page_of_remedies_names_every_code_that_no_test_types() -> None:
    executed = {c for n, p in cases() if n not in NO_LINE for c in left_after_typing(p)[0]} | set(OTHERS)
    page = (Path(__file__).parents[2] / "docs" / "studies" / "reading_remedies.txt").read_text(encoding="utf-8")
    listed = set(re.findall(r"^  (\S+)$", page.split("Not typed by this test:")[1], re.M))
    assert listed == typed_codes() - executed
