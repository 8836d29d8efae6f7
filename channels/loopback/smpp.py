"""A played SMSC: SMPP 3.4."""

from __future__ import annotations

from channels.loopback.gateway import PlayedGateway, Pushed, Taken

_HEAD = 16


class SmppGateway(PlayedGateway):
    """login: the system_id; the secret is the password. Ids are hex in answers, as in receipts."""

    LOGIN, SUBMIT, DELIVER, TEST, GOODBYE = 9, 4, 5, 0x15, 6
    TEST_BODY = b""
    STRUCTURE, BUSY = 2, 0x58
    HAS_STATUS = True

    def _judged(self, data: bytes) -> tuple[int, bytes]:
        texts = data[_HEAD:].split(b"\0")
        status = self.plan.login_status
        if not status and texts[0] != self._login:
            status = 0x0F
        if not status and texts[1] != self._secret:
            status = 0x0E
        return status, b"" if status else b"played\0"

    def _parsed(self, data: bytes) -> Taken | None:
        fields, at = {}, _HEAD
        for name in ("service_type", "source", "destination"):
            at += 2 if name != "service_type" else 0  # ton, npi
            end = data.index(b"\0", at)
            fields[name] = data[at:end]
            at = end + 1
        for name in ("esm_class", "protocol_id", "priority"):
            fields[name] = data[at : at + 1]
            at += 1
        for name in ("schedule", "validity"):
            end = data.index(b"\0", at)
            fields[name] = data[at:end]
            at = end + 1
        for name in ("registered_delivery", "replace", "data_coding", "default", "sm_length"):
            fields[name] = data[at : at + 1]
            at += 1
        if len(data) != at + fields["sm_length"][0]:
            return None
        content = data[at:]
        parts = {"Pk_total": content[4:5], "Pk_number": content[5:6]}
        head = fields["esm_class"] == b"\x40"
        return Taken(
            f"a{self._next_number():07x}",
            {**fields, "TP_udhi": b"\1" if head else b"\0", **(parts if head else {})},
            content,
            source=fields["source"].decode("ascii"),
            destination=fields["destination"].decode("ascii"),
            wants_receipt=fields["registered_delivery"] == b"\1",
        )

    def _result_body(self, id: str, result: int) -> bytes:
        return b"" if result else id.encode() + b"\0"

    def _delivery(self, pushed: Pushed) -> bytes:
        kind = 4 if pushed.is_receipt else 0x40 if pushed.has_head else 0
        reference = b"\x02\x04\0\2" + (pushed.id or self._next_number()).to_bytes(2, "big")
        return (
            b"\0\1\1"
            + pushed.sender.encode()
            + b"\0\0\0"
            + pushed.recipient.encode()
            + b"\0"
            + bytes((kind, 0, 0, 0, 0, 0, 0, 0 if pushed.is_receipt else pushed.form, 0, len(pushed.content)))
            + pushed.content
            + (b"" if pushed.is_receipt else reference)
        )

    def _told(self, data: bytes) -> int:
        return int.from_bytes(data[8:12], "big")

    def _receipt(self, taken: Taken, state: str) -> Pushed:
        at = self._now().strftime("%y%m%d%H%M")
        words = f"id:{taken.id} sub:001 dlvrd:001 submit date:{at} done date:{at} stat:{state} err:000 text:"
        return Pushed(taken.destination, taken.source, words.encode(), is_receipt=True)
