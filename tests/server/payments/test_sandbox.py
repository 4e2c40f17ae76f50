"""The stand-in for Stripe answers the real library as Stripe would, and makes mistakes when asked to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
import stripe

from tests.server.payments.sandbox import PUBLISHABLE_KEY, WITHIN_S, Sandbox, sandbox, start, stop

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Sandbox]:
    async with sandbox(tmp_path_factory.mktemp("sandbox")) as found:
        yield found


@pytest.fixture
def bank(shared: Sandbox) -> Sandbox:
    shared.events.clear()
    return shared


async def intent(bank: Sandbox, amount: int = 5000, **more: Any) -> stripe.PaymentIntent:
    params: Any = {"amount": amount, "currency": "eur", "metadata": {"booking": "7"}, **more}
    return await bank.client.v1.payment_intents.create_async(params)


async def confirm(bank: Sandbox, number: str, card: str = "pm_card_visa") -> stripe.PaymentIntent:
    return await bank.client.v1.payment_intents.confirm_async(number, {"payment_method": card})


async def paid(bank: Sandbox, card: str = "pm_card_visa", amount: int = 5000) -> stripe.PaymentIntent:
    return await confirm(bank, (await intent(bank, amount)).id, card)


async def mentor_account(bank: Sandbox) -> str:
    """An account that may be paid out."""
    account = await bank.client.v1.accounts.create_async({"type": "express", "country": "DE"})
    link = await bank.client.v1.account_links.create_async(
        {
            "account": account.id,
            "type": "account_onboarding",
            "return_url": "http://127.0.0.1/back",
            "refresh_url": "http://127.0.0.1/again",
        }
    )
    number = link.url.rpartition("/")[2]
    assert (await bank.ask(f"connect/{number}"))["return_url"] == "http://127.0.0.1/back"
    return account.id


async def test_card_that_pays_makes_a_charge_with_a_fee(bank: Sandbox) -> None:
    done = await paid(bank)
    assert (done.status, done.amount_received, done.metadata["booking"]) == ("succeeded", 5000, "7")
    charge = await bank.client.v1.charges.retrieve_async(str(done.latest_charge))
    moved = await bank.client.v1.balance_transactions.retrieve_async(str(charge.balance_transaction))
    assert (moved.amount, moved.fee, moved.net) == (5000, 95, 4905)
    (event,) = await bank.told("payment_intent.succeeded")
    assert event["data"]["object"]["id"] == done.id


async def test_declined_card_says_why_and_another_one_pays(bank: Sandbox) -> None:
    asked = await intent(bank)
    with pytest.raises(stripe.CardError) as refused:
        await confirm(bank, asked.id, "pm_card_chargeDeclinedInsufficientFunds")
    assert refused.value.code == "card_declined"
    assert refused.value.json_body["error"]["decline_code"] == "insufficient_funds"
    await bank.told("payment_intent.payment_failed")
    assert (await confirm(bank, asked.id)).status == "succeeded"


async def test_card_that_asks_waits_for_its_holder(bank: Sandbox) -> None:
    asked = await paid(bank, "pm_card_authenticationRequired")
    assert asked.status == "requires_action"
    assert (await bank.ask(f"authenticate/{asked.id}", agreed="false"))["status"] == (
        "requires_payment_method"
    )
    await confirm(bank, asked.id, "pm_card_authenticationRequired")
    assert (await bank.ask(f"authenticate/{asked.id}", agreed="true"))["status"] == "succeeded"


async def test_card_may_be_declined_after_its_holder_agreed(bank: Sandbox) -> None:
    asked = await paid(bank, "pm_card_threeDSecureRequiredChargeDeclined")
    after = await bank.ask(f"authenticate/{asked.id}", agreed="true")
    assert after["last_payment_error"]["code"] == "card_declined"


async def test_another_card_may_be_taken_while_a_bank_asks(bank: Sandbox) -> None:
    asked = await paid(bank, "pm_card_authenticationRequired")
    assert (await confirm(bank, asked.id)).status == "succeeded"


async def test_browser_confirms_its_own_intent_alone(bank: Sandbox) -> None:
    own, other = await intent(bank), await intent(bank)
    form = {"key": PUBLISHABLE_KEY, "payment_method": "pm_card_visa", "client_secret": own.client_secret}
    for number, expected in ((other.id, 401), (own.id, 200)):
        url = f"{bank.base}/v1/payment_intents/{number}/confirm"
        async with bank.http.post(url, data=form) as answer:
            assert answer.status == expected
    with pytest.raises(stripe.AuthenticationError):
        await stripe.StripeClient(
            PUBLISHABLE_KEY,
            base_addresses={"api": bank.base},
            http_client=stripe.AIOHTTPClient(session=bank.http),
        ).v1.refunds.create_async({"payment_intent": own.id})


async def test_browser_sees_its_own_intent_alone_and_cancels_none(bank: Sandbox) -> None:
    own, other = await intent(bank), await intent(bank)
    query = {"key": PUBLISHABLE_KEY, "client_secret": str(own.client_secret)}
    for number, expected in ((other.id, 401), (own.id, 200)):
        url = f"{bank.base}/v1/payment_intents/{number}"
        async with bank.http.get(url, params=query) as answer:
            assert answer.status == expected
            assert answer.headers.get("Access-Control-Allow-Origin") == ("*" if expected == 200 else None)
    async with bank.http.post(f"{bank.base}/v1/payment_intents/{own.id}/cancel", data=query) as answer:
        assert answer.status == 401


TYPED = {"number": "4242 4242 4242 4242", "exp_month": "12", "exp_year": "40", "cvc": "123"}


@pytest.mark.parametrize(
    ("changes", "code", "decline_code"),
    [
        ({}, None, None),
        ({"number": "5555555555554444", "exp_year": "2040"}, None, None),
        ({"number": "4242424242424241"}, "incorrect_number", None),
        ({"number": "4111111111111111"}, "card_declined", "test_mode_live_card"),
        ({"number": "4000000000009987"}, "card_declined", "lost_card"),
        ({"exp_month": "13"}, "invalid_expiry_month", None),
        ({"exp_year": "20"}, "invalid_expiry_year", None),
        ({"cvc": "12"}, "invalid_cvc", None),
        ({"cvc": "12x"}, "invalid_cvc", None),
    ],
)
async def test_card_is_taken_as_typed(
    bank: Sandbox, changes: dict[str, str], code: str | None, decline_code: str | None
) -> None:
    asked = await intent(bank)
    typed = {f"payment_method_data[card][{part}]": text for part, text in {**TYPED, **changes}.items()}
    form = {"key": PUBLISHABLE_KEY, "client_secret": str(asked.client_secret), **typed}
    async with bank.http.post(f"{bank.base}/v1/payment_intents/{asked.id}/confirm", data=form) as answer:
        said = await answer.json()
    error = said.get("error", {})
    assert (error.get("code"), error.get("decline_code")) == (code, decline_code)
    assert code or said["status"] == "succeeded"


async def test_intent_is_cancelled_once_and_then_not_paid(bank: Sandbox) -> None:
    asked = await intent(bank)
    for _ in range(2):
        assert (await bank.client.v1.payment_intents.cancel_async(asked.id)).status == "canceled"
    with pytest.raises(stripe.InvalidRequestError) as refused:
        await confirm(bank, asked.id)
    assert refused.value.code == "payment_intent_unexpected_state"


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"amount": 49}, "amount_too_small"),
        ({"amount": 0}, "parameter_invalid_integer"),
        ({"payment_method": "pm_card_none", "confirm": True}, "resource_missing"),
    ],
)
async def test_what_is_wrong_is_refused_by_name(bank: Sandbox, params: Any, code: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        await intent(bank, **params)
    assert refused.value.code == code


async def test_refunds_never_exceed_the_charge(bank: Sandbox) -> None:
    done = await paid(bank)
    tries = [
        bank.client.v1.refunds.create_async({"payment_intent": done.id, "amount": 300}) for _ in range(20)
    ]
    results = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(each, stripe.Refund) for each in results) == 16
    left = await bank.client.v1.refunds.create_async({"payment_intent": done.id})
    assert left.amount == 200
    charge = await bank.client.v1.charges.retrieve_async(str(done.latest_charge))
    assert (charge.amount_refunded, charge.refunded) == (5000, True)


async def test_refund_may_fail_days_later(bank: Sandbox) -> None:
    done = await paid(bank, "pm_card_refundFail")
    back = await bank.client.v1.refunds.create_async({"payment_intent": done.id})
    assert back.status == "succeeded"
    assert (await bank.ask(f"refunds/{back.id}/settle"))["status"] == "failed"
    await bank.told("refund.failed")


async def test_mentor_gets_a_part_of_a_charge_and_is_paid_out(bank: Sandbox) -> None:
    done, account = await paid(bank), await mentor_account(bank)
    await bank.told("account.updated")
    sent: Any = {"amount": 4250, "currency": "eur", "destination": account}
    sent["source_transaction"] = done.latest_charge
    transfer = await bank.client.v1.transfers.create_async(sent)
    with pytest.raises(stripe.InvalidRequestError, match="greater than"):
        await bank.client.v1.transfers.create_async(sent)
    named: Any = {"amount": 250, "metadata": {"key": "k"}}
    await bank.client.v1.transfers.reversals.create_async(transfer.id, named)
    listed = await bank.client.v1.transfers.reversals.list_async(transfer.id)
    assert [(each.amount, each.to_dict()["metadata"]) for each in listed.data] == [(250, {"key": "k"})]
    assert not (await bank.client.v1.transfers.reversals.list_async("tr_other")).data
    options: Any = {"stripe_account": account}
    with pytest.raises(stripe.InvalidRequestError) as refused:
        await bank.client.v1.payouts.create_async({"amount": 4001, "currency": "eur"}, options)
    assert refused.value.code == "balance_insufficient"
    payout = await bank.client.v1.payouts.create_async({"amount": 4000, "currency": "eur"}, options)
    assert (await bank.ask(f"payouts/{payout.id}/settle", account=account))["status"] == "paid"
    (event,) = await bank.told("payout.paid")
    assert event["account"] == account


async def test_payout_that_a_bank_refuses_comes_back(bank: Sandbox) -> None:
    done, account = await paid(bank), await mentor_account(bank)
    source = str(done.latest_charge)
    await bank.client.v1.transfers.create_async(
        {"amount": 1000, "currency": "eur", "destination": account, "source_transaction": source}
    )
    await bank.ask("faults", payout_fails="1")
    options: Any = {"stripe_account": account}
    for expected in ("failed", "paid"):
        payout = await bank.client.v1.payouts.create_async({"amount": 1000, "currency": "eur"}, options)
        settled = await bank.ask(f"payouts/{payout.id}/settle", account=account)
        assert settled["status"] == expected


async def test_dispute_is_decided(bank: Sandbox) -> None:
    done = await paid(bank)
    found = await bank.ask(f"charges/{done.latest_charge}/dispute")
    assert (found["amount"], found["status"]) == (5000, "needs_response")
    assert (await bank.ask(f"disputes/{found['id']}/decide", won="true"))["status"] == "won"
    await bank.told("charge.dispute.closed")


async def test_card_that_is_disputed_is_so_at_once_and_once(bank: Sandbox) -> None:
    done = await paid(bank, "pm_card_createDispute")
    (event,) = await bank.told("charge.dispute.created")
    assert event["data"]["object"]["payment_intent"] == done.id
    with pytest.raises(AssertionError, match="disputed already"):
        await bank.ask(f"charges/{done.latest_charge}/dispute")


async def test_one_key_acts_once(bank: Sandbox) -> None:
    options: Any = {"idempotency_key": "key-1"}
    params: Any = {"amount": 700, "currency": "eur"}
    create = bank.client.v1.payment_intents.create_async
    first, second = await create(params, options), await create(params, options)
    assert first.id == second.id
    with pytest.raises(stripe.IdempotencyError):
        await create({**params, "amount": 800}, options)


async def test_answer_lost_after_the_work_is_found_with_its_key(bank: Sandbox) -> None:
    await bank.ask("faults", error_after_commit="1")
    options: Any = {"idempotency_key": "key-2"}
    params: Any = {"amount": 900, "currency": "eur", "confirm": True, "payment_method": "pm_card_visa"}
    with pytest.raises(stripe.APIError):
        await bank.client.v1.payment_intents.create_async(params, options)
    done = await bank.client.v1.payment_intents.create_async(params, options)
    assert done.status == "succeeded"
    charges = await bank.client.v1.charges.list_async({"payment_intent": done.id})
    assert len(charges.data) == 1


async def test_webhooks_come_twice_late_or_never_when_asked_to(bank: Sandbox) -> None:
    await bank.ask("faults", duplicate="1", drop="0")
    await intent(bank)
    await bank.told("payment_intent.created", 2)
    bank.events.clear()
    await bank.ask("faults", reorder="1", delay_s="0.3")
    first, second = await intent(bank), await intent(bank)
    created = await bank.told("payment_intent.created", 2)
    assert [each["data"]["object"]["id"] for each in created] == [second.id, first.id]
    bank.events.clear()
    await bank.ask("faults", drop="1")
    await intent(bank)
    last = await intent(bank)
    (only,) = await bank.told("payment_intent.created")
    assert only["data"]["object"]["id"] == last.id


async def test_webhook_that_is_not_taken_comes_again(bank: Sandbox) -> None:
    bank.refuse = 2
    asked = await intent(bank)
    (event,) = await bank.told("payment_intent.created")
    assert event["data"]["object"]["id"] == asked.id


async def test_lists_have_pages(bank: Sandbox) -> None:
    made = [(await intent(bank)).id for _ in range(3)]
    page = await bank.client.v1.payment_intents.list_async({"limit": 2})
    assert ([each.id for each in page.data], page.has_more) == ([made[2], made[1]], True)
    rest = await bank.client.v1.payment_intents.list_async({"limit": 1, "starting_after": made[1]})
    assert rest.data[0].id == made[0]


async def test_what_it_was_told_survives_its_end(tmp_path: Path) -> None:
    async with aiohttp.ClientSession() as http:
        before = await start(tmp_path, "", http)
        done = await paid(before)
        await stop(before)
        after = await start(tmp_path, "", http)
        async with asyncio.timeout(WITHIN_S):
            found = await after.client.v1.payment_intents.retrieve_async(done.id)
        await stop(after)
    assert found.status == "succeeded"
