"""Passwords: how they are kept, how they are compared, and which ones are refused.

The rules it protects: a password is kept as an argon2id hash only; hashing never blocks the event
loop; an unknown login costs the same time as a wrong password, so that nobody can list accounts.

Sources: RFC 9106 (argon2id); OWASP Password Storage Cheat Sheet (19 MiB, 2 passes, 1 lane, about
30 ms); OWASP ASVS 5.0.0 V6.2 (length instead of composition rules, a list of common passwords,
context words; pasting and up to 64 characters and more are allowed).
"""

from __future__ import annotations

import asyncio
import re
import secrets
import unicodedata
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib import resources
from itertools import pairwise

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

MIN_LENGTH = 8
MAX_LENGTH = 256
"""Longer input is refused: it is no password, and hashing it costs time."""

CONTEXT_WORDS = ("公安", "警察", "gongan", "jingcha", "police", "12389", "12110", "12123", "12345")
"""Words everybody would try first here; settings may add the organisation's own."""

_READABLE = "abcdefghjkmnpqrstuvwxyz23456789"


class Passwords:
    """Hashes and compares in threads of its own: two at once, so that a storm of logins costs 38 MiB."""

    def __init__(self, *, time_cost: int = 2, memory_kib: int = 19_456) -> None:
        self._hasher = PasswordHasher(time_cost=time_cost, memory_cost=memory_kib, parallelism=1)
        self._threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="passwords")
        self._decoy = self._hasher.hash(secrets.token_urlsafe(16))

    async def hash(self, password: str) -> str:
        """The argon2id hash to store."""
        return await asyncio.get_running_loop().run_in_executor(
            self._threads, self._hasher.hash, _folded(password)
        )

    async def verify(self, password_hash: str, password: str) -> bool:
        """Whether it is the password. `password_hash` "" (no such login) takes the same time and is False."""
        return await asyncio.get_running_loop().run_in_executor(
            self._threads, self._verify, password_hash, _folded(password[: MAX_LENGTH + 1])
        )

    def is_outdated(self, password_hash: str) -> bool:
        """Whether it was made with other costs: hash again at the next login."""
        return self._hasher.check_needs_rehash(password_hash)

    def close(self) -> None:
        """Ends the threads; what runs is finished first."""
        self._threads.shutdown(wait=True)

    def _verify(self, password_hash: str, password: str) -> bool:
        try:
            self._hasher.verify(password_hash or self._decoy, password)
        except (Argon2Error, InvalidHashError):
            return False
        return bool(password_hash)


class WeakPasswords:
    """Decides whether a new password is too easy to guess. `words` are added to `CONTEXT_WORDS`."""

    def __init__(self, words: Sequence[str] = ()) -> None:
        listed = resources.files("hub").joinpath("data/weak_passwords.txt").read_text("utf-8")
        self._common = frozenset(line for line in listed.split() if line)
        self._words = tuple(_folded(word).casefold() for word in (*CONTEXT_WORDS, *words) if len(word) > 1)

    def problem(self, password: str, *, login: str = "") -> str:
        """A sentence (catalogue key) saying why it is refused, or "" when it is good enough."""
        if len(password) < MIN_LENGTH:
            return "密码至少 8 个字符，建议用几个词组成 15 个字符以上"
        if len(password) > MAX_LENGTH:
            return "密码最多 256 个字符"
        folded = _folded(password).casefold()
        if folded in self._common or _bare(folded) in self._common or _is_run(folded):
            return "这个密码太常见，很容易被猜到"
        rest = folded
        for word in (*self._words, login.casefold()):
            rest = rest.replace(word, "") if word else rest
        if rest != folded and len(_bare(rest)) < 4:
            return "密码不能只由单位名称、热线号码或用户名组成"
        return ""


def one_time_password() -> str:
    """12 readable characters in groups (60 bits), for a first login that must change it."""
    return "-".join("".join(secrets.choice(_READABLE) for _ in range(4)) for _ in range(3))


def _folded(password: str) -> str:
    # The same characters typed by two input methods must give the same password.
    return unicodedata.normalize("NFKC", password)


def _bare(folded: str) -> str:
    """Without the digits and marks people put at the ends."""
    return re.sub(r"^[\d\W_]+|[\d\W_]+$", "", folded)


def _is_run(folded: str) -> bool:
    """`aaaaaaaa`, `12345678`, `hgfedcba`, `abababab`: every step the same, or one pair repeated."""
    steps = {ord(b) - ord(a) for a, b in pairwise(folded)}
    return (len(steps) == 1 and steps <= {-1, 0, 1}) or len(set(folded)) <= 2
