"""How far a matter is, as its holder is told (办事进度)."""

from __future__ import annotations

from dataclasses import dataclass

from hub.model.conversation import AttachedFile


@dataclass(frozen=True, slots=True)
class Step:
    """One stage on the citizen's timeline; `at` is None while it lies ahead or its time is not known."""

    label: str
    at: int | None
    done: bool


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer the citizen may read. document: its title, "" for a message."""

    at: int
    text: str
    document: str = ""
    files: tuple[AttachedFile, ...] = ()


@dataclass(frozen=True, slots=True)
class Progress:
    """What the holder of the code is told.

    label: where it stands, in Chinese; the English comes from the catalogue. confidential: told without any
    content unless the citizen reads it himself on a page. system: the name of another system that answered.
    """

    reference: str
    label: str
    received_at: int
    steps: tuple[Step, ...]
    replies: tuple[Reply, ...]
    confidential: bool = False
    system: str = ""
