"""What a search knows, as notes: how sure, what cannot be told apart, and why it ends.

Refuses a claim that the belief does not carry.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wbe.messages import Note
from wbe.sewer.observations import BELOW

if TYPE_CHECKING:
    from wbe.sewer.search import Search

__all__ = ["notes_of"]

#: nodes named in one sentence
NAMED = 5
#: a source is called intermittent below this mean share of active visits
STEADY = 0.6


def notes_of(search: Search) -> list[Note]:
    """Return what a search knows, in the order in which it should be read."""
    told: list[Note] = []
    seen = search.seen
    if seen is None:
        told.append(Note("sewer-nothing-observed"))
    else:
        clean = int((seen.state == BELOW).sum())
        told.append(Note("sewer-visited", count=len(seen.node), detected=len(seen.node) - clean, clean=clean))
        told += _where(search)
        told += _several(search)
        told += seen.notes
    if (search.network.served < search.minimum).any():
        told.append(Note("sewer-merged", minimum=int(search.minimum)))
    if (search.network.served < search.minimum).any() and search.plan().empty:
        told.append(Note("sewer-stop-people", minimum=int(search.minimum)))
    return [*told, *search.network.notes]


def _where(search: Search) -> list[Note]:
    found = search.credible(0.9)
    if len(found) <= NAMED:
        return [Note("sewer-credible", probability=90, nodes=tuple(found))]
    return [Note("sewer-credible-many", probability=90, count=len(found), nodes=tuple(found[:NAMED]))]


def _several(search: Search) -> list[Note]:
    assert search.seen is not None
    told = []
    if len(search.seen.node) < 2:
        told.append(Note("sewer-one-sample"))
    two = search.two
    if two is not None and two.probability > 0.5:
        told.append(Note(
            "sewer-two-sources", probability=f"{two.probability:.2f}", first=tuple(two.first[:NAMED]),
            second=tuple(two.second[:NAMED]),
        ))  # fmt: skip
    share = float(np.sum(search.belief.activity() * search.belief.points.active))
    if share < STEADY:
        told.append(Note("sewer-intermittent", share=round(100 * share)))
    return told
