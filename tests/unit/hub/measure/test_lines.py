"""Messages for `hub talk eval`: what a line may be, and how a wrong one is named."""

from __future__ import annotations

import pytest

from hub.measure.lines import Group, Line, read_lines
from knowledge_base.measure.faq_set import BadSet

DAY = "2026-11-20"


def test_messages_and_questions_are_read_and_other_keys_left_alone() -> None:
    lines = read_lines(
        '{"id": "1", "text": "救命", "label": "danger", "kind": "x"}\n'
        "\n"
        '{"text": "身份证丢了", "accept": ["id-card-lost", "-"], "style": "short"}\n',
        since=DAY,
    )
    assert lines == (
        Line("救命", Group.DANGER),
        Line("身份证丢了", Group.QUESTIONS, frozenset({"id-card-lost", "-"}), DAY),
    )
    assert lines[1].entries == {"id-card-lost"}


def test_a_day_holds_from_its_line_on() -> None:
    lines = read_lines(
        '{"text": "a", "accept": ["-"]}\n'
        '{"since": "2026-11-25"}\n'
        '{"text": "b", "accept": ["-"]}\n'
        '{"text": "c", "accept": ["-"], "since": "2026-11-28"}\n'
        '{"text": "d", "accept": ["-"]}\n',
        since=DAY,
    )
    assert [line.since for line in lines] == [DAY, "2026-11-25", "2026-11-28", "2026-11-28"]


@pytest.mark.parametrize(
    "bad",
    [
        "no json",
        "[]",
        "{}",
        '{"text": "x"}',
        '{"label": "danger"}',
        '{"text": " ", "label": "danger"}',
        '{"text": 1, "label": "danger"}',
        '{"text": "x", "label": "questions"}',
        '{"text": "x", "label": "Danger"}',
        '{"text": "x", "label": ["danger"]}',
        '{"text": "x", "accept": []}',
        '{"text": "x", "accept": "id-card-lost"}',
        '{"text": "x", "accept": [1]}',
        '{"text": "x", "accept": [""]}',
        '{"text": "x", "label": "danger", "accept": ["-"]}',
        '{"text": "x", "accept": ["-"], "since": "gestern"}',
        '{"text": "x\\ud800", "label": "danger"}',
    ],
)
def test_a_bad_line_is_named_by_its_number(bad: str) -> None:
    good = '{"text": "x", "label": "harmless"}'
    with pytest.raises(BadSet, match=r"第 3 行.*line 3"):
        read_lines(f"{good}\n\n{bad}\n{good}\n", since=DAY)


def test_an_empty_set_is_refused() -> None:
    with pytest.raises(BadSet, match="there is no message"):
        read_lines('\n{"since": "2026-11-25"}\n', since=DAY)
