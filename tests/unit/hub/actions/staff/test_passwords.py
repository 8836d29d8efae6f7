"""Passwords are kept as argon2id, compared in equal time, and refused when easy to guess."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator

import pytest

from hub.actions.staff.passwords import Passwords, WeakPasswords, one_time_password


@pytest.fixture
def quick() -> Iterator[Passwords]:
    passwords = Passwords(time_cost=1, memory_kib=64)
    yield passwords
    passwords.close()


async def test_the_right_password_is_recognised_and_a_wrong_one_is_not(quick: Passwords) -> None:
    kept = await quick.hash("一段足够长的口令")
    assert kept.startswith("$argon2id$")
    assert await quick.verify(kept, "一段足够长的口令")
    assert not await quick.verify(kept, "一段足够长的口号")


async def test_two_input_methods_for_the_same_characters_give_the_same_password(quick: Passwords) -> None:
    kept = await quick.hash("ａｂｃ－１２３４５")
    assert await quick.verify(kept, "abc-12345")


async def test_no_password_opens_an_absent_account(quick: Passwords) -> None:
    assert not await quick.verify("", "")
    assert not await quick.verify("", "anything at all")
    assert not await quick.verify("no hash", "anything at all")


async def test_an_unknown_login_takes_as_long_as_a_wrong_password() -> None:
    passwords = Passwords()
    kept = await passwords.hash("a password nobody knows")
    spent: dict[str, float] = {}
    for name, hash in (("wrong", kept), ("unknown", ""), ("wrong", kept), ("unknown", "")):
        began = time.perf_counter()
        await passwords.verify(hash, "a guess")
        spent[name] = min(spent.get(name, 9.0), time.perf_counter() - began)
    passwords.close()
    assert spent["unknown"] > spent["wrong"] / 3


async def test_hashing_leaves_the_loop_free() -> None:
    passwords = Passwords()
    turns = 0

    async def other_work() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    other = asyncio.create_task(other_work())
    await passwords.hash("a password nobody knows")
    other.cancel()
    passwords.close()
    assert turns > 10


async def test_a_hash_of_other_costs_is_outdated(quick: Passwords) -> None:
    today = Passwords(time_cost=2, memory_kib=64)
    assert today.is_outdated(await quick.hash("a password nobody knows"))
    assert not today.is_outdated(await today.hash("a password nobody knows"))
    today.close()


@pytest.mark.parametrize(
    "password",
    [
        "1234567",
        "12345678",
        "password",
        "Password1",
        "PASSWORD2026!",
        "woaini1314",
        "aaaaaaaa",
        "87654321",
        "abababab",
        "gongan12389",
        "公安12110",
        "police2026",
        "linyan2026",
        "abcdefgh",
        "ａｄｍｉｎ１２３",
    ],
)
def test_a_password_easy_to_guess_is_refused_with_a_reason(password: str) -> None:
    assert WeakPasswords().problem(password, login="linyan")


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery",
        "三坊七巷的榕树下",
        "k7mq-w4tp-9xhd",
        "tianmu-yuan-1987-river",
        "x" * 30 + "y9z" * 20,
    ],
)
def test_length_is_enough_and_no_kind_of_character_is_demanded(password: str) -> None:
    assert WeakPasswords().problem(password, login="linyan") == ""


def test_the_organisations_own_words_count_as_known() -> None:
    assert WeakPasswords(["mindu"]).problem("mindu2026")
    assert not WeakPasswords().problem("mindu2026")


def test_an_endless_password_is_refused() -> None:
    assert WeakPasswords().problem("乱" * 130 + "码" * 130)


def test_one_time_passwords_differ_and_pass_the_rules() -> None:
    made = {one_time_password() for _ in range(50)}
    assert len(made) == 50
    assert not [password for password in made if WeakPasswords().problem(password)]
