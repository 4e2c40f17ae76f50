"""What notifications ask of the people above them: how somebody looks to somebody else, and whether one
of the two has blocked the other. Given at start, like the way to find out who is asking."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Protocol


class Face(Protocol):
    """What one person sees of another."""

    @property
    def name(self) -> str: ...

    @property
    def picture_url(self) -> str | None: ...

    @property
    def blocked(self) -> bool: ...


Look = Callable[[int | None, Collection[int]], Awaitable[Mapping[int, Face]]]

_look: Look | None = None


def introduce(look: Look) -> None:
    """Say how people see each other from now on; called once at start."""
    global _look
    _look = look


async def faces(viewer_id: int, user_ids: Collection[int]) -> Mapping[int, Face]:
    """People by id, as this one sees them. Raises RuntimeError when nobody was introduced."""
    if _look is None:
        raise RuntimeError("nobody knows anybody: call introduce first")
    return await _look(viewer_id, user_ids) if user_ids else {}


async def blocked(user_id: int, actor_id: int | None) -> bool:
    """Whether what `actor_id` (None: the system) does must not reach this person."""
    if actor_id is None or actor_id == user_id:
        return False
    found = (await faces(user_id, [actor_id])).get(actor_id)
    return found is not None and found.blocked
