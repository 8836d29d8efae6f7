"""The shared pace: parts per second, lanes, the provider's backlog, slowing down, recovering."""

from __future__ import annotations

import pytest

from channels.outbox.pace import Moves, Pace

START = 1_790_049_600_000
RED, REPLY, NOTICE, LESSON = 0, 1, 2, 3


class Sender:
    """Asks as a process does and counts what leaves, by lane."""

    def __init__(self, contract: float) -> None:
        self.contract = contract
        self.pace = Pace()
        self.now = START
        self.left = dict.fromkeys((RED, REPLY, NOTICE, LESSON), 0)

    def ask(self, lane: int, rows: int, *, parts: int = 1, more: bool = False) -> int:
        costs = [parts] * rows
        self.pace, grant = self.pace.ask(lane, costs, self.now, contract=self.contract, more=more)
        self.left[lane] += grant.rows * parts
        return grant.rows

    def busy(self, *lanes: int, seconds: float, rows: int = 200) -> None:
        """Each of `lanes` always has `rows` waiting and asks every quarter second."""
        for _ in range(round(seconds * 4)):
            for lane in lanes:
                self.ask(lane, rows, more=True)
            self.now += 250


def test_a_sender_without_a_rate_is_never_held_back() -> None:
    sender = Sender(0)
    assert sender.ask(LESSON, 10_000) == 10_000


def test_no_more_than_half_a_second_is_granted_at_once_however_long_it_was_idle() -> None:
    sender = Sender(100)
    assert sender.ask(LESSON, 512) == 50
    sender.now += 3_600_000
    assert sender.ask(LESSON, 512) == 50
    assert sender.ask(LESSON, 512) == 0


def test_many_who_ask_all_the_time_get_a_quarter_of_a_second_at_a_time() -> None:
    sender = Sender(100)
    sender.ask(LESSON, 512)
    grants = []
    for _ in range(1000):
        sender.now += 10
        if rows := sender.ask(LESSON, 512):
            grants.append(rows)
    assert min(grants) >= 25
    assert sum(grants) == pytest.approx(1000, abs=30)


def test_over_a_minute_the_parts_that_leave_are_the_contract_rate() -> None:
    sender = Sender(10)
    for _ in range(600):
        sender.ask(LESSON, 30, parts=2)
        sender.now += 100
    assert sender.left[LESSON] == pytest.approx(600, abs=10)


def test_a_long_message_leaves_and_the_next_one_waits_for_it() -> None:
    sender = Sender(1)
    assert sender.ask(REPLY, 5, parts=8) == 1
    sender.now += 6_000
    assert sender.ask(REPLY, 1, parts=8) == 0
    sender.now += 3_000
    assert sender.ask(REPLY, 1, parts=8) == 1


def test_while_a_warning_leaves_replies_get_a_tenth_and_lessons_nothing() -> None:
    sender = Sender(100)
    sender.busy(LESSON, seconds=10)
    sender.left = dict.fromkeys(sender.left, 0)
    sender.busy(RED, REPLY, NOTICE, LESSON, seconds=60)
    assert sender.left[RED] == pytest.approx(5400, rel=0.02)
    assert sender.left[REPLY] == pytest.approx(600, rel=0.1)
    assert sender.left[NOTICE] + sender.left[LESSON] == 0


def test_a_tenth_that_no_reply_wants_goes_to_the_warning() -> None:
    sender = Sender(100)
    sender.busy(RED, seconds=60)
    assert sender.left[RED] == pytest.approx(6000, rel=0.02)


def test_a_reply_leaves_at_once_in_the_middle_of_a_warning() -> None:
    sender = Sender(100)
    sender.busy(RED, seconds=30)
    assert sender.ask(REPLY, 1, parts=2) == 1


def test_after_ten_minutes_of_a_warning_lessons_get_a_tenth() -> None:
    sender = Sender(100)
    sender.busy(RED, LESSON, seconds=600)
    assert sender.left[LESSON] == 0
    sender.busy(RED, LESSON, seconds=60)
    assert sender.left[LESSON] == pytest.approx(600, rel=0.1)


def test_without_a_rate_lessons_wait_for_the_warning_and_get_a_tenth_of_the_time_after_ten_minutes() -> None:
    sender = Sender(0)
    sender.busy(RED, LESSON, seconds=600)
    assert sender.left[LESSON] == 0
    sender.busy(RED, LESSON, seconds=60)
    assert sender.left[LESSON] == pytest.approx(0.1 * 4 * 60 * 200, rel=0.2)
    assert sender.ask(REPLY, 3) == 3


def test_a_second_after_the_last_warning_everybody_goes_on() -> None:
    sender = Sender(100)
    sender.busy(RED, LESSON, seconds=5)
    assert sender.pace.is_closed(LESSON, sender.now, contract=100)
    sender.now += 1_000
    assert not sender.pace.is_closed(LESSON, sender.now, contract=100)
    assert sender.ask(LESSON, 200) == 50


def test_a_single_reply_holds_nobody_up() -> None:
    sender = Sender(100)
    for _ in range(60):
        sender.ask(REPLY, 1)
        sender.busy(LESSON, seconds=1)
    assert sender.left[REPLY] == 60
    assert sender.left[LESSON] == pytest.approx(5940, rel=0.02)


def test_slow_down_shrinks_the_rate_and_ten_seconds_give_five_percent_back() -> None:
    pace = Pace().slowed(START)
    assert pace.rate(START, 100) == pytest.approx(70)
    assert pace.rate(START + 10_000, 100) == pytest.approx(75)
    assert pace.rate(START + 3_600_000, 100) == pytest.approx(100)


def test_all_that_was_in_flight_and_is_refused_together_is_one_word() -> None:
    pace = Pace()
    for n in range(64):
        pace = pace.slowed(START + n)
    assert pace.rate(START + 64, 100) == pytest.approx(70)


def test_however_often_it_is_told_the_sender_stays_able_to_recover() -> None:
    pace = Pace()
    for n in range(100):
        pace = pace.slowed(START + n * 1000)
    assert pace.rate(START + 100_000, 100) == pytest.approx(5, abs=5)


def test_the_provider_never_holds_more_than_two_seconds_worth() -> None:
    sender = Sender(100)
    provider: list[int] = []
    most = 0
    for _ in range(240):  # it passes on 40 a second and says so
        rows = sender.ask(LESSON, 200, more=True)
        moves = Moves()
        provider += [sender.now] * rows
        if rows:
            moves.accepted(rows, sender.now)
        for accepted_at in provider[:10]:
            moves.passed_on(1, accepted_at, sender.now)
        provider = provider[10:]
        sender.pace = sender.pace.noted(moves.on_the_way, moves.sent_at, sender.now)
        most = max(most, len(provider))
        sender.now += 250
    assert most <= 200
    assert sender.left[LESSON] == pytest.approx(40 * 60, rel=0.15)


def test_a_provider_that_never_says_sent_stops_nobody() -> None:
    sender = Sender(100)
    for _ in range(240):
        if rows := sender.ask(LESSON, 200, more=True):
            moves = Moves()
            moves.accepted(rows, sender.now)
            sender.pace = sender.pace.noted(moves.on_the_way, moves.sent_at, sender.now)
        sender.now += 250
    assert sender.left[LESSON] == pytest.approx(6000, rel=0.02)


def test_a_provider_that_stops_saying_so_is_waited_for_some_seconds() -> None:
    sender = Sender(100)
    moves = Moves()
    moves.accepted(200, sender.now)
    moves.passed_on(0, sender.now, sender.now)
    sender.pace = sender.pace.noted(moves.on_the_way, moves.sent_at, sender.now)
    assert sender.ask(RED, 10) == 0
    sender.now += 4_900
    assert sender.ask(RED, 10) == 0
    sender.now += 200
    assert sender.ask(RED, 10) == 10


def test_reports_that_are_lost_are_forgotten() -> None:
    pace = Pace().noted({START: 150, START + 15_000: 20}, START + 21_000, START + 21_000)
    assert pace.room(START + 21_000, 100) == 180


def test_a_clock_that_is_put_back_stops_nobody() -> None:
    sender = Sender(100)
    sender.busy(RED, REPLY, LESSON, seconds=5)
    sender.pace = sender.pace.slowed(sender.now).noted({sender.now: 500}, sender.now, sender.now)
    sender.now -= 86_400_000
    sender.left = dict.fromkeys(sender.left, 0)
    sender.busy(LESSON, seconds=60)
    assert sender.left[LESSON] == pytest.approx(4700, rel=0.1)  # and the rate recovers
    slower = sender.pace.slowed(sender.now)
    assert slower.rate(sender.now, 100) < sender.pace.rate(sender.now, 100)
