"""The extension behind our number travels in every protocol, so that answers reach its department."""

from __future__ import annotations

from dataclasses import replace

import pytest

from channels.errors import Permanent
from tests.contract.channels.gateway_desk import LONG, Speaks, desk, speaking, text


@speaking
async def test_a_text_leaves_from_number_and_extension(speaks: Speaks) -> None:
    async with desk(speaks=speaks) as here:
        await here.sms.send(text())
        await here.sms.send(replace(text(LONG, delivery_id="d2"), extension="0591"))
        plain, *parts = here.gateway.taken
        assert len(parts) > 1
        assert {part.source for part in parts} == {f"{plain.source}0591"}


async def test_what_does_not_fit_is_refused_and_not_cut() -> None:
    async with desk() as here:
        with pytest.raises(Permanent) as refused:
            await here.sms.send(replace(text(), extension="1" * 20))
        assert refused.value.code == "source-too-long"
        assert here.gateway.taken == []
