"""Guessing becomes slow; nobody can keep the owner of an account out."""

from __future__ import annotations

import pytest

from hub.runtime.clock import FakeClock
from hub.web.guard import login_lockout
from hub.web.guard.login_lockout import LoginLockout


def fail(brake: LoginLockout, login: str, address: str, times: int) -> None:
    for _ in range(times):
        brake.failed(login, address)


def test_a_slip_or_two_costs_nothing() -> None:
    brake = LoginLockout(FakeClock())
    fail(brake, "linyan", "10.0.0.1", 2)
    assert brake.wait_ms("linyan", "10.0.0.1") == 0


def test_every_further_failure_doubles_the_wait_up_to_a_minute() -> None:
    brake = LoginLockout(FakeClock())
    waits = []
    for _ in range(12):
        brake.failed("linyan", "10.0.0.1")
        waits.append(brake.wait_ms("linyan", "10.0.0.1"))
    assert waits[:6] == [0, 0, 1000, 2000, 4000, 8000]
    assert waits[-1] == 60_000


def test_the_wait_ends_by_itself() -> None:
    clock = FakeClock()
    brake = LoginLockout(clock)
    fail(brake, "linyan", "10.0.0.1", 5)
    clock.advance(seconds=3.9)
    assert brake.wait_ms("linyan", "10.0.0.1") == 100
    clock.advance(seconds=0.1)
    assert brake.wait_ms("linyan", "10.0.0.1") == 0


def test_failures_are_forgotten_after_a_quarter_of_an_hour() -> None:
    clock = FakeClock()
    brake = LoginLockout(clock)
    fail(brake, "linyan", "10.0.0.1", 8)
    clock.advance(seconds=16 * 60)
    brake.failed("linyan", "10.0.0.1")
    assert brake.wait_ms("linyan", "10.0.0.1") == 0


def test_one_account_is_braked_from_every_address_and_one_address_for_every_account() -> None:
    brake = LoginLockout(FakeClock())
    fail(brake, "linyan", "10.0.0.1", 6)
    assert brake.wait_ms("linyan", "10.0.0.2") > 0
    assert brake.wait_ms("chenmin", "10.0.0.1") > 0
    assert brake.wait_ms("chenmin", "10.0.0.2") == 0


def test_a_stranger_cannot_keep_the_owner_out() -> None:
    brake = LoginLockout(FakeClock())
    fail(brake, "linyan", "203.0.113.9", 50)
    assert brake.wait_ms("linyan", "203.0.113.9") > 0
    assert brake.wait_ms("linyan", "203.0.113.9", "the owner's browser") == 0


def test_the_owners_own_machine_is_braked_as_well() -> None:
    brake = LoginLockout(FakeClock())
    for _ in range(6):
        brake.failed("linyan", "10.0.0.1", "the owner's browser")
    assert brake.wait_ms("linyan", "10.0.0.1", "the owner's browser") > 0
    assert brake.wait_ms("linyan", "10.0.0.1") == 0
    brake.succeeded("linyan", "10.0.0.1", "the owner's browser")
    assert brake.wait_ms("linyan", "10.0.0.1", "the owner's browser") == 0


def test_a_good_login_does_not_free_a_guessing_address() -> None:
    brake = LoginLockout(FakeClock())
    fail(brake, "chenmin", "203.0.113.9", 6)
    brake.succeeded("own-account", "203.0.113.9")
    assert brake.wait_ms("chenmin", "203.0.113.9") > 0


def test_what_is_remembered_is_bounded() -> None:
    brake = LoginLockout(FakeClock())
    for number in range(login_lockout.BOUND + 500):
        brake.failed(f"nobody-{number}", "203.0.113.9")
    assert len(brake._failures) <= login_lockout.BOUND


@pytest.mark.parametrize(
    ("failures", "wait_ms"),
    [(0, 0), (1, 0), (2, 0), (3, 1000), (4, 2000), (8, 32_000), (9, 60_000), (13, 60_000), (100, 60_000)],
)
@pytest.mark.parametrize("passed_ms", [0, 1, 999, 1000, 59_999, 60_000])
def test_the_next_try_is_possible_at_the_end_of_its_wait_and_not_a_moment_earlier(
    failures: int, wait_ms: int, passed_ms: int
) -> None:
    clock = FakeClock()
    brake = LoginLockout(clock)
    fail(brake, "linyan", "10.0.0.1", failures)
    clock.at += passed_ms
    assert brake.wait_ms("linyan", "10.0.0.1") == max(0, wait_ms - passed_ms)


@pytest.mark.parametrize(("passed_ms", "wait_ms"), [(0, 1000), (1, 0)])
def test_failures_count_together_up_to_the_very_end_of_the_quarter_of_an_hour(
    passed_ms: int, wait_ms: int
) -> None:
    clock = FakeClock()
    brake = LoginLockout(clock)
    fail(brake, "linyan", "10.0.0.1", 2)
    clock.at += login_lockout.FORGET_MS + passed_ms
    brake.failed("linyan", "10.0.0.1")
    assert brake.wait_ms("linyan", "10.0.0.1") == wait_ms
