"""Stripe's test cards, by the names that stand for them (`pm_card_…`) and by the numbers people type."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from server.payments.sandbox.errors import Refused, declined, wanted
from server.payments.sandbox.forms import text

Fate = Literal["pays", "asks", "declined", "disputed", "refund_fails", "refund_waits"]


@dataclass(frozen=True, slots=True)
class Card:
    """`asks`: it is paid after the holder has confirmed it (3-D Secure). `code` is why it is declined, by
    `asks` after that."""

    number: str
    fate: Fate
    brand: str = "visa"
    code: str = ""
    decline_code: str | None = None

    @property
    def last4(self) -> str:
        return self.number[-4:]


def _declined(number: str, decline_code: str | None, code: str = "card_declined") -> Card:
    return Card(number, "declined", code=code, decline_code=decline_code)


CARDS: dict[str, Card] = {
    "pm_card_visa": Card("4242424242424242", "pays"),
    "pm_card_visa_debit": Card("4000056655665556", "pays"),
    "pm_card_mastercard": Card("5555555555554444", "pays", "mastercard"),
    "pm_card_amex": Card("378282246310005", "pays", "amex"),
    "pm_card_discover": Card("6011111111111117", "pays", "discover"),
    "pm_card_authenticationRequired": Card("4000002760003184", "asks"),
    "pm_card_authenticationRequiredOnSetup": Card("4000002500003155", "asks"),
    "pm_card_threeDSecure2Required": Card("4000000000003220", "asks"),
    "pm_card_threeDSecureRequiredChargeDeclined": Card(
        "4000008400001629", "asks", code="card_declined", decline_code="generic_decline"
    ),
    "pm_card_chargeDeclined": _declined("4000000000000002", "generic_decline"),
    "pm_card_chargeDeclinedInsufficientFunds": _declined("4000000000009995", "insufficient_funds"),
    "pm_card_chargeDeclinedLostCard": _declined("4000000000009987", "lost_card"),
    "pm_card_chargeDeclinedStolenCard": _declined("4000000000009979", "stolen_card"),
    "pm_card_chargeDeclinedExpiredCard": _declined("4000000000000069", None, "expired_card"),
    "pm_card_chargeDeclinedIncorrectCvc": _declined("4000000000000127", None, "incorrect_cvc"),
    "pm_card_chargeDeclinedProcessingError": _declined("4000000000000119", None, "processing_error"),
    "pm_card_createDispute": Card("4000000000000259", "disputed"),
    "pm_card_refundFail": Card("4000000000005126", "refund_fails"),
    "pm_card_pendingRefund": Card("4000000000007726", "refund_waits"),
}
NAMES = {card.number: name for name, card in CARDS.items()}
MESSAGES = {
    "card_declined": "Your card was declined.",
    "insufficient_funds": "Your card has insufficient funds.",
    "expired_card": "Your card has expired.",
    "incorrect_cvc": "Your card's security code is incorrect.",
    "incorrect_number": "Your card number is incorrect.",
    "invalid_expiry_month": "Your card's expiration month is invalid.",
    "invalid_expiry_year": "Your card's expiration year is invalid.",
    "invalid_cvc": "Your card's security code is invalid.",
    "processing_error": "An error occurred while processing your card. Try again in a little bit.",
}
NOT_A_TEST = (
    "Your card was declined. Your request was in test mode, but used a non test (live) card. For a list "
    "of valid test cards, visit: https://stripe.com/docs/testing."
)


def card_named(name: str) -> Card:
    """Raises Refused for a name that stands for no card."""
    if name not in CARDS:
        raise Refused(f"No such PaymentMethod: '{name}'", code="resource_missing", param="payment_method")
    return CARDS[name]


def message_of(card: Card) -> str:
    """Why it is declined, in words."""
    return MESSAGES.get(card.decline_code or "") or MESSAGES[card.code]


def name_of(params: dict[str, Any], now: float) -> str:
    """The name of the card with which somebody pays, which they named or typed. Raises Refused."""
    data = params.get("payment_method_data")
    if data is None:
        name = text(params, "payment_method")
        card_named(name)
        return name
    card = data.get("card") if isinstance(data, dict) else None
    if not isinstance(card, dict):
        raise wanted("payment_method_data[card]")
    typed = {part: str(card.get(part, "")).replace(" ", "") for part in ("number", "cvc")}
    if not passes_luhn(typed["number"]):
        raise _wrong("incorrect_number")
    _check_expiry(str(card.get("exp_month", "")), str(card.get("exp_year", "")), now)
    if not (typed["cvc"].isdecimal() and 3 <= len(typed["cvc"]) <= 4):
        raise _wrong("invalid_cvc")
    if typed["number"] not in NAMES:
        raise declined(NOT_A_TEST, "card_declined", "test_mode_live_card")
    return NAMES[typed["number"]]


def passes_luhn(number: str) -> bool:
    """Whether the last digit of a card number follows from the others (ISO/IEC 7812-1, annex B)."""
    if not (number.isdecimal() and 12 <= len(number) <= 19):
        return False
    digits = [int(digit) for digit in reversed(number)]
    doubled = (sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0


def _check_expiry(month: str, year: str, now: float) -> None:
    """A card is good to the end of the month that stands on it. Raises Refused."""
    if not (month.isdecimal() and 1 <= int(month) <= 12):
        raise _wrong("invalid_expiry_month")
    today = datetime.fromtimestamp(now, UTC)
    full = int(year) + (2000 if len(year) == 2 else 0) if year.isdecimal() else 0
    if not today.year <= full <= today.year + 50:
        raise _wrong("invalid_expiry_year")
    if (full, int(month)) < (today.year, today.month):
        raise _wrong("invalid_expiry_month")


def _wrong(code: str) -> Refused:
    return declined(MESSAGES[code], code)
