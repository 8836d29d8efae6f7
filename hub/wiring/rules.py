"""The books of rules: what is in force, and what administrators do with them."""

from __future__ import annotations

from dataclasses import dataclass

from hub.actions.cases.case_rules import CaseRules
from hub.actions.rules.follow_rules import FollowRules
from hub.actions.rules.in_force import RulesInForce
from hub.actions.rules.read_rules import ReadRules
from hub.actions.rules.recompute_due import RecomputeDue, nothing_due
from hub.actions.rules.revise_rules import ReviseRules
from hub.model.cases.calendar_book import calendar_book
from hub.model.cases.clock import Rules
from hub.model.cases.competence import competence_book
from hub.model.cases.profile import BadProfile, Profile, read_profile
from hub.model.cases.profile_book import Table, profile_book, profile_table
from hub.model.cases.rule_book import BookKind
from hub.settings import profiles
from hub.settings.work_calendar import shipped_notices, statutory_days
from hub.wiring.foundation import Foundation


@dataclass(frozen=True, slots=True)
class RuleActions:
    """`rules` is what is in force, `case_rules` what cases are counted with; `follow` keeps them so."""

    rules: RulesInForce
    case_rules: CaseRules
    follow: FollowRules
    revise_rules: ReviseRules
    read_rules: ReadRules
    recompute_due: RecomputeDue


async def rule_actions(base: Foundation) -> RuleActions:
    """Reads what is in force."""
    stores = base.stores
    table = profiles.profile_table(base.settings.cases.profile)
    read_profile(table)  # one that cannot be used stops the start
    books = (
        calendar_book(shipped_notices(), statutory_days),
        profile_book(table, _problem),
        competence_book(),
    )
    rules = RulesInForce(books, base.clock)
    follow = FollowRules(stores.rule_books, rules)
    await follow.look()
    return RuleActions(
        rules=rules,
        case_rules=CaseRules(_Reading(rules, table)),
        follow=follow,
        revise_rules=ReviseRules(base.documents, stores.rule_books, stores.units, follow, rules, base.clock),
        read_rules=ReadRules(stores.rule_books, stores.agents, stores.units, follow, rules),
        recompute_due=RecomputeDue(base.documents, stores.rule_books, follow, base.clock, nothing_due),
    )


class _Reading:
    """Profile and calendar in force, made anew when one of them changes."""

    def __init__(self, rules: RulesInForce, table: Table) -> None:
        self._rules = rules
        self._table = table
        self._number = -1
        self._made: Rules | None = None

    def __call__(self) -> Rules:
        number, calendar = self._rules.number(BookKind.PROFILE), self._rules.calendar()
        if self._made is None or number != self._number or self._made.calendar is not calendar:
            self._number, self._made = number, Rules(self._profile(), calendar)
        return self._made

    def _profile(self) -> Profile:
        return read_profile(profile_table(self._table, self._rules.rows(BookKind.PROFILE)))


def _problem(table: Table) -> tuple[str, str, str] | None:
    try:
        read_profile(table)
    except BadProfile as problem:
        return problem.key, problem.problem, "cannot be used"
    return None
