"""Events of the provider: only its own, only fresh ones, each once, in any order."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
import stripe
from aiohttp.test_utils import TestClient

from config.settings import Settings
from server.edge import writes
from server.infra import clock, outbox
from server.infra.models import OutboxRow
from server.payments.gateway.client import Gateway
from server.payments.gateway.current import using
from server.payments.gateway.events import HEADER, TOLERANCE
from server.payments.ledger.balances import balance
from server.payments.ledger.chart import ESCROW
from server.payments.ledger.models import LedgerTransaction
from server.payments.ledger.postings import Place
from server.payments.models import Payment, StripeEvent
from server.payments.webhook.taking import EVENT, look_into, take_missed
from server.payments.webhook.views import REFUSED
from tests.databases import BOTH
from tests.server.booking.makers import payments, person
from tests.server.payments.buyers import PRICE, begun, card, seat_of, sold
from tests.server.payments.provider import Provider
from tests.server.payments.sandbox import SECRET_KEY, WEBHOOK_SECRET, WITHIN_S, Sandbox, start, stop

pytestmark = pytest.mark.usefixtures("true_books")
PATH = "/api/v1/webhooks/stripe"
RunJobs = Callable[[], Awaitable[int]]
AGE = int(TOLERANCE.total_seconds())


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, stripe=replace(settings.stripe, webhook_secret=WEBHOOK_SECRET))


@pytest.fixture(autouse=True)
def taking_payments() -> Iterator[None]:
    with payments():
        yield


def event(number: str = "evt_1", kind: str = "payment_intent.succeeded", about: str = "pi_1") -> Any:
    return {
        "id": number,
        "object": "event",
        "type": kind,
        "created": int(clock.now().timestamp()),
        "data": {"object": {"id": about, "object": "payment_intent"}},
    }


def signed(body: str, late: int = 0, secret: str = WEBHOOK_SECRET) -> dict[str, str]:
    at = int(clock.now().timestamp()) - late
    made = stripe.WebhookSignature.generate_signature_header(body, secret, at)  # type: ignore[no-untyped-call]
    return {HEADER: str(made)}


async def send(http: TestClient, body: str, headers: dict[str, str] | None = None) -> int:
    answer = await http.post(PATH, data=body.encode(), headers=headers or signed(body))
    return answer.status


@BOTH
async def test_event_is_kept_once_however_often_it_comes(http: TestClient) -> None:
    body = json.dumps(event())
    assert await asyncio.gather(*(send(http, body) for _ in range(20))) == [200] * 20
    assert await StripeEvent.all().count() == await OutboxRow.filter(job=EVENT).count() == 1
    kept = await StripeEvent.get()
    assert (kept.kind, kept.object_id, kept.account) == ("payment_intent.succeeded", "pi_1", "")


@pytest.mark.parametrize(("late", "status"), [(AGE, 200), (AGE + 1, 400), (-AGE, 200), (-AGE - 1, 400)])
async def test_signature_is_fresh_in_both_directions(
    http: TestClient, moved_clock: clock.ManualClock, late: int, status: int
) -> None:
    moved_clock.set(moved_clock.now().replace(microsecond=0))
    body = json.dumps(event())
    assert await send(http, body, signed(body, late)) == status


GOOD = json.dumps({"id": "evt_1"})


@pytest.mark.parametrize(
    "header",
    ["", "t=1", "v1=0", "t=x,v1=0", "t=1,v1=\u00e9", "t=1,v1=0", "t=99999999999999999999,v1=0"],
)
async def test_what_is_not_signed_is_refused(http: TestClient, header: str) -> None:
    assert await send(http, GOOD, {HEADER: header}) == 400
    assert await send(http, GOOD, signed(GOOD, secret="whsec_2")) == 400
    assert await send(http, GOOD, signed(GOOD + " ")) == 400
    assert await StripeEvent.all().count() == 0


@pytest.mark.parametrize(
    "body",
    [
        "",
        "no JSON",
        "[]",
        "null",
        '{"id": "evt_1"}',
        json.dumps({**event(), "created": 10**30}),
        json.dumps({**event(), "id": "e" * 81}),
        json.dumps({**event(), "id": "evt_\0"}),
        json.dumps({**event(), "data": []}),
        "[" * 100_000,
    ],
)
async def test_what_is_signed_and_no_event_is_refused(http: TestClient, body: str) -> None:
    assert await send(http, body) == 400


async def test_bytes_that_are_no_text_are_refused(http: TestClient) -> None:
    answer = await http.post(PATH, data=b"\xff\xfe", headers=signed("x"))
    assert answer.status == 400


async def test_forgers_are_slowed_and_the_provider_never_is(http: TestClient) -> None:
    for _ in range(REFUSED.count):
        assert await send(http, GOOD, {HEADER: "t=1,v1=0"}) == 400
    assert await send(http, GOOD, {HEADER: "t=1,v1=0"}) == 429


async def test_provider_is_not_counted_with_who_else_writes(
    http: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writes, "PER_ADDRESS", replace(writes.PER_ADDRESS, count=0))
    assert (await http.post("/api/v1/auth/login", json={})).status == 429
    assert await send(http, json.dumps(event())) == 200


@BOTH
async def test_event_of_somebody_else_or_of_no_kind_of_ours_is_kept_and_ignored(
    provider: Provider, database: Settings
) -> None:
    now = clock.now()
    for number, kind in enumerate(("payment_intent.succeeded", "charge.succeeded", "customer.created")):
        name = f"evt_{number}"
        await StripeEvent.create(id=name, kind=kind, object_id="x_1", created_at=now, received_at=now)
        await look_into(name)
        await look_into(name)
    outcomes = await StripeEvent.all().order_by("id").values_list("outcome", flat=True)
    assert outcomes == ["not ours", "not ours", "ignored"]
    assert await StripeEvent.filter(handled_at__isnull=True).count() == 0


@BOTH
async def test_event_may_come_before_its_intent_is_stored(
    provider: Provider, database: Settings, run_jobs: RunJobs
) -> None:
    payment = await begun(await sold(), await person("lea"))
    await Payment.filter(id=payment.id).update(provider_id=None, client_secret="")
    await card(provider, payment)
    now = clock.now()
    about: dict[str, Any] = {"kind": "payment_intent.succeeded", "object_id": payment.provider_id}
    await StripeEvent.create(id="evt_1", **about, created_at=now, received_at=now)
    await look_into("evt_1")
    assert (await StripeEvent.get()).outcome == "paid"
    assert await seat_of(payment) == ("confirmed", 1)


# --- the whole way, over a bad network


@pytest.fixture
async def bank(http: TestClient, settings: Settings) -> Any:
    """A sandbox that sends its webhooks to the application."""
    hook = str(http.make_url(PATH))
    found = await start(settings.data_dir / "bank", hook, http.session)
    with using(Gateway(SECRET_KEY, http.session, lambda: found.base)):
        yield found
    await stop(found)


async def events_of(bank: Sandbox) -> int:
    headers = {"Authorization": f"Bearer {SECRET_KEY}"}
    async with bank.http.get(f"{bank.base}/v1/events?limit=100", headers=headers) as answer:
        return len((await answer.json())["data"])


async def heard(count: int) -> None:
    """Wait for so many events by webhook."""
    news = asyncio.Event()
    forget = outbox.on_enqueued(news.set)
    async with asyncio.timeout(WITHIN_S):
        while await StripeEvent.all().count() < count:
            news.clear()
            await news.wait()
    forget()


@BOTH
async def test_whatever_the_network_does_the_books_say_one_thing(
    bank: Sandbox, run_jobs: RunJobs, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    session_id = await sold(capacity=5)
    begun_payments = [await begun(session_id, await person(name)) for name in ("lea", "leo", "lia")]
    await bank.ask("faults", duplicate="4", reorder="3", drop="2", delay_s="0.2")
    client = bank.client.v1.payment_intents
    for payment in begun_payments:
        await client.confirm_async(payment.provider_id or "", {"payment_method": "pm_card_visa"})
    told = await events_of(bank)
    await heard(told - 2)
    await run_jobs()
    assert await take_missed() == 2
    assert await take_missed() == 0
    await run_jobs()
    assert await StripeEvent.all().count() == told
    assert await StripeEvent.filter(handled_at__isnull=True).count() == 0
    assert await Payment.filter(status="succeeded").count() == 3
    assert await balance(Place(ESCROW), "EUR") == 3 * PRICE
    kinds = await LedgerTransaction.all().order_by("id").values_list("kind", flat=True)
    assert sorted(str(kind) for kind in kinds) == ["paid"] * 3 + ["provider_fee"] * 3
    for secret in [SECRET_KEY, WEBHOOK_SECRET, "_secret_"]:
        assert secret not in caplog.text
