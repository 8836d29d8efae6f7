"""Fits a logistic model with a ridge to sparse rows: Newton's method, each step by conjugate gradients.

A step need not be exact, for the next one corrects it; columns are scaled by their curvature, because a rare
piece and a common one differ by orders of magnitude.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
_ROUNDS, _INNER, _ENOUGH, _NEARER = 30, 60, 1e-3, 1e-2


class Sparse:
    """Rows as {column: value}; no row is empty."""

    def __init__(self, rows: Sequence[dict[int, float]], columns: int) -> None:
        self._columns = columns
        self._starts = np.cumsum([0, *(len(row) for row in rows)])[:-1]
        self._row_of = np.repeat(np.arange(len(rows)), [len(row) for row in rows])
        self._column = np.array([column for row in rows for column in row], np.int64)
        self._value = np.array([value for row in rows for value in row.values()])

    @property
    def columns(self) -> int:
        """How many numbers a row may have."""
        return self._columns

    def times(self, weights: Array) -> Array:
        """One number per row."""
        found: Array = np.add.reduceat(self._value * weights[self._column], self._starts)
        return found

    def squares(self, amounts: Array) -> Array:
        """For each column the squares of its values, each times the amount of its row."""
        return np.bincount(
            self._column, self._value**2 * amounts[self._row_of], minlength=self._columns
        ).astype(np.float64, copy=False)

    def back(self, amounts: Array) -> Array:
        """The transposed product: one number per column."""
        sums = np.bincount(self._column, self._value * amounts[self._row_of], minlength=self._columns)
        return sums.astype(np.float64, copy=False)


def fit(evidence: Sparse, right: Array, *, ridge: float) -> tuple[Array, float]:
    """The weights of the columns and the bias. right: 1.0 or 0.0 per row."""
    weights, bias = np.zeros(evidence.columns), 0.0
    for _ in range(_ROUNDS):
        chance = 1 / (1 + np.exp(-np.clip(evidence.times(weights) + bias, -30, 30)))
        slope = evidence.back(chance - right) + ridge * weights
        lean = float((chance - right).sum())
        curve = chance * (1 - chance) + 1e-9
        step, lift = _solve(evidence, curve, ridge, np.append(slope, lean))
        weights, bias = weights - step, bias - lift
        if np.abs(step).max() < _ENOUGH:
            break
    return weights, bias


def _solve(evidence: Sparse, curve: Array, ridge: float, wanted: Array) -> tuple[Array, float]:
    """Conjugate gradients for the Newton step of weights and bias; wanted: the slope of both."""
    scale = np.append(evidence.squares(curve) + ridge, curve.sum())

    def times(step: Array) -> Array:
        amounts = curve * (evidence.times(step[:-1]) + step[-1])
        return np.append(evidence.back(amounts) + ridge * step[:-1], amounts.sum())

    step = np.zeros_like(wanted)
    rest = wanted.copy()
    way = rest / scale
    first = left = float(rest @ way)
    for _ in range(_INNER):
        if left <= _NEARER * first:
            break
        bent = times(way)
        length = left / float(way @ bent)
        step += length * way
        rest -= length * bent
        scaled = rest / scale
        fresh = float(rest @ scaled)
        way = scaled + (fresh / left) * way
        left = fresh
    return step[:-1], float(step[-1])
