"""What happens to money by itself: each part registers its own jobs when it is imported."""

from __future__ import annotations

from server.payments.payouts import jobs as payouts
from server.payments.refunds import jobs as refunds

__all__ = ["payouts", "refunds"]
