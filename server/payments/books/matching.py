"""To what of ours a movement of our balance belongs, and what is wrong with it.

Two things are written down as they are found, since nobody else may tell of them: refunds that were made
by hand, and what goes between the provider and our own bank."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from server.edge.templates import money
from server.payments.gateway.answers import GatewayRefused, Movement, RefundSeen
from server.payments.gateway.current import gateway
from server.payments.ledger import postings
from server.payments.ledger.models import LedgerEntry, LedgerTransaction
from server.payments.ledger.posting import post
from server.payments.locking import subject_of
from server.payments.models import Dispute, Payment, Refund, Reversal, Transfer
from server.payments.refunds.by_hand import learn, ours
from server.payments.states import PAID, DisputeStatus, RefundStatus


@dataclass(frozen=True, slots=True)
class Match:
    """`subject` is what of ours it is about ("payment:17"), `finding` what is wrong, or empty."""

    subject: str = ""
    finding: str = ""


async def match(movement: Movement) -> Match:
    """Raises GatewayDown where the provider must be asked what it is."""
    look = BY_KIND.get(movement.kind)
    return await look(movement) if look else Match(finding=f"a {movement.kind} that we do not know")


async def _charge(movement: Movement) -> Match:
    payment = await Payment.get_or_none(charge_id=movement.source)
    if payment is None:
        return await _stray_charge(movement)
    if payment.status not in PAID:
        return Match(subject_of(payment.id), "it was paid, and is not in our books yet")
    fee = payment.provider_fee_minor
    finding = _other_amount(movement, payment.amount_minor, payment.currency)
    if not finding and fee != movement.fee_minor:
        known = "none" if fee is None else money(fee, payment.currency)
        finding = f"the fee is {money(movement.fee_minor, movement.currency)}, in our books {known}"
    return Match(subject_of(payment.id), finding)


async def _stray_charge(movement: Movement) -> Match:
    """Money that paid nothing of ours, and goes back; or that we have not heard of yet."""
    try:
        intent_id = (await gateway().charge(movement.source)).intent_id
    except GatewayRefused as refused:
        return Match(finding=f"money came that the provider does not explain: {refused}"[:200])
    payment = await Payment.get_or_none(provider_id=intent_id) if intent_id else None
    booked = await LedgerTransaction.get_or_none(key=f"stray:{intent_id}:paid")
    if booked is not None:
        return Match(booked.subject, await _booked_otherwise(movement, booked.id))
    if payment is not None:
        return Match(subject_of(payment.id), "it was paid, and is not in our books yet")
    return Match(finding="money came that is for nothing of ours")


async def _booked_otherwise(movement: Movement, transaction_id: int) -> str:
    entry = await LedgerEntry.get(transaction_id=transaction_id)
    return _other_amount(movement, entry.amount_minor, entry.currency)


async def _refund(movement: Movement) -> Match:
    refund = await Refund.get_or_none(provider_id=movement.source).prefetch_related("payment")
    if refund is None:
        return await _unknown_refund(movement)
    payment = refund.payment
    return Match(subject_of(payment.id), _other_amount(movement, -refund.amount_minor, payment.currency))


async def _unknown_refund(movement: Movement) -> Match:
    """One whose answer we have not stored, of stray money, or made by hand at the provider."""
    try:
        seen = await gateway().refund_seen(movement.source)
    except GatewayRefused as refused:
        return Match(finding=f"a refund that the provider does not explain: {refused}"[:200])
    refund = await ours(seen)
    if refund is not None:
        return Match(subject_of(refund.payment_id), "it was sent, and is not written down yet")
    stray = await LedgerTransaction.get_or_none(key=f"stray:{seen.intent_id}:begun")
    if stray is not None:
        return Match(stray.subject, await _of_stray(movement, seen))
    return await _by_hand(movement, seen)


async def _of_stray(movement: Movement, seen: RefundSeen) -> str:
    """What came to nothing at once was never booked as on its way."""
    booked = f"stray:{seen.intent_id}:arrived:{seen.id}"
    if not await LedgerTransaction.exists(key=booked):
        return "" if seen.came_to_nothing else "stray money was sent back, and is not written down yet"
    came_back = f"stray:{seen.intent_id}:came_back:{seen.id}"
    if movement.amount_minor > 0 and not await LedgerTransaction.exists(key=came_back):
        return "the bank refused stray money, and it is not written down yet"
    return ""


async def _by_hand(movement: Movement, seen: RefundSeen) -> Match:
    """It is written down now. What failed before we heard of it has moved nothing in the end."""
    payment = await Payment.get_or_none(provider_id=seen.intent_id)
    if payment is not None:
        await learn(payment.id)
        if seen.came_to_nothing or await Refund.exists(provider_id=seen.id):
            return Match(subject_of(payment.id), _other_currency(movement, payment.currency))
    return Match(finding="a refund that we did not ask for")


async def _refund_failure(movement: Movement) -> Match:
    refund = await Refund.get_or_none(provider_id=movement.source).prefetch_related("payment")
    if refund is None:
        return await _unknown_refund(movement)
    finding = _other_amount(movement, refund.amount_minor, refund.payment.currency)
    if not finding and refund.status != RefundStatus.FAILED:
        finding = f"the bank refused it, and in our books it is {refund.status}"
    return Match(subject_of(refund.payment_id), finding)


async def _transfer(movement: Movement) -> Match:
    transfer = await Transfer.get_or_none(provider_id=movement.source).prefetch_related("payment")
    if transfer is None:
        return Match(finding="a transfer that we did not ask for, or did not hear of yet")
    currency = transfer.payment.currency
    return Match(
        subject_of(transfer.payment_id), _other_amount(movement, -transfer.amount_minor, currency)
    )


async def _reversal(movement: Movement) -> Match:
    found = Reversal.get_or_none(provider_id=movement.source)
    reversal = await found.prefetch_related("transfer__payment")
    if reversal is None:
        return Match(finding="a transfer came back that we did not ask for, or did not hear of yet")
    payment = reversal.transfer.payment
    return Match(subject_of(payment.id), _other_amount(movement, reversal.amount_minor, payment.currency))


async def _dispute(movement: Movement) -> Match:
    """What a bank took, gave back, or what that cost."""
    dispute = await Dispute.get_or_none(provider_id=movement.source)
    if dispute is None:
        return Match(finding="an adjustment for no dispute of ours")
    expected = dispute.amount_minor if movement.amount_minor > 0 else -dispute.amount_minor
    finding = _other_amount(movement, expected, dispute.currency)
    if not finding and movement.amount_minor > 0 and dispute.status != DisputeStatus.WON:
        finding = f"the bank gave it back, and in our books it is {dispute.status}"
    if not finding and not await _fee_is_booked(movement):
        finding = f"the fee of {money(movement.fee_minor, movement.currency)} is not in our books"
    return Match(subject_of(dispute.payment_id), finding)


async def _to_bank(movement: Movement) -> Match:
    """Between what is ours at the provider and our own bank: nobody else has a part in it, so that it is
    booked as it is seen. What is sent back, or filled up, is more than 0."""
    subject = f"bank:{movement.source}"[:60]
    came, amount = movement.amount_minor > 0, abs(movement.amount_minor)
    posting = postings.from_bank(amount) if came else postings.to_bank(amount)
    key = f"movement:{movement.id}"
    await post(posting, movement.currency, key=key, subject=subject)
    if movement.fee_minor:
        fee = postings.charged_fee(movement.fee_minor)
        await post(fee, movement.currency, key=f"fee:{movement.id}", subject=subject)
    return Match(subject)


async def _fee_is_booked(movement: Movement) -> bool:
    return not movement.fee_minor or await LedgerTransaction.exists(key=f"fee:{movement.id}")


def _other_currency(movement: Movement, currency: str) -> str:
    if movement.currency == currency:
        return ""
    return f"it is in {movement.currency}, and its payment in {currency}"


def _other_amount(movement: Movement, expected: int, currency: str) -> str:
    if (movement.amount_minor, movement.currency) == (expected, currency):
        return ""
    moved = money(movement.amount_minor, movement.currency)
    return f"it is {moved}, in our books {money(expected, currency)}"


BY_KIND: Mapping[str, Callable[[Movement], Awaitable[Match]]] = {
    "charge": _charge,
    "payment": _charge,
    "refund": _refund,
    "payment_refund": _refund,
    "refund_failure": _refund_failure,
    "payment_failure_refund": _refund_failure,
    "transfer": _transfer,
    "transfer_refund": _reversal,
    "adjustment": _dispute,
    "payout": _to_bank,
    "payout_cancel": _to_bank,
    "payout_failure": _to_bank,
    "topup": _to_bank,
    "topup_reversal": _to_bank,
}
