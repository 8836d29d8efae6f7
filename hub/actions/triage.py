"""What an inbound text is: decided by rules in a fixed order, without reading or writing anything.

The order protects people first: danger, then the wish not to be written to, then a question
about one's own case, then the knowledge base, then a person.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from channels.suppression import parse_opt_out
from hub.model.reference import find_pair
from hub.model.track import Track
from knowledge_base.answer import Answer, Decision, Thresholds, decide
from knowledge_base.entry import Entry
from knowledge_base.matcher import Snapshot


@dataclass(frozen=True, slots=True)
class Danger:
    """Words of an emergency. `words` are the configured ones that were found."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OptOut:
    """No more of these. `rest` is what else the text says; it still reaches the desk."""

    subject: str
    rest: str


@dataclass(frozen=True, slots=True)
class OptIn:
    """Wants them again."""

    subject: str


@dataclass(frozen=True, slots=True)
class AskProgress:
    """A number and a query code."""

    reference: str
    code: str


@dataclass(frozen=True, slots=True)
class Answered:
    """The knowledge base is sure, or the citizen picked one of the offered questions."""

    entry: Entry


@dataclass(frozen=True, slots=True)
class Offer:
    """Up to three questions it may be."""

    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class ToPerson:
    """A case for a person. `asked`: the citizen wanted one."""

    track: Track
    asked: bool = False


Verdict = Danger | OptOut | OptIn | AskProgress | Answered | Offer | ToPerson


@dataclass(frozen=True, slots=True)
class Words:
    """The configured words (config.toml, [triage]), folded by `fold`."""

    emergency: tuple[str, ...] = ()
    exceptions: tuple[str, ...] = ()
    report_verbs: tuple[str, ...] = ()
    report_objects: tuple[str, ...] = ()
    person: tuple[str, ...] = ()


def fold(text: str) -> str:
    """NFKC, lower case, no blanks: how words and texts are compared."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text).casefold())


class Triage:
    """The rules with their words and thresholds."""

    def __init__(self, words: Words, thresholds: Thresholds) -> None:
        self._words = Words(
            *(
                tuple(fold(word) for word in group)
                for group in (
                    words.emergency,
                    words.exceptions,
                    words.report_verbs,
                    words.report_objects,
                    words.person,
                )
            )
        )
        self._emergency = re.compile("|".join(map(re.escape, self._words.emergency)) or r"(?!)")
        self._thresholds = thresholds

    def __call__(
        self,
        text: str,
        *,
        snapshot: Snapshot,
        offered: Sequence[str] = (),
        opt_outs: bool = True,
        subject: str = "",
    ) -> Verdict:
        """`offered`: entry ids of the last numbered choices. `opt_outs`: whether 退订 means that here.

        subject: of a letter; danger and accusations are looked for in it as well.
        """
        folded = fold(text)
        whole = f"{fold(subject)}|{folded}" if subject else folded
        danger = self.danger_words(whole)
        if danger:
            return Danger(danger)
        if opt_outs:
            wish = parse_opt_out(text)
            if wish.matched:
                return OptOut(wish.subject, wish.rest)
            if wish.resubscribed:
                return OptIn(wish.subject)
        pair = find_pair(text)
        if pair is not None:
            return AskProgress(*pair)
        picked = self._picked(folded, offered, snapshot)
        if picked is not None:
            return Answered(picked)
        if folded in self._words.person:
            return ToPerson(Track.CONSULT, asked=True)
        if self.accuses_police(whole) and not _is_question(whole):
            return ToPerson(Track.REPORT)
        return self._asked(text, whole, snapshot)

    def danger_words(self, folded: str) -> tuple[str, ...]:
        """The emergency words in a folded text, after the exceptions were taken out."""
        if self._emergency.search(folded) is None:
            return ()
        for harmless in self._words.exceptions:
            folded = folded.replace(harmless, "")
        return tuple(dict.fromkeys(self._emergency.findall(folded)))

    def accuses_police(self, folded: str) -> bool:
        """Whether a folded text reports police, so that it must go behind the compartment wall."""
        return any(verb in folded for verb in self._words.report_verbs) and any(
            object_ in folded for object_ in self._words.report_objects
        )

    def _picked(self, folded: str, offered: Sequence[str], snapshot: Snapshot) -> Entry | None:
        if not offered or not folded.isdecimal() or len(folded) > 2:
            return None
        number = int(folded)
        if not 1 <= number <= len(offered):
            return None
        return next((entry for entry in snapshot.entries if entry.id == offered[number - 1]), None)

    def _asked(self, text: str, folded: str, snapshot: Snapshot) -> Verdict:
        answer: Answer = decide(snapshot, text, self._thresholds)
        if answer.decision is Decision.ANSWER:
            return Answered(answer.matches[0].entry)
        if self.accuses_police(folded):
            return ToPerson(Track.REPORT)
        if answer.decision is Decision.CHOICES and (len(folded) <= _BARE or _QUESTION.search(folded)):
            return Offer(tuple(match.entry for match in answer.matches[:3]))
        return ToPerson(Track.CONSULT)


_BARE = 12
"""A text this short names a subject ("护照"). A longer one without a question word tells of a matter:
it becomes a case, because nobody answers "did you mean" when it was no question."""

_QUESTION = re.compile(r"怎么|如何|怎样|哪里|哪儿|什么|吗|[?]|能不能|可以|电话|how|where|what")


def _is_question(folded: str) -> bool:
    """A short question about reporting is not yet a report ("怎么投诉交警?")."""
    return len(folded) <= 30 and _QUESTION.search(folded) is not None
