"""A flow as values: its nodes, prompts and policy. What TOML becomes and the engine walks.

Four kinds of node wait for the caller (menu, ask, question, record), one waits for the hub (do), one for
another telephone (transfer), one speaks and goes on (say), one speaks and hangs up (end).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Hook(StrEnum):
    """What a `do` node asks the hub for. The value is what the TOML says."""

    ISSUE_RECEIPT = "issue_receipt"
    LOOKUP_PROGRESS = "lookup_progress"
    ANSWER_QUESTION = "answer_question"  # what the caller asked in words
    ANSWER_CHOICE = "answer_choice"  # which of the offered questions it was
    MOVE_CASE = "move_case"  # a step of the case that was looked up: slots `move` and `score`
    PROVE_CASE = "prove_case"  # the same for a case of our own, to which the caller may add


HOOK_OUTCOMES: Mapping[Hook, tuple[str, ...]] = {
    Hook.ISSUE_RECEIPT: ("ok", "error"),
    Hook.LOOKUP_PROGRESS: ("found", "wrong", "locked", "error"),
    Hook.PROVE_CASE: ("found", "wrong", "locked", "error"),
    Hook.MOVE_CASE: ("told", "error"),
    Hook.ANSWER_QUESTION: ("answered", "choices", "unknown", "person", "report", "error"),
    Hook.ANSWER_CHOICE: ("answered", "choices", "unknown", "error"),
}
"""The outcomes every do node must have an exit for. `issue_receipt` may add `already`."""

LOOK_UPS = frozenset({Hook.LOOKUP_PROGRESS, Hook.PROVE_CASE})
"""Hooks that take a number and its code; wrong ones are counted."""

HOOK_FACTS: Mapping[Hook, tuple[str, ...]] = {
    Hook.ISSUE_RECEIPT: ("reference", "query_code"),
    Hook.LOOKUP_PROGRESS: ("progress",),
    Hook.PROVE_CASE: ("asked",),
    Hook.MOVE_CASE: ("told",),
    Hook.ANSWER_QUESTION: ("answer", "choices", "choices_aloud"),
    Hook.ANSWER_CHOICE: ("answer", "choices", "choices_aloud"),
}
"""What the hub hands back with the first outcome; spoken, then forgotten."""

GIVEN_FACTS = frozenset(
    {
        "province",
        "open",
        "speech",
        "person_number",
        "emergency_number",
        "cities",
        "number_shown",
        "number_withheld",
    }
)
"""What the hub knows before any hook ran. `open` is "1" when people are on duty, `speech` when the line
listens for words, `number_shown` or `number_withheld` by the caller's number; `cities` is
`591=福州|Fuzhou 592=厦门|Xiamen`, one name per language of the flow."""

HEARD_FACTS = ("danger", "may_be_danger", "wants_person")
"""What the hub finds in the words of a SPEECH event: words of an emergency; danger by what was meant ("1");
the wish for a person ("1")."""

QUESTION_SLOT, CHOICE_SLOT = "question", "choice"
MOVE_SLOT, SCORE_SLOT = "move", "score"
NUMBER_SLOT = "contact_number"
"""Where to reach a caller who shows no number; it stands on the case as the applicant's, nowhere else."""


class AskKind(StrEnum):
    """How an answer is normalised and checked (`ivr/slots.py`)."""

    DIGITS = "digits"
    CHOICE = "choice"  # one code out of a list the hub gives as a fact
    MOBILE = "mobile"
    ID_NUMBER = "id_number"
    PLATE = "plate"


@dataclass(frozen=True, slots=True)
class Entry:
    """What happens when a node is entered, before it says anything.

    open_case: kind of the draft case to open, or ""; a draft that is there keeps its kind or becomes
    more secret.
    another: what is told from here on is a matter of its own, with a case of its own.
    assign: slots set to fixed values. language: a language of the flow, `next`, or "".
    """

    open_case: str
    another: bool
    assign: Mapping[str, str]
    language: str


@dataclass(frozen=True, slots=True)
class SayNode:
    """Speaks and goes on."""

    name: str
    entry: Entry
    prompts: tuple[str, ...]
    next: str


@dataclass(frozen=True, slots=True)
class MenuNode:
    """One key, one way. `words` are the spoken synonyms of a key's way.

    noinput, nomatch: where errors lead once the reprompts are used up. repeat: the node that key
    9 leads to, when it is not this one.
    """

    name: str
    entry: Entry
    prompts: tuple[str, ...]
    short: str
    keys: Mapping[str, str]
    words: Mapping[str, tuple[str, ...]]
    barge_in: bool
    timeout_seconds: int
    noinput: str
    nomatch: str
    repeat: str


@dataclass(frozen=True, slots=True)
class AskNode:
    """Fills a slot. `secret` values are never saved, never read back, dropped after the hook.

    when: the fact without which it is not asked, "" = always.
    """

    name: str
    entry: Entry
    prompts: tuple[str, ...]
    short: str
    slot: str
    kind: AskKind
    options: str
    min_digits: int
    max_digits: int
    optional: bool
    readback: bool
    secret: bool
    when: str
    timeout_seconds: int
    next: str
    noinput: str
    nomatch: str


@dataclass(frozen=True, slots=True)
class QuestionNode:
    """Asks for a question in words, into the slot `question`. `again`: said once when nothing was understood.

    off: where to go on a line that does not listen. noinput: when nothing was understood twice.
    """

    name: str
    entry: Entry
    prompts: tuple[str, ...]
    short: str
    again: str
    timeout_seconds: int
    next: str
    off: str
    noinput: str


@dataclass(frozen=True, slots=True)
class RecordNode:
    """Records the caller. `finish_on` holds `#` (done), `0` (a person), `*` (once more), and `1`, which ends
    it too, because it may be the first key of 1-1-0."""

    name: str
    entry: Entry
    prompts: tuple[str, ...]
    short: str
    slot: str
    max_seconds: int
    silence_seconds: int
    finish_on: str
    next: str
    noinput: str
    nomatch: str


@dataclass(frozen=True, slots=True)
class DoNode:
    """Asks the hub; `next` has a node for every outcome."""

    name: str
    entry: Entry
    hook: Hook
    next: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class TransferNode:
    """Connects the caller: `numbers` are tried in order, empty and repeated ones left out.

    closed: where to go instead while nobody is on duty, or "". emergency: the reason with which
    the emergency is raised before dialling, or "".
    """

    name: str
    entry: Entry
    prompts: tuple[str, ...]
    numbers: tuple[str, ...]
    timeout_seconds: int
    connected: str
    failed: str
    closed: str
    emergency: str


@dataclass(frozen=True, slots=True)
class EndNode:
    """Speaks and hangs up: never without a word."""

    name: str
    entry: Entry
    prompts: tuple[str, ...]


Node = SayNode | MenuNode | AskNode | QuestionNode | RecordNode | DoNode | TransferNode | EndNode
InputNode = MenuNode | AskNode | QuestionNode | RecordNode
SpeakingNode = SayNode | MenuNode | AskNode | QuestionNode | RecordNode | TransferNode | EndNode


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules every prompt shares. Node names, prompt ids and bounds.

    top: where `*` leads when there is nothing to go back to. complaint: the node that enters the
    complaint branch. person: key 0. help: a person in hours, else message-taking, when errors are
    used up. last: the worded end when even that failed. emergency: the question after 1-1-0.
    danger: where words of an emergency lead at once, "" for that question.
    noinput, nomatch: prompt ids for the first, second … error at one prompt.
    """

    top: str
    complaint: str
    person: str
    help: str
    last: str
    emergency: str
    danger: str
    noinput: tuple[str, ...]
    nomatch: tuple[str, ...]
    readback: str
    lost: str
    max_errors: int
    max_lookups: int
    max_turns: int


@dataclass(frozen=True, slots=True)
class Flow:
    """A linted flow. `sha` is of the text: a running call keeps its version across a deploy."""

    id: str
    sha: str
    start: str
    languages: tuple[str, ...]
    nodes: Mapping[str, Node]
    prompts: Mapping[str, Mapping[str, str]]
    policy: Policy


def prompts_of(node: Node) -> tuple[str, ...]:
    """The prompts a node may say, its short ones last."""
    short = (node.short,) if isinstance(node, InputNode) and node.short else ()
    again = (node.again,) if isinstance(node, QuestionNode) else ()
    return node.prompts + short + again if isinstance(node, SpeakingNode) else ()


def caller_exits(node: Node) -> tuple[str, ...]:
    """Where the caller's own choice can lead from here."""
    match node:
        case MenuNode():
            return tuple(node.keys.values())
        case AskNode() | QuestionNode() | RecordNode():
            return (node.next,)
        case _:
            return ()


def own_exits(node: Node) -> tuple[str, ...]:
    """Where the call can go from here without the caller doing anything."""
    match node:
        case SayNode():
            return (node.next,)
        case MenuNode():
            return tuple(n for n in (node.noinput, node.nomatch, node.repeat) if n)
        case AskNode() | RecordNode():
            exits = (node.noinput, node.nomatch)
            may_skip = isinstance(node, AskNode) and (node.optional or node.when)
            optional = (node.next,) if may_skip else ()
            return tuple(n for n in exits if n) + optional
        case QuestionNode():
            return tuple(n for n in (node.off, node.noinput) if n)
        case DoNode():
            return tuple(node.next.values())
        case TransferNode():
            return tuple(n for n in (node.connected, node.failed, node.closed) if n)
        case EndNode():
            return ()
