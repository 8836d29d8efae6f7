"""The composition root: one of each, put together subject by subject (`hub/wiring/`); it decides nothing."""

from __future__ import annotations

import random
from functools import partial

from hub.actions.deliveries.apply_receipt import ApplyReceipt
from hub.actions.deliveries.decide_delivery import DecideDelivery
from hub.actions.dialogue.watch import UNWATCHED, Watch
from hub.hub import Actions, Hub
from hub.runtime.clock import Clock
from hub.runtime.supervisor import Supervisor
from hub.settings.settings import Settings
from hub.wiring.calls import CallActions, call_actions
from hub.wiring.campaigns import campaign_desk
from hub.wiring.cases import CaseActions, case_actions
from hub.wiring.channels import build_adapters, dispatcher_of, handset_rules, profiles_of
from hub.wiring.dialogue import Dialogue, dialogue_of
from hub.wiring.foundation import Foundation, open_foundation
from hub.wiring.intake import IntakeActions, intake_actions
from hub.wiring.jobs import jobs_of, mail_jobs
from hub.wiring.knowledge import KnowledgeActions, knowledge_actions, rate_entry_of, watch_answers_of
from hub.wiring.rules import RuleActions, rule_actions


async def open_hub(settings: Settings, clock: Clock, *, watch: Watch = UNWATCHED) -> Hub:
    """Everything wired and ready; `jobs` still have to be run. Raises `Refused`, `KeyProblem`."""
    base = await open_foundation(settings, clock)
    adapters = build_adapters(base)
    profiles = profiles_of(settings)
    dialogue = dialogue_of(base, watch)
    editing = await knowledge_actions(base)
    rules = await rule_actions(base)
    cases = case_actions(base, profiles, dialogue, rules.rules)
    calls = await call_actions(base, adapters.fetches, profiles, dialogue, editing.knowledge, cases)
    intake = intake_actions(base, profiles, dialogue, editing.knowledge, cases)
    jitter = random.Random()
    actions = _actions(base, dialogue, editing, rules, cases, calls, intake, jitter)
    dispatcher = dispatcher_of(base, adapters.sends, jitter)
    seen = watch_answers_of(settings, base.documents, base.stores, dialogue.triage, editing.knowledge, clock)
    jobs = jobs_of(base, dispatcher, actions, editing.follow, rules, seen, calls)
    jobs |= mail_jobs(base, adapters, actions.accept_event, dialogue.triage)
    supervisor = Supervisor(clock)

    async def close() -> None:
        base.bell.close()
        if calls.engine is not None:
            await calls.engine.close()
        await adapters.pool.close()
        for sender in adapters.mail:
            await sender.close()
        await base.close()

    return Hub(
        settings=settings,
        clock=clock,
        documents=base.documents,
        vault=base.vault,
        files=base.files,
        imports=base.imports,
        repositories=base.stores,
        actions=actions,
        knowledge=editing.knowledge,
        rules=rules.rules,
        bell=base.bell,
        encoding=base.encoding,
        profiles=profiles,
        triage=dialogue.triage,
        understand=dialogue.understand,
        webhooks=adapters.receives,
        voice=adapters.voice,
        run_jobs=partial(supervisor.run, jobs),
        tasks=lambda: supervisor.states,
        senders=dispatcher.health,
        hears=lambda: calls.engine is None or not calls.engine.is_down,
        close=close,
    )


def _actions(
    base: Foundation,
    dialogue: Dialogue,
    editing: KnowledgeActions,
    rules: RuleActions,
    cases: CaseActions,
    calls: CallActions,
    intake: IntakeActions,
    jitter: random.Random,
) -> Actions:
    return Actions(
        accept_event=intake.accept_event,
        apply_receipt=ApplyReceipt(base.stores.outbox, handset_rules(base.settings), jitter),
        assign_case=cases.assign_case,
        campaigns=campaign_desk(base),
        close_case=cases.close_case,
        confirm_report=cases.confirm_report,
        decide_delivery=DecideDelivery(base.documents, base.stores, base.clock),
        dismiss_alarm=cases.dismiss_alarm,
        edit_entry=editing.edit_entry,
        edit_words=editing.edit_words,
        file_petition=cases.file_petition,
        handle_call=calls.handle_call,
        import_entries=editing.import_entries,
        import_words=editing.import_words,
        look_again=intake.look_again,
        note_case=cases.note_case,
        note_reading=cases.note_reading,
        publish_entry=editing.publish_entry,
        rate_entry=rate_entry_of(base, editing.read_help, dialogue.triage),
        read_cases=cases.read_cases,
        read_entries=editing.read_entries,
        read_help=editing.read_help,
        read_quality=editing.read_quality,
        read_rules=rules.read_rules,
        read_words=editing.read_words,
        release_case=cases.release_case,
        reply_to_case=cases.reply_to_case,
        revise_rules=rules.revise_rules,
        split_case=cases.split_case,
        sort_questions=editing.sort_questions,
        suspect_case=cases.suspect_case,
        track_case=cases.track_case,
    )
