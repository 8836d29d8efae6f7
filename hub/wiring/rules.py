"""The books of rules: what is in force, and what administrators do with them."""

from __future__ import annotations

from dataclasses import dataclass

from hub.actions.rules.follow_rules import FollowRules
from hub.actions.rules.in_force import RulesInForce
from hub.actions.rules.read_rules import ReadRules
from hub.actions.rules.recompute_due import RecomputeDue, nothing_due
from hub.actions.rules.revise_rules import ReviseRules
from hub.model.cases.calendar_book import calendar_book
from hub.model.cases.competence import competence_book
from hub.settings.work_calendar import shipped_notices, statutory_days
from hub.wiring.foundation import Foundation


@dataclass(frozen=True, slots=True)
class RuleActions:
    """`rules` is what is in force, `follow` keeps it so."""

    rules: RulesInForce
    follow: FollowRules
    revise_rules: ReviseRules
    read_rules: ReadRules
    recompute_due: RecomputeDue


async def rule_actions(base: Foundation) -> RuleActions:
    """Reads what is in force."""
    stores = base.stores
    books = (calendar_book(shipped_notices(), statutory_days), competence_book())
    rules = RulesInForce(books, base.clock)
    follow = FollowRules(stores.rule_books, rules)
    await follow.look()
    return RuleActions(
        rules=rules,
        follow=follow,
        revise_rules=ReviseRules(base.documents, stores.rule_books, stores.units, follow, rules, base.clock),
        read_rules=ReadRules(stores.rule_books, stores.agents, stores.units, follow, rules),
        recompute_due=RecomputeDue(base.documents, stores.rule_books, follow, base.clock, nothing_due),
    )
