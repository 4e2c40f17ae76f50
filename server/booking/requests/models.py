"""Requests of learners for a lesson of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from tortoise import fields
from tortoise.models import Model

if TYPE_CHECKING:
    from server.accounts.models import User
    from server.booking.models import Session


class SessionRequest(Model):
    """A learner asks a mentor for a lesson on `topic` at `starts_at`.

    status: requested -> accepted (`session` was made, with the learner's seat) | declined | expired |
    withdrawn; requested -> proposed (the mentor offers `proposed_starts_at`) -> accepted | declined |
    expired | withdrawn. The price is what the mentor's rate made of it when it was asked."""

    id = fields.BigIntField(primary_key=True)
    public_id: UUID = fields.UUIDField(unique=True, default=uuid4)
    learner: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name=False, on_delete=fields.RESTRICT
    )
    learner_id: int
    mentor: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name=False, on_delete=fields.RESTRICT
    )
    mentor_id: int
    topic = fields.CharField(max_length=140)
    message = fields.CharField(max_length=2000, default="")
    starts_at = fields.DatetimeField()
    duration_minutes = fields.IntField()
    timezone = fields.CharField(max_length=64)
    price_minor = fields.BigIntField(default=0)
    currency = fields.CharField(max_length=3)
    status = fields.CharField(max_length=12, default="requested")
    proposed_starts_at = fields.DatetimeField(null=True)
    answer = fields.CharField(max_length=1000, default="")
    expires_at = fields.DatetimeField()
    session: fields.ForeignKeyNullableRelation[Session] = fields.ForeignKeyField(
        "models.Session", related_name=False, null=True, on_delete=fields.SET_NULL
    )
    session_id: UUID | None
    created_at = fields.DatetimeField()
    answered_at = fields.DatetimeField(null=True)

    class Meta:
        table = "session_request"
        indexes = (("mentor_id", "status"), ("learner_id", "created_at"), ("status", "expires_at"))
