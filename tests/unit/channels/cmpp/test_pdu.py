"""The bytes of CMPP: worked numbers of the specifications, every message in both versions, round trips."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.carrier.common_head import ANSWER, framer, write
from channels.carrier.frame import BadFrame
from channels.cmpp.pdu import (
    CMPP_2,
    CMPP_3,
    Answer,
    Command,
    Deliver,
    Layout,
    Login,
    LoginAnswer,
    Malformed,
    Report,
    Submit,
    layout_of,
)

SPEC_LOGIN = Login("901234", b"1234", 0x30, "0603142512")
layouts = pytest.mark.parametrize("layout", [CMPP_2, CMPP_3], ids=["2.0", "3.0"])


def hexed(*parts: str) -> bytes:
    return bytes.fromhex("".join(parts).replace(" ", ""))


def padded(text: str, size: int) -> str:
    return text.encode().ljust(size, b"\0").hex()


def test_the_login_of_the_specification() -> None:
    assert write(Command.CONNECT, 1, SPEC_LOGIN.body()) == hexed(
        "00000027 00000001 00000001",
        "393031323334",
        "0ae46688d190da98a58b6b433b0f62c6",  # with the leading zero of the time
        "30 23f33970",
    )


@pytest.mark.parametrize("proof", ["cafcb593a0bbbb1b8befaa5fc05d4ef6", "1a445e1ba3e44ebe019fe92aa48dcc5d"])
def test_a_gateway_proves_itself_with_a_status_of_one_byte_or_four(proof: str) -> None:
    assert SPEC_LOGIN.is_answered_by(LoginAnswer(0, bytes.fromhex(proof), 0x30))
    assert not SPEC_LOGIN.is_answered_by(LoginAnswer(1, bytes.fromhex(proof), 0x30))


def test_a_short_id_is_hashed_as_the_setting_says() -> None:
    proofs = {Login("9012", b"1234", 0x30, "0603142512", pads_id=pads).proof for pads in (True, False)}
    assert len(proofs) == 2
    assert Login("901234", b"1234", 0x30, "0603142512", pads_id=False).proof == SPEC_LOGIN.proof


@layouts
def test_the_answer_to_a_login(layout: Layout) -> None:
    answer = LoginAnswer(3, bytes(range(16)), layout.version)
    body = hexed("03" if layout is CMPP_2 else "00000003", bytes(range(16)).hex(), f"{layout.version:02x}")
    assert answer.body(layout) == body
    assert LoginAnswer.read(body) == answer
    assert len(body) + 12 == (30 if layout is CMPP_2 else 33)


SUBMIT = Submit(
    source="12110591",
    destination="13800138000",
    content="退订".encode("utf-16-be"),
    form=8,
    sp_id="901234",
    service_id="ALARM",
    has_head=True,
    total=3,
    number=2,
    fee_type="02",
    fee_code="000010",
)


def submit_golden(layout: Layout) -> bytes:
    wide = layout is CMPP_3
    return hexed(
        "0000000000000000",  # Msg_Id
        "03 02 01 00",  # Pk_total, Pk_number, Registered_Delivery, Msg_level
        padded("ALARM", 10),
        "02",  # Fee_UserType
        "00" * (32 if wide else 21),
        "00" if wide else "",  # Fee_terminal_type
        "00 01 08",  # TP_pId, TP_udhi, Msg_Fmt
        padded("901234", 6),
        padded("02", 2),
        padded("000010", 6),
        "00" * 34,  # ValId_Time, At_Time
        padded("12110591", 21),
        "01",  # DestUsr_tl
        padded("13800138000", 32 if wide else 21),
        "00" if wide else "",  # Dest_terminal_type
        "04",  # Msg_Length
        "90008ba2",
        "00" * (20 if wide else 8),
    )


@layouts
def test_a_submit_byte_by_byte(layout: Layout) -> None:
    body = SUBMIT.body(layout)
    assert body == submit_golden(layout)
    assert len(body) + 12 == (159 if layout is CMPP_2 else 195) + 4


@layouts
def test_an_answer(layout: Layout) -> None:
    answer = Answer(0x61B99301E2400141, 8)
    body = hexed("61b99301e2400141", "08" if layout is CMPP_2 else "00000008")
    assert answer.body(layout) == body
    assert Answer.read(body) == answer
    assert len(body) + 12 == (21 if layout is CMPP_2 else 24)


@layouts
def test_a_deliver_byte_by_byte(layout: Layout) -> None:
    wide = layout is CMPP_3
    body = hexed(
        "f000000000000001",  # months of 8 and more are beyond a signed number
        padded("1211001", 21),
        padded("ALARM", 10),
        "00 40 08",  # TP_pid, TP_udhi as mobile gateways write it, Msg_Fmt
        padded("8613800138000", 32 if wide else 21),
        "00" if wide else "",
        "00 02",
        "6551",
        "00" * (20 if wide else 8),
    )
    assert Deliver.read(body, layout) == Deliver(
        0xF000000000000001, "1211001", "8613800138000", 8, True, False, b"\x65\x51", "ALARM"
    )
    assert len(body) + 12 == (85 if layout is CMPP_2 else 109) + 2


@pytest.mark.parametrize("width", [21, 32])
def test_a_receipt_byte_by_byte(width: int) -> None:
    content = hexed(
        "61b99301e2400141", padded("DELIVRD", 7), padded("2606031425", 10), padded("2606031426", 10)
    ) + hexed(padded("13800138000", width), "00000007")
    assert len(content) == (60 if width == 21 else 71)
    assert Report.read(content) == Report(
        0x61B99301E2400141, "DELIVRD", b"2606031425", b"2606031426", "13800138000"
    )


def test_what_has_no_body() -> None:
    assert write(Command.ACTIVE_TEST, 5) == hexed("0000000c 00000008 00000005")
    assert write(Command.ACTIVE_TEST | ANSWER, 5, b"\0") == hexed("0000000d 80000008 00000005 00")
    assert write(Command.TERMINATE, 6) == hexed("0000000c 00000002 00000006")


@pytest.mark.parametrize(
    ("version", "layout"), [(0x00, CMPP_2), (0x20, CMPP_2), (0x21, CMPP_2), (0x30, CMPP_3)]
)
def test_a_version_has_a_layout(version: int, layout: Layout) -> None:
    assert layout_of(version) is layout


digits = st.text("0123456789", min_size=1, max_size=20)


@layouts
@given(
    id=st.integers(0, 2**64 - 1),
    recipient=digits,
    sender=digits,
    form=st.integers(0, 255),
    head=st.booleans(),
    receipt=st.booleans(),
    content=st.binary(max_size=255),
)
def test_what_is_written_is_read(
    layout: Layout,
    id: int,
    recipient: str,
    sender: str,
    form: int,
    head: bool,
    receipt: bool,
    content: bytes,
) -> None:
    deliver = Deliver(id, recipient, sender, form, head, receipt, content)
    assert Deliver.read(deliver.body(layout), layout) == deliver
    report = Report(id, "UNDELIV", b"2606031425", b"2606031426", sender)
    assert Report.read(report.content(layout)) == report


@layouts
@given(body=st.binary(max_size=300))
def test_any_body_is_read_or_refused(layout: Layout, body: bytes) -> None:
    for read in (
        lambda: Deliver.read(body, layout),
        lambda: Answer.read(body),
        lambda: LoginAnswer.read(body),
        lambda: Report.read(body),
    ):
        try:
            read()
        except Malformed:
            continue


@given(
    bodies=st.lists(st.binary(max_size=40), min_size=1, max_size=6),
    cuts=st.lists(st.integers(1, 30), min_size=1, max_size=40),
)
def test_frames_are_the_same_however_they_are_cut(bodies: list[bytes], cuts: list[int]) -> None:
    stream = b"".join(write(Command.DELIVER, place, body) for place, body in enumerate(bodies))
    cutter, found, at = framer(), [], 0
    while at < len(stream):
        step = cuts[at % len(cuts)]
        found += cutter.feed(stream[at : at + step])
        at += step
    assert [frame.body for frame in found] == bodies
    assert [frame.sequence for frame in found] == list(range(len(bodies)))


@pytest.mark.parametrize("length", [0, 11, 4097, 1 << 31])
def test_a_length_that_cannot_be_is_refused(length: int) -> None:
    with pytest.raises(BadFrame):
        framer().feed(length.to_bytes(4, "big"))
