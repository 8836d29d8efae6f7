"""What departments do through the hub."""

from __future__ import annotations

from functools import partial

from hub.actions.deliveries.channel_profile import Profiles
from hub.actions.departments.callback_hosts import is_allowed
from hub.actions.departments.change_keys import ChangeKeys
from hub.actions.departments.department_actions import DepartmentActions
from hub.actions.departments.department_desk import DepartmentDesk
from hub.actions.departments.handover.import_standing import ReadImportStanding
from hub.actions.departments.handover.read_handover import ReadHandover
from hub.actions.departments.handover.sign_handover import SignHandover
from hub.actions.departments.listener.tell_by_get import TellByGet
from hub.actions.departments.one_platform import OnePlatform
from hub.actions.departments.prove_call import ProveCall
from hub.actions.departments.read_submission import ReadSubmission
from hub.actions.departments.submit_texts import SubmitTexts
from hub.actions.departments.tell_receipts import NoticeEnds, TellReceipts
from hub.actions.departments.text_states import TextStates
from hub.actions.departments.warn_contracts import WarnContracts
from hub.actions.rules.in_force import RulesInForce
from hub.other_systems.department_callback import HttpCallbacks
from hub.wiring.departments.cutover import cutover_actions
from hub.wiring.foundation import Foundation


def department_actions(base: Foundation, profiles: Profiles, rules: RulesInForce) -> DepartmentActions:
    """One of each."""
    imports = base.stores.publicity.contact_imports
    documents, records, clock = base.documents, base.stores.departments, base.clock
    states = TextStates(base.stores.outbox)
    api = base.settings.department_api
    may_call_back = partial(is_allowed, hosts=frozenset(api.callback_hosts))
    callbacks = HttpCallbacks(base.http, clock, may_call_back, timeout_seconds=api.callback_timeout_seconds)
    read = ReadSubmission(records.submissions, base.stores.outbox, states, base.departments, clock)
    desk = DepartmentDesk(
        documents, records, base.departments, read, clock, alarm_days=api.contract_alarm_days
    )
    platforms = OnePlatform(records, base.stores.outbox, window_hours=api.parallel_hours)
    submit = SubmitTexts(
        documents,
        records.submissions,
        base.stores.outbox,
        base.departments,
        profiles,
        base.vault,
        clock,
        may_call_back,
        platforms,
    )
    handover = ReadHandover(records, imports, rules)
    return DepartmentActions(
        in_force=base.departments,
        prove=ProveCall(records.keys, clock),
        submit=submit,
        read=read,
        change_keys=ChangeKeys(documents, records, clock),
        notice_ends=NoticeEnds(documents, records, states, clock),
        tell_receipts=TellReceipts(documents, records, callbacks, clock),
        tell_by_get=TellByGet(documents, records.listened, callbacks, clock),
        desk=desk,
        warn_contracts=WarnContracts(
            documents, records.registry, base.stores.agents, base.stores.notifications, desk, clock
        ),
        cutover=cutover_actions(base, profiles, submit, platforms, desk, ReadImportStanding(handover)),
        may_call_back=may_call_back,
        handover=handover,
        sign_handover=SignHandover(documents, imports, clock),
    )
