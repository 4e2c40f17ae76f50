"""Pathways, their steps, and who follows them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from tortoise import fields
from tortoise.models import Model

if TYPE_CHECKING:
    from server.accounts.models import User
    from server.booking.models import Offering


class Pathway(Model):
    """What a mentor recommends to learn in this order. status: draft -> published -> archived."""

    id: UUID = fields.UUIDField(primary_key=True, default=uuid4)
    slug = fields.CharField(max_length=80, unique=True)
    mentor: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name=False, on_delete=fields.RESTRICT
    )
    mentor_id: int
    title = fields.CharField(max_length=140)
    description = fields.TextField(default="")
    level = fields.CharField(max_length=16)
    status = fields.CharField(max_length=12, default="draft")
    created_at = fields.DatetimeField()
    published_at = fields.DatetimeField(null=True)

    class Meta:
        table = "pathway"
        indexes = (("mentor_id", "created_at"), ("status", "published_at"))


class PathwayStep(Model):
    """One offering of a pathway; `position` counts from 0."""

    id = fields.BigIntField(primary_key=True)
    pathway: fields.ForeignKeyRelation[Pathway] = fields.ForeignKeyField(
        "models.Pathway", related_name="steps", on_delete=fields.CASCADE
    )
    pathway_id: UUID
    position = fields.IntField()
    offering: fields.ForeignKeyRelation[Offering] = fields.ForeignKeyField(
        "models.Offering", related_name=False, on_delete=fields.RESTRICT
    )
    offering_id: UUID

    class Meta:
        table = "pathway_step"
        unique_together = (("pathway", "position"), ("pathway", "offering"))


class PathwayEnrolment(Model):
    """A learner follows a pathway."""

    id = fields.BigIntField(primary_key=True)
    pathway: fields.ForeignKeyRelation[Pathway] = fields.ForeignKeyField(
        "models.Pathway", related_name="enrolments", on_delete=fields.CASCADE
    )
    pathway_id: UUID
    learner: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name=False, on_delete=fields.CASCADE
    )
    learner_id: int
    created_at = fields.DatetimeField()
    completed_at = fields.DatetimeField(null=True)

    class Meta:
        table = "pathway_enrolment"
        unique_together = (("pathway", "learner"),)
        indexes = (("learner_id",),)
