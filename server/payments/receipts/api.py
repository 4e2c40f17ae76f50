"""JSON: what one paid, one payment, and its receipt (`/api/v1/payments`)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from aiohttp import web
from typing_extensions import TypedDict

from server.edge.access import require_viewer
from server.edge.api import ok, page_of, paging
from server.edge.openapi import described
from server.edge.paths import id_in_path
from server.payments.receipts import views
from server.payments.receipts.content import receipt_name
from server.payments.receipts.seen import PaymentSeen, payment_seen, payments_seen


class PartyShape(TypedDict):
    username: str
    name: str


class LessonShape(TypedDict):
    id: UUID
    title: str
    starts_at: datetime
    ends_at: datetime
    mentor: PartyShape


class RefundSeenShape(TypedDict):
    """`status` is created, sent, succeeded, or failed: then it is owed to the learner as credit."""

    id: UUID
    amount_minor: int
    status: str
    reason: str
    created_at: datetime
    settled_at: datetime | None


class PaymentSeenShape(TypedDict):
    """A payment; `client_secret` is for its learner alone, while it is not paid, `card` and `receipt` too
    are theirs alone. `refunded_minor` counts what is on its way."""

    id: UUID
    provider_id: str | None
    client_secret: str | None
    amount_minor: int
    currency: str
    status: str
    refunded_minor: int
    card: str
    created_at: datetime
    paid_at: datetime | None
    receipt: str | None
    booking_id: UUID
    session: LessonShape
    refunds: list[RefundSeenShape]


def payment_shape(payment: PaymentSeen) -> PaymentSeenShape:
    return {
        "id": payment.id,
        "provider_id": payment.provider_id,
        "client_secret": payment.client_secret,
        "amount_minor": payment.amount_minor,
        "currency": payment.currency,
        "status": payment.status,
        "refunded_minor": payment.refunded_minor,
        "card": payment.card,
        "created_at": payment.created_at,
        "paid_at": payment.succeeded_at,
        "receipt": receipt_name(payment.receipt_number) if payment.receipt_number else None,
        "booking_id": payment.booking_id,
        "session": {
            "id": payment.session_id,
            "title": payment.title,
            "starts_at": payment.starts_at,
            "ends_at": payment.ends_at,
            "mentor": {"username": payment.mentor.username, "name": payment.mentor.name},
        },
        "refunds": [
            {
                "id": refund.id,
                "amount_minor": refund.amount_minor,
                "status": refund.status,
                "reason": refund.reason,
                "created_at": refund.created_at,
                "settled_at": refund.settled_at,
            }
            for refund in payment.refunds
        ],
    }


@described(paged=True, item=PaymentSeenShape)
async def list_payments(request: web.Request) -> web.StreamResponse:
    """One's own payments, the newest first."""
    part = paging(request)
    found, total = await payments_seen(require_viewer(request), part.offset, part.per_page)
    return ok(page_of([payment_shape(one) for one in found], part.page, part.per_page, total))


@described(data=PaymentSeenShape)
async def get_payment(request: web.Request) -> web.StreamResponse:
    """For its learner, and for the mentor of the lesson."""
    return ok(payment_shape(await payment_seen(id_in_path(request), require_viewer(request))))


@described(media_type="application/pdf")
async def get_receipt(request: web.Request) -> web.StreamResponse:
    """The receipt as PDF, for its learner, as soon as something was paid."""
    return await views.receipt_file(request)
