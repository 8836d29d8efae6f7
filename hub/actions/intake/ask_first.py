"""In a chat, what says nothing makes no case: it is asked once more what it is about.

The rule: only where somebody sits at a page and reads the question; a text message or a letter that says
nothing may be all that its writer could send. A wish for a person, a picture and an open case stay.
"""

from __future__ import annotations

from channels.contract import ChannelKind
from hub.actions.dialogue.substance import has_substance
from hub.actions.dialogue.verdict import Lost, ToPerson, Verdict
from hub.actions.intake.scene import Scene
from hub.model.track import Track
from knowledge_base.dialogue.small_talk import SmallTalk
from knowledge_base.text.utterance import Utterance


def asking_first(scene: Scene, utterance: Utterance, verdict: Verdict, small_talk: SmallTalk) -> Verdict:
    """The verdict, or `Lost` where a case would hold nothing."""
    if verdict != ToPerson(Track.CONSULT) or scene.event.kind is not ChannelKind.CHAT:
        return verdict
    if scene.case is not None or scene.event.attachments or has_substance(utterance, small_talk):
        return verdict
    return Lost()
