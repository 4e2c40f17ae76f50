"""The recordings' tests play on the classroom's stage."""

from tests.server.classroom.conftest import node, stage

__all__ = ["node", "stage"]
