"""Files of sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from tortoise import fields
from tortoise.models import Model

if TYPE_CHECKING:
    from server.accounts.models import User
    from server.booking.models import Session


class Material(Model):
    """One file. `phase` says from when learners see it: "before" (once they have a seat) or "after" (once
    the session has ended)."""

    id = fields.BigIntField(primary_key=True)
    public_id: UUID = fields.UUIDField(unique=True, default=uuid4)
    session: fields.ForeignKeyRelation[Session] = fields.ForeignKeyField(
        "models.Session", related_name="materials", on_delete=fields.RESTRICT
    )
    session_id: UUID
    uploader: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name=False, on_delete=fields.RESTRICT
    )
    uploader_id: int
    name = fields.CharField(max_length=200)
    content_type = fields.CharField(max_length=100)
    size = fields.BigIntField()
    sha256 = fields.CharField(max_length=64)
    storage_key = fields.CharField(max_length=200)
    phase = fields.CharField(max_length=8, default="before")
    created_at = fields.DatetimeField()

    class Meta:
        table = "material"
        indexes = (("session_id", "phase"),)
