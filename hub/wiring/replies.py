"""Replies: sending them after their time, drafts, canned replies, following."""

from __future__ import annotations

from hub.actions.cases.case_rules import CaseRules
from hub.actions.cases.casework import Casework
from hub.actions.cases.replies.compose_reply import ComposeReply
from hub.actions.cases.replies.edit_canned import EditCanned
from hub.actions.cases.replies.follow_case import FollowCase
from hub.actions.cases.replies.read_canned import ReadCanned
from hub.actions.cases.replies.read_replies import ReadReplies
from hub.actions.cases.replies.reply_desk import ReplyDesk
from hub.actions.cases.replies.reply_file import ReplyFile
from hub.actions.cases.replies.reply_to_case import ReplyToCase
from hub.actions.cases.replies.save_draft import SaveDraft
from hub.actions.cases.replies.send_replies import SendReplies
from hub.actions.cases.replies.undo_reply import UndoReply
from hub.actions.cases.step_unit import StepUnit
from hub.actions.cases.tell_citizen import TellCitizen
from hub.actions.dialogue.texts import Texts
from hub.wiring.foundation import Foundation


def reply_desk(
    base: Foundation, casework: Casework, unit: StepUnit, tell: TellCitizen, texts: Texts, rules: CaseRules
) -> ReplyDesk:
    """Everything round a reply."""
    documents, stores, clock = base.documents, base.stores, base.clock
    compose = ComposeReply(stores, unit, tell, texts, rules)
    seconds = base.settings.cases.undo_seconds
    return ReplyDesk(
        edit_canned=EditCanned(documents, stores, clock),
        file=ReplyFile(stores.conversations, base.files),
        follow=FollowCase(documents, stores, clock),
        read=ReadReplies(stores),
        read_canned=ReadCanned(stores, rules, organ=base.settings.organisation.name),
        reply=ReplyToCase(casework, stores, compose, clock, undo_seconds=seconds),
        save_draft=SaveDraft(documents, stores, clock),
        send=SendReplies(documents, stores, compose),
        undo=UndoReply(documents, stores),
    )
