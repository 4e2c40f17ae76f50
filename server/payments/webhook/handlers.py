"""What is done about an event, by its kind: its job looks at the object and applies what it sees.

A handler says in a few words what came of it. Kinds that are not listed are kept and ignored."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from server.payments.checkout.told import charge_told, intent_told
from server.payments.disputes.told import dispute_told
from server.payments.models import StripeEvent
from server.payments.payouts.accounts import account_updated
from server.payments.payouts.following import payout_changed
from server.payments.refunds.told import charge_refunded, refund_told

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
    # --- refunds
    "charge.refunded": charge_refunded,
    "refund.created": refund_told,
    "refund.updated": refund_told,
    "refund.failed": refund_told,
    "charge.refund.updated": refund_told,
    # --- disputes
    "charge.dispute.created": dispute_told,
    "charge.dispute.updated": dispute_told,
    "charge.dispute.funds_withdrawn": dispute_told,
    "charge.dispute.funds_reinstated": dispute_told,
    "charge.dispute.closed": dispute_told,
    # --- payouts
    "account.updated": account_updated,
    "payout.created": payout_changed,
    "payout.updated": payout_changed,
    "payout.paid": payout_changed,
    "payout.failed": payout_changed,
    "payout.canceled": payout_changed,
}
