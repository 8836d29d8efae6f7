"""How likely it is that the best entry is the right one, and that the right one is among the best three.

A score orders entries; it says nothing of how often they are right. Two logistic models do, fitted to
questions whose right entry is known (`calibrate`). The shipped weights are data, `data/confidence.toml`; an
office that has labelled conversations of its own fits its own.
"""

import math
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from knowledge_base.errors import KnowledgeError
from knowledge_base.match.matcher import Candidate
from knowledge_base.text.tables import data_text

CHOICES = 3
SHARPNESS = 12.0
"""How much a better score takes of the whole when the scores share it out."""
CLOSE = 0.05
"""What scores within this of the best is its rival."""
RIDGE = 1.0
"""How strongly weights are held near nought when they are fitted."""
ROUNDS = 60

FEATURES = (
    "one",
    "score",
    "lead",
    "lead_third",
    "share",
    "canonical",
    "raw",
    "sound",
    "asked",
    "found",
    "both",
    "lost",
    "extra",
    "same_aspect",
    "other_aspect",
    "numbers",
    "slots",
    "words",
    "rivals",
    "other_asking",
    "weight",
    "length",
    "lacking",
    "words_apart",
)
Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Confidence:
    """The weights of the two models, by feature."""

    first: Mapping[str, float]
    three: Mapping[str, float]

    @classmethod
    def read_toml(cls, toml: str) -> "Confidence":
        """The models from TOML: `[first]` and `[three]`, each a weight per feature; a missing one is 0.
        Raises KnowledgeError."""
        try:
            data = tomllib.loads(toml)
        except tomllib.TOMLDecodeError as problem:
            raise KnowledgeError(f"TOML 格式错误 / not valid TOML: {problem}") from None
        return cls(_weights(data.get("first")), _weights(data.get("three")))

    def of(self, candidates: Sequence[Candidate]) -> tuple[float, float]:
        """The chance that the best is right, and that the right one is among the best three; 0..1."""
        if not candidates:
            return 0.0, 0.0
        evidence = dict(zip(FEATURES, features(candidates), strict=True))
        first, three = (
            _chance(sum([weights.get(name, 0.0) * value for name, value in evidence.items()]))
            for weights in (self.first, self.three)
        )
        if candidates[0].exact:
            first = 1.0
        return first, max(first, three)

    def toml(self) -> str:
        """The models as they are read."""
        return "".join(
            f"[{name}]\n"
            + "".join(f"{feature} = {weight:.4f}\n" for feature, weight in weights.items())
            + "\n"
            for name, weights in (("first", self.first), ("three", self.three))
        )


def _weights(table: object) -> Mapping[str, float]:
    if (
        not isinstance(table, dict)
        or not table.keys() <= set(FEATURES)
        or not all(isinstance(weight, int | float) for weight in table.values())
    ):
        raise KnowledgeError(
            "应有 [first] 和 [three] 两张权重表 / two tables of weights, [first] and [three]"
        )
    return table


def features(candidates: Sequence[Candidate]) -> tuple[float, ...]:
    """What the models look at, in the order of `FEATURES`; a candidate that is missing scores 0."""
    scores = [candidate.likeness.score for candidate in candidates[:10]]
    best = candidates[0]
    pair = best.likeness
    top = max(scores)
    second = scores[1] if len(scores) > 1 else 0.0
    third = scores[2] if len(scores) > 2 else 0.0
    share = 1 / sum([math.exp(SHARPNESS * (score - top)) for score in scores])
    asked, found = best.question.aspects, best.wording.aspects
    asking, answering = best.question.asking, best.wording.asking
    return (
        1.0,
        pair.score,
        pair.score - second,
        pair.score - third,
        share,
        pair.glance.canonical,
        pair.glance.raw,
        pair.glance.sound,
        pair.asked,
        pair.found,
        pair.both,
        pair.lost / 10,
        pair.extra / 10,
        float(bool(asked & found)),
        float(pair.other_aspect),
        float(pair.numbers),
        float(pair.slots > 0),
        min(1.0, len(best.question.words) / 10),
        min(1.0, sum([1 for score in scores if score > pair.score - CLOSE]) / 5),
        float(bool(asking and answering and not asking & answering)),
        min(1.0, best.question.weight / 40),
        min(1.0, len(best.question.canonical) / 20),
        min(1.0, len(best.question.content - best.wording.content) / 4),
        abs(len(best.question.words) - len(best.wording.words)) / 10,
    )


def fitted(rows: Iterable[tuple[tuple[float, ...], bool, bool]], ridge: float = RIDGE) -> Confidence:
    """The models that fit `rows` best: the features of a question, whether the first was right, and whether
    one of three was."""
    known = list(rows)
    evidence = np.array([row[0] for row in known])
    return Confidence(
        *(
            dict(
                zip(
                    FEATURES,
                    logistic(evidence, np.array([row[which] for row in known], float), ridge).tolist(),
                    strict=True,
                )
            )
            for which in (1, 2)
        )
    )


def logistic(evidence: Vector, right: Vector, ridge: float) -> Vector:
    """The weights of a logistic model, by Newton's method (iteratively reweighted least squares)."""
    weights = np.zeros(evidence.shape[1])
    penalty = np.full(evidence.shape[1], ridge)
    penalty[0] = 1e-6
    for _ in range(ROUNDS):
        chance = 1 / (1 + np.exp(-np.clip(evidence @ weights, -30, 30)))
        slope = evidence.T @ (chance - right) + penalty * weights
        curve = (evidence * (chance * (1 - chance))[:, None]).T @ evidence + np.diag(penalty)
        step = np.linalg.solve(curve, slope)
        weights = weights - step
        if np.abs(step).max() < 1e-8:
            break
    return weights


def _chance(sum_: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, sum_))))


@cache
def shipped_confidence() -> Confidence:
    return Confidence.read_toml(data_text("confidence.toml"))
