"""A number of the city is never one district's in disguise, whatever is set beside it: months, profiles, files."""

import io
import json
import re

import numpy as np
import openpyxl
import pandas as pd
import pytest

import wbe
from wbe.disclosure import Policy, audit
from wbe.errors import DisclosureError
from wbe.runs.writing import write_estimate
from wbe.samples import Flag
from wbe.testing import DISTRICTS, small_city

WITHIN = 0.20
METH = "methamphetamine"


def tables(ds, policy="public", **more):
    estimate = wbe.estimate(ds, policy=policy, draws=2000, **more)
    return estimate.table(), estimate.table("city")


def load_of(ds, district, biomarker=METH):
    row = wbe.estimate(ds, draws=2000).table().query(
        "district == @district and biomarker == @biomarker and quantity == 'mass_load'")  # fmt: skip
    return float(row["median"].iloc[0])


def city_of(ds, biomarker=METH, **more):
    rows = tables(ds, **more)[1].query("biomarker == @biomarker")
    return rows.set_index("quantity")


# ---- the difference of two numbers of one month ------------------------------------------------------------------


def mixed(lacking, biomarkers=(METH, "ketamine", "cotinine")):
    """Six districts; the third lacks its population or its meter; cotinine counts heads everywhere."""
    ds = small_city(districts=6, months=1, biomarkers=biomarkers)
    ds["concentration"].loc[{"biomarker": "cotinine"}] = 2000.0
    ds["flag"].loc[{"biomarker": "cotinine"}] = int(Flag.DETECTED)
    ds[lacking][2] = np.nan
    return ds


def tables_of(ds, policy, population):
    """City rows with what the policy knows of them, before it takes that away."""
    from wbe.estimation import tables as made

    estimate = wbe.estimate(ds, policy=policy, population=population, draws=1000)
    raw = made.tidy(estimate.engine, "city", estimate.profile, estimate.scenarios)
    return raw[raw["biomarker"] == METH].set_index("quantity")


def test_the_load_of_a_district_is_not_the_city_with_it_less_the_city_without_it():
    ds = mixed("population")
    truth = load_of(ds, DISTRICTS[2])
    # without the rule: the city's load of six plants less its load per head of five is the sixth's
    open_ = wbe.estimate(ds, draws=2000).table("city").query("biomarker == @METH").set_index("quantity")
    per_head = open_.loc["normalised_load"]
    rest = open_.loc["mass_load", "median"] - per_head["median"] * per_head["population"] * 1e-6
    assert rest == pytest.approx(truth, rel=WITHIN)  # so the attack works where both are shown
    city = city_of(ds)
    assert city.loc["mass_load", "status"] == "estimate"  # of all six
    # what lacks a plant is not published at all
    assert city.loc[["normalised_load", "consumption"], "status"].eq("suppressed").all()


@pytest.mark.parametrize("policy", ["public", Policy.internal(minimum_population_load=5000)], ids=["public", "strict"])
def test_numbers_of_the_city_that_rest_on_other_plants_do_not_stand_side_by_side(policy):
    for lacking, population in (("population", "reported"), ("flow", "cotinine")):
        shown = city_of(mixed(lacking), policy=policy, population=population)
        shown = shown[shown["status"] == "estimate"]
        assert len(shown) >= 1
        raw = tables_of(mixed(lacking), policy, population)
        assert raw.loc[shown.index, "_samples"].nunique() == 1  # all of them rest on the same samples
        assert raw.loc[shown.index, "_sites"].eq(6).all()


def test_where_every_load_is_open_the_city_keeps_both_and_says_what_one_lacks():
    city = city_of(mixed("population"), policy="internal")
    assert city.loc["mass_load", "status"] == "estimate"
    assert city.loc["normalised_load", "status"] == "incomplete"
    assert f"{DISTRICTS[2]}污水厂" in city.loc["normalised_load", "note"]


def test_a_discharge_left_out_of_use_does_not_give_its_district_away():
    ds = small_city(districts=6, months=1, biomarkers=(METH, "amphetamine"))
    ds["concentration"].loc[{"biomarker": "amphetamine"}] = 0.09 * ds["concentration"].sel(biomarker=METH)
    ds["flag"].loc[{"biomarker": "amphetamine"}] = int(Flag.DETECTED)
    ds["concentration"].loc[{"biomarker": METH}][3] = 90.0
    ds["concentration"].loc[{"biomarker": "amphetamine"}][3] = 0.05
    estimate = wbe.estimate(ds, draws=2000)
    assert estimate.chain.unconsumed[METH].tolist() == [False] * 3 + [True] + [False] * 2
    city = city_of(ds)
    shown = set(city.index[city["status"] == "estimate"])
    assert shown in ({"consumption", "doses", "users"}, {"mass_load", "normalised_load"})


# ---- one district in the city's number -----------------------------------------------------------------------------


def found_in(count, months=1):
    """Ten districts; ketamine is detected in the first ``count`` of them."""
    ds = small_city(districts=10, months=months, biomarkers=(METH, "ketamine"))
    ketamine = {"biomarker": "ketamine"}
    ds["flag"].loc[ketamine] = int(Flag.BELOW_LOD)
    ds["concentration"].loc[ketamine] = np.nan
    here = np.isin(ds["district"].values, DISTRICTS[:count])
    ds["flag"].loc[ketamine] = np.where(here, int(Flag.DETECTED), int(Flag.BELOW_LOD))
    ds["concentration"].loc[ketamine] = np.where(here, 40.0, np.nan)
    return ds


@pytest.mark.parametrize("count", [1, 2])
def test_what_was_detected_in_fewer_than_three_districts_has_no_number_of_the_city(count):
    ds = found_in(count)
    truth = load_of(ds, DISTRICTS[0], "ketamine")
    open_ = wbe.estimate(ds, draws=2000).table("city").query("biomarker == 'ketamine' and quantity == 'mass_load'")
    if count == 1:  # with the others at 0 the city is that district: the note would say its number
        told = float(re.search(r"would be ([\d.]+) with them at 0", open_["note"].item())[1])
        assert told == pytest.approx(truth, rel=0.02)
    hidden = city_of(ds, "ketamine").loc[["mass_load", "normalised_load", "consumption"]]
    assert (hidden["status"] == "suppressed").all()
    assert (hidden["note"] == "").all()
    assert hidden["n_detected"].isna().all()  # not told, for any row


def test_three_districts_are_enough_and_none_leaves_a_bound():
    assert city_of(found_in(3), "ketamine").loc["normalised_load", "status"] == "estimate"
    assert city_of(found_in(0), "ketamine").loc["normalised_load", "status"] == "below_limit"


def test_a_city_that_is_nearly_all_one_district_is_not_published():
    ds = small_city(districts=6, months=1, biomarkers=(METH,))
    at = ds["district"].values == DISTRICTS[3]
    ds["concentration"][at, 0] = 6000.0
    total = float(wbe.estimate(ds, draws=2000).table("city").query("quantity == 'mass_load'")["median"].iloc[0])
    assert total == pytest.approx(load_of(ds, DISTRICTS[3]), rel=WITHIN)  # the total is the district's number
    assert (city_of(ds)["status"] == "suppressed").all()
    ds["concentration"][at, 0] = 100.0
    assert (city_of(ds).loc[["mass_load", "users"], "status"] == "estimate").all()


def test_what_the_policy_judges_by_is_not_published():
    for table in tables(found_in(3)):
        assert not [c for c in table if c.startswith("_")]
    by_scenario = wbe.estimate(found_in(3), draws=1000).users_by_scenario()
    assert not [c for c in by_scenario if c.startswith("_")]


# ---- two months, two profiles, every file --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def published(tmp_path_factory, blank_pictures):
    """Everything a public run writes over two months under two profiles, from one file per county."""
    folder = tmp_path_factory.mktemp("counties")
    ds = small_city(districts=10, months=2, biomarkers=(METH, "ketamine", "cotinine"), samples_per_month=2)
    rng = np.random.default_rng(3)
    ds["concentration"] *= np.exp(rng.normal(0, 0.6, ds["concentration"].shape))
    ds["flow"] *= np.exp(rng.normal(0, 0.2, ds.sizes["sample"]))
    for district in DISTRICTS:
        here = np.flatnonzero(ds["district"].values == district)
        rows = [{
            "县市区": district, "采样点": f"{district}污水厂", "采样日期": str(ds["time"].values[i])[:10],
            "流量（m³/d）": round(float(ds["flow"][i]), 1), "服务人口（人）": int(ds["population"][i]),
            **{f"{b}（ng/L）": "未检出" if ds["flag"].values[i, j] else round(float(ds["concentration"][i, j]), 3)
               for j, b in enumerate(ds["biomarker"].values)},
        } for i in here]  # fmt: skip
        pd.DataFrame(rows).to_csv(folder / f"{district}.csv", index=False)
    samples = wbe.read_samples(folder)
    out = tmp_path_factory.mktemp("public")
    texts = {}
    for profile in ("default", "zuccato-2008"):
        estimate = wbe.estimate(samples, profile, policy="public", draws=1000)
        write_estimate(estimate, out / f"{profile}.csv", source=folder)
        for end in (".csv", ".csv.run.json"):
            texts[profile, end] = (out / f"{profile}{end}").read_text(encoding="utf-8-sig")
        for month in ("2021-01", "2021-02"):
            with blank_pictures():
                files = wbe.report(samples, month, out / f"{profile}-{month}", "zh+en", formats="html,xlsx",
                                   factors=profile, policy="public", draws=1000)  # fmt: skip
            texts[profile, month, "html"] = files.html.read_text(encoding="utf-8")
            book = openpyxl.load_workbook(files.workbook)
            cells = [str(c.value) for sheet in book for row in sheet.iter_rows() for c in row if c.value is not None]
            texts[profile, month, "xlsx"] = "\n".join(cells)
    return samples, texts


def numbers_in(text):
    return np.array([float(x.replace(",", "")) for x in re.findall(r"(?<![\w.#-])\d[\d,]*\.\d{3,}", text)])


def test_no_file_of_the_public_edition_holds_a_number_of_a_district_or_an_input(published):
    samples, texts = published
    inside = wbe.estimate(samples, draws=1000).table().query("status == 'estimate'")
    secret = inside[["median", "lower", "upper"]].to_numpy().ravel()
    raw = np.concatenate([samples[v].values.ravel() for v in ("concentration", "flow")])
    secret = np.unique(np.concatenate([secret, raw[np.isfinite(raw)]]))
    for name, text in texts.items():
        told = numbers_in(text)
        if len(told):
            near = np.abs(told[:, None] / secret[None, :] - 1).min(axis=0)
            assert not (near < 1e-6).any(), (name, secret[near < 1e-6])


def test_no_file_of_the_public_edition_names_a_plant_or_a_file_of_a_county(published):
    samples, texts = published
    for name, text in texts.items():
        for site in set(samples["site"].values):
            assert str(site) not in text, name
        for district in DISTRICTS:
            assert f"{district}.csv" not in text, name


def test_two_months_and_two_profiles_together_fix_no_district(published):
    samples, texts = published
    known_all = wbe.estimate(samples, draws=1000)
    truth = known_all.table().query("quantity == 'mass_load'")
    heads_of_month = known_all.table("city").groupby("month")["population"].max()
    truth = truth[truth["district"] != "云龙示范区"]  # it lies in another district
    tables = [pd.read_csv(io.StringIO(texts[profile, ".csv"])) for profile in ("default", "zuccato-2008")]
    shown = pd.concat(tables).query("district == 'city' and status == 'estimate'")
    groups = dict(list(shown[shown["biomarker"].isin([METH, "ketamine"])].groupby(["month", "biomarker"])))
    assert len(groups) == 2  # months that lack a plant are not published
    for (month, biomarker), group in groups.items():
        # no count or population says whose samples are in it; who knows the people behind the city can take them
        assert group[["n_districts", "population", "n_samples", "n_detected"]].isna().all().all()
        people = heads_of_month[month]
        # so the range of each district is 0 to the smallest of them, which reaches beyond 20 % of it
        whole = group[group["quantity"] == "mass_load"]["median"]
        heads = group[group["quantity"] == "normalised_load"]["median"] * people * 1e-6
        known = truth[(truth["month"] == month) & (truth["biomarker"] == biomarker)]["median"]
        assert min(whole.min(), heads.min()) > (1 + WITHIN) * known.max()


def test_tables_that_contradict_each_other_are_widened_until_they_agree_or_called_unknown():
    shown = pd.DataFrame({
        "district": ["a", "b", "city", "city"], "month": "2021-06", "drug": METH, "quantity": "mass_load",
        "median": [np.nan, 40.0, 100.0, 104.0], "lower": 0.0, "upper": 200.0,
        "status": ["suppressed", "estimate", "estimate", "estimate"], "population": [4e3, 5e4, 6e4, 6e4],
    })  # fmt: skip
    one = audit(shown).iloc[0]
    assert one["slack"] == 0.02  # of 100 and 104
    assert 55 < one["lower"] < 62 < one["upper"] < 66
    assert audit(shown.iloc[:3])["slack"].tolist() == [0.0]
    far = audit(shown.assign(median=[np.nan, 40.0, 100.0, 900.0])).iloc[0]
    assert far[["lower", "upper", "slack"]].isna().all()  # nothing is called safe


def test_the_public_run_record_calls_an_admitted_institution_by_its_code(tmp_path):
    ds = small_city(districts=6, months=1, biomarkers=(METH,))
    site = "天元区第一中学"
    ds = ds.assign_coords(site=("sample", np.where(ds["district"] == "天元区", site, ds["site"]).astype(object)))
    reason = "Approved by the ethics board, minute 7 of 2021"
    for policy in (Policy.public(), Policy.internal()):
        admitted = policy.with_override(site, reason)
        made = wbe.estimate(ds, policy=admitted, draws=1000)
        write_estimate(made, tmp_path / f"{policy.edition}.csv", source=tmp_path, command=["--admit", site])
        text = (tmp_path / f"{policy.edition}.csv.run.json").read_text(encoding="utf-8")
        kept = json.loads(text)["policy"]["overrides"]
        assert [k["reason"] for k in kept] == [reason]
        assert (site in text) == (policy.edition == "internal")
        assert kept[0]["site"] == admitted.site_labels([site])[site]


def test_people_counted_by_a_marker_do_not_give_the_load_of_the_marker_away():
    ds = mixed("population")
    ds["population"][2] = 321_000.0
    open_, public = (
        wbe.estimate(ds, population="cotinine", policy=p, draws=1000).table() for p in ("internal", "public")
    )
    assert (open_["population"] > 0).all()
    assert public["population"].isna().all()
    load = open_.query("quantity == 'mass_load' and biomarker == 'cotinine'").set_index("district")
    per_head = load["median"] / load["population"]
    assert per_head.std() / per_head.mean() < 0.05  # so a head count by cotinine is its load
    strict = Policy.internal(minimum_population_load=1e9)  # hides every load, and shows its people
    told = wbe.estimate(ds, population="cotinine", policy=strict, draws=1000).table()
    counted = told.set_index("district")["population"].groupby(level=0).unique()
    reported = dict(zip(ds["district"].values, ds["population"].values, strict=True))
    assert {d: v.tolist() for d, v in counted.items()} == {d: [float(n)] for d, n in reported.items()}


# ---- digits that are not in the text ------------------------------------------------------------------------------


def test_where_loads_are_protected_numbers_have_the_digits_of_their_text():
    ds = small_city(districts=6, months=2, biomarkers=(METH, "ketamine", "benzoylecgonine"))
    for policy in ("public", Policy.internal(minimum_population_load=5000)):
        city = tables(ds, policy)[1]
        shown = city[city["status"].isin(["estimate", "below_limit"]) & (city["quantity"] != "users")]
        assert set(shown["status"]) == {"estimate", "below_limit"}
        for row in shown.itertuples():
            told = [float(x.replace(",", "")) for x in re.findall(r"[\d,.]+", row.text)]
            held = [row.median, row.lower, row.upper] if row.status == "estimate" else [row.limit, row.upper]
            assert told == pytest.approx(held, rel=1e-12)


@pytest.mark.parametrize("policy", ["public", Policy.internal(minimum_population_load=5000)], ids=["public", "strict"])
def test_draws_of_the_city_are_refused_where_loads_are_protected(policy):
    ds = small_city(districts=6, months=1, biomarkers=(METH,))
    with pytest.raises(DisclosureError, match="to whoever knows the seed"):
        wbe.estimate(ds, policy=policy, draws=1000).draws("mass_load", METH, area="city")
    assert wbe.estimate(ds, draws=1000).draws("mass_load", METH, area="city").notnull().all()


def test_the_seed_and_the_digits_of_a_total_do_not_find_its_hidden_parts():
    ds = small_city(districts=4, months=1, biomarkers=(METH,), seed=2)
    ds["population"][0], ds["flow"][0] = 4000.0, 3000.0
    strict = Policy.internal(minimum_population_load=5000)
    table = tables(ds, strict)[0].query("quantity == 'mass_load'")
    hidden = np.flatnonzero(table["status"] == "suppressed")
    assert hidden.tolist() == [0, 3]  # the small one and its companion; the attacker knows all else, and the seed

    def total(small, large, policy="internal"):
        guess = ds.copy(deep=True)
        guess["concentration"][0, 0] *= small
        guess["concentration"][3, 0] *= large
        row = wbe.estimate(guess, policy=policy, draws=1000).table("city").query("quantity == 'mass_load'").iloc[0]
        return row[["median", "lower", "upper"]].to_numpy(float)

    told, exact = total(1, 1, strict), total(1, 1)
    splits = np.linspace(1.02, 1.05, 9)  # the small one at little more than half of the truth
    assert min(np.abs(total(0.6, large) / exact - 1).max() for large in splits) > 1e-3  # all digits would rule it out
    assert any((total(0.6, large, strict) == told).all() for large in splits)  # those of the text do not
