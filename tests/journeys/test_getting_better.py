"""From what was asked in vain to a draft, and from counters to a list: what editors make of use."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hub.actions.knowledge.read_quality import Lack, Sort
from hub.model.question import Question, QuestionState
from hub.runtime.clock import day_of
from hub.runtime.errors import Invalid, NotFound, Stale
from hub.store.documents import Write
from knowledge_base.entry import EntryState
from knowledge_base.words.word_group import WordGroup
from tests.world import World

DRONES = ("无人机备案怎么办", "飞无人机要去哪里备案", "无人机备案需要什么材料", "无人机飞行要备案吗")
DAY = 86_400_000


async def ask(hub: World, *texts: str, first: int = 0) -> None:
    now, stores = hub.hub.clock.now_ms(), hub.hub.repositories
    writes: list[Write] = [
        stores.knowledge.questions.insert(
            Question(f"q{n}", now - n * 1000, f"c{n}", "web-chat", now + DAY, topic="户政", text=text)
        )
        for n, text in enumerate(texts, first)
    ]
    await hub.hub.documents.commit([*writes, stores.knowledge.questions.changed()])


async def test_the_largest_cluster_comes_first_with_its_trend_and_unknown_words(hub: World) -> None:
    await ask(hub, "路灯坏了谁来修", *DRONES)
    found = await hub.hub.actions.sort_questions.all()
    assert [cluster.count for cluster in found.open] == [4, 1]
    assert sum(found.open[0].weeks) == 4
    await ask(hub, "萤火虫怎么养", "哪里能捉萤火虫", "萤火虫展几点开门", first=20)
    words = {word.word: word.count for word in (await hub.hub.actions.sort_questions.all()).words}
    assert words["萤火虫"] == 3


async def test_a_word_of_the_office_is_known_and_brings_questions_together(hub: World) -> None:
    await ask(hub, "萤火虫证怎么养", "哪里能捉萤火虫证", "萤火虫证", "户口簿")
    sort = hub.hub.actions.sort_questions
    found = await sort.all()
    assert "萤火虫证" in {word.word for word in found.words}
    assert [one.texts for one in found.open if "户口簿" in one.texts] == [("户口簿",)]
    await hub.hub.actions.edit_words.save(WordGroup("户口簿", ("萤火虫证",)), by="li")
    found = await sort.all()
    assert found.words == ()
    [together] = [one for one in found.open if "户口簿" in one.texts]
    assert "萤火虫证" in together.texts


async def test_one_press_makes_a_draft_that_nobody_can_publish_without_an_answer(hub: World) -> None:
    await ask(hub, *DRONES)
    sort, own = hub.hub.actions.sort_questions, hub.hub.actions
    [cluster] = (await sort.all()).open
    record = await sort.draft(cluster.id, by="li")
    assert record.working is not None
    assert {record.working.question, *record.working.variants} == set(DRONES)
    assert (await sort.all()).open == ()
    assert "" not in await own.read_entries.topics()
    stored = await own.read_entries.get(record.id)
    assert (stored.value.changed_by, stored.value.author_ids) == ("li", ("li",))
    with pytest.raises(Invalid):
        await own.publish_entry.publish(record.id, by="zhou", version=stored.version)
    with pytest.raises(Stale):
        await sort.draft(cluster.id, by="wang")
    await ask(hub, "无人机备案多久", first=20)
    [again] = (await sort.all()).open
    assert (again.count, again.drafted) == (1, (record.id,))


async def test_wordings_go_into_the_working_copy_of_a_known_entry_and_its_answer_stays(hub: World) -> None:
    await ask(hub, "身份证给狗啃烂了咋整", "身份证让狗啃烂了怎么整")
    sort, own = hub.hub.actions.sort_questions, hub.hub.actions
    [cluster] = (await sort.all()).open
    with pytest.raises(NotFound):
        await sort.add(cluster.id, "never", by="li")
    record = await sort.add(cluster.id, "id-card-expired", by="li")
    assert record.working is not None
    assert record.live is not None
    assert set(cluster.texts) <= set(record.working.variants)
    assert record.working.state is EntryState.DRAFT
    assert not set(cluster.texts) & set(record.live.variants)
    assert (await own.read_entries.get("id-card-expired")).value == record


async def test_what_was_dismissed_stays_dismissed_with_what_is_like_it(hub: World) -> None:
    await ask(hub, *DRONES)
    sort = hub.hub.actions.sort_questions
    [cluster] = (await sort.all()).open
    await sort.dismiss(cluster.id, by="li")
    await ask(hub, "无人机备案要多久", first=20)
    found = await sort.all()
    assert found.open == ()
    [dismissed] = found.dismissed
    kept = (await hub.hub.repositories.knowledge.questions.get_many([cluster.id]))[cluster.id].value
    assert (kept.state, kept.decided_by) == (QuestionState.DISMISSED, "li")
    assert kept.keep_until > hub.hub.clock.now_ms() + 1000 * DAY
    await sort.bring_back(dismissed.id, by="li")
    [open_again] = (await sort.all()).open
    assert open_again.count == 5
    kept = (await hub.hub.repositories.knowledge.questions.get_many([cluster.id]))[cluster.id].value
    assert kept.keep_until < hub.hub.clock.now_ms() + 1000 * DAY


async def test_two_editors_who_decide_at_once_find_out(hub: World) -> None:
    await ask(hub, *DRONES)
    sort = hub.hub.actions.sort_questions
    [cluster] = (await sort.all()).open
    question = cluster.questions[1]
    await hub.hub.documents.commit(
        [
            hub.hub.repositories.knowledge.questions.update(question.value, question.version)
        ]  # the other one was quicker
    )
    with pytest.raises(Stale):
        await sort.draft(cluster.id, by="li")
    assert [r async for r in hub.hub.repositories.knowledge.entries.scan() if r.changed_by == "li"] == []


async def test_entries_that_do_badly_come_first_and_are_read_by_week(hub: World) -> None:
    stores, quality = hub.hub.repositories, hub.hub.actions.read_quality
    today = day_of(hub.hub.clock.now_ms())
    await hub.hub.documents.commit(
        [
            stores.knowledge.answer_counts.add("id-card-lost", today, {"answered": 40, "helpful": 5}),
            stores.knowledge.answer_counts.add("id-card-expired", today, {"answered": 10, "unhelpful": 6}),
            stores.knowledge.answer_counts.add(
                "id-card-expired", today - timedelta(weeks=2), {"answered": 3}
            ),
            stores.knowledge.answer_counts.add(
                "id-card-expired", today - timedelta(weeks=30), {"answered": 99}
            ),
            stores.knowledge.answer_counts.add("gone", today, {"answered": 1}),
        ]
    )
    assert [row.entry.id for row in await quality.entries()] == ["id-card-expired", "id-card-lost"]
    by_asked = await quality.entries(sort=Sort.ASKED)
    assert [row.entry.id for row in by_asked] == ["id-card-lost", "id-card-expired"]
    assert by_asked[1].weeks[-1] == 10
    assert by_asked[1].weeks[-3] == 3
    assert await quality.entries(topic="没有这个分类") == ()
    found = await quality.entry("id-card-expired")
    assert found.weeks[0][1].unhelpful == 6
    assert await quality.most_asked() == ("id-card-lost", "id-card-expired", "gone")
    with pytest.raises(NotFound):
        await quality.entry("gone")


async def test_coverage_counts_what_a_topic_has_lacks_and_was_asked(hub: World) -> None:
    stores, quality = hub.hub.repositories, hub.hub.actions.read_quality
    today = day_of(hub.hub.clock.now_ms())
    await hub.hub.documents.commit(
        [stores.knowledge.answer_counts.add("id-card-lost", today, {"answered": 3})]
    )
    await ask(hub, "路灯坏了谁来修")
    found = {covered.topic: covered for covered in await quality.coverage()}
    entries = [e for e in hub.hub.knowledge.snapshot.entries if e.topic == "户政"]
    assert found["户政"].published == found["户政"].entries == len(entries)
    assert (found["户政"].asked, found["户政"].share) == (4, 0.75)
    assert found["户政"].lacking[Lack.CONFIRM] == sum(entry.confirm_locally for entry in entries)
    assert len(await quality.lacking("户政", Lack.CONFIRM)) == found["户政"].lacking[Lack.CONFIRM]
