"""What happens to sessions by themselves, at their times."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from server.booking import service
from server.booking.announcing import SEAT_LEFT
from server.booking.requests import ending as requests
from server.booking.rescheduling.answering import settle_after_leaving, settle_due, settle_overdue
from server.booking.rescheduling.proposing import DUE
from server.booking.seats.expiry import expire_hold, expire_overdue
from server.booking.seats.taking import HOLD_OVER
from server.booking.waiting.offers import MORE, offer_free, offer_overlooked
from server.infra.outbox import job, periodic


@job("booking.session_over")
async def session_over(payload: dict[str, Any]) -> None:
    """15 minutes after the planned end: live becomes ended, never started becomes missed."""
    await service.close_overdue(UUID(payload["session_id"]))


@job(HOLD_OVER)
async def hold_over(payload: dict[str, Any]) -> None:
    """The time for which a seat was held is over: it comes back, if it was not taken."""
    await expire_hold(payload["booking_id"])


@job(MORE)
async def offer_seats(payload: dict[str, Any]) -> None:
    """There is one more free seat, and somebody who waits for it."""
    await offer_free(UUID(payload["session_id"]))


@job(requests.EXPIRED)
async def request_expired(payload: dict[str, Any]) -> None:
    """Nobody answered a request in time."""
    await requests.expire(payload["request_id"])


@job(DUE)
async def reschedule_due(payload: dict[str, Any]) -> None:
    """The time to answer to another time of a session is over."""
    await settle_due(payload["proposal_id"])


@job(SEAT_LEFT)
async def seat_left(payload: dict[str, Any]) -> None:
    """A seat came back while another time of its session is proposed."""
    await settle_after_leaving(UUID(payload["session_id"]))


@periodic("booking.sweep", every=timedelta(minutes=1))
async def sweep(payload: dict[str, Any]) -> None:
    """What no job did: holds whose end was lost, and seats for people who could not take them before."""
    await expire_overdue()
    await requests.expire_overdue()
    await settle_overdue()
    await offer_overlooked()
