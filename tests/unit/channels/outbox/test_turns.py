"""Deficit round robin: by department and its share, then by broadcast."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from channels.outbox.ports import Leased, Waiting
from channels.outbox.turns import Turns
from hub.repositories.outbox import OutboxRepository
from tests.unit.channels.outbox.outbox_world import a_delivery


class Stock(OutboxRepository):
    """So many rows, of so many parts each, wait in each queue."""

    def __init__(self, stock: dict[Waiting, tuple[int, int]]) -> None:
        self.left = {queue: rows for queue, (rows, _) in stock.items()}
        self.parts = {queue.key: parts for queue, (_, parts) in stock.items()}
        self.got: Counter[str] = Counter()
        self.claims = 0

    async def waiting(self, sender: str, lane: int) -> list[Waiting]:
        return [queue for queue, rows in self.left.items() if rows]

    async def claim(
        self, sender: str, *, lanes: Sequence[int], limit: int, lease_seconds: float, key: str = ""
    ) -> list[Leased]:
        [queue] = [one for one in self.left if one.key == key]
        rows = min(limit, self.left[queue])
        self.left[queue] -= rows
        self.got[key] += rows * self.parts[key]
        self.claims += 1
        return [Leased(a_delivery("x", parts=self.parts[key]), 1)] * rows


async def claimed(
    turns: Turns, stock: dict[Waiting, tuple[int, int]], *, rounds: int, limit: int
) -> Counter[str]:
    """stock: rows and parts of each; what was claimed, in parts by queue."""
    outbox = Stock(stock)
    for _ in range(rounds):
        assert len(await turns.claim(outbox, "s", 3, limit=limit, lease_seconds=45)) <= limit
    assert outbox.claims <= rounds * 24
    return outbox.got


async def test_a_million_of_one_department_does_not_stand_before_ten_thousand_of_another() -> None:
    big, small = Waiting("s/3/a/1", "a"), Waiting("s/3/b/2", "b")
    got = await claimed(Turns(), {big: (1_000_000, 1), small: (10_000, 1)}, rounds=400, limit=50)
    assert got["s/3/b/2"] == 10_000
    assert got["s/3/a/1"] == 10_000


async def test_what_one_leaves_the_others_get() -> None:
    big, small = Waiting("s/3/a/1", "a"), Waiting("s/3/b/2", "b")
    got = await claimed(Turns(), {big: (1_000_000, 1), small: (10, 1)}, rounds=10, limit=50)
    assert got == {"s/3/a/1": 490, "s/3/b/2": 10}


async def test_a_department_with_three_broadcasts_gets_no_more_than_one_with_one() -> None:
    stock = {Waiting(f"s/3/a/{n}", "a"): (10_000, 1) for n in range(3)} | {
        Waiting("s/3/b/9", "b"): (10_000, 1)
    }
    got = await claimed(Turns(), stock, rounds=60, limit=50)
    assert abs(got["s/3/b/9"] - 1500) <= 50
    assert all(abs(got[f"s/3/a/{n}"] - 500) <= 50 for n in range(3))


async def test_shares_weigh_departments() -> None:
    stock = {Waiting(f"s/3/{d}/1", d): (10_000, 1) for d in ("a", "b")}
    got = await claimed(Turns({"a": 3, "b": 1}.__getitem__), stock, rounds=40, limit=50)
    assert abs(got["s/3/a/1"] - 1500) <= 50


async def test_parts_count_and_not_messages() -> None:
    long, short = Waiting("s/3/a/1", "a"), Waiting("s/3/b/2", "b")
    got = await claimed(Turns(), {long: (10_000, 4), short: (10_000, 1)}, rounds=200, limit=40)
    assert abs(got["s/3/a/1"] - got["s/3/b/2"]) <= 0.1 * got["s/3/a/1"]


async def test_one_row_at_a_time_goes_round() -> None:
    stock = {Waiting(f"s/3/{d}/1", d): (1000, 1) for d in "abcdefghij"}
    got = await claimed(Turns(), stock, rounds=100, limit=1)
    assert set(got.values()) == {10}


async def test_who_was_away_saves_nothing_up() -> None:
    turns = Turns()
    a, b = Waiting("s/3/a/1", "a"), Waiting("s/3/b/2", "b")
    await claimed(turns, {a: (5, 1), b: (100_000, 1)}, rounds=100, limit=50)
    got = await claimed(turns, {a: (100_000, 1), b: (100_000, 1)}, rounds=2, limit=50)
    assert abs(got[a.key] - got[b.key]) <= 10


async def test_a_batch_of_long_messages_takes_no_more_claims_than_one_of_short_ones() -> None:
    alone = Stock({Waiting("s/3/a/1", "a"): (10_000, 3)})
    turns = Turns()
    for _ in range(2):  # what a row costs is known then, and what was taken too much is given back
        await turns.claim(alone, "s", 3, limit=256, lease_seconds=45)
    claims = alone.claims
    assert len(await turns.claim(alone, "s", 3, limit=256, lease_seconds=45)) == 256
    assert alone.claims == claims + 1
