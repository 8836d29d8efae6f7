"""Server-sent events as browsers read them, and when a stream is told to look."""

from __future__ import annotations

import asyncio

from hub.live import Live
from hub.web.event_stream import as_event, rung


def test_every_line_is_a_data_line_and_a_number_comes_first() -> None:
    assert as_event("message", "<p>一</p>\n<p>二</p>", id=7) == (
        "id: 7\nevent: message\ndata: <p>一</p>\ndata: <p>二</p>\n\n".encode()
    )


def test_an_event_without_a_number_has_none_and_an_empty_one_is_still_an_event() -> None:
    assert as_event("controls", "") == b"event: controls\ndata: \n\n"


async def test_rings_that_came_meanwhile_are_one_and_a_stop_ends_the_stream() -> None:
    live = Live()
    looked = []
    with live.listen("queue") as rings:
        live.ring("queue", "1")
        live.ring("queue", "2")
        async for is_ring in rung(rings, quiet_seconds=60):
            looked.append(is_ring)
            if len(looked) == 1:
                assert rings.empty()
                live.ring("queue", "3")
            else:
                live.close()
    assert looked == [True, True]


async def test_silence_is_told_too() -> None:
    rings: asyncio.Queue[str | None] = asyncio.Queue()
    async for is_ring in rung(rings, quiet_seconds=0.001):
        assert not is_ring
        rings.put_nowait(None)
