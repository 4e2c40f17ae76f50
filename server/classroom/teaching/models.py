"""Polls and votes, paragraphs of the shared notes, what is drawn on the whiteboard, and the wrap-up."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from server.classroom.models import Seat


class Poll(Model):
    """A question with 2 to 8 answers. `shown_at`: from then on everybody sees what came out."""

    id = fields.BigIntField(primary_key=True)
    public_id: UUID = fields.UUIDField(unique=True, default=uuid4)
    session_id: UUID
    session: fields.ForeignKeyRelation[Model] = fields.ForeignKeyField(
        "models.Session", related_name=False, on_delete=fields.CASCADE
    )
    question = fields.CharField(max_length=300)
    answers: list[str] = fields.JSONField()
    many = fields.BooleanField(default=False)
    asked_at = fields.DatetimeField()
    closed_at = fields.DatetimeField(null=True)
    shown_at = fields.DatetimeField(null=True)

    class Meta:
        table = "poll"
        indexes = (Index(fields=("session_id",)),)


class PollVote(Model):
    """What one person chose, by the numbers of the answers; the latest counts."""

    id = fields.BigIntField(primary_key=True)
    poll_id: int
    poll: fields.ForeignKeyRelation[Poll] = fields.ForeignKeyField(
        "models.Poll", related_name="votes", on_delete=fields.CASCADE
    )
    seat_id: int
    seat: fields.ForeignKeyRelation[Seat] = fields.ForeignKeyField(
        "models.Seat", related_name=False, on_delete=fields.CASCADE
    )
    chosen: list[int] = fields.JSONField()
    at = fields.DatetimeField()

    class Meta:
        table = "poll_vote"
        unique_together = (("poll", "seat"),)


class NoteBlock(Model):
    """One paragraph of the notes that everybody in the room writes together. `place` orders them,
    `version` rises with each change; a removed one stays, so that nothing that was written is lost."""

    id = fields.BigIntField(primary_key=True)
    public_id: UUID = fields.UUIDField(unique=True)
    session_id: UUID
    session: fields.ForeignKeyRelation[Model] = fields.ForeignKeyField(
        "models.Session", related_name=False, on_delete=fields.CASCADE
    )
    place = fields.CharField(max_length=120)
    text = fields.TextField(default="")
    version = fields.IntField(default=1)
    seat_id: int
    seat: fields.ForeignKeyRelation[Seat] = fields.ForeignKeyField(
        "models.Seat", related_name=False, on_delete=fields.CASCADE
    )
    removed_at = fields.DatetimeField(null=True)
    at = fields.DatetimeField()

    class Meta:
        table = "note_block"
        indexes = (Index(fields=("session_id",)),)


class BoardItem(Model):
    """One stroke, shape or text of the whiteboard; a removed one stays, so that it can come back."""

    id = fields.BigIntField(primary_key=True)
    public_id: UUID = fields.UUIDField(unique=True)
    session_id: UUID
    session: fields.ForeignKeyRelation[Model] = fields.ForeignKeyField(
        "models.Session", related_name=False, on_delete=fields.CASCADE
    )
    seat_id: int
    seat: fields.ForeignKeyRelation[Seat] = fields.ForeignKeyField(
        "models.Seat", related_name=False, on_delete=fields.CASCADE
    )
    item: dict[str, Any] = fields.JSONField()
    at = fields.DatetimeField()
    removed_at = fields.DatetimeField(null=True)

    class Meta:
        table = "board_item"
        indexes = (Index(fields=("session_id",)),)


class WrapUp(Model):
    """What a mentor leaves learners with. `reached` are the numbers of the objectives that were
    ticked."""

    session_id: UUID
    session: fields.OneToOneRelation[Model] = fields.OneToOneField(
        "models.Session", related_name=False, on_delete=fields.CASCADE, primary_key=True
    )
    reached: list[int] = fields.JSONField(default=list)
    takeaways = fields.TextField(default="")
    homework = fields.TextField(default="")
    updated_at = fields.DatetimeField()

    class Meta:
        table = "wrap_up"
