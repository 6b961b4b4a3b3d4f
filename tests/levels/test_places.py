"""Covariances of places by their band agree with dense matrices: inverse, determinant, sum, products and draws."""

from __future__ import annotations

import numpy as np
import pytest

from wbe.levels import places as room
from wbe.levels.places import Factored, Parts


def parts(months, nodes=3, rows=4, seed=0):
    r = np.random.default_rng(seed)
    return Parts(
        np.exp(r.normal(-3, 1, nodes)), r.uniform(0.01, 0.97, nodes), np.exp(r.normal(-2, 1, nodes)),
        np.exp(r.normal(-8, 1, nodes)), np.exp(r.normal(-4, 1, (nodes, rows))), np.arange(months) - (months - 1) / 2,
    )  # fmt: skip


def seen(months, nodes=3, rows=4, seed=1):
    r = np.random.default_rng(seed)
    precision = np.exp(r.normal(3, 1, (nodes, rows, months)))
    return precision * (r.random((1, rows, months)) > 0.25)


def dense(p, precision):
    """The covariance written element by element, and its inverse on what is seen."""
    months = len(p.time)
    covariance = np.zeros((*p.own.shape, months, months))
    inverse, log_det = np.zeros_like(covariance), np.zeros(p.own.shape)
    for n, s in np.ndindex(*p.own.shape):
        for i, j in np.ndindex(months, months):
            covariance[n, s, i, j] = (
                p.deviation[n] * p.rho[n] ** abs(i - j) + p.lasting[n] + p.slope[n] * p.time[i] * p.time[j]
                + (p.own[n, s] if i == j else 0.0)
            )  # fmt: skip
        at = np.flatnonzero(precision[n, s] > 0)
        if len(at):
            part = covariance[n, s][np.ix_(at, at)] + np.diag(1 / precision[n, s, at])
            inverse[n, s][np.ix_(at, at)] = np.linalg.inv(part)
            log_det[n, s] = np.linalg.slogdet(part)[1]
    return covariance, inverse, log_det


@pytest.mark.parametrize("months", [1, 2, 3, 11, 60])
def test_the_band_agrees_with_dense_matrices(months):
    p, precision = parts(months), seen(months)
    covariance, inverse, log_det = dense(p, precision)
    found = Factored.of(p, precision)
    scale = np.abs(inverse).max()
    assert np.allclose(p.matrix, covariance, rtol=1e-12, atol=0)
    assert np.allclose(found.matrix, inverse, atol=1e-10 * scale)
    assert np.allclose(found.summed, inverse.sum(axis=1), atol=1e-10 * scale)
    assert np.allclose(found.log_det, log_det, atol=1e-9)
    values = np.random.default_rng(2).standard_normal(precision.shape)
    assert np.allclose(found.times(values), np.einsum("nsij,nsj->nsi", inverse, values), atol=1e-10 * scale)
    common = values[:, :1]
    assert np.allclose(found.times(common), np.einsum("nsij,nkj->nsi", inverse, common), atol=1e-10 * scale)
    assert np.allclose(p.times(values), np.einsum("nsij,nsj->nsi", covariance, values), atol=1e-10)


def test_a_span_too_wide_for_products_is_summed_place_by_place(monkeypatch):
    p, precision = parts(40), seen(40)
    quick = Factored.of(p, precision).summed
    monkeypatch.setattr(room, "SPAN", 0.0)
    assert np.allclose(Factored.of(p, precision).summed, quick, atol=1e-9 * np.abs(quick).max())


@pytest.mark.parametrize(("rho", "deviation"), [(1 - 1e-9, 0.04), (1e-9, 0.04), (0.7, 1e-17), (0.7, 100.0)])
def test_extreme_sizes_stay_exact(rho, deviation):
    p, precision = parts(24, nodes=1), seen(24, nodes=1)
    p = Parts(np.array([deviation]), np.array([rho]), p.lasting, p.slope, p.own, p.time)
    _, inverse, log_det = dense(p, precision)
    found = Factored.of(p, precision)
    assert np.allclose(found.matrix, inverse, atol=1e-7 * np.abs(inverse).max())
    assert np.allclose(found.summed, inverse.sum(axis=1), atol=1e-7 * np.abs(inverse).max())
    assert np.allclose(found.log_det, log_det, atol=1e-6)


def test_nodes_may_be_taken_again_and_months_cut():
    p, precision = parts(9), seen(9)
    order = np.array([2, 0, 0])
    again = Factored.of(p.at(order), precision[order])
    assert np.array_equal(Factored.of(p, precision).at(order).matrix, again.matrix)
    assert np.allclose(p.between(slice(3, 8)).matrix, p.matrix[:, :, 3:8, 3:8])


def test_draws_have_the_covariance_of_their_parts():
    p = parts(4, nodes=1, rows=2)
    r, many = np.random.default_rng(3), 40_000
    draws = p.at(np.zeros(many, dtype=int)).drawn(
        r.standard_normal((many, 2, 4)), r.standard_normal((many, 2, 4)), r.standard_normal((many, 2, 2))
    )
    for s in range(2):
        assert np.allclose(np.cov(draws[:, s].T), p.matrix[0, s], atol=0.03 * p.matrix[0, s].max())
    assert abs(np.corrcoef(draws[:, 0, 0], draws[:, 1, 0])[0, 1]) < 0.02
