"""The books of rules of an office with two administrators; a second process shares store and clock."""

from __future__ import annotations

from dataclasses import dataclass

from hub.actions.rules.follow_rules import FollowRules
from hub.actions.rules.in_force import RulesInForce
from hub.actions.rules.revise_rules import ReviseRules
from hub.model.cases.calendar_book import calendar_book
from hub.model.cases.competence import competence_book
from hub.model.cases.profile_book import profile_book
from hub.model.cases.rule_book import BookKind, Row
from hub.model.units.unit import Unit
from hub.repositories import agents, rule_books
from hub.repositories.agents import UnitRepository
from hub.repositories.rule_books import RuleBookRepository
from hub.runtime.clock import FakeClock
from hub.settings.work_calendar import shipped_notices, statutory_days
from hub.store.crypto import KeyRing, Vault
from hub.store.memory_documents import MemoryDocuments

NOON = 1_796_097_600_000  # 2026-12-01 12:00 in China
FIRST, SECOND = "li", "zhou"
NUMBER = "国办发明电〔2026〕1号"
COLUMNS = "date,kind,name,source_notice"


def notice_2027(*more: str, without: str = "") -> str:
    """A file with a notice for 2027: the days of the law and a make-up Saturday."""
    days = [day for day in statutory_days(2027) if day.day.isoformat() != without]
    rows = [f"{day.day},holiday,{day.name},{NUMBER}" for day in days]
    return "\n".join([COLUMNS, *rows, f"2027-02-20,makeup,春节,{NUMBER}", *more]) + "\n"


PROFILE = {
    "clock": {
        "HANDLE_60": {"days": 60, "statutory": True, "legal_basis": "《信访工作条例》第三十四条"},
        "CALLBACK": {"workdays": 3, "legal_basis": "本单位规定"},
    }
}


def of_profile(key: str, value: str, unit: str, *, statutory: str) -> Row:
    """A row of the profile."""
    return {"key": key, "value": value, "unit": unit, "legal_basis": "依据", "statutory": statutory}


@dataclass
class Process:
    """One of the hub's processes."""

    documents: MemoryDocuments
    clock: FakeClock
    revisions: RuleBookRepository
    rules: RulesInForce
    follow: FollowRules
    revise: ReviseRules

    def second(self) -> Process:
        return process_over(self.documents, self.clock)

    async def proposed(self, kind: BookKind, content: str, *, by: str = FIRST, wanted_from: int = 0) -> int:
        """The number of a proposal made from a file."""
        plan = await self.revise.plan_file(kind, content.encode())
        assert plan.problems == ()
        made = await self.revise.propose(
            kind, plan.after, base=plan.base, reason="按通知", wanted_from=wanted_from, by=by
        )
        return made.number


def process_over(documents: MemoryDocuments, clock: FakeClock) -> Process:
    vault = Vault(KeyRing.fresh())
    books = (
        calendar_book(shipped_notices(), statutory_days),
        profile_book(PROFILE, lambda _: None),
        competence_book(),
    )
    revisions, rules = RuleBookRepository(documents, vault), RulesInForce(books, clock)
    follow = FollowRules(revisions, rules)
    units = UnitRepository(documents, vault)
    revise = ReviseRules(documents, revisions, units, follow, rules, clock)
    return Process(documents, clock, revisions, rules, follow, revise)


async def open_process() -> Process:
    clock = FakeClock(NOON)
    documents = MemoryDocuments((*agents.COLLECTIONS, *rule_books.COLLECTIONS), clock=clock)
    made = process_over(documents, clock)
    units = UnitRepository(documents, Vault(KeyRing.fresh()))
    for id, name in (("u1", "交警支队"), ("u2", "法制支队")):
        await units.insert(Unit(id, name, id))
    return made
