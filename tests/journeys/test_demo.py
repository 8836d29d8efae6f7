"""The first command a newcomer types: it starts at once, says where everything is, and stops at once."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from hub.demo.citizens import Citizens
from hub.demo.folder import DemoFolder
from hub.tour.browser import Browser
from hub.tour.page import Page

pytestmark = pytest.mark.xdist_group("demo")

ROLES = {
    "handler",
    "supervisor",
    "inspector",
    "publicity",
    "publicity_lead",
    "editor",
    "reviewer",
    "custodian",
    "auditor",
} | {
    "higher_reviewer",
    "admin",
}
STOP_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Demo:
    """A running demo and what it said."""

    process: subprocess.Popen[str]
    state: dict[str, Any]
    folder: Path

    @property
    def url(self) -> str:
        return str(self.state["urls"]["home"]).rstrip("/")


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "hub", "demo", *(str(argument) for argument in arguments)]


def start(folder: Path, *arguments: str) -> Demo:
    process = subprocess.Popen(
        command("--json", "--port", 0, "--dir", folder, *arguments), stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line, "the demo ended before it was ready"
    return Demo(process, json.loads(line), folder)


def stop(demo: Demo, with_signal: signal.Signals = signal.SIGTERM) -> tuple[int, str]:
    """Its exit code and what else it wrote to stdout."""
    demo.process.send_signal(with_signal)
    rest, _ = demo.process.communicate(timeout=30)
    return demo.process.returncode, rest


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    running = start(tmp_path_factory.mktemp("demo") / "demo")
    yield running
    running.process.kill()
    running.process.communicate()


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def log_in(http: aiohttp.ClientSession, demo: Demo, login: str, password: str) -> Page:
    browser = Browser(http, demo.url)
    door = await browser.get("/staff/login")
    fields = door.fields("/staff/login") | {"login": login, "password": password}
    return await browser.post("/staff/login", fields)


async def test_every_account_it_prints_opens_the_door(demo: Demo, http: aiohttp.ClientSession) -> None:
    accounts = demo.state["accounts"]
    assert {account["role"] for account in accounts} == ROLES
    for account in accounts:
        page = await log_in(http, demo, account["login"], account["password"])
        assert page.status == 200
        assert account["name"] in page.text
        assert "/staff/login" not in page.url


async def test_a_citizen_finds_the_home_page_the_notices_and_the_feed(
    demo: Demo, http: aiohttp.ClientSession
) -> None:
    citizen = Browser(http, demo.url)
    assert demo.state["organisation"] in (await citizen.get("/")).text
    assert "暴雨" in (await citizen.get("/notices")).text
    assert "暴雨" in (await citizen.get(demo.state["urls"]["feed"])).html
    assert (await citizen.get(demo.state["urls"]["health"])).status == 200


async def test_the_queue_is_full_of_cases_from_every_channel(demo: Demo, http: aiohttp.ClientSession) -> None:
    browser = Browser(http, demo.url)
    account = next(a for a in demo.state["accounts"] if a["role"] == "handler")
    door = await browser.get("/staff/login")
    fields = {"login": account["login"], "password": account["password"]}
    await browser.post("/staff/login", door.fields("/staff/login") | fields)
    queue = await browser.get("/staff/queue")
    assert queue.html.count('class="case-row') >= 15
    for word in ("短信", "邮件", "网上信访", "电话"):
        assert word in queue.text
    assert "举报城南派出所民警" not in queue.text  # behind the wall: handlers do not even count it


def test_what_is_secret_in_its_folder_is_for_its_owner_only(demo: Demo) -> None:
    private = ["state.json", "secrets.json", "keys.json", "report-keys.json", "carrier-token", "hub.db"]
    assert {name: oct((demo.folder / name).stat().st_mode & 0o777) for name in private} == dict.fromkeys(
        private, "0o600"
    )


async def test_only_the_holder_of_the_token_moves_its_citizens(
    demo: Demo, http: aiohttp.ClientSession
) -> None:
    control = demo.state["control"]
    async with http.get(f"{control['look']}/demo/state") as answer:
        assert answer.status == 403
    stranger = Citizens(control["outside"], "guessed", http)
    with pytest.raises(aiohttp.ClientResponseError) as refused:
        await stranger.text("+8613800000001", "你好", id="0" * 16)
    assert refused.value.status == 403


def test_a_second_demo_in_the_same_folder_is_refused_in_words(demo: Demo) -> None:
    second = subprocess.run(
        command("--port", 0, "--dir", demo.folder), capture_output=True, text=True, timeout=30
    )
    assert second.returncode == 2
    assert "已经在运行" in second.stderr
    assert "Traceback" not in second.stderr


def test_a_port_that_is_taken_is_said_in_words(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused = subprocess.run(
            command("--port", port, "--dir", tmp_path / "demo"), capture_output=True, text=True, timeout=30
        )
    assert refused.returncode == 2
    assert f"127.0.0.1:{port} 已被占用" in refused.stderr
    assert "Traceback" not in refused.stderr


async def test_it_stops_at_once_and_starts_again_with_the_same_cases_and_new_passwords(
    demo: Demo, http: aiohttp.ClientSession
) -> None:
    first = start(demo.folder.with_name("again"))
    before = len(DemoFolder(first.folder).texts.read_text("utf-8").splitlines())
    asked_at = time.monotonic()
    code, rest = stop(first)
    assert time.monotonic() - asked_at < STOP_SECONDS
    assert (code, rest) == (0, "")  # one JSON document and nothing behind it
    second = start(first.folder)
    try:
        assert len(DemoFolder(second.folder).texts.read_text("utf-8").splitlines()) == before
        old, new = (run.state["accounts"][0] for run in (first, second))
        assert (await log_in(http, second, old["login"], old["password"])).status == 422
        assert (await log_in(http, second, new["login"], new["password"])).status == 200
    finally:
        code, _ = stop(second, signal.SIGINT)
    assert code == 0
