"""Whether what was paid for a seat is earned by now. One pure function, which asks all that counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from server.booking.states import BookingStatus, SessionStatus
from server.payments.shares import Shares, kept_shares

ISSUES = timedelta(hours=72)  # in which one may still say that something was wrong
SETTLED = (BookingStatus.ATTENDED, BookingStatus.NO_SHOW_LEARNER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Of one paid seat. `left_minor` was neither given back nor lost; `disputed`: the learner's bank has
    the payment until it is decided; `held`: somebody raised an issue that is not decided. `ended_at` is
    when the lesson was closed, None while it was not."""

    booking_status: str
    session_status: str
    planned_end: datetime
    ended_at: datetime | None
    disputed: bool
    held: bool
    amount_minor: int
    commission_minor: int
    left_minor: int


def earned(facts: Facts, now: datetime) -> Shares | None:
    """What of it is the mentor's and the platform's; None while it is not theirs."""
    counts_from = _counts_from(facts)
    if counts_from is None or now < counts_from + ISSUES or facts.disputed or facts.held:
        return None
    gone = facts.amount_minor - facts.left_minor
    return kept_shares(facts.amount_minor, facts.commission_minor, gone)


def issues_until(planned_end: datetime, ended_at: datetime | None) -> datetime:
    """Until then one may say that something was wrong. A lesson ends no sooner than it was planned."""
    return max(planned_end, ended_at or planned_end) + ISSUES


def _counts_from(facts: Facts) -> datetime | None:
    """The end from which it counts; what a late cancellation kept is earned as if its learner had come.
    None where it is never earned so, and until it is settled who was there (`server/settlement`)."""
    if facts.booking_status == BookingStatus.CANCELLED_BY_LEARNER:
        return facts.planned_end
    if facts.booking_status not in SETTLED or facts.session_status != SessionStatus.ENDED:
        return None
    return issues_until(facts.planned_end, facts.ended_at) - ISSUES
