"""The sample's citizens: each speaks on a real channel, then a handler does what the sample says."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from channels.address import email, phone
from hub.actions.cases.citizen.citizen_move import Request
from hub.demo import letter
from hub.demo.accounts import agent_id
from hub.demo.citizens import Citizens
from hub.demo.outside import TEXT_CHANNEL, VOICE_CHANNEL
from hub.demo.sample import Sample, Table
from hub.hub import Hub
from hub.model.agent import Agent
from hub.model.citizen_wish import CitizenWish
from hub.model.petition import Petition, PetitionKind
from hub.model.policy import may_see
from hub.model.track import Compartment
from hub.runtime.clock import Clock
from hub.runtime.errors import Stale
from hub.runtime.ids import derived_id
from hub.web.pages.citizen import chat_stream

_TRIES = 5
_LOOKS, _PAUSE_SECONDS = 600, 0.05
Act = Callable[[int], Awaitable[object]]


class CaseSeeder:
    """Plays citizens from outside and staff from inside. `mail_port`: the hub's mail listener."""

    def __init__(self, hub: Hub, sample: Sample, clock: Clock, citizens: Citizens, mail_port: int) -> None:
        self._hub = hub
        self._inspector_id = agent_id(sample.login_of("inspector"))
        self._clock = clock
        self._citizens = citizens
        self._mail_port = mail_port

    async def make(self, name: str, table: Table) -> None:
        """One matter. `name` makes its ids, so that repeating it changes nothing."""
        speak = {
            "sms": self._text,
            "chat": self._chat,
            "mail": self._mail,
            "petition": self._petition,
            "voice": self._call,
        }[table["by"]]
        case_id = await speak(name, table)
        if case_id and "who" in table:
            found = await self._hub.repositories.agents.get(agent_id(table["who"]))
            if found is not None:
                await self._released(case_id, found.value)
                await self._handle(case_id, found.value, table)

    async def move(self, name: str, table: Table, move: Table) -> None:
        """A later step of a petition, by the login it names or by its citizen."""
        case_id = await self._petition(name, table)  # the same one: it is filed once
        if move["who"] == "citizen":
            asked = Request(derived_id("demo-move", name, move["event"]), "web", self._clock.now_ms())
            wish = CitizenWish(move["event"], move.get("text", ""))
            await self._hub.actions.citizen_move.proven(case_id, wish, asked)
            return
        found = await self._hub.repositories.agents.get(agent_id(move["who"]))
        if found is not None:
            agent, data = found.value, dict(move.get("data", {}))
            await self._released(case_id, agent)
            await self._on_newest(case_id, self._step(agent, case_id, move["event"], data))

    def _step(self, agent: Agent, case_id: str, event: str, data: dict[str, Any]) -> Act:
        actions = self._hub.actions
        if event == "assign":
            handler = agent_id(data["handler"])
            return lambda version: actions.assign_case(agent, case_id, handler, version=version)

        async def moved(version: int) -> None:
            await actions.move_case(agent, case_id, event, data, version=version)

        return moved

    async def _text(self, name: str, table: Table) -> str:
        id = derived_id("demo", name)[:16]
        await self._citizens.text(phone(table["from"]).value, table["text"], id=id)
        return await self._case_of(TEXT_CHANNEL, id)

    async def _chat(self, name: str, table: Table) -> str:
        token = derived_id("demo-visitor", table["visitor"])
        client_id = derived_id("demo-chat", name)
        await chat_stream.say(self._hub, token, table["text"], client_id)
        return await self._open_case(chat_stream.conversation_id(self._hub, token))

    async def _mail(self, name: str, table: Table) -> str:
        message_id = f"<{derived_id('demo', name)}@mail.example.com>"
        sender = email(table["from"])
        await letter.post(
            self._mail_port,
            sender=sender.value,
            name=table["name"],
            subject=table["subject"],
            text=table["text"],
            message_id=message_id,
            at=self._clock.now_ms(),
        )
        repositories = self._hub.repositories
        key = repositories.contacts.key(sender)
        conversation_id = repositories.conversations.id_for("mail", key, message_id)
        for _ in range(_LOOKS):  # a letter is stored at once and read a moment later
            if await repositories.conversations.get(conversation_id) is not None:
                break
            await asyncio.sleep(_PAUSE_SECONDS)
        return await self._open_case(conversation_id)

    async def _petition(self, name: str, table: Table) -> str:
        anonymous = table.get("anonymous", False)
        filed = await self._hub.actions.file_petition(
            Petition(
                submission_id=derived_id("demo", name),
                kind=PetitionKind(table["kind"]),
                title=table["title"],
                body=table["body"],
                place=table.get("place", ""),
                region=table.get("region", ""),
                name=table.get("name", ""),
                phone=phone(table["phone"]).value if "phone" in table else "",
                email=table.get("email", ""),
                anonymous=anonymous,
            )
        )
        return filed.case_id

    async def _call(self, name: str, table: Table) -> str:
        steps = [*table["keys"], f"speak {table['seconds']}", "1", "1"]
        heard = await self._citizens.call(phone(table["from"]).value, steps)
        call_id = self._hub.repositories.calls.id_for(VOICE_CHANNEL, heard.call_sid)
        call = await self._hub.repositories.calls.get(call_id)
        return call.value.case_id if call else ""

    async def _handle(self, case_id: str, agent: Agent, table: Table) -> None:
        actions = self._hub.actions
        steps: list[Act] = []
        if table.get("assign"):
            steps.append(lambda version: actions.assign_case(agent, case_id, agent.id, version=version))
        if "note" in table:
            steps.append(lambda version: actions.note_case(agent, case_id, table["note"], version=version))
        if "reply" in table:
            steps.append(
                lambda version: actions.replies.reply(
                    agent, case_id, table["reply"], version=version, at_once=True
                )
            )
        if "close" in table:
            steps.append(lambda version: actions.close_case(agent, case_id, table["close"], version=version))
        for act in steps:
            await self._on_newest(case_id, act)

    async def _released(self, case_id: str, agent: Agent) -> None:
        """Where the machine is too busy to tell in time what a text that names police means, its case waits
        in 待甄别, and nothing but an inspector gives it to those who are to handle it."""
        stores = self._hub.repositories
        case, inspector = await stores.cases.get(case_id), await stores.agents.get(self._inspector_id)
        if case is None or inspector is None or may_see(agent, case.value):
            return
        if case.value.compartment is Compartment.SCREENING:
            release = partial(self._hub.actions.release_case, inspector.value, case_id, "不涉及检举控告")
            await self._on_newest(case_id, lambda version: release(version=version))

    async def _on_newest(self, case_id: str, act: Act) -> None:
        """A recording may arrive at the same moment: read again, act again."""
        for left in range(_TRIES, 0, -1):
            found = await self._hub.repositories.cases.get(case_id)
            if found is None:
                return
            try:
                await act(found.version)
            except Stale:
                if left == 1:
                    raise
            else:
                return

    async def _case_of(self, channel: str, provider_id: str) -> str:
        stored = await self._hub.repositories.conversations.message(f"{channel}:{derived_id(provider_id)}")
        return stored.case_id if stored else ""

    async def _open_case(self, conversation_id: str) -> str:
        found = await self._hub.repositories.conversations.get(conversation_id)
        return found.value.case_id if found else ""
