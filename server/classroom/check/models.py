"""What a technical check found."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from tortoise import fields
from tortoise.models import Model

if TYPE_CHECKING:
    from server.accounts.models import User


class TechnicalCheck(Model):
    """Somebody's latest check for a session: `verdict` is ready, limited or failed, `found` each part's
    result and figures."""

    id = fields.BigIntField(primary_key=True)
    session_id: UUID
    session: fields.ForeignKeyRelation[Model] = fields.ForeignKeyField(
        "models.Session", related_name=False, on_delete=fields.CASCADE
    )
    user_id: int
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name=False, on_delete=fields.CASCADE
    )
    verdict = fields.CharField(max_length=8)
    found: dict[str, Any] = fields.JSONField()
    at: datetime = fields.DatetimeField()

    class Meta:
        table = "technical_check"
        unique_together = (("session", "user"),)
