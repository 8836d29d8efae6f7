"""Why parts of a campaign wait or will not leave: by state and reason, counted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from aiohttp import web

from channels.outbox.delivery import DeliveryState
from hub.web.delivery_reasons import words_of
from hub.web.keys import HUB
from hub.web.staff_page import staff_page

_S = DeliveryState
_STATES = (_S.HELD, _S.SUPPRESSED, _S.EXPIRED, _S.FAILED, _S.DEAD)


@dataclass(frozen=True, slots=True)
class Line:
    """So many deliveries for one reason, in words to be translated. waits: they leave by themselves."""

    reason: str
    count: int
    waits: bool


async def reasons_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/campaigns/{campaign_id}/reasons"""
    hub, campaign_id = request.app[HUB], request.match_info["campaign_id"]
    watched = await hub.actions.campaigns.progress(campaign_id)
    found: Counter[tuple[str, bool]] = Counter()
    for run in watched.runs:
        for state in _STATES:
            reasons = await hub.repositories.outbox.reasons(run.broadcast.id, state)
            for reason, number in reasons.items():
                found[words_of(reason), state is _S.HELD] += number
    lines = [Line(reason, number, waits) for (reason, waits), number in found.most_common()]
    return staff_page(
        request, "staff/campaign_reasons.html", campaign=watched.campaign, lines=lines, total=found.total()
    )
