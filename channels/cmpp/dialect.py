"""CMPP as an account speaks it: login, keep-alive, goodbye, and the answers every request gets."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field

from channels.carrier.beijing import login_time
from channels.carrier.frame import Frame, Framer
from channels.carrier.link import Link
from channels.clock import Clock
from channels.cmpp import codes, pdu
from channels.cmpp.pdu import Command, Login, LoginAnswer

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CmppLogin:
    """Who we are at the gateway. version: 0x20, 0x21 or 0x30. pads_id: see `pdu.Login`."""

    sp_id: str
    secret: str = field(repr=False)
    version: int = 0x30
    pads_id: bool = True


class CmppDialect:
    """Implements `channels.carrier.account.Dialect`."""

    def __init__(self, who: CmppLogin, clock: Clock) -> None:
        self._who = who
        self._clock = clock

    def framer(self) -> Framer:
        return pdu.framer()

    def is_answer(self, frame: Frame) -> bool:
        return bool(frame.command & pdu.ANSWER)

    def keep_alive(self, sequence: int) -> bytes:
        return pdu.write(Command.ACTIVE_TEST, sequence)

    def goodbye(self, sequence: int) -> bytes:
        return pdu.write(Command.TERMINATE, sequence)

    async def log_in(self, link: Link) -> None:
        """Raises `LoginRefused`, `NoAnswer` or `NotSent`."""
        who = self._who
        login = Login(
            who.sp_id, who.secret.encode(), who.version, login_time(self._clock.now_ms()), pads_id=who.pads_id
        )
        frame = await link.ask(lambda sequence: pdu.write(Command.CONNECT, sequence, login.body()))
        try:
            answer = LoginAnswer.read(frame.body)
        except pdu.Malformed:
            raise codes.login_refused(-1) from None
        if answer.status:
            raise codes.login_refused(answer.status)
        if not login.is_answered_by(answer):
            log.warning("cmpp.gateway_not_proved")  # many gateways hash it their own way

    @staticmethod
    def answer(link: Link, frame: Frame) -> bool:
        """Answers what needs no thought; whether it was that. A goodbye ends the connection."""
        if frame.command == Command.ACTIVE_TEST:
            link.tell(pdu.write(Command.ACTIVE_TEST | pdu.ANSWER, frame.sequence, b"\0"))
        elif frame.command == Command.TERMINATE:
            link.tell(pdu.write(Command.TERMINATE | pdu.ANSWER, frame.sequence))
            link.end("goodbye-of-peer")
        elif frame.command != Command.DELIVER:
            log.info("cmpp.command_unknown", extra={"command": frame.command})
        else:
            return False
        return True
