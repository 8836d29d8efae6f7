"""Which case an inbound message opens or joins.

Danger opens a case of its own; an accusation of police never joins a case that ordinary staff can read, and
what stands behind the wall is named in no case before it.
"""

from __future__ import annotations

from dataclasses import replace

from channels.contract import ChannelKind
from hub.actions.cases.open_case import NewCase, OpenCase, Opened, title_of
from hub.actions.cases.plan import Plan, PlannedCase, Says
from hub.actions.dialogue.texts import Texts
from hub.actions.dialogue.verdict import Danger, ToPerson
from hub.actions.intake.last_question import LastQuestion
from hub.actions.intake.scene import MessagePlan, Scene
from hub.model.case import Applicant, Origin, queue_rank
from hub.model.cases.history import HistoryKind, recorded
from hub.model.track import Compartment, Track
from hub.repositories.repositories import Repositories
from hub.runtime.ids import derived_id


class MessageCase:
    """Opens and joins. What its plans say is the receipt; a caller that has more to say replaces it."""

    def __init__(
        self, repositories: Repositories, open_case: OpenCase, last_question: LastQuestion, texts: Texts
    ) -> None:
        self._repositories = repositories
        self._open_case = open_case
        self._last_question = last_question
        self._texts = texts

    async def to_person(self, scene: Scene, verdict: ToPerson) -> MessagePlan:
        """The open case with one more word in it, or a new one."""
        if scene.case is not None and (verdict.track is not Track.REPORT or scene.is_walled):
            plan = self.attach(scene)
            if not verdict.asked:
                return plan
            return plan.saying(self._receipt(scene, "in_hands", reference=scene.case.value.reference))
        asked = await self._last_question(scene.conversation, scene.text) if verdict.asked else ""
        opened = await self._new_case(scene, verdict.track, asked=asked)
        receipt = self._receipt(
            scene,
            "person" if verdict.asked else "registered",
            tells_code=True,
            with_110=True,
            reference=opened.case.reference,
            code=opened.code,
        )
        return Plan(scene.conversation).moved_to(PlannedCase.opened(opened)).saying(receipt)

    async def new_matter(self, scene: Scene, text: str, track: Track) -> MessagePlan:
        """A case of its own for something new, beside the open one, which goes on; the two know of each other
        as far as the compartment allows."""
        return await self.to_person(replace(scene, case=None, beside=scene.case, text=text), ToPerson(track))

    def attach(self, scene: Scene) -> MessagePlan:
        """One more word in the open case."""
        if scene.case is None:
            raise ValueError("no open case to attach to")
        before = scene.case.value
        case, entry = recorded(
            replace(
                before,
                waiting=True,
                rank=queue_rank(
                    track=before.track, urgent=before.urgent, waiting=True, received_at=before.received_at
                ),
            ),
            at=scene.event.received_at,
            actor="citizen",
            kind=HistoryKind.CITIZEN_SPOKE,
            facts={"channel": scene.event.channel},
        )
        plan = Plan(scene.conversation).moved_to(PlannedCase.found(scene.case).after(case, entry))
        # One acknowledgement is kind, one per line is a nuisance: only the first addition to a new case, and
        # the first after each word of ours.
        first = before.chain.length == 1 or not before.waiting
        return plan.saying(self._receipt(scene, "added", reference=case.reference) if first else None)

    async def emergency(self, scene: Scene, danger: Danger, *, accuses: bool) -> MessagePlan:
        """An EMERGENCY case of its own, above the queue; the matter that was open goes on."""
        running = scene.case
        if scene.is_walled or accuses:
            return await self._behind_the_wall(scene, danger)
        if running is not None and running.value.track is Track.EMERGENCY:
            return self.attach(scene).saying(None)
        opened = await self._new_case(scene, Track.EMERGENCY, danger=danger)
        plan = Plan(scene.conversation).moved_to(PlannedCase.opened(opened))
        if running is not None:
            linked, entry = recorded(
                running.value,
                at=scene.event.received_at,
                actor="system",
                kind=HistoryKind.LINKED,
                facts={"emergency": opened.case.reference},
            )
            plan = plan.with_case(PlannedCase.found(running).after(linked, entry))
        return plan.saying(self._comfort(scene))

    async def _behind_the_wall(self, scene: Scene, danger: Danger) -> MessagePlan:
        """What was said stays behind the wall; one EMERGENCY case beside it names the words only."""
        plan = await self.to_person(scene, ToPerson(Track.REPORT))
        emergency_id = derived_id("danger", plan.case_id)
        if await self._repositories.cases.get(emergency_id) is None:
            opened = await self._open_case(
                NewCase(
                    Track.EMERGENCY,
                    _origin(scene),
                    scene.event.received_at,
                    _applicant(scene),
                    id=emergency_id,
                    title="来信紧急求助",
                    urgent=True,
                    flags=_flags(danger),
                    details={"recipient": scene.event.recipient, "danger": "、".join(danger.words)},
                )
            )
            plan = plan.with_case(PlannedCase.opened(opened))
        return plan.saying(self._comfort(scene))

    def _receipt(
        self, scene: Scene, name: str, *, tells_code: bool = False, with_110: bool = False, **values: str
    ) -> Says | None:
        """A channel that only gives sure answers gives no receipts."""
        if scene.profile.auto_reply != "all":
            return None
        text = self._texts.say(name, scene.language, **values)
        return Says(text, tells_code=tells_code, with_110=with_110)

    def _comfort(self, scene: Scene) -> Says | None:
        """A telephone that answers may betray who wrote; a chat page is in the writer's own hands."""
        if scene.event.kind is not ChannelKind.CHAT:
            return None
        return Says(self._texts.say("emergency_chat", scene.language))

    async def _new_case(
        self, scene: Scene, track: Track, *, danger: Danger | None = None, asked: str = ""
    ) -> Opened:
        return await self._open_case(
            NewCase(
                track,
                _origin(scene),
                scene.event.received_at,
                _applicant(scene),
                title=scene.subject[:120] or title_of(asked),
                text=scene.text,
                urgent=danger is not None,
                flags=_flags(danger) if danger else (),
                linked_case_id=_visible_link(scene, track),
                details={
                    "recipient": scene.event.recipient,
                    **({"danger": "、".join(danger.words)} if danger else {}),
                },
            )
        )


def _origin(scene: Scene) -> Origin:
    event = scene.event
    return Origin(event.channel, event.kind, scene.conversation.id, language=scene.language)


def _applicant(scene: Scene) -> Applicant:
    return Applicant(
        address=scene.event.sender.value, address_key=scene.address_key, contact_id=scene.contact_id
    )


def _flags(danger: Danger) -> tuple[str, ...]:
    return ("danger", "threat") if danger.threat else ("danger",)


def _visible_link(scene: Scene, track: Track) -> str:
    """The case that was open, unless naming it would tell ordinary staff of one behind the wall."""
    running = scene.case or scene.beside
    if running is None:
        return ""
    walled = running.value.compartment is not Compartment.NONE and track is not Track.REPORT
    return "" if walled else running.value.id
