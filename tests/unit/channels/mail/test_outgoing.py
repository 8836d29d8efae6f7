"""Mail out, against a real SMTP server on loopback."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from channels.address import Address, AddressKind
from channels.contract import OutboundFile, OutboundMessage
from channels.errors import Ambiguous, Misconfigured, Permanent, SendError, Temporary
from channels.mail.identity import name_in
from channels.mail.outgoing import MailSender, MailSenderSettings
from channels.mail.sink import Fault, MailSink
from channels.signed_id import BOUNCE, UNSUBSCRIBE, SignedIds
from channels.signed_id import MESSAGE as MESSAGE_ID
from hub.runtime.clock import FakeClock
from tests.ports import silent_port
from tests.unit.channels.outbox.outbox_world import NOON

ID = "01k5q9w0000000000000000000"
MESSAGE = OutboundMessage(
    delivery_id=ID,
    attempt=1,
    channel="mail",
    recipient=Address(AddressKind.EMAIL, "zhang@example.org"),
    text="您好：\n您的来信已受理。\n.\n福建公安",
    subject="Re: 身份证丢失",
    reply_to="<q1@example.org>",
    references=("<q0@example.org>", "<q1@example.org>"),
)


@pytest.fixture
async def sink() -> AsyncIterator[MailSink]:
    async with MailSink() as running:
        yield running


def settings_of(sink: MailSink) -> MailSenderSettings:
    return MailSenderSettings(
        channel="mail",
        host="127.0.0.1",
        port=sink.port,
        address="desk@police.example",
        name="福建公安\r\nBcc: spy@example.org",
        security="none",
        reply_to="answers@police.example",
        timeout_seconds=5,
        final_timeout_seconds=5,
    )


@pytest.fixture
async def sender(sink: MailSink) -> AsyncIterator[MailSender]:
    made = MailSender(settings_of(sink), FakeClock(NOON))
    yield made
    await made.close()


async def test_a_mail_arrives_with_proper_headers(sender: MailSender, sink: MailSink) -> None:
    accepted = await sender.send(MESSAGE)
    kept = sink.received[0]
    mail = kept.mail
    assert (kept.sender, kept.recipients) == ("desk@police.example", ("zhang@example.org",))
    assert accepted.provider_id == mail["Message-ID"] == f"<{ID}@police.example>"
    assert name_in(mail["Message-ID"], "police.example") == ID
    assert mail["In-Reply-To"] == "<q1@example.org>"
    assert mail["References"] == "<q0@example.org> <q1@example.org>"
    assert mail["Subject"] == "Re: 身份证丢失"
    assert mail["Reply-To"] == "answers@police.example"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"].datetime.timestamp() * 1000 == NOON
    assert mail.get_content().replace("\r\n", "\n").rstrip() == MESSAGE.text


async def test_a_name_cannot_bring_a_header_of_its_own(sender: MailSender, sink: MailSink) -> None:
    await sender.send(replace(MESSAGE, subject="x\r\nBcc: spy@example.org"))
    mail = sink.received[0].mail
    assert mail["Bcc"] is None
    assert mail["Subject"] == "x Bcc: spy@example.org"


async def test_files_go_with_a_mail_or_it_does_not_go(sender: MailSender, sink: MailSink) -> None:
    kept = {"one": b"%PDF-1.7"}

    async def fetch(id: str) -> bytes | None:
        return kept.get(id)

    file = OutboundFile("one", "告知书\r\nBcc: spy@example.org.pdf", "application/pdf")
    carrying = MailSender(settings_of(sink), FakeClock(NOON), fetch)
    try:
        await carrying.send(replace(MESSAGE, files=(file,)))
        [part] = sink.received[0].mail.iter_attachments()
        assert (part.get_content(), part.get_content_type()) == (kept["one"], "application/pdf")
        assert part.get_filename() == "告知书 Bcc: spy@example.org.pdf"
        for mute in (carrying, sender):  # the file is gone; nobody gives it files
            with pytest.raises(Permanent):
                await mute.send(replace(MESSAGE, files=(replace(file, id="lost"),)))
        assert len(sink.received) == 1
    finally:
        await carrying.close()


async def test_every_attempt_has_the_same_message_id(sender: MailSender, sink: MailSink) -> None:
    first = await sender.send(MESSAGE)
    second = await sender.send(replace(MESSAGE, attempt=2))
    assert first.provider_id == second.provider_id


async def test_one_connection_serves_many_mails(sender: MailSender, sink: MailSink) -> None:
    for number in range(5):
        await sender.send(replace(MESSAGE, delivery_id=f"{ID[:-1]}{number}"))
    assert (len(sink.received), sink.connections) == (5, 1)


@pytest.mark.parametrize(
    ("fault", "expected", "code"),
    [
        (Fault.BUSY, Temporary, "421"),
        (Fault.SENDER_REFUSED, Misconfigured, "550"),
        (Fault.UNKNOWN_USER, Permanent, "550"),
        (Fault.POLICY, Permanent, "550"),
        (Fault.MAILBOX_BUSY, Temporary, "450"),
        (Fault.LATER, Temporary, "451"),
        (Fault.CONTENT_REFUSED, Permanent, "554"),
        (Fault.DROP_AFTER_DATA, Ambiguous, "after_data"),
        (Fault.DROP_AT_MAIL, Temporary, "connection"),
    ],
)
async def test_what_goes_wrong_is_sorted_by_its_phase_and_the_next_mail_leaves(
    sender: MailSender, sink: MailSink, fault: Fault, expected: type[SendError], code: str
) -> None:
    sink.faults.append(fault)
    with pytest.raises(expected) as caught:
        await sender.send(MESSAGE)
    assert caught.value.code == code
    assert "zhang" not in str(caught.value)
    await sender.send(MESSAGE)
    assert len(sink.received) == (2 if fault is Fault.DROP_AFTER_DATA else 1)


@pytest.mark.parametrize(("fault", "dead"), [(Fault.UNKNOWN_USER, True), (Fault.POLICY, False)])
async def test_only_a_mailbox_that_does_not_exist_is_a_dead_address(
    sender: MailSender, sink: MailSink, fault: Fault, dead: bool
) -> None:
    sink.faults.append(fault)
    with pytest.raises(Permanent) as caught:
        await sender.send(MESSAGE)
    assert caught.value.invalid_address is dead


async def test_a_connection_that_died_while_idle_costs_nothing(sender: MailSender, sink: MailSink) -> None:
    await sender.send(MESSAGE)
    sink.faults.append(Fault.DROP_AT_MAIL)
    await sender.send(replace(MESSAGE, attempt=2))
    assert (len(sink.received), sink.connections) == (2, 2)


async def test_a_relay_that_is_not_there_is_tried_again_later() -> None:
    with silent_port() as port:
        settings = MailSenderSettings("mail", "127.0.0.1", port, "desk@police.example", security="none")
        with pytest.raises(Temporary) as caught:
            await MailSender(settings, FakeClock()).send(MESSAGE)
    assert caught.value.code == "connect"


@pytest.mark.parametrize("change", [{"security": "starttls"}, {"user": "u", "password": "p"}])
async def test_a_relay_that_cannot_do_what_is_asked_is_our_fault(
    sink: MailSink, change: dict[str, str]
) -> None:
    settings = MailSenderSettings(
        channel="mail", host="127.0.0.1", port=sink.port, address="desk@police.example", security="none"
    )
    with pytest.raises(Misconfigured):
        await MailSender(replace(settings, **change), FakeClock()).send(MESSAGE)  # type: ignore[arg-type]


async def test_a_mail_without_a_real_id_is_answered_without_a_thread(
    sender: MailSender, sink: MailSink
) -> None:
    await sender.send(replace(MESSAGE, reply_to="sha256:00", references=("sha256:00",)))
    assert sink.received[0].mail["In-Reply-To"] is None


KEYS = SignedIds(b"k" * 32)
LONG_URL = "https://contact-hub.public-security.a-long-province-name.example.gov.cn"


@pytest.fixture
async def bulk_sender(sink: MailSink) -> AsyncIterator[MailSender]:
    made = MailSender(replace(settings_of(sink), public_url=LONG_URL), FakeClock(NOON), signed_ids=KEYS)
    yield made
    await made.close()


async def test_bulk_mail_says_how_to_refuse_it(bulk_sender: MailSender, sink: MailSink) -> None:
    await bulk_sender.send(replace(MESSAGE, bulk=True))
    [kept] = sink.received
    signed = KEYS.sign(UNSUBSCRIBE, ID)
    page, address = kept.mail["List-Unsubscribe"].split(", ")
    assert page == f"<{LONG_URL}/unsubscribe/{signed}>"
    assert address == f"<mailto:unsubscribe+{signed}@police.example>"
    assert (
        b"=?utf-8?" not in kept.raw.partition(b"List-Unsubscribe:")[2].partition(b"List-Unsubscribe-Post")[0]
    )
    assert kept.mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert f"{LONG_URL}/unsubscribe/{signed}" in kept.mail.get_content()
    assert b"zhang" not in kept.raw.partition(b"List-Unsubscribe:")[2]


async def test_bulk_mail_comes_back_to_an_address_of_its_own(bulk_sender: MailSender, sink: MailSink) -> None:
    await bulk_sender.send(replace(MESSAGE, bulk=True))
    await bulk_sender.send(MESSAGE)
    bulk, answer = sink.received
    assert KEYS.delivery_at(BOUNCE, bulk.sender) == ID
    assert sink.connections == 1  # the connection serves both return paths
    assert answer.sender == "desk@police.example"
    assert answer.mail["List-Unsubscribe"] is None
    assert "unsubscribe" not in answer.mail.get_content()


async def test_one_click_is_promised_over_https_only(sink: MailSink) -> None:
    plain = replace(settings_of(sink), public_url="http://127.0.0.1:8080")
    mail = MailSender(plain, FakeClock(NOON), signed_ids=KEYS).compose(replace(MESSAGE, bulk=True))
    assert mail["List-Unsubscribe-Post"] is None
    assert "mailto:" in mail["List-Unsubscribe"]


async def test_our_message_id_is_signed_where_there_are_keys_and_the_same_each_time(sink: MailSink) -> None:
    keys = SignedIds(b"k" * 32)
    sender = MailSender(settings_of(sink), FakeClock(NOON), signed_ids=keys)
    first, again = (sender.compose(MESSAGE)["Message-ID"] for _ in range(2))
    assert first == again == f"<{keys.sign(MESSAGE_ID, ID)}@police.example>"
    assert keys.delivery_of(MESSAGE_ID, name_in(first, "police.example") or "") == ID
