"""What officers type about recipients."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from aiohttp import web
from pydantic import Field

from campaigns.segment import EVERYBODY, Segment
from hub.web.form import Form, read_form
from hub.web.i18n import msgid


class SegmentForm(Form):
    """A filter with its name; what it may hold is checked by `SegmentDesk`."""

    MESSAGES: ClassVar[Mapping[tuple[str, str], str]] = {("name", "*"): msgid("请填写名称，最多 40 个字")}
    name: str = Field(default="", max_length=200)
    note: str = Field(default="", max_length=400)
    version: int = Field(default=0, ge=0)
    groups: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    language: str = ""
    consent: str = ""

    def filter(self) -> Segment:
        """The filter meant."""
        return Segment(self.groups, self.regions, self.language, self.tags, self.sources, self.consent)


class MappingForm(Form):
    """What the columns of a file are, and what everybody in it gets."""

    MESSAGES: ClassVar[Mapping[tuple[str, str], str]] = {
        ("group", "*"): msgid("分组名称最多 30 个字，不含冒号和竖线"),
        ("tags", "*"): msgid("最多 8 个标签，每个最多 20 个字"),
    }
    heading: bool = False
    group: str = Field(default="", max_length=60)
    tags: str = Field(default="", max_length=300)
    desk: str = Field(default="", max_length=100)
    subject: str = Field(default="", max_length=20)


class OptOutForm(Form):
    """A citizen who asked for no messages, or for messages again."""

    number: str = Field(default="", max_length=100)
    subjects: tuple[str, ...] = ()
    via: str = ""
    note: str = Field(default="", max_length=400)
    rule: str = Field(default="", max_length=100)
    asked: bool = False


async def several(request: web.Request, *names: str) -> dict[str, object]:
    """The posted fields; those of `names` as everything that was ticked."""
    fields: dict[str, object] = dict(await read_form(request))
    posted = await request.post()
    for name in names:
        fields[name] = tuple(value for value in posted.getall(name, []) if isinstance(value, str))
    return fields


def asked_segment(request: web.Request) -> Segment:
    """The filter of a list, from the query of its address; nothing in it is about one person."""
    query = request.query

    def one(name: str) -> tuple[str, ...]:
        value = query.get(name, "")[:60]
        return (value,) if value else ()

    return Segment(
        one("group") or (EVERYBODY,),
        one("region"),
        query.get("language", "")[:5],
        one("tag"),
        one("source"),
        query.get("consent", "")[:10],
    )
