"""快速离开: what this browser holds of us is taken away, and another site is opened.

What was written of a petition and not sent goes with it; what was said in the chat stays with its case.
"""

from __future__ import annotations

from aiohttp import web

from hub.web.keys import HUB
from hub.web.pages.citizen import chat_stream, petition_receipt
from hub.web.pages.citizen.petition_draft import PetitionDraft

ELSEWHERE = "https://www.weather.com.cn/"
"""A site that tells nothing of who opens it; it also stands in `citizen/_leave.html`."""


async def leave(request: web.Request) -> web.Response:
    """POST /leave"""
    # No redirect: our own policy lets forms lead to our own pages alone.
    headers = {
        "Refresh": f"0; url={ELSEWHERE}",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
    }
    response = web.Response(headers=headers)
    chat_stream.forget(response, request.app[HUB])
    petition_receipt.forget(response)
    await PetitionDraft(request).forget(response)
    return response
