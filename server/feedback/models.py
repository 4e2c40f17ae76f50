"""What a learner said of a lesson, and what the mentor answered."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model


class Review(Model):
    """One for each booking whose learner was there. `rating` is of the teaching, 1 to 5; `technical` of
    the connection: it touches no mentor's rating. `private_note` is for the mentor alone. A `hidden_at`
    one was taken off by staff, and counts for nothing."""

    id = fields.BigIntField(primary_key=True)
    public_id: UUID = fields.UUIDField(unique=True, default=uuid4)
    booking: fields.OneToOneRelation[Model] = fields.OneToOneField(
        "models.Booking", related_name=False, on_delete=fields.RESTRICT
    )
    booking_id: int
    session_id: UUID
    session: fields.ForeignKeyRelation[Model] = fields.ForeignKeyField(
        "models.Session", related_name=False, on_delete=fields.RESTRICT
    )
    offering_id: UUID | None
    offering: fields.ForeignKeyNullableRelation[Model] = fields.ForeignKeyField(
        "models.Offering", related_name=False, null=True, on_delete=fields.SET_NULL
    )
    learner_id: int
    learner: fields.ForeignKeyRelation[Model] = fields.ForeignKeyField(
        "models.User", related_name=False, on_delete=fields.RESTRICT
    )
    mentor_id: int
    mentor: fields.ForeignKeyRelation[Model] = fields.ForeignKeyField(
        "models.User", related_name=False, on_delete=fields.RESTRICT
    )
    rating = fields.SmallIntField()
    aspects: dict[str, Any] = fields.JSONField(default=dict)
    technical = fields.SmallIntField(null=True)
    comment = fields.TextField(default="")
    private_note = fields.TextField(default="")
    reply = fields.TextField(default="")
    replied_at = fields.DatetimeField(null=True)
    hidden_at = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField()
    edited_at = fields.DatetimeField(null=True)

    class Meta:
        table = "review"
        indexes = (
            Index(fields=("mentor_id", "created_at")),
            Index(fields=("session_id",)),
            Index(fields=("learner_id",)),
        )
