"""Pictures of origin draw what the tables say: unresolved shares are hatched, windows are those of the rules."""

import math

import matplotlib.dates as mdates
import numpy as np
import pytest
from matplotlib.figure import Figure

import wbe
from wbe.errors import DisclosureError, UnknownName
from wbe.origin import panel, panel_months, shares
from wbe.samples import Flag
from wbe.testing import small_city

NAMES = ("methamphetamine", "amphetamine", "morphine", "codeine", "mdma", "fentanyl")


@pytest.fixture(scope="module")
def estimate():
    ds = small_city(districts=2, months=5, biomarkers=NAMES, equal=True)
    month = ds["time"].dt.month.values
    ds["flag"][:] = int(Flag.DETECTED)
    ds["concentration"][:] = np.array([200.0, 18.0, 40.0, 30.0, 12.0, np.nan])
    ds["concentration"][:, 1] = np.where(month >= 4, 200.0, 18.0)
    ds["flag"][:, 5] = np.where(month >= 3, int(Flag.BELOW_LOD), int(Flag.NOT_RUN))
    fraction = np.full(ds["concentration"].shape, np.nan)
    fraction[:, 4] = 0.68
    ds["enantiomeric_fraction"] = (("sample", "biomarker"), fraction, {"units": "1"})
    return wbe.estimate(ds)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_each_picture_has_a_title_and_the_synthetic_mark(estimate, language):
    for figure in (
        wbe.plot.origin_shares(estimate, "morphine", language=language),
        wbe.plot.ratios(estimate, "amphetamine", "methamphetamine", language=language),
        wbe.plot.enantiomers(estimate, "mdma", language=language),
        wbe.plot.substances(estimate, language=language),
    ):
        assert isinstance(figure, Figure)
        texts = [t.get_text() for t in figure.texts] + [figure._suptitle.get_text()]  # no public door to it
        assert all(t and not t.startswith("plot-origin") for t in texts)
        assert any(t.get_gid() == "synthetic" for t in figure.texts)
        figure.draw_without_rendering()


def test_bars_are_the_mean_shares_and_unresolved_ones_are_hatched(estimate):
    figure = wbe.plot.origin_shares(estimate, "amphetamine", language="en", district="荷塘区")
    bars = [p for p in figure.axes[0].patches if p.get_height() > 0]
    table = shares(estimate).query("drug == 'amphetamine' and district == '荷塘区'")
    assert sorted(round(p.get_height(), 9) for p in bars) == sorted(round(m, 9) for m in table["mean"])
    hatched = sum(p.get_hatch() is not None for p in bars)
    assert hatched == int((table["status"] != "resolved").sum()) == 6  # three months, two sources
    tops = {}
    for p in bars:
        tops[round(p.get_x(), 3)] = max(tops.get(round(p.get_x(), 3), 0), p.get_y() + p.get_height())
    assert list(tops.values()) == pytest.approx([1.0] * 5)
    # one interval a month: the second source's is the first's turned over
    lines = figure.axes[0].lines
    own = table[table["source"] == "amphetamine"]
    assert [tuple(line.get_ydata()) for line in lines] == [
        pytest.approx(pair) for pair in zip(own["lower"], own["upper"], strict=True)
    ]


def test_what_cannot_be_reckoned_is_one_open_bar(estimate):
    ds = estimate.samples.sel(biomarker=["amphetamine"])
    figure = wbe.plot.origin_shares(wbe.estimate(ds), "amphetamine", language="en")
    assert {p.get_height() for p in figure.axes[0].patches} == {1.0}
    assert not figure.axes[0].lines


def test_the_window_of_a_ratio_is_that_of_the_rules(estimate):
    axes = wbe.plot.ratios(estimate, "amphetamine", "methamphetamine", language="en").axes[0]
    (band,) = [p for p in axes.patches if p.get_label().startswith("what use")]
    low, high = band.get_y(), band.get_y() + band.get_height()
    assert (low, high) == (pytest.approx(0.09 * math.exp(-1.96 * 0.4), rel=1e-3),
                           pytest.approx(0.09 * math.exp(1.96 * 0.4), rel=1e-3))  # fmt: skip
    points = [line for line in axes.lines if line.get_linestyle() == "None"]
    assert len(points) == 2  # districts
    assert points[0].get_ydata().tolist() == pytest.approx([0.09, 0.09, 0.09, 1.0, 1.0])
    history = [line for line in axes.lines if line.get_linestyle() == "-"]
    assert history[0].get_ydata().tolist() == pytest.approx([0.09] * 5)
    plain = wbe.plot.ratios(estimate, "codeine", "morphine", language="en").axes[0]
    assert not plain.patches  # no rule, no window


def test_enantiomers_stand_at_their_day_and_fraction(estimate):
    axes = wbe.plot.enantiomers(estimate, "mdma", language="en").axes[0]
    points = [line for line in axes.lines if line.get_marker() not in ("None", None, "")]
    assert all(np.allclose(line.get_ydata(), 0.68) for line in points)
    assert mdates.num2date(mdates.date2num(points[0].get_xdata()[0])).month == 1
    assert len(axes.patches) == 2  # use and unused product
    with pytest.raises(UnknownName, match="ketamine"):
        wbe.plot.enantiomers(estimate, "ketamine")


def test_the_panel_has_a_tile_for_every_substance_and_month(estimate):
    axes = wbe.plot.substances(estimate, language="en").axes[0]
    table = panel_months(estimate)
    tiles = [p.get_gid() for p in axes.patches]
    assert len(tiles) == table.size
    assert {s: tiles.count(s) for s in set(tiles)} == table.stack().value_counts().to_dict()
    order = [t.get_text().split(" · ")[0] for t in axes.get_yticklabels()]
    assert order[-1] == "Fentanyl"
    assert len(order) == len(panel(estimate))


def test_pictures_draw_into_axes_given(estimate):
    figure = Figure()
    axes = figure.subplots(2, 2).ravel()
    assert wbe.plot.origin_shares(estimate, "amphetamine", language="en", ax=axes[0]) is figure
    wbe.plot.ratios(estimate, "codeine", "morphine", language="en", ax=axes[1])
    wbe.plot.enantiomers(estimate, "mdma", language="en", ax=axes[2])
    wbe.plot.substances(estimate, language="en", ax=axes[3])
    assert all(ax.get_title(loc="left") for ax in axes)


def test_wrong_names_and_public_editions_are_refused(estimate):
    with pytest.raises(UnknownName, match="mdma"):
        wbe.plot.origin_shares(estimate, "mdma")
    with pytest.raises(UnknownName, match="district"):
        wbe.plot.origin_shares(estimate, "morphine", district="nowhere")
    with pytest.raises(UnknownName, match="cocaine"):
        wbe.plot.ratios(estimate, "cocaine", "morphine")
    public = wbe.estimate(estimate.samples, policy="public")
    for draw in (wbe.plot.substances, lambda e: wbe.plot.ratios(e, "codeine", "morphine")):
        with pytest.raises(DisclosureError, match="public"):
            draw(public)


def test_a_waterfall_goes_from_one_month_to_the_other():
    ds = small_city(districts=3, months=2, biomarkers=("methamphetamine",), equal=True)
    ds["flag"][:] = int(Flag.DETECTED)
    ds["concentration"][:] = 50.0
    ds["concentration"][((ds["district"] == "荷塘区").values & (ds["time"].dt.month == 2).values)] = 1000.0
    estimate = wbe.estimate(ds)
    figure = wbe.plot.contributions(estimate, month="2021-02", drug="methamphetamine", language="en")
    bars = [p.get_height() for p in figure.axes[0].patches]
    assert bars == pytest.approx([7.5, 55.0, 47.5, 0.0, 0.0])
    assert "moved the sum most" in figure.texts[0].get_text() + figure.texts[1].get_text()
    own = Figure().subplots()
    wbe.plot.contributions(estimate, month="2021-02", drug="methamphetamine", language="zh", ax=own)
    assert "贡献" in own.get_title(loc="left")
