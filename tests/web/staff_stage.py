"""The real server with a simulated carrier behind it, and a small office at work in it."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import tomllib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from aiohttp import web

from campaigns.segment import EVERYBODY
from channels.address import Address, AddressKind, email
from channels.contract import Attachment, ChannelKind, InboundMessage
from channels.loopback.simulator import CarrierAccount, CarrierSimulator
from channels.outbox.delivery import Delivery, DeliveryState, MessageClass, Origin
from hub.actions.intake.read_letters import UNREADABLE
from hub.actions.intake.search_letter import Found
from hub.actions.staff.passwords import Passwords
from hub.app import open_hub
from hub.hub import Hub
from hub.model.agent import Agent, Role
from hub.model.cases.alarm import flagged
from hub.model.feedback import Verdict
from hub.model.letter import Letter, LetterState
from hub.model.people.contact import Contact
from hub.model.petition import Petition, PetitionKind
from hub.model.question import Question
from hub.model.units.unit import Unit
from hub.repositories.staff.held_forms import HeldFormRepository
from hub.runtime.clock import SystemClock, day_of
from hub.settings.read import build, shipped_text
from hub.store.documents import Duplicate, Write
from hub.web.guard.staff import Staff
from hub.web.site import build_site
from tests.first_start import started_before
from tests.ports import free_port

PASSWORD = "三坊七巷的榕树下"
HOUR = 3_600_000


@dataclass(frozen=True)
class Stage:
    """Where the server listens, what runs behind it, and who works there (role → login = role)."""

    url: str
    hub: Hub
    staff: Staff
    carrier: CarrierSimulator
    agents: dict[Role, Agent]


@asynccontextmanager
async def office(
    folder: Path,
    *,
    alarms: Mapping[str, Any] | None = None,
    carrier_data: Mapping[str, Any] | None = None,
    undo_seconds: int = 0,
) -> AsyncIterator[Stage]:
    """Starts carrier, hub and jobs; ends them all. alarms, carrier_data: settings of these tables.
    undo_seconds: 0, a reply leaves at once."""
    clock = SystemClock()
    account = CarrierAccount("AC" + "0" * 32, "a token of the simulated carrier")
    async with CarrierSimulator(account, clock) as carrier:
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        data = tomllib.loads(shipped_text())
        data["organisation"] |= {"name": "榕城公安公众服务中心", "signature": "榕城公安"}
        data["web"] |= {"port": port, "public_url": url}
        data["regions"] = [
            {"code": "350100", "name": "福州", "area_code": "591"},
            {"code": "350200", "name": "厦门", "area_code": "592"},
        ]
        data["store"]["path"] = str(folder / "hub.db")
        data["keys"]["file"] = str(folder / "keys.json")
        data["files"]["path"] = str(folder / "files")
        data["cases"]["undo_seconds"] = undo_seconds
        data["sending_hours"]["warning"] = "00:00-24:00"  # tests run at night too
        data["channels"]["sms-12110"] = data["channels"].pop("sms-twilio") | {
            "enabled": True,
            "account_sid": account.account_sid,
            "auth_tokens": [f"file:{_secret(folder, account.auth_token)}"],
            "api_base": carrier.url,
        }
        data["alarms"] |= alarms or {}
        data["carrier_data"] |= carrier_data or {}
        hub = await open_hub(await started_before(build(data)), clock)
        passwords = Passwords(time_cost=1, memory_kib=64)
        stores = hub.repositories
        staff = Staff.build(
            clock=clock,
            agents=stores.agents,
            units=stores.units,
            logins=stores.sessions,
            setup=stores.setup,
            devices=stores.known_devices,
            held=HeldFormRepository(hub.documents, hub.vault),
            passwords=passwords,
            mark=hub.vault.log_mark,
        )
        runner = web.AppRunner(build_site(hub, staff), access_log=None, shutdown_timeout=2)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        jobs = asyncio.create_task(hub.run_jobs(), name="jobs")
        try:
            yield Stage(url, hub, staff, carrier, await _people(hub, passwords))
        finally:
            jobs.cancel()
            await asyncio.wait([jobs])
            await runner.cleanup()
            passwords.close()
            await hub.close()


async def text(hub: Hub, sender: str, words: str, *, ago: int = 0, id: str = "") -> str:
    """A citizen's text message; the id of the case it became, "" when it was answered at once."""
    at = hub.clock.now_ms() - ago
    outcome = await hub.actions.accept_event(
        InboundMessage(
            channel="sms-12110",
            kind=ChannelKind.SMS,
            provider_id=id or f"SM{sender}{at}{len(words)}",
            sender=Address(AddressKind.PHONE, sender),
            recipient="12110",
            text=words,
            received_at=at,
        )
    )
    return outcome.case_id


async def unsure(hub: Hub, id: str, to: str, **more: Any) -> Delivery:
    """A delivery to `to` whose answer was lost on its way."""
    now = hub.clock.now_ms()
    delivery = Delivery(
        id=id,
        origin=Origin.REPLY,
        origin_id=id,
        sender="sms-12110",
        recipient=Address(AddressKind.PHONE, to),
        recipient_key=hub.repositories.contacts.key(Address(AddressKind.PHONE, to)),
        message_class=MessageClass.E1,
        dedup=id,
        created_at=now,
        expires_at=now + HOUR,
        text="答复内容",
        state=DeliveryState.AMBIGUOUS,
        attempt=1,
        receipt_at=now,
    )
    delivery = replace(delivery, **more)
    await hub.documents.commit([hub.repositories.outbox.insert(delivery)])
    return delivery


async def screened(stage: Stage, sender: str) -> str:
    """A case that its handler put into 待甄别, with a possible danger in it."""
    hub, handler = stage.hub, stage.agents[Role.HANDLER]
    case_id = await text(hub, sender, "请找人工。民警来了两次都说没办法，隔壁又在砸墙，我很怕")
    found = await hub.repositories.cases.get(case_id)
    assert found is not None
    case, entry = flagged(found.value, at=hub.clock.now_ms())
    cases = hub.repositories.cases
    await hub.documents.commit([cases.update(case, found.version), cases.insert_entry(entry)])
    await hub.actions.suspect_case(handler, case_id, version=found.version + 1)
    return case_id


async def day_at_work(stage: Stage) -> dict[str, str]:
    """Cases of every kind, as a morning brings them; name → case id."""
    hub, agents = stage.hub, stage.agents
    handler = agents[Role.HANDLER]
    cases = {
        "noise": await text(
            hub, "+8613800138000", "请找人工。楼下烧烤摊每天吵到凌晨两点，反映三次没人管", ago=27 * HOUR
        ),
        "lost": await text(
            hub, "+8613900139001", "人工。我在地铁站丢了一个黑色背包，里面有证件，怎样登记", ago=3 * HOUR
        ),
        "danger": await text(
            hub, "+8613700137002", "救命，有人拿刀在楼道里追人，晋安区福新路", ago=4 * 60_000
        ),
        "wage": await text(
            hub, "+8613600136003", "人工客服，工地欠薪，老板要打人，我该找谁反映", ago=50 * 60_000
        ),
    }
    filed = await hub.actions.file_petition(
        Petition(
            submission_id="stage-1",
            kind=PetitionKind.COMPLAINT,
            title="派出所办理居住证超过期限没有答复",
            body="我于十月二十日在派出所提交居住证材料，至今没有答复，电话无人接听。希望告知进度。",
            place="鼓楼区东街口派出所",
            occurred_on="2026-10-20",
            region="350100",
            name="郑明",
            phone="+8613500135004",
        )
    )
    cases["permit"] = filed.case_id
    report = await hub.actions.file_petition(
        Petition(
            submission_id="stage-2",
            kind=PetitionKind.REPORT,
            title="反映民警收受礼品",
            body="某民警在办案期间收受当事人礼品。",
            anonymous=True,
        )
    )
    cases["report"] = report.case_id
    view = await hub.actions.read_cases.open(handler, cases["noise"])
    await hub.actions.assign_case(handler, cases["noise"], handler.id, version=view.version)
    view = await hub.actions.read_cases.open(handler, cases["noise"])
    await hub.actions.note_case(
        handler, cases["noise"], "已电话联系辖区派出所，今晚安排巡查。", version=view.version
    )
    return cases


async def learnt(hub: Hub) -> None:
    """What the use of the knowledge base left behind: counters, reasons, questions nobody answered."""
    now, stores = hub.clock.now_ms(), hub.repositories
    texts = (
        "无人机备案怎么办",
        "飞无人机要去哪里备案",
        "无人机备案需要什么材料",
        "养狗要办证吗",
        "路灯谁来修",
    )
    counts = {"answered": 9, "offered": 3, "chosen": 2, "handed_over": 2, "helpful": 4}
    writes: list[Write] = [
        stores.knowledge.answer_counts.add("id-card-lost", day_of(now - ago * 24 * HOUR), counts)
        for ago in (0, 7, 20)
    ]
    writes += [
        stores.knowledge.questions.insert(
            Question(f"q{number}", now - number * 30 * HOUR, f"c{number}", "web-chat", now * 2, text=text)
        )
        for number, text in enumerate(texts)
    ]
    await hub.documents.commit([*writes, stores.knowledge.questions.changed()])
    await hub.actions.rate_entry("visitor", "id-card-lost", Verdict.UNHELPFUL, "没有写带什么材料")


async def groups(hub: Hub, *, people: int = 40) -> None:
    """Two groups of contacts; five of the first have refused."""
    now = hub.clock.now_ms()
    writes = []
    for number in range(people):
        contact = Contact(
            id=f"c{number:04}",
            created_at=now - HOUR,
            region="350100" if number % 3 else "350200",
            name=f"陈{'一二三四五六七八九十'[number % 10]}",
        )
        address = Address(AddressKind.PHONE, f"+86139{number:08}")
        for group in ("社区网格", EVERYBODY):
            writes.append(hub.repositories.memberships.join(contact, address, group, at=now - HOUR))
        if number % 2:
            writes.append(hub.repositories.memberships.join(contact, address, "重点行业", at=now - HOUR))
    await hub.documents.commit(writes)


def _secret(folder: Path, token: str) -> Path:
    path = folder / "token"
    path.write_text(token)
    return path


async def _people(hub: Hub, passwords: Passwords) -> dict[Role, Agent]:
    await hub.repositories.units.insert(Unit("u1", "榕城公安局", "u1", region="350100"))
    kept = await passwords.hash(PASSWORD)
    names = dict(
        zip(
            Role,
            (
                "林岩",
                "陈敏",
                "黄卫国",
                "吴晓",
                "许蓉",
                "郑洁",
                "周岚",
                "何静",
                "系统管理员",
                "赵宁",
                "沈言",
                "钟明",
            ),
            strict=True,
        )
    )
    agents = {}
    for place, role in enumerate(Role):
        agent = Agent(
            id=f"agent-{role}",
            login=str(role),
            unit_id="u1",
            roles=(role,),
            created_at=hub.clock.now_ms() + place,
            password_hash=kept,
            name=names[role],
        )
        await hub.repositories.agents.insert(agent)
        agents[role] = agent
    return agents


async def unreadable_letter(hub: Hub) -> None:
    """One that was given up, with its case, on a channel that is on here. A second time changes nothing."""
    raw = b"From: zhang@example.org\r\n\r\n" + b"(" * 4096
    file = Attachment(f"{UNREADABLE}.eml", "message/rfc822", raw)
    digest, now = hashlib.sha256(raw).hexdigest(), hub.clock.now_ms() - HOUR
    event = InboundMessage(
        "sms-12110",
        ChannelKind.MAIL,
        f"sha256:{digest}",
        email("zhang@example.org"),
        "service@hub.test",
        "",
        now,
        subject=UNREADABLE,
        attachments=(file,),
    )
    outcome = await hub.actions.accept_event(event, searched=Found())
    letter = Letter(
        "l1",
        "mail",
        await hub.files.put(raw),
        "service@hub.test",
        now,
        now,
        state=LetterState.UNREADABLE,
        tries=2,
        message_id=outcome.event_id,
        why="time",
        digest=digest,
        size_bytes=len(raw),
        envelope_from="zhang@example.org",
    )
    with contextlib.suppress(Duplicate):
        await hub.documents.commit([hub.repositories.letters.insert(letter)])
