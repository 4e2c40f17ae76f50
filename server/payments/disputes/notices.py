"""What mentors and the staff are told about disputes. In the transaction of the change."""

from __future__ import annotations

from typing import Any

from server.accounts.roles import people_with
from server.booking.models import Session
from server.edge.permissions import Permission
from server.notifications.service import notify
from server.payments.models import Dispute, Payment
from server.payments.states import DisputeStatus

EARNINGS, DISPUTES = "/dashboard/mentor/earnings", "/dashboard/admin/disputes"


async def opened(payment: Payment, dispute: Dispute) -> None:
    """The mentor, and whoever may answer it."""
    about, key = await _about(payment, dispute), str(dispute.public_id)
    await notify(payment.mentor_id, "dispute_opened", about, path=EARNINGS, dedupe_key=key)
    for user_id in await people_with(Permission.MONEY_VIEW):
        await notify(user_id, "dispute_to_answer", about, path=DISPUTES, dedupe_key=key)


async def closed(payment: Payment, dispute: Dispute) -> None:
    """The mentor, whose lesson it is."""
    about, key = await _about(payment, dispute), str(dispute.public_id)
    about["won"] = dispute.status == DisputeStatus.WON
    await notify(payment.mentor_id, "dispute_closed", about, path=EARNINGS, dedupe_key=key)


async def _about(payment: Payment, dispute: Dispute) -> dict[str, Any]:
    session = await Session.get(id=payment.session_id)
    about = {
        "title": session.title,
        "amount_minor": dispute.amount_minor,
        "currency": dispute.currency,
        "starts_at": session.starts_at,
    }
    return {**about, "until": dispute.due_by} if dispute.due_by else about
