"""What is done about an event, by its kind: its job looks at the object and applies what it sees.

A handler says in a few words what came of it. Kinds that are not listed are kept and ignored."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from server.payments.checkout.told import charge_told, intent_told
from server.payments.models import StripeEvent
from server.payments.payouts.accounts import account_updated
from server.payments.payouts.following import payout_changed

Handler = Callable[[StripeEvent], Awaitable[str]]

HANDLERS: Mapping[str, Handler] = {
    # --- checkout
    "payment_intent.requires_action": intent_told,
    "payment_intent.processing": intent_told,
    "payment_intent.payment_failed": intent_told,
    "payment_intent.canceled": intent_told,
    "payment_intent.succeeded": intent_told,
    "charge.succeeded": charge_told,
    "charge.updated": charge_told,
    # --- payouts
    "account.updated": account_updated,
    "payout.created": payout_changed,
    "payout.updated": payout_changed,
    "payout.paid": payout_changed,
    "payout.failed": payout_changed,
    "payout.canceled": payout_changed,
}
