"""Which case an inbound message opens or joins.

Danger opens a case of its own; an accusation of police never joins a case that ordinary staff can read, and
what stands behind the wall is named in no case before it.
"""

from __future__ import annotations

from dataclasses import replace

from channels.contract import ChannelKind
from hub.actions.cases.open_case import NewCase, OpenCase, Opened, title_of
from hub.actions.cases.plan import Plan, PlannedCase, Says
from hub.actions.dialogue.danger_kind import danger_kind
from hub.actions.dialogue.texts import Texts
from hub.actions.dialogue.verdict import Danger, ToPerson
from hub.actions.intake.last_question import LastQuestion
from hub.actions.intake.routing.route_message import RouteMessage
from hub.actions.intake.scene import MessagePlan, Scene
from hub.model.alarms.silence import signed_anew
from hub.model.cases.alarm import denied, is_alarm
from hub.model.cases.attempt import Attempt
from hub.model.cases.case import ALSO_DESKS, LIST_MAIL, ROUTED_BY, ROUTED_WORD, Applicant, Origin
from hub.model.cases.history import HistoryKind, recorded
from hub.model.cases.roles import CaseRole
from hub.model.cases.routing.routes import DUTY, Route
from hub.model.cases.screening import confirmed
from hub.model.cases.state import CaseState
from hub.model.cases.step import stepped
from hub.model.track import Compartment, Track
from hub.repositories.repositories import Repositories
from hub.runtime.ids import derived_id
from knowledge_base.text.utterance import Utterance


class MessageCase:
    """Opens and joins. What its plans say is the receipt; a caller that has more to say replaces it."""

    def __init__(
        self,
        repositories: Repositories,
        open_case: OpenCase,
        last_question: LastQuestion,
        texts: Texts,
        route: RouteMessage,
    ) -> None:
        self._route = route
        self._repositories = repositories
        self._open_case = open_case
        self._last_question = last_question
        self._texts = texts

    async def to_person(self, scene: Scene, verdict: ToPerson, *, screening: bool = False) -> MessagePlan:
        """The open case with one more word in it, or a new one.

        screening: it may be an accusation: a new case waits in 待甄别, with the receipt of any other.
        """
        restricted = screening or verdict.track is Track.REPORT
        if scene.case is not None and (not restricted or scene.is_walled):
            plan = self._confirm(self.attach(scene), scene, verdict.track)
            if not verdict.asked:
                return plan
            return plan.saying(self._receipt(scene, "in_hands", reference=scene.case.value.reference))
        asked = await self._last_question(scene.conversation, scene.text) if verdict.asked else ""
        opened = await self._new_case(scene, verdict.track, screening=screening, asked=asked)
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
        """A case of its own for something new, beside the open one, which goes on. Beside one behind the wall
        it stands there too."""
        alone = replace(scene, case=None, beside=scene.case, text=text)
        return await self.to_person(alone, ToPerson(track), screening=scene.is_walled)

    def attach(self, scene: Scene) -> MessagePlan:
        """One more word in the open case."""
        if scene.case is None:
            raise ValueError("no open case to attach to")
        before = scene.case.value
        event = "citizen_reply" if before.state is CaseState.NEED_INFO else "supplement"
        step = stepped(
            replace(before, waiting=True),
            Attempt(event, scene.event.received_at, CaseRole.CIT, self._open_case.rules.now),
            actor="citizen",
            facts={"channel": scene.event.channel},
            pass_time=False,
        )
        case = step.case
        plan = Plan(scene.conversation).moved_to(PlannedCase.found(scene.case).after(case, *step.entries))
        # One acknowledgement is kind, one per line is a nuisance: only the first addition to a new case, and
        # the first after each word of ours.
        first = before.chain.length == 1 or not before.waiting
        return plan.saying(self._receipt(scene, "added", reference=case.reference) if first else None)

    def _confirm(self, plan: MessagePlan, scene: Scene, track: Track) -> MessagePlan:
        """A case in 待甄别 whose citizen now accuses police surely is a REPORT."""
        joined = plan.case
        if joined is None or track is not Track.REPORT:
            return plan
        if joined.case.compartment is not Compartment.SCREENING:
            return plan
        return plan.with_case(self.confirmed(joined, at=scene.event.received_at))

    def confirmed(self, planned: PlannedCase, *, at: int) -> PlannedCase:
        """A case of 待甄别 as the REPORT it surely is. One that is closed stays for an inspector."""
        if not planned.case.is_open:
            return planned
        step = confirmed(planned.case, self._open_case.rules.now, at=at, actor="system")
        return planned.after(step.case, *step.entries)

    async def emergency(
        self, scene: Scene, danger: Danger, *, accuses: bool, screening: bool = False
    ) -> MessagePlan:
        """An EMERGENCY case of its own, above the queue; the matter that was open goes on.

        accuses, screening: the text accuses police, surely or perhaps.
        """
        running = scene.case
        if scene.is_walled or accuses or screening:
            track = Track.REPORT if accuses else Track.CONSULT
            return await self._behind_the_wall(scene, danger, track)
        if running is not None and running.value.track is Track.EMERGENCY:
            return self._signed_anew(self.attach(scene), danger, scene).saying(self._comfort(scene))
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

    @staticmethod
    def _signed_anew(plan: MessagePlan, danger: Danger, scene: Scene) -> MessagePlan:
        """A sign of danger in an open emergency brings back a silence that was lifted; words that were not
        there before ring again. The same words over and over do not: nobody would hear the next alarm."""
        planned = plan.case
        if planned is None:
            return plan
        case, details = signed_anew(planned.case), planned.case.details or {}
        known = [word for word in details.get("danger", "").split("、") if word]
        new = [word for word in danger.words if word not in known]
        plan = plan.with_case(replace(planned, case=case))
        if plan.case is None or not new:
            return plan
        told = replace(case, details={**details, "danger": "、".join((*known, *new))})
        anew = recorded(told, at=scene.event.received_at, actor="system", kind=HistoryKind.DANGER_ANEW)
        return plan.with_case(plan.case.after(*anew))

    async def at_another_desk(self, scene: Scene, plan: MessagePlan) -> MessagePlan:
        """A text that joined an open case and was written to the number of another desk than the case's:
        that desk is told once, the case stays one. What only inspectors read is for no desk."""
        planned, joined = plan.case, scene.case
        if planned is None or joined is None or planned.case.id != joined.value.id:
            return plan
        case = planned.case
        if scene.event.kind is not ChannelKind.SMS or case.is_restricted:
            return plan
        desk, details = await self._route.of_number(scene.event.recipient), case.details or {}
        also = details.get(ALSO_DESKS, "").split()
        if not desk or desk in (case.unit_id, *also):
            return plan
        told = replace(case, details={**details, ALSO_DESKS: " ".join((*also, desk))})
        entry = recorded(
            told,
            at=scene.event.received_at,
            actor="system",
            kind=HistoryKind.OTHER_DESK,
            facts={"desk": desk},
        )
        return plan.with_case(planned.after(*entry))

    async def _behind_the_wall(self, scene: Scene, danger: Danger, track: Track) -> MessagePlan:
        """What was said stays behind the wall; one EMERGENCY case beside it names the words only."""
        plan = await self.to_person(scene, ToPerson(track), screening=True)
        emergency_id = _emergency_beside(plan.case_id)
        if await self._repositories.cases.get(emergency_id) is None:
            route = await self._routed(scene)
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
                    unit_id=route.unit_id,
                    # Which keyword decided stands behind the wall with the text.
                    details=_details(scene, replace(route, by=""), danger),
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
        """A telephone that lights up may betray who wrote: nothing is sent to it. A chat page is in the
        writer's own hands."""
        if scene.event.kind is ChannelKind.CHAT:
            kind = danger_kind(Utterance(f"{scene.subject}|{scene.text}").folded)
            return Says(self._texts.say("emergency_chat", scene.language), danger=kind)
        return None

    async def no_emergency(self, scene: Scene) -> MessagePlan | None:
        """这不是紧急情况: noted in the emergency it is about, which stays for a handler; None without one."""
        if scene.case is None:
            return None
        plan = self.attach(scene)
        if plan.case is not None and is_alarm(plan.case.case):
            plan = plan.with_case(plan.case.after(*denied(plan.case.case, at=scene.event.received_at)))
        else:
            beside = await self._repositories.cases.get(_emergency_beside(scene.case.value.id))
            if beside is None or not beside.value.is_open:
                return None
            planned = PlannedCase.found(beside)
            plan = plan.with_case(planned.after(*denied(beside.value, at=scene.event.received_at)))
        if scene.event.kind is not ChannelKind.CHAT:
            return plan.saying(None)
        return plan.saying(Says(self._texts.say("no_emergency", scene.language), with_110=True))

    async def _new_case(
        self,
        scene: Scene,
        track: Track,
        *,
        danger: Danger | None = None,
        screening: bool = False,
        asked: str = "",
    ) -> Opened:
        running = scene.case or scene.beside
        # What only inspectors read is for no desk.
        route = DUTY if screening or track is Track.REPORT else await self._routed(scene)
        return await self._open_case(
            NewCase(
                track,
                _origin(scene),
                scene.event.received_at,
                _applicant(scene),
                title=scene.subject[:120] or title_of(asked),
                text=scene.text,
                urgent=danger is not None,
                flags=_flags(danger) if danger else (LIST_MAIL,) if scene.event.passed_on_by else (),
                screening=screening,
                # Naming a case behind the wall would tell ordinary staff of it: none of theirs is opened
                # beside one.
                linked_case_id=running.value.id if running else "",
                unit_id=route.unit_id,
                details=_details(scene, route, danger),
            )
        )

    async def _routed(self, scene: Scene) -> Route:
        """The desk of a text; what comes on other ways is nobody's until somebody takes it."""
        if scene.event.kind is not ChannelKind.SMS:
            return DUTY
        return await self._route(scene.event.recipient, scene.text)


def _details(scene: Scene, route: Route, danger: Danger | None) -> dict[str, str]:
    found = {"recipient": scene.event.recipient}
    if scene.event.kind is ChannelKind.SMS:
        found |= {ROUTED_BY: route.reason, ROUTED_WORD: route.by}
    if danger is not None:
        found["danger"] = "、".join(danger.words)
    return found


def _origin(scene: Scene) -> Origin:
    event = scene.event
    return Origin(event.channel, event.kind, scene.conversation.id, language=scene.language)


def _applicant(scene: Scene) -> Applicant:
    return Applicant(
        address=scene.event.sender.value, address_key=scene.address_key, contact_id=scene.contact_id
    )


def _emergency_beside(case_id: str) -> str:
    """The id of the emergency that stands beside a case behind the wall."""
    return derived_id("danger", case_id)


def _flags(danger: Danger) -> tuple[str, ...]:
    return ("danger", "threat") if danger.threat else ("danger",)
