"""The sizes that the model of levels integrates over, with their priors: one list for each biomarker of a city.

Refuses the amounts' posterior: levels start from the same priors as the sizes of error, so that no file counts twice.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from wbe import packaged
from wbe.levels.cells import City, Drug
from wbe.variability import priors as errors

__all__ = ["Sizes", "settings", "sizes"]

TIGHT = 1e-4  # standard deviation of what the user gave


@functools.cache
def settings(part: str) -> dict[str, float]:
    """Return one part of ``data/levels.toml``.

    Examples
    --------
    >>> settings("step")["probability"]
    0.1
    """
    found: dict[str, float] = packaged.toml("levels.toml")[part]
    return found


@dataclass(frozen=True)
class Sizes:
    """Names, centres and spreads of the sizes of one biomarker: ln variance, of batch and sampling ln(cv^2).

    The first are shared by places: day, deviation, persistence, walk, batch, place, slope (a place's own drift), month
    (ln of the share of days' variance that a month keeps), season and sampling by kind; the last are each place's own
    shift of its days. ``base`` (place,) is ln variance of days before the file,
    ``known`` (kind + 1 + laboratory,) the variances of flow and analysis, which are not integrated.
    """

    names: tuple[str, ...]
    centre: np.ndarray
    spread: np.ndarray
    base: np.ndarray
    flow: float
    analysis: np.ndarray
    kinds: int
    season: bool

    def index(self, name: str) -> int:
        """Return the place of a size by its name."""
        return self.names.index(name)

    @property
    def shared(self) -> int:
        """How many sizes places share."""
        return len(self.names) - len(self.base)


def sizes(city: City, drug: Drug, cvs: Mapping[str, float]) -> Sizes:
    """Return the sizes of one biomarker of a city.

    Parameters
    ----------
    city : City
    drug : Drug
    cvs : mapping of str to float
        A user's own sizes as log variances, as :func:`wbe.variability.priors.checked` gives.
    """
    day, name = errors.settings("day"), drug.biomarker
    base, _ = errors.day_sizes([name], city.population)
    own_day = cvs.get(f"day:{name}", cvs.get("day"))
    base = base[:, 0] if own_day is None else np.full(len(city.places), np.log(own_day))
    walk, deviation = errors.settings("walk"), errors.settings("deviation")
    batch = errors.measurement_size("batch")
    own_batch = cvs.get(f"batch:{name}", cvs.get("batch"))
    place, hold, season, slope = (settings(x) for x in ("place", "persistence", "season", "slope"))
    free = 1.0 if own_day is None else 0.0
    rows: list[tuple[str, float, float]] = [
        ("day", 0.0, max(2 * day["shift_sd"] * free, TIGHT)),
        ("deviation", 2 * float(np.log(deviation["sd"])), 2 * deviation["sd_ln"]),
        ("persistence", hold["centre"], hold["sd"]),
        ("walk", 2 * float(np.log(walk["sd"])), 2 * walk["sd_ln"]),
        ("batch", errors.log_square(batch.variance if own_batch is None else own_batch),
         2 * batch.sd_ln if own_batch is None else TIGHT),
        ("place", 2 * float(np.log(place["sd"])), 2 * place["sd_ln"]),
        ("slope", 2 * float(np.log(slope["sd"])), 2 * slope["sd_ln"]),
        ("month", float(np.log(settings("month")["share"])), settings("month")["sd_ln"]),
        ("season", 2 * float(np.log(season["sd"])), 2 * season["sd_ln"]),
    ]  # fmt: skip
    known = errors.settings("sampling")["sd_ln"]
    for kind in city.kinds:
        size = errors.measurement_size("sampling", kind if kind in known else "unknown")
        own = cvs.get(f"sampling:{kind}", cvs.get("sampling") if kind.endswith("composite") else None)
        rows.append((f"sampling:{kind}", errors.log_square(size.variance if own is None else own),
                     2 * size.sd_ln if own is None else TIGHT))  # fmt: skip
    rows += [(f"place:{p}", 0.0, max(2 * day["place_sd"] * free, TIGHT)) for p in city.places]
    lab = errors.measurement_size("analysis").variance
    analysis = np.array([cvs.get(f"analysis:{x}", cvs.get("analysis", lab)) for x in city.laboratories])
    return Sizes(
        tuple(r[0] for r in rows), np.array([r[1] for r in rows]), np.array([r[2] for r in rows]), base,
        cvs.get("flow", errors.measurement_size("flow").variance), analysis, len(city.kinds),
        len(city.months) >= season["months"],
    )  # fmt: skip
