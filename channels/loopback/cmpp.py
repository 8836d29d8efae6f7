"""A played gateway (ISMG) of China Mobile: CMPP 2.0 and 3.0."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import md5

from channels.loopback.gateway import Field, PlayedGateway, Pushed, Taken

_GATEWAY = 123456

# Offsets of SUBMIT with one number, as the specifications give them.
_SUBMIT: Mapping[int, Mapping[str, Field]] = {
    2: {
        "Pk_total": (20, 1),
        "Pk_number": (21, 1),
        "Registered_Delivery": (22, 1),
        "Service_Id": (24, 10),
        "Fee_UserType": (34, 1),
        "TP_udhi": (57, 1),
        "Msg_Fmt": (58, 1),
        "Msg_src": (59, 6),
        "FeeType": (65, 2),
        "FeeCode": (67, 6),
        "Src_Id": (107, 21),
        "DestUsr_tl": (128, 1),
        "Dest_terminal_Id": (129, 21),
        "Msg_Length": (150, 1),
    },
    3: {
        "Pk_total": (20, 1),
        "Pk_number": (21, 1),
        "Registered_Delivery": (22, 1),
        "Service_Id": (24, 10),
        "Fee_UserType": (34, 1),
        "TP_udhi": (69, 1),
        "Msg_Fmt": (70, 1),
        "Msg_src": (71, 6),
        "FeeType": (77, 2),
        "FeeCode": (79, 6),
        "Src_Id": (119, 21),
        "DestUsr_tl": (140, 1),
        "Dest_terminal_Id": (141, 32),
        "Msg_Length": (174, 1),
    },
}
_CONTENT_AT = {2: 151, 3: 175}
_AFTER_CONTENT = {2: 8, 3: 20}
_NUMBER_BYTES = {2: 21, 3: 32}
_STATUS_BYTES = {2: 1, 3: 4}


class CmppGateway(PlayedGateway):
    """login: the SP_Id."""

    LOGIN, GOODBYE, SUBMIT, DELIVER, TEST = 1, 2, 4, 5, 8
    TEST_BODY = b"\0"
    STRUCTURE, BUSY = 1, 8

    def _judged(self, data: bytes) -> tuple[int, bytes]:
        version = self.plan.login_layout or self.plan.version
        stamp = f"{int.from_bytes(data[35:39], 'big'):010d}".encode()
        source = self._login.ljust(6, b"\0") + bytes(9)
        proof = md5(source + self._secret + stamp).digest()  # noqa: S324 — CMPP
        status = self.plan.login_status
        if not status and (len(data) != 39 or data[12:18].rstrip(b"\0") != self._login):
            status = 2
        if not status and data[18:34] != proof:
            status = 3
        told = status.to_bytes(_STATUS_BYTES[version], "big")
        mine = md5(told + proof + self._secret).digest()  # noqa: S324 — CMPP
        return status, told + mine + bytes((0x10 * version,))

    def _parsed(self, data: bytes) -> Taken | None:
        version = self.plan.version
        fields = {name: data[at : at + size] for name, (at, size) in _SUBMIT[version].items()}
        start = _CONTENT_AT[version]
        if len(data) < start or len(data) != start + fields["Msg_Length"][0] + _AFTER_CONTENT[version]:
            return None
        return Taken(
            f"{self._next_id():016x}",
            fields,
            data[start : start + fields["Msg_Length"][0]],
            source=fields["Src_Id"].rstrip(b"\0").decode("ascii"),
            destination=fields["Dest_terminal_Id"].rstrip(b"\0").decode("ascii"),
            wants_receipt=fields["Registered_Delivery"] == b"\1",
        )

    def _result_body(self, id: str, result: int) -> bytes:
        return int(id or "0", 16).to_bytes(8, "big") + result.to_bytes(
            _STATUS_BYTES[self.plan.version], "big"
        )

    def _delivery(self, pushed: Pushed) -> bytes:
        version = self.plan.version
        return (
            (pushed.id or self._next_id()).to_bytes(8, "big")
            + pushed.recipient.encode().ljust(21, b"\0")
            + bytes(10)
            + bytes((0, pushed.has_head, pushed.form))
            + pushed.sender.encode().ljust(_NUMBER_BYTES[version], b"\0")
            + (b"\0" if version == 3 else b"")
            + bytes((pushed.is_receipt, len(pushed.content)))
            + pushed.content
            + bytes(_AFTER_CONTENT[version])
        )

    def _told(self, data: bytes) -> int:
        return int.from_bytes(data[20:], "big")

    def _receipt(self, taken: Taken, state: str) -> Pushed:
        wide = (self.plan.receipt_bytes or (60 if self.plan.version == 2 else 71)) == 71
        at = self._now().strftime("%y%m%d%H%M").encode()
        number = taken.destination.encode().ljust(32 if wide else 21, b"\0")
        content = bytes.fromhex(taken.id) + state.encode().ljust(7, b"\0") + at + at + number + bytes(4)
        return Pushed(taken.destination, taken.source, content, form=0, is_receipt=True)

    def _next_id(self) -> int:
        """Month, day, hour, minute, second, gateway, counter, as Msg_Id is made."""
        now = self._now()
        times = ((now.month, 60), (now.day, 55), (now.hour, 50), (now.minute, 44), (now.second, 38))
        made = sum(value << at for value, at in times)
        return made | _GATEWAY << 16 | self._next_number() & 0xFFFF
