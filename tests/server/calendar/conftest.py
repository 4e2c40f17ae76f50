"""A clock for the tests of calendars."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from server.infra import clock
from server.infra.clock import ManualClock
from tests.server.calendar.lessons import NOW


@pytest.fixture
def time() -> Iterator[ManualClock]:
    """Stands still until it is moved by hand."""
    moved = ManualClock(NOW)
    with clock.replaced(moved):
        yield moved
