"""Everything a writer and an approver should know about the texts of a campaign before it leaves.

One list for both: what blocks is refused at release by whoever releases, whatever the page showed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from campaigns import readability, template, wording
from campaigns.campaign import Campaign
from campaigns.finding import Finding, Level
from campaigns.text_checks import check_text
from channels.contract import ChannelKind
from hub.actions.campaigns.draft_campaign import Draft, draft_of, problems
from hub.actions.campaigns.settings import CampaignSettings
from hub.model.campaigns.sensitive_word import SensitiveWord, folded
from hub.repositories.composer.sensitive_words import SensitiveWordRepository
from hub.runtime.clock import Clock, to_local

WATCHED = "含有“%(word)s”"
WATCHED_WHY = "含有“%(word)s”：%(reason)s"
INSTEAD = "含有“%(word)s”，请改为“%(replacement)s”"
INSTEAD_WHY = "含有“%(word)s”：%(reason)s，请改为“%(replacement)s”"
_TEXT_FIELDS = ("template", "mail_text", "mail_subject", "title", "web_text")
_ORDER = list(Level)


class CheckCampaign:
    """Checks."""

    def __init__(self, words: SensitiveWordRepository, settings: CampaignSettings, clock: Clock) -> None:
        self._words = words
        self._settings = settings
        self._clock = clock

    async def __call__(self, written: Campaign | Draft) -> tuple[Finding, ...]:
        """The findings, the heaviest first; those of one text stay together."""
        words = [one.value for one in await self._words.every()]
        found = [*self._mistakes(written)]
        for field, text in self._texts(written).items():
            found += _watched(field, text, words)
            found += check_text(
                field,
                text,
                year=to_local(self._clock.now_ms()).year,
                hosts=self._settings.link_hosts,
                numbers=self._settings.known_numbers,
            )
            found += readability.hints(field, text)
        return tuple(sorted(found, key=lambda one: _ORDER.index(one.level)))

    async def blocks(self, written: Campaign | Draft) -> tuple[Finding, ...]:
        """Those that forbid a release."""
        return tuple(one for one in await self(written) if one.level is Level.BLOCK)

    def _mistakes(self, written: Campaign | Draft) -> Iterator[Finding]:
        """What is wrong with the texts themselves; other fields are the form's."""
        if not written.template.strip():
            return  # nothing was written yet, which the page says by itself
        draft = written if isinstance(written, Draft) else draft_of(written)
        for field, text in problems(draft, self._settings).items():
            if field in _TEXT_FIELDS:
                yield Finding(field, Level.BLOCK, text)

    def _texts(self, written: Campaign | Draft) -> Mapping[str, str]:
        """Every text that leaves, by field, placeholders at their fallback."""
        sender = self._settings.senders.get(written.channel)
        kind = sender.kind if sender else ChannelKind.SMS
        said = template.fill(template.pieces(wording.text_on(kind, written)), {})
        texts = {wording.text_field(kind, written): said}
        if kind is ChannelKind.MAIL:
            texts[wording.title_field(kind, written)] = wording.title_on(kind, written)
        if written.public:
            texts["title"] = written.title
            texts["web_text"] = written.web_text
            if not written.web_text:
                texts["template"] = template.fill(template.pieces(written.template), {})
        return {field: text for field, text in texts.items() if text}


def _watched(field: str, text: str, words: list[SensitiveWord]) -> Iterator[Finding]:
    plain = folded(text)
    for word in words:
        if word.id not in plain:
            continue
        values = {"word": word.word, "reason": word.reason, "replacement": word.replacement}
        wording = {
            (False, False): WATCHED,
            (True, False): WATCHED_WHY,
            (False, True): INSTEAD,
            (True, True): INSTEAD_WHY,
        }[bool(word.reason), bool(word.replacement)]
        yield Finding(field, word.level, wording, {name: value for name, value in values.items() if value})
