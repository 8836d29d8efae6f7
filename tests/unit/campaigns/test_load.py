"""How busy the senders are in each hour."""

from __future__ import annotations

from campaigns.load import HOUR_MS, hourly_percent
from tests.unit.campaigns.stage import NOON


def test_one_sending_asks_for_the_whole_rate_while_it_lasts() -> None:
    half_past = NOON + HOUR_MS // 2
    load = hourly_percent([("sms", [(half_past, NOON + 2 * HOUR_MS)])], NOON)
    assert load[:3] == (50, 100, 0)


def test_two_at_once_on_one_sender_ask_for_twice_the_rate_and_on_two_senders_do_not() -> None:
    spans = [(NOON, NOON + HOUR_MS)]
    assert hourly_percent([("sms", spans), ("sms", spans)], NOON)[0] == 200
    assert hourly_percent([("sms", spans), ("mail", spans)], NOON)[0] == 100


def test_nothing_planned_is_no_load() -> None:
    assert set(hourly_percent([], NOON)) == {0}
