"""Mentors and the staff give money back: who may, how much, once, and what is kept of it."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import pytest
from aiohttp.test_utils import TestClient

from server.accounts.models import Login, User
from server.booking.models import Booking
from server.edge.access import Viewer
from server.edge.permissions import GRANTED, Permission
from server.infra import clock
from server.infra.models import AuditRow
from server.payments.models import Payment, Refund
from tests.server.booking.makers import bearer, cookie, mentor, person
from tests.server.payments.purchases import disputed, paid, priced

API = "/api/v1"


async def payment_of(mira: Viewer, amount: int = 5000) -> Payment:
    lea = await person("lea")
    return await paid(await priced(mira, amount), lea)


async def proven(viewer: Viewer) -> dict[str, str]:
    """Signed in just now, twice proven."""
    headers = await bearer(viewer)
    await Login.all().update(second_factor=True, confirmed_at=clock.now())
    return headers


async def ask(
    http: TestClient, payment: Payment, headers: dict[str, str], **body: Any
) -> tuple[int, dict[str, Any]]:
    url = f"{API}/payments/{payment.public_id}/refund"
    answer = await http.post(url, json=body, headers=headers)
    return answer.status, await answer.json()


async def test_mentor_gives_a_part_back_and_then_the_rest(http: TestClient) -> None:
    mira = await mentor()
    payment, headers = await payment_of(mira), await proven(mira)
    status, said = await ask(http, payment, headers, amount_minor=1999, reason=" I was late. ")
    assert (status, said["data"]["amount_minor"], said["data"]["reason"]) == (201, 1999, "I was late.")
    assert said["data"]["status"] == "created"
    status, said = await ask(http, payment, headers, reason="And ill.")
    assert (status, said["data"]["amount_minor"]) == (201, 3001)
    status, said = await ask(http, payment, headers, reason="Once more")
    assert (status, said["error"]["code"]) == (409, "refund_too_much")
    assert await AuditRow.all().count() == 0
    assert (await Refund.first()).actor_id == mira.user_id  # type: ignore[union-attr]


@pytest.mark.parametrize("role", ["owner", "admin", "finance", "support"])
async def test_staff_give_back_and_it_is_kept(http: TestClient, role: str) -> None:
    payment, olga = await payment_of(await mentor()), await person("olga", role)
    status, _ = await ask(http, payment, await proven(olga), amount_minor=1, reason="Goodwill")
    assert status == 201
    kept = await AuditRow.get(action="payment.refunded")
    assert (kept.actor_id, kept.subject_id, kept.reason) == (
        olga.user_id,
        str(payment.public_id),
        "Goodwill",
    )
    assert kept.detail["amount_minor"] == 1


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"reason": "  "},
        {"reason": "x" * 301},
        {"reason": "x", "amount_minor": 0},
        {"reason": "x", "amount_minor": -5},
        {"reason": "x", "amount_minor": 1.5},
        {"reason": "x", "amount_minor": 10**15},
    ],
)
async def test_what_is_asked_is_checked(http: TestClient, body: dict[str, Any]) -> None:
    mira = await mentor()
    payment = await payment_of(mira)
    status, _ = await ask(http, payment, await proven(mira), **body)
    assert status == 422
    assert not await Refund.exists()


async def test_twenty_at_once_never_exceed_what_was_paid(http: TestClient) -> None:
    mira = await mentor()
    payment, headers = await payment_of(mira), await proven(mira)
    asked = (ask(http, payment, headers, amount_minor=300, reason="part") for _ in range(20))
    answers = await asyncio.gather(*asked)
    assert Counter(status for status, _ in answers) == {201: 16, 409: 4}
    assert (await Payment.get()).refunded_minor == 4800


async def test_same_key_gives_back_once(http: TestClient) -> None:
    mira = await mentor()
    payment = await payment_of(mira)
    headers = {**await proven(mira), "Idempotency-Key": uuid4().hex}
    asked = (ask(http, payment, headers, amount_minor=300, reason="part") for _ in range(5))
    answers = await asyncio.gather(*asked)
    assert len({said["data"]["id"] for status, said in answers if status == 201}) == 1
    assert await Refund.all().count() == 1
    status, said = await ask(http, payment, headers, amount_minor=301, reason="part")
    assert (status, said["error"]["code"]) == (409, "idempotency_conflict")


async def test_nothing_is_given_back_while_the_bank_has_it(http: TestClient) -> None:
    mira = await mentor()
    payment = await payment_of(mira)
    await disputed(payment)
    status, said = await ask(http, payment, await proven(mira), reason="x")
    assert (status, said["error"]["code"]) == (409, "disputed")


async def test_old_login_is_asked_again(http: TestClient) -> None:
    mira = await mentor()
    payment, headers = await payment_of(mira), await bearer(mira)
    await Login.all().update(confirmed_at=None)
    status, said = await ask(http, payment, headers, reason="x")
    assert (status, said["error"]["code"]) == (403, "confirmation_required")


# --- the page


async def send(http: TestClient, url: str, headers: dict[str, str], **form: str) -> tuple[int, str]:
    answer = await http.post(url, data=form, headers=headers, allow_redirects=False)
    return answer.status, await answer.text()


async def test_form_keeps_what_was_typed_and_acts_once(http: TestClient) -> None:
    mira = await mentor()
    payment, headers = await payment_of(mira), await cookie(mira)
    await Login.all().update(confirmed_at=clock.now())
    booking = await payment.booking
    url, once = f"/bookings/{booking.public_id}/refund", str(uuid4())  # type: ignore[attr-defined]
    roster = await http.get(f"/sessions/{payment.session_id}/bookings", headers=headers)
    assert url in await roster.text()
    page = await http.get(url, headers=headers)
    assert (page.status, "At most €50.00" in await page.text()) == (200, True)
    token = await csrf(http, url, headers)
    for wrong in ("much", "0", "12.345"):
        status, text = await send(
            http, url, headers, amount=wrong, reason="Late", once=once, csrf_token=token
        )
        assert (status, f'value="{wrong}"' in text, once in text, ">\nLate<" in text) == (
            422,
            *[True] * 3,
        )
    status, text = await send(http, url, headers, amount="50.01", reason="Late", csrf_token=token)
    assert (status, "more than what is left" in text) == (409, True)
    for _ in range(2):
        status, _ = await send(
            http, url, headers, amount="12.50", reason="Late", once=once, csrf_token=token
        )
        assert status == 303
    assert (await Payment.get()).refunded_minor == 1250
    assert await Refund.all().count() == 1


async def csrf(http: TestClient, url: str, headers: dict[str, str]) -> str:
    text = await (await http.get(url, headers=headers)).text()
    return text.partition('name="csrf_token" value="')[2].partition('"')[0]


# --- disputes, for the staff


async def test_disputes_are_listed_for_the_staff(http: TestClient) -> None:
    payment, olga = await payment_of(await mentor()), await person("olga", "finance")
    found = await disputed(payment)
    headers = await proven(olga)
    for status, count in (("", 1), ("open", 1), ("lost", 0)):
        answer = await http.get(f"{API}/admin/disputes?status={status}", headers=headers)
        data = (await answer.json())["data"]
        assert (data["total"], len(data["items"])) == (count, count)
        if count:
            (row,) = data["items"]
            assert row["id"] == str(found.public_id)
            assert (row["payment_id"], row["late"]) == (str(payment.public_id), False)
    wrong = await http.get(f"{API}/admin/disputes?status=nothing", headers=headers)
    assert wrong.status == 422


async def test_support_finds_the_way_to_a_refund_without_seeing_the_money(http: TestClient) -> None:
    payment, sam = await payment_of(await mentor()), await person("sam", "support")
    headers = await proven(sam)
    account = f"/dashboard/admin/users/{(await User.get(id=payment.learner_id)).public_id}"
    refund = f"/bookings/{(await Booking.get(id=payment.booking_id)).public_id}/refund"
    page = await (await http.get(account, headers=headers)).text()
    assert f'href="{refund}"' in page and "€50.00" in page
    answer = await http.get(refund, headers=headers)
    assert answer.status == 200
    page = await answer.text()
    assert f'href="{account}"' in page
    for link in re.findall(r'href="(/[^"]+)"', page.partition("<main")[2].partition("</main>")[0]):
        assert (await http.get(link, headers=headers)).status == 200, link
    form = {"amount": "12.50", "reason": "Promised on the phone", "once": str(uuid4())}
    answer = await http.post(refund, data=form, headers=headers)
    assert "12.50" in await answer.text()
    assert (await Refund.get()).amount_minor == 1250
    page = await (await http.get(account, headers=headers)).text()
    assert "€12.50 given back" in page


async def test_who_may_not_give_back_sees_nothing_of_what_somebody_paid(http: TestClient) -> None:
    payment = await payment_of(await mentor())
    account = f"/dashboard/admin/users/{(await User.get(id=payment.learner_id)).public_id}"
    with patch.dict(GRANTED, {"support": frozenset({Permission.PEOPLE_VIEW})}):
        page = await (
            await http.get(account, headers=await bearer(await person("sam", "support")))
        ).text()
    assert "Paid for" not in page and "€50.00" not in page
