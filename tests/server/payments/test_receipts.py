"""Receipts: numbered, written once, and the same whatever becomes of names and titles."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pypdfium2
import pytest
from aiohttp.test_utils import TestClient
from tortoise.exceptions import IntegrityError

from server.accounts import export as accounts
from server.accounts.models import User
from server.booking.models import Booking, Session
from server.booking.paying import Payments, paid_by
from server.infra.clock import ManualClock
from server.infra.models import AuditRow
from server.infra.personal import DELETED_PERSON
from server.payments.checkout.statuses import papers_of, pay_path, payment_statuses
from server.payments.export import erase, export
from server.payments.models import Receipt
from server.payments.receipts.content import Content, Credit, card_words, receipt_name
from server.payments.receipts.issuing import issue
from server.payments.receipts.paper import Sheet, print_receipt
from server.payments.receipts.printing import receipt_sheet
from server.payments.states import RefundStatus
from tests.databases import BOTH
from tests.server.booking.makers import bearer, mentor, person
from tests.server.payments.purchases import begun, paid, priced, refunded

AT = datetime(2026, 3, 5, 13, 0, tzinfo=UTC)
CONTENT = Content(
    seller="PeerLearn",
    mentor="Mira Okafor",
    buyer="Lea Fontaine",
    email="lea@example.org",
    title="Read other people’s Python",
    starts_at=AT + timedelta(days=2),
    ends_at=AT + timedelta(days=2, hours=1),
    zone="Europe/Paris",
    booking="6a1f3a52-8a0e-4d0c-9a57-2f1f5ad0a003",
    method="Visa ending in 4242",
    amount_minor=4500,
    currency="EUR",
    paid_at=AT,
)
SHEET = Sheet(17, CONTENT, "https://peerlearn.example/payments/1")


def words(pdf: bytes) -> str:
    pages = pypdfium2.PdfDocument(pdf)
    text = "\n".join(page.get_textpage().get_text_range() for page in pages)
    return " ".join(text.split())


def test_receipt_says_who_what_when_and_how_much() -> None:
    said = words(print_receipt(SHEET))
    for part in (
        "R-000017",
        "Paid on 5 March 2026",
        "PeerLearn",
        "for a lesson given by Mira Okafor",
        "Lea Fontaine",
        "lea@example.org",
        "Read other people’s Python",
        "Sat 7 Mar 2026, 14:00 – 15:00",
        "€45.00",
        "Visa ending in 4242",
    ):
        assert part in said


def test_what_was_given_back_stands_below() -> None:
    credits = (
        Credit(2250, AT, None, False),
        Credit(100, AT, AT + timedelta(days=9), False),
        Credit(50, AT, AT, True),
    )
    said = words(print_receipt(replace(SHEET, credits=credits)))
    assert "−€22.50" in said and "on its way" in said
    assert "arrived on 14 March 2026" in said and "as credit" in said
    assert "€21.00" in said


def test_same_content_is_the_same_file() -> None:
    assert print_receipt(SHEET) == print_receipt(SHEET)


@pytest.mark.parametrize(
    ("currency", "amount"), [("JPY", "¥4,500"), ("KWD", "KWD4.500"), ("ILS", "ILS 45.00")]
)
def test_amounts_of_every_currency_can_be_printed(currency: str, amount: str) -> None:
    assert amount in words(print_receipt(replace(SHEET, content=replace(CONTENT, currency=currency))))


def test_long_and_foreign_names_are_printed_or_replaced() -> None:
    content = replace(
        CONTENT, buyer="渡辺 純", title="日本語の授業", mentor="数学", email=f"{'x' * 60}@y.org"
    )
    said = words(print_receipt(replace(SHEET, content=content)))
    assert "A lesson whose title" in said and "the mentor of the lesson" in said and "xxx…" in said
    long = words(print_receipt(replace(SHEET, content=replace(CONTENT, title="Überlang " * 15))))
    assert long.count("Überlang") == 15


def test_numbers_and_cards_in_words() -> None:
    assert receipt_name(17) == "R-000017"
    assert card_words("visa 4242") == "Visa ending in 4242"
    assert card_words("amex 0005") == "American Express ending in 0005"
    assert card_words("") == "Card"


def test_content_is_read_as_it_was_written() -> None:
    assert Content.read(CONTENT.written()) == CONTENT


@BOTH
async def test_receipt_stays_as_it_was(database: object, moved_clock: ManualClock) -> None:
    mira, lea = await mentor(), await person("lea")
    payment = await paid(await priced(mira, title="Before"), lea)
    before = print_receipt(await receipt_sheet(payment.public_id, lea, "http://x"))
    moved_clock.advance(timedelta(days=3))
    await User.filter(id=lea.user_id).update(name="Somebody Else")
    await Session.filter(id=payment.session_id).update(title="After")
    assert print_receipt(await receipt_sheet(payment.public_id, lea, "http://x")) == before
    await refunded(payment, 1000, RefundStatus.SUCCEEDED)
    sheet = await receipt_sheet(payment.public_id, lea, "http://x")
    assert [credit.amount_minor for credit in sheet.credits] == [1000]
    assert sheet.content.title == "Before"


@BOTH
async def test_receipt_is_written_once_and_only_for_what_was_paid(database: object) -> None:
    mira, lea = await mentor(), await person("lea")
    payment = await paid(await priced(mira), lea)
    with pytest.raises(IntegrityError):
        await issue(payment.id, 99)
    with pytest.raises(ValueError, match="not paid"):
        await issue((await begun(await priced(mira), lea)).id, 100)
    assert await Receipt.all().count() == 1


async def test_receipt_is_a_file_for_its_learner(http: TestClient) -> None:
    mira, lea = await mentor(), await person("lea")
    payment = await paid(await priced(mira), lea)
    path = f"/api/v1/payments/{payment.public_id}/receipt"
    answer = await http.get(path, headers=await bearer(lea))
    assert answer.content_type == "application/pdf"
    assert 'filename="receipt-R-000001.pdf"' in answer.headers["Content-Disposition"]
    assert "R-000001" in words(await answer.read())
    assert (await http.get(path, headers=await bearer(mira))).status == 404
    unpaid = await begun(await priced(mira), lea)
    path = f"/api/v1/payments/{unpaid.public_id}/receipt"
    assert (await http.get(path, headers=await bearer(lea))).status == 404


async def test_staff_for_money_read_the_receipt_and_it_is_kept(http: TestClient) -> None:
    payment = await paid(await priced(await mentor()), await person("lea"))
    path = f"/dashboard/admin/payments/{payment.public_id}"
    fin = await person("fin", "finance")
    for _ in range(2):
        answer = await http.get(f"{path}/receipt", headers=await bearer(fin))
        assert answer.content_type == "application/pdf"
        assert "R-000001" in words(await answer.read())
    page = await (await http.get(path, headers=await bearer(fin))).text()
    assert f'href="{path}/receipt"' in page
    row = await AuditRow.get()  # one look, however often in an hour
    assert (row.actor_id, row.action, row.subject_id) == (
        fin.user_id,
        "payment.viewed",
        str(payment.public_id),
    )
    await http.get(path, headers=await bearer(await person("olga", "owner")))
    assert await AuditRow.all().count() == 2
    support = await bearer(await person("sam", "support"))
    assert (await http.get(f"{path}/receipt", headers=support)).status == 403


async def test_booking_leads_to_its_payment_and_back(http: TestClient) -> None:
    mira, lea = await mentor(), await person("lea")
    payment, headers = await paid(await priced(mira), lea), await bearer(lea)
    begun_only = await begun(await priced(mira), lea)
    with paid_by(Payments(pay_path, payment_statuses, 0, papers_of)):
        for one, receipt in ((payment, ">R-000001</a>"), (begun_only, "")):
            booking = f"/bookings/{(await Booking.get(id=one.booking_id)).public_id}"
            page = await (await http.get(booking, headers=headers)).text()
            assert f'href="/payments/{one.public_id}"' in page
            assert (f'href="/api/v1/payments/{one.public_id}/receipt"' in page) == bool(receipt)
            assert receipt in page
            page = await (await http.get(f"/payments/{one.public_id}", headers=headers)).text()
            assert f'href="{booking}"' in page


# --- personal data


async def test_people_take_along_what_they_paid_and_earned(database: object) -> None:
    mira, lea = await mentor(), await person("lea")
    payment = await paid(await priced(mira), lea)
    await refunded(payment, 1000)
    own, earned = await export(lea.user_id), await export(mira.user_id)
    assert [one["amount_minor"] for one in own["payments"]] == [4500]
    assert [one["amount_minor"] for one in own["refunds"]] == [1000]
    assert own["receipts"][0]["content"]["buyer"] == "Lea"
    assert own["payments"][0]["card"] == "visa 4242"
    (received,) = earned["payments_received"]
    assert received["learner"] == "lea"
    assert not {"card", "client_secret", "provider_key", "failure"} & received.keys()
    assert "client_secret" not in own["payments"][0]


async def test_who_left_is_named_nowhere_and_their_money_stays(http: TestClient) -> None:
    mira, lea = await mentor(), await person("quintessa")
    payment = await paid(await priced(mira), lea)
    await accounts.erase(lea.user_id)
    await erase(lea.user_id)
    root = await bearer(await person("root", "owner"))
    pages = [(f"/payments/{payment.public_id}", await bearer(mira))]
    pages += [(f"/dashboard/admin/payments/{page}", root) for page in ("list", payment.public_id)]
    for path, headers in pages:
        page = await (await http.get(path, headers=headers)).text()
        assert "€45.00" in page and DELETED_PERSON in page
        assert "quintessa" not in page.lower()
    assert await Receipt.all().count() == 1
