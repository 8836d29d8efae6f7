"""The desk of warnings: the list, one issue with the step that is next, and every step as a form of its own.

Each step works without script and on a phone: the one who is called at night opens the link of the text.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web

from channels.contract import ChannelKind
from hub.actions.warnings.desk import WarningDesk
from hub.actions.warnings.draft_warning import read
from hub.actions.warnings.exchange import cap_of, document_12379, message_of
from hub.actions.warnings.pass_on import NEEDS, is_maker, why_not
from hub.actions.warnings.proof import Proof
from hub.actions.warnings.release_warning import Yes
from hub.model.agent import Agent, Permission
from hub.model.warnings import words as said
from hub.model.warnings.exchange.profile import file_name
from hub.model.warnings.exchange.xml import Unacceptable
from hub.model.warnings.issue import WAITING, Act, Issue, Stage
from hub.model.warnings.message import MessageKind
from hub.model.warnings.warning import Warning
from hub.runtime.errors import Invalid, NotFound, Stale
from hub.web.form import read_form
from hub.web.guard.auth import agent_of
from hub.web.guard.staff import STAFF
from hub.web.i18n import msgid
from hub.web.keys import HUB
from hub.web.pages.warnings import words
from hub.web.render import translator
from hub.web.staff_page import done, staff_page

PATH = "/staff/warnings"
_STALE = msgid("别人刚刚办过这一步，请刷新后再看")
_ON_A_PAGE = 30

FORM_BYTES = 2_097_152
"""The largest document, and what a form puts round it."""


async def warnings_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/warnings?after="""
    return await _list(request)


async def upload(request: web.Request) -> web.StreamResponse:
    """POST /staff/warnings/upload: a document of another system becomes a draft."""
    posted = await request.post()
    file = posted.get("file")
    document = b""
    if isinstance(file, web.FileField):
        with file.file as content:
            document = content.read()
    try:
        if not document:
            raise Invalid({"document": msgid("请选择文件")})
        issue = await _desk(request).draft.take_over(agent_of(request).id, document)
    except Invalid as refused:
        return await _list(request, refused.problems)
    return done(f"{PATH}/{issue.id}", "warning_taken")


async def _list(request: web.Request, errors: Mapping[str, str] | None = None) -> web.StreamResponse:
    hub, agent, _ = request.app[HUB], agent_of(request), translator(request)
    desk, stores = hub.warnings, hub.repositories.publicity.warnings
    after = request.query.get("after") or None
    waiting = await stores.waiting()
    found, more = await stores.page(limit=_ON_A_PAGE, after=after)
    return staff_page(
        request,
        "staff/warnings.html",
        422 if errors else 200,
        active=desk.board.active(),
        mine=[one for one in waiting if _is_mine(one, agent)],
        others=[one for one in waiting if not _is_mine(one, agent)],
        owing=[found.value for found in await stores.owing()],
        past=[one for one in found if one.stage not in WAITING and not one.is_active(hub.clock.now_ms())],
        next=more,
        first=after is None,
        may_make=agent.may(Permission.WARNING_MAKE),
        of=_Named(desk),
        errors={name: _(text) for name, text in (errors or {}).items()},
        **_words(),
    )


def _is_mine(issue: Issue, agent: Agent) -> bool:
    """Whether its next step may be this person's."""
    return is_maker(issue, agent) if issue.stage is Stage.DRAFT else not why_not(issue, agent)


async def warning_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/warnings/{warning_id}"""
    return await _page(request)


async def _page(request: web.Request, errors: Mapping[str, str] | None = None) -> web.StreamResponse:
    hub, agent, _ = request.app[HUB], agent_of(request), translator(request)
    desk, stores = hub.warnings, hub.repositories
    found = await read(stores.publicity.warnings, request.match_info["warning_id"])
    issue = found.value
    chain = await stores.publicity.warnings.chain(issue.chain)
    previous = next((one for one in chain if one.id == issue.previous), None)
    names = await stores.agents.get_many(
        sorted({deed.by for deed in issue.deeds if deed.by} | _called(issue))
    )
    content = issue.content
    return staff_page(
        request,
        "staff/warning.html",
        422 if errors else 200,
        issue=issue,
        content=content,
        is_warning=isinstance(content, Warning),
        title=said.headline(content, issue.kind, desk.settings.events),
        event=desk.settings.events.named(content.event) if isinstance(content, Warning) else "",
        text=desk.release.text_of(issue, previous),
        leaving=desk.settings.rules.of(content) if _has_level(issue) else None,
        people=await _people(desk, issue),
        chain=chain,
        counts=[line for one in chain for line in await _counts(request, one)],
        names={id: one.name or one.login for id, one in names.items()},
        refusal=why_not(issue, agent) if issue.stage in NEEDS else "",
        may_send_back=issue.stage in NEEDS and agent.may(NEEDS[issue.stage]),
        may_make=agent.may(Permission.WARNING_MAKE),
        may_submit=issue.stage is Stage.DRAFT and is_maker(issue, agent),
        may_free_night=_has_level(issue) and desk.release.may_free_night(issue, agent),
        is_active=issue.is_active(hub.clock.now_ms()),
        papers_hours=desk.settings.papers_ms // 3_600_000,
        of=_Named(desk),
        errors={name: _(text) for name, text in (errors or {}).items()},
        **_words(),
    )


def _called(issue: Issue) -> set[str]:
    return {deed.note for deed in issue.deeds if deed.act is Act.CALLED}


def _has_level(issue: Issue) -> bool:
    return not isinstance(issue.content, Warning) or bool(issue.content.level)


async def _people(desk: WarningDesk, issue: Issue) -> int | None:
    """How many rows it would write now, None where that says nothing."""
    if issue.stage not in WAITING or issue.drill or issue.kind is MessageKind.LIFT or not _has_level(issue):
        return None
    return await desk.release.would_reach(issue)


async def _counts(request: web.Request, issue: Issue) -> list[dict[str, object]]:
    """What became of it by channel: numbers and times, from the counters of its campaigns."""
    hub = request.app[HUB]
    found: list[dict[str, object]] = []
    for campaign_id in issue.campaigns:
        watched = await hub.actions.campaigns.progress(campaign_id)
        for run in watched.runs:
            found.append(
                {
                    "kind": words.KIND[issue.kind],
                    "channel": run.broadcast.channel,
                    "campaign": campaign_id,
                    "progress": run.progress,
                    "began_at": run.broadcast.fire_at,
                    "ended_at": run.broadcast.ended_at,
                }
            )
    return found


# -- steps ------------------------------------------------------------------------------------------


async def submit(request: web.Request) -> web.StreamResponse:
    """POST /staff/warnings/{warning_id}/submit; emergency=yes goes straight to whoever may release."""

    async def step(desk: WarningDesk, agent: Agent, id: str, data: Mapping[str, str]) -> object:
        return await desk.pass_on.submit(agent, id, emergency=data.get("emergency") == "yes")

    return await _step(request, step, "warning_submitted")


async def review(request: web.Request) -> web.StreamResponse:
    """POST /staff/warnings/{warning_id}/review"""

    async def step(desk: WarningDesk, agent: Agent, id: str, data: Mapping[str, str]) -> object:
        return await desk.pass_on.review(agent, id, data.get("seen", ""))

    return await _step(request, step, "warning_reviewed")


async def sign(request: web.Request) -> web.StreamResponse:
    """POST /staff/warnings/{warning_id}/sign"""

    async def step(desk: WarningDesk, agent: Agent, id: str, data: Mapping[str, str]) -> object:
        return await desk.pass_on.sign(agent, id, data.get("seen", ""), _proof(request, data))

    return await _step(request, step, "warning_signed")


async def release(request: web.Request) -> web.StreamResponse:
    """POST /staff/warnings/{warning_id}/release"""

    async def step(desk: WarningDesk, agent: Agent, id: str, data: Mapping[str, str]) -> object:
        yes = Yes(data.get("seen", ""), _proof(request, data), night=data.get("night") == "yes")
        return await desk.release(agent, id, yes)

    return await _step(request, step, "warning_released")


async def send_back(request: web.Request) -> web.StreamResponse:
    """POST /staff/warnings/{warning_id}/send-back"""

    async def step(desk: WarningDesk, agent: Agent, id: str, data: Mapping[str, str]) -> object:
        return await desk.pass_on.send_back(agent, id, data.get("back", ""))

    return await _step(request, step, "warning_returned")


async def drop(request: web.Request) -> web.StreamResponse:
    """POST /staff/warnings/{warning_id}/drop"""

    async def step(desk: WarningDesk, agent: Agent, id: str, _: Mapping[str, str]) -> object:
        return await desk.pass_on.drop(agent, id)

    return await _step(request, step, "warning_dropped")


async def papers(request: web.Request) -> web.StreamResponse:
    """POST /staff/warnings/{warning_id}/papers"""

    async def step(desk: WarningDesk, agent: Agent, id: str, data: Mapping[str, str]) -> object:
        return await desk.pass_on.hand_in_papers(agent, id, data.get("paper", ""))

    return await _step(request, step, "warning_papers")


async def follow(request: web.Request) -> web.StreamResponse:
    """POST /staff/warnings/{warning_id}/follow: kind=update or lift; on to its form."""
    data = await read_form(request)
    kind = MessageKind.LIFT if data.get("kind") == MessageKind.LIFT else MessageKind.UPDATE
    try:
        made = await _desk(request).draft.follow(agent_of(request), request.match_info["warning_id"], kind)
    except Invalid as refused:
        return await _page(request, refused.problems)
    except Stale:
        return await _page(request, {"state": _STALE})
    raise web.HTTPSeeOther(f"{PATH}/{made.id}/edit")


_Step = Callable[[WarningDesk, Agent, str, Mapping[str, str]], Awaitable[object]]


async def _step(request: web.Request, step: _Step, name: str) -> web.StreamResponse:
    """One step, and back to the issue with what was done or what is wrong."""
    data, warning_id = await read_form(request), request.match_info["warning_id"]
    try:
        await step(_desk(request), agent_of(request), warning_id, data)
    except Invalid as refused:
        return await _page(request, refused.problems)
    except Stale:
        return await _page(request, {"state": _STALE})
    return done(f"{PATH}/{warning_id}", name)


def _proof(request: web.Request, data: Mapping[str, str]) -> Proof:
    return Proof(data.get("password", ""), request.app[STAFF].passwords.verify)


# -- documents --------------------------------------------------------------------------------------


async def cap(request: web.Request) -> web.StreamResponse:
    """GET /staff/warnings/{warning_id}/cap.xml: also of a drill, as a Test."""
    return await _document(request, is_12379=False)


async def xml_12379(request: web.Request) -> web.StreamResponse:
    """GET /staff/warnings/{warning_id}/12379.xml"""
    return await _document(request, is_12379=True)


async def _document(request: web.Request, *, is_12379: bool) -> web.StreamResponse:
    desk, stores = _desk(request), request.app[HUB].repositories
    issue = (await read(stores.publicity.warnings, request.match_info["warning_id"])).value
    chain = await stores.publicity.warnings.chain(issue.chain)
    signers = [deed.by for deed in issue.deeds if deed.act in (Act.SIGNED, Act.RELEASED)]
    names = await stores.agents.get_many(signers[:1])
    signer = next((one.name for one in names.values()), "")
    previous = next((one for one in chain if one.id == issue.previous), None)
    text = desk.release.text_of(issue, previous)
    message = message_of(issue, chain, desk.settings, text=text, signer=signer)
    if message is None:
        raise NotFound("document")
    try:
        document = (
            document_12379(message, issue, desk.settings) if is_12379 else cap_of(message, desk.settings)
        )
    except Unacceptable as refused:
        return await _page(request, {"state": refused.text})
    content = message.warning
    name = (
        file_name(message.sender, content.issued_at, content.event.code, content.level, _TYPES[issue.kind])
        if is_12379
        else f"{message.identifier}.xml"
    )
    return web.Response(
        body=document,
        content_type="application/xml",
        charset="utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


_TYPES = {MessageKind.FIRST: "Alert", MessageKind.UPDATE: "Update", MessageKind.LIFT: "Cancel"}


# -- inside -----------------------------------------------------------------------------------------


class _Named:
    """Titles of issues, for lists."""

    def __init__(self, desk: WarningDesk) -> None:
        self._events = desk.settings.events

    def title(self, issue: Issue) -> str:
        return said.headline(issue.content, issue.kind, self._events)


def _desk(request: web.Request) -> WarningDesk:
    return request.app[HUB].warnings


def _words() -> dict[str, object]:
    return {
        "stages": words.STAGE,
        "kinds": words.KIND,
        "acts": words.ACT,
        "steps": words.STEP,
        "handings": words.HANDING,
        "topics": words.TOPIC,
        "mark_of": words.mark_of,
    }


CHANNEL_KINDS = {ChannelKind.SMS: msgid("短信"), ChannelKind.MAIL: msgid("邮件")}
