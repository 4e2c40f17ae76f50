"""What mentors are told about their payouts. In the transaction of the change."""

from __future__ import annotations

from server.booking.models import Session
from server.notifications.service import notify
from server.payments.models import Payment, Payout, Reversal
from server.payments.payouts.accounts import PAGE
from server.payments.states import PayoutStatus


async def paid(payout: Payout) -> None:
    await _tell(payout, "payout_paid")


async def failed(payout: Payout) -> None:
    """Its money waits in the mentor's account, or all of it is available again."""
    await _tell(payout, "payout_failed")


async def owed(reversal: Reversal) -> None:
    """A refund came after the payout: it is kept back from what they earn next."""
    payment = await Payment.get(id=reversal.transfer.payment_id)
    session = await Session.get(id=payment.session_id)
    about = {
        "title": session.title,
        "amount_minor": reversal.amount_minor,
        "currency": payment.currency,
    }
    key = f"reversal:{reversal.id}"
    await notify(payment.mentor_id, "earnings_owed", about, path=PAGE, dedupe_key=key)


async def _tell(payout: Payout, kind: str) -> None:
    about = {
        "amount_minor": payout.amount_minor,
        "currency": payout.currency,
        "why": payout.failure,
        "back": payout.status == PayoutStatus.REVERSED,
    }
    path, key = f"{PAGE}?tab=payouts", f"{payout.public_id}:{payout.attempt}"
    await notify(payout.mentor_id, kind, about, path=path, dedupe_key=key)
