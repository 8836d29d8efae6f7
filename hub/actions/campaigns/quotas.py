"""What a department may still send, for those who write, approve and release its campaigns.

The gate holds what goes beyond a quota (`channels/outbox/limits.py`); here it is said before anything leaves.
"""

from __future__ import annotations

from dataclasses import dataclass

from campaigns.said import Said
from channels.outbox.delivery import MessageClass
from hub.model.campaigns.departments import Departments
from hub.repositories.outbox import OutboxRepository

NOT_ALLOWED = "该部门不能发送这一级别的消息"
MONTH_GONE = "超出部门本月短信配额（剩余 %(left)s 条，本次需要 %(parts)s 条）。请缩小接收人范围，或等到下个月"


@dataclass(frozen=True, slots=True)
class Remaining:
    """Parts left on the local day and in its month; None = no limit. Never below 0."""

    day: int | None
    month: int | None


class Quotas:
    """Reads."""

    def __init__(self, departments: Departments, outbox: OutboxRepository) -> None:
        self._departments = departments
        self._outbox = outbox

    async def remaining(self, department: str, now: int) -> Remaining:
        """What is left at `now` (ms UTC); of the office itself, "", there is no limit."""
        quota = self._departments.get(department).quota
        spent = (await self._outbox.spent([department], now))[department]
        return Remaining(_left(quota.daily_parts, spent.day), _left(quota.monthly_parts, spent.month))

    async def problem(self, department: str, message_class: MessageClass, parts: int, now: int) -> str:
        """Why a department may not release such a broadcast, in Chinese, or "".

        What goes beyond the day only waits for the next one. E0 has no quota.
        """
        if message_class not in self._departments.get(department).classes:
            return NOT_ALLOWED
        left = (await self.remaining(department, now)).month
        beyond = message_class is not MessageClass.E0 and left is not None and parts > left
        return Said(MONTH_GONE, left=left, parts=parts) if beyond else ""


def _left(limit: int, spent: int) -> int | None:
    return max(0, limit - spent) if limit else None
