import pytest

from knowledge_base.match.answer import Answer, Decision, Thresholds
from knowledge_base.match.matcher import Snapshot
from knowledge_base.measure.measure import (
    Asked,
    Query,
    auroc,
    calibration_error,
    coverage,
    measure,
    measure_ranking,
)
from tests.unit.knowledge_base.entries import SMALL

SNAPSHOT = Snapshot.build(SMALL)
QUERIES = (
    Query("驾照遗失补证", "licence-lost", "police"),
    Query("驾照", "licence-expired", "police"),
    Query("身份证掉了怎么办", None, "police"),
    Query("今天天气很好", None, "other"),
)


def asked(confidence: float, *, right: bool, in_scope: bool = True) -> Asked:
    query = Query("？", "a" if in_scope else None)
    return Asked(query, Answer(Decision.HAND_OVER, (), confidence), 1 if right else 0, 0.0)


def test_every_query_is_counted_once_by_what_was_done_with_it() -> None:
    found = measure(SNAPSHOT, QUERIES)
    assert (found["n"], found["in_scope"]) == (4, 2)
    assert found["at_threshold"] == {
        "precision": 0.5,
        "answered_right": 1,
        "answered_wrong": 1,  # out of scope, and answered all the same
        "three": 1,
        "three_has_right": 1,
        "human": 1,
    }


def test_ranking_is_measured_over_the_queries_in_scope() -> None:
    found = measure(
        SNAPSHOT, [Query("驾照遗失补证", "licence-lost"), Query("驾照遗失补证", "licence-expired")]
    )
    assert (found["top1"], found["recall3"]) == (0.5, 1.0)
    assert 0.66 < (found["mrr"] or 0) <= 0.75


def test_without_a_query_in_scope_there_is_nothing_to_rank() -> None:
    found = measure(SNAPSHOT, [Query("今天天气很好", None)])
    assert (found["top1"], found["recall3"], found["mrr"], found["auroc"], found["cov_p95"]) == (None,) * 5


def test_nothing_asked_gives_no_figures() -> None:
    found = measure(SNAPSHOT, [])
    assert (found["n"], found["ece"], found["ms"]) == (0, None, {"p50": None, "p99": None})


def test_thresholds_decide_what_is_answered() -> None:
    found = measure(SNAPSHOT, [Query("我的身份证找不着咯怎么弄", "id-card-lost")], Thresholds(2, 2))
    assert found["at_threshold"]["human"] == 1


def test_sources_are_told_apart() -> None:
    found = measure(SNAPSHOT, QUERIES)
    assert set(found["by_source"]) == {"police", "other"}
    assert found["by_source"]["police"]["n"] == 3


def test_time_is_told_in_thousandths_of_a_second() -> None:
    ticks = iter(range(100))
    found = measure(SNAPSHOT, QUERIES, clock=lambda: next(ticks) * 0.002)
    assert [found["ms"]["p50"], found["ms"]["p99"]] == pytest.approx([2.0, 2.0])


def test_auroc_is_the_chance_of_the_right_order() -> None:
    assert auroc([0.9, 0.4], [0.5, 0.1]) == 0.75
    assert auroc([0.5], [0.5]) == 0.5
    assert auroc([], [0.5]) is None


def test_coverage_counts_what_is_answered_rightly_at_the_promised_precision() -> None:
    found = [
        asked(0.9, right=True),
        asked(0.8, right=True),
        asked(0.7, right=False, in_scope=False),
        asked(0.6, right=True),
    ]
    assert coverage(found, 0.95) == (2 / 3, 0.8)
    assert coverage(found, 0.75) == (1.0, 0.6)
    assert coverage(found[2:3]) == (None, 1.0)


def test_queries_of_equal_confidence_are_answered_together() -> None:
    assert coverage([asked(0.9, right=True), asked(0.9, right=False)])[0] == 0


def test_the_calibration_error_is_the_distance_from_what_came_true() -> None:
    assert calibration_error([asked(0.75, right=True), asked(0.75, right=False)]) == pytest.approx(0.25)
    assert calibration_error([asked(1.0, right=True), asked(0.0, right=False)]) == 0


def test_another_way_to_find_entries_is_measured_by_its_scores() -> None:
    ways = {"一": [("a", 0.9), ("b", 0.1)], "二": [("a", 0.5), ("b", 0.4)], "三": []}
    queries = [Query("一", "a"), Query("二", "b"), Query("三", None)]
    ticks = iter(range(100))
    found = measure_ranking(
        lambda text, limit: ways[text][:limit], queries, clock=lambda: next(ticks) * 0.002
    )
    assert (found["top1"], found["recall3"], found["mrr"], found["auroc"]) == (0.5, 1.0, 0.75, 1.0)
    assert found["cov_p95"] == 0.5
    assert found["ms"]["p99"] == pytest.approx(2.0)
