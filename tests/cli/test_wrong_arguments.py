"""What a user hands over by mistake is refused by name, with the next step, never with a traceback."""

from __future__ import annotations

import pytest

import wbe
from wbe.errors import FactorError, InputError
from wbe.testing import small_city


@pytest.fixture(scope="module")
def samples():
    return small_city()


@pytest.fixture(scope="module")
def estimate(samples):
    return wbe.estimate(samples, draws=2000)


@pytest.mark.parametrize("door", [wbe.estimate, wbe.check, lambda path: wbe.factors.compare(path)])
def test_a_path_where_samples_are_needed_says_to_read_it_first(door):
    with pytest.raises(InputError, match=r"june\.xlsx.*needed a Samples dataset.*read_samples\(path\)"):
        door("june.xlsx")


@pytest.mark.parametrize("door", [wbe.estimate, wbe.check, lambda came: wbe.report(came, "2021-06", "never")])
def test_an_estimate_where_samples_are_needed_is_named(door, estimate):
    with pytest.raises(InputError, match=r"type Estimate; needed a Samples dataset"):
        door(estimate)


@pytest.mark.parametrize("name", ["trend", "rank", "alerts"])
def test_samples_where_an_estimate_is_needed_say_to_estimate_first(name, samples):
    with pytest.raises(InputError, match=rf"got {name}\(estimate\).*Dataset; needed an Estimate.*wbe\.estimate"):
        getattr(wbe, name)(samples)


@pytest.mark.parametrize("name", ["trends", "tiles"])
def test_plots_say_the_same(name, samples):
    with pytest.raises(InputError, match=rf"got {name}\(estimate\).*needed an Estimate"):
        getattr(wbe.plot, name)(samples)


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        ({"level": "95%"}, r"level '95%'; needed a probability between 0 and 1"),
        ({"level": 95}, r"level 95; needed a probability"),
        ({"seed": "today"}, r"seed 'today'; needed a whole number"),
        ({"draws": 10}, r"draws 10; needed at least 1000"),
        ({"draws": "many"}, r"draws 'many'; needed at least 1000"),
    ],
)
def test_a_setting_of_the_wrong_kind_is_named(samples, argument, message):
    with pytest.raises(InputError, match=message):
        wbe.estimate(samples, **argument)


def test_one_profile_cannot_be_compared(samples):
    with pytest.raises(FactorError, match="got one profile; needed a list"):
        wbe.factors.compare(samples, "default")
