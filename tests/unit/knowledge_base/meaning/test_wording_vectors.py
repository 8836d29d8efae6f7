from collections.abc import Sequence

import numpy as np
import pytest

from knowledge_base.errors import KnowledgeError
from knowledge_base.meaning.encoder import Vectors, unit
from knowledge_base.meaning.wording_vectors import WordingVectors, completed

WORDINGS = ["护照丢了怎么补", "驾照到期怎么换", "狗走丢了", "报警打什么电话"]


def random_units(count: int) -> Vectors:
    return unit(np.random.default_rng(5).normal(size=(count, 384)).astype(np.float32))


def test_eight_bits_keep_the_direction_and_the_length() -> None:
    vectors = random_units(4)
    found = WordingVectors.of("engine", WORDINGS, vectors).vectors(WORDINGS)
    assert np.linalg.norm(found, axis=1) == pytest.approx(1, abs=1e-4)
    assert (found * vectors).sum(axis=1) == pytest.approx(1, abs=1e-3)


def test_a_wording_is_found_however_it_is_written_and_one_without_vector_is_nought() -> None:
    known = WordingVectors.of("engine", WORDINGS, random_units(4))
    same, other, none = known.vectors(["請問護照丟了怎麼補？", "狗走丢了", "车牌掉了"])
    assert same @ known.vectors(WORDINGS[:1])[0] == pytest.approx(1)
    assert other @ known.vectors(WORDINGS[2:3])[0] == pytest.approx(1)
    assert not none.any()


def test_what_has_no_vector_is_named_once() -> None:
    known = WordingVectors.of("engine", WORDINGS[:2], random_units(2))
    assert known.missing([*WORDINGS, "狗走丢了！", "？"]) == WORDINGS[2:]


def test_joined_the_other_wins_and_only_leaves_the_rest_out() -> None:
    first, second = random_units(8)[:4], random_units(8)[4:6]
    both = WordingVectors.of("engine", WORDINGS, first).joined(
        WordingVectors.of("engine", [*WORDINGS[3:], "车牌掉了"], second)
    )
    assert len(both.digests) == 5
    assert both.vectors(WORDINGS[3:])[0] @ second[0] == pytest.approx(1, abs=1e-3)
    assert both.only(WORDINGS[:1]).missing(WORDINGS) == WORDINGS[1:]


def test_vectors_of_two_engines_are_never_brought_together() -> None:
    one, other = (WordingVectors.of(name, WORDINGS, random_units(4)) for name in ("one", "other"))
    with pytest.raises(ValueError, match="one and other"):
        one.joined(other)


def test_a_file_gives_back_what_was_written_and_the_same_vectors_give_the_same_file() -> None:
    vectors = random_units(4)
    known = WordingVectors.of("engine", WORDINGS, vectors)
    again = WordingVectors.of("engine", WORDINGS[::-1], vectors[::-1])
    assert again.content() == known.content()
    read = WordingVectors.read(known.content())
    assert read.name == "engine"
    assert (read.vectors(WORDINGS) == known.vectors(WORDINGS)).all()


@pytest.mark.parametrize("content", [b"", b"nothing of the kind"])
def test_a_file_of_something_else_is_refused(content: bytes) -> None:
    with pytest.raises(KnowledgeError):
        WordingVectors.read(content)


class _Counting:
    """An engine that says how many texts it was given."""

    name = "engine"
    at_once = 1
    batch = 1

    def __init__(self) -> None:
        self.encoded: list[str] = []

    def encode(self, texts: Sequence[str], *, passages: bool = False) -> Vectors:
        assert passages
        self.encoded += texts
        return random_units(len(texts))


def test_only_what_is_missing_is_encoded() -> None:
    known = WordingVectors.of("engine", WORDINGS[:3], random_units(3))
    engine = _Counting()
    assert completed(known, engine, WORDINGS).missing(WORDINGS) == []
    assert engine.encoded == WORDINGS[3:]
    assert completed(None, engine, WORDINGS[:1]).missing(WORDINGS) == WORDINGS[1:]


def test_vectors_kept_one_by_one_are_the_same_again_and_those_of_another_dimension_are_left_out() -> None:
    known = WordingVectors.of("engine/model/384", WORDINGS, random_units(4))
    rows = dict(known.each())
    assert WordingVectors.kept(known.name, rows).content() == known.content()
    assert WordingVectors.kept("engine/model/9", {**rows, 7: b"\1" * 9}).digests.tolist() == [7]
    assert WordingVectors.kept(known.name, {}).vectors(WORDINGS).shape == (len(WORDINGS), 384)
    assert WordingVectors.none(known.name).joined(known).content() == known.content()
