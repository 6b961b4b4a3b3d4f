"""Covariances of places' months and their inverses, by the band that persistence leaves: linear in months.

A place's months are a deviation that persists (AR(1), whose inverse is tridiagonal), a lasting difference and a drift
(two columns), and noise of each month. Refuses to know a city: that is :mod:`wbe.levels.model`'s.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

__all__ = ["Factored", "Parts"]

SPAN = 1200.0  # ln of the largest ratio that two numbers may have for a product of them to be exact
TINY = 1e-300


@dataclass(frozen=True)
class Parts:
    """What places' months vary by, node first: variances of the deviation and its persistence, of the lasting
    difference, of a drift about the middle ``time``, and of each month's own, by place.
    """

    deviation: np.ndarray  # (node,)
    rho: np.ndarray  # (node,)
    lasting: np.ndarray  # (node,)
    slope: np.ndarray  # (node,)
    own: np.ndarray  # (node, place)
    time: np.ndarray  # (month,)

    @cached_property
    def matrix(self) -> np.ndarray:
        """Covariance of each place's months, (node, place, month, month)."""
        months = len(self.time)
        number = np.arange(months)
        power = self.rho[:, None] ** number  # by months apart
        one = self.deviation[:, None, None] * power[:, np.abs(number[:, None] - number[None, :])]
        one = one + self.lasting[:, None, None] + self.slope[:, None, None] * np.outer(self.time, self.time)
        found = np.repeat(one[:, None], self.own.shape[1], axis=1)
        found[..., number, number] += self.own[:, :, None]
        return found

    def between(self, months: slice) -> Parts:
        """Return the parts of months that follow each other."""
        return replace(self, time=self.time[months])

    def at(self, node: np.ndarray) -> Parts:
        """Return the parts at nodes, in their order and as often as named."""
        return Parts(self.deviation[node], self.rho[node], self.lasting[node], self.slope[node], self.own[node],
                     self.time)  # fmt: skip

    def times(self, values: np.ndarray) -> np.ndarray:
        """Return the covariance times values (node, place, month)."""
        v = np.moveaxis(values, -1, 0)
        rho = self.rho[:, None]
        forth, back = np.empty_like(v), np.zeros_like(v)
        for m in range(len(v)):
            forth[m] = v[m] + (rho * forth[m - 1] if m else 0.0)
        for m in range(len(v) - 2, -1, -1):
            back[m] = rho * (back[m + 1] + v[m + 1])
        found = self.deviation[:, None] * (forth + back) + self.own * v
        along = np.einsum("m,mns->ns", self.time, v)
        found += self.lasting[:, None] * v.sum(axis=0) + self.time[:, None, None] * (self.slope[:, None] * along)
        return np.moveaxis(found, 0, -1)

    def drawn(self, persistent: np.ndarray, months: np.ndarray, two: np.ndarray) -> np.ndarray:
        """Return places' months made of standard normals: (node, place, month) twice, and (node, place, 2)."""
        found = np.empty_like(persistent)
        root = np.sqrt(self.deviation)[:, None]
        fresh = root * np.sqrt(1 - self.rho**2)[:, None]
        for m in range(persistent.shape[-1]):
            step = persistent[..., m]
            found[..., m] = self.rho[:, None] * found[..., m - 1] + fresh * step if m else root * step
        found += np.sqrt(self.own)[..., None] * months
        found += np.sqrt(self.lasting)[:, None, None] * two[..., :1]
        return found + np.sqrt(self.slope)[:, None, None] * two[..., 1:] * self.time


@dataclass(frozen=True)
class Factored:
    """The inverse W of each place's covariance with the error of what is seen; rows of months not seen are 0.

    W = A - Z K Z' with A of the deviation and noise alone, Z = A times the two columns; month first where a sweep
    goes through months.
    """

    weight: np.ndarray  # (month, node, place) of what is seen, its month's own in it
    pivot: np.ndarray  # (month, node, place) of the tridiagonal precision of the deviation, forwards
    ratio: np.ndarray  # (month, node, place) what a month hands on to the next
    diagonal: np.ndarray  # (month, node, place) of the inverse of that precision
    columns: np.ndarray  # (month, node, place, 2) Z
    inner: np.ndarray  # (node, place, 2, 2) K
    log_det: np.ndarray  # (node, place) of the covariance of what is seen

    @classmethod
    def of(cls, parts: Parts, precision: np.ndarray) -> Factored:
        """Return the inverse for what is seen with a precision (node, place, month), 0 where nothing is."""
        seen = np.moveaxis(precision, -1, 0)
        weight = np.ascontiguousarray(seen / (1 + parts.own * seen))
        months = len(weight)
        scale = 1 / (parts.deviation * (1 - parts.rho**2))
        off = parts.rho * scale
        neighbours = np.full(months, 2)
        neighbours[:1] -= 1
        neighbours[-1:] -= 1
        along = scale * np.where(neighbours[:, None] == 2, 1 + parts.rho**2, 1.0)
        along = along * np.where(neighbours[:, None] == 0, 1 - parts.rho**2, 1.0)  # a single month
        band = weight + along[..., None]
        pivot, last = np.empty_like(band), np.empty_like(band)
        square = (off**2)[:, None]
        for m in range(months):
            pivot[m] = band[m] - (square / pivot[m - 1] if m else 0.0)
        for m in range(months - 1, -1, -1):
            last[m] = band[m] - (square / last[m + 1] if m + 1 < months else 0.0)
        prior = months * np.log(parts.deviation) + max(months - 1, 0) * np.log1p(-(parts.rho**2))
        log_det = np.log(pivot).sum(axis=0) + prior[:, None]
        log_det -= np.log(np.where(weight > 0, weight, 1.0)).sum(axis=0)
        found = cls(weight, pivot, off[:, None] / pivot, 1 / (pivot + last - band), np.zeros((*weight.shape, 2)),
                    np.zeros((*weight.shape[1:], 2, 2)), log_det)  # fmt: skip
        return found._with_columns(parts)

    def _with_columns(self, parts: Parts) -> Factored:
        two = np.empty((*self.weight.shape, 2))
        two[..., 0] = np.sqrt(parts.lasting)[:, None]
        two[..., 1] = np.sqrt(parts.slope)[:, None] * parts.time[:, None, None]
        columns = self._alone(two)
        g = np.einsum("mnsi,mnsj->nsij", two, columns)
        a, b, d = 1 + g[..., 0, 0], (g[..., 0, 1] + g[..., 1, 0]) / 2, 1 + g[..., 1, 1]
        det = a * d - b * b
        inner = np.stack([np.stack([d, -b], axis=-1), np.stack([-b, a], axis=-1)], axis=-2) / det[..., None, None]
        return replace(self, columns=columns, inner=inner, log_det=self.log_det + np.log(det))

    def at(self, node: np.ndarray) -> Factored:
        """Return the inverses at nodes, in their order and as often as named."""
        return Factored(
            self.weight[:, node], self.pivot[:, node], self.ratio[:, node], self.diagonal[:, node],
            self.columns[:, node], self.inner[node], self.log_det[node],
        )  # fmt: skip

    def _alone(self, values: np.ndarray) -> np.ndarray:
        """Return A times values (month, node, place, column)."""
        own = self.weight[..., None] * values
        forth = np.empty_like(own)
        months = len(own)
        for m in range(months):
            forth[m] = own[m] + (self.ratio[m - 1][..., None] * forth[m - 1] if m else 0.0)
        forth /= self.pivot[..., None]
        for m in range(months - 2, -1, -1):
            forth[m] += self.ratio[m][..., None] * forth[m + 1]
        return np.asarray(own - self.weight[..., None] * forth)

    def times(self, values: np.ndarray) -> np.ndarray:
        """Return W times values (node, place, month), or (node, 1, month) of all places."""
        v = np.moveaxis(values, -1, 0)
        alone = self._alone(np.broadcast_to(v, self.weight.shape)[..., None])[..., 0]
        onto = np.einsum("mnsi,mns->nsi", self.columns, np.broadcast_to(v, self.weight.shape))
        found = alone - np.einsum("mnsi,nsij,nsj->mns", self.columns, self.inner, onto, optimize=True)
        return np.moveaxis(found, 0, -1)

    @cached_property
    def matrix(self) -> np.ndarray:
        """W of each place, (node, place, month, month)."""
        months = len(self.weight)
        number = np.arange(months)
        handed = np.zeros_like(self.ratio)
        handed[1:] = np.cumsum(np.log(np.maximum(self.ratio[:-1], TINY)), axis=0)
        c, g, p = (np.ascontiguousarray(np.moveaxis(x, 0, -1)) for x in (handed, self.diagonal, self.weight))
        later = np.maximum(number[:, None], number[None, :])
        found = np.exp(-np.abs(c[..., :, None] - c[..., None, :]))
        found *= g[..., later]
        found *= -p[..., :, None]
        found *= p[..., None, :]
        found[..., number, number] += p
        z = np.moveaxis(self.columns, 0, 2)
        found -= np.matmul(np.matmul(z, self.inner), np.swapaxes(z, -1, -2))
        return found

    @cached_property
    def summed(self) -> np.ndarray:
        """W summed over places, (node, month, month)."""
        months, nodes, places = self.weight.shape
        handed = np.zeros_like(self.ratio)
        handed[1:] = np.cumsum(np.log(np.maximum(self.ratio[:-1], TINY)), axis=0)
        if months and float(-handed[-1].min()) > SPAN:
            return np.asarray(self.matrix.sum(axis=1))
        middle = handed[-1:] / 2 if months else handed
        early = self.weight * np.exp(middle - handed)
        late = self.weight * self.diagonal * np.exp(handed - middle)
        with np.errstate(over="ignore", invalid="ignore"):  # below the diagonal the product is never read
            upper = np.triu(np.matmul(np.moveaxis(early, 0, 1), np.moveaxis(late, 0, 2)), 1)
        number = np.arange(months)
        found = -upper - np.swapaxes(upper, -1, -2)
        found[:, number, number] = (self.weight - self.weight**2 * self.diagonal).sum(axis=-1).T
        z = np.moveaxis(self.columns, 0, 1).reshape(nodes, months, 2 * places)
        k = np.einsum("mnsi,nsij->nmsj", self.columns, self.inner).reshape(nodes, months, 2 * places)
        return np.asarray(found - np.matmul(k, np.swapaxes(z, -1, -2)))
