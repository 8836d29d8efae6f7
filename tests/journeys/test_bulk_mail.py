"""Law education by mail: refused with one click, by a mail, or by a mailbox that is no more."""

from __future__ import annotations

from collections.abc import AsyncIterator
from email import message_from_string
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import aiohttp
import aiosmtplib
import pytest

from campaigns.segment import Segment
from channels.address import email
from channels.mail.sink import SunkMail
from channels.outbox.delivery import DeliveryState
from channels.signed_id import BOUNCE, SignedIds
from hub.model.people.contact import Contact
from hub.store.documents import Write
from hub.web.health import Health
from tests.journeys.test_broadcast import DaytimeClock, lesson
from tests.journeys.test_mail import hand_over
from tests.releasing import start
from tests.unit.channels.mail.test_bounce import DSN
from tests.world import World, eventually, world

GROUP = "邮件订阅"
READERS = ("one@example.com", "two@example.com", "gone@example.com", "four@example.com")


@pytest.fixture
async def daytime(tmp_path: Path) -> AsyncIterator[World]:
    async with world(tmp_path, clock=DaytimeClock()) as running:
        yield running


async def join(hub: World) -> None:
    stores = hub.hub.repositories
    now = hub.hub.clock.now_ms() - 1000
    writes: list[Write] = []
    for place, address in enumerate(READERS):
        contact = Contact(id=f"reader-{place}", created_at=now, name=f"读者{place}")
        writes += [
            stores.contacts.insert(contact),
            stores.contacts.insert_address(contact.id, email(address), at=now),
            stores.memberships.join(contact, email(address), GROUP, at=now),
        ]
    await hub.hub.documents.commit(writes)


async def begin(hub: World, name: str) -> str:
    """The id of the run of a mail to all readers."""
    draft = lesson(
        name=name,
        template=f"{name}：公检法不会通过电话要求转账。",
        channel="mail",
        segment=Segment((GROUP,)),
        public=False,
        mail_subject=f"{name}：防诈月报",
        mail_text=f"{{name|您}}好，{name}的内容比短信长。\n请看 https://www.example.gov.cn/fz",
    )
    campaign = await hub.hub.actions.campaigns.create(draft, "officer")
    return (await start(hub.hub, campaign.id)).id


async def send_to_all(hub: World, name: str) -> dict[str, SunkMail]:
    """By recipient, once the broadcast has ended."""
    before = len(hub.mail.received)
    await begin(hub, name)

    async def arrived() -> bool:
        return len(hub.mail.received) - before == len(READERS)

    assert await eventually(arrived)
    return {mail.recipients[0]: mail for mail in list(hub.mail.received)[before:]}


async def who_would_get_the_next(hub: World, name: str) -> set[str]:
    """Of a mail to all readers; it does not leave today, because one lesson a day is enough."""
    run_id = await begin(hub, name)

    async def expanded() -> bool:
        run = await hub.hub.repositories.campaigns.broadcast(run_id)
        return run is not None and run.value.expanded

    assert await eventually(expanded)
    rows = (await hub.hub.repositories.outbox.of_origin(run_id)).deliveries
    return {row.value.recipient.value for row in rows}


def bounce(to: str, status: str) -> EmailMessage:
    raw = DSN.format(to=to, fields=f"Action: failed\nStatus: {status}")
    made = message_from_string(raw, policy=default)
    assert isinstance(made, EmailMessage)
    return made


async def test_who_refuses_or_is_gone_gets_no_more(daytime: World) -> None:
    hub = daytime
    await join(hub)
    first = await send_to_all(hub, "第一期")
    assert set(first) == set(READERS)
    mail = first[READERS[0]].mail
    plain, shown = (str(mail.get_body((kind,)).get_content()) for kind in ("plain", "html"))  # type: ignore[union-attr]
    assert mail["Subject"] == "第一期：防诈月报"
    assert plain.replace("\r\n", "\n").startswith("读者0好，第一期的内容比短信长。\n请看 https://")
    assert "<p>读者0好，第一期的内容比短信长。</p>" in shown
    assert '<a href="https://www.example.gov.cn/fz">' in shown

    # one click, as a mail provider does it: no cookie, no Origin; opening the page refuses nothing
    header = first[READERS[0]].mail["List-Unsubscribe"]
    path = "/unsubscribe/" + header.partition("/unsubscribe/")[2].partition(">")[0]
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as provider:
        async with provider.get(hub.url + path) as page:
            assert page.status == 200
            assert "确认退订" in await page.text()
        assert await rules(hub, READERS[0]) == set()
        for body in (b"", b"List-Unsubscribe=One-Click&x=1", b"List-Unsubscribe=no"):
            form = {"Content-Type": "application/x-www-form-urlencoded"}
            async with provider.post(hub.url + path, data=body, headers=form) as refused:
                assert refused.status == 400
        async with provider.post(hub.url + path[:-1] + "7", data={"List-Unsubscribe": "One-Click"}) as forged:
            assert forged.status == 404
        assert await rules(hub, READERS[0]) == set()
        multipart = aiohttp.FormData({"List-Unsubscribe": "One-Click"}, default_to_multipart=True)
        for one_click in ({"List-Unsubscribe": "One-Click"}, multipart):
            async with provider.post(hub.url + path, data=one_click) as done:
                assert done.status == 200
                assert "Set-Cookie" not in done.headers
        assert await rules(hub, READERS[0]) == {("education", "asked")}
        async with provider.post(hub.url + path + "/again") as back:  # pressed by mistake
            assert back.status == 200
        assert await rules(hub, READERS[0]) == set()
        async with provider.post(hub.url + path, data={"List-Unsubscribe": "One-Click"}) as done:
            assert done.status == 200
    assert await rules(hub, READERS[0]) == {("education", "asked")}

    # by mail: what else it says reaches the desk
    address = first[READERS[1]].mail["List-Unsubscribe"].partition("mailto:")[2].rstrip(">")
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Message-ID"] = READERS[1], address, "<u1@example.com>"
    letter.set_content("退订\n\n发自我的手机")
    await hand_over(hub, letter, to=address, sender=READERS[1])
    assert await rules(hub, READERS[1]) == {("education", "asked")}
    assert await hub.hub.documents.count("conversations", {}) == {"": 0}

    # a mailbox that is gone: its report comes to the return path of that mail, twice
    return_path = first[READERS[2]].sender
    for _ in range(2):
        await hand_over(hub, bounce(return_path, "5.1.1"), to=return_path, sender="")
    assert await rules(hub, READERS[2]) == {("invalid", "bounced")}
    assert await state_of(hub, first[READERS[2]]) is DeliveryState.UNDELIVERED
    assert await hub.hub.documents.count("conversations", {}) == {"": 0}

    # a forged report about somebody who reads us
    delivery = delivery_of(first[READERS[3]])
    forged_path = SignedIds(b"x" * 32).address(BOUNCE, delivery, "hub.test")
    with pytest.raises(aiosmtplib.SMTPRecipientsRefused):
        await hand_over(hub, bounce(forged_path, "5.1.1"), to=forged_path, sender="")
    assert await rules(hub, READERS[3]) == set()
    [line] = [one for one in await Health(hub.hub).lines() if one.name == "bounces"]
    assert line.detail == "24 小时内退信 1 封；启动以来拒收伪造的退信、退订 1 次"

    assert await who_would_get_the_next(hub, "第二期") == {READERS[3]}


async def rules(hub: World, address: str) -> set[tuple[str, str]]:
    stores = hub.hub.repositories
    found = await stores.suppressions.of_address(stores.contacts.key(email(address)))
    return {(rule.value.subject, rule.value.reason) for rule in found}


def delivery_of(mail: SunkMail) -> str:
    return mail.sender.partition("+")[2].partition("-")[0]


async def state_of(hub: World, mail: SunkMail) -> DeliveryState:
    found = await hub.hub.repositories.outbox.get(delivery_of(mail))
    assert found is not None
    return found.value.state
