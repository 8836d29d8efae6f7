"""A department's own system hands over texts: signed, once, within its rights; it is told what became."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest

from channels.outbox.delivery import MessageClass
from hub.actions.departments.change_keys import KeyWanted
from hub.model.departments.registered import RegisteredDepartment
from hub.store.documents import StoreUnavailable, Write
from tests.department_system import DepartmentSystem, department_system
from tests.world import World, eventually, world

SUBMIT = "/api/v1/sms/submit"
TEXT = {"text": "您的验证码是 482913，五分钟内有效。", "class": "E1"}


@pytest.fixture(scope="module")
async def hub(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    async with world(tmp_path_factory.mktemp("hub")) as running:
        records = running.hub.repositories.departments
        for id, name in (("traffic", "交警支队"), ("fire", "消防支队")):
            department = RegisteredDepartment(id, name, 1, "admin", signatures=(name,))
            await running.hub.documents.commit([records.registry.insert(department)])
        await running.hub.departments.in_force.look()
        yield running


async def keyed(
    hub: World, system: DepartmentSystem, department: str = "traffic", *, sandbox: bool = False
) -> None:
    wanted = KeyWanted("业务系统", classes=(MessageClass.E1, MessageClass.N), sandbox=sandbox)
    issued = await hub.hub.departments.change_keys.issue(department, wanted, by="admin")
    system.token, system.secret = issued.token, issued.key.secret


@pytest.fixture
async def system(hub: World) -> AsyncIterator[DepartmentSystem]:
    async with department_system(hub.url) as played:
        await keyed(hub, played)
        yield played


async def test_a_text_handed_over_arrives_and_its_receipt_is_told(
    hub: World, system: DepartmentSystem
) -> None:
    wanted = {"client_ref": "otp-1", "to": ["13800138000", "12"], **TEXT, "callback": system.callback_url}
    status, answer, _ = await system.post(SUBMIT, wanted)
    assert status == 202
    assert [one["problem"] for one in answer["results"]] == ["", "invalid_number"]
    assert (answer["class"], answer["accepted"], answer["rejected"]) == ("E1", 1, 1)
    [document] = await eventually(lambda: _of(system.told))
    [receipt] = document["receipts"]
    assert (receipt["message_id"], receipt["state"]) == (answer["results"][0]["message_id"], "delivered")
    assert (document["client_ref"], system.forged) == ("otp-1", 0)
    again = await system.post(SUBMIT, wanted)
    assert (again[0], again[1]) == (202, answer)
    assert again[2]["X-Hub-Repeated"] == "true"
    status, standing, _ = await system.call("GET", f"/api/v1/sms/submissions/{answer['submission_id']}")
    assert standing["states"] == {"delivered": 1, "rejected": 1}
    status, found, _ = await system.call("GET", "/api/v1/sms/submissions?client_ref=otp-1")
    assert found == standing


async def _of(told: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return told


async def test_other_content_under_one_reference_is_a_conflict_said_in_the_readers_language(
    system: DepartmentSystem,
) -> None:
    await system.post(SUBMIT, {"client_ref": "a", "to": ["13800138000"], **TEXT})
    other = {"client_ref": "a", "to": ["13800138001"], **TEXT}
    status, problem, headers = await system.post(SUBMIT, other, Accept_Language="zh")
    assert (status, problem["code"], problem["title"]) == (409, "other_body", "同一 client_ref 的内容不同")
    assert headers["Content-Type"].startswith("application/problem+json")
    status, problem, headers = await system.post(SUBMIT, other, Accept_Language="en")
    assert "client_ref" in problem["title"]
    assert problem["title"].isascii()
    assert headers["Content-Language"] == "en"


async def test_every_wrong_field_is_named_at_once(system: DepartmentSystem) -> None:
    wrong = {"client_ref": "带汉字", "to": [], "clas": "E1", "not_before": "2026-12-01T09:00:00"}
    status, problem, _ = await system.post(SUBMIT, wrong, Accept_Language="en")
    assert (status, problem["status"], problem["code"]) == (422, 422, "invalid")
    assert problem["type"] == "urn:hub:problem:invalid"
    assert {one["field"] for one in problem["errors"]} == {"client_ref", "to", "clas", "not_before"}
    assert all(one["message"].isascii() for one in problem["errors"])


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b'"x"', b'{"text": "\\ud800"}', b"\xff\xfe", b"1" * 9]
)
async def test_what_is_no_request_is_a_problem_and_never_a_crash(
    system: DepartmentSystem, body: bytes
) -> None:
    status, problem, _ = await system.call("POST", SUBMIT, body)
    assert (status, problem["code"]) == (422, "invalid")


async def test_too_much_at_once_is_refused(system: DepartmentSystem) -> None:
    many = {"client_ref": "many", "to": [f"138{n:08}" for n in range(1001)], **TEXT}
    status, problem, _ = await system.post(SUBMIT, many)
    assert (status, problem["errors"][0]["field"]) == (422, "to")
    status, problem, _ = await system.call("POST", SUBMIT, b"x" * 300_000)
    assert (status, problem["code"]) == (413, "too_large")


async def test_wrong_signatures_old_nonces_and_wrong_places_are_told_apart(system: DepartmentSystem) -> None:
    status, problem, headers = await system.call("GET", "/api/v1/quota", X_Hub_Signature="v1=00")
    assert (status, problem["code"]) == (401, "wrong_signature")
    assert headers["WWW-Authenticate"] == "X-Hub-Signature"
    nonce = "0123456789abcdef0123"
    assert (await system.call("GET", "/api/v1/quota", nonce=nonce))[0] == 200
    assert (await system.call("GET", "/api/v1/quota", nonce=nonce))[1]["code"] == "nonce_used"
    assert (await system.call("GET", "/api/v1/quota?x=1"))[1]["errors"][0]["field"] == "x"
    status, problem, _ = await system.call("POST", SUBMIT, b"{}", Content_Type="text/plain")
    assert (status, problem["code"]) == (415, "not_json")
    assert (await system.call("GET", "/api/v1/sms/submissions/0" * 3))[0] == 404


async def test_another_department_sees_nothing(hub: World, system: DepartmentSystem) -> None:
    _, answer, _ = await system.post(SUBMIT, {"client_ref": "mine", "to": ["13800138000"], **TEXT})
    await keyed(hub, system, "fire")
    status, problem, _ = await system.call("GET", f"/api/v1/sms/submissions/{answer['submission_id']}")
    assert (status, problem["code"]) == (404, "not_found")
    status, _, _ = await system.call("GET", "/api/v1/sms/submissions?client_ref=mine")
    assert status == 404


async def test_the_sandbox_takes_and_sends_nothing(hub: World, system: DepartmentSystem) -> None:
    await keyed(hub, system, sandbox=True)
    status, answer, _ = await system.post(SUBMIT, {"client_ref": "s", "to": ["13900000000"], **TEXT})
    assert (status, answer["sandbox"]) == (202, True)
    ids = [one["message_id"] for one in answer["results"]]
    assert await hub.hub.repositories.outbox.states(ids) == {}


async def test_a_notice_is_written_by_the_hub(hub: World, system: DepartmentSystem) -> None:
    notice: dict[str, Any] = {
        "client_ref": "n1",
        "to": "13800138000",
        "kind": "one_time_notice",
        "matter": "居住证申领",
    }
    status, problem, _ = await system.post("/api/v1/notices/submit", notice)
    assert (status, problem["errors"][0]["field"]) == (422, "materials")
    notice |= {"materials": ["租赁合同", "近期照片"], "until": "2026-12-31"}
    status, answer, _ = await system.post("/api/v1/notices/submit", notice)
    assert (status, answer["class"]) == (202, "N")
    rows = await hub.hub.repositories.outbox.reread([answer["results"][0]["message_id"]])
    [text] = [row.delivery.text for row in rows.values()]
    assert text == (
        "【交警支队】您办理“居住证申领”，现一次性告知还需以下材料："
        "1.租赁合同；2.近期照片。请于2026年12月31日前补齐。"
    )


async def test_many_at_once_with_one_reference_are_one(hub: World, system: DepartmentSystem) -> None:
    wanted = {"client_ref": "race", "to": ["13800138009"], **TEXT}
    got = await asyncio.gather(*(system.post(SUBMIT, wanted) for _ in range(8)))
    assert [status for status, _, _ in got] == [202] * 8
    assert len({str(answer) for _, answer, _ in got}) == 1
    assert sum("X-Hub-Repeated" not in headers for _, _, headers in got) == 1


async def test_nothing_secret_stands_in_the_log(
    system: DepartmentSystem, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await system.post(SUBMIT, {"client_ref": "quiet-ref", "to": ["13812345678"], **TEXT})
    await system.call("GET", "/api/v1/quota", X_Hub_Signature="v1=00")
    logged = "\n".join(f"{record.getMessage()} {record.__dict__}" for record in caplog.records)
    assert "api.submitted" in logged
    assert "api.refused" in logged
    for canary in ("13812345678", "482913", "quiet-ref", system.token, system.secret):
        assert canary not in logged


@pytest.mark.parametrize("gone_at", ["department_nonces", "submissions", "department_shadows"])
async def test_while_the_store_is_away_nothing_is_answered_as_taken_and_it_is_said_when_to_come_again(
    hub: World, system: DepartmentSystem, monkeypatch: pytest.MonkeyPatch, gone_at: str
) -> None:
    commit = hub.hub.documents.commit

    async def away(writes: list[Write]) -> None:
        if any(write.collection == gone_at for write in writes):
            raise StoreUnavailable("gone")
        await commit(writes)

    shadow = gone_at == "department_shadows"
    wanted = {"client_ref": f"away-{gone_at}", "to": ["13800138000"], **TEXT, "shadow": shadow}
    monkeypatch.setattr(hub.hub.documents, "commit", away)
    status, problem, headers = await system.post(SUBMIT, wanted)
    assert (status, problem["code"]) == (503, "unavailable")
    assert int(headers["Retry-After"]) >= 1
    monkeypatch.setattr(hub.hub.documents, "commit", commit)
    status, _, headers = await system.post(SUBMIT, wanted)
    assert (status, "X-Hub-Repeated" in headers) == (200 if shadow else 202, False)


async def test_the_description_is_served(hub: World) -> None:
    async with hub.http.get(f"{hub.url}/api/v1/openapi.json") as answer:
        document = await answer.json()
    assert document["openapi"] == "3.1.0"
    assert SUBMIT in document["paths"]


@pytest.mark.parametrize(
    "head",
    [
        b"GET /api/v1/sms/submissions/\xff\xfe HTTP/1.1\r\nX-Hub-Key: KEY\r\nX-Hub-Signature: v1=0",
        b"GET /api/v1/quota HTTP/1.1\r\nX-Hub-Key: \xff\xfe\r\nX-Hub-Signature: v1=0",
        b"GET /api/v1/quota HTTP/1.1\r\nX-Hub-Key: KEY\r\nX-Hub-Signature: \xe4\xff",
    ],
)
async def test_bytes_that_are_no_text_are_refused_and_no_crash(
    hub: World, system: DepartmentSystem, head: bytes
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", int(hub.url.rpartition(":")[2]))
    rest = (
        b"\r\nX-Hub-Timestamp: 1\r\nX-Hub-Nonce: 0123456789abcdef\r\nHost: hub\r\nConnection: close\r\n\r\n"
    )
    writer.write(head.replace(b"KEY", system.token.encode()) + rest)
    answer = await reader.read()
    writer.close()
    assert answer.split()[1] in (b"400", b"401", b"404")


async def test_a_place_of_bytes_is_no_place_for_who_may_ask(hub: World, system: DepartmentSystem) -> None:
    for id in ("%FF%FE", "%00", "%ED%A0%80", "..%2F..", "x" * 4000):
        assert (await system.call("GET", f"/api/v1/sms/submissions/{id}"))[0] in (401, 404)
