"""Everything done about recipients, gathered for pages and the job."""

from __future__ import annotations

from dataclasses import dataclass

from hub.actions.campaigns.recipients.erase_contact import EraseContact
from hub.actions.campaigns.recipients.import_contacts import ImportContacts
from hub.actions.campaigns.recipients.opt_outs import OptOuts
from hub.actions.campaigns.recipients.read_contacts import ReadContacts
from hub.actions.campaigns.recipients.segment_desk import SegmentDesk


@dataclass(frozen=True, slots=True)
class Recipients:
    """One of each."""

    contacts: ReadContacts
    erase: EraseContact
    imports: ImportContacts
    opt_outs: OptOuts
    segments: SegmentDesk

    async def step(self) -> bool:
        """The work behind the pages; whether there may be more to do at once."""
        imported = await self.imports.step()
        counted = await self.segments.step()
        return imported or counted
