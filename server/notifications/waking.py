"""Tells the processes that hold somebody's sockets: that there is something new in the database, or a
message to pass on as it is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

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
    _tell("look", user_id)


def push_to_person(user_id: int, message: Mapping[str, Any]) -> None:
    """Say `message`, which has a `type`, on all of this person's sockets, after the present transaction.

    It may be lost with a connection: what counts is in the database, and pages read it there when they
    are told to `resync`."""
    _tell("say", user_id, message=message)


def end_sockets(user_id: int, **ended: int) -> None:
    """Logins of this person ended; `ended` says which."""
    _tell("end", user_id, ended=ended)


def tell_processes(topic: str, payload: bytes) -> None:
    """Have all that are subscribed to `topic` hear it once the present transaction has committed."""
    after_commit(lambda: _publish(topic, payload))


def _tell(kind: str, user_id: int, **fields: Any) -> None:
    tell_processes(TOPIC, json.dumps({"kind": kind, "user": user_id, **fields}).encode())


def _publish(topic: str, payload: bytes) -> None:
    if _bus is not None:
        _bus.publish(topic, payload)
