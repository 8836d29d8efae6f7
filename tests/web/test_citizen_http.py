"""What every answer carries and what is refused, asked over plain HTTP."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from yarl import URL

from hub.model.reference import make_reference
from hub.web.pages.citizen import chat_stream
from tests.web.running_site import RunningSite, running_site

pytestmark = pytest.mark.xdist_group("citizen browser")  # the same server

OURS = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
async def client(site: RunningSite) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(
        site.url, cookie_jar=_jar(site.url), headers={"Accept-Language": "zh-CN"}
    ) as session:
        yield session


def _jar(url: str) -> aiohttp.CookieJar:
    """Browsers count the loopback as secure; so has the client to."""
    return aiohttp.CookieJar(unsafe=True, treat_as_secure_origin=URL(url))


async def test_every_page_has_a_policy_with_a_nonce_of_its_own(client: aiohttp.ClientSession) -> None:
    nonces = set()
    for path in ("/", "/", "/chat", "/nowhere"):
        async with client.get(path) as answer:
            policy = answer.headers["Content-Security-Policy"]
            found = re.search(r"script-src 'nonce-([A-Za-z0-9+/=]{24})' 'strict-dynamic'", policy)
            assert found is not None
            assert f'nonce="{found.group(1)}"'.replace("+", "&#43;") in (await answer.text()).replace(
                "+", "&#43;"
            )
            nonces.add(found.group(1))
            assert "unsafe" not in policy
            assert answer.headers["Server"] == "hub"
            assert answer.headers["Cache-Control"] == "no-store"
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["Referrer-Policy"] == "same-origin"
    assert len(nonces) == 4


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "none"}, 200),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "{own}"}, 403),
        ({"Origin": "{own}"}, 200),
        ({"Referer": "{own}/"}, 200),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({}, 403),
    ],
)
async def test_a_form_is_taken_from_our_own_pages_only(
    client: aiohttp.ClientSession, site: RunningSite, headers: dict[str, str], status: int
) -> None:
    sent = {name: value.format(own=site.url) for name, value in headers.items()}
    async with client.post("/ask", data={"question": "居住证"}, headers=sent) as answer:
        assert answer.status == status


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("转人工", "工作人员在“在线问答”里答复您"),
        ("有没有人工客服", "工作人员在“在线问答”里答复您"),
        (make_reference("261122", 7), "请填在进度页"),
    ],
)
async def test_the_search_leads_on_whoever_seeks_a_person_or_a_case(
    client: aiohttp.ClientSession, question: str, words: str
) -> None:
    async with client.post("/ask", data={"question": question}, headers=OURS) as answer:
        page = await answer.text()
    assert words in page
    assert "没有找到合适的答案" not in page


async def test_too_large_a_form_is_refused_with_a_page(client: aiohttp.ClientSession) -> None:
    async with client.post("/ask", data={"question": "字" * 50_000}, headers=OURS) as answer:
        assert answer.status == 413
        assert "内容太大" in await answer.text()


@pytest.mark.parametrize(
    ("method", "path", "status", "words"),
    [
        ("GET", "/nowhere", 404, "没有找到这个页面"),
        ("POST", "/notices", 405, "不能这样访问"),
        ("GET", "/notices/no-such-notice", 404, "没有找到这个页面"),
        ("GET", "/static/0/../tokens.css", 404, "没有找到这个页面"),
    ],
)
async def test_an_error_is_a_page_in_the_readers_language(
    client: aiohttp.ClientSession, method: str, path: str, status: int, words: str
) -> None:
    async with client.request(method, path, headers=OURS) as answer:
        assert answer.status == status
        text = await answer.text()
        assert words in text
        assert answer.headers["X-Request-Id"] in text
    async with client.request(method, path, headers=OURS | {"Accept-Language": "en"}) as answer:
        assert words not in await answer.text()


async def test_the_home_page_for_older_people_has_four_large_buttons_and_is_read_aloud(
    client: aiohttp.ClientSession,
) -> None:
    for view, buttons, voices in (("elder", 4, 1), ("standard", 0, 0)):
        async with client.get("/", headers={"Cookie": f"hub_view={view}"}) as answer:
            text = await answer.text()
        assert (len(re.findall(r'class="big-button[ "]', text)), text.count("data-read-aloud")) == (
            buttons,
            voices,
        )


async def test_programs_get_a_problem_document(client: aiohttp.ClientSession) -> None:
    async with client.get("/api/nowhere") as answer:
        assert answer.status == 404
        assert answer.content_type == "application/problem+json"
        assert (await answer.json(content_type=None))["status"] == 404


async def test_static_files_are_kept_for_a_year_under_the_hash_of_their_content(
    client: aiohttp.ClientSession,
) -> None:
    async with client.get("/") as answer:
        found = re.search(r'href="(/static/([0-9a-f]+)/css/hub\.css)"', await answer.text())
    assert found is not None
    async with client.get(found.group(1)) as answer:
        assert answer.status == 200
        assert "immutable" in answer.headers["Cache-Control"]
        assert answer.headers["Content-Encoding"] == "gzip"
        body = await answer.text()
    async with client.get("/static/000000000000/css/hub.css") as answer:
        assert answer.headers["Cache-Control"] == "no-cache"
        assert await answer.text() == body


async def test_the_first_page_is_lighter_than_60_kib(client: aiohttp.ClientSession) -> None:
    async with client.get("/", headers={"Accept-Encoding": "gzip"}) as answer:
        text = await answer.text()
    weight = len(text.encode())
    for path in set(re.findall(r'(?:href|src)="(/static/[^"#]+)', text)):
        async with client.get(path, headers={"Accept-Encoding": "gzip"}, auto_decompress=False) as answer:
            weight += len(await answer.read())
    assert weight < 60 * 1024


@pytest.mark.parametrize(
    "target", ["//evil.example/?lang=en", "/%2F%2Fevil.example?lang=en", "/\\evil?view=elder"]
)
async def test_a_language_link_never_leads_elsewhere(site: RunningSite, target: str) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", int(site.url.rsplit(":", 1)[1]))
    writer.write(f"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    answer = (await reader.read()).decode(errors="replace")
    writer.close()
    location = re.search(r"(?im)^location: (.*)$", answer)
    assert location is None or re.match(r"/(?![/\\])", location.group(1))


async def test_the_stream_starts_behind_the_number_the_browser_has(
    client: aiohttp.ClientSession, site: RunningSite
) -> None:
    async with client.get("/chat"):
        pass
    for number in range(3):
        async with client.post(
            "/chat/messages",
            data={"text": f"转人工 {number}", "client_id": f"client-{number}"},
            headers=OURS,
            allow_redirects=False,
        ) as answer:
            assert answer.status == 303
    token = next(cookie.value for cookie in client.cookie_jar if cookie.key == "__Host-hub-chat")
    kept = await site.hub.repositories.conversations.messages(chat_stream.conversation_id(site.hub, token))
    async with client.get("/chat/events?after=0", headers={"Last-Event-ID": "2"}) as stream:
        assert stream.content_type == "text/event-stream"
        seen = []
        async for line in stream.content:
            if line.startswith(b"id: "):
                seen.append(int(line[4:]))
            if seen and seen[-1] == kept[-1].seq:
                break
    assert seen == [message.seq for message in kept if message.seq > 2]


async def test_the_same_message_sent_again_changes_nothing(
    client: aiohttp.ClientSession, site: RunningSite
) -> None:
    async with client.get("/chat"):
        pass
    form = {"text": "身份证丢了怎么补办", "client_id": "the-same-id"}
    for _ in range(2):
        async with client.post("/chat/messages", data=form, headers=OURS) as answer:
            assert answer.status == 200
    token = next(cookie.value for cookie in client.cookie_jar if cookie.key == "__Host-hub-chat")
    kept = await site.hub.repositories.conversations.messages(chat_stream.conversation_id(site.hub, token))
    assert len(kept) == 2


async def test_what_is_published_is_in_both_feeds_and_on_its_page(client: aiohttp.ClientSession) -> None:
    async with client.get("/feed.json") as answer:
        assert answer.content_type == "application/feed+json"
        items = (await answer.json(content_type=None))["items"]
    assert [item["title"] for item in items][:1] == ["警惕冒充公检法的电话诈骗"]
    async with client.get("/feed.atom") as answer:
        assert answer.content_type == "application/atom+xml"
        text = await answer.text()
    assert all(item["title"] in text and item["url"] in text for item in items)
    async with client.get(URL(items[0]["url"]).path) as answer:
        assert items[0]["title"] in await answer.text()


async def test_a_stream_without_a_chat_is_told_not_to_come_back(client: aiohttp.ClientSession) -> None:
    async with client.get("/chat/events") as answer:
        assert answer.status == 204


async def test_open_streams_do_not_hold_up_a_stop(tmp_path: Path) -> None:
    async with asyncio.timeout(20):
        async with running_site(tmp_path) as own:
            client = aiohttp.ClientSession(cookie_jar=_jar(own.url))
            async with client.get(f"{own.url}/chat"):
                pass
            stream = await client.get(f"{own.url}/chat/events")
            assert await stream.content.readline() == b"retry: 2000\n"
        await stream.read()
        await client.close()


async def test_a_refused_policy_is_counted_without_its_address(client: aiohttp.ClientSession) -> None:
    report = {
        "csp-report": {"effective-directive": "script-src", "document-uri": "https://hub.example/secret"}
    }
    async with client.post("/csp", json=report, headers={"Sec-Fetch-Site": "same-origin"}) as answer:
        assert answer.status == 204


async def test_a_petition_sent_twice_is_one_petition(client: aiohttp.ClientSession) -> None:
    form = {
        "submission_id": "0123456789abcdef0123456789abcdef",
        "kind": "suggestion",
        "title": "建议增加夜间窗口",
        "body": "建议每周有一天晚上开放户籍窗口，方便上班的人。",
        "anonymous": "no",
        "name": "测试人",
        "email": "test@example.com",
    }
    receipts = set()
    for _ in range(2):
        async with client.post("/petition/submit", data=form, headers=OURS) as answer:
            assert answer.url.path == "/petition/done"
            text = await answer.text()
        receipts.add(tuple(re.findall(r'id="(?:reference|code)"[^>]*>([\d ]+)<', text)))
    assert len(receipts) == 1
    assert len(receipts.pop()) == 2


async def test_a_receipt_of_somebody_else_or_altered_shows_nothing(client: aiohttp.ClientSession) -> None:
    for cookie in ("AAAA", "azE6QUFBQQ", "%00", "x" * 3000):
        async with client.get("/petition/done", headers={"Cookie": f"hub_receipt={cookie}"}) as answer:
            assert answer.status == 200
            assert "receipt-number" not in await answer.text()
