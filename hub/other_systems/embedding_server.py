"""The engine `http`: a server on the premises that encodes sentences (`[encoder_server]`).

Rules protected: texts go to the one configured place and nowhere else (where its name leads is looked up and
checked for each question, no answer is followed), in a body, never in an address or a log; no answer is
waited for beyond its time or read beyond its size. Whoever asks leaves a server alone that fails
(`hub/actions/dialogue/encoding.py`).
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus

from channels.http import HttpClient, HttpError, destination
from hub.other_systems.checked_address import NotAllowed, checked_address
from knowledge_base.meaning.embeddings import joined, request_of, vectors_of
from knowledge_base.meaning.encoder import EncoderFailed, Vectors

AT_ONCE = 8
"""Questions under way; each waits in a thread of its own and takes no processor time here."""
BATCH = 32
_NUMBER_BYTES = 32
"""Of one number of a vector in JSON, at most, with what stands between."""


@dataclass(frozen=True, slots=True)
class EmbeddingServer:
    """A configured server. prefixes: what the model wants before a question and before a wording."""

    url: str
    model: str
    dimension: int
    timeout_seconds: float
    key: str = field(default="", repr=False)
    query_prefix: str = ""
    passage_prefix: str = ""


class HttpEncoder:
    """See the port. Asks from a thread of the caller's, with a connection for each call."""

    at_once = AT_ONCE
    batch = BATCH

    def __init__(self, server: EmbeddingServer) -> None:
        self._server = server
        self.name = _name(server)

    def encode(self, texts: Sequence[str], *, passages: bool = False) -> Vectors:
        """See the port. Not for a thread with an event loop: it would stand still."""
        prefix = self._server.passage_prefix if passages else self._server.query_prefix
        asked = [prefix + text for text in texts]
        found = [
            asyncio.run(self._asked(asked[start : start + BATCH])) for start in range(0, len(asked), BATCH)
        ]
        return joined(found, self._server.dimension)

    async def _asked(self, texts: Sequence[str]) -> Vectors:
        server = self._server
        body = request_of(server.model, texts)
        try:
            async with asyncio.timeout(server.timeout_seconds), HttpClient(connections=1) as http:
                to = destination(
                    server.url,
                    self._headers(),
                    total_seconds=server.timeout_seconds,
                    limit_bytes=65_536 + len(texts) * server.dimension * _NUMBER_BYTES,
                    address=await checked_address(server.url),
                )
                answer = await http.post(to, body)
        except NotAllowed as problem:
            raise EncoderFailed(str(problem)) from None
        except (HttpError, TimeoutError) as problem:
            raise EncoderFailed(type(problem).__name__) from None
        if answer.status != HTTPStatus.OK:
            raise EncoderFailed(f"status {answer.status}")
        return vectors_of(answer.body, count=len(texts), dimension=server.dimension)

    def _headers(self) -> Mapping[str, str]:
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        return headers | ({"Authorization": f"Bearer {self._server.key}"} if self._server.key else {})


def _name(server: EmbeddingServer) -> str:
    """Other prefixes make other vectors, so they are part of the name."""
    model = server.model
    if server.query_prefix or server.passage_prefix:
        said = f"{server.query_prefix}\0{server.passage_prefix}".encode()
        model += f"~{hashlib.sha256(said).hexdigest()[:8]}"
    return f"http/{model}/{server.dimension}"
