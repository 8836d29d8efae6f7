"""CMPP as the carriers' adapter speaks it. Source: China Mobile, CMPP 2.0 and 3.0.0."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from channels.carrier.beijing import login_time, minute
from channels.carrier.common_head import ANSWER, CommonHead, logged_in, note_unproved, write
from channels.carrier.frame import Frame
from channels.carrier.gateway import Report, Text
from channels.carrier.link import Link
from channels.carrier.long_text import Piece, split_head
from channels.clock import Clock
from channels.cmpp import codes, pdu
from channels.cmpp.pdu import Answer, Command, Deliver, Login, LoginAnswer, Submit, layout_of

_STRUCTURE = 1
"""Result of a DELIVER that cannot be read."""


@dataclass(frozen=True, slots=True)
class CmppSettings:
    """Who we are at the gateway, and what every SUBMIT says. version: 0x20, 0x21 or 0x30.

    pads_id: see `pdu.Login`. number: the access number. parts_named: whether Pk_total and Pk_number of a long
    text say so (some gateways want 1 and 1). busy, refused_numbers: see `codes.submit_refused`.
    """

    sp_id: str
    secret: str = field(repr=False)
    number: str
    version: int = 0x30
    pads_id: bool = True
    service_id: str = ""
    fee_type: str = "01"
    fee_code: str = "000000"
    parts_named: bool = True
    busy: frozenset[int] = frozenset()
    refused_numbers: frozenset[int] = frozenset()


class Cmpp(CommonHead):
    """Implements `channels.carrier.gateway.Protocolled`."""

    TEST, GOODBYE, DELIVER = Command.ACTIVE_TEST, Command.TERMINATE, Command.DELIVER
    TEST_ANSWER = b"\0"

    def __init__(self, settings: CmppSettings, clock: Clock) -> None:
        self._settings = settings
        self._layout = layout_of(settings.version)
        self._clock = clock

    async def log_in(self, link: Link) -> None:
        """Raises `LoginRefused`, `NoAnswer` or `NotSent`."""
        who = self._settings
        login = Login(
            who.sp_id, who.secret.encode(), who.version, login_time(self._clock.now_ms()), pads_id=who.pads_id
        )
        answer = await logged_in(link, Command.CONNECT, login.body(), LoginAnswer.read, codes.login_refused)
        note_unproved(proved=login.is_answered_by(answer))

    def submit(self, to: str, part: Piece) -> Callable[[int], bytes]:
        settings = self._settings
        message = Submit(
            source=settings.number + part.extension,
            destination=to,
            content=part.content,
            form=part.form,
            sp_id=settings.sp_id,
            service_id=settings.service_id,
            has_head=part.has_head,
            total=part.total if settings.parts_named else 1,
            number=part.number if settings.parts_named else 1,
            fee_type=settings.fee_type,
            fee_code=settings.fee_code,
        )
        return pdu.submit(message, self._layout)

    def submitted(self, frame: Frame) -> str:
        answer = Answer.read(frame.body)
        if answer.result:
            settings = self._settings
            raise codes.submit_refused(
                answer.result, busy=settings.busy, refused_numbers=settings.refused_numbers
            )
        return _hex(answer.message_id)

    def heard(self, frame: Frame) -> Text | Report:
        deliver = Deliver.read(frame.body, self._layout)
        if deliver.is_receipt:
            report = pdu.Report.read(deliver.content)
            return Report(
                id=_hex(report.message_id),
                destination=report.destination,
                state=codes.state_of(report.state),
                code="" if report.state == "DELIVRD" else report.state,
                sent_at=minute(report.submitted),
            )
        place, content = split_head(deliver.content) if deliver.has_head else (None, deliver.content)
        return Text(_hex(deliver.message_id), deliver.sender, deliver.recipient, deliver.form, content, place)

    def taken(self, frame: Frame, *, stored: bool) -> bytes:
        answer = Answer(int.from_bytes(frame.body[:8], "big"), 0 if stored else _STRUCTURE)
        return write(Command.DELIVER | ANSWER, frame.sequence, answer.body(self._layout))


def _hex(message_id: int) -> str:
    """As the outbox keeps ids: months of 8 and more are beyond a signed number."""
    return f"{message_id:016x}"
