"""Points over a posterior, of equal weight: a Latin hypercube whose order depends on the names of the sizes alone.

Refuses chance: no generator is drawn from, so the same names give the same points on any machine and in any order.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
from scipy.special import ndtri

__all__ = ["hashed", "hypercube", "scores"]


def scores(nodes: int) -> np.ndarray:
    """Return normal scores at the middle of equal parts of probability, with mean 0 and variance 1.

    Examples
    --------
    >>> scores(3).round(3).tolist()
    [-1.225, 0.0, 1.225]
    """
    found: np.ndarray = ndtri((np.arange(nodes) + 0.5) / nodes)
    found = (found - found[::-1]) / 2  # exactly symmetric
    scaled: np.ndarray = found / np.sqrt(np.mean(found**2)) if nodes > 1 else found
    return scaled


def hashed(names: Sequence[str]) -> np.ndarray:
    """Return a whole number of 64 bits for each name.

    Examples
    --------
    >>> hashed(["a", "b"]).dtype, bool(hashed(["a"])[0] == hashed(["b", "a"])[1])
    (dtype('uint64'), True)
    """
    digests = [hashlib.blake2b(n.encode("utf-8"), digest_size=8).digest() for n in names]
    return np.frombuffer(b"".join(digests), dtype="<u8").astype(np.uint64)


def _mixed(x: np.ndarray) -> np.ndarray:
    """Scatter the bits of whole numbers (finaliser of SplitMix64, Steele et al. 2014, doi:10.1145/2714064.2660195)."""
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    found: np.ndarray = x ^ (x >> np.uint64(31))
    return found


def hypercube(keys: np.ndarray, nodes: int) -> np.ndarray:
    """Return normal scores for each key, every score once a key, shape (node, *keys.shape).

    Parameters
    ----------
    keys : ndarray of uint64
        A number for each size, as :func:`hashed` gives.
    nodes : int

    Source
    ------
    McKay, Beckman and Conover 1979, doi:10.1080/00401706.1979.10489755.

    Examples
    --------
    >>> sorted(hypercube(hashed(["a"]), 3)[:, 0].round(3).tolist())
    [-1.225, 0.0, 1.225]
    """
    step = (np.arange(1, nodes + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)).reshape(-1, *[1] * keys.ndim)
    order = np.argsort(_mixed(_mixed(keys[None])[0] + step), axis=0, kind="stable")
    found: np.ndarray = scores(nodes)[order]
    return found
