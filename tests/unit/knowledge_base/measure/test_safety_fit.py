"""The sentences the models are fitted to, and the fitting itself on a few of them."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cdist

from knowledge_base.errors import KnowledgeError
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


def test_the_fitting_tells_apart_what_writers_it_did_not_read_wrote() -> None:
    found = sentences()[::12]
    models, recalls = fitted(found, None)
    danger = next(one for one in recalls if one.subject == "danger")
    assert danger.possible > 0.5 > danger.false_possible
    assert models.judge(["他拿着刀追我救命"], [None]).danger


@pytest.mark.parametrize("line", ["a|danger|plain|文", "a|nothing|x|plain|文"])
def test_a_line_that_does_not_fit_is_named(line: str) -> None:
    with pytest.raises(KnowledgeError, match="line 2"):
        read_sentences(f"a|danger|x|plain|文\n{line}")
