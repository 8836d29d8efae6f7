"""How often one address may post to the citizens' forms: a token bucket per address and kind of form.

Protects the hub from a machine that posts without end; people never notice it. The limits are generous,
because an office or a village may share one address; a whole IPv6 network of one subscriber (/64) counts
as one. Where a request came from is decided in `hub/web/middlewares.py`: a proxy is believed only if it
is configured. The state lives in the process and is bounded. Source: OWASP ASVS 5.0.0, 2.4.1.
"""

from __future__ import annotations

import logging
import math
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web

from hub.runtime.clock import Clock
from hub.web.guard.address import one_household
from hub.web.i18n import msgid
from hub.web.keys import SOURCE
from hub.web.render import translator
from hub.web.route import Handler

LOG = logging.getLogger(__name__)

BOUND = 20_000
"""Addresses remembered; the one that was quiet the longest is forgotten first."""

_WAIT = msgid("操作太频繁，请在 %(seconds)s 秒后再试。紧急情况请直接拨打 110。")


@dataclass(frozen=True, slots=True)
class _Bucket:
    tokens: float
    at: int


class RateLimits:
    """per_minute: posts allowed by kind of form; as many may come at once. 0 or no entry = no limit."""

    def __init__(self, clock: Clock, per_minute: Mapping[str, int]) -> None:
        self._clock = clock
        self._per_minute = per_minute
        self._buckets: OrderedDict[tuple[str, str], _Bucket] = OrderedDict()

    def wait_seconds(self, kind: str, source: str) -> int:
        """0 = go on, and one token is spent; else how long until there is one."""
        most = self._per_minute.get(kind, 0)
        if not most:
            return 0
        key, now = (kind, one_household(source)), self._clock.now_ms()
        before = self._buckets.pop(key, None) or _Bucket(most, now)
        per_ms = most / 60_000
        tokens = min(most, before.tokens + max(0, now - before.at) * per_ms)
        allowed = tokens >= 1
        self._buckets[key] = _Bucket(tokens - 1 if allowed else tokens, now)
        if len(self._buckets) > BOUND:
            self._buckets.popitem(last=False)
        return 0 if allowed else math.ceil((1 - tokens) / per_ms / 1000)


RATE_LIMITS = web.AppKey("rate_limits", RateLimits)


def limited(kind: str, handler: Handler) -> Handler:
    """The handler, for as many posts as the limit of `kind` allows; else 429 and when to come back."""

    async def handle(request: web.Request) -> web.StreamResponse:
        wait = request.app[RATE_LIMITS].wait_seconds(kind, request[SOURCE])
        if not wait:
            return await handler(request)
        LOG.warning("web.rate_limited", extra={"kind": kind})
        headers = {"Retry-After": str(wait)}
        if "X-Fragment" in request.headers:  # the chat's script shows the text and keeps what was typed
            text = translator(request)(_WAIT, seconds=wait)
            return web.Response(status=429, text=text, headers=headers)
        raise web.HTTPTooManyRequests(headers=headers)

    return handle
