"""PaymentIntents and the charges they make."""

from __future__ import annotations

import secrets
from typing import Any

from server.payments.sandbox import money, refunds
from server.payments.sandbox.bank import Bank, check_least
from server.payments.sandbox.cards import Card, card_named, message_of, name_of
from server.payments.sandbox.errors import Refused, declined
from server.payments.sandbox.forms import amount, metadata, text
from server.payments.sandbox.store import Object

CANCELABLE = ("requires_payment_method", "requires_confirmation", "requires_action")
CONFIRMABLE = CANCELABLE  # also when somebody turned away from their bank's question
UNAUTHENTICATED = (
    "The provided PaymentMethod has failed authentication. You can provide payment_method_data or a new "
    "PaymentMethod to attempt to fulfill this PaymentIntent again."
)


def create(bank: Bank, params: dict[str, Any]) -> Object:
    wanted, currency = amount(params), text(params, "currency").lower()
    check_least(wanted, currency)
    intent = bank.make(
        "pi",
        "payment_intent",
        amount=wanted,
        amount_received=0,
        currency=currency,
        status="requires_payment_method",
        payment_method=None,
        payment_method_types=["card"],
        last_payment_error=None,
        next_action=None,
        latest_charge=None,
        canceled_at=None,
        transfer_group=params.get("transfer_group"),
        description=params.get("description"),
        metadata=metadata(params),
    )
    intent["client_secret"] = f"{intent['id']}_secret_{secrets.token_urlsafe(18)}"
    bank.store.put(intent)
    bank.tell("payment_intent.created", intent)
    if params.get("confirm") == "true":
        return confirm(bank, intent["id"], params)
    return intent


def confirm(bank: Bank, number: str, params: dict[str, Any]) -> Object:
    """Try to charge a card. One that is declined is kept in the intent (`refusal`)."""
    intent = bank.find("payment_intent", number)
    if intent["status"] not in CONFIRMABLE:
        raise _unexpected(intent, "confirm")
    name = name_of(params, bank.now())
    card = card_named(name)
    if card.fate == "declined":
        return _decline(bank, intent, card)
    if card.fate == "asks":
        action = {"type": "use_stripe_sdk", "use_stripe_sdk": {"type": "three_d_secure_redirect"}}
        asked = bank.change(intent, status="requires_action", payment_method=name, next_action=action)
        bank.tell("payment_intent.requires_action", asked)
        return asked
    return _charge(bank, intent, name, card)


def authenticate(bank: Bank, number: str, *, agreed: bool) -> Object:
    """The holder of the card has agreed, or not (3-D Secure)."""
    intent = bank.find("payment_intent", number)
    if intent["status"] != "requires_action":
        raise _unexpected(intent, "authenticate")
    name = intent["payment_method"]
    card = card_named(name)
    if not agreed:
        code = "payment_intent_authentication_failure"
        return _fail(bank, intent, code, UNAUTHENTICATED, kind="invalid_request_error")
    return _decline(bank, intent, card) if card.code else _charge(bank, intent, name, card)


def cancel(bank: Bank, number: str, params: dict[str, Any]) -> Object:
    intent = bank.find("payment_intent", number)
    if intent["status"] == "canceled":
        return intent
    if intent["status"] not in CANCELABLE:
        raise _unexpected(intent, "cancel")
    off = bank.change(intent, status="canceled", canceled_at=int(bank.now()), next_action=None)
    bank.tell("payment_intent.canceled", off)
    return off


def _charge(bank: Bank, intent: Object, name: str, card: Card) -> Object:
    charge = _new_charge(bank, intent, name, card)
    paid = bank.change(
        intent,
        status="succeeded",
        payment_method=name,
        amount_received=intent["amount"],
        latest_charge=charge["id"],
        next_action=None,
        last_payment_error=None,
    )
    bank.tell("charge.succeeded", charge)
    bank.tell("payment_intent.succeeded", paid)
    if card.fate == "disputed":
        refunds.dispute(bank, charge["id"])
    return paid


def _new_charge(bank: Bank, intent: Object, name: str, card: Card) -> Object:
    wanted, currency = intent["amount"], intent["currency"]
    charge = bank.make(
        "ch",
        "charge",
        amount=wanted,
        amount_captured=wanted,
        amount_refunded=0,
        amount_transferred=0,
        currency=currency,
        payment_intent=intent["id"],
        payment_method=name,
        payment_method_details={"type": "card", "card": {"brand": card.brand, "last4": card.last4}},
        status="succeeded",
        paid=True,
        refunded=False,
        disputed=False,
        metadata=intent["metadata"],
    )
    fee = money.fee_of(wanted)
    charge["balance_transaction"] = money.record(bank, "charge", wanted, currency, charge["id"], fee=fee)
    bank.store.put(charge)
    return charge


def _decline(bank: Bank, intent: Object, card: Card) -> Object:
    return _fail(bank, intent, card.code, message_of(card), card.decline_code)


def _fail(
    bank: Bank,
    intent: Object,
    code: str,
    message: str,
    decline_code: str | None = None,
    kind: str = "card_error",
) -> Object:
    """Another card may be tried."""
    error = {"type": kind, "code": code, "message": message, "decline_code": decline_code}
    failed = bank.change(
        intent, status="requires_payment_method", last_payment_error=error, next_action=None
    )
    bank.tell("payment_intent.payment_failed", failed)
    return failed


def refusal(intent: Object) -> Refused | None:
    """What is answered to who tried to confirm an intent that then failed."""
    error = intent["last_payment_error"]
    if error is None or intent["status"] != "requires_payment_method":
        return None
    return declined(error["message"], error["code"], error["decline_code"], payment_intent=intent)


def _unexpected(intent: Object, what: str) -> Refused:
    return Refused(
        f"You cannot {what} this PaymentIntent because it has a status of {intent['status']}.",
        code="payment_intent_unexpected_state",
        payment_intent=intent,
    )
