"""Trouble on demand: what the simulated carrier does wrong, how often and to whom."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class FaultKind(StrEnum):
    """How a request goes wrong."""

    TOO_MANY = "too_many"  # 429 with Retry-After
    SERVER_ERROR = "server_error"  # 500
    UNAVAILABLE = "unavailable"  # 503
    LOST_ANSWER = "lost_answer"  # taken, then the connection is cut
    ERROR_CODE = "error_code"  # 400 with `code`; codes 30000 to 30999 fail after acceptance
    GARBAGE = "garbage"  # taken, answered 201 with something that is not JSON
    SLOW = "slow"  # works after `seconds`
    NEVER = "never"  # taken, no answer within any patience
    NOT_FOUND = "not_found"  # 404
    REDIRECT = "redirect"  # 302 to `location`
    CUT = "cut"  # half of it, then the connection is cut
    DRIP = "drip"  # a byte every `seconds`, within no patience all of it


class Resource(StrEnum):
    """What a fault strikes."""

    MESSAGES = "messages"
    RECORDINGS = "recordings"
    RECORDING_LISTS = "recording lists"


@dataclass(frozen=True, slots=True)
class Fault:
    """One rule.

    times: how many requests it strikes before it is gone; None = all of them.
    to: only messages to this number; "" = any. code: for ERROR_CODE.
    retry_after: that header's value for TOO_MANY. seconds: for SLOW.
    taken: whether a SERVER_ERROR or UNAVAILABLE was processed all the same.
    location: for REDIRECT. of: only the recording with this sid; "" = any.
    """

    kind: FaultKind
    times: int | None = 1
    to: str = ""
    code: int = 0
    retry_after: str = "1"
    seconds: float = 0.0
    taken: bool = False
    where: Resource = Resource.MESSAGES
    location: str = ""
    of: str = ""


class FaultList:
    """The rules in force, oldest first."""

    def __init__(self) -> None:
        self._rules: list[tuple[Fault, int | None]] = []

    def add(self, fault: Fault) -> None:
        """Put `fault` in force behind those already there."""
        self._rules.append((fault, fault.times))

    def left(self, fault: Fault) -> int:
        """How many requests `fault` will still strike; one without an end counts as none."""
        return sum(left or 0 for rule, left in self._rules if rule is fault)

    def clear(self) -> None:
        """Everything works again."""
        self._rules.clear()

    def take(self, where: Resource, *, to: str = "", of: str = "") -> Fault | None:
        """The fault that strikes this request, used up by one; None when all is well."""
        for i, (fault, left) in enumerate(self._rules):
            if fault.where is where and fault.to in {"", to} and fault.of in {"", of}:
                if left is None:
                    return fault
                if left <= 1:
                    del self._rules[i]
                else:
                    self._rules[i] = (fault, left - 1)
                return fault
        return None
