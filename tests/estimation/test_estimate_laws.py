"""Laws that an estimate keeps: what is shared stays shared, order changes nothing, bounds stay bounds."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import wbe
from wbe.errors import DisclosureError, FactorError, InputError, SchemaError, UnknownName
from wbe.estimation.chain import Chain
from wbe.estimation.engine import Engine
from wbe.samples import Flag
from wbe.testing import small_city
from wbe.uncertainty import LogNormal, Term, Uncertain
from wbe.variability import learn

KEY = ["district", "month", "drug", "quantity"]


@pytest.fixture(scope="module")
def city():
    return small_city(districts=3, months=3, samples_per_month=2)


@pytest.fixture(scope="module")
def estimate(city):
    return wbe.estimate(city)


def test_the_table_has_the_promised_columns_in_order(estimate):
    promised = "district month drug quantity median lower upper unit n_samples n_detected note"
    assert " ".join(estimate.table().columns[:11]) == promised


def test_one_sample_of_200_ng_per_litre_gives_33_33_mg_per_thousand():
    ds = small_city(districts=1, months=1, biomarkers=("methamphetamine",), equal=True)
    ds["concentration"][:] = 200.0
    ds["flow"][:] = 50_000.0
    ds["population"][:] = 300_000.0
    row = wbe.estimate(ds).table().set_index("quantity")["median"]
    # medians of products of log-normal terms are the products of the medians
    assert row["mass_load"] == pytest.approx(10.0, rel=1e-6)
    assert row["normalised_load"] == pytest.approx(33.3333, rel=1e-5)


def test_every_number_lies_in_its_interval_and_every_gap_has_a_reason(estimate):
    table = estimate.table()
    shown = table[table["status"] == "estimate"]
    assert ((shown["lower"] < shown["median"]) & (shown["median"] < shown["upper"])).all()
    assert (table["text"].str.len() > 0).all()
    assert table.loc[table["status"] != "estimate", "median"].isna().all()


def test_a_cell_of_non_detects_prints_a_bound_and_never_a_number(estimate):
    table = estimate.table()
    cocaine = table[(table["biomarker"] == "benzoylecgonine") & table["quantity"].isin(["mass_load", "consumption"])]
    assert (cocaine["status"] == "below_limit").all()
    assert cocaine["text"].str.startswith("< ").all()
    assert (cocaine["lower"] == 0).all()
    assert (cocaine["upper"] > 0).all()


def test_a_printed_bound_is_not_below_the_bound(estimate):
    table = estimate.table().query("status == 'below_limit'")
    printed = table["text"].str.extract(r"< (?P<limit>[\d,.]+) \(≤ (?P<bound>[\d,.]+)\)")
    printed = printed.apply(lambda column: column.str.replace(",", "").astype(float))
    assert (printed["bound"] >= table["upper"] * (1 - 1e-9)).all()
    assert (printed["limit"] >= table["limit"] * (1 - 1e-9)).all()
    assert (table["limit"] < table["upper"]).all()


def test_morphine_alone_never_becomes_heroin(estimate):
    table = estimate.table()
    assert "heroin" not in set(table.loc[table["status"] == "estimate", "drug"])
    opioid = table[(table["biomarker"] == "morphine") & table["quantity"].isin(["consumption", "doses", "users"])]
    assert (opioid["status"] == "origin_unresolved").all()
    assert opioid["median"].isna().all()


def test_a_drug_without_a_scenario_says_so_and_has_no_number(estimate):
    users = estimate.table().query("quantity == 'users' and drug == 'ketamine'")
    assert (users["text"] == "no use scenario").all()
    assert users[["median", "lower", "upper"]].isna().all(axis=None)


def test_no_users_at_all_when_no_scenario_is_chosen(city):
    table = wbe.estimate(city, scenarios=None).table()
    assert table.loc[table["quantity"] == "users", "median"].isna().all()


def test_users_carry_the_sentence_that_they_rest_on(estimate):
    users = estimate.users
    assert "use scenario" in users.attrs["statement_en"]
    assert "使用情景" in users.attrs["statement_zh"]
    shown = estimate.table().query("quantity == 'users' and status == 'estimate'")
    assert shown["note"].str.contains("use scenario").all()
    for other in (estimate.series("users"), estimate.draws("users", "methamphetamine")):
        assert "use scenario" in other.attrs["statement_en"]
        assert "使用情景" in other.attrs["statement_zh"]
    assert estimate.series().attrs == {}


def _shared_factor_chain(cv: float, n: int = 10) -> Chain:
    """Ten equal districts that share one excretion factor and nothing else."""
    ds = small_city(districts=n, months=1, biomarkers=("methamphetamine",), equal=True)
    ds = ds.assign_coords(month=("sample", np.array(["2021-01"] * n, dtype=object)),
                          day=("sample", np.array(["2021-01-12"] * n, dtype=object)))  # fmt: skip
    coords = {c: ds[c] for c in ("sample", "site", "district", "month", "day")}
    central = xr.DataArray(np.ones(n), dims="sample", coords=coords).assign_coords(
        drug="methamphetamine", biomarker="methamphetamine"
    )
    excretion = Term("excretion", ("drug",), {"methamphetamine": LogNormal(median=0.4, cv=cv)})
    mass = Uncertain(central, [(excretion, -1.0)])
    people = wbe.population.resolve(ds)
    traced = {"methamphetamine": "methamphetamine"}
    loads = {name: {"methamphetamine": mass} for name in ("mass_load", "normalised_load", "consumption")}
    return Chain(ds, people, traced, {**loads, "doses": {}, "users": {}})


def test_a_shared_factor_of_20_percent_is_20_percent_of_the_city_total():
    chain = _shared_factor_chain(0.20)
    amount = Engine(chain, (learn(chain.samples),), 0.95).amount("city", "mass_load", "methamphetamine")
    (excretion,) = (term for term in amount.common if term.name == "excretion")
    assert np.expm1(excretion.variance()) == pytest.approx(0.20**2)
    assert amount.value == pytest.approx(10.0)


def test_the_ratio_of_two_districts_does_not_contain_the_shared_factor():
    mass = _shared_factor_chain(0.20).quantity["consumption"]["methamphetamine"]
    ratio = mass.ratio({"district": "天元区"}, {"district": "荷塘区"})
    assert [term.name for term, _ in ratio.terms] == []


def test_the_estimates_ratio_has_the_spread_without_excretion(estimate):
    loads = estimate.ratio("天元区", "荷塘区", "normalised_load").set_index(["month", "drug"])
    consumed = estimate.ratio("天元区", "荷塘区", "consumption").set_index(["month", "drug"])
    both = loads.join(consumed.add_suffix("_c")).dropna(subset=["ratio", "ratio_c"])
    assert len(both) >= 3
    np.testing.assert_allclose(both["ratio"], both["ratio_c"], rtol=1e-9)
    np.testing.assert_allclose(both["upper"] / both["lower"], both["upper_c"] / both["lower_c"], rtol=1e-9)


def test_the_ratio_turned_round_is_its_inverse(estimate):
    one = estimate.ratio("天元区", "荷塘区").dropna()
    other = estimate.ratio("荷塘区", "天元区").dropna()
    np.testing.assert_allclose(one["ratio"], 1 / other["ratio"], rtol=1e-3)
    np.testing.assert_allclose(one["p_greater"], 1 - other["p_greater"], atol=1e-12)


def test_a_bound_has_no_ratio_and_says_why(estimate):
    rows = estimate.ratio("天元区", "荷塘区")
    hidden = rows[rows["ratio"].isna()]
    assert (hidden["drug"] == "ketamine").all()
    assert hidden["text"].str.contains("< ").all()


def test_twenty_shuffles_of_the_samples_change_no_bit(city, estimate):
    first = estimate.table().set_index(KEY).sort_index()
    columns = ["median", "lower", "upper", "limit", "population", "n_samples", "n_detected"]
    for seed in range(20):
        shuffled = city.isel(sample=np.random.default_rng(seed).permutation(city.sizes["sample"]))
        again = wbe.estimate(shuffled).table().set_index(KEY).sort_index()
        np.testing.assert_array_equal(again[columns].to_numpy(float), first[columns].to_numpy(float))
        assert (again["text"] == first["text"]).all()


def test_shuffled_samples_draw_and_compare_alike(city, estimate):
    shuffled = wbe.estimate(city.isel(sample=np.random.default_rng(5).permutation(city.sizes["sample"])))
    drawn = (e.draws("mass_load", "methamphetamine").sel(district="荷塘区").values for e in (shuffled, estimate))
    np.testing.assert_array_equal(*drawn)
    ratios = (e.ratio("天元区", "荷塘区").set_index(["month", "drug"]).sort_index() for e in (shuffled, estimate))
    pd.testing.assert_frame_equal(*ratios, check_exact=True)


def test_four_threads_on_one_estimate_read_the_same_bits(city):
    from concurrent.futures import ThreadPoolExecutor

    alone = wbe.estimate(city)
    shared = wbe.estimate(city)
    kinds = ["district", "city", "site", "all"] * 4
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(shared.table, kinds))
    for kind, table in zip(kinds, together, strict=True):
        pd.testing.assert_frame_equal(table, alone.table(kind), check_exact=True)


def test_leaving_out_a_district_moves_no_sum_of_another(city, estimate):
    part = wbe.estimate(city.isel(sample=(city["district"] != "荷塘区").values)).table().set_index(KEY)
    whole = estimate.table().set_index(KEY).loc[part.index]
    np.testing.assert_allclose(part["n_samples"], whole["n_samples"])
    # of what lies below a limit the mean rests on learnt sizes, and users are rounded by their interval
    one = (part["biomarker"] == "methamphetamine") & (part.index.get_level_values("quantity") != "users")
    mine, all_ = (t.loc[one, "median"].astype(float) for t in (part, whole))
    np.testing.assert_allclose(mine, all_, rtol=1e-14)


def test_no_seed_moves_a_table_and_draws_move_a_little(city, estimate):
    pd.testing.assert_frame_equal(wbe.estimate(city).table(), estimate.table())
    other = wbe.estimate(city, seed=1)
    pd.testing.assert_frame_equal(other.table(), estimate.table())
    a, b = (e.draws("mass_load", "methamphetamine").mean("draw") for e in (estimate, other))
    np.testing.assert_allclose(a, b, rtol=0.05)
    assert not np.array_equal(a, b)


def test_doubling_concentrations_doubles_loads_and_leaves_ratios(city, estimate):
    twice = city.copy(deep=True)
    for name in ("concentration", "lod", "loq"):
        twice[name] = (city[name] * 2).assign_attrs(city[name].attrs)
    table = wbe.estimate(twice).table().set_index(KEY)
    first = estimate.table().set_index(KEY)
    loads = first["status"].eq("estimate") & (first.index.get_level_values("quantity") != "users")  # users are rounded
    np.testing.assert_allclose(table.loc[loads, "median"], 2 * first.loc[loads, "median"], rtol=1e-6)


@pytest.mark.parametrize("area", ["district", "city"])
@pytest.mark.parametrize("quantity", ["mass_load", "consumption", "doses"])
def test_draws_of_each_kind_of_area_agree_with_its_table(area, quantity):
    ds = small_city(districts=3, months=2, samples_per_month=2, biomarkers=("methamphetamine",))
    estimate = wbe.estimate(ds, draws=40_000)
    rows = estimate.table(area, quantity=quantity).set_index(["district", "month"])
    drawn = estimate.draws(quantity, "methamphetamine", area=area).quantile([0.025, 0.975], dim="draw")
    for (place, month), row in rows.iterrows():
        low, high = drawn.sel(district=place, month=month).values
        assert row["lower"] == pytest.approx(low, rel=0.04)
        assert row["upper"] == pytest.approx(high, rel=0.04)


def test_a_missing_month_has_rows_that_say_so(city):
    hole = city.isel(sample=(city["time"].dt.month != 2).values)
    table = wbe.estimate(hole).table()
    gap = table[(table["month"] == "2021-02") & (table["quantity"] == "mass_load")]
    assert len(gap) > 0
    assert (gap["text"] == "no sample").all()
    assert (gap["n_samples"] == 0).all()


def test_a_non_detect_without_a_limit_is_not_detected_and_not_zero(city):
    ds = city.copy(deep=True)
    for name in ("lod", "loq"):
        ds[name] = ds[name].where(ds["biomarker"] != "benzoylecgonine").assign_attrs(ds[name].attrs)
    row = wbe.estimate(ds).table().query("biomarker == 'benzoylecgonine' and quantity == 'mass_load'").iloc[0]
    assert row["text"] == "not detected, no limit given"
    assert np.isnan(row["upper"])


def with_zeros(ds, limits):
    """The city with 天元区's methamphetamine reported as 0 in January, with or without its limits."""
    ds = ds.copy(deep=True)
    here = (ds["biomarker"] == "methamphetamine") & (ds["district"] == "天元区")
    zero = here & (ds["time"].dt.month == 1)
    ds["concentration"] = ds["concentration"].where(~zero, 0.0).assign_attrs(ds["concentration"].attrs)
    for name in () if limits else ("lod", "loq"):
        ds[name] = ds[name].where(~here).assign_attrs(ds[name].attrs)
    return ds


def test_a_result_of_exactly_0_is_below_its_limit_and_never_a_sure_nothing(city):
    rows = wbe.estimate(with_zeros(city, limits=True)).table()
    rows = rows.query("district == '天元区' and month == '2021-01' and biomarker == 'methamphetamine'")
    rows = rows[rows["status"] != "no_scenario"]
    assert set(rows["status"]) == {"below_limit"}
    assert (rows["upper"] > 0).all()
    assert rows["text"].str.startswith("< ").all()
    assert rows["note"].str.contains("2 result(s) of exactly 0 taken as below the limit", regex=False).all()


def test_a_result_of_exactly_0_without_a_limit_gives_no_number(city):
    row = wbe.estimate(with_zeros(city, limits=False)).table()
    row = row.query("district == '天元区' and month == '2021-01' and biomarker == 'methamphetamine'").iloc[0]
    assert row["text"] == "not detected, no limit given"
    assert np.isnan(row[["median", "lower", "upper"]].astype(float)).all()
    assert "of exactly 0" in row["note"]


def test_a_result_above_the_calibrated_range_says_that_it_may_be_higher(city):
    ds = city.copy(deep=True)
    here = (ds["biomarker"] == "methamphetamine") & (ds["sample"] == ds["sample"][0])
    ds["flag"] = ds["flag"].where(~here, int(Flag.ABOVE_ULOQ)).astype(ds["flag"].dtype).assign_attrs(ds["flag"].attrs)
    rows = wbe.estimate(ds).table().query("biomarker == 'methamphetamine' and quantity == 'normalised_load'")
    assert rows["note"].str.contains("1 of 2 above the calibrated range").sum() == 1


def test_a_sample_without_flow_has_no_mass_load_and_says_why(city):
    ds = city.copy(deep=True)
    ds["flow"] = ds["flow"].where(ds["district"] != "天元区").assign_attrs(ds["flow"].attrs)
    rows = wbe.estimate(ds).table().query("district == '天元区' and quantity == 'mass_load'")
    assert (rows["text"] == "flow not known").all()


def test_more_days_narrow_the_month_and_never_below_what_is_shared():
    few = small_city(districts=1, months=1, samples_per_month=1, biomarkers=("methamphetamine",), equal=True)
    many = small_city(districts=1, months=1, samples_per_month=4, biomarkers=("methamphetamine",), equal=True)
    width = [np.log(r["upper"] / r["lower"]) for r in (
        wbe.estimate(ds).table().query("quantity == 'normalised_load'").iloc[0] for ds in (few, many)
    )]  # fmt: skip
    assert width[1] < width[0]
    budget = wbe.estimate(many).budget("天元区", "2021-01", "methamphetamine", "normalised_load")
    shared = budget.loc[budget["source"].isin(["flow_meter", "population:reported", "batch"]), "log_sd"]
    assert width[1] > 2 * 1.96 * np.sqrt((shared**2).sum())


def test_budget_shares_sum_to_one_and_match_the_interval(estimate):
    budget = estimate.budget("天元区", "2021-02", "methamphetamine", "normalised_load")
    assert budget["share"].sum() == pytest.approx(1.0)
    row = (
        estimate.table()
        .query("district == '天元区' and month == '2021-02' and biomarker == 'methamphetamine'")
        .query("quantity == 'normalised_load'")
        .iloc[0]
    )
    sd = np.log(row["upper"] / row["lower"]) / (2 * 1.959964)
    total = np.sqrt((budget["log_sd"] ** 2).sum())
    assert total == pytest.approx(sd, rel=0.15)
    assert sd > total  # sizes of error that are themselves uncertain have wider tails than their mean


def test_excretion_is_in_the_budget_of_consumption_and_not_comparable(estimate):
    budget = estimate.budget("天元区", "2021-02", "methamphetamine").set_index("source")
    assert not budget.loc["excretion", "comparable"]
    assert budget.loc["sampling", "comparable"]


def test_explain_names_samples_factor_claims_and_their_status(estimate):
    text = estimate.explain("天元区", "2021-02", "methamphetamine")
    for word in ("ng/L", "m3/d", "mass ratio", "claims", "memory", "SYNTHETIC"):
        assert word in text


def test_the_city_total_is_the_plain_sum_of_its_districts(estimate):
    districts = estimate.table(quantity="mass_load", drug="methamphetamine").groupby("month")["median"].sum()
    city = estimate.table("city", quantity="mass_load", drug="methamphetamine").set_index("month")["median"]
    np.testing.assert_allclose(city[districts.index], districts, rtol=1e-12)


@pytest.mark.parametrize("level", [0.0, 1.0, 95])
def test_an_impossible_level_is_refused(city, level):
    with pytest.raises(InputError, match="probability between 0 and 1"):
        wbe.estimate(city, level=level)


def test_unknown_names_are_refused_with_the_known_ones(city, estimate):
    with pytest.raises(UnknownName, match="default"):
        wbe.estimate(city, factors="nobody-2099")
    with pytest.raises(InputError, match="天元区"):
        estimate.ratio("天元区", "nowhere")
    with pytest.raises(InputError, match="methamphetamine"):
        estimate.draws("consumption", "aspirin")
    with pytest.raises(InputError, match="area 'county'"):
        estimate.table("county")


def test_invalid_samples_are_refused_with_every_breach(city):
    bad = city.copy(deep=True)
    bad["flow"][0] = -1.0
    bad["flag"][0, 0] = int(Flag.MISSING)
    with pytest.raises(SchemaError) as caught:
        wbe.estimate(bad)
    assert len(caught.value.problems) == 2


def test_provenance_names_profile_hash_unverified_claims_and_policy(estimate):
    record = estimate.provenance
    assert record["profile_hash"]
    assert record["claims_unverified"] <= record["claims_used"]
    assert record["synthetic"] is True
    assert "SYNTHETIC" in repr(estimate)


def test_a_parent_drug_beside_its_metabolite_keeps_its_own_name():
    ds = small_city(districts=1, months=1, biomarkers=("benzoylecgonine", "ketamine", "mdma", "cocaine"))
    table = wbe.estimate(ds).table()
    assert not table.duplicated(KEY).any()
    parent = table[table["biomarker"] == "cocaine"].set_index("quantity")
    assert set(parent["drug"]) == {"cocaine_parent"}
    assert parent.loc["consumption", "status"] == "no_factor"
    assert "benzoylecgonine" in parent.loc["consumption", "note"]
    assert table.query("quantity == 'consumption' and drug == 'cocaine'")["biomarker"].tolist() == ["benzoylecgonine"]


def test_chunked_samples_give_the_same_numbers_bit_for_bit():
    ds = small_city(districts=3, months=3, samples_per_month=2)
    whole, chunked = wbe.estimate(ds), wbe.estimate(ds.chunk({"sample": 5}))
    for quantity in ("normalised_load", "consumption"):
        lazy = chunked.per_sample(quantity)
        assert lazy["upper"].chunks is not None
        xr.testing.assert_identical(lazy.compute(), whole.per_sample(quantity))
    pd.testing.assert_frame_equal(chunked.table(), whole.table())


def test_a_mostly_censored_cell_says_how_far_its_assumption_moves_it():
    ds = small_city(districts=1, months=1, samples_per_month=4, biomarkers=("methamphetamine",))
    ds["flag"][1:, 0] = int(Flag.BELOW_LOD)
    ds["concentration"][1:, 0] = np.nan
    ds["lod"][:] = 20.0
    row = wbe.estimate(ds).table().query("quantity == 'normalised_load'").iloc[0]
    share = ds["concentration"].values[0, 0] / 4
    per_head = float(ds["flow"][0]) / float(ds["population"][0])
    assert row["lower"] < share * per_head < row["upper"]  # zeros below the limit stay possible
    assert row["upper"] > (share + 15.0) * per_head  # and so do results just below it
    assert "with them at 0" in row["note"]
    assert "at their limits" in row["note"]


def test_a_grab_sample_without_a_meter_still_gives_a_load_per_head_from_its_marker(city):
    ds = city.copy(deep=True)
    ds["ammonium_nitrogen"] = ("sample", np.full(ds.sizes["sample"], 30.0), {"units": "mg/L"})
    metered = wbe.estimate(ds, population="ammonium_nitrogen").table().set_index(KEY)
    ds["flow"] = ds["flow"].where(ds["district"] != "天元区").assign_attrs(ds["flow"].attrs)
    grab = wbe.estimate(ds, population="ammonium_nitrogen").table().set_index(KEY)
    cell = ("天元区", "2021-02", "methamphetamine")
    for column in ("median", "lower", "upper"):
        assert grab.loc[(*cell, "normalised_load"), column] == pytest.approx(
            metered.loc[(*cell, "normalised_load"), column], rel=1e-9
        )
    assert grab.loc[(*cell, "mass_load"), "text"] == "flow not known"
    reported = wbe.estimate(ds).table().set_index(KEY)
    assert reported.loc[(*cell, "normalised_load"), "text"] == "flow not known"


def test_a_missing_population_is_said_and_is_not_a_non_detect(city):
    ds = city.copy(deep=True)
    ds["population"] = ds["population"].where(ds["district"] != "天元区").assign_attrs(ds["population"].attrs)
    table = wbe.estimate(ds).table().set_index(KEY)
    cell = ("天元区", "2021-02", "methamphetamine")
    assert table.loc[(*cell, "normalised_load"), "text"] == "population not known"
    assert table.loc[(*cell, "mass_load"), "status"] == "estimate"


def test_the_public_edition_shows_the_city_and_nothing_below_it(city):
    public = wbe.estimate(city, policy="public")
    assert public.table()["median"].isna().all()
    assert public.table()["text"].str.contains("[0-9]").sum() == 0
    assert public.table("city")["median"].notna().any()
    assert public.users["median"].isnull().all()
    assert np.isnan(public.draws("normalised_load", "methamphetamine")).all()
    assert public.ratio("天元区", "荷塘区").empty
    for refused in (lambda: public.per_sample(), lambda: public.explain("天元区", "2021-02", "methamphetamine"),
                    lambda: public.budget("天元区", "2021-02", "methamphetamine")):  # fmt: skip
        with pytest.raises(wbe.errors.DisclosureError, match=r"not shown|city only"):
            refused()


def test_users_of_a_small_place_are_hidden_everywhere(city):
    ds = city.copy(deep=True)
    small = ds["district"] == "天元区"
    ds["population"] = ds["population"].where(~small, 800.0).assign_attrs(ds["population"].attrs)
    estimate = wbe.estimate(ds)
    table = estimate.table().query("district == '天元区'")
    assert table.loc[table["quantity"].isin(["consumption", "doses", "users"]), "median"].isna().all()
    assert estimate.users["median"].sel(district="天元区").isnull().all()
    assert estimate.users_by_scenario().query("district == '天元区'")["median"].isna().all()
    assert np.isnan(estimate.per_sample("consumption")["median"].values[small.values]).all()


def test_a_district_has_lines_from_its_first_month_to_its_last_and_for_what_it_measured(city):
    late = city.isel(sample=((city["district"] != "荷塘区") | (city["time"].dt.month == 3)).values)
    late["flag"] = late["flag"].where((late["district"] != "芦淞区") | (late["biomarker"] != "morphine"), Flag.NOT_RUN)
    late["concentration"] = late["concentration"].where(late["flag"] != Flag.NOT_RUN).assign_attrs(units="ng/L")
    late["flag"] = late["flag"].astype("int8")
    table = wbe.estimate(late).table()
    assert set(table.loc[table["district"] == "荷塘区", "month"]) == {"2021-03"}
    assert set(table.loc[table["district"] == "天元区", "month"]) == {"2021-01", "2021-02", "2021-03"}
    assert "morphine" not in set(table.loc[table["district"] == "芦淞区", "drug"])


def test_the_comparable_interval_leaves_out_what_all_districts_share(estimate):
    rows = estimate.series("consumption").query("drug == 'methamphetamine'")
    absolute = np.log(rows["upper"] / rows["lower"])
    comparable = np.log(rows["comparable_upper"] / rows["comparable_lower"])
    assert (comparable < 0.8 * absolute).all()
    loads = estimate.series("normalised_load").query("drug == 'methamphetamine'")
    np.testing.assert_allclose(  # excretion is shared: loads and consumption compare alike
        comparable, np.log(loads["comparable_upper"] / loads["comparable_lower"]), rtol=1e-9
    )


def test_a_correction_that_the_claims_include_is_refused_and_another_is_recorded():
    ds = small_city(districts=1, months=1, biomarkers=("methamphetamine", "6mam", "mdma", "cocaine", "benzoylecgonine"))
    corrected = wbe.factors.correct(ds, wbe.factors.profile("zuccato-2008"), hours=6.0)
    estimate = wbe.estimate(corrected, factors="zuccato-2008")
    assert "6 h" in estimate.provenance["corrections"]
    corrected.attrs["corrected_for"] = '{"sewer_loss": ["codeine"]}'
    with pytest.raises(FactorError, match="sewer_loss cannot be corrected"):
        wbe.estimate(corrected, factors="nwdmp")


def _city_with_a_discharge(days: int):
    """Amphetamine is 8 % of methamphetamine, but for one day on which methamphetamine is ten times itself."""
    ds = small_city(districts=2, months=1, samples_per_month=days, biomarkers=("methamphetamine", "amphetamine"))
    meth = ds["concentration"].sel(biomarker="methamphetamine").values
    ds["concentration"][:, 1] = 0.08 * meth
    ds["flag"][:] = int(Flag.DETECTED)
    ds["concentration"][0, 0] = 10 * meth[0]
    return ds


def test_a_discharge_counts_in_the_load_and_not_in_the_users():
    ds = _city_with_a_discharge(days=3)
    table = wbe.estimate(ds).table().query("drug == 'methamphetamine' and district == '天元区'").set_index("quantity")
    clean = wbe.estimate(ds.isel(sample=slice(1, None))).table().query(
        "drug == 'methamphetamine' and district == '天元区'"
    ).set_index("quantity")  # fmt: skip
    assert table.loc["mass_load", "median"] > 2 * clean.loc["mass_load", "median"]
    assert table.loc["users", "median"] == pytest.approx(clean.loc["users", "median"], rel=0.05)
    assert "1 sample(s) included" in table.loc["mass_load", "note"]
    assert "1 sample(s) left out" in table.loc["users", "note"]


def test_a_month_of_discharges_alone_has_no_users():
    table = wbe.estimate(_city_with_a_discharge(days=1)).table()
    rows = table.query("drug == 'methamphetamine' and district == '天元区'").set_index("quantity")
    for quantity in ("consumption", "doses", "users"):
        assert rows.loc[quantity, "status"] == "origin_unresolved"
    assert rows.loc["mass_load", "status"] == "estimate"


def test_a_sum_over_plants_says_when_one_is_missing(city):
    part = city.isel(sample=((city["district"] != "荷塘区") | (city["time"].dt.month != 2)).values)
    rows = wbe.estimate(part).table("city").query("drug == 'methamphetamine' and quantity == 'mass_load'")
    notes = rows.set_index("month")["note"]
    assert "2 of 3 plants" in notes["2021-02"]
    assert "plants" not in notes["2021-01"]


def test_counts_of_mobile_devices_come_as_a_table_and_leave_a_trace_in_the_record(city, estimate):
    sites = np.unique(city["site"].values)
    counts = pd.DataFrame({"site": sites, "population": 2 * float(city["population"][0]), "cv": 0.05})
    moved = wbe.estimate(city, population="mobile", mobile=counts)
    own, other = (e.table().query("quantity == 'normalised_load' and status == 'estimate'").set_index(KEY)["median"]
                  for e in (estimate, moved))  # fmt: skip
    heads = city["population"].groupby(city["district"]).first()
    for (district, *_), ratio in (other / own).items():
        assert ratio == pytest.approx(float(heads.sel(district=district)) / counts["population"][0], rel=0.02)
    assert len(moved.provenance["mobile_counts"]) == 16
    assert "mobile_counts" not in estimate.provenance
    with pytest.raises(InputError, match="needed column 'population'"):
        wbe.estimate(city, population="mobile", mobile=counts[["site"]])
    with pytest.raises(FactorError, match="pass mobile="):
        wbe.estimate(city, population="mobile")


def test_another_factor_moves_every_district_alike_and_leaves_ratios_ranks_and_trends_as_they_are():
    # 43 % against 22.7 % excreted, other spreads as well: consumption nearly doubles everywhere
    ds = small_city(districts=3, months=6, biomarkers=("methamphetamine",))
    old, new = (wbe.estimate(ds, factors=name, draws=2000) for name in ("zuccato-2008", "gracia-lor-2016"))
    same = {"quantity": "consumption"}
    medians = [e.table().query("quantity == 'consumption'")["median"] for e in (old, new)]
    np.testing.assert_allclose(medians[1] / medians[0], 0.43 / 0.227, rtol=1e-3)
    first, second = old.districts[:2]
    pd.testing.assert_frame_equal(old.ratio(first, second, **same), new.ratio(first, second, **same), rtol=1e-6)
    pd.testing.assert_frame_equal(wbe.trend(old, **same), wbe.trend(new, **same), atol=2e-3)
    told, ranked = (wbe.rank(e, drug="methamphetamine", **same) for e in (old, new))
    for column in ("district", "median_rank", "rank_lower", "rank_upper", "group"):
        assert told[column].tolist() == ranked[column].tolist()
    np.testing.assert_allclose(told["p_first"], ranked["p_first"], atol=2e-3)


def test_where_no_consumption_is_shown_or_known_the_load_is_taken_apart():
    ds = small_city(districts=4, months=1, biomarkers=("methamphetamine", "amphetamine"))
    small, poured, *_ = ds["district"].values
    ds["population"][0] = 2000.0
    ds["flag"][1], ds["concentration"][1] = int(Flag.DETECTED), [2000.0, 2.0]  # a discharge: no amphetamine beside it
    estimate = wbe.estimate(ds)
    shown = estimate.table().query("quantity == 'normalised_load' and drug == 'methamphetamine'").set_index("district")
    month = estimate.months[0]
    for district in (small, poured):
        assert shown.at[district, "status"] == "estimate"
        assert "excretion" not in set(estimate.budget(district, month, "methamphetamine")["source"])
        assert "load" in estimate.explain(district, month, "methamphetamine")
    with pytest.raises(DisclosureError, match="not shown"):
        estimate.budget(small, month, "methamphetamine", "consumption")
    with pytest.raises(InputError, match="no consumption of methamphetamine"):
        estimate.budget(poured, month, "methamphetamine", "consumption")
