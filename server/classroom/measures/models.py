"""Figures of a lesson, by the minute and by the person. All are the media node's or the server's own
measurements: nothing that a browser says of itself."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.models import Model

from server.classroom.models import Seat


class QualityMinute(Model):
    """How one person's media went and came in one minute (`at` its begin), summed up by the media node:
    `leg` has losses, round trips, freezes and times of layers of their own way to and from the node."""

    id = fields.BigIntField(primary_key=True)
    session_id: UUID
    session: fields.ForeignKeyRelation[Model] = fields.ForeignKeyField(
        "models.Session", related_name=False, on_delete=fields.CASCADE
    )
    seat_id: int
    seat: fields.ForeignKeyRelation[Seat] = fields.ForeignKeyField(
        "models.Seat", related_name=False, on_delete=fields.CASCADE
    )
    at = fields.DatetimeField()
    leg: dict[str, Any] = fields.JSONField()

    class Meta:
        table = "quality_minute"
        unique_together = (("session", "seat", "at"),)


class Engagement(Model):
    """How much one person took part in one lesson, as of `at`. Times in milliseconds."""

    id = fields.BigIntField(primary_key=True)
    session_id: UUID
    session: fields.ForeignKeyRelation[Model] = fields.ForeignKeyField(
        "models.Session", related_name=False, on_delete=fields.CASCADE
    )
    seat_id: int
    seat: fields.ForeignKeyRelation[Seat] = fields.ForeignKeyField(
        "models.Seat", related_name=False, on_delete=fields.CASCADE
    )
    talk_ms = fields.BigIntField(default=0)
    hands = fields.IntField(default=0)
    reactions = fields.IntField(default=0)
    lines = fields.IntField(default=0)
    votes = fields.IntField(default=0)
    lost = fields.IntField(default=0)
    at = fields.DatetimeField()

    class Meta:
        table = "engagement"
        unique_together = (("session", "seat"),)
