"""SMGP as the carriers' adapter speaks it. Source: China Telecom, SMGP 3.0.3."""

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
from channels.smgp import codes, pdu
from channels.smgp.pdu import Answer, Command, Deliver, Login, LoginAnswer, Submit

_STRUCTURE = 10
"""Status of a DELIVER that cannot be read."""


@dataclass(frozen=True, slots=True)
class SmgpSettings:
    """Who we are at the gateway, and what every SUBMIT says. version: 0x13 or 0x30.

    number: the access number. busy, refused_numbers: see `codes.submit_refused`.
    """

    client_id: str
    secret: str = field(repr=False)
    number: str
    version: int = 0x30
    service_id: str = ""
    fee_type: str = "00"
    fee_code: str = "000000"
    busy: frozenset[int] = frozenset()
    refused_numbers: frozenset[int] = frozenset()


class Smgp(CommonHead):
    """Implements `channels.carrier.gateway.Protocolled`."""

    TEST, GOODBYE, DELIVER = Command.ACTIVE_TEST, Command.EXIT, Command.DELIVER
    TEST_ANSWER = b""

    def __init__(self, settings: SmgpSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock

    async def log_in(self, link: Link) -> None:
        """Raises `LoginRefused`, `NoAnswer` or `NotSent`."""
        who = self._settings
        login = Login(who.client_id, who.secret.encode(), who.version, login_time(self._clock.now_ms()))
        answer = await logged_in(link, Command.LOGIN, login.body(), LoginAnswer.read, codes.login_refused)
        note_unproved(proved=login.is_answered_by(answer))

    def submit(self, to: str, part: Piece) -> Callable[[int], bytes]:
        settings = self._settings
        message = Submit(
            source=settings.number + part.extension,
            destination=to,
            content=part.content,
            form=part.form,
            service_id=settings.service_id,
            total=part.total,
            number=part.number,
            fee_type=settings.fee_type,
            fee_code=settings.fee_code,
        )
        return pdu.submit(message, settings.version)

    def submitted(self, frame: Frame) -> str:
        answer = Answer.read(frame.body)
        if answer.status:
            settings = self._settings
            raise codes.submit_refused(
                answer.status, busy=settings.busy, refused_numbers=settings.refused_numbers
            )
        return answer.id.hex()

    def heard(self, frame: Frame) -> Text | Report:
        deliver = Deliver.read(frame.body)
        if deliver.is_receipt:
            report = pdu.Report.read(deliver.content)
            delivered = report.state == "DELIVRD"
            code = "" if delivered else ":".join(filter(None, (report.state, report.error)))
            return Report(
                id=report.id.hex(),
                destination=self._other(deliver),
                state=codes.state_of(report.state),
                code=code,
                sent_at=minute(report.submitted),
            )
        place, content = split_head(deliver.content) if deliver.has_head else (None, deliver.content)
        return Text(deliver.id.hex(), deliver.sender, deliver.recipient, deliver.form, content, place)

    def taken(self, frame: Frame, *, stored: bool) -> bytes:
        answer = Answer(frame.body[: pdu.ID_BYTES].ljust(pdu.ID_BYTES, b"\0"), 0 if stored else _STRUCTURE)
        return write(Command.DELIVER | ANSWER, frame.sequence, answer.body())

    def _other(self, deliver: Deliver) -> str:
        """The number that got the text: a receipt comes from it, or at some gateways goes to it."""
        ours = deliver.sender.startswith(self._settings.number)
        return deliver.recipient if ours else deliver.sender
