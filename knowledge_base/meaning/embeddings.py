"""The protocol of `/v1/embeddings` as OpenAI wrote it down and TEI, vLLM and Ollama speak it.

What comes back is taken whole or not at all: one vector of numbers for each text, of the dimension that was
agreed.
"""

import json
from collections.abc import Sequence

import numpy as np

from knowledge_base.meaning.encoder import EncoderFailed, Vectors, unit


def request_of(model: str, texts: Sequence[str]) -> bytes:
    """The body of the question for these texts."""
    plain = [text.replace("\0", "").encode("utf-8", "replace").decode() for text in texts]
    asked = {"model": model, "input": plain, "encoding_format": "float"}
    return json.dumps(asked, ensure_ascii=False, separators=(",", ":")).encode()


def vectors_of(answer: bytes, *, count: int, dimension: int) -> Vectors:
    """The vectors of an answer to `count` texts, in their order, float32 of length 1. Raises `EncoderFailed`
    for anything else; its text never quotes the answer."""
    try:
        rows = json.loads(answer)["data"]
        by_place = {int(row["index"]): row["embedding"] for row in rows}
        if len(rows) != count or sorted(by_place) != list(range(count)):
            raise EncoderFailed(f"{len(rows)} vectors for {count} texts")
        found = np.array([by_place[place] for place in range(count)], np.float32)
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        raise EncoderFailed("no vectors in the answer") from None
    found = found.reshape(count, -1)
    if found.shape[1] != dimension:
        raise EncoderFailed(f"dimension {found.shape[1]}, not {dimension}")
    vectors = unit(found)
    if not np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-3):  # also what is no number or endless
        raise EncoderFailed("a vector without a length")
    return vectors


def joined(parts: Sequence[Vectors], dimension: int) -> Vectors:
    """The vectors of several answers as one array."""
    return np.concatenate([np.zeros((0, dimension), np.float32), *parts])
