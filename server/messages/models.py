"""Conversations, what was written in them, and who has read how far."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from tortoise import fields
from tortoise.models import Model

if TYPE_CHECKING:
    from server.accounts.models import User
    from server.booking.models import Session


class Conversation(Model):
    """Two people, or the people of one session. `key` makes it the only one: "u:3:17" or "s:<id>".

    `last_seq` numbers its messages without a gap, in the order of commits."""

    id = fields.BigIntField(primary_key=True)
    public_id: UUID = fields.UUIDField(unique=True, default=uuid4)
    key = fields.CharField(max_length=60, unique=True)
    session: fields.ForeignKeyNullableRelation[Session] = fields.ForeignKeyField(
        "models.Session", related_name="conversations", null=True
    )
    session_id: UUID | None
    last_seq = fields.BigIntField(default=0)
    last_at = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField()

    class Meta:
        table = "conversation"


class ConversationMember(Model):
    """Somebody's place in a conversation: what they have read, and what they have put away."""

    id = fields.BigIntField(primary_key=True)
    conversation: fields.ForeignKeyRelation[Conversation] = fields.ForeignKeyField(
        "models.Conversation", related_name="members"
    )
    conversation_id: int
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="conversations"
    )
    user_id: int
    read_seq = fields.BigIntField(default=0)
    read_at = fields.DatetimeField(null=True)
    muted = fields.BooleanField(default=False)
    left_at = fields.DatetimeField(null=True)

    class Meta:
        table = "conversation_member"
        unique_together = (("conversation", "user"),)
        indexes = (("user_id",),)


class Message(Model):
    """One message; `client_key` is what its writer calls it, so that sending it again changes nothing."""

    id = fields.BigIntField(primary_key=True)
    public_id: UUID = fields.UUIDField(unique=True, default=uuid4)
    conversation: fields.ForeignKeyRelation[Conversation] = fields.ForeignKeyField(
        "models.Conversation", related_name="messages"
    )
    conversation_id: int
    sender: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="messages_sent"
    )
    sender_id: int
    seq = fields.BigIntField()
    client_key = fields.CharField(max_length=64, null=True)
    text = fields.TextField()
    created_at = fields.DatetimeField()
    removed_at = fields.DatetimeField(null=True)

    class Meta:
        table = "message"
        unique_together = (("conversation", "seq"), ("conversation", "sender", "client_key"))


class MessageFile(Model):
    """A file that goes with a message; without one it was uploaded and not sent yet."""

    id = fields.BigIntField(primary_key=True)
    public_id: UUID = fields.UUIDField(unique=True, default=uuid4)
    message: fields.ForeignKeyNullableRelation[Message] = fields.ForeignKeyField(
        "models.Message", related_name="files", null=True
    )
    message_id: int | None
    uploader: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="message_files"
    )
    uploader_id: int
    storage_key = fields.CharField(max_length=200)
    name = fields.CharField(max_length=200)
    content_type = fields.CharField(max_length=100)
    size = fields.BigIntField()
    created_at = fields.DatetimeField()

    class Meta:
        table = "message_file"


class Report(Model):
    """Somebody says that something written or a person breaks the rules; `evidence` is what they saw."""

    id = fields.BigIntField(primary_key=True)
    public_id: UUID = fields.UUIDField(unique=True, default=uuid4)
    reporter: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="reports_made"
    )
    reporter_id: int
    reported: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="reports"
    )
    reported_id: int
    subject = fields.CharField(max_length=20)
    subject_id = fields.CharField(max_length=40)
    reason = fields.CharField(max_length=20)
    text = fields.TextField(default="")
    evidence: dict[str, object] = fields.JSONField(default=dict)
    status = fields.CharField(max_length=12, default="open")
    verdict = fields.TextField(default="")
    created_at = fields.DatetimeField()
    decided_by: fields.ForeignKeyNullableRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="reports_decided", null=True
    )
    decided_by_id: int | None
    decided_at = fields.DatetimeField(null=True)

    class Meta:
        table = "report"
        unique_together = (("reporter", "subject", "subject_id"),)
        indexes = (("status",),)
