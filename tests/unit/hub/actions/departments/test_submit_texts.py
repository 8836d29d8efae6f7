"""Texts handed over by departments: what is taken is in the outbox, once; what is not is said."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest

from channels.contract import ChannelKind
from channels.outbox.delivery import DeliveryState, MessageClass, Origin
from channels.outbox.gate import message_of
from channels.outbox.ports import Change, Leased
from channels.outbox.retry import settled
from hub.actions.deliveries.channel_profile import ChannelProfile
from hub.actions.departments.refusals import NotTaken, OtherBody, TooMuch
from hub.actions.departments.submit_texts import Submitted, canonical
from hub.actions.departments.wording import worded
from hub.model.departments.registered import Contract, SenderLine
from hub.model.departments.submission import TextState
from hub.runtime.errors import NotFound
from hub.store.documents import Documents, StoreUnavailable, Write
from tests.unit.hub.actions.departments.department_office import (
    CALLER,
    NOON,
    SENDER,
    TRAFFIC,
    Office,
    an_office,
    wants,
)


@pytest.fixture
async def office() -> Office:
    made = an_office()
    await made.registered()
    return made


def codes(refused: pytest.ExceptionInfo[NotTaken]) -> set[tuple[str, str]]:
    return {(problem.field, problem.code) for problem in refused.value.problems}


async def test_every_number_taken_is_a_row_of_the_one_outbox(office: Office) -> None:
    got = await office.submit(CALLER, wants("r1", "138 0013 8000", "+8613900139000", "0591-87654321", "abc"))
    results = got.submission.results
    assert [one.problem for one in results] == ["", "", "invalid_number", "invalid_number"]
    rows = await office.outbox.reread([one.message_id for one in results if one.message_id])
    assert {row.delivery.recipient.value for row in rows.values()} == {"+8613800138000", "+8613900139000"}
    for row in rows.values():
        one = row.delivery
        assert (one.origin, one.department, one.sender) == (Origin.SUBMISSION, "traffic", SENDER)
        assert (one.message_class, one.lane) == (MessageClass.N, 2)
        assert one.text == "【东城交警】您的车辆已被移至停车场。"
        assert one.recipient_key == office.vault.blind(one.recipient.key)


async def test_the_same_reference_gets_the_same_answer_and_sends_nothing_more(office: Office) -> None:
    first = await office.submit(CALLER, wants())
    office.clock.advance(seconds=3600)
    second = await office.submit(CALLER, wants())
    assert second == Submitted(first.submission, repeated=True)
    assert await office.rows() == 1


async def test_the_same_reference_with_other_content_is_refused(office: Office) -> None:
    await office.submit(CALLER, wants())
    with pytest.raises(OtherBody):
        await office.submit(CALLER, wants(text="别的内容"))
    assert await office.rows() == 1


async def test_a_repeat_stays_one_when_the_hub_words_its_notice_otherwise(office: Office) -> None:
    """As after an upgrade: what the caller asked for is what makes it the same."""
    await office.submit(CALLER, wants(text="旧的说法", asked='{"kind": "one_time_notice"}'))
    again = await office.submit(CALLER, wants(text="新的说法", asked='{"kind": "one_time_notice"}'))
    assert again.repeated


async def test_the_digest_of_a_request_stays_as_it_is(office: Office) -> None:
    """Stored digests are compared with those of later releases: a new field may not change them."""
    wanted = wants(text="甲", message_class=MessageClass.N, variables={"b": "1", "a": "2"})
    assert canonical(wanted) == (
        '{"client_ref":"r1","message_class":"N","text":"甲","to":["13800138000"],"variables":{"a":"2","b":"1"}}'
    )


async def test_references_of_another_line_of_keys_are_other_ones(office: Office) -> None:
    await office.submit(CALLER, wants())
    await office.submit(replace(CALLER, line="other"), wants(text="别的内容"))
    assert await office.rows() == 2


async def test_of_many_at_once_with_one_reference_one_is_stored_and_all_get_its_answer(
    office: Office,
) -> None:
    got = await asyncio.gather(*(office.submit(CALLER, wants()) for _ in range(12)))
    assert len({one.submission for one in got}) == 1
    assert [one.repeated for one in got].count(False) == 1
    assert await office.rows() == 1


async def test_two_processes_with_one_reference_store_it_once() -> None:
    one = an_office()
    await one.registered()
    other = an_office(one.documents, ring=one.ring)
    await other.departments.look()
    got = await asyncio.gather(
        *(submit(CALLER, wants(f"r{n}")) for n in range(5) for submit in (one.submit, other.submit))
    )
    assert [each.repeated for each in got].count(False) == 5
    assert await one.rows() == 5


class _FailsOnce:
    """A store that goes away at the first commit of a submission: before it, or after it was made."""

    def __init__(self, inner: Documents, *, after: bool) -> None:
        self._inner = inner
        self._after = after
        self.failed = False

    def __getattr__(self, name: str) -> object:
        return getattr(self._inner, name)

    async def commit(self, writes: Sequence[Write]) -> None:
        if self.failed or all(write.collection != "submissions" for write in writes):
            return await self._inner.commit(writes)
        self.failed = True
        if self._after:
            await self._inner.commit(writes)
        raise StoreUnavailable("gone")


@pytest.mark.parametrize("after", [False, True])
async def test_a_caller_who_lost_the_answer_asks_again_and_it_is_there_once(after: bool) -> None:
    office = an_office(wrapped=lambda plain: _FailsOnce(plain, after=after))  # type: ignore[arg-type,return-value]
    await office.registered()
    with pytest.raises(StoreUnavailable):
        await office.submit(CALLER, wants("r1", "13800138000", "13900139000"))
    assert await office.rows() == (2 if after else 0)
    again = await office.submit(CALLER, wants("r1", "13800138000", "13900139000"))
    assert again.repeated is after
    assert await office.rows() == 2


async def test_one_number_twice_gets_one_text(office: Office) -> None:
    got = await office.submit(CALLER, wants("r1", "13800138000", "+86 138-0013-8000"))
    assert [one.problem for one in got.submission.results] == ["", "repeated_number"]
    assert await office.rows() == 1


async def test_without_a_single_valid_number_nothing_is_stored(office: Office) -> None:
    with pytest.raises(NotTaken) as refused:
        await office.submit(CALLER, wants("r1", "0591-87654321", "x"))
    assert codes(refused) == {("to", "no_valid_number")}
    assert await office.records.submissions.page("traffic", limit=9) == ([], None)


async def test_a_class_too_urgent_for_the_key_comes_down_to_the_next(office: Office) -> None:
    plain = replace(CALLER, classes=(MessageClass.N, MessageClass.L))
    got = await office.submit(plain, wants(message_class=MessageClass.E1))
    assert got.submission.message_class is MessageClass.N


async def test_a_class_nothing_of_which_is_allowed_is_refused(office: Office) -> None:
    only_e1 = replace(CALLER, classes=(MessageClass.E1,))
    with pytest.raises(NotTaken) as refused:
        await office.submit(only_e1, wants(message_class=MessageClass.L))
    assert codes(refused) == {("class", "class_not_allowed")}


async def test_a_department_without_the_class_lends_it_to_no_key(office: Office) -> None:
    await office.registered(replace(TRAFFIC, classes=(MessageClass.L,)))
    got = await office.submit(CALLER, wants(message_class=MessageClass.E1))
    assert got.submission.message_class is MessageClass.L


async def test_e0_needs_a_registered_person(office: Office) -> None:
    urgent = replace(CALLER, classes=tuple(MessageClass))
    with pytest.raises(NotTaken) as refused:
        await office.submit(urgent, wants(message_class=MessageClass.E0, responsible="李四"))
    assert codes(refused) == {("responsible", "responsible_not_named")}
    got = await office.submit(urgent, wants(message_class=MessageClass.E0, responsible="王明"))
    assert got.submission.message_class is MessageClass.E0
    kept = await office.records.submissions.get(got.submission.id)
    assert kept is not None
    assert kept.value.responsible == "王明"


async def test_the_class_of_a_template_holds(office: Office) -> None:
    filled = {"plate": "闽A12345", "days": "15"}
    got = await office.submit(
        CALLER, wants(text="", template="fine", variables=filled, message_class=MessageClass.E1)
    )
    assert got.submission.message_class is MessageClass.N
    [row] = (await office.outbox.reread([got.submission.results[0].message_id])).values()
    assert row.delivery.text == "【东城交警】闽A12345 有一条新的违法记录，请于 15 日内处理。"


async def test_every_problem_of_a_template_is_said_at_once(office: Office) -> None:
    with pytest.raises(NotTaken) as refused:
        await office.submit(CALLER, wants(text="", template="fine", variables={"plate": "A", "x": "1"}))
    assert codes(refused) == {
        ("variables.days", "variable_missing"),
        ("variables.x", "variable_unknown"),
    }


async def test_a_value_with_braces_is_no_second_template(office: Office) -> None:
    got = await office.submit(
        CALLER, wants(text="", template="fine", variables={"plate": "{days}", "days": "15"})
    )
    [row] = (await office.outbox.reread([got.submission.results[0].message_id])).values()
    assert "{days} 有一条" in row.delivery.text


@pytest.mark.parametrize(
    ("wanted", "field"),
    [(wants(text="【工商银行】请转账"), "text"), (wants(signature="工商银行"), "signature")],
)
async def test_no_text_leaves_under_a_signature_of_others(office: Office, wanted: object, field: str) -> None:
    with pytest.raises(NotTaken) as refused:
        await office.submit(CALLER, wanted)  # type: ignore[arg-type]
    assert codes(refused) == {(field, "signature_unknown")}


async def test_a_registered_signature_may_stand_in_the_text(office: Office) -> None:
    got = await office.submit(CALLER, wants(text="【交警提醒】雨天慢行"))
    [row] = (await office.outbox.reread([got.submission.results[0].message_id])).values()
    assert row.delivery.text == "【交警提醒】雨天慢行"


async def test_a_text_leaves_by_a_registered_sender_with_its_extension(office: Office) -> None:
    await office.registered(replace(TRAFFIC, senders=(SenderLine(SENDER, "0591"),)))
    got = await office.submit(CALLER, wants())
    [row] = (await office.outbox.reread([got.submission.results[0].message_id])).values()
    assert (row.delivery.sender, row.delivery.extension) == (SENDER, "0591")
    assert message_of(row.delivery, {}).extension == "0591"
    with pytest.raises(NotTaken) as refused:
        await office.submit(CALLER, wants("r2", sender="sms-other"))
    assert codes(refused) == {("sender", "sender_not_allowed")}


async def test_of_several_extensions_the_one_asked_for_is_behind_the_number(office: Office) -> None:
    await office.registered(
        replace(TRAFFIC, senders=(SenderLine(SENDER, "0591"), SenderLine(SENDER, "0592")))
    )
    for client_ref, wanted, expected in (("a", None, "0591"), ("b", "0592", "0592")):
        got = await office.submit(CALLER, wants(client_ref, extension=wanted))
        [row] = (await office.outbox.reread([got.submission.results[0].message_id])).values()
        assert row.delivery.extension == expected
    for unknown in ("", "0593"):
        with pytest.raises(NotTaken) as refused:
            await office.submit(CALLER, wants("c", extension=unknown))
        assert codes(refused) == {("extension", "extension_not_allowed")}


def test_a_provider_of_single_numbers_sends_from_none_behind_them() -> None:
    department = replace(TRAFFIC, senders=(SenderLine(SENDER, "0591"),))
    single = ChannelProfile(SENDER, ChannelKind.SMS, signature="福建公安", extensions=False)
    assert worded(wants(), department, {SENDER: single}, CALLER.classes).extension == ""


async def test_a_callback_to_a_host_nobody_listed_is_refused(office: Office) -> None:
    with pytest.raises(NotTaken) as refused:
        await office.submit(CALLER, wants(callback_url="https://evil.example/x"))
    assert codes(refused) == {("callback", "callback_not_allowed")}


async def test_over_the_day_everything_is_refused_until_midnight(office: Office) -> None:
    await office.with_contract(daily_parts=3)
    await office.submit(CALLER, wants("r1", "13800138000", "13900139000"))
    with pytest.raises(TooMuch) as refused:
        await office.submit(CALLER, wants("r2", "13800138001", "13900139001"))
    assert refused.value.beyond.code == "daily_quota"
    assert refused.value.beyond.until == NOON + 12 * 3_600_000
    assert await office.rows() == 2
    traffic = await office.records.submissions.traffic("traffic", ["20260922"])
    assert traffic["20260922"]["refused_daily_quota"] == 1
    office.clock.at = refused.value.beyond.until
    await office.submit(CALLER, wants("r2", "13800138001", "13900139001"))
    assert await office.rows() == 4


async def test_what_campaigns_of_the_department_sent_counts_for_its_quota(office: Office) -> None:
    await office.with_contract(monthly_parts=10)
    await office.outbox._spend({"traffic": 9}, NOON)
    with pytest.raises(TooMuch) as refused:
        await office.submit(CALLER, wants("r1", "13800138000", "13900139000"))
    assert refused.value.beyond.code == "monthly_quota"


async def test_above_the_contract_rate_the_caller_is_told_when_to_come_again(office: Office) -> None:
    await office.with_contract(Contract(parts_per_second=10))
    numbers = [f"1380013{n:04}" for n in range(25)]
    await office.submit(CALLER, wants("r0", *numbers))  # overdraws the bucket of one second
    with pytest.raises(TooMuch) as refused:
        await office.submit(CALLER, wants("r1"))
    assert refused.value.beyond.code == "rate"
    assert NOON < refused.value.beyond.until <= NOON + 1501
    office.clock.at = refused.value.beyond.until
    await office.submit(CALLER, wants("r1"))
    assert await office.rows() == 26


async def test_a_repeat_is_answered_even_when_the_quota_is_gone(office: Office) -> None:
    await office.with_contract(daily_parts=1)
    await office.submit(CALLER, wants())
    assert (await office.submit(CALLER, wants())).repeated


async def test_nobody_reads_what_another_department_submitted(office: Office) -> None:
    got = await office.submit(CALLER, wants())
    submission, [standing] = await office.read("traffic", got.submission.id)
    assert (submission, standing.state) == (got.submission, TextState.QUEUED)
    with pytest.raises(NotFound):
        await office.read("fire", got.submission.id)
    with pytest.raises(NotFound):
        await office.read.by_reference("traffic", "another line", "r1")


async def test_the_status_tells_state_and_reason(office: Office) -> None:
    got = await office.submit(CALLER, wants())
    [(id, row)] = (await office.outbox.reread([got.submission.results[0].message_id])).items()
    leased = row.delivery.moved(state=DeliveryState.LEASED)
    await office.outbox.settle([Change(row, leased)])
    after = settled(leased, DeliveryState.SUPPRESSED, "optout")
    await office.outbox.settle([Change(Leased(leased, row.version + 1), after)])
    _, [standing] = await office.read.by_reference("traffic", "line", "r1")
    assert (standing.message_id, standing.state, standing.reason) == (id, TextState.SUPPRESSED, "optout")


async def test_an_unregistered_department_hands_over_nothing() -> None:
    office = an_office()
    with pytest.raises(NotTaken) as refused:
        await office.submit(CALLER, wants())
    assert codes(refused) == {("", "department_unknown")}
