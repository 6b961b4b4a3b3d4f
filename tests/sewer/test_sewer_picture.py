"""The picture of a search shows what may be named and no more."""

from __future__ import annotations

import numpy as np
import pytest
from trees import balanced, clean_source, people_above, sample

import wbe


def followed(people=2000.0):
    network = balanced(16, people=people)
    search = wbe.sewer.search(network, drug="methamphetamine")
    return search.observe(sample(network, "n1", clean_source(network, "n15", "n1")))


def texts(figure):
    return {t.get_text() for t in figure.findobj(lambda a: hasattr(a, "get_text"))}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_only_nodes_with_enough_people_are_drawn_and_named(language):
    search = followed()
    figure = wbe.plot.sewer(search, language=language)
    axes = figure.axes[0]
    large = [n for n in search.network.nodes if people_above(search.network, n) >= 5000]
    marks = max((c.get_offsets() for c in axes.collections), key=len)
    assert len(marks) == len(large)
    small = set(search.network.nodes) - set(large)
    assert not texts(figure) & small
    assert len(axes.lines) == len(large) - 1


def test_the_visits_of_the_plan_are_numbered_in_their_order():
    search = followed()
    figure = wbe.plot.sewer(search, visits=2, language="en")
    assert {"1", "2"} <= texts(figure)
    assert "3" not in texts(figure)
    assert not {"1", "2"} & texts(wbe.plot.sewer(search, visits=0, language="en"))


def test_the_users_own_coordinates_make_a_map():
    network = balanced(4, people=6000.0)
    xy = np.column_stack([np.arange(7.0), np.arange(7.0) ** 2])
    mapped = wbe.sewer.Network(
        network.names, network.own, network.up, network.down, network.hours, network.share, xy=xy
    )
    figure = wbe.plot.sewer(wbe.sewer.search(mapped, drug="methamphetamine"), visits=0, language="en")
    np.testing.assert_array_equal(np.sort(figure.axes[0].collections[0].get_offsets()[:, 1]), np.sort(xy[:, 1]))


def test_synthetic_samples_are_marked_and_markup_is_only_text():
    network = balanced(4, people=6000.0)
    names = network.names.copy()
    names[1] = "$\\frac$"
    odd = wbe.sewer.Network(names, network.own, network.up, network.down, network.hours, network.share)
    figure = wbe.plot.sewer(wbe.sewer.search(odd, drug="methamphetamine"), language="en")
    assert "$\\frac$" in texts(figure)
    assert any("Synthetic" in t for t in texts(wbe.plot.sewer(followed(), language="en")))


def test_a_callers_axes_are_drawn_into():
    from matplotlib.figure import Figure

    own = Figure()
    axes = own.add_subplot()
    assert wbe.plot.sewer(followed(), ax=axes, language="en") is own
    assert axes.get_gid() == "sewer"
