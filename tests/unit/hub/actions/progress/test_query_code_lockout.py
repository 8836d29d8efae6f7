"""Guessing becomes slow for whoever guesses; nobody can lock somebody else out; nothing tells what exists."""

from __future__ import annotations

import asyncio

import pytest

from hub.actions.progress.progress_source import SourceDown
from hub.actions.progress.query_code_lockout import HOUR_MS, PhoneNeeded, QueryCodeLockout, TooManyTries
from hub.repositories.repositories import COLLECTIONS
from hub.runtime.clock import FakeClock, to_local
from hub.runtime.errors import NotFound
from hub.store.memory_documents import MemoryDocuments

A_DAY = 4
LONGEST_WAIT = 900
REFERENCE = "26112300000664"
SHORT = "12345678"
LONG = "1234567890123456"


class Lockout:
    """The brake over a store of its own: how often a code was looked at, and how long the last one waits."""

    def __init__(self, *, least_seconds: float = 0.0) -> None:
        self.clock = FakeClock()
        documents = MemoryDocuments(COLLECTIONS, clock=self.clock)
        self._brake = QueryCodeLockout(
            documents,
            self.clock,
            wrong_codes_a_day=A_DAY,
            longest_wait=LONGEST_WAIT,
            least_seconds=least_seconds,
        )
        self.judged = 0
        self.waits = 0.0

    async def attempt(
        self,
        outcome: str,
        *,
        reference: str = REFERENCE,
        source: str = "here",
        code: str = SHORT,
        owner: bool = False,
    ) -> str:
        """`found`, `wrong`, `down`, `waits` or `phone`, for a code that is right, wrong or `down`."""

        async def judge() -> str | None:
            self.judged += 1
            if outcome == "down":
                raise SourceDown
            return "the case" if outcome == "right" else None

        async def is_owner() -> bool:
            return owner

        try:
            found = await self._brake.attempt(reference, code, judge, source=source, is_owner=is_owner)
        except NotFound:
            return "wrong"
        except SourceDown:
            return "down"
        except PhoneNeeded:
            return "phone"
        except TooManyTries as problem:
            self.waits = (problem.until - self.clock.now_ms()) / 1000
            return "waits"
        assert found == "the case"
        return "found"

    async def strangers(self, number: int, *, code: str = SHORT) -> list[str]:
        """Wrong codes for one number, each from another source."""
        return [await self.attempt("wrong", source=f"stranger {one}", code=code) for one in range(number)]

    def reach(self, hour: int) -> None:
        """Moves the clock to the next full local hour of that name."""
        while to_local(self.clock.at).hour != hour:
            self.clock.at += HOUR_MS - self.clock.at % HOUR_MS


@pytest.fixture
def lockout() -> Lockout:
    lockout = Lockout()
    lockout.reach(8)
    return lockout


async def test_each_wrong_code_of_an_hour_waits_twice_as_long_up_to_a_quarter(lockout: Lockout) -> None:
    waits = []
    for number in range(14):
        reference = f"{number:014}"
        while await lockout.attempt("wrong", reference=reference) == "waits":
            waits.append(lockout.waits)
            lockout.clock.at += int(lockout.waits * 1000)
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]


async def test_what_waits_is_not_looked_at_until_its_very_instant(lockout: Lockout) -> None:
    assert [await lockout.attempt("wrong") for _ in range(3)] == ["wrong", "wrong", "waits"]
    lockout.clock.at += 999
    assert await lockout.attempt("right") == "waits"
    assert lockout.judged == 2
    lockout.clock.at += 1
    assert await lockout.attempt("right") == "found"


async def test_tries_that_wait_do_not_make_the_wait_longer(lockout: Lockout) -> None:
    for _ in range(50):
        await lockout.attempt("wrong")
    lockout.clock.at += 1000
    assert await lockout.attempt("right") == "found"


async def test_after_an_hour_a_source_begins_anew(lockout: Lockout) -> None:
    for _ in range(8):
        await lockout.attempt("wrong", code=LONG)
        lockout.clock.at += 60_000
    lockout.clock.at += HOUR_MS
    assert [await lockout.attempt("wrong", code=LONG) for _ in range(3)] == ["wrong", "wrong", "waits"]


async def test_a_source_that_waits_holds_up_nobody_else(lockout: Lockout) -> None:
    for _ in range(3):
        await lockout.attempt("wrong")
    assert await lockout.attempt("right", source="elsewhere") == "found"


async def test_a_right_code_takes_back_its_own_try_and_frees_no_guessing(lockout: Lockout) -> None:
    outcomes = [
        await lockout.attempt(outcome) for outcome in ("right", "right", "wrong", "right", "wrong", "right")
    ]
    assert outcomes == ["found", "found", "wrong", "found", "wrong", "waits"]


async def test_what_could_not_be_judged_counts_for_nothing(lockout: Lockout) -> None:
    assert [await lockout.attempt("down") for _ in range(30)] == ["down"] * 30
    assert await lockout.attempt("right") == "found"


async def test_a_hundred_tries_of_one_source_at_once_are_no_hundred_guesses(lockout: Lockout) -> None:
    outcomes = await asyncio.gather(*(lockout.attempt("wrong", code=LONG) for _ in range(100)))
    assert lockout.judged == 2
    assert set(outcomes) == {"wrong", "waits"}


async def test_who_is_right_many_times_at_once_is_not_refused_for_it(lockout: Lockout) -> None:
    """A double click; a village behind one address."""
    outcomes = await asyncio.gather(*(lockout.attempt("right") for _ in range(20)))
    assert set(outcomes) == {"found"}


async def test_behind_its_wrong_codes_of_a_day_a_number_wants_the_phone(lockout: Lockout) -> None:
    assert await lockout.strangers(A_DAY + 1) == ["wrong"] * A_DAY + ["phone"]
    assert await lockout.attempt("right", source="at home") == "phone"
    assert await lockout.attempt("right", source="the phone", owner=True) == "found"
    assert await lockout.attempt("right", reference="26112300000665", source="at home") == "found"


async def test_a_hundred_sources_at_once_are_no_hundred_guesses(lockout: Lockout) -> None:
    tries = (lockout.attempt("wrong", source=f"stranger {one}") for one in range(100))
    outcomes = await asyncio.gather(*tries)
    assert lockout.judged == outcomes.count("wrong") == A_DAY


async def test_being_sent_to_the_phone_makes_nobody_wait(lockout: Lockout) -> None:
    await lockout.strangers(A_DAY)
    assert [await lockout.attempt("right", source="at home") for _ in range(5)] == ["phone"] * 5
    assert await lockout.attempt("right", reference="26112300000665", source="at home") == "found"


async def test_at_midnight_the_code_alone_opens_again(lockout: Lockout) -> None:
    await lockout.strangers(A_DAY)
    lockout.reach(23)
    assert await lockout.attempt("right", source="at home") == "phone"
    lockout.reach(0)
    assert await lockout.attempt("right", source="at home") == "found"


async def test_sixteen_digits_are_never_counted_at_their_number(lockout: Lockout) -> None:
    assert await lockout.strangers(5 * A_DAY, code=LONG) == ["wrong"] * 5 * A_DAY
    assert await lockout.attempt("right", source="at home") == "found"
    await lockout.strangers(A_DAY)
    assert await lockout.attempt("right", source="at home", code=LONG) == "found"


async def test_tries_of_the_phone_itself_count_apart(lockout: Lockout) -> None:
    for _ in range(A_DAY):
        assert await lockout.attempt("wrong", source="the phone", owner=True) == "wrong"
        lockout.clock.at += 60_000
    assert await lockout.strangers(A_DAY) == ["wrong"] * A_DAY


async def test_ones_own_right_codes_do_not_use_up_the_day(lockout: Lockout) -> None:
    assert [await lockout.attempt("right") for _ in range(3 * A_DAY)] == ["found"] * 3 * A_DAY
    assert await lockout.strangers(A_DAY) == ["wrong"] * A_DAY


async def test_no_wrong_answer_comes_sooner_than_another() -> None:
    lockout, least = Lockout(least_seconds=0.05), 0.05
    clock = asyncio.get_running_loop().time
    for reference in (REFERENCE, "20000000000000"):
        before = clock()
        assert await lockout.attempt("wrong", reference=reference) == "wrong"
        assert clock() - before >= least
