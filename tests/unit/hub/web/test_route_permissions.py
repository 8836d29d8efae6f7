"""Every staff route for every role: who gets through. The table below is written by hand, from the
roles of operations.md section 20, and not from the routes; a new route without a line here fails."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hub.model.agent import Role
from hub.web.routes import ROUTES
from hub.web.staff_routes import STAFF_ROUTES
from tests.web.staff_doors import Browser, Doors, open_doors

R = Role
EVERYBODY = frozenset(Role)
CASES = frozenset({R.HANDLER, R.SUPERVISOR, R.INSPECTOR})
DUTY = frozenset({R.HANDLER, R.SUPERVISOR})
READ_CASES = CASES | {R.HIGHER_REVIEWER}
READ_CAMPAIGNS = frozenset({R.PUBLICITY, R.SUPERVISOR, R.ADMIN})
WRITE_CAMPAIGNS = frozenset({R.PUBLICITY})
STOP_CAMPAIGNS = frozenset({R.PUBLICITY, R.SUPERVISOR})
SUPERVISORS = frozenset({R.SUPERVISOR})
OVERSEERS = frozenset({R.SUPERVISOR, R.INSPECTOR})
READ_CAMPAIGNS = frozenset({R.PUBLICITY, R.PUBLICITY_LEAD, R.SUPERVISOR, R.ADMIN})
WRITE_CAMPAIGNS = frozenset({R.PUBLICITY, R.PUBLICITY_LEAD})
APPROVE_CAMPAIGNS = frozenset({R.PUBLICITY_LEAD, R.SUPERVISOR})
STOP_CAMPAIGNS = SEND_CAMPAIGNS = frozenset({R.PUBLICITY, R.PUBLICITY_LEAD, R.SUPERVISOR})
READ_WARNINGS = MAKE_WARNINGS = frozenset({R.PUBLICITY, R.PUBLICITY_LEAD, R.SUPERVISOR})
SIGN_WARNINGS = frozenset({R.PUBLICITY_LEAD, R.SUPERVISOR})
ENTRIES = frozenset({R.EDITOR, R.REVIEWER})
PUBLISH_ENTRIES = frozenset({R.REVIEWER})
ADMIN = frozenset({R.ADMIN})
SEE_DEPARTMENTS = frozenset({R.ADMIN, R.DEPARTMENT})
TOLD = READ_CASES | READ_CAMPAIGNS | SEE_DEPARTMENTS
DECIDERS = frozenset({R.ADMIN, R.INSPECTOR})
APPROVERS = frozenset({R.ADMIN, R.INSPECTOR, R.SUPERVISOR})

ALLOWED: dict[tuple[str, str], frozenset[Role]] = {
    ("POST", "/staff/logout"): EVERYBODY,
    ("GET", "/staff"): EVERYBODY,
    ("GET", "/staff/"): EVERYBODY,
    ("GET", "/staff/account"): EVERYBODY,
    ("GET", "/staff/account/password"): EVERYBODY,
    ("POST", "/staff/account/password"): EVERYBODY,
    ("POST", "/staff/account/sessions/end"): EVERYBODY,
    ("GET", "/staff/held"): EVERYBODY,
    ("GET", "/staff/held/fields"): EVERYBODY,
    ("POST", "/staff/held/drop"): EVERYBODY,
    ("POST", "/staff/account/preferences"): EVERYBODY,
    ("GET", "/staff/queue"): READ_CASES,
    ("POST", "/staff/queue/export"): READ_CASES,
    ("GET", "/staff/availability"): READ_CASES,
    ("POST", "/staff/bulk"): READ_CASES,
    ("POST", "/staff/bulk/start"): READ_CASES,
    ("GET", "/staff/bulk/{run_id}"): READ_CASES,
    ("POST", "/staff/bulk/{run_id}/cancel"): READ_CASES,
    ("POST", "/staff/availability"): READ_CASES,
    ("GET", "/staff/search"): READ_CASES,
    ("POST", "/staff/search"): READ_CASES,
    ("GET", "/staff/search/{sealed}"): READ_CASES,
    ("POST", "/staff/queue/views"): READ_CASES,
    ("POST", "/staff/queue/views/{view_id}/remove"): READ_CASES,
    ("POST", "/staff/queue/settings"): READ_CASES,
    ("GET", "/staff/cases/new"): READ_CASES,
    ("POST", "/staff/cases/new"): READ_CASES,
    ("GET", "/staff/day"): READ_CASES,
    ("GET", "/staff/departments"): SEE_DEPARTMENTS,
    ("GET", "/staff/departments/new"): ADMIN,
    ("POST", "/staff/departments/new"): ADMIN,
    ("GET", "/staff/departments/{department}"): SEE_DEPARTMENTS,
    ("GET", "/staff/departments/{department}/edit"): ADMIN,
    ("POST", "/staff/departments/{department}/edit"): ADMIN,
    ("GET", "/staff/departments/{department}/keys"): SEE_DEPARTMENTS,
    ("POST", "/staff/departments/{department}/keys"): ADMIN,
    ("POST", "/staff/departments/{department}/keys/{key_id}/rotate"): ADMIN,
    ("POST", "/staff/departments/{department}/keys/{key_id}/revoke"): ADMIN,
    ("GET", "/staff/departments/{department}/listener"): SEE_DEPARTMENTS,
    ("POST", "/staff/departments/{department}/listener/{key_id}"): ADMIN,
    ("GET", "/staff/departments/{department}/callbacks"): SEE_DEPARTMENTS,
    ("POST", "/staff/departments/{department}/callbacks/{id}/again"): SEE_DEPARTMENTS,
    ("GET", "/staff/departments/{department}/handover"): SEE_DEPARTMENTS,
    ("POST", "/staff/departments/{department}/handover"): ADMIN,
    ("GET", "/staff/departments/{department}/handover/sheet"): SEE_DEPARTMENTS,
    ("POST", "/staff/departments/{department}/handover/sheet"): ADMIN,
    ("GET", "/staff/departments/{department}/imports/{import_id}"): SEE_DEPARTMENTS,
    ("GET", "/staff/departments/{department}/imports/{import_id}/progress"): SEE_DEPARTMENTS,
    ("POST", "/staff/departments/{department}/imports/{import_id}/check"): ADMIN,
    ("POST", "/staff/departments/{department}/imports/{import_id}/start"): ADMIN,
    ("POST", "/staff/departments/{department}/imports/{import_id}/cancel"): ADMIN,
    ("POST", "/staff/departments/{department}/imports/{import_id}/purge"): ADMIN,
    ("GET", "/staff/departments/{department}/imports/{import_id}/rejected"): SEE_DEPARTMENTS,
    ("GET", "/staff/departments/{department}/cutover"): SEE_DEPARTMENTS,
    ("POST", "/staff/departments/{department}/cutover/begin"): ADMIN,
    ("POST", "/staff/departments/{department}/cutover/move"): ADMIN,
    ("POST", "/staff/departments/{department}/cutover/lines/{line}"): SEE_DEPARTMENTS,
    ("POST", "/staff/departments/{department}/cutover/differences/{reason}"): ADMIN,
    ("GET", "/staff/notifications"): TOLD,
    ("GET", "/staff/notifications/count"): TOLD,
    ("POST", "/staff/notifications/read"): TOLD,
    ("POST", "/staff/notifications/choices"): TOLD,
    ("GET", "/staff/people/{contact_id}"): READ_CASES,
    ("POST", "/staff/people/{contact_id}"): READ_CASES,
    ("POST", "/staff/people/{contact_id}/merge"): READ_CASES,
    ("POST", "/staff/people/{contact_id}/unmerge"): READ_CASES,
    ("GET", "/staff/desk/events"): EVERYBODY,
    ("POST", "/staff/cases/{case_id}/presence"): READ_CASES,
    ("GET", "/staff/cases/{case_id}"): READ_CASES,
    ("GET", "/staff/cases/{case_id}/recordings/{recording_id}"): READ_CASES,
    ("GET", "/staff/cases/{case_id}/recordings/{recording_id}/waveform"): READ_CASES,
    ("POST", "/staff/cases/{case_id}/recordings/{recording_id}/correct"): READ_CASES,
    ("POST", "/staff/cases/{case_id}/recordings/{recording_id}/redact"): SUPERVISORS | {R.INSPECTOR},
    ("GET", "/staff/cases/{case_id}/files/{file_id}"): READ_CASES,
    ("GET", "/staff/letters"): READ_CASES,
    ("POST", "/staff/letters/{letter_id}/again"): READ_CASES,
    ("POST", "/staff/letters/{letter_id}/close"): CASES,
    ("POST", "/staff/cases/{case_id}/file"): READ_CASES,
    ("GET", "/staff/case-flow"): READ_CASES | ADMIN,
    ("POST", "/staff/cases/{case_id}/moves/{event}"): READ_CASES,
    ("POST", "/staff/cases/{case_id}/reply"): READ_CASES,
    ("POST", "/staff/cases/{case_id}/note"): READ_CASES,
    ("GET", "/staff/cases/{case_id}/sending"): READ_CASES,
    ("POST", "/staff/cases/{case_id}/drafts/{kind}"): READ_CASES,
    ("POST", "/staff/cases/{case_id}/follow"): READ_CASES,
    ("POST", "/staff/cases/{case_id}/silence"): READ_CASES,
    ("POST", "/staff/cases/{case_id}/snooze"): READ_CASES,
    ("POST", "/staff/cases/{case_id}/reached"): READ_CASES,
    ("POST", "/staff/cases/{case_id}/tags"): READ_CASES,
    ("GET", "/staff/queue/taken-part"): READ_CASES,
    ("GET", "/staff/tags"): frozenset({Role.SUPERVISOR}),
    ("POST", "/staff/tags"): frozenset({Role.SUPERVISOR}),
    ("POST", "/staff/tags/{tag_id}"): frozenset({Role.SUPERVISOR}),
    ("GET", "/staff/cases/{case_id}/pick/{shelf}"): READ_CASES,
    ("POST", "/staff/cases/{case_id}/pick/{shelf}"): READ_CASES,
    ("GET", "/staff/sending"): READ_CASES,
    ("POST", "/staff/replies/{pending_id}/undo"): READ_CASES,
    ("GET", "/staff/canned"): READ_CASES | ADMIN,
    ("GET", "/staff/canned/new"): READ_CASES,
    ("POST", "/staff/canned/new"): READ_CASES,
    ("GET", "/staff/canned/values"): APPROVERS,
    ("POST", "/staff/canned/values"): APPROVERS,
    ("GET", "/staff/canned/{canned_id}"): READ_CASES | ADMIN,
    ("POST", "/staff/canned/{canned_id}"): READ_CASES | ADMIN,
    ("POST", "/staff/canned/{canned_id}/approve"): APPROVERS,
    ("POST", "/staff/canned/{canned_id}/send-back"): APPROVERS,
    ("POST", "/staff/canned/{canned_id}/retire"): READ_CASES | ADMIN,
    ("POST", "/staff/cases/{case_id}/assign"): CASES,
    ("POST", "/staff/cases/{case_id}/close"): CASES,
    ("POST", "/staff/cases/{case_id}/suspect"): READ_CASES,
    ("POST", "/staff/cases/{case_id}/dismiss"): READ_CASES,
    ("POST", "/staff/cases/{case_id}/confirm"): frozenset({R.INSPECTOR}),
    ("POST", "/staff/cases/{case_id}/release"): frozenset({R.INSPECTOR}),
    ("POST", "/staff/cases/{case_id}/split"): frozenset({R.INSPECTOR}),
    ("POST", "/staff/cases/{case_id}/reveal"): frozenset({R.HANDLER}),
    ("GET", "/staff/cases/{case_id}/identity"): frozenset({R.INSPECTOR}),
    ("POST", "/staff/cases/{case_id}/identity"): frozenset({R.INSPECTOR}),
    ("POST", "/staff/cases/{case_id}/identity/read"): frozenset({R.INSPECTOR}),
    ("POST", "/staff/cases/{case_id}/evidence"): frozenset({R.INSPECTOR}),
    ("GET", "/staff/reports/quarter"): frozenset({R.INSPECTOR}),
    ("POST", "/staff/reports/quarter"): frozenset({R.INSPECTOR}),
    ("GET", "/staff/identity-requests"): frozenset({R.CUSTODIAN}),
    ("POST", "/staff/identity-requests/{request_id}"): frozenset({R.CUSTODIAN}),
    ("GET", "/staff/audit"): frozenset({R.AUDITOR}),
    ("GET", "/staff/alarms"): CASES,
    ("GET", "/staff/alarms/events"): CASES,
    ("POST", "/staff/alarms/pages/{page_id}"): DUTY,
    ("POST", "/staff/alarms/pages/{page_id}/sound"): DUTY,
    ("POST", "/staff/alarms/duty/on"): DUTY,
    ("POST", "/staff/alarms/duty/off"): DUTY,
    ("GET", "/staff/alarms/times"): CASES,
    ("GET", "/staff/alarms/times/{kind}"): CASES,
    ("GET", "/staff/cases/{case_id}/documents/{place}"): READ_CASES,
    ("GET", "/staff/cases/{case_id}/documents/{place}/pdf"): READ_CASES,
    ("GET", "/staff/board"): OVERSEERS,
    ("POST", "/staff/board/{kind}"): OVERSEERS,
    ("GET", "/staff/alarms/cases/{case_id}"): CASES,
    ("POST", "/staff/alarms/cases/{case_id}/received"): CASES,
    ("POST", "/staff/alarms/cases/{case_id}/steps/{kind}"): CASES,
    ("POST", "/staff/alarms/cases/{case_id}/{act}"): CASES,
    ("POST", "/staff/alarms/cases/{case_id}/carrier/{asked}"): CASES,
    ("GET", "/staff/register"): DUTY,
    ("POST", "/staff/register"): DUTY,
    ("GET", "/staff/register/new"): SUPERVISORS,
    ("POST", "/staff/register/new"): SUPERVISORS,
    ("GET", "/staff/register/import"): SUPERVISORS,
    ("POST", "/staff/register/import"): SUPERVISORS,
    ("GET", "/staff/register/import/example"): SUPERVISORS,
    ("GET", "/staff/register/{person_id}"): DUTY,
    ("GET", "/staff/register/{person_id}/edit"): SUPERVISORS,
    ("POST", "/staff/register/{person_id}/edit"): SUPERVISORS,
    ("POST", "/staff/register/{person_id}/check"): SUPERVISORS,
    ("POST", "/staff/register/{person_id}/remove"): SUPERVISORS,
    ("POST", "/staff/parts"): READ_CASES | WRITE_CAMPAIGNS | ENTRIES,
    ("GET", "/staff/campaigns"): READ_CAMPAIGNS,
    ("GET", "/staff/campaigns/new"): WRITE_CAMPAIGNS,
    ("POST", "/staff/campaigns/new"): WRITE_CAMPAIGNS,
    ("POST", "/staff/campaigns/phone"): WRITE_CAMPAIGNS,
    ("POST", "/staff/campaigns/dates"): WRITE_CAMPAIGNS,
    ("POST", "/staff/campaigns/new/draft"): WRITE_CAMPAIGNS,
    ("POST", "/staff/campaigns/new/discard"): WRITE_CAMPAIGNS,
    ("POST", "/staff/campaigns/{campaign_id}/draft"): WRITE_CAMPAIGNS,
    ("POST", "/staff/campaigns/{campaign_id}/discard"): WRITE_CAMPAIGNS,
    ("GET", "/staff/campaigns/{campaign_id}/versions"): READ_CAMPAIGNS,
    ("POST", "/staff/campaigns/{campaign_id}/copy"): WRITE_CAMPAIGNS,
    ("GET", "/staff/campaigns/{campaign_id}/remove"): WRITE_CAMPAIGNS,
    ("POST", "/staff/campaigns/{campaign_id}/remove"): WRITE_CAMPAIGNS,
    ("GET", "/staff/campaigns/{campaign_id}/trial"): STOP_CAMPAIGNS,
    ("POST", "/staff/campaigns/{campaign_id}/trial"): STOP_CAMPAIGNS,
    ("GET", "/staff/campaigns/{campaign_id}/trial/results"): STOP_CAMPAIGNS,
    ("GET", "/staff/campaigns/templates"): READ_CAMPAIGNS,
    ("GET", "/staff/campaigns/templates/new"): WRITE_CAMPAIGNS,
    ("POST", "/staff/campaigns/templates/new"): WRITE_CAMPAIGNS,
    ("GET", "/staff/campaigns/templates/{template_id}"): READ_CAMPAIGNS,
    ("POST", "/staff/campaigns/templates/{template_id}"): WRITE_CAMPAIGNS,
    ("POST", "/staff/campaigns/templates/{template_id}/archive"): WRITE_CAMPAIGNS,
    ("POST", "/staff/campaigns/templates/{template_id}/bring-back"): WRITE_CAMPAIGNS,
    ("GET", "/staff/campaigns/words"): READ_CAMPAIGNS,
    ("POST", "/staff/campaigns/words"): APPROVE_CAMPAIGNS,
    ("POST", "/staff/campaigns/words/import"): APPROVE_CAMPAIGNS,
    ("POST", "/staff/campaigns/words/remove"): APPROVE_CAMPAIGNS,
    ("GET", "/staff/campaigns/words/export"): READ_CAMPAIGNS,
    ("GET", "/staff/campaigns/trial-numbers"): STOP_CAMPAIGNS,
    ("POST", "/staff/campaigns/trial-numbers"): STOP_CAMPAIGNS,
    ("POST", "/staff/campaigns/trial-numbers/remove"): STOP_CAMPAIGNS,
    ("GET", "/staff/campaigns/lessons"): READ_CAMPAIGNS,
    ("POST", "/staff/campaigns/lessons/{lesson_id}/publish"): WRITE_CAMPAIGNS,
    ("GET", "/staff/campaigns/notices"): READ_CAMPAIGNS,
    ("GET", "/staff/campaigns/notices/new"): WRITE_CAMPAIGNS,
    ("POST", "/staff/campaigns/notices/new"): WRITE_CAMPAIGNS,
    ("GET", "/staff/campaigns/notices/{notice_id}"): READ_CAMPAIGNS,
    ("POST", "/staff/campaigns/notices/{notice_id}"): WRITE_CAMPAIGNS,
    ("POST", "/staff/campaigns/notices/{notice_id}/withdraw"): WRITE_CAMPAIGNS,
    ("GET", "/staff/campaigns/series"): READ_CAMPAIGNS,
    ("GET", "/staff/campaigns/series/new"): WRITE_CAMPAIGNS,
    ("POST", "/staff/campaigns/series/new"): WRITE_CAMPAIGNS,
    ("GET", "/staff/campaigns/series/{series_id}"): READ_CAMPAIGNS,
    ("POST", "/staff/campaigns/series/{series_id}/pause"): WRITE_CAMPAIGNS,
    ("POST", "/staff/campaigns/series/{series_id}/resume"): WRITE_CAMPAIGNS,
    ("GET", "/staff/campaigns/series/{series_id}/items/{number}"): WRITE_CAMPAIGNS,
    ("POST", "/staff/campaigns/series/{series_id}/items/{number}/{act}"): WRITE_CAMPAIGNS,
    ("GET", "/staff/campaigns/calendar"): READ_CAMPAIGNS,
    ("POST", "/staff/campaigns/calendar/address"): READ_CAMPAIGNS,
    ("POST", "/staff/campaigns/calendar/revoke"): READ_CAMPAIGNS,
    ("GET", "/staff/campaigns/{campaign_id}/move"): WRITE_CAMPAIGNS,
    ("POST", "/staff/campaigns/{campaign_id}/move"): WRITE_CAMPAIGNS,
    ("POST", "/staff/campaigns/{campaign_id}/move/undo"): WRITE_CAMPAIGNS,
    ("POST", "/staff/campaigns/{campaign_id}/again"): WRITE_CAMPAIGNS,
    ("GET", "/staff/campaigns/{campaign_id}"): READ_CAMPAIGNS,
    ("GET", "/staff/campaigns/{campaign_id}/edit"): WRITE_CAMPAIGNS,
    ("POST", "/staff/campaigns/{campaign_id}/edit"): WRITE_CAMPAIGNS,
    ("GET", "/staff/campaigns/{campaign_id}/preview"): WRITE_CAMPAIGNS,
    ("POST", "/staff/campaigns/{campaign_id}/schedule"): WRITE_CAMPAIGNS,
    ("POST", "/staff/campaigns/{campaign_id}/withdraw"): WRITE_CAMPAIGNS,
    ("GET", "/staff/campaigns/{campaign_id}/approval"): APPROVE_CAMPAIGNS,
    ("POST", "/staff/campaigns/{campaign_id}/approve"): APPROVE_CAMPAIGNS,
    ("POST", "/staff/campaigns/{campaign_id}/return"): APPROVE_CAMPAIGNS,
    ("POST", "/staff/campaigns/{campaign_id}/start"): SEND_CAMPAIGNS,
    ("GET", "/staff/campaigns/{campaign_id}/events"): READ_CAMPAIGNS,
    ("GET", "/staff/campaigns/{campaign_id}/ambiguous"): READ_CAMPAIGNS,
    ("POST", "/staff/campaigns/{campaign_id}/ambiguous"): STOP_CAMPAIGNS,
    ("GET", "/staff/campaigns/{campaign_id}/correct"): WRITE_CAMPAIGNS,
    ("POST", "/staff/campaigns/{campaign_id}/correct"): WRITE_CAMPAIGNS,
    ("GET", "/staff/campaigns/{campaign_id}/report"): READ_CAMPAIGNS,
    ("GET", "/staff/campaigns/{campaign_id}/report/{kind}"): READ_CAMPAIGNS,
    ("GET", "/staff/senders"): READ_CAMPAIGNS,
    ("GET", "/staff/senders/events"): READ_CAMPAIGNS,
    ("POST", "/staff/campaigns/{campaign_id}/pause"): STOP_CAMPAIGNS,
    ("POST", "/staff/campaigns/{campaign_id}/resume"): STOP_CAMPAIGNS,
    ("POST", "/staff/campaigns/{campaign_id}/cancel"): STOP_CAMPAIGNS,
    ("GET", "/staff/warnings"): READ_WARNINGS,
    ("GET", "/staff/warnings/new"): MAKE_WARNINGS,
    ("POST", "/staff/warnings/new"): MAKE_WARNINGS,
    ("POST", "/staff/warnings/upload"): MAKE_WARNINGS,
    ("GET", "/staff/warnings/{warning_id}"): READ_WARNINGS,
    ("GET", "/staff/warnings/{warning_id}/edit"): MAKE_WARNINGS,
    ("POST", "/staff/warnings/{warning_id}/edit"): MAKE_WARNINGS,
    ("POST", "/staff/warnings/{warning_id}/submit"): MAKE_WARNINGS,
    ("POST", "/staff/warnings/{warning_id}/review"): READ_WARNINGS,
    ("POST", "/staff/warnings/{warning_id}/sign"): SIGN_WARNINGS,
    ("POST", "/staff/warnings/{warning_id}/release"): READ_WARNINGS,
    ("POST", "/staff/warnings/{warning_id}/send-back"): READ_WARNINGS,
    ("POST", "/staff/warnings/{warning_id}/drop"): MAKE_WARNINGS,
    ("POST", "/staff/warnings/{warning_id}/papers"): MAKE_WARNINGS,
    ("POST", "/staff/warnings/{warning_id}/follow"): MAKE_WARNINGS,
    ("GET", "/staff/warnings/{warning_id}/cap.xml"): READ_WARNINGS,
    ("GET", "/staff/warnings/{warning_id}/12379.xml"): READ_WARNINGS,
    ("GET", "/staff/contacts"): WRITE_CAMPAIGNS,
    ("POST", "/staff/contacts"): WRITE_CAMPAIGNS,
    ("GET", "/staff/contacts/people/{contact_id}"): WRITE_CAMPAIGNS,
    ("POST", "/staff/contacts/people/{contact_id}"): WRITE_CAMPAIGNS,
    ("GET", "/staff/contacts/segments"): WRITE_CAMPAIGNS,
    ("GET", "/staff/contacts/segments/new"): WRITE_CAMPAIGNS,
    ("POST", "/staff/contacts/segments/new"): WRITE_CAMPAIGNS,
    ("POST", "/staff/contacts/segments/look"): WRITE_CAMPAIGNS,
    ("GET", "/staff/contacts/segments/{segment_id}"): WRITE_CAMPAIGNS,
    ("GET", "/staff/contacts/segments/{segment_id}/edit"): WRITE_CAMPAIGNS,
    ("POST", "/staff/contacts/segments/{segment_id}/edit"): WRITE_CAMPAIGNS,
    ("POST", "/staff/contacts/segments/{segment_id}/retire"): WRITE_CAMPAIGNS,
    ("POST", "/staff/contacts/segments/{segment_id}/count"): WRITE_CAMPAIGNS,
    ("GET", "/staff/contacts/imports"): WRITE_CAMPAIGNS,
    ("POST", "/staff/contacts/imports"): WRITE_CAMPAIGNS,
    ("GET", "/staff/contacts/imports/{import_id}"): WRITE_CAMPAIGNS,
    ("GET", "/staff/contacts/imports/{import_id}/progress"): WRITE_CAMPAIGNS,
    ("POST", "/staff/contacts/imports/{import_id}/check"): WRITE_CAMPAIGNS,
    ("POST", "/staff/contacts/imports/{import_id}/start"): WRITE_CAMPAIGNS,
    ("POST", "/staff/contacts/imports/{import_id}/cancel"): WRITE_CAMPAIGNS,
    ("POST", "/staff/contacts/imports/{import_id}/purge"): WRITE_CAMPAIGNS,
    ("GET", "/staff/contacts/imports/{import_id}/rejected"): WRITE_CAMPAIGNS,
    ("GET", "/staff/contacts/erase"): WRITE_CAMPAIGNS,
    ("POST", "/staff/contacts/erase"): WRITE_CAMPAIGNS,
    ("GET", "/staff/contacts/optouts"): WRITE_CAMPAIGNS,
    ("POST", "/staff/contacts/optouts"): WRITE_CAMPAIGNS,
    ("POST", "/staff/contacts/optouts/add"): WRITE_CAMPAIGNS,
    ("POST", "/staff/contacts/optouts/lift"): WRITE_CAMPAIGNS,
    ("GET", "/staff/entries"): ENTRIES,
    ("GET", "/staff/entries/new"): ENTRIES,
    ("POST", "/staff/entries/new"): ENTRIES,
    ("GET", "/staff/entries/try"): ENTRIES,
    ("POST", "/staff/entries/try"): ENTRIES,
    ("GET", "/staff/entries/{entry_id}"): ENTRIES,
    ("POST", "/staff/entries/{entry_id}"): ENTRIES,
    ("POST", "/staff/entries/hints"): ENTRIES,
    ("GET", "/staff/entries/unanswered"): ENTRIES,
    ("POST", "/staff/entries/unanswered"): ENTRIES,
    ("GET", "/staff/entries/quality"): ENTRIES,
    ("GET", "/staff/entries/quality/{entry_id}"): ENTRIES,
    ("GET", "/staff/entries/coverage"): ENTRIES,
    ("GET", "/staff/entries/words"): ENTRIES,
    ("GET", "/staff/entries/words/edit"): ENTRIES,
    ("POST", "/staff/entries/words/edit"): ENTRIES,
    ("POST", "/staff/entries/words/remove"): ENTRIES,
    ("GET", "/staff/entries/words/import"): ENTRIES,
    ("POST", "/staff/entries/words/import"): ENTRIES,
    ("POST", "/staff/entries/words/import/apply"): ENTRIES,
    ("GET", "/staff/entries/words/export"): ENTRIES,
    ("GET", "/staff/entries/import"): ENTRIES,
    ("POST", "/staff/entries/import"): ENTRIES,
    ("POST", "/staff/entries/import/apply"): ENTRIES,
    ("GET", "/staff/entries/export"): ENTRIES,
    ("POST", "/staff/entries/publish"): PUBLISH_ENTRIES,
    ("POST", "/staff/entries/{entry_id}/submit"): ENTRIES,
    ("POST", "/staff/entries/{entry_id}/discard"): ENTRIES,
    ("GET", "/staff/entries/{entry_id}/versions"): ENTRIES,
    ("POST", "/staff/entries/{entry_id}/versions/{number}/restore"): ENTRIES,
    ("GET", "/staff/entries/{entry_id}/review"): ENTRIES,
    ("POST", "/staff/entries/{entry_id}/publish"): PUBLISH_ENTRIES,
    ("POST", "/staff/entries/{entry_id}/send-back"): PUBLISH_ENTRIES,
    ("POST", "/staff/entries/{entry_id}/expire"): PUBLISH_ENTRIES,
    ("POST", "/staff/entries/{entry_id}/bring-back"): PUBLISH_ENTRIES,
    ("GET", "/staff/system"): ADMIN,
    ("GET", "/staff/rules"): ADMIN,
    ("GET", "/staff/rules/{kind}"): ADMIN,
    ("GET", "/staff/rules/{kind}/export"): ADMIN,
    ("GET", "/staff/rules/{kind}/row"): ADMIN,
    ("POST", "/staff/rules/{kind}/row"): ADMIN,
    ("POST", "/staff/rules/{kind}/import"): ADMIN,
    ("POST", "/staff/rules/{kind}/propose"): ADMIN,
    ("GET", "/staff/rules/{kind}/revisions/{number}"): ADMIN,
    ("POST", "/staff/rules/{kind}/revisions/{number}/approve"): ADMIN,
    ("POST", "/staff/rules/{kind}/revisions/{number}/refuse"): ADMIN,
    ("GET", "/staff/deliveries"): DECIDERS,
    ("GET", "/staff/deliveries/ended"): DECIDERS,
    ("GET", "/staff/deliveries/ended/look"): DECIDERS,
    ("POST", "/staff/deliveries/ended/again"): DECIDERS,
    ("POST", "/staff/deliveries/ended/{delivery_id}/again"): DECIDERS,
    ("GET", "/staff/deliveries/unmatched"): DECIDERS,
    ("POST", "/staff/deliveries/{delivery_id}"): DECIDERS,
    ("GET", "/staff/agents"): ADMIN,
    ("POST", "/staff/agents"): ADMIN,
    ("POST", "/staff/agents/{agent_id}/reset"): ADMIN,
    ("POST", "/staff/agents/{agent_id}/active"): ADMIN,
    ("POST", "/staff/agents/{agent_id}/rights"): ADMIN,
    ("POST", "/staff/agents/{agent_id}/remove"): ADMIN,
    ("GET", "/staff/units"): ADMIN,
    ("GET", "/staff/units/edit"): ADMIN,
    ("GET", "/staff/units/file"): ADMIN,
    ("POST", "/staff/units/preview"): ADMIN,
    ("POST", "/staff/units"): ADMIN,
    ("POST", "/staff/units/deputies"): ADMIN,
    ("GET", "/staff/unit-changes"): ADMIN | {R.INSPECTOR},
    ("POST", "/staff/unit-changes/{change_id}"): ADMIN | {R.INSPECTOR},
    ("GET", "/staff/cases/{case_id}/access"): READ_CASES,
    ("POST", "/staff/cases/{case_id}/recusals"): CASES,
    ("GET", "/staff/account-changes"): frozenset({R.ADMIN, R.INSPECTOR}),
    ("POST", "/staff/account-changes/{change_id}"): frozenset({R.ADMIN, R.INSPECTOR}),
}

DOORS = {
    ("GET", "/staff/login"),
    ("POST", "/staff/login"),
    ("GET", "/setup/{token}"),
    ("POST", "/setup/{token}"),
}

_PLACES = {
    "place": "0",
    "case_id": "c1",
    "letter_id": "l1",
    "request_id": "q1",
    "contact_id": "c1",
    "person_id": "r1",
    "asked": "subscriber",
    "line": "tested",
    "reason": "window",
    "event": "pick",
    "campaign_id": "p1",
    "entry_id": "e1",
    "number": "1",
    "agent_id": "a1",
    "change_id": "c1",
    "recording_id": "r1",
    "file_id": "f1",
    "delivery_id": "d1",
    "run_id": "b1",
    "kind": "calendar",
    "sealed": "none",
    "page_id": "g1",
    "act": "take",
    "shelf": "canned",
    "pending_id": "r1",
    "view_id": "v1",
    "canned_id": "t1",
    "tag_id": "0",
    "template_id": "t1",
    "lesson_id": "none",
    "notice_id": "n1",
    "series_id": "s1",
    "segment_id": "s1",
    "import_id": "i1",
    "department": "traffic",
    "warning_id": "w1",
    "key_id": "k1",
    "id": "c1",
}


@pytest.fixture(scope="module")
async def doors(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Doors]:
    folder: Path = tmp_path_factory.mktemp("doors")
    async with open_doors(folder) as opened:
        for role in Role:
            await opened.hire(str(role), role)
        yield opened


async def _ask(browser: Browser, method: str, path: str) -> int:
    """The status of an otherwise correct request."""
    address = path.format(**_PLACES)
    if method == "GET":
        return (await browser.get(address)).status
    return (await browser.post(address, {}, form="/staff/account")).status


def test_every_staff_route_is_in_the_table_and_no_other() -> None:
    assert {(route.method, route.path) for route in STAFF_ROUTES} == set(ALLOWED) | DOORS


def test_no_route_of_the_staff_side_is_open_but_the_doors() -> None:
    open_routes = {(route.method, route.path) for route in ROUTES if not route.login}
    staff = {place for place in open_routes if place[1].startswith(("/staff", "/setup"))}
    assert staff == DOORS


@pytest.mark.parametrize("role", list(Role))
async def test_a_role_gets_through_where_it_may_and_nowhere_else(doors: Doors, role: Role) -> None:
    wrong = {}
    async with doors.browser() as browser:
        for (method, path), allowed in ALLOWED.items():
            if path == "/staff/logout":
                continue
            await browser.login(str(role))
            status = await _ask(browser, method, path)
            if (status == 403) == (role in allowed) or status >= 500:
                wrong[method, path] = status
    assert wrong == {}


async def test_nobody_gets_through_without_login(doors: Doors) -> None:
    passed = {}
    async with doors.browser() as browser:
        for method, path in ALLOWED:
            status = await _ask(browser, method, path)
            if status != 303:
                passed[method, path] = status
    assert passed == {}


async def test_a_part_of_a_page_is_told_to_load_the_login_page(doors: Doors) -> None:
    async with doors.browser() as browser:
        answer = await browser.get("/staff/queue", **{"HX-Request": "true"})
        assert (answer.status, answer.headers["HX-Redirect"]) == (401, "/staff/login")
