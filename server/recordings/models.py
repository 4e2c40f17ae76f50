"""Tables of the recordings: one recording a session, its segments, the lesson file made of them, who took
a copy, and how far people watched."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model


class Recording(Model):
    """The recording of one session. Its id is known to the media node, where segments carry it.

    `origin_at` is zero on its time line. Its files are erased at `expires_at`, but not while a legal hold
    is on it (`held_at`)."""

    id: UUID = fields.UUIDField(primary_key=True)
    session_id: UUID
    session: fields.OneToOneRelation[Model] = fields.OneToOneField(
        "models.Session", related_name=False, on_delete=fields.RESTRICT
    )
    state = fields.CharField(max_length=16)
    origin_at: datetime = fields.DatetimeField()
    finished_at: datetime | None = fields.DatetimeField(null=True)
    deleted_at: datetime | None = fields.DatetimeField(null=True)
    expires_at: datetime | None = fields.DatetimeField(null=True)
    held_at: datetime | None = fields.DatetimeField(null=True)
    held_by_id: int | None
    held_by: fields.ForeignKeyNullableRelation[Model] = fields.ForeignKeyField(
        "models.User", related_name=False, null=True, on_delete=fields.SET_NULL
    )
    hold_reason = fields.CharField(max_length=500, default="", db_default="")

    class Meta:
        table = "recording"
        indexes = (Index(fields=("state", "expires_at")),)


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

    @property
    def key(self) -> str:
        """Its name in the storage."""
        return f"recordings/{self.recording_id}/{self.public_id}.webm"

    class Meta:
        table = "recording_segment"
        indexes = (Index(fields=("recording_id", "start_ms")),)


class LessonFile(Model):
    """The film of the whole lesson, and how far its making is: `done_ms` of `total_ms`.

    `chapters` are `{at_ms, title, kind}`; `unreadable` counts segments of which nothing could be shown;
    `reason` says why there is none."""

    recording_id: UUID
    recording: fields.OneToOneRelation[Recording] = fields.OneToOneField(
        "models.Recording", related_name=False, on_delete=fields.CASCADE, primary_key=True
    )
    state = fields.CharField(max_length=12)
    attempts = fields.IntField(default=0)
    done_ms = fields.BigIntField(default=0)
    total_ms = fields.BigIntField(default=0)
    queued_at: datetime = fields.DatetimeField()
    started_at: datetime | None = fields.DatetimeField(null=True)
    ready_at: datetime | None = fields.DatetimeField(null=True)
    media_type = fields.CharField(max_length=40, default="")
    storage_key = fields.CharField(max_length=200, default="")
    size = fields.BigIntField(default=0)
    sha256 = fields.CharField(max_length=64, default="")
    duration_ms = fields.BigIntField(default=0)
    poster_key = fields.CharField(max_length=200, default="")
    captions_key = fields.CharField(max_length=200, default="")
    chapters: list[dict[str, Any]] = fields.JSONField(default=list)
    unreadable = fields.IntField(default=0)
    reason = fields.CharField(max_length=300, default="")

    class Meta:
        table = "lesson_file"


class WatchPosition(Model):
    """How far somebody is in a recording, and how much of it they played."""

    id = fields.BigIntField(primary_key=True)
    recording_id: UUID
    recording: fields.ForeignKeyRelation[Recording] = fields.ForeignKeyField(
        "models.Recording", related_name=False, on_delete=fields.CASCADE
    )
    user_id: int
    user: fields.ForeignKeyRelation[Model] = fields.ForeignKeyField(
        "models.User", related_name=False, on_delete=fields.CASCADE
    )
    position_ms = fields.BigIntField(default=0)
    watched_ms = fields.BigIntField(default=0)
    first_at: datetime = fields.DatetimeField()
    updated_at: datetime = fields.DatetimeField()
    finished_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "watch_position"
        unique_together = (("recording", "user"),)
        indexes = (Index(fields=("user_id", "updated_at")),)


class RecordingAccess(Model):
    """Somebody fetched a file (or a part of it): a segment's, or the lesson file (`segment` None)."""

    id = fields.BigIntField(primary_key=True)
    recording_id: UUID | None
    recording: fields.ForeignKeyNullableRelation[Recording] = fields.ForeignKeyField(
        "models.Recording", related_name=False, null=True, on_delete=fields.CASCADE
    )
    segment_id: int | None
    segment: fields.ForeignKeyNullableRelation[Segment] = fields.ForeignKeyField(
        "models.Segment", related_name=False, null=True, on_delete=fields.CASCADE
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
        indexes = (Index(fields=("segment_id",)), Index(fields=("recording_id", "at")))
