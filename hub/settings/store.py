"""Where things are kept, under which keys, for how long."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, model_validator

from hub.settings.table import Secret, Table


class Store(Table):
    engine: Literal["sqlite", "mongodb"] = "sqlite"
    path: Path = Path("var/hub/hub.db")
    url: Secret = SecretStr("")
    database: str = "hub"


class Keys(Table):
    file: Path = Path("var/hub/keys.json")
    ring: Secret = SecretStr("")
    report_file: str = ""
    report_ring: Secret = SecretStr("")

    @property
    def reports(self) -> Path:
        """Where the keys of REPORT recordings are kept."""
        return Path(self.report_file) if self.report_file else self.file.with_name(f"report-{self.file.name}")


class Files(Table):
    path: Path = Path("var/hub/files")


class Evidence(Table):
    """Who gets the newest head of the evidence once a day."""

    channel: str = ""
    address: str = ""

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if bool(self.channel) != bool(self.address):
            raise ValueError("channel 和 address 要一起填写 (both or none)")
        return self


class Retention(Table):
    every_seconds: int = Field(default=3_600, ge=60)
    sessions_seconds: int = Field(default=86_400, ge=0)
    attempts_seconds: int = Field(default=604_800, ge=0)
    questions_seconds: int = Field(default=15_552_000, ge=86_400)
    notifications_seconds: int = Field(default=7_776_000, ge=86_400)
    drafts_seconds: int = Field(default=2_592_000, ge=86_400)
    recipients_seconds: int = Field(default=7_776_000, ge=604_800)
