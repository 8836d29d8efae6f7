"""Documents come and go by folders: each once, whole, and nothing is published by itself."""

from __future__ import annotations

import zipfile
from pathlib import Path

from hub.actions.warnings.exchange import cap_of, document_12379, message_of
from hub.actions.warnings.exchange_folder import ExchangeFolder, Folders
from hub.model.notification import NotificationKind
from hub.model.warnings.exchange.cap import from_cap
from hub.model.warnings.exchange.profile import Profile, SendTime
from hub.model.warnings.exchange.profile_12379 import from_12379
from hub.model.warnings.issue import Handing, Stage
from hub.model.warnings.message import MessageKind, Status
from tests.unit.hub.actions.warnings.warning_office import CHIEF, MAKER, Office, fraud, icy_road, open_office
from tests.unit.hub.model.warnings.cap_schema import faults
from tests.unit.hub.model.warnings.samples import GOLDEN


def exchange(office: Office, folder: Path) -> ExchangeFolder:
    return ExchangeFolder(
        office.documents,
        office.stores,
        office.desk.draft,
        office.desk.release,
        office.clock,
        office.settings,
        Folders(folder / "come", folder / "go"),
    )


async def test_what_is_put_in_becomes_a_draft_or_is_refused_with_its_reason(tmp_path: Path) -> None:
    office = await open_office()
    come = tmp_path / "come"
    come.mkdir()
    (come / "good.xml").write_text(GOLDEN.replace("<status>Test", "<status>Actual"), "utf-8")
    (come / "again.xml.part").write_text("half", "utf-8")
    (come / "late.xml").write_text(GOLDEN.replace("<msgType>Alert", "<msgType>Cancel"), "utf-8")
    folder = exchange(office, tmp_path)
    for _ in range(2):
        await folder.step()
    [draft] = await office.stores.publicity.warnings.waiting()
    assert (draft.stage, draft.source_id) == (Stage.DRAFT, "99010099900000_20270105063012")
    assert sorted(str(path.relative_to(come)) for path in come.rglob("*.*")) == [
        *("again.xml.part", "refused/late.txt", "refused/late.xml", "taken/good.xml")
    ]
    assert "首发" in (come / "refused" / "late.txt").read_text("utf-8")
    assert [one.kind for one in await office.stores.notifications.newest(MAKER.id)] == [
        NotificationKind.WARNING_WAITING
    ]
    assert await office.rows() == []


async def test_what_is_released_is_written_whole_and_its_receipt_is_kept(tmp_path: Path) -> None:
    office = await open_office(hands_out=True)
    out = await office.release(icy_road())
    drill = await office.release(icy_road(), drill=True)
    notice = await office.release(fraud())
    folder = exchange(office, tmp_path)
    for _ in range(2):
        await folder.step()
    name = "99010099900000_20260922120000_11B21_YELLOW_ALERT"
    assert [path.name for path in (tmp_path / "go").iterdir()] == [f"{name}.zip"]
    with zipfile.ZipFile(tmp_path / "go" / f"{name}.zip") as archive:
        [inside] = archive.namelist()
        message = from_12379(archive.read(inside), office.settings.profile)
    assert inside == f"{name}.xml"
    assert (message.identifier, message.status) == (out.identifier, Status.ACTUAL)
    assert [(await office.read(one)).handing for one in (out, drill, notice)] == [
        *(Handing.WRITTEN, Handing.NONE, Handing.NONE)
    ]
    receipts = tmp_path / "go" / "receipts"
    receipts.mkdir()
    (receipts / f"{name}.xml").write_text(
        "<msg><data><rows><status>1</status><error_code>E7</error_code><note>区域不符</note></rows></data></msg>",
        "utf-8",
    )
    (receipts / "unknown.xml").write_text("<msg><data/></msg>", "utf-8")
    await folder.step()
    kept = await office.read(out)
    assert (kept.handing, kept.receipt) == (Handing.REFUSED, "E7 区域不符")
    assert (receipts / "refused" / "unknown.xml").exists()
    assert list(receipts.glob("*.xml")) == []


async def test_the_time_of_a_document_is_the_release_or_the_signature() -> None:
    for send_time, ahead in ((SendTime.RELEASED, 0), (SendTime.SIGNED, 60_000)):
        office = await open_office(profile=Profile(send_time=send_time))
        issue = await office.sign_off(await office.draft(icy_road()))
        office.clock.advance(seconds=60)
        out = await office.let_go(issue)
        message = message_of(out, [out], office.settings)
        assert message is not None
        read = from_12379(document_12379(message, out, office.settings), office.settings.profile)
        assert (out.released_at - read.sent_at, read.warning.issued_at) == (ahead, out.released_at)


async def test_the_documents_of_a_chain_name_it_and_are_valid() -> None:
    office = await open_office()
    yellow = await office.release(icy_road())
    office.clock.advance(seconds=60)
    orange = await office.follow(yellow, MessageKind.UPDATE, icy_road(measures="绕行。"))
    office.clock.advance(seconds=6 * 3600)  # it is over before it is lifted
    lift = await office.follow(orange, MessageKind.LIFT, why="桥面已无结冰。")
    chain = await office.stores.publicity.warnings.chain(yellow.id)
    for issue, count in ((yellow, 0), (orange, 1), (lift, 2)):
        message = message_of(issue, chain, office.settings)
        assert message is not None
        document = cap_of(message, office.settings)
        assert faults(document) == []
        read = from_cap(document, office.settings.events)
        assert [one.identifier for one in read.references] == [
            one.identifier for one in (yellow, orange)[:count]
        ]
        assert read.first == yellow.identifier
    assert CHIEF.id not in {deed.by for deed in lift.deeds}
