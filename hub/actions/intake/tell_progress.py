"""How a case stands, for whoever gives its number and code, and what they wish to do with it."""

from __future__ import annotations

from channels.contract import ChannelKind
from hub.actions.cases.citizen.citizen_move import CitizenMove, Request
from hub.actions.dialogue.verdict import AskProgress
from hub.actions.intake.scene import Scene
from hub.actions.progress.track_case import Told, TrackCase
from hub.model.citizen_wish import CitizenWish


class TellProgress:
    """Asks for the citizen of a scene."""

    def __init__(self, track_case: TrackCase, citizen_move: CitizenMove) -> None:
        self._track_case = track_case
        self._citizen_move = citizen_move

    async def __call__(self, scene: Scene, asked: AskProgress) -> Told:
        """What is told, and whether number and code were right."""
        return await (self._wish(scene, asked, asked.wish) if asked.wish else self._ask(scene, asked))

    async def _ask(self, scene: Scene, asked: AskProgress) -> Told:
        return await self._track_case.spoken(
            asked.reference,
            asked.code,
            source=_source(scene),
            shown=scene.event.sender,
            language=scene.language,
            attempt=scene.event_id,
        )

    async def _wish(self, scene: Scene, asked: AskProgress, wish: CitizenWish) -> Told:
        """Committed by itself, before the message that asked for it: a repeat finds it done."""
        request = Request(
            scene.event_id,
            scene.event.channel,
            scene.event.received_at,
            scene.language,
            scene.conversation.id,
            scene.event.sender.value,
            private=scene.event.kind is ChannelKind.CHAT,
        )

        async def move() -> str:
            moved = await self._citizen_move(
                asked.reference,
                asked.code,
                wish,
                request,
                source=_source(scene),
                shown=scene.event.sender,
            )
            return moved.text

        return await self._track_case.said(move, scene.language)


def _source(scene: Scene) -> str:
    """Where tries of codes are counted."""
    return scene.event.network or scene.address_key or scene.event_id
