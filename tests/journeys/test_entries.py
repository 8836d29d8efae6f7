"""Editors over plain HTTP: files in and out, refusals in words, what is published answers citizens."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hub.cli import entries
from hub.model.agent import Role
from knowledge_base.files.csv_table import MAX_BYTES
from knowledge_base.files.spreadsheet import read_file
from tests.journeys.editor_at_work import SAME_ORIGIN, Editor, sign_in
from tests.world import World, browser

HEADING = "id,question,answer,topic\n"


@pytest.fixture
async def editor(hub: World) -> AsyncIterator[Editor]:
    async with browser(hub.url) as http:
        yield await sign_in(hub, http, Role.EDITOR)


async def test_a_file_is_imported_reviewed_and_answers_a_citizen(hub: World, editor: Editor) -> None:
    file = f"{HEADING},滑翔伞飞行要报备吗？,请先在管理平台登记。,治安\n".encode("gb18030")
    status, page = await editor.upload("新条目.csv", file)
    assert status == 200
    assert "会新增的条目" in page
    kept = re.search(r'name="kept" value="([0-9a-f]{32})"', page)
    assert kept
    taken = {"kept": kept[1], "name": "新条目.csv", "mode": "review"}
    status, page = await editor.post("/staff/entries/import/apply", **taken)
    assert status == 200
    assert "滑翔伞飞行要报备吗？" in page
    status, page = await editor.post("/staff/entries/import/apply", **taken)
    assert status == 422
    assert "文件已过期" in page
    _, page = await editor.upload("新条目.csv", file)
    assert "不需要导入" in page
    assert (await editor.post("/staff/entries/publish"))[0] == 403
    async with browser(hub.url) as http:
        reviewer = await sign_in(hub, http, Role.REVIEWER)
        await reviewer.get("/staff/entries?show=review")
        status, page = await reviewer.post("/staff/entries/publish", topic="")
        assert status == 200
    asked = {"question": "滑翔伞飞行要报备吗"}
    async with hub.http.post(f"{hub.url}/ask", data=asked, headers=SAME_ORIGIN) as answer:
        assert "请先在管理平台登记。" in await answer.text()


async def test_the_look_at_a_file_names_what_may_be_said_already(hub: World, editor: Editor) -> None:
    _, page = await editor.upload("a.csv", f"{HEADING},居民身份证丢了怎么补领呀？,去派出所。,治安\n".encode())
    assert "可能与已有条目重复，请核对（1）" in page
    assert '<a href="/staff/entries/id-card-' in page


async def test_who_may_publish_alone_by_file_is_a_setting(hub: World, editor: Editor) -> None:
    _, page = await editor.upload("a.csv", f"{HEADING},滑翔伞要报备吗？,登记。,治安\n".encode())
    kept = re.search(r'name="kept" value="([0-9a-f]{32})"', page)
    assert kept
    assert 'value="publish"' not in page
    status, _ = await editor.post("/staff/entries/import/apply", kept=kept[1], name="a.csv", mode="publish")
    assert status == 403


async def test_every_problem_of_a_file_is_shown_in_both_languages(editor: Editor) -> None:
    file = f"{HEADING}a,,答,治安\nb,问题怎么办,,治安\n".encode()
    status, page = await editor.upload("a.csv", file)
    assert status == 422
    assert "没有导入任何内容" in page
    assert re.search(r"<td>2</td><td>问题为空</td>", page)
    assert re.search(r"<td>3</td><td>没有答案</td>", page)
    await editor.get("/staff/entries?lang=en")
    _, page = await editor.upload("a.csv", file)
    assert "the question is empty" in page


async def test_what_is_too_large_or_no_table_is_refused_and_the_hub_goes_on(editor: Editor) -> None:
    assert (await editor.upload("a.csv", b"x" * (2 * MAX_BYTES)))[0] == 413
    for name, content in (("a.csv", b""), ("a.xlsx", b"PK\x03\x04"), ("a.exe", b"MZ")):
        status, page = await editor.upload(name, content)
        assert status == 422
        assert "没有导入任何内容" in page
    await editor.get("/staff/entries/import")
    status, page = await editor.post("/staff/entries/import")
    assert status == 422
    assert "请选择文件" in page
    for kept in ("", "../../keys", "0" * 32):
        status, _ = await editor.post("/staff/entries/import/apply", kept=kept, name="a.csv", mode="draft")
        assert status == 422


async def test_a_file_larger_than_other_forms_is_taken(editor: Editor) -> None:
    rows = "".join(f"e{n},第{n}种情形怎么办？,{'答' * 100},治安\n" for n in range(2000))
    status, page = await editor.upload("a.csv", (HEADING + rows).encode())
    assert status == 200
    assert "2,000" in page


async def test_what_is_exported_comes_back_unchanged(hub: World, editor: Editor) -> None:
    topic = hub.hub.knowledge.snapshot.entries[0].topic
    for kind in ("csv", "xlsx"):
        query = {"format": kind, "topic": topic}
        async with editor.http.get(f"{hub.url}/staff/entries/export", params=query) as answer:
            file = await answer.read()
            assert f".{kind}" in answer.headers["Content-Disposition"]
        assert {entry.topic for _, entry in read_file(f"a.{kind}", file)} == {topic}
        _, page = await editor.upload(f"a.{kind}", file)
        assert "不需要导入" in page


async def test_a_wrong_field_is_named_and_nothing_typed_is_lost(editor: Editor) -> None:
    await editor.get("/staff/entries/new")
    typed = {
        "question": "滑翔伞要报备吗？",
        "answer": "请登记。",
        "topic": "治安",
        "variants": "一|二",
        "source_url": "javascript:alert(1)",
        "valid_from": "2026-11-22T13:00",
        "valid_until": "2026-11-22T12:00",
        "by_slot": "没有括号",
        "aspect": "别的",
    }
    status, page = await editor.post("/staff/entries/new", **typed)
    assert status == 422
    for words in ("竖线", "https://", "结束时间应晚于", "请按格式填写", "请选择一项"):
        assert words in page, words
    assert 'value="javascript:alert(1)"' in page
    assert "没有括号" in page
    status, _ = await editor.post("/staff/entries/absent", **typed)
    assert status == 404
    status, _ = await editor.post("/staff/entries/absent/versions/x/restore", version="1")
    assert status == 404


def test_the_command_looks_first_and_takes_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    file, wrong = tmp_path / "a.csv", tmp_path / "b.csv"
    file.write_text(f"{HEADING},滑翔伞要报备吗？,请登记。,治安\n", "utf-8")
    wrong.write_text(f"{HEADING}a,,,治安\n", "utf-8")
    assert entries.import_entries(file) == 0
    assert "1" in capsys.readouterr().out
    assert entries.import_entries(wrong, apply=True) == 1
    assert "2: 问题为空 / the question is empty" in capsys.readouterr().err
    assert entries.import_entries(file, apply=True, publish=True) == 0
    assert entries.import_entries(file, apply=True, publish=True, json=True) == 0
    assert '"unchanged": 1' in capsys.readouterr().out
    out = tmp_path / "out.xlsx"
    assert entries.export_entries(out, topic="治安") == 0
    assert "滑翔伞要报备吗？" in {entry.question for _, entry in read_file("out.xlsx", out.read_bytes())}
