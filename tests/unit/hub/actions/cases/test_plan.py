"""What one event changes is one value: any number of cases, each written once, and one reply."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from channels.address import phone
from channels.contract import ChannelKind, InboundMessage
from hub.actions.cases.open_case import NewCase, OpenCase, Opened
from hub.actions.cases.plan import Plan, PlannedCase, Says
from hub.actions.cases.references import References
from hub.actions.deliveries.channel_profile import ChannelProfile
from hub.actions.deliveries.outgoing import Outgoing
from hub.actions.intake.scene import MessagePlan, Scene
from hub.actions.intake.speak import Speak
from hub.model.call import Call
from hub.model.cases.attempt import Attempt
from hub.model.cases.case import Case, Origin
from hub.model.cases.history import HistoryEntry, HistoryKind, recorded
from hub.model.cases.roles import CaseRole
from hub.model.cases.state import CaseState
from hub.model.cases.step import stepped
from hub.model.conversation import Conversation
from hub.model.track import Compartment, Track
from hub.repositories.repositories import COLLECTIONS, Repositories, repositories
from hub.runtime.clock import FakeClock
from hub.store.crypto import KeyRing, Vault
from hub.store.documents import Documents, Insert
from hub.store.sqlite import open_sqlite
from tests.rules import RULES, case_rules

NOW = 1_790_049_600_000
CALL = Call(id="call", channel="voice", line="12389", caller_key="", started_at=NOW, updated_at=NOW)
EVENT = InboundMessage("sms", ChannelKind.SMS, "m1", phone("+8613800138000"), "12110", "你好", NOW)


@pytest_asyncio.fixture
async def documents(tmp_path: Path) -> AsyncIterator[Documents]:
    store = await open_sqlite(tmp_path / "hub.db", COLLECTIONS, clock=FakeClock(NOW))
    yield store
    await store.close()


@pytest.fixture
def stores(documents: Documents) -> Repositories:
    return repositories(documents, Vault(KeyRing.fresh()), cities={})


@pytest.fixture
def open_case(documents: Documents, stores: Repositories) -> OpenCase:
    return OpenCase(stores.cases, References(documents, Vault(KeyRing.fresh()), FakeClock(NOW)), case_rules())


async def opened(open_case: OpenCase, track: Track = Track.CONSULT) -> Opened:
    return await open_case(NewCase(track, Origin("sms", "sms"), NOW, text="你好", draft=True))


def noted(case: Case) -> tuple[Case, HistoryEntry]:
    return recorded(case, at=NOW, actor="system", kind=HistoryKind.NOTED)


async def stored_draft(documents: Documents, stores: Repositories, open_case: OpenCase) -> PlannedCase:
    draft = PlannedCase.opened(await opened(open_case))
    await documents.commit(draft.writes(stores.cases))
    found = await stores.cases.get(draft.case.id)
    assert found is not None
    return PlannedCase.found(found)


async def test_a_case_settled_and_one_opened_by_the_same_event_are_stored_together(
    documents: Documents, stores: Repositories, open_case: OpenCase
) -> None:
    first = await stored_draft(documents, stores, open_case)
    plan = Plan(replace(CALL, case_id=first.case.id), case_id=first.case.id).with_case(first)
    attempt = Attempt("submit", NOW, CaseRole.CIT, RULES)
    step = stepped(first.case, attempt, actor="citizen")
    case, (entry,) = step.case, step.entries
    second = await opened(open_case, Track.REPORT)
    plan = plan.with_case(first.after(case, entry)).moved_to(PlannedCase.opened(second))

    await documents.commit(plan.unit(stores.cases))

    assert plan.exchange.case_id == plan.case_id == second.case.id
    settled, begun = await stores.cases.get(first.case.id), await stores.cases.get(second.case.id)
    assert settled is not None
    assert begun is not None
    assert settled.value.state is CaseState.REGISTERED
    assert len(await stores.cases.history(first.case.id)) == 2
    assert begun.value.compartment is Compartment.REPORT
    assert len(await stores.cases.history(second.case.id)) == 1


async def test_a_case_that_goes_two_steps_in_one_event_is_written_once_with_both(
    documents: Documents, stores: Repositories, open_case: OpenCase
) -> None:
    first = await stored_draft(documents, stores, open_case)
    plan: Plan[Call] = Plan(CALL, case_id=first.case.id).with_case(first)
    for _ in range(2):
        assert plan.case is not None
        plan = plan.with_case(plan.case.after(*noted(plan.case.case)))

    await documents.commit(plan.unit(stores.cases))

    found = await stores.cases.get(first.case.id)
    assert found is not None
    assert found.version == 2
    assert [entry.seq for entry in await stores.cases.history(first.case.id)] == [1, 2, 3]


async def test_a_case_that_was_only_read_is_not_written(
    documents: Documents, stores: Repositories, open_case: OpenCase
) -> None:
    first = await stored_draft(documents, stores, open_case)
    assert Plan(CALL).with_case(first).unit(stores.cases) == []


def scene(profile: ChannelProfile) -> Scene:
    conversation = Conversation("c", "sms", "sms", "", "", NOW, NOW, count=1)
    return Scene(EVENT, "sms:1", profile, "你好", "", "zh", "", "", conversation, 0, None)


def speak(stores: Repositories, profile: ChannelProfile) -> Speak:
    return Speak(Outgoing({"sms": profile}, stores.conversations, stores.outbox))


async def receipt(open_case: OpenCase, on: Scene) -> MessagePlan:
    plan = Plan(on.conversation).moved_to(PlannedCase.opened(await opened(open_case)))
    return plan.saying(Says("编号和查询码", tells_code=True))


async def test_what_a_plan_says_leaves_once_and_the_case_knows_that_its_code_was_told(
    stores: Repositories, open_case: OpenCase
) -> None:
    profile = ChannelProfile("sms", ChannelKind.SMS)
    plan = speak(stores, profile)(scene(profile), await receipt(open_case, scene(profile)))
    assert [write.collection for write in plan.writes if isinstance(write, Insert)] == ["messages", "outbox"]
    assert plan.exchange.count == 2
    assert plan.case is not None
    assert plan.case.case.query_code.told


async def test_a_silent_channel_says_nothing_and_its_case_has_told_no_code(
    stores: Repositories, open_case: OpenCase
) -> None:
    profile = ChannelProfile("sms", ChannelKind.SMS, auto_reply="off")
    plan = speak(stores, profile)(scene(profile), await receipt(open_case, scene(profile)))
    assert plan.says is None
    assert plan.writes == ()
    assert plan.case is not None
    assert not plan.case.case.query_code.told


async def test_a_reply_that_takes_the_place_of_a_receipt_tells_no_code(
    stores: Repositories, open_case: OpenCase
) -> None:
    profile = ChannelProfile("sms", ChannelKind.SMS)
    plan = (await receipt(open_case, scene(profile))).saying(Says("已退订"))
    plan = speak(stores, profile)(scene(profile), plan)
    assert plan.case is not None
    assert not plan.case.case.query_code.told
