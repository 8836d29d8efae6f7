"""Whom a campaign goes to, as its editor chooses it: a saved segment, or groups and regions of its own."""

from __future__ import annotations

import contextlib

from aiohttp import web

from campaigns.segment import EVERYBODY, Segment
from hub.hub import Hub
from hub.runtime.errors import Invalid, NotFound
from hub.web.i18n import msgid
from hub.web.keys import HUB
from hub.web.pages.campaigns.campaign_form import CampaignForm

_NO_SEGMENT = msgid("没有这个人群，请重新选择")


async def chosen_segment(hub: Hub, form: CampaignForm) -> Segment:
    """The filter the campaign keeps: a copy of the saved one, or what was ticked. Raises `Invalid`."""
    if not form.segment_id:
        return Segment(groups=form.groups, regions=form.regions)
    try:
        return (await hub.actions.publicity.recipients.segments.read(form.segment_id)).value.filter
    except NotFound:
        raise Invalid({"segment_id": _NO_SEGMENT}) from None


async def offered_segments(request: web.Request, form: CampaignForm) -> dict[str, object]:
    """What the template of the audience needs: those in use, and the chosen one though it is retired."""
    desk = request.app[HUB].actions.publicity.recipients.segments
    offered = {one.id: one.name for one in await desk.offered()}
    if form.segment_id and form.segment_id not in offered:
        with contextlib.suppress(NotFound):
            offered[form.segment_id] = (await desk.read(form.segment_id)).value.name
    return {"segments": offered, "everybody": EVERYBODY}
