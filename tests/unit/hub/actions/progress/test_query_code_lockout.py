"""Wrong query codes lock the number on its channel and the source that guesses; nothing tells what exists."""

from __future__ import annotations

import asyncio

import pytest

from hub.actions.progress.progress_source import SourceDown
from hub.actions.progress.query_code_lockout import QueryCodeLockout, TooManyTries
from hub.repositories.repositories import COLLECTIONS
from hub.runtime.clock import FakeClock
from hub.runtime.errors import NotFound
from hub.store.memory_documents import MemoryDocuments

WRONG_CODES = 3
LOCK_SECONDS = 600
OF_ONE_SOURCE = WRONG_CODES * 4


class Lockout:
    """The lock-out over a store of its own: how often a code was looked at, and until when it is locked."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        documents = MemoryDocuments(COLLECTIONS, clock=self.clock)
        self._brake = QueryCodeLockout(
            documents, self.clock, wrong_codes=WRONG_CODES, lock_seconds=LOCK_SECONDS
        )
        self.judged = 0
        self.until = 0

    async def attempt(
        self, code: str, *, reference: str = "26112300000664", source: str = "here", channel: str = "web"
    ) -> str:
        """`found`, `wrong` or `locked` for a code that is right, wrong, or cannot be judged now (`down`)."""

        async def judge() -> str | None:
            self.judged += 1
            if code == "down":
                raise SourceDown
            return "the case" if code == "right" else None

        try:
            assert await self._brake.attempt(reference, judge, source=source, channel=channel) == "the case"
        except NotFound:
            return "wrong"
        except SourceDown:
            return "down"
        except TooManyTries as locked:
            self.until = locked.until
            return "locked"
        return "found"

    async def attempts(self, *codes: str) -> list[str]:
        """One number from one source, one code after the other."""
        return [await self.attempt(code) for code in codes]


@pytest.fixture
def lockout() -> Lockout:
    return Lockout()


@pytest.mark.parametrize(
    ("codes", "outcomes"),
    [
        ("right", "found"),
        ("wrong wrong right", "wrong wrong found"),
        ("wrong wrong wrong", "wrong wrong locked"),
        ("wrong wrong wrong right", "wrong wrong locked locked"),
        # a right code takes back the wrong ones before it
        ("wrong wrong right wrong wrong right", "wrong wrong found wrong wrong found"),
        # what could not be judged counts neither way
        ("wrong down down wrong right", "wrong down down wrong found"),
        ("wrong wrong down wrong", "wrong wrong down locked"),
    ],
)
async def test_the_last_wrong_code_in_a_row_locks_the_number(
    lockout: Lockout, codes: str, outcomes: str
) -> None:
    assert await lockout.attempts(*codes.split()) == outcomes.split()


async def test_a_locked_number_is_locked_for_every_source_and_no_code_is_looked_at(lockout: Lockout) -> None:
    await lockout.attempts("wrong", "wrong", "wrong")
    assert await lockout.attempt("right", source="elsewhere") == "locked"
    assert lockout.judged == WRONG_CODES


@pytest.mark.parametrize(
    "other",
    [{"reference": "26112300000665", "source": "elsewhere"}, {"channel": "voice", "source": "elsewhere"}],
)
async def test_a_lock_holds_for_its_number_and_channel(lockout: Lockout, other: dict[str, str]) -> None:
    await lockout.attempts("wrong", "wrong", "wrong")
    assert await lockout.attempt("right", **other) == "found"


@pytest.mark.parametrize(("early_ms", "outcome"), [(1, "locked"), (0, "found")])
async def test_the_lock_ends_at_its_very_instant(lockout: Lockout, early_ms: int, outcome: str) -> None:
    await lockout.attempts("wrong", "wrong", "wrong")
    assert lockout.until == lockout.clock.now_ms() + LOCK_SECONDS * 1000
    lockout.clock.at = lockout.until - early_ms
    assert await lockout.attempt("right") == outcome


async def test_after_the_lock_the_number_has_all_its_tries_again(lockout: Lockout) -> None:
    await lockout.attempts("wrong", "wrong", "wrong")
    lockout.clock.at = lockout.until
    assert await lockout.attempts("wrong", "wrong", "wrong") == ["wrong", "wrong", "locked"]


async def test_a_source_that_guesses_one_number_after_the_other_is_locked_out(lockout: Lockout) -> None:
    outcomes = [
        await lockout.attempt("wrong", reference=f"{number:014}") for number in range(OF_ONE_SOURCE + 1)
    ]
    assert outcomes == ["wrong"] * (OF_ONE_SOURCE - 1) + ["locked"] * 2
    assert await lockout.attempt("right", reference="26112300000664", source="elsewhere") == "found"


async def test_a_code_of_ones_own_frees_no_guessing(lockout: Lockout) -> None:
    for number in range(OF_ONE_SOURCE - 1):
        await lockout.attempt("wrong", reference=f"{number:014}")
        assert await lockout.attempt("right", reference="26112300000664") == "found"
    assert await lockout.attempt("wrong", reference="20000000000000") == "locked"


async def test_a_hundred_tries_at_once_are_no_hundred_guesses(lockout: Lockout) -> None:
    outcomes = await asyncio.gather(*(lockout.attempt("wrong") for _ in range(100)))
    assert lockout.judged == WRONG_CODES
    assert set(outcomes) <= {"wrong", "locked"}
    assert await lockout.attempt("right") == "locked"
