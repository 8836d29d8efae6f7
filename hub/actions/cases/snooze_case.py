"""稍后处理: a handler puts a case of their own aside, or takes it back; nobody else's work changes by it."""

from __future__ import annotations

from dataclasses import replace

from hub.actions.cases.case_rules import CaseRules
from hub.actions.cases.casework import Casework
from hub.model.agent import Agent, Permission
from hub.model.cases.case import Case, Snooze
from hub.model.cases.queue.snoozing import UNTIL_SPOKEN, Wake, may_rest, wake_instant
from hub.model.cases.queue.timing import scheduled
from hub.repositories.repositories import Repositories
from hub.runtime.clock import Clock
from hub.runtime.errors import Invalid

_LONGEST_MS = 90 * 86_400_000
_MOST_CHARACTERS = 200


class SnoozeCase:
    """Puts aside and takes back."""

    def __init__(
        self, casework: Casework, repositories: Repositories, rules: CaseRules, clock: Clock
    ) -> None:
        self._casework = casework
        self._repositories = repositories
        self._rules = rules
        self._clock = clock

    async def __call__(
        self, agent: Agent, case_id: str, when: str, at: str, reminder: str, *, version: int
    ) -> None:
        """when: a `Wake`; at: a local time for `Wake.AT`; reminder: for the handler alone, "" for none.

        Raises `Invalid`, `NotFound`, `Forbidden` or `Stale`.
        """
        case = await self._casework.take(agent, case_id, Permission.CASE_REPLY, version=version)
        now = self._clock.now_ms()
        until = _until(when, at, now)
        after = _aside(case, agent, until, reminder.strip()) if until else _back(case, agent)
        after = scheduled(replace(after, updated_at=now), now, self._rules.now)
        if until and not may_rest(after, agent.id):  # its last day may have begun since time last passed
            raise Invalid({"when": "紧急、已超期或今天到期的工单不能放到稍后"})
        await self._casework.commit([self._repositories.cases.update(after, version)])


def _until(when: str, at: str, now: int) -> int:
    if when not in frozenset(Wake):
        raise Invalid({"when": "请选择什么时候再办"})
    try:
        until = wake_instant(Wake(when), at, now)
    except ValueError:
        raise Invalid({"at": "请填写日期和时间"}) from None
    if until and until <= now:
        raise Invalid({"at": "请选择以后的时间"})
    if until != UNTIL_SPOKEN and until > now + _LONGEST_MS:
        raise Invalid({"at": "最长可以放 90 天"})
    return until


def _aside(case: Case, agent: Agent, until: int, reminder: str) -> Case:
    if case.handler_id != agent.id:
        raise Invalid({"when": "只能把自己承办的工单放到稍后"})
    if len(reminder) > _MOST_CHARACTERS:
        raise Invalid({"reminder": "提醒最多 200 个字"})
    return replace(case, snooze=Snooze(until, agent.id), reminder=reminder)


def _back(case: Case, agent: Agent) -> Case:
    if case.snooze.by != agent.id:
        raise Invalid({"when": "只有放到稍后的人可以放回"})
    return replace(case, snooze=Snooze(), reminder="")
