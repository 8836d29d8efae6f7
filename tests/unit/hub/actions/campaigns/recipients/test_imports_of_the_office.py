"""Imports of earlier releases, which know no department, stay where the office finds them."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

from hub.actions.campaigns.recipients.imports_of_the_office import imports_of_the_office
from hub.model.recipients.contact_import import ContactImport
from hub.store.documents import Delete, Insert
from tests.unit.hub.actions.campaigns.recipients.desk import OFFICER, RecipientDesk, csv_of


async def as_it_was(desk: RecipientDesk, begun: ContactImport) -> None:
    """The stored import without what it did not know."""
    stored = await desk.documents.get("contact_imports", begun.id)
    assert stored is not None
    new = {"kind", "department", "digest", "read_bytes", "desk", "subject", "conflicts", "tallies"}
    new |= {"signed_at", "signed_by"}
    body = {name: value for name, value in stored.body.items() if name not in new}
    await desk.documents.commit([Delete("contact_imports", begun.id, stored.version)])
    await desk.documents.commit([Insert("contact_imports", begun.id, body)])


async def test_an_import_of_an_earlier_release_is_found_and_carried_out(tmp_path: Path) -> None:
    desk = RecipientDesk(tmp_path)
    begun = await desk.imports.begin(OFFICER, "a.csv", "交警", io.BytesIO(csv_of("手机号", "13900000001")))
    await as_it_was(desk, begun)
    for _ in range(2):
        await imports_of_the_office(desk.documents, desk.vault)
    assert await desk.imports.newest() == [replace(begun, digest="")]
    await desk.imports.check(begun.id, mapping=begun.mapping, heading=True)
    await desk.work()
    await desk.imports.start(begun.id)
    await desk.work()
    assert (await desk.imports.read(begun.id)).value.done.new == 1
