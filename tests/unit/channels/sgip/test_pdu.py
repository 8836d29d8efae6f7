"""The bytes of SGIP: every message, the worked node numbers, round trips."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.carrier.frame import BadFrame
from channels.sgip.pdu import (
    ANSWER,
    Bind,
    Command,
    Deliver,
    LoginType,
    Malformed,
    Report,
    Submit,
    answer,
    framer,
    id_of,
    sequence_of,
    write,
)

SEQUENCE = sequence_of(3010012345, "0603142512", 7)


def hexed(*parts: str) -> bytes:
    return bytes.fromhex("".join(parts).replace(" ", ""))


def padded(text: str, size: int) -> str:
    return text.encode().ljust(size, b"\0").hex()


def test_a_sequence_number_is_node_time_and_counter() -> None:
    """010 and company 12345 make 3010012345, which a signed number of 32 bits cannot hold."""
    assert id_of(SEQUENCE) == "b36924b9" + "23f33970" + "00000007"


def test_a_bind_byte_by_byte() -> None:
    whole = write(Command.BIND, SEQUENCE, Bind(LoginType.TO_GATEWAY, "hub", "secret").body())
    assert whole == hexed(
        "0000003d 00000001",
        id_of(SEQUENCE),
        "01",
        padded("hub", 16),
        padded("secret", 16),
        "00" * 8,
    )
    assert Bind.read(whole[20:]) == Bind(1, "hub", "secret")


def test_answers_and_the_goodbye() -> None:
    assert write(Command.BIND | ANSWER, SEQUENCE, answer(4)) == hexed(
        "0000001d 80000001", id_of(SEQUENCE), "04", "00" * 8
    )
    assert write(Command.UNBIND, SEQUENCE) == hexed("00000014 00000002", id_of(SEQUENCE))


def test_a_submit_byte_by_byte() -> None:
    message = Submit("12110591", 8, "12345", "8613800138000", hexed("90008ba2"), "ALARM", has_head=True)
    whole = write(Command.SUBMIT, SEQUENCE, message.body())
    assert whole == hexed(
        "000000a8 00000003",
        id_of(SEQUENCE),
        padded("12110591", 21),
        "30" * 21,  # ChargeNumber: we pay
        "01",
        padded("8613800138000", 21),
        padded("12345", 5),
        padded("ALARM", 10),
        "01",
        padded("000000", 6),
        padded("0", 6),
        "00 02 00",  # AgentFlag, MorelatetoMTFlag, Priority
        "00" * 32,  # ExpireTime, ScheduleTime
        "01 00 01 08 00",  # ReportFlag, TP_pid, TP_udhi, MessageCoding, MessageType
        "00000004 90008ba2",
        "00" * 8,
    )
    assert len(whole) == 143 + 21 + 4


def test_a_deliver_and_a_report_byte_by_byte() -> None:
    body = hexed(padded("8613800138000", 21), padded("1211001", 21), "00 40 0f", "00000002", "bec8", "00" * 8)
    assert Deliver.read(body) == Deliver("8613800138000", "1211001", 15, True, b"\xbe\xc8")
    assert len(body) + 20 == 77 + 2
    body = hexed(id_of(SEQUENCE), "00", padded("8613800138000", 21), "02 1b", "00" * 8)
    assert Report.read(body) == Report(SEQUENCE, "8613800138000", 2, 27)
    assert Report.read(body).body() == body
    assert len(body) + 20 == 64


numbers = st.text("0123456789", min_size=1, max_size=20)


@given(
    sender=numbers,
    recipient=numbers,
    form=st.integers(0, 255),
    head=st.booleans(),
    content=st.binary(max_size=300),
)
def test_what_is_written_is_read(sender: str, recipient: str, form: int, head: bool, content: bytes) -> None:
    deliver = Deliver(sender, recipient, form, head, content)
    assert Deliver.read(deliver.body()) == deliver


@given(st.binary(max_size=200))
def test_any_body_is_read_or_refused(body: bytes) -> None:
    for read in (Deliver.read, Report.read, Bind.read):
        try:
            read(body)
        except Malformed:
            continue


@pytest.mark.parametrize("length", [0, 19, 4097, 1 << 31])
def test_a_length_that_cannot_be_is_refused(length: int) -> None:
    with pytest.raises(BadFrame):
        framer().feed(length.to_bytes(4, "big"))
