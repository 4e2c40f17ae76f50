"""What the pages of payments are rendered with."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from server.booking.values import Person
from server.edge.paging import Part
from server.payments.receipts.listing import Credit, Line
from server.payments.receipts.seen import PaymentSeen, RefundSeen, Step
from server.payments.refunds.asking import Refundable

NOW = datetime(2026, 11, 23, 17, 20, tzinfo=UTC)
IDENTITY = UUID("6a1f3a52-8a0e-4d0c-9a57-2f1f5ad0a004")
LONG = "Donaudampfschifffahrtsgesellschaftskapitänspatentprüfung: everything that the examiner will ask"
MIRA = Person("mira", "Mira Okafor")
LONGEST = Person("maximiliane", "Maximiliane-Théodora von Hohenschwangau-Featherstonehaugh")
PAID = Line(
    "payment",
    IDENTITY,
    NOW,
    "Read a <balance> sheet",
    MIRA,
    "card",
    "visa 4242",
    "succeeded",
    4500,
    "EUR",
    17,
)
LINES = [
    PAID,
    replace(PAID, kind="refund", status="sent", amount_minor=-2250),
    replace(PAID, kind="refund", status="failed", amount_minor=-123_456_789, currency="KWD"),
    replace(PAID, title=LONG, mentor=LONGEST, status="failed", card="", receipt_number=None),
    replace(PAID, status="requires_action", receipt_number=None, method="credit", currency="JPY"),
]
REFUNDS = (
    RefundSeen(IDENTITY, 1000, "sent", "You gave your seat back.", NOW, None),
    RefundSeen(IDENTITY, 500, "succeeded", LONG, NOW, NOW),
    RefundSeen(IDENTITY, 250, "failed", "", NOW, NOW),
)
STEPS = tuple(
    Step(NOW + timedelta(hours=number), what, 1000, LONG if number == 3 else "")
    for number, what in enumerate(
        ("begun", "paid", "released", "refund_begun", "refund_arrived", "refund_credited", "disputed")
    )
)
SEEN = PaymentSeen(
    id=IDENTITY,
    provider_id="pi_1",
    client_secret=None,
    amount_minor=4500,
    currency="EUR",
    status="partially_refunded",
    method="card",
    card="visa 4242",
    failure="",
    refunded_minor=1750,
    lost_minor=100,
    commission_minor=None,
    mentor_minor=None,
    created_at=NOW,
    succeeded_at=NOW,
    released_at=None,
    receipt_number=17,
    booking_id=IDENTITY,
    session_id=IDENTITY,
    title="Read a <balance> sheet",
    starts_at=NOW,
    ends_at=NOW + timedelta(hours=1),
    mentor=MIRA,
    learner=LONGEST,
    own=True,
    refunds=REFUNDS,
    steps=STEPS,
)
UNPAID = replace(
    SEEN,
    status="failed",
    failure="Your card has insufficient funds.",
    title=LONG,
    refunds=(),
    refunded_minor=0,
    lost_minor=0,
    receipt_number=None,
    steps=STEPS[:1],
)
EMPTY: dict[str, Any] = {"lines": [], "page": Part(1, 25), "filters": {}, "errors": {}, "credits": []}
OWN_PAYMENT_PAGES: dict[str, tuple[str, dict[str, Any]]] = {
    "payments": (
        "payments/transactions.html",
        {
            **EMPTY,
            "lines": LINES,
            "page": Part(2, 2, 5),
            "credits": [Credit(2250, "EUR"), Credit(500, "JPY")],
        },
    ),
    "payments-empty": ("payments/transactions.html", EMPTY),
    "payments-filtered": (
        "payments/transactions.html",
        {
            **EMPTY,
            "filters": {"state": "refunds", "from": "2026-11-01", "to": "2026-11-30"},
            "errors": {"from": "Write a day such as 2030-05-14."},
        },
    ),
    "payment": ("payments/payment.html", {"payment": SEEN}),
    "payment-unpaid": ("payments/payment.html", {"payment": UNPAID}),
}
REFUNDABLE = Refundable(
    id=IDENTITY,
    booking_id=IDENTITY,
    session_url=f"/sessions/{IDENTITY}",
    title=LONG,
    starts_at=NOW,
    ends_at=NOW + timedelta(hours=1),
    learner=LONGEST,
    amount_minor=4500,
    currency="EUR",
    refunded_minor=1250,
    left_minor=3250,
    paid=True,
    disputed=False,
    released=True,
    own=True,
)
REFUND: dict[str, Any] = {
    "payment": REFUNDABLE,
    "form": {"once": "1"},
    "errors": {},
    "flash": None,
}
MENTOR_PAYMENT_PAGES: dict[str, tuple[str, dict[str, Any]]] = {
    "refund": ("payments/refund.html", {**REFUND, "flash": "The money is on its way back."}),
    "refund-wrong": (
        "payments/refund.html",
        {
            **REFUND,
            "form": {"once": "1", "amount": "12.345", "reason": ""},
            "errors": {"amount": "Write an amount such as 12.50.", "reason": "Say why."},
        },
    ),
    "refund-by-staff": ("payments/refund.html", {**REFUND, "payment": replace(REFUNDABLE, own=False)}),
    "refund-unpaid": ("payments/refund.html", {**REFUND, "payment": replace(REFUNDABLE, paid=False)}),
    "refund-disputed": (
        "payments/refund.html",
        {**REFUND, "payment": replace(REFUNDABLE, disputed=True)},
    ),
    "refund-over": ("payments/refund.html", {**REFUND, "payment": replace(REFUNDABLE, left_minor=0)}),
    "payment-of-learner": (
        "payments/payment.html",
        {
            "payment": replace(
                SEEN, own=False, card="", commission_minor=337, mentor_minor=1913, receipt_number=None
            )
        },
    ),
}
