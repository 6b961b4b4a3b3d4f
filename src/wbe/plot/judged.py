"""Pictures of judgements: levels with their forecast, changes, ranks, alerts, power and scores of forecasts.

Holds drawing only. Refuses to draw what a table does not say, and a probability where there is none.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from wbe.answer import Answer, drug_of, needed, quantity_of
from wbe.errors import Fault, InputError
from wbe.levels.bands import bands
from wbe.plot.canvas import (
    BLUE,
    GREEN,
    GREY,
    INK,
    NON_DETECT,
    ORANGE,
    PURPLE,
    head,
    log_ticks,
    month_ticks,
    names_for,
    new_figure,
    short,
    unit_text,
)
from wbe.plot.canvas import percent as in_percent
from wbe.plot.fonts import settle, style
from wbe.plot.words import drug_name, load_name, word

__all__ = ["alert_timeline", "change_matrix", "forecast_scores", "levels", "power_curves", "rank_probabilities"]

RISE, FALL, NONE = np.array([0.84, 0.37, 0.0]), np.array([0.0, 0.45, 0.70]), np.array([1.0, 1.0, 1.0])
BARS = (
    ("p_above_middle", GREY, 0.72, "above_middle"), ("p_top3", BLUE, 0.46, "top3"), ("p_first", ORANGE, 0.2, "first"),
)  # fmt: skip
LEVELS = ("watch", "warning", "action")


def levels(
    estimate: Answer,
    *,
    drug: str,
    quantity: str = "normalised_load",
    ahead: int = 3,
    level: float = 0.9,
    columns: int = 4,
    language: str | None = None,
) -> Figure:
    """Draw the smoothed level of each district as a band, its amounts as points, limits as bars, and the forecast.

    Parameters
    ----------
    estimate : Estimate or Series
    drug, quantity : str
    ahead : int
        Months of the forecast.
    level : float
        Of the band.
    columns : int
    language : {"zh", "en"}, optional

    Examples
    --------
    >>> from wbe.testing import small_loads
    >>> len(levels(small_loads(months=6), drug="methamphetamine", language="en").axes)
    2
    """
    needed(estimate, "levels")
    chosen = drug_of(estimate, drug)
    table = bands(estimate, drug=chosen, quantity=quantity, ahead=ahead, level=level)
    series = estimate.series(quantity_of(estimate, quantity))
    series = series[series["drug"] == chosen]
    months = sorted(set(table["month"])) or sorted(map(str, estimate.months))
    with style(language) as spoken:
        names = names_for(estimate, spoken)
        columns = max(1, min(columns, len(names)))
        rows = -(-len(names) // columns)
        figure = new_figure(9.6, 1.3 + 1.62 * rows)
        grid = figure.add_gridspec(rows, columns)
        first = None
        for i, (district, name) in enumerate(names.items()):
            axes = figure.add_subplot(grid[i // columns, i % columns], sharex=first, sharey=first)
            first = first or axes
            _level_panel(axes, table[table["district"] == district], series[series["district"] == district], months)
            axes.set_title(name, loc="left", color=INK, pad=3)
            axes.tick_params(labelleft=i % columns == 0, labelbottom=i + columns >= len(names))
            p_step, when = table.attrs.get("p_step", 0.0), table.attrs.get("step_month", "")
            if p_step > 0.15 and when in months:
                axes.axvline(months.index(when) - 0.5, color=ORANGE, lw=1.2, ls=":")
        assert first is not None
        first.set_yscale("log")
        first.minorticks_off()
        ticks = log_ticks(*first.get_ylim())
        first.set_yticks(ticks, [short(t) for t in ticks])
        first.set_xlim(-0.8, len(months) - 0.2)
        shown = month_ticks(months)[::-2]
        first.set_xticks(shown, [months[i] for i in shown])
        biomarker = str(series["biomarker"].iloc[0]) if len(series) and quantity.endswith("load") else ""
        said = f"{word('quantity', quantity, spoken)} [{unit_text(quantity, spoken)}]"
        head(figure, load_name(chosen, biomarker, spoken), said, estimate.synthetic, spoken)
        figure.legend(handles=_level_keys(in_percent(level), spoken), loc="outside lower center", ncols=3, fontsize=8,
                      frameon=False)  # fmt: skip
        return settle(figure, spoken)


def _level_keys(level: str, language: str) -> list[Line2D | Patch]:
    return [
        Patch(color=BLUE, alpha=0.25, label=word("plot", "level_band", language, level=level)),
        Patch(color=GREEN, alpha=0.25, label=word("plot", "forecast_fan", language, level=level)),
        Line2D([], [], marker="o", ls="none", color=INK, ms=3, label=word("plot", "amount", language)),
        Line2D([], [], **NON_DETECT, label=word("plot", "non_detect", language)),
        Line2D([], [], color=PURPLE, lw=1.2, ls="--", label=word("plot", "method_change", language)),
        Line2D([], [], color=ORANGE, lw=1.2, ls=":", label=word("plot", "step_mark", language)),
    ]


def _level_panel(axes: object, band: pd.DataFrame, series: pd.DataFrame, months: list[str]) -> None:
    from matplotlib.axes import Axes

    assert isinstance(axes, Axes)
    band = band.set_index("month").reindex(months)
    place = np.arange(len(months))
    ahead = band["forecast"].eq(True).to_numpy()
    past = ~ahead
    joined = ahead | np.append(ahead[1:], False)  # the fan starts at the last month that is known
    for chosen, colour in ((past, BLUE), (joined, GREEN)):
        low, middle, high = (
            np.where(chosen, band[c].to_numpy(dtype=float), np.nan) for c in ("lower", "median", "upper")
        )
        axes.fill_between(place, low, high, color=colour, alpha=0.25, lw=0)
        axes.plot(place, middle, color=colour, lw=1.2)
    seen = series[series["status"] == "estimate"]
    axes.plot([months.index(str(m)) for m in seen["month"]], seen["median"], "o", color=INK, ms=2.6, ls="none")
    below = series[series["status"] == "below_limit"]
    axes.plot([months.index(str(m)) for m in below["month"]], below["limit"], **NON_DETECT)
    told = series.dropna(subset=["method_version"]) if "method_version" in series else series.iloc[:0]
    told = told[told["method_version"].astype(str) != ""].sort_values("month")
    version = told["method_version"].astype(str).to_numpy()
    for i in np.flatnonzero(version[1:] != version[:-1]) + 1:
        axes.axvline(months.index(str(told["month"].iloc[i])) - 0.5, color=PURPLE, lw=1.0, ls="--")
    axes.grid(axis="y", color="#E4E4E4", lw=0.6)


def change_matrix(changes: pd.DataFrame, answer: Answer, *, language: str | None = None) -> Figure:
    """Draw the changes of one month as a matrix of districts and drugs: colour says P(rise), the text the change.

    Parameters
    ----------
    changes : DataFrame
        As :func:`wbe.changes` gives.
    answer : Estimate or Series
        That it was made of.
    language : {"zh", "en"}, optional

    Examples
    --------
    >>> import wbe
    >>> loads = wbe.testing.small_loads(growth=1.3)
    >>> len(change_matrix(wbe.changes(loads), loads, language="en").axes)
    1
    """
    _needs(changes, ("district", "drug", "p_rise", "percent", "month", "against"))
    with style(language) as spoken:
        names = names_for(answer, spoken)
        districts = [d for d in names if d in set(changes["district"])]
        drugs = list(dict.fromkeys(changes.loc[changes["percent"].notna(), "drug"])) or list(set(changes["drug"]))[:1]
        figure = new_figure(2.2 + 0.95 * len(drugs), 1.5 + 0.34 * len(districts))
        axes = figure.add_subplot()
        held = changes.set_index(["district", "drug"])
        image = np.ones((len(districts), len(drugs), 3))
        for i, district in enumerate(districts):
            for j, drug in enumerate(drugs):
                row = held.loc[(district, drug)] if (district, drug) in held.index else None
                p = np.nan if row is None else float(row["p_rise"])
                if np.isfinite(p):
                    end = RISE if p > 0.5 else FALL
                    image[i, j] = NONE + (end - NONE) * abs(2 * p - 1) ** 2 * 0.85
                text = "" if row is None or not np.isfinite(row["percent"]) else f"{row['percent']:+.0f} %"
                sure = np.isfinite(p) and abs(p - 0.5) > 0.45
                axes.text(j, i, text, ha="center", va="center", fontsize=8, color=INK,
                          fontweight="bold" if sure else "normal")  # fmt: skip
        axes.imshow(image, aspect="auto")
        axes.set_xticks(range(len(drugs)), [drug_name(d, spoken) for d in drugs], rotation=30, ha="right")
        axes.set_yticks(range(len(districts)), [names[d] for d in districts])
        told = {"month": str(changes["month"].iloc[0]), "against": str(changes["against"].iloc[0])}
        head(figure, word("plot", "change_title", spoken, **told), word("plot", "change_said", spoken),
             answer.synthetic, spoken)  # fmt: skip
        return settle(figure, spoken)


def rank_probabilities(ranking: pd.DataFrame, answer: Answer, *, language: str | None = None) -> Figure:
    """Draw for one month and drug the chances of each district to be first, among three and above the middle.

    Parameters
    ----------
    ranking : DataFrame
        One month and drug of :func:`wbe.rank`.
    answer : Estimate or Series
    language : {"zh", "en"}, optional

    Raises
    ------
    InputError
        The table holds more than one ranking.

    Examples
    --------
    >>> import wbe
    >>> loads = wbe.testing.small_loads()
    >>> len(rank_probabilities(wbe.rank(loads), loads, language="en").axes)
    1
    """
    _needs(ranking, ("district", "drug", "month", "p_first", "p_top3", "p_above_middle", "group"))
    if len(ranking[["month", "drug"]].drop_duplicates()) != 1:
        raise InputError([Fault("plot-ranking-of-several", count=len(ranking))])
    with style(language) as spoken:
        names = names_for(answer, spoken)
        shown = ranking[ranking["p_first"].notna()].iloc[::-1]
        figure = new_figure(7.6, 1.8 + 0.34 * max(len(shown), 2))
        axes = figure.add_subplot()
        place = np.arange(len(shown))
        for column, colour, height, key in BARS:
            axes.barh(place, shown[column], height=height, color=colour, label=word("plot", key, spoken))
        axes.set_yticks(
            place, [f"{names[str(d)]}  {g}" for d, g in zip(shown["district"], shown["group"], strict=True)]
        )
        axes.set_xlim(0, 1)
        figure.legend(loc="outside lower center", ncols=3, fontsize=8, frameon=False)
        drug = drug_name(str(ranking["drug"].iloc[0]), spoken)
        head(
            figure, f"{drug} · {ranking['month'].iloc[0]}", word("plot", "rank_said", spoken), answer.synthetic, spoken
        )
        return settle(figure, spoken)


def alert_timeline(alerts: Sequence[pd.DataFrame], answer: Answer, *, language: str | None = None) -> Figure:
    """Draw the drug alerts of several months, one row a district and drug that ever had one.

    Parameters
    ----------
    alerts : sequence of DataFrame
        :func:`wbe.alerts` of each month.
    answer : Estimate or Series
    language : {"zh", "en"}, optional

    Examples
    --------
    >>> import wbe
    >>> loads = wbe.testing.small_loads(growth=1.5, months=8)
    >>> tables = [wbe.alerts(loads, month=m) for m in loads.months[-2:]]
    >>> len(alert_timeline(tables, loads, language="en").axes)
    1
    """
    for table in alerts:
        _needs(table, ("month", "district", "drug", "kind", "level"))
    whole = pd.concat(list(alerts), ignore_index=True)
    months = sorted(set(whole["month"].astype(str)))
    drug = whole[(whole["kind"] == "drug") & whole["level"].isin(LEVELS)]
    with style(language) as spoken:
        names = names_for(answer, spoken)
        keys = list(dict.fromkeys(zip(drug["district"], drug["drug"], strict=True)))
        figure = new_figure(8.6, 1.9 + 0.3 * max(len(keys), 2))
        axes = figure.add_subplot()
        for level, colour, size in zip(LEVELS, (GREY, ORANGE, "#B00020"), (5, 7, 9), strict=True):
            mine = drug[drug["level"] == level]
            x = [months.index(str(m)) for m in mine["month"]]
            y = [keys.index(k) for k in zip(mine["district"], mine["drug"], strict=True)]
            axes.plot(x, y, "o", color=colour, ms=size, ls="none", label=word("alert_level", level, spoken))
        axes.set_yticks(range(len(keys)), [f"{names.get(d, d)} · {drug_name(k, spoken)}" for d, k in keys])
        axes.set_ylim(len(keys) - 0.5, -0.5)
        axes.set_xlim(-0.5, len(months) - 0.5)
        shown = month_ticks(months)
        axes.set_xticks(shown, [months[i] for i in shown])
        axes.grid(color="#E4E4E4", lw=0.6)
        expected = sum(float(t.attrs.get("expected_false_alarms", 0.0)) for t in alerts)
        figure.legend(loc="outside lower center", ncols=3, fontsize=8, frameon=False)
        said = word("plot", "alerts_said", spoken, n=len(drug), x=f"{expected:.1f}")
        head(figure, word("plot", "alerts_title", spoken), said, answer.synthetic, spoken)
        return settle(figure, spoken)


def power_curves(power: pd.DataFrame, answer: Answer, *, language: str | None = None) -> Figure:
    """Draw the power of designs over days a month, one line a district.

    Parameters
    ----------
    power : DataFrame
        As :func:`wbe.design.power` gives, for one number of analyses and markers.
    answer : Estimate
    language : {"zh", "en"}, optional
    """
    _needs(power, ("district", "days", "power", "change", "test"))
    with style(language) as spoken:
        names = names_for(answer, spoken)
        figure = new_figure(7.6, 4.2)
        axes = figure.add_subplot()
        colours = (BLUE, ORANGE, GREEN, PURPLE, GREY, INK)
        for i, (district, mine) in enumerate(power.groupby("district", sort=False)):
            colour, dash = colours[i % len(colours)], ("-", "--", ":")[i // len(colours) % 3]
            name = names.get(str(district), str(district))
            axes.plot(mine["days"], mine["power"], marker="o", lw=1.2, ms=3.5, label=name, color=colour,
                      ls=dash)  # fmt: skip
        axes.set_ylim(0, 1.02)
        axes.set_xlabel(word("plot", "days_month", spoken))
        axes.set_ylabel(word("plot", "power", spoken))
        axes.set_xticks(sorted(set(power["days"])))
        axes.grid(color="#E4E4E4", lw=0.6)
        figure.legend(loc="outside right center", fontsize=8, frameon=False)
        told = {"change": f"{power['change'].iloc[0]:g}"}
        head(figure, word("plot", "power_title", spoken, **told), word("plot", "power_said", spoken),
             answer.synthetic, spoken)  # fmt: skip
        return settle(figure, spoken)


def forecast_scores(scores: pd.DataFrame, answer: Answer, *, language: str | None = None) -> Figure:
    """Draw the share of forecasts that came true by drug, against the level that they were given.

    Parameters
    ----------
    scores : DataFrame
        As :func:`wbe.levels.scores` gives.
    answer : Estimate or Series
    language : {"zh", "en"}, optional
    """
    _needs(scores, ("drug", "n", "inside", "level", "error"))
    with style(language) as spoken:
        shown = scores[scores["n"] > 0].iloc[::-1]
        figure = new_figure(7.2, 1.7 + 0.36 * max(len(shown), 2))
        axes = figure.add_subplot()
        place = np.arange(len(shown))
        for i, row in enumerate(shown.to_dict("records")):
            axes.plot([row["level"] - 2 * row["error"], row["level"] + 2 * row["error"]], [i, i], color="#D8D8D8", lw=7)
            axes.plot(row["inside"], i, "o", color=BLUE, ms=6)
        if len(shown):
            axes.axvline(float(shown["level"].iloc[0]), color=INK, lw=0.9)
        every = word("plot", "all_drugs", spoken)
        axes.set_yticks(place, [f"{drug_name(str(d), spoken) if d else every}  (n = {n})"
                                for d, n in zip(shown["drug"], shown["n"], strict=True)])  # fmt: skip
        axes.set_xlim(0.0, 1.02)
        axes.grid(axis="x", color="#E4E4E4", lw=0.6)
        level = in_percent(float(scores["level"].iloc[0])) if len(scores) else ""
        head(figure, word("plot", "scores_title", spoken), word("plot", "scores_said", spoken, level=level),
             answer.synthetic, spoken)  # fmt: skip
        return settle(figure, spoken)


def _needs(table: pd.DataFrame, columns: tuple[str, ...]) -> None:
    missing = tuple(name for name in columns if name not in table)
    if missing or table.empty:
        raise InputError([Fault("plot-judged-columns", columns=missing or columns)])
