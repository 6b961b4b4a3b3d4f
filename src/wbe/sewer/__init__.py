"""The sewer upstream of a plant: networks, where a load comes from, and which manholes to open next.

Refuses to name a node that serves fewer people than the disclosure policy asks, and to part what no sample tells apart.
"""

from wbe.sewer.attribution import Attribution, attribute
from wbe.sewer.contributing import contribution, neighbours
from wbe.sewer.network import Network
from wbe.sewer.read import read_network
from wbe.sewer.record import load_search
from wbe.sewer.search import Search, search
from wbe.sewer.stations import place

__all__ = [
    "Attribution",
    "Network",
    "Search",
    "attribute",
    "contribution",
    "load_search",
    "neighbours",
    "place",
    "read_network",
    "search",
]
