"""Where this process keeps recordings, and how it reaches the nodes that made them.

Set up once by `lifespan`; jobs, which are called with nothing but their payload, ask `depot()`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import aiohttp

from server.infra.storage import Storage


@dataclass(frozen=True, slots=True)
class Depot:
    """`incoming` holds files that are still being fetched; a restart goes on with them. In `scratch`
    films are composed; a restart begins them anew."""

    storage: Storage
    incoming: Path
    scratch: Path
    secret: str
    http: aiohttp.ClientSession
    keep_for: timedelta  # recordings, from their end on


_depot: Depot | None = None


def set_depot(opened: Depot | None) -> None:
    global _depot
    _depot = opened


def depot() -> Depot:
    """Raises RuntimeError before start-up: the job is tried again."""
    if _depot is None:
        raise RuntimeError("recordings are not set up in this process")
    return _depot
