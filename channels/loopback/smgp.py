"""A played gateway of China Telecom: SMGP 3.0."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import md5

from channels.loopback.gateway import Field, PlayedGateway, Pushed, Taken

# Offsets of SUBMIT with one number, as the specification gives them.
_SUBMIT: Mapping[str, Field] = {
    "MsgType": (12, 1),
    "NeedReport": (13, 1),
    "Priority": (14, 1),
    "ServiceID": (15, 10),
    "FeeType": (25, 2),
    "FeeCode": (27, 6),
    "FixedFee": (33, 6),
    "MsgFormat": (39, 1),
    "SrcTermID": (74, 21),
    "ChargeTermID": (95, 21),
    "DestTermIDCount": (116, 1),
    "DestTermID": (117, 21),
    "MsgLength": (138, 1),
}
_CONTENT_AT = 139
_UDHI, _PARTS, _PART = 2, 9, 10
_GATEWAY = "010061"


class SmgpGateway(PlayedGateway):
    """login: the ClientID."""

    LOGIN, SUBMIT, DELIVER, TEST, GOODBYE = 1, 2, 3, 4, 6
    TEST_BODY = b""
    STRUCTURE, BUSY = 10, 1

    def _judged(self, data: bytes) -> tuple[int, bytes]:
        stamp = f"{int.from_bytes(data[37:41], 'big'):010d}".encode()
        proof = md5(self._login + bytes(7) + self._secret + stamp).digest()  # noqa: S324 — SMGP
        status = self.plan.login_status
        if not status and (len(data) != 42 or data[12:20].rstrip(b"\0") != self._login or data[36] != 2):
            status = 10
        if not status and data[20:36] != proof:
            status = 21
        told = status.to_bytes(4, "big")
        return status, told + md5(told + proof + self._secret).digest() + b"\x30"  # noqa: S324 — SMGP

    def _parsed(self, data: bytes) -> Taken | None:
        fields = {name: data[at : at + size] for name, (at, size) in _SUBMIT.items()}
        if len(data) < _CONTENT_AT:
            return None
        end = _CONTENT_AT + fields["MsgLength"][0]
        more, at = {}, end + 8
        while at + 4 <= len(data):
            tag, size = int.from_bytes(data[at : at + 2], "big"), int.from_bytes(data[at + 2 : at + 4], "big")
            more[tag] = data[at + 4 : at + 4 + size]
            at += 4 + size
        if at != len(data) or fields["MsgType"] != b"\6":
            return None
        parts = {"Pk_total": more.get(_PARTS, b"\1"), "Pk_number": more.get(_PART, b"\1")}
        return Taken(
            self._next_id(),
            {**fields, **parts, "TP_udhi": more.get(_UDHI, b"\0")},
            data[_CONTENT_AT:end],
            source=fields["SrcTermID"].rstrip(b"\0").decode("ascii"),
            destination=fields["DestTermID"].rstrip(b"\0").decode("ascii"),
            wants_receipt=fields["NeedReport"] == b"\1",
        )

    def _result_body(self, id: str, result: int) -> bytes:
        return bytes.fromhex(id or "00" * 10) + result.to_bytes(4, "big")

    def _delivery(self, pushed: Pushed) -> bytes:
        id = f"{pushed.id:020d}" if pushed.id else self._next_id()
        option = bytes((0, _UDHI, 0, 1, pushed.has_head)) if pushed.has_head else b""
        return (
            bytes.fromhex(id)
            + bytes((pushed.is_receipt, pushed.form))
            + self._now().strftime("%Y%m%d%H%M%S").encode()
            + pushed.sender.encode().ljust(21, b"\0")
            + pushed.recipient.encode().ljust(21, b"\0")
            + bytes((len(pushed.content),))
            + pushed.content
            + bytes(8)
            + option
        )

    def _told(self, data: bytes) -> int:
        return int.from_bytes(data[22:26], "big")

    def _receipt(self, taken: Taken, state: str) -> Pushed:
        at = self._now().strftime("%y%m%d%H%M").encode()
        error = b"000" if state == "DELIVRD" else b"006"
        words = (
            b"id:" + bytes.fromhex(taken.id) + b" sub:001 dlvrd:001 submit date:" + at + b" done date:" + at
        )
        words += b" stat:" + state.encode().ljust(7, b"\0") + b" err:" + error + b" text:012" + bytes(17)
        return Pushed(taken.destination, taken.source, words, form=0, is_receipt=True)

    def _next_id(self) -> str:
        """Gateway, month, day, hour, minute, counter, each digit four bits."""
        return _GATEWAY + self._now().strftime("%m%d%H%M") + f"{self._next_number() % 1_000_000:06d}"
