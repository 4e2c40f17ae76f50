"""What a mentor sees of their money: balances, lessons, statements and books say the same."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from server.accounts.models import Login
from server.edge.access import Viewer
from server.infra.clock import ManualClock, now
from server.payments.models import Dispute, Payment
from server.payments.payouts.again import have_back
from server.payments.payouts.balances import balances
from server.payments.payouts.lessons import Wanted, earned_by
from server.payments.payouts.requesting import request_payout
from server.payments.payouts.statements import earned_by_month, months, moved, statement
from tests.databases import BOTH
from tests.server.booking.makers import bearer, mentor, person
from tests.server.payments.makers import (
    earned,
    late_refund,
    on_account,
    paid_lesson,
    payee,
    release,
    settled_at_bank,
    shares,
)
from tests.server.payments.provider import Provider
from tests.server.payments.test_payouts import failed_payout

pytestmark = pytest.mark.usefixtures("database")
RunJobs = Callable[[], Awaitable[int]]


async def agree(mira: Viewer) -> None:
    """Balances, lessons, statements and books of a mentor say the same, in each currency."""
    listed, _ = await earned_by(mira.user_id, Wanted(), 0, 100)
    all_ = await moved(mira.user_id)
    for found in await balances(mira.user_id):
        assert found.available == await on_account(mira, found.currency)
        assert 0 <= found.payable <= max(0, found.available)
        everything = found.pending + found.available + found.in_transit + found.paid
        assert everything == sum(each.share_minor for each in listed if each.currency == found.currency)
        parts = [
            await statement(mira.user_id, found.currency, month, "UTC")
            for month in reversed(months(all_.get(found.currency, []), "UTC"))
        ]
        for before, after in zip([None, *parts], parts, strict=False):
            assert after.opening_minor == (before.closing_minor if before else 0)
        if parts:
            assert parts[-1].closing_minor == found.available


async def states(mira: Viewer, **wanted: Any) -> list[str]:
    found, total = await earned_by(mira.user_id, Wanted(**wanted), 0, 20)
    assert total == len(found)
    return [each.state for each in found]


@BOTH
async def test_one_lesson_goes_through_all_balances(provider: Provider, run_jobs: RunJobs) -> None:
    mira, lea = await payee(provider), await person("lea")
    assert await balances(mira.user_id) == []
    payment = await paid_lesson(mira, lea, provider=provider)

    async def where() -> tuple[int, int, int, int]:
        await agree(mira)
        (found,) = await balances(mira.user_id)
        return found.pending, found.available, found.in_transit, found.paid

    assert (await where(), await states(mira)) == ((4250, 0, 0, 0), ["pending"])
    await release(payment)
    assert (await where(), await states(mira)) == ((0, 4250, 0, 0), ["available"])
    payout = await request_payout(mira)
    assert (await where(), await states(mira)) == ((0, 0, 4250, 0), ["on_its_way"])
    await run_jobs()
    await settled_at_bank(provider, payout)
    assert (await where(), await states(mira)) == ((0, 0, 0, 4250), ["paid_out"])
    await late_refund(payment, 5000)
    assert (await where(), await states(mira)) == ((0, -4250, 0, 4250), ["kept_back"])


@BOTH
async def test_everything_adds_up_in_the_middle_of_much(provider: Provider, run_jobs: RunJobs) -> None:
    mira, lea = await payee(provider), await person("lea")
    first = await earned(mira, lea, 1999, provider=provider)
    await earned(mira, lea, 99)
    await earned(mira, lea, 12_345, "JPY", provider=provider)
    waits = await paid_lesson(mira, lea, 3333, provider=provider)
    await Payment.filter(id=waits.id).update(refunded_minor=1111)
    gone = await paid_lesson(mira, lea, 500, "JPY")
    await Payment.filter(id=gone.id).update(lost_minor=500)
    await agree(mira)
    await request_payout(mira, 1234, "EUR")
    await run_jobs()
    await agree(mira)
    await late_refund(first, 1000)
    await run_jobs()
    await agree(mira)
    await request_payout(mira, None, "JPY")
    await agree(mira)
    assert sorted(await states(mira)) == sorted(
        ["available", "on_its_way", "pending", "given_back", "kept_back"]
    )


async def test_failed_payout_is_on_its_way_until_it_is_taken_back(
    provider: Provider, run_jobs: RunJobs
) -> None:
    mira, lea = await payee(provider), await person("lea")
    await earned(mira, lea, provider=provider)
    payout = await failed_payout(provider, run_jobs, mira)
    (found,) = await balances(mira.user_id)
    assert (found.available, found.in_transit) == (0, 4250)
    await have_back(payout.public_id, mira.user_id)
    await run_jobs()
    await agree(mira)
    assert await states(mira) == ["available"]


async def test_disputed_lesson_is_available_and_held(database: object) -> None:
    mira, lea = await mentor("mira"), await person("lea")
    payment = await earned(mira, lea, 2000)
    await earned(mira, lea, 1000)
    await Dispute.create(
        payment_id=payment.id, provider_id="dp_1", amount_minor=2000, currency="EUR", opened_at=now()
    )
    (found,) = await balances(mira.user_id)
    assert (found.available, found.payable, found.held) == (2550, 850, 1700)
    assert sorted(await states(mira)) == ["available", "disputed"]


async def test_lessons_are_found_by_state_and_time(moved_clock: ManualClock) -> None:
    mira, lea = await mentor("mira"), await person("lea")
    old = await earned(mira, lea, title="An old one")
    moved_clock.advance(timedelta(days=40))
    await paid_lesson(mira, lea, title="A new one")
    gone = await paid_lesson(mira, lea, title="Called off")
    await Payment.filter(id=gone.id).update(refunded_minor=5000)
    assert await states(mira, state="pending") == ["pending"]
    assert await states(mira, state="earned") == ["available"]
    assert await states(mira, state="given_back") == ["given_back"]
    since = now() - timedelta(days=10)
    assert await states(mira, until=since) == ["available"]
    (one,), _ = await earned_by(mira.user_id, Wanted("pending", since), 0, 20)
    assert (one.title, one.learner, one.price_minor, one.commission_minor) == (
        "A new one",
        "Lea",
        5000,
        750,
    )
    assert one.available_at is not None and one.available_at > one.starts_at
    assert shares(old).mentor == 4250


@BOTH
async def test_statement_is_of_a_month_in_the_mentors_zone(
    moved_clock: ManualClock, provider: Provider
) -> None:
    mira, lea = await payee(provider), await person("lea")
    moved_clock.set(moved_clock.now().replace(year=2030, month=5, day=31, hour=23, minute=30))
    payment = await earned(mira, lea, 2000, title="Late in May")
    moved_clock.advance(timedelta(hours=1))
    await earned(mira, lea, 1000, title="Early in June")
    await late_refund(payment, 2000)
    may = await statement(mira.user_id, "EUR", date(2030, 5, 1), "UTC")
    assert [(line.what, line.title, line.amount_minor) for line in may.lines] == [
        ("Lesson settled", "Late in May", 1700)
    ]
    june = await statement(mira.user_id, "EUR", date(2030, 6, 1), "UTC")
    assert (june.number, june.opening_minor, june.closing_minor) == ("2030-06-EUR", 1700, 850)
    assert [line.balance_minor for line in june.lines] == [2550, 850]
    in_berlin = await statement(mira.user_id, "EUR", date(2030, 6, 1), "Europe/Berlin")
    assert (in_berlin.opening_minor, len(in_berlin.lines)) == (0, 3)
    empty = await statement(mira.user_id, "EUR", date(2030, 7, 1), "UTC")
    assert (empty.opening_minor, empty.lines, empty.closing_minor) == (850, (), 850)
    history = (await moved(mira.user_id))["EUR"]
    assert months(history, "UTC") == [date(2030, 6, 1), date(2030, 5, 1)]
    assert earned_by_month(history, now(), "UTC", 3) == [
        (date(2030, 4, 1), 0),
        (date(2030, 5, 1), 1700),
        (date(2030, 6, 1), -850),
    ]


# --- by the API


async def test_programs_read_earnings_and_ask_for_payouts(http: TestClient, provider: Provider) -> None:
    mira, lea = await payee(provider), await person("lea")
    await earned(mira, lea, provider=provider)
    headers = await bearer(mira)
    await Login.all().update(second_factor=True, confirmed_at=now())

    async def call(method: str, path: str, status: int, **sent: Any) -> Any:
        async with http.request(method, f"/api/v1{path}", headers=headers, json=sent or None) as answer:
            assert answer.status == status, await answer.text()
            return (await answer.json())["data"]

    found = await call("GET", "/earnings", 200)
    (balance,) = found["balances"]
    assert (balance["currency"], balance["pending"], balance["available"]) == ("EUR", 0, 4250)
    assert found["account"] == {"stage": "ready", "missing": []}
    (lesson,) = (await call("GET", "/earnings/bookings?state=earned", 200))["items"]
    assert (lesson["price_minor"], lesson["commission_minor"], lesson["share_minor"]) == (5000, 750, 4250)
    await call("POST", "/payouts", 422, amount_minor=5000)
    payout = await call("POST", "/payouts", 201)
    assert (payout["amount_minor"], payout["status"]) == (4250, "requested")
    assert (await call("GET", "/payouts", 200))["items"] == [payout]
    await call("POST", f"/payouts/{payout['id']}/again", 409)
    await call("POST", f"/payouts/{lesson['payment_id']}/take-back", 404)
