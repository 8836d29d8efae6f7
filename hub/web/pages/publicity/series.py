"""Series of law education: the list, planning one, how far it is, and changes of single items."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import time, timedelta

from aiohttp import web

from campaigns.campaign import CampaignState
from campaigns.lesson import Lesson, lessons_of, shipped_lessons
from campaigns.segment import Segment, describe
from campaigns.series import DayOff, Item, ItemState, Order, Rhythm, Series
from channels.contract import ChannelKind
from channels.outbox.delivery import MessageClass
from channels.outbox.quiet_hours import window_of
from hub.actions.campaigns.publicity.edit_series import ItemContent
from hub.hub import Hub
from hub.model.agent import Permission
from hub.runtime.clock import day_of, to_local
from hub.runtime.errors import Invalid, NotFound, Stale
from hub.runtime.ids import new_id
from hub.store.codec import Versioned
from hub.web import badges
from hub.web.form import FormErrors, parse, read_form
from hub.web.guard.auth import agent_of
from hub.web.i18n import Translator, msgid
from hub.web.keys import HUB, LANGUAGE
from hub.web.pages.campaigns import sending_words
from hub.web.pages.campaigns.recipients.audience import chosen_segment, offered_segments
from hub.web.pages.campaigns.stored_reasons import reason_said
from hub.web.pages.citizen.topics import TOPIC_WORDS
from hub.web.pages.publicity.series_form import MoveForm, ReplaceForm, SeriesForm
from hub.web.render import translator
from hub.web.staff_page import done, staff_page

PATH = "/staff/campaigns/series"
_ON_A_PAGE = 20
RHYTHMS: Mapping[Rhythm, str] = {
    Rhythm.WEEKLY: msgid("每周一期"),
    Rhythm.FORTNIGHTLY: msgid("每两周一期"),
    Rhythm.MONTHLY: msgid("每月一期"),
    Rhythm.DATED: msgid("各在自己的日子（国际禁毒日、国家宪法日等）"),
}
DAYS_OFF: Mapping[DayOff, str] = {
    DayOff.MOVE: msgid("顺延到下一个工作日"),
    DayOff.SKIP: msgid("跳过，改到下一期的日子"),
    DayOff.SEND: msgid("照常发送"),
}
ORDERS: Mapping[Order, str] = {
    Order.LISTED: msgid("按文库的顺序，一个主题接一个主题"),
    Order.IN_TURN: msgid("各主题轮流"),
}
ITEM_WORDS: Mapping[ItemState, badges.Word] = {
    ItemState.PLANNED: badges.Word(msgid("未到送审时间"), "neutral", "clock"),
    ItemState.MADE: badges.Word(msgid("已建活动"), "info", "pen"),
    ItemState.SENT: badges.Word(msgid("已发出"), "good", "check"),
    ItemState.MISSED: badges.Word(msgid("没有发出"), "warn", "warning"),
    ItemState.SKIPPED: badges.Word(msgid("已跳过"), "neutral", "stop"),
}
_STALE = msgid("这个系列刚刚有变化，请核对后再改。")


@dataclass(frozen=True, slots=True)
class Row:
    """A series in the list. counts: its items by state."""

    series: Series
    upcoming: Item | None
    counts: Mapping[str, int]


async def series_list(request: web.Request) -> web.StreamResponse:
    """GET /staff/campaigns/series?after="""
    after = request.query.get("after") or None
    found, more = await request.app[HUB].repositories.publicity.series.page(limit=_ON_A_PAGE, after=after)
    return staff_page(
        request,
        "staff/series_list.html",
        rows=[Row(one, one.upcoming(), _counts(one)) for one in found],
        rhythms=RHYTHMS,
        first=after is None,
        next=more,
        may_edit=_may_edit(request),
    )


async def new_series(request: web.Request) -> web.StreamResponse:
    """GET /staff/campaigns/series/new?topic="""
    hub = request.app[HUB]
    now = hub.clock.now_ms()
    today = to_local(now).date()
    topic = request.query.get("topic", "")
    chosen = [lesson.id for lesson in lessons_of(topic)] if topic in TOPIC_WORDS else []
    senders = _senders(hub, translator(request))
    form = SeriesForm(
        id=new_id(now),
        channel=senders[0][0] if senders else "",
        lessons=tuple(chosen),
        first=today + timedelta(days=(1 - today.weekday()) % 7 + 7),  # the Tuesday after next
        at=time(10, 0),
        public=True,
    )
    return await _editor(request, form)


async def plan_series(request: web.Request) -> web.StreamResponse:
    """POST /staff/campaigns/series/new: `step` preview or create."""
    data = await _data(request)
    form = parse(SeriesForm, data, translator(request))
    if isinstance(form, FormErrors):
        return await _editor(request, _typed(request.app[HUB], data), errors=form.fields)
    plan = request.app[HUB].actions.publicity.series.plan
    try:
        draft = form.draft(await chosen_segment(request.app[HUB], form) if form.channel else Segment())
        if data["step"] == "preview":
            return await _editor(request, form, items=await plan.preview(draft))
        series = await plan(draft, agent_of(request).id, series_id=form.id)
    except Invalid as refused:
        return await _editor(request, form, errors=refused.problems)
    return done(f"{PATH}/{series.id}", "series_planned")


async def series_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/campaigns/series/{series_id}"""
    return await _page(request)


async def pause(request: web.Request) -> web.StreamResponse:
    """POST /staff/campaigns/series/{series_id}/pause: version."""
    return await _whole(request, stop=True)


async def resume(request: web.Request) -> web.StreamResponse:
    """POST /staff/campaigns/series/{series_id}/resume: version."""
    return await _whole(request, stop=False)


async def item_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/campaigns/series/{series_id}/items/{number}"""
    return await _item_page(request)


async def change_item(request: web.Request) -> web.StreamResponse:
    """POST /staff/campaigns/series/{series_id}/items/{number}/{act}: skip, swap, move or replace."""
    edit, _ = request.app[HUB].actions.publicity.series.edit, translator(request)
    series_id, act, number = request.match_info["series_id"], request.match_info["act"], _number(request)
    data = await read_form(request)
    version = _version(data)
    try:
        if act == "skip":
            await edit.skip(series_id, number, version=version)
        elif act == "swap":
            await edit.swap(series_id, number, version=version)
        elif act == "move":
            form = parse(MoveForm, data, _)
            if isinstance(form, FormErrors):
                return await _item_page(request, form.fields, data)
            await edit.move(series_id, number, form.at_ms(), version=version)
        elif act == "replace":
            words = parse(ReplaceForm, data, _)
            if isinstance(words, FormErrors):
                return await _item_page(request, words.fields, data)
            content = await _content(request.app[HUB], series_id, number, words)
            await edit.replace(series_id, number, content, version=version)
        else:
            raise NotFound("act")
    except Invalid as refused:
        return await _item_page(request, refused.problems, data)
    except Stale:
        return await _item_page(request, {"state": _STALE}, data)
    return done(f"{PATH}/{series_id}#item-{number}", "series_changed")


# -- inside ------------------------------------------------------------------------------------------


async def _whole(request: web.Request, *, stop: bool) -> web.StreamResponse:
    edit, series_id = request.app[HUB].actions.publicity.series.edit, request.match_info["series_id"]
    version = _version(await read_form(request))
    try:
        await (edit.pause if stop else edit.resume)(series_id, version=version)
    except Stale:
        return await _page(request, {"state": _STALE})
    return done(f"{PATH}/{series_id}", "saved")


async def _content(hub: Hub, series_id: str, number: int, words: ReplaceForm) -> ItemContent:
    """A shipped text when one was chosen, else what was typed under the item's own topic."""
    lesson = shipped_lessons().get(words.lesson)
    if lesson is not None:
        return ItemContent(lesson.title, lesson.sms, lesson.web, lesson.topic, lesson.law, lesson.id)
    found = await hub.repositories.publicity.series.get(series_id)
    item = found.value.item(number) if found else None
    return ItemContent(words.title, words.sms, words.web, item.topic if item else "")


async def _page(request: web.Request, errors: Mapping[str, str] | None = None) -> web.StreamResponse:
    hub, _ = request.app[HUB], translator(request)
    found = await _read(request)
    series = found.value
    names = {region.code: region.name for region in hub.settings.regions}
    return staff_page(
        request,
        "staff/series.html",
        422 if errors else 200,
        series=series,
        version=found.version,
        upcoming=series.upcoming(),
        counts=_counts(series),
        campaign_states={one.campaign_id: await _state(hub, one) for one in series.items if one.campaign_id},
        audience=describe(series.segment, request[LANGUAGE], region_names=names) if series.channel else "",
        sender=_sender_word(hub, series.channel, _),
        rhythms=RHYTHMS,
        item_words=ITEM_WORDS,
        reason_said=reason_said,
        is_workday=_is_workday(hub),
        may_edit=_may_edit(request),
        errors={name: _(text) for name, text in (errors or {}).items()},
    )


async def _item_page(
    request: web.Request,
    errors: Mapping[str, str] | None = None,
    typed: Mapping[str, str] | None = None,
) -> web.StreamResponse:
    """typed: what was refused."""
    hub, _ = request.app[HUB], translator(request)
    found = await _read(request)
    item = found.value.item(_number(request))
    if item is None:
        raise NotFound("item")
    words = {"title": item.title, "sms": item.sms, "web": item.web, "lesson": "", "at": _local(item.at)}
    return staff_page(
        request,
        "staff/series_item.html",
        422 if errors else 200,
        series=found.value,
        item=item,
        version=found.version,
        values=words | {name: value for name, value in (typed or {}).items() if name in words},
        campaign_state=await _state(hub, item) if item.campaign_id else None,
        lesson_options=_lesson_options(_),
        item_words=ITEM_WORDS,
        errors={name: _(text) for name, text in (errors or {}).items()},
    )


async def _read(request: web.Request) -> Versioned[Series]:
    found = await request.app[HUB].repositories.publicity.series.get(request.match_info["series_id"])
    if found is None:
        raise NotFound("series")
    return found


def _number(request: web.Request) -> int:
    digits = request.match_info["number"]
    if not digits.isascii() or not digits.isdigit():
        raise NotFound("item")
    return int(digits[:4])


async def _editor(
    request: web.Request,
    form: SeriesForm,
    *,
    items: tuple[Item, ...] = (),
    errors: Mapping[str, str] | None = None,
) -> web.StreamResponse:
    hub, _ = request.app[HUB], translator(request)
    calendar = hub.rules.calendar()
    return staff_page(
        request,
        "staff/series_new.html",
        422 if errors else 200,
        form=form,
        items=items,
        is_workday=_is_workday(hub),
        provisional=any(calendar.is_provisional(to_local(item.at).year) for item in items),
        rhythm_options=[(str(one), _(word)) for one, word in RHYTHMS.items()],
        day_off_options=[(str(one), _(word)) for one, word in DAYS_OFF.items()],
        order_options=[(str(one), _(word)) for one, word in ORDERS.items()],
        senders=[("", _("不发送，只在网上发布")), *_senders(hub, _)],
        groups=await hub.actions.campaigns.groups(),
        **await offered_segments(request, form),
        hours=window_of(MessageClass.L, windows=hub.settings.sending_hours.windows()),
        regions=[(region.code, region.name) for region in hub.settings.regions],
        shelves=[(name, word, lessons_of(name)) for name, word in TOPIC_WORDS.items()],
        errors={name: _(text) for name, text in (errors or {}).items()},
    )


async def _state(hub: Hub, item: Item) -> CampaignState | None:
    found = await hub.repositories.campaigns.get(item.campaign_id)
    return found.value.state if found else None


def _is_workday(hub: Hub) -> Callable[[int], bool]:
    """Whether an instant is on a working day, by the calendar in force."""
    calendar = hub.rules.calendar()
    return lambda at: calendar.is_workday(day_of(at))


def _counts(series: Series) -> Mapping[str, int]:
    return Counter(str(item.state) for item in series.items)


def _may_edit(request: web.Request) -> bool:
    return agent_of(request).may(Permission.CAMPAIGN_EDIT)


def _version(data: Mapping[str, str]) -> int:
    version = data.get("version", "")
    return int(version) if version.isdigit() else 0


def _local(at: int) -> str:
    """For an input of a date and a time."""
    return f"{to_local(at):%Y-%m-%dT%H:%M}"


def _senders(hub: Hub, _: Translator) -> list[tuple[str, str]]:
    kinds = (ChannelKind.SMS, ChannelKind.MAIL)
    return [
        (profile.name, _sender_word(hub, profile.name, _))
        for profile in hub.profiles.values()
        if profile.kind in kinds and profile.can_answer
    ]


def _sender_word(hub: Hub, channel: str, _: Translator) -> str:
    return sending_words.sender(hub, channel, _) if channel else _("不发送，只在网上发布")


def _lesson_options(_: Translator) -> list[tuple[str, str]]:
    def label(lesson: Lesson) -> str:
        return f"{_(TOPIC_WORDS[lesson.topic])} · {lesson.title}"

    return [("", _("自己写（填在下面）")), *((one.id, label(one)) for one in shipped_lessons().values())]


async def _data(request: web.Request) -> dict[str, object]:
    fields = await read_form(request)
    posted = await request.post()
    several = {
        name: tuple(value for value in posted.getall(name, []) if isinstance(value, str))
        for name in ("lessons", "groups", "regions")
    }
    plain = {name: fields.get(name, "") for name in ("id", "name", "channel", "segment_id", "first", "step")}
    given = {
        name: fields[name]
        for name in ("rhythm", "at", "day_off", "order", "lead_days")
        if fields.get(name, "")
    }
    return {**plain, **given, **several, "public": fields.get("public", "") == "yes"}


def _typed(hub: Hub, data: Mapping[str, object]) -> SeriesForm:
    """What was typed, as far as it can be shown again."""
    plain = ("id", "name", "channel", "segment_id", "lessons", "groups", "regions", "public")
    known = {name: data[name] for name in plain}
    rhythm, day_off, order = (str(data.get(name, "")) for name in ("rhythm", "day_off", "order"))
    return SeriesForm.model_construct(
        None,
        **known,
        rhythm=Rhythm(rhythm) if rhythm in set(Rhythm) else Rhythm.WEEKLY,
        day_off=DayOff(day_off) if day_off in set(DayOff) else DayOff.MOVE,
        order=Order(order) if order in set(Order) else Order.LISTED,
        first=str(data.get("first", ""))[:20],
        at=str(data.get("at", ""))[:20],
        lead_days=str(data.get("lead_days", ""))[:10],
    )
