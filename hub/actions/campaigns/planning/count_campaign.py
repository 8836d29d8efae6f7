"""What a campaign amounts to and whether it may go: the same count and the same checks when it is submitted,
when it is approved and when it is released.

Rule protected: a mistake is said by its field at each of the three, and never for the first time when
something has left.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from campaigns.approval import Figures, Growth, growth
from campaigns.campaign import Campaign
from campaigns.errors import BadSchedule
from campaigns.said import Said
from campaigns.schedule import from_text, problem
from campaigns.window import Estimate
from hub.actions.campaigns.draft_campaign import draft_of, problems
from hub.actions.campaigns.preview_campaign import Preview, PreviewCampaign
from hub.actions.campaigns.settings import CampaignSettings
from hub.repositories.memberships import MembershipRepository
from hub.runtime.clock import Clock
from hub.runtime.errors import Invalid

MORE_COST = "预计费用 %(now)s 元，超过预算 %(before)s 元，请重新审批"
MORE_PARTS = "短信条数从审批时的 %(before)s 条增加到 %(now)s 条，请重新审批"
MORE_PEOPLE = "接收人从审批时的 %(before)s 人增加到 %(now)s 人，请重新审批"
OVER_BUDGET = "预计费用 %(cost)s 元，超过预算 %(budget)s 元"
WRONG_NUMBERS = "名单中有 %(count)s 个号码无效（%(share)s%%，上限 %(most)s%%），请先整理名单"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found. field: `template`, `groups`, … text: Chinese. blocks: must be put right."""

    field: str
    text: str
    blocks: bool = False


Check = Callable[[Campaign, Preview], Awaitable[Sequence[Finding]]]
"""Looks at a campaign and what it amounts to: words, links, quota (`hub/wiring/publicity/campaigns.py`)."""


@dataclass(frozen=True, slots=True)
class Count:
    """What a campaign amounts to. preview: None when it cannot be counted. starts_at: its next time, ms UTC.

    budget_yuan: 0 = none. hours: minutes after midnight between which it may leave, None = always.
    """

    preview: Preview | None
    findings: tuple[Finding, ...]
    starts_at: int
    budget_yuan: int
    hours: tuple[int, int] | None

    @property
    def mistakes(self) -> dict[str, str]:
        """Field → Chinese text of what must be put right."""
        found: dict[str, list[str]] = {}
        for one in self.findings:
            if one.blocks:
                found.setdefault(one.field, []).append(one.text)
        return {field: texts[0] if len(texts) == 1 else Said.joined(texts) for field, texts in found.items()}

    def checked(self) -> Preview:
        """The preview of a campaign that may go. Raises `Invalid` with every mistake."""
        if self.mistakes or self.preview is None:
            raise Invalid(self.mistakes)
        return self.preview


class CountCampaign:
    """Counts and checks; stores nothing."""

    def __init__(
        self,
        memberships: MembershipRepository,
        preview: PreviewCampaign,
        clock: Clock,
        settings: CampaignSettings,
        checks: Sequence[Check] = (),
    ) -> None:
        self._memberships = memberships
        self._preview = preview
        self._clock = clock
        self._settings = settings
        self._checks = checks

    async def __call__(self, campaign: Campaign) -> Count:
        """As if it were let go now."""
        now = self._clock.now_ms()
        budget, hours = self.budget_of(campaign), self._settings.hours(campaign)
        groups = await self._memberships.groups()
        wrong = problems(draft_of(campaign), self._settings, groups=groups)
        findings = [Finding(field, text, blocks=True) for field, text in wrong.items()]
        starts_at, trouble = self._first_time(campaign, now)
        if trouble:
            findings.append(Finding("schedule", trouble, blocks=True))
        if wrong:
            return Count(None, tuple(findings), starts_at, budget, hours)
        preview = await self._preview(campaign, at=starts_at)
        findings += self._of_numbers(preview, budget)
        for check in self._checks:
            findings += await check(campaign, preview)
        return Count(preview, tuple(findings), starts_at, budget, hours)

    def estimate(self, campaign: Campaign, at: int, seconds: float) -> Estimate:
        """What a time becomes: `seconds` of sending begun at `at` (ms UTC)."""
        return self._settings.estimate(campaign, at, seconds)

    def budget_of(self, campaign: Campaign) -> int:
        """What a broadcast of it may cost, in yuan; 0 = no limit."""
        by_department = self._settings.department_budgets.get(campaign.department, 0)
        return campaign.budget_yuan or by_department or self._settings.budget_yuan

    def grown(self, campaign: Campaign, figures: Figures) -> Growth | None:
        """Whether it is more than those who approved it agreed to."""
        return growth(
            [one.figures for one in campaign.standing_approvals],
            figures,
            percent=self._settings.growth_percent,
            budget_fen=self.budget_of(campaign) * 100,
        )

    def approvers_needed(self, figures: Figures) -> int:
        """How many persons have to approve."""
        return 2 if figures.deliveries > self._settings.two_approvers_above else 1

    def _first_time(self, campaign: Campaign, now: int) -> tuple[int, str]:
        if not campaign.schedule:
            return now, ""
        workdays = self._settings.worked_days()
        try:
            spec = from_text(campaign.schedule)
            trouble = problem(spec, now, self._settings.zone, workdays)
            return (now if trouble else self._settings.next_time(spec, now)), trouble
        except BadSchedule as refused:
            return now, refused.problem

    def _of_numbers(self, preview: Preview, budget_yuan: int) -> list[Finding]:
        found: list[Finding] = []
        percent = self._settings.bad_numbers_percent
        if not preview.deliveries:
            found.append(Finding("groups", "没有可以发送的接收人", blocks=True))
        elif preview.bad_addresses * 100 > preview.recipients * percent:
            text = Said(
                WRONG_NUMBERS,
                count=preview.bad_addresses,
                share=round(preview.bad_addresses * 100 / preview.recipients),
                most=percent,
            )
            found.append(Finding("groups", text, blocks=True))
        if budget_yuan and preview.figures.cost_fen > budget_yuan * 100:
            text = Said(
                OVER_BUDGET,
                cost=f"{preview.figures.cost_fen / 100:.2f}",
                budget=budget_yuan,
            )
            found.append(Finding("budget", text))
        return found


def grown_words(found: Growth) -> str:
    """Both numbers, in Chinese: the reason a release went back to its approver. It is stored; a page says it
    in another language by `campaigns.said.recalled`."""
    match found.reason:
        case "budget":
            before, now = f"{found.approved / 100:.2f}", f"{found.now / 100:.2f}"
            return MORE_COST % {"now": now, "before": before}
        case "parts":
            return MORE_PARTS % {"before": found.approved, "now": found.now}
        case _:
            return MORE_PEOPLE % {"before": found.approved, "now": found.now}
