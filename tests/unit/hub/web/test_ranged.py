"""A player asks for parts: it gets them, an open end in steps, and never more than there is."""

from __future__ import annotations

import pytest
from aiohttp.test_utils import make_mocked_request

from hub.web.ranged import Part, ranged

CONTENT = bytes(range(256)) * 20_000
STEP = 1 << 21


def part(asked: slice) -> Part:
    start, stop, _ = asked.indices(len(CONTENT))
    return Part(CONTENT[start:stop], start, len(CONTENT))


@pytest.mark.parametrize(
    ("asked", "status", "start", "stop"),
    [
        ("", 200, 0, len(CONTENT)),
        ("bytes=0-", 206, 0, STEP),
        (f"bytes={STEP}-", 206, STEP, 2 * STEP),
        (f"bytes={len(CONTENT) - 7}-", 206, len(CONTENT) - 7, len(CONTENT)),
        ("bytes=-9", 206, len(CONTENT) - 9, len(CONTENT)),
        ("bytes=100-199", 206, 100, 200),
        (f"bytes=5-{len(CONTENT) + 5}", 206, 5, len(CONTENT)),
        (f"bytes={len(CONTENT)}-", 416, 0, 0),
        ("bytes=words", 200, 0, len(CONTENT)),
        ("bytes=0-9,20-29", 200, 0, len(CONTENT)),
    ],
)
async def test_the_part_that_was_asked_for(asked: str, status: int, start: int, stop: int) -> None:
    request = make_mocked_request("GET", "/", headers={"Range": asked} if asked else {})
    answer = await ranged(request, part, "audio/wav")
    assert answer.status == status
    assert (answer.body or b"") == CONTENT[start:stop]
    if status == 206:
        assert answer.headers["Content-Range"] == f"bytes {start}-{stop - 1}/{len(CONTENT)}"
    if status == 416:
        assert answer.headers["Content-Range"] == f"bytes */{len(CONTENT)}"
