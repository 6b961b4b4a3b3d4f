"""The doors of the sewer refuse what is no network, and say what to write."""

import math
import sys
from types import SimpleNamespace

import numpy as np
import pytest

import wbe
from wbe.errors import InputError
from wbe.testing import small_city


@pytest.mark.parametrize("came", [None, "sewer.csv", 3])
@pytest.mark.parametrize("door", [
    lambda came: wbe.sewer.search(came, drug="methamphetamine"),
    lambda came: wbe.sewer.attribute(came, small_city(), drug="methamphetamine"),
])  # fmt: skip
def test_a_path_is_no_network(came, door):
    with pytest.raises(InputError, match="read_network") as caught:
        door(came)
    assert caught.value.codes == ["sewer-not-a-network"]


# ---- decisions that only a number shows ---------------------------------------------------------------------------


def test_a_visit_that_parts_two_equal_halves_is_worth_one_bit():
    from wbe.sewer.planning import _information

    sure = _information(np.array([[0.5, 0.0]]), np.array([[0.0, 0.5]]))
    blind = _information(np.array([[0.25, 0.25]]), np.array([[0.25, 0.25]]))
    quarter = _information(np.array([[0.25, 0.0]]), np.array([[0.0, 0.75]]))
    assert sure.tolist() == pytest.approx([1.0])
    assert blind.tolist() == pytest.approx([0.0])
    assert quarter.tolist() == pytest.approx([0.25 * 2 + 0.75 * math.log2(4 / 3)])


def test_a_measured_load_is_as_likely_as_a_log_normal_of_mean_one_says():
    from scipy.stats import norm

    from wbe.sewer.chains import _Model
    from wbe.sewer.observations import VALUE

    for variance in (0.04, 0.8):
        model = _Model.__new__(_Model)
        model.prior = {"false_result": 0.02}
        model.variance = np.array([variance])
        model.seen = SimpleNamespace(log_load=np.array([math.log(6.0)]), state=np.array([VALUE]))
        own = norm.pdf(math.log(6.0), math.log(5.0) - variance / 2, math.sqrt(variance))
        expected = math.log(0.98 * own + 0.02 * 0.1)
        assert model.likelihood(np.array([[5.0]])).tolist() == pytest.approx([expected])


def test_a_plan_reckons_with_the_sizes_of_error_that_its_kind_of_sample_has(monkeypatch):
    from wbe.sewer import search as room
    from wbe.sewer.settings import settings

    network = wbe.sewer.Network(np.array(["A", "B", "plant"]), np.array([9000.0, 8000.0, 0.0]),
                                np.array([0, 1]), np.array([2, 2]), np.ones(2), np.ones(2))  # fmt: skip
    seen = {}
    module = sys.modules[room.__module__] if callable(room) else room
    real = module.best

    def best(belief, k, allowed, limit, variance, costs):
        seen["variance"] = variance
        return real(belief, k, allowed, limit, variance, costs)

    monkeypatch.setattr(module, "best", best)
    rules = settings()["error"]
    for kind in ("24h_composite", "grab"):
        found = wbe.sewer.search(network, drug="methamphetamine", kind=kind)
        found.plan()
        sizes = (rules["sampling"][kind], rules["flow"], rules["analysis"])
        assert seen["variance"] == pytest.approx(sum(math.log(1 + cv * cv) for cv in sizes))
        assert "start" not in repr(found)


def test_one_link_of_several_without_a_travel_time_is_told(tmp_path):
    path = tmp_path / "sewer.csv"
    path.write_text("node,downstream,length,travel_time,population\nA,P,3600,,100\nB,P,,0.5,200\nP,,,,0\n", "utf-8")
    network = wbe.sewer.read_network(path)
    (note,) = [n for n in network.notes if n.code == "sewer-assumed-velocity"]
    assert note.values["count"] == 1
