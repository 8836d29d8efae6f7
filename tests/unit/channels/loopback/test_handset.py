"""What a played handset shows of the parts a gateway took, in any order, once or twice."""

from __future__ import annotations

from itertools import count

from channels.loopback.gateway import Taken, parts_of
from channels.loopback.handset import Handsets

_ids = count(1)


def part(content: bytes, *, is_long: bool = False, form: int = 8, to: str = "13800000001") -> Taken:
    fields = {"TP_udhi": bytes((is_long,)), "Msg_Fmt": bytes((form,))}
    return Taken(f"{next(_ids):016x}", fields, content, "12110", to, wants_receipt=True)


def shown(handsets: Handsets, parts: list[Taken]) -> list[str]:
    return [text.text for one in parts if (text := handsets.take(one)) is not None]


def long(*words: str, reference: int = 7) -> list[Taken]:
    return [
        part(content, is_long=True)
        for content in parts_of(reference, [one.encode("utf-16-be") for one in words])
    ]


def test_a_short_text_is_shown_in_its_alphabet() -> None:
    words = {0: "code 4711", 8: "您好😱", 15: "您好"}
    codecs = {0: "ascii", 8: "utf-16-be", 15: "gb18030"}
    parts = [part(text.encode(codecs[form]), form=form) for form, text in words.items()]
    assert shown(Handsets(), parts) == list(words.values())


def test_parts_in_any_order_are_one_text_with_all_their_ids() -> None:
    first, second, third = long("台风", "登陆", "请撤离")
    handsets = Handsets()
    assert handsets.take(third) is None
    assert handsets.take(first) is None
    whole = handsets.take(second)
    assert whole is not None
    assert (whole.text, whole.recipient) == ("台风登陆请撤离", "13800000001")
    assert whole.ids == (first.id, second.id, third.id)


def test_a_text_that_is_sent_twice_is_shown_twice_and_a_part_alone_is_not() -> None:
    once, again = long("一", "二"), long("一", "二")
    assert shown(Handsets(), [*once, *again]) == ["一二", "一二"]
    assert shown(Handsets(), [once[0], again[0], once[1], again[1]]) == ["一二", "一二"]
    assert shown(Handsets(), [once[0], again[0], once[1]]) == ["一二"]


def test_parts_of_other_references_and_numbers_do_not_mix() -> None:
    here, there = long("一", "二"), long("三", "四", reference=8)
    elsewhere = part(here[1].content, is_long=True, to="13800000002")
    assert shown(Handsets(), [here[0], there[0], elsewhere, there[1]]) == ["三四"]
