"""Which desk a text goes to: extension, keyword, city, duty queue, in this order."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from hub.model.cases.routing.route_book import route_book, route_rules
from hub.model.cases.routing.routes import DUTY, City, RouteReason, Routes, city_numbers
from hub.model.cases.rule_book import Row
from hub.model.units.unit import Unit
from knowledge_base.words.lexicon import shipped_lexicon

UNITS = [
    Unit("fz", "福州市公安局", "fz", region="350100"),
    Unit("fzjj", "福州交警支队", "fz/fzjj", region="350100"),
    Unit("hz", "户政处", "hz"),
    Unit("lz", "兰州市公安局", "lz", region="620100"),
    Unit("ins", "督察", "ins", region="620100", inspection=True),
]
CITIES = [City("350100", "591"), City("620100", "931"), City("110000", "10")]
BOOK = route_book()


def row(number: str = "", keyword: str = "", desk: str = "hz") -> Row:
    return {"written_to": number, "keyword": keyword, "desk": desk}


def routes(*rows: Row) -> Routes:
    return Routes(route_rules(rows), CITIES, UNITS)


def cut(text: str) -> Sequence[str]:
    return shipped_lexicon().cut(text)


TABLE = routes(
    row("1211059101", desk="fzjj"),
    row("12110591012", desk="hz"),
    row(keyword="户口", desk="hz"),
    row(keyword="户口迁移", desk="fz"),
    row(keyword="交警", desk="fzjj"),
    row(keyword="报警", desk="fz"),
    row(keyword="JJ", desk="fzjj"),
)


@pytest.mark.parametrize(
    ("number", "text", "desk", "reason"),
    [
        ("1211059101", "户口怎么办", "fzjj", RouteReason.NUMBER),
        ("121105910199", "你好", "fzjj", RouteReason.NUMBER),  # what stands behind the extension
        ("121105910123", "你好", "hz", RouteReason.NUMBER),  # the longest one
        ("12110591", "想问户口", "hz", RouteReason.KEYWORD),
        ("12110591", "辦理戶口遷移", "fz", RouteReason.KEYWORD),  # the longest, in traditional characters
        ("12110591", "jj 你好", "fzjj", RouteReason.KEYWORD),
        ("12110591", "找交警队", "fzjj", RouteReason.KEYWORD),
        ("12110591", "这是我的账户口令", "fz", RouteReason.CITY),  # 户口 is no word of it
        ("12110591", "我要举报警察", "fz", RouteReason.CITY),
        ("12110591", "AJJB", "fz", RouteReason.CITY),
        ("12110591", "", "fz", RouteReason.CITY),
        ("1211059177", "你好", "fz", RouteReason.CITY),  # an extension nobody has
        ("12110931", "你好", "lz", RouteReason.CITY),  # the desk, not its inspection
        ("12110010", "你好", "", RouteReason.DUTY),  # a city without a unit
        ("12110", "你好", "", RouteReason.DUTY),
        ("12110999", "你好", "", RouteReason.DUTY),
        ("", "你好", "", RouteReason.DUTY),
    ],
)
def test_a_text_finds_its_desk(number: str, text: str, desk: str, reason: RouteReason) -> None:
    found = TABLE.of(number, text, cut)
    assert (found.unit_id, found.reason) == (desk, reason)


def test_the_table_may_name_the_desk_of_a_city_and_keywords_still_come_first() -> None:
    table = routes(row("12110591", desk="fzjj"), row(keyword="户口"))
    assert table.of("12110591", "你好", cut).unit_id == "fzjj"
    assert table.of("12110591", "户口", cut).reason is RouteReason.KEYWORD
    assert table.of_number("12110591") == "fzjj"


def test_two_desks_of_one_city_and_a_unit_that_is_gone_decide_nothing() -> None:
    twins = [Unit("a", "甲", "a", region="350100"), Unit("b", "乙", "b", region="350100")]
    table = Routes(route_rules([row(keyword="户口", desk="gone")]), CITIES, twins)
    assert table.of("12110591", "户口", cut) == DUTY


@pytest.mark.parametrize(
    ("area_code", "numbers"),
    [("591", {"12110591", "121100591"}), ("10", {"12110010"}), ("21", {"12110021"})],
)
def test_a_city_is_reached_by_the_last_digits_of_its_area_code(area_code: str, numbers: set[str]) -> None:
    assert city_numbers(area_code) == numbers


def problems(*rows: Row) -> list[tuple[int, str, str]]:
    return [(one.row, one.field, one.zh) for one in BOOK.check(list(rows), {u.id: u.name for u in UNITS})]


def test_a_keyword_of_two_departments_is_refused_and_names_both() -> None:
    [(place, field, words)] = problems(row(keyword="報 警", desk="fz"), row(keyword="报警", desk="hz"))
    assert (place, field) == (1, "keyword")
    assert "福州市公安局" in words
    assert "户政处" in words
    assert "福州交警支队" in problems(row("1211059101", desk="fzjj"), row("1211059101", desk="hz"))[0][2]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (row("12110591", "户口"), "written_to"),
        (row(), "written_to"),
        (row("12a"), "written_to"),
        (row("1" * 21), "written_to"),
        (row(keyword="户"), "keyword"),
        (row(keyword="退訂"), "keyword"),
        (row(keyword="户口", desk="nobody"), "desk"),
        (row(keyword="户口", desk=""), "desk"),
    ],
)
def test_a_row_that_cannot_be_names_its_field(wrong: Row, field: str) -> None:
    assert [found for _, found, _ in problems(wrong)] == [field]


def test_rows_that_are_right_have_no_problems() -> None:
    assert problems(row("12110591"), row("1211059101", desk="fzjj"), row(keyword="户口迁移")) == []
