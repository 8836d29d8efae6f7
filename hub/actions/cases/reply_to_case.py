"""A handler answers: the reply is stored, queued on the citizen's own channel, and the case moves on.

Where the case came by a way that cannot carry an answer (a web form, a call), the answer is read
with number and code; a telephone or mail address that was given gets a notice. So is the answer to a
case behind the compartment, whatever way it came, and its notice is neutral: somebody else may read that
telephone.
"""

from __future__ import annotations

import secrets
from dataclasses import replace

from channels.address import Address, AddressKind, is_textable
from channels.contract import ChannelKind
from channels.outbox.delivery import Delivery
from hub.actions.cases.casework import Casework
from hub.actions.cases.references import new_code
from hub.actions.deliveries.channel_profile import ChannelProfile, Profiles
from hub.actions.deliveries.outgoing import Outgoing
from hub.actions.dialogue.texts import Texts
from hub.model.agent import Agent, Permission
from hub.model.case import Case, CaseState, QueryCode
from hub.model.cases.history import HistoryKind, recorded
from hub.model.conversation import Author, Conversation, Direction, Message
from hub.repositories.repositories import Repositories
from hub.runtime.clock import Clock
from hub.runtime.errors import Invalid
from hub.runtime.ids import new_id
from hub.store.codec import Versioned
from hub.store.documents import Write

MAX_TEXT = 3000


class ReplyToCase:
    """Sends a public answer."""

    def __init__(
        self,
        casework: Casework,
        repositories: Repositories,
        profiles: Profiles,
        outgoing: Outgoing,
        texts: Texts,
        clock: Clock,
    ) -> None:
        self._casework = casework
        self._repositories = repositories
        self._profiles = profiles
        self._outgoing = outgoing
        self._texts = texts
        self._clock = clock

    async def __call__(self, agent: Agent, case_id: str, text: str, *, version: int) -> None:
        """Raises `Invalid`, `NotFound`, `Forbidden`, `Stale` or `IllegalMove`."""
        text = text.strip()
        if not text:
            raise Invalid({"text": "请填写答复内容"})
        if len(text) > MAX_TEXT:
            raise Invalid({"text": f"答复最多 {MAX_TEXT} 个字"})
        case = await self._casework.take(agent, case_id, Permission.CASE_REPLY, version=version)
        case.check_move(CaseState.REPLIED)
        now = self._clock.now_ms()
        found = await self._repositories.conversations.get(case.origin.conversation_id)
        if found is None:
            raise Invalid({"text": "此工单没有可答复的会话"})
        case, code = self._with_code(case, found.value)
        writes, message_id = self._say(agent, case, found, text, code, now)
        answered, entry = recorded(
            replace(
                case,
                state=CaseState.REPLIED,
                handler_id=case.handler_id or agent.id,
                waiting=False,
            ).ranked(),
            at=now,
            actor=agent.id,
            kind=HistoryKind.REPLIED,
            facts={"message": message_id},
        )
        await self._casework.commit(
            [
                *writes,
                self._repositories.cases.update(answered, version),
                self._repositories.cases.insert_entry(entry),
            ],
        )

    def _with_code(self, case: Case, conversation: Conversation) -> tuple[Case, str]:
        """Where the channel kept silent at first, the first answer brings the query code: the case with
        a fresh one, and the sentence that tells it; it leaves with the answer and is kept nowhere."""
        if case.query_code.told or case.applicant.anonymous or conversation.kind == ChannelKind.CHAT:
            return case, ""
        code, salt = new_code(anonymous=False), secrets.token_hex(8)
        code_hash = self._repositories.cases.code_hash(case.id, salt, code)
        told = replace(case, query_code=QueryCode(code_hash, salt, told=True))
        return told, self._texts.say("code_hint", case.origin.language, reference=case.reference, code=code)

    def _say(
        self, agent: Agent, case: Case, found: Versioned[Conversation], text: str, hint: str, now: int
    ) -> tuple[list[Write], str]:
        conversations = self._repositories.conversations
        conversation = found.value
        profile = self._profiles.get(conversation.channel)
        # Somebody else may read that telephone or mailbox; a chat page is in the writer's own hands.
        neutral = case.is_restricted and conversation.kind != ChannelKind.CHAT
        if not neutral and profile is not None and profile.can_answer and conversation.address:
            said = self._outgoing.reply(
                conversation,
                Address(address_kind(profile.kind), conversation.address),
                text,
                at=now,
                author=Author.AGENT,
                author_id=agent.id,
                case_id=case.id,
                hint=hint,
            )
            return (
                [
                    *self._outgoing.writes(said),
                    conversations.update(said.conversation, found.version),
                ],
                said.message.id,
            )
        message_id = new_id(now)
        notice = self._notice(case, text, hint, now, dedup=message_id)
        message = Message(
            id=message_id,
            conversation_id=conversation.id,
            seq=conversation.count + 1,
            direction=Direction.OUT,
            author=Author.AGENT,
            at=now,
            case_id=case.id,
            delivery_id=notice.id if notice else "",
            author_id=agent.id,
            text=text,
        )
        return (
            [
                conversations.insert_message(message),
                conversations.update(replace(conversation, count=message.seq, last_at=now), found.version),
                *([self._repositories.outbox.insert(notice)] if notice else []),
            ],
            message.id,
        )

    def _notice(self, case: Case, text: str, hint: str, now: int, *, dedup: str) -> Delivery | None:
        """A delivery to the address that was given, or None where there is none."""
        route = self._route(case)
        if route is None:
            return None
        profile, address = route
        if case.is_restricted:
            body = self._texts.say("report_reply", case.origin.language, reference=case.reference)
        else:
            body = self._texts.say("case_reply", case.origin.language, reference=case.reference, text=text)
        return self._outgoing.delivery(
            profile.name,
            address,
            f"{body} {hint}".strip(),
            at=now,
            address_key=case.applicant.address_key,
            dedup=dedup,
            case_id=case.id,
            title=self._texts.say("case_reply_subject", case.origin.language, reference=case.reference),
        )

    def _route(self, case: Case) -> tuple[ChannelProfile, Address] | None:
        given = case.applicant.address
        if case.applicant.anonymous or not given:
            return None
        if "@" in given:
            address = Address(AddressKind.EMAIL, given)
            wanted = ChannelKind.MAIL
        else:
            address = Address(AddressKind.PHONE, given)
            wanted = ChannelKind.SMS
            if not is_textable(address):
                return None
        profile = next((p for p in self._profiles.values() if p.kind is wanted and p.can_answer), None)
        return None if profile is None else (profile, address)


def address_kind(kind: ChannelKind) -> AddressKind:
    """What kind of address a channel speaks to."""
    match kind:
        case ChannelKind.MAIL:
            return AddressKind.EMAIL
        case ChannelKind.CHAT:
            return AddressKind.CHAT
        case ChannelKind.WECHAT:
            return AddressKind.WECHAT
        case _:
            return AddressKind.PHONE
