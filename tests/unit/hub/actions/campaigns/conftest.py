"""The office of most tests of campaigns: ten people, all in one group."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.unit.hub.actions.campaigns.campaign_office import Office, open_office


@pytest_asyncio.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    made = await open_office(tmp_path)
    await made.people(10)
    yield made
    await made.documents.close()
