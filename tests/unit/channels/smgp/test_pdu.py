"""The bytes of SMGP: worked numbers of the specification, every message, receipts, round trips."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.carrier.common_head import ANSWER, write
from channels.smgp.pdu import (
    Answer,
    Command,
    Deliver,
    Login,
    LoginAnswer,
    Malformed,
    Report,
    Submit,
    options,
)

SPEC_LOGIN = Login("12345678", b"abcdef", 0x30, "0603142512")
ID = "01006101161700012345"


def hexed(*parts: str) -> bytes:
    return bytes.fromhex("".join(parts).replace(" ", ""))


def padded(text: str, size: int) -> str:
    return text.encode().ljust(size, b"\0").hex()


def test_the_login_of_the_specification() -> None:
    assert write(Command.LOGIN, 1, SPEC_LOGIN.body()) == hexed(
        "0000002a 00000001 00000001",
        padded("12345678", 8),
        "053a32512d5cf8a037adb145fae52e29",
        "02 23f33970 30",
    )
    assert Login("1", b"2", 0x30, "0301000000").body()[25:29] == hexed("11f0e540")


def test_the_answer_to_a_login() -> None:
    body = hexed("00000015", "ab" * 16, "30")
    assert LoginAnswer.read(body) == LoginAnswer(21, b"\xab" * 16, 0x30)
    assert LoginAnswer(21, b"\xab" * 16, 0x30).body() == body
    assert len(body) + 12 == 33


def golden(version: int, *, part: bool) -> bytes:
    return hexed(
        "06 01 01",  # MsgType, NeedReport, Priority
        padded("ALARM", 10),
        padded("02", 2),
        padded("000010", 6),
        padded("000000", 6) if version >= 0x30 else "",  # FixedFee
        "08",  # MsgFormat
        "00" * 34,  # ValidTime, AtTime
        padded("12110591", 21),
        "00" * 21,  # ChargeTermID
        "01",
        padded("13800138000", 21),
        "04 90008ba2",
        "00" * 8,
        "0002 0001 01  0009 0001 03  000a 0001 02" if part else "",
    )


@pytest.mark.parametrize("version", [0x13, 0x30])
@pytest.mark.parametrize("part", [False, True])
def test_a_submit_byte_by_byte(version: int, part: bool) -> None:
    message = Submit(
        "12110591", 8, "13800138000", "退订".encode("utf-16-be"), "ALARM", fee_type="02", fee_code="000010"
    )
    if part:
        message = Submit(
            **{**{name: getattr(message, name) for name in message.__slots__}, "total": 3, "number": 2}
        )
    assert message.body(version) == golden(version, part=part)
    length = 147 + 4 - (0 if version >= 0x30 else 6) + (15 if part else 0)
    whole = write(Command.SUBMIT, 7, message.body(version))
    assert whole[:12] == hexed(f"{length:08x} 00000002 00000007")


def test_an_answer() -> None:
    body = hexed(ID, "00000001")
    assert Answer.read(body) == Answer(hexed(ID), 1)
    assert Answer(hexed(ID), 1).body() == body
    assert len(body) + 12 == 26


def test_a_deliver_byte_by_byte() -> None:
    body = hexed(
        ID,
        "00 0f",  # IsReport, MsgFormat
        b"20260603142512".hex(),
        padded("13800138000", 21),
        padded("1211001", 21),
        "02",
        "bec8",
        "00" * 8,
        "0012 0003 616263",  # a tag that tells nothing
        "0002 0001 40",
    )
    assert Deliver.read(body) == Deliver(
        hexed(ID), "13800138000", "1211001", 15, True, False, b"\xbe\xc8", b"20260603142512"
    )
    assert len(body) + 12 == 89 + 2 + 7 + 5


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (
            b" sub:001 dlvrd:001 submit date:2606031425 done date:2606031426 stat:DELIVRD err:000 text:01",
            "000",
        ),
        (b" sub:001 dlvrd:001 Submit date:2606031425 done date:2606031426 stat:DELIVRD err:000 Text:", "000"),
        (b" sub:001 dlvrd:001 submit_date:2606031425 done_date:2606031426 stat:DELIVRD err:000 text:", "000"),
        (b"stat:DELIVRD submit date:2606031425", ""),
    ],
)
@pytest.mark.parametrize("id", [ID, "20 00 73 74 61 74 3a 00 20 ff"])
def test_receipts_of_the_field(id: str, words: bytes, error: str) -> None:
    """The id is ten raw bytes in the middle of a text, which may be blanks, zeros or a label."""
    report = Report.read(b"id:" + hexed(id) + words)
    assert report == Report(hexed(id), "DELIVRD", error, b"2606031425")


def test_what_has_no_body() -> None:
    assert write(Command.ACTIVE_TEST | ANSWER, 5) == hexed("0000000c 80000004 00000005")
    assert write(Command.EXIT, 6) == hexed("0000000c 00000006 00000006")


numbers = st.text("0123456789", min_size=1, max_size=20)


@given(
    id=st.binary(min_size=10, max_size=10),
    sender=numbers,
    recipient=numbers,
    form=st.integers(0, 255),
    head=st.booleans(),
    receipt=st.booleans(),
    content=st.binary(max_size=255),
)
def test_what_is_written_is_read(
    id: bytes, sender: str, recipient: str, form: int, head: bool, receipt: bool, content: bytes
) -> None:
    deliver = Deliver(id, sender, recipient, form, head, receipt, content)
    assert Deliver.read(deliver.body()) == deliver
    assert Answer.read(Answer(id, form).body()) == Answer(id, form)


@given(st.binary(max_size=300))
def test_any_body_is_read_or_refused(body: bytes) -> None:
    for read in (Deliver.read, Answer.read, LoginAnswer.read, Report.read, options):
        try:
            read(body)
        except Malformed:
            continue
