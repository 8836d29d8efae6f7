"""The list of campaigns: by state, words, tag and department; a copy of one, and the end of a draft."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from aiohttp import web

from campaigns.campaign import Campaign, CampaignState
from hub.actions.campaigns.composing.find_campaigns import MAX_WORDS, Wanted
from hub.actions.campaigns.watch_campaign import CampaignProgress
from hub.model.agent import Permission
from hub.runtime.errors import Invalid
from hub.web.form import read_form
from hub.web.guard.auth import agent_of
from hub.web.i18n import msgid
from hub.web.keys import HUB, LANGUAGE
from hub.web.pages.campaigns.campaigns import LIST_PATH, audience_of, plan_of
from hub.web.render import translator
from hub.web.staff_page import done, staff_page

_S = CampaignState
_LAST_YEAR = "last_year"
_FILTERS: Mapping[str, tuple[str, frozenset[CampaignState]]] = {
    "": (msgid("全部"), frozenset()),
    "active": (msgid("进行中"), frozenset({_S.RUNNING, _S.PAUSED})),
    "planned": (msgid("已排期"), frozenset({_S.SCHEDULED})),
    "review": (msgid("待审批和待发布"), frozenset({_S.IN_REVIEW, _S.APPROVED})),
    "draft": (msgid("草稿"), frozenset({_S.DRAFT})),
    "ended": (msgid("已结束"), frozenset({_S.FINISHED, _S.CANCELED, _S.EXPIRED})),
}
_PAGE = 20


@dataclass(frozen=True, slots=True)
class Row:
    """A campaign in the list. next_at: ms UTC, 0 = none. watched: None when nothing ran yet."""

    campaign: Campaign
    audience: str
    plan: str
    next_at: int
    watched: CampaignProgress | None


async def campaigns_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/campaigns?show=&q=&tag=&department=&after="""
    hub, query, agent = request.app[HUB], request.query, agent_of(request)
    show = query.get("show", "")
    show = show if show in _FILTERS or show == _LAST_YEAR else ""
    asked = {name: query.get(name, "").strip()[:MAX_WORDS] for name in ("q", "tag", "department")}
    wanted = Wanted(
        words=asked["q"],
        tag=asked["tag"],
        department=asked["department"],
        states=_FILTERS[show][1] if show in _FILTERS else frozenset(),
        last_year=show == _LAST_YEAR,
    )
    after = query.get("after") or None
    page = await hub.actions.publicity.composer.find(wanted, limit=_PAGE, after=after)
    tags, departments = await hub.actions.publicity.composer.find.labels()
    counts = await hub.repositories.campaigns.counts()
    kept = {name: value for name, value in {"show": show, **asked}.items() if value}
    return staff_page(
        request,
        "staff/campaigns.html",
        rows=await _rows(request, [found.value for found in page.campaigns]),
        filters={
            name: (label, sum(counts.get(str(state), 0) for state in states or CampaignState))
            for name, (label, states) in _FILTERS.items()
        },
        show=show,
        asked=asked,
        is_search=any(asked.values()),
        tags=tags,
        departments=departments,
        newer=f"{LIST_PATH}?{urlencode(kept)}" if after else "",
        older=f"{LIST_PATH}?{urlencode({**kept, 'after': page.next})}" if page.next else "",
        may_edit=agent.may(Permission.CAMPAIGN_EDIT),
    )


async def copy(request: web.Request) -> web.StreamResponse:
    """POST /staff/campaigns/{campaign_id}/copy"""
    made = await request.app[HUB].actions.publicity.composer.copy(
        agent_of(request), request.match_info["campaign_id"]
    )
    return done(f"{LIST_PATH}/{made.id}/edit", "copied")


async def remove_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/campaigns/{campaign_id}/remove: what would go, to be confirmed."""
    return await _remove_page(request, {})


async def remove(request: web.Request) -> web.StreamResponse:
    """POST /staff/campaigns/{campaign_id}/remove"""
    _, version = translator(request), (await read_form(request)).get("version", "")
    try:
        await request.app[HUB].actions.publicity.composer.copy.remove(
            agent_of(request),
            request.match_info["campaign_id"],
            version=int(version) if version.isdecimal() else 0,
        )
    except Invalid as refused:
        return await _remove_page(request, {name: _(text) for name, text in refused.problems.items()})
    return done(LIST_PATH, "draft_removed")


async def _remove_page(request: web.Request, errors: Mapping[str, str]) -> web.StreamResponse:
    found = await request.app[HUB].actions.campaigns.get(request.match_info["campaign_id"])
    return staff_page(
        request,
        "staff/campaign_remove.html",
        422 if errors else 200,
        campaign=found.value,
        version=found.version,
        errors=errors,
    )


async def _rows(request: web.Request, campaigns: list[Campaign]) -> list[Row]:
    hub, language = request.app[HUB], request[LANGUAGE]
    upcoming = await hub.actions.campaigns.upcoming()
    return [
        Row(
            campaign,
            audience_of(hub, campaign, language),
            plan_of(campaign, language),
            upcoming.get(campaign.id, 0),
            await hub.actions.campaigns.progress(campaign.id) if campaign.started_at else None,
        )
        for campaign in campaigns
    ]
