"""SMPP byte by byte, and what gateways of the field make of it: ids, receipts, long texts in three shapes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.carrier.frame import Frame
from channels.carrier.gateway import Report, Text
from channels.carrier.long_text import Place
from channels.contract import ReceiptState
from channels.smpp.dialect import Ids, Smpp, SmppSettings
from channels.smpp.pdu import (
    ANSWER,
    Bind,
    Command,
    Malformed,
    Short,
    Tag,
    framer,
    message_id,
    write,
)


def hexed(*parts: str) -> bytes:
    return bytes.fromhex("".join(parts).replace(" ", ""))


def frame(command: int, body: bytes, status: int = 0) -> Frame:
    (found,) = framer().feed(write(command, 7, body, status=status))
    return found


def smpp(ids: Ids = "raw") -> Smpp:
    return Smpp(SmppSettings("hub", ids=ids))


def deliver(content: bytes, *, esm_class: int = 0, options: dict[int, bytes] | None = None) -> Frame:
    message = Short("8613800138000", "12110", content, 8, esm_class, options=options or {})
    return frame(Command.DELIVER_SM, message.body())


def test_a_bind_byte_by_byte() -> None:
    assert write(Command.BIND_TRANSCEIVER, 1, Bind("hub", "secret", "x").body()) == hexed(
        "00000021 00000009 00000000 00000001", b"hub\0secret\0x\0".hex(), "34 00 00 00"
    )


def test_a_submit_byte_by_byte() -> None:
    message = Short("12110", "13800138000", hexed("9000"), 8, 0x40, "CMT", wants_receipt=True)
    whole = write(Command.SUBMIT_SM, 2, message.body())
    body = hexed(
        b"CMT\0".hex(),
        "00 00",
        b"12110\0".hex(),
        "01 01",
        b"13800138000\0".hex(),
        "40 00 00",  # esm_class, protocol_id, priority
        "00 00",  # schedule, validity
        "01 00 08 00",  # registered_delivery, replace, data_coding, default message
        "02 9000",
    )
    assert whole == hexed(f"{16 + len(body):08x}", "00000004 00000000 00000002") + body
    assert Short.read(bytes(4) + body) == message


def test_what_has_no_body() -> None:
    assert write(Command.ENQUIRE_LINK | ANSWER, 5) == hexed("00000010 80000015 00000000 00000005")


@pytest.mark.parametrize(
    ("ids", "answered", "reported"),
    [
        ("raw", "00ABCDEF", "abcdef"),
        ("raw", "0000123", "123"),
        ("raw", "0", "000"),
        ("resp_hex", "1A", "26"),
        ("dlr_hex", "26", "1A"),
        ("dlr_hex", "26", "0000001a"),
        ("resp_hex", "no-hex", "no-hex"),
    ],
)
def test_an_id_is_one_however_it_is_written(ids: Ids, answered: str, reported: str) -> None:
    accepted = smpp(ids).submitted(frame(Command.SUBMIT_SM | ANSWER, answered.encode() + b"\0"))
    words = (
        f"id:{reported} sub:001 dlvrd:001 submit date:2606031425 done date:2606031426 stat:DELIVRD err:000"
    )
    report = smpp(ids).heard(deliver(words.encode(), esm_class=4))
    assert isinstance(report, Report)
    assert (report.id, report.state, report.destination) == (
        accepted,
        ReceiptState.DELIVERED,
        "8613800138000",
    )
    assert report.sent_at > 0


@pytest.mark.parametrize(
    ("words", "options", "state", "code"),
    [
        (b"id:1 stat:UNDELIV err:012", {}, ReceiptState.UNDELIVERED, "UNDELIV:012"),
        (b"id:1 stat:ACCEPTD err:000", {}, ReceiptState.QUEUED, "ACCEPTD:000"),
        (b"", {Tag.RECEIPTED_ID: b"1\0", Tag.STATE: b"\2"}, ReceiptState.DELIVERED, ""),
        (
            b"id:9 stat:DELIVRD",
            {Tag.RECEIPTED_ID: b"1", Tag.STATE: b"\5"},
            ReceiptState.UNDELIVERED,
            "DELIVRD",
        ),
        (b"", {Tag.RECEIPTED_ID: b"1", Tag.STATE: b"\3"}, ReceiptState.UNDELIVERED, "3"),
        (b"", {Tag.PAYLOAD: b"id:1 stat:DELIVRD err:000"}, ReceiptState.DELIVERED, ""),
    ],
)
def test_receipts_of_the_field(
    words: bytes, options: dict[int, bytes], state: ReceiptState, code: str
) -> None:
    report = smpp().heard(deliver(words, esm_class=4, options=options))
    assert isinstance(report, Report)
    assert (report.id, report.state, report.code) == ("1", state, code)


def test_an_intermediate_word_settles_nothing_and_a_receipt_without_an_id_is_refused() -> None:
    report = smpp().heard(deliver(b"id:1 stat:DELIVRD", esm_class=0x20))
    assert isinstance(report, Report)
    assert report.state is ReceiptState.QUEUED
    with pytest.raises(Malformed):
        smpp().heard(deliver(b"stat:DELIVRD", esm_class=4))


@pytest.mark.parametrize(
    ("content", "esm_class", "options", "place"),
    [
        (b"\5\0\3\x2a\3\1\0a", 0x40, {}, Place("2a", 3, 1)),
        (b"\5\0\3\x2a\3\1\0a", 0x43, {}, Place("2a", 3, 1)),  # Kannel's mode bits beside it
        (
            b"\0a",
            0,
            {Tag.SAR_REFERENCE: b"\0\x2a", Tag.SAR_TOTAL: b"\3", Tag.SAR_NUMBER: b"\2"},
            Place("002a", 3, 2),
        ),
        (b"", 0, {Tag.PAYLOAD: b"\0a"}, None),
        (
            b"\5\0\3\x2a\3\1\0a",
            0x40,
            {Tag.SAR_REFERENCE: b"\0\x2a", Tag.SAR_TOTAL: b"\3", Tag.SAR_NUMBER: b"\1"},
            Place("2a", 3, 1),
        ),
        (b"\0a", 0, {Tag.SAR_REFERENCE: b"\0\x2a", Tag.SAR_TOTAL: b"\1", Tag.SAR_NUMBER: b"\1"}, None),
    ],
)
def test_long_texts_come_in_three_shapes(
    content: bytes, esm_class: int, options: dict[int, bytes], place: Place | None
) -> None:
    heard = smpp().heard(deliver(content, esm_class=esm_class, options=options))
    assert isinstance(heard, Text)
    assert (heard.place, heard.content) == (place, b"\0a")


def test_a_text_that_comes_again_has_the_same_id_and_another_one_its_own() -> None:
    def id_of(sequence: int, content: bytes, options: dict[int, bytes]) -> str:
        body = Short("1380", "12110", content, 8, options=options).body()
        heard = smpp().heard(Frame(Command.DELIVER_SM, sequence, bytes(4) + body))
        assert isinstance(heard, Text)
        return heard.id

    named: dict[int, bytes] = {Tag.USER_REFERENCE: b"\0\1"}
    assert id_of(1, b"\0a", named) == id_of(2, b"\0a", named)
    assert id_of(1, b"\0a", {}) != id_of(2, b"\0a", {})
    assert id_of(1, b"\0a", named) != id_of(1, b"\0b", named)


texts = st.text("0123456789abc", max_size=20)


@given(
    source=texts,
    destination=texts,
    content=st.binary(max_size=254),
    coding=st.integers(0, 255),
    esm_class=st.integers(0, 255),
    options=st.dictionaries(st.integers(0, 65535), st.binary(max_size=20), max_size=4),
)
def test_what_is_written_is_read(
    source: str, destination: str, content: bytes, coding: int, esm_class: int, options: dict[int, bytes]
) -> None:
    message = Short(source, destination, content, coding, esm_class, options=options)
    assert Short.read(bytes(4) + message.body()) == message


@given(st.binary(max_size=200))
def test_any_body_is_read_or_refused(body: bytes) -> None:
    for read in (smpp().heard, message_id):
        try:
            read(Frame(Command.DELIVER_SM, 1, bytes(4) + body))
        except Malformed:
            continue
