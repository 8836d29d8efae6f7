"""The supervised tasks of a hub, by name, and what is removed when its time is over."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable
from functools import partial

from channels.outbox.dispatcher import Dispatcher
from channels.outbox.sweeper import Sweeper
from hub.actions.alarms.dispatch.escalate import Escalate
from hub.actions.alarms.forward_alarms import ForwardAlarms
from hub.actions.calls.seal_recordings import SealRecordings
from hub.actions.deliveries.fall_back import FallBack
from hub.actions.deliveries.match_receipts import MatchReceipts
from hub.actions.dialogue.triage import Triage
from hub.actions.evidence.seal_heads import SealHeads
from hub.actions.intake.keep_letter import KeepLetter
from hub.actions.intake.read_letters import ReadLetters
from hub.actions.knowledge.follow_entries import FollowEntries
from hub.actions.knowledge.watch_answers import WatchAnswers
from hub.actions.retention.forget_expired import ForgetExpired, Rule
from hub.actions.retention.forget_recipients import ForgetRecipients
from hub.actions.retention.reseal_store import ResealStore
from hub.actions.warnings.desk import WarningDesk
from hub.hub import Actions
from hub.jobs.alone import alone
from hub.jobs.broadcasts import BroadcastLoop
from hub.jobs.dispatch import dispatch
from hub.jobs.knowledge import follow_entries
from hub.jobs.letters import read_letters
from hub.jobs.listen import listen
from hub.jobs.recordings import keep_recordings, transcribe_recordings
from hub.jobs.repeat import repeat
from hub.repositories.leases import LeaseRepository
from hub.repositories.repositories import COLLECTIONS
from hub.settings.store import Retention
from hub.store.pieces import KeptPieces
from hub.wiring.alarms import usable
from hub.wiring.calls import CallActions
from hub.wiring.cases import CaseActions
from hub.wiring.channels import LETTERS_AT_ONCE, Adapters, fallback_settings, profiles_of
from hub.wiring.desk import Desk
from hub.wiring.foundation import Foundation
from hub.wiring.intake import IntakeActions
from hub.wiring.mail import own_addresses_of
from hub.wiring.publicity.warnings import exchange_of
from hub.wiring.rules import RuleActions

_LOOK_SECONDS = 60.0
"""How often calls are looked at for a missing end."""

_LEARN_SECONDS = 10.0
"""How often it is looked what became of answers."""

_LOOK_AGAIN_SECONDS = 2.0
"""How often it is looked for messages whose meaning was late."""

_LONG_TEXT_SECONDS = 5.0
_CLOCK_SECONDS = 2.0
"""How often it is looked for cases to which time has something to do."""

_BULK_SECONDS = 1.0
"""How often it is looked for runs over many cases that begin."""
_REPLIES_SECONDS = 0.5
"""How often it is looked for replies that nobody took back."""

_SERIES_SECONDS = 5.0
"""How often it is looked for items of series whose time has come."""
_FALLBACK_SECONDS = 5.0
"""How often it is looked for warnings that did not arrive by text."""

_WARNING_SECONDS = 1.0
"""How often it is looked what is in force, who is to be called, and what is over."""

_EXCHANGE_SECONDS = 2.0
"""How often it is looked for documents of other systems."""

_MATCH_SECONDS = 30.0
"""How often it is looked again for the messages of receipts that found none."""
_RECIPIENT_SECONDS = 0.5
"""How often it is looked for files of contacts that wait to be read, and for segments to be counted."""

_RULES_SECONDS = 2.0
"""How often it is looked for rules that were approved in another process."""

_ENCODER_SECONDS = 1.0
"""How often it is looked whether an engine that failed may be asked again."""

_FIGURES_SECONDS = 5.0
"""How often it is looked for cases that are to be counted for the board."""

_INDEX_SECONDS = 60.0
"""How often it is looked for cases of an earlier release that are not in the index; there are none later."""
_PAGES_SECONDS = 86_400
"""How long an alarm page that was closed is kept."""

_ENDED_SECONDS = 180 * 86_400
"""How long it is kept that a delivery may be sent again, and what was done instead."""

_TAKEOVER_SECONDS = 1.0
_ALARM_SECONDS = 0.5
"""How often it is looked for alarms to be forwarded, and for those 110 has not acknowledged."""

_REGISTER_LOG_SECONDS = 3 * 366 * 86_400
"""How long it is kept who looked at the 12110 register and who changed it."""

_VECTORS_SECONDS = 0.5
"""The pause between two rounds of making vectors that are lacking."""

_KEYS_SECONDS = 3_600.0
"""How often it is looked whether something is still sealed with an older key."""

_ASK_SECONDS = 15.0
"""How often it is looked for calls of whose recordings the provider is to be asked."""

_SEALS_SECONDS = 0.5
"""How often it is looked for recordings whose case went behind the compartment or out of it."""

_HEADS_SECONDS = 60.0
"""How often it is noted how far cases and recordings have come."""

Job = Callable[[], Awaitable[None]]


def jobs_of(
    base: Foundation,
    dispatcher: Dispatcher,
    sweeper: Sweeper,
    actions: Actions,
    follow: FollowEntries,
    rules: RuleActions,
    watch_answers: WatchAnswers,
    calls: CallActions,
    cases: CaseActions,
    desk: Desk,
) -> dict[str, Job]:
    """The loops that every hub runs."""
    leases = partial(LeaseRepository, base.documents, holder=uuid.uuid4().hex)
    retention = base.settings.retention
    forget_expired = ForgetExpired(base.documents, base.clock, _rules(retention))
    jobs: dict[str, Job] = {
        "dispatch": partial(dispatch, dispatcher, sweeper, base.bell),
        "broadcasts": BroadcastLoop(
            actions.campaigns, leases(), on_lead=actions.publicity.sending.note_restart
        ).run,
        "recipients": partial(
            alone, leases(), "recipients", actions.publicity.recipients.step, pause_seconds=_RECIPIENT_SECONDS
        ),
        "knowledge": partial(follow_entries, follow),
        "recordings": partial(keep_recordings, calls.keep_recording, base.bell),
        "answers": partial(alone, leases(), "answers", watch_answers.step, pause_seconds=_LEARN_SECONDS),
        "clocks": partial(alone, leases(), "clocks", cases.pass_time.step, pause_seconds=_CLOCK_SECONDS),
        "bulk": partial(alone, leases(), "bulk", desk.actions.bulk_cases.step, pause_seconds=_BULK_SECONDS),
        "figures": partial(
            alone, leases(), "figures", desk.follow_figures.step, pause_seconds=_FIGURES_SECONDS
        ),
        "index": partial(alone, leases(), "index", desk.fill_index.step, pause_seconds=_INDEX_SECONDS),
        "replies": partial(repeat, cases.replies.send.step, pause_seconds=_REPLIES_SECONDS),
        "calls": partial(repeat, calls.end_silent_calls, pause_seconds=_LOOK_SECONDS),
        "rules": partial(repeat, rules.follow.look, pause_seconds=_RULES_SECONDS),
        "due": partial(alone, leases(), "due", rules.recompute_due.step, pause_seconds=_RULES_SECONDS),
        "keys": partial(alone, leases(), "keys", _reseal(base).step, pause_seconds=_KEYS_SECONDS),
        "lost recordings": partial(
            alone, leases(), "lost recordings", calls.find_recordings.step, pause_seconds=_ASK_SECONDS
        ),
        "seals": partial(alone, leases(), "seals", _seal(base).step, pause_seconds=_SEALS_SECONDS),
        "heads": partial(alone, leases(), "heads", _heads(base, cases).step, pause_seconds=_HEADS_SECONDS),
        "retention": partial(repeat, forget_expired, pause_seconds=retention.every_seconds),
    }
    jobs |= _sending_jobs(base, actions, leases)
    if base.settings.assignment.automatic:
        give = desk.assign_waiting.step
        jobs["assignment"] = partial(alone, leases(), "assignment", give, pause_seconds=_CLOCK_SECONDS)
    if calls.transcribe_recording is not None:
        jobs["transcripts"] = partial(transcribe_recordings, calls.transcribe_recording, base.bell)
    if base.encoding.name:
        jobs["vectors"] = partial(repeat, follow.learn, pause_seconds=_VECTORS_SECONDS)
        jobs["encoder"] = partial(repeat, base.encoding.look, pause_seconds=_ENCODER_SECONDS)
        look = actions.look_again.step
        jobs["meaning"] = partial(alone, leases(), "meaning", look, pause_seconds=_LOOK_AGAIN_SECONDS)
    return jobs


def _heads(base: Foundation, cases: CaseActions) -> SealHeads:
    given, profiles = base.settings.evidence, profiles_of(base.settings)
    told = usable(base.settings, profiles, given.channel, [given.address] if given.address else [])
    folder = base.settings.files.path / "heads"
    return SealHeads(base.documents, base.stores, cases.outgoing, folder, told, base.clock)


def _seal(base: Foundation) -> SealRecordings:
    return SealRecordings(base.documents, base.stores, base.recordings)


def _reseal(base: Foundation) -> ResealStore:
    contacts = KeptPieces(base.settings.files.path / "contacts", base.vault)
    files = (base.files, base.imports, contacts)
    return ResealStore(base.documents, base.stores.cursors, base.vault, COLLECTIONS, files)


def _sending_jobs(
    base: Foundation, actions: Actions, leases: Callable[[], LeaseRepository]
) -> dict[str, Job]:
    """Series that make campaigns; what follows a broadcast: receipts that come without our id, warnings that
    did not arrive, responses, the end of its list of recipients."""
    keep = base.settings.retention
    forget = ForgetRecipients(
        base.documents, base.stores.campaigns, base.clock, keep_seconds=keep.recipients_seconds
    )
    note = actions.publicity.sending.note_responses.step
    jobs: dict[str, Job] = {
        "series": partial(
            alone, leases(), "series", actions.publicity.series.run.step, pause_seconds=_SERIES_SECONDS
        ),
        "receipts": partial(alone, leases(), "receipts", _match(base, actions), pause_seconds=_MATCH_SECONDS),
        "responses": partial(alone, leases(), "responses", note, pause_seconds=_LEARN_SECONDS),
        "recipient lists": partial(repeat, forget, pause_seconds=keep.every_seconds),
    }
    goes_on = fallback_settings(base.settings)
    if goes_on.senders:
        fall_back = FallBack(base.documents, base.stores, base.clock, goes_on).step
        jobs["fallback"] = partial(alone, leases(), "fallback", fall_back, pause_seconds=_FALLBACK_SECONDS)
    return jobs


def _match(base: Foundation, actions: Actions) -> Callable[[], Awaitable[bool]]:
    stores, received = base.stores, actions.deliver_electronically.received
    return MatchReceipts(base.documents, stores.outbox, stores.deliveries.parts, received, base.clock).step


def alarm_jobs(forward: ForwardAlarms, escalate: Escalate) -> dict[str, Job]:
    """On every process: see the actions. Loops of their own, so that a command centre that hangs holds up no
    alarm."""
    return {
        "alarms": partial(repeat, forward.step, pause_seconds=_ALARM_SECONDS),
        "command centre": partial(repeat, forward.listen, pause_seconds=_ALARM_SECONDS),
        "takeover": partial(repeat, escalate.step, pause_seconds=_TAKEOVER_SECONDS),
    }


def warning_jobs(base: Foundation, desk: WarningDesk) -> dict[str, Job]:
    """On every process, which each hold what is in force in memory; folders on one of them."""
    jobs: dict[str, Job] = {"warnings": partial(repeat, desk.watch.step, pause_seconds=_WARNING_SECONDS)}
    if exchange := exchange_of(base, desk):
        lease = LeaseRepository(base.documents, holder=uuid.uuid4().hex)
        jobs["exchange"] = partial(alone, lease, "exchange", exchange.step, pause_seconds=_EXCHANGE_SECONDS)
    return jobs


def mail_jobs(
    base: Foundation, adapters: Adapters, actions: Actions, intake: IntakeActions, triage: Triage
) -> dict[str, Job]:
    """One loop for every mail server of our own, and one that reads what they took in."""
    if not adapters.reads:
        return {}
    documents, letters, files = base.documents, base.stores.letters, base.files
    own = own_addresses_of(base, intake.apply_receipt, actions.refuse_mail)
    read = ReadLetters(documents, letters, files, adapters.reads, actions.accept_event, triage, own)
    keep = KeepLetter(documents, letters, files)
    return {
        "letters": partial(read_letters, read, base.bell, at_once=LETTERS_AT_ONCE),
        **{f"listen {name}": partial(listen, one, keep) for name, one in adapters.listens.items()},
    }


def inbound_jobs(
    base: Foundation, adapters: Adapters, actions: Actions, intake: IntakeActions, triage: Triage
) -> dict[str, Job]:
    """What listens to mail servers and keeps the connections to carriers."""
    return mail_jobs(base, adapters, actions, intake, triage) | carrier_jobs(adapters, intake)


def carrier_jobs(adapters: Adapters, intake: IntakeActions) -> dict[str, Job]:
    """The connections to each gateway, and what hands on the long texts that wait in vain for their parts."""
    if not adapters.connects:
        return {}
    return {
        "long texts": partial(repeat, intake.join_parts.hand_on_due, pause_seconds=_LONG_TEXT_SECONDS),
        **{
            f"carrier {name}": partial(one.connect, intake.take_in) for name, one in adapters.connects.items()
        },
    }


def _rules(keep: Retention) -> tuple[Rule, ...]:
    return (
        Rule("sessions", "expires_at", keep.sessions_seconds),
        Rule("held_forms", "at", 86_400),
        Rule("setup_tokens", "expires_at", keep.sessions_seconds),
        Rule("attempts", "until", keep.attempts_seconds),
        Rule("known_devices", "until", 0),
        Rule("questions", "keep_until", 0),
        Rule("feedback", "keep_until", 0),
        Rule("recent_answers", "keep_until", 0),
        Rule("duty_pages", "seen_at", _PAGES_SECONDS),
        Rule("bounces", "at", 90 * 86_400),
        Rule("delivery_parts", "keep_until", 0),
        Rule("long_texts", "keep_until", 0),
        Rule("dead_letters", "ended_at", _ENDED_SECONDS),
        Rule("fallbacks", "at", _ENDED_SECONDS),
        Rule("department_nonces", "until", 0),
        Rule("department_failures", "at", _ENDED_SECONDS),
        Rule("department_callbacks", "created_at", _ENDED_SECONDS),
        Rule("listener_texts", "keep_until", 0),
        Rule("listener_receipts", "until", 0),
        Rule("listener_passed", "until", 0),
        Rule("submissions", "at", _ENDED_SECONDS),
        Rule("department_shadows", "at", _ENDED_SECONDS),
        Rule("department_sent_twice", "at", _ENDED_SECONDS),
        Rule("department_sent_texts", "until", 0),
        Rule("drafts", "saved_at", keep.drafts_seconds),
        Rule("campaign_drafts", "saved_at", keep.drafts_seconds),
        Rule("notifications", "at", keep.notifications_seconds),
        Rule("presences", "until", 3_600),
        Rule("carrier_looks", "keep_until", 0),
        Rule("register_log", "at", _REGISTER_LOG_SECONDS),
        Rule("sent_lately", "until", 0),
    )
