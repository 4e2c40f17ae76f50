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
    the session has ended). `told_at`: since when nobody need hear of it any more. One whose draft was
    deleted has no session, and goes. Several rows may share what is stored under `storage_key`."""

    id = fields.BigIntField(primary_key=True)
    public_id: UUID = fields.UUIDField(unique=True, default=uuid4)
    session: fields.ForeignKeyNullableRelation[Session] = fields.ForeignKeyField(
        "models.Session", related_name="materials", null=True, on_delete=fields.SET_NULL
    )
    session_id: UUID | None
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
    told_at = fields.DatetimeField(null=True)

    class Meta:
        table = "material"
        indexes = (("session_id", "phase"), ("uploader_id", "created_at"), ("storage_key",))
