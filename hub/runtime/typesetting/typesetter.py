"""Asks the process that makes PDF (`worker.py`), which starts at the first document and stays.

Without the fonts, or without typst, there is no PDF: documents are read and printed as pages, and `missing`
says why. Nothing of a document is on the command line or in a log.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import logging
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

log = logging.getLogger(__name__)

_SECONDS = 30.0
_LONGEST_LINE = 32 * 1024 * 1024
PACKAGE = "fonts-noto-cjk"
"""Debian's package of the default fonts."""


class NoPaper(Exception):
    """No PDF can be made now."""


class Typesetter:
    """One per process of the hub. folders: where fonts lie; names: in which order they are taken."""

    def __init__(self, folders: Sequence[str], names: Sequence[str]) -> None:
        self._folders = list(folders)
        self._names = list(names)
        self._process: Process | None = None
        self._turn = asyncio.Lock()

    @property
    def lacks(self) -> str:
        """What is missing for PDF: "" for nothing, else a package to install."""
        if find_spec("typst") is None or find_spec("fontTools") is None:
            return "typst"
        patterns = ("*.ttf", "*.otf", "*.ttc")
        some = any(
            next(Path(folder).rglob(pattern), None) for folder in self._folders for pattern in patterns
        )
        return "" if some else PACKAGE

    async def pdf(self, data: dict[str, Any]) -> bytes:
        """The document with these facts (see `hub/data/legal_document.typ`). Raises `NoPaper`."""
        return base64.b64decode((await self._ask({"do": "pdf", "data": data}))["pdf"])

    async def unprintable(self, text: str) -> str:
        """Characters that no font has; "" where no PDF can be made anyway."""
        if self.lacks:
            return ""
        try:
            return str((await self._ask({"do": "missing", "text": text}))["missing"])
        except NoPaper:
            return ""

    async def close(self) -> None:
        """Ends the process."""
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            process.kill()
            await process.wait()

    async def _ask(self, question: dict[str, Any]) -> dict[str, Any]:
        if self.lacks:
            raise NoPaper(self.lacks)
        async with self._turn:
            try:
                async with asyncio.timeout(_SECONDS):
                    line = await self._answered(self._process or await self._started(), question)
                answer: dict[str, Any] = json.loads(line)  # nothing, where the process ended
                return answer
            except (TimeoutError, OSError, ValueError) as problem:
                log.error("typesetting.failed", extra={"error": type(problem).__name__})
                with contextlib.suppress(ProcessLookupError):
                    await self.close()  # the next document starts another one
                raise NoPaper(type(problem).__name__) from None

    async def _answered(self, process: Process, question: dict[str, Any]) -> bytes:
        if process.stdin is None or process.stdout is None:
            return b""
        process.stdin.write(json.dumps(question).encode() + b"\n")
        await process.stdin.drain()
        return await process.stdout.readline()

    async def _started(self) -> Process:
        given = json.dumps([self._folders, self._names])
        command = (sys.executable, "-m", "hub.runtime.typesetting.worker", given)
        self._process = await asyncio.create_subprocess_exec(
            *command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, limit=_LONGEST_LINE
        )
        return self._process
