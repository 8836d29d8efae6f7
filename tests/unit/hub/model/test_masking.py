"""Numbers that tell who somebody is are taken out of a text; numbers that ask stay."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.model.masking import MASK, masked_text


@pytest.mark.parametrize(
    "secret",
    [
        "13800138000",
        "138-0013-8000",
        "１３８００１３８０００",
        "0591 8785 1234",
        "350102199001011234",
        "35010219900101123X",
        "一三八零零一三八零零零",
        "闽A12345",
        "粤BD12345",
        "E12345678",
        "6222021234567890123",
        "zhang.san@example.com",
        "警号012345",
    ],
)
def test_what_tells_who_somebody_is_goes(secret: str) -> None:
    text = masked_text(f"我的是{secret}，怎么办")
    assert MASK in text
    digits = "".join(char for char in secret if char.isdigit())
    assert not digits or digits[-4:] not in text


@pytest.mark.parametrize(
    "text", ["12389是什么", "C1换A2要多久", "18岁能办吗", "96110打来的", "2026年3月5日", "12110"]
)
def test_what_a_question_is_about_stays(text: str) -> None:
    assert masked_text(text) == text


@given(st.text(max_size=80))
def test_masking_twice_is_masking_once(text: str) -> None:
    once = masked_text(text)
    assert masked_text(once) == once


def test_a_long_run_without_an_address_takes_no_longer_than_it_is_long() -> None:
    started = time.process_time()
    assert masked_text("a." * 50_000) == "a." * 50_000
    assert masked_text(f"{'a.' * 50_000}@example.com") == MASK
    assert time.process_time() - started < 0.5
