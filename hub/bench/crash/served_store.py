"""One SQLite store for several processes of the crash bench, over a socket in its folder.

Each call of the port is one connection and is carried out whole or not at all, as a server with transactions
does it; so killing a process that calls leaves what a real server would leave. It is no engine for
production: it has no security but the folder's, and both ends are this program.
"""

from __future__ import annotations

import asyncio
import pickle
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, cast

from hub.store.documents import Conflict, Documents, Duplicate, Sort, Stored, StoreUnavailable
from hub.store.query import encode_cursor


@asynccontextmanager
async def served(documents: Documents, path: Path) -> AsyncIterator[None]:
    """Others may use `documents` through `path` for as long as the block runs."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = await reader.read()
        try:
            name, arguments, named = pickle.loads(asked)  # noqa: S301 — from a process of ours
        except (EOFError, pickle.UnpicklingError):  # whoever asked was killed in the middle
            writer.close()
            return
        writer.write(pickle.dumps(await _carried_out(documents, name, arguments, named)))
        writer.close()

    server = await asyncio.start_unix_server(answer, path)
    async with server:
        yield


async def _carried_out(
    documents: Documents, name: str, arguments: Sequence[Any], named: Mapping[str, Any]
) -> tuple[str, Any]:
    try:
        if name == "scan":
            return "result", [one async for one in documents.scan(*arguments)]
        return "result", await getattr(documents, name)(*arguments, **named)
    except Conflict as stale:
        return "conflict", stale.write
    except Duplicate as taken:
        return "duplicate", (taken.write, taken.key)


class _Asking:
    """Every method of the port, asked of the process that serves the store at `path`."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        return partial(self._ask, name)

    def cursor(self, document: Stored, sort: Sort = ()) -> str:
        """See the port."""
        return encode_cursor(document, sort)

    async def scan(self, collection: str) -> AsyncIterator[Stored]:
        """See the port."""
        for one in await self._ask("scan", collection):
            yield one

    async def close(self) -> None:
        """The store is its server's to close."""

    async def _ask(self, name: str, *arguments: Any, **named: Any) -> Any:
        try:
            reader, writer = await asyncio.open_unix_connection(self._path)
            writer.write(pickle.dumps((name, arguments, named)))
            writer.write_eof()
            kind, said = pickle.loads(await reader.read())  # noqa: S301 — from a process of ours
            writer.close()
        except (OSError, EOFError) as problem:
            raise StoreUnavailable("the bench has ended") from problem
        match kind:
            case "conflict":
                raise Conflict(said)
            case "duplicate":
                raise Duplicate(*said)
            case _:
                return said


def store_at(path: Path) -> Documents:
    """The store that another process serves."""
    return cast(Documents, _Asking(path))
