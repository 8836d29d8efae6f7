"""Loads a flow: TOML text → values → lint. A flow with any problem is not loaded at all.

The department changes digits and wording without a release, so every mistake a person can make in
such a file is named here, all at once, with the place in the file.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources

from ivr.errors import IvrError
from ivr.lint import problems_of
from ivr.node import (
    AskKind,
    AskNode,
    DoNode,
    EndNode,
    Entry,
    Flow,
    Hook,
    MenuNode,
    Node,
    Policy,
    QuestionNode,
    RecordNode,
    SayNode,
    TransferNode,
)
from ivr.reader import Reader

__all__ = ["Flow", "FlowError", "load", "shipped"]


class FlowError(IvrError):
    """A flow that must not answer calls. `problems` lists everything wrong with it."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


def shipped(name: str) -> str:
    """The TOML text of a flow the product ships with. Raises `FlowError` for an unknown name."""
    file = resources.files("ivr.flows").joinpath(f"{name}.toml")
    if not name.isalnum() or not file.is_file():
        raise FlowError((f"no flow named {name!r} is shipped",))
    return file.read_text(encoding="utf-8")


@lru_cache(maxsize=32)  # a line's flow is kept for calls over a restart, and read from there once more
def load(text: str) -> Flow:
    """Parse and lint. Raises `FlowError` with every problem found."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise FlowError((f"not TOML: {problem}",)) from problem
    problems: list[str] = []
    root = Reader(data, "", problems)
    flow = _flow(root, hashlib.sha256(text.encode()).hexdigest())
    root.done()
    if not problems:  # a half-read flow would only produce follow-up complaints
        problems.extend(problems_of(flow))
    if problems:
        raise FlowError(tuple(problems))
    return flow


def _flow(root: Reader, sha: str) -> Flow:
    head = root.table("flow")
    nodes = {name: _node(name, table) for name, table in root.tables("node").items()}
    prompts = {name: table.texts_left() for name, table in root.tables("prompt").items()}
    flow = Flow(
        id=head.text("id"),
        sha=sha,
        start=head.text("start"),
        languages=head.names("languages"),
        nodes=nodes,
        prompts=prompts,
        policy=_policy(root.table("policy")),
    )
    head.done()
    return flow


def _policy(table: Reader) -> Policy:
    policy = Policy(
        top=table.text("top"),
        complaint=table.text("complaint"),
        person=table.text("person"),
        help=table.text("help", ""),
        last=table.text("last"),
        emergency=table.text("emergency"),
        danger=table.text("danger", ""),
        noinput=table.names("noinput"),
        nomatch=table.names("nomatch"),
        readback=table.text("readback"),
        lost=table.text("lost"),
        max_errors=table.number("max_errors", 6, least=1, most=20),
        max_lookups=table.number("max_lookups", 3, least=1, most=5),
        max_turns=table.number("max_turns", 60, least=10, most=200),
    )
    table.done()
    return policy


def _node(name: str, table: Reader) -> Node:
    kind = table.text("type")
    entry = Entry(
        open_case=table.text("open_case", ""),
        another=table.flag("another", default=False),
        assign=table.texts("set"),
        language=table.text("language", ""),
    )
    node = _node_of_kind(kind, name, entry, table)
    table.done()
    return node


def _node_of_kind(kind: str, name: str, entry: Entry, table: Reader) -> Node:
    match kind:
        case "menu":
            return _menu(name, entry, table)
        case "ask":
            return _ask(name, entry, table)
        case "record":
            return RecordNode(
                name=name,
                entry=entry,
                prompts=table.names("prompt"),
                short=table.text("short", ""),
                slot=table.text("slot"),
                max_seconds=table.number("max_seconds", 300, least=10, most=600),
                silence_seconds=table.number("silence", 6, least=2, most=30),
                finish_on=table.text("finish", "#0*1"),
                next=table.text("next"),
                noinput=table.text("noinput", ""),
                nomatch="",
            )
        case "question":
            return QuestionNode(
                name=name,
                entry=entry,
                prompts=table.names("prompt"),
                short=table.text("short", ""),
                again=table.text("again"),
                timeout_seconds=table.number("timeout", 6, least=2, most=30),
                next=table.text("next"),
                off=table.text("off"),
                noinput=table.text("noinput", ""),
            )
        case "do":
            hook = table.choice("hook", Hook, Hook.ISSUE_RECEIPT)
            return DoNode(name=name, entry=entry, hook=hook, next=table.texts("next"))
        case "transfer":
            return TransferNode(
                name=name,
                entry=entry,
                prompts=table.names("prompt"),
                numbers=table.names("numbers"),
                timeout_seconds=table.number("timeout", 20, least=5, most=120),
                connected=table.text("connected"),
                failed=table.text("failed"),
                closed=table.text("closed", ""),
                emergency=table.text("emergency", ""),
            )
        case "end":
            return EndNode(name=name, entry=entry, prompts=table.names("prompt"))
        case "say":
            return SayNode(name=name, entry=entry, prompts=table.names("prompt", ()), next=table.text("next"))
        case _:
            table.refuse("type", "is none of say, menu, ask, question, record, do, transfer, end")
            return EndNode(name=name, entry=entry, prompts=())


def _menu(name: str, entry: Entry, table: Reader) -> MenuNode:
    words: Mapping[str, Reader] = table.tables("say")
    return MenuNode(
        name=name,
        entry=entry,
        prompts=table.names("prompt"),
        short=table.text("short", ""),
        keys=table.texts("keys"),
        words={key: reader.names("words") for key, reader in words.items()},
        barge_in=table.flag("barge_in", default=True),
        timeout_seconds=table.number("timeout", 5, least=2, most=30),
        noinput=table.text("noinput", ""),
        nomatch=table.text("nomatch", ""),
        repeat=table.text("repeat", ""),
    )


def _ask(name: str, entry: Entry, table: Reader) -> AskNode:
    return AskNode(
        name=name,
        entry=entry,
        prompts=table.names("prompt"),
        short=table.text("short", ""),
        slot=table.text("slot"),
        kind=table.choice("kind", AskKind, AskKind.DIGITS),
        options=table.text("options", ""),
        min_digits=table.number("min", 1, least=1, most=20),
        max_digits=table.number("max", 20, least=1, most=20),
        optional=table.flag("optional", default=False),
        readback=table.flag("readback", default=False),
        secret=table.flag("secret", default=False),
        when=table.text("when", ""),
        timeout_seconds=table.number("timeout", 8, least=2, most=30),
        next=table.text("next"),
        noinput=table.text("noinput", ""),
        nomatch=table.text("nomatch", ""),
    )
