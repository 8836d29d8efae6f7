"""A file of contacts is looked at first, taken whole, and taken again without harm."""

from __future__ import annotations

import contextlib
import csv
import io
from collections.abc import Sequence
from pathlib import Path

import pytest
from openpyxl import Workbook

from campaigns.segment import EVERYBODY, GIVEN, Segment
from channels.address import phone
from channels.outbox.suppression import EDUCATION, NOTICE, WARNING
from hub.model.people.contact import Contact
from hub.model.recipients.contact_import import ImportState
from hub.runtime.errors import Invalid, NotFound
from hub.runtime.ids import new_id
from hub.store.around import DocumentsAround
from hub.store.documents import Documents, Insert, StoreUnavailable, Write
from tests.unit.hub.actions.campaigns.recipients.desk import DAY, NOON, OFFICER, RecipientDesk, csv_of

HEAD = "手机号,姓名,地区,标签,是否同意,同意日期"


@pytest.fixture
def desk(tmp_path: Path) -> RecipientDesk:
    return RecipientDesk(tmp_path)


def people(count: int, *, first: int = 0, place: str = "福州") -> list[str]:
    return [
        f"1380000{number:04},林{number},{place},商户,是,2025-03-01" for number in range(first, first + count)
    ]


async def test_nothing_is_stored_before_the_officer_says_so(desk: RecipientDesk) -> None:
    looked = await desk.look(csv_of(HEAD, *people(12)))
    assert (looked.state, looked.checked.rows, looked.checked.new) == (ImportState.CHECKED, 12, 12)
    assert await desk.digest() == {}


async def test_a_file_in_gbk_and_a_workbook_say_the_same(desk: RecipientDesk, tmp_path: Path) -> None:
    book = Workbook()
    for row in (
        HEAD.split(","),
        ["０１３８", "", "", "", "", ""],
        [13800000001, "林一", "厦门市", "商户、外卖", "是", ""],
    ):
        book.active.append(row)
    book.active.append([13800000002.0, "林二", "", "", "", ""])
    file = io.BytesIO()
    book.save(file)
    taken = await desk.take(file.getvalue(), name="名单.xlsx")
    assert (taken.done.new, taken.done.rejected) == (2, {"not_a_number": 1})
    one = (await desk.everybody())["+8613800000001"]
    assert (one.name, one.region, one.tags, one.consent) == ("林一", "350200", "商户|外卖", GIVEN)
    lines = [HEAD, "０１３８,,,,,", "13800000001,林一,厦门市,商户、外卖,是,", "13800000002,林二,,,,"]
    for encoding in ("gbk", "utf-8", "utf-8-sig"):
        before = await desk.digest()
        again = await desk.take(csv_of(*lines, encoding=encoding))
        assert (again.done.unchanged, again.done.new, again.done.merged) == (2, 0, 0), encoding
        assert await desk.digest() == before


async def test_twelve_percent_bad_numbers_are_told_row_by_row(desk: RecipientDesk) -> None:
    bad = ["0591-87654321", "110", "1.38E+10", "13800000001;13900000002", "电话", ""] * 2
    lines = [f"{number},坏{place}," for place, number in enumerate(bad)]
    looked = await desk.look(csv_of("电话,姓名,标签", *(f"1380000{n:04},林{n}," for n in range(88)), *lines))
    assert looked.checked.rejected == {
        "landline": 2,
        "short_code": 2,
        "mangled": 2,
        "several": 2,
        "not_a_number": 2,
        "empty": 2,
    }
    assert (looked.checked.rows, looked.checked.new, looked.checked.bad_share) == (100, 88, 0.12)
    assert len(looked.errors) == 12
    assert looked.errors[0].line == 90
    assert "87654321" not in looked.errors[0].cell
    text = b"".join([piece async for piece in desk.imports.rejected_file(looked)]).decode("utf-8-sig")
    told = list(csv.reader(io.StringIO(text)))
    assert [int(row[0]) for row in told[1:]] == list(range(90, 102))
    assert told[1][1:] == ["固定电话，收不到短信", "0591-87654321"]


async def test_the_rows_that_are_shown_are_few_and_the_file_has_all(desk: RecipientDesk) -> None:
    looked = await desk.look(csv_of("电话", *("＝cmd" for _ in range(130)), "=1+1"))
    assert (len(looked.errors), looked.checked.bad) == (100, 131)
    text = b"".join([piece async for piece in desk.imports.rejected_file(looked)]).decode("utf-8-sig")
    assert len(text.splitlines()) == 132
    assert "'=1+1" in text


async def test_a_crash_anywhere_repeats_nothing_and_loses_nothing(desk: RecipientDesk) -> None:
    lines = [HEAD, *people(23), *people(3), "0591-87654321,林,,,,"]
    looked = await desk.look(csv_of(*lines))
    await desk.imports.start(looked.id)
    while await desk.imports.step():
        desk.start()  # the process is gone, and with it what it held
    done = (await desk.imports.read(looked.id)).value
    assert done.done == looked.checked
    assert (done.done.new, done.done.repeated, done.done.bad) == (23, 3, 1)
    assert len(await desk.everybody()) == 23
    assert (await desk.stores.memberships.groups()) == {EVERYBODY: 23, "社区": 23}


async def test_a_crash_while_looking_begins_the_numbers_again(desk: RecipientDesk) -> None:
    begun = await desk.imports.begin(
        "officer", "a.csv", "交警", io.BytesIO(csv_of(HEAD, *people(12), "x,,,,,"))
    )
    await desk.imports.check(begun.id, mapping=begun.mapping, heading=True, group="", tags=())
    assert await desk.imports.step()
    desk.start()
    await desk.work()
    looked = (await desk.imports.read(begun.id)).value
    assert (looked.checked.rows, looked.checked.new, len(looked.errors)) == (13, 12, 1)


class Failing(DocumentsAround):
    """A store that is away at every third commit."""

    def __init__(self, documents: Documents) -> None:
        super().__init__(documents)
        self.asked = 0

    async def commit(self, writes: Sequence[Write]) -> None:
        self.asked += 1
        if self.asked % 3 == 0:
            raise StoreUnavailable("away")
        await super().commit(writes)


async def test_a_store_that_is_away_now_and_then_costs_no_row(desk: RecipientDesk) -> None:
    looked = await desk.look(csv_of(HEAD, *people(43)))
    await desk.imports.start(looked.id)
    desk.documents = Failing(desk.documents)
    desk.start()
    more = True
    while more:
        with contextlib.suppress(StoreUnavailable):
            more = await desk.imports.step()
    assert (await desk.imports.read(looked.id)).value.done == looked.checked
    assert len(await desk.everybody()) == 43


async def test_a_record_nobody_can_read_stops_the_import_and_not_the_job(desk: RecipientDesk) -> None:
    looked = await desk.look(csv_of(HEAD, *people(12)))
    key = desk.stores.contacts.key(phone("13800000007"))
    id = f"{EVERYBODY}:{desk.stores.contacts.id_for(key)}"
    body = {"group": EVERYBODY, "contact_id": id.partition(":")[2], "kind": "no such kind", "since": NOON}
    await desk.documents.commit([Insert("memberships", id, body)])
    await desk.imports.start(looked.id)
    await desk.work()
    stopped = (await desk.imports.read(looked.id)).value
    assert (stopped.state, stopped.done.rows) == (ImportState.REFUSED, 5)


async def test_of_two_processes_the_one_that_was_overtaken_reads_on_where_the_other_is(
    desk: RecipientDesk,
) -> None:
    looked = await desk.look(csv_of(HEAD, *people(43)))
    await desk.imports.start(looked.id)
    one = desk.imports
    await one.step()
    desk.start()
    for _ in range(3):
        await desk.imports.step()
    while await one.step():
        pass
    assert (await one.read(looked.id)).value.done == looked.checked


async def test_an_upload_that_broke_off_leaves_nothing_behind(desk: RecipientDesk) -> None:
    desk.pieces.put(new_id(NOON - DAY), 0, b"13800000001")
    begun = await desk.imports.begin(OFFICER, "a.csv", "交警", io.BytesIO(csv_of(HEAD, *people(1))))
    desk.pieces.put(new_id(NOON), 0, b"an upload that is under way")
    await desk.work()
    assert len(desk.pieces.ids()) == 2
    assert begun.id in desk.pieces.ids()


async def test_an_opt_out_in_any_file_wins(desk: RecipientDesk) -> None:
    key = desk.stores.contacts.key(phone("13800000001"))
    await desk.take(csv_of("手机,是否退订", "13800000001,是"), source="旧平台")
    rules = {(key, EDUCATION), (key, WARNING)}
    assert await desk.stores.suppressions.blocked([*rules, (key, NOTICE)]) == rules
    looked = await desk.look(csv_of("手机,同意", "13800000001,是"), source="交警")
    assert looked.checked.opted_out == 1
    await desk.imports.start(looked.id)
    await desk.work()
    assert (await desk.everybody())["+8613800000001"].consent == ""
    assert await desk.stores.suppressions.blocked(list(rules)) == rules
    rule = (await desk.stores.suppressions.of_address(key))[0].value
    assert (rule.by, rule.masked) == ("旧平台", "138****0001")


async def test_each_source_keeps_its_consent_and_another_never_overwrites(desk: RecipientDesk) -> None:
    await desk.take(csv_of(HEAD, "13800000001,林一,福州,商户,是,2025-03-01"), source="交警")
    await desk.take(csv_of(HEAD, "0086 138-0000-0001,林大一,厦门,网格,,"), source="治安", group="网格")
    one = (await desk.everybody())["+8613800000001"]
    assert (one.name, one.region, one.tags, one.sources) == ("林一", "350100", "商户|网格", "交警|治安")
    sources = await desk.stores.publicity.contact_imports.sources_of(one.contact_id)
    assert [(s.source, s.consent, s.consent_at) for s in sources] == [
        ("交警", GIVEN, 1_740_758_400_000),
        ("治安", "", 0),
    ]
    assert await desk.stores.memberships.groups() == {EVERYBODY: 1, "社区": 1, "网格": 1}
    page = await desk.stores.memberships.page(
        Segment(("社区", "网格"), tags=("网格",)), after="", limit=9, snapshot_at=NOON
    )
    assert [recipient.repeated for recipient in page] == [False, True]


async def test_who_is_in_a_list_already_is_never_written_twice(desk: RecipientDesk) -> None:
    address = phone("13800000001")
    contact = Contact("made-by-hand", NOON, name="林一")
    memberships = desk.stores.memberships
    await desk.documents.commit(
        [memberships.join(contact, address, one, at=NOON) for one in (EVERYBODY, "网格")]
    )
    taken = await desk.take(csv_of("手机,姓名", "13800000001,林一"))
    assert (taken.done.new, taken.done.merged) == (0, 1)
    assert await memberships.groups() == {EVERYBODY: 1, "社区": 1, "网格": 1}


async def test_the_office_that_brought_somebody_may_correct_them(desk: RecipientDesk) -> None:
    await desk.take(csv_of("手机,姓名", "13800000001,林一"))
    taken = await desk.take(csv_of("手机,姓名", "13800000001,林一一"))
    assert (taken.done.merged, taken.done.unchanged) == (1, 0)
    named = await desk.stores.memberships.named("林一一", limit=5)
    assert [one.address for one in named] == ["+8613800000001"]
    assert await desk.stores.memberships.named("林一", limit=5) == []


async def test_a_file_without_a_heading_is_taken_from_its_first_row(desk: RecipientDesk) -> None:
    taken = await desk.take(b"13800000001\n13800000002\n")
    assert (taken.heading, taken.done.new) == (False, 2)


@pytest.mark.parametrize(
    ("name", "content", "field"),
    [
        ("a.csv", b"", "file"),
        ("a.csv", b"\r\n\r\n", "file"),
        ("a.doc", b"13800000001", "file"),
        ("a.xlsx", b"13800000001", "file"),
        ("a.csv", b"PK\x03\x04\x14", "file"),
        ("a.csv", b"\xff\x00\x81", "file"),
    ],
)
async def test_what_is_no_list_is_refused_and_not_kept(
    desk: RecipientDesk, name: str, content: bytes, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        await desk.imports.begin("officer", name, "交警", io.BytesIO(content))
    assert list(refused.value.problems) == [field]
    assert list(desk.folder.rglob("*.*")) == []


async def test_a_quotation_mark_without_an_end_is_told_with_its_line(desk: RecipientDesk) -> None:
    begun = await desk.imports.begin(
        "officer", "a.csv", "交警", io.BytesIO(csv_of("手机", *["13800000001"] * 6, '"139' + "0" * 140_000))
    )
    await desk.imports.check(begun.id, mapping=begun.mapping, heading=True, group="", tags=())
    await desk.work()
    refused = (await desk.imports.read(begun.id)).value
    assert (refused.state, refused.problem_line) == (ImportState.REFUSED, 8)


async def test_a_column_of_addresses_taken_for_tags_is_noticed(tmp_path: Path) -> None:
    desk = RecipientDesk(tmp_path, chunk=500)
    looked = await desk.look(csv_of("手机,标签", *(f"1380000{n:04},{n}号楼" for n in range(1200))))
    assert (looked.state, looked.checked.rows) == (ImportState.MAPPING, 0)
    assert "标签列" in looked.problem


async def test_without_a_number_nothing_can_be_looked_at(desk: RecipientDesk) -> None:
    begun = await desk.imports.begin("officer", "a.csv", "交警", io.BytesIO("姓名\n林一".encode()))
    with pytest.raises(Invalid, match="mapping"):
        await desk.imports.check(begun.id, mapping=begun.mapping, heading=True, group="", tags=())


async def test_canceled_in_the_middle_it_keeps_what_was_taken_and_the_file_is_gone(
    desk: RecipientDesk,
) -> None:
    looked = await desk.look(csv_of(HEAD, *people(23)))
    await desk.imports.start(looked.id)
    await desk.imports.step()
    canceled = await desk.imports.cancel(looked.id)
    assert await desk.imports.step() is False
    assert (canceled.state, canceled.done.rows) == (ImportState.CANCELED, 5)
    assert len(await desk.everybody()) == 5
    with pytest.raises(NotFound):
        desk.pieces.get(looked.id, 0)


async def test_who_says_stop_while_the_job_stores_its_place_says_it_once(desk: RecipientDesk) -> None:
    looked = await desk.look(csv_of(HEAD, *people(40)))
    await desk.imports.start(looked.id)

    class Meanwhile(DocumentsAround):
        """The job is always faster, the first three times."""

        steps = 3

        async def commit(self, writes: Sequence[Write]) -> None:
            if self.steps:
                self.steps -= 1
                await desk.imports.step()
            await super().commit(writes)

    job, desk.documents = desk.imports, Meanwhile(desk.documents)
    desk.start()
    officer, desk.imports = desk.imports, job
    assert (await officer.cancel(looked.id)).done.rows == 15
    await desk.work()
    assert (await desk.imports.read(looked.id)).value.state is ImportState.CANCELED


async def test_an_import_is_forgotten_in_its_time_and_its_contacts_stay(desk: RecipientDesk) -> None:
    taken = await desk.take(csv_of(HEAD, *people(3), "110,,,,,"))
    desk.clock.at += 91 * DAY
    await desk.work()
    with pytest.raises(NotFound):
        await desk.imports.read(taken.id)
    assert list(desk.folder.iterdir()) == []
    assert len(await desk.everybody()) == 3


async def test_no_number_stands_readable_in_file_or_store(desk: RecipientDesk) -> None:
    looked = await desk.look(csv_of(HEAD, *people(3), "0591-87654321,林,,,,"))
    kept = b"".join(path.read_bytes() for path in desk.folder.rglob("*") if path.is_file())
    assert kept
    row = await desk.documents.get("contact_imports", looked.id)
    assert row is not None
    for number in (b"13800000001", b"87654321", "林1".encode()):
        assert number not in kept
        assert number not in repr(row.body).encode()
