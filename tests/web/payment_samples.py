"""What the pages of payments are rendered with."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from server.booking.values import Person
from server.edge.paging import Part
from server.payments.disputes.listing import DisputeRow
from server.payments.ledger.balances import TrialRow
from server.payments.ledger.chart import CHART, ESCROW, MENTOR_AVAILABLE, STRIPE_CLEARING
from server.payments.periods import Period
from server.payments.receipts.listing import Credit, Line
from server.payments.receipts.seen import PaymentSeen, RefundSeen, Step
from server.payments.refunds.asking import Refundable
from server.payments.refunds.by_hand import BY_HAND
from server.payments.reports.books import AccountLine, Trial
from server.payments.reports.figures import Figures, Standing
from server.payments.reports.listing import STATES, PaymentRow
from server.payments.reports.one import Entry
from server.payments.reports.pictures import charts
from server.payments.reports.report import PartOf, Report

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
    learner_id=IDENTITY,
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

SOME = Figures(123_456_789, 45_000, 18_000, 3_200, 900, 500, 250, 80_000, 4_500)
NONE = Figures(0, 0, 0, 0, 0, 0, 0, 0, 0)
PERIOD = Period(date(2026, 11, 20), date(2026, 11, 23), ZoneInfo("Europe/Berlin"))
REPORT = Report(
    period=PERIOD,
    currency="EUR",
    total=SOME,
    before=NONE,
    parts=tuple(PartOf(day, day, SOME if day.day % 2 else NONE) for day, _ in PERIOD.parts()),
    standing=Standing(4_500, -900, 50, 2_250, 123_456, 4_500),
    standing_at=NOW,
)
FIGURES: dict[str, Any] = {
    "report": REPORT,
    "charts": charts(REPORT),
    "changes": dict.fromkeys(("gross", "net", "refunds", "paid_out"), 40) | {"net": None, "refunds": 0},
    "currencies": ["EUR", "JPY"],
    "zones": ["Europe/Berlin", "UTC"],
    "presets": [("30 days", PERIOD.first, PERIOD.last), ("This year", date(2026, 1, 1), PERIOD.last)],
    "filters": {"zone": "Europe/Berlin"},
    "errors": {},
}
QUIET = replace(REPORT, total=NONE, parts=tuple(replace(part, figures=NONE) for part in REPORT.parts))
ROW = PaymentRow(
    id=IDENTITY,
    at=NOW,
    title="Read a <balance> sheet",
    learner="Lea Vogt",
    learner_username="lea",
    mentor=LONGEST.name,
    mentor_username=LONGEST.username,
    status="succeeded",
    method="card",
    amount_minor=4500,
    refunded_minor=0,
    fee_minor=155,
    commission_minor=675,
    currency="EUR",
    provider_id="pi_1",
    receipt_number=17,
    succeeded_at=NOW,
    released_at=None,
)
LISTED = {
    "payments": [ROW, replace(ROW, title=LONG, refunded_minor=2250, status="partially_refunded")],
    "page": Part(1, 1, 2),
    "states": STATES,
    "filters": {},
    "errors": {},
}
ENTRY = Entry(NOW, "paid", "payment:1:paid", STRIPE_CLEARING.title, ESCROW.title, 4500, "EUR")
MOVES = [
    SimpleNamespace(entity="payment", new="succeeded", at=NOW, actor_id=1, reason=""),
    SimpleNamespace(entity="refund", new="created", at=NOW, actor_id=None, reason=LONG),
]
PAID_ROW = SimpleNamespace(
    public_id=IDENTITY,
    amount_minor=4500,
    currency="EUR",
    status="succeeded",
    method="card",
    card="visa 4242",
    refunded_minor=1000,
    lost_minor=500,
    commission_minor=675,
    provider_fee_minor=None,
    provider_id="pi_3QK4rJ2eZvKYlo2C0abcdefgh",
    charge_id="ch_3QK4rJ2eZvKYlo2C0abcdefgh",
    receipt_number=17,
    succeeded_at=NOW,
    released_at=None,
)
FILE = SimpleNamespace(
    payment=PAID_ROW,
    session=SimpleNamespace(id=IDENTITY, title=LONG, starts_at=NOW, ends_at=NOW + timedelta(hours=1)),
    booking=SimpleNamespace(public_id=IDENTITY),
    learner=SimpleNamespace(public_id=IDENTITY, username="lea", name="Lea Vogt"),
    mentor=SimpleNamespace(public_id=IDENTITY, username=LONGEST.username, name=LONGEST.name),
    refunds=[
        SimpleNamespace(
            cause="provider:re_1" if refund.status == "failed" else "cancelled",
            reason=refund.reason,
            failure=LONG,
            amount_minor=100,
            status=refund.status,
            created_at=NOW,
            settled_at=refund.settled_at,
        )
        for refund in REFUNDS
    ],
    disputes=[
        SimpleNamespace(
            reason="product_not_received",
            amount_minor=4500,
            currency="EUR",
            status="open",
            due_by=NOW,
            provider_id="dp_3QK4rJ2eZvKYlo2C0abcdefgh",
        )
    ],
    transfers=[
        SimpleNamespace(
            provider_id="tr_1",
            amount_minor=3825,
            status="succeeded",
            reversed_minor=100,
            payout=SimpleNamespace(status="in_transit"),
        )
    ],
    entries=[ENTRY, replace(ENTRY, kind="dispute_lost_late")],
    events=[
        SimpleNamespace(
            id="evt_1", kind="charge.refund.updated", created_at=NOW, outcome="known", handled_at=NOW
        )
    ],
    history=MOVES,
    actors={1: "lea"},
    left_minor=3000,
    by_hand=lambda refund: refund.cause.startswith(BY_HAND),
)
BARE = SimpleNamespace(
    **{
        **vars(FILE),
        **{name: [] for name in ("refunds", "disputes", "transfers", "entries", "events", "history")},
    }
)
TRIAL = Trial("EUR", tuple(TrialRow(account, "EUR", 5000, 4500) for account in CHART.values()))
EVEN = Trial("JPY", (TrialRow(ESCROW, "JPY", 0, 800), TrialRow(STRIPE_CLEARING, "JPY", 800, 0)))
CHECK = SimpleNamespace(
    checked_at=NOW, currency="EUR", provider_minor=4500, books_minor=4500, movements=3, findings=[]
)
FOUND = SimpleNamespace(**{**vars(CHECK), "books_minor": 0, "findings": [LONG, "<b>txn_1"]})
DISPUTE = DisputeRow(
    id=IDENTITY,
    payment_id=IDENTITY,
    session_id=IDENTITY,
    title=LONG,
    learner="lea",
    mentor=LONGEST.username,
    provider_id="dp_1",
    amount_minor=4500,
    currency="EUR",
    reason="fraudulent",
    status="open",
    late=False,
    due_by=NOW - timedelta(days=1),
    opened_at=NOW,
    closed_at=None,
)
MOVED = AccountLine(NOW, "released", "payment:1:released", ESCROW.title, "mira", 3825, str(IDENTITY))
OF_ACCOUNT: dict[str, Any] = {
    "account": MENTOR_AVAILABLE,
    "currency": "EUR",
    "lines": [MOVED, replace(MOVED, amount_minor=-3825, kind="transferred", payment_id="")],
    "page": Part(1, 1, 2),
    "filters": {"account": "mentor_available", "currency": "EUR", "person": "mira"},
}
STAFF_PAYMENT_PAGES: dict[str, tuple[str, dict[str, Any]]] = {
    "admin-figures": ("payments/figures.html", FIGURES),
    "admin-figures-empty": (
        "payments/figures.html",
        {
            **FIGURES,
            "report": QUIET,
            "charts": charts(QUIET),
            "currencies": ["EUR"],
            "errors": {"from": "Write a day such as 2030-05-14."},
        },
    ),
    "admin-payments": ("payments/all.html", LISTED),
    "admin-payments-empty": (
        "payments/all.html",
        {**LISTED, "payments": [], "filters": {"q": LONG}, "errors": {"to": "Write a day."}},
    ),
    "admin-payment": ("payments/file.html", {"file": FILE}),
    "admin-payment-bare": ("payments/file.html", {"file": BARE}),
    "admin-books": ("payments/books.html", {"trials": [TRIAL, EVEN], "checks": [CHECK, FOUND]}),
    "admin-books-empty": ("payments/books.html", {"trials": [], "checks": []}),
    "admin-account": ("payments/account.html", OF_ACCOUNT),
    "admin-account-empty": (
        "payments/account.html",
        {**OF_ACCOUNT, "account": ESCROW, "lines": [], "filters": {}},
    ),
    "admin-disputes": (
        "payments/disputes.html",
        {
            "disputes": [DISPUTE, replace(DISPUTE, status="won", due_by=None, reason="")],
            "page": Part(1, 50, 2),
            "filters": {"state": "open"},
        },
    ),
    "admin-disputes-empty": (
        "payments/disputes.html",
        {"disputes": [], "page": Part(1, 50), "filters": {}},
    ),
}
