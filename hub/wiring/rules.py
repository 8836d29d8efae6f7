"""The books of rules: what is in force, and what administrators do with them."""

from __future__ import annotations

from dataclasses import dataclass

from hub.actions.cases.all_cases.count_again import CountAgain
from hub.actions.cases.case_rules import CaseRules
from hub.actions.rules.follow_rules import FollowRules
from hub.actions.rules.in_force import RulesInForce
from hub.actions.rules.read_rules import ReadRules
from hub.actions.rules.recompute_due import RecomputeDue
from hub.actions.rules.revise_rules import ReviseRules
from hub.wiring.books import books_of
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
    rules, counted_with = books_of(base.settings, base.clock)
    follow = FollowRules(stores.rule_books, rules)
    await follow.look()
    case_rules = CaseRules(counted_with)
    count_again = CountAgain(stores.cases, case_rules)
    return RuleActions(
        rules=rules,
        case_rules=case_rules,
        follow=follow,
        revise_rules=ReviseRules(base.documents, stores.rule_books, stores.units, follow, rules, base.clock),
        read_rules=ReadRules(stores.rule_books, stores.agents, stores.units, follow, rules),
        recompute_due=RecomputeDue(base.documents, stores.rule_books, follow, base.clock, count_again),
    )
