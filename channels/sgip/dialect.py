"""SGIP as the carriers' adapter speaks it. Source: China Unicom, SGIP 1.2."""

from __future__ import annotations

import hmac
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from weakref import WeakSet

from channels.carrier.beijing import login_time, nearest
from channels.carrier.frame import Frame, Framer
from channels.carrier.gateway import Report, Text
from channels.carrier.link import Link
from channels.carrier.long_text import Piece, split_head
from channels.clock import Clock
from channels.contract import ReceiptState
from channels.sgip import codes, pdu
from channels.sgip.pdu import ANSWER, Bind, Command, Deliver, LoginType, Malformed, Submit, write

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SgipSettings:
    """Who we are at the gateway, and who it is at ours. node: our node number (3 area code, company). number:
    the access number. peer_name, peer_secret: what the gateway logs in to us with.

    busy, refused_numbers: see `codes.submit_refused`.
    """

    name: str
    secret: str = field(repr=False)
    peer_name: str
    peer_secret: str = field(repr=False)
    node: int
    number: str
    corp_id: str
    service_type: str = ""
    busy: frozenset[int] = frozenset()
    refused_numbers: frozenset[int] = frozenset()


class Sgip:
    """Implements `channels.carrier.gateway.Protocolled`, for both directions."""

    def __init__(self, settings: SgipSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._let_in: WeakSet[Link] = WeakSet()
        self._second, self._time = 0, ""

    def framer(self) -> Framer:
        return pdu.framer()

    def is_answer(self, frame: Frame) -> bool:
        return bool(frame.command & ANSWER)

    def sequence(self, counter: int) -> int:
        now = self._clock.now_ms()
        if now // 1000 != self._second:
            self._second, self._time = now // 1000, login_time(now)
        return pdu.sequence_of(self._settings.node, self._time, counter)

    def keep_alive(self, sequence: int) -> bytes:
        """There is none."""
        return b""

    def goodbye(self, sequence: int) -> bytes:
        return write(Command.UNBIND, sequence)

    async def log_in(self, link: Link) -> None:
        """Raises `LoginRefused`, `NoAnswer` or `NotSent`."""
        who = self._settings
        body = Bind(LoginType.TO_GATEWAY, who.name, who.secret).body()
        frame = await link.ask(lambda sequence: write(Command.BIND, sequence, body))
        try:
            result = pdu.result_of(frame)
        except Malformed:
            raise codes.login_refused(-1) from None
        if result:
            raise codes.login_refused(result)

    def submit(self, to: str, part: Piece) -> Callable[[int], bytes]:
        settings = self._settings
        return pdu.submit(
            Submit(
                source=settings.number + part.extension,
                destination=to,
                content=part.content,
                form=part.form,
                corp_id=settings.corp_id,
                service_type=settings.service_type,
                has_head=part.has_head,
            )
        )

    def submitted(self, frame: Frame) -> str:
        settings = self._settings
        if result := pdu.result_of(frame):
            raise codes.submit_refused(result, busy=settings.busy, refused_numbers=settings.refused_numbers)
        return pdu.id_of(frame.sequence)

    def unanswered(self, sequence: int) -> str:
        """A report names the sequence number, so the id is known before there is an answer."""
        return pdu.id_of(sequence)

    def answer(self, link: Link, frame: Frame) -> bool:
        if frame.command == Command.BIND:
            result = self._judged(frame)
            if not result:
                self._let_in.add(link)
            link.tell(write(Command.BIND | ANSWER, frame.sequence, pdu.answer(result)))
            if result:
                log.warning("sgip.peer_refused")
                link.end("login-refused")
        elif frame.command == Command.UNBIND:
            link.tell(write(Command.UNBIND | ANSWER, frame.sequence))
            link.end("goodbye-of-peer")
        elif frame.command not in (Command.DELIVER, Command.REPORT):
            log.info("carrier.command_unknown", extra={"command": frame.command})
        elif link not in self._let_in:
            link.tell(write(frame.command | ANSWER, frame.sequence, pdu.answer(codes.REFUSED_LOGIN)))
            link.end("not-logged-in")
        else:
            return False
        return True

    def heard(self, frame: Frame) -> Text | Report:
        if frame.command == Command.REPORT:
            report = pdu.Report.read(frame.body)
            state = codes.state_of(report.state)
            return Report(
                id=pdu.id_of(report.sequence),
                destination=report.destination,
                state=state,
                code=str(report.error) if state is ReceiptState.UNDELIVERED else "",
                sent_at=nearest(self._clock.now_ms(), report.sequence >> 32 & 0xFFFFFFFF),
            )
        deliver = Deliver.read(frame.body)
        place, content = split_head(deliver.content) if deliver.has_head else (None, deliver.content)
        return Text(
            pdu.id_of(frame.sequence), deliver.sender, deliver.recipient, deliver.form, content, place
        )

    def taken(self, frame: Frame, *, stored: bool) -> bytes:
        result = 0 if stored else codes.BAD_PARAMETER
        return write(frame.command | ANSWER, frame.sequence, pdu.answer(result))

    def _judged(self, frame: Frame) -> int:
        """The result for a gateway that logs in to us."""
        try:
            bind = Bind.read(frame.body)
        except Malformed:
            return codes.BAD_PARAMETER
        known = hmac.compare_digest(bind.name.encode(), self._settings.peer_name.encode())
        proved = hmac.compare_digest(bind.password.encode(), self._settings.peer_secret.encode())
        return 0 if known and proved and bind.kind == LoginType.TO_US else codes.REFUSED_LOGIN
