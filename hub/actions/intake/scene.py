"""One inbound message on its way through the rules: what was read before deciding."""

from __future__ import annotations

from dataclasses import dataclass

from channels.contract import InboundMessage
from hub.actions.cases.plan import Plan
from hub.actions.deliveries.channel_profile import ChannelProfile
from hub.actions.intake.search_letter import Found
from hub.model.cases.case import Case
from hub.model.conversation import Conversation
from hub.model.dialogue import NOTHING_OPEN, Dialogue
from hub.store.codec import Versioned
from knowledge_base.meaning.safety import NOTHING_SHOWN, Judgement

MessagePlan = Plan[Conversation]


@dataclass(frozen=True, slots=True)
class Scene:
    """What was read before deciding."""

    event: InboundMessage
    event_id: str
    profile: ChannelProfile
    text: str
    subject: str
    language: str
    address_key: str
    contact_id: str
    conversation: Conversation  # with this message counted
    version: int  # 0 = the conversation is new
    case: Versioned[Case] | None  # the open case the conversation belongs to
    merged_id: str = ""  # of the conversation's own case, when it was attached to `case`
    beside: Versioned[Case] | None = None  # the open case a new matter stands beside
    dialogue: Dialogue = NOTHING_OPEN  # what our last words asked, if it still waits
    judged: Judgement = NOTHING_SHOWN  # what the meaning of the text shows
    ours: tuple[str, ...] = ()  # what we said in the conversation, for a mail that quotes
    handed_off: bool = False  # the case before was an emergency that 110 has, not long ago
    searched: Found | None = None  # a letter nobody could read: what a search in its bytes found

    @property
    def is_walled(self) -> bool:
        """Whether the open case stands behind the compartment wall."""
        return self.case is not None and self.case.value.is_restricted
