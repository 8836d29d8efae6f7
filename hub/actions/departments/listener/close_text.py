"""How a long text ends: handed over with a receipt owed, or given up and told to the department like any
other that did not arrive."""

from __future__ import annotations

from hub.actions.departments.submit_texts import LONGEST_MS
from hub.model.departments.failure import TextFailure
from hub.model.departments.listened import KEEP_MS, LongText, OwedReceipt
from hub.model.departments.submission import TextState
from hub.repositories.departments.records import DepartmentRecords
from hub.runtime.clock import to_local
from hub.runtime.ids import derived_id
from hub.store.documents import Write


def message_id_of(submission: str) -> str:
    """Of the only text of a submission, before there is one."""
    return derived_id("text", submission, "0")


def owed(text: LongText, submission: str, now: int) -> OwedReceipt:
    """The receipt of a long text that was handed over."""
    return OwedReceipt(
        id=text.message_id,
        submission_id=submission,
        system_id=text.system_id,
        department=text.department,
        way=text.way,
        at=text.started_at,
        look_at=now,
        until=now + LONGEST_MS + 2 * KEEP_MS,
        source=text.source,
        destination=text.destination,
        reply_to=text.reply_to,
    )


def given_up(records: DepartmentRecords, text: LongText, now: int, reason: str) -> list[Write]:
    """A row in the department's failures, the count, and the receipt if one was asked for. reason: a code."""
    state = TextState.UNDELIVERED if reason == "incomplete" else TextState.FAILED
    failure = TextFailure(
        id=text.message_id,
        department=text.department,
        at=now,
        submission_id="",
        client_ref=text.client_ref,
        state=state,
        reason=reason,
        to=text.destination,
    )
    day = f"{to_local(now):%Y%m%d}"
    counted = {"submitted": 1, state.value: 1}
    writes: list[Write] = [
        records.callbacks.insert_failure(failure),
        *records.submissions.count(text.department, day, counted),
    ]
    if text.wants_receipt:
        receipt = OwedReceipt(
            id=text.message_id,
            submission_id="",
            system_id=text.system_id,
            department=text.department,
            way=text.way,
            at=text.started_at,
            look_at=0,
            until=0,
            source=text.source,
            destination=text.destination,
            reply_to=text.reply_to,
        )
        writes.append(records.listened.insert_receipt(receipt.ended(state, now)))
    return writes


async def unfinished(records: DepartmentRecords, text: LongText, now: int) -> list[Write]:
    """A text whose parts did not come is given up; unless they did, and only that was not noted any more."""
    id = records.submissions.id_of(text.line, text.client_ref)
    if await records.submissions.get(id) is None:
        return given_up(records, text, now, "incomplete")
    return [records.listened.insert_receipt(owed(text, id, now))] if text.wants_receipt else []
