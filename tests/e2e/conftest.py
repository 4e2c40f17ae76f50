"""One platform for the whole folder, started as a user would start it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import aioice.ice
import pytest
import pytest_asyncio

from tests.e2e.platform import Platform, Town


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All on one worker: they share the platform, and two browsers at once are enough."""
    for item in items:
        if "tests/e2e" in str(item.path):
            item.add_marker(pytest.mark.xdist_group("e2e"))


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory):
    """Runs in a loop of its own between tests, so that each test may have its own loop."""
    platform = Platform(tmp_path_factory.mktemp("platform"))
    loop = asyncio.new_event_loop()
    loop.run_until_complete(platform.start())
    yield platform
    loop.run_until_complete(platform.stop())
    loop.close()


@pytest_asyncio.fixture
async def town(platform: Platform) -> AsyncIterator[Town]:
    async with aiohttp.ClientSession() as http:
        yield Town(platform, http)


@pytest.fixture(autouse=True)
def _loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aioice.ice, "get_host_addresses", lambda use_ipv4, use_ipv6: ["127.0.0.1"])
