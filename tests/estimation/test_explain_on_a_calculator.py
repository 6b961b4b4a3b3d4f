"""The numbers that an explanation prints multiply to the numbers that it prints: a pocket calculator agrees."""

from __future__ import annotations

import re

import pytest

import wbe
from wbe.testing import small_city


@pytest.mark.parametrize("district", ["天元区", "荷塘区", "芦淞区"])
def test_each_printed_product_is_the_product_of_its_printed_numbers(district):
    estimate = wbe.estimate(small_city(months=3), draws=1000)
    text = estimate.explain(district, "2021-03", "methamphetamine", language="en")

    def printed(pattern):
        found = re.search(pattern, text)
        assert found, pattern
        return [float(n.replace(",", "")) for n in found.groups()]

    concentration, flow, load, people = printed(
        r": ([\d.,]+) ng/L x ([\d.,]+) m3/d = ([\d.,]+) g/d, ([\d,]+) inhabitants"
    )
    assert concentration * flow / 1e6 == pytest.approx(load, rel=2e-5)  # ng/L x m3/d is 1e-6 g/d
    (mean,) = printed(r"day\(s\) = ([\d.,]+)")
    assert 1e6 * load / people == pytest.approx(mean, rel=2e-5)  # g/d over people is 1e6 mg/d over 1000
    first, factor, result = printed(r"(?m)^([\d.,]+) x ([\d.,]+) = ([\d.,]+) mg")
    assert first == pytest.approx(mean, rel=1e-5)
    assert first * factor == pytest.approx(result, rel=2e-5)
    ratio, fraction, shown = printed(r"mass ratio ([\d.,]+) / median molar fraction ([\d.,]+) = ([\d.,]+);")
    assert ratio / fraction == pytest.approx(shown, rel=1e-3)
    assert shown == pytest.approx(factor, rel=1e-3)
    table = estimate.table(quantity="consumption", drug="methamphetamine")
    row = table[(table["district"] == district) & (table["month"] == "2021-03")]
    assert row["median"].item() == pytest.approx(result, rel=1e-4)
