"""Several questions in one text, looked up one by one: 身份证丢了怎么补？港澳通行证怎么续签？

The rule: only what would be looked up as a whole, and is no letter, is taken apart; and only where two
different answers or more are sure, because a matter told in many sentences asks in passing too.
"""

from __future__ import annotations

from collections.abc import Mapping

from hub.actions.dialogue.follow_up import TAKEN_APART
from hub.actions.dialogue.look_up import LookUp
from hub.actions.dialogue.verdict import Answered, AnsweredEach, AskSlot, Offer, ToPerson, Verdict
from hub.model.track import Track
from knowledge_base.match.matcher import Snapshot
from knowledge_base.meaning.encoder import Vector
from knowledge_base.text.plain import plain


def one_by_one(
    verdict: Verdict,
    text: str,
    look_up: LookUp,
    snapshot: Snapshot,
    *,
    city: str,
    vectors: Mapping[str, Vector],
) -> Verdict:
    """The verdict on a whole text, or the answers to its questions. vectors: see `LookUp.question`."""
    as_a_whole = isinstance(verdict, Answered | AskSlot | Offer) or verdict == ToPerson(Track.CONSULT)
    if not as_a_whole or len(text) > TAKEN_APART or _is_wording(verdict, text):
        return verdict
    answers, left = look_up.each(text, snapshot, city=city, vectors=vectors)
    different = {answer.entry.id: answer for answer in answers}
    if len(different) < 2:
        return verdict
    return AnsweredEach(tuple(different.values()), tuple(left))


def _is_wording(verdict: Verdict, text: str) -> bool:
    """Whether a published entry asks in these very words."""
    if not isinstance(verdict, Answered | AskSlot):
        return False
    return plain(text) in map(plain, (verdict.entry.question, *verdict.entry.variants))
