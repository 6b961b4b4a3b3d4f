"""Figures show every number, every non-number, and nothing that was not computed."""

from __future__ import annotations

import io
import itertools
import subprocess
import sys

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text

import wbe
from wbe.errors import UnknownName, WbeWarning
from wbe.plot import fonts
from wbe.samples import Flag
from wbe.testing import small_city


@pytest.fixture(scope="module")
def city():
    """Four months of three districts; the second district misses its third month and changes its method."""
    ds = small_city(months=5)
    gone = "荷塘区-20210312"
    ds = ds.isel(sample=[i for i, s in enumerate(ds["sample"].values) if s != gone])
    late = (ds["time"] > np.datetime64("2021-05-01")) & (ds["district"] == "荷塘区")
    ds["method_version"] = ds["method_version"].where(~late, "B").astype(object)
    return wbe.estimate(ds, draws=1000)


def marks(figure, gid):
    return [a for a in figure.findobj(lambda a: a.get_gid() == gid)]


def points(figure, gid):
    return sum(len(line.get_xdata()) for line in marks(figure, gid))


def steps(panel):
    """The pairs of neighbouring months that a line joins."""
    return [
        (int(a), int(b))
        for line in panel.lines if line.get_gid() == "joined"
        for (a, y), (b, z) in itertools.pairwise(zip(line.get_xdata(), line.get_ydata(), strict=True))
        if np.isfinite([a, y, b, z]).all()
    ]  # fmt: skip


@pytest.mark.parametrize("drug", ["methamphetamine", "ketamine", "cocaine"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_trends_draw_one_mark_for_each_state(city, drug, language):
    figure = wbe.plot.trends(city, drug=drug, language=language)
    series = city.series()
    status = series.loc[series["drug"] == drug, "status"].value_counts()
    assert points(figure, "estimate") == status.get("estimate", 0)
    assert points(figure, "non-detect") == status.get("below_limit", 0)
    assert len(marks(figure, "missing")) == status.get("no_data", 0) == 1
    assert len(marks(figure, "method-change")) == 1


def test_panels_share_their_axes_and_say_their_district(city):
    figure = wbe.plot.trends(city, drug="methamphetamine", language="zh")
    panels = [a for a in figure.axes if a.get_title(loc="left")]
    assert [a.get_title(loc="left") for a in panels] == list(city.districts)
    assert len({(*a.get_xlim(), *a.get_ylim()) for a in panels}) == 1


def test_a_line_bridges_neither_a_missing_month_nor_a_method_change(city):
    figure = wbe.plot.trends(city, drug="methamphetamine", language="en")
    first, second = [a for a in figure.axes if a.get_title(loc="left")][:2]
    assert steps(first) == [(0, 1), (1, 2), (2, 3), (3, 4)]
    assert steps(second) == [(0, 1)]


def test_two_changes_of_method_leave_the_months_between_them_joined():
    ds = small_city(months=6, districts=1)
    month = ds["time"].dt.month
    ds["method_version"] = ds["method_version"].where(month < 3, "B").where(month < 5, "C").astype(object)
    figure = wbe.plot.trends(wbe.estimate(ds, draws=1000), drug="methamphetamine", language="en")
    assert steps(figure.axes[0]) == [(0, 1), (2, 3), (4, 5)]
    (line,) = marks(figure, "joined")
    (dots,) = marks(figure, "estimate")
    drawn = np.isfinite(line.get_xdata())
    assert np.array_equal(line.get_xdata()[drawn], dots.get_xdata())
    assert np.array_equal(line.get_ydata()[drawn], dots.get_ydata())


def test_panels_of_one_figure_and_given_axes_have_the_same_scale_and_ticks(city):
    own = wbe.plot.trends(city, drug="methamphetamine", language="en").axes[:3]
    alone = mpl.figure.Figure().subplots(3)
    wbe.plot.trends(city, drug="methamphetamine", language="en", ax=list(alone))
    for a, b in zip(own, alone, strict=True):
        assert (*a.get_xlim(), *a.get_ylim()) == (*b.get_xlim(), *b.get_ylim())
        assert [*a.get_xticks(), *a.get_yticks()] == [*b.get_xticks(), *b.get_yticks()]
        assert [t.get_text() for t in b.get_xticklabels()][-1] == "2021-05"


def test_what_lies_below_the_limit_is_shaded_up_to_it_in_its_own_month(city):
    figure = wbe.plot.trends(city, drug="cocaine", language="en")
    series = city.series()
    limits = series[(series["drug"] == "cocaine") & (series["district"] == "天元区")].set_index("month")["limit"]
    (shade,) = [p for p in figure.axes[0].patches if isinstance(p, mpl.patches.StepPatch)]
    values, edges, _ = shade.get_data()
    assert values == pytest.approx(limits.to_numpy())
    assert list(edges) == [-0.5, 0.5, 1.5, 2.5, 3.5, 4.5]


def test_a_picture_is_laid_out_once_and_is_the_same_picture_in_every_format(city):
    from PIL import Image

    from wbe.plot.canvas import as_png, as_svg

    figure = wbe.plot.trends(city, drug="methamphetamine", language="zh")
    width, height = figure.get_size_inches()
    svg = as_svg(figure)
    assert svg == as_svg(figure) == as_svg(wbe.plot.trends(city, drug="methamphetamine", language="zh"))
    made = Image.open(io.BytesIO(as_png(figure, svg, 100))).convert("L")
    assert made.size == (round(100 * width), round(100 * height))
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=100)
    drawn = Image.open(buffer).convert("L").resize(made.size)
    # each writer smooths its edges in its own way: compared by squares of six dots
    squares = [np.asarray(picture.reduce(6), dtype=float).ravel() for picture in (made, drawn)]
    assert np.corrcoef(*squares)[0, 1] > 0.95


def test_without_typst_a_picture_is_drawn_as_pixels(city, monkeypatch):
    from PIL import Image

    from wbe.errors import MissingExtra
    from wbe.plot import canvas

    def missing(package, extra):
        raise MissingExtra("errors-missing-extra", module=package, extra=extra)

    figure = wbe.plot.interval(city, month="2021-01", drug="ketamine", language="en")
    svg = canvas.as_svg(figure)
    monkeypatch.setattr(canvas, "require", missing)
    width, height = figure.get_size_inches()
    made = Image.open(io.BytesIO(canvas.as_png(figure, svg, 100)))
    assert made.size == (int(100 * width), int(100 * height))


def test_a_hidden_scale_becomes_logarithmic_for_all_panels():
    ds = small_city(months=4)
    ds["concentration"][0, 0] = 4000.0
    figure = wbe.plot.trends(wbe.estimate(ds, draws=1000), drug="methamphetamine", language="en")
    assert {a.get_yscale() for a in figure.axes if a.get_title(loc="left")} == {"log"}
    assert "logarithmic axis" in " ".join(t.get_text() for t in figure.findobj(Text))


@pytest.mark.parametrize("drug", ["methamphetamine", "cocaine"])
def test_tiles_show_the_tables_own_text(city, drug):
    figure = wbe.plot.tiles(city, month="2021-04", drug=drug, language="en")
    table = city.table().query("month == '2021-04' and drug == @drug and quantity == 'normalised_load'")
    words = [t.get_text() for t in figure.axes[0].texts]
    for text in table["text"]:
        value, _, rest = text.partition(" (")
        assert value in words
        assert not rest or f"({rest}" in words


def test_a_tile_without_a_sample_says_so_and_has_no_colour(city):
    figure = wbe.plot.tiles(city, month="2021-03", drug="methamphetamine", language="zh")
    (box,) = marks(figure, "tile-no_data")
    assert mpl.colors.to_hex(box.get_facecolor()) == "#ffffff"
    assert "无样品" in [t.get_text() for t in figure.axes[0].texts]


def test_unknown_districts_get_a_plain_grid():
    figure = wbe.plot.tiles(wbe.estimate(small_city(districts=["A", "B", "C"], months=1), draws=1000), language="en")
    assert {"A", "B", "C"} <= {t.get_text() for t in figure.axes[0].texts}


def test_intervals_and_ranks_have_one_mark_for_each_district(city):
    dots = wbe.plot.interval(city, month="2021-01", drug="methamphetamine", language="en")
    assert points(dots, "estimate") == 3
    below = wbe.plot.interval(city, month="2021-01", drug="cocaine", language="en")
    assert (points(below, "estimate"), points(below, "non-detect")) == (0, 3)
    chart = wbe.plot.ranks(city, ranking=wbe.rank(city, month="2021-01", drug="methamphetamine"), language="zh")
    assert points(chart, "estimate") == 3


def test_the_synthetic_mark_stands_on_every_figure_of_synthetic_data_only(city):
    ranking = wbe.rank(city, month="2021-01", drug="methamphetamine")
    measured = small_city(months=2)
    measured.attrs["synthetic"] = 0
    real = wbe.estimate(measured, draws=1000)
    for estimate, expected in ((city, 1), (real, 0)):
        for figure in (
            wbe.plot.trends(estimate, drug="methamphetamine"),
            wbe.plot.tiles(estimate, month="2021-01", drug="methamphetamine"),
            wbe.plot.interval(estimate, month="2021-01", drug="methamphetamine"),
            wbe.plot.ranks(estimate, ranking=ranking),
        ):
            assert len(marks(figure, "synthetic")) == expected


def test_names_with_dollar_signs_and_chinese_are_drawn_as_they_are():
    # between dollar signs matplotlib would typeset mathematics and drop the Chinese
    ds = small_city(districts=["天元$区$", "渌口区"], months=2)
    figure = wbe.plot.trends(wbe.estimate(ds, draws=1000), drug="methamphetamine", language="zh")
    assert not any(t.get_parse_math() for t in figure.findobj(Text))
    assert fonts.missing_glyphs(figure) == ""


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_character_has_a_glyph(city, language):
    if fonts.chinese_font() is None:
        pytest.skip("no Chinese font on this machine")
    ranking = wbe.rank(city, month="2021-01", drug="ketamine")
    for figure in (
        wbe.plot.trends(city, drug="ketamine", language=language),
        wbe.plot.tiles(city, month="2021-03", drug="ketamine", language=language),
        wbe.plot.interval(city, month="2021-03", drug="ketamine", language=language),
        wbe.plot.ranks(city, ranking=ranking, language=language),
    ):
        figure.savefig(io.BytesIO())  # the missing-glyph warning would be an error here
        assert fonts.missing_glyphs(figure) == ""


def test_without_a_chinese_font_labels_are_english_with_one_warning(monkeypatch):
    monkeypatch.setattr(fonts, "chinese_font", lambda: None)
    monkeypatch.setattr("wbe.plot.canvas.chinese_font", lambda: None)
    fonts._warn_once.cache_clear()
    estimate = wbe.estimate(small_city(districts=["天元区", "某某区"], months=2), draws=1000)
    with pytest.warns(WbeWarning, match=r"labels are in English.*pip install '.\[report\]'"):
        figure = wbe.plot.trends(estimate, drug="methamphetamine", language="zh")
    wbe.plot.tiles(estimate, drug="methamphetamine", language="zh")  # a second warning would be an error
    titles = [a.get_title(loc="left") for a in figure.axes[:2]]
    assert titles == ["Tianyuan", "Unit 2"]
    assert fonts.missing_glyphs(figure) == ""


def test_figures_leave_matplotlib_as_it_was(city):
    before = dict(mpl.rcParams)
    wbe.plot.trends(city, drug="ketamine")
    wbe.plot.tiles(city, drug="ketamine")
    assert dict(mpl.rcParams) == before


def test_neither_import_nor_drawing_touches_pyplot():
    code = (
        "import sys, wbe; from wbe.testing import small_city;"
        "wbe.plot.interval(wbe.estimate(small_city(months=1), draws=1000), language='en');"
        "print('matplotlib.pyplot' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"


def test_a_notebook_shows_the_figure(city):
    assert wbe.plot.interval(city, month="2021-01", drug="ketamine", language="en")._repr_png_().startswith(b"\x89PNG")


def test_faults_of_a_request_name_what_there_is(city):
    with pytest.raises(UnknownName, match="drug 'heroine'; needed the name of one that is known"):
        wbe.plot.trends(city, drug="heroine")
    with pytest.raises(UnknownName, match="month 2030-01; needed a month of the estimate, from 2021-01"):
        wbe.plot.tiles(city, month="2030-01", drug="ketamine")
    with pytest.raises(UnknownName, match=r"language 'fr'.*Known: zh, en"):
        wbe.plot.trends(city, drug="ketamine", language="fr")
    with pytest.raises(UnknownName, match=r"scale 'cubic'.*Known: auto, linear, log"):
        wbe.plot.trends(city, drug="ketamine", scale="cubic")


def test_a_rejected_sample_leaves_no_dot():
    ds = small_city(districts=2, months=2)
    ds["flag"][0, :] = int(Flag.REJECTED)
    ds["concentration"][0, :] = np.nan
    figure = wbe.plot.trends(wbe.estimate(ds, draws=1000), drug="methamphetamine", language="en")
    assert points(figure, "estimate") == 3


def drawn(figure):
    figure.savefig(io.BytesIO())
    return figure.canvas.get_renderer()


@pytest.mark.parametrize(
    "names", [1, 3, 10, ["天元区", "芦淞区", "荷塘区"], ["天元区", "芦淞区"], ["A", "B", "C", "D", "E"]]
)
@pytest.mark.parametrize("quantity", ["normalised_load", "users"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_colour_bar_with_its_unit_covers_no_tile_and_is_covered_by_none(names, quantity, language):
    estimate = wbe.estimate(small_city(districts=names, months=1), draws=1000)
    figure = wbe.plot.tiles(estimate, month=None, drug="methamphetamine", language=language, quantity=quantity)
    renderer = drawn(figure)
    (bar,) = marks(figure, "colour-bar")
    box = bar.get_tightbbox(renderer)  # with unit and numbers
    boxes = [tile.get_window_extent(renderer) for tile in marks(figure, "tile-estimate")]
    assert len(boxes) == len(estimate.districts)
    assert not any(box.overlaps(tile) for tile in boxes)
    page = figure.bbox
    assert page.x0 <= box.x0 and box.x1 <= page.x1 and page.y0 <= box.y0 and box.y1 <= page.y1  # noqa: PT018


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("drug", ["methamphetamine", "cocaine"])
def test_the_lines_above_a_figure_touch_nothing(city, drug, language):
    for figure in (
        wbe.plot.trends(city, drug=drug, language=language),
        wbe.plot.tiles(city, month="2021-01", drug=drug, language=language),
        wbe.plot.interval(city, month="2021-01", drug=drug, language=language),
        wbe.plot.ranks(city, ranking=wbe.rank(city, month="2021-01", drug=drug), language=language),
    ):
        renderer = drawn(figure)
        title, *others = [t for t in (figure._suptitle, *figure.texts) if t is not None and t.get_text()]
        others = [t for t in others if t is not title and t is not figure._supxlabel]
        lines = [t.get_window_extent(renderer) for t in (title, *others)]
        assert len(lines) == 3  # title, what is shown, synthetic mark
        assert not any(a.overlaps(b) for i, a in enumerate(lines) for b in lines[:i])
        assert all(line.x1 <= figure.bbox.x1 and line.y1 <= figure.bbox.y1 for line in lines)
        lowest = min(line.y0 for line in lines)
        assert all(a.get_tightbbox(renderer).y1 <= lowest for a in figure.axes if a.get_tightbbox(renderer))


def test_a_long_district_name_keeps_inside_its_tile():
    ds = small_city(districts=["An Exceedingly Long Name of a District", "B"], months=1)
    figure = wbe.plot.tiles(wbe.estimate(ds, draws=1000), month=None, drug="methamphetamine", language="en")
    renderer = drawn(figure)
    tiles = [t.get_window_extent(renderer) for t in marks(figure, "tile-estimate")]
    (name,) = [t for t in figure.axes[0].texts if t.get_text().startswith("An Exc")]
    box = name.get_window_extent(renderer)
    assert any(t.x0 <= box.x0 and box.x1 <= t.x1 for t in tiles)


def test_the_last_month_carries_a_label(city):
    figure = wbe.plot.trends(city, drug="methamphetamine", language="en")
    assert [t.get_text() for t in figure.axes[0].get_xticklabels()][-1] == "2021-05"


def test_no_probability_of_the_first_three_among_three(city):
    chart = wbe.plot.ranks(city, ranking=wbe.rank(city, month="2021-01", drug="methamphetamine"), language="en")
    words = [t.get_text() for t in chart.axes[0].texts]
    assert words.count("—") == 3
    assert "> 99 %" not in words


def test_a_study_that_does_not_say_how_many_took_part_is_drawn_without_their_number():
    studies = pd.DataFrame({"study": ["a", "b"], "fraction": [0.4, 0.3], "sd": [0.05, 0.06], "n": [8.0, 9.0]})
    pooled = wbe.factors.pool(studies)
    pooled.studies.loc["b", "n"] = np.nan
    figure = wbe.plot.forest(pooled)
    said = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert said[:2] == ["a  (n = 8)", "b"]


def overlap(figure):
    """Whether the legend touches a text below or above it, or a panel's title the next panel."""
    renderer = figure.canvas.get_renderer()
    figure.draw(renderer)
    legend = figure.legends[0].get_window_extent(renderer)
    below = figure._supxlabel
    return bool(below is not None and below.get_text() and below.get_window_extent(renderer).overlaps(legend))


def test_what_numbers_rest_on_and_the_legend_have_places_of_their_own():
    figure = wbe.plot.trends(wbe.estimate(small_city(districts=4), draws=1000), drug="methamphetamine",
                             quantity="users", language="en")  # fmt: skip
    assert not overlap(figure)
    assert "per user" in figure.legends[0].get_title().get_text()


@pytest.mark.parametrize("name", ["Weighted average, cities measured", "云龙示范区与经济技术开发区联合水质净化厂"])
def test_a_long_name_stays_over_its_panel(name):
    figure = wbe.plot.trends(wbe.estimate(small_city(districts=[name, "B", "C", "D"]), draws=1000),
                             drug="methamphetamine", language="zh")  # fmt: skip
    figure.draw(figure.canvas.get_renderer())
    panel = figure.axes[0]
    title = panel.get_title(loc="left")
    extent = next(t for t in panel.get_children() if getattr(t, "get_text", lambda: "")() == title)
    assert extent.get_window_extent().x1 <= figure.axes[1].get_window_extent().x0
