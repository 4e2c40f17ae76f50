"""What administrators see of all money: figures that follow from the books, lists, and the books."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from aiohttp.test_utils import TestClient

from server.edge.access import Viewer
from server.infra.clock import ManualClock
from server.payments.ledger import postings
from server.payments.ledger.chart import ESCROW, PLATFORM_REVENUE
from server.payments.ledger.posting import post
from server.payments.models import Payment, Reconciliation, StripeEvent
from server.payments.periods import Period, midnight
from server.payments.reports.books import account_lines, trials
from server.payments.reports.figures import change, figures, together
from server.payments.reports.forms import PeriodQuery
from server.payments.reports.listing import Wanted, payments
from server.payments.reports.one import payment_file
from server.payments.reports.report import Report, currencies, report
from server.payments.states import RefundStatus
from tests.databases import BOTH
from tests.server.booking.makers import bearer, mentor, person
from tests.server.payments.purchases import FEE, begun, book, disputed, paid, priced, refunded, released
from web import TEMPLATES

BERLIN, UTC_ZONE = ZoneInfo("Europe/Berlin"), ZoneInfo("UTC")
MONEY = "/dashboard/admin/payments"


@dataclass(slots=True)
class World:
    mira: Viewer
    lea: Viewer


@pytest.fixture
async def world(database: object) -> World:
    return World(await mentor(), await person("lea"))


# --- periods


def test_days_begin_at_midnight_of_the_zone() -> None:
    summer = Period(date(2026, 10, 24), date(2026, 10, 25), BERLIN)  # the night of 25 hours
    assert summer.since == datetime(2026, 10, 23, 22, tzinfo=UTC)
    assert summer.until == datetime(2026, 10, 25, 23, tzinfo=UTC)
    assert midnight(date(2026, 10, 24), BERLIN).tzinfo is UTC
    assert (summer.before.first, summer.before.last) == (date(2026, 10, 22), date(2026, 10, 23))


@pytest.mark.parametrize(
    ("first", "last", "step", "count"),
    [
        (date(2026, 1, 1), date(2026, 1, 31), "day", 31),
        (date(2026, 1, 1), date(2026, 2, 1), "week", 5),
        (date(2026, 1, 5), date(2026, 7, 5), "week", 26),
        (date(2025, 12, 15), date(2026, 12, 31), "month", 13),
    ],
)
def test_parts_fill_the_period(first: date, last: date, step: str, count: int) -> None:
    period = Period(first, last, BERLIN)
    parts = period.parts()
    assert (period.step, len(parts)) == (step, count)
    assert (parts[0][0], parts[-1][1]) == (first, last)
    for (_, end), (begin, _) in pairwise(parts):
        assert begin == end + timedelta(days=1)


def test_period_that_is_not_asked_for_is_the_last_thirty_days() -> None:
    today = date(2026, 11, 23)
    usual = PeriodQuery.model_validate({}).period("Europe/Berlin", today)
    assert (usual.first, usual.last, usual.zone.key) == (date(2026, 10, 25), today, "Europe/Berlin")
    since = PeriodQuery.model_validate({"from": "2026-11-01"}).period("UTC", today)
    assert (since.first, since.last) == (date(2026, 11, 1), today)
    long_ago = PeriodQuery.model_validate({"from": "2001-01-01"}).period("UTC", today)
    assert long_ago.days == 3 * 366


def test_changes_are_in_per_cent_of_before() -> None:
    assert [change(150, 100), change(50, 100), change(-50, -100), change(1, 0)] == [50, -50, 50, None]


def test_figures_of_nothing_are_nothing() -> None:
    found = figures(together([]))
    assert (found.gross, found.net, found.refunds) == (0, 0, 0)


# --- figures


async def of_days(first: date, last: date, zone: ZoneInfo = UTC_ZONE) -> Report:
    return await report(Period(first, last, zone), "EUR")


@BOTH
async def test_figures_follow_from_the_books(world: World, moved_clock: ManualClock) -> None:
    moved_clock.set(datetime(2026, 3, 2, 12, tzinfo=UTC))
    one = await paid(await priced(world.mira), world.lea)
    two = await paid(await priced(world.mira, 1000), world.lea)
    moved_clock.set(datetime(2026, 3, 4, 12, tzinfo=UTC))
    await refunded(one, 2250)
    await refunded(two, 400, RefundStatus.SENT)
    await released(one)
    await book(two, "goodwill", postings.goodwill(300, world.lea.user_id))
    found = await of_days(date(2026, 3, 1), date(2026, 3, 7))
    total = found.total
    assert (total.gross, total.refunds, total.fees, total.goodwill) == (5500, 2650, 2 * FEE, 300)
    assert (total.commission, total.net) == (337, 337 - 2 * FEE - 300)
    assert [part.figures.gross for part in found.parts] == [0, 5500, 0, 0, 0, 0, 0]
    assert [part.figures.refunds for part in found.parts] == [0, 0, 0, 2650, 0, 0, 0]
    standing = found.standing
    assert (standing.escrow, standing.mentors, standing.learners) == (600, 1913, 300)
    assert (standing.refunds_on_way, standing.liability) == (400, 600 + 1913 + 300 + 400)
    assert standing.with_provider == 5500 - 2 * FEE - 2250


@BOTH
async def test_figures_are_of_the_days_of_the_zone(world: World, moved_clock: ManualClock) -> None:
    moved_clock.set(datetime(2026, 3, 2, 23, 30, tzinfo=UTC))  # the third of March in Berlin
    await paid(await priced(world.mira), world.lea)
    day = date(2026, 3, 2)
    assert (await of_days(day, day)).total.gross == 4500
    assert (await of_days(day, day, BERLIN)).total.gross == 0
    after = date(2026, 3, 3)
    assert (await of_days(after, after, BERLIN)).total.gross == 4500


@BOTH
async def test_period_is_compared_with_the_one_before(world: World, moved_clock: ManualClock) -> None:
    moved_clock.set(datetime(2026, 3, 2, 12, tzinfo=UTC))
    payment = await paid(await priced(world.mira), world.lea)
    moved_clock.set(datetime(2026, 3, 4, 12, tzinfo=UTC))
    await paid(await priced(world.mira, 9000), world.lea)
    await disputed(payment)
    moved_clock.set(datetime(2026, 3, 20, tzinfo=UTC))
    found = await of_days(date(2026, 3, 3), date(2026, 3, 4))
    assert (found.before.gross, found.total.gross) == (4500, 9000)
    assert found.standing.disputed == 4500
    early = await of_days(date(2026, 3, 1), date(2026, 3, 2))
    assert (early.standing.escrow, early.standing.disputed) == (4500, 0)
    assert early.standing_at == datetime(2026, 3, 3, tzinfo=UTC)


@BOTH
async def test_currencies_are_kept_apart(world: World) -> None:
    await paid(await priced(world.mira), world.lea)
    await post(postings.paid(800), "JPY", key="before:1:paid", subject="before:1")
    assert set(await currencies()) == {"EUR", "JPY"}
    today = datetime.now(UTC).date()
    week = Period(today - timedelta(days=1), today + timedelta(days=1), UTC_ZONE)
    assert (await report(week, "JPY")).total.gross == 800
    balances = {trial.currency: (trial.debits, trial.credits) for trial in await trials()}
    assert balances["EUR"] == (4500, 4500) and balances["JPY"] == (800, 800)


# --- lists


async def found(**wanted: Any) -> list[int]:
    rows, total = await payments(Wanted(**wanted), 0, 50)
    assert total == len(rows)
    return [row.amount_minor for row in rows]


@BOTH
async def test_payments_are_found_by_whatever_one_knows_of_them(
    world: World, moved_clock: ManualClock
) -> None:
    one = await paid(await priced(world.mira, 100, title="Closures"), world.lea)
    moved_clock.advance(timedelta(minutes=1))
    two = await paid(await priced(await mentor("tomas"), 200, title="Scopes"), await person("jun"))
    assert await found() == [200, 100]
    for q in ("LEA", "mira", "closu", one.provider_id, one.charge_id, "r-000001", str(one.public_id)):
        assert await found(q=q) == [100], q
    assert await found(q="nobody") == []
    refund = await refunded(two, 50, RefundStatus.SENT)
    await type(refund).filter(id=refund.id).update(provider_id="re_7")
    assert await found(q="re_7") == [200]
    dispute = await disputed(one)
    assert await found(q=dispute.provider_id) == await found(state="disputed") == [100]
    assert await found(state="refunded") == [200]
    await released(one)
    assert await found(state="unreleased") == [200]
    await begun(await priced(world.mira, 300), world.lea)
    assert (await found(state="open"), await found(state="paid")) == ([300], [200, 100])
    assert await found(since=moved_clock.now() + timedelta(seconds=1)) == []


@BOTH
async def test_one_payment_is_shown_with_all_that_is_known(world: World) -> None:
    payment = await paid(await priced(world.mira), world.lea)
    await refunded(payment, 500)
    dispute = await disputed(payment)
    for number, about in enumerate((payment.provider_id, dispute.provider_id, "pi_other")):
        await StripeEvent.create(
            id=f"evt_{number}",
            kind="something",
            object_id=about,
            created_at=payment.created_at,
            received_at=payment.created_at,
        )
    file = await payment_file(payment.public_id, world.mira)
    assert [entry.kind for entry in file.entries] == [
        "paid",
        "provider_fee",
        "refund_begun",
        "refund_arrived",
        "disputed",
    ]
    assert sorted(event.id for event in file.events) == ["evt_0", "evt_1"]
    assert (len(file.refunds), len(file.disputes), file.left_minor) == (1, 1, 4000)


@BOTH
async def test_account_shows_its_entries_from_its_own_side(world: World) -> None:
    payment = await paid(await priced(world.mira), world.lea)
    await refunded(payment, 500)
    await released(payment)
    lines, total = await account_lines(ESCROW.name, "EUR", "", 0, 50)
    assert total == 4
    assert sum(line.amount_minor for line in lines) == 0
    assert [line.amount_minor for line in lines][-2:] == [-500, 4500]
    assert {line.payment_id for line in lines} == {str(payment.public_id)}
    earned, _ = await account_lines("mentor_available", "EUR", "mira", 0, 50)
    assert [(line.owner, line.amount_minor) for line in earned] == [("mira", 3400)]
    assert (await account_lines("mentor_available", "EUR", "lea", 0, 50))[1] == 0
    assert (await account_lines(PLATFORM_REVENUE.name, "JPY", "", 0, 50))[1] == 0


# --- pages


async def test_pages_of_money(http: TestClient, world: World) -> None:
    root = await bearer(await person("root", "owner"))
    pages = (MONEY, f"{MONEY}/list", f"{MONEY}/books", "/dashboard/admin/disputes")
    for page in pages:
        assert (await http.get(page, headers=root)).status == 200, page
    payment = await paid(await priced(world.mira, title="<b>Closures"), world.lea)
    await disputed(payment)
    await Reconciliation.create(
        currency="EUR",
        checked_at=payment.created_at,
        provider_minor=1,
        books_minor=2,
        movements=3,
        findings=["<b>Nobody knows txn_1."],
    )
    told = {page: await (await http.get(page, headers=root)).text() for page in pages}
    assert "€45.00" in told[MONEY] and "<svg" in told[MONEY] and "style=" not in told[MONEY]
    assert "&lt;b&gt;Closures" in told[f"{MONEY}/list"]
    assert "&lt;b&gt;Nobody knows" in told[f"{MONEY}/books"]
    assert "Debits and credits are the same." in told[f"{MONEY}/books"]
    assert "Undecided" in told["/dashboard/admin/disputes"]
    one = await (await http.get(f"{MONEY}/{payment.public_id}", headers=root)).text()
    assert "Fee of the provider" in one and "Disputed" in one
    account = f"{MONEY}/books/account?account=escrow&currency=EUR"
    assert "payment:1:paid" in await (await http.get(account, headers=root)).text()
    for missing in (f"{MONEY}/books/account?account=mattress&currency=EUR", f"{MONEY}/nothing"):
        assert (await http.get(missing, headers=root)).status == 404


async def test_wrong_period_is_said_and_left_out(http: TestClient, world: World) -> None:
    root = await bearer(await person("root", "finance"))
    for query in ("from=2026-13-01", "zone=Mars/Base", "from=2026-02-01&to=2026-01-01"):
        page = await (await http.get(f"{MONEY}?{query}", headers=root)).text()
        assert "The period was left out" in page, query


async def test_tables_have_what_the_pages_show(http: TestClient, world: World) -> None:
    root = await bearer(await person("root", "finance"))
    payment = await paid(await priced(world.mira), world.lea)
    await refunded(payment, 500)
    listed = await (await http.get(f"{MONEY}/list.csv?q=lea", headers=root)).text()
    assert listed.count("\n") == 2 and ",45.00,5.00,1.55,6.75,EUR," in listed
    day = payment.created_at.date()
    rows = await (
        await http.get(f"{MONEY}/figures.csv?from={day}&to={day}&zone=UTC", headers=root)
    ).text()
    assert rows.splitlines()[1] == rows.splitlines()[2]
    assert rows.splitlines()[1].startswith(f"{day},{day},EUR,45.00,-1.55,0.00,1.55,5.00,0.00,0.00")


async def test_payments_of_all_as_json(http: TestClient, world: World) -> None:
    payment = await paid(await priced(world.mira), world.lea)
    headers = await bearer(await person("root", "finance"))
    data = (await (await http.get("/api/v1/admin/payments?q=lea", headers=headers)).json())["data"]
    assert (data["total"], data["items"][0]["id"]) == (1, str(payment.public_id))
    assert (data["items"][0]["learner"], data["items"][0]["fee_minor"]) == ("lea", FEE)
    for who in (world.lea, world.mira, await person("sam", "support")):
        answer = await http.get("/api/v1/admin/payments", headers=await bearer(who))
        assert answer.status == 403
    assert await Payment.all().count() == 1


def test_every_event_of_money_has_words() -> None:
    """Administrators read what was booked, not the codes of it."""
    partial = (TEMPLATES / "partials/payments.html").read_text(encoding="utf-8")
    kinds = re.findall(r'_posting\("(\w+)"', Path(postings.__file__).read_text(encoding="utf-8"))
    assert [kind for kind in kinds if f'"{kind}": "' not in partial] == []
