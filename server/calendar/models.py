"""Who has a calendar feed."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from tortoise import fields
from tortoise.models import Model

if TYPE_CHECKING:
    from server.accounts.models import User


class CalendarFeed(Model):
    """A person's feed. Its address is made of `public_id` and a signature: nothing secret is kept, and a
    new `public_id` ends the old address. `tag` tells one state of its content from another, since
    `changed_at`; `read_at` is when a program last asked for it."""

    id = fields.BigIntField(primary_key=True)
    user: fields.OneToOneRelation[User] = fields.OneToOneField(
        "models.User", related_name=False, on_delete=fields.CASCADE
    )
    user_id: int
    public_id: UUID = fields.UUIDField(unique=True, default=uuid4)
    created_at = fields.DatetimeField()
    read_at = fields.DatetimeField(null=True)
    tag = fields.CharField(max_length=64, default="", db_default="")
    changed_at = fields.DatetimeField(null=True)

    class Meta:
        table = "calendar_feed"
