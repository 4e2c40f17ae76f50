"""What happened in a room, who may not come back, and files that were handed round."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from server.classroom.models import ChatMessage, Seat


class RoomEvent(Model):
    """Something that happened at an instant of the lesson: a hand, a reaction, "lost me", a marked
    moment, a shared screen, a word of moderation. `seat` did it, `detail` says the rest."""

    id = fields.BigIntField(primary_key=True)
    public_id: UUID = fields.UUIDField(unique=True, default=uuid4)
    session_id: UUID
    session: fields.ForeignKeyRelation[Model] = fields.ForeignKeyField(
        "models.Session", related_name=False, on_delete=fields.CASCADE
    )
    seat_id: int
    seat: fields.ForeignKeyRelation[Seat] = fields.ForeignKeyField(
        "models.Seat", related_name=False, on_delete=fields.CASCADE
    )
    kind = fields.CharField(max_length=20)
    detail: dict[str, Any] = fields.JSONField(default=dict)
    at = fields.DatetimeField()

    class Meta:
        table = "room_event"
        indexes = (Index(fields=("session_id", "at")),)


class Removal(Model):
    """Somebody was put out of a room and may not come back, until that is taken back."""

    id = fields.BigIntField(primary_key=True)
    session_id: UUID
    session: fields.ForeignKeyRelation[Model] = fields.ForeignKeyField(
        "models.Session", related_name=False, on_delete=fields.CASCADE
    )
    user_id: int
    user: fields.ForeignKeyRelation[Model] = fields.ForeignKeyField(
        "models.User", related_name=False, on_delete=fields.CASCADE
    )
    by_id: int | None
    by: fields.ForeignKeyNullableRelation[Model] = fields.ForeignKeyField(
        "models.User", related_name=False, null=True, on_delete=fields.SET_NULL
    )
    at = fields.DatetimeField()

    class Meta:
        table = "room_removal"
        unique_together = (("session", "user"),)


class ChatFile(Model):
    """A file of a room's chat; `message` is None until the line that hands it round is said."""

    id = fields.BigIntField(primary_key=True)
    public_id: UUID = fields.UUIDField(unique=True, default=uuid4)
    session_id: UUID
    session: fields.ForeignKeyRelation[Model] = fields.ForeignKeyField(
        "models.Session", related_name=False, on_delete=fields.CASCADE
    )
    seat_id: int
    seat: fields.ForeignKeyRelation[Seat] = fields.ForeignKeyField(
        "models.Seat", related_name=False, on_delete=fields.CASCADE
    )
    message_id: int | None
    message: fields.ForeignKeyNullableRelation[ChatMessage] = fields.ForeignKeyField(
        "models.ChatMessage", related_name="files", null=True, on_delete=fields.CASCADE
    )
    name = fields.CharField(max_length=200)
    media_type = fields.CharField(max_length=100)
    size = fields.BigIntField()
    storage_key = fields.CharField(max_length=200)
    at = fields.DatetimeField()

    class Meta:
        table = "chat_file"
        indexes = (Index(fields=("session_id",)), Index(fields=("message_id",)))
