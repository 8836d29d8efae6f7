"""The size a writer sees is the size that is billed, before and after values are filled in."""

from __future__ import annotations

import random
from typing import NamedTuple

import pytest

from campaigns import template
from campaigns.measure import UNKNOWN, Longest, longest_of, measure
from channels import parts
from channels.contract import ChannelKind
from channels.outbox.delivery import MessageClass
from channels.parts import Parts


class Sized(NamedTuple):
    """A measure of a channel that counts."""

    text: str
    longest: str
    size: Parts
    longest_size: Parts
    parts: int


def sms(text: str, longest: Longest) -> Sized:
    found = measure(
        text, kind=ChannelKind.SMS, message_class=MessageClass.L, signature="福建公安", longest=longest
    )
    assert found.size is not None
    assert found.longest_size is not None
    return Sized(found.text, found.longest, found.size, found.longest_size, found.parts)


def test_signature_and_opt_out_count() -> None:
    sixty_five = sms("字" * 65, Longest(exact=True))
    assert sixty_five.text == f"【福建公安】{'字' * 65}拒收请回复R"
    assert (sixty_five.size.units, sixty_five.size.parts, sixty_five.parts) == (77, 2, 2)


def test_the_longest_value_decides_after_filling() -> None:
    text = "{name|您}" + "字" * 57  # 70 units with the fallback, 72 with three characters
    known = Longest({"name": longest_of(("王五", "欧阳娜", "", "李"))}, exact=True)
    measured = sms(text, known)
    assert (measured.size.parts, measured.longest_size.parts, measured.parts) == (1, 2, 2)
    assert "欧阳娜" in measured.longest


def test_unknown_values_are_taken_as_long_as_any_can_be() -> None:
    assert sms("{name|您}好", Longest()).longest_size.units == len("【福建公安】好拒收请回复R") + len(UNKNOWN)


def test_one_chinese_name_halves_the_room_of_a_latin_text() -> None:
    text = "Dear {name|all}, " + "x" * 100
    values = Longest({"name": longest_of(("Christopher Longname", "李"))}, exact=True)
    found = measure(text, kind=ChannelKind.SMS, message_class=MessageClass.N, signature="", longest=values)
    assert found.size is not None
    assert (found.size.parts, found.parts) == (1, 2)


@pytest.mark.parametrize("seed", range(20))
def test_nobody_is_billed_more_than_was_shown(seed: int) -> None:
    chance = random.Random(seed)
    names = ["".join(chance.choices("汉字€[aZé王", k=chance.randrange(26))) for _ in range(30)]
    body = "".join(chance.choices("中文a€😀，", k=chance.randrange(30, 140)))
    text = f"{{name|您好}}，{body}{{city|本市}}"
    cities = ["福州", "Xiamen"]
    known = Longest({"name": longest_of(names), "city": longest_of(cities)}, exact=True)
    shown = sms(text, known)
    marked = template.with_marks(
        text, kind=ChannelKind.SMS, message_class=MessageClass.L, signature="福建公安"
    )
    pieces = template.pieces(marked)
    billed = [
        parts.count(template.fill(pieces, {"name": name, "city": city})).parts
        for name in names
        for city in cities
    ]
    assert max(billed) <= shown.parts <= sms(text, Longest()).parts
    assert parts.count(template.fill(pieces, {})).parts == shown.size.parts


def test_a_mail_counts_no_parts() -> None:
    found = measure(
        "字" * 500, kind=ChannelKind.MAIL, message_class=MessageClass.L, signature="x", longest=Longest()
    )
    assert (found.size, found.parts, found.text) == (None, 1, "字" * 500)
