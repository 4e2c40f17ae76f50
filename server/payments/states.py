"""The states of payments, refunds, transfers, payouts and disputes, and the moves between them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class PaymentStatus(StrEnum):
    """Of the money of one booking. `failed`: a card was refused, another one may be tried."""

    CREATED = "created"
    REQUIRES_ACTION = "requires_action"
    PROCESSING = "processing"
    FAILED = "failed"
    CANCELLED = "cancelled"
    SUCCEEDED = "succeeded"
    PARTIALLY_REFUNDED = "partially_refunded"
    REFUNDED = "refunded"


class RefundStatus(StrEnum):
    """`created` is decided and booked, `sent` is with the provider."""

    CREATED = "created"
    SENT = "sent"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class TransferStatus(StrEnum):
    CREATED = "created"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class PayoutStatus(StrEnum):
    """`transferred`: its money lies in the mentor's account, and the bank is asked. `failed`: the bank
    refused it; it is sent again, or reversed: everything is available again."""

    REQUESTED = "requested"
    TRANSFERRED = "transferred"
    IN_TRANSIT = "in_transit"
    PAID = "paid"
    FAILED = "failed"
    REVERSED = "reversed"


class DisputeStatus(StrEnum):
    OPEN = "open"
    WON = "won"
    LOST = "lost"


# The money came: the payment has an effect that only refunds and disputes undo.
PAID = (PaymentStatus.SUCCEEDED, PaymentStatus.PARTIALLY_REFUNDED, PaymentStatus.REFUNDED)
# It may still come.
UNPAID = (
    PaymentStatus.CREATED,
    PaymentStatus.REQUIRES_ACTION,
    PaymentStatus.PROCESSING,
    PaymentStatus.FAILED,
)

# What is told late is of a lower rank than what is known, and is not applied.
PAYMENT_MOVES: Mapping[str, frozenset[str]] = {
    PaymentStatus.CREATED: frozenset(set(UNPAID) | {PaymentStatus.CANCELLED, PaymentStatus.SUCCEEDED}),
    PaymentStatus.REQUIRES_ACTION: frozenset(
        set(UNPAID) | {PaymentStatus.CANCELLED, PaymentStatus.SUCCEEDED}
    ),
    PaymentStatus.PROCESSING: frozenset(set(UNPAID) | {PaymentStatus.CANCELLED, PaymentStatus.SUCCEEDED}),
    PaymentStatus.FAILED: frozenset(set(UNPAID) | {PaymentStatus.CANCELLED, PaymentStatus.SUCCEEDED}),
    PaymentStatus.CANCELLED: frozenset({PaymentStatus.SUCCEEDED}),  # the provider's word on money counts
    PaymentStatus.SUCCEEDED: frozenset({PaymentStatus.PARTIALLY_REFUNDED, PaymentStatus.REFUNDED}),
    PaymentStatus.PARTIALLY_REFUNDED: frozenset({PaymentStatus.REFUNDED, PaymentStatus.SUCCEEDED}),
    PaymentStatus.REFUNDED: frozenset({PaymentStatus.PARTIALLY_REFUNDED, PaymentStatus.SUCCEEDED}),
}
REFUND_MOVES: Mapping[str, frozenset[str]] = {
    RefundStatus.CREATED: frozenset({RefundStatus.SENT, RefundStatus.SUCCEEDED, RefundStatus.FAILED}),
    RefundStatus.SENT: frozenset({RefundStatus.SUCCEEDED, RefundStatus.FAILED}),
    RefundStatus.SUCCEEDED: frozenset({RefundStatus.FAILED}),  # banks refuse weeks later
}
TRANSFER_MOVES: Mapping[str, frozenset[str]] = {
    TransferStatus.CREATED: frozenset({TransferStatus.SUCCEEDED, TransferStatus.FAILED}),
}
PAYOUT_MOVES: Mapping[str, frozenset[str]] = {
    PayoutStatus.REQUESTED: frozenset({PayoutStatus.TRANSFERRED, PayoutStatus.REVERSED}),
    # back again: the provider holds the money for some days more
    PayoutStatus.TRANSFERRED: frozenset(
        {PayoutStatus.REQUESTED, PayoutStatus.IN_TRANSIT, PayoutStatus.FAILED}
    ),
    PayoutStatus.IN_TRANSIT: frozenset({PayoutStatus.PAID, PayoutStatus.FAILED}),
    PayoutStatus.PAID: frozenset({PayoutStatus.FAILED}),  # banks refuse days later
    PayoutStatus.FAILED: frozenset({PayoutStatus.REQUESTED, PayoutStatus.REVERSED}),
}
DISPUTE_MOVES: Mapping[str, frozenset[str]] = {
    DisputeStatus.OPEN: frozenset({DisputeStatus.WON, DisputeStatus.LOST}),
}
