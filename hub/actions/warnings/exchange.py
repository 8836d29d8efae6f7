"""A released issue in the formats of others: what feeds and downloads give away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hub.actions.warnings.settings import WarningSettings
from hub.model.warnings import words
from hub.model.warnings.exchange.cap import to_cap
from hub.model.warnings.exchange.profile import SendTime
from hub.model.warnings.exchange.profile_12379 import to_12379
from hub.model.warnings.issue import Act, Issue
from hub.model.warnings.message import Broadcasting, Reference, Status, WarningMessage
from hub.model.warnings.warning import Warning


def message_of(
    issue: Issue, chain: Sequence[Issue], settings: WarningSettings, *, text: str = "", signer: str = ""
) -> WarningMessage | None:
    """The neutral message; None for a notice, or for what was never released. chain: all issues of it. text:
    of its texts. A drill is a Test."""
    if not isinstance(issue.content, Warning) or not issue.identifier:
        return None
    verb = settings.profile.update_verb
    title = words.headline(issue.content, issue.kind, settings.events, update_verb=verb)
    warning = replace(issue.content, headline=title)
    if issue.expires_at > warning.expires_at:  # a lift is told for a day, also of what was over
        warning = replace(warning, expires_at=issue.expires_at // 1000 * 1000)
    profile = settings.profile
    groups = profile.test_groups if issue.drill else profile.groups
    return WarningMessage(
        identifier=issue.identifier,
        sender=_sender(issue, settings),
        sent_at=warning.issued_at,
        status=Status.TEST if issue.drill else Status.ACTUAL,
        kind=issue.kind,
        warning=warning,
        references=tuple(
            Reference(one.identifier, _sender(one, settings), one.content.issued_at)
            for one in chain
            if one.identifier and not one.drill and one.released_at < issue.released_at
        ),
        note=issue.reason,
        signer=signer,
        methods=tuple(
            Broadcasting(name, text if name == "SMS" else "", groups.get(name, ()))
            for name in profile.methods
        ),
    )


def cap_of(message: WarningMessage, settings: WarningSettings) -> bytes:
    """CAP 1.2. Raises `Unacceptable`."""
    return to_cap(message, settings.events)


def document_12379(message: WarningMessage, issue: Issue, settings: WarningSettings) -> bytes:
    """The 12379 profile. Raises `Unacceptable`: a unit without a code has no such document."""
    signed = [deed.at for deed in issue.deeds if deed.act is Act.SIGNED]
    if signed and settings.profile.send_time is SendTime.SIGNED:
        message = replace(message, sent_at=signed[-1] // 1000 * 1000)
    return to_12379(message, settings.profile)


def _sender(issue: Issue, settings: WarningSettings) -> str:
    return issue.content.unit.code or settings.host
