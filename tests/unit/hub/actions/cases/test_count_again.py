"""New rules move what is looked for next, and it is told how many last days are others."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from hub.actions.cases.all_cases.count_again import CountAgain
from hub.actions.cases.case_rules import CaseRules
from hub.model.cases.attempt import Attempt
from hub.model.cases.case import Case, Origin
from hub.model.cases.clock import Rules
from hub.model.cases.clock_names import ClockName
from hub.model.cases.proceeding import Proceeding
from hub.model.cases.queue.order import judged_at, rank_of
from hub.model.cases.queue.timing import scheduled
from hub.model.cases.roles import CaseRole
from hub.model.cases.step import begun, stepped
from hub.model.track import Track
from hub.repositories.cases import CaseRepository
from hub.repositories.repositories import COLLECTIONS
from hub.runtime.clock import FakeClock
from hub.store.crypto import KeyRing, Vault
from hub.store.memory_documents import MemoryDocuments
from tests.rules import RULES

MONDAY = 1_767_578_400_000  # 2026-01-05 10:00 in China
REVISED = MONDAY + 60_000


def in_workdays(name: ClockName, length: int) -> Rules:
    rule = replace(RULES.profile.clocks[name], length=length)
    return Rules(replace(RULES.profile, clocks={**RULES.profile.clocks, name: rule}), RULES.calendar)


async def test_longer_limits_are_counted_once_also_by_two_at_a_time() -> None:
    later = in_workdays(ClockName.CONSULT, 60)
    documents = MemoryDocuments(COLLECTIONS, clock=FakeClock(REVISED))
    cases = CaseRepository(documents, Vault(KeyRing.fresh()))
    made = []
    for number, track in enumerate([Track.CONSULT] * 3 + [Track.APPEAL, Track.EMERGENCY]):
        p = begun(Proceeding(track), Attempt("submit", MONDAY + number, CaseRole.CIT, RULES))
        case = Case(f"{number:026}", f"{number:014}", MONDAY, MONDAY, p, Origin("sms", "sms"))
        made.append(scheduled(case, MONDAY, RULES))
    answer = Attempt("answer", MONDAY + 9, CaseRole.HND, RULES, "h")
    made[2] = stepped(made[2], answer, actor="h").case
    await documents.commit(list(map(cases.insert, made)))
    rules = CaseRules(lambda at=None: later if at is None or at >= REVISED else RULES)

    count = CountAgain(cases, rules)
    assert list(await asyncio.gather(count(REVISED), count(REVISED))) == [2, 2]

    found = [await cases.get(case.id) for case in made]
    after = [one.value for one in found if one is not None]
    again = [scheduled(case, judged_at(case), later) for case in made]
    assert after == [replace(case, rank=rank_of(case)) for case in again]
    assert [case.due_at > before.due_at for case, before in zip(after, made, strict=True)] == (
        [True, True, False, False, False]
    )
    assert await count(REVISED) == 2  # again, after a crash: the same answer, and nothing to write
    assert [one and one.version for one in found] == [
        one and one.version for one in [await cases.get(case.id) for case in made]
    ]
