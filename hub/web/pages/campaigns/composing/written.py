"""Between what a writer types, field by field, and the draft of a campaign that it means."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from aiohttp import web

from campaigns.campaign import Campaign
from campaigns.segment import Segment
from channels.contract import ChannelKind
from channels.outbox.delivery import MessageClass
from hub.actions.campaigns.draft_campaign import CLASSES, Draft
from hub.actions.deliveries.channel_profile import ChannelProfile
from hub.hub import Hub
from hub.model.campaigns.text_template import TemplateText
from hub.model.campaigns.writing import Written
from hub.web.form import FormErrors, parse, read_form
from hub.web.pages.campaigns.campaign_form import CampaignForm
from hub.web.render import translator

PLAIN = (
    *("name", "message_class", "channel", "segment_id", "title", "template"),
    *("web_text", "mail_subject", "mail_text", "tags"),
)
SEVERAL = ("groups", "regions")
FIELDS = (*PLAIN, *SEVERAL, "public")
_MOST_VALUES = 60
"""Of one name; one more than are allowed would do, so that the mistake can be told."""
_BETWEEN_TAGS = re.compile(r"[\s,，、;；#]+")

Values = Mapping[str, Sequence[str]]
"""What was typed, as the form sends it: several values under each name."""


async def typed_values(request: web.Request) -> dict[str, tuple[str, ...]]:
    """The fields of a campaign among what was posted."""
    fields, posted = await read_form(request), await request.post()
    several = {
        name: tuple(value for value in posted.getall(name, []) if isinstance(value, str))[:_MOST_VALUES]
        for name in SEVERAL
    }
    public = ("yes",) if fields.get("public") == "yes" else ()
    return {**{name: (fields.get(name, ""),) for name in PLAIN}, **several, "public": public}


async def read(request: web.Request) -> CampaignForm | FormErrors:
    """The checked form."""
    values = await typed_values(request)
    data = {**{name: values[name][0] for name in PLAIN}, **{name: values[name] for name in SEVERAL}}
    return parse(CampaignForm, {**data, "public": bool(values["public"])}, translator(request))


def shown(values: Values) -> CampaignForm:
    """What was typed, right or wrong, as far as it can be shown again."""

    def one(name: str) -> str:
        return next(iter(values.get(name, ())), "")

    known = {kind.value for kind in MessageClass}
    return CampaignForm.model_construct(
        name=one("name")[:200],
        message_class=MessageClass(one("message_class") if one("message_class") in known else MessageClass.L),
        channel=one("channel")[:40],
        segment_id=one("segment_id")[:40],
        groups=tuple(values.get("groups", ())),
        regions=tuple(values.get("regions", ())),
        title=one("title")[:200],
        template=one("template")[:4000],
        web_text=one("web_text")[:8000],
        mail_subject=one("mail_subject")[:200],
        mail_text=one("mail_text")[:8000],
        tags=one("tags")[:400],
        public=bool(values.get("public", ())),
    )


def values_of(form: CampaignForm) -> dict[str, tuple[str, ...]]:
    """A form as it would be typed: to see whether what was kept says anything else."""
    plain = {name: (str(getattr(form, name)),) for name in PLAIN}
    several = {"groups": tuple(form.groups), "regions": tuple(form.regions)}
    return {**plain, **several, "public": ("yes",) if form.public else ()}


def is_blank(values: Values) -> bool:
    """Whether nothing was written; what is merely chosen in advance does not count."""
    written = ("name", "title", "template", "web_text", "mail_subject", "mail_text", "tags", "groups")
    return not any(value.strip() for name in written for value in values.get(name, ()))


def form_of(content: Campaign | Written) -> CampaignForm:
    """A campaign, or a version of it, in the form."""
    return CampaignForm.model_construct(
        name=content.name,
        message_class=content.message_class,
        channel=content.channel,
        segment_id=content.segment_id,
        groups=content.segment.groups,
        regions=content.segment.regions,
        title=content.title,
        template=content.template,
        web_text=content.web_text,
        mail_subject=content.mail_subject,
        mail_text=content.mail_text,
        tags="、".join(content.tags),
        public=content.public,
    )


def form_from(content: TemplateText) -> CampaignForm:
    """A new campaign that begins with a template."""
    return CampaignForm.model_construct(
        name=content.name,
        message_class=content.message_class,
        title=content.title,
        template=content.text,
        web_text=content.web_text,
        mail_subject=content.mail_subject,
        mail_text=content.mail_text,
        public=bool(content.web_text),
    )


def draft_from(
    form: CampaignForm,
    segment: Segment | None = None,
    *,
    template_id: str = "",
    template_number: int = 0,
) -> Draft:
    """The draft that a form means. segment: the filter of the saved segment that it chose, if any."""
    kind = next(kind for kind, classes in CLASSES.items() if form.message_class in classes)
    return Draft(
        name=form.name,
        kind=kind,
        message_class=form.message_class,
        channel=form.channel,
        template=form.template,
        segment=segment or Segment(groups=form.groups, regions=form.regions),
        segment_id=form.segment_id,
        title=form.title,
        public=form.public,
        web_text=form.web_text,
        mail_subject=form.mail_subject,
        mail_text=form.mail_text,
        tags=tags_of(form.tags),
        template_id=template_id,
        template_number=template_number,
    )


def tags_of(typed: str) -> tuple[str, ...]:
    """Tags as they are typed, in one line, set apart by blanks or marks."""
    return tuple(dict.fromkeys(tag for tag in _BETWEEN_TAGS.split(typed) if tag))


def senders(hub: Hub) -> list[ChannelProfile]:
    """Channels a campaign may leave by."""
    kinds = (ChannelKind.SMS, ChannelKind.MAIL)
    return [profile for profile in hub.profiles.values() if profile.kind in kinds and profile.can_answer]
