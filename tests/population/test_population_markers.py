"""Heads from markers: what is shared with the load cancels by its terms alone."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import wbe
from wbe import population
from wbe.errors import FactorError, UncertaintyError, UnitError, UnknownName
from wbe.population import per_head, resolve
from wbe.samples import Flag, build
from wbe.testing import small_city
from wbe.uncertainty import Term, TruncatedNormal, Uncertain
from wbe.uncertainty.inputs import measurement_terms


def with_markers(ds=None, share=None):
    """A small city with NH4-N and cotinine: 7.5 mg/L and 2000 ng/L everywhere."""
    ds = small_city(biomarkers=("methamphetamine", "ketamine", "benzoylecgonine", "cotinine")) if ds is None else ds
    n = ds.sizes["sample"]
    ds["ammonium_nitrogen"] = ("sample", np.full(n, 30.0), {"units": "mg/L"})
    ds["concentration"].loc[{"biomarker": "cotinine"}] = 2000.0
    ds["flag"].loc[{"biomarker": "cotinine"}] = int(Flag.DETECTED)
    if share is not None:
        ds["domestic_share"] = ("sample", np.full(n, share), {"units": "1"})
    return ds


def load_of(ds, biomarker="methamphetamine"):
    terms = measurement_terms(ds)
    one = ds[["concentration", "flow"]].sel(biomarker=[biomarker])
    coords = resolve(ds).central.coords
    central = (one["concentration"] * population.flow_or_unit(ds) * 1e-6).assign_coords(
        {c: coords[c] for c in ("month", "site", "batch")}
    )
    return Uncertain(central.transpose("sample", "biomarker"), [(t, 1.0) for t in terms.values()])


def relative_sd(draws):
    return float(draws.std() / draws.mean())


def test_a_same_sample_marker_has_no_flow_in_the_load_per_head():
    ds = with_markers()
    heads = per_head(load_of(ds), resolve(ds, "cotinine"))
    names = {t.name for t, _ in heads.terms}
    assert not names & {"flow", "flow_meter", "sampling"}
    assert {"analysis", "analysis:cotinine", "population:cotinine"} <= names


def test_same_sample_cotinine_gives_cv_0144_and_counting_flow_twice_gives_0347():
    # 10 % assays and 20 % flow, normal errors, as in peers that treat the two flows as independent: 0.144 and 0.347
    normal = {name: TruncatedNormal(1.0, sd) for name, sd in (("drug", 0.1), ("marker", 0.1), ("flow", 0.2))}
    at = xr.DataArray([1.0], dims="sample", coords={"sample": ["a"], "site": ("sample", ["s"])})

    def product(assay, flow):
        assay_term = Term(assay, ("sample",), normal["drug"])
        return Uncertain(at, [(assay_term, 1.0), (Term(flow, ("sample",), normal["flow"]), 1.0)])

    shared = product("drug", "flow") / product("marker", "flow")
    apart = product("drug", "flow") / product("marker", "second flow")
    assert relative_sd(shared.draws(400_000, seed=1)) == pytest.approx(0.144, abs=0.001)
    assert relative_sd(apart.draws(400_000, seed=1)) == pytest.approx(0.347, abs=0.006)
    assert [t.name for t, _ in shared.terms] == ["drug", "marker"]


def test_a_manhole_grab_without_a_meter_still_gives_a_load_per_head():
    ds = with_markers()
    metered = per_head(load_of(ds), resolve(ds, "cotinine"))
    blind = ds.copy()
    blind["flow"] = blind["flow"].where(blind["site"] != blind["site"][0])
    unmetered = per_head(load_of(blind), resolve(blind, "cotinine"))
    np.testing.assert_allclose(unmetered.central.values, metered.central.values, rtol=1e-12)
    # by hand: C_drug / C_marker * m, and nothing of the flow
    mass = population.per_head_mass("cotinine").mass.median()
    expected = ds["concentration"].sel(biomarker="methamphetamine") / 2000.0 * mass
    np.testing.assert_allclose(unmetered.central.sel(biomarker="methamphetamine"), expected, rtol=1e-12)
    assert not {t.name for t, _ in unmetered.terms} & {"flow", "flow_meter", "sampling"}
    # its absolute heads stay unknown, and a reported population cannot stand in for the meter
    assert np.isnan(population.absolute(resolve(blind, "cotinine")).values).sum() == 4
    assert np.isnan(per_head(load_of(blind), resolve(blind)).central.values[:4]).all()


def test_the_people_served_fall_back_on_the_reported_count_where_no_meter_ran():
    ds = with_markers()
    ds["flow"] = ds["flow"].where(ds["site"] != ds["site"][0])
    heads = population.served(ds, resolve(ds, "cotinine"))
    np.testing.assert_allclose(heads.values[:4], ds["population"].values[:4])
    np.testing.assert_allclose(heads.values[4:], resolve(ds, "cotinine").central.values[4:])


def test_a_marker_population_is_load_over_mass_per_head():
    assert population.from_marker("30 mg/L", "5 万m3/d", "7.5 g/d/inhabitant").magnitude == pytest.approx(200_000)
    ds = with_markers()
    mass = population.per_head_mass("ammonium_nitrogen").mass.median()
    np.testing.assert_allclose(resolve(ds, "ammonium_nitrogen").central, 30.0 * ds["flow"] / mass)


def test_the_domestic_share_cuts_water_markers_and_never_cotinine():
    whole, half = with_markers(), with_markers(share=0.5)
    for marker, factor in (("ammonium_nitrogen", 0.5), ("cotinine", 1.0)):
        np.testing.assert_allclose(resolve(half, marker).central, factor * resolve(whole, marker).central)
    assert "domestic_share" in {t.name for t, _ in resolve(half, "ammonium_nitrogen").terms}
    assert "domestic_share" not in {t.name for t, _ in resolve(half, "cotinine").terms}


def test_infiltration_moves_a_count_by_flow_and_not_one_by_load():
    dry = population.from_flow("50000 m3/d", "200 L/d/inhabitant", 1.0, 0.0)
    wet = population.from_flow("100000 m3/d", "200 L/d/inhabitant", 1.0, 0.5)
    assert wet.magnitude == pytest.approx(dry.magnitude)
    diluted = population.from_marker("15 mg/L", "100000 m3/d", "7.5 g/d/inhabitant")
    assert diluted.magnitude == pytest.approx(
        population.from_marker("30 mg/L", "50000 m3/d", "7.5 g/d/inhabitant").magnitude
    )


def test_the_per_head_mass_is_one_draw_for_the_whole_run():
    terms = {t.name: (t.scope, p) for t, p in resolve(with_markers(), "cotinine").terms}
    assert terms["population:cotinine"] == ((), -1.0)
    assert terms["flow"] == (("sample",), 1.0)
    assert terms["flow_meter"] == (("site",), 1.0)


def test_an_undetected_marker_gives_no_population():
    ds = with_markers()
    ds["flag"].loc[{"biomarker": "cotinine", "sample": ds["sample"][0]}] = int(Flag.BELOW_LOD)
    assert np.isnan(resolve(ds, "cotinine").central.values[0])
    assert np.isfinite(resolve(ds, "cotinine").central.values[1:]).all()


def test_claims_that_disagree_stay_schools_and_the_worst_status_is_shown():
    claims = pd.DataFrame({
        "id": ["a", "b"], "marker": "cotinine", "mass_per_head": [0.5, 1.5], "unit": "mg/d/inhabitant", "cv": 0.1,
        "country": "CN", "source": "x", "doi": "", "status": ["verified", "memory"], "note": "",
    })  # fmt: skip
    head = population.per_head_mass("cotinine", claims=claims)
    assert head.status == "memory"
    assert head.claim_ids == ("a", "b")
    low, high = head.mass.quantile(np.array([0.05, 0.95])) * 1e3
    assert low == pytest.approx(0.5, rel=0.15)
    assert high == pytest.approx(1.5, rel=0.15)


def test_what_cannot_be_counted_is_refused_by_name():
    ds = small_city()
    with pytest.raises(FactorError, match="no column of it among the samples' biomarkers"):
        resolve(ds, "cotinine")
    with pytest.raises(FactorError, match=r"no variable 'cod' \[mg/L\]"):
        resolve(ds, "cod")
    with pytest.raises(UnknownName, match="population method"):
        resolve(ds, "headcount")
    with pytest.raises(UncertaintyError, match="human_share: got 80"):
        population.from_marker("30 mg/L", "5e4 m3/d", "7.5 g/d/inhabitant", human_share=80)
    with pytest.raises(UnitError, match=r"(?s)concentration.*mass_per_head"):
        population.from_marker(30.0, "5e4 m3/d", 7.5)
    spreadless = pd.DataFrame({
        "id": ["a"], "marker": "cod", "mass_per_head": [70.0], "unit": "g/d/inhabitant", "cv": [""], "country": "CN",
        "source": "x", "doi": "", "status": "user", "note": "",
    })  # fmt: skip
    with pytest.raises(FactorError, match="without a spread would pretend to be exact"):
        population.per_head_mass("cod", claims=spreadless)


def test_the_marker_error_is_not_drawn_with_the_drug_error():
    ds = build(
        {"sample": ["a"], "time": ["2021-06-01"], "site": ["s"], "district": ["d"], "flow": [5e4], "population": [2e5]},
        pd.DataFrame({"sample": "a", "biomarker": ["cotinine", "ketamine"], "concentration": [2e3, 5.0], "flag": 0}),
    )
    heads = per_head(load_of(ds, "ketamine"), resolve(ds, "cotinine"))
    own = heads.log_sd(include=["analysis", "analysis:cotinine"])
    one = heads.log_sd(include=["analysis"])
    np.testing.assert_allclose(own, np.sqrt(2) * one)


@pytest.mark.parametrize("method", ["cotinine", "ammonium_nitrogen", "agency-cotinine", "ensemble", "ensemble-dynamic"])
def test_own_sizes_of_the_errors_of_measurement_hold_for_the_marker_as_for_the_load(method):
    # a flow meter of its own size has to cancel just as the default one does
    ds = with_markers()
    # nothing is left to learn, else a coarser meter would leave less of the file's scatter to the days
    known = {"analysis": 0.1, "day": 0.3, "sampling": 0.1, "batch": 0.05}
    coarse, fine = (
        wbe.estimate(ds, population=method, draws=1000, cvs={"flow": cv, **known}).chain for cv in (0.3, 0.05)
    )
    sd = [chain.quantity["normalised_load"]["methamphetamine"].log_sd().values for chain in (coarse, fine)]
    if method.startswith("ensemble"):
        assert (sd[0] >= sd[1]).all()
    else:
        np.testing.assert_allclose(sd[0], sd[1])
    terms = dict((t.name, p) for t, p in coarse.quantity["normalised_load"]["methamphetamine"].terms)
    assert ("flow" in terms) == method.startswith("ensemble")


def test_two_assays_of_ten_percent_and_a_flow_that_cancels_in_the_estimate_itself():
    ds = with_markers()
    one = {"analysis": 0.10, "flow": 0.20, "batch": 1e-9, "flow_meter": 1e-9, "sampling": 1e-9}
    load = wbe.estimate(ds, population="cotinine", draws=1000, cvs=one).chain.quantity["normalised_load"]
    product = load["methamphetamine"]
    assays = [t.name for t, _ in product.terms if t.name.startswith("analysis")]
    cv = float(np.sqrt(np.expm1(product.log_sd(include=assays)[0] ** 2)))
    assert cv == pytest.approx(np.sqrt(np.expm1(2 * np.log1p(0.1**2))))  # log-normal errors: 0.1418
    assert not [t.name for t, _ in product.terms if t.name.startswith("flow")]
