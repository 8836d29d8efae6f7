"""What an inbound text can be. Triage says which; `hub/actions/intake/answer_message.py` does what
follows."""

from __future__ import annotations

from dataclasses import dataclass

from hub.model.citizen_wish import CitizenWish
from hub.model.track import Track
from knowledge_base.dialogue.small_talk import Talk
from knowledge_base.entry import Entry, SlotAnswer


@dataclass(frozen=True, slots=True)
class Danger:
    """Words of an emergency or a threat. `words`: the configured ones that were found; `own`: among them one
    that the office added."""

    words: tuple[str, ...]
    threat: bool = False
    own: bool = False


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
    """A number and a query code. `track`: of the case for what the text tells besides, if it does.

    wish: the step of the case that the text asks for; None asks for its progress.
    """

    reference: str
    code: str
    track: Track | None = None
    wish: CitizenWish | None = None


@dataclass(frozen=True, slots=True)
class NeedsCode:
    """A number without its query code."""


@dataclass(frozen=True, slots=True)
class SmallTalked:
    """A greeting, thanks, a test: nothing else."""

    talk: Talk


@dataclass(frozen=True, slots=True)
class Answered:
    """The knowledge base is sure, or one of the offered questions was picked. `by_slot`: for a value."""

    entry: Entry
    by_slot: SlotAnswer | None = None


@dataclass(frozen=True, slots=True)
class AnsweredEach:
    """Several questions in one text: two answers or more, and the questions nobody is sure of."""

    answers: tuple[Answered, ...]
    left: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AskSlot:
    """The entry is sure, its answer depends on a value nobody has named."""

    entry: Entry


@dataclass(frozen=True, slots=True)
class Offer:
    """Up to three questions it may be. `again`: they were offered, and what came back was none; `likely`: one
    of them answers even where the text tells of a matter and asks nothing."""

    entries: tuple[Entry, ...]
    again: bool = False
    likely: bool = False


@dataclass(frozen=True, slots=True)
class Lost:
    """A number that nothing was offered for, or words that only vent: asked for the question in words."""


@dataclass(frozen=True, slots=True)
class ToPerson:
    """A case for a person. `asked`: the citizen wanted one."""

    track: Track
    asked: bool = False


Verdict = (
    Danger
    | OptOut
    | OptIn
    | AskProgress
    | NeedsCode
    | SmallTalked
    | Answered
    | AnsweredEach
    | AskSlot
    | Offer
    | Lost
    | ToPerson
)
