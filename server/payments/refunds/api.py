"""REST of giving money back (`/api/v1`): parse, call one function, answer."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from aiohttp import web
from typing_extensions import TypedDict

from server.edge.access import require_viewer
from server.edge.api import ok, read_json
from server.edge.openapi import described
from server.edge.paths import id_in_path
from server.payments.models import Refund
from server.payments.refunds.asking import ask_refund, require_right
from server.payments.refunds.forms import RefundForm


class RefundShape(TypedDict):
    """A part of a payment that goes back. `status` is created, sent, succeeded or failed; one that
    failed is kept as the learner's credit."""

    id: UUID
    payment_id: UUID
    amount_minor: int
    currency: str
    status: str
    reason: str
    created_at: datetime
    settled_at: datetime | None


@described(body=RefundForm, data=RefundShape, statuses=(201,))
async def refund(request: web.Request) -> web.StreamResponse:
    """Give an amount of a payment back, or all that is left of it. Its learner is told."""
    asking, payment_id = require_viewer(request), id_in_path(request)
    await require_right(payment_id, asking)  # strangers learn nothing by what they send
    asked = await read_json(request, RefundForm)
    found = await ask_refund(payment_id, asking, asked.amount_minor, asked.reason)
    return ok(await refund_shape(found, payment_id), "The money is on its way back.", 201)


async def refund_shape(refund: Refund, payment_id: UUID) -> RefundShape:
    payment = await refund.payment
    return {
        "id": refund.public_id,
        "payment_id": payment_id,
        "amount_minor": refund.amount_minor,
        "currency": payment.currency,
        "status": refund.status,
        "reason": refund.reason,
        "created_at": refund.created_at,
        "settled_at": refund.settled_at,
    }
