"""Certificates and badges."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from tortoise import fields
from tortoise.models import Model

if TYPE_CHECKING:
    from server.accounts.models import User
    from server.booking.models import Session


class Certificate(Model):
    """That somebody attended a session, from measured presence. `code` can be checked by anybody.

    `content` is a `Content` of `values.py`: names and titles as they were. `listed`: its owner shows it
    on their profile. `reason` says to staff and owner why it was revoked."""

    id = fields.BigIntField(primary_key=True)
    code = fields.CharField(max_length=32, unique=True)
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="certificates"
    )
    user_id: int
    session: fields.ForeignKeyRelation[Session] = fields.ForeignKeyField(
        "models.Session", related_name="certificates"
    )
    session_id: UUID
    content: dict[str, object] = fields.JSONField()
    listed = fields.BooleanField(default=False, db_default=False)
    issued_at = fields.DatetimeField()
    revoked_at = fields.DatetimeField(null=True)
    reason = fields.TextField(default="")

    class Meta:
        table = "certificate"
        unique_together = (("user", "session"),)


class BadgeAward(Model):
    """A badge of `badges.py` that a person has earned."""

    id = fields.BigIntField(primary_key=True)
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField("models.User", related_name="badges")
    user_id: int
    badge = fields.CharField(max_length=40)
    earned_at = fields.DatetimeField()

    class Meta:
        table = "badge_award"
        unique_together = (("user", "badge"),)
