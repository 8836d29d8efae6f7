"""Deficit round robin: by department and its share, then by broadcast."""

from __future__ import annotations

from collections import Counter

from channels.outbox.ports import Leased, Waiting
from channels.outbox.turns import Turns
from tests.unit.channels.outbox.outbox_world import a_delivery


def claimed(turns: Turns, stock: dict[Waiting, tuple[int, int]], *, rounds: int, limit: int) -> Counter[str]:
    """Plays the dispatcher. stock: rows and parts of each; what was claimed, in parts by queue."""
    left = {queue: rows for queue, (rows, _) in stock.items()}
    got: Counter[str] = Counter()
    for _ in range(rounds):
        free = limit
        waiting = [queue for queue in stock if left[queue]]
        while waiting and free:
            for queue in turns.begin(waiting, free):
                wanted = turns.rows(queue, free)
                if not wanted:
                    continue
                rows = min(wanted, left[queue])
                parts = stock[queue][1]
                turns.took(queue, [Leased(a_delivery("x", parts=parts), 1)] * rows)
                left[queue] -= rows
                free -= rows
                got[queue.key] += rows * parts
                if rows < wanted:
                    turns.is_empty(queue)
                    waiting.remove(queue)
                if not free:
                    break
    return got


def test_a_million_of_one_department_does_not_stand_before_ten_thousand_of_another() -> None:
    big, small = Waiting("s/3/a/1", "a"), Waiting("s/3/b/2", "b")
    got = claimed(Turns(), {big: (1_000_000, 1), small: (10_000, 1)}, rounds=400, limit=50)
    assert got["s/3/b/2"] == 10_000
    assert got["s/3/a/1"] == 10_000


def test_what_one_leaves_the_others_get() -> None:
    big, small = Waiting("s/3/a/1", "a"), Waiting("s/3/b/2", "b")
    got = claimed(Turns(), {big: (1_000_000, 1), small: (10, 1)}, rounds=10, limit=50)
    assert got == {"s/3/a/1": 490, "s/3/b/2": 10}


def test_a_department_with_three_broadcasts_gets_no_more_than_one_with_one() -> None:
    stock = {Waiting(f"s/3/a/{n}", "a"): (10_000, 1) for n in range(3)} | {
        Waiting("s/3/b/9", "b"): (10_000, 1)
    }
    got = claimed(Turns(), stock, rounds=60, limit=50)
    assert abs(got["s/3/b/9"] - 1500) <= 50
    assert all(abs(got[f"s/3/a/{n}"] - 500) <= 50 for n in range(3))


def test_shares_weigh_departments() -> None:
    stock = {Waiting(f"s/3/{d}/1", d): (10_000, 1) for d in ("a", "b")}
    got = claimed(Turns({"a": 3, "b": 1}.__getitem__), stock, rounds=40, limit=50)
    assert abs(got["s/3/a/1"] - 1500) <= 50


def test_parts_count_and_not_messages() -> None:
    long, short = Waiting("s/3/a/1", "a"), Waiting("s/3/b/2", "b")
    got = claimed(Turns(), {long: (10_000, 4), short: (10_000, 1)}, rounds=200, limit=40)
    assert abs(got["s/3/a/1"] - got["s/3/b/2"]) <= 0.1 * got["s/3/a/1"]


def test_one_row_at_a_time_goes_round() -> None:
    stock = {Waiting(f"s/3/{d}/1", d): (1000, 1) for d in "abcdefghij"}
    got = claimed(Turns(), stock, rounds=100, limit=1)
    assert set(got.values()) == {10}


def test_who_was_away_saves_nothing_up() -> None:
    turns = Turns()
    a, b = Waiting("s/3/a/1", "a"), Waiting("s/3/b/2", "b")
    claimed(turns, {a: (5, 1), b: (100_000, 1)}, rounds=100, limit=50)
    got = claimed(turns, {a: (100_000, 1), b: (100_000, 1)}, rounds=2, limit=50)
    assert abs(got[a.key] - got[b.key]) <= 10
