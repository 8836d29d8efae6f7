"""An office divided into units: a curious colleague of another station learns nothing."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial

import pytest

from hub.actions.cases.queue.query import QueueQuery
from hub.actions.cases.queue.read_queue import QueueView
from hub.actions.people.take_down import Source, Taken
from hub.model.agent import GRANTS, Agent, Role
from hub.model.cases.case import Case
from hub.model.cases.moves import IllegalMove
from hub.model.track import Track
from hub.model.units.tree import Division
from hub.model.units.unit import Unit
from hub.runtime.errors import Invalid
from hub.web.staff_routes import STAFF_ROUTES
from tests.journeys.editor_at_work import sign_in
from tests.journeys.office import filed
from tests.world import World, browser

SILENT = ("/staff/cases/{case_id}/presence",)
"""Say nothing of the case, whoever asks."""
PHONE, NAME, TITLE, WORD = "+8613912345678", "欧阳震霆", "小区门口违停", "货车违停"


async def divided(hub: World) -> tuple[Agent, Agent]:
    """Two stations of one bureau with a handler each, and nobody else; cases are seen by unit."""
    stores = hub.hub.repositories
    for unit in (Unit("ga", "州公安局", "ga"), Unit("s1", "一所", "ga/s1"), Unit("s2", "二所", "ga/s2")):
        await stores.units.insert(unit)
    people = []
    for login, unit_id in (("curious", "s1"), ("owner", "s2")):
        agent = await hub.agent(Role.HANDLER, login)
        await stores.agents.update(agent.id, partial(_moved, unit_id))
        people.append(agent.id)
    kept = await stores.units.division.get()
    after = replace(kept.value, divided=True)
    await hub.hub.documents.commit([stores.units.division.write(after, kept.version)])
    assert (await stores.units.division.get()).value == Division(True, after.revision + 1)
    found = await stores.agents.get_many(people)
    return found[people[0]], found[people[1]]


def _moved(unit_id: str, agent: Agent) -> Agent:
    return replace(agent, unit_id=unit_id)


async def secret_of(hub: World) -> Case:
    """A case of the second station."""
    one = await filed(hub, phone=PHONE, name=NAME)
    cases = hub.hub.repositories.cases
    found = await cases.get(one.case_id)
    assert found is not None
    await hub.hub.documents.commit([cases.update(replace(found.value, unit_id="s2"), found.version)])
    return replace(found.value, unit_id="s2")


async def test_a_colleague_of_another_station_learns_nothing_by_any_address(hub: World) -> None:
    await divided(hub)
    case = await secret_of(hub)
    marks, asked = (PHONE[3:], NAME, TITLE, WORD, case.reference), 0
    version = (await hub.hub.repositories.cases.as_stored([case.id]))[case.id].version
    async with browser(hub.url) as http:
        colleague = await sign_in(hub, http, Role.HANDLER, known=True, login="curious")
        await colleague.get("/staff/account")
        assert colleague.csrf
        for route in STAFF_ROUTES:
            wanted = {route.permission, *route.also}
            if wanted.isdisjoint(GRANTS[Role.HANDLER]) or "events" in route.path:
                continue
            names = [part.split("}")[0] for part in route.path.split("{")[1:]]
            path = route.path.format(**{name: case.id if name == "case_id" else "x1" for name in names})
            if route.method == "GET":
                async with http.get(hub.url + path, params={"case": case.id, "cases": case.id}) as answer:
                    status, body = answer.status, await answer.text(errors="replace")
            else:
                status, body = await colleague.post(path, version=str(version), reason="看一眼")
            assert not [mark for mark in marks if mark in body], (route.method, route.path)
            assert "case_id" not in names or status >= 400 or route.path in SILENT, route.path
            asked += 1
        for typed in (NAME, PHONE, case.reference, WORD, TITLE[:4]):
            status, body = await colleague.post("/staff/search", q=typed)
            assert status == 200
            assert not [mark for mark in marks if mark in body.replace(typed, "")], typed
    assert asked > 60
    assert (await hub.hub.repositories.cases.as_stored([case.id]))[case.id].version == version


async def test_lists_and_counts_are_as_if_the_case_were_not_there(hub: World) -> None:
    curious, owner = await divided(hub)
    actions = hub.hub.actions
    before = await actions.read_queue.counts(curious)
    case = await secret_of(hub)
    assert await actions.read_queue.counts(curious) == before
    assert (await actions.read_queue.counts(owner))[QueueView.ALL] == 1
    assert not (await actions.read_queue.page(curious, QueueQuery())).rows
    assert [row.case.id for row in (await actions.read_queue.page(owner, QueueQuery())).rows] == [case.id]


async def test_a_case_is_not_given_to_who_may_not_see_it(hub: World) -> None:
    curious, owner = await divided(hub)
    case = await secret_of(hub)
    stored = (await hub.hub.repositories.cases.as_stored([case.id]))[case.id]
    with pytest.raises(Invalid):
        await hub.hub.actions.assign_case(owner, case.id, curious.id, version=stored.version)


async def test_who_is_recused_is_given_the_case_by_nobody(hub: World) -> None:
    _, owner = await divided(hub)
    case, head = await secret_of(hub), await hub.agent(Role.SUPERVISOR)
    [head] = (await hub.hub.repositories.agents.get_many([head.id])).values()
    address = f"/staff/cases/{case.id}/access"
    async with browser(hub.url) as http:
        boss = await sign_in(hub, http, Role.SUPERVISOR, known=True)
        page = await boss.get(address)
        assert owner.name in page
        [version] = re.findall(r'name="version" value="(\d+)"', page)
        told = {"officer": owner.id, "version": version}
        status, page = await boss.post(f"/staff/cases/{case.id}/recusals", **told, reason="")
        assert (status, "请写明回避的原因" in page) == (422, True)
        status, page = await boss.post(f"/staff/cases/{case.id}/recusals", **told, reason="当事人是其亲属")
        assert (status, "已回避" in page) == (200, True)
    found = await hub.hub.repositories.cases.get(case.id)
    assert found is not None
    assert found.value.recused == (owner.id,)
    for giver in (head, owner):
        with pytest.raises(IllegalMove):
            await hub.hub.actions.assign_case(giver, case.id, owner.id, version=found.version)
    shown = await hub.hub.actions.read_cases.open(head, case.id)
    assert owner.id not in {one.id for one in shown.handlers}


async def test_what_an_officer_takes_down_stands_in_the_own_unit(hub: World) -> None:
    curious, owner = await divided(hub)
    taken = Taken("f1", Source.PHONE, hub.hub.clock.now_ms(), Track.SERVICE, "路灯不亮，请派人修理。")
    done = await hub.hub.actions.people.take_down(curious, taken)
    seen = [
        await hub.hub.actions.read_cases.seen(agent, done.case_id) is not None for agent in (curious, owner)
    ]
    assert (done.visible, seen) == (True, [True, False])
