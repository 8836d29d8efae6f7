"""Counts what browsers refuse because of our policy: on our own pages that is a mistake of ours."""

from __future__ import annotations

import json
import logging

from aiohttp import web

LOG = logging.getLogger(__name__)
_MOST_BYTES = 8192


async def csp_report(request: web.Request) -> web.Response:
    """POST /csp. Only the directive is logged: addresses may carry what they should not."""
    body = await request.content.read(_MOST_BYTES)
    try:
        report = json.loads(body).get("csp-report", {})
        directive = str(report.get("effective-directive", ""))[:40]
    except (ValueError, AttributeError):
        directive = "unreadable"
    LOG.warning("web.policy_violation", extra={"directive": directive})
    return web.Response(status=204)
