"""What a refusal of a search says to write is written, and works."""

from __future__ import annotations

import numpy as np
import pytest
from trees import balanced, sample

import wbe
from wbe.disclosure import Policy
from wbe.errors import WbeError

DRUG = "methamphetamine"
OPEN = Policy.internal(minimum_population=0)
NETWORK = balanced(4)


def begun(**known):
    return wbe.sewer.search(NETWORK, drug=DRUG, policy=OPEN, **known)


def nothing_below_a_limit(lod):
    ds = sample(NETWORK, "n1", 0.0)
    ds["lod"][:] = lod
    return ds


def elsewhere(name):
    return sample(NETWORK, "n1", 5.0).assign_coords(site=("sample", [name]))


#: code, what is refused, what the message says, and what is then typed
REMEDIES = [
    ("sewer-visits", lambda: begun().plan(0), "Write for example k=2", lambda: begun().plan(k=2)),
    ("sewer-probability", lambda: begun().credible(90), "Write 0.9 for 90 %", lambda: begun().credible(0.9)),
    ("sewer-background", lambda: begun(background=-1), "Write 0 where", lambda: begun(background=0)),
    ("sewer-limit", lambda: begun(limit=0), "Leave it out for 1 ng/L", begun),
    ("sewer-prior", lambda: begun(prior={"n3": -1.0}), "Correct the prior", lambda: begun(prior={"n3": 1.0})),
    ("sewer-station-cost", lambda: begun(cost={"n1": 0.0}), "Leave a node out for a cost of 1", lambda: begun(cost={})),
    ("unknown-name", lambda: begun(cost="distence"), "Did you mean 'distance'", lambda: begun(cost="distance")),
    ("unknown-name", lambda: begun(kind="grabb"), "Did you mean 'grab'", lambda: begun(kind="grab")),
    ("sewer-no-limit", lambda: begun().observe(nothing_below_a_limit(np.nan)), "Fill in lod or loq",
     lambda: begun().observe(nothing_below_a_limit(0.5))),
    ("sewer-sample-elsewhere", lambda: begun().observe(elsewhere("plnat")), "Did you mean 'plant'",
     lambda: begun().observe(elsewhere("plant"))),
    ("sewer-no-node-large-enough", lambda: wbe.sewer.search(NETWORK, drug=DRUG), "name a policy", begun),
    ("sewer-budget", lambda: wbe.sewer.place(NETWORK, budget=0, policy=OPEN), "it is the number of new stations",
     lambda: wbe.sewer.place(NETWORK, budget=2, policy=OPEN)),
    ("sewer-station-elsewhere", lambda: wbe.sewer.place(NETWORK, budget=1, at=["m"], policy=OPEN), "See network.nodes",
     lambda: wbe.sewer.place(NETWORK, budget=1, at=NETWORK.nodes[:1], policy=OPEN)),
    ("sewer-station-few", lambda: wbe.sewer.place(balanced(4, 2000.0), budget=1, at=["n3"]), "Leave them out",
     lambda: wbe.sewer.place(balanced(4, 2000.0), budget=1)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "refused", "said", "typed"), REMEDIES, ids=[f"{r[0]}-{i}" for i, r in enumerate(REMEDIES)]
)
def test_a_remedy_works_as_it_is_said(code, refused, said, typed):
    with pytest.raises(WbeError, match=said.replace("(", r"\(")) as caught:
        refused()
    codes = getattr(caught.value, "codes", [])
    assert code in codes or code == "unknown-name"
    assert typed() is not None


def test_the_misses_that_a_search_is_told_are_a_share():
    for wrong in (-0.1, 1.0):
        with pytest.raises(WbeError, match="probability between 0 and 1"):
            begun(misses=wrong)
    assert begun(misses=0.5).belief.points.active.tolist() == [0.5]
    # the prior of sources that come and go: mean .75 of the visits, nearly half of it on .7 and below
    active, weight = begun().belief.points.active, begun().belief.activity()
    assert float(active @ weight) == pytest.approx(0.75)
    assert weight[active <= 0.7].sum() == pytest.approx(0.45)
