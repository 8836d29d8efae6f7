"""H13, what happened to cases one has to do with: the list, the count above every page, what is wanted and
when.

The count is asked for by the page itself, so it keeps no session alive. Its answer holds what a browser may
say outside the page: a number of cases, never a name or a word of one.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from aiohttp import web

from hub.actions.cases.queue.read_notifications import Told
from hub.model.agent import Agent, Permission
from hub.model.notification import NotificationKind
from hub.repositories.staff.notification_choices import NotificationChoices
from hub.runtime.bell import notification_topic
from hub.web.badges import Word
from hub.web.desk.feed import Channel
from hub.web.form import read_form
from hub.web.guard.auth import agent_of
from hub.web.i18n import Language, Translator, msgid
from hub.web.keys import HUB
from hub.web.pages.cases.queue import title_of
from hub.web.render import translator
from hub.web.staff_page import done, part, staff_page

PATH = "/staff/notifications"
KINDS: Mapping[NotificationKind, Word] = {
    NotificationKind.ASSIGNED: Word(msgid("指派给我"), icon="person"),
    NotificationKind.CITIZEN_REPLIED: Word(msgid("群众有新的来信"), icon="message"),
    NotificationKind.DUE: Word(msgid("期限临近或已超期"), icon="clock"),
    NotificationKind.MENTIONED: Word(msgid("同事在备注中提到我"), icon="pen"),
    NotificationKind.MOVED: Word(msgid("关注的工单有进展"), icon="track"),
    NotificationKind.WOKEN: Word(msgid("稍后处理的工单该办了"), icon="clock"),
    NotificationKind.UNDELIVERED: Word(msgid("发出的内容未送达，请联系群众"), icon="warning"),
    NotificationKind.CAMPAIGN_EXPIRED: Word(msgid("群发没有全部发出，请查看原因"), icon="warning"),
    NotificationKind.REPLY_RETURNED: Word(msgid("答复没有发出，已退回草稿"), icon="warning"),
    NotificationKind.CAMPAIGN_SUBMITTED: Word(msgid("有宣传活动等待审批"), icon="clock"),
    NotificationKind.CAMPAIGN_APPROVED: Word(msgid("我的宣传活动已批准"), icon="check"),
    NotificationKind.CAMPAIGN_RETURNED: Word(msgid("我的宣传活动被退回"), icon="back"),
    NotificationKind.CAMPAIGN_HELD: Word(msgid("宣传活动超出审批，等待重新审批"), icon="warning"),
    NotificationKind.WARNING_WAITING: Word(msgid("有预警等待我处理"), "bad", "alert"),
    NotificationKind.WARNING_RETURNED: Word(msgid("我的预警被退回"), icon="back"),
    NotificationKind.WARNING_OVER: Word(msgid("预警已到期，还没有解除或延长"), "warn", "warning"),
    NotificationKind.WARNING_PAPERS: Word(msgid("应急发布的手续还没有补齐"), "warn", "warning"),
    NotificationKind.CONTRACT_ENDS: Word(msgid("部门合同即将到期"), icon="calendar"),
    NotificationKind.RIGHTS_CHANGED: Word(msgid("我的角色、单位或可见范围有变化"), icon="lock"),
}
_ALERT = msgid("您有 %(count)s 件事需要处理")
_NEUTRAL = msgid("新消息")


async def notifications_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/notifications"""
    hub, agent, _ = request.app[HUB], agent_of(request), translator(request)
    read = hub.actions.desk.read_notifications
    return staff_page(
        request,
        "staff/notifications.html",
        told=await read.newest(agent),
        choices=await read.choices(agent),
        kinds=KINDS,
        clock=_clock,
        link_of=link_of,
        said_of=lambda told: said_of(told, _),
    )


def link_of(told: Told) -> str:
    """Where a line leads."""
    if told.notification.department_id:
        return f"/staff/departments/{told.notification.department_id}"
    if told.notification.warning_id:
        return f"/staff/warnings/{told.notification.warning_id}"
    if told.notification.kind is NotificationKind.RIGHTS_CHANGED:
        return "/staff/account"
    if told.case is None:
        return f"/staff/campaigns/{told.notification.campaign_id}"
    return f"/staff/cases/{told.case.id}"


def said_of(told: Told, _: Translator) -> str:
    """What a line is about."""
    return told.about if told.case is None else title_of(told.case, _)


async def count(request: web.Request) -> web.StreamResponse:
    """GET /staff/notifications/count: a piece of the bar above the page."""
    _ = translator(request)
    waiting = await request.app[HUB].actions.desk.read_notifications.waiting(agent_of(request))
    alert = _(_NEUTRAL) if waiting.neutral else _(_ALERT, count=waiting.count)
    return part(
        request,
        "staff/notification_count.html",
        waiting=waiting,
        alert="" if waiting.quiet or not waiting.count else alert,
    )


async def _look(_: Agent, __: Language) -> str:
    """The page reads the count itself: it is one's own, and nothing of it is shared. No number that others
    move too: it would tell how often inspectors were told something."""
    return secrets.token_hex(8)


def _topic_of(agent: Agent) -> str | None:
    told_of = (
        Permission.CASE_READ,
        Permission.REPORT_READ,
        Permission.CAMPAIGN_READ,
        Permission.DEPARTMENT_READ,
    )
    reads = any(map(agent.may, told_of))
    return notification_topic(agent.id) if reads else None


NOTIFICATIONS = Channel("notifications", _topic_of, _look)
"""Tells an open page to look at its bell."""


async def mark(request: web.Request) -> web.StreamResponse:
    """POST /staff/notifications/read: all of them."""
    await request.app[HUB].actions.desk.read_notifications.mark(agent_of(request))
    return done(PATH, "notifications_read")


async def choose(request: web.Request) -> web.StreamResponse:
    """POST /staff/notifications/choices: a box for each kind that is wanted, and the quiet hours."""
    posted = await read_form(request)
    quiet = [_minute(posted.get(name, "")) for name in ("quiet_from", "quiet_until")]
    choices = NotificationChoices(
        agent_of(request).id,
        tuple(kind for kind in KINDS if not posted.get(f"kind-{kind}")),
        *((0, 0) if None in quiet else (minute or 0 for minute in quiet)),
    )
    await request.app[HUB].actions.desk.read_notifications.choose(choices)
    return done(PATH, "saved")


def _minute(text: str) -> int | None:
    """Minutes of the day of `22:30`, None for anything else."""
    hour, _, minute = text.strip().partition(":")
    if not (hour.isdecimal() and minute.isdecimal() and hour.isascii() and minute.isascii()):
        return None
    found = 60 * int(hour) + int(minute)
    return found if int(minute) < 60 and found < 1440 else None


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
