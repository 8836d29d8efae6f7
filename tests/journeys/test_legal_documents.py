"""What is signed is a document: numbered, kept as it was, read by staff, by the citizen once delivered."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator

import aiohttp
import pytest

from hub.model.agent import Role
from hub.model.cases.history import HistoryKind
from hub.model.legal_documents.legal_document import LegalDocument
from hub.model.petition import PetitionKind
from hub.repositories.legal_documents.documents import LegalDocumentRepository
from hub.store.documents import Update
from tests.journeys.office import Office, filed
from tests.journeys.test_queue_pill import SAME
from tests.world import World, browser, world

FONTS = "/usr/share/fonts/opentype/noto"


@pytest.fixture(scope="module")
async def hub(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    async with world(tmp_path_factory.mktemp("hub"), fonts=[FONTS]) as running:
        yield running


@pytest.fixture(scope="module")
def office(hub: World) -> Office:
    return Office(hub)


async def logged_in(office: Office, http: aiohttp.ClientSession, url: str) -> None:
    """The handler of the office, at a browser."""
    agent = await office.agent(Role.HANDLER)
    async with http.get(f"{url}/staff/login") as page:
        found = re.search(r'name="csrf" value="([^"]+)"', await page.text())
    assert found
    data = {"csrf": found[1], "login": agent.login, "password": "correct horse 4711"}
    async with http.post(f"{url}/staff/login", data=data, allow_redirects=False, headers=SAME) as answer:
        assert answer.status == 303


async def documents(hub: World, case_id: str) -> list[LegalDocument]:
    kept = LegalDocumentRepository(hub.hub.documents, hub.hub.vault)
    return [one for _, one in sorted((await kept.of_case(case_id, range(9))).items())]


async def test_from_acceptance_to_reply_every_paper_is_a_document(hub: World, office: Office) -> None:
    filing = await filed(hub, name="张三丰")
    await office.move(filing.case_id, Role.HANDLER, "pick")
    await office.move(filing.case_id, Role.HANDLER, "accept", branch=6, items=["禁止货车停放", "清理油污"])
    await office.move(filing.case_id, Role.SUPERVISOR, "assign")
    outcomes = ["支持", "解释"]
    await office.move(
        filing.case_id, Role.HANDLER, "submit_reply", outcomes=outcomes, reply="货车违停属实，已设隔离桩。"
    )
    await office.move(filing.case_id, Role.SUPERVISOR, "sign")
    acceptance, opinion = await documents(hub, filing.case_id)
    assert re.fullmatch(r"公信受〔20\d\d〕\d+号", acceptance.number)
    assert re.fullmatch(r"公信处〔20\d\d〕\d+号", opinion.number)
    assert (acceptance.addressee, acceptance.organ) == ("张三丰", hub.hub.settings.organisation.publisher)
    text = opinion.text.plain
    assert "一、禁止货车停放：支持；二、清理油污：解释。" in text
    assert "货车违停属实，已设隔离桩。" in text
    assert text.endswith("申请时请携带本意见书和有关材料。")
    case = await office.case(filing.case_id)
    assert [paper.number for paper in case.proceeding.papers] == [acceptance.number, opinion.number]
    history = await hub.hub.repositories.cases.whole_history(filing.case_id)
    signed = [entry.facts for entry in history if entry.kind is HistoryKind.DOCUMENT_SIGNED]
    assert [one["sha256"] for one in signed] == [acceptance.digest, opinion.digest]
    stored = await hub.hub.documents.get("legal_documents", opinion.id)
    assert stored is not None
    assert "隔离桩" not in str(stored.body)  # sealed

    async with browser(hub.url) as http:
        await logged_in(office, http, hub.url)
        async with http.get(f"{hub.url}/staff/cases/{filing.case_id}/documents/1") as page:
            read = await page.text()
        assert "已设隔离桩" in read
        assert "不一致" not in read
        for wrong in ("2", "x", "-1", "0001"):
            async with http.get(f"{hub.url}/staff/cases/{filing.case_id}/documents/{wrong}") as page:
                assert page.status == 404
        if not hub.hub.actions.desk.documents.typesetter.lacks:
            async with http.get(f"{hub.url}/staff/cases/{filing.case_id}/documents/1/pdf") as file:
                assert (file.status, file.content_type) == (200, "application/pdf")
                assert (await file.read()).startswith(b"%PDF-")
        await hub.hub.documents.commit(
            [Update("legal_documents", opinion.id, {"digest": "0" * 64}, stored.version)]
        )
        async with http.get(f"{hub.url}/staff/cases/{filing.case_id}/documents/1") as page:
            assert "不一致" in await page.text()


async def test_the_citizen_reads_what_was_delivered_and_nothing_before(hub: World, office: Office) -> None:
    filing = await filed(hub)
    await office.sign(filing.case_id)
    pair = {"reference": filing.reference, "code": filing.query_code}
    async with hub.http.post(f"{hub.url}/track", data=pair, headers=SAME) as page:
        assert "提出处理意见如下" not in await page.text()
    await office.move(filing.case_id, Role.HANDLER, "deliver", document="处理意见书", method="直接")
    async with hub.http.post(f"{hub.url}/track", data=pair, headers=SAME) as page:
        text = await page.text()
    assert "提出处理意见如下" in text
    assert "自收到本意见书之日起三十日内" in text
    found = re.search(r'name="pass" value="([^"]+)"', text)
    assert found
    lacks = hub.hub.actions.desk.documents.typesetter.lacks
    for place, status in (("0", 404), ("1", 200), ("x", 404)):  # the acceptance was not delivered
        data = {"pass": found[1], "place": place}
        async with hub.http.post(f"{hub.url}/track/paper", data=data, headers=SAME) as file:
            assert file.status == status or (file.status == 503 and lacks)


async def test_many_at_once_have_numbers_without_gaps(hub: World, office: Office) -> None:
    cases = [(await filed(hub)).case_id for _ in range(6)]
    for case_id in cases:
        await office.move(case_id, Role.HANDLER, "pick")
    await asyncio.gather(
        *(office.move(case_id, Role.HANDLER, "accept", branch=6, items=["停放"]) for case_id in cases)
    )
    numbers = sorted([int(re.findall(r"〕(\d+)号", (await documents(hub, id))[0].number)[0]) for id in cases])
    assert numbers == list(range(numbers[0], numbers[0] + 6))


async def test_a_report_gets_a_neutral_paper_that_only_inspectors_open(hub: World, office: Office) -> None:
    filing = await filed(hub, PetitionKind.REPORT, phone="", name="", anonymous=True)
    await office.move(filing.case_id, Role.INSPECTOR, "pick")
    await office.move(filing.case_id, Role.INSPECTOR, "accept", items=["收钱"])
    [paper] = await documents(hub, filing.case_id)
    assert (paper.title, paper.addressee) == ("告知书", "信访人")
    assert not any(word in paper.text.plain for word in ("货车", "违停", "收钱", "受理告知书"))
    async with browser(hub.url) as http:
        await logged_in(office, http, hub.url)
        async with http.get(f"{hub.url}/staff/cases/{filing.case_id}/documents/0") as page:
            assert page.status == 404
