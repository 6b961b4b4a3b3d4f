"""The pages on people and on responsible use say what the data files say, and what they print runs as printed."""

import re
from pathlib import Path

import pytest

import wbe
from wbe.disclosure.rules import rules
from wbe.people import band, scenarios
from wbe.population import basis, methods, per_head_claims

ROOT = Path(__file__).resolve().parents[2]
PEOPLE = (ROOT / "docs/people.md").read_text(encoding="utf-8")
USE = (ROOT / "docs/responsible-use.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", [PEOPLE, USE], ids=["people", "responsible-use"])
def test_what_a_page_prints_runs_in_its_order(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # what it writes, it writes elsewhere
    room = {}
    for block in re.findall(r"```python\n(.*?)```", page, flags=re.S):
        exec(block, room)
    assert isinstance(room["samples"], type(wbe.testing.small_city()))


def test_every_method_of_population_is_on_the_page():
    named = {m for row in re.findall(r"^\| (`.*?) \|", PEOPLE, flags=re.M) for m in re.findall(r"`([^`]+)`", row)}
    assert named == set(methods())
    assert f"CV {100 * basis('unknown')['cv']:.0f} %" in PEOPLE


def test_the_page_is_right_that_no_mass_per_head_is_verified_but_the_public_rules_two_numbers():
    claims = per_head_claims()
    verified = claims[claims["status"] == "verified"]
    assert set(verified["id"]) == {"cotinine-per-cigarette-agency", "cotinine-cigarettes-cn-2016"}
    assert set(verified["unit"]) == {"mg/cigarette", "cigarette/d/inhabitant"}  # neither is a mass per head


def test_the_amounts_and_the_band_are_those_of_the_scenarios():
    on = scenarios().query("on")
    assert len(on) == 3
    assert set(on["status"]) == {"derived"}
    assert set(on["window_days"]) == {365}
    assert f"{on['amount_mg'].min():.0f} to {on['amount_mg'].max():.0f} mg" in PEOPLE.replace("\n", " ")
    low, high = band("methamphetamine")
    assert f"band of {low:.0f}–{high:.0f} mg" in PEOPLE


def test_the_thresholds_of_the_page_are_those_in_force():
    internal, public = rules()["internal"], rules()["public"]
    for key, row in (("minimum_population", "few people can be recognised"), ("minimum_count", "a handful of users"),
                     ("round_users_to", "false precision")):  # fmt: skip
        cells = next(line for line in USE.splitlines() if line.startswith(f"| {row}")).split("|")[3:5]
        told = [int(re.sub(r"\D", "", re.sub(r"[^\d ].*$", "", re.sub(r"^\D+", "", c)))) for c in cells]
        assert told == [internal[key], public[key]]
    assert public["areas"] == ["city"]
    assert public["minimum_districts"] == 3
    assert "不足三个地区" in USE
