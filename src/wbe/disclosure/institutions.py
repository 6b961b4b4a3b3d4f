"""Which sites are institutions: few people stand behind them, and they can be recognised.

Refuses nothing by itself; the policy does.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr

from wbe.disclosure.rules import rules
from wbe.messages import Note

__all__ = ["institutions"]


def institutions(samples: xr.Dataset) -> dict[str, Note]:
    """Return the sites that are institutions, and by what they were known.

    Parameters
    ----------
    samples : Dataset
        Samples.

    Returns
    -------
    dict of site to Note
        By what it was known.

    Examples
    --------
    >>> from wbe.testing import small_city
    >>> institutions(small_city())
    {}
    """
    listed = rules()["institutions"]
    sites = samples["site"].values.astype(str)
    kinds = samples["site_type"].values.astype(str) if "site_type" in samples.coords else np.full(len(sites), "")
    heads = pd.Series(samples["population"].values.astype(float)).groupby(sites).min()
    found: dict[str, Note] = {}
    for site, kind in dict.fromkeys(zip(sites.tolist(), kinds.tolist(), strict=True)):
        if kind in listed["site_types"] or (
            kind in listed["site_types_when_small"] and not heads[site] >= listed["small"]
        ):
            found[site] = Note("disclosure-by-type", kind=kind)
        elif kind in ("", "other", "unknown", "nan"):
            word = next((w for w in listed["words"] if w in site.lower()), None)
            if word:
                found[site] = Note("disclosure-by-name", word=word)
    return found
