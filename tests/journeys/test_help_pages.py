"""Citizens read the knowledge base: topics, entries, search; nothing is shown that does not answer now."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import quote

import pytest

from hub.model.entry_record import EntryRecord
from knowledge_base.entry import Entry, EntryState, SlotAnswer
from tests.journeys.talking import teach
from tests.world import World

ENTRY = Entry(
    id="lamp-permit",
    question="放孔明灯要审批吗？",
    variants=("孔明灯许可",),
    answer="<b>不能</b>在禁放区放飞。\n请先问当地派出所。",
    short_answer="",
    topic="治安/特行",
    source="《烟花爆竹安全管理条例》",
    confirm_locally=True,
    state=EntryState.PUBLISHED,
    updated_at=1_790_000_000_000,
    service="孔明灯",
    region="东城",
    owner_unit="治安支队",
    source_url="https://law.example.gov.cn/lamp",
    slot="place",
    by_slot=(SlotAnswer("机场附近", "一律禁止。"),),
)


async def read(hub: World, path: str, status: int = 200, **headers: str) -> str:
    async with hub.http.get(f"{hub.url}{path}", headers=headers) as answer:
        assert answer.status == status
        return await answer.text()


async def publish(hub: World, entry: Entry) -> EntryRecord:
    """Stored and answering, as a publish leaves it."""
    record = EntryRecord(entry.id, live=entry)
    await hub.hub.documents.commit([hub.hub.repositories.knowledge.entries.insert(record)])
    teach(hub, entry)
    return record


async def test_what_is_asked_alike_about_something_else_is_no_relation(hub: World) -> None:
    plain = replace(ENTRY, service="", slot="", by_slot=())
    kite = replace(plain, id="kite-permit", question="放风筝要审批吗？", variants=("风筝许可",))
    shop = replace(kite, id="shop-permit", question="开孔明灯店要审批吗？", variants=(), topic="市场")
    for entry in (plain, kite, shop):
        await publish(hub, entry)
    page = await read(hub, f"/help/entry/{plain.id}")
    assert kite.question in page
    assert shop.question not in page
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))


async def test_an_entry_is_reached_from_its_topic_and_says_everything_it_knows(hub: World) -> None:
    await publish(hub, ENTRY)
    address = f"/help/{quote(ENTRY.topic, safe='')}"
    assert address in await read(hub, "/help")
    assert "/help/entry/lamp-permit" in await read(hub, address)
    page = await read(hub, "/help/entry/lamp-permit")
    for part in (
        ENTRY.question,
        "请先问当地派出所",
        "机场附近",
        "一律禁止",
        ENTRY.source,
        "东城",
        "治安支队",
        "2026年",
    ):
        assert part in page
    assert f'href="{ENTRY.source_url}"' in page
    assert "&lt;b&gt;不能" in page


async def test_a_source_that_is_no_web_address_is_no_link(hub: World) -> None:
    await publish(hub, replace(ENTRY, source_url="javascript:alert(1)"))
    assert "javascript:" not in await read(hub, "/help/entry/lamp-permit")


async def test_a_topic_prints_all_its_answers_with_day_and_source(hub: World) -> None:
    await publish(hub, ENTRY)
    page = await read(hub, f"/help/{quote(ENTRY.topic, safe='')}")
    printed = page[page.index("help-printed") :]
    for part in ("请先问当地派出所", "一律禁止", ENTRY.source, ENTRY.source_url):
        assert part in printed
    assert "打印于" in page


async def test_the_search_understands_questions_and_finds_plain_words(hub: World) -> None:
    await publish(hub, ENTRY)
    assert "/help/entry/id-card-lost" in await read(hub, "/help?q=" + quote("身份证掉了怎么办"))
    found = await read(hub, "/help?q=" + quote("禁放区"))
    assert "/help/entry/lamp-permit" in found
    assert "<mark>禁放区</mark>" in found


async def test_a_search_that_finds_nothing_offers_the_chat(hub: World) -> None:
    page = await read(hub, "/help?q=xyzzy")
    assert "没有找到合适的答案" in page
    assert 'href="/chat"' in page


async def test_a_search_in_danger_shows_110_first(hub: World) -> None:
    _, panel = (await read(hub, "/help?q=" + quote("救命有人持刀"))).split('class="red-panel"')
    assert panel.index('href="tel:110"') < panel.index('href="sms:12110"')


@pytest.mark.parametrize("text", ["\x00", "%", "'\"><script>", "啊" * 800, "1" * 7000, " "])
async def test_odd_searches_are_answered(hub: World, text: str) -> None:
    page = await read(hub, "/help?q=" + quote(text))
    assert "<script>" not in page


async def test_an_expired_entry_says_so_and_offers_the_search(hub: World) -> None:
    record = await publish(hub, ENTRY)
    expired = replace(record, live=replace(ENTRY, state=EntryState.EXPIRED))
    await hub.hub.documents.commit([hub.hub.repositories.knowledge.entries.update(expired, 1)])
    hub.hub.knowledge.take([expired], hub.hub.clock.now_ms())
    page = await read(hub, "/help/entry/lamp-permit", 410)
    assert ENTRY.question in page
    assert "禁放区" not in page
    assert 'name="q"' in page
    assert "lamp-permit" not in await read(hub, "/help?q=" + quote("孔明灯"))
    await read(hub, f"/help/{quote(ENTRY.topic, safe='')}", 404)


async def test_a_draft_and_what_never_was_do_not_exist(hub: World) -> None:
    draft = EntryRecord("secret-draft", working=replace(ENTRY, id="secret-draft", state=EntryState.DRAFT))
    await hub.hub.documents.commit([hub.hub.repositories.knowledge.entries.insert(draft)])
    await read(hub, "/help/entry/secret-draft", 404)
    await read(hub, "/help/entry/never", 404)
    await read(hub, "/help/entry/" + quote("../../etc", safe=""), 404)
    await read(hub, "/help/nothing", 404)


async def test_a_page_is_read_again_only_when_the_knowledge_base_or_the_reader_changed(hub: World) -> None:
    async with hub.http.get(f"{hub.url}/help") as answer:
        tag, policy = answer.headers["ETag"], answer.headers["Content-Security-Policy"]
        assert "nonce" in policy
    again = {"If-None-Match": tag}
    async with hub.http.get(f"{hub.url}/help", headers=again) as answer:
        assert answer.status == 304
        assert "Content-Security-Policy" not in answer.headers  # the kept nonce goes with the kept page
    await read(hub, "/help", 200, **again, **{"Accept-Language": "en"})
    await publish(hub, ENTRY)
    await read(hub, "/help", 200, **again)
