"""Who asks for it is gone from lists, segments and what is kept of imports; no list brings them back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from campaigns.broadcast import Broadcast, BroadcastState
from campaigns.segment import EVERYBODY, Segment
from campaigns.selection import delivery_id
from channels.address import phone
from channels.contract import ChannelKind
from channels.outbox.delivery import Delivery, MessageClass, Origin
from channels.outbox.suppression import EDUCATION
from hub.actions.campaigns.recipients.erase_contact import BUSY, EraseContact
from hub.model.people.contact import Contact
from hub.model.recipients.contact_import import ImportState
from hub.runtime.errors import Invalid, Stale
from hub.store.around import DocumentsAround
from hub.store.documents import Documents, Insert, Write
from tests.unit.hub.actions.campaigns.recipients.desk import NOON, OFFICER, RecipientDesk, csv_of

HEAD = "手机号,姓名,地区"
GONE = "13800000001"
STAYS = "13800000002"


@pytest.fixture
def desk(tmp_path: Path) -> RecipientDesk:
    return RecipientDesk(tmp_path)


def eraser(desk: RecipientDesk) -> EraseContact:
    return EraseContact(
        desk.documents, desk.stores, desk.imports, desk.pieces, desk.clock, channels=("sms-12110",)
    )


async def everything(desk: RecipientDesk) -> str:
    """What is stored, unsealed where it can be read by name, and the kept files."""
    found = [str(await desk.digest())]
    for one in await desk.imports.newest():
        found.append(str(one))
        if one.error_pieces:
            found.append(b"".join([piece async for piece in desk.imports.rejected_file(one)]).decode())
    return "\n".join(found)


async def test_the_person_is_gone_and_the_others_stay(desk: RecipientDesk) -> None:
    await desk.take(csv_of(HEAD, f"{GONE},林一,福州", f"{STAYS},林二,福州", f"{GONE}、{STAYS},两人,福州"))
    done = await eraser(desk)(OFFICER, "138-0000-0001", "phone", "来电要求", asked=True)
    assert (done.masked, done.rows, done.imports, done.canceled) == ("138****0001", 3, 1, ())
    assert set(await desk.everybody()) == {"+8613800000002"}
    segment = Segment(("社区",))
    assert await desk.stores.memberships.count(segment, snapshot_at=NOON) == 1
    left = await everything(desk)
    assert GONE not in left
    key = desk.stores.contacts.key(phone(GONE))
    assert await desk.stores.contacts.contact_id(key) is None
    assert await desk.stores.contacts.many([desk.stores.contacts.id_for(key)]) == {}
    assert await desk.stores.suppressions.blocked([(key, EDUCATION)])
    found = await desk.opt_outs.find(GONE)
    assert {line.rule.note for line in found.rules} == {"来电要求"}
    again = await eraser(desk)(OFFICER, GONE, "phone", "来电要求", asked=True)
    assert (again.rows, again.imports) == (0, 0)


async def test_no_list_brings_the_person_back(desk: RecipientDesk) -> None:
    await eraser(desk)(OFFICER, GONE, "visit", "本人到场", asked=True)
    taken = await desk.take(csv_of(HEAD, f"{GONE},林一,福州", f"{STAYS},林二,福州"))
    assert (taken.done.rows, taken.done.new, taken.done.rejected) == (2, 1, {"erased": 1})
    assert set(await desk.everybody()) == {"+8613800000002"}


async def test_a_list_that_waits_with_the_person_in_it_is_canceled_with_its_file(desk: RecipientDesk) -> None:
    held = await desk.look(csv_of(f"０１３８００００,林零,{GONE[:3]} {GONE[3:]}", f"{GONE},林一,福州"))
    other = await desk.look(csv_of(HEAD, f"{STAYS},林二,福州"), name="别的.csv")
    done = await eraser(desk)(OFFICER, GONE, "phone", "来电", asked=True)
    assert done.canceled == ("名单.csv",)
    assert (await desk.imports.read(held.id)).value.state is ImportState.CANCELED
    assert (await desk.imports.read(other.id)).value.state is ImportState.CHECKED
    assert desk.pieces.ids().count(held.id) == 0
    assert GONE not in await everything(desk)


async def test_nothing_is_erased_while_a_list_is_taken_or_without_the_persons_word(
    desk: RecipientDesk,
) -> None:
    looked = await desk.look(csv_of(HEAD, f"{GONE},林一,福州"))
    await desk.imports.start(looked.id)
    with pytest.raises(Invalid) as refused:
        await eraser(desk)(OFFICER, GONE, "phone", "来电", asked=True)
    assert refused.value.problems == {"number": BUSY}
    with pytest.raises(Invalid) as refused:
        await eraser(desk)(OFFICER, "12", "", " ", asked=False)
    assert set(refused.value.problems) == {"number", "via", "note", "asked"}
    await desk.work()
    assert set(await desk.everybody()) == {f"+86{GONE}"}


class ImportedMeanwhile(DocumentsAround):
    """Another process takes a row of the person right after the lists were cleaned."""

    def __init__(self, documents: Documents, row: Insert) -> None:
        super().__init__(documents)
        self.rows: list[Write] = [row]

    async def commit(self, writes: Sequence[Write]) -> None:
        await super().commit(writes)
        rows, self.rows = self.rows, []
        if rows:
            await super().commit(rows)


async def test_whoever_is_put_in_again_at_that_moment_is_told_of_and_erased_by_the_next_press(
    desk: RecipientDesk,
) -> None:
    member = desk.stores.memberships.join(Contact("c1", NOON), phone(GONE), EVERYBODY, at=NOON)
    hasty = EraseContact(
        ImportedMeanwhile(desk.documents, member), desk.stores, desk.imports, desk.pieces, desk.clock
    )
    with pytest.raises(Stale):
        await hasty(OFFICER, GONE, "phone", "来电", asked=True)
    assert len(await desk.everybody()) == 1
    await hasty(OFFICER, GONE, "phone", "来电", asked=True)
    assert await desk.everybody() == {}


async def test_a_person_known_from_a_conversation_stays_known_there(desk: RecipientDesk) -> None:
    await desk.take(csv_of(HEAD, f"{GONE},林一,福州"))
    key = desk.stores.contacts.key(phone(GONE))
    contact = await desk.stores.contacts.contact_id(key)
    said = desk.stores.conversations.id_for("sms-12110", key)
    await desk.documents.insert_many("conversations", [(said, {})])
    await eraser(desk)(OFFICER, GONE, "phone", "来电", asked=True)
    assert await desk.everybody() == {}
    assert await desk.stores.contacts.contact_id(key) == contact


async def test_rows_of_broadcasts_that_are_over_go_and_those_under_way_are_stopped_by_the_rule(
    desk: RecipientDesk,
) -> None:
    key = desk.stores.contacts.key(phone(GONE))
    over = Broadcast(
        id="c1:1",
        campaign_id="c1",
        fire_at=NOON - 1000,
        snapshot_at=NOON - 1000,
        expires_at=NOON + 1000,
        channel="sms-12110",
        channel_kind=ChannelKind.SMS,
        message_class=MessageClass.L,
        text="请勿转账。",
        segment=Segment((EVERYBODY,)),
        personal=False,
        state=BroadcastState.FINISHED,
    )
    running = replace(over, id="c2:1", campaign_id="c2", state=BroadcastState.RUNNING)
    rows = [
        Delivery(
            id=delivery_id(run, key),
            origin=Origin.BROADCAST,
            origin_id=run.id,
            sender="sms-12110",
            recipient=phone(GONE),
            recipient_key=key,
            message_class=MessageClass.L,
            dedup=run.id,
            created_at=NOON,
            expires_at=NOON + 1000,
        )
        for run in (over, running)
    ]
    stores = desk.stores
    await desk.documents.commit(
        [
            *(stores.campaigns.insert_broadcast(run) for run in (over, running)),
            *(stores.outbox.insert(row) for row in rows),
        ]
    )
    await eraser(desk)(OFFICER, GONE, "letter", "来信", asked=True)
    assert list(await stores.outbox.reread([row.id for row in rows])) == [rows[1].id]
