"""The small network that weighs vectors."""

from __future__ import annotations

import numpy as np

from knowledge_base.measure.network import Floats, Network, fit_network


def quarters() -> tuple[Floats, Floats]:
    """Points of a plane: of the subject where both numbers have one sign, which no line tells apart."""
    points = np.random.default_rng(7).uniform(-1, 1, (800, 2)).astype(np.float32)
    right = (points[:, 0] * points[:, 1] > 0).astype(np.float32)
    return points, np.stack([right, 1 - right], axis=1)


def sums(network: Network, points: Floats) -> Floats:
    shown = np.maximum(points @ network.hidden.T + network.hidden_bias, 0)
    return np.asarray(shown @ network.weights.T + network.bias, np.float32)


def test_it_tells_apart_what_no_line_does() -> None:
    points, right = quarters()
    found = sums(fit_network(points, right), points) > 0
    assert (found == (right > 0)).mean() > 0.8  # a line finds half


def test_the_same_vectors_give_the_same_network() -> None:
    points, right = quarters()
    one, other = (fit_network(points[:200], right[:200]) for _ in range(2))
    assert np.array_equal(one.hidden, other.hidden)
    assert np.array_equal(one.weights, other.weights)
