"""Fits the models of danger and accusation to sentences, and chooses their thresholds.

A threshold must hold for writers nobody has read: each writer's sentences are judged by models fitted to all
the others, and the thresholds are taken from those sums. Wordings of the knowledge base, which are ordinary
questions, stand beside the sentences as what is none of both.
"""

import re
import tomllib
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge_base.errors import KnowledgeError
from knowledge_base.files.importer import shipped
from knowledge_base.meaning.encoder import SentenceEncoder, Vectors
from knowledge_base.meaning.grams import grams, patterns_in
from knowledge_base.meaning.logistic import Array, Dense, Sparse, fit
from knowledge_base.meaning.safety import SUBJECTS, Safety, Thresholds, VectorModel, WordModel
from knowledge_base.meaning.windows import windows
from knowledge_base.text.tables import data_text
from knowledge_base.text.utterance import Utterance

Numbers = NDArray[np.intp]
LABELS = ("danger", "harmless", "accusation", "police_mention", "question")
_NEAR_MISS = {"danger": "harmless", "accusation": "police_mention"}
"""What looks like the subject and is none."""
_COMMON = 2
"""In so many windows a piece must stand to be weighed."""
_WORD_RIDGE, _VECTOR_RIDGE = 0.03, 0.05
_VECTOR_SHARE = 0.7
"""How much the vector counts beside the words."""
_FALSE_SURE = {"danger": 0.03, "accusation": 0.02}
_FALSE_POSSIBLE = {"danger": 0.17, "accusation": 0.16}
_QUESTIONS_SURE = {"danger": 0.002, "accusation": 0.001}
_QUESTIONS_POSSIBLE = {"danger": 0.02, "accusation": 0.008}
"""The largest shares of near misses and of ordinary questions that may be flagged by mistake."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """batch: who wrote it."""

    batch: str
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Recall:
    """Shares of a subject's sentences and of its near misses that are flagged, by writers not read."""

    subject: str
    sure: float
    possible: float
    false_sure: float
    false_possible: float


def read_sentences(psv: str) -> list[Sentence]:
    """Lines `batch|label|kind|style|text`. Raises KnowledgeError naming the line."""
    found = []
    for number, line in enumerate(psv.splitlines(), start=1):
        parts = line.split("|")
        if len(parts) != 5 or parts[1] not in LABELS:
            raise KnowledgeError(f"第 {number} 行格式不对 / line {number} does not fit")
        found.append(Sentence(parts[0], parts[1], parts[4]))
    return found


def shipped_sentences() -> list[Sentence]:
    """Those of this release, and beside them what is asked every day: the wordings of the shipped entries but
    those about danger and reports, and small talk. An entry and all its wordings are of one batch."""
    found = read_sentences(data_text("safety/sentences.psv"))
    batches = sorted({one.batch for one in found})
    asked = {entry.id: entry.wordings for entry in shipped() if not _ABOUT_DANGER.search(entry.answer)}
    for id, wordings in {**asked, **tomllib.loads(data_text("small_talk.toml"))}.items():
        batch = batches[zlib.crc32(id.encode()) % len(batches)]
        texts = wordings["words"] if isinstance(wordings, dict) else wordings
        found += [Sentence(batch, "question", text) for text in texts]
    return found


_ABOUT_DANGER = re.compile("110|96110|12389|报警|举报|投诉")


class _Texts:
    """Sentences as windows: `owner` says whose each is."""

    def __init__(self, sentences: Sequence[Sentence], encoder: SentenceEncoder | None) -> None:
        cut = [windows(Utterance(one.text).simplified) for one in sentences]
        self.owner = np.repeat(np.arange(len(sentences)), [len(each) for each in cut])
        plain = [window for each in cut for window in each]
        self.folded = [Utterance(window).folded or "?" for window in plain]
        self.vectors: Vectors | None = None if encoder is None else encoder.encode(plain)
        self.single = np.bincount(self.owner, minlength=len(sentences)) == 1
        self.labels = np.array([one.label for one in sentences])
        self.batches = np.array([one.batch for one in sentences])


def fitted(sentences: Sequence[Sentence], encoder: SentenceEncoder | None) -> tuple[Safety, list[Recall]]:
    """The models, and what they find of writers they were not fitted to."""
    texts = _Texts(sentences, encoder)
    unseen: dict[str, Array] = {}
    for batch in sorted(set(texts.batches)):
        words, vector = _models(texts, texts.batches != batch, encoder)
        mine = _places(texts.batches[texts.owner] == batch)
        for kind, sums in _sums(texts, mine, words, vector).items():
            unseen.setdefault(kind, np.full((len(SUBJECTS), len(sentences)), -np.inf))
            for subject in range(len(SUBJECTS)):
                np.maximum.at(unseen[kind][subject], texts.owner[mine], sums[subject])
    words, vector = _models(texts, np.ones(len(sentences), bool), encoder)
    by_words = _thresholds(unseen["words"], texts.labels)
    by_vector = {}
    if vector is not None and encoder is not None:
        thresholds = _thresholds(unseen["both"], texts.labels)
        by_vector[encoder.name] = VectorModel(
            encoder.name, vector.centre, vector.weights, vector.bias, thresholds
        )
    best, used = ("both", thresholds) if by_vector else ("words", by_words)
    return Safety(words, by_words, by_vector), _recalls(unseen[best], used, texts.labels)


def _places(mask: NDArray[np.bool_]) -> Numbers:
    return np.flatnonzero(mask).astype(np.intp)


def _models(
    texts: _Texts, kept: NDArray[np.bool_], encoder: SentenceEncoder | None
) -> tuple[WordModel, VectorModel | None]:
    rows = _places(kept[texts.owner])
    common: dict[str, int] = {}
    for row in rows:
        for gram in (*grams(texts.folded[row]), *patterns_in(texts.folded[row])):
            common[gram] = common.get(gram, 0) + 1
    pieces = [gram for gram, count in common.items() if count >= _COMMON]
    rarity = np.array([1 + np.log(len(rows) / common[gram]) for gram in pieces], np.float32)
    empty = np.zeros((len(SUBJECTS), len(pieces)), np.float32)
    words = WordModel(
        {gram: place for place, gram in enumerate(pieces)}, rarity, empty, np.zeros(len(SUBJECTS), np.float32)
    )
    sparse = [words.row(texts.folded[row]) or {0: 0.0} for row in rows]
    found = [_fit_subject(texts, rows, subject, sparse, len(pieces)) for subject in SUBJECTS]
    words = WordModel(
        words.places,
        rarity,
        np.array([weights for weights, _ in found], np.float32),
        np.array([bias for _, bias in found], np.float32),
    )
    if texts.vectors is None or encoder is None:
        return words, None
    centre = texts.vectors[rows].mean(0)
    dense = texts.vectors[rows].astype(np.float64) - centre
    found = [_fit_subject(texts, rows, subject, dense, 0) for subject in SUBJECTS]
    return words, VectorModel(
        encoder.name,
        centre,
        _VECTOR_SHARE * np.array([weights for weights, _ in found], np.float32),
        _VECTOR_SHARE * np.array([bias for _, bias in found], np.float32),
        (),
    )


def _fit_subject(
    texts: _Texts, rows: Numbers, subject: str, evidence: list[dict[int, float]] | Array, columns: int
) -> tuple[Array, float]:
    """Of a long text only the window that shows it most counts as the subject; all windows of others are
    none of it."""
    owners = texts.owner[rows]
    is_subject = texts.labels[owners] == subject
    single = texts.single[owners]

    def part(mask: NDArray[np.bool_]) -> Sparse | Dense:
        if isinstance(evidence, list):
            return Sparse([evidence[at] for at in np.flatnonzero(mask)], columns)
        return Dense(evidence[mask])

    ridge = _WORD_RIDGE if isinstance(evidence, list) else _VECTOR_RIDGE
    first = single | ~is_subject
    weights, _ = fit(part(first), is_subject[first].astype(float), ridge=ridge)
    sums = part(np.ones(len(rows), bool)).times(weights)
    best: dict[int, int] = {}
    for at, owner in enumerate(owners):
        if is_subject[at] and (owner not in best or sums[at] > sums[best[owner]]):
            best[owner] = at
    first[list(best.values())] = True
    return fit(part(first), is_subject[first].astype(float), ridge=ridge)


def _sums(texts: _Texts, rows: Numbers, words: WordModel, vector: VectorModel | None) -> Mapping[str, Array]:
    by_words = np.array([words.scores(texts.folded[row]) for row in rows]).T
    if vector is None or texts.vectors is None:
        return {"words": by_words}
    return {
        "words": by_words,
        "both": by_words + np.array([vector.scores(texts.vectors[row]) for row in rows]).T,
    }


def _thresholds(unseen: Array, labels: Array) -> tuple[Thresholds, ...]:
    found = []
    for number, subject in enumerate(SUBJECTS):
        near = unseen[number][labels == _NEAR_MISS[subject]]
        asked = unseen[number][labels == "question"]
        sure, possible = (
            max(
                float(np.quantile(near, 1 - of_near[subject])),
                float(np.quantile(asked, 1 - of_asked[subject])) if len(asked) else -np.inf,
            )
            for of_near, of_asked in (
                (_FALSE_SURE, _QUESTIONS_SURE),
                (_FALSE_POSSIBLE, _QUESTIONS_POSSIBLE),
            )
        )
        found.append(Thresholds(min(possible, sure), sure))
    return tuple(found)


def _recalls(unseen: Array, thresholds: Iterable[Thresholds], labels: Array) -> list[Recall]:
    found = []
    for number, (subject, threshold) in enumerate(zip(SUBJECTS, thresholds, strict=True)):
        mine, near = unseen[number][labels == subject], unseen[number][labels == _NEAR_MISS[subject]]
        found.append(
            Recall(
                subject,
                *(
                    float((sums >= least).mean())
                    for sums in (mine, near)
                    for least in (threshold.sure, threshold.possible)
                ),
            )
        )
    return found
