"""CMPP from the side of the gateway: what departments' systems ask, and what they are answered.

The id of a message has 64 bits there: it is made of ours, without the highest bit, which some systems take
for a sign. Source: China Mobile, CMPP 2.0 and 3.0.0.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Sequence
from functools import partial
from hashlib import sha256
from zlib import crc32

from channels.carrier.alphabet import ENCODINGS, format_of
from channels.carrier.beijing import nearest
from channels.carrier.common_head import ANSWER, CommonHead, digest, write
from channels.carrier.frame import BadFrame, Frame
from channels.carrier.long_text import pieces, split_head
from channels.clock import Clock
from channels.cmpp.codes import FLOW_CONTROL
from channels.cmpp.pdu import (
    CMPP_2,
    Answer,
    Command,
    Deliver,
    Layout,
    LoginAnswer,
    LoginAsked,
    Report,
    layout_of,
)
from channels.cmpp.submitted import Submitted
from channels.listener.contract import (
    CitizenText,
    Control,
    Login,
    Outcome,
    Refusal,
    Refused,
    TextPart,
    TextReceipt,
)
from channels.listener.moment import minute, moment

_NEWEST = 0x30
_GROUP = 0x7F
"""Room for the numbers of a group, which is 100 at most."""
_FRESH_MS = 5 * 60_000
"""So far the clock of the other side may be from ours: a login that was listened to is soon worth nothing."""
_STRUCTURE, _NOT_PROVED, _VERSION, _OTHER = 1, 3, 4, 5
_LOGIN_STATUS = {
    Refusal.WRONG_LOGIN: _NOT_PROVED,  # never 2: that would tell which names exist
    Refusal.WRONG_TIME: _NOT_PROVED,
    Refusal.WRONG_VERSION: _VERSION,
}
"""Every other refusal of a login is 5: later."""
_RESULT = {
    Refusal.NOT_LOGGED_IN: 2,
    Refusal.TOO_FAST: FLOW_CONTROL,
    Refusal.UNAVAILABLE: FLOW_CONTROL,  # what every system sends again
    Refusal.EMPTY: 4,
    Refusal.BAD_SOURCE: 10,
    Refusal.BAD_DESTINATION: 13,
    Refusal.BAD_SCHEDULE: _STRUCTURE,
    Refusal.BAD_EXPIRY: _STRUCTURE,
    Refusal.DAILY_QUOTA: 20,
    Refusal.MONTHLY_QUOTA: 21,
    Refusal.REFUSED: 22,
}
"""20 and above are the hub's own: the protocol has none for them."""
_WORDS = {
    Outcome.DELIVERED: "DELIVRD",
    Outcome.EXPIRED: "EXPIRED",
    Outcome.DELETED: "DELETED",
    Outcome.UNDELIVERABLE: "UNDELIV",
    Outcome.UNKNOWN: "UNKNOWN",
    Outcome.REJECTED: "REJECTD",
}


class CmppServed(CommonHead):
    """Implements `channels.listener.contract.Served`. One connection speaks the version it logged in with."""

    TEST, GOODBYE, DELIVER = Command.ACTIVE_TEST, Command.TERMINATE, Command.DELIVER
    TEST_ANSWER = b"\0"

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._layout: Layout = CMPP_2
        self._secret = b""

    def asked(self, frame: Frame) -> Login | TextPart | Control | None:
        """Raises `BadFrame`, `Refused`."""
        if frame.command == Command.ACTIVE_TEST:
            return Control.ALIVE
        if frame.command == Command.TERMINATE:
            return Control.GOODBYE
        if frame.command == Command.CONNECT:
            return self._login(LoginAsked.read(frame.body))
        return self._part(frame) if frame.command == Command.SUBMIT else None

    def done(self, frame: Frame, id: str = "") -> bytes:
        if frame.command == Command.CONNECT:
            return self._login_answer(frame, 0)
        body = b""
        if frame.command == Command.SUBMIT:
            body = Answer(message_number(id), 0).body(self._layout)
        elif frame.command == Command.ACTIVE_TEST:
            body = self.TEST_ANSWER
        return write(frame.command | ANSWER, frame.sequence, body)

    def refused(self, frame: Frame, refusal: Refusal) -> bytes:
        if frame.command == Command.CONNECT:
            return self._login_answer(frame, _LOGIN_STATUS.get(refusal, _OTHER))
        return self._result(frame, _RESULT.get(refusal, _RESULT[Refusal.REFUSED]))

    def unreadable(self, frame: Frame | None) -> bytes:
        """Bytes that are no frame have no answer in CMPP."""
        if frame is None:
            return b""
        if frame.command == Command.CONNECT:
            return self._login_answer(frame, _STRUCTURE)
        return self._result(frame, _STRUCTURE)

    def unknown(self, frame: Frame) -> bytes:
        """Nothing: CMPP has no answer to a command that is not known."""
        return b""

    def receipt(self, receipt: TextReceipt) -> Callable[[int], bytes]:
        report = Report(
            message_id=message_number(receipt.id) + receipt.place,  # as the specification counts a group
            state=_WORDS[receipt.outcome],
            submitted=minute(receipt.submitted_at).encode(),
            done=minute(receipt.ended_at).encode(),
            destination=receipt.destination,
        )
        body = Deliver(
            message_id=report.message_id,
            recipient=receipt.source,
            sender=receipt.destination,  # who got the text reports
            form=0,
            has_head=False,
            is_receipt=True,
            content=report.content(self._layout),
        ).body(self._layout)
        return lambda sequence: write(Command.DELIVER, sequence, body)

    def text(self, text: CitizenText) -> Sequence[Callable[[int], bytes]]:
        bodies = [
            Deliver(
                message_id=message_number(f"{text.id}-{piece.number}"),
                recipient=text.recipient,
                sender=text.sender.removeprefix("+"),
                form=piece.form,
                has_head=piece.has_head,
                is_receipt=False,
                content=piece.content,
            ).body(self._layout)
            for piece in pieces(text.text, reference=lambda: crc32(text.id.encode()) & 0xFF)
        ]
        return [partial(write, Command.DELIVER, body=body) for body in bodies]

    def acknowledged(self, frame: Frame) -> bool:
        try:
            return frame.command == Command.DELIVER | ANSWER and not Answer.read(frame.body).result
        except BadFrame:
            return False

    # --- within ---

    def _login(self, asked: LoginAsked) -> Login:
        if asked.version > _NEWEST:
            raise Refused(Refusal.WRONG_VERSION)

        def proves(secret: str) -> bool:
            key = secret.encode()
            if not hmac.compare_digest(asked.with_secret(key).proof, asked.proof):
                return False
            now = self._clock.now_ms()
            if abs(nearest(now, asked.timestamp) - now) > _FRESH_MS:
                raise Refused(Refusal.WRONG_TIME)  # told to nobody but who knows the secret, or repeats one
            self._layout, self._secret = layout_of(asked.version), key
            return True

        return Login(asked.sp_id, "", proves=proves)

    def _login_answer(self, frame: Frame, status: int) -> bytes:
        """In the version that was asked in. One that is not 0 proves nothing."""
        try:
            asked = LoginAsked.read(frame.body)
        except BadFrame:
            asked = LoginAsked("", b"", CMPP_2.version, 0)
        version = min(asked.version, _NEWEST)
        layout = layout_of(version)
        told = status.to_bytes(1 if layout is CMPP_2 else 4, "big")
        proof = bytes(16) if status else digest(told, asked.proof, self._secret)
        return write(frame.command | ANSWER, frame.sequence, LoginAnswer(status, proof, version).body(layout))

    def _result(self, frame: Frame, result: int) -> bytes:
        if frame.command != Command.SUBMIT:
            return b""
        return write(frame.command | ANSWER, frame.sequence, Answer(0, result).body(self._layout))

    def _part(self, frame: Frame) -> TextPart:
        message, now = Submitted.read(frame.body, self._layout), self._clock.now_ms()
        place, content = split_head(message.content) if message.has_head else (None, message.content)
        return TextPart(
            source=message.source,
            destination=message.destinations[0],
            others=message.destinations[1:],
            encoding=ENCODINGS.get(format_of(message.form), ""),
            content=content,
            sequence=frame.sequence,
            place=place,
            wants_receipt=message.wants_receipt,
            not_before=moment(message.at, now, Refusal.BAD_SCHEDULE),
            expires_at=moment(message.valid_until, now, Refusal.BAD_EXPIRY),
        )


def message_number(id: str) -> int:
    """Msg_Id of a message; of a group, that of its first number."""
    return int.from_bytes(sha256(id.encode()).digest()[:8], "big") >> 1 & ~_GROUP
