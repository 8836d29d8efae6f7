"""Addresses: equal values mean the same telephone or mailbox."""

from __future__ import annotations

import pytest

from channels.address import (
    Address,
    AddressKind,
    BadAddress,
    email,
    extended,
    extension_of,
    is_textable,
    masked,
    phone,
)


@pytest.mark.parametrize(
    "spelling",
    [
        "13800138000",
        "+8613800138000",
        "8613800138000",
        "0086 138-0013-8000",
        "１３８００１３８０００",
        "+86 (138) 0013 8000",
        "sip:+8613800138000@gw.example;user=phone",
        "sips:13800138000@gw.example",
    ],
)
def test_every_spelling_of_a_mobile_number_is_one_address(spelling: str) -> None:
    assert phone(spelling) == Address(AddressKind.PHONE, "+8613800138000")


@pytest.mark.parametrize(
    "code", ["110", "122", "12110", "12123", "12389", "12110591", "106575550001", "95588"]
)
def test_a_short_code_stays_as_people_dial_it(code: str) -> None:
    assert phone(code).value == code
    assert phone(f"+86{code}").value == code


@pytest.mark.parametrize(
    "spelling",
    [
        *(
            "",
            " ",
            "+",
            "0",
            "anonymous",
            "Anonymous",
            "RESTRICTED",
            "Private",
            "unknown",
            "Unavailable",
            "blocked",
        ),
        *(
            "sip:anonymous@x",
            "sip:anonymous@anonymous.invalid",
            "Anonymous@anonymous.invalid",
            "sip:+266696687@gw",
        ),
        *("+266696687", "266696687", "+1266696687"),  # ANONYMOUS
        *("+7378742833", "7378742833", "+17378742833", "+1 737-874-2833"),  # RESTRICTED
        *("+86282452253", "86282452253", "+186282452253"),  # UNAVAILABLE
        *("+8656696", "8656696", "+18656696"),  # UNKNOWN
        *("+2562533", "+12562533", "+7748283"),  # BLOCKED, PRIVATE
    ],
)
def test_a_withheld_caller_has_an_empty_address(spelling: str) -> None:
    assert phone(spelling) == Address(AddressKind.PHONE, "")


@pytest.mark.parametrize(
    ("spelling", "number"),
    [
        ("17378742833", "+8617378742833"),
        ("+8617378742833", "+8617378742833"),
        ("0737-8742833", "+867378742833"),
        ("+867378742833", "+867378742833"),
        ("+862882452253", "+862882452253"),
        ("+17378742834", "+17378742834"),
    ],
)
def test_a_number_that_only_resembles_a_withheld_one_is_a_number(spelling: str, number: str) -> None:
    assert phone(spelling).value == number


def test_landlines_and_foreign_numbers_become_international() -> None:
    assert phone("0591-87654321").value == "+8659187654321"
    assert phone("+44 20 7946 0958").value == "+442079460958"
    assert phone("0044 20 7946 0958").value == "+442079460958"


@pytest.mark.parametrize("text", ["AliPay", "sip:alice@gw.example", "12", "1380013800013800138000", "--"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(BadAddress):
        phone(text)


@pytest.mark.parametrize("before", ["", "86", "+86", "0086"])
@pytest.mark.parametrize("number", ["12110591", "1211059101", "12110591010012345678"])
def test_a_text_number_keeps_its_extension(before: str, number: str) -> None:
    assert phone(before + number).value == number


def test_a_text_cannot_reach_a_landline_or_nobody() -> None:
    assert is_textable(phone("13800138000"))
    assert is_textable(phone("12110591"))
    assert not is_textable(phone("0591-87654321"))
    assert not is_textable(phone("anonymous"))
    assert not is_textable(email("a@example.com"))


def test_mail_addresses_are_folded() -> None:
    assert email(" Zhang.San@Example.COM ").value == "zhang.san@example.com"
    assert email("ａ@example.com").value == "a@example.com"


@pytest.mark.parametrize(
    "text", ["", "a", "a@b", "a b@example.com", "<a@example.com>", "@example.com", "a@" + "b" * 300]
)
def test_what_is_no_mail_address_is_refused(text: str) -> None:
    with pytest.raises(BadAddress):
        email(text)


def test_a_masked_address_shows_enough_to_recognise_and_too_little_to_call() -> None:
    assert masked(phone("13800138000")) == "138****8000"
    assert masked(phone("12110")) == "12110"
    assert masked(phone("anonymous")) == "未显示号码"
    assert masked(email("zhang@example.com")) == "z***@example.com"
    assert masked(Address(AddressKind.WECHAT, "oABC123")) == "****"


def test_the_key_tells_kinds_apart() -> None:
    assert Address(AddressKind.CHAT, "1").key != Address(AddressKind.WECHAT, "1").key


@pytest.mark.parametrize(
    ("written_to", "extension"),
    [
        ("1211059101", "59101"),
        ("12110", ""),
        ("", ""),
        ("106575550001", ""),
        ("12110x", ""),
        ("12110５９", ""),
    ],
)
def test_the_extension_of_a_number_of_ours_and_of_no_other(written_to: str, extension: str) -> None:
    assert extension_of("12110", written_to) == extension


def test_what_is_too_long_for_a_number_is_our_number_alone() -> None:
    assert extended("12110", "59101") == "1211059101"
    assert extended("12110", "1" * 16) == "12110"
