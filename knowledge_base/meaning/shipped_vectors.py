"""The vectors of the shipped wordings, a file per engine (`data/vectors/`), so that no start waits for them.

They are made anew with `python -m tests.unit.knowledge_base.vector_table` when wordings were changed.
"""

from functools import cache
from importlib.resources import files

from knowledge_base.meaning.wording_vectors import WordingVectors


def file_of(engine: str) -> str:
    """The name of the file of an engine's vectors."""
    return f"{engine.replace('/', '-')}.npz"


@cache
def shipped_vectors(engine: str) -> WordingVectors | None:
    """Those of the engine of this name; None where none are shipped."""
    file = files("knowledge_base") / "data" / "vectors" / file_of(engine)
    return WordingVectors.read(file.read_bytes()) if file.is_file() else None
