"""Tables of booking: what is taught, its dated sessions, bookings, and the cells of time they occupy.

The checks and the partial unique index that guard them stand in `server/infra/raw_objects.py`, since
table generation drops them.
"""

from __future__ import annotations

from uuid import UUID, uuid4

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from server.booking.states import BookingStatus, SessionStatus


class Offering(Model):
    """What a mentor teaches, again and again: the sessions of one offering are its dates."""

    id = fields.UUIDField(primary_key=True, default=uuid4)
    mentor_id: int
    mentor: fields.ForeignKeyRelation[Model] = fields.ForeignKeyField(
        "models.User", related_name=False, on_delete=fields.RESTRICT
    )
    title = fields.CharField(max_length=140)
    rating = fields.FloatField(null=True)  # what all reviews come to; feedback writes it
    rating_count = fields.IntField(default=0, db_default=0)
    created_at = fields.DatetimeField()
    archived_at = fields.DatetimeField(null=True)

    class Meta:
        table = "offering"
        indexes = (Index(fields=("mentor_id", "created_at")), Index(fields=("rating",)))


class Series(Model):
    """Sessions that recur at one wall time: the first at `local_start`, then `count` - 1 more, each
    `every_weeks` weeks later by the clocks of `timezone`."""

    id = fields.UUIDField(primary_key=True, default=uuid4)
    mentor_id: int
    mentor: fields.ForeignKeyRelation[Model] = fields.ForeignKeyField(
        "models.User", related_name=False, on_delete=fields.RESTRICT
    )
    offering_id: UUID
    offering: fields.ForeignKeyRelation[Offering] = fields.ForeignKeyField(
        "models.Offering", related_name="series", on_delete=fields.RESTRICT
    )
    local_start = fields.CharField(max_length=16)
    timezone = fields.CharField(max_length=64)
    every_weeks = fields.IntField(default=1)
    count = fields.IntField()
    created_at = fields.DatetimeField()

    class Meta:
        table = "series"


class SessionDraft(Model):
    """What a mentor has written so far in the steps of creating a session, as they wrote it.

    `data` maps names of form fields to texts; `step` is the furthest one reached, from 1. `session_id` is
    the session that was made of it, after which it is history."""

    id = fields.UUIDField(primary_key=True, default=uuid4)
    mentor_id: int
    mentor: fields.ForeignKeyRelation[Model] = fields.ForeignKeyField(
        "models.User", related_name=False, on_delete=fields.CASCADE
    )
    offering_id: UUID | None
    offering: fields.ForeignKeyNullableRelation[Offering] = fields.ForeignKeyField(
        "models.Offering", related_name=False, null=True, on_delete=fields.SET_NULL
    )
    session_id: UUID | None
    session: fields.ForeignKeyNullableRelation[Session] = fields.ForeignKeyField(
        "models.Session", related_name=False, null=True, on_delete=fields.CASCADE
    )
    data: fields.JSONField[dict[str, object]] = fields.JSONField(default=dict)
    step = fields.IntField(default=1)
    created_at = fields.DatetimeField()
    updated_at = fields.DatetimeField()

    class Meta:
        table = "session_draft"
        indexes = (Index(fields=("mentor_id", "updated_at")),)


class Session(Model):
    """One dated lesson. `local_start` is the wall time its mentor chose, in `timezone`. One that is not
    `listed` is found only by who has its address. `series_position` counts from 0."""

    id = fields.UUIDField(primary_key=True, default=uuid4)
    mentor_id: int
    mentor: fields.ForeignKeyRelation[Model] = fields.ForeignKeyField(
        "models.User", related_name=False, on_delete=fields.RESTRICT
    )
    offering_id: UUID | None
    offering: fields.ForeignKeyNullableRelation[Offering] = fields.ForeignKeyField(
        "models.Offering", related_name="sessions", null=True, on_delete=fields.RESTRICT
    )
    series_id: UUID | None
    series: fields.ForeignKeyNullableRelation[Series] = fields.ForeignKeyField(
        "models.Series", related_name="sessions", null=True, on_delete=fields.RESTRICT
    )
    series_position = fields.IntField(null=True)
    title = fields.CharField(max_length=140)
    description = fields.TextField(default="")
    search_text = fields.TextField(default="", db_default="")  # its words and those of its skills
    audience = fields.CharField(max_length=300, default="", db_default="")
    prerequisites = fields.CharField(max_length=1000, default="", db_default="")
    level = fields.CharField(max_length=16)
    language = fields.CharField(max_length=35)
    starts_at = fields.DatetimeField()
    ends_at = fields.DatetimeField()
    local_start = fields.CharField(max_length=16)
    timezone = fields.CharField(max_length=64)
    capacity = fields.IntField()
    seats_taken = fields.IntField(default=0)
    price_minor = fields.BigIntField(default=0)
    currency = fields.CharField(max_length=3)
    status = fields.CharField(max_length=20, default=SessionStatus.DRAFT.value)
    recording = fields.CharField(max_length=8, default="auto")
    policy = fields.CharField(max_length=12, default="standard", db_default="standard")
    listed = fields.BooleanField(default=True, db_default=True)
    ics_uid = fields.CharField(max_length=64, unique=True)
    ics_sequence = fields.IntField(default=0)
    created_at = fields.DatetimeField()
    published_at = fields.DatetimeField(null=True)
    started_at = fields.DatetimeField(null=True)
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        table = "session"
        indexes = (
            Index(fields=("status", "starts_at")),
            Index(fields=("starts_at", "id")),  # the order of the timetable: a page of it is read off
            Index(fields=("mentor_id", "starts_at")),
            Index(fields=("offering_id", "starts_at")),
        )


class Objective(Model):
    """One thing that learners will be able to do afterwards."""

    id = fields.BigIntField(primary_key=True)
    session_id: UUID
    session: fields.ForeignKeyRelation[Session] = fields.ForeignKeyField(
        "models.Session", related_name="objectives", on_delete=fields.CASCADE
    )
    position = fields.IntField()
    text = fields.CharField(max_length=300)

    class Meta:
        table = "objective"
        unique_together = (("session", "position"),)


class SessionSkill(Model):
    """A skill that a session teaches."""

    id = fields.BigIntField(primary_key=True)
    session_id: UUID
    session: fields.ForeignKeyRelation[Session] = fields.ForeignKeyField(
        "models.Session", related_name="skill_links", on_delete=fields.CASCADE
    )
    skill_id: int
    skill: fields.ForeignKeyRelation[Model] = fields.ForeignKeyField(
        "models.Skill", related_name=False, on_delete=fields.RESTRICT
    )

    class Meta:
        table = "session_skill"
        unique_together = (("session", "skill"),)


class Booking(Model):
    """A learner's seat, with the price and the policy as they were when it was taken."""

    id = fields.BigIntField(primary_key=True)
    public_id = fields.UUIDField(unique=True, default=uuid4)
    session_id: UUID
    session: fields.ForeignKeyRelation[Session] = fields.ForeignKeyField(
        "models.Session", related_name="bookings", on_delete=fields.RESTRICT
    )
    learner_id: int
    learner: fields.ForeignKeyRelation[Model] = fields.ForeignKeyField(
        "models.User", related_name=False, on_delete=fields.RESTRICT
    )
    status = fields.CharField(max_length=24, default=BookingStatus.CONFIRMED.value)
    hold_expires_at = fields.DatetimeField(null=True)
    price_minor = fields.BigIntField(default=0)
    currency = fields.CharField(max_length=3)
    fee_minor = fields.BigIntField(default=0)
    policy: fields.JSONField[dict[str, object]] = fields.JSONField(default=dict)
    refund_minor = fields.BigIntField(null=True)  # what cancelling promised to give back
    created_at = fields.DatetimeField()
    confirmed_at = fields.DatetimeField(null=True)
    cancelled_at = fields.DatetimeField(null=True)

    class Meta:
        table = "booking"
        indexes = (
            Index(fields=("learner_id", "created_at")),
            Index(fields=("session_id", "status")),
            Index(fields=("status", "hold_expires_at")),
        )


class BusyCell(Model):
    """Five minutes of one person's time, taken by a session (mentor) or by a booking (learner)."""

    id = fields.BigIntField(primary_key=True)
    user: fields.ForeignKeyRelation[Model] = fields.ForeignKeyField(
        "models.User", related_name=False, on_delete=fields.CASCADE
    )
    cell = fields.BigIntField()
    session: fields.ForeignKeyNullableRelation[Session] = fields.ForeignKeyField(
        "models.Session", related_name=False, null=True, on_delete=fields.CASCADE
    )
    booking: fields.ForeignKeyNullableRelation[Booking] = fields.ForeignKeyField(
        "models.Booking", related_name=False, null=True, on_delete=fields.CASCADE
    )

    class Meta:
        table = "busy_cell"
        unique_together = (("user", "cell"),)
        indexes = (Index(fields=("session_id",)), Index(fields=("booking_id",)))
