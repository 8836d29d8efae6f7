"""Recipients: contacts, segments, imports, opt-outs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from campaigns.importing.columns import FileKind
from hub.actions.campaigns.recipients.count_people import CountPeople
from hub.actions.campaigns.recipients.erase_contact import EraseContact
from hub.actions.campaigns.recipients.import_contacts import ImportContacts
from hub.actions.campaigns.recipients.merge_rows import MergeRows
from hub.actions.campaigns.recipients.opt_outs import OptOuts
from hub.actions.campaigns.recipients.read_contacts import ReadContacts
from hub.actions.campaigns.recipients.recipients import Recipients
from hub.actions.campaigns.recipients.segment_desk import SegmentDesk
from hub.actions.campaigns.recipients.sent_lately import SentLately
from hub.actions.campaigns.recipients.taker import Taker
from hub.store.pieces import SealedPieces
from hub.wiring.foundation import Foundation


def recipients_of(base: Foundation, takers: Mapping[FileKind, Taker[Any]]) -> Recipients:
    """Everything about recipients. takers: of files that are no lists of people."""
    documents, stores, clock, settings = base.documents, base.stores, base.clock, base.settings
    memberships, suppressions, campaigns = stores.memberships, stores.suppressions, stores.campaigns
    opt_outs = OptOuts(
        documents,
        suppressions,
        stores.contacts,
        memberships,
        stores.agents,
        clock,
        channels=settings.channels,
    )
    pieces = SealedPieces(settings.files.path / "contacts", base.vault)
    imports = ImportContacts(
        documents,
        stores.publicity.contact_imports,
        MergeRows(stores.contacts, memberships, stores.publicity.contact_imports, suppressions),
        pieces,
        clock,
        regions={region.code: region.name for region in settings.regions},
        takers=takers,
        most_bad_percent=settings.imports.most_bad_percent,
    )
    return Recipients(
        contacts=ReadContacts(
            memberships,
            stores.contacts,
            stores.publicity.contact_imports,
            suppressions,
            campaigns,
            stores.outbox,
            opt_outs,
            clock,
        ),
        erase=EraseContact(documents, stores, imports, pieces, clock, channels=settings.channels),
        imports=imports,
        opt_outs=opt_outs,
        segments=SegmentDesk(
            documents,
            stores.publicity.saved_segments,
            memberships,
            campaigns,
            CountPeople(memberships, suppressions, clock),
            SentLately(campaigns, memberships, clock),
            clock,
        ),
    )
