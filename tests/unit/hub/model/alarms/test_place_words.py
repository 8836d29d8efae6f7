"""Words of a place are found in what people write in danger."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.model.alarms.place_words import marked, place_spans, place_words


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("救命 在xx路 不能说话", ("xx路",)),
        ("我被关在中山路5号3楼，快来", ("中山路5号3楼",)),
        ("有人在人民路砍人", ("人民路",)),
        ("鼓楼区东街口星光小区12栋302室 我老公打我", ("鼓楼区东街口星光小区12栋302室",)),
        ("在沈海高速K1234附近出车祸了", ("沈海高速K1234",)),
        ("快报警，和平村对面加油站有人持刀", ("和平村对面加油站",)),
        ("我在江滨大道，他往万达广场跑了", ("江滨大道", "万达广场")),
        ("我躲在店里，在演示街五号旁边", ("演示街五号",)),
        ("我在洪山桥下面", ("洪山桥",)),
        ("有人在医院闹事", ("医院",)),
    ],
)
def test_a_place_is_found_with_its_name(text: str, places: tuple[str, ...]) -> None:
    assert place_words(text) == places


@pytest.mark.parametrize("text", ["我迷路了", "一路走好", "你好", "救命", "", "他让我逛街", "正在上路"])
def test_what_names_no_place_is_none(text: str) -> None:
    assert place_words(text) == ()


@given(st.text(alphabet="在路街5号楼村桥A市中 ，小区高速", max_size=40))
def test_the_pieces_are_the_text_and_the_places_stand_apart(text: str) -> None:
    assert "".join(piece for piece, _ in marked(text)) == text
    spans = list(place_spans(text))
    assert all(start < end for start, end in spans)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
