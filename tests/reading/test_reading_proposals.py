"""One round of questions: a proposed mapping is whole, and its doubtful lines answer what reading asks."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from beside import LINE, LONG, ROW, WIDE, book, read, wide
from remedies import CORPUS
from test_reading_remedies import asked, typed_codes

from wbe import messages
from wbe.errors import InputError
from wbe.reading import propose_mapping, read_samples, reading_log, word_balance

DOUBTFUL = {
    "a bracket": wide("120,30", ",KET (XY) (ng/L)"),
    "a name of two meanings": wide("120").replace("METH", "MET"),
    "a flow without its time": wide("120").replace("flow (m3/d)", "流量(吨)"),
    "a row in doubt": f"{WIDE}\n{ROW}120\n{ROW.replace('P1', 'QC1').replace('06-01', '06-02')}90\n",
    "a matrix": wide("120,XQ", ",matrix") + f"{ROW.replace('06-01', '06-02')}9,influent\n",
    "an unknown substance": f"{LONG}\n{LINE}20\n{LINE.replace('methamphetamine', 'Xylene')}55\n".replace(
        "Xylene", "metamphetamin"
    ),
    "no unit": wide("120").replace(" (ng/L)", ""),
    "no flow": wide("120").replace("flow (m3/d),", "").replace("50000,", ""),
    "a token": wide("N/A"),
    "a code": wide("120,1", ",flag"),
}


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("name", DOUBTFUL)
def test_a_proposal_with_its_doubtful_lines_taken_answers_every_question(name: str, kind: str, tmp_path: Path) -> None:
    path = tmp_path / f"t.{kind}"
    if kind == "xlsx":
        book(path, {"S": DOUBTFUL[name]})
    else:
        path.write_text(DOUBTFUL[name], encoding="utf-8")
    with pytest.raises(InputError):
        read_samples(path)
    proposal = propose_mapping(path)
    assert "#? " in proposal
    tomllib.loads(proposal)
    taken = tomllib.loads(proposal.replace("#? ", "").replace('"<id>"', '"methamphetamine"'))
    assert read_samples(path, taken).sizes["sample"] >= 1


def test_a_proposal_for_a_plain_file_asks_nothing_and_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(wide("120,7", ",weather"), encoding="utf-8")
    proposal = propose_mapping(tmp_path / "t.csv")
    assert "\n#? " not in proposal
    assert '"METH (ng/L)" = "methamphetamine"  # 120' in proposal
    plain, answered = (read_samples(tmp_path / "t.csv", m) for m in (None, tomllib.loads(proposal)))
    assert answered["concentration"].equals(plain["concentration"])  # all but the log, which tells of the mapping


def test_the_balance_of_words_counts_every_header() -> None:
    ds = read(wide("120,sunny,5.5,7", ",weather,RT,whatever"))
    counts = word_balance(ds).set_index("where").loc["header"]
    assert counts[["read", "harmless", "asked", "unread", "words"]].tolist() == [7, 2, 0, 1, 10]
    assert {w["text"]: w["end"] for w in reading_log(ds).words if w["where"] == "header"}["whatever"] == "unread"


def test_columns_that_are_not_known_are_left_out_when_the_mapping_says_so() -> None:
    ds = read(wide("120,influent,7", ",where from,whatever"), {"columns": {"*": "ignore"}})
    assert {u["column"]: u["reason"] for u in reading_log(ds).unread}["whatever"] == "left out by the mapping"


FILES = sorted(p for p in CORPUS.iterdir() if p.suffix != ".xls")
# no line can answer these: the cell, the name of a place or the table itself is missing
NO_LINE = {"63_empty.csv", "65_prose.txt", "144_blank_district_below_a_name.csv"}


@pytest.mark.parametrize("path", [p for p in FILES if p.name not in NO_LINE], ids=lambda p: p.name)
def test_the_proposed_lines_for_a_file_answer_what_they_were_printed_for(path: Path) -> None:
    codes = {f.code for f in asked(path)} & typed_codes()
    if not codes:
        return
    with messages.speaking("en"):
        lines = propose_mapping(path).replace("#? ", "").replace('"<id>"', '"ignore"')
    assert not codes & {f.code for f in asked(path, tomllib.loads(lines))}
