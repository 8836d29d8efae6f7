"""What became of texts is told once each, kept until it was taken, and played whole by the sandbox."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace

import pytest

from channels.outbox.delivery import DeliveryState
from channels.outbox.ports import Change
from channels.outbox.retry import settled
from hub.actions.departments.tell_receipts import NoticeEnds, NotTold, TellReceipts
from hub.model.departments.callback import WAITS_SECONDS, CallbackState
from hub.model.departments.submission import TextState
from hub.runtime.errors import NotFound
from tests.unit.hub.actions.departments.department_office import (
    CALLER,
    NOON,
    Office,
    a_key,
    an_office,
    wants,
)


@dataclass
class Door:
    """A department's system that answers as it is told to. 0: no answer comes."""

    status: int = 200
    posts: list[tuple[str, str, bytes]] = field(default_factory=list)

    async def tell(self, url: str, body: bytes, *, secret: str, key_hint: str, id: str) -> int:
        self.posts.append((id, secret, body))
        if not self.status:
            raise NotTold("not_reached")
        return self.status

    def states(self) -> dict[str, str]:
        """By number, of everything that was told."""
        receipts = [one for _, _, body in self.posts for one in json.loads(body)["receipts"]]
        return {one["to"]: one["state"] for one in receipts}


@dataclass
class Desk:
    office: Office
    door: Door
    ends: NoticeEnds
    tell: TellReceipts
    secret: str
    line: str

    async def end(self, message_id: str, state: DeliveryState, reason: str = "") -> None:
        """The row comes to its end."""
        [row] = (await self.office.outbox.reread([message_id])).values()
        leased = row.delivery.moved(state=DeliveryState.LEASED)
        await self.office.outbox.settle([Change(row, leased)])
        [row] = (await self.office.outbox.reread([message_id])).values()
        await self.office.outbox.settle([Change(row, settled(row.delivery, state, reason))])

    async def pass_time(self, seconds: float) -> None:
        """Time passes and both loops turn once."""
        self.office.clock.advance(seconds=seconds)
        await self.ends.step()
        await self.tell.step()


@pytest.fixture
async def desk() -> Desk:
    office, door = an_office(), Door()
    await office.registered()
    issued = await a_key(office)
    ends = NoticeEnds(office.documents, office.records, office.states, office.clock)
    tell = TellReceipts(office.documents, office.records, door, office.clock)
    return Desk(office, door, ends, tell, issued.key.secret, issued.key.line)


async def test_each_end_is_told_once_under_the_secret_of_the_line(desk: Desk) -> None:
    got = await desk.office.submit(replace(CALLER, line=desk.line), wants("r1", "13800138000", "13900139000"))
    first, second = (one.message_id for one in got.submission.results)
    await desk.pass_time(0)
    assert desk.door.posts == []
    await desk.end(first, DeliveryState.DELIVERED)
    await desk.pass_time(1)
    assert desk.door.states() == {"13800138000": "delivered"}
    await desk.end(second, DeliveryState.FAILED, "30003")
    await desk.pass_time(2)
    await desk.pass_time(600)
    assert desk.door.states() == {"13800138000": "delivered", "13900139000": "failed"}
    assert len(desk.door.posts) == 2
    assert {secret for _, secret, _ in desk.door.posts} == {desk.secret}
    [failure], _ = await desk.office.records.callbacks.failures("traffic", limit=9)
    assert (failure.id, failure.state, failure.reason) == (second, TextState.FAILED, "30003")
    closed = await desk.office.records.submissions.get(got.submission.id)
    assert closed is not None
    assert closed.value.look_at == 0
    assert closed.value.results == got.submission.results


async def test_a_day_of_traffic_adds_up(desk: Desk) -> None:
    got = await desk.office.submit(replace(CALLER, line=desk.line), wants("r1", "13800138000", "x"))
    await desk.end(got.submission.results[0].message_id, DeliveryState.DELIVERED)
    await desk.pass_time(1)
    [day] = (await desk.office.records.submissions.traffic("traffic", ["20260922"])).values()
    assert dict(day) == {"submitted": 1, "rejected": 1, "parts": 1, "delivered": 1}


async def test_nothing_of_it_is_readable_in_the_store(desk: Desk) -> None:
    got = await desk.office.submit(replace(CALLER, line=desk.line), wants("13900139000"))
    await desk.end(got.submission.results[0].message_id, DeliveryState.FAILED, "30003")
    await desk.pass_time(1)
    for name in ("submissions", "department_callbacks", "department_failures", "outbox"):
        stored = [one async for one in desk.office.documents.scan(name)]
        assert stored
        assert "13800138000" not in repr(stored)
        assert "停车场" not in repr(stored)
        assert "13900139000" not in repr(stored)  # a reference may be a number too


async def test_a_crash_between_noticing_and_telling_loses_and_doubles_nothing(desk: Desk) -> None:
    got = await desk.office.submit(replace(CALLER, line=desk.line), wants())
    await desk.end(got.submission.results[0].message_id, DeliveryState.DELIVERED)
    desk.office.clock.advance(seconds=1)
    await desk.ends.step()  # here the process dies; another one goes on
    other = TellReceipts(desk.office.documents, desk.office.records, desk.door, desk.office.clock)
    await desk.ends.step()
    await other.step()
    await other.step()
    assert len(desk.door.posts) == 1


async def test_two_that_notice_at_once_tell_once(desk: Desk) -> None:
    got = await desk.office.submit(replace(CALLER, line=desk.line), wants())
    await desk.end(got.submission.results[0].message_id, DeliveryState.DELIVERED)
    [due] = await desk.office.records.submissions.due(NOON, limit=9)
    writes = await desk.ends._writes(due, NOON)
    await desk.pass_time(1)
    with pytest.raises(Exception, match="changed meanwhile"):
        await desk.office.documents.commit(writes)
    assert len(desk.door.posts) == 1


@pytest.mark.parametrize("status", [0, 302, 404, 500])
async def test_it_is_told_again_ever_more_seldom_then_given_up(desk: Desk, status: int) -> None:
    desk.door.status = status
    got = await desk.office.submit(replace(CALLER, line=desk.line), wants())
    await desk.end(got.submission.results[0].message_id, DeliveryState.DELIVERED)
    await desk.pass_time(1)
    for number, wait in enumerate(WAITS_SECONDS, 1):
        assert len(desk.door.posts) == number
        await desk.pass_time(wait - 1)
        assert len(desk.door.posts) == number
        await desk.pass_time(1)
    [callback], _ = await desk.office.records.callbacks.page("traffic", limit=9)
    assert (callback.state, callback.status) == (CallbackState.GIVEN_UP, status)
    assert len({id for id, _, _ in desk.door.posts}) == 1
    desk.door.status = 204
    await desk.tell.again("traffic", callback.id)
    await desk.pass_time(0)
    [callback], _ = await desk.office.records.callbacks.page("traffic", limit=9)
    assert callback.state is CallbackState.DONE
    with pytest.raises(NotFound):
        await desk.tell.again("fire", callback.id)


async def test_without_a_key_that_works_nothing_is_told_unsigned(desk: Desk) -> None:
    got = await desk.office.submit(replace(CALLER, line=desk.line), wants())
    await desk.office.change_keys.revoke("traffic", desk.line)
    await desk.end(got.submission.results[0].message_id, DeliveryState.DELIVERED)
    await desk.pass_time(1)
    assert desk.door.posts == []
    [callback], _ = await desk.office.records.callbacks.page("traffic", limit=9)
    assert (callback.problem, callback.state) == ("no_key", CallbackState.DUE)


async def test_the_sandbox_plays_every_receipt_and_no_row_is_written(desk: Desk) -> None:
    caller = replace(CALLER, line=desk.line, sandbox=True)
    got = await desk.office.submit(caller, wants("r1", *(f"1390000000{n}" for n in range(10))))
    assert await desk.office.rows() == 0
    await desk.pass_time(3)
    assert len(desk.door.states()) == 8  # of two the carrier takes a minute
    _, standings = await desk.office.read("traffic", got.submission.id)
    assert {standing.state for standing in standings[7:9]} == {TextState.HELD, TextState.UNSURE}
    await desk.pass_time(60)
    assert list(desk.door.states().values()).count("delivered") == 4
    assert set(desk.door.states().values()) == {
        *("delivered", "undelivered", "failed", "suppressed", "expired", "unknown", "canceled")
    }
    assert await desk.office.records.submissions.traffic("traffic", ["20260922"]) == {}
    assert await desk.office.records.callbacks.failures("traffic", limit=9) == ([], None)


async def test_a_row_in_doubt_for_days_is_looked_at_every_five_minutes(desk: Desk) -> None:
    got = await desk.office.submit(replace(CALLER, line=desk.line), wants())
    await desk.pass_time(86_400)
    found = await desk.office.records.submissions.get(got.submission.id)
    assert found is not None
    assert found.value.look_at == desk.office.clock.now_ms() + 300_000
