"""What changed between two runs: causes first, and their parts add up to the change to the last digit."""

from __future__ import annotations

import math

import numpy as np
import pytest

import wbe
from wbe.errors import InputError
from wbe.runs.difference import diff, shapley
from wbe.runs.hybrids import CAUSES, between, cause_of, changed_causes
from wbe.runs.writing import samples_path, write_estimate
from wbe.testing import small_city

CITY = small_city(districts=3, months=3, biomarkers=("methamphetamine", "ketamine"))


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Write the estimate of samples once; return the path of its table."""
    folder = tmp_path_factory.mktemp("runs")

    def write(name, samples=CITY, **options):
        path = folder / f"{name}.csv"
        if not path.exists():
            write_estimate(wbe.estimate(samples, draws=1000, **options), path, source=folder)
        return path

    return write


def in_month(ds, month):
    return wbe.samples.month(ds).values == month


CHANGES = {
    "flow": lambda ds: ds.assign(flow=ds["flow"] * 1.1),
    "population": lambda ds: ds.assign(population=ds["population"] * 0.9),
    "concentration": lambda ds: ds.assign(concentration=ds["concentration"] * 1.3),
    "samples": lambda ds: ds.isel(sample=np.arange(ds.sizes["sample"]) != 0),
}


@pytest.mark.parametrize("cause", CHANGES)
def test_where_one_cause_alone_was_changed_it_gets_everything(cause, written):
    found = diff(written("base"), written(cause, CHANGES[cause](CITY)))
    assert found.split
    assert len(found.rows) + len(found.removed) > 0
    assert list(found.causes["cause"]) == ([cause] if len(found.rows) else [])
    np.testing.assert_allclose(found.rows.get(cause, 0), found.rows["change"], rtol=1e-9)


def test_limits_alone_are_found_where_nothing_was_detected(written):
    ds = CITY.copy(deep=True)
    ds["flag"].values[0, 1] = 2
    ds["concentration"].values[0, 1] = np.nan
    ds["lod"].values[:] = 5.0
    ds["loq"].values[:] = 15.0
    lower = ds.assign(lod=ds["lod"] / 2, loq=ds["loq"] / 2)
    assert changed_causes(ds, lower) == {"limits"}
    found = diff(written("limit", ds), written("lower", lower))
    assert list(found.causes["cause"]) == ["limits"]
    assert (found.rows["measure"] == "upper").any()


def test_a_factor_change_is_factors(written):
    found = diff(written("base"), written("other", factors="zuccato-2008"))
    assert list(found.causes["cause"]) == ["factors"]
    assert set(found.rows["quantity"]) <= {"consumption", "doses", "users"}
    assert "profile" in set(found.settings["setting"])


def test_parts_of_several_causes_add_up_to_the_change(written):
    late = CITY.isel(sample=np.arange(CITY.sizes["sample"]) != 4)
    now = CHANGES["population"](CHANGES["flow"](CITY))
    found = diff(written("late", late), written("now", now, factors="zuccato-2008"))
    held = [c for c in CAUSES if c in found.rows]
    assert {"flow", "population", "factors", "samples"} <= set(held)
    known = found.rows["change"].notna()  # that profile has no factor of ketamine: those numbers went
    assert found.rows.loc[known, held].notna().mean(axis=None) > 0.95
    assert set(found.rows.loc[~known, "drug"]) >= {"ketamine"}
    known &= found.rows[held].notna().all(axis=1)
    whole = found.rows.loc[known, held].sum(axis=1)
    np.testing.assert_allclose(whole, found.rows.loc[known, "change"], rtol=1e-9, atol=1e-9)
    # of a load only flow: a tenth more of it, whatever else changed
    loads = found.rows[(found.rows["quantity"] == "mass_load") & (found.rows["samples"].abs() < 1e-9)]
    loads = loads[loads["measure"] == "median"]  # a bound leans on the sizes of error that the file teaches
    assert len(loads) > 0
    np.testing.assert_allclose(loads["flow"], 0.1 * loads["was"], rtol=1e-6)
    assert (loads["population"].abs() < 1e-9 * loads["was"]).all()


def test_new_and_removed_months_stand_apart_from_revisions(written):
    two = CITY.isel(sample=~in_month(CITY, "2021-03"))
    found = diff(written("two", two), written("base"))
    assert set(found.rows["district"]) <= {"city"}  # its sums are drawn anew
    assert set(found.new["month"]) == {"2021-03"}
    assert found.new["whole_month"].all()
    back = diff(written("base"), written("two", two))
    assert len(back.removed) == len(found.new)
    assert back.new.empty


def test_a_run_agrees_with_itself(written):
    found = diff(written("base"), written("base"))
    assert found.same
    assert found.causes.empty


def test_a_table_that_was_edited_or_belongs_to_another_run_is_refused(written, tmp_path):
    for name in ("a", "b"):
        write_estimate(
            wbe.estimate(CHANGES["flow"](CITY) if name == "b" else CITY, draws=1000), tmp_path / f"{name}.csv",
            source=tmp_path,
        )  # fmt: skip
    a, b = tmp_path / "a.csv", tmp_path / "b.csv"
    mine = a.read_bytes()
    a.write_bytes(b.read_bytes())
    with pytest.raises(InputError, match="not the one in the record"):
        diff(a, b)
    a.write_bytes(mine)
    samples_path(a).write_bytes(samples_path(b).read_bytes())
    with pytest.raises(InputError, match="not the one in the record"):
        diff(a, b)


def test_an_edition_that_hides_districts_keeps_no_samples_and_says_so(written):
    path = written("public", policy="public")
    assert not samples_path(path).exists()
    found = diff(path, written("public-flow", CHANGES["flow"](CITY), policy="public"))
    assert not found.split
    assert found.causes.empty


def test_shapley_is_fair_symmetric_and_leaves_nothing_over():
    def worth(changed):
        return np.array([math.prod({"a": 2.0, "b": 2.0, "c": 3.0}[c] for c in changed) * 10])

    parts = shapley(["a", "b", "c", "null"], lambda s: worth(s - {"null"}))
    assert parts["a"] == pytest.approx(parts["b"])
    assert parts["null"] == pytest.approx(0)
    assert sum(parts.values()) == pytest.approx(worth({"a", "b", "c"}) - worth(set()))
    alone = shapley(["a"], worth)
    assert alone["a"] == pytest.approx(10)


def test_a_hybrid_takes_each_cause_from_its_run():
    other = CHANGES["population"](CHANGES["flow"](CITY)).isel(sample=slice(2, None))
    every = between(CITY, other, set(CAUSES))
    none = between(CITY, other, set())
    np.testing.assert_array_equal(every["flow"], other["flow"])
    np.testing.assert_array_equal(none["flow"], CITY["flow"])
    only = between(CITY, other, {"samples"})
    assert list(only["sample"].values) == list(other["sample"].values)
    np.testing.assert_array_equal(only["flow"], CITY["flow"][2:])
    # a new sample comes as it is, since nobody knows how it was
    new = between(other, CITY, {"samples"})
    np.testing.assert_array_equal(new["flow"][:2], CITY["flow"][:2])
    np.testing.assert_array_equal(new["flow"][2:], other["flow"])
    assert wbe.samples.validate(every) == wbe.samples.validate(none) == []


def test_every_variable_has_a_cause():
    assert {cause_of(str(name)) for name in CITY.data_vars} <= set(CAUSES)
    assert [cause_of(n) for n in ("concentration", "flow", "population", "lod", "batch")] == [
        "concentration", "flow", "population", "limits", "method",
    ]  # fmt: skip


def test_numbers_stand_before_bounds_and_the_largest_change_first(written):
    rows = diff(written("base"), written("samples", CHANGES["samples"](CITY))).rows
    kinds = list(rows["measure"])
    known = rows["change"].notna()
    assert kinds[: kinds.count("median")] == ["median"] * kinds.count("median")
    assert {"median", "upper"} <= set(rows.loc[known, "measure"])
    for measure in ("median", "upper"):
        part = rows[known & (rows["measure"] == measure)]
        size = np.abs(np.log(part["now"] / part["was"])).to_numpy()
        assert (np.diff(size) <= 1e-12).all()
    assert known[::-1].is_monotonic_increasing  # what came or went stands last


def test_the_command_says_how_many_moved_in_their_interval_alone(written, capsys):
    from wbe.cli import main

    with pytest.raises(SystemExit):
        main(["--language", "en", "diff", str(written("base")), str(written("samples", CHANGES["samples"](CITY)))])
    assert "the interval alone is another one" in capsys.readouterr().out
