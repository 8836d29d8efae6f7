"""What can be pressed in a text, and what only looks like it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.web.pages.citizen.said_numbers import pair_in, pieces


@pytest.mark.parametrize(
    ("text", "hrefs"),
    [
        ("紧急请拨打110，交通事故拨打122。", ["tel:110", "tel:122"]),
        ("不能说话就发短信到12110", ["sms:12110"]),
        ("被骗了请打96110或 12389", ["tel:96110", "tel:12389"]),
        ("罚款110元，120天内缴纳，编号11012", []),
        ("2026年12月110日", []),
        ("编号 26110100000110", []),
    ],
)
def test_public_numbers_can_be_pressed(text: str, hrefs: list[str]) -> None:
    assert [piece.href for piece in pieces(text) if piece.href] == hrefs


@given(st.text(alphabet="请拨打110 2239元。", max_size=40))
def test_no_character_is_lost(text: str) -> None:
    assert "".join(piece.text for piece in pieces(text)) == text


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        ("已登记，查询编号 26120100000012，查询码 12345678。", ("26120100000012", "12345678")),
        ("查询编号：2612 0100 0000 12 查询码：1234 5678 1234 5678", ("26120100000012", "1234567812345678")),
        ("２６１２０１０００００００１２ 12345678", None),
        ("查询编号 26120100000012", None),
        ("查询编号 261201000000123，查询码 12345678", None),
        ("电话 13800138000，编号 26120100000012", None),
    ],
)
def test_a_reference_and_its_code_stand_together(text: str, pair: tuple[str, str] | None) -> None:
    assert pair_in(text) == pair
