"""Whatever a caller and a provider do: the call ends, errors are bounded, a complaint is a case."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.contract import Ask, CallEventKind, Hangup, Record, Transfer
from ivr.engine import (
    CallEnded,
    Effect,
    IssueReceipt,
    OpenCase,
    Phase,
    PromotePartial,
    RestrictDraft,
    SaveSlot,
)
from ivr.flow import load, shipped
from ivr.node import EndNode, Flow, InputNode
from tests.unit.ivr.driving import FACTS, RECEIPT, Caller, said

FLOWS = {name: load(shipped(name)) for name in ("12389", "12123")}
ANSWERING = (
    CallEventKind.DIGITS,
    CallEventKind.SPEECH,
    CallEventKind.RECORDED,
    CallEventKind.LOST,
)
Happening = tuple[CallEventKind, Mapping[str, Any]]

keys = st.one_of(
    st.sampled_from(["", "0", "1", "2", "3", "4", "5", "8", "9", "*", "110", "12", "591", "012345"]),
    st.sampled_from(["26112200000197", "40318652", "1*2", "abc"]),
    st.text("0123456789*", max_size=5),
)
events: st.SearchStrategy[Happening] = st.one_of(
    st.tuples(st.just(CallEventKind.DIGITS), st.builds(lambda k: {"digits": k}, keys)),
    st.tuples(
        st.just(CallEventKind.DIGITS),
        st.builds(lambda o: {"details": {"dial_status": o}}, st.sampled_from(["completed", "busy"])),
    ),
    st.tuples(
        st.just(CallEventKind.SPEECH),
        st.builds(
            lambda t, c: {"text": t, "confidence": c},
            st.sampled_from(["举报", "人工", "零幺二三", "嗯", "返回"]),
            st.floats(0, 1),
        ),
    ),
    st.tuples(
        st.just(CallEventKind.RECORDED),
        st.builds(
            lambda i, d: {"recording_id": i, "digits": d},
            st.sampled_from(["", "RE1"]),
            st.sampled_from(["", "#", "0", "*", "1"]),
        ),
    ),
    st.tuples(
        st.sampled_from([CallEventKind.LOST, CallEventKind.RECORDING_READY, CallEventKind.STATUS]),
        st.just({"revision": -1, "recording_id": "RE2"}),
    ),
)
outcomes = st.sampled_from(["ok", "found", "wrong", "locked", "error", "nonsense"])
facts = st.sampled_from([FACTS, {**FACTS, "open": ""}, {"province": "福建"}])
flows = st.sampled_from(sorted(FLOWS))


def answered(caller: Caller) -> bool:
    """The last answer lets the caller do something, or says goodbye."""
    if not caller.turn.steps:
        return False
    return isinstance(caller.turn.steps[-1], Ask | Record | Transfer | Hangup)


def play(flow: Flow, given_facts: Mapping[str, str], happenings: list[Happening], ends: list[str]) -> Caller:
    """Play a call, checking every single answer on the way."""
    caller = Caller(facts=given_facts, flow=flow)
    remaining = list(ends)
    goodbye = False
    for kind, fields in happenings:
        revision = caller.state.revision
        if caller.turn.steps:
            goodbye = isinstance(flow.nodes[caller.state.node], EndNode) and bool(caller.heard)
        caller.send(kind, **fields)
        while caller.state.waits_for_hub:
            outcome = remaining.pop() if remaining else "ok"
            caller.resume(outcome, **RECEIPT, progress="正在办理。")
        policy = flow.policy
        assert caller.state.noinput <= len(policy.noinput) + 1
        assert caller.state.nomatch <= len(policy.nomatch) + 1
        assert len(caller.state.history) <= 8
        if caller.state.revision != revision:
            assert answered(caller)
        if caller.turn.steps and isinstance(caller.turn.steps[-1], Hangup):
            assert goodbye or any(said(one) for one in caller.turn.steps), "a bare hang-up"
    return caller


def by_case(effects: list[Effect]) -> tuple[list[Effect], list[list[Effect]]]:
    """What was asked for before any case was opened, then case by case; each part begins with its opening."""
    before: list[Effect] = []
    cases: list[list[Effect]] = []
    for effect in effects:
        if isinstance(effect, OpenCase):
            cases.append([])
        (cases[-1] if cases else before).append(effect)
    return before, cases


def only(kind: type[Effect], effects: list[Effect]) -> list[int]:
    return [i for i, one in enumerate(effects) if isinstance(one, kind)]


@settings(max_examples=150)
@given(flows, facts, st.lists(events, max_size=25), st.lists(outcomes, max_size=10))
def test_every_event_in_every_state_is_answered(
    name: str, given_facts: Mapping[str, str], happenings: list[Happening], ends: list[str]
) -> None:
    play(FLOWS[name], given_facts, happenings, ends)


@settings(max_examples=150)
@given(flows, facts, st.lists(events, max_size=25), st.lists(outcomes, max_size=10))
def test_every_case_of_a_call_ends_with_a_receipt_or_a_partial_case(
    name: str, given_facts: Mapping[str, str], happenings: list[Happening], ends: list[str]
) -> None:
    caller = play(FLOWS[name], given_facts, happenings, ends)
    caller.hang_up()
    _, cases = by_case(caller.all_effects)
    for case in cases:
        assert only(IssueReceipt, case) or only(PromotePartial, case)
        assert len(only(PromotePartial, case)) <= 1
    assert not cases or caller.state.receipt_issued or only(PromotePartial, cases[-1])
    assert caller.all_effects[-1] == CallEnded()
    assert caller.state.ended


@settings(max_examples=150)
@given(flows, facts, st.lists(events, max_size=25), st.lists(outcomes, max_size=10))
def test_another_case_of_a_call_is_told_after_the_receipt_of_the_one_before(
    name: str, given_facts: Mapping[str, str], happenings: list[Happening], ends: list[str]
) -> None:
    _, cases = by_case(play(FLOWS[name], given_facts, happenings, ends).all_effects)
    assert all(only(IssueReceipt, case) for case in cases[:-1])


@settings(max_examples=150)
@given(flows, facts, st.lists(events, max_size=25), st.lists(outcomes, max_size=10))
def test_only_a_draft_that_is_no_report_yet_is_restricted_and_only_once(
    name: str, given_facts: Mapping[str, str], happenings: list[Happening], ends: list[str]
) -> None:
    before, cases = by_case(play(FLOWS[name], given_facts, happenings, ends).all_effects)
    assert not only(RestrictDraft, before)
    for case in cases:
        restricted = only(RestrictDraft, case)
        assert len(restricted) <= 1
        assert not restricted or case[0] != OpenCase("REPORT")
        assert not any(i < restricted[0] for i in only(PromotePartial, case) if restricted)


@settings(max_examples=100)
@given(flows, facts, st.lists(events, max_size=25))
def test_nothing_of_a_case_is_saved_before_it_is_open(
    name: str, given_facts: Mapping[str, str], happenings: list[Happening]
) -> None:
    before, _ = by_case(play(FLOWS[name], given_facts, happenings, []).all_effects)
    assert not any(isinstance(one, SaveSlot | IssueReceipt) for one in before)


answers = events.filter(lambda one: one[0] in ANSWERING)


@settings(max_examples=100)
@given(flows, facts, st.lists(events, max_size=5), st.lists(answers, min_size=1, max_size=6))
def test_a_caller_who_does_the_same_over_and_over_comes_to_an_end(
    name: str, given_facts: Mapping[str, str], first: list[Happening], again: list[Happening]
) -> None:
    flow = FLOWS[name]
    caller = play(flow, given_facts, first, [])
    most = flow.policy.max_turns + 40
    for kind, fields in (again * most)[:most]:
        caller = _continue(caller, kind, fields)
    assert caller.state.phase is Phase.CLOSED


def _continue(caller: Caller, kind: CallEventKind, fields: Mapping[str, Any]) -> Caller:
    caller.send(kind, **fields)
    while caller.state.waits_for_hub:
        caller.resume("error")
    return caller


@pytest.mark.parametrize("name", sorted(FLOWS))
@pytest.mark.parametrize("opened", ["1", ""])
def test_a_caller_who_stays_silent_is_never_asked_more_than_nine_times(name: str, opened: str) -> None:
    caller = Caller(facts={**FACTS, "open": opened}, flow=FLOWS[name])
    asked = 0
    while caller.state.phase is not Phase.CLOSED and asked < 10:
        kind = CallEventKind.RECORDED if caller.state.node == "message" else CallEventKind.DIGITS
        caller.send(kind)
        assert answered(caller)
        asked += 1
    assert caller.state.phase is Phase.CLOSED
    assert asked <= 9


@pytest.mark.parametrize("name", sorted(FLOWS))
def test_every_prompt_lets_go_of_a_silent_caller(name: str) -> None:
    flow = FLOWS[name]
    for node in flow.nodes.values():
        if isinstance(node, InputNode):
            assert node.noinput or flow.policy.help
