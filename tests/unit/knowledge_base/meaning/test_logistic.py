"""The logistic fit: what it gives is where the ridge and the rows hold each other."""

from __future__ import annotations

import numpy as np

from knowledge_base.meaning.logistic import Sparse, fit

_RIDGE = 0.03


def test_the_weights_it_finds_leave_no_slope_though_columns_differ_by_orders_of_magnitude() -> None:
    random = np.random.default_rng(7)
    size = 10.0 ** -(np.arange(8) % 4)
    rows = [{column: float(random.normal() * size[column]) for column in range(8)} for _ in range(300)]
    evidence = Sparse(rows, 8)
    right = (evidence.times(np.array([3.0, 30, -300, 0, 0, 9, 0, 99])) + random.normal(size=300) > 1).astype(
        float
    )
    weights, bias = fit(evidence, right, ridge=_RIDGE)
    wrong = 1 / (1 + np.exp(-(evidence.times(weights) + bias))) - right
    slope = evidence.back(wrong) + _RIDGE * weights
    assert np.abs(slope).max() < 0.01
    assert abs(float(wrong.sum())) < 0.01
    assert weights[0] > 1
