"""Laws of the attack, the exposure, the keys and the ledger, each by numbers that a reader can check by hand."""

import json
import os

import numpy as np
import pandas as pd
import pytest

import wbe
from wbe.errors import DisclosureError, InputError
from wbe.published import Edition, Ledger, Number, edition, exposure, publish
from wbe.published.attack import System
from wbe.published.keys import held_key, keyed, new_key
from wbe.testing import small_city

CELL = ("city", "2021-06", "x")
LOADS = {"a": 3.0, "b": 4.0, "c": 3.5, "d": 3.2}


def number(low, high, quantity="mass_load", cell=CELL, **factors):
    return Number(*cell, quantity, low, high, factors)


def small(numbers, loads=LOADS, least=2, protection=0.2, cell=CELL, sites=None):
    rows = [(*cell, s, (sites or {}).get(s, s), x, 1.0) for s, x in loads.items()]
    columns = ["area", "month", "biomarker", "sample", "site", "load", "weight"]
    return Edition(tuple(numbers), pd.DataFrame(rows, columns=columns), protection, least)


# ---- the programme ------------------------------------------------------------------------------------------------


def test_of_numbers_over_one_sum_the_highest_floor_and_the_lowest_top_hold():
    system = System([number(9, 11, a=1.0, b=1.0), number(9.5, 12, a=1.0, b=1.0), number(8, 10.5, a=1.0, b=1.0)])
    assert system.range({"a": 1.0, "b": 1.0}) == (9.5, 10.5)


def test_a_number_over_nothing_says_nothing():
    empty = [number(5, 6, a=0.0), number(9, 11, a=1.0, b=1.0)]
    assert System(empty).range({"a": 1.0}) == (0.0, 11.0)
    assert len(System(empty).rows) == 1
    assert System([number(5, 6)]).range({"a": 1.0}) == (0.0, np.inf)


def test_numbers_that_contradict_each_other_leave_what_lies_between_them():
    system = System([number(9, 10, a=1.0, b=1.0), number(12, 13, a=1.0, b=1.0)])
    assert system.range({"a": 1.0, "b": 1.0}) == (10.0, 12.0)


def test_a_plant_without_weight_or_with_a_sample_that_nothing_rests_on_is_open():
    system = System([number(9, 11, a=1.0, b=1.0)])
    assert system.range({"a": 0.0}) == (0.0, np.inf)
    assert system.range({"a": 1.0, "elsewhere": 1.0}) == (0.0, np.inf)
    assert system.range({}) == (0.0, np.inf)


def test_of_one_sum_a_part_is_worth_no_more_than_the_sum_leaves_by_its_weights():
    # 0.5 a + b lies in 9..11; the plant counts a for 1 and b for 1: all of it in a gives 22
    assert System([number(9, 11, a=0.5, b=1.0)]).range({"a": 1.0, "b": 1.0}) == (9.0, 22.0)
    assert System([number(9, 11, a=0.5, b=1.0)]).range({"a": 1.0}) == (0.0, 22.0)


def test_an_insider_takes_off_his_load_by_the_weights_of_the_sum():
    system = System([number(9, 11, a=0.5, b=1.0, c=1.0)])
    # he knows b = 4 at weight 1: 5..7 stay for half of a and c
    assert system.range({"c": 1.0}, [({"b": 1.0}, 4.0)]) == (0.0, 7.0)
    assert system.range({"a": 1.0}, [({"b": 1.0}, 4.0)]) == (0.0, 14.0)
    # his load 4 is twice b: b is 2
    assert system.range({"c": 1.0}, [({"b": 2.0}, 4.0)]) == (0.0, 9.0)
    # and whoever knows all but one has that one
    assert system.range({"c": 1.0}, [({"b": 1.0}, 4.0), ({"a": 1.0}, 6.0)]) == (2.0, 4.0)


def test_what_an_insider_knows_of_two_samples_by_unequal_shares_leaves_their_spread():
    # b + c = 4 known, in the sum b counts 1 and c counts 3: they are worth between 4 and 12 of it
    system = System([number(19, 21, a=1.0, b=1.0, c=3.0)])
    assert system.range({"a": 1.0}, [({"b": 1.0, "c": 1.0}, 4.0)]) == pytest.approx((7.0, 17.0))


def test_no_range_is_negative():
    system = System([number(3, 4, a=1.0, b=1.0)])
    assert system.range({"a": 1.0}, [({"b": 1.0}, 5.0)]) == (0.0, 0.0)  # he knows more than the sum holds
    two = System([number(3, 4, a=1.0, b=1.0), number(3.0, 4.0, a=1.0)])
    assert two.range({"b": 1.0})[0] == 0.0


def test_two_sums_and_an_insider():
    system = System([number(9.9, 10.1, a=1.0, b=1.0, c=1.0), number(5.9, 6.1, a=1.0, b=1.0)])
    low, high = system.range({"b": 1.0}, [({"a": 1.0}, 2.0)])
    assert (low, high) == pytest.approx((3.9, 4.1), abs=1e-6)
    assert system.range({"c": 1.0}, [({"a": 1.0}, 2.0)]) == pytest.approx((3.8, 4.2), abs=1e-6)


def test_digits_that_do_not_agree_to_the_last_still_tell():
    # a is 5.000 to 5.001, a + b is 4.99: no loads at all give both, a twentieth wider they do
    system = System([number(5.0, 5.001, a=1.0), number(4.98, 4.99, a=1.0, b=1.0)])
    low, high = system.range({"a": 1.0})
    assert 4.7 < low <= 5.0
    assert 4.98 <= high < 5.3
    assert system.range({"b": 1.0})[1] < 0.5


def test_numbers_that_no_loads_explain_say_nothing():
    system = System([number(5.0, 5.1, a=1.0), number(1.0, 1.1, a=1.0, b=1.0)])
    assert system.range({"a": 1.0}) == (0.0, np.inf)


# ---- exposure -----------------------------------------------------------------------------------------------------


def test_a_plant_is_exposed_from_the_protection_on_and_not_before():
    # one plant's sum: whoever reads it has it
    for protection, low, exposed in ((0.2, 2.5, True), (0.2, 2.3, False), (0.1, 2.5, False)):
        # load 3; the bound below comes within a fifth from 2.4 on, the one above stays far
        found = exposure(small([number(low, 9.0, a=1.0)], {"a": 3.0}, protection=protection))
        assert bool(found["exposed"].iloc[0]) is exposed
    for high, exposed in ((3.5, True), (3.7, False)):  # 3.6 is a fifth above
        found = exposure(small([number(0.0, high, a=1.0)], {"a": 3.0}))
        assert bool(found["exposed"].iloc[0]) is exposed


def test_a_plant_of_load_nothing_has_nothing_to_find():
    found = exposure(small([number(0.0, 0.1, a=1.0)], {"a": 0.0}))
    assert not found["exposed"].any()


def test_the_insider_is_the_largest_other_plant():
    loads = {"a": 1.0, "b": 10.0, "c": 6.0}
    found = exposure(small([number(16.9, 17.1, a=1.0, b=1.0, c=1.0)], loads)).set_index("plant")
    assert found.loc["a", "insider_upper"] == pytest.approx(7.1)  # 17.1 - 10
    assert found.loc["b", "insider_upper"] == pytest.approx(11.1)  # 17.1 - 6
    assert found.loc["c", "insider_upper"] == pytest.approx(7.1)
    assert found["upper"].tolist() == pytest.approx([17.1] * 3)
    assert found["load"].tolist() == [1.0, 10.0, 6.0]


def test_one_that_is_in_no_number_is_no_insider():
    loads = {"a": 1.0, "b": 10.0, "away": 99.0}
    found = exposure(small([number(10.9, 11.1, a=1.0, b=1.0)], loads)).set_index("plant")
    assert found.loc["a", "insider_upper"] == pytest.approx(1.1)
    assert found.loc["away", "upper"] == np.inf
    assert not found.loc["away", "exposed"]


def test_samples_of_one_plant_are_one_plant():
    found = exposure(small([number(10.4, 10.6, a=1.0, b=1.0, c=1.0)], {"a": 3.0, "b": 4.0, "c": 3.5},
                           sites={"a": "north", "b": "north", "c": "south"})).set_index("plant")  # fmt: skip
    assert found.loc["north", "load"] == 7.0
    assert found.loc["south", "insider_upper"] == pytest.approx(3.6)
    assert found.loc["south", "insider_lower"] == pytest.approx(3.4)
    assert found.loc["south", "exposed"]


def test_what_left_before_is_read_beside_what_leaves_now():
    now = small([number(13.6, 13.8, a=1.0, b=1.0, c=1.0, d=1.0)])
    before = [number(10.4, 10.6, a=1.0, b=1.0, c=1.0)]
    alone, beside = (exposure(now, earlier).set_index("plant") for earlier in ((), before))
    assert alone.loc["d", "lower"] == 0.0
    assert beside.loc["d", "lower"] == pytest.approx(3.0, abs=1e-6)
    other = [number(10.4, 10.6, cell=("city", "2021-05", "x"), a=1.0, b=1.0, c=1.0)]
    assert exposure(now, other).set_index("plant").loc["d", "lower"] == 0.0  # another month is another cell


def test_an_edition_without_numbers_has_no_exposure_and_the_same_columns():
    found = exposure(small([]))
    assert len(found) == 0
    assert list(found.columns) == ["area", "month", "biomarker", "plant", "load", "lower", "upper", "insider_lower",
                                   "insider_upper", "exposed"]  # fmt: skip


# ---- what an edition says ------------------------------------------------------------------------------------------


def test_a_number_of_an_edition_is_the_sum_of_its_samples_within_its_digits():
    ds = small_city(districts=6, months=2, biomarkers=("methamphetamine",))
    estimate = wbe.estimate(ds, policy="public")
    found = edition(estimate)
    loads = found.loads.set_index(["month", "sample"])["load"]
    assert {n.month for n in found.numbers} == {"2021-01", "2021-02"}
    for n in found.numbers:
        total = sum(f * loads[n.month, s] for s, f in n.factors.items())
        assert 0 <= n.low <= total <= n.high, n.quantity
        assert n.low < n.high
        assert len(n.factors) == 6
    table = estimate.table("city")
    table = table[table["status"] == "estimate"]
    printed = {(r.month, r.quantity): r.median for r in table.itertuples()}
    assert {(n.month, n.quantity) for n in found.numbers} == set(printed)
    for n in found.numbers:
        assert (n.low + n.high) / 2 == pytest.approx(printed[n.month, n.quantity])


def test_users_are_known_to_half_their_rounding():
    ds = small_city(districts=6, months=1, biomarkers=("methamphetamine",))
    estimate = wbe.estimate(ds, policy="public")
    base = estimate.policy.round_users_to
    users = [n for n in edition(estimate).numbers if n.quantity == "users"]
    for n in users:
        assert n.high - n.low >= base


def test_cells_taken_out_of_an_edition_leave_the_others_and_the_loads():
    other = ("city", "2021-05", "x")
    both = small([number(9, 11, a=1.0, b=1.0), number(9, 11, cell=other, a=1.0, b=1.0)])
    left = both.without({other})
    assert [n.cell for n in left.numbers] == [CELL]
    assert left.loads is both.loads
    assert (left.protection, left.minimum_plants) == (both.protection, both.minimum_plants)


# ---- keys -----------------------------------------------------------------------------------------------------------


def test_a_key_is_made_once_for_its_owner_alone(tmp_path):
    path = tmp_path / "deep" / ".key"
    key = new_key(path)
    assert len(key) == 32
    assert path.read_bytes() == key == held_key(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert new_key(path) == key  # the first one stays
    assert [p.name for p in path.parent.iterdir()] == [".key"]
    assert new_key(tmp_path / "another") != key


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o610, 0o602])
def test_a_key_that_others_may_touch_is_refused(tmp_path, mode):
    path = tmp_path / ".key"
    new_key(path)
    path.chmod(mode)
    with pytest.raises(InputError) as caught:
        held_key(path)
    assert [f.code for f in caught.value.faults] == ["runs-open-key"]


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_key_of_another_length_is_refused(tmp_path, length):
    path = tmp_path / ".key"
    path.write_bytes(b"k" * length)
    path.chmod(0o600)
    with pytest.raises(InputError) as caught:
        held_key(path)
    assert [f.code for f in caught.value.faults] == ["runs-broken-key"]


def test_a_keyed_hash_is_the_published_hmac():
    # RFC 4231, test case 2 (https://doi.org/10.17487/RFC4231)
    expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    assert keyed(b"Jefe", b"what do ya want for nothing?") == expected


# ---- the ledger -------------------------------------------------------------------------------------------------


WHOLE = dict.fromkeys(LOADS, 1.0)


def test_an_entry_keeps_only_what_is_new(tmp_path):
    ledger = Ledger(tmp_path)
    first = number(13.6, 13.8, **WHOLE)
    ledger.append(small([first]), "one")
    ledger.append(small([first, number(27.2, 27.6, "consumption", **dict.fromkeys(LOADS, 2.0))]), "two")
    one, two = Ledger(tmp_path).entries
    assert (one["printed"], len(one["numbers"]), len(one["loads"])) == (1, 1, 4)
    assert (two["printed"], len(two["numbers"]), len(two["loads"])) == (2, 1, 0)
    assert one["previous"] == "0" * 64
    assert two["numbers"][0] == {"area": "city", "month": "2021-06", "biomarker": "x", "quantity": "consumption",
                                 "low": 27.2, "high": 27.6, "factors": dict.fromkeys(LOADS, 2.0)}  # fmt: skip


def test_loads_that_no_printed_number_rests_on_leave_no_mark(tmp_path):
    ledger = Ledger(tmp_path)
    ledger.append(small([number(13.6, 13.8, **WHOLE)], LOADS | {"unprinted": 9.0}))
    assert sorted(ledger.entries[0]["loads"]) == ["x a", "x b", "x c", "x d"]


def test_a_restated_sample_is_named_by_its_number_and_keeps_it(tmp_path):
    ledger = Ledger(tmp_path)
    for a in (3.0, 3.1, 3.2):
        loads = LOADS | {"a": a, "b": 4.0 + a, "c": 3.0 + a}
        ledger.append(small([number(13.0 + 3 * a, 13.2 + 3 * a, **WHOLE)], loads), verdict=None)
    for a, name in ((3.0, "a"), (3.1, "a~2"), (3.2, "a~3"), (3.3, "a~4")):
        known = ledger.as_known(small([number(13.6, 13.8, **WHOLE)], LOADS | {"a": a}))
        assert name in known.numbers[0].factors
        assert name in set(known.loads["sample"])
        assert known.numbers[0].factors["d"] == 1.0


def test_too_few_plants_between_two_editions_are_withheld_and_enough_are_not(tmp_path):
    loads = {k: 3.8 - i / 10 for i, k in enumerate("abcdefgh")}  # the insider, the largest, was in both
    for least in (1, 2, 3):
        for more in (1, 2, 3):
            ledger = Ledger(tmp_path / f"{least}{more}")
            ledger.append(small([number(17.9, 18.1, **dict.fromkeys("abcde", 1.0))], loads, least))
            names = "abcde" + "fgh"[:more]
            total = sum(loads[k] for k in names)
            late = small([number(total - 0.1, total + 0.1, **dict.fromkeys(names, 1.0))], loads, least)
            # a single plant is never told, whatever a policy says
            assert bool(ledger.check(late).withheld) is (more < max(least, 2)), (least, more)


def test_two_samples_of_one_plant_between_two_editions_are_one_plant(tmp_path):
    loads = {k: 3.0 + i / 10 for i, k in enumerate("abcdef")}
    sites = {k: k for k in loads} | {"e": "south", "f": "south"}
    ledger = Ledger(tmp_path)
    ledger.append(small([number(12.5, 12.7, **dict.fromkeys("abcd", 1.0))], loads, sites=sites))
    late = small([number(19.4, 19.6, **dict.fromkeys("abcdef", 1.0))], loads, sites=sites)
    assert ledger.check(late).withheld == (CELL,)


def test_of_another_month_nothing_is_withheld(tmp_path):
    ledger = Ledger(tmp_path)
    ledger.append(small([number(10.4, 10.6, a=1.0, b=1.0, c=1.0)]))
    other = ("city", "2021-07", "x")
    verdict = ledger.check(small([number(13.6, 13.8, cell=other, **WHOLE)], cell=other))
    assert verdict.withheld == ()
    assert len(verdict.exposure) == 4
    assert verdict.words() == ()


def test_the_words_name_each_month_once_and_in_order():
    from wbe.published import Verdict

    cells = (("city", "2021-07", "x"), ("city", "2021-06", "y"), ("city", "2021-06", "x"))
    (note,) = Verdict(small([]), cells, pd.DataFrame()).words()
    assert note.code == "published-frozen"
    assert note.values["months"] == ("2021-06", "2021-07")


def test_a_number_that_left_before_may_leave_again_beside_what_came_after(tmp_path):
    ledger = Ledger(tmp_path)
    ledger.append(small([number(13.6, 13.8, **WHOLE)]))
    verdict = ledger.check(small([number(13.6, 13.8, **WHOLE)]))
    assert verdict.withheld == ()
    assert len(verdict.exposure) == 0  # it was attacked when it left
    assert len(verdict.cleared.numbers) == 1


def test_one_number_that_tells_takes_its_whole_cell_with_it(tmp_path):
    other = ("city", "2021-07", "x")
    frame = pd.concat([small([]).loads, small([], cell=other).loads])
    told, safe = number(3.0, 3.01, a=1.0), number(13.6, 13.8, cell=other, **WHOLE)
    both = Edition((told, number(13.6, 13.8, **WHOLE), safe), frame, 0.2, 2)
    verdict = Ledger(tmp_path).check(both)
    assert verdict.withheld == (CELL,)
    assert [n.cell for n in verdict.cleared.numbers] == [other]
    with pytest.raises(DisclosureError) as caught:
        Ledger(tmp_path).append(both)
    assert caught.value.code == "published-exposed"
    assert not (tmp_path / "ledger.jsonl").exists()


def test_an_entry_without_its_hash_or_of_another_kind_is_refused(tmp_path):
    ledger = Ledger(tmp_path)
    ledger.append(small([number(13.6, 13.8, **WHOLE)]), "one")
    entry = json.loads(ledger.path.read_text(encoding="utf-8"))
    for broken in (json.dumps({k: v for k, v in entry.items() if k != "hash"}), "[]", "1", "null", ""):
        ledger.path.write_text(broken + "\n", encoding="utf-8")
        with pytest.raises(DisclosureError) as caught:
            Ledger(tmp_path)
        assert caught.value.code == "published-broken-chain"
        assert caught.value.values["row"] == 1


def test_a_disk_that_is_full_leaves_the_ledger_as_it_was(tmp_path, monkeypatch):
    ledger = Ledger(tmp_path)
    ledger.append(small([number(13.6, 13.8, **WHOLE)]), "one")
    before = ledger.path.read_bytes()
    write = os.write

    def half(handle, data):
        write(handle, data[: len(data) // 2])
        raise OSError(28, "No space left on device")

    other = ("city", "2021-07", "x")
    monkeypatch.setattr(os, "write", half)
    with pytest.raises(OSError, match="No space"):
        ledger.append(small([number(13.6, 13.8, cell=other, **WHOLE)], cell=other), "two")
    monkeypatch.undo()
    assert ledger.path.read_bytes() == before
    assert len(ledger.entries) == len(Ledger(tmp_path).entries) == 1


def test_a_disk_that_takes_a_part_at_a_time_gets_the_whole_entry(tmp_path, monkeypatch):
    write = os.write
    monkeypatch.setattr(os, "write", lambda handle, data: write(handle, data[:100]))
    Ledger(tmp_path).append(small([number(13.6, 13.8, **WHOLE)]), "one")
    monkeypatch.undo()
    assert len(Ledger(tmp_path).entries) == 1


def test_publishing_writes_down_what_it_prints(tmp_path):
    ds = small_city(districts=6, months=2, biomarkers=("methamphetamine",))
    ledger = Ledger(tmp_path)
    estimate, verdict = publish(ds, ledger, label="both")
    assert verdict.withheld == ()
    assert ledger.entries[0]["label"] == "both"
    assert ledger.entries[0]["printed"] == len(edition(estimate).numbers) == len(ledger.numbers)
    assert estimate.policy.edition == "public"


def test_an_edition_does_not_show_its_loads_when_it_is_printed():
    assert "loads" not in repr(small([number(9, 11, a=1.0)]))


def test_a_plants_load_is_its_samples_by_their_weights():
    held = small([number(4.9, 5.1, a=0.5, b=1.0)], {"a": 4.0, "b": 3.0})
    held = Edition(held.numbers, held.loads.assign(weight=[0.5, 1.0]), 0.2, 2)
    found = exposure(held).set_index("plant")
    assert found["load"].tolist() == [2.0, 3.0]
    assert found.loc["a", "insider_upper"] == pytest.approx(2.1)
