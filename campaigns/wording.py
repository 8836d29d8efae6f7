"""What a campaign says on each kind of channel.

One text for all; a mail may have a subject and a longer text of its own. Whatever is shown, counted, tried or
approved asks here, so that it is the text that leaves.
"""

from __future__ import annotations

from typing import Protocol

from campaigns import template
from channels.contract import ChannelKind

MAX_MAIL_CHARACTERS = 3_000


class Wording(Protocol):
    """The texts of a campaign, or of the draft of one. "" = no text of its own."""

    @property
    def template(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def mail_subject(self) -> str: ...
    @property
    def mail_text(self) -> str: ...


def text_on(kind: ChannelKind, said: Wording) -> str:
    """The template that leaves by a channel of this kind."""
    return said.mail_text if text_field(kind, said) == "mail_text" else said.template


def text_field(kind: ChannelKind, said: Wording) -> str:
    """The field which that template stands in."""
    return "mail_text" if kind is ChannelKind.MAIL and said.mail_text.strip() else "template"


def title_on(kind: ChannelKind, said: Wording) -> str:
    """The heading there: of a mail, its subject."""
    return said.mail_subject if title_field(kind, said) == "mail_subject" else said.title


def title_field(kind: ChannelKind, said: Wording) -> str:
    """The field which that heading stands in."""
    return "mail_subject" if kind is ChannelKind.MAIL and said.mail_subject.strip() else "title"


def most_characters(kind: ChannelKind) -> int:
    """How long a template may be there."""
    return MAX_MAIL_CHARACTERS if kind is ChannelKind.MAIL else template.MAX_CHARACTERS
