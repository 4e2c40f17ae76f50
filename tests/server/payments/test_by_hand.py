"""Refunds that somebody made by hand at the provider count, whoever tells of them and in what order; and
nobody gets more back than they paid."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator

import pytest

from server.infra.clock import ManualClock
from server.payments.books.reconciling import expected, reconcile
from server.payments.disputes.told import sync_dispute
from server.payments.ledger.chart import (
    ESCROW,
    LEARNER_CREDIT,
    MENTOR_AVAILABLE,
    PLATFORM_LOSS,
    PLATFORM_REVENUE,
    REFUND_IN_FLIGHT,
)
from server.payments.ledger.posting import post
from server.payments.ledger.postings import Entry, Place, Posting
from server.payments.models import Refund, StripeEvent
from server.payments.refunds.by_hand import BY_HAND, learn
from server.payments.refunds.deciding import decide
from server.payments.refunds.undoing import UNDONE, take_back
from server.payments.release.releasing import release
from server.payments.release.rule import ISSUES
from server.payments.webhook.handlers import HANDLERS
from tests.databases import BOTH
from tests.server.booking.makers import payments
from tests.server.payments.provider import Provider, running
from tests.server.payments.stories import REFUND_FAILS, REFUND_WAITS, Seat, paid_seat

pytestmark = pytest.mark.usefixtures("database", "taking_payments", "true_books")
RunJobs = Callable[[], Awaitable[int]]


@pytest.fixture(scope="module")
def provider_base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A provider that nobody else uses: its balance is looked at."""
    with running(tmp_path_factory.mktemp("provider")) as base:
        yield base


@pytest.fixture
def taking_payments() -> Iterator[None]:
    with payments():
        yield


async def by_hand(seat: Seat, **amount: int) -> str:
    """At the provider, of which we hear nothing yet. Gives its id there."""
    payment = await seat.payment()
    made = await seat.provider.call("v1/refunds", payment_intent=payment.provider_id, **amount)
    return str(made["id"])


async def decided(seat: Seat, amount: int, cause: str = "test") -> Refund:
    found = await decide(await seat.payment(), amount, cause=cause, reason="asked", actor_id=None)
    assert found is not None
    return found


async def rows(seat: Seat) -> list[tuple[str, int, str]]:
    """Kind, amount and state of each refund, the first one first."""
    found = []
    for each in await Refund.filter(payment_id=seat.payment_id).order_by("id"):
        kind = next((kind for kind in (BY_HAND, UNDONE) if each.cause.startswith(kind)), "ours")
        found.append((kind, each.amount_minor, str(each.status)))
    return found


async def differs(seat: Seat) -> int:
    """By how much the provider has more than the books say: tests before this one left something."""
    held = (await seat.provider.gateway.balance()).get("EUR", 0)
    return held - await expected("EUR")


async def tell(kind: str, object_id: str) -> str:
    return await HANDLERS[kind](StripeEvent(id="evt", kind=kind, object_id=object_id))


@BOTH
@pytest.mark.parametrize("kind", ["refund.created", "charge.refunded"])
async def test_event_tells_of_a_refund_that_was_made_by_hand(
    provider: Provider, moved_clock: ManualClock, kind: str
) -> None:
    seat = await paid_seat(provider, moved_clock)
    before = await differs(seat)
    refund_id = await by_hand(seat, amount=2000)
    about = (await seat.payment()).charge_id if kind == "charge.refunded" else refund_id
    for said in ("applied", "known, or not ours"):
        assert await tell(kind, about or "") == said
    assert await rows(seat) == [(BY_HAND, 2000, "succeeded")]
    payment = await seat.payment()
    assert (payment.status, payment.refunded_minor) == ("partially_refunded", 2000)
    assert await seat.on(ESCROW) == 3000
    assert await differs(seat) == before


@BOTH
async def test_refused_refund_finds_the_one_that_was_made_by_hand(
    provider: Provider, moved_clock: ManualClock, run_jobs: RunJobs
) -> None:
    """All of it was given back: nothing is owed besides."""
    seat = await paid_seat(provider, moved_clock)
    await by_hand(seat)
    await decided(seat, 5000)
    await run_jobs()
    assert await rows(seat) == [(UNDONE, 5000, "failed"), (BY_HAND, 5000, "succeeded")]
    assert (await seat.payment()).refunded_minor == 5000
    assert await seat.on(LEARNER_CREDIT) == 0
    assert (await seat.payment()).status == "refunded"


async def test_what_is_left_besides_the_one_by_hand_is_still_given_back(
    provider: Provider, moved_clock: ManualClock, run_jobs: RunJobs
) -> None:
    seat = await paid_seat(provider, moved_clock)
    await by_hand(seat, amount=4000)
    await decided(seat, 2500)
    await run_jobs()
    assert await rows(seat) == [
        (UNDONE, 2500, "failed"),
        (BY_HAND, 4000, "succeeded"),
        ("ours", 1000, "succeeded"),
    ]
    assert (await seat.refund()).cause == "test"
    assert await seat.on(ESCROW) == 0


async def test_refund_that_fits_besides_stays(
    provider: Provider, moved_clock: ManualClock, run_jobs: RunJobs
) -> None:
    seat = await paid_seat(provider, moved_clock)
    await decided(seat, 1000)
    await by_hand(seat, amount=4000)
    assert await learn(seat.payment_id)
    await run_jobs()
    assert await rows(seat) == [("ours", 1000, "succeeded"), (BY_HAND, 4000, "succeeded")]


@BOTH
async def test_after_the_release_mentor_and_platform_give_back_their_shares(
    provider: Provider, moved_clock: ManualClock
) -> None:
    seat = await paid_seat(provider, moved_clock)
    await seat.take_place()
    moved_clock.advance(ISSUES)
    assert await release(seat.payment_id)
    earned, kept = await seat.on(MENTOR_AVAILABLE), await seat.on(PLATFORM_REVENUE)
    await by_hand(seat, amount=2500)
    assert await learn(seat.payment_id)
    refund = await seat.refund()
    assert refund.late and refund.mentor_minor + refund.platform_minor == 2500
    assert await seat.on(MENTOR_AVAILABLE) == earned - refund.mentor_minor
    assert await seat.on(PLATFORM_REVENUE) == kept - refund.platform_minor


@BOTH
@pytest.mark.parametrize("spent", [0, 2000])
async def test_credit_for_a_refund_that_failed_is_taken_back(
    provider: Provider, moved_clock: ManualClock, run_jobs: RunJobs, spent: int
) -> None:
    """It was refused by the bank and became credit; then the staff gave it back another way."""
    seat = await paid_seat(provider, moved_clock, card=REFUND_FAILS)
    failed = await decided(seat, 5000)
    await run_jobs()
    await provider.call(f"_sandbox/refunds/{(await seat.refund()).provider_id}/settle")
    assert await tell("refund.failed", (await seat.refund()).provider_id or "") == "applied"
    assert await seat.on(LEARNER_CREDIT) == 5000
    if spent:
        await spend(seat, spent)
    await by_hand(seat)
    assert await learn(seat.payment_id)
    assert await seat.on(LEARNER_CREDIT) == 0
    assert await seat.on(PLATFORM_LOSS) == spent
    await failed.refresh_from_db()
    assert failed.cause == f"{UNDONE}{failed.id}:test"
    assert (await seat.payment()).refunded_minor == 5000


async def spend(seat: Seat, amount: int) -> None:
    place = Place(LEARNER_CREDIT, seat.learner.user_id)
    spent = Posting("spent", (Entry(place, Place(PLATFORM_REVENUE), amount),))
    await post(spent, "EUR", key="spent", subject="test")


@BOTH
async def test_refund_heard_of_after_the_bank_took_everything_is_the_platforms_loss(
    provider: Provider, moved_clock: ManualClock
) -> None:
    """As if it had been heard of first: the order of events makes no difference."""
    seat = await paid_seat(provider, moved_clock)
    await by_hand(seat)
    number = (await provider.call(f"_sandbox/charges/{(await seat.payment()).charge_id}/dispute"))["id"]
    await sync_dispute(number)
    await provider.call(f"_sandbox/disputes/{number}/decide", won="false")
    await sync_dispute(number)
    assert (await seat.payment()).lost_minor == 5000
    assert await learn(seat.payment_id)
    payment = await seat.payment()
    assert (payment.refunded_minor, payment.lost_minor) == (5000, 0)
    assert await seat.on(PLATFORM_LOSS) == 5000
    assert await seat.on(ESCROW) == 0


async def test_refund_by_hand_that_the_bank_refuses_is_credit(
    provider: Provider, moved_clock: ManualClock
) -> None:
    seat = await paid_seat(provider, moved_clock, card=REFUND_FAILS)
    refund_id = await by_hand(seat, amount=1000)
    assert await tell("refund.created", refund_id) == "applied"
    await provider.call(f"_sandbox/refunds/{refund_id}/settle")
    assert await tell("refund.failed", refund_id) == "applied"
    assert await rows(seat) == [(BY_HAND, 1000, "failed")]
    assert await seat.on(LEARNER_CREDIT) == 1000


async def test_refund_by_hand_that_failed_before_we_heard_of_it_never_was(
    provider: Provider, moved_clock: ManualClock
) -> None:
    seat = await paid_seat(provider, moved_clock, card=REFUND_FAILS)
    before = await differs(seat)
    await provider.call(f"_sandbox/refunds/{await by_hand(seat)}/settle")
    assert not await learn(seat.payment_id)
    assert await rows(seat) == []
    assert await differs(seat) == before
    (row,) = await reconcile()
    assert [found for found in row.findings if f"payment:{seat.payment_id})" in found] == []


async def test_refund_by_hand_that_waits_is_followed(
    provider: Provider, moved_clock: ManualClock
) -> None:
    seat = await paid_seat(provider, moved_clock, card=REFUND_WAITS)
    refund_id = await by_hand(seat, amount=1000)
    assert await tell("refund.created", refund_id) == "applied"
    assert (await rows(seat), await seat.on(REFUND_IN_FLIGHT)) == ([(BY_HAND, 1000, "sent")], 1000)
    await provider.call(f"_sandbox/refunds/{refund_id}/settle")
    assert await tell("refund.updated", refund_id) == "applied"
    assert (await rows(seat), await seat.on(REFUND_IN_FLIGHT)) == ([(BY_HAND, 1000, "succeeded")], 0)


async def test_refund_that_was_undone_and_sent_all_the_same_counts(
    provider: Provider, moved_clock: ManualClock
) -> None:
    """Its answer was on its way while another one took its place."""
    seat = await paid_seat(provider, moved_clock)
    ours = await decided(seat, 3000)
    assert await take_back(await seat.payment(), ours, "charged back")
    named = {"payment_intent": (await seat.payment()).provider_id, "amount": 3000}
    await provider.call("v1/refunds", **named, **{"metadata[refund]": str(ours.public_id)})
    assert await learn(seat.payment_id)
    assert await rows(seat) == [(UNDONE, 3000, "failed"), (BY_HAND, 3000, "succeeded")]
