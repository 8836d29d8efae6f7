"""What helps with an emergency, on the alarm page and on the page of a case (`staff/aid.html`): the card of
who registered with 12110, and what the carrier knows of the telephone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from aiohttp import web

from hub.actions.alarms.ask_carrier import CarrierView
from hub.actions.alarms.read_alarms import AlarmBoard
from hub.actions.people.register.show_cards import RegisterCard
from hub.model.agent import Agent
from hub.model.alarms.carrier_data import Asked, Outcome, Position
from hub.model.cases.case import Case
from hub.settings.carrier_data import CarrierData
from hub.web.guard.auth import agent_of
from hub.web.i18n import msgid
from hub.web.keys import HUB
from hub.web.pages.aid import register_words

ASKED: Mapping[Asked, str] = {
    Asked.SUBSCRIBER: msgid("机主信息（三字段）"),
    Asked.POSITION: msgid("手机位置"),
}
ASK: Mapping[Asked, str] = {
    Asked.SUBSCRIBER: msgid("查询机主信息"),
    Asked.POSITION: msgid("查询手机位置"),
}
OUTCOME: Mapping[Outcome, str] = {
    Outcome.PENDING: msgid("正在查询"),
    Outcome.ANSWERED: msgid("已答复"),
    Outcome.UNKNOWN: msgid("运营商查不到这个号码，可能是其他运营商的号码"),
    Outcome.REFUSED: msgid("运营商拒绝了查询，请管理员核对密钥和授权"),
    Outcome.TIMED_OUT: msgid("运营商没有及时答复，请再查一次"),
    Outcome.UNREACHABLE: msgid("连不上运营商的系统，请再查一次；仍连不上请打电话查询"),
    Outcome.UNAVAILABLE: msgid("运营商的系统暂时不能查询，请稍后再查；紧急时请打电话查询"),
    Outcome.MALFORMED: msgid("运营商的答复有误，没有采用，请打电话查询"),
}
"""What the officer reads, and what to do then."""


@dataclass(frozen=True, slots=True)
class Aid:
    """By the id of the case. registered, cards: as in `RegisterCards`. carriers: those the carrier may be
    asked about."""

    registered: frozenset[str]
    cards: Mapping[str, RegisterCard]
    carriers: Mapping[str, CarrierView]


class AidWords:
    """The words and the map, for templates."""

    asked = ASKED
    ask = ASK
    outcome = OUTCOME
    difficulty = register_words.DIFFICULTY
    hint = register_words.HINT

    def __init__(self, settings: CarrierData, now: int) -> None:
        self._settings = settings
        self.now = now
        self.map_datum = settings.map_datum
        self.has_map = bool(settings.map_link)

    def map_of(self, position: Position) -> str:
        """The address of the map, "" where none is configured or it has another coordinate system: between
        two of them lie hundreds of metres."""
        if position.datum != self.map_datum:
            return ""
        link = self._settings.map_link
        for name, value in (("{latitude}", position.latitude), ("{longitude}", position.longitude)):
            link = link.replace(name, quote(f"{value:.6f}"))
        return link


async def aid_of_board(request: web.Request, agent: Agent, board: AlarmBoard) -> Aid:
    """For the alarm page: cards for who is on duty, of what rings or may be danger, and of what they have in
    hand."""
    groups = (board.ringing, board.in_hand)
    cases = [card.case for group in groups for card in (*group.cards, *group.lines)]
    mine = [card.case for card in board.in_hand.cards if card.alarm.by == agent.id]
    possible = [one.case for one in board.possible]
    large = [*(card.case for card in board.ringing.cards), *mine]
    shown = [*large, *possible] if board.mine else mine
    return await _aid(request, agent, [*cases, *possible], shown, large)


async def aid_of_case(request: web.Request, case: Case) -> Aid:
    """For the page of one case."""
    return await _aid(request, agent_of(request), [case], [case], [case])


def shown_aid(request: web.Request, aid: Aid) -> dict[str, Any]:
    """What `staff/aid.html` and the marks are drawn from."""
    hub = request.app[HUB]
    return {"aid": aid, "aid_words": AidWords(hub.settings.carrier_data, hub.clock.now_ms())}


async def _aid(
    request: web.Request, agent: Agent, cases: Sequence[Case], shown: Sequence[Case], asked: Sequence[Case]
) -> Aid:
    hub = request.app[HUB]
    register = await hub.actions.people.register.cards(agent, cases, shown={case.id for case in shown})
    carriers = await hub.alarms.ask_carrier.read(agent, asked)
    return Aid(register.registered, register.cards, carriers)
