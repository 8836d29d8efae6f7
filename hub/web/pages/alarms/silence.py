"""静默联系 beside a case: whether it holds, the form that changes it, the texts to such a contact."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from aiohttp import web

from channels.contract import ChannelKind
from hub.actions.alarms.set_silence import SetSilence
from hub.actions.cases.read_cases import CaseView
from hub.model.alarms.silence import is_silent
from hub.model.cases.replies.silent_replies import SILENT_REPLIES
from hub.web.form import read_form
from hub.web.i18n import msgid
from hub.web.keys import HUB
from hub.web.render import translator

_TITLES: Mapping[str, str] = {
    "reads": msgid("现在能看信息吗"),
    "safe": msgid("现在安全吗"),
    "alone": msgid("旁边有没有人"),
    "hurt": msgid("有没有人受伤"),
    "where": msgid("在什么地方"),
    "call": msgid("能不能打电话"),
    "deaf": msgid("听不见或不能说话"),
    "coming": msgid("已经出发"),
}
_BY_TELEPHONE = frozenset({ChannelKind.SMS, ChannelKind.VOICE})


async def wanted_silence(request: web.Request) -> partial[Any]:
    """The action with what the form asks for: `silent`, `yes` or anything else."""
    act: SetSilence = request.app[HUB].alarms.handling.silence
    return partial(act, silent=(await read_form(request)).get("silent") == "yes")


def silence_of(request: web.Request, view: CaseView) -> dict[str, Any]:
    """What `staff/case_silence.html` and the composer are drawn from."""
    case, _ = view.case, translator(request)
    silent = is_silent(case, request.app[HUB].clock.now_ms())
    texted = case.origin.kind in _BY_TELEPHONE
    language = case.origin.language
    return {
        "silent": silent,
        "may_silence": texted and "note" in view.allowed and (silent or case.is_open),
        "silent_texts": [(_(_TITLES[one.about]), one.text(language)) for one in SILENT_REPLIES]
        if silent and texted
        else [],
    }
