"""Vectors of wordings by what they say, made once and looked up when an index is built.

In eight bits a number with one scale a row: a quarter of the size, and the cosine to what was encoded stays
above .999. They belong to one engine, and are never brought together with those of another.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO

import numpy as np
from numpy.typing import NDArray

from knowledge_base.errors import KnowledgeError
from knowledge_base.meaning.encoder import SentenceEncoder, Vectors, dimension_of
from knowledge_base.meaning.sentence import digest_of, sentence_of

STEPS = 127


@dataclass(frozen=True, slots=True, eq=False)
class WordingVectors:
    """`name`: of the engine (`SentenceEncoder.name`); `digests`: of the sentences, ascending, each once;
    `rows`: int8 (sentences, dimension), of length 1 when multiplied by `scales` (sentences,)."""

    name: str
    digests: NDArray[np.uint64]
    rows: NDArray[np.int8]
    scales: NDArray[np.float32]

    @classmethod
    def of(cls, name: str, wordings: Sequence[str], vectors: Vectors) -> "WordingVectors":
        """Of wordings and the vectors of them, in the same order; of a sentence that comes twice, one."""
        every = np.array([digest_of(sentence_of(wording)) for wording in wordings], np.uint64)
        digests, first = np.unique(every, return_index=True)
        vectors = vectors[first]
        most = np.abs(vectors).max(axis=1, initial=1e-9)
        rows = np.rint(vectors * (STEPS / most)[:, None]).astype(np.int8)
        return cls(name, digests, rows, _scales(rows))

    @classmethod
    def encoded(cls, encoder: SentenceEncoder, wordings: Iterable[str]) -> "WordingVectors":
        """Of these wordings, encoded now as passages. Raises `EncoderFailed`."""
        sentences = sentences_of(wordings)
        return cls.of(encoder.name, sentences, encoder.encode(sentences, passages=True))

    @classmethod
    def none(cls, name: str) -> "WordingVectors":
        """Of no wordings."""
        nothing = np.zeros((0, dimension_of(name)), np.int8)
        return cls(name, np.zeros(0, np.uint64), nothing, np.zeros(0, np.float32))

    @classmethod
    def kept(cls, name: str, rows: Mapping[int, bytes]) -> "WordingVectors":
        """As they are kept one by one (`each`), by digest; what is not of this dimension is left out."""
        size = dimension_of(name)
        fit = sorted(digest for digest, row in rows.items() if len(row) == size)
        found = np.frombuffer(b"".join(rows[digest] for digest in fit), np.int8).reshape(-1, size)
        return cls(name, np.array(fit, np.uint64), found, _scales(found))

    @classmethod
    def read(cls, content: bytes) -> "WordingVectors":
        """As `content` has them. Raises KnowledgeError."""
        try:
            with np.load(BytesIO(content), allow_pickle=False) as held:
                return cls(str(held["name"]), held["digests"], held["rows"], held["scales"])
        except (ValueError, KeyError, OSError, EOFError) as problem:
            raise KnowledgeError(f"向量文件无法读取 / vectors cannot be read: {problem}") from None

    def content(self) -> bytes:
        """The bytes of a file, the same for the same vectors."""
        to = BytesIO()
        np.savez(to, name=np.array(self.name), digests=self.digests, rows=self.rows, scales=self.scales)
        return to.getvalue()

    def each(self) -> Iterator[tuple[int, bytes]]:
        """Digest and row of each sentence, to be kept one by one."""
        for digest, row in zip(self.digests.tolist(), self.rows, strict=True):
            yield digest, row.tobytes()

    def vectors(self, wordings: Sequence[str]) -> Vectors:
        """float32 (wordings, dimension), in order; a row of nought for a wording that has none."""
        found = np.zeros((len(wordings), self.rows.shape[1]), np.float32)
        places = self._places(wordings)
        known = places >= 0
        found[known] = self.rows[places[known]] * self.scales[places[known], None]
        return found

    def missing(self, wordings: Iterable[str]) -> list[str]:
        """The sentences of these wordings that have no vector, each once, in order."""
        sentences = sentences_of(wordings)
        places = self._places(sentences)
        return [sentence for sentence, place in zip(sentences, places.tolist(), strict=True) if place < 0]

    def only(self, wordings: Sequence[str]) -> "WordingVectors":
        """The same without those of other wordings than these."""
        places = np.unique(self._places(wordings))
        places = places[places >= 0]
        return WordingVectors(self.name, self.digests[places], self.rows[places], self.scales[places])

    def joined(self, other: "WordingVectors") -> "WordingVectors":
        """Those of both; `other` wins. Raises ValueError when they belong to different engines."""
        if other.name != self.name:
            raise ValueError(f"vectors of {self.name} and {other.name}")
        digests, rows, scales = self.digests, self.rows, self.scales
        stay = ~np.isin(digests, other.digests)
        if not stay.all():
            digests, rows, scales = digests[stay], rows[stay], scales[stay]
        places = np.searchsorted(digests, other.digests)
        return WordingVectors(
            self.name,
            np.insert(digests, places, other.digests),
            np.insert(rows, places, other.rows, axis=0),
            np.insert(scales, places, other.scales),
        )

    def _places(self, wordings: Sequence[str]) -> NDArray[np.intp]:
        """Where the vector of each stands, -1 for none."""
        if not len(self.digests):
            return np.full(len(wordings), -1, np.intp)
        wanted = np.array([digest_of(sentence_of(wording)) for wording in wordings], np.uint64)
        places = np.searchsorted(self.digests, wanted)
        places[places == len(self.digests)] = 0
        return np.where(self.digests[places] == wanted, places, -1)


def _scales(rows: NDArray[np.int8]) -> NDArray[np.float32]:
    lengths = np.linalg.norm(rows.astype(np.float32), axis=1)
    scales: NDArray[np.float32] = (1 / np.maximum(1.0, lengths)).astype(np.float32)
    return scales


def completed(
    known: WordingVectors | None, encoder: SentenceEncoder, wordings: Iterable[str]
) -> WordingVectors:
    """Those of `known` (of this engine, or None), with what these wordings still lack encoded now. Raises
    `EncoderFailed`."""
    wordings = list(wordings)
    if known is None:
        return WordingVectors.encoded(encoder, wordings)
    missing = known.missing(wordings)
    return known.joined(WordingVectors.encoded(encoder, missing)) if missing else known


def sentences_of(wordings: Iterable[str]) -> list[str]:
    """The different sentences of these wordings, in order."""
    found = dict.fromkeys(sentence_of(wording) for wording in wordings)
    found.pop("", None)
    return list(found)
