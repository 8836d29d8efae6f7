"""What a department sent in a month through its old platform: numbers, nobody's number."""

from __future__ import annotations

from dataclasses import dataclass

KEPT_MONTHS = 24


@dataclass(frozen=True, slots=True)
class SentMonth:
    """id: `department:month`. month: `202611`, local. sent, delivered, failed: texts. brought_by: import."""

    id: str
    department: str
    month: str
    sent: int
    delivered: int
    failed: int
    brought_by: str

    @property
    def counts(self) -> tuple[int, int, int]:
        """What is compared: two files may say the same."""
        return self.sent, self.delivered, self.failed


def months_before(month: str, other: str) -> int:
    """How many months `month` lies before `other`; fewer than 0 for one behind it. Both as `202611`."""
    year, number = int(month[:4]), int(month[4:])
    return (int(other[:4]) - year) * 12 + int(other[4:]) - number
