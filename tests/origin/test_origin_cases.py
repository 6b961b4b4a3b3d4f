"""Labelled cases from the literature, called by rules that were fixed before the cases were run."""

import math

import numpy as np
import pytest

import wbe
from wbe.errors import InputError
from wbe.messages import speaking
from wbe.origin import odds, weigh
from wbe.origin.evidence import rows, unconsumed_share
from wbe.testing import small_city

# Emke 2014 Sci Total Environ 487:666; Ljubljana 2020; Reykjavik 2023: enantiomeric fraction R/(R+S), label
CASES = [
    ("mdma", {"enantiomeric_fraction": 0.50, "jump": 35.0}, "discharge"),  # Utrecht 2011
    ("mdma", {"enantiomeric_fraction": 0.511}, "discharge"),  # Ljubljana 2020
    ("mdma", {"enantiomeric_fraction": 0.666}, "use"),  # Ljubljana 2020
    ("amphetamine", {"enantiomeric_fraction": 0.459}, "cannot_tell"),  # Ljubljana 2020
    ("amphetamine", {"enantiomeric_fraction": 0.514}, "cannot_tell"),  # Ljubljana 2020
    ("methamphetamine", {"enantiomeric_fraction": 0.0}, "cannot_tell"),  # Ljubljana 2020, S alone
    ("amphetamine", {"enantiomeric_fraction": 0.40}, "cannot_tell"),  # Reykjavik 2023
    ("amphetamine", {"enantiomeric_fraction": 0.84}, "cannot_tell"),  # Reykjavik 2023
    ("methamphetamine", {"ratios": {"amphetamine/methamphetamine": 0.06}}, "use"),  # Changzhou: .04-.1 is use
    ("methadone", {"ratios": {"eddp/methadone": 1.79}}, "use"),  # excretion of 55 and 27.5 %
]


@pytest.mark.parametrize(("drug", "seen", "label"), CASES)
def test_a_labelled_case_is_called_as_it_was_found(drug, seen, label):
    found = weigh(drug, **seen)
    print(f"{drug} {seen}: odds of discharge {found.odds('discharge'):.3g}, call {found.call}")
    assert found.call == label
    assert sum(found.probability.values()) == pytest.approx(1.0)


def test_the_utrecht_week_is_dumping_with_odds_beyond_twenty():
    found = weigh("mdma", enantiomeric_fraction=0.50, jump=35.0)
    assert found.odds("discharge") > 20
    assert [p.kind for p in found.evidence] == ["enantiomeric_fraction", "jump"]
    shown = found.explain()
    # each piece speaks by its own factor, and together with the prior they give the odds
    prior = 0.010 / 0.985
    assert found.odds("discharge") == pytest.approx(prior * shown["discharge"].prod(), rel=1e-9)
    share = unconsumed_share("mdma", 0.50)
    assert np.median(share) > 0.9


def test_a_jump_alone_is_never_called_a_discharge_below_forty_times():
    for fold in (1.0, 2.0, 5.0, 10.0, 40.0):
        assert weigh("mdma", jump=fold).call in ("use", "cannot_tell")
    assert weigh("mdma", jump=0.2).odds("discharge") < 0.001


def test_ordinary_weekends_and_festivals_are_not_dumping():
    # weeks as the European data have them: weekend over weekday up to five for MDMA, day to day about a half on logs
    rng = np.random.default_rng(4)
    calls = 0
    for _ in range(2000):
        week = np.exp(rng.normal(0, 0.5, 7) + np.array([0, 0, 0, 0, 0.5, 1.2, 1.0]))
        calls += weigh("mdma", jump=float(week.max() / np.median(week))).call == "discharge"
    assert calls / 2000 <= 0.01


def test_each_side_of_a_window_speaks_for_its_side():
    low = weigh("methamphetamine", ratios={"amphetamine/methamphetamine": 0.005})
    assert low.call == "discharge"
    assert low.verdict.code == "origin-call-discharge"
    assert weigh("cocaine", ratios={"benzoylecgonine/cocaine": 0.1}).call == "discharge"
    assert weigh("cocaine", ratios={"benzoylecgonine/cocaine": 2.5}).call == "use"
    assert weigh("ketamine", ratios={"norketamine/ketamine": 0.19}).call in ("use", "cannot_tell")
    with speaking("zh"):
        assert "行动前请核实" in low.verdict.text()


def test_without_evidence_nothing_is_called():
    for found in (weigh("mdma"), weigh("methamphetamine", ratios={"x/y": 1.0})):
        assert found.call == "cannot_tell"
        assert found.evidence == ()
        assert found.probability["use"] == pytest.approx(0.985)
    assert weigh("mdma").odds("use") == pytest.approx(0.985 / 0.015)


def test_what_cannot_be_is_refused_all_at_once():
    with pytest.raises(InputError) as caught:
        weigh("mdma", enantiomeric_fraction=66.6, ratios={"a/b": 0.0}, jump=math.inf)
    assert caught.value.codes == ["origin-fraction", "origin-positive", "origin-positive"]
    assert weigh("mdma", enantiomeric_fraction=1.0).call in ("use", "cannot_tell")
    with pytest.raises(InputError):
        weigh("mdma", enantiomeric_fraction=-0.01)


def test_every_rule_names_its_source_and_what_use_looks_like():
    for kind in ("enantiomeric_fraction", "ratio", "jump"):
        for drug in ("mdma", "amphetamine", "methamphetamine", "cocaine", "ketamine", "methadone"):
            for row in rows(kind, drug):
                assert row["citation"]
                assert row["status"] in ("verified", "derived", "memory")
                assert kind == "jump" or {"use", "discharge"} <= set(row)


def city_with(**values):
    samples = small_city(districts=2, months=6, equal=True, biomarkers=tuple(values))
    for name, value in values.items():
        at = {"biomarker": list(values).index(name)}
        samples["concentration"][at] = np.broadcast_to(np.asarray(value, dtype=float), samples.sizes["sample"])
    return samples


def test_an_estimate_is_read_cell_by_cell_and_the_jump_stands_beside_the_ratio():
    meth = np.full(12, 100.0)
    samples = city_with(methamphetamine=meth, amphetamine=9.0)
    spilled = int(np.flatnonzero((samples["district"] == "荷塘区").values)[3])
    samples["concentration"][{"sample": spilled, "biomarker": 0}] = 3000.0
    table = odds(wbe.estimate(samples))
    found = table[(table["drug"] == "methamphetamine") & (table["call"] == "discharge")]
    assert found["district"].tolist() == ["荷塘区"]
    assert found["month"].tolist() == [str(wbe.samples.month(samples).values[spilled])]
    assert "load / usual 30" in found["evidence"].iloc[0]
    assert (table.loc[table.index.difference(found.index), "call"] == "use").all()
    assert table[["use", "discharge", "manufacture", "medicine"]].sum(axis=1).to_numpy() == pytest.approx(1.0)


def test_enantiomers_of_the_samples_are_read_and_say_how_much_no_body_took():
    samples = city_with(mdma=50.0)
    fraction = np.full((12, 1), 0.67)
    fraction[5] = 0.5
    samples["enantiomeric_fraction"] = (("sample", "biomarker"), fraction, {"units": "1"})
    table = odds(wbe.estimate(samples))
    called = table[table["call"] == "discharge"]
    assert len(called) == 1
    assert called["unconsumed"].iloc[0] > 0.9
    assert called["unconsumed_lower"].iloc[0] < called["unconsumed"].iloc[0] <= called["unconsumed_upper"].iloc[0]
    assert (table.drop(called.index)["unconsumed"] < 0.35).all()


def test_a_hypothesis_on_which_a_row_is_silent_is_neither_helped_nor_harmed():
    found = weigh("cocaine", ratios={"benzoylecgonine/cocaine": 2.5})
    (piece,) = found.evidence
    assert piece.weight("medicine") == 0.0
    assert piece.weight("discharge") < -2
    # by hand: log-normal densities at the median of use
    by_hand = -0.5 * (math.log(2.5 / 0.10) / 1.2) ** 2 - math.log(1.2) + math.log(0.5)
    assert piece.weight("discharge") == pytest.approx(by_hand)
    assert found.explain()["discharge"].item() == pytest.approx(math.exp(by_hand))


def test_a_drug_without_a_rule_on_enantiomers_gets_no_row_from_them():
    samples = city_with(methamphetamine=50.0)
    samples["enantiomeric_fraction"] = (("sample", "biomarker"), np.full((12, 1), 0.02), {"units": "1"})
    assert odds(wbe.estimate(samples)).empty
    # and one with a rule gets none where nobody measured them
    assert odds(wbe.estimate(city_with(mdma=50.0))).empty
