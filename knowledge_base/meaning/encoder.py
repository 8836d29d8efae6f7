"""The port of sentence encoders: texts become unit vectors whose cosine says how alike they mean."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from knowledge_base.errors import KnowledgeError

Vector = NDArray[np.float32]
"""Of one text: (dimension,), length 1."""
Vectors = NDArray[np.float32]
"""Of several: (texts, dimension)."""


class EncoderFailed(KnowledgeError):
    """The engine gave no vectors: it is not there, too slow or out of order."""


class SentenceEncoder(Protocol):
    """One engine with one model. Threads may share it; a call releases the interpreter lock or waits."""

    @property
    def name(self) -> str:
        """`engine/model/dimension`. Vectors and weights of different names are never brought together."""

    @property
    def at_once(self) -> int:
        """How many calls it takes side by side; 0: as many as there are cores to spare."""

    @property
    def batch(self) -> int:
        """How many texts are well given to one call."""

    def encode(self, texts: Sequence[str], *, passages: bool = False) -> Vectors:
        """float32 (texts, dimension), each of length 1, in the order of `texts`.

        passages: the texts are wordings that stand in the knowledge base, not what somebody asks; models that
        were trained on pairs tell them apart. Raises `EncoderFailed`.
        """


def unit(vectors: Vectors) -> Vectors:
    """The same with length 1; a vector of nothing stays as it is."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    scaled: Vectors = (vectors / np.where(lengths > 0, lengths, 1)).astype(np.float32)
    return scaled


def dimension_of(name: str) -> int:
    """The dimension that the name of an engine says."""
    return int(name.rpartition("/")[2])
