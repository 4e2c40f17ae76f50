"""A lesson with sockets, as the classroom's tests have it."""

from __future__ import annotations

from tests.server.classroom.conftest import node, stage

__all__ = ["node", "stage"]
