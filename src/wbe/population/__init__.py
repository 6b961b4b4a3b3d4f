"""How many people stand behind a sample: reported, by markers, by a rule, or by several together.

Refuses to treat an unmetered sample as a head count and a contained zone as extra people.
"""

from wbe.population.agency import agency_cotinine, agency_population, cotinine_per_thousand
from wbe.population.catchments import (
    coverage,
    holders,
    non_overlapping,
    own_weights,
    to_residents,
    unit_weights,
    units,
    weight_term,
)
from wbe.population.ensemble import by_site
from wbe.population.flows import absolute, flow_known, flow_or_unit, per_head, served
from wbe.population.markers import (
    PerHead,
    from_flow,
    from_marker,
    marker_population,
    per_head_claims,
    per_head_mass,
)
from wbe.population.mobile import mobile_population
from wbe.population.pooling import Combined, combine
from wbe.population.reported import reported_population
from wbe.population.resolving import methods, resolve
from wbe.population.tables import basis, places
from wbe.population.wording import caveats, describe

__all__ = [
    "Combined",
    "PerHead",
    "absolute",
    "agency_cotinine",
    "agency_population",
    "basis",
    "by_site",
    "caveats",
    "combine",
    "cotinine_per_thousand",
    "coverage",
    "describe",
    "flow_known",
    "flow_or_unit",
    "from_flow",
    "from_marker",
    "holders",
    "marker_population",
    "methods",
    "mobile_population",
    "non_overlapping",
    "own_weights",
    "per_head",
    "per_head_claims",
    "per_head_mass",
    "places",
    "reported_population",
    "resolve",
    "served",
    "to_residents",
    "unit_weights",
    "units",
    "weight_term",
]
