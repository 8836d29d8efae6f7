"""The office's own words over HTTP: an editor adds one, and a citizen who says it is answered at once."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest

from channels.contract import ChannelKind
from hub.model.agent import Role
from knowledge_base.files.word_file import read_words
from tests.journeys.editor_at_work import Editor, sign_in
from tests.journeys.talking import Talker
from tests.unit.hub.actions.knowledge.entry_office import content
from tests.world import World, browser

PATH = "/staff/entries/words"
ASKED = "红本本丢了怎么补"
LICENCE = "驾驶证丢了怎么补？"


@pytest.fixture
async def editor(hub: World) -> AsyncIterator[Editor]:
    async with browser(hub.url) as http:
        yield await sign_in(hub, http, Role.EDITOR)


async def test_a_word_an_editor_adds_is_understood_from_the_next_question_on(
    hub: World, editor: Editor
) -> None:
    answer = next(one for one in hub.hub.knowledge.snapshot.entries if one.question == LICENCE).answer
    assert answer not in await Talker(hub, ChannelKind.CHAT, "1").say(ASKED)
    await editor.get(f"{PATH}/edit?name=驾驶证&word=红本本")
    status, page = await editor.post(f"{PATH}/edit", name="驾驶证", words="红本本", version="0")
    assert status == 200
    assert "说法已保存" in page
    assert answer in await Talker(hub, ChannelKind.CHAT, "2").say(ASKED)
    status, page = await editor.post(f"{PATH}/remove", name="驾驶证", version="1")
    assert status == 200
    assert answer not in await Talker(hub, ChannelKind.CHAT, "3").say(ASKED)


async def test_what_a_change_would_do_is_shown_and_nothing_is_stored(hub: World, editor: Editor) -> None:
    await editor.get(f"{PATH}/edit")
    status, page = await editor.post(
        f"{PATH}/edit", name="身份证补领", words="红本本", question=ASKED, version="0", then="try"
    )
    assert status == 200
    assert "红本本 → 身份证+补办" in page
    assert page.count('class="pairs" aria-label="切成的词') == 2
    assert hub.hub.knowledge.groups == []


async def test_a_change_that_loses_a_test_question_is_refused_with_its_name(
    hub: World, editor: Editor
) -> None:
    board = content("滑板证怎么补办？", tests=("滑板证丢了怎么补",))
    record = await hub.hub.actions.edit_entry.save(board, by="li")
    await hub.hub.actions.publish_entry.publish(record.id, by="zhou", version=1)
    await editor.get(f"{PATH}/edit")
    status, page = await editor.post(f"{PATH}/edit", name="身份证", words="滑板证", version="0")
    assert status == 422
    assert "没有保存" in page
    assert "条目“滑板证怎么补办？”的测试问题“滑板证丢了怎么补”会变成找到“居民身份证丢了怎么补领？”" in page
    assert f'href="/staff/entries/{record.id}"' in page
    assert hub.hub.knowledge.groups == []
    await editor.get(f"{PATH}/edit?lang=en")
    _, page = await editor.post(f"{PATH}/edit", name="身份证", words="滑板证", version="0")
    assert "Not saved" in page


async def test_a_word_that_cannot_be_is_named_and_written_as_text(hub: World, editor: Editor) -> None:
    await editor.get(f"{PATH}/edit")
    status, page = await editor.post(f"{PATH}/edit", name="护照", words="<b>\n驾驶证\n出国本", version="0")
    assert status == 422
    assert "“&lt;b&gt;”太短" in page
    assert "“驾驶证”是自带词表里的标准词" in page
    assert "<b>" not in page
    assert hub.hub.knowledge.groups == []


async def test_two_editors_at_once_lose_nothing(editor: Editor) -> None:
    await editor.get(f"{PATH}/edit")
    assert (await editor.post(f"{PATH}/edit", name="驾驶证", words="红本本", version="0"))[0] == 200
    status, page = await editor.post(f"{PATH}/edit", name="驾驶证", words="车把本", version="0")
    assert status == 409
    assert "刚刚被别人修改" in page
    assert "车把本" in page
    assert 'name="version" value="1"' in page
    status, page = await editor.post(f"{PATH}/edit", name="驾驶证", words="红本本\n车把本", version="1")
    assert status == 200
    assert "第 2 版" in page
    for wrong in ({"words": ""}, {"words": "车把本", "question": ASKED, "then": "try"}):
        _, page = await editor.post(f"{PATH}/edit", name="驾驶证", version="1", **wrong)
        assert 'name="version" value="1"' in page  # what changed meanwhile is still noticed at the next save
    assert (await editor.post(f"{PATH}/remove", name="驾驶证", version="1"))[0] == 409
    assert (await editor.post(f"{PATH}/remove", name="没有的", version="1"))[0] == 404


async def test_words_go_out_to_a_file_and_come_back_unchanged(hub: World, editor: Editor) -> None:
    file = "name,words,note\n驾驶证,红本本|车把本,甲县\n身份证补领,补小卡,\n".encode("gb18030")
    status, page = await editor.upload("a.csv", file, f"{PATH}/import")
    assert status == 200
    kept = re.search(r'name="kept" value="([0-9a-f]{32})"', page)
    assert kept
    assert hub.hub.knowledge.groups == []
    taken = {"kept": kept[1], "name": "a.csv"}
    assert (await editor.post(f"{PATH}/import/apply", **taken))[0] == 200
    assert [group.name for group in hub.hub.knowledge.groups] == ["身份证补领", "驾驶证"]
    assert (await editor.post(f"{PATH}/import/apply", **taken))[0] == 422
    async with editor.http.get(f"{hub.url}{PATH}/export") as answer:
        out = await answer.read()
        assert ".csv" in answer.headers["Content-Disposition"]
    assert [group for _, group in read_words(out)] == hub.hub.knowledge.groups
    revision = hub.hub.knowledge.revision
    _, page = await editor.upload("b.csv", out, f"{PATH}/import")
    assert "不需要导入" in page
    assert hub.hub.knowledge.revision == revision
    status, page = await editor.upload("c.csv", "name,words\n驾驶证,证\n".encode(), f"{PATH}/import")
    assert status == 422
    assert re.search(r"<td>2</td><td>“证”太短", page)


async def test_the_list_finds_words_and_says_which_services_have_none(editor: Editor) -> None:
    await editor.get(f"{PATH}/edit")
    await editor.post(f"{PATH}/edit", name="普通护照", words="出国本本", note="乡下这么叫", version="0")
    for wanted in ("普通护照", "出国本", "乡下"):
        assert "出国本本" in await editor.get(f"{PATH}?q={wanted}"), wanted
    assert "没有找到说法" in await editor.get(f"{PATH}?q=别的")
    services = await editor.get(f"{PATH}?show=services")
    assert "出国本本" in services
    assert services.count("还没有说法</p>") > 50
    assert services.index("还没有说法</p>") < services.index("出国本本")
