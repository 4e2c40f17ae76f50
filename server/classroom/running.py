"""The hub of this process, for jobs: they are called with nothing but their payload."""

from __future__ import annotations

from server.classroom.hub import Hub

_hub: Hub | None = None


def set_hub(hub: Hub | None) -> None:
    global _hub
    _hub = hub


def hub() -> Hub | None:
    """None in a process that serves no rooms (a worker of its own)."""
    return _hub
