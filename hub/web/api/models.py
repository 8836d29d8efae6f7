"""What the API takes and gives. The OpenAPI description is made from these models and nothing else."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from channels.outbox.delivery import MessageClass
from hub.actions.departments.notice_text import NoticeKind
from hub.model.departments.submission import TextState
from hub.web.i18n import msgid

CONTROL = msgid("不能包含控制字符")


def _readable(text: str) -> str:
    if any(unicodedata.category(char) == "Cc" and char != "\n" for char in text):
        raise ValueError(CONTROL)
    return text


Readable = Annotated[str, AfterValidator(_readable)]
Name = Annotated[str, Field(max_length=40), AfterValidator(_readable)]
Reference = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._:-]+$")]
Extension = Annotated[str, Field(max_length=12, pattern=r"^[0-9]*$")]
Number = Annotated[str, Field(max_length=40), AfterValidator(_readable)]


class Asked(BaseModel):
    """Root of what is taken: unknown fields are errors, so that a slip of the pen is none that is
    overlooked."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Given(BaseModel):
    """Root of what is given."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)


class TextSubmission(Asked):
    """Texts to hand over: `text`, or a registered `template` with its `variables`."""

    client_ref: Reference = Field(description="Your own reference; the same one is never sent twice.")
    to: list[Number] = Field(min_length=1, max_length=1000, description="Numbers, in any usual spelling.")
    text: Annotated[str, Field(max_length=1000), AfterValidator(_readable)] = ""
    template: Name = ""
    variables: dict[Annotated[str, Field(max_length=30)], Annotated[Readable, Field(max_length=200)]] = {}
    message_class: MessageClass | None = Field(default=None, alias="class")
    not_before: AwareDatetime | None = None
    expires_at: AwareDatetime | None = None
    sender: Name = ""
    extension: Extension | None = None
    signature: Name = ""
    callback: Annotated[str, Field(max_length=500)] = ""
    responsible: Name = Field(default="", description="The registered person in whose name E0 is sent.")
    shadow: bool = Field(
        default=False,
        description="A copy of what the old platform sends: nothing leaves, and the answer (200) says what "
        "would have been done.",
    )


class NoticeSubmission(Asked):
    """A notice to one applicant; the hub writes the text (预审结果、一次性告知)."""

    client_ref: Reference
    to: Number
    kind: NoticeKind
    matter: Annotated[str, Field(min_length=1, max_length=40), AfterValidator(_readable)]
    reference: Name = ""
    materials: Annotated[
        list[Annotated[Readable, Field(min_length=1, max_length=60)]], Field(max_length=20)
    ] = []
    reason: Annotated[str, Field(max_length=100), AfterValidator(_readable)] = ""
    place: Name = ""
    until: date | None = None
    sender: Name = ""
    extension: Extension | None = None
    signature: Name = ""
    callback: Annotated[str, Field(max_length=500)] = ""


class ReportedNumber(Asked):
    """What the old platform did with one number. parts: as it counted them, 0 = not told."""

    to: Number
    outcome: Literal["sent", "failed", "refused"]
    parts: int = Field(default=0, ge=0, le=100)


class SentReport(Asked):
    """What the old platform did with the texts of a copy. text: where no copy may have come, they are one."""

    client_ref: Reference
    results: list[ReportedNumber] = Field(min_length=1, max_length=1000)
    text: Annotated[str, Field(max_length=1000), AfterValidator(_readable)] = ""
    message_class: MessageClass | None = Field(default=None, alias="class")


class NumberResult(Given):
    """What became of one number. problem: why it was rejected."""

    to: str
    state: TextState
    message_id: str = ""
    problem: str = ""


class SubmissionAnswer(Given):
    """What was taken. `class` is the class it leaves as, which the key or the template may have lowered."""

    submission_id: str
    client_ref: str
    message_class: MessageClass = Field(serialization_alias="class")
    parts_per_text: int
    accepted: int
    rejected: int
    sandbox: bool
    expires_at: AwareDatetime
    results: list[NumberResult]


class ShadowProblem(Given):
    """Why the whole request would be refused; `field` as in the request, "" for all of it."""

    field: str
    code: str


class ShadowNumber(Given):
    """What would become of one number. until: when it would leave, where it would be held."""

    to: str
    state: TextState
    reason: str = ""
    until: AwareDatetime | None = None


class ShadowAnswer(Given):
    """What would have been done with a copy; nothing was sent and nothing counts.

    sender, extension: by which gateway and number. cost_milli: in 1/1000 yuan, of what would leave.
    try_again_at: when a rate or quota would allow it. differences: numbers, by reason.
    """

    shadow: Literal[True] = True
    client_ref: str
    would_take: bool
    problems: list[ShadowProblem]
    try_again_at: AwareDatetime | None
    message_class: MessageClass | None = Field(serialization_alias="class")
    sender: str
    extension: str
    parts_per_text: int
    would_leave: int
    would_be_held: int
    would_not_leave: int
    cost_milli: int
    differences: Mapping[str, int]
    results: list[ShadowNumber]


class TextStatus(Given):
    """Where one text stands. reason: a code, often the carrier's."""

    to: str
    message_id: str
    state: TextState
    reason: str = ""


class SubmissionStatus(Given):
    """Where every text of a submission stands."""

    submission_id: str
    client_ref: str
    message_class: MessageClass = Field(serialization_alias="class")
    submitted_at: AwareDatetime
    sandbox: bool
    states: Mapping[TextState, int]
    messages: list[TextStatus]


class QuotaStatus(Given):
    """Parts of the local day and month; a limit of 0 is none."""

    daily_parts: int
    daily_used: int
    monthly_parts: int
    monthly_used: int
    parts_per_second: int


class Receipt(Given):
    """The last word about one text, told once; a delivered text comes with an empty reason."""

    to: str
    message_id: str
    state: TextState
    reason: str = ""


class ReceiptDocument(Given):
    """What is posted to the callback address. id: the same for every try; take it once."""

    id: str
    submission_id: str
    client_ref: str
    sandbox: bool
    told_at: AwareDatetime
    receipts: list[Receipt]


class FieldProblem(Given):
    """field: as in the request, `to.3`; "" for the request as a whole."""

    field: str
    code: str
    message: str


class ProblemDocument(Given):
    """RFC 9457. code: for programs, it stays; title, detail and messages: for people, in their language."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    errors: list[FieldProblem] = []
    request_id: str
