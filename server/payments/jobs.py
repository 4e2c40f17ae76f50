"""What happens to money by itself: each part registers its own jobs when it is imported."""

from __future__ import annotations

from server.payments.checkout import jobs as checkout
from server.payments.refunds import jobs as refunds
from server.payments.release import jobs as release

__all__ = ["checkout", "refunds", "release"]
