"""What stands beside the text while it is written: the phone, parts and cost, and what to look at."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from campaigns.finding import Finding, Level
from campaigns.measure import Measure, measure
from campaigns.segment import Segment
from campaigns.template import FALLBACKS, PLACEHOLDERS, SAMPLES, fill, is_personal, pieces, with_marks
from campaigns.wording import text_on, title_on
from channels.contract import ChannelKind
from hub.actions.campaigns.composing.audience_values import Audience
from hub.actions.campaigns.settings import Sender
from hub.hub import Hub
from hub.runtime.errors import Invalid
from hub.web.i18n import msgid
from hub.web.pages.campaigns.campaign_form import CampaignForm
from hub.web.pages.campaigns.composing.written import draft_from, senders
from hub.web.pages.campaigns.recipients.audience import chosen_segment

LEVELS = {
    Level.BLOCK: (msgid("不能发送"), "bad", "alert"),
    Level.WARN: (msgid("请确认"), "warn", "warning"),
    Level.HINT: (msgid("好读提示"), "info", "info"),
}
"""What a level is called, with the colour and the picture of its badge."""

FIELD_NAMES = {
    "template": msgid("正文"),
    "mail_text": msgid("邮件正文"),
    "mail_subject": msgid("邮件主题"),
    "title": msgid("标题"),
    "web_text": msgid("网页正文"),
}


@dataclass(frozen=True, slots=True)
class Paper:
    """title: of a mail its subject. measure: None where nothing is written. public: what the web page says,
    "" where there is none. sample: with sample values, "" where all get the same.

    parts: of the whole audience, at most; cost: yuan, None where no price is known.
    """

    kind: ChannelKind
    title: str
    measure: Measure | None
    public: str
    audience: Audience
    sample: str
    parts: int
    cost: Decimal | None
    findings: tuple[Finding, ...]
    form: CampaignForm


async def paper_of(hub: Hub, form: CampaignForm) -> Paper:
    """Of a form, right or wrong."""
    composer = hub.actions.publicity.composer
    profile = hub.profiles.get(form.channel) or next(iter(senders(hub)), None)
    sender = composer.settings.senders.get(profile.name) if profile else None
    draft = draft_from(form, await _segment(hub, form))
    audience = await composer.audience(draft.segment)
    measured, kind = None, sender.kind if sender else ChannelKind.SMS
    text = text_on(kind, form)
    if text.strip():
        measured = measure(
            text,
            kind=kind,
            message_class=form.message_class,
            signature=sender.signature if sender else "",
            longest=audience.longest,
        )
    per_person = measured.parts if measured else 0
    return Paper(
        kind=kind,
        title=title_on(kind, form),
        measure=measured,
        public=(form.web_text or fill(pieces(form.template), {})) if form.public else "",
        audience=audience,
        sample=_sample(form, text, sender) if measured and is_personal(text) else "",
        parts=per_person * audience.recipients,
        cost=sender.price * per_person * audience.recipients if sender and sender.price else None,
        findings=await composer.checks(draft) if measured else (),
        form=form,
    )


def _sample(form: CampaignForm, text: str, sender: Sender | None) -> str:
    marked = with_marks(
        text,
        kind=sender.kind if sender else ChannelKind.SMS,
        message_class=form.message_class,
        signature=sender.signature if sender else "",
    )
    return fill(pieces(marked), SAMPLES)


def chips() -> list[tuple[str, str, str]]:
    """Placeholders to put in: what is written, what it is called, and the words taken where it is unknown."""
    return [(f"{{{name}|{FALLBACKS[name]}}}", label, FALLBACKS[name]) for name, label in PLACEHOLDERS.items()]


async def _segment(hub: Hub, form: CampaignForm) -> Segment | None:
    """Whom it goes to; a saved segment that is gone is told when the form is saved."""
    try:
        return await chosen_segment(hub, form)
    except Invalid:
        return None
