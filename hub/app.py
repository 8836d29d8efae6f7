"""The composition root: one of each, put together subject by subject (`hub/wiring/`); it decides nothing."""

from __future__ import annotations

import random
from functools import partial

from hub.actions.dialogue.watch import UNWATCHED, Watch
from hub.hub import Hub
from hub.runtime.clock import Clock
from hub.runtime.refusals import Refusals
from hub.runtime.supervisor import Supervisor
from hub.runtime.typesetting.typesetter import Typesetter
from hub.settings.settings import Settings
from hub.web.machines.sendsms import SendsmsSite
from hub.wiring.actions import actions_of
from hub.wiring.alarms import alarm_actions
from hub.wiring.calls import CallActions, call_actions
from hub.wiring.cases import case_actions
from hub.wiring.channels import (
    Adapters,
    build_adapters,
    dispatcher_of,
    handset_rules,
    profiles_of,
    sweeper_of,
)
from hub.wiring.departments.departments import department_actions
from hub.wiring.departments.jobs import department_jobs
from hub.wiring.departments.listener import listener_jobs
from hub.wiring.desk import desk_of
from hub.wiring.dialogue import dialogue_of
from hub.wiring.foundation import Foundation, open_foundation
from hub.wiring.intake import intake_actions
from hub.wiring.jobs import alarm_jobs, inbound_jobs, jobs_of, warning_jobs
from hub.wiring.knowledge import knowledge_actions, watch_answers_of
from hub.wiring.publicity.warnings import warning_desk
from hub.wiring.routes import routes_of
from hub.wiring.rules import rule_actions


async def open_hub(settings: Settings, clock: Clock, *, watch: Watch = UNWATCHED) -> Hub:
    """Everything wired and ready; `jobs` still have to be run. Raises `Refused`, `KeyProblem`."""
    base = await open_foundation(settings, clock, handset_rules(settings))
    adapters, profiles = build_adapters(base), profiles_of(settings)
    dialogue = dialogue_of(base, watch)
    editing = await knowledge_actions(base)
    rules = await rule_actions(base)
    cases = case_actions(base, profiles, dialogue, rules)
    desk = desk_of(base, cases)
    alarms = alarm_actions(base, profiles, cases)
    calls = await call_actions(base, adapters, profiles, dialogue, editing.knowledge, cases)
    taken_over = alarms.handling.take_over.by_text
    intake = intake_actions(base, profiles, dialogue, editing.knowledge, cases, rules.rules, taken_over)
    departments = department_actions(base, profiles, rules.rules)
    actions = actions_of(base, dialogue, editing, rules, cases, desk, calls, intake, profiles)
    warnings = await warning_desk(base, rules.rules, actions.campaigns, profiles)
    routes = routes_of(base, rules.rules, adapters.connects)
    shares = base.departments.departments.share
    dispatcher = dispatcher_of(base, adapters.sends, random.Random(), shares, routes)
    sweeper = sweeper_of(base, adapters.finds, random.Random())
    seen = watch_answers_of(settings, base.documents, base.stores, dialogue.triage, editing.knowledge, clock)
    jobs = jobs_of(base, dispatcher, sweeper, actions, editing.follow, rules, seen, calls, cases, desk)
    jobs |= alarm_jobs(alarms.forward, alarms.handling.escalate)
    jobs |= inbound_jobs(base, adapters, actions, intake, dialogue.triage)
    jobs |= department_jobs(base, departments) | warning_jobs(base, warnings)
    jobs |= listener_jobs(base, departments, profiles, SendsmsSite)
    supervisor = Supervisor(clock)

    return Hub(
        settings=settings,
        clock=clock,
        documents=base.documents,
        vault=base.vault,
        files=base.files,
        imports=base.imports,
        recordings=base.recordings,
        repositories=base.stores,
        actions=actions,
        alarms=alarms,
        departments=departments,
        warnings=warnings,
        knowledge=editing.knowledge,
        rules=rules.rules,
        bell=base.bell,
        feed=base.feed,
        encoding=base.encoding,
        profiles=profiles,
        triage=dialogue.triage,
        understand=dialogue.understand,
        webhooks=adapters.receives,
        refused=Refusals(),
        voice=adapters.voice,
        run_jobs=partial(supervisor.run, jobs),
        tasks=lambda: supervisor.states,
        senders=dispatcher.health,
        hears=lambda: calls.engine is None or not calls.engine.is_down,
        forged=adapters.forged,
        unconnected=adapters.unconnected,
        close=partial(_close, base, calls, cases.documents.typesetter, adapters),
    )


async def _close(base: Foundation, calls: CallActions, typesetter: Typesetter, adapters: Adapters) -> None:
    base.bell.close()
    await typesetter.close()
    if calls.engine is not None:
        await calls.engine.close()
    await adapters.close()
    await base.close()
