"""What a change of the matcher, its words or its weights must keep, over sets whose right entries are known.

A few hundredths below what was measured, so that a slip is noticed and a change for the better is free.
"""

from functools import cache
from pathlib import Path

import pytest

from knowledge_base.match.matcher import Snapshot
from knowledge_base.measure.faq_set import read_entries, read_queries
from knowledge_base.measure.measure import Figures, measure

DATA = Path(__file__).parents[3] / "data" / "faq"


@cache
def snapshot(name: str) -> Snapshot:
    return Snapshot.build(read_entries((DATA / f"{name}_kb.jsonl").read_text("utf-8")))


def measured(name: str, kind: str = "") -> Figures:
    queries = read_queries((DATA / f"{name}_queries{kind}.jsonl").read_text("utf-8"))
    return measure(snapshot(name), queries, speech=kind == ".asr")


@pytest.mark.parametrize(
    ("name", "kind", "top1", "recall3"),
    [
        ("police", "", 0.91, 0.97),
        ("police", ".typo", 0.88, 0.94),
        ("police", ".asr", 0.89, 0.96),
        ("grid", "", 0.95, 0.98),
        ("grid", ".typo", 0.89, 0.95),
        ("grid", ".asr", 0.92, 0.96),
    ],
)
def test_the_right_entry_is_found(name: str, kind: str, top1: float, recall3: float) -> None:
    found = measured(name, kind)
    assert (found["top1"] or 0) >= top1
    assert (found["recall3"] or 0) >= recall3


@pytest.mark.parametrize("name", ["police", "grid"])
def test_a_wrong_answer_is_rare_and_a_question_nothing_answers_is_told_apart(name: str) -> None:
    found = measured(name)
    assert (found["auroc"] or 0) >= 0.90
    assert (found["at_threshold"]["precision"] or 0) >= 0.95
    assert found["at_threshold"]["answered_right"] >= 0.4 * found["in_scope"]
