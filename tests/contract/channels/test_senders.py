"""Every adapter that sends, through the same trouble."""

from __future__ import annotations

import asyncio

import pytest

from channels.errors import Permanent, SendError, Temporary
from tests.contract.channels.bench import CANARIES, EVERY_SENDER_ANSWERS_FOR, SendCase, SenderTable
from tests.contract.channels.leaks import leaked_by
from tests.contract.channels.tables import SENDERS

CASES = [pytest.param(case, id=f"{table.name}: {case.name}") for table in SENDERS for case in table.cases]


@pytest.mark.parametrize("table", [pytest.param(table, id=table.name) for table in SENDERS])
def test_a_sender_answers_for_every_kind_of_trouble(table: SenderTable) -> None:
    answered = {case.name for case in table.cases} | set(table.missing)
    assert answered >= EVERY_SENDER_ANSWERS_FOR


@pytest.mark.parametrize("case", CASES)
async def test_a_send_ends_with_one_decision(case: SendCase) -> None:
    async with case.arrange() as adapter, asyncio.timeout(20):
        if case.outcome.error is None:
            accepted = await adapter.send(case.message)
            assert accepted.provider_id
            assert accepted.parts == case.outcome.parts
            return
        with pytest.raises(SendError) as raised:
            await adapter.send(case.message)
    problem = raised.value
    assert type(problem) is case.outcome.error
    assert case.outcome.code in {"", problem.code}
    assert not leaked_by(problem, CANARIES)
    if isinstance(problem, Temporary):
        assert problem.slow_down == case.outcome.slow_down
        assert problem.retry_after_seconds == case.outcome.retry_after_seconds
    if isinstance(problem, Permanent):
        assert problem.invalid_address == case.outcome.invalid_address
