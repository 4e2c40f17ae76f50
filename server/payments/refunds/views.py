"""The page on which a mentor or the staff give money back. It needs no scripts."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from aiohttp import web

from server.accounts.views import error_lines
from server.edge.access import require_viewer
from server.edge.errors import status_of
from server.edge.paths import id_in_path
from server.edge.redirects import see_other
from server.edge.templates import read_form, render
from server.infra.errors import Conflict, DomainError, Invalid
from server.payments.refunds.asking import ask_refund, refundable
from server.payments.refunds.forms import typed_amount, typed_once, typed_reason

DONE = "The money is on its way back. The learner has been told."


async def refund_page(request: web.Request) -> web.StreamResponse:
    return await _page(request, id_in_path(request))


async def refund(request: web.Request) -> web.StreamResponse:
    """Give it back; what is wrong is said beside what was written."""
    booking_id, asking = id_in_path(request), require_viewer(request)
    payment, sent = await refundable(booking_id, asking), await read_form(request)
    try:
        amount, reason = typed_amount(sent, payment.currency), typed_reason(sent)
        await ask_refund(payment.id, asking, amount, reason, once=typed_once(sent))
    except (Invalid, Conflict) as refused:
        return await _page(request, booking_id, refused, sent)
    return see_other(f"/bookings/{booking_id}/refund?done=refunded")


async def _page(
    request: web.Request,
    booking_id: UUID,
    refused: DomainError | None = None,
    sent: dict[str, Any] | None = None,
) -> web.Response:
    context = {
        "payment": await refundable(booking_id, require_viewer(request)),
        "form": sent or {"once": str(uuid4())},
        "errors": error_lines(refused) if refused else {},
        "flash": DONE if request.query.get("done") == "refunded" else None,
    }
    return render(request, "payments/refund.html", context, status_of(refused) if refused else 200)
