"""Trial sends: the numbers they may go to, and one campaign's trials with where they stand."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

from channels.address import Address, masked
from channels.outbox.delivery import DeliveryState
from hub.actions.campaigns.composing.send_trial import Line
from hub.actions.cases.agent_names import agent_names
from hub.runtime.errors import Invalid
from hub.web.form import read_form
from hub.web.guard.auth import agent_of
from hub.web.i18n import msgid
from hub.web.keys import HUB
from hub.web.pages.campaigns.campaigns import LIST_PATH
from hub.web.render import translator
from hub.web.staff_page import done, part, staff_page

NUMBERS_PATH = f"{LIST_PATH}/trial-numbers"
_S = DeliveryState
STANDS: Mapping[DeliveryState | None, tuple[str, str]] = {
    None: (msgid("记录已清理"), "neutral"),
    _S.PLANNED: (msgid("排队中"), "info"),
    _S.READY: (msgid("排队中"), "info"),
    _S.LEASED: (msgid("正在发送"), "info"),
    _S.SENDING: (msgid("正在发送"), "info"),
    _S.HELD: (msgid("等待时段"), "warn"),
    _S.ACCEPTED: (msgid("运营商已接收"), "info"),
    _S.SENT: (msgid("已发出"), "info"),
    _S.DELIVERED: (msgid("已送达"), "good"),
    _S.AMBIGUOUS: (msgid("不确定"), "warn"),
    _S.UNDELIVERED: (msgid("没有送达"), "bad"),
    _S.SUPPRESSED: (msgid("号码失效"), "bad"),
    _S.EXPIRED: (msgid("已过期"), "bad"),
    _S.FAILED: (msgid("发送失败"), "bad"),
    _S.DEAD: (msgid("发送失败"), "bad"),
    _S.CANCELED: (msgid("已取消"), "neutral"),
    _S.UNKNOWN: (msgid("没有回执"), "warn"),
}
"""Where a trial stands, with the colour of its badge."""
_MOVING = frozenset({_S.PLANNED, _S.READY, _S.LEASED, _S.SENDING, _S.ACCEPTED, _S.SENT})


async def numbers_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/campaigns/trial-numbers"""
    return await _numbers_page(request, {}, {})


async def register(request: web.Request) -> web.StreamResponse:
    """POST /staff/campaigns/trial-numbers"""
    _, data = translator(request), await read_form(request)
    try:
        await request.app[HUB].actions.publicity.composer.trials.register(
            agent_of(request), data.get("name", ""), data.get("address", "")
        )
    except Invalid as refused:
        errors = {name: _(text) for name, text in refused.problems.items()}
        return await _numbers_page(request, data, errors)
    return done(NUMBERS_PATH, "saved")


async def forget(request: web.Request) -> web.StreamResponse:
    """POST /staff/campaigns/trial-numbers/remove"""
    await request.app[HUB].actions.publicity.composer.trials.forget((await read_form(request)).get("id", ""))
    return done(NUMBERS_PATH, "number_removed")


async def trial_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/campaigns/{campaign_id}/trial"""
    return await _trial_page(request, {})


async def send_trial(request: web.Request) -> web.StreamResponse:
    """POST /staff/campaigns/{campaign_id}/trial"""
    _, campaign_id = translator(request), request.match_info["campaign_id"]
    await read_form(request)  # refuses what is no form
    chosen = [value for value in (await request.post()).getall("numbers", []) if isinstance(value, str)]
    try:
        await request.app[HUB].actions.publicity.composer.trials(agent_of(request), campaign_id, chosen)
    except Invalid as refused:
        return await _trial_page(request, {name: _(text) for name, text in refused.problems.items()})
    return done(f"{LIST_PATH}/{campaign_id}/trial", "trial_sent")


async def trial_results(request: web.Request) -> web.StreamResponse:
    """GET /staff/campaigns/{campaign_id}/trial/results: asked again while one of them is on its way."""
    return part(request, "staff/campaign_trials.html", 200, **await _results(request))


async def _numbers_page(
    request: web.Request, values: Mapping[str, str], errors: Mapping[str, str]
) -> web.StreamResponse:
    hub = request.app[HUB]
    numbers = await hub.actions.publicity.composer.trials.numbers()
    return staff_page(
        request,
        "staff/trial_numbers.html",
        422 if errors else 200,
        numbers=[(one, masked(Address(one.kind, one.address))) for one in numbers],
        names=await agent_names(hub.repositories, {one.added_by for one in numbers}),
        values={"name": "", "address": "", **values},
        errors=errors,
    )


async def _trial_page(request: web.Request, errors: Mapping[str, str]) -> web.StreamResponse:
    hub = request.app[HUB]
    campaign = (await hub.actions.campaigns.get(request.match_info["campaign_id"])).value
    trials, problem = hub.actions.publicity.composer.trials, ""
    try:
        text = trials.text(campaign)
    except Invalid as refused:
        text, problem = None, translator(request)(next(iter(refused.problems.values())))
    numbers = await trials.numbers(campaign)
    return staff_page(
        request,
        "staff/campaign_trial.html",
        422 if errors else 200,
        text=text,
        problem=problem,
        numbers=[(one, masked(Address(one.kind, one.address))) for one in numbers],
        limit=hub.settings.broadcast.trials_per_hour,
        errors=errors,
        **await _results(request),
    )


async def _results(request: web.Request) -> dict[str, object]:
    hub, campaign_id = request.app[HUB], request.match_info["campaign_id"]
    campaign = (await hub.actions.campaigns.get(campaign_id)).value
    lines: list[Line] = await hub.actions.publicity.composer.trials.of_campaign(campaign_id)
    return {
        "campaign": campaign,
        "lines": lines,
        "stands": STANDS,
        "names": await agent_names(hub.repositories, {trial.by for trial, _ in lines}),
        "moving": any(state in _MOVING and hub.clock.now_ms() - trial.at < 300_000 for trial, state in lines),
    }
