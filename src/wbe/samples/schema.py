"""The schema of Samples: flags, closed lists, and the names of variables and coordinates with their dimensions.

Holds names only. Refuses a state inferred from a value: every result carries its flag.
"""

from __future__ import annotations

from enum import IntEnum

import xarray as xr

from wbe.units import variables

__all__ = [
    "ABSENT",
    "CENSORED",
    "FLAG_MEANINGS",
    "PLACES",
    "POPULATION_BASES",
    "RESULTS",
    "SAMPLE_TYPES",
    "SITUATIONS",
    "TEXTS",
    "TIMES",
    "Flag",
    "describe",
]


class Flag(IntEnum):
    """State of one result; states are never inferred from the value alone."""

    DETECTED = 0
    BELOW_LOQ = 1
    BELOW_LOD = 2
    ABOVE_ULOQ = 3
    NOT_RUN = 4
    MISSING = 5
    REJECTED = 6


FLAG_MEANINGS = " ".join(f.name.lower() for f in Flag)
CENSORED = (Flag.BELOW_LOQ, Flag.BELOW_LOD, Flag.ABOVE_ULOQ)
ABSENT = (Flag.NOT_RUN, Flag.MISSING, Flag.REJECTED)

SAMPLE_TYPES = ("24h_composite", "24h_flow_composite", "24h_time_composite", "grab", "passive", "unknown")
POPULATION_BASES = (
    "census",
    "registered",
    "connected",
    "design",
    "estimated",
    "mobile",
    "attendance",
    "unknown",
)

#: variables by (sample, biomarker)
RESULTS = ("concentration", "lod", "loq", "uloq", "recovery", "enantiomeric_fraction")
#: variables by sample
SITUATIONS = (
    "flow", "population", "capacity", "domestic_share", "ammonium_nitrogen", "cod", "bod5",
    "total_nitrogen", "total_phosphorus", "suspended_solids", "temperature", "ph", "rain", "conductivity",
)  # fmt: skip
#: where a plant lies, the nearest first
PLACES = ("district", "city", "province")
#: text coordinates on sample
TEXTS = (
    "site", *PLACES, "batch", "sample_type", "method_version", "population_basis", "site_type",
    "storage", "source_file", "source_sheet",
)  # fmt: skip
#: times on sample: start and end of the composite, day of the analysis
TIMES = ("time", "time_end", "analysis_date")


def describe(ds: xr.Dataset) -> xr.Dataset:
    """Stamp canonical units, long names and the CF flag table on every known variable."""
    for name in ds.data_vars:
        if name == "flag":
            ds[name].attrs = {
                "flag_values": [int(f) for f in Flag], "flag_meanings": FLAG_MEANINGS,
                "long_name": "state of the result",
            }  # fmt: skip
        elif name in variables():
            entry = variables()[str(name)]
            ds[name].attrs = {"units": entry["unit"], "long_name": entry["long_name"]}
    return ds
