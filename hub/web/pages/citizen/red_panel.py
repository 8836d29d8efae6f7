"""What somebody typed on a page is, and which red panel the page shows when it surely tells of danger."""

from __future__ import annotations

from hub.actions.dialogue.danger_kind import danger_kind
from hub.actions.dialogue.follow_up import sentences_in
from hub.actions.dialogue.verdict import Answered, AskSlot, Danger, Verdict
from hub.actions.dialogue.word_of_danger import worth
from hub.hub import Hub
from hub.model.danger_kind import DangerKind
from knowledge_base.meaning.safety import Level
from knowledge_base.text.utterance import Utterance


async def triaged(hub: Hub, text: str) -> Verdict:
    """What a text typed on a page is, with what it means."""
    vectors = (await hub.understand(text, asked=sentences_in(text))).vectors
    return hub.triage(
        Utterance(text), snapshot=hub.knowledge.snapshot, opt_outs=False, told=True, vectors=vectors
    )


async def danger_shown(hub: Hub, text: str, verdict: Verdict | None) -> DangerKind:
    """The kind of the panel, NONE for no panel."""
    if isinstance(verdict, Answered | AskSlot) and hub.knowledge.snapshot.look(text)[0].exact:
        return DangerKind.NONE  # these very words are published as a question
    judged = (await hub.understand(text)).judgement
    folded = Utterance(text).folded
    by_word = worth(verdict, judged, folded) if isinstance(verdict, Danger) else Level.NONE
    return danger_kind(folded) if Level.SURE in (by_word, judged.danger) else DangerKind.NONE
