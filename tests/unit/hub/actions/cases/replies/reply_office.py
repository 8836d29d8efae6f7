"""A case that came by text message and the two who work on it, on any engine of the store."""

from __future__ import annotations

from dataclasses import dataclass

from channels.address import phone
from channels.contract import ChannelKind
from hub.actions.cases.casework import Casework
from hub.actions.cases.replies.compose_reply import ComposeReply
from hub.actions.cases.replies.follow_case import FollowCase
from hub.actions.cases.replies.note_case import NoteCase
from hub.actions.cases.replies.read_replies import ReadReplies
from hub.actions.cases.replies.reply_to_case import ReplyToCase
from hub.actions.cases.replies.save_draft import SaveDraft
from hub.actions.cases.replies.send_replies import SendReplies
from hub.actions.cases.replies.undo_reply import UndoReply
from hub.actions.cases.step_unit import StepUnit
from hub.actions.cases.tell_citizen import TellCitizen
from hub.actions.deliveries.channel_profile import ChannelProfile
from hub.actions.deliveries.outgoing import Outgoing
from hub.actions.dialogue.texts import Texts
from hub.actions.staff.identities import identities_of
from hub.model.agent import Agent, Role
from hub.model.cases.attempt import Attempt
from hub.model.cases.case import Applicant, Case, Origin, QueryCode
from hub.model.cases.history import HistoryKind, recorded
from hub.model.cases.proceeding import Proceeding
from hub.model.cases.roles import CaseRole
from hub.model.cases.step import begun, stepped
from hub.model.conversation import Conversation, Message
from hub.model.track import Track, compartment_of
from hub.repositories.replies.following_documents import FollowingDocuments
from hub.repositories.repositories import Repositories, repositories
from hub.runtime.clock import FakeClock
from hub.store.codec import Versioned
from hub.store.documents import Documents
from tests.rules import RULES, case_rules
from tests.unit.hub.actions.cases.test_pass_time import START, VAULT

CASE = "1" * 26
HANDLER = Agent("zhang", "zhang", "", (Role.HANDLER,), START, name="张三")
COLLEAGUE = Agent("li", "li", "", (Role.HANDLER,), START, name="李四")
INSPECTOR = Agent("wang", "wang", "", (Role.INSPECTOR,), START, name="王五")
UNDO_SECONDS = 15


@dataclass(frozen=True, slots=True)
class Office:
    """One process: everything but the store is its own."""

    documents: Documents
    clock: FakeClock
    stores: Repositories
    reply: ReplyToCase
    send: SendReplies
    undo: UndoReply
    draft: SaveDraft
    note: NoteCase
    follow: FollowCase
    read: ReadReplies

    async def case(self) -> Versioned[Case]:
        found = await self.stores.cases.get(CASE)
        assert found is not None
        return found

    async def version(self) -> int:
        return (await self.case()).version

    async def messages(self) -> list[Message]:
        return await self.stores.conversations.messages(CASE)

    async def count(self, collection: str) -> int:
        return sum((await self.documents.count(collection, {})).values())

    async def citizen_speaks(self) -> None:
        found = await self.case()
        step = stepped(
            found.value, Attempt("supplement", self.clock.at, CaseRole.CIT, RULES), actor="citizen"
        )
        await self.documents.commit(self.stores.cases.step_writes(step, found.version))

    async def close_by(self, agent: Agent) -> None:
        found = await self.case()
        attempt = Attempt("close", self.clock.at, CaseRole.HND, RULES, agent.id)
        step = stepped(found.value, attempt, actor=agent.id)
        await self.documents.commit(self.stores.cases.step_writes(step, found.version))


def office(documents: Documents, clock: FakeClock, *, undo_seconds: int = UNDO_SECONDS) -> Office:
    """A process on a store that has the case."""
    following = FollowingDocuments(documents, VAULT)
    stores, texts, rules = repositories(following, VAULT, cities={}), Texts(), case_rules()
    profiles = {"sms": ChannelProfile("sms", ChannelKind.SMS)}
    tell = TellCitizen(
        stores,
        profiles,
        Outgoing(profiles, stores.conversations, stores.outbox),
        texts,
        identities_of(following, VAULT),
    )
    compose = ComposeReply(stores, StepUnit(stores, tell, texts, rules, organ="测试局"), tell, texts, rules)
    casework = Casework(following, stores)
    return Office(
        following,
        clock,
        stores,
        ReplyToCase(casework, stores, compose, clock, undo_seconds=undo_seconds),
        SendReplies(following, stores, compose),
        UndoReply(following, stores),
        SaveDraft(following, stores, clock),
        NoteCase(casework, stores, clock),
        FollowCase(following, stores, clock),
        ReadReplies(stores),
    )


async def open_case(documents: Documents, track: Track = Track.SERVICE) -> None:
    """The case, its conversation and the agents."""
    stores = repositories(documents, VAULT, cities={})
    case, entry = recorded(
        Case(
            CASE,
            "26010500000014",
            START,
            START,
            begun(Proceeding(track), Attempt("submit", START, CaseRole.CIT, RULES)),
            Origin("sms", "sms", CASE),
            Applicant("陈女士", phone("+8613800138000").value),
            QueryCode(told=True),
            compartment=compartment_of(track),
            urgent=track is Track.EMERGENCY,
        ),
        at=START,
        actor="citizen",
        kind=HistoryKind.REGISTERED,
    )
    talk = Conversation(CASE, "sms", "sms", "", "", START, START, CASE, address=phone("+8613800138000").value)
    await documents.commit(
        [
            stores.cases.insert(case),
            stores.cases.insert_entry(entry),
            stores.conversations.insert(talk),
            *map(stores.agents.write, (HANDLER, COLLEAGUE, INSPECTOR)),
        ]
    )
