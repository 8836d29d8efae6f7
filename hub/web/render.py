"""Turns templates into pages: the one owner of the template engine.

Autoescape is on, an undefined name is an error, `_("…")` translates, and every page gets the
same few names: see `Renderer.page`. Nothing that is personal belongs in a URL, so templates post.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from types import CodeType
from urllib.parse import urlencode

from aiohttp import web
from jinja2 import BytecodeCache, FileSystemLoader, StrictUndefined, select_autoescape
from jinja2.bccache import Bucket

from channels.address import Address, masked
from hub.runtime.clock import Clock, to_local
from hub.settings.organisation import Organisation
from hub.web.assets import Assets
from hub.web.i18n import (
    Catalogues,
    Language,
    Translator,
    format_day,
    format_moment,
    format_number,
    format_when,
)
from hub.web.keys import AGENT, LANGUAGE, NONCE, SESSION
from hub.web.translated_templates import TranslatedEnvironment

TEMPLATE_DIRECTORY = Path(__file__).parent / "templates"

LANGUAGE_COOKIE = "hub_lang"
VIEW_COOKIE = "hub_view"
ELDER = "elder"


_KEPT_IN_LINKS = ("kind", "topic", "show", "q", "sort", "lacks")
"""Parts of a query a change of language or view must not lose. `q` is what somebody searched public pages
for, and stands in the page's own address."""


def _here_link(request: web.Request) -> str:
    """The page's own address up to where `lang=` or `view=` is added."""
    kept = {name: request.query[name] for name in _KEPT_IN_LINKS if name in request.query}
    return f"{request.path}?{urlencode(kept)}&" if kept else f"{request.path}?"


class _CompiledOnce(BytecodeCache):
    """What templates of one language were compiled to, for every hub of the process."""

    def __init__(self) -> None:
        self._code: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._code.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            self._code[bucket.key, bucket.checksum] = bucket.code


_COMPILED = {language: _CompiledOnce() for language in Language}


class Renderer:
    """One template environment per language, because macros see their environment only."""

    def __init__(
        self,
        catalogues: Catalogues,
        assets: Assets,
        organisation: Organisation,
        clock: Clock,
        directory: Path = TEMPLATE_DIRECTORY,
        *,
        warnings_now: Callable[[], Sequence[object]] = tuple,
    ) -> None:
        """warnings_now: what is in force, for the banner of citizens' pages."""
        self._warnings_now = warnings_now
        self._catalogues = catalogues
        self._organisation = organisation
        self._environments = {
            language: _environment(catalogues.of(language), assets, clock, directory) for language in Language
        }

    def translator(self, language: Language) -> Translator:
        """The texts of a language."""
        return self._catalogues.of(language)

    def text(self, template: str, language: Language, context: Mapping[str, object]) -> str:
        """A template filled in, without a request: fragments of a stream, tests."""
        return self._environments[language].get_template(template).render(context)

    def page(self, request: web.Request, template: str, context: Mapping[str, object]) -> str:
        """A template filled in for a request.

        Adds: language, language_tag, nonce, elder (长辈模式), here (the path), organisation,
        agent and session (None on citizens' pages). here_link: the address to add `lang=` or `view=` to.
        """
        language = request[LANGUAGE]
        return self.text(
            template,
            language,
            {
                "language": language,
                "language_tag": language.tag,
                "nonce": request[NONCE],
                "elder": request.cookies.get(VIEW_COOKIE) == ELDER,
                "here": request.path,
                "here_link": _here_link(request),
                "organisation": self._organisation,
                "agent": request.get(AGENT),
                "session": request.get(SESSION),
                "warnings_now": self._warnings_now(),
                **context,
            },
        )


RENDERER = web.AppKey("renderer", Renderer)


def render(request: web.Request, template: str, /, status: int = 200, **context: object) -> web.Response:
    """The response for a page. `context` are the template's own names."""
    text = request.app[RENDERER].page(request, template, context)
    return web.Response(text=text, status=status, content_type="text/html", charset="utf-8")


def translator(request: web.Request) -> Translator:
    """`_ = translator(request)`: texts in the reader's language."""
    return request.app[RENDERER].translator(request[LANGUAGE])


def _environment(texts: Translator, assets: Assets, clock: Clock, directory: Path) -> TranslatedEnvironment:
    environment = TranslatedEnvironment(
        texts,
        loader=FileSystemLoader(directory),
        autoescape=select_autoescape(("html",), default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        bytecode_cache=_COMPILED[texts.language],
    )
    environment.globals["asset"] = assets.url

    def when(at: int) -> str:
        """`11月22日 13:01（3小时前）`"""
        return format_when(at, clock.now_ms(), texts)

    def moment(at: int) -> str:
        """`11月22日 13:01`"""
        return format_moment(at, clock.now_ms(), texts)

    def clock_time(at: int) -> str:
        """`13:01`"""
        return f"{to_local(at):%H:%M}"

    def day(at: date) -> str:
        """`2026年11月22日`"""
        return format_day(at, texts)

    def on_day(at: int) -> str:
        """`2026年11月22日` of an instant."""
        return format_day(to_local(at).date(), texts)

    def number(value: float) -> str:
        """`12,345`"""
        return format_number(value, texts)

    environment.filters.update(
        when=when,
        moment=moment,
        clock=clock_time,
        day=day,
        on_day=on_day,
        number=number,
        masked=_masked,
        grouped=grouped,
        iso=_iso,
    )
    return environment


def _masked(address: Address) -> str:
    return masked(address)


def _iso(at: int) -> str:
    """For `<time datetime>`."""
    return to_local(at).isoformat(timespec="seconds")


def grouped(digits: str) -> str:
    """Digits in fours, as people read them out: `2611 2200 0001 45`."""
    return re.sub(r"(.{4})(?=.)", r"\1 ", digits)
