"""Laws of the comparison of two runs, on tables and samples that are small enough to check by hand."""

from __future__ import annotations

import itertools
import json
import re

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

from wbe.errors import InputError
from wbe.runs.difference import _causes, _only, _revised, diff, shapley
from wbe.runs.hybrids import CAUSES, between, changed_causes, settings_of
from wbe.runs.inputs import pack, plain, unpack
from wbe.runs.loading import Loaded, settings_that_differ
from wbe.samples import Flag
from wbe.testing import small_city

CITY = small_city(districts=2, months=2, biomarkers=("methamphetamine", "ketamine"))
KEYS = ["district", "month", "drug", "biomarker", "quantity"]


def row(district="d", median=10.0, lower=5.0, upper=20.0, text="10", quantity="mass_load", month="2021-06", **more):
    return {"district": district, "month": month, "drug": "x", "biomarker": "x", "quantity": quantity,
            "median": median, "lower": lower, "upper": upper, "text": text} | more  # fmt: skip


def joined(a, b):
    both = pd.DataFrame(a).merge(pd.DataFrame(b), on=KEYS, how="outer", suffixes=("_a", "_b"), indicator=True)
    return both[both["_merge"] == "both"]


# ---- which rows moved ----------------------------------------------------------------------------------------------


def test_a_number_moved_when_any_of_its_three_or_its_text_did():
    a = [row(d) for d in "abcde"]
    b = [row("a"), row("b", median=11.0), row("c", lower=4.0), row("d", upper=21.0), row("e", text="10 *")]
    assert sorted(_revised(joined(a, b))["district"]) == ["b", "c", "d", "e"]


def test_a_difference_below_a_billionth_is_none():
    a = [row("a"), row("b")]
    b = [row("a", median=10.0 * (1 + 5e-10)), row("b", median=10.0 * (1 + 5e-9))]
    assert list(_revised(joined(a, b))["district"]) == ["b"]
    assert len(_revised(joined([row(median=np.nan)], [row(median=np.nan)]))) == 0  # unknown is as it was


def test_a_bound_is_compared_by_its_upper_end():
    a = [row("bound", np.nan, 0.0, 20.0), row("came", np.nan, 0.0, 20.0), row("number", 10.0)]
    b = [row("bound", np.nan, 0.0, 30.0), row("came", 7.0, 3.0, 20.0), row("number", 12.0)]
    found = _revised(joined(a, b)).set_index("district")
    assert found.loc["bound", ["measure", "was", "now", "change"]].tolist() == ["upper", 20.0, 30.0, 10.0]
    assert found.loc["number", ["measure", "was", "now", "change"]].tolist() == ["median", 10.0, 12.0, 2.0]
    assert found.loc["came", "measure"] == "upper"
    assert found.index[0] == "number"  # numbers stand before bounds


def test_the_largest_relative_change_stands_first_up_or_down():
    a = [row("tenth", 100.0), row("half", 10.0), row("double", 1.0), row("gone", np.nan, np.nan, np.nan)]
    b = [row("tenth", 110.0), row("half", 4.0), row("double", 2.0), row("gone", np.nan, np.nan, 4.0)]
    assert list(_revised(joined(a, b))["district"]) == ["half", "double", "tenth", "gone"]


def test_users_carry_their_statement_and_other_numbers_none():
    told = [row("d", quantity="users", note="then"), row("d", quantity="doses", note="then"),
            row("e", quantity="users", note="then")]  # fmt: skip
    now = [row("d", 11.0, quantity="users", note="now"), row("d", 11.0, quantity="doses", note="now"),
           row("e", 11.0, quantity="users", note="")]  # fmt: skip
    found = _revised(joined(told, now)).set_index(["district", "quantity"])["statement"]
    assert found["d", "users"] == "now"
    assert found["e", "users"] == "then"
    assert found["d", "doses"] == ""


# ---- causes --------------------------------------------------------------------------------------------------------


def test_causes_stand_by_their_share_of_all_relative_change():
    rows = pd.DataFrame([row("a", was=100.0, flow=10.0, population=0.0), row("b", was=10.0, flow=-0.5, population=6.0)])
    found = _causes(rows).set_index("cause")
    # flow moves .10 and .05, population .60
    assert list(found.index) == ["population", "flow"]
    assert found["numbers"].tolist() == [1, 2]
    assert found["share"].tolist() == pytest.approx([0.6 / 0.75, 0.15 / 0.75])
    assert found["largest"].tolist() == pytest.approx([0.6, 0.1])
    assert found.loc["flow", "where"] == "a 2021-06 x mass_load"
    assert found["share"].sum() == pytest.approx(1)


def test_a_cause_that_moved_nothing_is_not_listed_and_a_start_from_zero_has_no_share():
    rows = pd.DataFrame([row(was=0.0, flow=1.0, limits=0.0), row(was=10.0, flow=1.0, limits=0.0)])
    found = _causes(rows)
    assert found["cause"].tolist() == ["flow"]
    assert found["largest"].tolist() == pytest.approx([0.1])
    assert found["numbers"].tolist() == [1]
    assert _causes(pd.DataFrame([row(was=1.0)])).empty


def test_a_month_is_new_when_the_other_run_has_nothing_of_it():
    a, b = [row("a"), row("a", month="2021-05")], [row("a"), row("b"), row("a", month="2021-07")]
    both = pd.DataFrame(a).merge(pd.DataFrame(b), on=KEYS, how="outer", suffixes=("_a", "_b"), indicator=True)
    run_a, run_b = (Loaded(None, pd.DataFrame(t), {}) for t in (a, b))
    new, gone = _only(both, "right_only", "b", run_a), _only(both, "left_only", "a", run_b)
    assert dict(zip(new["district"] + new["month"], new["whole_month"], strict=True)) == {
        "b2021-06": False, "a2021-07": True,
    }  # fmt: skip
    assert gone["whole_month"].tolist() == [True]
    assert gone["text"].tolist() == ["10"]


@given(st.lists(st.floats(-3, 3), min_size=1, max_size=4), st.lists(st.floats(-3, 3), min_size=6, max_size=6))
def test_parts_always_add_up_and_are_the_mean_over_all_orders(own, pair):
    causes = list("abcd")[: len(own)]
    pairs = dict(zip(itertools.combinations("abcd", 2), pair, strict=True))

    def worth(changed):
        alone = sum(x for c, x in zip(causes, own, strict=True) if c in changed)
        return np.array([alone + sum(x for p, x in pairs.items() if set(p) <= changed)])

    parts = shapley(causes, worth)
    assert float(sum(parts.values())[0]) == pytest.approx(float(worth(frozenset(causes))[0]), abs=1e-9)
    for cause in causes:
        steps = [
            worth(frozenset(order[: order.index(cause) + 1])) - worth(frozenset(order[: order.index(cause)]))
            for order in itertools.permutations(causes)
        ]
        assert float(parts[cause][0]) == pytest.approx(float(np.mean(steps)), abs=1e-9)


# ---- hybrids -------------------------------------------------------------------------------------------------------

TOUCHED = {
    "concentration": ["concentration", "flag"], "flow": ["flow"], "population": ["population", "population_basis"],
    "limits": ["lod", "loq"], "method": ["batch", "district", "sample_type", "method_version"],
}  # fmt: skip


def touched(ds, name):
    values = ds[name].values
    if values.dtype.kind == "f":
        new = values * 1.5
    elif name == "flag":
        new = np.full_like(values, int(Flag.DETECTED))
    else:
        new = np.array([f"{v} again" for v in values], dtype=object)
    return ds.assign({name: (ds[name].dims, new, ds[name].attrs)})


@pytest.mark.parametrize(("cause", "name"), [(c, n) for c, names in TOUCHED.items() for n in names])
def test_each_variable_moves_with_its_cause_alone(cause, name):
    other = touched(CITY, name)
    assert changed_causes(CITY, other) == {cause}
    with_it, without = between(CITY, other, {cause}), between(CITY, other, set(CAUSES) - {cause})
    np.testing.assert_array_equal(with_it[name].values, other[name].values)
    np.testing.assert_array_equal(without[name].values, CITY[name].values)


def test_nothing_changed_is_no_cause_and_a_sample_more_or_less_is():
    assert changed_causes(CITY, CITY) == set()
    fewer = CITY.isel(sample=slice(1, None))
    assert changed_causes(CITY, fewer) == changed_causes(fewer, CITY) == {"samples"}


def test_settings_of_a_cause_come_from_the_data():
    assert "profile" in settings_of("factors")
    assert settings_of("population") == ["population"]
    assert settings_of("samples") == settings_of("nothing") == []


def test_a_variable_of_one_run_only_goes_with_its_cause():
    more = CITY.assign(cod=("sample", np.arange(4.0), {"units": "mg L-1"}))
    for a, b, cause_there, cause_absent in ((CITY, more, True, False), (more, CITY, False, True)):
        assert ("cod" in between(a, b, {"population"})) is cause_there
        assert ("cod" in between(a, b, {"flow"})) is cause_absent
    assert changed_causes(CITY, more) == {"population"}


def test_a_biomarker_of_one_run_only_is_there_when_its_results_are():
    one = CITY.sel(biomarker=["methamphetamine"])
    assert changed_causes(one, CITY) >= {"concentration"}
    assert list(between(one, CITY, {"concentration"})["biomarker"].values) == ["methamphetamine", "ketamine"]
    assert list(between(one, CITY, {"flow"})["biomarker"].values) == ["methamphetamine"]
    assert list(between(CITY, one, {"flow"})["biomarker"].values) == ["methamphetamine", "ketamine"]


def test_a_sample_that_is_gone_stays_unless_samples_are_the_cause():
    later = touched(CITY, "flow").isel(sample=slice(1, None))
    kept = between(CITY, later, {"flow"})
    assert list(kept["sample"].values) == list(CITY["sample"].values)
    assert kept["flow"].values[0] == CITY["flow"].values[0]  # nobody knows another flow of it
    np.testing.assert_allclose(kept["flow"].values[1:], CITY["flow"].values[1:] * 1.5)


def test_samples_of_one_name_are_refused():
    twice = xr.concat([CITY, CITY.isel(sample=[0])], "sample")
    for pair in ((twice, CITY), (CITY, twice)):
        with pytest.raises(InputError) as caught:
            between(*pair, set())
        assert caught.value.codes == ["runs-samples-repeat"]
        with pytest.raises(InputError):
            changed_causes(*pair)


# ---- what is kept of the samples -----------------------------------------------------------------------------------


def test_every_kind_of_value_comes_back(tmp_path):
    ds = CITY.assign(
        whole=("sample", np.arange(4, dtype="int32")), yes=("sample", np.array([True, False, True, True])),
        when=("sample", np.array(["2021-01-01", "NaT", "2021-02-01T06:00", "2020-02-29"], "datetime64[ns]")),
        part=("sample", np.array([1.5, np.nan, 0.1, 1e300])),
    )  # fmt: skip
    ds.attrs |= {"reading_log": "{}", "title": "a city", "count": 3}
    ds["flow"].attrs["comment"] = "by the plant"
    path = tmp_path / "s.json.gz"
    path.write_bytes(pack(ds, "of"))
    back = unpack(path, "of")
    for name in ("whole", "yes", "when", "part", "flow", "flag", "site"):
        np.testing.assert_array_equal(back[name].values, ds[name].values)
        assert back[name].dims == ds[name].dims
    assert back["whole"].dtype == np.int32
    assert back["yes"].dtype == bool
    assert set(back.coords) == set(ds.coords)
    assert back["flow"].attrs["comment"] == "by the plant"
    assert back.attrs["title"] == "a city"
    assert back.attrs["count"] == 3
    assert "reading_log" not in back.attrs


def test_equal_samples_give_equal_bytes_and_other_ones_others():
    assert pack(CITY, "a") == pack(CITY.copy(deep=True), "a")
    assert pack(CITY, "a") != pack(CITY, "b")
    assert plain(CITY) != plain(CITY.assign_attrs(title="another"))
    assert plain(CITY) == plain(CITY.assign_attrs(reading_log="what was read"))
    json.loads(plain(CITY))  # text that any program reads


@pytest.mark.parametrize("broken", [b"", b"{}", b'{"of":"x"}', b"[1]", b'{"of":"","samples":{"variables":{}}}'])
def test_a_file_of_another_kind_is_no_samples(tmp_path, broken):
    import gzip

    path = tmp_path / "s.json.gz"
    path.write_bytes(gzip.compress(broken))
    with pytest.raises(InputError) as caught:
        unpack(path)
    assert caught.value.codes == ["runs-no-samples"]
    path.write_bytes(pack(CITY)[:-20])
    with pytest.raises(InputError) as caught:
        unpack(path)
    assert caught.value.codes == ["runs-no-samples"]


# ---- settings and loading -------------------------------------------------------------------------------------------


def test_settings_that_differ_leave_out_what_differs_between_any_two_runs():
    a = Loaded(None, pd.DataFrame(), {"profile": "one", "made": "then", "level": 0.95, "seed": 1})
    b = Loaded(None, pd.DataFrame(), {"profile": "two", "made": "now", "level": 0.95, "new": 7})
    assert settings_that_differ(a, b).values.tolist() == [["profile", "one", "two"], ["seed", 1, None],
                                                         ["new", None, 7]]  # fmt: skip
    assert a.causes_against(b) == {"factors", "model"}
    assert a.causes_against(a) == set()


@pytest.mark.parametrize("name", ["nothing", "nothing.csv"])
def test_what_is_no_run_is_refused_by_its_path(tmp_path, name):
    with pytest.raises(InputError, match=name) as caught:
        diff(tmp_path / name, tmp_path / name)
    assert caught.value.codes == ["runs-no-run"]
    with pytest.raises(InputError) as caught:
        diff(tmp_path, tmp_path)  # a folder without a record
    assert caught.value.codes == ["runs-no-run"]


def parted(monkeypatch, rest, was):
    """Two numbers that flow and people move by 1 each; the second moves by ``rest`` more, which no cause explains."""
    from wbe.runs import difference

    other = touched(touched(CITY, "flow"), "population")
    a, b = (Loaded(None, pd.DataFrame(), {}, ds) for ds in (CITY, other))
    months = sorted(set(np.asarray(difference.month_of(CITY).values)))
    keys = [row(d, month=months[0]) for d in "ab"]

    def table(_a, _b, _mixed, changed):
        return pd.DataFrame([k | {"median": was + len(changed), "upper": np.nan} for k in keys])

    monkeypatch.setattr(difference, "estimate_between", table)
    rows = pd.DataFrame(keys).assign(measure="median", was=was, now=[was + 2, was + 2 + rest])
    return difference._shares(a, b, rows.assign(change=rows["now"] - rows["was"]))


def test_what_no_cause_explains_of_one_number_is_the_models(monkeypatch):
    found = parted(monkeypatch, rest=3.0, was=10.0)
    assert found["model"].tolist() == pytest.approx([0.0, 3.0])
    assert found["flow"].tolist() == pytest.approx([1.0, 1.0])
    assert found["population"].tolist() == pytest.approx([1.0, 1.0])


@pytest.mark.parametrize(("rest", "was", "is_rounding"), [(1e-4, 1000.0, True), (1e-2, 1000.0, False),
                                                          (1e-4, 1.0, False)])  # fmt: skip
def test_a_rounding_goes_to_the_largest_part_and_more_than_a_millionth_is_none(monkeypatch, rest, was, is_rounding):
    found = parted(monkeypatch, rest, was)
    assert ("model" not in found) is is_rounding
    assert found.sum(axis=1).tolist() == pytest.approx([2.0, 2.0 + rest], abs=1e-12)


def test_a_project_names_its_mapping_and_a_database_lies_in_none(tmp_path, monkeypatch):
    from wbe.runs.leaving import project_of
    from wbe.runs.project import Project, init

    folder = tmp_path / "office"
    init(folder)
    settings = folder / "wbe.toml"
    text = settings.read_text(encoding="utf-8")
    assert Project.open(folder).mapping is None
    own = folder / "mappings" / "own.toml"
    own.write_text("", encoding="utf-8")
    assert Project.open(folder).mapping == own  # the only one needs no name
    (folder / "mappings" / "other.toml").write_text("", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        _ = Project.open(folder).mapping
    assert caught.value.codes == ["runs-which-mapping"]
    named = re.sub(r"(?m)^mapping *=.*$", 'mapping = "mappings/own.toml"', text)
    settings.write_text(named, encoding="utf-8")
    assert Project.open(folder).mapping == own
    monkeypatch.chdir(folder)
    assert project_of(["sqlite:///samples.db", "env:WBE_DATABASE"]) is None
    assert project_of(["sqlite:///samples.db", "data"]).root.samefile(folder)
