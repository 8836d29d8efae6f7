"""Every operation of the API on one page, with the scope it asks for; routes and description are made of
it."""

from __future__ import annotations

from hub.model.departments.department_key import Scope
from hub.web.api import notices, openapi, shadow, texts
from hub.web.api.door import Operation, door
from hub.web.api.models import (
    NoticeSubmission,
    QuotaStatus,
    SentReport,
    ShadowAnswer,
    SubmissionAnswer,
    SubmissionStatus,
    TextSubmission,
)
from hub.web.route import Route

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        "POST",
        "/api/v1/sms/submit",
        "submitTexts",
        "提交短信 Hand over texts",
        Scope.SMS_SUBMIT,
        texts.submit,
        {200: ShadowAnswer, 202: SubmissionAnswer},
        takes=TextSubmission,
        problems=("other_body", "not_live", "not_json", "rate", "daily_quota", "monthly_quota"),
    ),
    Operation(
        "POST",
        "/api/v1/notices/submit",
        "submitNotice",
        "提交预审结果或一次性告知 Hand over a notice to an applicant",
        Scope.NOTICE_SUBMIT,
        notices.submit,
        {202: SubmissionAnswer},
        takes=NoticeSubmission,
        problems=("other_body", "not_live", "not_json", "rate", "daily_quota", "monthly_quota"),
    ),
    Operation(
        "POST",
        "/api/v1/sms/shadow/report",
        "reportSent",
        "报告旧平台的发送结果 What the old platform did with texts of a copy",
        Scope.SMS_SUBMIT,
        shadow.report,
        {200: ShadowAnswer},
        takes=SentReport,
        problems=("other_body", "not_found", "not_json"),
    ),
    Operation(
        "GET",
        "/api/v1/sms/submissions/{submission_id}",
        "readSubmission",
        "按提交编号查询状态 Status by id",
        Scope.SMS_READ,
        texts.status,
        {200: SubmissionStatus},
        problems=("not_found",),
    ),
    Operation(
        "GET",
        "/api/v1/sms/submissions",
        "findSubmission",
        "按 client_ref 查询状态 Status by your own reference",
        Scope.SMS_READ,
        texts.status_by_reference,
        {200: SubmissionStatus},
        query={"client_ref": "The reference it was submitted under."},
        problems=("not_found",),
    ),
    Operation(
        "GET",
        "/api/v1/quota",
        "readQuota",
        "查询配额 Quota and what is used of it",
        Scope.SMS_READ,
        texts.quota,
        {200: QuotaStatus},
        problems=("not_found",),
    ),
)

API_ROUTES: tuple[Route, ...] = (
    *(Route(one.method, one.path, door(one)) for one in OPERATIONS),
    Route("GET", "/api/v1/openapi.json", openapi.served(OPERATIONS)),
)
