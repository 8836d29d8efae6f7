"""审核 and 签发: an issue goes from its maker to a second and a third person, each with a right of their own.

Rules protected: nobody does two of the steps; the signer's row of the matrix fits and its written authority
holds today; the password is typed to sign; the emergency path goes straight to the releaser, who is called,
and its papers are owed from then on.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from campaigns.said import Said
from hub.actions.warnings.draft_warning import MAX_REASON, Written, draft_problems, read
from hub.actions.warnings.proof import Proof
from hub.actions.warnings.settings import WarningSettings
from hub.model.agent import Agent, Permission
from hub.model.notification import NotificationKind
from hub.model.warnings.issue import WAITING, Act, Issue, Stage
from hub.model.warnings.message import MessageKind
from hub.model.warnings.signatures import Wanted, fitting, wanted
from hub.repositories.agents import AgentRepository
from hub.repositories.staff.notifications import NotificationRepository
from hub.repositories.warnings.issues import WarningRepository
from hub.runtime.clock import Clock, day_of
from hub.runtime.errors import Invalid, Stale
from hub.runtime.ids import new_id
from hub.store.codec import Versioned
from hub.store.documents import Conflict, Documents, Write

NEEDS = {
    Stage.REVIEW: Permission.WARNING_REVIEW,
    Stage.SIGN: Permission.WARNING_SIGN,
    Stage.RELEASE: Permission.WARNING_RELEASE,
}
"""Whose step it is."""
NO_ROW = "签发权限表里没有符合这个单位、类别、级别、地区和渠道的一行，请管理员在“规则”中补充"
NOT_YOURS = "这一类由别的岗位签发"
NO_PAPER = "符合的一行没有有效的授权书，请管理员登记后再签发"
TWO_STEPS = "您已经办过这条的另一步，请由另一人办理"


class PassOn:
    """For makers, reviewers and signers."""

    def __init__(
        self,
        documents: Documents,
        issues: WarningRepository,
        agents: AgentRepository,
        notifications: NotificationRepository,
        clock: Clock,
        settings: WarningSettings,
    ) -> None:
        self._documents = documents
        self._issues = issues
        self._agents = agents
        self._notifications = notifications
        self._clock = clock
        self._settings = settings

    async def submit(self, agent: Agent, issue_id: str, *, emergency: bool = False) -> Issue:
        """To review, or in an emergency straight to whoever may release.

        Raises `Invalid`, `NotFound`, `Stale`.
        """
        found = await read(self._issues, issue_id)
        issue, now = found.value, self._clock.now_ms()
        if issue.stage is not Stage.DRAFT:
            raise Invalid({"state": "已经提交"})
        if not is_maker(issue, agent):
            raise Invalid({"state": "由制作的人提交"})
        written = Written(
            issue.content, issue.channels, issue.groups, issue.short, issue.reason, drill=issue.drill
        )
        if trouble := draft_problems(written, issue.kind, self._settings):
            raise Invalid(trouble)
        if issue.expires_at <= now and issue.kind is not MessageKind.LIFT:
            raise Invalid({"expires_at": "失效时间已过"})
        if fitting(self._settings.signatures(), self.wanted(issue), None, written=False) is None:
            raise Invalid({"state": NO_ROW})
        stage = Stage.RELEASE if emergency else Stage.REVIEW
        after = issue.moved(stage).did(Act.SUBMITTED, agent.id, now, "emergency" if emergency else "")
        after = replace(
            after, emergency=emergency, submitted_at=now, digest=issue.content_digest, calls=0, called_at=0
        )
        await self._commit(found, after, await self._tell_next(after, now))
        return after

    async def review(self, agent: Agent, issue_id: str, seen: str) -> Issue:
        """审核. seen: digest of what was on the page. Raises `Invalid`, `NotFound`, `Stale`."""
        found = await read(self._issues, issue_id)
        issue, now = found.value, self._clock.now_ms()
        _require(issue, agent, Stage.REVIEW, seen)
        after = issue.moved(Stage.SIGN).did(Act.REVIEWED, agent.id, now)
        await self._commit(found, after, await self._tell_next(after, now))
        return after

    async def sign(self, agent: Agent, issue_id: str, seen: str, proof: Proof) -> Issue:
        """签发. Raises `Invalid` (fields `state`, `password`), `NotFound`, `Stale`."""
        found = await read(self._issues, issue_id)
        issue, now = found.value, self._clock.now_ms()
        _require(issue, agent, Stage.SIGN, seen)
        rows, what = self._settings.signatures(), self.wanted(issue)
        row = fitting(rows, what, agent.roles, written=True)
        if row is None:
            if fitting(rows, what, None, written=False) is None:
                raise Invalid({"state": NO_ROW})
            if fitting(rows, what, agent.roles, written=False) is None:
                raise Invalid({"state": NOT_YOURS})
            raise Invalid({"state": NO_PAPER})
        if not await proof.is_of(agent):
            raise Invalid({"password": "密码不对，没有签发"})
        after = issue.moved(Stage.RELEASE).did(Act.SIGNED, agent.id, now, row["authority"])
        after = replace(after, authority=row["authority"], digest=issue.content_digest)
        await self._commit(found, after, await self._tell_next(after, now))
        return after

    async def send_back(self, agent: Agent, issue_id: str, reason: str) -> Issue:
        """Back to its maker. Raises `Invalid` (fields `state`, `back`), `NotFound`, `Stale`."""
        found = await read(self._issues, issue_id)
        issue, now, reason = found.value, self._clock.now_ms(), reason.strip()
        if issue.stage not in NEEDS:
            raise Invalid({"state": "现在不能退回"})
        if not agent.may(NEEDS[issue.stage]):
            raise Invalid({"state": NOT_YOURS})
        if not 0 < len(reason) <= MAX_REASON:
            raise Invalid({"back": Said("请写明退回的原因，最多 %(most)s 字", most=MAX_REASON)})
        after = issue.moved(Stage.DRAFT).did(Act.RETURNED, agent.id, now, reason)
        after = replace(after, digest="", emergency=False, submitted_at=0, calls=0, authority="")
        told = self._tell(issue.writers, NotificationKind.WARNING_RETURNED, issue, now)
        await self._commit(found, after, told)
        return after

    async def drop(self, agent: Agent, issue_id: str) -> Issue:
        """作废: it will never be released. Raises `Invalid` (field `state`), `NotFound`, `Stale`."""
        found = await read(self._issues, issue_id)
        if found.value.stage not in WAITING:
            raise Invalid({"state": "已经发布，不能作废；请制作解除"})
        now = self._clock.now_ms()
        after = found.value.moved(Stage.DROPPED).did(Act.DROPPED, agent.id, now)
        await self._commit(found, replace(after, ended_at=now), [])
        return after

    async def hand_in_papers(self, agent: Agent, issue_id: str, paper: str) -> Issue:
        """The papers of an emergency release. paper: number of the written authority.

        Raises `Invalid` (fields `state`, `paper`), `NotFound`, `Stale`.
        """
        found = await read(self._issues, issue_id)
        issue, paper = found.value, paper.strip()
        if not issue.papers_due_at:
            raise Invalid({"state": "没有要补的手续"})
        if not 0 < len(paper) <= MAX_REASON:
            raise Invalid({"paper": "请填写授权书编号"})
        after = issue.did(Act.PAPERS, agent.id, self._clock.now_ms(), paper)
        after = replace(after, papers_due_at=0, authority=paper)
        await self._commit(found, after, [])
        return after

    def wanted(self, issue: Issue) -> Wanted:
        """What the matrix is asked for."""
        day = day_of(self._clock.now_ms()).isoformat()
        return wanted(issue.content, issue.channels, day)

    async def _tell_next(self, issue: Issue, now: int) -> list[Write]:
        """Everybody whose step it may be now, less those who had a hand in it."""
        people = [
            agent.id
            for agent in await self._agents.list()
            if agent.may(NEEDS[issue.stage]) and not issue.had_a_hand(agent.id)
        ]
        return self._tell(people, NotificationKind.WARNING_WAITING, issue, now)

    def _tell(self, people: Iterable[str], kind: NotificationKind, issue: Issue, now: int) -> list[Write]:
        cause = new_id(now)
        return [
            self._notifications.tell_of_warning(one, kind, issue.id, at=now, cause=cause)
            for one in dict.fromkeys(people)
        ]

    async def _commit(self, found: Versioned[Issue], after: Issue, writes: list[Write]) -> None:
        try:
            await self._documents.commit([self._issues.update(after, found.version), *writes])
        except Conflict as stale:
            raise Stale(after.id) from stale


def _require(issue: Issue, agent: Agent, stage: Stage, seen: str) -> None:
    if issue.stage is not stage:
        raise Invalid({"state": "这条预警现在不在这一步"})
    if refusal := why_not(issue, agent):
        raise Invalid({"state": refusal})
    if seen != issue.content_digest:
        raise Invalid({"state": "内容刚刚被修改，请重新核对"})


def is_maker(issue: Issue, agent: Agent) -> bool:
    """Whether it is this person's to submit; what came by itself is whoever's takes it up."""
    nobodys = issue.writers == {""} and agent.may(Permission.WARNING_MAKE)
    return agent.id in issue.writers or nobodys


def why_not(issue: Issue, agent: Agent) -> str:
    """Why the next step is not this person's, in Chinese, "" when it is."""
    if issue.stage not in NEEDS:
        return "现在没有要办的一步"
    if not agent.may(NEEDS[issue.stage]):
        return NOT_YOURS
    return TWO_STEPS if issue.had_a_hand(agent.id) else ""
