"""What a written answer becomes on the telephone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.actions.dialogue.aloud import aloud
from knowledge_base.files.importer import shipped


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("请拨打110或12389。", "请拨打幺幺零或幺二三八九。"),
        ("在交管12123手机应用申请。", "在交管幺二幺二三手机应用申请。"),
        ("有效期满前90日内，2026年起。", "有效期满前90日内，2026年起。"),
        ("详见https://www.gov.cn/a?b=1。", "详见"),
        ("身份证/户口簿（原件）", "身份证或户口簿，原件"),
        ("《户口登记条例》规定：", "户口登记条例规定："),
        ("第一步\n第二步", "第一步。第二步"),
        ("9:00-17:30", "9点到17点30分"),
        ("电话0591-87557705", "电话零五九幺，八七五五七七零五"),
    ],
)
def test_numbers_and_signs_are_said_as_people_say_them(written: str, spoken: str) -> None:
    assert aloud(written) == spoken


def test_every_shipped_answer_can_be_read_out() -> None:
    for entry in shipped():
        said = aloud(entry.spoken_answer or entry.brief())
        assert said
        assert not set(said) & set("《》【】/_*#<>@"), entry.id
        assert "http" not in said


@given(st.text())
def test_whatever_is_written_nothing_that_only_eyes_read_is_left(text: str) -> None:
    assert not set(aloud(text)) & set("《》【】*#<>\n")
