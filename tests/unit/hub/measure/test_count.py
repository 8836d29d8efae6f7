"""How what the hub did is counted against what it should have done."""

from __future__ import annotations

import pytest

from hub.measure.count import Count, Did, Result, count_of, figures, is_right
from hub.measure.lines import Group, Line
from knowledge_base.meaning.safety import Level

BORN = {"old": "", "same-day": "2026-11-20", "young": "2026-11-21"}


def asked(did: Did, got: str, accept: str) -> Result:
    line = Line("?", Group.QUESTIONS, frozenset(accept.split()), "2026-11-20")
    return Result(line, did, tuple(got.split()))


@pytest.mark.parametrize(
    ("did", "got", "accept", "count"),
    [
        ("answered", "old", "old other", "answered_right"),
        ("slot", "old", "old", "answered_right"),
        ("answered", "old", "other", "answered_wrong"),
        ("slot", "old", "-", "answered_wrong"),
        ("answered", "old other", "old other", "answered_right"),
        ("answered", "old other", "old", "answered_wrong"),
        ("answered", "young", "-", "answered_new"),
        ("slot", "young", "P T", "answered_new"),
        ("answered", "same-day", "-", "answered_wrong"),
        ("answered", "young old", "-", "answered_wrong"),
        ("answered", "young", "old", "answered_wrong"),
        ("answered", "young", "young", "answered_right"),
        ("offered", "other old", "old", "offered_right"),
        ("offered", "other", "old", "offered_wrong"),
        ("offered", "young", "-", "offered_wrong"),
        ("person", "", "P", "person_right"),
        ("person", "", "old -", "person_right"),
        ("person", "", "- R", "person_right"),
        ("person", "", "R", "other_wrong"),
        ("person", "", "old E", "other_wrong"),
        ("person", "", "old", "person_needless"),
        ("person", "", "T", "person_needless"),
        ("report", "", "R", "other_right"),
        ("screening", "", "R", "other_right"),
        ("report", "", "P", "other_wrong"),
        ("screening", "", "-", "other_wrong"),
        ("emergency", "", "E", "other_right"),
        ("emergency", "", "R", "other_wrong"),
        ("small_talk", "", "T", "other_right"),
        ("small_talk", "", "L", "other_wrong"),
        ("unclear", "", "L", "other_right"),
        ("unclear", "", "old", "other_wrong"),
        ("progress", "", "P", "other_wrong"),
        ("opt_out", "", "-", "other_wrong"),
    ],
)
def test_a_question_is_counted_once(did: str, got: str, accept: str, count: str) -> None:
    result = asked(Did(did), got, accept)
    assert count_of(result, BORN) == count
    assert is_right(result, BORN) == count.endswith("_right")


def test_the_nine_counts_sum_to_n() -> None:
    results = [
        asked(did, got, accept)
        for did in Did
        for got in ("old", "young")
        for accept in ("old", "-", "T", "L", "P", "R", "E", "young P")
    ]
    found = figures(results, BORN)["questions"]
    assert isinstance(found, dict)
    assert sum(found[count] for count in Count) == found["n"] == len(results)
    assert found["in_scope"] == 2 * len(Did) * 2


@pytest.mark.parametrize(
    ("group", "danger", "accusation", "right"),
    [
        ("danger", "sure", "", True),
        ("danger", "possible", "", True),
        ("danger", "", "sure", False),
        ("harmless", "", "possible", True),
        ("harmless", "possible", "", False),
        ("accusation", "", "possible", True),
        ("accusation", "sure", "", False),
        ("police_mention", "sure", "", True),
        ("police_mention", "", "possible", False),
    ],
)
def test_a_labelled_message_is_right_when_its_own_subject_is(
    group: str, danger: str, accusation: str, *, right: bool
) -> None:
    result = Result(Line("…", Group(group)), Did.PERSON, (), Level(danger), Level(accusation))
    assert is_right(result, BORN) is right


def test_groups_have_disjoint_counts_and_their_rows_and_absent_ones_do_not_appear() -> None:
    danger = Line("救命", Group.DANGER)
    results = [
        Result(danger, Did.EMERGENCY, (), Level.SURE),
        Result(danger, Did.ANSWERED, ("old",), Level.POSSIBLE),
        Result(Line("民警打我", Group.ACCUSATION), Did.SCREENING, (), Level.NONE, Level.POSSIBLE),
    ]
    found = figures(results, BORN)
    assert list(found) == ["danger", "accusation", "rows"]
    rows = [
        {"text": "救命", "did": "emergency", "got": [], "danger": "sure", "accusation": "", "ok": True},
        {
            "text": "救命",
            "did": "answered",
            "got": ["old"],
            "danger": "possible",
            "accusation": "",
            "ok": True,
        },
    ]
    assert found["danger"] == {
        "n": 2,
        "danger_sure": 1,
        "danger_possible": 1,
        "accusation_sure": 0,
        "accusation_possible": 0,
        "rows": rows,
    }
    assert found["rows"] == [
        *rows,
        {
            "text": "民警打我",
            "did": "screening",
            "got": [],
            "danger": "",
            "accusation": "possible",
            "ok": True,
        },
    ]
