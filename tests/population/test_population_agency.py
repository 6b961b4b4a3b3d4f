"""The public cotinine rule, to the digit, with its fault in view."""

from decimal import Decimal, getcontext

import numpy as np
import pandas as pd
import pytest

from wbe.population import agency_cotinine, cotinine_per_thousand, describe, per_head, resolve
from wbe.samples import build
from wbe.uncertainty import Uncertain

getcontext().prec = 40


def one_plant(share="0.8", flow="3.25"):
    """Cotinine 1830 ng/L, methamphetamine 27.4 ng/L, 3.25 x 10^4 m3/d, domestic share 0.8."""
    return build(
        {"sample": ["a"], "time": ["2021-06-24"], "site": ["s"], "district": ["d"], "flow": [float(flow) * 1e4],
         "population": [2e5], "domestic_share": [float(share)]},
        pd.DataFrame({"sample": "a", "biomarker": ["cotinine", "methamphetamine"], "concentration": [1830.0, 27.4],
                      "flag": 0}),
    )  # fmt: skip


def by_the_rule(share="0.8", flow="3.25", cigarettes="4.2"):
    """Exact arithmetic of the rule: P [10^3] = C_cot Q 10 s / e, e = cigarettes x 0.14 x 1000; L = C Q 10 / P.

    Source: consumption report rules of a public forensic-laboratory platform (Dlp-Gyjd/dlp-drugtesting).
    """
    e = Decimal(cigarettes) * Decimal("0.14") * 1000
    p = Decimal("1830") * Decimal(flow) * 10 * Decimal(share) / e
    return p, Decimal("27.4") * Decimal(flow) * 10 / p


def test_the_rule_is_reproduced_to_the_digit():
    population, load = by_the_rule()
    found = agency_cotinine(one_plant(), cigarettes_per_person_day=4.2)
    assert float(found["population_rule"][0]) == pytest.approx(float(population), rel=5e-15)
    assert float(found["load_rule"].sel(biomarker="methamphetamine")[0]) == pytest.approx(float(load), rel=5e-15)
    assert f"{float(found['population_rule'][0]):.3f}" == f"{population:.3f}" == "80.918"
    assert f"{float(found['load_rule'].sel(biomarker='methamphetamine')[0]):.4f}" == f"{load:.4f}" == "11.0049"


def test_the_corrected_value_stands_beside_it_smaller_by_the_domestic_share():
    found = agency_cotinine(one_plant(), cigarettes_per_person_day=4.2)
    np.testing.assert_allclose(found["load_corrected"], 0.8 * found["load_rule"])
    np.testing.assert_allclose(found["population_rule"], 0.8 * found["population_corrected"])
    assert "rise by 1/share" in found.attrs["warning_en"]
    assert "放大" in found.attrs["warning_zh"]


def test_the_flow_drops_out_of_the_rules_load():
    small, large = (agency_cotinine(one_plant(flow=f), 4.2) for f in ("0.5", "50"))
    np.testing.assert_allclose(small["load_rule"], large["load_rule"])


def test_loads_over_the_agency_population_are_the_rules_loads():
    ds = one_plant()
    load = (ds["concentration"] * ds["flow"] * 1e-6).assign_coords(month=("sample", ["2021-06"]))
    heads = per_head(Uncertain(load.transpose("sample", "biomarker")), resolve(ds, "agency-cotinine"))
    np.testing.assert_allclose(heads.central * 1e6, agency_cotinine(ds)["load_rule"].transpose("sample", "biomarker"))


def test_the_warning_and_the_status_reach_the_reader():
    words = describe(one_plant(), "agency-cotinine").iloc[0]
    assert "rise by 1/share" in words["en"]
    assert words["status"] in words["en"]


def test_the_national_number_of_cigarettes_is_used_only_without_the_provinces_own():
    assert cotinine_per_thousand(4.2) == pytest.approx(588.0)
    assert cotinine_per_thousand() == pytest.approx(3.7 * 0.14 * 1000)  # Gao et al. 2020, 10.1016/j.envint.2020.105492
