"""What learners see of what they paid: the list, one payment, and who sees it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from aiohttp.test_utils import TestClient

from server.edge.access import Viewer
from server.infra.clock import ManualClock
from server.payments.receipts.listing import Wanted, credits_of, transactions
from server.payments.receipts.seen import payment_seen
from server.payments.states import PaymentStatus, RefundStatus
from tests.databases import BOTH
from tests.server.booking.makers import bearer, mentor, person
from tests.server.payments.purchases import begun, change, disputed, paid, priced, refunded, released


@dataclass(slots=True)
class World:
    mira: Viewer
    lea: Viewer


@pytest.fixture
async def world(database: object) -> World:
    return World(await mentor(), await person("lea"))


async def lines(world: World, **wanted: Any) -> list[tuple[str, int, str]]:
    found, total = await transactions(world.lea.user_id, Wanted(**wanted), 0, 100)
    assert total == len(found)
    return [(line.kind, line.amount_minor, line.status) for line in found]


@BOTH
async def test_payments_and_refunds_stand_in_one_list_newest_first(
    world: World, moved_clock: ManualClock
) -> None:
    first = await paid(await priced(world.mira), world.lea)
    moved_clock.advance(timedelta(hours=1))
    await paid(await priced(world.mira, 990), world.lea)
    moved_clock.advance(timedelta(hours=1))
    await refunded(first, 2250, RefundStatus.SENT)
    await paid(await priced(world.mira), await person("jun"))
    assert await lines(world) == [
        ("refund", -2250, "sent"),
        ("payment", 990, "succeeded"),
        ("payment", 4500, "succeeded"),
    ]
    pages = [(await transactions(world.lea.user_id, Wanted(), page, 1))[0][0] for page in range(3)]
    assert [line.amount_minor for line in pages] == [-2250, 990, 4500]


@BOTH
async def test_list_is_filtered_by_state_and_time(world: World, moved_clock: ManualClock) -> None:
    old = await paid(await priced(world.mira), world.lea)
    moved_clock.advance(timedelta(minutes=10))
    later = moved_clock.now()
    await begun(await priced(world.mira, 700), world.lea)
    gone = await begun(await priced(world.mira, 800), world.lea)
    await change(gone, status=PaymentStatus.CANCELLED)
    await refunded(old, 100)
    assert [amount for _, amount, _ in await lines(world)] == [-100, 700, 4500]
    assert await lines(world, state="paid") == [("payment", 4500, "partially_refunded")]
    assert await lines(world, state="refunds") == [("refund", -100, "succeeded")]
    assert await lines(world, state="open") == [("payment", 700, "created")]
    assert await lines(world, until=later) == [("payment", 4500, "partially_refunded")]
    assert await lines(world, since=later, state="paid") == []


@BOTH
async def test_refund_that_failed_is_credit(world: World) -> None:
    payment = await paid(await priced(world.mira), world.lea)
    assert await credits_of(world.lea.user_id) == []
    await refunded(payment, 4500, RefundStatus.FAILED)
    assert [(credit.amount_minor, credit.currency) for credit in await credits_of(world.lea.user_id)] == [
        (4500, "EUR")
    ]


@BOTH
async def test_payment_tells_what_happened_to_it(world: World, moved_clock: ManualClock) -> None:
    payment = await paid(await priced(world.mira), world.lea)
    moved_clock.advance(timedelta(days=1))
    await refunded(payment, 1000, RefundStatus.SUCCEEDED, "Half of it was music.")
    moved_clock.advance(timedelta(days=1))
    await released(payment)
    await disputed(payment)
    seen = await payment_seen(payment.public_id, world.lea)
    assert sorted(step.what for step in seen.steps) == sorted(
        ["begun", "paid", "refund_begun", "refund_arrived", "released", "disputed"]
    )
    assert [step.at for step in seen.steps] == sorted(step.at for step in seen.steps)
    assert (seen.left_minor, seen.refunds[0].reason) == (3500, "Half of it was music.")


@BOTH
async def test_mentor_sees_their_part_and_nothing_of_the_card(world: World) -> None:
    payment = await paid(await priced(world.mira), world.lea)
    await refunded(payment, 2250)
    seen = await payment_seen(payment.public_id, world.mira)
    assert (seen.commission_minor, seen.mentor_minor) == (337, 1913)
    assert (seen.card, seen.client_secret, seen.receipt_number) == ("", None, None)
    own = await payment_seen(payment.public_id, world.lea)
    assert (own.card, own.commission_minor, own.mentor_minor) == ("visa 4242", None, None)


async def test_secret_is_for_its_learner_while_it_is_not_paid(http: TestClient, world: World) -> None:
    session = await priced(world.mira)
    payment = await begun(session, world.lea)
    path = f"/api/v1/payments/{payment.public_id}"
    learner, teacher = await bearer(world.lea), await bearer(world.mira)
    told = (await (await http.get(path, headers=learner)).json())["data"]
    assert told["client_secret"] == payment.client_secret
    assert {"id", "provider_id", "amount_minor", "currency", "status"} <= told.keys()
    assert (await (await http.get(path, headers=teacher)).json())["data"]["client_secret"] is None
    await change(payment, status=PaymentStatus.SUCCEEDED)
    assert (await (await http.get(path, headers=learner)).json())["data"]["client_secret"] is None


async def test_strangers_find_nothing(http: TestClient, world: World) -> None:
    payment = await paid(await priced(world.mira), world.lea)
    strangers = [await bearer(await person("jun")), await bearer(await mentor("tomas"))]
    for headers in strangers:
        for path in ("/payments/{}", "/api/v1/payments/{}", "/api/v1/payments/{}/receipt"):
            answer = await http.get(path.format(payment.public_id), headers=headers)
            assert answer.status == 404
        assert (await (await http.get("/api/v1/payments", headers=headers)).json())["data"]["items"] == []
    missing = await http.get(f"/payments/{uuid4()}", headers=await bearer(world.lea))
    assert missing.status == 404


async def test_pages_of_payments(http: TestClient, world: World) -> None:
    headers = await bearer(world.lea)
    empty = await (await http.get("/payments", headers=headers)).text()
    assert "Nothing paid yet" in empty
    payment = await paid(await priced(world.mira, title="Closures & <scopes>"), world.lea)
    await refunded(payment, 2250, RefundStatus.SENT, "You gave your seat back.")
    page = await (await http.get("/payments", headers=headers)).text()
    assert "Closures &amp; &lt;scopes&gt;" in page
    assert "−" in page and "€22.50" in page and "R-000001" in page
    one = await (await http.get(f"/payments/{payment.public_id}", headers=headers)).text()
    assert "You gave your seat back." in one and "ending in</span> 4242" in one
    mentors = await (
        await http.get(f"/payments/{payment.public_id}", headers=await bearer(world.mira))
    ).text()
    assert "Commission of PeerLearn" in mentors and "4242" not in mentors
    assert world.lea.email not in mentors
    wrong = await (await http.get("/payments?state=nothing&from=2026-13-01", headers=headers)).text()
    assert "One filter was left out" in wrong and "€45.00" in wrong


async def test_list_of_the_api_and_table(http: TestClient, world: World) -> None:
    headers = await bearer(world.lea)
    payment = await paid(await priced(world.mira), world.lea)
    await refunded(payment, 100)
    data = (await (await http.get("/api/v1/payments?per_page=1", headers=headers)).json())["data"]
    assert (data["total"], data["items"][0]["receipt"]) == (1, "R-000001")
    assert [refund["amount_minor"] for refund in data["items"][0]["refunds"]] == [100]
    table = await (await http.get("/payments.csv?state=refunds", headers=headers)).text()
    assert table.count("\n") == 2 and ",-1.00,EUR,succeeded" in table
