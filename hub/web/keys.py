"""Names under which the web layer keeps the hub, and what a request carries."""

from __future__ import annotations

from aiohttp import web

from hub.hub import Hub
from hub.model.agent import Agent, Session
from hub.web.i18n import Language

HUB = web.AppKey("hub", Hub)

AGENT = web.RequestKey("agent", Agent)
SESSION = web.RequestKey("session", Session)
NONCE = web.RequestKey("nonce", str)
LANGUAGE = web.RequestKey("language", Language)
SOURCE = web.RequestKey("source", str)  # where the request came from, past our own proxies
