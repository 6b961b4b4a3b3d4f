"""What stands behind a cell, counted by hand: samples, days, people, plants, reasons, notes, shares, sizes."""

import numpy as np
import pytest
from scipy import sparse

import wbe
from wbe.estimation.amounts import Amount, Common
from wbe.estimation.budget import log_sds, sources
from wbe.estimation.bycity import _together
from wbe.estimation.counts import WHY, behind, heads, lacking, reasons
from wbe.estimation.laying import by_level, squares_together
from wbe.estimation.sizes import _taken, typical_cvs
from wbe.samples import Flag
from wbe.testing import small_city
from wbe.variability import learn

METH, KET = "methamphetamine", "ketamine"


def plants():
    """Three plants, the third in the second's district: 3, 2 and 2 samples of two drugs in June 2021.

    Loads of METH in g/d by sample: 1, 2, 3 (a grab); 4 on a Saturday, < 1; 6, above the range, and not run.
    """
    ds = small_city(districts=1, months=1, samples_per_month=7, biomarkers=(METH, KET), equal=True)
    sites = np.array(["a", "a", "a", "b", "b", "c", "c"], dtype=object)
    days = ["2021-06-01", "2021-06-03", "2021-06-08", "2021-06-05", "2021-06-09", "2021-06-02", "2021-06-04"]
    ds = ds.assign_coords(
        site=("sample", sites), district=("sample", np.where(sites == "a", "one", "two").astype(object)),
        time=("sample", np.array(days, dtype="datetime64[ns]")), batch=("sample", ["2021-06"] * 7),
        sample_type=("sample", ["24h_composite"] * 2 + ["grab"] + ["24h_composite"] * 4),
    )  # fmt: skip
    ds["flow"][:] = 1e4
    ds["concentration"][:, 0] = np.array([1, 2, 3, 4, 1, 6, 1]) * 100.0
    ds["concentration"][:, 1] = 100.0
    ds["flag"][:] = int(Flag.DETECTED)
    ds["lod"][:], ds["loq"][:] = 100.0, 100.0
    ds["flag"][4, 0], ds["concentration"][4, 0] = int(Flag.BELOW_LOD), np.nan
    ds["flag"][5, 0] = int(Flag.ABOVE_ULOQ)
    ds["flag"][6, 0], ds["concentration"][6, 0] = int(Flag.NOT_RUN), np.nan
    ds["population"][:] = np.where(sites == "a", 1e5, np.where(sites == "b", 2e5, 3e5))
    return ds


@pytest.fixture(scope="module")
def estimate():
    return wbe.estimate(plants(), scenarios=None)


def counted(estimate, kind, quantity="mass_load"):
    return behind(estimate.engine, kind, quantity, METH, METH)


def test_samples_days_and_plants_of_districts_are_counted(estimate):
    found = counted(estimate, "district")
    assert estimate.districts == ("one", "two")
    told = {
        "ran": [3, 3], "detected": [3, 2], "used": [3, 3], "below": [0, 1], "above": [0, 1], "grab": [1, 0],
        "zeros": [0, 0], "dumped": [0, 0], "sites": [1, 2], "had": [1, 2], "weekdays": [3, 2], "weekends": [0, 1],
    }  # fmt: skip
    for name, expected in told.items():
        assert getattr(found, name).tolist() == expected, name
    assert found.people == pytest.approx([1e5, 5e5])
    assert found.units.tolist() == [1, 1]
    assert np.isnan(found.largest).all()  # above the district alone
    assert found.plants == found.rests_on == {}


def test_a_city_knows_its_plants_their_detections_and_the_largest(estimate):
    found = counted(estimate, "city")
    assert [int(x[0]) for x in (found.ran, found.used, found.units, found.seen, found.sites, found.had)] == [
        6, 6, 2, 3, 3, 3,
    ]  # fmt: skip
    # means of what was detected: 2, 4 and 6 g/d
    assert found.largest[0] == pytest.approx(6 / 12)
    assert counted(estimate, "city", "normalised_load").largest[0] == pytest.approx(6 / 12)  # loads, not loads per head
    assert found.plants == {0: "0,1,2"}
    assert len(found.rests_on[0]) == 16
    assert found.people[0] == pytest.approx(6e5)
    assert heads(estimate.engine, "city") == pytest.approx(np.full((2, 1), 6e5))


def test_what_a_number_rests_on_has_one_name_for_one_set_of_samples(estimate):
    same = counted(estimate, "city", "normalised_load").rests_on
    other = behind(estimate.engine, "city", "mass_load", KET, KET).rests_on  # seven samples of it, six of METH
    assert counted(estimate, "city").rests_on == same != other


def test_amounts_are_sums_of_means_of_days(estimate):
    row = estimate.table("city", quantity="mass_load", drug=METH).iloc[0]
    own = estimate.engine.counted(METH, estimate.chain.quantity["mass_load"][METH])[0][4]
    assert row["median"] == pytest.approx(2 + (4 + own) / 2 + 6)
    assert 0.5 < own < 0.56
    per_head = estimate.table("city", quantity="normalised_load", drug=METH).iloc[0]["median"]
    assert per_head == pytest.approx(row["median"] / 6e5 * 1e6)
    notes = row["note_codes"].split()
    for code in ("some-below", "above-range", "grab"):
        assert f"estimation-{code}" in notes
    assert "estimation-no-weekend" not in notes
    one = estimate.table(quantity="mass_load", drug=METH).set_index("district")["note_codes"]
    assert "estimation-no-weekend" in one["one"].split()
    assert "estimation-above-range" not in one["one"].split()
    assert "1 of 6 above" in row["note"]
    assert "1 of 6 grab" in row["note"]


def test_a_plant_without_a_usable_sample_is_named_and_a_cell_without_one_has_its_reason():
    ds = plants()
    ds["flow"][5:] = np.nan  # plant c has no flow
    found = wbe.estimate(ds, scenarios=None)
    assert lacking(found.engine, "city", "mass_load", METH, 0) == ("c",)
    assert lacking(found.engine, "city", "mass_load", METH, 0) == lacking(found.engine, "all", "mass_load", METH, 0)
    row = found.table("city", quantity="mass_load", drug=METH).iloc[0]
    assert row["status"] == "incomplete"
    assert counted(found, "city").sites.tolist() == [2]
    ds["flow"][:] = np.nan
    none = wbe.estimate(ds, scenarios=None)
    code = reasons(none.engine, "district", "mass_load", METH)
    assert [WHY[c] for c in code] == ["no_flow"] * 2
    ds = plants()
    ds["population"][:3] = np.nan
    part = wbe.estimate(ds, scenarios=None)
    assert [WHY[c] for c in reasons(part.engine, "district", "normalised_load", METH)] == [
        "no_population", "below_limit",
    ]  # fmt: skip
    assert [WHY[c] for c in reasons(part.engine, "district", "mass_load", METH)] == ["below_limit"] * 2
    ds["flag"][:3, 0], ds["concentration"][:3, 0] = int(Flag.NOT_RUN), np.nan
    assert reasons(wbe.estimate(ds, scenarios=None).engine, "district", "mass_load", METH)[0] == -1


def test_each_scenario_has_the_users_that_it_has_alone():
    ds = small_city(districts=2, months=1, biomarkers=(METH,), equal=True)
    names = ["meth-cn-beijing-2013", "meth-cn-dalian-2015"]
    both = wbe.estimate(ds, scenarios=names).users_by_scenario().set_index(["scenario", "district"])["median"]
    for name in names:
        alone = wbe.estimate(ds, scenarios=name).table(quantity="users").set_index("district")["median"]
        assert both[name].to_dict() == alone.to_dict()
    assert both[names[0]].iloc[0] != both[names[1]].iloc[0]


def test_series_name_every_method_behind_a_month():
    ds = plants().assign_coords(method_version=("sample", ["B", "A", "B", "", "", "A", "A"]))
    told = wbe.estimate(ds, scenarios=None).series("mass_load").query("biomarker == @METH").set_index("district")
    assert told["method_version"].to_dict() == {"one": "A+B", "two": "A"}
    sds = told[["log_sd_within", "log_sd_between", "log_sd_total"]].to_numpy()
    assert (sds[:, 2] >= sds[:, :2].max(axis=1)).all()
    z = np.log(told["comparable_upper"] / told["comparable_lower"]) / 2 / told["log_sd_between"]
    assert z.to_numpy() == pytest.approx(1.959964, rel=1e-6)


def test_a_ratio_counts_the_samples_of_both_sides(estimate):
    row = estimate.ratio("one", "two", "mass_load").query("drug == @METH").iloc[0]
    assert (row["n_a"], row["n_b"]) == (3, 3)
    table = estimate.table(quantity="mass_load", drug=METH).set_index("district")["median"]
    assert row["ratio"] == pytest.approx(table["one"] / table["two"])
    assert row["p_greater"] < 0.1
    ds = plants()
    ds["flag"][:3, 0], ds["concentration"][:3, 0] = int(Flag.BELOW_LOD), np.nan
    hidden = wbe.estimate(ds, scenarios=None).ratio("one", "two", "mass_load").query("drug == @METH").iloc[0]
    assert np.isnan(hidden["ratio"])
    assert hidden["text"].startswith("one: < 1")
    assert "; two: " in hidden["text"]


def test_explain_says_what_a_sample_below_the_limit_counts(estimate):
    told = estimate.explain("two", "2021-06", METH, "mass_load", language="en")
    own = estimate.engine.counted(METH, estimate.chain.quantity["mass_load"][METH])[0][4]
    lines = [line for line in told.splitlines() if "ng/L x 10,000 m3/d" in line]
    assert len(lines) == 3
    assert "400 ng/L x 10,000 m3/d = 4 g/d" in lines[0]
    assert "100" in lines[1]
    assert f"{100 * own:.6g}" in lines[1]
    assert f"= {own:.6g} g/d" in lines[1]
    assert all(f"{w} inhabitants" in line for w, line in zip(("200,000", "200,000", "300,000"), lines, strict=True))
    assert "(weight 0.5)" in lines[0]
    assert "(weight 1)" in lines[2]
    assert f"{(4 + own) / 2:.6g} + 6" in told


# ---- shares and sizes ----


def test_what_is_drawn_together_adds_before_it_is_squared():
    group, key, code = np.array([0, 0, 0, 1]), np.array([5, 5, 6, 5]), np.array([1, 1, 0, 1])
    found = squares_together(group, key, code, np.array([0.2, 0.3, 0.5, 1.0]), 3, 2)
    assert found == pytest.approx(np.array([[0.25, 0.25], [0.0, 1.0], [0.0, 0.0]]))
    none = np.zeros(0, dtype=int)
    assert squares_together(none, none, none, np.zeros(0), 2, 1).tolist() == [[0.0], [0.0]]


def test_shares_of_one_level_add_up():
    rows = sparse.csr_matrix(np.array([[0.2, 0.3, 0.5], [0.0, 1.0, 0.0]]))
    assert by_level(rows, np.array([0, 1, 0]), 3).toarray() == pytest.approx(np.array([[0.7, 0.3, 0], [0, 1, 0]]))


def test_a_name_that_a_month_did_not_know_takes_its_largest_size():
    values = np.array([[1.0, 4.0, 2.0], [6.0, 5.0, 3.0]])
    assert _taken(values, ["a", "b", "c"], ["c", "a"]).tolist() == [[2.0, 1.0], [3.0, 6.0]]
    assert _taken(values, ["a", "b", "c"], ["c", "new"]).tolist() == [[2.0, 4.0], [3.0, 6.0]]
    assert _taken(values.T, ["a", "b", "c"], ["new", "b"], axis=0).tolist() == [[4.0, 6.0], [4.0, 5.0]]


def test_sizes_of_single_samples_are_the_learnt_ones_and_a_users_meter():
    own = {"flow": 0.07, "analysis": 0.12, "batch": 0.03, "sampling:24h_composite": 0.2}
    found = typical_cvs(learn(small_city(), own), {**own, "flow_meter": 0.15})
    assert found == pytest.approx({**own, "flow_meter": 0.15}, rel=1e-9)
    assert "flow_meter" not in typical_cvs(learn(small_city(), own), own)


# ---- sources and cities put together ----


def amount(value, own, common=(), parts=None, hidden=False, limit=None, shift=0.0):
    """One cell of one site and month."""
    one = np.ones(1)
    given = {"day": np.array([[np.expm1(own)]])} if parts is None else {k: np.array([[v]]) for k, v in parts.items()}
    return Amount(
        np.zeros(1, int), one * value, one * (value if limit is None else limit), one * value / 2, np.array([hidden]),
        np.zeros(1, int), np.zeros(1, int), one, given, np.array([[own]]), tuple(common), np.array([[0.04]]),
        one * shift, (), sparse.csr_matrix((1, 1)), one, mean=one * value * (0.5 if hidden else 1.0),
    )  # fmt: skip


def term(name, scope, by, learnt=False, centre=0):
    return Common(name, scope, sparse.csr_matrix(np.array([list(by.values())])), tuple(by), learnt, centre)


def test_sources_split_the_own_error_by_their_parts_and_add_what_is_shared():
    shared = [
        term("batch", ("batch",), {"x": 1.0, "y": 0.5}, learnt=True, centre=1),
        term("flow_meter", ("site",), {"p": 0.1}, centre=1),
        term("excretion", ("drug",), {"d": 0.3}),
    ]
    found = amount(10.0, 0.2, shared, {"day": 0.3, "sampling": 0.1})
    told = {s.name: float(s.variance[0, 0]) for s in sources(found)}
    assert told == pytest.approx({"day": 0.15, "sampling": 0.05, "batch": 1.25 * 0.04, "flow_meter": 0.01,
                                  "excretion": 0.09})  # fmt: skip
    sds = {name: float(sd[0]) ** 2 for name, sd in log_sds(found).items()}
    # from month to month: days, samples, batches; between districts: days, samples, meters
    assert sds == pytest.approx({"within": 0.25, "between": 0.21, "total": 0.35})


def test_cities_add_their_own_errors_by_squares_and_what_they_share_by_shares():
    shared = [
        term("batch", ("batch",), {"x": 1.0}, True, 1),
        term("excretion", ("drug",), {"d": 0.3}),
        term("flow_meter", ("site",), {"p": 0.1}, centre=1),  # one name in both cities, and two meters
    ]
    a, b = amount(6.0, np.log(1.5), shared), amount(2.0, np.log(1.2), shared, shift=0.2)
    both = _together([("A", a, 0), ("B", b, 0)], np.ones(2))
    assert both.value[0] == both.mean[0] == 8.0
    assert both.limit[0] == 8.0
    assert both.zero[0] == 4.0
    assert both.own[0, 0] == pytest.approx(np.log1p(0.75**2 * 0.5 + 0.25**2 * 0.2))
    variance = {t.name: float(t.variance()[0]) for t in both.common}
    assert variance == pytest.approx({"batch": 1.0, "excretion": 0.09, "flow_meter": 0.01 * (0.75**2 + 0.25**2)})
    assert both.shift[0] == pytest.approx(np.log(0.75 + 0.25 * np.exp(0.2)))
    assert {t.name: (t.learnt, t.centre) for t in both.common} == {
        "batch": (True, 1), "excretion": (False, 0), "flow_meter": (False, 1),
    }  # fmt: skip
    weighed = _together([("A", a, 0), ("B", b, 0)], np.array([0.25, 0.75]))
    assert weighed.value[0] == pytest.approx(0.25 * 6 + 0.75 * 2)


def test_a_city_of_non_detects_lies_anywhere_below_its_limit_beside_others_and_at_it_alone():
    seen, blind = amount(6.0, np.log(1.5)), amount(2.0, np.log(1.2), hidden=True)
    both = _together([("A", seen, 0), ("B", blind, 0)], np.ones(2))
    assert not both.hidden[0]
    assert both.value[0] == 7.0  # 6 and the mean 1, not the limit 2
    assert both.limit[0] == 8.0
    share = np.array([6.0, 1.0]) / 7
    assert both.own[0, 0] == pytest.approx(np.log1p(share[0] ** 2 * 0.5 + share[1] ** 2 * (1.2 * 4 / 3 - 1)))
    alone = _together([("B", blind, 0)], np.ones(1))
    assert alone.hidden[0]
    assert alone.value[0] == 2.0
    assert alone.own[0, 0] == pytest.approx(np.log1p(0.2))


def test_a_month_without_a_sample_has_no_size_and_no_method_of_another():
    ds = small_city(districts=2, months=3, biomarkers=(METH,), equal=True)
    gap = ds.isel(sample=((ds["district"] != "天元区") | (ds["time"].dt.month != 2)).values)
    told = wbe.estimate(gap).series("mass_load").set_index(["district", "month"])
    row = told.loc[("天元区", "2021-02")]
    assert np.isnan(row[["median", "log_sd_within", "log_sd_between", "log_sd_total"]].astype(float)).all()
    assert row["method_version"] == ""
    assert told["log_sd_total"].notna().sum() == 5


def test_a_notebook_shows_the_last_month_with_a_row_for_each_district(estimate):
    import io

    import pandas as pd

    html = estimate._repr_html_()
    assert "SYNTHETIC DATA" in html
    assert "2021-06" in html
    table = pd.read_html(io.StringIO(html[html.index("<table") :]), index_col=0)[0]
    assert table.index.tolist() == ["one", "two"]
    shown = estimate.table(quantity="normalised_load", drug=METH).set_index("district")["text"]
    at = [column[:2] == ("normalised_load", METH) for column in table.columns]
    assert table.loc[:, at].iloc[:, 0].to_dict() == shown.to_dict()


def test_the_first_place_is_a_place_like_any_other():
    from wbe.estimation.amounts import _teams

    # cells of places {1}, {0, 1}, {0}, {1} in one area, and {1} in another
    place, starts = np.array([1, 0, 1, 0, 1, 1]), np.array([0, 1, 3, 4, 5])
    team = _teams(np.array([0, 0, 0, 0, 7]), place, starts)
    assert team[0] == team[3]
    assert len({int(t) for t in team}) == 4
