"""One payment with all that is known of it, for administrators: a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from server.accounts.models import User
from server.booking.models import Booking, Session
from server.edge.access import Viewer
from server.infra.errors import NotFound
from server.infra.models import StateTransition
from server.payments.ledger.chart import CHART
from server.payments.ledger.models import LedgerEntry
from server.payments.locking import left_of
from server.payments.models import Dispute, Payment, Refund, Reversal, StripeEvent, Transfer
from server.payments.refunds.by_hand import BY_HAND
from server.payments.reports.looks import note_look

NO_PAYMENT = "There is no such payment."


@dataclass(frozen=True, slots=True)
class Entry:
    """`amount_minor` went from `debit` to `credit`, accounts of the chart in words."""

    at: datetime
    kind: str
    key: str
    debit: str
    credit: str
    amount_minor: int
    currency: str
    people: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PaymentFile:
    """Rows as they are kept; `history` are the moves of payment and refunds, the first one first."""

    payment: Payment
    session: Session
    booking: Booking
    learner: User
    mentor: User
    refunds: list[Refund]
    disputes: list[Dispute]
    transfers: list[Transfer]
    reversals: list[Reversal]
    entries: list[Entry]
    events: list[StripeEvent]
    history: list[StateTransition]
    actors: dict[int, str]

    @property
    def left_minor(self) -> int:
        return left_of(self.payment)

    def by_hand(self, refund: Refund) -> bool:
        """Whether somebody made it at the payment provider, and not here."""
        return refund.cause.startswith(BY_HAND)


async def payment_file(payment_id: UUID, actor: Viewer) -> PaymentFile:
    """By its public id. Looking is kept. Raises NotFound."""
    payment = await Payment.get_or_none(public_id=payment_id)
    if payment is None:
        raise NotFound(message=NO_PAYMENT)
    await note_look(actor.user_id, payment_id)
    refunds = await Refund.filter(payment_id=payment.id).order_by("id")
    disputes = await Dispute.filter(payment_id=payment.id).order_by("id")
    transfers = await Transfer.filter(payment_id=payment.id).order_by("id").prefetch_related("payout")
    ids = [payment.provider_id, payment.charge_id, *_ids(refunds), *_ids(disputes), *_ids(transfers)]
    history = await _history(payment, refunds)
    people = {payment.learner_id, payment.mentor_id}
    people |= {move.actor_id for move in history if move.actor_id is not None}
    users = {user.id: user for user in await User.filter(id__in=people)}
    return PaymentFile(
        payment=payment,
        session=await Session.get(id=payment.session_id),
        booking=await Booking.get(id=payment.booking_id),
        learner=users[payment.learner_id],
        mentor=users[payment.mentor_id],
        refunds=refunds,
        disputes=disputes,
        transfers=transfers,
        reversals=await Reversal.filter(transfer__payment_id=payment.id).order_by("id"),
        entries=await entries_of(f"payment:{payment.id}"),
        events=await StripeEvent.filter(object_id__in=[one for one in ids if one]).order_by("created_at"),
        history=history,
        actors={number: user.username for number, user in users.items()},
    )


def _ids(rows: list[Refund] | list[Dispute] | list[Transfer]) -> list[str | None]:
    return [row.provider_id for row in rows]


async def _history(payment: Payment, refunds: list[Refund]) -> list[StateTransition]:
    of_payment = StateTransition.filter(entity="payment", entity_id=str(payment.id))
    numbers = [str(refund.id) for refund in refunds]
    of_refunds = StateTransition.filter(entity="refund", entity_id__in=numbers)
    found = [*await of_payment, *(await of_refunds if numbers else [])]
    return sorted(found, key=lambda move: (move.at, move.id))


async def entries_of(subject: str) -> list[Entry]:
    """What the books say of it, in the order of writing."""
    rows = (
        await LedgerEntry.filter(transaction__subject=subject)
        .order_by("id")
        .values(
            "transaction__at",
            "transaction__kind",
            "transaction__key",
            "debit__name",
            "credit__name",
            "amount_minor",
            "currency",
        )
    )
    return [
        Entry(
            at=row["transaction__at"],
            kind=row["transaction__kind"],
            key=row["transaction__key"],
            debit=CHART[row["debit__name"]].title,
            credit=CHART[row["credit__name"]].title,
            amount_minor=row["amount_minor"],
            currency=row["currency"],
        )
        for row in rows
    ]
