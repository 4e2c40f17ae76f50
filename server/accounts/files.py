"""One account as staff see it: who it is, where it is logged in, and what was decided about it."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from server.accounts import second_factor
from server.accounts.logins import logins_of
from server.accounts.models import User
from server.accounts.standing import shown
from server.accounts.values import AccountFile, StandingStep
from server.edge.access import Viewer
from server.infra import audit, clock
from server.infra.db import transactional
from server.infra.errors import NotFound
from server.infra.models import AuditRow, StateTransition

ENTITIES = ("user", "user_roles", "user_warning")
SHOWN_STEPS = 50
LOOKED_AGAIN = timedelta(hours=1)  # looking twice in so short a time is one look


async def account_file(actor: Viewer, public_id: UUID) -> AccountFile:
    """Looking is kept: there are addresses in it.

    Raises NotFound."""
    user = await User.filter(public_id=public_id).prefetch_related("roles").first()
    if user is None:
        raise NotFound
    await _note_look(actor.user_id, user.id)
    return AccountFile(
        number=user.id,
        account=shown(user),
        protected=await second_factor.is_enabled(user.id),
        logins=await logins_of(user.id),
        history=await _history(user.id),
    )


@transactional
async def _note_look(actor_id: int, user_id: int) -> None:
    looked = AuditRow.filter(subject="user", subject_id=str(user_id), action="user.viewed")
    if not await looked.filter(actor_id=actor_id, at__gt=clock.now() - LOOKED_AGAIN).exists():
        await audit.record(actor_id, "user.viewed", "user", user_id)


async def _history(user_id: int) -> list[StandingStep]:
    """The newest first."""
    moves = StateTransition.filter(entity__in=ENTITIES, entity_id=str(user_id))
    rows = await moves.order_by("-id").limit(SHOWN_STEPS)
    actors = User.filter(id__in={row.actor_id for row in rows if row.actor_id})
    names = {user.id: user.username for user in await actors.only("id", "username")}
    return [
        StandingStep(row.at, row.entity, row.old, row.new, names.get(row.actor_id or 0, ""), row.reason)
        for row in rows
    ]
