"""An office of its own for a test file that counts, or looks at everything; imported by such files."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.web.staff_desk import Desk, furnish
from tests.web.staff_stage import office


@pytest.fixture(scope="module")
async def desk(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    """One office for a test file."""
    async with office(tmp_path_factory.mktemp("office")) as stage:
        yield await furnish(stage)
