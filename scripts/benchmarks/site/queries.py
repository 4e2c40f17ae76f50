"""How many statements each page sends to the database, counted inside this process."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from aiohttp.test_utils import TestClient, TestServer

from config.settings import Settings
from scripts.benchmarks.site.pages import Sight
from scripts.benchmarks.site.town import Visitors
from server.app import build_app
from tests.server.queries import counted


async def count_queries(
    settings: Settings, visitors: Visitors, sights: Sequence[Sight]
) -> dict[Sight, int]:
    """The database must be open. Each page is asked for twice: what is done once does not count."""
    found = {}
    with pytest.MonkeyPatch.context() as patch, counted(patch) as statements:
        async with TestClient(TestServer(build_app(settings))) as client:
            client.session.cookie_jar.clear()
            for sight in sights:
                for _ in range(2):
                    statements.clear()
                    await _visit(client, sight, visitors)
                found[sight] = len(statements)
    return found


async def _visit(client: TestClient, sight: Sight, visitors: Visitors) -> None:
    address, headers = sight.address(visitors), sight.headers(visitors)
    async with client.get(address, headers=headers, allow_redirects=False) as answer:
        await answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{sight} answers {answer.status}")
