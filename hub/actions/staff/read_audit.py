"""Who read what behind the compartment, for an auditor: persons, times, numbers of cases, nothing of them."""

from __future__ import annotations

from dataclasses import dataclass

from hub.model.agent import Agent, Permission
from hub.model.staff.audit import AuditAct, AuditEntry
from hub.repositories.repositories import Repositories
from hub.runtime.errors import Forbidden

_PAGE = 50
_NOBODY = "-"


@dataclass(frozen=True, slots=True)
class AuditQuery:
    """What is looked for, "" = anything. login: of who did it. before: number of a row, 0 = the newest."""

    login: str = ""
    reference: str = ""
    act: AuditAct | None = None
    before: int = 0


@dataclass(frozen=True, slots=True)
class AuditLine:
    """A row with the names that go with its ids; "" where there is none any more."""

    entry: AuditEntry
    name: str
    login: str
    reference: str


@dataclass(frozen=True, slots=True)
class AuditPage:
    """next: the number before which the next page begins, 0 at the end."""

    lines: tuple[AuditLine, ...]
    next: int


class ReadAudit:
    """Reads for auditors."""

    def __init__(self, repositories: Repositories) -> None:
        self._repositories = repositories

    async def __call__(self, agent: Agent, query: AuditQuery) -> AuditPage:
        """One page, the newest first. Raises `Forbidden`."""
        if not agent.may(Permission.AUDIT_READ):
            raise Forbidden(Permission.AUDIT_READ)
        stores = self._repositories
        agent_id = case_id = ""
        if query.login:
            who = await stores.agents.by_login(query.login)
            agent_id = who.value.id if who else _NOBODY
        if query.reference:
            case = await stores.cases.by_reference(query.reference)
            case_id = case.value.id if case else _NOBODY
        rows = await stores.audit.found(
            agent_id=agent_id,
            case_id=case_id,
            act=query.act.value if query.act else "",
            before=query.before,
            limit=_PAGE + 1,
        )
        shown = rows[:_PAGE]
        people = await stores.agents.get_many(sorted({one.agent_id for one in shown}))
        cases = await stores.cases.as_stored(sorted({one.case_id for one in shown}))
        lines = []
        for one in shown:
            who_did, case_of = people.get(one.agent_id), cases.get(one.case_id)
            lines.append(
                AuditLine(
                    one,
                    who_did.name if who_did else "",
                    who_did.login if who_did else "",
                    case_of.body["reference"] if case_of else "",
                )
            )
        return AuditPage(tuple(lines), shown[-1].seq if len(rows) > _PAGE else 0)
