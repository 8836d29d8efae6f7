import pytest

from knowledge_base.answer import Thresholds
from knowledge_base.matcher import Snapshot
from knowledge_base.measure import Query, measure, read_queries
from tests.unit.knowledge_base.entries import SMALL

SNAPSHOT = Snapshot.build(SMALL)
QUERIES = (
    Query("驾照遗失补证", "licence-lost"),
    Query("驾照", "licence-expired"),
    Query("身份证掉了怎么办", None),
    Query("今天天气很好", None),
)


def test_every_query_is_counted_once_by_what_was_done_with_it() -> None:
    found = measure(SNAPSHOT, QUERIES)
    assert found["n"] == 4
    assert found["in_scope"] == 2
    assert found["answered_right"] == 1
    assert found["answered_wrong"] == 1  # out of scope, and answered all the same
    assert found["three"] == 1
    assert found["three_has_right"] == 1
    assert found["human"] == 1


def test_ranking_is_measured_over_the_queries_in_scope() -> None:
    found = measure(
        SNAPSHOT, [Query("驾照遗失补证", "licence-lost"), Query("驾照遗失补证", "licence-expired")]
    )
    assert (found["top1"], found["recall3"]) == (0.5, 1.0)
    assert found["mrr"] == pytest.approx((1 + 1 / 3) / 2)


def test_without_a_query_in_scope_there_is_nothing_to_rank() -> None:
    found = measure(SNAPSHOT, [Query("今天天气很好", None)])
    assert (found["top1"], found["recall3"], found["mrr"]) == (None, None, None)


def test_thresholds_decide_what_is_answered() -> None:
    strict = Thresholds(answer=2, choice=2, gap=1)
    assert measure(SNAPSHOT, QUERIES[1:2], strict)["human"] == 1


def test_queries_are_read_line_by_line() -> None:
    text = '{"text": "一", "answer_id": "a", "kind": "in"}\n\n{"text": "二", "answer_id": null}\n'
    assert read_queries(text) == (Query("一", "a"), Query("二", None))
