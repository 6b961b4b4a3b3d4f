"""Five attacks on public editions that once succeeded, with all factors, weights, people and the code known."""

import json

import numpy as np
import pandas as pd
import pytest

import wbe
from wbe.disclosure import Policy
from wbe.errors import DisclosureError
from wbe.published import Edition, Ledger, Number, edition, exposure, publish
from wbe.published.attack import System
from wbe.testing import small_city

METH = "methamphetamine"
WITHIN = 0.20


def town(districts=6, months=1, biomarkers=(METH,)):
    return small_city(districts=districts, months=months, biomarkers=biomarkers)


def shown(estimate, month=None):
    city = estimate.table("city").query("biomarker == @METH and status == 'estimate'")
    return city if month is None else city[city["month"] == month]


def fixed(found):
    """Plants whose range lies within a fifth of the truth on both sides."""
    held = (found["lower"] >= (1 - WITHIN) * found["load"]) & (found["upper"] <= (1 + WITHIN) * found["load"])
    return found[held & (found["load"] > 0)]


# ---- the programme itself ---------------------------------------------------------------------------------------


def number(low, high, **factors):
    return Number("city", "2021-06", METH, "mass_load", low, high, factors)


def test_two_sums_that_differ_by_one_sample_give_it_to_their_digits():
    system = System([number(9.5, 10.5, a=1.0, b=1.0), number(6.9, 7.1, a=1.0)])
    assert system.range({"b": 1.0}) == pytest.approx((2.4, 3.6), abs=1e-6)
    assert system.range({"a": 1.0}) == pytest.approx((6.9, 7.1), abs=1e-6)


def test_one_sum_leaves_every_part_open_up_to_the_whole():
    system = System([number(9.0, 11.0, a=1.0, b=1.0, c=1.0)])
    assert system.range({"a": 1.0}) == (0.0, 11.0)
    assert system.range({"a": 1.0}, [({"b": 1.0}, 4.0)]) == (0.0, 7.0)  # an insider takes off his own
    assert system.range({"a": 1.0, "b": 1.0, "c": 1.0}) == (9.0, 11.0)
    assert system.range({"elsewhere": 1.0}) == (0.0, np.inf)


def test_the_same_sum_under_another_factor_narrows_the_digits_and_nothing_else():
    twice = System([number(9.0, 11.0, a=1.0, b=1.0), number(19.0, 21.0, a=2.0, b=2.0)])
    assert len(twice.rows) == 1
    assert twice.range({"a": 1.0})[1] == 10.5


def test_a_mean_over_days_weighs_its_samples():
    system = System([number(9.0, 11.0, a=0.5, b=0.5)])  # two days of one plant
    assert system.range({"a": 0.5, "b": 0.5}) == pytest.approx((9.0, 11.0))
    three = System([number(9.0, 11.0, a=0.5, b=0.5, c=1.0), number(4.0, 5.0, c=1.0)])
    assert three.range({"a": 0.5, "b": 0.5}) == pytest.approx((4.0, 7.0), abs=1e-6)


@pytest.mark.parametrize("seed", range(20))
def test_the_truth_always_lies_in_the_range(seed):
    rng = np.random.default_rng(seed)
    loads = dict(zip("abcdef", rng.lognormal(0, 1, 6), strict=True))
    numbers = []
    for _ in range(3):
        factors = {s: float(rng.choice([0.5, 1.0, 2.0])) for s in loads if rng.random() < 0.7} or {"a": 1.0}
        total = sum(f * loads[s] for s, f in factors.items())
        numbers.append(number(total * 0.99, total * 1.01, **factors))
    system = System(numbers)
    for sample in set(system.samples):
        low, high = system.range({sample: 1.0})
        assert low - 1e-6 <= loads[sample] <= high + 1e-6


# ---- 1: a load with the sample of a discharge beside a consumption without it -----------------------------------


def test_a_discharge_is_not_the_load_less_the_consumption():
    ds = town(biomarkers=(METH, "amphetamine"))
    ds["concentration"].values[:, 0] = [60.0, 80.0, 70.0, 90.0, 50.0, 65.0]
    ds["concentration"].values[:, 1] = 0.09 * ds["concentration"].values[:, 0]
    ds["flag"].values[:] = 0
    ds["concentration"].values[3] = [90.0, 0.05]
    open_ = wbe.estimate(ds, policy=Policy.public(minimum_population_load=0, minimum_plants=1))
    assert open_.chain.unconsumed[METH].tolist() == [False] * 3 + [True] + [False] * 2
    naive = exposure(edition(open_)).query("biomarker == @METH")
    assert len(fixed(naive)) == 1  # so the attack works where both are printed
    found = exposure(edition(wbe.estimate(ds, policy="public"))).query("biomarker == @METH")
    assert len(found)
    assert fixed(found).empty
    assert not found["exposed"].any()


# ---- 2: editions with and without a late plant -------------------------------------------------------------------


def test_the_difference_of_two_editions_is_not_a_late_plants_load(tmp_path):
    whole = town()
    early = whole.isel(sample=slice(0, 5))
    first, second = (edition(wbe.estimate(ds, policy="public")) for ds in (early, whole))
    naive = exposure(second, first.numbers)
    assert len(fixed(naive)) >= 1  # the late plant, were both printed
    ledger = Ledger(tmp_path)
    publish(early, ledger, label="early")
    estimate, verdict = publish(whole, ledger, label="late")
    assert ("city", "2021-01", METH) in verdict.withheld
    assert shown(estimate).empty
    assert fixed(exposure(second.without(set(verdict.withheld)), Ledger(tmp_path).numbers)).empty
    assert "2021-01" in verdict.words()[0].text("en")
    assert "污水厂" not in verdict.words()[0].text("zh")


def test_what_was_printed_may_be_printed_again_and_a_new_month_is_free(tmp_path):
    both, ledger = town(months=2), Ledger(tmp_path)
    first = both.isel(sample=both["time"].dt.month == 1)
    publish(first, ledger, label="January")
    again, verdict = publish(first, ledger, label="January again")
    assert verdict.withheld == ()
    assert len(shown(again))
    later, verdict = publish(both, ledger, label="February")
    assert len(shown(later, "2021-02"))
    assert not verdict.exposure["exposed"].any()


# ---- 3: one plant that serves three districts --------------------------------------------------------------------


def test_one_plant_that_serves_three_districts_is_not_a_city():
    ds = town(districts=3, months=2)
    one = ds.isel(sample=[0, 1])
    units = np.array(["天元区", "荷塘区", "芦淞区"], dtype=object)
    one = one.assign_coords(catchment=("catchment", [str(one["site"].values[0])]), unit=("unit", units))
    one["catchment_weight"] = (("catchment", "unit"), [[0.5, 0.3, 0.2]], {"units": "1"})
    city = wbe.estimate(one).table("city").query("quantity == 'mass_load'")
    assert (city["n_districts"] == 3).all()
    assert (city["status"] == "estimate").all()
    assert shown(wbe.estimate(one, policy="public")).empty


# ---- 4: a month that lacks a plant beside its neighbours ----------------------------------------------------------


def test_a_month_that_lacks_a_plant_has_no_number_of_the_city():
    ds = town(months=3)
    gone = (ds["site"].values == ds["site"].values[0]) & (ds["time"].dt.month.values == 2)
    city = shown(wbe.estimate(ds.isel(sample=~gone), policy="public"))
    assert set(city["month"]) == {"2021-01", "2021-03"}
    assert set(shown(wbe.estimate(ds, policy="public"))["month"]) == {"2021-01", "2021-02", "2021-03"}


# ---- 5: guessing a hidden input from its hash --------------------------------------------------------------------


def test_no_hash_of_the_inputs_leaves_with_the_public_edition(tmp_path):
    import hashlib

    from wbe.runs.writing import write_estimate

    ds = town()
    write_estimate(wbe.estimate(ds, policy="public"), tmp_path / "run.csv", source=tmp_path)
    text = "".join(p.read_text(encoding="utf-8", errors="ignore") for p in tmp_path.iterdir() if p.is_file())
    for value in ds["concentration"].values.ravel():
        for spelled in (repr(float(value)), f"{value:g}"):
            assert hashlib.sha256(spelled.encode()).hexdigest() not in text
    assert json.loads((tmp_path / "run.csv.run.json").read_text(encoding="utf-8"))["inputs"] == []


# ---- the ledger ---------------------------------------------------------------------------------------------------


def small(numbers, loads, least=2):
    frame = pd.DataFrame(
        [("city", "2021-06", METH, s, s, x, 1.0) for s, x in loads.items()],
        columns=["area", "month", "biomarker", "sample", "site", "load", "weight"],
    )
    return Edition(tuple(numbers), frame, WITHIN, least)


LOADS = {"a": 3.0, "b": 4.0, "c": 3.5, "d": 3.2}


def test_the_ledger_holds_every_number_and_each_entry_the_hash_of_the_one_before(tmp_path):
    ledger = Ledger(tmp_path)
    whole = number(13.6, 13.8, a=1.0, b=1.0, c=1.0, d=1.0)
    for label in ("one", "two"):
        ledger.append(small([whole], LOADS), label)
    again = Ledger(tmp_path)
    assert again.numbers == [whole]  # what left twice is known once
    assert [e["printed"] for e in again.entries] == [1, 1]
    assert [e["label"] for e in again.entries] == ["one", "two"]
    assert again.entries[1]["previous"] == again.entries[0]["hash"]
    assert (tmp_path / "ledger.jsonl").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(("how", "entry"), [("altered", 2), ("taken out", 2), ("exchanged", 1), ("not JSON", 3)])
def test_an_altered_ledger_is_refused(tmp_path, how, entry):
    ledger = Ledger(tmp_path)
    for label in ("one", "two", "three"):
        ledger.append(small([number(13.6, 13.8, a=1.0, b=1.0, c=1.0, d=1.0)], LOADS), label)
    lines = ledger.path.read_text(encoding="utf-8").splitlines()
    if how == "altered":
        lines[1] = lines[1].replace('"two"', '"2"')
    elif how == "taken out":
        del lines[1]
    elif how == "exchanged":
        lines[0], lines[1] = lines[1], lines[0]
    else:
        lines[2] = "{"
    ledger.path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with pytest.raises(DisclosureError, match=f"entry {entry}: .*The ledger can only grow"):
        Ledger(tmp_path)


def test_an_edition_that_tells_a_plant_beside_earlier_ones_is_not_written_down(tmp_path):
    ledger = Ledger(tmp_path)
    ledger.append(small([number(10.4, 10.6, a=1.0, b=1.0, c=1.0)], LOADS))
    late = small([number(13.6, 13.8, a=1.0, b=1.0, c=1.0, d=1.0)], LOADS)
    assert ledger.check(late).withheld == (("city", "2021-06", METH),)
    with pytest.raises(DisclosureError, match="tells a single plant's load"):
        ledger.append(late)
    assert len(Ledger(tmp_path).entries) == 1
    ledger.append(late.without({("city", "2021-06", METH)}))
    assert len(Ledger(tmp_path).numbers) == 1


def test_two_plants_more_may_be_told_apart_only_as_a_pair(tmp_path):
    ledger = Ledger(tmp_path)
    loads = LOADS | {"e": 3.1, "f": 2.9}
    ledger.append(small([number(13.6, 13.8, a=1.0, b=1.0, c=1.0, d=1.0)], loads))
    both = small([number(19.6, 19.8, **dict.fromkeys(loads, 1.0))], loads)
    assert ledger.check(both).withheld == ()
    assert ledger.check(small(both.numbers, loads, least=3)).withheld  # a pair is too few where three are asked for


def test_exposure_counts_what_an_insider_knows():
    # of 3 + 10 + 0.1 the insider of 10 knows the 3 to 3 %
    loads = {"a": 3.0, "b": 10.0, "c": 0.1}
    found = exposure(small([number(13.05, 13.15, a=1.0, b=1.0, c=1.0)], loads)).set_index("plant")
    assert bool(found.loc["a", "exposed"])
    assert found.loc["a", "upper"] > 12
    assert found.loc["a", "insider_upper"] == pytest.approx(3.15)
    assert not found.loc["c", "exposed"]


def test_the_office_reads_the_exposure_from_the_disclosure_room():
    assert wbe.disclosure.exposure is exposure


# ---- restated samples: the difference of two editions is what one plant's sample was corrected by ------------------


def corrected(ds, plants, by=1.25):
    flow = ds["flow"].values.copy()
    flow[:plants] *= by
    return ds.assign(flow=("sample", flow, ds["flow"].attrs))


@pytest.mark.parametrize(("plants", "printed"), [(1, False), (2, False), (3, True)])
def test_a_month_is_printed_anew_only_when_enough_plants_were_restated(tmp_path, plants, printed):
    ds, ledger = town(), Ledger(tmp_path)
    publish(ds, ledger)
    estimate, verdict = publish(corrected(ds, plants), ledger)
    assert bool(len(shown(estimate))) is printed
    assert (("city", "2021-01", METH) in verdict.withheld) is not printed
    assert len(Ledger(tmp_path).entries) == 2


def test_a_restated_sample_is_another_unknown_and_an_unchanged_one_the_same(tmp_path):
    ds, ledger = town(), Ledger(tmp_path)
    publish(ds, ledger)
    first = str(ds["sample"].values[0])
    same, other = (edition(wbe.estimate(x, policy="public")) for x in (ds, corrected(ds, 1)))
    assert ledger.as_known(same).numbers == same.numbers
    names = set(ledger.as_known(other).numbers[0].factors)
    assert f"{first}~2" in names
    assert first not in names
    assert set(map(str, ds["sample"].values[1:])) <= names
    publish(corrected(ds, 3), ledger)
    assert ledger.as_known(same).numbers == same.numbers  # the first version keeps its name


def test_the_ledger_tells_restated_loads_apart_and_none_of_them(tmp_path):
    import hashlib
    import hmac

    ds = town()
    publish(ds, Ledger(tmp_path))
    text = (tmp_path / "ledger.jsonl").read_text(encoding="utf-8")
    assert (tmp_path / ".key").stat().st_mode & 0o077 == 0
    loads = edition(wbe.estimate(ds, policy="public")).loads
    for sample, load in zip(loads["sample"], loads["load"], strict=True):
        said = f"{METH}\0{sample}\0{load:.9g}".encode()
        assert hashlib.sha256(said).hexdigest()[:20] not in text
        assert hmac.new((tmp_path / ".key").read_bytes(), said, "sha256").hexdigest()[:20] in text


def test_a_ledger_without_its_key_is_refused(tmp_path):
    publish(town(), Ledger(tmp_path))
    (tmp_path / ".key").unlink()
    with pytest.raises(DisclosureError, match="Put back the copy"):
        Ledger(tmp_path)


def test_a_verdict_opens_the_ledger_only_for_what_it_cleared(tmp_path):
    ledger = Ledger(tmp_path)
    ledger.append(small([number(10.4, 10.6, a=1.0, b=1.0, c=1.0)], LOADS))
    late = small([number(13.6, 13.8, a=1.0, b=1.0, c=1.0, d=1.0)], LOADS)
    with pytest.raises(DisclosureError, match="tells a single plant's load"):
        ledger.append(late, verdict=ledger.check(late))
    assert len(ledger.entries) == 1
