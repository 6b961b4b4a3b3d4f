"""How exposed each plant is: the attacker's best range of its load, from outside and from within.

Refuses to be printed: it holds the loads themselves, for the office alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

from wbe.published.attack import System
from wbe.published.edition import Edition, Number

__all__ = ["COLUMNS", "exposure"]

COLUMNS = ["area", "month", "biomarker", "plant", "load", "lower", "upper", "insider_lower", "insider_upper", "exposed"]


def exposure(edition: Edition, earlier: Iterable[Number] = ()) -> pd.DataFrame:
    """Reckon by linear programming what can be known of every plant behind a published number.

    Parameters
    ----------
    edition : Edition
        From :func:`wbe.published.edition`.
    earlier : iterable of Number
        What left the house before, from a :class:`wbe.published.Ledger`.

    Returns
    -------
    DataFrame
        ``area month biomarker plant load lower upper insider_lower insider_upper exposed``, loads in g/d. The insider
        knows the load of the largest other plant. ``exposed``: a bound of either comes to within the edition's
        protection of the load.

    Examples
    --------
    >>> import wbe
    >>> from wbe.published import edition
    >>> from wbe.testing import small_city
    >>> found = exposure(edition(wbe.estimate(small_city(districts=6, months=1), policy="public")))
    >>> bool(found["exposed"].any()), bool((found["lower"] <= found["load"]).all())
    (False, True)
    """
    by_cell: dict[tuple[str, str, str], list[Number]] = {}
    for number in [*edition.numbers, *earlier]:
        by_cell.setdefault(number.cell, []).append(number)
    loads = {cell: part for cell, part in edition.loads.groupby(["area", "month", "biomarker"], sort=False)}
    frames = [
        _of_cell(cell, numbers, loads[cell], edition.protection) for cell, numbers in by_cell.items() if cell in loads
    ]
    found = [frame for frame in frames if len(frame)]
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=COLUMNS)


def _of_cell(
    cell: tuple[str, str, str], numbers: Sequence[Number], loads: pd.DataFrame, protection: float
) -> pd.DataFrame:
    system = System(numbers)
    plants = {
        str(site): (dict(zip(part["sample"], part["weight"].astype(float), strict=True)),
                    float((part["load"] * part["weight"]).sum()))
        for site, part in loads.groupby("site", sort=False)
    }  # fmt: skip
    # an insider can take off only what is in the numbers
    order = sorted((s for s in plants if set(plants[s][0]) <= set(system.samples)), key=lambda site: -plants[site][1])
    rows = []
    for site, (weights, load) in plants.items():
        largest = next((other for other in order if other != site), None)
        known = [plants[largest]] if largest is not None else []
        outside, inside = system.range(weights), system.range(weights, known)
        near = [_near(load, *bounds, protection) for bounds in (outside, inside)]
        rows.append((*cell, site, load, *outside, *inside, any(near)))
    return pd.DataFrame(rows, columns=COLUMNS)


def _near(load: float, lower: float, upper: float, protection: float) -> bool:
    """Whether a bound says the load to within the protection; a load of 0 gives nothing to find."""
    return load > 0 and (lower > (1 - protection) * load or upper < (1 + protection) * load)
