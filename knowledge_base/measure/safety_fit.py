"""Fits the models of danger and accusation to sentences, and chooses their thresholds.

A threshold must hold for writers nobody has read: the writers are divided into parts, the sentences of each
part are judged by models fitted to the others, and the thresholds are taken from those sums. Wordings of the
knowledge base, which are ordinary questions, stand beside the sentences as what is none of both.
"""

import re
import tomllib
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from knowledge_base.errors import KnowledgeError
from knowledge_base.files.importer import shipped
from knowledge_base.meaning.encoder import SentenceEncoder, Vectors
from knowledge_base.meaning.grams import grams, patterns_in
from knowledge_base.meaning.logistic import Array, Sparse, fit
from knowledge_base.meaning.safety import SUBJECTS, Safety, Thresholds, VectorModel, WordModel
from knowledge_base.meaning.windows import windows
from knowledge_base.measure.network import fit_network
from knowledge_base.text.tables import data_text
from knowledge_base.text.utterance import Utterance

Numbers = NDArray[np.intp]
LABELS = ("danger", "harmless", "accusation", "police_mention", "question")
_NEAR_MISS = {"danger": "harmless", "accusation": "police_mention"}
"""What looks like the subject and is none."""
_PARTS = 6
"""Writers are left out in so many parts."""
_COMMON = 2
"""In so many windows a piece must stand to be weighed."""
_ALIKE, _BLOCK, _NAMED = 0.96, 1000, 20
"""The cosine above which two sentences are one; how many are compared at once, and named."""
_SHARES = {"blackmail_nude": 0.5}
"""Who is blackmailed and has paid nothing is helped by the answer, and a person looks (疑似险情)."""
_WORD_RIDGE = 0.03
_VECTOR_SHARE = 0.7
"""How much the vector counts beside the words."""
_FALSE_SURE = {"danger": 0.03, "accusation": 0.012}
_FALSE_POSSIBLE = {"danger": 0.15, "accusation": 0.09}
_QUESTIONS_SURE = {"danger": 0.006, "accusation": 0.002}
_QUESTIONS_POSSIBLE = {"danger": 0.035, "accusation": 0.01}
"""The largest shares of near misses and of ordinary matters that may be flagged by mistake. Many of these
matters are remarks that sound like a cry (他一个人在家); of citizens' questions half as many are."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """batch: who wrote it. share: how much it is of its label, below 1 where it is possible only."""

    batch: str
    label: str
    text: str
    share: float = 1.0


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
        found.append(Sentence(parts[0], parts[1], parts[4], _SHARES.get(parts[2], 1.0)))
    return found


def shipped_sentences() -> list[Sentence]:
    """Those of this release, and beside them what is said every day: the wordings of the shipped entries but
    those about danger and reports, small talk, and remarks about nothing of ours. An entry and all its
    wordings are of one batch."""
    found = read_sentences(data_text("safety/sentences.psv"))
    batches = sorted({one.batch for one in found})
    asked = {entry.id: entry.wordings for entry in shipped() if not _ABOUT_DANGER.search(entry.answer)}
    remarks = {text: [text] for text in data_text("safety/ordinary.txt").splitlines()}
    for id, wordings in {**asked, **tomllib.loads(data_text("small_talk.toml")), **remarks}.items():
        batch = batches[zlib.crc32(id.encode()) % len(batches)]
        texts = wordings["words"] if isinstance(wordings, dict) else wordings
        found += [Sentence(batch, "question", text) for text in texts]
    return found


_ABOUT_DANGER = re.compile("110|96110|12389|报警|举报|投诉|复议|督察|检察")


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
        self.shares = np.array([one.share for one in sentences])


def fitted(sentences: Sequence[Sentence], encoder: SentenceEncoder | None) -> tuple[Safety, list[Recall]]:
    """The models, and what they find of writers they were not fitted to.

    Raises KnowledgeError for sentences that mean the same: a filled frame teaches nothing and counts much.
    """
    texts = _Texts(sentences, encoder)
    if texts.vectors is not None:
        _refuse_alike(sentences, texts, texts.vectors)
    unseen: dict[str, Array] = {}
    batches = sorted(set(texts.batches))
    for part in filter(None, (batches[first::_PARTS] for first in range(_PARTS))):
        left_out = np.isin(texts.batches, part)
        words, network = _models(texts, ~left_out, encoder)
        mine = _places(left_out[texts.owner])
        for kind, sums in _sums(texts, mine, words, network).items():
            unseen.setdefault(kind, np.full((len(SUBJECTS), len(sentences)), -np.inf))
            for subject in range(len(SUBJECTS)):
                np.maximum.at(unseen[kind][subject], texts.owner[mine], sums[subject])
    words, network = _models(texts, np.ones(len(sentences), bool), encoder)
    by_words = _thresholds(unseen["words"], texts.labels)
    by_vector = {}
    if network is not None and encoder is not None:
        thresholds = _thresholds(unseen["both"], texts.labels)
        by_vector[encoder.name] = replace(network, thresholds=thresholds)
    best, used = ("both", thresholds) if by_vector else ("words", by_words)
    return Safety(words, by_words, by_vector), _recalls(unseen[best], used, texts.labels)


def _refuse_alike(sentences: Sequence[Sentence], texts: _Texts, vectors: Vectors) -> None:
    """Ordinary matters are not compared: an entry has several wordings of one question."""
    compared = texts.single[texts.owner] & (texts.labels[texts.owner] != "question")
    rows = _places(compared)
    alike = []
    for begin in range(0, len(rows), _BLOCK):
        near = vectors[rows[begin : begin + _BLOCK]] @ vectors[rows].T > _ALIKE
        alike += [(begin + one, other) for one, other in np.argwhere(near) if begin + one < other]
    if alike:
        pairs = (" ~ ".join(sentences[texts.owner[rows[at]]].text for at in pair) for pair in alike[:_NAMED])
        raise KnowledgeError(
            f"意思几乎相同的句子 / sentences that mean the same ({len(alike)}): {'; '.join(pairs)}"
        )


def _places(mask: NDArray[np.bool_]) -> Numbers:
    return np.flatnonzero(mask).astype(np.intp)


def _models(
    texts: _Texts, kept: NDArray[np.bool_], encoder: SentenceEncoder | None
) -> tuple[WordModel, VectorModel | None]:
    rows = _places(kept[texts.owner])
    common: dict[str, int] = {}
    for row in rows:
        for gram in (*dict.fromkeys(grams(texts.folded[row])), *patterns_in(texts.folded[row])):
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
    return words, _network(texts, texts.vectors, rows, words, encoder.name)


def _network(texts: _Texts, vectors: Vectors, rows: Numbers, words: WordModel, engine: str) -> VectorModel:
    """Of a long text only the window that the words like best counts as its subject; the others may be none
    of it, and are left out."""
    right = np.zeros((len(rows), len(SUBJECTS)), np.float32)
    kept = np.ones(len(rows), bool)
    for number, subject in enumerate(SUBJECTS):
        sums = np.array([words.scores(texts.folded[row])[number] for row in rows])
        mine = texts.labels[texts.owner[rows]] == subject
        right[mine, number] = texts.shares[texts.owner[rows[mine]]]
        kept &= ~mine | _best_of_each(texts.owner[rows], sums)
    network = fit_network(vectors[rows[kept]], right[kept])
    return VectorModel(
        engine,
        network.hidden,
        network.hidden_bias,
        _VECTOR_SHARE * network.weights,
        _VECTOR_SHARE * network.bias,
        (),
    )


def _best_of_each(owners: Numbers, sums: Array) -> NDArray[np.bool_]:
    """Whether a window's sum is the highest of its text."""
    highest = np.full(int(owners.max()) + 1, -np.inf)
    np.maximum.at(highest, owners, sums)
    best: NDArray[np.bool_] = sums >= highest[owners]
    return best


def _fit_subject(
    texts: _Texts, rows: Numbers, subject: str, evidence: list[dict[int, float]], columns: int
) -> tuple[Array, float]:
    """Of a long text only the window that shows it most counts as the subject; all windows of others are
    none of it."""
    owners = texts.owner[rows]
    is_subject = texts.labels[owners] == subject
    right = np.where(is_subject, texts.shares[owners], 0.0)

    def part(mask: NDArray[np.bool_]) -> Sparse:
        return Sparse([evidence[at] for at in np.flatnonzero(mask)], columns)

    kept = texts.single[owners] | ~is_subject
    weights, _ = fit(part(kept), right[kept], ridge=_WORD_RIDGE)
    sums = Sparse(evidence, columns).times(weights)
    kept |= is_subject & _best_of_each(owners, sums)
    return fit(part(kept), right[kept], ridge=_WORD_RIDGE)


def _sums(texts: _Texts, rows: Numbers, words: WordModel, network: VectorModel | None) -> Mapping[str, Array]:
    by_words = np.array([words.scores(texts.folded[row]) for row in rows]).T
    if network is None or texts.vectors is None:
        return {"words": by_words}
    return {
        "words": by_words,
        "both": by_words + np.array([network.scores(texts.vectors[row]) for row in rows]).T,
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
