"""Asking who reported, agreeing to it, reading it: three steps of two people, each with a row in the audit.

Rule protected: who handles a report does not learn alone who made it; who agrees to it reads neither the
report nor the identity (docs/adr/0054). What was granted ends by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hub.actions.staff.identities import Identities
from hub.model import policy
from hub.model.agent import Agent, Permission
from hub.model.cases.case import Case
from hub.model.staff.audit import AuditAct
from hub.model.staff.identity import MAX_HOURS, Identity, IdentityRequest, RequestState, is_kept_apart
from hub.repositories.repositories import Repositories
from hub.repositories.vault.identity_requests import IdentityRequestRepository
from hub.runtime.clock import Clock
from hub.runtime.errors import Forbidden, Invalid, NotFound, Stale
from hub.runtime.ids import new_id
from hub.store.documents import Conflict, Write

_TEXT = 200
_WAITS = "您的申请还在等待保管员审批"
_NOTHING = "没有留下可以查看的身份"


@dataclass(frozen=True, slots=True)
class IdentityPage:
    """What an inspector is shown beside a report.

    fields: names of what is kept, none where nothing is. own: the agent's requests, the newest first, with
    the names of those who decided. open: the one that may be read now.
    """

    case: Case
    fields: tuple[str, ...]
    own: tuple[tuple[IdentityRequest, str], ...]
    open: IdentityRequest | None
    waits: bool


@dataclass(frozen=True, slots=True)
class RequestLine:
    """A request as a custodian sees it: nothing of the report but its number."""

    request: IdentityRequest
    version: int
    asker: str
    decider: str
    may_decide: bool


class RevealIdentity:
    """Made once by the composition root."""

    def __init__(
        self,
        repositories: Repositories,
        requests: IdentityRequestRepository,
        identities: Identities,
        clock: Clock,
    ) -> None:
        self._repositories = repositories
        self._requests = requests
        self._identities = identities
        self._clock = clock

    async def page(self, agent: Agent, case_id: str) -> IdentityPage:
        """Raises `NotFound`, `Forbidden`."""
        case = await self._case(agent, case_id)
        identity = await self._identities.of(case_id)
        own = [one for one in await self._requests.of_case(case_id) if one.agent_id == agent.id]
        names = await self._names({one.decided_by for one in own})
        now = self._clock.now_ms()
        return IdentityPage(
            case,
            identity.fields() if identity else (),
            tuple((one, names.get(one.decided_by, "")) for one in own),
            next((one for one in own if one.opens(now)), None),
            any(one.state is RequestState.ASKED for one in own),
        )

    async def ask(self, agent: Agent, case_id: str, reason: str) -> None:
        """A request that waits for a custodian. Raises `NotFound`, `Forbidden`, `Invalid` (`reason`)."""
        page, reason = await self.page(agent, case_id), reason.strip()
        if not reason:
            raise Invalid({"reason": "请填写查看理由"})
        if len(reason) > _TEXT:
            raise Invalid({"reason": "理由最多 200 字"})
        if page.waits:
            raise Invalid({"reason": _WAITS})
        if not page.fields:
            raise Invalid({"reason": _NOTHING})
        now = self._clock.now_ms()
        request = IdentityRequest(new_id(now), case_id, page.case.reference, agent.id, now, reason=reason)
        await self._noted(AuditAct.IDENTITY_ASKED, agent, case_id, also=[self._requests.insert(request)])

    async def read(self, agent: Agent, case_id: str) -> Identity:
        """Who reported, while it is granted to this agent; noted before it is shown. Raises `NotFound`,
        `Forbidden` when nothing is granted or the time is over."""
        page = await self.page(agent, case_id)
        identity = await self._identities.of(case_id)
        if page.open is None or identity is None:
            raise Forbidden(Permission.IDENTITY_ASK)
        await self._noted(AuditAct.IDENTITY_READ, agent, case_id, fields=identity.fields())
        return identity

    async def requests(self, agent: Agent) -> tuple[list[RequestLine], list[RequestLine]]:
        """Those that wait, and the last ones that were decided. Raises `Forbidden`."""
        _require_custodian(agent)
        waiting = await self._requests.waiting()
        over = [one for one in await self._requests.newest() if one.state is not RequestState.ASKED]
        people = {one.value.agent_id for one in waiting} | {one.agent_id for one in over}
        names = await self._names(people | {one.decided_by for one in over})

        def line(one: IdentityRequest, version: int) -> RequestLine:
            mine = one.agent_id == agent.id
            asker, decider = names.get(one.agent_id, ""), names.get(one.decided_by, "")
            return RequestLine(one, version, asker, decider, not mine)

        return [line(one.value, one.version) for one in waiting], [line(one, 0) for one in over]

    async def decide(
        self, agent: Agent, request_id: str, *, grant: bool, decision: str, hours: int, version: int
    ) -> None:
        """Agrees for some hours, or refuses. Raises `Forbidden`, `NotFound`, `Stale` when another did
        meanwhile, `Invalid` (`decision`, `hours`)."""
        _require_custodian(agent)
        found = await self._requests.get(request_id)
        if found is None:
            raise NotFound("identity_request")
        request = found.value
        if request.agent_id == agent.id:
            raise Forbidden(Permission.IDENTITY_DECIDE)
        if request.state is not RequestState.ASKED or found.version != version:
            raise Stale("identity_request")
        decision = decision.strip()
        wrong = {} if decision else {"decision": "请填写审批意见"}
        if grant and not 1 <= hours <= MAX_HOURS:
            wrong["hours"] = "时限为 1 至 72 小时"
        if wrong:
            raise Invalid(wrong)
        now = self._clock.now_ms()
        decision = decision[:_TEXT]
        if grant:
            after = request.granted(by=agent.id, at=now, hours=hours, decision=decision)
        else:
            after = request.refused(by=agent.id, at=now, decision=decision)
        act = AuditAct.IDENTITY_GRANTED if grant else AuditAct.IDENTITY_REFUSED
        try:
            await self._noted(act, agent, request.case_id, also=[self._requests.update(after, version)])
        except Conflict:
            raise Stale("identity_request") from None

    async def _case(self, agent: Agent, case_id: str) -> Case:
        found = await self._repositories.cases.get(case_id)
        case = policy.require(agent, found.value if found else None, Permission.IDENTITY_ASK)
        if not is_kept_apart(case):
            raise NotFound("case")
        return case

    async def _names(self, ids: set[str]) -> dict[str, str]:
        agents = await self._repositories.agents.get_many(sorted(ids - {""}))
        return {id: agent.name for id, agent in agents.items()}

    async def _noted(
        self,
        act: AuditAct,
        agent: Agent,
        case_id: str,
        *,
        fields: tuple[str, ...] = (),
        also: Sequence[Write] = (),
    ) -> None:
        """The row in the audit, in one commit with what it is about."""
        at = self._clock.now_ms()
        audit = self._repositories.audit
        await audit.add(act, agent_id=agent.id, case_id=case_id, at=at, fields=fields, also=also)


def _require_custodian(agent: Agent) -> None:
    """Who handles cases or reads reports never decides, whatever other roles they have."""
    if not agent.may(Permission.IDENTITY_DECIDE) or agent.may(Permission.CASE_REPLY):
        raise Forbidden(Permission.IDENTITY_DECIDE)
