"""Tables of the recordings: one recording a session, its segments, and who took a copy."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model


class Recording(Model):
    """The recording of one session. Its id is known to the media node, where segments carry it.

    `origin_at` is zero on its time line."""

    id: UUID = fields.UUIDField(primary_key=True)
    session_id: UUID
    session: fields.OneToOneRelation[Model] = fields.OneToOneField(
        "models.Session", related_name=False, on_delete=fields.RESTRICT
    )
    state = fields.CharField(max_length=16)
    origin_at: datetime = fields.DatetimeField()
    finished_at: datetime | None = fields.DatetimeField(null=True)
    deleted_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "recording"


class Segment(Model):
    """One WebM file of one source of one participant.

    `node_segment` is the node's name for it, `node_url` the control address that announced it last;
    `start_ms` is where it begins on the recording's time line."""

    id = fields.BigIntField(primary_key=True)
    public_id: UUID = fields.UUIDField(unique=True, default=uuid4)
    recording_id: UUID
    recording: fields.ForeignKeyRelation[Recording] = fields.ForeignKeyField(
        "models.Recording", related_name=False, on_delete=fields.CASCADE
    )
    node_segment = fields.CharField(max_length=64, unique=True)
    node_url = fields.CharField(max_length=300)
    participant = fields.CharField(max_length=64)
    source = fields.CharField(max_length=16)
    kind = fields.CharField(max_length=8)
    start_ms = fields.BigIntField()
    duration_ms = fields.BigIntField(default=0)
    size = fields.BigIntField(default=0)
    sha256 = fields.CharField(max_length=64, default="")
    salvaged = fields.BooleanField(default=False)
    storage_key = fields.CharField(max_length=200, default="")
    state = fields.CharField(max_length=12)
    opened_at: datetime = fields.DatetimeField()
    stored_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "recording_segment"
        indexes = (Index(fields=("recording_id", "start_ms")),)


class RecordingAccess(Model):
    """Somebody fetched a file (or a part of it)."""

    id = fields.BigIntField(primary_key=True)
    segment_id: int
    segment: fields.ForeignKeyRelation[Segment] = fields.ForeignKeyField(
        "models.Segment", related_name=False, on_delete=fields.CASCADE
    )
    user_id: int
    user: fields.ForeignKeyRelation[Model] = fields.ForeignKeyField(
        "models.User", related_name=False, on_delete=fields.CASCADE
    )
    at = fields.DatetimeField()
    first_byte = fields.BigIntField()
    bytes = fields.BigIntField()

    class Meta:
        table = "recording_access"
        indexes = (Index(fields=("segment_id",)),)
