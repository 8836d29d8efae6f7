"""What changed is shown in pieces a reader takes in: whole lines, words of letters, characters of Chinese."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from hub.actions.knowledge.compare_entries import Mark, compare
from knowledge_base.entry import SlotAnswer
from tests.unit.hub.actions.knowledge.entry_office import content

BEFORE = content("身份证丢了怎么补领？", "请带户口簿到派出所办理。\n工本费40元。", "身份证掉了")


def test_only_fields_that_differ_are_shown() -> None:
    assert compare(BEFORE, replace(BEFORE, updated_at=5)) == ()
    changed = compare(BEFORE, replace(BEFORE, topic="治安", confirm_locally=True))
    assert [change.name for change in changed] == ["topic", "confirm_locally"]


def test_a_changed_number_is_the_only_thing_marked() -> None:
    after = replace(BEFORE, answer="请带户口簿到派出所办理。\n工本费20元。")
    (change,) = compare(BEFORE, after)
    assert [(piece.mark, piece.text) for piece in change.pieces] == [
        (Mark.SAME, "请带户口簿到派出所办理。\n工本费"),
        (Mark.GONE, "40"),
        (Mark.NEW, "20"),
        (Mark.SAME, "元。"),
    ]


def test_lists_are_compared_one_to_a_line() -> None:
    after = replace(BEFORE, variants=("身份证掉了", "身份证没了"), by_slot=(SlotAnswer("C1", "去车管所"),))
    variants, by_slot = compare(BEFORE, after)
    assert variants.pieces[-1].mark is Mark.NEW
    assert "身份证没了" in variants.pieces[-1].text
    assert by_slot.pieces[0].text == "【C1】去车管所"


@given(st.text(max_size=60), st.text(max_size=60))
def test_the_pieces_give_both_texts_back(old: str, new: str) -> None:
    before, after = replace(BEFORE, answer=old), replace(BEFORE, answer=new)
    for change in compare(before, after):
        kept = [piece for piece in change.pieces if piece.mark is not Mark.NEW]
        assert "".join(piece.text for piece in kept) == old
        fresh = [piece for piece in change.pieces if piece.mark is not Mark.GONE]
        assert "".join(piece.text for piece in fresh) == new
