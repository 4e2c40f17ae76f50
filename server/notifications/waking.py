"""Tells the processes that hold somebody's sockets that there is something to read in the database."""

from __future__ import annotations

from server.infra.bus import Bus
from server.infra.db import after_commit

TOPIC = "notifications"

_bus: Bus | None = None


def open_waking(bus: Bus | None) -> None:
    """Say by which bus from now on; None closes it."""
    global _bus
    _bus = bus


def wake(user_id: int) -> None:
    """Have this person's sockets look, as soon as the present transaction has committed."""
    after_commit(lambda: _publish(user_id))


def _publish(user_id: int) -> None:
    if _bus is not None:
        _bus.publish(TOPIC, str(user_id).encode())
