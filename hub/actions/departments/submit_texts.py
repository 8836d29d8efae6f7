"""A system of a department hands over texts: the one way in for the API, for listeners and for whatever
comes.

Rules protected: what was answered as taken is in the outbox, in the same unit of work; the same `client_ref`
with the same content is one submission, however often and wherever at once it comes; what is over a rate or a
quota is refused whole and visibly. Windows, suppressions and frequency are the gate's, as for everybody
(`channels/outbox/gate.py`).
"""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, fields

from campaigns.said import Said
from channels.address import Address, BadAddress, is_textable, phone
from channels.outbox.delivery import POLICY, Delivery, MessageClass, Origin
from channels.outbox.limits import Spent
from hub.actions.deliveries.channel_profile import Profiles
from hub.actions.departments.in_force import DepartmentsInForce
from hub.actions.departments.one_platform import NotLive, OnePlatform
from hub.actions.departments.refusals import NotTaken, OtherBody, Problem, TooMuch
from hub.actions.departments.wording import TextsWanted, Worded, worded
from hub.model.departments.admission import Beyond, admitted
from hub.model.departments.registered import RegisteredDepartment
from hub.model.departments.submission import Submission, TextResult
from hub.repositories.departments.submissions import SubmissionRepository
from hub.repositories.outbox import OutboxRepository
from hub.runtime.clock import Clock, to_local
from hub.runtime.ids import derived_id
from hub.store.crypto import Vault
from hub.store.documents import Documents, Write
from hub.store.until_committed import until_committed

MOST_NUMBERS = 1000
LONGEST_MS = 7 * 86_400_000
"""Nothing waits longer than this to leave."""
_TRIES = 20

NOT_REGISTERED = "部门没有登记或登记已撤销，请联系平台管理员"
NUMBERS = "应有 1 至 %(most)s 个号码"
NO_NUMBER = "没有一个号码可以接收短信"
CALLBACK = "回执地址不在允许的主机名单内"
PASSED = "应晚于当前时间和 not_before"
TOO_LATE = "不能晚于 %(days)s 天以后"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who hands over. line: whose `client_ref`s they are (`hub/model/departments/department_key.py`)."""

    department: str
    line: str
    key_id: str
    classes: tuple[MessageClass, ...]
    sandbox: bool = False


@dataclass(frozen=True, slots=True)
class Submitted:
    """What was answered. repeated: it had come before, and nothing was done."""

    submission: Submission
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Planned:
    """A submission with its rows, nothing of it stored."""

    submission: Submission
    department: RegisteredDepartment
    rows: list[Delivery]


class SubmitTexts:
    """may_call_back: whether receipts may be told to an address."""

    def __init__(
        self,
        documents: Documents,
        submissions: SubmissionRepository,
        outbox: OutboxRepository,
        departments: DepartmentsInForce,
        profiles: Profiles,
        vault: Vault,
        clock: Clock,
        may_call_back: Callable[[str], bool],
        platforms: OnePlatform,
    ) -> None:
        self._documents = documents
        self._submissions = submissions
        self._outbox = outbox
        self._departments = departments
        self._profiles = profiles
        self._vault = vault
        self._clock = clock
        self._may_call_back = may_call_back
        self._platforms = platforms
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def __call__(self, caller: Caller, wanted: TextsWanted) -> Submitted:
        """Durable when it returns. Raises `NotTaken`, `OtherBody`, `TooMuch`; `StoreUnavailable`."""
        id = self._submissions.id_of(caller.line, wanted.client_ref)
        body = self._submissions.digest(canonical(wanted))
        known = await self._known(id, body)
        if known is not None:
            return known
        if not caller.sandbox:
            await self._must_be_live(caller.department)
        planned = self.plan(caller, wanted)
        return await self._stored(
            planned.submission, planned.department, [] if caller.sandbox else planned.rows
        )

    async def _must_be_live(self, department: str) -> None:
        """Raises `NotLive`; how often that was is on the department's page."""
        try:
            await self._platforms.must_be_live(department)
        except NotLive:
            day = f"{to_local(self._clock.now_ms()):%Y%m%d}"
            await self._documents.commit(self._submissions.count(department, day, {"refused_phase": 1}))
            raise

    def plan(self, caller: Caller, wanted: TextsWanted) -> Planned:
        """What would be stored if nothing stood in the way; stores nothing. Raises `NotTaken`."""
        id = self._submissions.id_of(caller.line, wanted.client_ref)
        body = self._submissions.digest(canonical(wanted))
        department = self._departments.registered(caller.department)
        if department is None:
            raise NotTaken([Problem("", "department_unknown", NOT_REGISTERED)])
        now = self._clock.now_ms()
        self._check(wanted, now)
        text = worded(wanted, department, self._profiles, caller.classes)
        found = _numbers(id, wanted.to)
        addresses = {result.message_id: address for result, address in found if address is not None}
        if not addresses:
            raise NotTaken([Problem("to", "no_valid_number", NO_NUMBER)])
        submission = Submission(
            id=id,
            department=caller.department,
            line=caller.line,
            key_id=caller.key_id,
            client_ref=wanted.client_ref,
            at=now,
            body=body,
            message_class=text.message_class,
            parts=text.parts,
            accepted=len(addresses),
            rejected=len(wanted.to) - len(addresses),
            look_at=now,
            told="".join("t" if result.problem else "." for result, _ in found),
            expires_at=wanted.expires_at
            or max(now, wanted.not_before) + POLICY[text.message_class].expiry_seconds * 1000,
            sandbox=caller.sandbox,
            callback_url=wanted.callback_url or department.callback_url,
            responsible=wanted.responsible if text.message_class is MessageClass.E0 else "",
            results=tuple(result for result, _ in found),
        )
        return Planned(submission, department, self._rows(submission, wanted, text, addresses))

    async def _known(self, id: str, body: str) -> Submitted | None:
        before = await self._submissions.get(id)
        if before is None:
            return None
        if before.value.body != body:
            raise OtherBody
        return Submitted(before.value, repeated=True)

    def _check(self, wanted: TextsWanted, now: int) -> None:
        problems = []
        if not 0 < len(wanted.to) <= MOST_NUMBERS:
            problems.append(Problem("to", "too_many_numbers", Said(NUMBERS, most=MOST_NUMBERS)))
        if wanted.callback_url and not self._may_call_back(wanted.callback_url):
            problems.append(Problem("callback", "callback_not_allowed", CALLBACK))
        if wanted.expires_at and wanted.expires_at <= max(now, wanted.not_before):
            problems.append(Problem("expires_at", "already_over", PASSED))
        for name, at in (("not_before", wanted.not_before), ("expires_at", wanted.expires_at)):
            if at > now + LONGEST_MS:
                days = LONGEST_MS // 86_400_000
                problems.append(Problem(name, "too_late", Said(TOO_LATE, days=days)))
        if problems:
            raise NotTaken(problems)

    def _rows(
        self, submission: Submission, wanted: TextsWanted, text: Worded, addresses: dict[str, Address]
    ) -> list[Delivery]:
        return [
            Delivery(
                id=message_id,
                origin=Origin.SUBMISSION,
                origin_id=submission.id,
                sender=text.sender,
                recipient=address,
                recipient_key=self._vault.blind(address.key),
                message_class=text.message_class,
                dedup=message_id,
                created_at=submission.at,
                expires_at=submission.expires_at,
                text=text.text,
                department=submission.department,
                lane=POLICY[text.message_class].lane,
                parts=text.parts,
                not_before=max(submission.at, wanted.not_before),
                extension=text.extension,
            )
            for message_id, address in addresses.items()
        ]

    async def _stored(
        self, submission: Submission, department: RegisteredDepartment, rows: list[Delivery]
    ) -> Submitted:
        """Looks again and commits in one, for one at a time of a department: the others of this process wait
        their turn, those of other processes meet at the versions."""

        async def decide() -> tuple[list[Write], Submitted | Beyond]:
            known = await self._known(submission.id, submission.body)
            if known is not None:
                return [], known
            taken = await self._platforms.admit(submission, rows)
            one = taken.submission
            admission, beyond = await self._admission(one, department)
            if beyond is not None:
                return [], beyond
            counted = {
                "submitted": one.accepted,
                "rejected": one.rejected,
                "parts": one.accepted * one.parts,
            }
            traffic = [] if one.sandbox else self._count(one, counted)
            inserts = [self._submissions.insert(one), *map(self._outbox.insert, taken.rows)]
            return [*inserts, *admission, *traffic, *taken.writes], Submitted(one)

        async with self._turns[submission.department]:
            stored = await until_committed(self._documents, decide, tries=_TRIES)
        if isinstance(stored, Beyond):
            if not submission.sandbox:
                await self._documents.commit(self._count(submission, {f"refused_{stored.code}": 1}))
            raise TooMuch(stored)
        return stored

    async def _admission(
        self, submission: Submission, department: RegisteredDepartment
    ) -> tuple[list[Write], Beyond | None]:
        """What is admitted with it. The sandbox has a rate and a quota of its own, as large."""
        if submission.message_class is MessageClass.E0:
            return [], None
        id = f"{department.id}:sandbox" if submission.sandbox else department.id
        before = await self._submissions.admission(id)
        spent = Spent(0, 0)
        if not submission.sandbox:
            spent = (await self._outbox.spent([department.id], submission.at))[department.id]
        after = admitted(
            before.value,
            submission.accepted * submission.parts,
            rate=department.contract.parts_per_second,
            quota=department.department().quota,
            spent=spent,
            now=submission.at,
        )
        if isinstance(after, Beyond):
            return [], after
        return [self._submissions.admit(after, before.version)], None

    def _count(self, submission: Submission, amounts: dict[str, int]) -> list[Write]:
        return list(self._submissions.count(submission.department, submission.day, amounts))


def _numbers(id: str, to: tuple[str, ...]) -> list[tuple[TextResult, Address | None]]:
    """What becomes of each number, in their order. The second time one stands there it gets no second
    text."""
    found: list[tuple[TextResult, Address | None]] = []
    seen: set[Address] = set()
    for place, spelled in enumerate(to):
        try:
            address = phone(spelled)
        except BadAddress:
            found.append((TextResult(spelled, problem="invalid_number"), None))
            continue
        if not is_textable(address):
            found.append((TextResult(spelled, problem="invalid_number"), None))
        elif address in seen:
            found.append((TextResult(spelled, problem="repeated_number"), None))
        else:
            seen.add(address)
            found.append((TextResult(spelled, derived_id("text", id, str(place))), address))
    return found


def canonical(wanted: TextsWanted) -> str:
    """The same for the same request, however its JSON was spelled and whatever a later release adds: only
    what was given counts."""
    if wanted.asked:
        return wanted.asked
    given = {one.name: getattr(wanted, one.name) for one in fields(TextsWanted)}
    plain = {name: value for name, value in given.items() if value}
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
