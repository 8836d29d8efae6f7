"""What citizens say of an answer, on its own page and beside it in the chat.

Whoever chats and whoever reads is the same visitor: the cookie of the chat, so that an opinion counts once.
"""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

from hub.actions.knowledge.help_path import entry_path
from hub.model.feedback import Feedback
from hub.runtime.errors import Invalid
from hub.web.form import FormErrors, parse, read_form
from hub.web.keys import HUB, LANGUAGE
from hub.web.pages.citizen import chat_stream
from hub.web.pages.citizen.feedback_form import FeedbackForm
from hub.web.pages.citizen.help import entry_page
from hub.web.render import RENDERER, translator

_CHAT = "chat"


async def rate(request: web.Request) -> web.Response:
    """POST /help/entry/{entry_id}/feedback: a redirect for a form, the new form for the chat's script."""
    hub = request.app[HUB]
    entry_id = request.match_info["entry_id"]
    posted = await read_form(request)
    form = parse(FeedbackForm, posted, translator(request))
    scripted = "X-Fragment" in request.headers
    if isinstance(form, FormErrors):
        return await _refused(request, form.fields, posted.get("reason", ""))
    from_chat = form.back.startswith(_CHAT)
    response = web.Response(status=303, headers={"Location": _back(entry_id, form.back)})
    visitor = chat_stream.session_token(request, hub) or chat_stream.new_token(response, hub)
    try:
        feedback = await hub.actions.rate_entry(visitor, entry_id, form.verdict, form.reason)
    except Invalid as misplaced:
        problems = {name: translator(request)(text) for name, text in misplaced.problems.items()}
        return await _refused(request, problems, form.reason)
    return _fragment(request, feedback, form.back) if scripted and from_chat else response


async def back(request: web.Request) -> web.Response:
    """GET /help/entry/{entry_id}/feedback: somebody reloaded after an error or changed the language."""
    raise web.HTTPSeeOther(entry_path(request.match_info["entry_id"]))


async def _refused(request: web.Request, problems: Mapping[str, str], reason: str) -> web.Response:
    if "X-Fragment" in request.headers:
        return web.Response(status=422, text=next(iter(problems.values())))
    return await entry_page(request, status=422, errors=problems, reason=reason)


def _back(entry_id: str, page: str) -> str:
    place, _, seq = page.partition("-")
    if place == _CHAT and seq.isascii() and seq.isdecimal():
        return f"/chat#m-{seq}"
    return f"{entry_path(entry_id)}#feedback"


def _fragment(request: web.Request, feedback: Feedback, page: str) -> web.Response:
    text = request.app[RENDERER].text(
        "citizen/_feedback_form.html",
        request[LANGUAGE],
        {"entry_id": feedback.entry_id, "given": feedback, "back": page, "error": "", "reason": ""},
    )
    return web.Response(text=text, content_type="text/html", charset="utf-8")
