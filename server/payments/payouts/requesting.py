"""A mentor asks for a payout: what is taken is booked at once, and sent by a job."""

from __future__ import annotations

from uuid import uuid4

from babel.numbers import get_currency_precision

from server.edge.access import Viewer
from server.edge.templates import money
from server.infra.clock import now
from server.infra.db import transactional
from server.infra.errors import Conflict, Invalid
from server.infra.outbox import enqueue
from server.infra.transitions import record_transition
from server.payments.ledger import postings
from server.payments.ledger.chart import MENTOR_AVAILABLE
from server.payments.ledger.posting import claim, post
from server.payments.ledger.postings import Place
from server.payments.locking import subject_of
from server.payments.models import ConnectedAccount, Payout, Transfer
from server.payments.payouts.accounts import account_of, refresh, shown
from server.payments.payouts.owed import (
    Source,
    chosen,
    disputed_payments,
    owed_to,
    payable,
)
from server.payments.states import PayoutStatus

SEND = "payments.payout"
UNDER_WAY = (PayoutStatus.REQUESTED, PayoutStatus.TRANSFERRED, PayoutStatus.FAILED)
NOT_READY = "Complete your account at the payment provider first."
NOTHING = "There is nothing to pay out at the moment."
WAIT = "Your last payout is still being sent. Ask again in a minute."
STUCK = "Your last payout failed. Send it again, or take it back first."


async def request_payout(
    mentor: Viewer, amount_minor: int | None = None, currency: str | None = None
) -> Payout:
    """Pay out an amount, or everything there is. Raises Invalid, Conflict (account_not_ready,
    payout_under_way, payout_failed, nothing_available), GatewayDown."""
    account = await _ready_account(mentor.user_id)
    return await _write(mentor, account, amount_minor, currency or await _only_currency(mentor.user_id))


def least(currency: str) -> int:
    """Less is not worth its way: a hundred of the smallest units, or a whole one."""
    return int(10 ** max(2, get_currency_precision(currency)))


async def _ready_account(mentor_id: int) -> ConnectedAccount:
    """Asked for again where it was not ready when it was last seen."""
    account = await account_of(mentor_id)
    if not shown(account).is_ready and not (await refresh(mentor_id)).is_ready:
        raise Conflict("account_not_ready", NOT_READY)
    found = await account_of(mentor_id)
    assert found is not None
    return found


async def _only_currency(mentor_id: int) -> str:
    """The one in which there is something, where nobody has to choose."""
    owed, disputed = await owed_to(mentor_id), await disputed_payments(mentor_id)
    found = [currency for currency, parts in owed.items() if payable(parts, disputed)]
    if not found:
        raise Conflict("nothing_available", NOTHING)
    if len(found) > 1:
        raise Invalid(fields={"currency": f"Say in which currency: {', '.join(found)}."})
    return found[0]


@transactional
async def _write(
    mentor: Viewer, account: ConnectedAccount, amount_minor: int | None, currency: str
) -> Payout:
    """Of two at once the second sees what the first has left."""
    await claim(Place(MENTOR_AVAILABLE, mentor.user_id), currency)
    await _check_none_under_way(mentor.user_id, currency)
    owed = (await owed_to(mentor.user_id)).get(currency, [])
    disputed = await disputed_payments(mentor.user_id)
    amount = _checked(amount_minor, payable(owed, disputed), currency)
    number = uuid4()
    payout = await Payout.create(
        public_id=number,
        mentor_id=mentor.user_id,
        account_id=account.id,
        amount_minor=amount,
        currency=currency,
        provider_key=f"payout:{number}:1",
        requested_at=now(),
    )
    await record_transition("payout", payout.id, "", payout.status, mentor.user_id)
    for part in chosen(owed, disputed, amount):
        await _transfer(payout, part)
    await enqueue(SEND, {"payout_id": payout.id})
    return payout


async def _check_none_under_way(mentor_id: int, currency: str) -> None:
    """One after the other: whatever lies in the mentor's account belongs to one payout."""
    under_way = Payout.filter(mentor_id=mentor_id, currency=currency, status__in=UNDER_WAY)
    before = await under_way.order_by("-id").first()
    if before is not None and before.status == PayoutStatus.FAILED:
        raise Conflict("payout_failed", STUCK)
    if before is not None:
        raise Conflict("payout_under_way", WAIT)


def _checked(asked: int | None, there: int, currency: str) -> int:
    amount = there if asked is None else asked
    if there < least(currency):
        raise Conflict("nothing_available", _too_little(there, currency))
    if amount < least(currency):
        raise Invalid(fields={"amount_minor": f"The least is {money(least(currency), currency)}."})
    if amount > there:
        raise Invalid(fields={"amount_minor": f"At most {money(there, currency)} can be paid out now."})
    return amount


def _too_little(there: int, currency: str) -> str:
    if not there:
        return NOTHING
    return f"Payouts begin at {money(least(currency), currency)}; you have {money(there, currency)}."


async def _transfer(payout: Payout, part: Source) -> None:
    transfer = await Transfer.create(
        payout_id=payout.id,
        payment_id=part.payment_id,
        amount_minor=part.amount_minor,
        provider_key=f"transfer:{uuid4()}",
        created_at=now(),
    )
    posting = postings.transferred(part.amount_minor, payout.mentor_id)
    key, subject = f"transfer:{transfer.id}:sent", subject_of(part.payment_id)
    await post(posting, payout.currency, key=key, subject=subject)
