"""Stripe's test cards, by the names that stand for them (`pm_card_…`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from server.payments.sandbox.errors import Refused

Fate = Literal["pays", "asks", "declined", "disputed", "refund_fails", "refund_waits"]


@dataclass(frozen=True, slots=True)
class Card:
    """`asks`: it is paid after the holder has confirmed it (3-D Secure). `code` is why it is declined."""

    number: str
    fate: Fate
    brand: str = "visa"
    code: str = ""
    decline_code: str | None = None

    @property
    def last4(self) -> str:
        return self.number[-4:]


CARDS: dict[str, Card] = {
    "pm_card_visa": Card("4242424242424242", "pays"),
    "pm_card_mastercard": Card("5555555555554444", "pays", "mastercard"),
    "pm_card_authenticationRequired": Card("4000002500003155", "asks"),
    "pm_card_threeDSecure2Required": Card("4000000000003220", "asks"),
    "pm_card_chargeDeclined": Card(
        "4000000000000002", "declined", code="card_declined", decline_code="generic_decline"
    ),
    "pm_card_chargeDeclinedInsufficientFunds": Card(
        "4000000000009995", "declined", code="card_declined", decline_code="insufficient_funds"
    ),
    "pm_card_chargeDeclinedExpiredCard": Card("4000000000000069", "declined", code="expired_card"),
    "pm_card_createDispute": Card("4000000000000259", "disputed"),
    "pm_card_refundFail": Card("4000000000005126", "refund_fails"),
    "pm_card_pendingRefund": Card("4000000000007726", "refund_waits"),
}
MESSAGES = {
    "card_declined": "Your card was declined.",
    "expired_card": "Your card has expired.",
}


def card_named(name: str) -> Card:
    """Raises Refused for a name that stands for no card."""
    if name not in CARDS:
        raise Refused(f"No such PaymentMethod: '{name}'", code="resource_missing", param="payment_method")
    return CARDS[name]
