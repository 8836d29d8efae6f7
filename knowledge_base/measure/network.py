"""Fits a small network to vectors: sums that count where they are positive, and of those one sum per subject.

A subject shows in a vector in several ways, which one sum of its numbers cannot hold. Several networks that
began differently are fitted and stand side by side as one wider one, because their mean errs less than each.
The same vectors give the same network.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

_STARTS = 3
_WIDTH = 48
_ROUNDS, _AT_ONCE = 20, 64
_RATE, _RIDGE, _LEFT_OUT = 2e-3, 0.2, 0.2
_SLOW, _SLOWER = 0.9, 0.999


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """hidden: (width, dimension), hidden_bias (width); weights: (subjects, width), bias (subjects)."""

    hidden: Floats
    hidden_bias: Floats
    weights: Floats
    bias: Floats


def fit_network(vectors: Floats, right: Floats) -> Network:
    """right: (vectors, subjects), 1.0 or 0.0."""
    middle, spread = vectors.mean(0), vectors.std(0) + 1e-6
    scaled = (vectors - middle) / spread
    found = [_fitted(scaled, right, np.random.default_rng(seed)) for seed in range(_STARTS)]
    hidden = np.concatenate([into.T for into, _, _, _ in found]) / spread
    return Network(
        hidden.astype(np.float32),
        (np.concatenate([lift for _, lift, _, _ in found]) - hidden @ middle).astype(np.float32),
        (np.concatenate([out for _, _, out, _ in found]).T / _STARTS).astype(np.float32),
        (np.sum([lean for _, _, _, lean in found], axis=0) / _STARTS).astype(np.float32),
    )


def _fitted(values: Floats, right: Floats, random: np.random.Generator) -> list[Floats]:
    """Into the hidden layer, its bias, out of it, the bias: by Adam with decay, at a rate that falls to 0."""
    dimension, subjects = values.shape[1], right.shape[1]
    parts = [
        random.normal(0, dimension**-0.5, (dimension, _WIDTH)).astype(np.float32),
        np.zeros(_WIDTH, np.float32),
        random.normal(0, _WIDTH**-0.5, (_WIDTH, subjects)).astype(np.float32),
        np.full(subjects, -1.5, np.float32),
    ]
    means, squares = [np.zeros_like(part) for part in parts], [np.zeros_like(part) for part in parts]
    step = 0
    for turn in range(_ROUNDS):
        rate = _RATE * 0.5 * (1 + np.cos(np.pi * turn / _ROUNDS))
        order = random.permutation(len(values))
        for begin in range(0, len(values), _AT_ONCE):
            step += 1
            some = order[begin : begin + _AT_ONCE]
            kept = ((random.random((len(some), _WIDTH)) > _LEFT_OUT) / (1 - _LEFT_OUT)).astype(np.float32)
            for at, slope in enumerate(_slopes(parts, values[some], right[some], kept)):
                means[at] = _SLOW * means[at] + (1 - _SLOW) * slope
                squares[at] = _SLOWER * squares[at] + (1 - _SLOWER) * slope**2
                length = np.sqrt(squares[at] / (1 - _SLOWER**step)) + 1e-8
                decay = _RIDGE * parts[at] if parts[at].ndim == 2 else 0.0
                change = rate * (means[at] / (1 - _SLOW**step) / length + decay)
                parts[at] = (parts[at] - change).astype(np.float32)
    return parts


def _slopes(parts: list[Floats], values: Floats, right: Floats, kept: Floats) -> list[Floats]:
    into, lift, out, lean = parts
    sums = values @ into + lift
    shown = np.maximum(sums, 0) * kept
    chance = 1 / (1 + np.exp(-np.clip(shown @ out + lean, -30, 30)))
    wrong = ((chance - right) / len(values)).astype(np.float32)
    back = (wrong @ out.T) * kept * (sums > 0)
    return [values.T @ back, back.sum(0), shown.T @ wrong, wrong.sum(0)]
