"""The configured ways to the 110 command centre and to the operator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from channels.address import Address
from channels.outbox.delivery import POLICY, Delivery, MessageClass, Origin
from hub.actions.alarms.report import AlarmReport
from hub.actions.deliveries.channel_profile import ChannelProfile
from hub.model.alarms.alarm import Way
from hub.repositories.contacts import ContactRepository
from hub.runtime.ids import derived_id


class CommandCentre(Protocol):
    """The command centre's own system (`hub/other_systems/command_centre.py`)."""

    async def tell(self, report: AlarmReport) -> bool:
        """Whether it acknowledged. A report of the same id is told again until it did; never raises."""


@dataclass(frozen=True, slots=True)
class Recipients:
    """Who gets an urgent text, and by which channel."""

    profile: ChannelProfile
    addresses: tuple[Address, ...]


@dataclass(frozen=True, slots=True)
class CommandDesk:
    """A command desk (指挥中心) and how it is reached. id: "" of the 110 centre.

    region: code of its city or county. unit: name of the unit whose staff read alarms here and press 已接收,
    "" for none. calls_back: its system tells by a call of its own when a person took an alarm over; else its
    answer says so.
    """

    id: str
    name: str
    region: str = ""
    centre: CommandCentre | None = None
    text: Recipients | None = None
    unit: str = ""
    telephone: str = ""
    calls_back: bool = False

    @property
    def ways(self) -> tuple[Way, ...]:
        """Those that need nobody here, in the order in which they are tried."""
        given = ((Way.WEBHOOK, self.centre), (Way.TEXT, self.text), (Way.PAGE, self.unit or None))
        return tuple(way for way, there in given if there is not None)


CENTRE_NAME = "110 指挥中心"


@dataclass(frozen=True, slots=True)
class Ways:
    """None for what is not configured. telephone: what the officer dials. desks: of cities and counties, by
    id. unit, calls_back: of the 110 centre, as of a desk. takeover_ms: how long a person has to take over."""

    centre: CommandCentre | None = None
    text: Recipients | None = None
    operator: Recipients | None = None
    telephone: str = "110"
    unit: str = ""
    calls_back: bool = False
    takeover_ms: int = 60_000
    desks: Mapping[str, CommandDesk] = field(default_factory=dict)

    def desk(self, id: str) -> CommandDesk | None:
        """The desk with this id, "" for the 110 centre; None for one that is not configured any more."""
        if id:
            return self.desks.get(id)
        return CommandDesk(
            "",
            CENTRE_NAME,
            centre=self.centre,
            text=self.text,
            unit=self.unit,
            telephone=self.telephone,
            calls_back=self.calls_back,
        )

    @property
    def automatic(self) -> tuple[Way, ...]:
        """Ways that need nobody."""
        given = ((Way.WEBHOOK, self.centre), (Way.TEXT, self.text))
        return tuple(way for way, there in given if there is not None)


def urgent(
    to: Recipients, text: str, *, title: str, dedup: str, at: int, contacts: ContactRepository
) -> Sequence[Delivery]:
    """One row of the outbox for each address: first lane, no hours, no opt-out."""
    policy = POLICY[MessageClass.E0]
    leaving, parts = to.profile.compose(text)
    return [
        Delivery(
            id=derived_id("alarm", dedup, address.value),
            origin=Origin.NOTICE,
            origin_id=dedup,
            sender=to.profile.name,
            recipient=address,
            recipient_key=contacts.key(address),
            message_class=MessageClass.E0,
            dedup=f"alarm:{dedup}:{number}",
            created_at=at,
            expires_at=at + policy.expiry_seconds * 1000,
            text=leaving,
            title=title,
            lane=policy.lane,
            parts=parts,
            not_before=at,
        )
        for number, address in enumerate(to.addresses)
    ]
