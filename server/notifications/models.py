"""What people were told, by which ways, what they want to be told, and where it can reach them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from tortoise import fields
from tortoise.models import Model

if TYPE_CHECKING:
    from server.accounts.models import Login, User


class Inbox(Model):
    """The counters of one person's notification centre.

    `last_seq` numbers their notifications without a gap, in the order of commits; `unread` counts those
    that have no `read_at`, so that every page can show it for nothing."""

    id = fields.BigIntField(primary_key=True)
    user: fields.OneToOneRelation[User] = fields.OneToOneField("models.User", related_name="inbox")
    user_id: int
    last_seq = fields.BigIntField(default=0)
    unread = fields.BigIntField(default=0)

    class Meta:
        table = "inbox"


class Notification(Model):
    """One thing in a person's notification centre. `about` fills the words of its `kind`; those of one
    `group_key` are shown together; `path` leads to the page it is about."""

    id = fields.BigIntField(primary_key=True)
    public_id: UUID = fields.UUIDField(unique=True, default=uuid4)
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="notifications"
    )
    user_id: int
    actor: fields.ForeignKeyNullableRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="caused_notifications", null=True
    )
    actor_id: int | None
    seq = fields.BigIntField()
    kind = fields.CharField(max_length=40)
    group_key = fields.CharField(max_length=120, default="")
    about: dict[str, object] = fields.JSONField(default=dict)
    path = fields.CharField(max_length=300, default="")
    dedupe_key = fields.CharField(max_length=200)
    created_at = fields.DatetimeField()
    read_at = fields.DatetimeField(null=True)

    class Meta:
        table = "notification"
        unique_together = (("user", "dedupe_key"), ("user", "seq"))
        indexes = (("user_id", "read_at"),)


class Delivery(Model):
    """One telling of one thing by one channel ("page", "mail", "push"), and what became of it.

    `status`: waiting (for a digest or the end of quiet hours), sent, suppressed (`detail` says by what),
    failed (and maybe tried again), bounced; gathered (into a digest that is on its way). `target` tells
    devices of one person apart; `message_id` is the mail's; what waits is withdrawn with its `cause`."""

    id = fields.BigIntField(primary_key=True)
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="deliveries"
    )
    user_id: int
    channel = fields.CharField(max_length=8)
    kind = fields.CharField(max_length=40)
    dedupe_key = fields.CharField(max_length=200)
    target = fields.CharField(max_length=64, default="")
    status = fields.CharField(max_length=12)
    subject = fields.CharField(max_length=300, default="")
    about: dict[str, object] = fields.JSONField(default=dict)
    message_id = fields.CharField(max_length=200, default="")
    cause = fields.CharField(max_length=80, default="", db_default="")
    detail = fields.TextField(default="")
    created_at = fields.DatetimeField()
    due_at = fields.DatetimeField(null=True)
    sent_at = fields.DatetimeField(null=True)

    class Meta:
        table = "delivery"
        unique_together = (("user", "channel", "dedupe_key", "target"),)
        indexes = (("user_id", "created_at"), ("status", "due_at"), ("message_id",), ("cause",))


class Preference(Model):
    """Whether a person wants one class of notifications by one channel; no row means the default."""

    id = fields.BigIntField(primary_key=True)
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="preferences"
    )
    user_id: int
    topic = fields.CharField(max_length=40)
    channel = fields.CharField(max_length=8)
    wanted = fields.BooleanField()
    updated_at = fields.DatetimeField()

    class Meta:
        table = "preference"
        unique_together = (("user", "topic", "channel"),)


class Rhythm(Model):
    """When a person wants to be told: quiet hours in their own zone (minutes from midnight; none when
    null), and how often what may wait is gathered into one mail ("at_once", "daily", "weekly").

    `push_says`: a push may name people and lessons, where others could look at the screen."""

    id = fields.BigIntField(primary_key=True)
    user: fields.OneToOneRelation[User] = fields.OneToOneField("models.User", related_name="rhythm")
    user_id: int
    quiet_from = fields.IntField(null=True)
    quiet_until = fields.IntField(null=True)
    digest = fields.CharField(max_length=8, default="at_once")
    digest_minute = fields.IntField(default=480)
    push_says = fields.BooleanField(default=False, db_default=False)
    updated_at = fields.DatetimeField()

    class Meta:
        table = "rhythm"


class MailAddress(Model):
    """What we know of an address beyond its owner: "ok", "bouncing" (tried again) or "dead"."""

    id = fields.BigIntField(primary_key=True)
    email_key = fields.CharField(max_length=640, unique=True)
    state = fields.CharField(max_length=10, default="ok")
    bounces = fields.IntField(default=0)
    reason = fields.TextField(default="")
    updated_at = fields.DatetimeField()

    class Meta:
        table = "mail_address"


class PushSubscription(Model):
    """One browser that takes Web Push (RFC 8030); it ends with the login that made it."""

    id = fields.BigIntField(primary_key=True)
    public_id: UUID = fields.UUIDField(unique=True, default=uuid4)
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="push_subscriptions"
    )
    user_id: int
    login: fields.ForeignKeyNullableRelation[Login] = fields.ForeignKeyField(
        "models.Login", related_name="push_subscriptions", null=True
    )
    login_id: int | None
    endpoint = fields.TextField()
    endpoint_hash = fields.CharField(max_length=64, unique=True)
    p256dh = fields.CharField(max_length=200)
    auth = fields.CharField(max_length=100)
    device = fields.CharField(max_length=100, default="")
    failures = fields.IntField(default=0)
    created_at = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)

    class Meta:
        table = "push_subscription"
