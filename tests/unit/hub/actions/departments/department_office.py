"""One department with a key, on a store in memory, with a clock that only the test moves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from channels.contract import ChannelKind
from channels.outbox.delivery import MessageClass
from hub.actions.deliveries.channel_profile import ChannelProfile
from hub.actions.departments.change_keys import ChangeKeys, IssuedKey, KeyWanted
from hub.actions.departments.in_force import DepartmentsInForce
from hub.actions.departments.one_platform import OnePlatform
from hub.actions.departments.prove_call import ProveCall, SignedCall
from hub.actions.departments.read_submission import ReadSubmission
from hub.actions.departments.signature import signature
from hub.actions.departments.submit_texts import Caller, SubmitTexts
from hub.actions.departments.text_states import TextStates
from hub.actions.departments.wording import TextsWanted
from hub.model.campaigns.departments import Departments
from hub.model.departments.department_key import DepartmentKey
from hub.model.departments.registered import Contract, DepartmentTemplate, RegisteredDepartment
from hub.repositories.departments.records import DepartmentRecords, department_records
from hub.repositories.outbox import OutboxRepository
from hub.repositories.repositories import COLLECTIONS
from hub.runtime.clock import FakeClock
from hub.store.crypto import KeyRing, Vault
from hub.store.documents import Documents
from hub.store.memory_documents import MemoryDocuments
from tests.unit.channels.outbox.outbox_world import NOON, SENDER

TRAFFIC = RegisteredDepartment(
    id="traffic",
    name="交警支队",
    changed_at=NOON,
    changed_by="admin",
    signatures=("东城交警", "交警提醒"),
    templates=(
        DepartmentTemplate("fine", MessageClass.N, "{plate} 有一条新的违法记录，请于 {days} 日内处理。"),
    ),
    emergency_persons=("王明",),
    callback_url="https://jj.example.cn/receipts",
)
CONTRACT = Contract()
PROFILES = {SENDER: ChannelProfile(SENDER, ChannelKind.SMS, signature="福建公安")}


@dataclass
class Office:
    """A department and everything it uses."""

    clock: FakeClock
    documents: Documents
    ring: KeyRing
    vault: Vault
    records: DepartmentRecords
    outbox: OutboxRepository
    departments: DepartmentsInForce
    states: TextStates
    submit: SubmitTexts
    read: ReadSubmission
    change_keys: ChangeKeys
    prove: ProveCall
    platforms: OnePlatform

    async def registered(self, department: RegisteredDepartment = TRAFFIC) -> RegisteredDepartment:
        """Puts it in the registry, in place of what was there."""
        old = await self.records.registry.get(department.id)
        registry = self.records.registry
        write = registry.update(department, old.version) if old else registry.insert(department)
        await self.documents.commit([write])
        await self.departments.look()
        return department

    async def with_contract(self, contract: Contract = CONTRACT, **fields: int) -> None:
        """TRAFFIC with other terms."""
        await self.registered(replace(TRAFFIC, contract=contract, **fields))  # type: ignore[arg-type]

    async def rows(self) -> int:
        """How many texts are in the outbox."""
        return sum((await self.documents.count("outbox", {})).values())


def an_office(
    documents: Documents | None = None,
    ring: KeyRing | None = None,
    wrapped: Callable[[Documents], Documents] = lambda plain: plain,
) -> Office:
    """documents, ring: of another process on the same store. wrapped: what stands before it."""
    ring = ring or KeyRing.fresh()
    clock = FakeClock(NOON)
    vault = Vault(ring)
    plain = documents or MemoryDocuments(COLLECTIONS, clock=clock)
    seen = wrapped(plain)
    records = department_records(seen, vault)
    outbox = OutboxRepository(seen, vault)
    departments = DepartmentsInForce(Departments(), records.registry)
    states = TextStates(outbox)

    def may_call_back(url: str) -> bool:
        return url.startswith("https://jj.example.cn/")

    platforms = OnePlatform(records, outbox, window_hours=24)
    submit = SubmitTexts(
        seen, records.submissions, outbox, departments, PROFILES, vault, clock, may_call_back, platforms
    )
    return Office(
        clock,
        plain,
        ring,
        vault,
        records,
        outbox,
        departments,
        states,
        submit,
        ReadSubmission(records.submissions, outbox, states, departments, clock),
        ChangeKeys(seen, records, clock),
        ProveCall(records.keys, clock),
        platforms,
    )


def wants(client_ref: str = "r1", *to: str, **other: object) -> TextsWanted:
    """A text to the numbers; `other` replaces fields."""
    plain = TextsWanted(client_ref, to or ("13800138000",), text="您的车辆已被移至停车场。")
    return replace(plain, **other)  # type: ignore[arg-type]


CALLER = Caller("traffic", "line", "key", (MessageClass.E1, MessageClass.N, MessageClass.L))


async def a_key(office: Office, **wanted: object) -> IssuedKey:
    """A new key of TRAFFIC."""
    return await office.change_keys.issue(
        "traffic",
        replace(KeyWanted("违法告知系统"), **wanted),  # type: ignore[arg-type]
        by="admin",
    )


def a_call(issued: IssuedKey, at: int, nonce: str = "0123456789abcdef", **other: object) -> SignedCall:
    """A signed request; `other` replaces fields after it was signed."""
    timestamp = str(at // 1000)
    body = b'{"a": 1}'
    signed = signature(issued.key.secret, "POST", "/api/v1/sms/submit", timestamp, nonce, body)
    plain = SignedCall("POST", "/api/v1/sms/submit", issued.token, timestamp, nonce, signed, body, "10.1.2.3")
    return replace(plain, **other)  # type: ignore[arg-type]


__all__ = [
    "CALLER",
    "NOON",
    "SENDER",
    "TRAFFIC",
    "DepartmentKey",
    "Office",
    "a_call",
    "a_key",
    "an_office",
    "wants",
]
