"""Looks again at messages whose meaning was not there in time; what is found late has the effects of what is
found at once.

It only raises: a flag that words set stays. An accusation found late moves its case behind the compartment,
and the history of the case names who had worked on it. Looked at twice is the same as once, so that a crash
between the two writes harms nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from channels.address import Address
from channels.contract import ChannelKind, InboundMessage
from hub.actions.cases.plan import Plan, PlannedCase
from hub.actions.cases.tell_citizen import address_kind
from hub.actions.deliveries.channel_profile import Profiles
from hub.actions.dialogue.danger_decisions import DangerDecisions
from hub.actions.dialogue.understand import Understand
from hub.actions.dialogue.verdict import Danger, ToPerson
from hub.actions.intake.by_meaning import BY_MEANING
from hub.actions.intake.message_case import MessageCase
from hub.actions.intake.scene import MessagePlan, Scene
from hub.actions.intake.silence.keep_silent import KeepSilent
from hub.actions.intake.speak import Speak
from hub.model.cases.alarm import flagged, is_alarm
from hub.model.cases.case import DANGER
from hub.model.cases.screening import seen_by, suspected
from hub.model.conversation import Conversation, Message
from hub.model.conversations.meaning_due import MeaningDue
from hub.model.track import Compartment, Track
from hub.repositories.alarms.silences import SilenceRepository
from hub.repositories.repositories import Repositories
from hub.store.documents import Documents, Write
from hub.store.until_committed import until_committed
from knowledge_base.meaning.safety import Judgement, Level

_SECONDS = 30.0
_BATCH = 20
_AT_ONCE = 3
"""While one is encoded, another is written; more of them would stand before citizens who wait."""
_BUSY, _PAUSE, _PAUSES = 0.005, 0.05, 20
"""Where one turn of the event loop takes so many seconds, others wait: the job pauses for so long, so many
times at most."""
_TRIES = 12


class LookAgain:
    """Works through what is due, danger first, then the oldest."""

    def __init__(
        self,
        documents: Documents,
        repositories: Repositories,
        profiles: Profiles,
        understand: Understand,
        decisions: DangerDecisions,
        cases: MessageCase,
        speak: Speak,
    ) -> None:
        self._documents = documents
        self._repositories = repositories
        self._profiles = profiles
        self._understand = understand
        self._decisions = decisions
        self._cases = cases
        self._keep_silent = KeepSilent(SilenceRepository(repositories.cases), cases)
        self._speak = speak

    async def step(self) -> bool:
        """One round; True when there may be more to do at once."""
        due = await self._repositories.meaning_due.first(limit=_BATCH)
        free = asyncio.Semaphore(_AT_ONCE)

        async def look(one: MeaningDue) -> bool:
            async with free:
                await _others_first()
                return await self._look(one)

        looked = await asyncio.gather(*map(look, due))
        return len(due) == _BATCH and any(looked)

    async def _look(self, due: MeaningDue) -> bool:
        message = await self._repositories.conversations.message(due.id)
        if message is not None:
            text = f"{message.subject}|{message.text}" if message.subject else message.text
            understood = await self._understand(text, seconds=_SECONDS)
            if understood.due:
                return False  # the engine is still too slow: the next round
            judged = understood.judgement
            weighed = await self._decisions.weighed(judged.danger, text, understood.vectors)
            judged = replace(judged, danger=weighed)
            if judged.danger is not Level.NONE or judged.accusation is not Level.NONE:
                await until_committed(self._documents, lambda: self._decide(message, judged), tries=_TRIES)
        await self._repositories.meaning_due.done(due.id)
        return True

    async def _decide(self, message: Message, judged: Judgement) -> tuple[Sequence[Write], None]:
        scene = await self._scene(message, judged)
        if scene is None:
            return (), None
        plan = await self._raised(scene)
        if plan is None:
            return (), None
        plan = await self._keep_silent(scene, plan)
        plan = self._speak(scene, plan) if plan.says else plan
        writes = plan.unit(self._repositories.cases)
        if plan.case_id and plan.case_id != message.case_id:
            writes.append(await self._repositories.conversations.move_message(message.id, plan.case_id))
        if plan.exchange != scene.conversation:
            writes.append(self._repositories.conversations.update(plan.exchange, scene.version))
        return writes, None

    async def _raised(self, scene: Scene) -> MessagePlan | None:
        judged, case = scene.judged, scene.case
        if judged.danger is Level.SURE and not (case and DANGER in case.value.flags):
            return await self._cases.emergency(
                scene,
                Danger((BY_MEANING,)),
                accuses=judged.accusation is Level.SURE,
                screening=judged.accusation is Level.POSSIBLE,
            )
        plan: MessagePlan = Plan(scene.conversation)
        planned = PlannedCase.found(case) if case else None
        if judged.accusation is not Level.NONE:
            planned = await self._restricted(scene, planned)
        if judged.danger is not Level.NONE and not (planned and is_alarm(planned.case)):
            planned = planned or await self._opened(scene, screening=False)
            planned = planned.after(*flagged(planned.case, at=scene.event.received_at))
        if planned is None or planned == (PlannedCase.found(case) if case else None):
            return None
        return plan.moved_to(planned) if case is None else plan.with_case(planned)

    async def _restricted(self, scene: Scene, planned: PlannedCase | None) -> PlannedCase | None:
        """The case behind the compartment; an emergency stays where those are who can help."""
        sure, at = scene.judged.accusation is Level.SURE, scene.event.received_at
        if planned is None:
            return await self._opened(scene, screening=True)
        case = planned.case
        if case.compartment is Compartment.SCREENING:
            return self._cases.confirmed(planned, at=at) if sure else planned
        if case.is_restricted or case.track is Track.EMERGENCY:
            return planned
        known = seen_by(case, await self._repositories.cases.whole_history(case.id))
        planned = planned.after(*suspected(case, at=at, actor="system", seen_by=known))
        return self._cases.confirmed(planned, at=at) if sure else planned

    async def _opened(self, scene: Scene, *, screening: bool) -> PlannedCase:
        sure = screening and scene.judged.accusation is Level.SURE
        track = Track.REPORT if sure else Track.CONSULT
        plan = await self._cases.to_person(scene, ToPerson(track), screening=screening and not sure)
        if plan.case is None:
            raise ValueError("a new case is always planned")
        return plan.case

    async def _scene(self, message: Message, judged: Judgement) -> Scene | None:
        """The message as it came, as far as it is kept; None when its conversation cannot be read."""
        found = await self._repositories.conversations.get(message.conversation_id)
        if found is None or found.value.channel not in self._profiles:
            return None
        conversation = found.value
        case = await self._repositories.cases.get(message.case_id) if message.case_id else None
        return Scene(
            event=_event(conversation, message),
            event_id=message.id,
            profile=self._profiles[conversation.channel],
            text=message.text,
            subject=message.subject,
            language="zh",
            address_key=conversation.address_key,
            contact_id=conversation.contact_id,
            conversation=conversation,
            version=found.version,
            case=case if case is not None and case.value.is_open else None,
            judged=judged,
        )


async def _others_first() -> None:
    """Lets those who write now go first: what is due has left already."""
    loop = asyncio.get_running_loop()
    for _ in range(_PAUSES):
        began = loop.time()
        await asyncio.sleep(0)
        if loop.time() - began < _BUSY:
            return
        await asyncio.sleep(_PAUSE)


def _event(conversation: Conversation, message: Message) -> InboundMessage:
    kind = ChannelKind(conversation.kind)
    return InboundMessage(
        channel=conversation.channel,
        kind=kind,
        provider_id=message.id,
        sender=Address(address_kind(kind), conversation.address),
        recipient=message.to,
        text=message.text,
        received_at=message.at,
        subject=message.subject,
    )
