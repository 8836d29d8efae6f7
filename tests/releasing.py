"""The whole way of a campaign from draft to release, for tests that are about what comes after."""

from __future__ import annotations

from campaigns.broadcast import Broadcast
from campaigns.schedule import ScheduleSpec
from hub.actions.campaigns.planning.approve_campaign import Consent
from hub.actions.campaigns.planning.release_campaign import Released
from hub.hub import Hub
from hub.model.agent import Agent, Role

APPROVER = Agent("approver", "approver", "", (Role.SUPERVISOR,), 0)


async def start(hub: Hub, campaign_id: str) -> Broadcast:
    """Submitted, approved by another person, and started at once."""
    run = (await plan(hub, campaign_id, None)).run
    assert run is not None
    return run


async def plan(hub: Hub, campaign_id: str, spec: ScheduleSpec | None) -> Released:
    """The same with a plan."""
    await hub.actions.publicity.planning.submit(campaign_id, "officer", spec)
    return await let_go(hub, campaign_id)


async def let_go(hub: Hub, campaign_id: str) -> Released:
    """Of what was submitted: approved by another person and released."""
    planning = hub.actions.publicity.planning
    sheet = await planning.approve.sheet(campaign_id, APPROVER)
    people = sheet.count.checked().deliveries
    await planning.approve(campaign_id, APPROVER, Consent(sheet.campaign.content_digest, people, people))
    return await planning.release(campaign_id, "officer")
