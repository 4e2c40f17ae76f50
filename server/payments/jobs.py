"""What happens to money by itself: each part registers its own jobs when it is imported."""

from __future__ import annotations

from server.payments.books import jobs as books
from server.payments.checkout import jobs as checkout
from server.payments.disputes import jobs as disputes
from server.payments.payouts import jobs as payouts
from server.payments.refunds import jobs as refunds
from server.payments.release import jobs as release
from server.payments.webhook import jobs as webhook

__all__ = ["books", "checkout", "disputes", "payouts", "refunds", "release", "webhook"]
