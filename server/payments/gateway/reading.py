"""From the library's objects to plain answers. Pure."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from server.payments.gateway.answers import (
    AccountSeen,
    Charge,
    DisputeSeen,
    Intent,
    Movement,
    PayoutSeen,
    RefundSeen,
    ReversalSeen,
    Told,
    TransferSeen,
)

Seen = dict[str, Any]


def intent_of(seen: Seen) -> Intent:
    error = seen.get("last_payment_error") or {}
    return Intent(
        id=seen["id"],
        status=seen["status"],
        amount_minor=seen["amount"],
        received_minor=seen.get("amount_received") or 0,
        currency=seen["currency"].upper(),
        client_secret=seen.get("client_secret") or "",
        charge_id=_id(seen.get("latest_charge")),
        failure=str(error.get("message") or "")[:300],
        metadata=seen.get("metadata") or {},
    )


def charge_of(seen: Seen, transaction: Seen | None) -> Charge:
    card = (seen.get("payment_method_details") or {}).get("card") or {}
    named = f"{card.get('brand') or ''} {card.get('last4') or ''}".strip()
    return Charge(
        id=seen["id"],
        amount_minor=seen["amount"],
        refunded_minor=seen.get("amount_refunded") or 0,
        card=named[:40],
        transaction_id=_id(seen.get("balance_transaction")),
        fee_minor=transaction["fee"] if transaction else None,
        disputed=bool(seen.get("disputed")),
        intent_id=_id(seen.get("payment_intent")),
    )


def refund_of(seen: Seen) -> RefundSeen:
    return RefundSeen(
        id=seen["id"],
        status=seen.get("status") or "pending",
        amount_minor=seen["amount"],
        failure=str(seen.get("failure_reason") or ""),
        metadata=seen.get("metadata") or {},
        intent_id=_id(seen.get("payment_intent")) or "",
    )


def account_of(seen: Seen) -> AccountSeen:
    required = seen.get("requirements") or {}
    return AccountSeen(
        id=seen["id"],
        details_submitted=bool(seen.get("details_submitted")),
        payouts_enabled=bool(seen.get("payouts_enabled")),
        missing=tuple(required.get("currently_due") or ()),
    )


def transfer_of(seen: Seen) -> TransferSeen:
    return TransferSeen(seen["id"], seen["amount"], seen.get("amount_reversed") or 0, _key(seen))


def reversal_of(seen: Seen) -> ReversalSeen:
    return ReversalSeen(seen["id"], seen["amount"], _key(seen))


def payout_of(seen: Seen) -> PayoutSeen:
    return PayoutSeen(
        id=seen["id"],
        status=seen["status"],
        amount_minor=seen["amount"],
        arrives_at=_instant(seen.get("arrival_date")),
        failure=str(seen.get("failure_message") or "")[:300],
        key=_key(seen),
    )


def dispute_of(seen: Seen) -> DisputeSeen:
    opened_at = _instant(seen["created"])
    assert opened_at is not None
    return DisputeSeen(
        id=seen["id"],
        status=seen["status"],
        amount_minor=seen["amount"],
        currency=seen["currency"].upper(),
        intent_id=_id(seen.get("payment_intent")) or "",
        reason=str(seen.get("reason") or ""),
        due_by=_instant((seen.get("evidence_details") or {}).get("due_by")),
        opened_at=opened_at,
        fees={each["id"]: each["fee"] for each in seen.get("balance_transactions") or () if each["fee"]},
    )


def movement_of(seen: Seen) -> Movement:
    moved_at = _instant(seen["created"])
    assert moved_at is not None
    return Movement(
        id=seen["id"],
        kind=seen["type"],
        source=_id(seen.get("source")) or "",
        amount_minor=seen["amount"],
        fee_minor=seen["fee"],
        currency=seen["currency"].upper(),
        moved_at=moved_at,
    )


def told_of(seen: Seen) -> Told:
    about = seen["data"]["object"]
    created_at = _instant(seen["created"])
    assert created_at is not None
    return Told(
        id=seen["id"],
        kind=seen["type"],
        object_id=str(about.get("id") or ""),
        account=str(seen.get("account") or ""),
        created_at=created_at,
        metadata=about.get("metadata") or {},
    )


def _key(seen: Seen) -> str:
    """The key of ours under which it was asked for."""
    return str((seen.get("metadata") or {}).get("key", ""))


def _id(value: Any) -> str | None:
    """References come as ids, or as the objects themselves where they were expanded."""
    found = value["id"] if isinstance(value, dict) else value
    return None if found is None else str(found)


def _instant(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
