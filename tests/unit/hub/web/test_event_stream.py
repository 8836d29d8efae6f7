"""Server-sent events as browsers read them."""

from __future__ import annotations

from hub.web.event_stream import as_event


def test_every_line_is_a_data_line_and_a_number_comes_first() -> None:
    assert as_event("message", "<p>一</p>\n<p>二</p>", id=7) == (
        "id: 7\nevent: message\ndata: <p>一</p>\ndata: <p>二</p>\n\n".encode()
    )


def test_an_event_without_a_number_has_none_and_an_empty_one_is_still_an_event() -> None:
    assert as_event("controls", "") == b"event: controls\ndata: \n\n"
