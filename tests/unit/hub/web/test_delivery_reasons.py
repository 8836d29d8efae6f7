"""Every reason the outbox and the campaigns write down has words for who reads the page."""

from __future__ import annotations

import pytest

from channels.outbox import limits, suppression
from hub.actions.campaigns import tick_campaigns
from hub.web.delivery_reasons import REASONS, words_of
from hub.web.i18n import Language, shipped_catalogues


@pytest.mark.parametrize(
    "reason",
    [
        *(limits.FREQUENCY, limits.DUPLICATE, limits.QUOTA),
        *(suppression.EDUCATION, suppression.NOTICE, suppression.WARNING, suppression.INVALID),
        *("window", "paused", "expired", "canceled", "lease_over", "no_receipt"),
    ],
)
def test_a_reason_is_said_in_both_languages(reason: str) -> None:
    english = shipped_catalogues().of(Language.EN)
    assert words_of(reason) == REASONS[reason]
    assert english(words_of(reason)).isascii()


def test_a_code_of_the_provider_is_shown_as_it_is() -> None:
    assert (words_of("99999"), words_of("resent:99999"), words_of("")) == ("99999", "99999", "")


@pytest.mark.parametrize("name", ["MISSED", "TOO_OLD", "RAN_OUT", "NO_SENDER", "BRAKE"])
def test_why_a_campaign_stands_still_is_said_in_english_too(name: str) -> None:
    english = shipped_catalogues().of(Language.EN)
    assert english(getattr(tick_campaigns, name)).isascii()
