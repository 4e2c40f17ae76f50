"""Tables that belong to no feature: the outbox, stored mails, transitions, idempotent answers."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model


class OutboxRow(Model):
    """A job written in the transaction that wants it; the worker runs it after the commit.

    `cause` names what it is about ("session:<id>"): when that falls away, the jobs that wait for a later
    time are withdrawn."""

    id = fields.BigIntField(primary_key=True)
    job = fields.CharField(max_length=100)
    payload: dict[str, object] = fields.JSONField()
    run_at = fields.DatetimeField()
    attempts = fields.IntField(default=0)
    lease_until = fields.DatetimeField(null=True)
    dedupe_key = fields.CharField(max_length=200, null=True, unique=True)
    cause = fields.CharField(max_length=80, null=True)
    last_error = fields.TextField(default="")
    created_at = fields.DatetimeField()
    done_at = fields.DatetimeField(null=True)
    failed_at = fields.DatetimeField(null=True)

    class Meta:
        table = "outbox"
        indexes = (("done_at", "failed_at", "run_at"), ("cause",))


class MailRow(Model):
    """A mail kept in the database instead of being sent (development). `attachments` is a list of
    {name, media_type, text}; null for none."""

    id = fields.BigIntField(primary_key=True)
    recipient = fields.CharField(max_length=320)
    subject = fields.CharField(max_length=300)
    text = fields.TextField()
    html = fields.TextField()
    attachments: list[dict[str, str]] | None = fields.JSONField(null=True)
    created_at = fields.DatetimeField()

    class Meta:
        table = "mail"


class StateTransition(Model):
    """One move of a state machine: what, from where to where, who did it and why."""

    id = fields.BigIntField(primary_key=True)
    entity = fields.CharField(max_length=40)
    entity_id = fields.CharField(max_length=40)
    old = fields.CharField(max_length=40)
    new = fields.CharField(max_length=40)
    actor_id = fields.BigIntField(null=True)
    reason = fields.TextField(default="")
    at = fields.DatetimeField()

    class Meta:
        table = "state_transition"
        indexes = (("entity", "entity_id"),)


class IdempotencyRecord(Model):
    """The stored answer of one POST with an Idempotency-Key, kept for a day."""

    id = fields.BigIntField(primary_key=True)
    user_id = fields.BigIntField()
    key = fields.CharField(max_length=255)
    fingerprint = fields.CharField(max_length=64)
    status = fields.IntField(null=True)
    body = fields.TextField(default="")
    created_at = fields.DatetimeField()

    class Meta:
        table = "idempotency_record"
        unique_together = (("user_id", "key"),)
        indexes = (("created_at",),)


class AuditRow(Model):
    """Something an administrator did or looked at that its subject may ask about; never changed."""

    id = fields.BigIntField(primary_key=True)
    actor_id = fields.BigIntField(null=True)
    action = fields.CharField(max_length=60)
    subject = fields.CharField(max_length=40)
    subject_id = fields.CharField(max_length=40)
    detail: dict[str, object] = fields.JSONField(default=dict)
    reason = fields.TextField(default="")
    at = fields.DatetimeField()

    class Meta:
        table = "audit_log"
        indexes = (("subject", "subject_id"), ("at",))
