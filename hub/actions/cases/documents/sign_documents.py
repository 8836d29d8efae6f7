"""Signs the documents a step of a case issues (受理告知书, 处理意见书, …): text, number, digest.

Rule protected: the number is drawn and the text is kept in the unit of work of the step, so that no document
is without a number and no number without a document. What the law asks for and nobody knows stops the step.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from campaigns.said import Said
from channels.contract import ChannelKind
from hub.actions.cases.case_rules import CaseRules
from hub.model.cases.case import Case
from hub.model.cases.clock_names import ClockName
from hub.model.cases.guards import REFUSAL_GROUNDS
from hub.model.cases.history import HistoryEntry, HistoryKind, recorded
from hub.model.cases.moves import IllegalMove
from hub.model.cases.proceeding import DocumentKind, Paper
from hub.model.cases.step import Step
from hub.model.legal_documents.composing import (
    MISSING,
    REPORT,
    Known,
    Missing,
    compose,
    listed,
    number_of,
    templates,
)
from hub.model.legal_documents.legal_document import LegalDocument, digest_of, document_id
from hub.model.track import Track
from hub.repositories.legal_documents.documents import LegalDocumentRepository
from hub.repositories.repositories import Repositories
from hub.runtime.clock import to_local
from hub.store.documents import Write

_BY: Mapping[ChannelKind, str] = {
    ChannelKind.PETITION: "网上信访",
    ChannelKind.VOICE: "来电",
    ChannelKind.SMS: "短信",
    ChannelKind.MAIL: "电子邮件",
    ChannelKind.CHAT: "在线问答",
    ChannelKind.WECHAT: "微信",
    ChannelKind.VISIT: "走访",
    ChannelKind.LETTER: "来信",
    ChannelKind.SYSTEM: "其他系统",
}
_TRANSFERS = frozenset({DocumentKind.TRANSFER})
_BASIS = {
    Track.APPEAL: "第二十三条、第三十一条第（六）项",
    Track.SUGGEST: "第二十三条、第二十九条",
    Track.LEGAL: "第二十三条、第三十一条",
}
_REMANDED = "撤销原处理意见，责令重新办理"
_REPLIES = frozenset({DocumentKind.OPINION, DocumentKind.REPLY})


@dataclass(frozen=True, slots=True)
class Organ:
    """Who signs. name: in full. code: 机关代字 of its numbers. superior: the next higher organ in full."""

    name: str
    code: str
    superior: str


@dataclass(frozen=True, slots=True)
class Signed:
    """The step with numbered papers and what its history gains; the writes that go with it. drawn: ids of
    the series that numbers were drawn from."""

    step: Step
    writes: tuple[Write, ...] = ()
    drawn: tuple[str, ...] = ()


class SignDocuments:
    """One step at a time."""

    def __init__(
        self,
        repositories: Repositories,
        documents: LegalDocumentRepository,
        rules: CaseRules,
        organ: Organ,
        unprintable: Callable[[str], Awaitable[str]],
    ) -> None:
        """unprintable: the characters of a text that no font has."""
        self._repositories = repositories
        self._documents = documents
        self._rules = rules
        self._organ = organ
        self._unprintable = unprintable

    async def __call__(
        self, before: Case, step: Step, written: str, data: Mapping[str, object], *, actor: str, at: int
    ) -> Signed:
        """Raises `IllegalMove` where something is missing."""
        first = len(before.proceeding.papers)
        papers = step.case.proceeding.papers[first:]
        if not papers:
            return Signed(step)
        writes: list[Write] = []
        drawn: list[str] = []
        for place, paper in enumerate(papers, first):
            known = await self._known(step.case, paper, written, data, at)
            try:
                text = compose(paper.kind, known)
            except Missing as missing:
                raise IllegalMove(Said("文书缺少“%(name)s”，不能签发", name=MISSING[missing.name])) from None
            if characters := (await self._unprintable(text.plain))[:20]:
                raise IllegalMove(Said("没有字体能印出“%(characters)s”，不能签发", characters=characters))
            year = to_local(at).year
            mark = templates()[REPORT if known.neutral else paper.kind].mark
            series = await self._documents.series(self._organ.code, mark, year)
            document = LegalDocument(
                document_id(before.id, place),
                before.id,
                place,
                paper.kind,
                number_of(self._organ.code, mark, year, series.last + 1),
                self._organ.name,
                actor,
                at,
                digest_of(text),
                text.title,
                text.addressee,
                tuple(text.paragraphs),
            )
            writes += [self._documents.draw(series), self._documents.insert(document)]
            drawn.append(series.id)
            step = _noted(step, place, document, actor, at)
        return Signed(step, tuple(writes), tuple(drawn))

    async def _known(
        self, case: Case, paper: Paper, written: str, data: Mapping[str, object], at: int
    ) -> Known:
        p = case.proceeding
        code = str(data.get("code", ""))
        values = {
            "organ": self._organ.name,
            "superior": self._organ.superior,
            "reference": _grouped(case.reference),
            "received": _day(case.received_at),
            "signed": _day(at),
            "accepted": _day(p.accepted_at),
            "channel": _BY[ChannelKind(case.origin.kind)],
            "branch": str(p.branch or ""),
            "basis": _BASIS.get(p.track, ""),
            "unit": await self._unit(p.unit_id),
            "last_day": self._last_day(case),
            **self._extended(case, data),
            "ground": REFUSAL_GROUNDS.get(code, ""),
            "outcome": str(data.get("outcome", "")) or (_REMANDED if p.event == "remand" else ""),
            "reviewed": _reviewed(p.papers, paper),
            "written": written,
            "items": listed(written.split("\n")) if paper.kind is DocumentKind.ACCEPTANCE else "",
        }
        if paper.kind in _REPLIES:
            values |= await self._reply(case)
        if paper.kind in _TRANSFERS:
            values["written"] = ""
        name = "" if case.applicant.anonymous else case.applicant.name
        return Known(name, values, code, neutral=case.is_restricted or p.track is Track.REPORT)

    async def _reply(self, case: Case) -> dict[str, str]:
        """Item by item what was asked for and what came of it; and the facts, as they were submitted."""
        history = await self._repositories.cases.whole_history(case.id)
        reply = _last(history, "submit_reply")
        accepted = _last(history, "accept")
        asked = [line for line in (accepted.text if accepted else "").split("\n") if line.strip()]
        outcomes = case.proceeding.outcomes
        if len(asked) != len(outcomes):
            asked = [""] * len(outcomes)
        pairs = zip(asked, outcomes, strict=True)
        lines = [f"{item.rstrip('。；;')}：{outcome}" if item else outcome for item, outcome in pairs]
        return {"outcomes": listed(lines), "written": reply.text if reply else ""}

    async def _unit(self, unit_id: str) -> str:
        unit = await self._repositories.units.get(unit_id) if unit_id else None
        return unit.name if unit else ""

    def _last_day(self, case: Case, *, without: int = 0) -> str:
        """Of 办理, which the law limits for Art. 31 (6) alone. without: as it was these days before."""
        clock = case.proceeding.running(ClockName.HANDLE_60)
        if clock is None:
            return ""
        before = replace(clock, extended=clock.extended - without)
        return _day_of(self._rules.now.last_day(before).isoformat())

    def _extended(self, case: Case, data: Mapping[str, object]) -> dict[str, str]:
        """By how many days, from which day on, and how many are left."""
        days = data.get("days")
        if not isinstance(days, int):
            return {}
        left = self._rules.now.profile.extension.value - case.proceeding.extended
        return {
            "days": str(days),
            "old_day": self._last_day(case, without=days),
            "days_left": str(max(0, left)),
        }


def _noted(step: Step, place: int, document: LegalDocument, actor: str, at: int) -> Step:
    """The number stands on the paper, the digest in the history."""
    papers = step.case.proceeding.papers
    numbered = (*papers[:place], replace(papers[place], number=document.number), *papers[place + 1 :])
    case = replace(step.case, proceeding=replace(step.case.proceeding, papers=numbered))
    facts = {"document": document.kind, "number": document.number, "sha256": document.digest}
    case, entry = recorded(case, at=at, actor=actor, kind=HistoryKind.DOCUMENT_SIGNED, facts=facts)
    return replace(step, case=case, entries=(*step.entries, entry))


def _last(history: Sequence[HistoryEntry], event: str) -> HistoryEntry | None:
    return next((entry for entry in reversed(history) if entry.facts.get("event") == event), None)


def _reviewed(papers: Sequence[Paper], paper: Paper) -> str:
    """The number of the opinion that is reviewed, in brackets; "" where it has none."""
    wanted = (
        (DocumentKind.FUCHA_OPINION,)
        if paper.kind is DocumentKind.FUHE_OPINION
        else (DocumentKind.OPINION, DocumentKind.REPLY)
    )
    found = next((one for one in reversed(papers) if one.kind in wanted and one.number), None)
    return f"（{found.number}）" if found else ""


def _grouped(reference: str) -> str:
    return f"{reference[:6]} {reference[6:12]} {reference[12:]}"


def _day(at: int) -> str:
    return _day_of(to_local(at).date().isoformat()) if at else ""


def _day_of(iso: str) -> str:
    year, month, day = iso.split("-")
    return f"{year}年{int(month)}月{int(day)}日"
