"""No request makes a mistake of ours: no 5xx, always the envelope, always a request id.

A short run here; `scripts/soak fuzz` sends 20,000 and names its seed."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator

import pytest
from aiohttp import DummyCookieJar
from aiohttp.test_utils import TestClient

from tests.server.fuzz.plausible import plausible, torn
from tests.server.fuzz.shots import described, drawn, hostile
from tests.server.fuzz.world import World, torn_problems

REQUESTS = int(os.environ.get("PEERLEARN_FUZZ_REQUESTS", "600"))
SEED = int(os.environ.get("PEERLEARN_FUZZ_SEED", "7"))
AT_A_TIME = 1000  # requests drawn before they are sent
KINDS = {"described": described, "plausible": plausible, "hostile": hostile}
SHARES = len(KINDS) + 1  # the torn ones are as many


@pytest.fixture
async def world(http: TestClient) -> AsyncIterator[World]:
    async with TestClient(http.server, cookie_jar=DummyCookieJar()) as client:
        found = World(client)
        await found.settle()
        yield found


@pytest.mark.parametrize("kind", KINDS)
async def test_no_request_makes_a_mistake_of_ours(world: World, kind: str) -> None:
    strategy, wanted = KINDS[kind](), REQUESTS // SHARES
    for number, begin in enumerate(range(0, wanted, AT_A_TIME)):
        count = min(AT_A_TIME, wanted - begin)
        await world.fire(drawn(strategy, count, SEED + number))
    print(f"{kind}: {world.statuses.total()} requests {dict(sorted(world.statuses.items()))}")  # noqa: T201
    assert world.wrong == []


async def test_no_torn_request_makes_a_mistake_of_ours(world: World) -> None:
    """As bytes: most of it is no HTTP any more."""
    port, sent = world.client.port, drawn(torn(), REQUESTS // SHARES, SEED)
    assert port is not None
    wrong, statuses = await torn_problems(port, sent)
    print(f"torn: {len(sent)} requests {dict(sorted(statuses.items()))}")  # noqa: T201
    assert wrong == []
