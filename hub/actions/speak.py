"""Says something back on the way a message came, if the channel may and somebody is there."""

from __future__ import annotations

from channels.address import Address
from channels.contract import ChannelKind
from hub.actions.outgoing import Outgoing
from hub.actions.scene import Plan, Scene
from hub.model.conversation import Author
from hub.model.dialogue import Dialogue
from hub.texts import Texts


class Speak:
    """Adds a reply to a plan."""

    def __init__(self, outgoing: Outgoing, texts: Texts) -> None:
        self._outgoing = outgoing
        self._texts = texts

    def __call__(
        self,
        scene: Scene,
        plan: Plan,
        text: str,
        *,
        entry_ids: tuple[str, ...] = (),
        dialogue: Dialogue | None = None,
        with_110: bool = False,
    ) -> Plan:
        """The plan with the reply, unless the channel is told to stay silent or nobody is there.

        dialogue: what these words ask. with_110: a chat shows the emergency number below them, as it does
        below every reply to a word of danger; no text message or mail does (docs/adr/0005).
        """
        if scene.profile.auto_reply == "off" or not scene.event.sender.value:
            return plan
        if scene.heated:
            text = f"{self._texts.say('calm', scene.language)}{text}"
        said = self._outgoing.reply(
            plan.conversation,
            Address(scene.event.sender.kind, scene.event.sender.value),
            text,
            at=scene.event.received_at,
            author=Author.ROBOT,
            case_id=plan.case_id,
            entry_ids=entry_ids,
            dialogue=dialogue,
            with_110=scene.event.kind is ChannelKind.CHAT and (with_110 or scene.near_danger),
        )
        return Plan(
            (*plan.writes, *self._outgoing.writes(said)),
            said.conversation,
            case_id=plan.case_id,
            reply=text,
            queue_changed=plan.queue_changed,
        )

    def text(self, scene: Scene, plan: Plan, name: str, *, with_110: bool = False, **values: str) -> Plan:
        """The same with a text of the catalogue."""
        return self(scene, plan, self._texts.say(name, scene.language, **values), with_110=with_110)
