"""Booking and paying over HTTP, as programs do it."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import pytest
from aiohttp.test_utils import TestClient

from config.settings import Settings
from server.booking.models import Booking
from server.booking.paying import paid_by
from server.infra.metrics import PAYMENTS
from server.infra.models import OutboxRow
from server.payments.checkout.crediting import credit_of
from server.payments.checkout.syncing import sync_payment
from server.payments.ledger import postings
from server.payments.ledger.balances import balance
from server.payments.ledger.chart import ESCROW
from server.payments.ledger.posting import post
from server.payments.ledger.postings import Place
from server.payments.models import Payment
from tests.databases import BOTH
from tests.server.booking.makers import bearer, mentor, person, published
from tests.server.payments.buyers import PRICE, card, seat_of, sold
from tests.server.payments.provider import Provider
from tests.server.payments.sandbox import SECRET_KEY

pytestmark = pytest.mark.usefixtures("true_books")
RunJobs = Callable[[], Awaitable[int]]


async def book(http: TestClient, session_id: object, headers: dict[str, str]) -> tuple[int, Any]:
    answer = await http.post(f"/api/v1/sessions/{session_id}/bookings", headers=headers)
    return answer.status, (await answer.json())["data"]


@BOTH
async def test_many_posts_are_one_booking_one_payment_and_one_intent(
    http: TestClient, provider: Provider
) -> None:
    session_id, headers = await sold(), await bearer(await person("lea"))
    answers = await asyncio.gather(*(book(http, session_id, headers) for _ in range(20)))
    assert Counter(status for status, _ in answers) == {200: 19, 201: 1}
    assert len({(data["booking"]["id"], data["payment"]["client_secret"]) for _, data in answers}) == 1
    data = answers[0][1]
    assert data["booking"]["status"] == "held"
    payment = data["payment"]
    assert (payment["amount_minor"], payment["currency"], payment["status"]) == (PRICE, "EUR", "created")
    assert payment["provider_id"].startswith("pi_")
    assert payment["client_secret"].startswith(f"{payment['provider_id']}_secret_")
    assert await Payment.all().count() == await Booking.all().count() == 1


@BOTH
async def test_seat_is_paid_by_asking_now(http: TestClient, provider: Provider) -> None:
    headers = await bearer(await person("lea"))
    _, data = await book(http, await sold(), headers)
    before = PAYMENTS.labels("succeeded")._value.get()
    check = f"/api/v1/payments/{data['payment']['id']}/check"
    asked = await http.post(check, headers=headers)
    assert (await asked.json())["data"]["status"] == "created"
    await card(provider, await Payment.get())
    asked = await http.post(check, headers=headers)
    assert (await asked.json())["data"]["status"] == "succeeded"
    shown = await http.get(f"/api/v1/bookings/{data['booking']['id']}", headers=headers)
    booking = (await shown.json())["data"]
    assert (booking["status"], booking["payment_status"]) == ("confirmed", "succeeded")
    assert PAYMENTS.labels("succeeded")._value.get() == before + 1
    assert (await http.post(check, headers=await bearer(await person("eve")))).status == 404


async def test_free_seat_has_no_payment(http: TestClient) -> None:
    session_id, headers = await published(await mentor()), await bearer(await person("lea"))
    status, data = await book(http, session_id, headers)
    assert (status, data["payment"], data["booking"]["payment_status"]) == (201, None, None)
    begin = f"/api/v1/bookings/{data['booking']['id']}/payment"
    assert (await http.post(begin, headers=headers)).status == 409


async def test_provider_that_is_away_leaves_the_seat_held(http: TestClient) -> None:
    session_id, headers = await sold(), await bearer(await person("lea"))
    status, _ = await book(http, session_id, headers)
    assert status == 503
    assert (await Booking.get()).status == "held"


async def test_nothing_priced_is_booked_where_nothing_can_be_paid(http: TestClient) -> None:
    session_id, headers = await sold(), await bearer(await person("lea"))
    with paid_by(None):
        status, _ = await book(http, session_id, headers)
    assert status == 409


async def test_unverified_person_pays_nothing(http: TestClient) -> None:
    headers = await bearer(await person("new", verified=False))
    answer = await http.post(f"/api/v1/sessions/{await sold()}/bookings", headers=headers)
    assert (answer.status, (await answer.json())["error"]["code"]) == (403, "unverified")


# --- credit


async def owe(learner_id: int, amount: int) -> None:
    await post(postings.goodwill(amount, learner_id), "EUR", key=f"test:{uuid4()}", subject="test")


@BOTH
async def test_credit_pays_the_whole_price_once(
    http: TestClient, provider: Provider, run_jobs: RunJobs
) -> None:
    lea = await person("lea")
    headers = await bearer(lea)
    _, data = await book(http, await sold(), headers)
    begin = f"/api/v1/bookings/{data['booking']['id']}/payment"
    await owe(lea.user_id, PRICE - 1)
    refused = await http.post(begin, json={"method": "credit"}, headers=headers)
    assert (refused.status, (await refused.json())["error"]["code"]) == (409, "credit_too_small")
    await owe(lea.user_id, PRICE)
    tries = [http.post(begin, json={"method": "credit"}, headers=headers) for _ in range(8)]
    assert {answer.status for answer in await asyncio.gather(*tries)} == {200}
    payment = await Payment.get()
    assert (payment.status, payment.method, payment.receipt_number) == ("succeeded", "credit", 1)
    assert await seat_of(payment) == ("confirmed", 1)
    assert await credit_of(lea.user_id, "EUR") == PRICE - 1
    assert await balance(Place(ESCROW), "EUR") == PRICE
    await run_jobs()
    assert (await provider.gateway.intent(payment.provider_id or "")).status == "canceled"


@BOTH
async def test_card_that_was_charged_beside_the_credit_goes_back(
    http: TestClient, provider: Provider, run_jobs: RunJobs
) -> None:
    lea = await person("lea")
    headers = await bearer(lea)
    _, data = await book(http, await sold(), headers)
    await owe(lea.user_id, PRICE)
    await card(provider, await Payment.get())
    begin = f"/api/v1/bookings/{data['booking']['id']}/payment"
    assert (await http.post(begin, json={"method": "credit"}, headers=headers)).status == 200
    await run_jobs()
    payment = await Payment.get()
    seen = await provider.gateway.intent(payment.provider_id or "")
    assert (await provider.gateway.charge(seen.charge_id or "")).refunded_minor == PRICE
    assert (payment.status, payment.method) == ("succeeded", "credit")
    assert await balance(Place(ESCROW), "EUR") == PRICE
    assert await credit_of(lea.user_id, "EUR") == 0
    assert await sync_payment(payment.id) == "paid by credit"


async def test_secrets_are_in_no_job_and_no_log(
    http: TestClient, provider: Provider, caplog: pytest.LogCaptureFixture, settings: Settings
) -> None:
    caplog.set_level(logging.INFO)
    headers = await bearer(await person("lea"))
    _, data = await book(http, await sold(), headers)
    await card(provider, await Payment.get())
    await sync_payment((await Payment.get()).id)
    written = caplog.text + "".join([str(row.payload) for row in await OutboxRow.all()])
    assert data["payment"]["client_secret"] not in written
    for secret in (settings.stripe.secret_key, SECRET_KEY):
        assert secret not in written
