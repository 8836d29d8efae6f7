"""Progress for whoever holds a number and its query code (办事进度查询), of our cases and of other systems.

One brake stands before all of them (`hub/actions/progress/query_code_lockout.py`); a source that cannot be
asked is said to be unavailable, never to know nothing."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from channels.address import Address
from hub.actions.dialogue.texts import Texts
from hub.actions.progress.case_progress import CaseProgress
from hub.actions.progress.phone_proof import PhoneProof
from hub.actions.progress.progress_source import ProgressSource, SourceDown
from hub.actions.progress.query_code_lockout import PhoneNeeded, QueryCodeLockout, TooManyTries
from hub.model.cases.case import Case
from hub.model.progress import Progress
from hub.runtime.clock import Clock, to_local
from hub.runtime.errors import Invalid, NotFound

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Told:
    """Progress in words. `found`: False when number or code is wrong, or nobody knows now."""

    text: str
    found: bool = True


_REMEMBERED = 64
_REPLY_CHARS = 300


class TrackCase:
    """Finds the source, checks the code behind the brake, says it in words."""

    def __init__(
        self,
        cases: CaseProgress,
        others: Sequence[ProgressSource],
        brake: QueryCodeLockout,
        clock: Clock,
        texts: Texts,
        phone_proof: PhoneProof,
    ) -> None:
        """phone_proof: for who is told `PhoneNeeded`."""
        self.phone_proof = phone_proof
        self._cases = cases
        self._sources = (cases, *others)
        self._brake = brake
        self._clock = clock
        self._texts = texts
        self._tries: OrderedDict[str, asyncio.Future[Any]] = OrderedDict()

    def recognises(self, reference: str) -> bool:
        """Whether any source gives out numbers of this form."""
        return any(source.recognises(reference) for source in self._sources)

    def accepts_code(self, reference: str, code: str) -> bool:
        """Whether the number's source gives out codes of this form."""
        return self._source(reference).accepts_code(code)

    async def __call__(
        self, reference: str, code: str, *, source: str, shown: Address | None = None, attempt: str = ""
    ) -> Progress:
        """How far it is. Raises `NotFound` (absent and wrong look the same), `TooManyTries`, `PhoneNeeded`,
        `SourceDown`.

        source: what the brake counts at. shown: the number or account the try comes from, if it shows one.
        attempt: an id; what is asked twice under the same one is one try with one outcome.
        """
        asked = self._source(reference)

        async def judge() -> Progress | None:
            return await asked.progress(reference, code)

        return await self._once(attempt, lambda: self._try(reference, code, judge, source, shown))

    def is_ours(self, reference: str) -> bool:
        """Whether the number has the form of our own cases."""
        return self._source(reference) is self._cases

    async def of(self, case: Case) -> Progress:
        """How far our own case is whose code was proven."""
        return await self._cases.of(case)

    async def prove(
        self, reference: str, code: str, *, source: str, shown: Address | None = None, attempt: str = ""
    ) -> Case:
        """Our own case, when the code is right. Raises `NotFound`, `TooManyTries` or `PhoneNeeded`."""

        async def judge() -> Case | None:
            return await self._cases.case(reference, code)

        return await self._once(attempt, lambda: self._try(reference, code, judge, source, shown))

    async def spoken(
        self,
        reference: str,
        code: str,
        *,
        source: str,
        shown: Address | None = None,
        language: str,
        attempt: str = "",
    ) -> Told:
        """The same in one short text, for channels without pages; problems are said in words too."""

        async def ask() -> str:
            progress = await self(reference, code, source=source, shown=shown, attempt=attempt)
            return self.words(progress, language)

        return await self.said(ask, language)

    async def said(self, ask: Callable[[], Awaitable[str]], language: str) -> Told:
        """What `ask` says, or what is wrong with number, code or what was written."""
        try:
            return Told(await ask())
        except NotFound:
            return Told(self._texts.say("not_found", language), found=False)
        except SourceDown:
            return Told(self._texts.say("progress_down", language), found=False)
        except PhoneNeeded:
            return Told(self._texts.say("phone_needed", language))
        except TooManyTries as problem:
            minutes = max(1, -(-(problem.until - self._clock.now_ms()) // 60_000))
            return Told(self._texts.say("too_many", language, minutes=str(minutes)))
        except Invalid as problem:
            reason = "，".join(problem.problems.values())
            return Told(self._texts.say("misread", language, reason=reason))

    def words(self, progress: Progress, language: str) -> str:
        """Progress in one short text."""
        reply = ""
        if progress.replies and not progress.confidential:
            text = progress.replies[-1].text
            cut = text if len(text) <= _REPLY_CHARS else f"{text[: _REPLY_CHARS - 1]}…"
            reply = self._texts.say("progress_reply", language, text=cut)
        return self._texts.say(
            "progress",
            language,
            reference=progress.reference,
            label=progress.label,
            day=f"{to_local(progress.received_at):%Y-%m-%d}",
            reply=reply,
        )

    def _source(self, reference: str) -> ProgressSource:
        """Who gave the number out; ours where nobody did, so that it is refused like any wrong one."""
        return next((source for source in self._sources if source.recognises(reference)), self._cases)

    async def _try(
        self,
        reference: str,
        code: str,
        judge: Callable[[], Awaitable[T | None]],
        source: str,
        shown: Address | None,
    ) -> T:
        async def is_owner() -> bool:
            return shown is not None and await self._source(reference).is_owner(reference, shown)

        return await self._brake.attempt(reference, code, judge, source=source, is_owner=is_owner)

    async def _once(self, attempt: str, ask: Callable[[], Awaitable[T]]) -> T:
        """Repeats of a webhook meet here while the first is under way, and for a little while after."""
        if not attempt:
            return await ask()
        running = self._tries.get(attempt)
        if running is None:
            running = self._tries[attempt] = asyncio.ensure_future(ask())
            if len(self._tries) > _REMEMBERED:
                self._tries.popitem(last=False)
        result: T = await asyncio.shield(running)
        return result
