"""How often one person is written to, and how much a department sends."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.address import Address, AddressKind
from channels.contract import Accepted
from channels.errors import Misconfigured, Temporary
from channels.outbox.delivery import Delivery, DeliveryState, MessageClass, Origin, WarningLevel
from channels.outbox.gate import Gate
from channels.outbox.limits import (
    DAY_MS,
    DUPLICATE,
    FREQUENCY,
    NO_LIMITS,
    QUOTA,
    Counting,
    Limits,
    Quota,
    Sent,
    SentLately,
    Spent,
    midnight,
    next_month,
)
from channels.outbox.sender import DispatchSettings
from hub.actions.campaigns.quotas import NOT_ALLOWED, Quotas, Remaining
from hub.model.campaigns.departments import Department, Departments
from hub.runtime.clock import CHINA
from tests.unit.channels.outbox.outbox_world import NOON, SENDER, World, a_delivery, a_world

S, M, From = DeliveryState, MessageClass, Origin
HOUR = 3_600_000
TOMORROW = NOON + 12 * HOUR
"""Midnight."""


@pytest.fixture
def world() -> World:
    return a_world()


def lesson(id: str, **other: object) -> Delivery:
    """A lesson of a broadcast of its own, to always the same person, in words of its own."""
    fields = {"origin": From.BROADCAST, "origin_id": f"b-{id}", "recipient_key": "key", "text": id, **other}
    plain = a_delivery(id, M.L)
    return replace(plain, **{"expires_at": NOON + 14 * DAY_MS, **fields})  # type: ignore[arg-type]


def notice(id: str, **other: object) -> Delivery:
    fields: dict[str, object] = {"message_class": M.N, "origin": From.NOTICE, "lane": 2, **other}
    return replace(lesson(id), **fields)  # type: ignore[arg-type]


async def send(world: World, *rows: Delivery, limits: Limits | None = None) -> list[tuple[str, str]]:
    """State and reason of each after the dispatcher took up all of them."""
    await world.put(*rows)
    dispatcher = world.dispatcher(DispatchSettings(limits=limits or Limits()))
    while await dispatcher.run_once(SENDER):
        pass
    now = [await world.row(row.id) for row in rows]
    return [(row.state.value, row.reason) for row in now]


async def test_a_second_lesson_waits_for_tomorrow_and_a_third_for_next_week(world: World) -> None:
    assert await send(world, lesson("a"), lesson("b")) == [("accepted", ""), ("held", FREQUENCY)]
    waits = (await world.row("b")).not_before
    assert TOMORROW + 9 * HOUR <= waits <= TOMORROW + 9 * HOUR + 600_000
    world.clock.advance(seconds=(waits - NOON) / 1000)
    await world.sweeper.run_once()
    await send(world)
    assert await world.state("b") is S.ACCEPTED
    assert await send(world, lesson("c")) == [("held", FREQUENCY)]
    waits = (await world.row("c")).not_before
    assert TOMORROW + 6 * DAY_MS < waits < TOMORROW + 6 * DAY_MS + 10 * HOUR


async def test_a_lesson_that_would_be_too_late_by_then_is_left_out_with_its_reason(world: World) -> None:
    late = replace(lesson("b"), expires_at=TOMORROW)
    assert await send(world, lesson("a"), late) == [("accepted", ""), ("suppressed", FREQUENCY)]


async def test_the_eleventh_message_of_a_day_waits_but_never_a_reply_or_a_warning(world: World) -> None:
    ten = await send(world, *(notice(f"n{number:02}") for number in range(11)))
    assert ten == [("accepted", "")] * 10 + [("held", FREQUENCY)]
    reply = a_delivery("r", recipient_key="key", origin=From.REPLY)
    orange = lesson("o", message_class=M.E0, level=WarningLevel.ORANGE, lane=0)
    yellow = lesson("y", message_class=M.E1, level=WarningLevel.YELLOW, lane=1)
    assert await send(world, reply, orange, yellow) == [
        ("accepted", ""),
        ("accepted", ""),
        ("held", FREQUENCY),
    ]


async def test_the_same_words_come_once_in_a_day_whoever_sends_them(world: World) -> None:
    several = [notice("a", text="停水通知"), notice("b", text="停水通知")]
    assert await send(world, *several) == [("accepted", ""), ("suppressed", DUPLICATE)]
    other = notice("c", text="停水通知", recipient_key="somebody else")
    assert await send(world, other) == [("accepted", "")]
    world.clock.advance(seconds=DAY_MS / 1000)
    late = notice("d", text="停水通知", expires_at=NOON + 2 * DAY_MS)
    assert await send(world, late) == [("accepted", "")]


async def test_what_a_person_writes_twice_is_sent_twice_and_so_is_a_red_warning(world: World) -> None:
    replies = [a_delivery(id, recipient_key="key", text="请提供地址") for id in "ab"]
    red = [lesson(id, message_class=M.E0, level=WarningLevel.RED, lane=0, text="红色预警") for id in "cd"]
    assert await send(world, *replies, *red) == [("accepted", "")] * 4


async def test_a_correction_of_a_lesson_goes_out_the_same_day_and_takes_nothing_from_the_next(
    world: World,
) -> None:
    several = [lesson("a"), lesson("b", uncounted=True)]
    assert await send(world, *several) == [("accepted", "")] * 2
    world.clock.advance(seconds=24 * 3600)
    assert await send(world, lesson("c")) == [("accepted", "")]


async def test_an_office_may_have_no_limits(world: World) -> None:
    several = [lesson(f"n{number}", text="同样的话") for number in range(12)]
    assert await send(world, *several, limits=NO_LIMITS) == [("accepted", "")] * 12


async def test_a_web_chat_counts_nothing(world: World) -> None:
    chat = Address(AddressKind.CHAT, "c1")
    assert (
        await send(world, *(notice(id, recipient=chat, text="请稍候") for id in "ab"))
        == [("accepted", "")] * 2
    )


async def test_a_try_that_failed_is_not_counted_against_its_own_row(world: World) -> None:
    world.provider.answers(Temporary("429", "busy", retry_after_seconds=1), Accepted(("SM1",)))
    assert (await send(world, lesson("a")))[0][0] == "ready"
    world.clock.advance(seconds=3600)
    assert await send(world, lesson("b")) == [("held", FREQUENCY)]
    assert await world.state("a") is S.ACCEPTED


async def test_a_kill_right_after_the_intent_has_counted_it(world: World) -> None:
    await world.put(lesson("a"))
    gate = Gate(world.outbox, world.suppressions, random.Random(7), zone=CHINA)
    rows = await world.outbox.claim(SENDER, lanes=(3,), limit=9, lease_seconds=45)
    gated = await gate.look(rows, now=NOON)
    await world.outbox.mark_sending(gated.passed, lease_seconds=45, lately=gated.lately)  # killed here
    assert await send(world, lesson("b")) == [("held", FREQUENCY)]


async def test_of_two_processes_that_would_write_to_one_person_one_looks_again(world: World) -> None:
    await world.put(lesson("a"), lesson("b"), lesson("c", recipient_key="somebody else"))
    gate = Gate(world.outbox, world.suppressions, random.Random(7), zone=CHINA)
    claimed = await world.outbox.claim(SENDER, lanes=(3,), limit=9, lease_seconds=45)
    here = await gate.look([row for row in claimed if row.delivery.id == "a"], now=NOON)
    there = await gate.look([row for row in claimed if row.delivery.id != "a"], now=NOON)
    first = await world.outbox.mark_sending(here.passed, lease_seconds=45, lately=here.lately)
    second = await world.outbox.mark_sending(there.passed, lease_seconds=45, lately=there.lately)
    assert [row.delivery.id for row in (*first, *second)] == ["a", "c"]
    assert await world.state("b") is S.READY
    assert await send(world, lesson("d", recipient_key="somebody else")) == [("held", FREQUENCY)]
    assert (await world.row("b")).reason == FREQUENCY


async def test_a_row_that_was_lost_meanwhile_takes_nobody_along(world: World) -> None:
    await world.put(lesson("a"), lesson("b", recipient_key="somebody else"))
    gate = Gate(world.outbox, world.suppressions, random.Random(7), zone=CHINA)
    rows = await world.outbox.claim(SENDER, lanes=(3,), limit=9, lease_seconds=45)
    gated = await gate.look(rows, now=NOON)
    world.clock.advance(seconds=46)
    [lost] = [row for row in rows if row.delivery.id == "a"]
    await world.outbox.mark_sending([lost], lease_seconds=45)
    sending = await world.outbox.mark_sending(gated.passed, lease_seconds=45, lately=gated.lately)
    assert [row.delivery.id for row in sending] == ["b"]


# -- quotas --------------------------------------------------------------------------------------


def of_traffic(id: str, **other: object) -> Delivery:
    return notice(id, recipient_key=f"key-{id}", department="traffic", parts=2, **other)


async def test_a_quota_that_is_gone_holds_the_rest_until_the_next_day(world: World) -> None:
    limits = Limits(quotas={"traffic": Quota(daily_parts=5)})
    several = [of_traffic("a"), of_traffic("b"), of_traffic("c"), notice("d", department="fire")]
    found = await send(world, *several, limits=limits)
    assert found == [("accepted", ""), ("accepted", ""), ("held", QUOTA), ("accepted", "")]
    waits = (await world.row("c")).not_before
    assert TOMORROW + 8 * HOUR <= waits <= TOMORROW + 8 * HOUR + 600_000
    assert await world.outbox.spent(["traffic", "fire"], NOON) == {
        "traffic": Spent(4, 4),
        "fire": Spent(1, 1),
    }
    assert await world.outbox.spent(["traffic"], TOMORROW) == {"traffic": Spent(0, 4)}


async def test_a_quota_of_the_month_waits_for_the_next_one(world: World) -> None:
    limits = Limits(quotas={"traffic": Quota(monthly_parts=2)})
    found = await send(world, of_traffic("a"), of_traffic("b"), limits=limits)
    assert found == [("accepted", ""), ("held", QUOTA)]
    assert midnight((await world.row("b")).not_before, CHINA) == next_month(NOON, CHINA)


async def test_a_red_warning_and_a_reply_pass_an_empty_quota_and_are_counted(world: World) -> None:
    limits = Limits(quotas={"traffic": Quota(daily_parts=1)})
    red = of_traffic("a", message_class=M.E0, level=WarningLevel.RED, lane=0)
    reply = a_delivery("r", department="traffic")
    assert await send(world, red, reply, limits=limits) == [("accepted", "")] * 2
    assert await world.outbox.spent(["traffic"], NOON) == {"traffic": Spent(3, 3)}


async def test_a_repeated_try_is_paid_once_and_one_that_never_was_not_at_all(world: World) -> None:
    world.provider.answers(Temporary("429", "busy"), Accepted(("SM1",)), Misconfigured("20003", "token"))
    await send(world, of_traffic("a"))
    world.clock.advance(seconds=3600)
    await send(world)
    assert await world.outbox.spent(["traffic"], NOON) == {"traffic": Spent(2, 2)}
    assert (await send(world, of_traffic("b")))[0][0] == "ready"
    assert await world.outbox.spent(["traffic"], NOON) == {"traffic": Spent(2, 2)}


async def test_an_officer_is_told_before_what_a_department_may_still_send(world: World) -> None:
    traffic = Department("traffic", "交警支队", 3, Quota(10, 12), frozenset({M.N, M.E0}))
    departments = Departments({"traffic": traffic})
    quotas = Quotas(departments, world.outbox)
    await send(world, of_traffic("a"), limits=Limits(quotas=departments.quotas()))
    assert await quotas.remaining("traffic", NOON) == Remaining(8, 10)
    assert await quotas.remaining("", NOON) == await quotas.remaining("gone", NOON) == Remaining(None, None)
    assert await quotas.problem("traffic", M.N, 10, NOON) == ""
    assert "剩余 10 条，本次需要 11 条" in await quotas.problem("traffic", M.N, 11, NOON)
    assert await quotas.problem("traffic", M.E0, 11, NOON) == ""
    assert await quotas.problem("traffic", M.L, 1, NOON) == NOT_ALLOWED
    assert (departments.share("traffic"), departments.share("gone")) == (3, 1)


# -- the rule itself -----------------------------------------------------------------------------


@settings(max_examples=60)
@given(st.lists(st.integers(0, 21 * DAY_MS), max_size=25))
def test_no_series_of_lessons_breaks_the_limits(instants: list[int]) -> None:
    kept = SentLately("key", 0, {})
    left: list[int] = []
    for number, after in enumerate(sorted(instants)):
        now = NOON + after
        counting = Counting(Limits(), {"key": kept}, {}, now=now, zone=CHINA)
        row = lesson(str(number))
        stop = counting.stop(row, str(number))
        if stop is None:
            counting.add(row, str(number))
            [kept] = counting.changed()
            left.append(now)
        else:
            assert stop.reason == FREQUENCY
            again = Counting(Limits(), {"key": kept}, {}, now=stop.until, zone=CHINA)
            before = Counting(Limits(), {"key": kept}, {}, now=stop.until - 1, zone=CHINA)
            assert again.stop(row, str(number)) is None
            assert before.stop(row, str(number)) is not None
        assert len(kept.by_origin) <= 2
    days = [midnight(at, CHINA) for at in left]
    assert len(set(days)) == len(days)
    assert all(later - earlier >= 7 * DAY_MS for earlier, later in zip(days, days[2:], strict=False))


def test_the_years_end_and_what_is_over_is_forgotten() -> None:
    new_year = 1_798_732_800_000  # 2027-01-01 in China
    assert midnight(new_year - 1, CHINA, days=1) == new_year == next_month(new_year - 1, CHINA)
    old = SentLately("key", 3, {"gone": Sent(NOON - 7 * DAY_MS, "L", "x"), "lately": Sent(NOON, "N", "y")})
    counting = Counting(Limits(), {"key": old}, {}, now=NOON + HOUR, zone=CHINA)
    counting.add(lesson("new"), "z")
    [kept] = counting.changed()
    assert (kept.version, set(kept.by_origin)) == (3, {"lately", "b-new"})


async def test_of_two_that_begin_the_same_row_one_pays(world: World) -> None:
    await world.put(of_traffic("a"))
    claimed = await world.outbox.claim(SENDER, lanes=(0, 1, 2, 3), limit=5, lease_seconds=60)
    assert len(claimed) == 1
    assert len(await world.outbox.mark_sending(claimed, lease_seconds=60)) == 1
    assert await world.outbox.mark_sending(claimed, lease_seconds=60) == []
    assert await world.outbox.spent(["traffic"], NOON) == {"traffic": Spent(2, 2)}
