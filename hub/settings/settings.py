"""Everything that can be set, with its defaults; the tables stand beside this module by subject."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, PrivateAttr

from hub.settings.alarms import Alarms
from hub.settings.calls import Calls, Speech
from hub.settings.carrier_data import CarrierData
from hub.settings.cases import Assignment, Cases
from hub.settings.channels import Channel
from hub.settings.deliveries import Broadcast, Dispatch, Fallback, Frequency, SendingHours
from hub.settings.departments import DepartmentApi, DepartmentTable
from hub.settings.dialogue import EncoderServer, Knowledge, TriageWords
from hub.settings.imports import Imports
from hub.settings.listeners import CmppListener, SendsmsListener, SmppListener
from hub.settings.organisation import Hours, Organisation, Region
from hub.settings.progress import ProgressSystem, Tracking
from hub.settings.store import Evidence, Files, Keys, Retention, Store
from hub.settings.table import Table
from hub.settings.warnings.warnings import Warnings
from hub.settings.web import Limits, Web


class Log(Table):
    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["auto", "console", "json"] = "auto"


class Settings(Table):
    """Everything that can be set."""

    organisation: Organisation = Organisation()
    regions: list[Region] = []
    web: Web = Web()
    limits: Limits = Limits()
    store: Store = Store()
    keys: Keys = Keys()
    files: Files = Files()
    evidence: Evidence = Evidence()
    log: Log = Log()
    triage: TriageWords = TriageWords()
    tracking: Tracking = Tracking()
    progress: list[ProgressSystem] = []
    knowledge: Knowledge = Knowledge()
    encoder_server: EncoderServer = EncoderServer()
    dispatch: Dispatch = Dispatch()
    broadcast: Broadcast = Broadcast()
    fallback: Fallback = Fallback()
    sending_hours: SendingHours = SendingHours()
    frequency: Frequency = Frequency()
    departments: dict[Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{1,30}$")], DepartmentTable] = {}
    department_api: DepartmentApi = DepartmentApi()
    smpp_listener: SmppListener = SmppListener()
    cmpp_listener: CmppListener = CmppListener()
    sendsms_listener: SendsmsListener = SendsmsListener()
    imports: Imports = Imports()
    speech: Speech = Speech()
    calls: Calls = Calls()
    cases: Cases = Cases()
    assignment: Assignment = Assignment()
    alarms: Alarms = Alarms()
    warnings: Warnings = Warnings()
    carrier_data: CarrierData = CarrierData()
    retention: Retention = Retention()
    hours: Hours = Hours()
    channels: dict[Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{1,30}$")], Channel] = {}

    _retired: tuple[str, ...] = PrivateAttr(default=())

    @property
    def retired_keys(self) -> tuple[str, ...]:
        """Keys of earlier releases that the file still has, `table.key`; nobody reads them."""
        return self._retired

    def with_retired(self, keys: tuple[str, ...]) -> Settings:
        """Itself, with the keys noted that were found and left out."""
        self._retired = keys
        return self

    def public_url(self) -> str:
        """What citizens and carriers see, without a trailing slash."""
        return self.web.public_url or f"http://{self.web.host}:{self.web.port}"
