"""The provider's codes, each with the decision the messaging reference asks for."""

from __future__ import annotations

from email.utils import format_datetime

import pytest

from channels.errors import Ambiguous, Misconfigured, Permanent, Refused, SendError, Temporary
from channels.twilio.codes import CODES, retry_after_seconds, send_error
from hub.runtime.clock import FakeClock, to_local

NOW = FakeClock().now_ms()


@pytest.mark.parametrize(
    ("code", "decision"),
    [
        (20429, Temporary),
        (21611, Temporary),
        (30001, Temporary),
        (14107, Temporary),
        (21610, Refused),
        (21211, Permanent),
        (21214, Permanent),
        (21217, Permanent),
        (21614, Permanent),
        (21612, Permanent),
        (21408, Permanent),
        (21617, Permanent),
        (21604, Permanent),
        (20003, Misconfigured),
        (20404, Misconfigured),
        (21603, Misconfigured),
        (21606, Misconfigured),
        (21609, Misconfigured),
        (30002, Misconfigured),
        (20005, Misconfigured),
        (30003, Temporary),
        (30008, Temporary),
        (30007, Permanent),
        (30004, Permanent),
        (30005, Permanent),
        (30610, Temporary),
    ],
)
def test_a_code_is_one_decision(code: int, decision: type[SendError]) -> None:
    problem = send_error(400, code)
    assert type(problem) is decision
    assert problem.code == str(code)


def test_only_codes_about_the_number_mark_it_dead() -> None:
    dead = {code for code in CODES if getattr(send_error(400, code), "invalid_address", False)}
    assert dead == {21211, 21214, 21217, 21614, 21612, 21408, 30005, 30006}


def test_only_overload_shrinks_the_rate() -> None:
    slow = {code for code in CODES if getattr(send_error(400, code), "slow_down", False)}
    assert slow == {20429, 14107, 21611, 30001}


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504])
@pytest.mark.parametrize("code", [None, 20500, 20503, 21610, 20429])
def test_a_failing_provider_may_have_sent_it_whatever_it_says(status: int, code: int | None) -> None:
    assert type(send_error(status, code)) is Ambiguous


@pytest.mark.parametrize(
    ("status", "decision"),
    [
        (429, Temporary),
        (401, Misconfigured),
        (403, Misconfigured),
        (404, Misconfigured),
        (302, Misconfigured),
        (400, Permanent),
        (413, Permanent),
        (422, Permanent),
    ],
)
def test_without_a_known_code_the_status_decides(status: int, decision: type[SendError]) -> None:
    for code in (None, 99999):
        assert type(send_error(status, code)) is decision


def test_the_provider_says_how_long_to_wait() -> None:
    problem = send_error(429, 20429, "12")
    assert isinstance(problem, Temporary)
    assert (problem.slow_down, problem.retry_after_seconds) == (True, 12.0)


def test_a_pause_is_understood_in_both_spellings_and_never_without_end() -> None:
    soon = format_datetime(to_local(NOW + 90_000))
    past = format_datetime(to_local(NOW - 90_000))
    assert retry_after_seconds("5", NOW) == 5.0
    assert retry_after_seconds(soon, NOW) == pytest.approx(90, abs=1)
    assert retry_after_seconds(past, NOW) == 0.0
    assert retry_after_seconds("999999999", NOW) == 3600.0
    for nonsense in ("", "soon", "-1", "１２", "1.5"):
        assert retry_after_seconds(nonsense, NOW) is None


def test_no_reason_can_quote_a_number() -> None:
    assert not any(character.isdigit() for rule in CODES.values() for character in rule.reason)
