"""What stands beside the work on a case: whether it was put aside, its tags, what did not arrive."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from hub.model.agent import Permission
from hub.model.cases.case import Case
from hub.model.cases.queue.snoozing import UNTIL_SPOKEN, Wake, may_rest
from hub.web.guard.auth import agent_of
from hub.web.i18n import msgid
from hub.web.keys import HUB
from hub.web.pages.aid.aid import aid_of_case, shown_aid
from hub.web.pages.cases.queue_words import FLAGS_SHOWN

WAKES: Mapping[Wake, str] = {
    Wake.TOMORROW: msgid("明天 8:30"),
    Wake.MONDAY: msgid("下周一 8:30"),
    Wake.SPOKEN: msgid("群众有新消息时"),
    Wake.AT: msgid("指定时间"),
}


async def aside_of(request: web.Request, case: Case) -> Mapping[str, Any]:
    """Values for `staff/case_snooze.html`, `staff/case_tags.html` and `staff/case_undelivered.html`."""
    agent = agent_of(request)
    aid = await aid_of_case(request, case)
    card = aid.cards.get(case.id)
    hears = card is None or card.person.may_be_called
    has, rest = await request.app[HUB].actions.desk.tag_case.of(case)
    return {
        **shown_aid(request, aid),
        "may_call": hears and await request.app[HUB].actions.people.may_call(case),
        "tags_on": has,
        "tags_off": rest,
        "flag_words": FLAGS_SHOWN,
        "may_edit_tags": agent.may(Permission.TAG_EDIT),
        "wakes": WAKES,
        "until_spoken": UNTIL_SPOKEN,
        "may_rest": may_rest(case, agent.id),
    }
