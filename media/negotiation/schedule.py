"""When an offer of ours may go out: after the client's first, when stable, changes batched."""

from __future__ import annotations

import math

FIRST_OFFER_WITHIN = 2.0  # seconds that the client has to make the first offer
BATCH = 0.1  # seconds; several people coming at once make one offer
ANSWER_WITHIN = 5.0  # seconds; later an offer of the client's counts for more than ours


class OfferSchedule:
    """The clockwork of one room socket's negotiation."""

    def __init__(self) -> None:
        self.batch_ends = 0.0  # what changed before is to be acted on now
        self._not_before = math.inf
        self._offered_at: float | None = None

    @property
    def outstanding(self) -> bool:
        """An offer of ours waits for its answer."""
        return self._offered_at is not None

    @property
    def due(self) -> float | None:
        """When the next offer may be made; None while that is not known."""
        at = max(self._not_before, self.batch_ends)
        return None if self.outstanding or math.isinf(at) else at

    def glares(self, now: float) -> bool:
        """Whether an offer of the client's collides with ours (RFC 3264 §4)."""
        return self._offered_at is not None and now < self._offered_at + ANSWER_WITHIN

    def joined(self, now: float) -> None:
        """The client (re)connected: it may offer first."""
        self._offered_at = None
        self._not_before = now + FIRST_OFFER_WITHIN

    def changed(self, now: float) -> None:
        """There is something to offer since now."""
        self.batch_ends = now + BATCH

    def offered(self, now: float) -> None:
        self._offered_at = now

    def stable(self, now: float) -> None:
        """An answer was given, in either direction; what has gathered waits for one more batch.

        A page that handles messages one beside the other has then finished with the answer."""
        self._offered_at = None
        self._not_before = now
        self.batch_ends = now + BATCH
