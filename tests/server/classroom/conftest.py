"""Fixtures of the classroom's tests; those of the recordings use them too."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from aiohttp.test_utils import TestClient, TestServer, unused_port

from config.settings import Settings
from server import worker
from server.app import build_app
from server.booking import service as booking
from server.infra import clock
from server.infra.nodes import MEDIA_NODES, MediaNode
from tests.server.classroom.fake_node import FakeNode
from tests.server.classroom.stage import Stage, booked_lesson


@pytest.fixture
async def node(settings: Settings) -> AsyncIterator[FakeNode]:
    started = FakeNode(settings.media.control_secret)
    await started.start()
    yield started
    await started.stop()


@pytest.fixture
async def stage(
    database: Settings, node: FakeNode, moved_clock: clock.ManualClock
) -> AsyncIterator[Stage]:
    """A lesson whose doors just opened; the clock stands still."""
    worker.load_jobs()
    port = unused_port()
    app = build_app(replace(database, port=port, base_url=f"http://127.0.0.1:{port}"))
    app[MEDIA_NODES].replace([MediaNode(node.url)])
    mentor, learner, other, session_id = await booked_lesson()
    moved_clock.set((await booking.room_access(session_id, mentor.user_id)).opens_at)
    async with TestClient(TestServer(app, host="127.0.0.1", port=port)) as http:
        set_up = Stage(http, node, moved_clock, mentor, learner, other, session_id)
        await node.linked()
        yield set_up
        for client in set_up.clients:
            await client.socket.close()
