"""A lesson that is over, with everything of its recording in the storage."""

from __future__ import annotations

import pytest

from tests.server.classroom.conftest import node, stage
from tests.server.classroom.stage import Stage
from tests.server.recordings.keeping.finished import Finished, finished_lesson

__all__ = ["node", "stage"]


@pytest.fixture
async def finished(stage: Stage) -> Finished:
    return await finished_lesson(stage)
