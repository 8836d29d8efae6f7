"""Fixtures of the staff side's browser tests; imported by the test files that use them."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser

from tests.web.staff_desk import Desk, furnish, visitor_of
from tests.web.staff_stage import office
from tests.web.watched import Visitor


@pytest.fixture(scope="module")
async def desk(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    """One office for a test file."""
    async with office(tmp_path_factory.mktemp("office")) as stage:
        yield await furnish(stage)


@pytest.fixture
async def colleague(browser: Browser, desk: Desk) -> AsyncIterator[Visitor]:
    """Opens pages as staff; at the end nothing may have gone wrong in any of them."""
    visitor = visitor_of(browser, desk)
    yield visitor
    await visitor.leave()
    assert not visitor.complaints, visitor.complaints
