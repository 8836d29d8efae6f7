"""How a long text ends: handed over with a receipt owed, or given up and told to the department like any
other that did not arrive."""

from __future__ import annotations

from collections.abc import Sequence

from hub.actions.departments.submit_texts import LONGEST_MS
from hub.model.departments.failure import TextFailure
from hub.model.departments.listened import KEEP_MS, LongText, OwedReceipt
from hub.model.departments.submission import TextState
from hub.repositories.departments.records import DepartmentRecords
from hub.runtime.clock import to_local
from hub.runtime.ids import derived_id
from hub.store.documents import Write


def message_ids(submission: str, to: Sequence[str]) -> list[str]:
    """Of the texts of a submission, before there is one."""
    return [derived_id("text", submission, str(place)) for place in range(len(to))]


def owed(text: LongText, submission: str, now: int) -> list[OwedReceipt]:
    """The receipts of a long text, to be looked for from now on. submission: its id."""
    first = OwedReceipt(
        id=text.message_id,
        submission_id=submission,
        system_id=text.system_id,
        department=text.department,
        way=text.way,
        at=text.started_at,
        look_at=now,
        until=now + LONGEST_MS + 2 * KEEP_MS,
        source=text.source,
        reply_to=text.reply_to,
    )
    return first.each(message_ids(submission, text.to), text.to)


def given_up(records: DepartmentRecords, text: LongText, now: int, reason: str) -> list[Write]:
    """Rows in the department's failures, the count, and receipts if one was asked for. reason: a code."""
    state = TextState.UNDELIVERED if reason == "incomplete" else TextState.FAILED
    receipts = owed(text, records.submissions.id_of(text.line, text.client_ref), now)
    writes: list[Write] = [
        records.callbacks.insert_failure(
            TextFailure(
                id=one.id,
                department=text.department,
                at=now,
                submission_id="",
                client_ref=text.client_ref,
                state=state,
                reason=reason,
                to=one.destination,
            )
        )
        for one in receipts
    ]
    counted = {"submitted": len(receipts), state.value: len(receipts)}
    writes += records.submissions.count(text.department, f"{to_local(now):%Y%m%d}", counted)
    if text.wants_receipt:
        writes += [records.listened.insert_receipt(one.ended(state, now)) for one in receipts]
    return writes


async def unfinished(records: DepartmentRecords, text: LongText, now: int) -> list[Write]:
    """A text whose parts did not come is given up; unless they did, and only that was not noted any more."""
    id = records.submissions.id_of(text.line, text.client_ref)
    if await records.submissions.get(id) is None:
        return given_up(records, text, now, "incomplete")
    if not text.wants_receipt:
        return []
    return [records.listened.insert_receipt(one) for one in owed(text, id, now)]
