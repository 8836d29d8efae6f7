"""The chat page (C6). Without script it is a page with a form; with script it is live."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from aiohttp import web

from hub.actions.intake.accept_event import Busy
from hub.model.conversation import Message
from hub.model.feedback import Feedback
from hub.runtime.errors import NotFound
from hub.web.attachment import attachment
from hub.web.form import FormErrors, parse, read_form
from hub.web.keys import HUB, LANGUAGE, SOURCE
from hub.web.pages.citizen import chat_stream
from hub.web.pages.citizen.chat_form import TEXT_CHARS, ChatForm
from hub.web.pages.citizen.home import suggestions
from hub.web.pages.citizen.preferences import switched
from hub.web.render import render, translator

_SHOWN = 200
_SUGGESTED = 3


async def page(request: web.Request) -> web.Response:
    """GET /chat"""
    return await _page(request, 200)


async def keep(request: web.Request) -> web.Response:
    """POST /chat: the page once more with what was typed: its language or size was switched."""
    if again := switched(request):
        return again
    return await _page(request, 200, (await read_form(request)).get("text", ""))


async def end(request: web.Request) -> web.Response:
    """POST /chat/end: this browser forgets the conversation (结束并清除); what was said stays stored."""
    response = web.Response(status=303, headers={"Location": "/chat?ended=1"})
    chat_stream.forget(response, request.app[HUB])
    return response


async def back(request: web.Request) -> web.Response:
    """GET /chat/messages: somebody reloaded after an error or changed the language."""
    raise web.HTTPSeeOther("/chat")


async def file(request: web.Request) -> web.Response:
    """GET /chat/files/{file_id}: a file of an answer in this browser's conversation, to be saved."""
    hub = request.app[HUB]
    token = chat_stream.session_token(request, hub)
    if not token:
        raise NotFound("file")
    conversation = chat_stream.conversation_id(hub, token)
    found, content = await hub.actions.replies.file.of_conversation(
        conversation, request.match_info["file_id"]
    )
    return attachment(content, found.filename)


async def post(request: web.Request) -> web.Response:
    """POST /chat/messages: a redirect for a form, the new messages for the page's script."""
    hub = request.app[HUB]
    posted = await read_form(request)
    form = parse(ChatForm, posted, translator(request))
    scripted = "X-Fragment" in request.headers
    if isinstance(form, FormErrors):
        if scripted:
            return web.Response(status=422, text=next(iter(form.fields.values())))
        return await _page(request, 422, posted.get("text", ""), form.fields)
    response = web.Response(status=303, headers={"Location": "/chat#f-text"})
    token = chat_stream.session_token(request, hub)
    if not token:
        if scripted:  # the script's stream has no cookie either: it opens another one and sends once more
            again = web.Response(status=409, text="")
            chat_stream.new_token(again, hub)
            return again
        token = chat_stream.new_token(response, hub)
    try:
        await chat_stream.say(hub, token, form.text, form.client_id, network=request[SOURCE])
    except Busy:
        raise web.HTTPServiceUnavailable from None
    if not scripted:
        return response
    conversation = chat_stream.conversation_id(hub, token)
    messages = await hub.repositories.conversations.messages(conversation, after_seq=form.after)
    html = await chat_stream.fragment(request, conversation, messages)
    return web.Response(text=html, content_type="text/html", charset="utf-8")


async def _page(
    request: web.Request, status: int, text: str = "", errors: Mapping[str, str] | None = None
) -> web.Response:
    hub = request.app[HUB]
    token = chat_stream.session_token(request, hub)
    messages: list[Message] = []
    choices: tuple[str, ...] = ()
    given: Mapping[str, Feedback] = {}
    reads: Mapping[str, int] = {}
    if token:
        conversation = chat_stream.conversation_id(hub, token)
        messages = await hub.repositories.conversations.last_messages(conversation, limit=_SHOWN)
        choices = await chat_stream.open_choices(request, conversation)
        reads = await chat_stream.reads_of(request, conversation)
        answered = [message.entry_ids[0] for message in messages if len(message.entry_ids) == 1]
        given = await hub.actions.rate_entry.given(token, *answered)
    response = render(
        request,
        "citizen/chat.html",
        status=status,
        messages=chat_stream.bubbles(request, messages, choices, given, reads),
        suggestions=suggestions(
            hub.knowledge.snapshot,
            _SUGGESTED,
            request.query.get("topic", ""),
            language=request[LANGUAGE],
        ),
        client_id=secrets.token_hex(16),
        text=text,
        text_chars=TEXT_CHARS,
        errors=errors or {},
        ended="ended" in request.query and not token,
    )
    if not token:
        chat_stream.new_token(response, hub)
    return response
