"""JSON: all payments, for administrators (`/api/v1/admin/payments`)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from aiohttp import web
from typing_extensions import TypedDict

from server.edge.access import require_viewer
from server.edge.api import ok, page_of, paging, read_query
from server.edge.openapi import described
from server.payments.reports.forms import PaymentFilter
from server.payments.reports.listing import PaymentRow, payments


class AnyPaymentShape(TypedDict):
    """A payment of anybody; learner and mentor are usernames. `fee_minor` is the provider's."""

    id: UUID
    provider_id: str | None
    amount_minor: int
    refunded_minor: int
    fee_minor: int | None
    commission_minor: int
    currency: str
    status: str
    method: str
    title: str
    learner: str
    mentor: str
    created_at: datetime
    paid_at: datetime | None
    released_at: datetime | None


def _payment_shape(row: PaymentRow) -> AnyPaymentShape:
    return {
        "id": row.id,
        "provider_id": row.provider_id,
        "amount_minor": row.amount_minor,
        "refunded_minor": row.refunded_minor,
        "fee_minor": row.fee_minor,
        "commission_minor": row.commission_minor,
        "currency": row.currency,
        "status": row.status,
        "method": row.method,
        "title": row.title,
        "learner": row.learner_username,
        "mentor": row.mentor_username,
        "created_at": row.at,
        "paid_at": row.succeeded_at,
        "released_at": row.released_at,
    }


@described(query=PaymentFilter, paged=True, item=AnyPaymentShape)
async def all_payments(request: web.Request) -> web.StreamResponse:
    """The newest first; days are those of the reader's zone."""
    wanted, part = read_query(request, PaymentFilter), paging(request)
    zone = ZoneInfo(require_viewer(request).timezone)
    found, total = await payments(wanted.wanted(zone), part.offset, part.per_page)
    return ok(page_of([_payment_shape(row) for row in found], part.page, part.per_page, total))
