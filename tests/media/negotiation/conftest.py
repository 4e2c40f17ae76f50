"""The server's half of a negotiation whose client has just joined."""

from __future__ import annotations

import pytest

from tests.media.negotiation.peers import Server


@pytest.fixture
def server() -> Server:
    server = Server()
    server.join()
    return server
