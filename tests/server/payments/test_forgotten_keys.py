"""The provider forgets our keys after a day: what was done, and whose answer was lost, is found and not
done again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from server.infra.clock import ManualClock
from server.payments.gateway.answers import GatewayDown
from server.payments.models import Payout, Reversal, Transfer
from server.payments.payouts import reversing, sending
from server.payments.payouts.requesting import request_payout
from tests.server.booking.makers import person
from tests.server.payments.makers import (
    balance_at_provider,
    earned,
    late_refund,
    payee,
    settled_at_bank,
)
from tests.server.payments.provider import Provider
from tests.server.payments.stories import failing_once

pytestmark = pytest.mark.usefixtures("database")
RunJobs = Callable[[], Awaitable[int]]
LOST = 2  # answers: the library tries twice


async def days_later(provider: Provider, clock: ManualClock) -> None:
    clock.advance(timedelta(days=2))
    await provider.call("_sandbox/forget_keys")


async def test_transfer_is_not_sent_twice(provider: Provider, moved_clock: ManualClock) -> None:
    mira, lea = await payee(provider), await person("lea")
    await earned(mira, lea, 2000, provider=provider)
    payout = await request_payout(mira, 800)  # a second one of so much would be left of the charge
    await provider.fault(error_after_commit=LOST)
    with pytest.raises(GatewayDown):
        await sending.send(payout.id)
    assert (await Transfer.get()).status == "created"
    await days_later(provider, moved_clock)
    await sending.send(payout.id)
    await payout.refresh_from_db()
    assert (payout.status, payout.amount_minor) == ("in_transit", 800)
    assert await balance_at_provider(provider, payout) == 0


async def test_bank_is_not_asked_twice(provider: Provider, moved_clock: ManualClock) -> None:
    mira, lea = await payee(provider), await person("lea")
    await earned(mira, lea, 2000, provider=provider)
    payout = await request_payout(mira, 800)
    with failing_once(sending, "_begun"), pytest.raises(RuntimeError, match="killed"):
        await sending.send(payout.id)
    account = (await Payout.get(id=payout.id).prefetch_related("account")).account.provider_id
    transfer = {"amount": 5000, "currency": "eur", "destination": account}
    await provider.charge(9000)
    await provider.call("v1/transfers", **transfer)  # of another installation: it could pay a second one
    await days_later(provider, moved_clock)
    await sending.send(payout.id)
    await payout.refresh_from_db()
    assert payout.status == "in_transit"
    assert await balance_at_provider(provider, payout) == 5000


async def test_reversal_is_not_done_twice(
    provider: Provider, moved_clock: ManualClock, run_jobs: RunJobs
) -> None:
    payout, reversal = await lost_reversal(provider, run_jobs)
    await days_later(provider, moved_clock)
    await reversing.settle(reversal.id)
    await reversal.refresh_from_db()
    assert reversal.status == "succeeded"
    assert await balance_at_provider(provider, payout) == 1700 - 510


async def test_reversal_that_was_done_is_found_though_another_payout_is_due(
    provider: Provider, run_jobs: RunJobs
) -> None:
    """It may not be asked for any more, but it had been before."""
    payout, reversal = await lost_reversal(provider, run_jobs)
    await Payout.filter(id=payout.id).update(status="paid")
    await Payout.create(
        mentor_id=payout.mentor_id,
        account_id=payout.account_id,
        amount_minor=1,
        currency="EUR",
        status="failed",
        provider_key="payout:of another day",
        requested_at=payout.requested_at,
    )
    await reversing.settle(reversal.id)
    await reversal.refresh_from_db()
    assert (reversal.status, reversal.failure) == ("succeeded", "")
    assert await balance_at_provider(provider, payout) == 1700 - 510


async def lost_reversal(provider: Provider, run_jobs: RunJobs) -> tuple[Payout, Reversal]:
    """A part of a transfer came back from a payout that a bank refused, and nobody heard the answer."""
    mira, lea = await payee(provider), await person("lea")
    payment = await earned(mira, lea, 2000, provider=provider)
    payout = await request_payout(mira)
    await run_jobs()
    await provider.fault(payout_fails=1)
    assert (await settled_at_bank(provider, payout)).status == "failed"
    await late_refund(payment, 600)
    reversal = await Reversal.get()
    await provider.fault(error_after_commit=LOST)
    with pytest.raises(GatewayDown):
        await reversing.settle(reversal.id)
    return payout, reversal
