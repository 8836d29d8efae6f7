"""What somebody asked before he wanted a person or none of the choices: it names his case.

The rule: since the last case only, and never a number with its query code, which may be that of a case others
must not know of (`hub/actions/cases/before_case.py`).
"""

from __future__ import annotations

from hub.actions.cases.before_case import said_before
from hub.actions.dialogue.quote import above_the_quote
from hub.actions.dialogue.substance import has_substance
from hub.actions.dialogue.triage import Triage
from hub.model.conversation import Conversation, Direction
from hub.repositories.conversations import ConversationRepository
from knowledge_base.dialogue.choice import NoneOfThem, choose, is_bare_number
from knowledge_base.dialogue.small_talk import SmallTalk
from knowledge_base.text.utterance import Utterance


class LastQuestion:
    """Looks for it."""

    def __init__(self, conversations: ConversationRepository, triage: Triage, small_talk: SmallTalk) -> None:
        self._conversations = conversations
        self._triage = triage
        self._small_talk = small_talk

    async def __call__(self, conversation: Conversation, now: str) -> str:
        """The last real question, "" when there is none. now: the text that wants a person."""
        before = await said_before(self._conversations, conversation.id, conversation.count)
        own = [message.text for message in before if message.direction is Direction.IN]
        texts = map(above_the_quote, [now, *reversed(own)])
        return next((text for text in texts if self._asks_something(text)), "")

    def _asks_something(self, text: str) -> bool:
        said = Utterance(text)
        wish = self._triage.wants_person(said) and len(said.plain) <= _WISH
        refused = isinstance(choose(text, ("甲",)), NoneOfThem)
        return not (wish or refused or is_bare_number(said.plain)) and has_substance(said, self._small_talk)


_WISH = 12
"""A longer text that wants a person says what for."""
