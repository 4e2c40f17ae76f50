"""What payments offer to their own edges and to other features; the parts have one idea each."""

from server.payments.checkout.beginning import begin_payment
from server.payments.checkout.calling_off import call_off
from server.payments.checkout.crediting import credit_of, pay_by_credit
from server.payments.checkout.statuses import pay_path, payment_statuses
from server.payments.checkout.syncing import sync_payment
from server.payments.commission import commission_of
from server.payments.refunds.whole import all_given_back

__all__ = [
    "all_given_back",
    "begin_payment",
    "call_off",
    "commission_of",
    "credit_of",
    "pay_by_credit",
    "pay_path",
    "payment_statuses",
    "sync_payment",
]
