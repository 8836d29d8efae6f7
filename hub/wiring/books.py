"""The books of rules as a store holds them, and the profile of the office: what cases are counted with."""

from __future__ import annotations

from hub.actions.cases.case_rules import RulesAt
from hub.actions.rules.in_force import RulesInForce
from hub.model.cases.calendar_book import calendar_book
from hub.model.cases.clock import Rules
from hub.model.cases.competence import competence_book
from hub.model.cases.profile import BadProfile, read_profile
from hub.model.cases.profile_book import Table, profile_book, profile_table
from hub.model.cases.routing.route_book import route_book
from hub.model.cases.rule_book import BookKind
from hub.model.sending.number_ranges import number_book
from hub.model.warnings.signatures import signature_book
from hub.runtime.clock import Clock
from hub.settings import profiles
from hub.settings.channels import SmsChannel
from hub.settings.number_ranges import shipped_ranges
from hub.settings.settings import Settings
from hub.settings.warnings.shipped import shipped_signatures
from hub.settings.work_calendar import shipped_notices, statutory_days


def books_of(settings: Settings, clock: Clock) -> tuple[RulesInForce, RulesAt]:
    """The books before anything was read from the store, and how cases are counted with them.

    Raises `BadProfile` for a profile that cannot be used.
    """
    table = profiles.profile_table(settings.cases.profile)
    read_profile(table)
    issuers = [unit.name for unit in settings.warnings.units]
    books = (
        calendar_book(shipped_notices(), statutory_days),
        profile_book(table, _problem),
        competence_book(),
        number_book(shipped_ranges(), _text_channels(settings)),
        route_book(),
        signature_book(shipped_signatures(), issuers, settings.channels),
    )
    rules = RulesInForce(books, clock)
    return rules, _Reading(rules, table)


def _text_channels(settings: Settings) -> list[str]:
    return [name for name, channel in settings.channels.items() if isinstance(channel, SmsChannel)]


class _Reading:
    """Profile and calendar in force, made anew when one of them changes."""

    def __init__(self, rules: RulesInForce, table: Table) -> None:
        self._rules = rules
        self._table = table
        self._known: tuple[tuple[int, int], Rules] | None = None

    def __call__(self, at: int | None = None) -> Rules:
        """At an instant (ms UTC), now by default."""
        numbers = self._rules.number(BookKind.PROFILE, at), self._rules.number(BookKind.CALENDAR, at)
        if self._known is None or self._known[0] != numbers:
            profile = read_profile(profile_table(self._table, self._rules.rows(BookKind.PROFILE, at)))
            self._known = numbers, Rules(profile, self._rules.calendar(at))
        return self._known[1]


def _problem(table: Table) -> tuple[str, str, str] | None:
    try:
        read_profile(table)
    except BadProfile as problem:
        return problem.key, problem.problem, "cannot be used"
    return None
