"""Names under which the web layer keeps what a request carries."""

from __future__ import annotations

from aiohttp import web

from hub.i18n import Language
from hub.model.agent import Agent, Session

AGENT = web.RequestKey("agent", Agent)
SESSION = web.RequestKey("session", Session)
NONCE = web.RequestKey("nonce", str)
LANGUAGE = web.RequestKey("language", Language)
