"""The extension behind our number travels in every protocol, so that answers reach its department."""

from __future__ import annotations

from dataclasses import replace

from tests.contract.channels.gateway_desk import LONG, Speaks, desk, speaking, text


@speaking
async def test_a_text_leaves_from_number_and_extension(speaks: Speaks) -> None:
    async with desk(speaks=speaks) as here:
        await here.sms.send(text())
        await here.sms.send(replace(text(LONG, delivery_id="d2"), extension="0591"))
        plain, *parts = here.gateway.taken
        assert len(parts) > 1
        assert {part.source for part in parts} == {f"{plain.source}0591"}


async def test_what_is_too_long_for_a_number_leaves_from_our_own() -> None:
    async with desk() as here:
        await here.sms.send(replace(text(), extension="1" * 20))
        (part,) = here.gateway.taken
        assert part.source == "12110"
