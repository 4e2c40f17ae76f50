"""The history of all state machines: one row for each move."""

from __future__ import annotations

from uuid import UUID

from server.infra import clock
from server.infra.models import StateTransition


async def record_transition(
    entity: str, entity_id: int | str | UUID, old: str, new: str, actor_id: int | None, reason: str = ""
) -> None:
    """Write that `entity` moved from `old` to `new`; call it in the transaction of the move.

    `actor_id` is None when the system moved it."""
    await StateTransition.create(
        entity=entity,
        entity_id=str(entity_id),
        old=old,
        new=new,
        actor_id=actor_id,
        reason=reason,
        at=clock.now(),
    )
