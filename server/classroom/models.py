"""Tables of the classroom: seats, tickets, chat, consent, attendance, the state of each room, and which
media nodes are drained.

Of tickets and resume tokens only a hash is stored.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model


class Seat(Model):
    """One person's place in one session's room. `public_id` is the participant id on the wire.

    `name` is the display name at the last entry, `resume_hash` the token's of the last fresh one. A
    learner shares the screen once the mentor let them (`may_share`)."""

    id = fields.BigIntField(primary_key=True)
    public_id: UUID = fields.UUIDField(unique=True, default=uuid4)
    session_id: UUID
    session: fields.ForeignKeyRelation[Model] = fields.ForeignKeyField(
        "models.Session", related_name=False, on_delete=fields.CASCADE
    )
    user_id: int
    user: fields.ForeignKeyRelation[Model] = fields.ForeignKeyField(
        "models.User", related_name=False, on_delete=fields.CASCADE
    )
    name = fields.CharField(max_length=100)
    role = fields.CharField(max_length=12)
    resume_hash = fields.CharField(max_length=64, null=True, unique=True)
    may_share = fields.BooleanField(default=False, db_default=False)
    created_at = fields.DatetimeField()

    class Meta:
        table = "seat"
        unique_together = (("session", "user"),)


class Ticket(Model):
    """Lets one person open one room socket once, without a cookie."""

    id = fields.BigIntField(primary_key=True)
    token_hash = fields.CharField(max_length=64, unique=True)
    session_id: UUID
    session: fields.ForeignKeyRelation[Model] = fields.ForeignKeyField(
        "models.Session", related_name=False, on_delete=fields.CASCADE
    )
    user_id: int
    user: fields.ForeignKeyRelation[Model] = fields.ForeignKeyField(
        "models.User", related_name=False, on_delete=fields.CASCADE
    )
    expires_at: datetime = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)

    class Meta:
        table = "ticket"
        indexes = (Index(fields=("session_id", "user_id")),)


class RoomState(Model):
    """What a room has to remember when nobody is in it or the server starts again.

    `origin_at` is zero on the recording's time line; `hold` says who stopped the writing: nobody (""),
    the mentor for a while ("paused") or for good ("stopped"). `home` counts the server processes that had
    the room; `node_*` name the media node, and the start of it, that carries the room's media now.
    `seen_at` is when a process last said that it has the room. A `locked` one takes nobody new; with
    `admission` the mentor lets people in."""

    session_id: UUID
    session: fields.OneToOneRelation[Model] = fields.OneToOneField(
        "models.Session", related_name=False, on_delete=fields.CASCADE, primary_key=True
    )
    recording_id: UUID | None = fields.UUIDField(null=True)
    origin_at = fields.DatetimeField(null=True)
    hold = fields.CharField(max_length=8, default="")
    home = fields.BigIntField(default=0, db_default=0)
    node_url = fields.CharField(max_length=300, default="", db_default="")
    node_epoch = fields.CharField(max_length=64, default="", db_default="")
    seen_at = fields.DatetimeField(null=True)
    closed_at = fields.DatetimeField(null=True)
    locked = fields.BooleanField(default=False, db_default=False)
    admission = fields.BooleanField(default=False, db_default=False)
    timer_ends_at = fields.DatetimeField(null=True)
    timer_label = fields.CharField(max_length=80, default="", db_default="")

    class Meta:
        table = "room"


class DrainedNode(Model):
    """A media node that takes no new rooms, by an administrator's word."""

    node_id = fields.CharField(max_length=64, primary_key=True)
    since = fields.DatetimeField()

    class Meta:
        table = "drained_node"


class ChatMessage(Model):
    """One line of chat; `to_seat` is set on a private one. `seq` counts up within a room; `reply_to` is
    the public id of the line that it answers. A removed one is read by nobody any more."""

    id = fields.BigIntField(primary_key=True)
    public_id: UUID = fields.UUIDField(unique=True, default=uuid4)
    session_id: UUID
    session: fields.ForeignKeyRelation[Model] = fields.ForeignKeyField(
        "models.Session", related_name=False, on_delete=fields.CASCADE
    )
    seq = fields.BigIntField()
    seat_id: int
    seat: fields.ForeignKeyRelation[Seat] = fields.ForeignKeyField(
        "models.Seat", related_name=False, on_delete=fields.CASCADE
    )
    to_seat_id: int | None
    to_seat: fields.ForeignKeyNullableRelation[Seat] = fields.ForeignKeyField(
        "models.Seat", related_name=False, null=True, on_delete=fields.CASCADE
    )
    text = fields.TextField()
    reply_to: UUID | None = fields.UUIDField(null=True)
    at = fields.DatetimeField()
    removed_at = fields.DatetimeField(null=True)

    class Meta:
        table = "chat_message"
        unique_together = (("session", "seq"),)


class Consent(Model):
    """One answer to the question whether a person's tracks may be recorded; the newest one counts.

    `text_version` names the words that were agreed to."""

    id = fields.BigIntField(primary_key=True)
    session_id: UUID
    session: fields.ForeignKeyRelation[Model] = fields.ForeignKeyField(
        "models.Session", related_name=False, on_delete=fields.CASCADE
    )
    user_id: int
    user: fields.ForeignKeyRelation[Model] = fields.ForeignKeyField(
        "models.User", related_name=False, on_delete=fields.CASCADE
    )
    given = fields.BooleanField()
    text_version = fields.CharField(max_length=16, default="", db_default="")
    at = fields.DatetimeField()

    class Meta:
        table = "recording_consent"
        indexes = (Index(fields=("session_id", "user_id")),)


class AttendanceInterval(Model):
    """A span of presence, measured: `socket` by the server, `media` by the media node."""

    id = fields.BigIntField(primary_key=True)
    session_id: UUID
    session: fields.ForeignKeyRelation[Model] = fields.ForeignKeyField(
        "models.Session", related_name=False, on_delete=fields.CASCADE
    )
    user_id: int
    user: fields.ForeignKeyRelation[Model] = fields.ForeignKeyField(
        "models.User", related_name=False, on_delete=fields.CASCADE
    )
    kind = fields.CharField(max_length=8)
    started_at = fields.DatetimeField()
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        table = "attendance_interval"
        indexes = (Index(fields=("session_id", "user_id")),)
