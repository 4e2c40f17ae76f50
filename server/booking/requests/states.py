"""The states of a request, and the moves between them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum


class RequestStatus(StrEnum):
    REQUESTED = "requested"
    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


# Somebody has still to answer; `request_open` in the database is the same set.
OPEN = (RequestStatus.REQUESTED, RequestStatus.PROPOSED)
ENDINGS = frozenset(
    {
        RequestStatus.ACCEPTED,
        RequestStatus.DECLINED,
        RequestStatus.EXPIRED,
        RequestStatus.WITHDRAWN,
    }
)
MOVES: Mapping[str, frozenset[str]] = {
    RequestStatus.REQUESTED: ENDINGS | {RequestStatus.PROPOSED},
    RequestStatus.PROPOSED: ENDINGS,
}

ANSWER_WITHIN = timedelta(hours=48)
PAY_WITHIN = timedelta(hours=24)  # nobody sits and waits for the answer, as at a booking


def ends_at(asked_at: datetime, starts_at: datetime) -> datetime:
    """Until when there can be an answer: 48 hours, and not after the lesson would have begun."""
    return min(asked_at + ANSWER_WITHIN, starts_at)


def hold_ends_at(accepted_at: datetime, starts_at: datetime) -> datetime:
    """Until when the seat of an accepted lesson is kept without being paid."""
    return min(accepted_at + PAY_WITHIN, starts_at)


def price_of(rate_minor: int | None, minutes: int) -> int:
    """What a lesson costs at this rate of an hour, half a minor unit rounded up."""
    return ((rate_minor or 0) * minutes * 2 + 60) // 120
