"""A shadow copy: the hub says what it would do, and does nothing; one platform does not repeat the other."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest

from channels.outbox.delivery import DeliveryState, MessageClass
from channels.outbox.suppression import NOTICE
from hub.actions.departments.cutover.report_sent import Told
from hub.actions.departments.one_platform import NotLive
from hub.actions.departments.refusals import NotTaken, OtherBody
from hub.model.departments.cutover import Phase
from hub.model.departments.registered import Contract
from hub.model.departments.sent_once import Stopped, words_of_text
from hub.model.departments.shadow import Outcome, ShadowCopy
from hub.model.departments.submission import TextState
from hub.runtime.errors import NotFound
from hub.store.documents import Documents, StoreUnavailable, Write
from tests.unit.hub.actions.departments.cutover_office import READY, CutoverOffice, a_cutover_office
from tests.unit.hub.actions.departments.department_office import CALLER, NOON, SENDER, wants

NUMBER, OTHER = "13800138000", "13900139000"
SIX_HOURS_MS = 6 * 3_600_000


@pytest.fixture
async def cut() -> CutoverOffice:
    made = a_cutover_office()
    await made.office.registered(READY)
    return made


def told(copy: ShadowCopy) -> list[tuple[str, str]]:
    return [(one.state.value, one.reason) for one in copy.results]


async def twice(cut: CutoverOffice) -> list[Stopped]:
    found, _ = await cut.office.records.sent_texts.twice("traffic", limit=9)
    return [one.stopped for one in found]


async def test_nothing_leaves_and_nothing_counts(cut: CutoverOffice) -> None:
    before = await cut.stored()
    copy = (await cut.shadow(CALLER, wants("r1", NUMBER, OTHER, "0591-87654321"))).copy
    assert told(copy) == [("queued", ""), ("queued", ""), ("rejected", "invalid_number")]
    assert (copy.sender, copy.extension, copy.message_class, copy.parts) == (SENDER, "0591", "N", 1)
    assert copy.cost_milli == 2 * 45
    assert await cut.stored() == before
    assert (await cut.office.read.quota("traffic")).day_used == 0


async def test_the_gate_itself_says_who_would_be_stopped(cut: CutoverOffice) -> None:
    key = cut.office.vault.blind(f"phone:+86{OTHER}")
    await cut.suppressions.suppress((key, NOTICE), reason="asked", by="test", at=NOON)
    copy = (await cut.shadow(CALLER, wants("r1", NUMBER, OTHER))).copy
    assert told(copy) == [("queued", ""), ("suppressed", NOTICE)]
    assert copy.differences() == {NOTICE: 1}


async def test_at_night_it_would_be_held_until_morning(cut: CutoverOffice) -> None:
    cut.office.clock.advance(seconds=11 * 3600)
    copy = (await cut.shadow(CALLER, wants())).copy
    assert told(copy) == [("held", "window")]
    assert copy.results[0].until == NOON + 20 * 3_600_000
    assert copy.differences() == {"window": 1}


async def test_a_request_that_would_be_refused_is_answered_with_every_problem(cut: CutoverOffice) -> None:
    copy = (await cut.shadow(CALLER, wants(text="【工商银行】请转账", expires_at=1))).copy
    assert [(one.field, one.code) for one in copy.refused] == [("expires_at", "already_over")]
    copy = (await cut.shadow(CALLER, wants("r2", text="【工商银行】请转账"))).copy
    assert [(one.field, one.code) for one in copy.refused] == [("text", "signature_unknown")]
    assert told(copy) == [("rejected", "signature_unknown")]


async def test_quota_and_rate_are_asked_apart_from_what_is_really_sent(cut: CutoverOffice) -> None:
    await cut.office.registered(replace(READY, daily_parts=3))
    await cut.shadow(CALLER, wants("r1", NUMBER, OTHER))
    copy = (await cut.shadow(CALLER, wants("r2", "13800138001", "13900139001"))).copy
    assert [one.code for one in copy.refused] == ["daily_quota"]
    assert copy.until == NOON + 12 * 3_600_000
    await cut.office.registered(replace(READY, contract=Contract(parts_per_second=1)))
    await cut.shadow(CALLER, wants("r3", "13800138002"))
    copy = (await cut.shadow(CALLER, wants("r3b", "13800138002"))).copy
    assert [one.code for one in copy.refused] == ["rate"]
    # All of the real quota is there.
    await cut.office.registered(replace(READY, daily_parts=3))
    await cut.office.submit(CALLER, wants("r4", "13800138003", "13800138004", "13800138005"))


async def test_the_same_copy_twice_is_one_and_other_content_is_refused(cut: CutoverOffice) -> None:
    first = await cut.shadow(CALLER, wants())
    again = await cut.shadow(CALLER, wants())
    assert (again.copy, again.repeated) == (first.copy, True)
    with pytest.raises(OtherBody):
        await cut.shadow(CALLER, wants(text="别的内容"))
    [day] = (await cut.office.records.shadows.days("traffic", ["20260922"])).values()
    assert day["copies"] == 1


async def test_a_copy_and_a_submission_of_one_reference_are_two_things(cut: CutoverOffice) -> None:
    await cut.shadow(CALLER, wants())
    got = await cut.office.submit(CALLER, wants())
    assert got.submission.accepted == 1  # nobody began a cut-over: there is no other platform


@pytest.mark.parametrize("phase", [Phase.OLD, Phase.SHADOW])
async def test_before_the_switch_live_texts_are_refused_in_words_and_copies_are_taken(
    cut: CutoverOffice, phase: Phase
) -> None:
    await cut.in_phase(phase)
    with pytest.raises(NotLive) as refused:
        await cut.office.submit(CALLER, wants())
    assert [one.code for one in refused.value.problems] == [f"phase_{phase.value}"]
    assert await cut.office.rows() == 0
    traffic = await cut.office.records.submissions.traffic("traffic", ["20260922"])
    assert traffic["20260922"] == {"refused_phase": 1}
    assert (await cut.shadow(CALLER, wants())).copy.would(TextState.QUEUED) == 1
    await cut.office.submit(replace(CALLER, sandbox=True), wants())  # practising goes on


async def test_what_the_old_platform_has_the_hub_does_not_send_within_the_window(cut: CutoverOffice) -> None:
    await cut.in_phase(Phase.NEW)
    await cut.shadow(CALLER, wants("old-1"))
    got = await cut.office.submit(
        CALLER, wants("new-1", "+86 138 0013 8000", OTHER, text="【交警提醒】您的车辆已被移至停车场。")
    )
    assert [one.problem for one in got.submission.results] == ["already_sent", ""]
    assert (got.submission.accepted, got.submission.rejected, got.submission.told) == (1, 1, "t.")
    assert await cut.office.rows() == 1
    assert await twice(cut) == [Stopped.AT_HUB]
    cut.office.clock.advance(seconds=24 * 3600)
    got = await cut.office.submit(CALLER, wants("new-2"))
    assert got.submission.accepted == 1


async def test_a_submission_all_of_which_was_sent_is_answered_and_sends_nothing(cut: CutoverOffice) -> None:
    await cut.in_phase(Phase.NEW)
    await cut.shadow(CALLER, wants("old-1"))
    got = await cut.office.submit(CALLER, wants("new-1"))
    assert (got.submission.accepted, await cut.office.rows()) == (0, 0)
    assert (await cut.office.submit(CALLER, wants("new-1"))).repeated
    # As what asks for its end finds it: an id to name, and a text that was never taken.
    _, [standing] = await cut.office.read("traffic", got.submission.id)
    assert (standing.state, standing.reason) == (TextState.REJECTED, "already_sent")
    assert standing.message_id == got.submission.results[0].message_id != ""


async def test_what_the_hub_has_the_old_platform_is_told_not_to_send(cut: CutoverOffice) -> None:
    await cut.in_phase(Phase.NEW)
    await cut.office.submit(CALLER, wants("new-1"))
    copy = (await cut.shadow(CALLER, wants("old-1"))).copy
    assert told(copy) == [("rejected", "already_sent")]
    assert await twice(cut) == [Stopped.AT_OLD]
    assert copy.differences() == {}  # it is listed as what it is


async def test_other_words_or_another_number_are_no_repeat(cut: CutoverOffice) -> None:
    await cut.in_phase(Phase.NEW)
    await cut.shadow(CALLER, wants("old-1"))
    got = await cut.office.submit(CALLER, wants("new-1", text="您的车辆可以取回。"))
    got2 = await cut.office.submit(CALLER, wants("new-2", OTHER))
    assert (got.submission.accepted, got2.submission.accepted) == (1, 1)


async def test_of_a_copy_and_a_submission_at_once_one_has_the_text() -> None:
    one = a_cutover_office()
    await one.office.registered(READY)
    await one.in_phase(Phase.NEW)
    other = a_cutover_office(office=one.office)
    await other.office.departments.look()
    for n in range(8):
        copied, got = await asyncio.gather(
            one.shadow(CALLER, wants(f"old-{n}", f"1380013800{n}")),
            other.office.submit(CALLER, wants(f"new-{n}", f"1380013800{n}")),
        )
        assert (told(copied.copy) == [("queued", "")]) != (got.submission.accepted == 1)


async def test_a_text_the_hub_could_not_send_may_be_sent_by_the_old_platform(cut: CutoverOffice) -> None:
    await cut.in_phase(Phase.NEW)
    got = await cut.office.submit(CALLER, wants("new-1"))
    await cut.settle(got.submission.results[0].message_id, state=DeliveryState.EXPIRED, reason="expired")
    copy = (await cut.shadow(CALLER, wants("old-1"))).copy
    assert told(copy) == [("queued", "")]


async def report(cut: CutoverOffice, outcome: Outcome, *, ref: str = "old-1", parts: int = 0) -> ShadowCopy:
    return await cut.report(CALLER, ref, [Told("+86" + NUMBER, outcome, parts)], None)


async def test_a_row_that_waits_is_withdrawn_when_the_old_platform_reports_it_sent(
    cut: CutoverOffice,
) -> None:
    await cut.in_phase(Phase.NEW)
    got = await cut.office.submit(CALLER, wants("new-1"))
    await cut.shadow(CALLER, wants("old-1"))
    await report(cut, Outcome.SENT)
    await report(cut, Outcome.SENT)
    _, [standing] = await cut.office.read("traffic", got.submission.id)
    assert (standing.state, standing.reason) == (TextState.CANCELED, "sent_elsewhere")
    assert await twice(cut) == [Stopped.AT_HUB]
    again = await cut.office.submit(CALLER, wants("new-2"))
    assert again.submission.results[0].problem == "already_sent"


async def test_what_both_had_sent_is_shown_as_such(cut: CutoverOffice) -> None:
    await cut.in_phase(Phase.NEW)
    got = await cut.office.submit(CALLER, wants("new-1"))
    row = got.submission.results[0].message_id
    await cut.settle(row, state=DeliveryState.LEASED)
    await cut.settle(row, state=DeliveryState.SENDING, attempt=1)
    await cut.shadow(CALLER, wants("old-1"))
    await report(cut, Outcome.SENT)
    assert await twice(cut) == [Stopped.NOWHERE]
    _, [standing] = await cut.office.read("traffic", got.submission.id)
    assert standing.state is TextState.QUEUED


async def test_what_the_old_platform_did_not_send_the_hub_may_send(cut: CutoverOffice) -> None:
    await cut.in_phase(Phase.NEW)
    await cut.shadow(CALLER, wants("old-1"))
    await report(cut, Outcome.REFUSED)
    got = await cut.office.submit(CALLER, wants("new-1"))
    assert got.submission.accepted == 1


async def test_a_report_moves_the_differences_of_the_day_and_comes_twice_for_nothing(
    cut: CutoverOffice,
) -> None:
    await cut.shadow(CALLER, wants("old-1"))

    async def day() -> dict[str, int]:
        [found] = (await cut.office.records.shadows.days("traffic", ["20260922"])).values()
        return {name: number for name, number in found.items() if name.startswith("d_") and number}

    assert await day() == {}
    await report(cut, Outcome.SENT, parts=2)
    await report(cut, Outcome.SENT, parts=2)
    assert await day() == {"d_parts": 1}
    await report(cut, Outcome.REFUSED)
    assert await day() == {"d_old_refused": 1}
    await report(cut, Outcome.SENT, parts=1)
    assert await day() == {}


async def test_both_refusing_a_number_is_no_difference(cut: CutoverOffice) -> None:
    made = (await cut.shadow(CALLER, wants("old-1", NUMBER, "12"))).copy
    assert made.differences() == {"invalid_number": 1}
    after = await cut.report(CALLER, "old-1", [Told("12", Outcome.REFUSED)], None)
    assert after.differences() == {}


async def test_copies_with_a_difference_are_listed_as_long_as_they_have_one(cut: CutoverOffice) -> None:
    shadows = cut.office.records.shadows
    await cut.shadow(CALLER, wants("same", NUMBER))
    await cut.shadow(CALLER, wants("old-1", OTHER, "12"))
    found, _ = await shadows.differing("traffic", limit=9)
    assert [one.client_ref for one in found] == ["old-1"]
    await cut.report(CALLER, "old-1", [Told("12", Outcome.REFUSED)], None)
    assert await shadows.differing("traffic", limit=9) == ([], None)


async def test_a_report_without_a_copy_needs_the_text_and_is_one_then(cut: CutoverOffice) -> None:
    await cut.in_phase(Phase.NEW)
    sent = [Told(NUMBER, Outcome.SENT)]
    with pytest.raises(NotFound):
        await cut.report(CALLER, "late", sent, None)
    await cut.report(CALLER, "late", sent, wants("late"))
    got = await cut.office.submit(CALLER, wants("new-1"))
    assert got.submission.results[0].problem == "already_sent"


async def test_a_number_that_is_not_in_the_copy_is_named(cut: CutoverOffice) -> None:
    await cut.shadow(CALLER, wants("old-1"))
    with pytest.raises(NotTaken) as refused:
        await cut.report(CALLER, "old-1", [Told(NUMBER, Outcome.SENT), Told(OTHER, Outcome.SENT)], None)
    assert [(one.field, one.code) for one in refused.value.problems] == [("results.1.to", "not_in_copy")]
    [day] = (await cut.office.records.shadows.days("traffic", ["20260922"])).values()
    assert "reported" not in day


async def test_a_sandbox_key_practises_copies_and_leaves_nothing(cut: CutoverOffice) -> None:
    practice = replace(CALLER, sandbox=True)
    await cut.shadow(practice, wants("old-1"))
    assert await cut.office.records.shadows.days("traffic", ["20260922"]) == {}
    await cut.in_phase(Phase.NEW)
    assert (await cut.office.submit(CALLER, wants("new-1"))).submission.accepted == 1


async def test_the_same_words_again_from_the_old_platform_would_be_stopped_as_the_gate_does(
    cut: CutoverOffice,
) -> None:
    await cut.shadow(CALLER, wants("old-1"))
    copy = (await cut.shadow(CALLER, wants("old-2"))).copy
    assert told(copy) == [("suppressed", "duplicate_body")]


class _FailsOnce:
    """A store that goes away at a commit of a copy: before it, or after it was made."""

    def __init__(self, inner: Documents, *, after: bool) -> None:
        self._inner = inner
        self._after = after
        self.failed = False

    def __getattr__(self, name: str) -> object:
        return getattr(self._inner, name)

    async def commit(self, writes: Sequence[Write]) -> None:
        if self.failed or all(write.collection != "department_shadows" for write in writes):
            return await self._inner.commit(writes)
        self.failed = True
        if self._after:
            await self._inner.commit(writes)
        raise StoreUnavailable("gone")


@pytest.mark.parametrize("after", [False, True])
async def test_a_copy_whose_answer_was_lost_comes_again_and_is_there_once(after: bool) -> None:
    cut = a_cutover_office(wrapped=lambda plain: _FailsOnce(plain, after=after))  # type: ignore[arg-type,return-value]
    await cut.office.registered(READY)
    with pytest.raises(StoreUnavailable):
        await cut.shadow(CALLER, wants("old-1"))
    again = await cut.shadow(CALLER, wants("old-1"))
    assert (again.repeated, told(again.copy)) == (after, [("queued", "")])
    [day] = (await cut.office.records.shadows.days("traffic", ["20260922"])).values()
    assert day["copies"] == 1


@pytest.mark.parametrize(
    "same",
    [
        "您的车辆已被移至停车场。",
        "【东城交警】您的车辆已被移至停车场。",
        " 您的车辆 已被移至停车场。【交警提醒】",
        "【东城交警】您的车辆已被移至停车场。拒收请回复R",
        "【东城交警】您的车辆已被移至停车场。，拒收请回复TD",
    ],
)
def test_signature_blanks_and_the_way_to_refuse_make_no_other_text(same: str) -> None:
    assert words_of_text(same) == words_of_text("您的车辆已被移至停车场。")


@pytest.mark.parametrize("text", ["验证码【%s】请查收", "您的验证码是【%s】", "【交警】【%s】是您的验证码"])
def test_a_code_in_brackets_makes_a_text_of_its_own(text: str) -> None:
    assert words_of_text(text % "123456") != words_of_text(text % "654321")


async def test_e0_is_stopped_by_nothing_not_even_by_the_other_platform(cut: CutoverOffice) -> None:
    urgent = replace(CALLER, classes=tuple(MessageClass))
    asked = {"message_class": MessageClass.E0, "responsible": "王明"}
    await cut.in_phase(Phase.NEW)
    for ref in ("old-1", "old-2"):
        assert told((await cut.shadow(urgent, wants(ref, **asked))).copy) == [("queued", "")]
    assert (await cut.office.submit(urgent, wants("new-1", **asked))).submission.accepted == 1
