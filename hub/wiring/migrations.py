"""Every step forward of a store: those of the engine, and those that need the rules of an office."""

from __future__ import annotations

import logging

from hub.actions.campaigns.recipients.put_in_everybody import put_in_everybody
from hub.actions.cases.all_cases.put_in_order import PutInOrder
from hub.actions.cases.all_cases.raise_open import RaiseOpen
from hub.actions.cases.all_cases.take_over import TakeOver, Told
from hub.actions.deliveries.extend_rows import extend_rows
from hub.actions.deliveries.queue_up import queue_up
from hub.actions.rules.follow_rules import FollowRules
from hub.repositories.cases import CaseRepository
from hub.repositories.deliveries.dead_letters import DeadLetters
from hub.repositories.rule_books import RuleBookRepository
from hub.runtime.clock import Clock
from hub.settings.channels import SmsChannel
from hub.settings.settings import Settings
from hub.store.crypto import Vault
from hub.store.documents import Documents
from hub.store.migrations import MIGRATIONS, Migration
from hub.wiring.books import books_of

log = logging.getLogger(__name__)

_LOGGED_EACH = 10_000
_OF_USE_MS = 30 * 24 * 3600 * 1000


def _logged(done: int, total: int) -> None:
    if done == total or done % _LOGGED_EACH == 0:
        log.info("store.cases_under_clocks", extra={"done": done, "total": total})


def migrations_of(settings: Settings, clock: Clock, told: Told = _logged) -> tuple[Migration, ...]:
    """All of them, in order. told: hears how far the cases are."""

    async def cases_under_clocks(documents: Documents, vault: Vault) -> None:
        """Cases of earlier releases get clocks and limits."""
        await _take_over(documents, vault, settings, clock, told)

    async def cases_in_order(documents: Documents, vault: Vault) -> None:
        """Cases of earlier releases get their limit and their place in the queue."""
        await _put_in_order(documents, vault, settings, clock, told)

    async def emergencies_ring(documents: Documents, vault: Vault) -> None:
        """Open emergencies of earlier releases get their alarm."""
        await RaiseOpen(documents, vault, clock, wait_seconds=settings.alarms.confirm_seconds)()

    async def dead_letters(documents: Documents, vault: Vault) -> None:
        """Deliveries of the last thirty days that did not arrive can be sent again."""
        await DeadLetters(documents, vault).fill(since=clock.now_ms() - _OF_USE_MS)

    async def rows_in_queues(documents: Documents, _: Vault) -> None:
        """Ready rows of the outbox of earlier releases get the queue they wait in."""
        await queue_up(documents)

    async def rows_with_extensions(documents: Documents, _: Vault) -> None:
        """Replies of earlier releases leave from the extension behind their sender's number."""
        channels = settings.channels.items()
        numbers = {name: one.number for name, one in channels if isinstance(one, SmsChannel)}
        await extend_rows(documents, numbers)

    return (
        *MIGRATIONS,
        Migration(3, "cases under clocks", cases_under_clocks),
        Migration(4, "cases in the order of legal risk", cases_in_order),
        Migration(5, "open emergencies ring", emergencies_ring),
        Migration(6, "cases that nobody put aside or tagged", cases_in_order),
        Migration(7, "deliveries that did not arrive", dead_letters),
        Migration(8, "members of groups in the list of contacts", put_in_everybody),
        Migration(9, "ready rows wait in queues", rows_in_queues),
        Migration(10, "rows with the extension they answer from", rows_with_extensions),
    )


async def _take_over(
    documents: Documents, vault: Vault, settings: Settings, clock: Clock, told: Told
) -> None:
    rules, counted_with = books_of(settings, clock)
    await FollowRules(RuleBookRepository(documents, vault), rules).look()
    await TakeOver(documents, CaseRepository(documents, vault), counted_with(), clock)(told)


async def _put_in_order(
    documents: Documents, vault: Vault, settings: Settings, clock: Clock, told: Told
) -> None:
    rules, counted_with = books_of(settings, clock)
    await FollowRules(RuleBookRepository(documents, vault), rules).look()
    await PutInOrder(CaseRepository(documents, vault), counted_with(), clock)(told)
