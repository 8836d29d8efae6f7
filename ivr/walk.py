"""Walks from node to node within one step: what is entered, said, asked and given to the hub.

A `Walk` lives for one event only. It holds the three things a turn is made of (state, steps,
effects) while they grow; the engine decides where to go, the walk goes there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from channels.contract import Ask, CallStep, Hangup, Pause, Record, Say, Transfer
from ivr import keys
from ivr.node import (
    CHOICE_SLOT,
    HOOK_FACTS,
    MOVE_SLOT,
    QUESTION_SLOT,
    SCORE_SLOT,
    AskKind,
    AskNode,
    DoNode,
    EndNode,
    Entry,
    Flow,
    Hook,
    InputNode,
    MenuNode,
    Node,
    QuestionNode,
    RecordNode,
    SayNode,
    TransferNode,
)
from ivr.prompts import fill, sayings, spoken
from ivr.slots import read_back
from ivr.state import (
    AnswerChoice,
    AnswerQuestion,
    CallState,
    Effect,
    IssueReceipt,
    LookupProgress,
    MoveCase,
    OpenCase,
    Phase,
    PromotePartial,
    RaiseEmergency,
    RestrictDraft,
    SaveSlot,
    Turn,
)

HISTORY_LENGTH = 8
WALLED = "REPORT"
"""The kind of case that only a few may see."""
REFERENCE_SLOT, CODE_SLOT = "reference", "query_code"
_LISTEN_SECONDS = 2
"""How long more keys are listened for behind a goodbye."""
RATED = "rate"
"""The event of a case that has a score."""


class Walk:
    """One step through a flow while it is being taken."""

    def __init__(self, flow: Flow, state: CallState, facts: Mapping[str, str]) -> None:
        self.flow = flow
        self.state = state
        self._given = facts
        self._steps: list[CallStep] = []
        self._effects: list[Effect] = []

    @property
    def node(self) -> Node:
        """The node the call is at."""
        return self.flow.nodes[self.state.node]

    @property
    def facts(self) -> Mapping[str, str]:
        """What prompts may speak of: slots, then what the hub knows, then what a hook gave."""
        return MappingProxyType({**self.state.slots, **self._given, **self.state.held})

    def turn(self) -> Turn:
        """The finished step."""
        return Turn(self.state, tuple(self._steps), tuple(self._effects))

    def emit(self, effect: Effect) -> None:
        """Ask the hub for something."""
        self._effects.append(effect)

    def unsay(self) -> None:
        """Drop what was to be said: the caller has already typed past it."""
        self._steps.clear()

    def say(self, prompts: tuple[str, ...]) -> None:
        """Speak prompts without waiting."""
        self._steps.extend(spoken(self.flow, prompts, self.state.language, self.facts))

    def forget(self, slot: str) -> None:
        """Drop what the caller gave."""
        kept = {name: value for name, value in self.state.slots.items() if name != slot}
        self.state = replace(self.state, slots=kept)

    # --- entering ------------------------------------------------------------------------------

    def go(self, target: str) -> None:
        """Move on to a node: remember the way back, forget what was being read out."""
        here = self.node
        if isinstance(here, InputNode) and target != here.name and not self.state.receipt_issued:
            history = (*self.state.history, here.name)[-HISTORY_LENGTH:]
            self.state = replace(self.state, history=history)
        self.state = replace(self.state, held={})
        self.enter(target)

    def enter(self, target: str) -> None:
        """Enter a node and follow it until somebody has to answer. Lint proves there is an end."""
        following: str | None = target
        while following is not None:
            node = self.flow.nodes[following]
            self._arrive(node)
            following = self._follow(node)

    def _arrive(self, node: Node) -> None:
        self.state = replace(self.state, node=node.name, phase=Phase.INPUT, noinput=0, nomatch=0, desk=0)
        self._apply(node.entry)

    def _follow(self, node: Node) -> str | None:
        match node:
            case SayNode():
                self.say(node.prompts)
                return node.next
            case AskNode() if node.kind is AskKind.CHOICE and not self.options(node):
                return node.next  # a province that configured no list is not asked for one
            case AskNode() if node.when and not self.facts.get(node.when):
                return node.next
            case QuestionNode() if not self._given.get("speech"):
                return node.off
            case MenuNode() | AskNode() | QuestionNode() | RecordNode():
                self.pose()
                return None
            case DoNode():
                return self._do(node)
            case TransferNode():
                if node.closed and self._given.get("open") != "1":
                    return node.closed
                return self._call_first_desk(node)
            case EndNode():
                self.promote(node.name)
                self.say_goodbye()
                return None

    def _apply(self, entry: Entry) -> None:
        if entry.language:
            self.state = replace(self.state, language=self._language(entry.language))
        if entry.another:
            self._close_matter()
        slots = {**self.state.slots, **entry.assign}
        self.state = replace(self.state, slots=slots)
        if entry.open_case:
            self._open_case(entry.open_case)
        if self.state.case_opened:
            for name, value in entry.assign.items():
                self.emit(SaveSlot(name, value, ""))

    def _close_matter(self) -> None:
        """Nothing that was told of one matter is taken for an answer about the next."""
        self.promote(self.state.node)
        self.state = replace(
            self.state,
            case_opened=False,
            case_kind="",
            receipt_issued=False,
            promoted=False,
            slots={},
            history=(),
        )

    def _open_case(self, kind: str) -> None:
        """A case once opened keeps its kind, except to become more secret: never less, by any key.

        One that has its receipt is done: what is told now is a case of its own.
        """
        if self.state.case_opened and (kind != WALLED or self.state.case_kind == WALLED):
            return
        if self.state.is_half_told:
            self.emit(RestrictDraft(kind))
        else:
            self.state = replace(self.state, case_opened=True, receipt_issued=False, promoted=False)
            self.emit(OpenCase(kind))
        self.state = replace(self.state, case_kind=kind)

    def _language(self, wanted: str) -> str:
        languages = self.flow.languages
        if wanted != "next":
            return wanted
        return languages[(languages.index(self.state.language) + 1) % len(languages)]

    # --- asking the caller ---------------------------------------------------------------------

    def pose(self, lead: tuple[str, ...] = (), *, short: bool = False) -> None:
        """Ask the question of the node the call is at, after `lead` prompts."""
        node = self.node
        if self.state.phase is Phase.CONFIRM and isinstance(node, AskNode):
            value = self.state.slots.get(node.slot, "")
            facts = {**self.facts, "value": self._aloud(node, value)}
            prompts = (*lead, self.flow.policy.readback)
            said = sayings(self.flow, prompts, self.state.language, facts)
            self._ask(said, 1, node.timeout_seconds)
            return
        match node:
            case MenuNode():
                said = self._question(node, lead, short=short)
                self._ask(said, 1, node.timeout_seconds, barge_in=node.barge_in)
            case AskNode():
                said = self._question(node, lead, short=short)
                self._ask(said, node.max_digits, node.timeout_seconds)
            case QuestionNode():
                said = self._question(node, lead, short=short)
                self._ask(said, 1, node.timeout_seconds, speech=self.state.language)
            case RecordNode():
                said = self._question(node, lead, short=short)
                self._steps.append(Record(said, node.max_seconds, node.silence_seconds, node.finish_on))
            case _:
                return

    def _ask(
        self,
        said: tuple[Say, ...],
        digits: int,
        timeout_seconds: int,
        *,
        barge_in: bool = True,
        speech: str = "",
    ) -> None:
        """Ask; what was just said becomes part of the question, so that keys count during it."""
        before: list[Say | Pause] = []
        while self._steps and isinstance(last := self._steps[-1], Say | Pause):
            before.insert(0, last)
            self._steps.pop()
        asked = (*before, *said)
        self._steps.append(Ask(asked, digits, timeout_seconds, barge_in=barge_in, speech=speech))

    def _question(self, node: InputNode, lead: tuple[str, ...], *, short: bool) -> tuple[Say, ...]:
        own = (node.short,) if short and node.short else node.prompts
        return sayings(self.flow, (*lead, *own), self.state.language, self.facts)

    def options(self, node: AskNode) -> Mapping[str, str]:
        """Codes and spoken names of a choice, from the fact the node names."""
        place = self.flow.languages.index(self.state.language)
        found: dict[str, str] = {}
        for item in self.facts.get(node.options, "").split():
            code, _, names = item.partition("=")
            by_language = names.split("|")
            found[code] = by_language[place] if place < len(by_language) else by_language[0]
        return found

    def _aloud(self, node: AskNode, value: str) -> str:
        if node.kind is AskKind.CHOICE:
            return self.options(node).get(value, value)
        return read_back(node.kind, value, self.state.language)

    # --- asking the hub ------------------------------------------------------------------------

    def _do(self, node: DoNode) -> str | None:
        if node.hook is Hook.ISSUE_RECEIPT and self.state.receipt_issued:
            return node.next.get("already", node.next["ok"])
        self.state = replace(self.state, phase=Phase.HUB)
        self.ask_hub(node)
        return None

    def ask_hub(self, node: DoNode) -> None:
        """Emit the hook's effect; safe to repeat, the hub carries it out once per call."""
        match node.hook:
            case Hook.ISSUE_RECEIPT:
                self.emit(IssueReceipt())
            case Hook.LOOKUP_PROGRESS | Hook.PROVE_CASE:
                slots = self.state.slots
                reference, code = slots.get(REFERENCE_SLOT, ""), slots.get(CODE_SLOT, "")
                self.emit(LookupProgress(reference, code, own=node.hook is Hook.PROVE_CASE))
            case Hook.MOVE_CASE:
                slots = self.state.slots
                event, score = slots.get(MOVE_SLOT, ""), slots.get(SCORE_SLOT, "")
                self.emit(MoveCase(self.state.verified_reference, event, score if event == RATED else ""))
            case Hook.ANSWER_QUESTION:
                self.emit(AnswerQuestion(self.state.slots.get(QUESTION_SLOT, "")))
            case Hook.ANSWER_CHOICE:
                self.emit(AnswerChoice(int(self.state.slots.get(CHOICE_SLOT, "") or 0)))

    def raise_emergency(self, reason: str, words: str = "") -> None:
        """Ask for an EMERGENCY case, once in a call."""
        if not self.state.emergency_raised:
            self.state = replace(self.state, emergency_raised=True)
            self.emit(RaiseEmergency(reason, words))

    def hold(self, hook: Hook, facts: Mapping[str, str]) -> None:
        """Keep what a hook gave until the caller moves on."""
        self.state = replace(
            self.state, held={name: facts[name] for name in HOOK_FACTS[hook] if name in facts}
        )

    # --- another telephone ---------------------------------------------------------------------

    def _call_first_desk(self, node: TransferNode) -> str | None:
        if node.emergency:
            self.raise_emergency(node.emergency)
        self.say(node.prompts)
        return self._call_desk(node)

    def call_next_desk(self, node: TransferNode) -> None:
        """The desk that rang did not answer: the next one, or the way for failures."""
        self.state = replace(self.state, desk=self.state.desk + 1)
        following = self._call_desk(node)
        if following is not None:
            self.enter(following)

    def _call_desk(self, node: TransferNode) -> str | None:
        numbers = dict.fromkeys(fill(number, self._given) for number in node.numbers)
        desks = [number for number in numbers if number]
        if self.state.desk >= len(desks):
            return node.failed
        self.state = replace(self.state, phase=Phase.TRANSFER)
        self._steps.append(Transfer(desks[self.state.desk], node.timeout_seconds))
        return None

    # --- ending --------------------------------------------------------------------------------

    def say_goodbye(self) -> None:
        """Speak the end node and hang up. The call is over only when the provider says so.

        Where the key that led here may be the first or second of 1-1-0, the rest of it is listened for.
        """
        node = self.node
        if isinstance(node, EndNode):
            self.say(node.prompts)
        if keys.may_become_emergency(self.state):
            self._ask((), 1, _LISTEN_SECONDS)
        else:
            self._steps.append(Hangup())
        self.state = replace(self.state, phase=Phase.CLOSED, held={})

    def hang_up(self) -> None:
        """After a goodbye that was heard."""
        self._steps.append(Hangup())

    def promote(self, node: str) -> None:
        """A case without a receipt becomes a partial one, once."""
        if self.state.is_half_told:
            self.state = replace(self.state, promoted=True)
            self.emit(PromotePartial(node))
