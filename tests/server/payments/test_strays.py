"""Money that came and pays nothing goes back, whatever happens to it on its way; what can't is credit."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator

import pytest

from server.infra.models import OutboxRow
from server.payments.books.reconciling import reconcile
from server.payments.checkout import strays
from server.payments.checkout.syncing import sync_payment
from server.payments.gateway.answers import GatewayDown
from server.payments.ledger.balances import balance
from server.payments.ledger.chart import LEARNER_CREDIT, REFUND_IN_FLIGHT
from server.payments.ledger.postings import Place
from server.payments.models import Payment, StripeEvent
from server.payments.webhook.handlers import HANDLERS
from tests.databases import BOTH
from tests.server.booking.makers import payments, person
from tests.server.payments.buyers import PRICE, begun, card, sold
from tests.server.payments.provider import Provider, running

pytestmark = pytest.mark.usefixtures("database", "taking_payments", "true_books")
RunJobs = Callable[[], Awaitable[int]]


@pytest.fixture
def provider_base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A provider that nobody else uses: its balance is looked at."""
    with running(tmp_path_factory.mktemp("provider")) as base:
        yield base


@pytest.fixture
def taking_payments() -> Iterator[None]:
    with payments():
        yield


async def stray(provider: Provider, name: str = "visa") -> Payment:
    """Another amount than was asked for was paid. It is not on its way back yet."""
    payment = await begun(await sold(), await person("lea"))
    await Payment.filter(id=payment.id).update(amount_minor=PRICE + 1)
    await card(provider, payment, name)
    assert await sync_payment(payment.id) == "another amount: given back"
    return payment


async def credit(payment: Payment) -> int:
    return await balance(Place(LEARNER_CREDIT, payment.learner_id), "EUR")


async def given_back(provider: Provider, payment: Payment) -> list[tuple[int, str]]:
    """At the provider, the last first."""
    found = provider.gateway.refunds_of(payment.provider_id or "")
    return [(seen.amount_minor, seen.status) async for seen in found]


async def findings() -> list[str]:
    (row,) = await reconcile()
    return list(row.findings)


@BOTH
async def test_bank_that_refuses_days_later_makes_it_credit(
    provider: Provider, run_jobs: RunJobs
) -> None:
    payment = await stray(provider, "refundFail")
    await run_jobs()
    assert (await credit(payment), await findings()) == (0, [])
    sent = [seen.id async for seen in provider.gateway.refunds_of(payment.provider_id or "")]
    refund_id = sent[0]
    await provider.call(f"_sandbox/refunds/{refund_id}/settle")
    assert "the bank refused stray money, and it is not written down yet" in (await findings())[1]
    event = StripeEvent(id="evt", kind="refund.failed", object_id=refund_id)
    for said in ("applied", "known, or not ours"):
        assert await HANDLERS[event.kind](event) == said
    assert (await credit(payment), await findings()) == (PRICE, [])
    told = [row.payload["kind"] for row in await OutboxRow.filter(job="notifications.tell")]
    assert told.count("refund_failed") == 1


@BOTH
async def test_what_was_given_back_by_hand_is_not_given_back_again(
    provider: Provider, run_jobs: RunJobs
) -> None:
    payment = await stray(provider)
    made = await provider.call("v1/refunds", payment_intent=payment.provider_id, amount=2000)
    event = StripeEvent(id="evt", kind="refund.created", object_id=made["id"])
    assert await HANDLERS[event.kind](event) == "known, or not ours"
    await run_jobs()
    assert await given_back(provider, payment) == [(PRICE - 2000, "succeeded"), (2000, "succeeded")]
    assert (await credit(payment), await findings()) == (0, [])
    assert await balance(Place(REFUND_IN_FLIGHT), "EUR") == 0


async def test_lost_answer_sends_it_once_though_the_key_is_forgotten(
    provider: Provider, run_jobs: RunJobs
) -> None:
    payment = await stray(provider)
    about = {"payment_id": payment.id, "intent_id": payment.provider_id}
    asked = {**about, "amount_minor": PRICE, "currency": "EUR"}
    await provider.fault(error_after_commit=2)  # the library tries twice
    with pytest.raises(GatewayDown):
        await strays.send_back(asked)
    await provider.call("_sandbox/forget_keys")
    await run_jobs()
    await strays.send_back(asked)
    assert await given_back(provider, payment) == [(PRICE, "succeeded")]
    assert (await credit(payment), await findings()) == (0, [])
