"""Every route of the staff side, with who may call it. Case content is never an administrator's."""

from __future__ import annotations

from hub.model.agent import Permission as P
from hub.web.pages.campaigns import campaigns
from hub.web.pages.campaigns import editor as campaign_editor
from hub.web.pages.cases import case, case_flow, desk, evidence, queue
from hub.web.pages.deliveries import deliveries
from hub.web.pages.knowledge import (
    entries,
    entry_editor,
    entry_import,
    entry_life,
    entry_quality,
    kept_file,
    unanswered,
    word_editor,
    word_import,
    words,
)
from hub.web.pages.rules import books, revise, revisions
from hub.web.pages.staff import account, login, setup, system
from hub.web.route import Handler, Route


def _staff(
    method: str, path: str, handler: Handler, permission: P | None = None, *also: P, form_bytes: int = 0
) -> Route:
    return Route(method, f"/staff{path}", handler, permission, login=True, also=also, form_bytes=form_bytes)


STAFF_ROUTES: tuple[Route, ...] = (
    # the doors
    Route("GET", "/setup/{token}", setup.setup_page),
    Route("POST", "/setup/{token}", setup.setup),
    Route("GET", "/staff/login", login.login_page),
    Route("POST", "/staff/login", login.login),
    _staff("POST", "/logout", login.logout),
    # one's own account
    _staff("GET", "", queue.home),
    _staff("GET", "/", queue.home),
    _staff("GET", "/account", account.account_page),
    _staff("GET", "/account/password", account.password_page),
    _staff("POST", "/account/password", account.change_password),
    _staff("POST", "/account/sessions/end", account.end_session),
    _staff("POST", "/account/preferences", account.preferences),
    # cases; which of them exist for the agent is decided in hub/model/policy.py
    _staff("GET", "/queue", queue.queue_page, P.CASE_READ, P.REPORT_READ),
    _staff("GET", "/desk/events", desk.events),
    _staff("POST", "/cases/{case_id}/presence", desk.act, P.CASE_READ, P.REPORT_READ),
    _staff("GET", "/cases/{case_id}", case.case_page, P.CASE_READ, P.REPORT_READ),
    _staff("POST", "/cases/{case_id}/moves/{event}", case.take_step, P.CASE_REPLY),
    _staff("POST", "/cases/{case_id}/reply", case.reply, P.CASE_REPLY),
    _staff("POST", "/cases/{case_id}/note", case.note, P.CASE_REPLY),
    _staff("POST", "/cases/{case_id}/assign", case.assign, P.CASE_ASSIGN),
    _staff("POST", "/cases/{case_id}/close", case.close, P.CASE_CLOSE),
    _staff("POST", "/cases/{case_id}/suspect", case.suspect, P.CASE_REPLY),
    _staff("POST", "/cases/{case_id}/dismiss", case.dismiss, P.CASE_REPLY),
    _staff("POST", "/cases/{case_id}/confirm", case.confirm, P.REPORT_READ),
    _staff("POST", "/cases/{case_id}/release", case.release, P.REPORT_READ),
    _staff("POST", "/cases/{case_id}/split", case.split, P.REPORT_READ),
    _staff("POST", "/cases/{case_id}/reveal", case.reveal, P.REVEAL),
    _staff(
        "GET", "/cases/{case_id}/recordings/{recording_id}", evidence.recording, P.CASE_READ, P.REPORT_READ
    ),
    _staff("GET", "/cases/{case_id}/files/{file_id}", evidence.file, P.CASE_READ, P.REPORT_READ),
    _staff("POST", "/parts", case.parts, P.CASE_REPLY, P.CAMPAIGN_EDIT, P.ENTRY_EDIT),
    # campaigns
    _staff("GET", "/campaigns", campaigns.campaigns_page, P.CAMPAIGN_READ),
    _staff("GET", "/campaigns/new", campaign_editor.new_campaign, P.CAMPAIGN_EDIT),
    _staff("POST", "/campaigns/new", campaign_editor.create_campaign, P.CAMPAIGN_EDIT),
    _staff("POST", "/campaigns/phone", campaign_editor.phone, P.CAMPAIGN_EDIT),
    _staff("POST", "/campaigns/dates", campaign_editor.dates, P.CAMPAIGN_EDIT),
    _staff("GET", "/campaigns/{campaign_id}", campaigns.campaign_page, P.CAMPAIGN_READ),
    _staff("GET", "/campaigns/{campaign_id}/edit", campaign_editor.edit_page, P.CAMPAIGN_EDIT),
    _staff("POST", "/campaigns/{campaign_id}/edit", campaign_editor.edit_campaign, P.CAMPAIGN_EDIT),
    _staff("GET", "/campaigns/{campaign_id}/preview", campaign_editor.preview_page, P.CAMPAIGN_EDIT),
    _staff("POST", "/campaigns/{campaign_id}/schedule", campaign_editor.schedule, P.CAMPAIGN_EDIT),
    _staff("POST", "/campaigns/{campaign_id}/withdraw", campaigns.withdraw, P.CAMPAIGN_EDIT),
    _staff("POST", "/campaigns/{campaign_id}/start", campaign_editor.start, P.CAMPAIGN_EDIT),
    _staff("GET", "/campaigns/{campaign_id}/events", campaigns.events, P.CAMPAIGN_READ),
    _staff("GET", "/campaigns/{campaign_id}/ambiguous", campaigns.ambiguous_page, P.CAMPAIGN_READ),
    _staff("POST", "/campaigns/{campaign_id}/pause", campaigns.pause, P.CAMPAIGN_CONTROL),
    _staff("POST", "/campaigns/{campaign_id}/resume", campaigns.resume, P.CAMPAIGN_CONTROL),
    _staff("POST", "/campaigns/{campaign_id}/cancel", campaigns.cancel, P.CAMPAIGN_CONTROL),
    # knowledge
    _staff("GET", "/entries", entries.entries_page, P.ENTRY_EDIT),
    _staff("GET", "/entries/new", entry_editor.new_entry, P.ENTRY_EDIT),
    _staff("POST", "/entries/new", entry_editor.save_entry, P.ENTRY_EDIT),
    _staff("POST", "/entries/hints", entry_editor.hints, P.ENTRY_EDIT),
    _staff("GET", "/entries/try", entries.try_page, P.ENTRY_EDIT),
    _staff("POST", "/entries/try", entries.try_question, P.ENTRY_EDIT),
    _staff("GET", "/entries/import", entry_import.import_page, P.ENTRY_EDIT),
    _staff(
        "POST",
        "/entries/import",
        entry_import.look_at_file,
        P.ENTRY_EDIT,
        form_bytes=kept_file.FORM_BYTES,
    ),
    _staff("POST", "/entries/import/apply", entry_import.apply_file, P.ENTRY_EDIT),
    _staff("GET", "/entries/export", entry_import.export_file, P.ENTRY_EDIT),
    _staff("POST", "/entries/publish", entry_life.publish_reviewed, P.ENTRY_PUBLISH),
    _staff("GET", "/entries/unanswered", unanswered.unanswered_page, P.ENTRY_EDIT),
    _staff("POST", "/entries/unanswered", unanswered.decide, P.ENTRY_EDIT),
    _staff("GET", "/entries/quality", entry_quality.quality_page, P.ENTRY_EDIT),
    _staff("GET", "/entries/quality/{entry_id}", entry_quality.entry_weeks, P.ENTRY_EDIT),
    _staff("GET", "/entries/coverage", entry_quality.coverage_page, P.ENTRY_EDIT),
    _staff("GET", "/entries/words", words.words_page, P.ENTRY_EDIT),
    _staff("GET", "/entries/words/edit", word_editor.group_page, P.ENTRY_EDIT),
    _staff("POST", "/entries/words/edit", word_editor.save_group, P.ENTRY_EDIT),
    _staff("POST", "/entries/words/remove", word_editor.remove_group, P.ENTRY_EDIT),
    _staff("GET", "/entries/words/import", word_import.import_page, P.ENTRY_EDIT),
    _staff(
        "POST",
        "/entries/words/import",
        word_import.look_at_file,
        P.ENTRY_EDIT,
        form_bytes=kept_file.FORM_BYTES,
    ),
    _staff("POST", "/entries/words/import/apply", word_import.apply_file, P.ENTRY_EDIT),
    _staff("GET", "/entries/words/export", word_import.export_file, P.ENTRY_EDIT),
    _staff("GET", "/entries/{entry_id}", entry_editor.entry_page, P.ENTRY_EDIT),
    _staff("POST", "/entries/{entry_id}", entry_editor.save_entry, P.ENTRY_EDIT),
    _staff("POST", "/entries/{entry_id}/submit", entry_life.submit, P.ENTRY_EDIT),
    _staff("POST", "/entries/{entry_id}/discard", entry_life.discard, P.ENTRY_EDIT),
    _staff("GET", "/entries/{entry_id}/versions", entry_life.versions_page, P.ENTRY_EDIT),
    _staff("POST", "/entries/{entry_id}/versions/{number}/restore", entry_life.restore, P.ENTRY_EDIT),
    _staff("GET", "/entries/{entry_id}/review", entry_life.review_page, P.ENTRY_EDIT),
    _staff("POST", "/entries/{entry_id}/publish", entry_life.publish, P.ENTRY_PUBLISH),
    _staff("POST", "/entries/{entry_id}/send-back", entry_life.send_back, P.ENTRY_PUBLISH),
    _staff("POST", "/entries/{entry_id}/expire", entry_life.expire, P.ENTRY_PUBLISH),
    _staff("POST", "/entries/{entry_id}/bring-back", entry_life.bring_back, P.ENTRY_PUBLISH),
    # system
    _staff("GET", "/system", system.system_page, P.SYSTEM_READ),
    _staff("GET", "/case-flow", case_flow.flow_page, P.CASE_READ, P.REPORT_READ, P.RULE_EDIT),
    _staff("GET", "/rules", books.books_page, P.RULE_EDIT),
    _staff("GET", "/rules/{kind}", books.book_page, P.RULE_EDIT),
    _staff("GET", "/rules/{kind}/export", books.export_file, P.RULE_EDIT),
    _staff("GET", "/rules/{kind}/row", revise.row_page, P.RULE_EDIT),
    _staff("POST", "/rules/{kind}/row", revise.look_at_row, P.RULE_EDIT),
    _staff("POST", "/rules/{kind}/import", revise.look_at_file, P.RULE_EDIT, form_bytes=kept_file.FORM_BYTES),
    _staff("POST", "/rules/{kind}/propose", revise.propose, P.RULE_EDIT),
    _staff("GET", "/rules/{kind}/revisions/{number}", revisions.revision_page, P.RULE_EDIT),
    _staff("POST", "/rules/{kind}/revisions/{number}/approve", revisions.approve, P.RULE_EDIT),
    _staff("POST", "/rules/{kind}/revisions/{number}/refuse", revisions.refuse, P.RULE_EDIT),
    _staff("GET", "/deliveries", deliveries.deliveries_page, P.DELIVERY_DECIDE),
    _staff("POST", "/deliveries/{delivery_id}", deliveries.decide, P.DELIVERY_DECIDE),
    _staff("GET", "/agents", system.agents_page, P.AGENT_MANAGE),
    _staff("POST", "/agents", system.create_agent, P.AGENT_MANAGE),
    _staff("POST", "/agents/{agent_id}/reset", system.reset_password, P.AGENT_MANAGE),
    _staff("POST", "/agents/{agent_id}/active", system.set_active, P.AGENT_MANAGE),
)
"""In the order of a working day."""
