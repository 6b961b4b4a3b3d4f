"""Files of one's own: every fault with its path, nothing swallowed, nothing applied without a word."""

import pandas as pd
import pytest

from wbe.errors import FactorError
from wbe.factors import claims, pool, profile, write_claims
from wbe.factors.refusals import FactorFaults
from wbe.messages import speaking

CLAIM = {
    "id": "x-v1", "quantity": "excretion_fraction", "drug": "tramadol", "biomarker": "tramadol", "value": 0.25,
    "basis": "molar", "citation": "own",
}  # fmt: skip


def faults(overlay):
    with pytest.raises(FactorFaults) as caught:
        profile("default", overlay=overlay)
    return caught.value


def test_a_typing_slip_in_a_key_is_refused_with_the_nearest_and_its_path():
    found = faults({"name": "o", "claim": [CLAIM, CLAIM | {"id": "y-v1", "sprad": 0.3}]})
    assert found.codes == ["factors-file-key"]
    assert str(found) == "overlay o, claim[2]: unknown key 'sprad'. Did you mean 'spread'?"
    assert found.text("zh") == "overlay o, claim[2]：未知的键“sprad”。是否指“spread”？"


def test_a_typing_slip_in_a_column_of_a_csv_is_refused_too(tmp_path):
    path = tmp_path / "ours.csv"
    pd.DataFrame([CLAIM | {"sprad": 0.3}]).to_csv(path, index=False)
    assert str(faults(path)) == "ours.csv: unknown key 'sprad'. Did you mean 'spread'?"


def test_every_fault_of_a_file_is_told_at_once_with_its_path(tmp_path):
    path = tmp_path / "ours.toml"
    path.write_text(
        'name = 3\ntitel = "x"\n[[factor]]\ndrug = "tramadol"\nclaims = "x-v1"\n[[factor]]\ndrug = "mdma"\n'
        'biomarker = "mdma"\nclaims = [{ id = "x-v1", weight = "much" }]\nfirst = 1\n[[claim]]\nid = "x"\n',
        encoding="utf-8",
    )
    said = str(faults(path)).splitlines()
    assert "ours.toml, name: got 3; needed a text." in said
    assert "ours.toml: unknown key 'titel'. Did you mean 'title'?" in said
    assert "ours.toml, factor[1]: biomarker is missing." in said
    assert "ours.toml, factor[1].claims: got 'x-v1'; needed a list." in said
    assert "ours.toml, factor[2].claims[1].weight: got 'much'; needed a finite number." in said
    assert "ours.toml, factor[2].first: got 1; needed true or false." in said
    assert "ours.toml, claim[1]: quantity is missing." in said
    assert "ours.toml, claim[1]: citation is missing." in said
    assert len(said) == 8


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "factors-overlay-empty"),
        ('name = "ours"\nnote = "nothing yet"\n', "factors-overlay-empty"),
        ("claim = []\n", "factors-overlay-empty"),
        ("[[claim]]\nvalue = " + "9" * 6000 + "\n", "factors-overlay-no-toml"),
        ("claim = " + "[" * 3000 + "]" * 3000 + "\n", "factors-overlay-no-toml"),
        ("claim = 3\n", "factors-file-type"),
        ("[claim]\nid = 'x'\n", "factors-file-type"),
        ("[[claim]]\nid = 'x'\nquantity = { a = 1 }\ncitation = 'x'\n", "factors-file-type"),
        ("claim = [3]\n", "factors-file-type"),
    ],
)
def test_a_file_that_says_nothing_or_cannot_be_read_is_no_default(tmp_path, text, code):
    path = tmp_path / "ours.toml"
    path.write_text(text, encoding="utf-8")
    assert faults(path).codes == [code]


def test_a_csv_of_nothing_but_a_header_or_of_nothing_is_refused(tmp_path):
    path = tmp_path / "ours.csv"
    path.write_text("id,quantity,citation\n", encoding="utf-8")
    assert faults(path).codes == ["factors-overlay-empty"]
    path.write_text("", encoding="utf-8")
    assert faults(path).codes == ["factors-overlay-no-csv"]
    path.write_text("id,quantity,citation\n1,2\n1,2,3,4,5\n", encoding="utf-8")
    assert faults(path).codes == ["factors-overlay-no-csv"]
    assert faults(tmp_path).codes == ["factors-overlay-unread"]
    assert faults("no\0such.csv").codes == ["factors-overlay-unread"]


def test_numbers_without_end_are_told_in_words_and_not_printed():
    found = faults({"name": "o", "claim": [CLAIM | {"value": 10**6000}]})
    assert str(found).startswith("overlay o, claim[1].value: got a whole number of thousands of digits; needed")
    assert faults({"name": "o", "claim": [CLAIM | {"value": float("inf")}]}).codes == ["factors-file-type"]
    assert faults({"name": "o", "claim": [CLAIM | {"value": "inf"}]}).codes == ["factors-claim-number"]


def test_a_table_of_claims_may_be_carried_back_as_it_came(tmp_path):
    path = tmp_path / "back.csv"
    table = claims("tramadol", quantity="excretion_fraction").rename(index=lambda c: f"{c}-ours")
    table.assign(status="user").to_csv(path)
    laid = claims("tramadol", quantity="excretion_fraction", overlay=path)
    assert len(laid) == 2 * len(table)
    assert set(laid.loc[table.index, "status"]) == {"user"}


def test_claims_written_by_the_library_are_read_by_it(tmp_path):
    studies = pd.DataFrame({"study": list("abc"), "fraction": [0.4, 0.3, 0.35], "sd": 0.1, "n": [8, 6, 7]})
    row = pool(studies).claim("tramadol-pooled-v1", "tramadol", "tramadol", '三项研究, "quoted" \\ back')
    for name in ("ours.csv", "ours.toml"):
        path = write_claims(tmp_path / name, [row], name="our-lab", version="1.2")
        chosen = profile("default", overlay=path)
        found = chosen.factor("tramadol").fraction
        assert found == pool(studies).distribution()
        listed = claims("tramadol", overlay=path)
        assert listed.at["tramadol-pooled-v1", "citation"] == row["citation"]
    assert chosen.overlay == ("our-lab 1.2",)
    assert chosen.name == "default+our-lab"


def test_nothing_faulty_is_written(tmp_path):
    path = tmp_path / "ours.csv"
    with pytest.raises(FactorError, match="value is 39; a fraction is at most 1"):
        write_claims(path, [CLAIM | {"value": 39}])
    assert not path.exists()
    with pytest.raises(FactorError, match=r"needed a name that ends in \.csv or \.toml"):
        write_claims(tmp_path / "ours.txt", [CLAIM])


def test_a_profile_tells_what_it_says_in_the_language_asked():
    chosen = profile("default", overlay={"name": "ours", "claim": [CLAIM]})
    assert chosen.changes == ("ours: tramadol by tramadol from x-v1",)
    with speaking("zh"):
        assert chosen.changes == ("ours：tramadol（以 tramadol 计）取自 x-v1",)
        assert "甲卡西酮" in chosen.why_none("methcathinone")
        assert all(any("一" <= letter <= "鿿" for letter in f.note) for f in chosen.factors if f.note)
