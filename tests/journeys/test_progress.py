"""办事进度查询: of our cases and of another system, on every channel; the brake before both."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from channels.contract import ChannelKind
from channels.loopback.script import CallerAction, Press
from hub.model.agent import Role
from hub.model.reference import make_reference
from hub.model.track import Track
from hub.runtime.clock import FakeClock
from hub.runtime.errors import NotFound
from tests.journeys.talking import Talker, queue
from tests.progress_system import CODE, REFERENCE, SECRET, PlayedSystem, configured, played_system
from tests.world import World, browser, world

SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}


@asynccontextmanager
async def with_system(
    folder: Path, monkeypatch: pytest.MonkeyPatch, clock: FakeClock | None = None
) -> AsyncIterator[tuple[World, PlayedSystem]]:
    monkeypatch.setenv("HUB_TEST_PROGRESS_SECRET", SECRET)
    async with played_system() as system:
        blocks = [configured(system), configured(system, name="办税", pattern=r"7\d{7}")]
        async with world(folder, clock=clock, progress=blocks) as hub:
            yield hub, system


async def page(hub: World, reference: str, code: str) -> tuple[int, str]:
    posted = {"reference": reference, "code": code}
    async with hub.http.post(f"{hub.url}/track", data=posted, headers=SAME_ORIGIN) as answer:
        return answer.status, await answer.text()


async def test_another_systems_matter_is_told_on_every_channel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with with_system(tmp_path, monkeypatch) as (hub, system):
        for kind in (ChannelKind.SMS, ChannelKind.CHAT, ChannelKind.MAIL):
            told = await Talker(hub, kind).say(f"编号ee2026112201，查询码{CODE}")
            assert told.startswith(f"编号{REFERENCE}：办理中")
            assert "证件制作中" in told
        status, text = await page(hub, "ee 2026-1122-01", CODE)
        assert status == 200
        assert "出入境办证" in text
        assert "&lt;b&gt;" in text
        assert await queue(hub) == []
        assert system.forged == 0
        script: list[CallerAction] = [Press("3"), Press("71234567#"), Press("8371#")]
        call = await hub.carrier.place_call("12389", script)
        assert "编号或查询码不正确" in call.transcript


@pytest.mark.parametrize("mood", ["error", "garbage", "huge", "redirect", "slow"])
async def test_a_system_that_fails_is_said_to_and_no_message_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mood: str
) -> None:
    async with with_system(tmp_path, monkeypatch) as (hub, system):
        system.mood = mood
        citizen = Talker(hub, ChannelKind.SMS)
        assert "暂时查不到" in await citizen.say(f"{REFERENCE} {CODE}")
        assert len(await citizen.messages()) == 2
        status, text = await page(hub, REFERENCE, CODE)
        assert status == 503
        assert "不代表没有这件事" in text
        script: list[CallerAction] = [Press("3"), Press("71234567#"), Press("8371#")]
        assert "暂时无法查询" in (await hub.carrier.place_call("12389", script)).transcript
        system.mood = "well"
        assert "办理中" in await citizen.say(f"{REFERENCE} {CODE}")  # failures were no wrong codes


@pytest.mark.parametrize("kind", [ChannelKind.SMS, ChannelKind.MAIL])
@pytest.mark.parametrize(
    ("letter", "role", "track"),
    [
        (
            f"我的通行证号码是{REFERENCE}，2025年在窗口办的，{'拿到以后照片印错了，跑了三趟没有人管，' * 4}",
            Role.HANDLER,
            Track.CONSULT,
        ),
        (f"证件{REFERENCE}，2025年办的，我要举报窗口民警张三收黑钱，请查处", Role.INSPECTOR, Track.REPORT),
    ],
    ids=["letter", "accusation"],
)
async def test_a_letter_in_which_a_number_stands_is_read_by_a_person(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: ChannelKind, letter: str, role: Role, track: Track
) -> None:
    async with with_system(tmp_path, monkeypatch) as (hub, _):
        await Talker(hub, kind).say(letter)
        [case] = [*await queue(hub), *await queue(hub, Role.INSPECTOR)]
        assert case.track is track
        assert case.id in {one.id for one in await queue(hub, role)}


async def test_a_letter_with_a_right_code_is_shown_to_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with with_system(tmp_path, monkeypatch) as (hub, _):
        told = await Talker(hub, ChannelKind.MAIL).say(f"{REFERENCE} {CODE}{'，请问现在办得怎么样了' * 10}")
        assert "办理中" in told
        assert await queue(hub) == []


async def test_wrong_codes_make_their_sender_wait_before_the_system_is_asked_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = FakeClock()
    async with with_system(tmp_path, monkeypatch, clock) as (hub, system):
        citizen = Talker(hub, ChannelKind.SMS)
        told = [await citizen.say(f"{REFERENCE} 000{number}") for number in range(3)]
        assert ["没有找到" in text for text in told] == [True, True, False]
        assert "1分钟" in told[2]
        assert "分钟" in await citizen.say(f"{REFERENCE} {CODE}")
        assert system.asked == 2
        status, _ = await page(hub, REFERENCE, CODE)
        assert status == 200  # who asks there is somebody else
        clock.advance(seconds=1)
        assert "办理中" in await citizen.say(f"{REFERENCE} {CODE}")


async def test_behind_many_wrong_codes_a_number_is_asked_for_telephones_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with with_system(tmp_path, monkeypatch) as (hub, system):
        track, day = hub.hub.actions.track_case, hub.hub.settings.tracking.wrong_codes_a_day
        tries = (track(REFERENCE, "0000", source=f"stranger {number}") for number in range(day))
        assert [type(told) for told in await asyncio.gather(*tries, return_exceptions=True)] == [
            NotFound
        ] * day
        status, text = await page(hub, REFERENCE, CODE)
        assert status == 403
        assert "请用登记的手机查询" in text
        assert "登记时的手机" in await Talker(hub, ChannelKind.CHAT).say(f"{REFERENCE} {CODE}")
        assert system.asked == day
        assert "办理中" in await Talker(hub, ChannelKind.SMS).say(f"{REFERENCE} {CODE}")


async def test_a_new_chat_is_no_new_source_of_guesses(hub: World) -> None:
    """Anybody can take a new conversation, but comes from the same network address."""
    told = []
    for number in range(1, 7):  # the waits grow: one of them is longer than a chat takes
        text = f"{make_reference('260101', number)} 12345678"
        async with browser(hub.url) as http:
            posted = {"text": text, "client_id": f"{number:032x}", "after": "0"}
            async with http.post(f"{hub.url}/chat/messages", data=posted, headers=SAME_ORIGIN) as answer:
                told.append(await answer.text())
    assert "没有找到" in told[0]
    assert "分钟后再试" in told[-1]


async def test_one_wrong_code_that_comes_ten_times_is_one_try(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with with_system(tmp_path, monkeypatch) as (hub, system):
        citizen = Talker(hub, ChannelKind.SMS)
        await citizen.say("你好")
        told = await asyncio.gather(*(citizen.say(f"{REFERENCE} 0000", id="same") for _ in range(10)))
        assert len([text for text in told if text]) == 1
        assert system.asked == 1
        assert "办理中" in await citizen.say(f"{REFERENCE} {CODE}")


async def test_a_number_alone_asks_for_its_code_and_tells_nothing(hub: World) -> None:
    citizen = Talker(hub, ChannelKind.SMS)
    case = await citizen.say("楼下烧烤店每天深夜占道经营没有人管")
    reference = next(word for word in case.replace("，", " ").split() if "查询编号" in word)[-14:]
    other = Talker(hub, ChannelKind.SMS, "2")
    assert "查询码写在一条消息里" in await other.say(f"查询 {reference}")
    assert (await page(hub, "123", ""))[0] == 422


async def test_failures_of_a_system_are_no_wrong_codes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = FakeClock()
    async with with_system(tmp_path, monkeypatch, clock) as (hub, system):
        system.mood = "error"
        citizen = Talker(hub, ChannelKind.SMS)
        for _ in range(7):
            assert "暂时查不到" in await citizen.say(f"{REFERENCE} {CODE}")
        system.mood = "well"
        clock.advance(seconds=61)
        assert "办理中" in await citizen.say(f"{REFERENCE} {CODE}")
