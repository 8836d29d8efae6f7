"""A citizen's text to a department's extension is noted for the department's own platform, if it wants them.

The text itself goes the way of all texts; what is noted beside it waits until it may be told
(`hub/actions/departments/listener/tell_texts.py`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from channels.contract import ChannelKind, InboundMessage
from hub.actions.departments.in_force import DepartmentsInForce
from hub.model.departments.listened import KEEP_MS, PassedText
from hub.model.departments.registered import RegisteredDepartment
from hub.model.reference import find_pair
from hub.repositories.departments.listened import ListenedRepository
from hub.store.documents import Write


class PassOn:
    """numbers: of the channels for texts, by name. other_references: see `find_pair`."""

    def __init__(
        self,
        departments: DepartmentsInForce,
        listened: ListenedRepository,
        numbers: Mapping[str, str],
        other_references: Sequence[re.Pattern[str]],
    ) -> None:
        self._departments = departments
        self._listened = listened
        self._numbers = numbers
        self._other_references = other_references

    def __call__(self, event: InboundMessage, message_id: str) -> list[Write]:
        """What is written with the message; nothing for a text with a query code, which opens a case to
        whoever has it."""
        if event.kind is not ChannelKind.SMS or event.automatic:
            return []
        if find_pair(event.text, self._other_references) is not None:
            return []
        department = self._of_number(event.channel, event.recipient)
        if department is None or not department.wants_texts:
            return []
        passed = PassedText(
            id=message_id,
            department=department.id,
            at=event.received_at,
            next_at=event.received_at,
            until=event.received_at + KEEP_MS,
            sender=event.sender.value,
            recipient=event.recipient,
            text=event.text,
        )
        return [self._listened.insert_passed(passed)]

    def _of_number(self, channel: str, written_to: str) -> RegisteredDepartment | None:
        """The one whose extension begins the number behind the channel's own, the longest where there are
        several."""
        number = self._numbers.get(channel, "")
        fitting = [
            (len(line.extension), one)
            for one in self._departments.all_registered()
            for line in one.senders
            if line.channel == channel
            and line.extension
            and number
            and written_to.removeprefix("+").startswith(number.removeprefix("+") + line.extension)
        ]
        return max(fitting, key=lambda pair: pair[0])[1] if fitting else None
