"""What a citizen sees of each of his messages."""

from __future__ import annotations

from dataclasses import replace

from hub.model.conversation import Author, Direction, Message
from hub.model.conversations.message_state import MessageState, states_of


def said(seq: int, author: Author = Author.CITIZEN, *, case: str = "", entry: str = "") -> Message:
    direction = Direction.IN if author is Author.CITIZEN else Direction.OUT
    return Message(
        f"m{seq}",
        "c",
        seq,
        direction,
        author,
        at=seq * 10,
        case_id=case,
        entry_ids=(entry,) if entry else (),
    )


def test_an_answer_of_the_knowledge_base_answers_the_message_before_it_only() -> None:
    messages = [said(1, case="k"), said(2), said(3, Author.ROBOT, entry="e")]
    assert states_of(messages, {}) == {1: MessageState.RECEIVED, 2: MessageState.ANSWERED}


def test_a_receipt_is_no_answer() -> None:
    assert states_of([said(1, case="k"), said(2, Author.ROBOT, case="k")], {}) == {1: MessageState.RECEIVED}


def test_choices_are_no_answer() -> None:
    offer = replace(said(2, Author.ROBOT, entry="e"), offered=True)
    assert states_of([said(1), offer], {}) == {1: MessageState.RECEIVED}


def test_read_is_what_came_before_somebody_opened_its_case() -> None:
    messages = [said(1, case="k"), said(2, case="k"), said(3, case="other")]
    assert states_of(messages, {"k": 15}) == {
        1: MessageState.READ,
        2: MessageState.RECEIVED,
        3: MessageState.RECEIVED,
    }


def test_a_persons_answer_answers_all_of_its_case_before_it() -> None:
    messages = [
        said(1, case="k"),
        said(2, case="other"),
        said(3, case="k"),
        said(4, Author.AGENT, case="k"),
        said(5, case="k"),
    ]
    assert states_of(messages, {"k": 99}) == {
        1: MessageState.ANSWERED,
        2: MessageState.RECEIVED,
        3: MessageState.ANSWERED,
        5: MessageState.READ,
    }
