"""Fits the confidence to questions whose right entry is known, and finds the thresholds that keep a promise
(`hub faq calibrate`).

A model is always flattered by what it was fitted to. So the thresholds are taken from confidences that
models gave to questions they had not seen: the questions are dealt into folds by their right entry.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from knowledge_base.match.answer import Answer, Decision, Thresholds
from knowledge_base.match.confidence import CHOICES, Confidence, Known, features, fitted
from knowledge_base.match.matcher import Candidate, Snapshot
from knowledge_base.meaning.encoder import SentenceEncoder
from knowledge_base.meaning.sentence import sentence_of
from knowledge_base.measure.measure import Asked, Query, coverage

FOLDS = 5
PROMISE = 0.97
"""How many of the answers given have to be right."""
OFFER = 0.4
"""The least chance that the right entry is among three that are offered."""
LEAST = 50
"""Fewer questions than this fit nothing."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """`thresholds` carry the fitted models. `covered`: the share of the questions in scope that are answered
    rightly with them, on questions the models had not seen."""

    thresholds: Thresholds
    covered: float


def calibrate(
    snapshot: Snapshot,
    queries: Sequence[Query],
    *,
    speech: bool = False,
    promise: float = PROMISE,
    encoder: SentenceEncoder | None = None,
) -> Calibration:
    """Models and thresholds for these questions. With an `encoder` (that of the snapshot's vectors) those
    that look at vectors too; the threshold then keeps the promise with them and with words alone, `covered`
    is with them. Raises ValueError when the questions are fewer than `LEAST`, or none is in scope;
    EncoderFailed.
    """
    if len(queries) < LEAST or all(query.answer_id is None for query in queries):
        raise ValueError(f"at least {LEAST} questions are needed, some of them with an answer")
    known = [(query, snapshot.look(query.text, speech=speech)) for query in queries]
    covered, threshold, models = _fold_and_fit(known, promise)
    if encoder is not None and encoder.name == snapshot.engine:
        vectors = encoder.encode([sentence_of(query.text) for query in queries])
        known = [
            (query, snapshot.look(query.text, speech=speech, vector=vector))
            for query, vector in zip(queries, vectors, strict=True)
        ]
        covered, other, meaning = _fold_and_fit(known, promise)
        threshold = max(threshold, other)
        models = Confidence(models.first, models.three, {encoder.name: meaning})
    return Calibration(Thresholds(threshold, OFFER, models), covered)


def _fold_and_fit(
    known: Sequence[tuple[Query, tuple[Candidate, ...]]], promise: float
) -> tuple[float, float, Confidence]:
    """The share covered and the threshold on questions the models had not seen; the models of all of them."""
    known = [(query, candidates) for query, candidates in known if candidates]
    asked: list[Asked] = []
    for fold in range(FOLDS):
        models = _fit([pair for pair in known if _fold(pair[0]) != fold])
        asked += [_judged(pair, models) for pair in known if _fold(pair[0]) == fold]
    covered, threshold = coverage(asked, promise)
    return covered or 0.0, threshold, _fit(known)


def _fit(known: Sequence[tuple[Query, tuple[Candidate, ...]]]) -> Confidence:
    return fitted(
        Known(
            features(candidates),
            candidates[0].entry.id == query.answer_id,
            query.answer_id in [candidate.entry.id for candidate in candidates[:CHOICES]],
        )
        for query, candidates in known
    )


def _judged(pair: tuple[Query, tuple[Candidate, ...]], models: Confidence) -> Asked:
    query, candidates = pair
    first, three = models.chances(candidates)
    rank = 1 if candidates[0].entry.id == query.answer_id else 0
    return Asked(query, Answer(Decision.HAND_OVER, (), first, three), rank, 0.0)


def _fold(query: Query) -> int:
    """Questions of one entry stay together."""
    return hashlib.sha256((query.answer_id or query.text).encode()).digest()[0] % FOLDS
