"""Proposals of another time, and what each booking said to them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from tortoise import fields
from tortoise.models import Model

if TYPE_CHECKING:
    from server.accounts.models import User
    from server.booking.models import Booking, Session


class RescheduleProposal(Model):
    """Somebody proposes another time for a session. One can be open for each session.

    status: open -> applied | declined | withdrawn | expired."""

    id = fields.BigIntField(primary_key=True)
    public_id: UUID = fields.UUIDField(unique=True, default=uuid4)
    session: fields.ForeignKeyRelation[Session] = fields.ForeignKeyField(
        "models.Session", related_name="reschedules", on_delete=fields.CASCADE
    )
    session_id: UUID
    proposer: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name=False, on_delete=fields.RESTRICT
    )
    proposer_id: int
    old_starts_at = fields.DatetimeField()
    starts_at = fields.DatetimeField()
    ends_at = fields.DatetimeField()
    local_start = fields.CharField(max_length=16)
    timezone = fields.CharField(max_length=64)
    reason = fields.CharField(max_length=1000, default="")
    status = fields.CharField(max_length=12, default="open")
    expires_at = fields.DatetimeField()
    created_at = fields.DatetimeField()
    decided_at = fields.DatetimeField(null=True)

    class Meta:
        table = "reschedule_proposal"
        indexes = (("session_id", "created_at"), ("status", "expires_at"))


class RescheduleAnswer(Model):
    """What the learner of one booking said: accepted, or declined (which gives everything back)."""

    id = fields.BigIntField(primary_key=True)
    proposal: fields.ForeignKeyRelation[RescheduleProposal] = fields.ForeignKeyField(
        "models.RescheduleProposal", related_name="answers", on_delete=fields.CASCADE
    )
    proposal_id: int
    booking: fields.ForeignKeyRelation[Booking] = fields.ForeignKeyField(
        "models.Booking", related_name=False, on_delete=fields.CASCADE
    )
    booking_id: int
    answer = fields.CharField(max_length=12)
    answered_at = fields.DatetimeField()

    class Meta:
        table = "reschedule_answer"
        unique_together = (("proposal", "booking"),)
