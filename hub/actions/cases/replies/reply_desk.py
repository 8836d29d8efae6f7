"""What staff do round a reply, gathered: one field of the hub instead of nine."""

from __future__ import annotations

from dataclasses import dataclass

from hub.actions.cases.replies.edit_canned import EditCanned
from hub.actions.cases.replies.follow_case import FollowCase
from hub.actions.cases.replies.read_canned import ReadCanned
from hub.actions.cases.replies.read_replies import ReadReplies
from hub.actions.cases.replies.reply_file import ReplyFile
from hub.actions.cases.replies.reply_to_case import ReplyToCase
from hub.actions.cases.replies.save_draft import SaveDraft
from hub.actions.cases.replies.send_replies import SendReplies
from hub.actions.cases.replies.undo_reply import UndoReply


@dataclass(frozen=True, slots=True)
class ReplyDesk:
    """One of each."""

    edit_canned: EditCanned
    file: ReplyFile
    follow: FollowCase
    read: ReadReplies
    read_canned: ReadCanned
    reply: ReplyToCase
    save_draft: SaveDraft
    send: SendReplies
    undo: UndoReply
