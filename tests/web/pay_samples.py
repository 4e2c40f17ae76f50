"""What the page on which a seat is paid is rendered with."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from server.booking.policy import policy_named, terms
from server.booking.values import BookingRow
from server.payments.checkout.till import Stage, Till
from server.payments.gateway.script import Script
from server.payments.models import Payment

NOW = datetime(2026, 11, 23, 17, 20, tzinfo=UTC)
NUMBER = UUID("6a1f3a52-8a0e-4d0c-9a57-2f1f5ad0a005")
SCRIPT = Script("/v3/none.js", (), (), ())
AWAY = "The payment service can't be reached right now. Please try again in a moment."
DECLINED = "Your card has insufficient funds."


def pay_pages(booking: BookingRow, viewer: Any) -> Mapping[str, tuple[Any, ...]]:
    """In all its states."""
    row = BookingRow(
        id=booking.id,
        status="held",
        session=booking.session,
        price_minor=booking.price_minor,
        currency=booking.currency,
        hold_expires_at=NOW + timedelta(minutes=12, seconds=7),
        created_at=NOW,
        can_join=False,
        can_cancel=True,
        join_url="",
        recordings_url=None,
        terms=terms(policy_named("standard"), booking.session.starts_at),
    )
    page: dict[str, Any] = {
        "till": Till(Stage.OPEN, row, None, 0),
        "booking": row,
        "session": row.session,
        "payment": _payment(),
        "script": SCRIPT,
        "key": "pk_test_1",
        "errors": {},
    }
    covered = Till(Stage.OPEN, row, None, row.price_minor + 250)
    states = {
        "pay": page,
        "pay-declined": {**page, "payment": _payment(DECLINED)},
        "pay-covered": {**page, "till": covered},
        "pay-away": {**page, "script": None, "errors": {"form": AWAY}},
        "pay-away-covered": {**page, "till": covered, "script": None, "errors": {"form": AWAY}},
        **{
            f"pay-{stage}": {**page, "till": Till(stage, row, _payment(), 0), "script": None}
            for stage in (Stage.WAITING, Stage.OVER, Stage.RETURNED)
        },
    }
    return {name: ("payments/pay.html", context, viewer) for name, context in states.items()}


def _payment(failure: str = "") -> Payment:
    return Payment(public_id=NUMBER, client_secret="pi_1_secret_1", failure=failure)
