"""A sewer: nodes with the people who live at them, links that lead downstream, and the hours that sewage takes.

Refuses circles, parts without an outfall and impossible numbers; :func:`wbe.sewer.read_network` makes one from a file.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
import pandas as pd

from wbe.errors import Fault, InputError, one_of
from wbe.messages import Note, Words
from wbe.sewer.faults import faults_of
from wbe.sewer.transport import Layers, layers

__all__ = ["Network", "known_network"]


@dataclass(frozen=True, eq=False)
class Network:
    """A sewer network as arrays; made by :func:`wbe.sewer.read_network` or from columns.

    Parameters
    ----------
    names : ndarray (node,) of str
    own : ndarray (node,)
        Inhabitants who live at each node; NaN where not known.
    up, down : ndarray (link,)
        Node numbers at both ends.
    hours : ndarray (link,)
        Travel time [h].
    share : ndarray (link,)
        Share of a node's flow that takes the link; 1 except where the sewer splits.
    length : ndarray (link,), optional
        Length [m].
    xy : ndarray (node, 2), optional
        Coordinates as the file gave them.
    flow : ndarray (node,), optional
        Dry-weather flow at the node [m3/d].
    notes : tuple of Note
        What was taken where the file did not say.

    Raises
    ------
    InputError
        Every fault of the network at once: circles with their links, nodes without an outfall, repeated names ...

    Examples
    --------
    >>> network = Network(np.array(["A", "B", "plant"]), np.array([6000.0, 4000.0, 0.0]),
    ...                   np.array([0, 1]), np.array([2, 2]), np.array([0.5, 1.0]), np.ones(2))
    >>> network.nodes, network.outfalls, float(network.people["plant"])
    (['A', 'B', 'plant'], ['plant'], 10000.0)
    """

    names: np.ndarray
    own: np.ndarray
    up: np.ndarray
    down: np.ndarray
    hours: np.ndarray
    share: np.ndarray
    length: np.ndarray | None = None
    xy: np.ndarray | None = None
    flow: np.ndarray | None = None
    notes: tuple[Note, ...] = ()

    def __post_init__(self) -> None:
        faults = faults_of(self)
        if faults:
            raise InputError(faults)

    @functools.cached_property
    def layers(self) -> Layers:
        """The links in downstream order."""
        return layers(len(self.names), self.up, self.down)[0]

    @functools.cached_property
    def index(self) -> dict[str, int]:
        """Number of each node."""
        return {str(name): i for i, name in enumerate(self.names)}

    @property
    def nodes(self) -> list[str]:
        """Names of all nodes, in the order of the file."""
        return [str(name) for name in self.names]

    @property
    def outfalls(self) -> list[str]:
        """Nodes from which nothing leads on: plants and other ends."""
        ends = np.ones(len(self.names), dtype=bool)
        ends[self.up] = False
        return [str(name) for name in self.names[ends]]

    @property
    def population(self) -> pd.Series:
        """Inhabitants who live at each node (not those above it), by node."""
        return pd.Series(self.own, index=pd.Index(self.nodes, name="node"), name="population")

    @functools.cached_property
    def served(self) -> np.ndarray:
        """Inhabitants at and above each node, shape (node,)."""
        return self.layers.gather(np.nan_to_num(self.own), self.share)

    @functools.cached_property
    def unevenness(self) -> np.ndarray:
        """How unevenly the people at and above each node are spread: 1 for one node, 1/sqrt(n) for n alike; (node,)."""
        own = np.nan_to_num(self.own)
        square = self.layers.gather(own * own, self.share * self.share)
        known = self.served > 0
        return np.where(known, np.sqrt(square) / np.where(known, self.served, 1.0), 1.0)

    @property
    def people(self) -> pd.Series:
        """Inhabitants at and above each node, by node: whose sewage passes there."""
        return pd.Series(self.served, index=pd.Index(self.nodes, name="node"), name="people")

    @property
    def links(self) -> pd.DataFrame:
        """One row a link: ``upstream, downstream, length [m], travel_time [h], share``."""
        return pd.DataFrame({
            "upstream": self.names[self.up].astype(object), "downstream": self.names[self.down].astype(object),
            "length": self.length if self.length is not None else np.nan, "travel_time": self.hours,
            "share": self.share,
        })  # fmt: skip

    def number(self, name: str) -> int:
        """Return the number of a node.

        Raises
        ------
        UnknownName
            No such node; the nearest name is said.
        """
        return self.index[one_of(str(name), self.index, Words("node", "节点"))]

    def kept(self, rate: float = 0.0) -> np.ndarray:
        """Return the share of a node's load that passes each link when ``rate`` [1/h] of it is lost, shape (link,)."""
        return self.share * np.exp(-rate * self.hours)

    def arriving(self, node: int, rate: float = 0.0) -> np.ndarray:
        """Return the share of each node's load that arrives at ``node``, ``rate`` [1/h] being lost, shape (node,)."""
        return self.layers.arriving(node, self.kept(rate))

    def hours_above(self) -> np.ndarray:
        """Return the mean hours that people's sewage has travelled when it passes a node, shape (node,)."""
        weight = np.where(np.nan_to_num(self.own) > 0, np.nan_to_num(self.own), 1e-9)
        mass = weight.copy()
        total = np.zeros(len(weight))
        flow = self.layers
        for first, last in zip(flow.cuts[:-1], flow.cuts[1:], strict=True):
            links = flow.order[first:last]
            handed = mass[self.up[links]] * self.share[links]
            spent = total[self.up[links]] * self.share[links] + handed * self.hours[links]
            np.add.at(mass, self.down[links], handed)
            np.add.at(total, self.down[links], spent)
        return np.asarray(total / mass)

    def shares(self, places: dict[str, str], outfall: str) -> pd.Series:
        """Return which share of an outfall's people belongs to which place.

        Parameters
        ----------
        places : dict of node to place
            For example the district of each node.
        outfall : str
            A plant.

        Returns
        -------
        Series
            Place to share; the shares add up to 1.
        """
        weight = self.arriving(self.number(outfall)) * np.nan_to_num(self.own)
        named = pd.Series(weight, index=[places.get(n, "") for n in self.nodes]).groupby(level=0).sum()
        return named[named > 0] / named.sum()

    def to_geojson(self) -> dict[str, object]:
        """Return the network as a GeoJSON mapping: a point a node, a line a link.

        Nodes without coordinates carry no geometry.
        """
        from wbe.sewer.geo import features_of

        return features_of(self)

    def __repr__(self) -> str:
        ends = ", ".join(self.outfalls[:3]) + (" ..." if len(self.outfalls) > 3 else "")
        people = np.nansum(self.own)
        return f"<Network: {len(self.names)} nodes, {len(self.up)} links, outfalls {ends}, {people:,.0f} inhabitants>"


def known_network(network: object) -> Network:
    """Return a network as it is.

    Raises
    ------
    InputError
        Something else came, such as the path of its file.
    """
    if not isinstance(network, Network):
        raise InputError([Fault("sewer-not-a-network", came=repr(network)[:60])])
    return network
