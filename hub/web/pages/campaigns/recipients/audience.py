"""Whom a campaign or a series goes to, as chosen: a saved segment, or groups and regions of its own."""

from __future__ import annotations

import contextlib
from typing import Protocol

from aiohttp import web

from campaigns.segment import EVERYBODY, Segment
from hub.hub import Hub
from hub.runtime.errors import Invalid, NotFound
from hub.web.i18n import msgid
from hub.web.keys import HUB

_NO_SEGMENT = msgid("没有这个人群，请重新选择")


class AudienceForm(Protocol):
    """Of a campaign or a series, as typed. segment_id: of the saved one that was chosen, "" = own."""

    segment_id: str
    groups: tuple[str, ...]
    regions: tuple[str, ...]


async def chosen_segment(hub: Hub, form: AudienceForm) -> Segment:
    """The filter that is kept: a copy of the saved one, or what was ticked. Raises `Invalid`."""
    if not form.segment_id:
        return Segment(groups=form.groups, regions=form.regions)
    try:
        return (await hub.actions.publicity.recipients.segments.read(form.segment_id)).value.filter
    except NotFound:
        raise Invalid({"segment_id": _NO_SEGMENT}) from None


async def offered_segments(request: web.Request, form: AudienceForm) -> dict[str, object]:
    """What the template of the audience needs: those in use, and the chosen one though it is retired."""
    desk = request.app[HUB].actions.publicity.recipients.segments
    offered = {one.id: one.name for one in await desk.offered()}
    if form.segment_id and form.segment_id not in offered:
        with contextlib.suppress(NotFound):
            offered[form.segment_id] = (await desk.read(form.segment_id)).value.name
    return {"segments": offered, "everybody": EVERYBODY}
