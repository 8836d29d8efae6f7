"""What became of the texts of a submission: as their rows in the outbox stand, or as the sandbox plays
them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from channels.outbox.delivery import DeliveryState
from channels.outbox.suppression import SILENT
from hub.model.departments.played import played
from hub.model.departments.submission import OF_DELIVERY, Submission, TextState
from hub.repositories.outbox import OutboxRepository


@dataclass(frozen=True, slots=True)
class TextStanding:
    """Where the text to one number stands. place: its place in the request, from 0. reason: a code, often the
    carrier's; "" where there is none or it was not asked for."""

    place: int
    to: str
    message_id: str
    state: TextState
    reason: str = ""


class TextStates:
    """Reads the outbox."""

    def __init__(self, outbox: OutboxRepository) -> None:
        self._outbox = outbox

    async def of(self, submission: Submission, now: int) -> list[TextStanding]:
        """One for each number, in their order, without the carriers' reasons. now: ms UTC, for the
        sandbox."""
        ids = [result.message_id for result in submission.results if result.message_id]
        states = {} if submission.sandbox else await self._outbox.states(ids)
        found = []
        for place, result in enumerate(submission.results):
            if result.problem:
                state, reason = TextState.REJECTED, result.problem
            elif submission.sandbox:
                state, reason = played(result.to, now - submission.at)
            else:  # a row that retention took away had come to its end
                state, reason = OF_DELIVERY[states.get(result.message_id, DeliveryState.UNKNOWN)], ""
            found.append(TextStanding(place, result.to, result.message_id, state, reason))
        return found

    async def reasons(self, standings: Sequence[TextStanding]) -> dict[str, str]:
        """Of those with a row: the reason it holds, by message id. That somebody may be in danger is told to
        no department."""
        found = await self._outbox.reread([one.message_id for one in standings if one.message_id])
        return {id: _told(row.delivery.reason) for id, row in found.items()}


def _told(reason: str) -> str:
    return "" if reason == SILENT else reason
