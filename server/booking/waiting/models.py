"""Places in the queue for a full session."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from tortoise import fields
from tortoise.models import Model

if TYPE_CHECKING:
    from server.accounts.models import User
    from server.booking.models import Booking, Session


class WaitlistEntry(Model):
    """Somebody waits for a seat; first come, first served, by `id`.

    status: waiting -> offered (a held seat: `booking`) -> taken | passed (the offer ran out or was
    declined); waiting | offered -> left (by themselves, or with the session's end)."""

    id = fields.BigIntField(primary_key=True)
    session: fields.ForeignKeyRelation[Session] = fields.ForeignKeyField(
        "models.Session", related_name="waitlist", on_delete=fields.RESTRICT
    )
    session_id: UUID
    learner: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name=False, on_delete=fields.RESTRICT
    )
    learner_id: int
    status = fields.CharField(max_length=12, default="waiting")
    booking: fields.ForeignKeyNullableRelation[Booking] = fields.ForeignKeyField(
        "models.Booking", related_name=False, null=True, on_delete=fields.SET_NULL
    )
    booking_id: int | None
    created_at = fields.DatetimeField()
    offered_at = fields.DatetimeField(null=True)

    class Meta:
        table = "waitlist_entry"
        indexes = (("session_id", "status", "id"), ("learner_id", "created_at"), ("booking_id",))
