"""How likely it is that the best entry is the right one, and that the right one is among the best three.

A score orders entries; it says nothing of how often they are right. Two logistic models do, fitted to
questions whose right entry is known (`calibrate`). The shipped weights are data, `data/confidence.toml`; an
office that has labelled conversations of its own fits its own. Where vectors were compared too, two further
models look at them as well; their weights belong to one engine and say nothing of another.
"""

import math
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
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
NEAREST = 10
"""Over how many the closeness of the nearest is taken."""
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
MEANING_FEATURES = (
    *FEATURES,
    "by_words",
    "words_lead",
    "close",
    "close_lead",
    "close_behind",
    "close_mean",
    "agree",
    "repaired",
    "repaired_close",
    "several",
    "second",
    "second_lead",
)
"""What is looked at when vectors were compared."""
TABLES = ("first", "three")
Vector = NDArray[np.float64]
Weights = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Confidence:
    """The weights of the two models, by feature; `engines`: those that look at vectors too, by the name of
    the engine whose vectors they are."""

    first: Weights
    three: Weights
    engines: Mapping[str, "Confidence"] = field(default_factory=dict)

    @classmethod
    def read_toml(cls, toml: str) -> "Confidence":
        """The models from TOML: `[first]` and `[three]`, each a weight per feature, and the same two for each
        engine (`["engine/model/dimension".first]`); a missing weight is 0. Raises KnowledgeError."""
        try:
            data = tomllib.loads(toml)
        except tomllib.TOMLDecodeError as problem:
            raise KnowledgeError(f"TOML 格式错误 / not valid TOML: {problem}") from None
        engines = {
            name: cls(*_tables(table, MEANING_FEATURES)) for name, table in data.items() if name not in TABLES
        }
        return cls(*_tables(data, FEATURES), engines)

    def with_engine(self, engine: str) -> "Confidence | None":
        """The models that look at vectors of this engine: its own, else the shipped ones; None where nobody
        fitted any."""
        return self.engines.get(engine) or shipped_confidence().engines.get(engine)

    def of(self, candidates: Sequence[Candidate], engine: str = "") -> tuple[float, float]:
        """The chance that the best is right, and that the right one is among the best three; 0..1. `engine`:
        whose vectors were compared; KeyError where they were and there are no weights for it."""
        if not candidates or candidates[0].likeness.closeness is None:
            return self.chances(candidates)
        models = self.with_engine(engine)
        if models is None:
            raise KeyError(engine)
        return models.chances(candidates)

    def chances(self, candidates: Sequence[Candidate]) -> tuple[float, float]:
        """The same by these two models, whatever engine they are for."""
        if not candidates:
            return 0.0, 0.0
        evidence = evidence_of(candidates)
        first, three = (
            _chance(sum([weights.get(name, 0.0) * value for name, value in evidence.items()]))
            for weights in (self.first, self.three)
        )
        if candidates[0].exact:
            first = 1.0
        return first, max(first, three)

    def toml(self) -> str:
        """The models as they are read."""
        return _toml("", self) + "".join(_toml(f'"{name}".', models) for name, models in self.engines.items())


def _toml(prefix: str, models: Confidence) -> str:
    return "".join(
        f"[{prefix}{name}]\n"
        + "".join(f"{feature} = {weight:.4f}\n" for feature, weight in weights.items())
        + "\n"
        for name, weights in (("first", models.first), ("three", models.three))
    )


def _tables(data: object, names: Sequence[str]) -> tuple[Weights, Weights]:
    if not isinstance(data, dict):
        data = {}
    return _weights(data.get("first"), names), _weights(data.get("three"), names)


def _weights(table: object, names: Sequence[str]) -> Weights:
    if (
        not isinstance(table, dict)
        or not table.keys() <= set(names)
        or not all(isinstance(weight, int | float) for weight in table.values())
    ):
        raise KnowledgeError(
            "应有 [first] 和 [three] 两张权重表 / two tables of weights, [first] and [three]"
        )
    return table


def evidence_of(candidates: Sequence[Candidate]) -> dict[str, float]:
    """What the models look at, by the name of the feature: also what is meant, when that was compared."""
    names = FEATURES if candidates[0].likeness.closeness is None else MEANING_FEATURES
    return dict(zip(names, features(candidates), strict=True))


def features(candidates: Sequence[Candidate]) -> tuple[float, ...]:
    """What the models look at, in the order of `FEATURES`, or of `MEANING_FEATURES` when vectors were
    compared; a candidate that is missing scores 0."""
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
        *_meant(candidates),
    )


def _meant(candidates: Sequence[Candidate]) -> tuple[float, ...]:
    """What is looked at beside the words: what they alone say of the best, and its lead by it; how close it
    is in meaning, its lead by that and how far it is behind; how close the nearest are; whether the words
    alone would have chosen it; whether it was found with wrong characters put right, and how close it is
    then; what else of its entry is near."""
    if candidates[0].likeness.closeness is None:
        return ()
    known = [candidate.likeness.closeness or 0.0 for candidate in candidates]
    words = [candidate.likeness.by_words for candidate in candidates]
    nearest = sorted(known, reverse=True)[:NEAREST]
    return (
        words[0],
        words[0] - max(words[1:], default=0.0),
        known[0],
        known[0] - max(known[1:], default=0.0),
        nearest[0] - known[0],
        sum(nearest) / len(nearest),
        float(words[0] >= max(words)),
        float(candidates[0].repaired),
        candidates[0].repaired * known[0],
        *_seconded(candidates),
    )


def _seconded(candidates: Sequence[Candidate]) -> tuple[float, float, float]:
    """Whether the best has several wordings; then what its second one scores, and by how much that is above
    every other entry. All 0 for an entry of few wordings, of which that says nothing."""
    best = candidates[0]
    if not best.several:
        return 0.0, 0.0, 0.0
    others = max([each.score for each in candidates[1:]], default=0.0)
    return 1.0, best.second, (best.second - others) * (best.second > 0)


@dataclass(frozen=True, slots=True)
class Known:
    """A question with a known answer: what the models look at (`features`), whether the first was right and
    whether one of three was; how much it counts."""

    evidence: tuple[float, ...]
    first: bool
    three: bool
    weight: float = 1.0


def fitted(rows: Iterable[Known], ridge: float = RIDGE) -> Confidence:
    """The models that fit `rows` best, all of them looked at with vectors or all without."""
    known = list(rows)
    evidence = np.array([row.evidence for row in known])
    names = FEATURES if evidence.shape[1] == len(FEATURES) else MEANING_FEATURES
    counts = np.array([row.weight for row in known])
    return Confidence(
        *(
            dict(zip(names, logistic(evidence, right, ridge, counts).tolist(), strict=True))
            for right in (
                np.array([row.first for row in known], float),
                np.array([row.three for row in known], float),
            )
        )
    )


def logistic(evidence: Vector, right: Vector, ridge: float, counts: Vector | None = None) -> Vector:
    """The weights of a logistic model, by Newton's method (iteratively reweighted least squares). `counts`:
    how much each row counts, 1 without."""
    counts = np.ones(len(right)) if counts is None else counts
    weights = np.zeros(evidence.shape[1])
    penalty = np.full(evidence.shape[1], ridge)
    penalty[0] = 1e-6
    for _ in range(ROUNDS):
        chance = 1 / (1 + np.exp(-np.clip(evidence @ weights, -30, 30)))
        slope = evidence.T @ (counts * (chance - right)) + penalty * weights
        curve = (evidence * (counts * chance * (1 - chance))[:, None]).T @ evidence + np.diag(penalty)
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
