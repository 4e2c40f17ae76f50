"""Tables of payments. What is sent to the provider is written here first, with the key under which it is
asked for: a crash between the two leaves a row that says what to ask again.

Amounts are in minor units of `currency`. Checks stand in `server/infra/raw_objects.py`.
"""

from __future__ import annotations

from uuid import UUID, uuid4

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from server.payments.states import (
    DisputeStatus,
    PaymentStatus,
    PayoutStatus,
    RefundStatus,
    TransferStatus,
)


class Payment(Model):
    """The money of one booking. `refunded_minor` counts what is given back, also while it is on its way;
    `lost_minor` what banks took back for good. What is left was earned when it is `released_at`, which it
    is not while it is `held_for` something ("issue:…")."""

    id = fields.BigIntField(primary_key=True)
    public_id = fields.UUIDField(unique=True, default=uuid4)
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
    method = fields.CharField(max_length=8, default="card")  # or "credit": what we owed the learner
    amount_minor = fields.BigIntField()
    currency = fields.CharField(max_length=3)
    commission_minor = fields.BigIntField()
    status = fields.CharField(max_length=20, default=PaymentStatus.CREATED.value)
    provider_key = fields.CharField(max_length=80, unique=True)
    provider_id = fields.CharField(max_length=80, null=True, unique=True)
    client_secret = fields.CharField(max_length=200, default="")
    charge_id = fields.CharField(max_length=80, null=True, unique=True)
    provider_fee_minor = fields.BigIntField(null=True)
    card = fields.CharField(max_length=40, default="")  # brand and last four digits, for receipts
    failure = fields.CharField(max_length=300, default="")
    refunded_minor = fields.BigIntField(default=0)
    lost_minor = fields.BigIntField(default=0)
    receipt_number = fields.BigIntField(null=True, unique=True)
    created_at = fields.DatetimeField()
    checked_at = fields.DatetimeField(null=True)  # when the provider was last asked
    succeeded_at = fields.DatetimeField(null=True)
    released_at = fields.DatetimeField(null=True)
    held_for = fields.CharField(max_length=60, default="", db_default="")

    class Meta:
        table = "payment"
        indexes = (
            Index(fields=("learner_id", "created_at")),
            Index(fields=("mentor_id", "succeeded_at")),
            Index(fields=("session_id",)),
            Index(fields=("status", "created_at")),
            Index(fields=("succeeded_at", "id")),
        )


class Refund(Model):
    """A part of a payment that goes back. `cause` names what it is for, so that it is decided once.

    One that is `late` came after the release: mentor and platform give back their shares."""

    id = fields.BigIntField(primary_key=True)
    public_id = fields.UUIDField(unique=True, default=uuid4)
    payment_id: int
    payment: fields.ForeignKeyRelation[Payment] = fields.ForeignKeyField(
        "models.Payment", related_name="refunds", on_delete=fields.RESTRICT
    )
    cause = fields.CharField(max_length=80, unique=True)
    amount_minor = fields.BigIntField()
    late = fields.BooleanField(default=False)
    mentor_minor = fields.BigIntField(default=0)
    platform_minor = fields.BigIntField(default=0)
    reason = fields.CharField(max_length=300, default="")
    actor_id: int | None
    actor: fields.ForeignKeyNullableRelation[Model] = fields.ForeignKeyField(
        "models.User", related_name=False, null=True, on_delete=fields.SET_NULL
    )
    status = fields.CharField(max_length=12, default=RefundStatus.CREATED.value)
    provider_key = fields.CharField(max_length=80, unique=True)
    provider_id = fields.CharField(max_length=80, null=True, unique=True)
    failure = fields.CharField(max_length=300, default="")
    created_at = fields.DatetimeField()
    settled_at = fields.DatetimeField(null=True)

    class Meta:
        table = "refund"
        indexes = (Index(fields=("payment_id",)), Index(fields=("status", "created_at")))


class Dispute(Model):
    """A learner's bank took a payment back, until it is decided. `late`: after the release."""

    id = fields.BigIntField(primary_key=True)
    public_id = fields.UUIDField(unique=True, default=uuid4)
    payment_id: int
    payment: fields.ForeignKeyRelation[Payment] = fields.ForeignKeyField(
        "models.Payment", related_name="disputes", on_delete=fields.RESTRICT
    )
    provider_id = fields.CharField(max_length=80, unique=True)
    amount_minor = fields.BigIntField()
    currency = fields.CharField(max_length=3)
    reason = fields.CharField(max_length=60, default="")
    status = fields.CharField(max_length=8, default=DisputeStatus.OPEN.value)
    due_by = fields.DatetimeField(null=True)
    opened_at = fields.DatetimeField()
    closed_at = fields.DatetimeField(null=True)

    class Meta:
        table = "dispute"
        indexes = (Index(fields=("payment_id",)), Index(fields=("status", "opened_at")))


class ConnectedAccount(Model):
    """A mentor's account at the provider, as it was when we last heard of it."""

    id = fields.BigIntField(primary_key=True)
    user_id: int
    user: fields.OneToOneRelation[Model] = fields.OneToOneField(
        "models.User", related_name=False, on_delete=fields.RESTRICT
    )
    provider_key = fields.CharField(max_length=80, unique=True)
    provider_id = fields.CharField(max_length=80, null=True, unique=True)
    details_submitted = fields.BooleanField(default=False)
    payouts_enabled = fields.BooleanField(default=False)
    missing: fields.JSONField[list[str]] = fields.JSONField(default=list)  # what the provider still asks
    created_at = fields.DatetimeField()
    checked_at = fields.DatetimeField(null=True)

    class Meta:
        table = "connected_account"


class Payout(Model):
    """What a mentor asked for: transfers to their account at the provider, then from there to a bank."""

    id = fields.BigIntField(primary_key=True)
    public_id = fields.UUIDField(unique=True, default=uuid4)
    mentor_id: int
    mentor: fields.ForeignKeyRelation[Model] = fields.ForeignKeyField(
        "models.User", related_name=False, on_delete=fields.RESTRICT
    )
    account_id: int
    account: fields.ForeignKeyRelation[ConnectedAccount] = fields.ForeignKeyField(
        "models.ConnectedAccount", related_name="payouts", on_delete=fields.RESTRICT
    )
    amount_minor = fields.BigIntField()
    currency = fields.CharField(max_length=3)
    status = fields.CharField(max_length=12, default=PayoutStatus.REQUESTED.value)
    attempt = fields.IntField(default=1)
    provider_key = fields.CharField(max_length=80, unique=True)
    provider_id = fields.CharField(max_length=80, null=True, unique=True)
    failure = fields.CharField(max_length=300, default="")
    requested_at = fields.DatetimeField()
    arrives_at = fields.DatetimeField(null=True)
    settled_at = fields.DatetimeField(null=True)

    class Meta:
        table = "payout"
        indexes = (Index(fields=("mentor_id", "requested_at")), Index(fields=("status", "requested_at")))


class Transfer(Model):
    """The mentor's share of one payment, or a part of it, on its way to their account."""

    id = fields.BigIntField(primary_key=True)
    payout_id: int
    payout: fields.ForeignKeyRelation[Payout] = fields.ForeignKeyField(
        "models.Payout", related_name="transfers", on_delete=fields.RESTRICT
    )
    payment_id: int
    payment: fields.ForeignKeyRelation[Payment] = fields.ForeignKeyField(
        "models.Payment", related_name="transfers", on_delete=fields.RESTRICT
    )
    amount_minor = fields.BigIntField()
    reversed_minor = fields.BigIntField(default=0)
    status = fields.CharField(max_length=12, default=TransferStatus.CREATED.value)
    provider_key = fields.CharField(max_length=80, unique=True)
    provider_id = fields.CharField(max_length=80, null=True, unique=True)
    failure = fields.CharField(max_length=300, default="")
    created_at = fields.DatetimeField()

    class Meta:
        table = "transfer"
        indexes = (Index(fields=("payout_id",)), Index(fields=("payment_id",)))


class Reversal(Model):
    """A part of a transfer that comes back: for a refund after the release, or a payout that failed."""

    id = fields.BigIntField(primary_key=True)
    transfer_id: int
    transfer: fields.ForeignKeyRelation[Transfer] = fields.ForeignKeyField(
        "models.Transfer", related_name="reversals", on_delete=fields.RESTRICT
    )
    cause = fields.CharField(max_length=80, unique=True)
    amount_minor = fields.BigIntField()
    status = fields.CharField(max_length=12, default=TransferStatus.CREATED.value)
    provider_key = fields.CharField(max_length=80, unique=True)
    provider_id = fields.CharField(max_length=80, null=True, unique=True)
    failure = fields.CharField(max_length=300, default="")
    created_at = fields.DatetimeField()

    class Meta:
        table = "transfer_reversal"
        indexes = (Index(fields=("transfer_id",)),)


class StripeEvent(Model):
    """What the provider told us, once for each event. `object_id` is what it is about, `account` whose it
    is where that is a mentor's. Until it is `handled_at` it waits for its job."""

    id = fields.CharField(max_length=80, primary_key=True)
    kind = fields.CharField(max_length=80)
    account = fields.CharField(max_length=80, default="")
    object_id = fields.CharField(max_length=80)
    created_at = fields.DatetimeField()  # by the provider's clock
    received_at = fields.DatetimeField()
    handled_at = fields.DatetimeField(null=True)
    outcome = fields.CharField(max_length=200, default="")

    class Meta:
        table = "stripe_event"
        indexes = (Index(fields=("received_at",)), Index(fields=("object_id",)))


class BalanceMovement(Model):
    """One movement of our balance at the provider, and what of ours it belongs to; `finding` says what is
    wrong with it."""

    id = fields.CharField(max_length=80, primary_key=True)
    kind = fields.CharField(max_length=60)
    source = fields.CharField(max_length=80, default="")
    amount_minor = fields.BigIntField()
    fee_minor = fields.BigIntField()
    currency = fields.CharField(max_length=3)
    moved_at = fields.DatetimeField()
    subject = fields.CharField(max_length=60, default="")
    finding = fields.CharField(max_length=200, default="")

    class Meta:
        table = "balance_movement"
        indexes = (Index(fields=("moved_at",)), Index(fields=("source",)))


class Reconciliation(Model):
    """One comparison of the books with the provider's balance, in one currency."""

    id = fields.BigIntField(primary_key=True)
    currency = fields.CharField(max_length=3)
    checked_at = fields.DatetimeField()
    provider_minor = fields.BigIntField()
    books_minor = fields.BigIntField()
    movements = fields.IntField()
    findings: fields.JSONField[list[str]] = fields.JSONField(default=list)

    class Meta:
        table = "reconciliation"
        indexes = (Index(fields=("checked_at",)),)


class Counter(Model):
    """Numbers that are given out one after the other, without gaps (receipts)."""

    name = fields.CharField(max_length=40, primary_key=True)
    value = fields.BigIntField(default=0)

    class Meta:
        table = "counter"


class Receipt(Model):
    """What a receipt says, as it was when the money came: names and titles may change later, receipts
    don't. `content` is of server/payments/receipts/content.py."""

    id = fields.BigIntField(primary_key=True)
    number = fields.BigIntField(unique=True)
    payment_id: int
    payment: fields.OneToOneRelation[Payment] = fields.OneToOneField(
        "models.Payment", related_name=False, on_delete=fields.RESTRICT
    )
    content: fields.JSONField[dict[str, object]] = fields.JSONField()
    issued_at = fields.DatetimeField()

    class Meta:
        table = "receipt"
