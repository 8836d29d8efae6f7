"""The vector of a published wording, made once for all processes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class KeptVector:
    """engine: its name, with model and dimension. row: eight bits a number, in base64."""

    id: str
    engine: str
    row: str
