"""Accounts, transactions and entries. Transactions and entries are append-only (`raw_objects.py`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tortoise import fields
from tortoise.models import Model

if TYPE_CHECKING:
    from server.accounts.models import User


class LedgerAccount(Model):
    """One account in one currency: the platform's, or a person's (`owner`); `key` says which. What it
    holds is the sum of its entries; nothing is kept beside them. Who takes from a balance bumps `version`
    first, so that of two at once the second sees what the first took."""

    id = fields.BigIntField(primary_key=True)
    key = fields.CharField(max_length=80, unique=True)
    name = fields.CharField(max_length=40)
    owner: fields.ForeignKeyNullableRelation[User] = fields.ForeignKeyField(
        "models.User", related_name=False, null=True, on_delete=fields.RESTRICT
    )
    owner_id: int | None
    currency = fields.CharField(max_length=3)
    version = fields.BigIntField(default=0)

    class Meta:
        table = "ledger_account"
        indexes = (("owner_id", "name"),)


class LedgerTransaction(Model):
    """One event of money. `key` names it, so that what is told twice is booked once; `subject` is what
    it is about ("payment:17")."""

    id = fields.BigIntField(primary_key=True)
    key = fields.CharField(max_length=120, unique=True)
    kind = fields.CharField(max_length=40)
    subject = fields.CharField(max_length=60)
    at = fields.DatetimeField()

    class Meta:
        table = "ledger_transaction"
        indexes = (("subject",), ("at",))


class LedgerEntry(Model):
    """`amount_minor` from one account to another of the same currency: balanced by construction."""

    id = fields.BigIntField(primary_key=True)
    transaction: fields.ForeignKeyRelation[LedgerTransaction] = fields.ForeignKeyField(
        "models.LedgerTransaction", related_name="entries", on_delete=fields.RESTRICT
    )
    transaction_id: int
    debit: fields.ForeignKeyRelation[LedgerAccount] = fields.ForeignKeyField(
        "models.LedgerAccount", related_name="debits", on_delete=fields.RESTRICT
    )
    debit_id: int
    credit: fields.ForeignKeyRelation[LedgerAccount] = fields.ForeignKeyField(
        "models.LedgerAccount", related_name="credits", on_delete=fields.RESTRICT
    )
    credit_id: int
    currency = fields.CharField(max_length=3)
    amount_minor = fields.BigIntField()

    class Meta:
        table = "ledger_entry"
        indexes = (("debit_id",), ("credit_id",), ("transaction_id",))
