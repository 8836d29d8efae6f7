"""The book of number ranges: what it is shipped with, what it takes, how it is kept."""

from __future__ import annotations

import pytest

from hub.actions.rules.rule_file import read_rules, rules_file
from hub.model.cases.rule_book import BookKind, Row, RuleRevision, revision_id
from hub.model.sending.number_ranges import Ranges, number_book, senders_of
from hub.repositories import rule_books
from hub.repositories.rule_books import RuleBookRepository
from hub.runtime.clock import SystemClock
from hub.settings.number_ranges import shipped_ranges
from hub.store.crypto import KeyRing, Vault
from hub.store.memory_documents import MemoryDocuments

CHANNELS = ("sms-mobile", "sms-telecom", "sms-unicom", "sms-vendor")
BOOK = number_book(shipped_ranges(), CHANNELS)


def row(number: str, channels: str = "sms-mobile", **other: str) -> Row:
    return {"number": number, "carrier": "", "channels": channels, "note": ""} | other


def test_the_shipped_ranges_are_sound_and_every_carrier_is_first_for_its_own() -> None:
    assert BOOK.check(BOOK.shipped, {}) == []
    ranges = Ranges(BOOK.shipped, CHANNELS)
    first = {
        start: ranges.of(f"{start:0<11}")[0] for start in ("1340", "139", "133", "186", "1700", "1704", "165")
    }
    assert first == {
        "1340": "sms-mobile",
        "139": "sms-mobile",
        "133": "sms-telecom",
        "186": "sms-unicom",
        "1700": "sms-telecom",
        "1704": "sms-unicom",
        "165": "sms-mobile",
    }
    assert ranges.of("13490000000") == ()  # satellite phones: nobody is known to serve them


def test_senders_that_are_not_there_are_passed_over() -> None:
    ranges = Ranges(BOOK.shipped, ("sms-unicom",))
    assert ranges.of("13900000000") == ("sms-unicom",)
    assert ranges.senders == {"sms-unicom"}
    assert Ranges(BOOK.shipped, ("sms-12110",)).senders == frozenset()


@pytest.mark.parametrize(
    ("bad", "field"),
    [
        (row("239"), "number"),
        (row("139000000000"), "number"),
        (row("１３９"), "number"),
        (row("13 9"), "number"),
        (row(""), "number"),
        (row("139", "sms-mobil"), "channels"),
        (row("139", "sms-mobile|sms-mobile"), "channels"),
        (row("139", ""), "channels"),
        (row("139", carrier="长" * 21), "carrier"),
        (row("139", note="长" * 201), "note"),
    ],
)
def test_what_is_wrong_is_said_at_its_column(bad: Row, field: str) -> None:
    assert {problem.field for problem in BOOK.check([bad], {})} == {field}


def test_the_same_number_twice_is_refused() -> None:
    assert [problem.row for problem in BOOK.check([row("139"), row("139")], {})] == [1]


def test_a_file_of_whole_numbers_leaves_the_ranges_alone() -> None:
    content = "number,carrier,channels,note\n13912345678,中国电信,sms-telecom | sms-mobile,携号转网\n"
    rows = [found for _, found in read_rules(BOOK, content.encode("gb18030"), {})]
    after = BOOK.merged(BOOK.shipped, rows)
    assert len(after) == len(BOOK.shipped) + 1
    assert BOOK.check(after, {}) == []
    assert senders_of(rows[0]) == ("sms-telecom", "sms-mobile")
    again = [found for _, found in read_rules(BOOK, rules_file(BOOK, after), {})]
    assert BOOK.changes(after, again) == ()


async def test_numbers_of_people_are_sealed_in_the_store() -> None:
    documents = MemoryDocuments(rule_books.COLLECTIONS, clock=SystemClock())
    repository = RuleBookRepository(documents, Vault(KeyRing.fresh()))
    revision = RuleRevision(
        id=revision_id(BookKind.NUMBERS, 1),
        kind=BookKind.NUMBERS,
        number=1,
        base=0,
        rows=(dict(row("13912345678")),),
        reason="携号转网",
        needs_second=False,
        proposed_at=1,
        proposed_by="a",
    )
    await documents.commit([repository.insert(revision)])
    stored = await documents.get("rule_books", revision.id)
    assert stored is not None
    assert "13912345678" not in str(stored.body)
    assert await repository.history(BookKind.NUMBERS) == [revision]
