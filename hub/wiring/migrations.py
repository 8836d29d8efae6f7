"""Every step forward of a store: those of the engine, and those that need the rules of an office."""

from __future__ import annotations

import logging

from hub.actions.campaigns.recipients.imports_of_the_office import imports_of_the_office
from hub.actions.campaigns.recipients.put_in_everybody import put_in_everybody
from hub.actions.cases.all_cases.put_in_order import PutInOrder
from hub.actions.cases.all_cases.raise_open import RaiseOpen
from hub.actions.cases.all_cases.take_over import TakeOver, Told
from hub.actions.deliveries.extend_rows import extend_rows
from hub.actions.deliveries.queue_up import queue_up
from hub.actions.rules.follow_rules import FollowRules
from hub.model.staff.identity import apart as is_apart
from hub.repositories.cases import CaseRepository
from hub.repositories.deliveries.dead_letters import DeadLetters
from hub.repositories.evidence.report_keys import identity_ring, look
from hub.repositories.rule_books import RuleBookRepository
from hub.repositories.vault.identity_vault import IdentityDocuments, IdentityVault
from hub.runtime.clock import Clock
from hub.settings.channels import SmsChannel
from hub.settings.settings import Settings
from hub.store.crypto import KeyProblem, KeyRing, Vault, create_ring
from hub.store.documents import Documents, Update
from hub.store.migrations import MIGRATIONS, Migration
from hub.wiring.books import books_of
from hub.wiring.report_ring import report_ring

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

    async def identities_apart(documents: Documents, vault: Vault) -> None:
        """Who reported stands in the vault and not with the report."""
        await _identities_apart(documents, vault, settings)

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
        Migration(10, "imports of the office", imports_of_the_office),
        Migration(11, "rows with the extension they answer from", rows_with_extensions),
        Migration(12, "identities of reports in their vault", identities_apart),
    )


async def _take_over(
    documents: Documents, vault: Vault, settings: Settings, clock: Clock, told: Told
) -> None:
    rules, counted_with = books_of(settings, clock)
    await FollowRules(RuleBookRepository(documents, vault), rules).look()
    await TakeOver(documents, CaseRepository(documents, vault), counted_with(), clock)(told)


async def _identities_apart(documents: Documents, vault: Vault, settings: Settings) -> None:
    """One case after the other, each in one commit: after a kill those that were done are done."""
    moved = 0
    apart: IdentityDocuments | None = None
    async for stored in documents.scan("cases"):
        if not stored.body.get("pii") or not is_apart(stored.body["compartment"], stored.body["track"]):
            continue
        if apart is None:
            identities = IdentityVault(documents, Vault(identity_ring(await _ring_of(settings, documents))))
            apart = IdentityDocuments(documents, vault, identities)
        same = {name: stored.body[name] for name in ("compartment", "track", "anonymous", "pii")}
        await apart.commit([Update("cases", stored.id, same, stored.version)])
        moved += 1
    log.info("store.identities_apart", extra={"cases": moved})


async def _ring_of(settings: Settings, documents: Documents) -> KeyRing:
    """That of reports; made where no store knows one, as the start of the hub does."""
    ring = report_ring(settings)
    if ring is None and (await look(documents, None)).missing:
        raise KeyProblem(
            f"找不到 {settings.keys.reports}，请从备份恢复。 / {settings.keys.reports} is missing."
        )
    ring = ring or create_ring(settings.keys.reports) or report_ring(settings)
    if ring is None:
        raise KeyProblem(
            f"{settings.keys.reports} 刚被删除。 / {settings.keys.reports} has just been deleted."
        )
    return ring


async def _put_in_order(
    documents: Documents, vault: Vault, settings: Settings, clock: Clock, told: Told
) -> None:
    rules, counted_with = books_of(settings, clock)
    await FollowRules(RuleBookRepository(documents, vault), rules).look()
    await PutInOrder(CaseRepository(documents, vault), counted_with(), clock)(told)
