"""The page on which a held seat is paid, by requests: what it shows, lets in, and where it leads."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from aiohttp.test_utils import TestClient

from config.settings import Settings
from server.booking.models import Booking
from server.booking.seats.expiry import expire_hold
from server.booking.times import HOLD
from server.infra.clock import ManualClock
from server.payments.gateway.current import sandbox_folder, using
from server.payments.models import Payment
from tests.databases import BOTH
from tests.server.booking.makers import cookie, mentor, person, published
from tests.server.booking.test_pages import get, post
from tests.server.payments.buyers import PRICE, card, hold, seat_of, sold
from tests.server.payments.provider import Provider
from tests.server.payments.test_checkout_api import owe

pytestmark = pytest.mark.usefixtures("true_books")


@pytest.fixture
async def till(http: TestClient, provider: Provider, settings: Settings) -> AsyncIterator[TestClient]:
    """A platform whose stand-in is found where it writes its address down."""
    folder = sandbox_folder(settings.data_dir)
    folder.mkdir(parents=True)
    (folder / "address.json").write_text(f'{{"base": "{provider.base}"}}', encoding="utf-8")
    yield http


async def held(headers_of: str = "lea") -> tuple[Booking, dict[str, str]]:
    lea = await person(headers_of, zone="Europe/Berlin")
    return await hold(await sold(), lea), await cookie(lea)


@BOTH
async def test_page_says_what_is_paid_and_lets_the_script_in(
    till: TestClient, provider: Provider
) -> None:
    booking, headers = await held()
    answer = await till.get(f"/bookings/{booking.public_id}/pay", headers=headers)
    page = await answer.text()
    payment = await Payment.get()
    for words in (
        "Pay for your seat",
        "€49.99",
        "Closures by example",
        "your time, Berlin",
        "Nothing back",
    ):
        assert words in page
    assert f'data-secret="{payment.client_secret}"' in page
    assert f'data-script="{provider.base}/v3/"' in page
    assert 'data-countdown="' in page
    assert "<noscript>" in page
    policy = answer.headers["Content-Security-Policy"]
    for part in ("script-src", "frame-src", "connect-src"):
        assert provider.base in next(each for each in policy.split("; ") if each.startswith(part))
    other = await till.get(f"/bookings/{booking.public_id}", headers=headers)
    assert provider.base not in other.headers["Content-Security-Policy"]
    assert f"/bookings/{booking.public_id}/pay" in await other.text()


@BOTH
async def test_return_is_a_reason_to_ask_and_no_more(till: TestClient, provider: Provider) -> None:
    booking, headers = await held()
    pay = f"/bookings/{booking.public_id}/pay"
    assert (await get(till, pay, headers))[0] == 200
    forged = f"{pay}?payment_intent=pi_other&redirect_status=succeeded"
    assert (await get(till, forged, headers))[0] == 200
    assert await seat_of(await Payment.get()) == ("held", 1)
    await card(provider, await Payment.get())
    answer = await till.get(forged, headers=headers, allow_redirects=False)
    assert answer.headers["Location"] == f"/bookings/{booking.public_id}?done=paid"
    assert "The seat is yours" in (await get(till, answer.headers["Location"], headers))[1]
    answer = await till.get(pay, headers=headers, allow_redirects=False)
    assert answer.headers["Location"] == f"/bookings/{booking.public_id}"


async def test_declined_card_is_said_in_words(till: TestClient, provider: Provider) -> None:
    booking, headers = await held()
    await get(till, f"/bookings/{booking.public_id}/pay", headers)
    await Payment.filter().update(status="failed", failure="Your card has insufficient funds.")
    _, page = await get(till, f"/bookings/{booking.public_id}/pay", headers)
    assert "insufficient funds" in page
    assert "You can try another card" in page


async def test_credit_is_offered_where_it_is_enough(till: TestClient) -> None:
    booking, headers = await held()
    pay = f"/bookings/{booking.public_id}/pay"
    assert "my credit" not in (await get(till, pay, headers))[1]
    await owe(booking.learner_id, PRICE)
    _, page = await get(till, pay, headers)
    assert "Pay with my credit" in page
    assert "Or pay by card" in page
    assert await post(till, pay, headers) == (303, f"/bookings/{booking.public_id}?done=paid")
    assert await seat_of(await Payment.get()) == ("confirmed", 1)


async def test_credit_that_is_too_little_is_said(till: TestClient) -> None:
    booking, headers = await held()
    status, _ = await post(till, f"/bookings/{booking.public_id}/pay", headers)
    assert status == 409


async def test_seat_that_is_gone_is_not_paid(till: TestClient, moved_clock: ManualClock) -> None:
    booking, headers = await held()
    moved_clock.advance(HOLD)
    for _ in range(2):  # before its end is noticed, and after
        status, page = await get(till, f"/bookings/{booking.public_id}/pay", headers)
        assert (status, "The time to pay is over" in page) == (200, True)
        assert "Nothing was charged" in page
        assert "data-pay" not in page
        await expire_hold(booking.id)
    assert await Payment.all().count() == 0


async def test_payment_without_a_seat_says_that_it_goes_back(
    till: TestClient, provider: Provider, moved_clock: ManualClock
) -> None:
    booking, headers = await held()
    pay = f"/bookings/{booking.public_id}/pay"
    await get(till, pay, headers)
    moved_clock.advance(HOLD + timedelta(seconds=1))
    await expire_hold(booking.id)
    await hold(booking.session_id, await person("leo"))
    await card(provider, await Payment.get())
    _, page = await get(till, f"{pay}?payment_intent=1", headers)
    assert "goes back to you" in page


async def test_provider_that_is_away_is_said_and_nothing_lost(http: TestClient) -> None:
    booking, headers = await held()
    status, page = await get(http, f"/bookings/{booking.public_id}/pay", headers)
    assert status == 503
    assert "can&#39;t be reached" in page
    assert "nothing was charged" in page


async def test_unsure_return_waits(till: TestClient) -> None:
    booking, headers = await held()
    pay = f"/bookings/{booking.public_id}/pay"
    await get(till, pay, headers)
    with using(None):
        status, page = await get(till, f"{pay}?payment_intent=1", headers)
    assert (status, "data-waiting" in page) == (200, True)


async def test_page_is_its_learners_alone(till: TestClient) -> None:
    booking, _ = await held()
    headers = await cookie(await person("eve"))
    assert (await get(till, f"/bookings/{booking.public_id}/pay", headers))[0] == 404


async def test_free_seat_has_nothing_to_pay(till: TestClient) -> None:
    lea = await person("lea")
    booking = await hold(await published(await mentor()), lea)
    answer = await till.get(
        f"/bookings/{booking.public_id}/pay", headers=await cookie(lea), allow_redirects=False
    )
    assert answer.headers["Location"] == f"/bookings/{booking.public_id}"
