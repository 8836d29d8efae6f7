"""What a running hub consists of, as the pages, the webhooks and the commands see it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass

from campaigns.said import Said
from channels.adapter import FetchesRecordings, ListsRecordings, ReceivesWebhooks, RendersCalls
from channels.outbox.sender import SenderHealth
from hub.actions.alarms.ask_carrier import AskCarrier
from hub.actions.alarms.confirm_danger import ConfirmDanger
from hub.actions.alarms.dispatch.handling_desk import HandlingDesk
from hub.actions.alarms.forward_alarms import ForwardAlarms
from hub.actions.alarms.in_hand import AlarmInHand
from hub.actions.alarms.keep_duty import KeepDuty
from hub.actions.alarms.read_alarms import ReadAlarms
from hub.actions.calls.correct_transcript import CorrectTranscript
from hub.actions.calls.handle_call import HandleCall
from hub.actions.calls.redact_recording import RedactRecording
from hub.actions.campaigns.composing.composer import Composer
from hub.actions.campaigns.desk import CampaignDesk
from hub.actions.campaigns.planning.approve_campaign import ApproveCampaign
from hub.actions.campaigns.planning.count_campaign import CountCampaign
from hub.actions.campaigns.planning.move_campaign import MoveCampaign
from hub.actions.campaigns.planning.read_calendar import ReadCalendar
from hub.actions.campaigns.planning.release_campaign import ReleaseCampaign
from hub.actions.campaigns.planning.submit_campaign import SubmitCampaign
from hub.actions.campaigns.planning.subscribe_calendar import SubscribeCalendar
from hub.actions.campaigns.publicity.publish_notice import PublishNotice
from hub.actions.campaigns.publicity.series_actions import SeriesActions
from hub.actions.campaigns.recipients.recipients import Recipients
from hub.actions.campaigns.sending import Sending
from hub.actions.cases.assign_case import AssignCase
from hub.actions.cases.assignment.set_availability import SetAvailability
from hub.actions.cases.bulk.bulk_cases import BulkCases
from hub.actions.cases.citizen.citizen_move import CitizenMove
from hub.actions.cases.citizen.deliver_electronically import DeliverElectronically
from hub.actions.cases.citizen.show_case import ShowCase
from hub.actions.cases.close_case import CloseCase
from hub.actions.cases.move_case import MoveCase
from hub.actions.cases.note_reading import NoteReading
from hub.actions.cases.print_case import PrintCase
from hub.actions.cases.queue.queue_desk import QueueDesk
from hub.actions.cases.queue.read_day import ReadDay
from hub.actions.cases.queue.read_notifications import ReadNotifications
from hub.actions.cases.queue.read_queue import ReadQueue
from hub.actions.cases.queue.read_taken_part import ReadTakenPart
from hub.actions.cases.reach_citizen import ReachCitizen
from hub.actions.cases.read_cases import ReadCases
from hub.actions.cases.read_procedure import ReadProcedure
from hub.actions.cases.read_warnings import ReadWarnings
from hub.actions.cases.replies.note_case import NoteCase
from hub.actions.cases.replies.reply_desk import ReplyDesk
from hub.actions.cases.screening.confirm_report import ConfirmReport
from hub.actions.cases.screening.dismiss_alarm import DismissAlarm
from hub.actions.cases.screening.release_case import ReleaseCase
from hub.actions.cases.screening.suspect_case import SuspectCase
from hub.actions.cases.search.search_cases import SearchCases
from hub.actions.cases.snooze_case import SnoozeCase
from hub.actions.cases.split_case import SplitCase
from hub.actions.cases.tags.edit_tags import EditTags
from hub.actions.cases.tags.tag_case import TagCase
from hub.actions.deliveries.channel_profile import Profiles
from hub.actions.deliveries.decide_delivery import DecideDelivery
from hub.actions.deliveries.read_unmatched import ReadUnmatched
from hub.actions.deliveries.redrive import Redrive
from hub.actions.deliveries.refuse_mail import RefuseMail
from hub.actions.departments.department_actions import DepartmentActions
from hub.actions.dialogue.encoding import Encoding
from hub.actions.dialogue.triage import Triage
from hub.actions.dialogue.understand import Understand
from hub.actions.intake.accept_event import AcceptEvent
from hub.actions.intake.carriers.take_in import TakeIn
from hub.actions.intake.file_petition import FilePetition
from hub.actions.intake.look_again import LookAgain
from hub.actions.intake.unread_letters import UnreadLetters
from hub.actions.knowledge.edit_entry import EditEntry
from hub.actions.knowledge.edit_words import EditWords
from hub.actions.knowledge.import_entries import ImportEntries
from hub.actions.knowledge.import_words import ImportWords
from hub.actions.knowledge.in_force import Knowledge
from hub.actions.knowledge.publish_entry import PublishEntry
from hub.actions.knowledge.rate_entry import RateEntry
from hub.actions.knowledge.read_entries import ReadEntries
from hub.actions.knowledge.read_help import ReadHelp
from hub.actions.knowledge.read_quality import ReadQuality
from hub.actions.knowledge.read_words import ReadWords
from hub.actions.knowledge.sort_questions import SortQuestions
from hub.actions.people.people import People
from hub.actions.progress.track_case import TrackCase
from hub.actions.rules.in_force import RulesInForce
from hub.actions.rules.read_rules import ReadRules
from hub.actions.rules.revise_rules import ReviseRules
from hub.actions.staff.change_accounts import ChangeAccounts
from hub.actions.staff.change_units import ChangeUnits
from hub.model.agent import Permission
from hub.model.conversations.meaning_due import LATE_MS
from hub.repositories.calls import Backlog, backlog
from hub.repositories.evidence.recording_files import RecordingFiles
from hub.repositories.letters import unreadable
from hub.repositories.queue.feed import QueueFeed
from hub.repositories.repositories import Repositories
from hub.runtime.bell import Bell
from hub.runtime.clock import Clock, day_of
from hub.runtime.refusals import Refusals
from hub.runtime.supervisor import TaskState
from hub.settings.settings import Settings
from hub.store.crypto import Vault
from hub.store.documents import Documents
from hub.store.files import FileStore


@dataclass(frozen=True, slots=True)
class DeskActions:
    """What staff do round the queue."""

    bulk_cases: BulkCases
    correct_transcript: CorrectTranscript
    edit_tags: EditTags
    print_case: PrintCase
    redact_recording: RedactRecording
    queue_desk: QueueDesk
    read_day: ReadDay
    read_notifications: ReadNotifications
    reach_citizen: ReachCitizen
    read_taken_part: ReadTakenPart
    search_cases: SearchCases
    snooze_case: SnoozeCase
    tag_case: TagCase
    set_availability: SetAvailability
    unread_letters: UnreadLetters


@dataclass(frozen=True, slots=True)
class DeliveryDesk:
    """What staff do about deliveries that did not simply arrive."""

    decide: DecideDelivery
    redrive: Redrive
    read_unmatched: ReadUnmatched


@dataclass(frozen=True, slots=True)
class RuleBooks:
    """The books of rules: calendar, clocks, competence."""

    read: ReadRules
    revise: ReviseRules


@dataclass(frozen=True, slots=True)
class CampaignPlanning:
    """The way of a campaign from draft to release, and the calendar of all of them."""

    approve: ApproveCampaign
    calendar: ReadCalendar
    count: CountCampaign
    feed: SubscribeCalendar
    move: MoveCampaign
    release: ReleaseCampaign
    submit: SubmitCampaign


@dataclass(frozen=True, slots=True)
class PublicityActions:
    """What publicity officers and those who approve do; the runs themselves: `Actions.campaigns`."""

    composer: Composer
    planning: CampaignPlanning
    publish_notice: PublishNotice
    recipients: Recipients
    sending: Sending
    series: SeriesActions


@dataclass(frozen=True, slots=True)
class Actions:
    """The business, one verb each."""

    accept_event: AcceptEvent
    assign_case: AssignCase
    campaigns: CampaignDesk
    change_accounts: ChangeAccounts
    change_units: ChangeUnits
    citizen_move: CitizenMove
    close_case: CloseCase
    confirm_report: ConfirmReport
    deliver_electronically: DeliverElectronically
    delivery_desk: DeliveryDesk
    desk: DeskActions
    dismiss_alarm: DismissAlarm
    edit_entry: EditEntry
    edit_words: EditWords
    file_petition: FilePetition
    handle_call: HandleCall
    import_entries: ImportEntries
    import_words: ImportWords
    look_again: LookAgain
    move_case: MoveCase
    note_case: NoteCase
    note_reading: NoteReading
    people: People
    publicity: PublicityActions
    publish_entry: PublishEntry
    rate_entry: RateEntry
    refuse_mail: RefuseMail
    read_cases: ReadCases
    read_procedure: ReadProcedure
    read_queue: ReadQueue
    read_entries: ReadEntries
    read_help: ReadHelp
    read_quality: ReadQuality
    read_warnings: ReadWarnings
    read_words: ReadWords
    release_case: ReleaseCase
    replies: ReplyDesk
    rule_books: RuleBooks
    show_case: ShowCase
    split_case: SplitCase
    sort_questions: SortQuestions
    suspect_case: SuspectCase
    take_in: TakeIn
    track_case: TrackCase


@dataclass(frozen=True, slots=True)
class AlarmDesk:
    """What is done about alarms."""

    ask_carrier: AskCarrier
    read: ReadAlarms
    in_hand: AlarmInHand
    confirm_danger: ConfirmDanger
    duty: KeepDuty
    forward: ForwardAlarms
    handling: HandlingDesk


@dataclass(frozen=True, slots=True)
class VoiceAdapter:
    """A voice channel's adapter in its four shapes (one object)."""

    receives: ReceivesWebhooks
    renders: RendersCalls
    fetches: FetchesRecordings
    lists: ListsRecordings


_TASKS: Mapping[str, str] = {
    "alarms": "警情转警任务",
    "command": "110 确认任务",
    "takeover": "移交接收催办任务",
    "assignment": "自动分派任务",
    "bulk": "批量办理任务",
    "clocks": "期限任务",
    "dispatch": "发送任务",
    "broadcasts": "群发任务",
    "series": "普法系列任务",
    "departments": "部门登记更新任务",
    "department": "部门短信状态任务",
    "callbacks": "部门回执推送任务",
    "contracts": "部门合同提醒任务",
    "recipient lists": "群发名单清理任务",
    "responses": "群发回复统计任务",
    "recipients": "名单导入任务",
    "knowledge": "知识更新任务",
    "answers": "答复统计任务",
    "receipts": "回执匹配任务",
    "fallback": "预警备用渠道任务",
    "replies": "答复发出任务",
    "recordings": "录音取回任务",
    "seals": "录音封存任务",
    "lost": "录音补查任务",
    "keys": "密钥轮换任务",
    "transcripts": "录音转写任务",
    "calls": "通话看守任务",
    "carrier": "运营商网关连接任务",
    "long": "长短信拼接任务",
    "retention": "到期清理任务",
    "heads": "证据链头任务",
    "listen": "收信任务",
    "letters": "来信读取任务",
    "meaning": "语义补查任务",
    "rules": "规则更新任务",
    "index": "旧工单检索补建任务",
    "due": "到期日重算任务",
    "encoder": "语义引擎看守任务",
    "vectors": "语义向量补算任务",
}


@dataclass(frozen=True, slots=True)
class HealthLine:
    """One thing that is well or not: its id, what people call it, how it is, how to mend it.

    stops: whether the hub is not ready while it is not well. count: of what stands still, for machines.
    """

    name: str
    label: str
    ok: bool
    detail: str
    fix: str = ""
    stops: bool = True
    count: int = 0


@dataclass(frozen=True, slots=True)
class Hub:
    """Everything wired. Made by `hub/app.py` alone.

    imports: files of entries, words and rules that were looked at and wait to be taken.
    webhooks: adapters by channel name. voice: the voice channels among them.
    forged: how many mails came to a signed address of ours that we did not write, since the start.
    refused: webhooks nobody had signed.
    hears: False while the model that recognises recordings cannot be loaded.
    """

    settings: Settings
    clock: Clock
    documents: Documents
    vault: Vault
    files: FileStore
    imports: FileStore
    recordings: RecordingFiles
    repositories: Repositories
    actions: Actions
    alarms: AlarmDesk
    departments: DepartmentActions
    knowledge: Knowledge
    rules: RulesInForce
    bell: Bell
    feed: QueueFeed
    encoding: Encoding
    profiles: Profiles
    triage: Triage
    understand: Understand
    webhooks: Mapping[str, ReceivesWebhooks]
    refused: Refusals
    voice: Mapping[str, VoiceAdapter]
    run_jobs: Callable[[], Coroutine[None, None, None]]
    tasks: Callable[[], Mapping[str, TaskState]]
    senders: Callable[[], Sequence[SenderHealth]]
    hears: Callable[[], bool]
    forged: Callable[[], int]
    unconnected: Callable[[], Mapping[str, str]]
    close: Callable[[], Awaitable[None]]

    async def health(self) -> list[HealthLine]:
        """What an operator wants to know first: tasks, store, channels, recordings."""
        lines = [
            HealthLine(
                name,
                _TASKS.get(name) or _TASKS.get(name.split(" ")[0], name),
                state.running,
                "运行中" if state.running else f"已停止：{state.problem}",
                "" if state.running else "查看日志中 task.failed 的原因",
            )
            for name, state in self.tasks().items()
        ]
        drift = abs(await self.documents.now_ms() - self.clock.now_ms()) / 1000
        lines.append(HealthLine("store", "数据存储", drift < 2, "可用", "" if drift < 2 else "校准主机时钟"))
        lost = len(self.vault.unreadable)
        lines.append(
            HealthLine(
                "rows",
                "数据完整",
                not lost,
                "有记录无法读取" if lost else "未发现无法读取的记录",
                "日志 store.row_unreadable 有记录编号；hub check 查看全部；从备份恢复" if lost else "",
                stops=False,
            )
        )
        paused = {sender.sender: sender.paused_reason for sender in self.senders()}
        unconnected = self.unconnected()
        paused |= {name: Said("网关未连接：%(code)s", code=code) for name, code in unconnected.items()}
        for name, channel in self.settings.channels.items():
            reason = paused.get(name, "")
            lines.append(
                HealthLine(
                    f"channel {name}",
                    Said("渠道 %(name)s", name=name),
                    not reason,
                    reason or ("已启用" if channel.enabled else "未启用"),
                    "检查渠道的账号、密钥和地址" if reason else "",
                    stops=name not in unconnected,
                )
            )
        if any(channel.enabled and channel.adapter == "mail" for channel in self.settings.channels.values()):
            lines += [await self._bounces(), await self._letters()]
        return [*lines, await self._alarms(), *await self._recordings(), await self._meaning()]

    async def _bounces(self) -> HealthLine:
        """Mails that came back, and how often somebody tried to have an address blocked by one."""
        bounced = await self.repositories.publicity.bounces.count_since(self.clock.now_ms() - 86_400_000)
        detail = f"24 小时内退信 {bounced} 封；启动以来拒收伪造的退信、退订 {self.forged()} 次"
        return HealthLine("bounces", "退信", True, detail, stops=False)

    async def _letters(self) -> HealthLine:
        """Letters nobody could read. None behind the compartment: a number here would tell of it."""
        count = await unreadable(self.documents, outside_only=True)
        return HealthLine(
            "letters unreadable",
            "来信解析",
            not count,
            "有来信无法读取，已登记为工单" if count else "来信均可读取",
            "值班人员在“无法读取的来信”中保存原件、重新读取或办结" if count else "",
            stops=False,
            count=count,
        )

    def duties(self) -> list[HealthLine]:
        """What administrators have to do by a day. Nothing of it is a matter of the machine."""
        year = self.rules.calendar().missing_notice(day_of(self.clock.now_ms()))
        notice = HealthLine(
            "calendar",
            "工作日历",
            not year,
            f"{year} 年放假通知尚未导入，工作日按法定节假日暂定" if year else "放假通知齐全",
            "国务院办公厅发布通知后，在“规则”的工作日历里导入" if year else "",
            stops=False,
        )
        return [notice]

    async def report_readers(self) -> HealthLine:
        """Whether somebody can read what comes in on 12389."""
        agents = await self.repositories.agents.list()
        staffed = any(agent.may(Permission.REPORT_READ) for agent in agents)
        return HealthLine(
            "report readers",
            "12389 举报",
            staffed,
            "有督察可以查看" if staffed else "没有督察账号，举报没有人能看到",
            "" if staffed else "在“人员与角色”新建督察，由另一人确认",
            stops=False,
        )

    async def _alarms(self) -> HealthLine:
        """Emergencies that, as far as anybody knows, did not reach 110, or that nobody would have heard."""
        lost = await self.alarms.forward.not_through()
        unheard = await self.alarms.forward.unheard_today()
        detail, fix = "没有积压", ""
        if lost:
            detail = f"{lost} 件警情没有转到 110"
            fix = "立即打开警情台处理；检查 [alarms] 的转警方式和对方系统"
        elif unheard:
            detail = f"24 小时内有 {unheard} 件警情无人值守，直接转了 110"
            fix = "安排人员在警情台上岗并测试声音"
        return HealthLine("alarms", "警情转 110", not fix, detail, fix, stops=False)

    async def _meaning(self) -> HealthLine:
        """Which engine understands sentences, and how many messages wait for it; none waits for an answer."""
        count, since = await self.repositories.meaning_due.waiting()
        waits = f"，{count} 条消息待补查，最早 {(self.clock.now_ms() - since) // 1000} 秒前" if count else ""
        late = bool(since) and self.clock.now_ms() - since > LATE_MS
        problem = self.encoding.problem
        engine = self.encoding.name or "只按词语判断"
        if self.encoding.is_down:
            engine = f"{engine} 暂时不能使用：{problem}，自动重试，其间只按词语判断"
        elif problem:
            engine = f"不能运行：{problem}，只按词语判断"
        elif self.encoding.name and not self.understand.is_weighed:
            problem, engine = "weights", f"{engine} 没有险情和检举的权重，只按词语判断"
        return HealthLine(
            "meaning",
            "语义理解",
            not problem and not late,
            f"{engine}{waits}",
            "检查 knowledge.encoder；hub check 说明原因" if problem or late else "",
            stops=False,
        )

    async def _recordings(self) -> list[HealthLine]:
        """Recordings that do not come, and words nobody recognises; calls are answered all the same."""
        late = await backlog(self.documents, self.clock.now_ms())
        fetching, fix = "没有积压", ""
        if late.overdue:
            fetching = "录音未取到"
            fix = "查看日志中 recording.later 的原因，检查线路的账号、地址和网络"
        overdue = HealthLine(
            "recordings overdue", "取回录音", not fix, fetching, fix, stops=False, count=late.overdue
        )
        return [overdue, self._speech(late), _failed_transcripts(late.failed)]

    def _speech(self, late: Backlog) -> HealthLine:
        waiting = late.unheard if self.settings.speech.model else 0
        detail, fix = "已启用" if self.settings.speech.model else "未启用", ""
        if not self.hears():
            detail, fix = "语音识别模型不能使用", "检查 speech.model 指向的目录；修好后自动补转写"
        elif waiting:
            detail = "有录音等待转写超过十分钟"
            fix = "查看日志中 recording.not_heard 和 speech.down；转写慢时换小一些的模型"
        return HealthLine("speech", "转写录音", not fix, detail, fix, stops=False, count=waiting)


def _failed_transcripts(count: int) -> HealthLine:
    """Told, and no fault of the hub: it may be the audio."""
    detail = "有录音未能转写，请听录音；重启后会再试" if count else "没有未能转写的录音"
    return HealthLine("transcripts failed", "转写结果", ok=True, detail=detail, stops=False, count=count)
