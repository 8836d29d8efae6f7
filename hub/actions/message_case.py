"""Which case an inbound message opens or joins.

Danger opens a case of its own; an accusation of police never joins a case that ordinary staff can read, and
what stands behind the wall is named in no case before it.
"""

from __future__ import annotations

from dataclasses import replace

from channels.contract import ChannelKind
from hub.actions.dialogue.verdict import Danger, ToPerson
from hub.actions.open_case import NewCase, OpenCase, Opened
from hub.actions.scene import Plan, Scene
from hub.actions.speak import Speak
from hub.ids import derived_id
from hub.model.case import Applicant, HistoryKind, Origin, queue_rank, recorded
from hub.model.track import Compartment, Track
from hub.store.repositories import Repositories


class MessageCase:
    """Opens and joins."""

    def __init__(self, repositories: Repositories, open_case: OpenCase, speak: Speak) -> None:
        self._repositories = repositories
        self._open_case = open_case
        self._speak = speak

    async def to_person(self, scene: Scene, verdict: ToPerson, *, acknowledge: bool = True) -> Plan:
        """The open case with one more word in it, or a new one."""
        if scene.case is not None and (verdict.track is not Track.REPORT or scene.is_walled):
            plan = self.attach(scene, acknowledge=acknowledge and not verdict.asked)
            if not verdict.asked or scene.profile.auto_reply != "all":
                return plan
            return self._speak.text(scene, plan, "in_hands", reference=scene.case.value.reference)
        tells_code = acknowledge and scene.profile.auto_reply == "all" and bool(scene.event.sender.value)
        opened = await self._new_case(scene, verdict.track, told=tells_code)
        plan = Plan(
            tuple(self._open_case.writes(opened)),
            replace(scene.conversation, case_id=opened.case.id),
            case_id=opened.case.id,
            queue_changed=True,
        )
        if not tells_code:
            return plan
        name = "person" if verdict.asked else "registered"
        return self._speak.text(scene, plan, name, reference=opened.case.reference, code=opened.code)

    def attach(self, scene: Scene, *, acknowledge: bool = True) -> Plan:
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
        plan = Plan(
            (
                self._repositories.cases.update(case, scene.case.version),
                self._repositories.cases.insert_entry(entry),
            ),
            scene.conversation,
            case_id=case.id,
            queue_changed=True,
        )
        # One acknowledgement is kind, one per line is a nuisance: only the first addition to a new case, and
        # the first after each word of ours.
        first = before.chain.length == 1 or not before.waiting
        if acknowledge and first and scene.profile.auto_reply == "all":
            return self._speak.text(scene, plan, "added", reference=case.reference)
        return plan

    async def emergency(self, scene: Scene, danger: Danger, *, accuses: bool) -> Plan:
        """An EMERGENCY case of its own, above the queue; the matter that was open goes on."""
        running = scene.case
        if scene.is_walled or accuses:
            return await self._behind_the_wall(scene, danger)
        if running is not None and running.value.track is Track.EMERGENCY:
            return self.attach(scene, acknowledge=False)
        opened = await self._new_case(scene, Track.EMERGENCY, danger=danger)
        writes = self._open_case.writes(opened)
        if running is not None:
            linked, entry = recorded(
                running.value,
                at=scene.event.received_at,
                actor="system",
                kind=HistoryKind.LINKED,
                facts={"emergency": opened.case.reference},
            )
            writes += [
                self._repositories.cases.update(linked, running.version),
                self._repositories.cases.insert_entry(entry),
            ]
        plan = Plan(
            tuple(writes),
            replace(scene.conversation, case_id=opened.case.id),
            case_id=opened.case.id,
            queue_changed=True,
        )
        return self._comfort(scene, plan)

    async def _behind_the_wall(self, scene: Scene, danger: Danger) -> Plan:
        """What was said stays behind the wall; one EMERGENCY case beside it names the words only."""
        plan = await self.to_person(scene, ToPerson(Track.REPORT), acknowledge=False)
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
            plan = replace(plan, writes=(*plan.writes, *self._open_case.writes(opened)))
        return self._comfort(scene, plan)

    def _comfort(self, scene: Scene, plan: Plan) -> Plan:
        """A telephone that answers may betray who wrote; a chat page is in the writer's own hands."""
        return (
            self._speak.text(scene, plan, "emergency_chat") if scene.event.kind is ChannelKind.CHAT else plan
        )

    async def _new_case(
        self, scene: Scene, track: Track, *, danger: Danger | None = None, told: bool = False
    ) -> Opened:
        return await self._open_case(
            NewCase(
                track,
                _origin(scene),
                scene.event.received_at,
                _applicant(scene),
                title=scene.subject[:120],
                text=scene.text,
                told=told,
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
    if scene.case is None:
        return ""
    walled = scene.case.value.compartment is not Compartment.NONE and track is not Track.REPORT
    return "" if walled else scene.case.value.id
