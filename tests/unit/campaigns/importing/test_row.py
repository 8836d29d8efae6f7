"""Numbers as people type them: every spelling of a mobile number is one number, everything else is told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.importing.columns import Column, guess, has_heading, problems
from campaigns.importing.row import REJECTED, Rejected, Row, masked_cell, read_row, spellings
from campaigns.segment import GIVEN
from channels.address import is_textable

REGIONS = spellings({"350100": "福州", "350200": "厦门"})
mobiles = st.builds(lambda head, tail: f"1{head}{tail:09}", st.integers(3, 9), st.integers(0, 10**9 - 1))
prefixes = st.sampled_from(["", "+86", "86", "0086", "+86 ", "0086-", "（86）", "'"])
blanks = st.sampled_from(["", " ", "-", "　", "\u00a0"])


def wide(text: str) -> str:
    return "".join(chr(ord(char) + 0xFEE0) if "0" <= char <= "9" else char for char in text)


def read(cell: str, *more: tuple[Column, str]) -> Row:
    mapping = [Column.PHONE, *(column for column, _ in more)]
    return read_row([cell, *(text for _, text in more)], mapping, REGIONS)


def outcome(cell: str) -> str:
    """The number that would be texted, or the reason why none is."""
    try:
        address = read(cell).address
    except Rejected as refused:
        return refused.reason
    return address.value if is_textable(address) else "untextable"


@given(mobiles, prefixes, blanks, st.booleans(), st.sampled_from(["", ".0", " "]))
def test_every_spelling_of_a_mobile_number_is_the_same_number(
    number: str, prefix: str, blank: str, is_wide: bool, tail: str
) -> None:
    cell = prefix + number[:3] + blank + number[3:7] + blank + number[7:] + tail
    assert read(wide(cell) if is_wide else cell).address.value == f"+86{number}"


@given(st.text(max_size=40))
def test_any_text_is_a_number_that_can_be_texted_or_is_told(cell: str) -> None:
    assert outcome(cell) in REJECTED or outcome(cell).startswith("+")


@given(st.text(alphabet="0123456789+-() .eE", max_size=24))
def test_digits_in_any_order_are_never_a_landline_that_is_texted(cell: str) -> None:
    try:
        value = read(cell).address.value
    except Rejected:
        return
    assert not value.startswith("+86") or (len(value) == 14 and value[3] == "1" and value[4] in "3456789")


@given(
    st.lists(st.text(max_size=20), min_size=9, max_size=9),
    st.from_regex(r"[0-9]{4}[-/]?[0-9]{1,2}[-/]?[0-9]{1,2}"),
)
def test_whatever_stands_beside_a_number_the_row_is_read(cells: list[str], day: str) -> None:
    columns = [column for column in Column if column not in (Column.IGNORED, Column.PHONE)]
    row = read("13800138000", *zip(columns, cells, strict=False), (Column.CONSENT_AT, day))
    assert row.address.value == "+8613800138000"
    assert row.consent_at >= -2_208_988_800_000
    assert len(row.tags) <= 8


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("", "empty"),
        ("0591-87654321", "landline"),
        ("010 6234 5678", "landline"),
        ("059187654321", "landline"),
        ("110", "short_code"),
        ("95533", "short_code"),
        ("106575250001", "short_code"),
        ("1.38E+10", "mangled"),
        ("13800138000/13900139000", "several"),
        ("13800138000 13900139000", "several"),
        ("1380013800", "not_a_number"),
        ("138001380001", "not_a_number"),
        ("12800138000", "not_a_number"),
        ("无", "not_a_number"),
        ("不详", "not_a_number"),
    ],
)
def test_what_cannot_be_texted_is_told_with_its_reason(cell: str, reason: str) -> None:
    with pytest.raises(Rejected) as refused:
        read(cell)
    assert refused.value.reason == reason


def test_a_row_says_what_it_did_not_understand() -> None:
    row = read(
        "13800138000",
        (Column.REGION, "鼓楼"),
        (Column.LANGUAGE, "闽南语"),
        (Column.CONSENT, "也许"),
        (Column.CONSENT_AT, "2025-02-30"),
        (Column.TAGS, "商户，外卖、" + "长" * 21),
    )
    assert set(row.noted) == {
        "unknown_region", "unknown_language", "unclear_consent", "bad_date", "too_many_tags"
    }  # fmt: skip
    assert (row.region, row.language, row.consent, row.tags) == ("", "zh", "", ("商户", "外卖"))


@pytest.mark.parametrize("place", ["福州", "福州市", " 350100 ", "福建省福州市"])
def test_a_region_is_known_by_every_spelling(place: str) -> None:
    assert read("13800138000", (Column.REGION, place)).region == "350100"


@pytest.mark.parametrize("day", ["2025-03-01", "2025/3/1", "2025年3月1日", "20250301", "2025-03-01 08:30:00"])
def test_a_day_is_read_as_it_is_written(day: str) -> None:
    row = read("13800138000", (Column.CONSENT, "是"), (Column.CONSENT_AT, day))
    assert (row.consent, row.consent_at) == (GIVEN, 1_740_758_400_000)


@pytest.mark.parametrize("word", ["退订", "是", "拒收", "1"])
def test_who_opted_out_has_agreed_to_nothing(word: str) -> None:
    row = read("13800138000", (Column.CONSENT, "是"), (Column.OPT_OUT, word))
    assert (row.opted_out, row.consent) == (True, "")
    assert read("13800138000", (Column.CONSENT, "不同意")).opted_out


def test_columns_are_guessed_by_their_heading() -> None:
    heading = ("序号", "姓名", "手机号码", "家庭电话", "所在地区", "类别", "是否同意接收", "同意日期", "退订")
    assert guess(heading) == (
        Column.IGNORED,
        Column.NAME,
        Column.PHONE,
        Column.IGNORED,
        Column.REGION,
        Column.TAGS,
        Column.CONSENT,
        Column.CONSENT_AT,
        Column.OPT_OUT,
    )
    assert has_heading(heading)
    assert not has_heading(("林一", "13800138000"))
    assert guess(("林一", "13800138000")) == (Column.IGNORED, Column.PHONE)


def test_a_mapping_needs_a_number_and_no_column_twice() -> None:
    assert problems([Column.NAME, Column.IGNORED])
    assert problems([Column.PHONE, Column.NAME, Column.NAME])
    assert not problems([Column.IGNORED, Column.EMAIL, Column.IGNORED])


def test_a_cell_is_shown_without_its_middle() -> None:
    assert masked_cell("0591-87654321") == "059********21"
    assert masked_cell("无") == "无"
    assert masked_cell("2025-03-01") == "2025-03-01"
    assert masked_cell("8765432") == "876**32"
