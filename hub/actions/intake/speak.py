"""Says what was decided, on the way the message came, if the channel may and somebody is there."""

from __future__ import annotations

from dataclasses import replace

from channels.address import Address
from channels.contract import ChannelKind
from hub.actions.deliveries.outgoing import Outgoing, Saying
from hub.actions.intake.scene import MessagePlan, Scene
from hub.model.cases.alarm import is_emergency
from hub.model.conversation import Author
from hub.model.danger_kind import DangerKind


class Speak:
    """Turns what a plan says into a message and the delivery that carries it."""

    def __init__(self, outgoing: Outgoing) -> None:
        self._outgoing = outgoing

    def __call__(self, scene: Scene, plan: MessagePlan) -> MessagePlan:
        """The plan with the reply among its writes; it says nothing where nothing may be said.

        A case is marked as one whose code was told only here, where the code leaves.
        """
        says = plan.says
        if says is None or scene.profile.auto_reply == "off" or not scene.event.sender.value:
            return plan.saying(None)
        on_page = scene.event.kind is ChannelKind.CHAT
        said = self._outgoing.reply(
            plan.exchange,
            Address(scene.event.sender.kind, scene.event.sender.value),
            Saying(
                says.text,
                Author.ROBOT,
                entry_ids=says.entry_ids,
                dialogue=says.dialogue,
                with_110=says.with_110 and on_page,
                danger=says.danger if on_page else DangerKind.NONE,
                source=scene.event.recipient if scene.event.kind is ChannelKind.SMS else "",
            ),
            at=scene.event.received_at,
            case_id=plan.case_id,
            urgent=_is_of_emergency(scene, plan),
        )
        if says.tells_code and plan.case is not None:
            case = plan.case.case
            told = replace(case, query_code=replace(case.query_code, told=True))
            plan = plan.with_case(plan.case.after(told))
        return replace(plan, exchange=said.conversation).with_writes(*self._outgoing.writes(said))


def _is_of_emergency(scene: Scene, plan: MessagePlan) -> bool:
    """Whether what is said belongs to an emergency that is open, or is opened with it."""
    if plan.case is not None:
        return is_emergency(plan.case.case)
    return scene.case is not None and scene.case.value.id == plan.case_id and is_emergency(scene.case.value)
