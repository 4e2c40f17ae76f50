"""Tables of settlement: what was decided of each seat, and what people object to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from server.settlement.states import IssueStatus

if TYPE_CHECKING:
    from server.accounts.models import User


class Verdict(Model):
    """What became of one seat, by which `rule`; written once (`raw_objects.py`). `evidence` is what it
    was judged by, as of server/settlement/evidence.py; amounts are in minor units."""

    id = fields.BigIntField(primary_key=True)
    booking_id: int
    booking: fields.OneToOneRelation[Model] = fields.OneToOneField(
        "models.Booking", related_name=False, on_delete=fields.RESTRICT
    )
    session_id: UUID
    session: fields.ForeignKeyRelation[Model] = fields.ForeignKeyField(
        "models.Session", related_name=False, on_delete=fields.RESTRICT
    )
    learner_id: int
    learner: fields.ForeignKeyRelation[Model] = fields.ForeignKeyField(
        "models.User", related_name=False, on_delete=fields.RESTRICT
    )
    mentor_id: int
    mentor: fields.ForeignKeyRelation[Model] = fields.ForeignKeyField(
        "models.User", related_name=False, on_delete=fields.RESTRICT
    )
    rule = fields.CharField(max_length=12)
    outcome = fields.CharField(max_length=20)
    due_min = fields.IntField()
    taught_min = fields.IntField()
    node_min = fields.IntField()
    own_min = fields.IntField()
    refund_minor = fields.BigIntField()
    credit_minor = fields.BigIntField()
    currency = fields.CharField(max_length=3)
    evidence: fields.JSONField[dict[str, Any]] = fields.JSONField()
    decided_at = fields.DatetimeField()

    class Meta:
        table = "verdict"
        indexes = (
            Index(fields=("session_id",)),
            Index(fields=("learner_id", "decided_at")),
            Index(fields=("mentor_id", "decided_at")),
        )


class Issue(Model):
    """Somebody says that something was wrong with a lesson: the learner, the mentor, or the platform
    itself (no `opener`) where it can't judge. While it is open its payment is held.

    One of the staff takes it, and decides by `due_at`: `refund_minor` was given back then out of the
    payment, `credit_minor` by the platform."""

    id = fields.BigIntField(primary_key=True)
    public_id = fields.UUIDField(unique=True, default=uuid4)
    booking_id: int
    booking: fields.ForeignKeyRelation[Model] = fields.ForeignKeyField(
        "models.Booking", related_name=False, on_delete=fields.RESTRICT
    )
    opener_id: int | None
    opener: fields.ForeignKeyNullableRelation[Model] = fields.ForeignKeyField(
        "models.User", related_name=False, null=True, on_delete=fields.RESTRICT
    )
    side = fields.CharField(max_length=8)
    category = fields.CharField(max_length=20)
    text = fields.CharField(max_length=2000, default="")
    status = fields.CharField(max_length=8, default=IssueStatus.OPEN.value)
    opened_at = fields.DatetimeField()
    due_at = fields.DatetimeField()
    taken_by_id: int | None
    taken_by: fields.ForeignKeyNullableRelation[User] = fields.ForeignKeyField(
        "models.User", related_name=False, null=True, on_delete=fields.RESTRICT
    )
    taken_at = fields.DatetimeField(null=True)
    resolution = fields.CharField(max_length=8, default="")
    refund_minor = fields.BigIntField(default=0)
    credit_minor = fields.BigIntField(default=0)
    answer = fields.CharField(max_length=2000, default="")
    decided_by_id: int | None
    decided_by: fields.ForeignKeyNullableRelation[User] = fields.ForeignKeyField(
        "models.User", related_name=False, null=True, on_delete=fields.RESTRICT
    )
    decided_at = fields.DatetimeField(null=True)

    class Meta:
        table = "issue"
        indexes = (
            Index(fields=("booking_id",)),
            Index(fields=("status", "due_at")),
            Index(fields=("opener_id",)),
        )
