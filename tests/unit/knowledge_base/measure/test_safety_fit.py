"""The sentences the models are fitted to, and the fitting itself on a few of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import pytest
from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cdist

from knowledge_base.errors import KnowledgeError
from knowledge_base.meaning.encoder import Vectors
from knowledge_base.meaning.safety import read, stored
from knowledge_base.measure.safety_fit import Sentence, fitted, read_sentences
from knowledge_base.text.tables import data_text


def sentences() -> list[Sentence]:
    return read_sentences(data_text("safety/sentences.psv"))


def test_there_are_enough_of_each_kind_from_enough_writers() -> None:
    found = sentences()
    counts = Counter(one.label for one in found)
    assert counts["danger"] >= 1500
    assert counts["harmless"] >= 1500
    assert counts["accusation"] >= 600
    assert counts["police_mention"] >= 600
    assert len({one.batch for one in found}) >= 8


def test_no_two_differ_in_fewer_than_three_characters() -> None:
    texts = [one.text for one in sentences()]
    near = cdist(texts, texts, scorer=Levenshtein.distance, score_cutoff=2, dtype=np.uint8)
    pairs = np.argwhere(near <= 2)
    assert [(texts[one], texts[other]) for one, other in pairs if one < other] == []


class Counting:
    """An engine that only counts characters: texts of the same characters mean the same to it."""

    name = "counting/characters/64"
    at_once = 1
    batch = 64

    def encode(self, texts: Sequence[str], *, passages: bool = False) -> Vectors:
        counts = np.zeros((len(texts), 64), np.float32)
        for row, text in enumerate(texts):
            for char in text:
                counts[row, ord(char) % 64] += 1
        return np.asarray(counts / np.linalg.norm(counts, axis=1, keepdims=True), np.float32)


def test_the_fitting_tells_apart_what_writers_it_did_not_read_wrote() -> None:
    found = [one for one in sentences()[::12] if len(one.text) > 20 and not one.text.isascii()]
    models, recalls = fitted(found, Counting())
    danger = next(one for one in recalls if one.subject == "danger")
    assert danger.possible > 0.5 > danger.false_possible
    text = "他拿着刀追我救命"
    again = read(stored(models))
    assert again.judge([text], [None]).danger
    assert again.judge([text], list(Counting().encode([text])), Counting.name).danger


def test_sentences_that_mean_the_same_are_refused_and_named() -> None:
    found = [Sentence("a", "danger", "他把我打了"), Sentence("b", "harmless", "我把他打了")]
    with pytest.raises(KnowledgeError, match="他把我打了 ~ 我把他打了"):
        fitted(found, Counting())


@pytest.mark.parametrize("line", ["a|danger|plain|文", "a|nothing|x|plain|文"])
def test_a_line_that_does_not_fit_is_named(line: str) -> None:
    with pytest.raises(KnowledgeError, match="line 2"):
        read_sentences(f"a|danger|x|plain|文\n{line}")
