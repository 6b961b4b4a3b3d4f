"""What a search knows, as notes: how sure, what cannot be told apart, and why it ends.

Refuses a claim that the belief does not carry.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from wbe.messages import Note
from wbe.sewer.observations import BELOW

if TYPE_CHECKING:
    from wbe.sewer.search import Search

__all__ = ["notes_of", "of_network"]

#: nodes named in one sentence
NAMED = 5
#: a source is called intermittent below this mean share of active visits
STEADY = 0.6
#: a second source is spoken of from this probability on
NOTED = 0.05


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
    return [*told, *of_network(search)]


def of_network(search: Search) -> list[Note]:
    """Return the notes of the network without the names of nodes that serve too few people."""
    large = {
        n for n, people in zip(search.network.nodes, search.network.served, strict=True) if people >= search.minimum
    }
    told = []
    for note in search.network.notes:
        names = note.values.get("nodes", note.values.get("node"))
        listed = (names,) if isinstance(names, str) else tuple(names or ())
        kept = tuple(n for n in listed if n in large)
        if kept == listed:
            told.append(note)
        elif kept:
            told.append(Note(note.code, **{**note.values, "nodes": kept}))
        elif note.code == "sewer-splits-equal":
            told.append(Note("sewer-splits-hidden", count=len(listed)))
    return told


def _where(search: Search) -> list[Note]:
    found = search.credible(0.9)
    named = float(search.posterior()["probability"].sum())
    probability = min(90, math.floor(100 * named + 1e-9))
    told = []
    if len(found) <= NAMED:
        told.append(Note("sewer-credible", probability=probability, nodes=tuple(found)))
    else:
        values = {"probability": probability, "count": len(found), "nodes": tuple(found[:NAMED])}
        told.append(Note("sewer-credible-many", **values))
    if named < 1 - 1e-6:
        told.append(Note("sewer-unnamed", probability=max(1, round(100 * (1 - named)))))
    return told


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
    elif two is not None and two.probability > NOTED:
        told.append(Note("sewer-second-open", probability=max(1, round(100 * two.probability))))
    share = float(np.sum(search.belief.activity() * search.belief.points.active))
    if share < STEADY:
        told.append(Note("sewer-intermittent", share=round(100 * share)))
    return told
