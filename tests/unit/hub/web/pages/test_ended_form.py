"""Which deliveries that ended are meant: days are local and whole, and what is wrong is said at its field."""

from __future__ import annotations

import pytest

from hub.runtime.clock import to_local
from hub.web.form import FormErrors, parse
from hub.web.i18n import Language, shipped_catalogues
from hub.web.pages.deliveries.ended_form import EndedForm

ZH = shipped_catalogues().of(Language.ZH)


def read(**typed: str) -> EndedForm:
    form = parse(EndedForm, typed, ZH)
    assert isinstance(form, EndedForm)
    return form


def test_nothing_typed_means_all() -> None:
    wanted = read(since="", until="", reason=" ").wanted()
    assert (wanted.reason, wanted.sender, wanted.since, wanted.before) == ("", "", 0, 0)


def test_both_days_are_in_it_from_midnight_to_midnight_in_china() -> None:
    wanted = read(since="2026-11-30", until="2026-11-30").wanted()
    assert str(to_local(wanted.since)) == "2026-11-30 00:00:00+08:00"
    assert wanted.before - wanted.since == 24 * 3_600_000


def test_what_ended_after_the_look_is_not_in_it() -> None:
    looked_at = read(until="2026-11-30").wanted().before - 5
    assert read(until="2026-11-30", before=str(looked_at)).wanted().before == looked_at


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"since": "yesterday"}, "since"),
        ({"until": "2026-02-30"}, "until"),
        ({"since": "2026-12-02", "until": "2026-12-01"}, "form"),
        ({"before": "-1"}, "before"),
        ({"reason": "x" * 81}, "reason"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(typed: dict[str, str], field: str) -> None:
    form = parse(EndedForm, typed, ZH)
    assert isinstance(form, FormErrors)
    assert list(form.fields) == [field]


def test_the_address_keeps_what_was_chosen_and_nothing_else() -> None:
    form = read(reason="MK:0001", since="2026-11-30", before="5")
    assert form.address("/ended", after="") == "/ended?reason=MK%3A0001&since=2026-11-30"
