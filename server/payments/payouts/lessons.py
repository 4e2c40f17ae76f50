"""What each paid seat brought its mentor: price, commission, what was given back, where the rest is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from tortoise.expressions import F
from tortoise.queryset import QuerySet

from server.booking.models import Session
from server.payments.models import Payment, Transfer
from server.payments.payouts.balances import share_kept
from server.payments.payouts.owed import disputed_payments, owed_to
from server.payments.release.rule import ISSUES
from server.payments.shares import kept_shares
from server.payments.states import PAID, PayoutStatus, TransferStatus
from server.people.privacy import visible

State = Literal["", "pending", "earned", "given_back"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Earned:
    """One paid seat. `state` is pending, disputed, available, on_its_way, paid_out, kept_back (more was
    paid out than earned in the end) or given_back; `available_at` is when what is pending should become
    available."""

    payment_id: UUID
    session_id: UUID
    title: str
    starts_at: datetime
    learner: str
    price_minor: int
    commission_minor: int
    given_back_minor: int
    share_minor: int
    currency: str
    state: str
    available_at: datetime | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which seats: of a state (or all), and of lessons that begin from `since` on and before `until`."""

    state: State = ""
    since: datetime | None = None
    until: datetime | None = None


async def earned_by(mentor_id: int, wanted: Wanted, offset: int, limit: int) -> tuple[list[Earned], int]:
    """The latest lesson first, and how many there are in all: eight queries."""
    found = _wanted(mentor_id, wanted)
    rows = await found.order_by("-session__starts_at", "-id").offset(offset).limit(limit)
    return await _described(mentor_id, rows), await found.count()


def _wanted(mentor_id: int, wanted: Wanted) -> QuerySet[Payment]:
    found = Payment.filter(mentor_id=mentor_id, status__in=PAID)
    gone = F("refunded_minor") + F("lost_minor")
    if wanted.state == "earned":
        found = found.filter(released_at__isnull=False)
    elif wanted.state:
        found = found.filter(released_at__isnull=True)
        left = wanted.state == "pending"
        found = found.filter(**{"amount_minor__gt" if left else "amount_minor__lte": gone})
    if wanted.since is not None:
        found = found.filter(session__starts_at__gte=wanted.since)
    if wanted.until is not None:
        found = found.filter(session__starts_at__lt=wanted.until)
    return found


async def _described(mentor_id: int, rows: Sequence[Payment]) -> list[Earned]:
    if not rows:
        return []
    sessions = {one.id: one for one in await Session.filter(id__in={row.session_id for row in rows})}
    faces = await visible(mentor_id, {row.learner_id for row in rows})
    booked, under_way = await _booked(mentor_id), await _under_way(rows)
    disputed = await disputed_payments(mentor_id)
    found = []
    for row in rows:
        share, left = booked.get(row.id, (share_kept(row), 0))
        session, gone = sessions[row.session_id], row.refunded_minor + row.lost_minor
        state = _state(row, left, row.id in under_way, row.id in disputed)
        kept = kept_shares(row.amount_minor, row.commission_minor, gone)
        one = Earned(
            payment_id=row.public_id,
            session_id=row.session_id,
            title=session.title,
            starts_at=session.starts_at,
            learner=faces[row.learner_id].name,
            price_minor=row.amount_minor,
            commission_minor=kept.platform,
            given_back_minor=gone,
            share_minor=share,
            currency=row.currency,
            state=state,
            available_at=session.ends_at + ISSUES if state == "pending" else None,
        )
        found.append(one)
    return found


def _state(payment: Payment, left: int, under_way: bool, disputed: bool) -> str:
    if (
        payment.released_at is None
        and payment.amount_minor <= payment.refunded_minor + payment.lost_minor
    ):
        return "given_back"
    if disputed and (payment.released_at is None or left > 0):
        return "disputed"
    if payment.released_at is None:
        return "pending"
    if left:
        return "available" if left > 0 else "kept_back"
    return "on_its_way" if under_way else "paid_out"


async def _booked(mentor_id: int) -> dict[int, tuple[int, int]]:
    """What the books say of released payments: what was earned, and what of that is not sent on."""
    return {
        each.payment_id: (each.earned_minor, each.left_minor)
        for parts in (await owed_to(mentor_id)).values()
        for each in parts
        if each.payment_id is not None
    }


async def _under_way(rows: Sequence[Payment]) -> set[int]:
    """Those of which a part left, and has not arrived."""
    sent = Transfer.filter(payment_id__in=[row.id for row in rows])
    sent = sent.exclude(status=TransferStatus.FAILED)
    sent = sent.exclude(payout__status__in=(PayoutStatus.PAID, PayoutStatus.REVERSED))
    return {each.payment_id for each in await sent.only("id", "payment_id")}
