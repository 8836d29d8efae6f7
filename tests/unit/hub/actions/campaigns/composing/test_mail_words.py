"""A mail may say more than the text message of the same campaign."""

from __future__ import annotations

import pytest

from campaigns.finding import Level
from campaigns.segment import Segment
from channels.address import email
from hub.actions.campaigns.draft_campaign import Draft
from hub.model.campaigns.text_template import TemplateText
from hub.model.people.contact import Contact
from hub.runtime.errors import Invalid
from hub.web.pages.campaigns.composing.written import draft_from, form_from, form_of
from tests.unit.hub.actions.campaigns.composing.writing_room import (
    NOON,
    WritingRoom,
    draft,
    writer,
    writing_room,
)

LONG = "{name|您}好：\n" + "遇到要您转账的电话，请先挂断。" * 50
SHORT = "请不要给不认识的人转钱。"


@pytest.fixture
async def room() -> WritingRoom:
    """With one reader who has a mailbox."""
    made, contact = writing_room(), Contact("r1", NOON, name="李四")
    member = made.stores.memberships.join(contact, email("li@example.com"), "社区", at=NOON)
    await made.documents.commit([member])
    return made


def by_mail(**changes: object) -> Draft:
    mail: dict[str, object] = {"channel": "mail", "title": "提醒", "mail_subject": "防诈月报"}
    return draft(**{**mail, "mail_text": LONG, **changes})


async def test_a_mail_leaves_with_its_own_words_and_a_text_message_with_the_short_ones(
    room: WritingRoom,
) -> None:
    made = await room.write.create(writer(), by_mail())
    sheet = await room.desk.preview(by_mail())
    assert (sheet.title, sheet.samples[0].text) == ("防诈月报", LONG.replace("{name|您}", "李四"))
    assert made.mail_text == LONG
    await room.people("甲")
    texts = await room.desk.preview(by_mail(channel="sms-12110"))
    assert SHORT in texts.samples[0].text
    assert "挂断" not in texts.samples[0].text


async def test_a_trial_by_mail_says_what_the_mail_will_say(room: WritingRoom) -> None:
    made = await room.write.create(writer(), by_mail())
    await room.trials.register(writer(), "李", "li@example.com")
    (number,) = await room.trials.numbers(made)
    await room.trials(writer(), made.id, [number.id])
    (row,) = [one async for one in room.documents.scan("outbox")]
    text = room.trials.text(made)
    assert (text.title, text.text) == ("防诈月报", LONG.replace("{name|您}", "王小明"))
    assert row.body["parts"] == 1


async def test_an_empty_subject_and_text_are_title_and_text(room: WritingRoom) -> None:
    made = await room.write.create(writer(), draft(channel="mail", title="提醒"))
    assert room.trials.text(made).title == "提醒"
    assert room.trials.text(made).text == SHORT
    blank = await room.write.create(writer(), draft(channel="mail", title="提醒", mail_text=" \n "))
    assert room.trials.text(blank).text == SHORT


@pytest.mark.parametrize(
    ("changes", "field", "problem"),
    [
        ({"mail_text": "{name}您好"}, "mail_text", "变量“name”缺少备用文字，例如 {name|您}"),
        ({"mail_text": "长" * 3001}, "mail_text", "内容最多 3000 字，现在 3001 字"),
        ({"mail_subject": "甲\nBcc: x@example.com"}, "mail_subject", "邮件主题只能有一行，最多 100 字"),
        ({"title": "", "mail_subject": ""}, "title", "公开发布或邮件发送时请填写标题"),
    ],
)
async def test_wrong_words_of_a_mail_are_told_by_field(
    room: WritingRoom, changes: dict[str, object], field: str, problem: str
) -> None:
    wrong = draft(**{"channel": "mail", "title": "提醒", **changes})
    with pytest.raises(Invalid) as refused:
        await room.write.create(writer(), wrong)
    assert refused.value.problems == {field: problem}


async def test_the_words_of_a_mail_are_checked_where_a_mail_leaves(room: WritingRoom) -> None:
    written = by_mail(mail_text="请把钱转到卡6222021234567890128", title="")
    found = await room.checks(written)
    assert {one.field for one in found if one.level is not Level.HINT} == {"mail_text"}
    as_text = await room.checks(draft(mail_text="请把钱转到卡6222021234567890128"))
    assert [one for one in as_text if one.level is not Level.HINT] == []


async def test_copy_version_search_and_template_keep_the_words_of_a_mail(room: WritingRoom) -> None:
    made = await room.write.create(writer(), by_mail())
    copy = await room.copy(writer("a2"), made.id)
    (version,) = await room.write.versions(copy.id)
    for kept in (copy, version.content, draft_from(form_of(copy), Segment(("社区",)))):
        assert (kept.mail_subject, kept.mail_text) == ("防诈月报", LONG)
    stored = await room.templates.create(
        writer(),
        TemplateText("月报", made.message_class, SHORT, mail_subject="防诈月报", mail_text=LONG),
    )
    begun = draft_from(form_from((await room.templates.get(stored.id)).value.content))
    assert (begun.template, begun.mail_subject, begun.mail_text) == (SHORT, "防诈月报", LONG)
    with pytest.raises(Invalid) as refused:
        await room.templates.create(
            writer(), TemplateText("坏", made.message_class, SHORT, mail_subject="甲\n乙", mail_text="{name}")
        )
    assert set(refused.value.problems) == {"mail_subject", "mail_text"}


async def test_other_words_of_the_mail_void_an_approval(room: WritingRoom) -> None:
    made = await room.write.create(writer(), by_mail())
    assert made.edited(NOON, mail_text="别的").content_digest != made.content_digest
    assert made.edited(NOON, mail_subject="别的").content_digest != made.content_digest
