"""Static files: read once at start, addressed by the hash of their content, cached for a year.

`/static/<hash>/css/hub.css`: a changed file has a new address, so no browser keeps an old one.
A request with an old hash (a page opened before an upgrade) gets the file of today, uncached.
Only listed file types are served, only from the package's `static/` folder.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

STATIC_DIRECTORY = Path(__file__).parent / "static"

_TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webmanifest": "application/manifest+json",
}
_YEAR_SECONDS = 31_536_000


@dataclass(frozen=True, slots=True)
class Asset:
    """One file. `packed` is the same body gzipped."""

    body: bytes
    packed: bytes
    content_type: str
    digest: str


class Assets:
    """The files under `static/` by their path relative to it."""

    def __init__(self, files: Mapping[str, Asset]) -> None:
        self._files = files

    @classmethod
    def load(cls, directory: Path = STATIC_DIRECTORY) -> Assets:
        """Reads every servable file of the folder."""
        files: dict[str, Asset] = {}
        for path in sorted(directory.rglob("*")):
            content_type = _TYPES.get(path.suffix)
            if content_type is None or not path.is_file():
                continue
            body = path.read_bytes()
            digest = hashlib.blake2b(body, digest_size=6).hexdigest()
            packed = gzip.compress(body, mtime=0)
            files[path.relative_to(directory).as_posix()] = Asset(body, packed, content_type, digest)
        return cls(files)

    def url(self, path: str) -> str:
        """The address of a file. Raises KeyError for one that is not there: a template's mistake."""
        return f"/static/{self._files[path].digest}/{path}"

    def get(self, path: str) -> Asset | None:
        """The file, or None."""
        return self._files.get(path)


ASSETS = web.AppKey("assets", Assets)


async def static_file(request: web.Request) -> web.Response:
    """GET /static/{digest}/{path}"""
    asset = request.app[ASSETS].get(request.match_info["path"])
    if asset is None:
        raise web.HTTPNotFound
    current = request.match_info["digest"] == asset.digest
    headers = {
        "Cache-Control": f"public, max-age={_YEAR_SECONDS}, immutable" if current else "no-cache",
        "Vary": "Accept-Encoding",
    }
    body = asset.body
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        headers["Content-Encoding"] = "gzip"
        body = asset.packed
    charset = None if asset.content_type == "image/png" else "utf-8"
    return web.Response(body=body, content_type=asset.content_type, charset=charset, headers=headers)
