"""A look into the store for whoever plays the tour: what was kept, and what may have left twice.

Mounted by the demo only, on a port of its own and behind the folder's token, because it shows
addresses and texts in full.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from channels.address import email
from channels.outbox.delivery import DeliveryState
from channels.outbox.gate import message_of
from hub.demo.folder import DemoSecrets
from hub.demo.guard import guarded_server
from hub.demo.outside import TEXT_CHANNEL
from hub.hub import Hub
from hub.runtime.ids import derived_id

_UNSURE = (DeliveryState.AMBIGUOUS, DeliveryState.SENDING, DeliveryState.LEASED)
_MOST = 500


@asynccontextmanager
async def look_in(hub: Hub, secrets: DemoSecrets) -> AsyncIterator[str]:
    """Serves what is asked below for as long as the block runs; gives the address."""
    look = _Look(hub)
    routes = [
        web.get("/demo/state", look.state),
        web.get("/demo/texts", look.texts),
        web.get("/demo/event", look.event),
    ]
    async with guarded_server(secrets.token, routes) as url:
        yield url


class _Look:
    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    async def state(self, request: web.Request) -> web.Response:
        """How many deliveries stand where; every one of which it is not known whether it left."""
        documents, outbox = self._hub.documents, self._hub.repositories.outbox
        states = [state.value for state in DeliveryState]
        counts = await documents.count("outbox", {"state": {"$in": states}}, by="state")
        unsure: list[dict[str, Any]] = []
        for state in _UNSURE:
            page = await outbox.by_state(state, limit=_MOST)
            unsure += [
                {
                    "id": row.value.id,
                    "state": state.value,
                    "sender": row.value.sender,
                    "to": row.value.recipient.value,
                    "text": row.value.text,
                    "title": row.value.title,
                    "reply_to": row.value.reply_to,
                }
                for row in page.deliveries
            ]
        return web.json_response({"deliveries": counts, "unsure": unsure})

    async def texts(self, request: web.Request) -> web.Response:
        """`?since=` ms UTC: every text that was to leave since then."""
        outbox, since = self._hub.repositories.outbox, int(request.query["since"])
        texts: dict[str, dict[str, str]] = {}
        for state in DeliveryState:
            after = None
            while True:
                page = await outbox.by_state(state, limit=_MOST, after=after)
                rows = [
                    row.value
                    for row in page.deliveries
                    if row.value.sender == TEXT_CHANNEL and row.value.created_at >= since
                ]
                bodies = await outbox.origins([row.origin_id for row in rows if not row.text])
                for row in rows:
                    text = message_of(row, bodies).text
                    texts[row.id] = {"id": row.id, "to": row.recipient.value, "text": text}
                if (after := page.next) is None:
                    break
        return web.json_response({"texts": list(texts.values())})

    async def event(self, request: web.Request) -> web.Response:
        """`?channel=&id=`, and `&from=` of a mail, whose id is its writer's: whether the provider's event was
        kept, and the case it led to."""
        channel, provider_id = request.query["channel"], request.query["id"]
        conversations = self._hub.repositories.conversations
        if sender := request.query.get("from"):
            key = self._hub.repositories.contacts.key(email(sender))
            first = await conversations.messages(conversations.id_for(channel, key, provider_id), limit=1)
            stored = first[0] if first else None
        else:
            stored = await conversations.message(f"{channel}:{derived_id(provider_id)}")
        case_id = stored.case_id if stored else ""
        case = await self._hub.repositories.cases.get(case_id) if case_id else None
        return web.json_response(
            {
                "kept": stored is not None,
                "case_id": case_id,
                "reference": case.value.reference if case else "",
                "track": case.value.track if case else "",
            }
        )
