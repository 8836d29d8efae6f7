"""What is needed to talk with citizens, put together: triage, and what follows from a message."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from channels.contract import ChannelKind
from hub.actions.deliveries.channel_profile import Profiles
from hub.actions.deliveries.outgoing import Outgoing
from hub.actions.dialogue.look_up import LookUp
from hub.actions.dialogue.texts import Texts
from hub.actions.dialogue.triage import Triage, Words
from hub.actions.dialogue.understand import Understand
from hub.actions.dialogue.watch import Watch
from hub.actions.dialogue.wording import Limits, Wording, no_help_page
from hub.actions.knowledge.help_path import entry_path
from hub.actions.progress.case_progress import CaseProgress
from hub.actions.progress.phone_proof import PhoneProof
from hub.actions.progress.query_code_lockout import QueryCodeLockout
from hub.actions.progress.track_case import TrackCase
from hub.other_systems.http_source import HttpProgress, ProgressSystem
from hub.settings.problems import SettingsProblem
from hub.settings.read import shipped_text
from hub.settings.settings import Settings
from hub.wiring.encoder import safety_of
from hub.wiring.foundation import Foundation
from knowledge_base.dialogue.slot import Slots
from knowledge_base.dialogue.small_talk import SmallTalk
from knowledge_base.entry import Entry
from knowledge_base.errors import KnowledgeError
from knowledge_base.match.answer import DEFAULT, Thresholds, weighs
from knowledge_base.match.confidence import Confidence


def slots_of(settings: Settings) -> Slots:
    """What answers depend on, with the configured regions as cities."""
    return Slots(region.name for region in settings.regions)


def triage_of(settings: Settings, look_up: LookUp) -> Triage:
    """The rules with the configured words."""
    words = settings.triage
    shipped = set(tomllib.loads(shipped_text())["triage"]["emergency_words"])
    return Triage(
        Words(
            emergency=tuple(words.emergency_words),
            own=tuple(word for word in words.emergency_words if word not in shipped),
            exceptions=tuple(words.emergency_exceptions),
            threats=tuple(words.threat_words),
            report_verbs=tuple(words.report_verbs),
            report_objects=tuple(words.report_objects),
            person=tuple(words.person_words),
        ),
        look_up,
        SmallTalk(),
        [re.compile(system.pattern) for system in settings.progress],
    )


def look_up_of(settings: Settings, slots: Slots) -> LookUp:
    """How the knowledge base is asked, in writing and on the telephone."""
    return LookUp(thresholds_of(settings), slots, aloud=thresholds_of(settings, aloud=True))


def thresholds_of(settings: Settings, *, aloud: bool = False) -> Thresholds:
    """How sure the knowledge base has to be. Raises `SettingsProblem` for models that cannot be used."""
    knowledge = settings.knowledge
    models = None
    if knowledge.confidence:
        try:
            models = Confidence.read_toml(Path(knowledge.confidence).read_text("utf-8"))
        except (OSError, UnicodeDecodeError) as problem:
            raise SettingsProblem([f"knowledge.confidence: 读不到 (cannot read it): {problem}"]) from None
        except KnowledgeError as problem:
            raise SettingsProblem([f"knowledge.confidence: {problem}"]) from None
    return Thresholds(
        answer=(knowledge.answer_aloud if aloud else 0.0) or knowledge.answer or DEFAULT.answer,
        choice=knowledge.choice or DEFAULT.choice,
        models=models,
    )


def progress_systems(settings: Settings) -> list[ProgressSystem]:
    """The configured other systems."""
    return [
        ProgressSystem(
            name=system.name,
            pattern=re.compile(system.pattern),
            url=system.url,
            secret=system.secret.get_secret_value(),
            timeout_seconds=system.timeout_seconds,
            states=system.states,
        )
        for system in settings.progress
    ]


def track_case_of(base: Foundation, texts: Texts, outgoing: Outgoing, profiles: Profiles) -> TrackCase:
    """Progress, of our cases and of other systems, behind one brake."""
    tracking = base.settings.tracking
    brake = QueryCodeLockout(
        base.documents,
        base.clock,
        wrong_codes_a_day=tracking.wrong_codes_a_day,
        longest_wait=tracking.lock_seconds,
    )
    channel = next((one.name for one in profiles.values() if one.kind is ChannelKind.SMS), "")
    return TrackCase(
        CaseProgress(base.stores),
        [HttpProgress(system, base.http, base.clock) for system in progress_systems(base.settings)],
        brake,
        base.clock,
        texts,
        PhoneProof(
            base.documents,
            base.stores,
            base.vault,
            base.clock,
            brake,
            outgoing,
            texts,
            base.identities,
            channel=channel,
        ),
    )


def wording_of(settings: Settings, texts: Texts, slots: Slots) -> Wording:
    """How answers are worded on each channel."""
    limits = Limits(settings.knowledge.sms_parts, settings.knowledge.sms_links)
    base = settings.web.public_url

    def help_page(entry: Entry) -> str:
        return base + entry_path(entry.id)

    # Without a public address there is only one of this machine, of no use to a citizen.
    return Wording(texts, slots, limits, help_page if base else no_help_page)


@dataclass(frozen=True, slots=True)
class Dialogue:
    """How a text is understood (`triage`, `understand`, `look_up`), how answers are worded, who looks on."""

    texts: Texts
    slots: Slots
    look_up: LookUp
    triage: Triage
    understand: Understand
    wording: Wording
    watch: Watch


def dialogue_of(base: Foundation, watch: Watch) -> Dialogue:
    """What writing and telephone have in common."""
    settings, texts = base.settings, Texts()
    slots = slots_of(settings)
    look_up = look_up_of(settings, slots)
    return Dialogue(
        texts,
        slots,
        look_up,
        triage_of(settings, look_up),
        Understand(
            base.encoding,
            safety_of(settings),
            looks_up=weighs(thresholds_of(settings), base.encoding.name),
            wait_seconds=watch.wait_seconds,
        ),
        wording_of(settings, texts, slots),
        watch,
    )
