"""The file of a case (案卷) as PDF: what the case page shows, on paper, with who printed it on every page."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from aiohttp import web

from hub.actions.alarms.dispatch.read_handling import Handling
from hub.actions.cases.read_cases import CaseView, TimelineItem
from hub.actions.cases.read_procedure import ProcedureView
from hub.model.cases.table import LABELS
from hub.runtime.clock import to_local
from hub.web import badges
from hub.web.guard.auth import agent_of
from hub.web.i18n import Translator
from hub.web.keys import HUB
from hub.web.pages.alarms.handling import life_of
from hub.web.pages.alarms.life_lines import life_lines
from hub.web.pages.cases.clock_words import CLOCK
from hub.web.pages.cases.queue import title_of
from hub.web.pdf import Paper
from hub.web.render import translator

_TWO = (0.18, 0.82)


async def case_file(request: web.Request) -> web.StreamResponse:
    """POST /staff/cases/{case_id}/file: notes of colleagues are left out unless `notes` is given."""
    hub, agent, _ = request.app[HUB], agent_of(request), translator(request)
    notes = "notes" in await request.post()
    view = await hub.actions.desk.print_case(agent, request.match_info["case_id"])
    procedure = await hub.actions.read_procedure(agent, view.case)
    foot = f"{_('打印人')} {agent.name}  {_at(hub.clock.now_ms())}  {view.case.reference}"
    paper = Paper(_("案卷"), foot=foot, page=_("第 %(page)s 页"))
    life = (await life_of(request, agent, view.case.id))["handling"]
    _Writer(paper, view, procedure, life, request, notes=notes).write(hub.settings.organisation.name)
    content = await asyncio.to_thread(paper.made)
    return web.Response(
        body=content,
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'attachment; filename="case-{view.case.reference}.pdf"',
            "Cache-Control": "no-store",
        },
    )


class _Writer:
    def __init__(
        self,
        paper: Paper,
        view: CaseView,
        procedure: ProcedureView,
        life: Handling | None,
        request: web.Request,
        *,
        notes: bool,
    ) -> None:
        self._paper = paper
        self._view = view
        self._procedure = procedure
        self._life = life
        self._translate: Translator = translator(request)
        self._notes = notes

    def write(self, organisation: str) -> None:
        """Everything in the order in which it is read."""
        paper, _ = self._paper, self._translate
        paper.table(list(self._facts(organisation)), _TWO)
        if self._procedure.limits:
            paper.heading(_("期限"))
            paper.table(list(self._limits()), (0.25, 0.2, 0.55))
        if self._procedure.papers:
            paper.heading(_("文书"))
            paper.table(list(self._papers()), (0.3, 0.35, 0.35))
        if self._life:
            paper.heading(_("接处警经过"))
            paper.table(life_lines(self._life, _), (0.25, 0.17, 0.58))
        paper.heading(_("往来与经过"))
        for item in self._view.timeline:
            if item.kind != "noted" or self._notes:
                self._item(item)
        if not self._notes:
            paper.text(_("内部备注未打印。"), small=True)
        if self._view.recordings:
            paper.heading(_("通话录音"))
            for number, recording in enumerate(self._view.recordings, start=1):
                paper.text(f"{number}. {_at(recording.taken_at)}  SHA-256 {recording.sha256}", small=True)
                if recording.redactions:
                    paper.text(
                        _("已消音 %(count)s 处；校验值是原始录音的。", count=len(recording.redactions)),
                        small=True,
                    )
                if recording.transcript:
                    paper.text(recording.transcript)
            paper.text(_("机器转写，仅供参考，以录音为准。"), small=True)

    def _facts(self, organisation: str) -> Iterator[tuple[str, str]]:
        case, _ = self._view.case, self._translate
        handler = next((one.name for one in self._view.handlers if one.id == case.handler_id), "")
        yield _("单位"), organisation
        yield _("编号"), case.reference
        yield _("标题"), title_of(case, _)
        yield _("类型"), _(badges.TRACK[case.track].text)
        yield _("状态"), _(badges.STATE[case.state].text)
        yield _("来源"), _(badges.CHANNEL[case.origin.kind].text)
        yield _("群众"), _(self._view.masked)
        yield _("收到"), _at(case.received_at)
        yield _("承办人"), handler or _("未分派")

    def _limits(self) -> Iterator[tuple[str, str, str]]:
        for limit in self._procedure.limits:
            yield self._translate(CLOCK[limit.name]), limit.last_day.isoformat(), limit.legal_basis

    def _papers(self) -> Iterator[tuple[str, str, str]]:
        _ = self._translate
        for line in self._procedure.papers:
            sent = line.paper.delivered_at
            arrived = f"{_('送达')} {_at(sent)}" if sent else _("未送达")
            yield (
                line.paper.kind,
                f"{_('签发')} {_at(line.paper.issued_at)}",
                f"{arrived} {line.paper.method}",
            )

    def _item(self, item: TimelineItem) -> None:
        _ = self._translate
        who = _(item.actor_name) or _("系统")
        if item.kind == "message":
            what = _("来信") if item.direction == "in" else _("公开答复")
        elif item.kind in badges.HISTORY:
            what = _(badges.HISTORY[item.kind].text)
        else:
            what = _(LABELS.get(item.facts.get("event", ""), "更新了工单"))
        self._paper.text(f"{_at(item.at)}  {who}  {what}", small=True)
        if item.text:
            self._paper.text(item.text)
        for file in item.files:
            self._paper.text(f"{_('附件')}：{file.filename}", small=True)
        self._paper.space()


def _at(instant: int) -> str:
    return f"{to_local(instant):%Y-%m-%d %H:%M}"
