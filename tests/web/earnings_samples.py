"""What the page of a mentor's earnings is rendered with."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from server.edge.charts import Series, amounts_chart
from server.edge.paging import Part
from server.payments.payouts.balances import Balance
from server.payments.payouts.lessons import Earned
from server.payments.payouts.listing import PayoutRow
from server.payments.payouts.page import EarningsPage, Month
from server.payments.payouts.standing import Stage, Standing

NOW = datetime(2026, 11, 23, 17, 20, tzinfo=UTC)
IDENTITY = UUID("6a1f3a52-8a0e-4d0c-9a57-2f1f5ad0a005")
LONG = "Donaudampfschifffahrtsgesellschaftskapitänspatentprüfung: everything that the examiner will ask"
CHART = amounts_chart(
    "Earned by month",
    [(f"{name} 2026", name) for name in ("June", "July", "August", "September", "October", "November")],
    [Series("Earned", [0, 12_000, 8_500, -1_200, 30_000, 21_250])],
    "EUR",
    "Month",
)
MAIN = Balance(
    currency="EUR", pending=8_500, available=21_250, payable=21_250, in_transit=4_250, paid=71_300
)
EARNINGS = EarningsPage(
    approved=True,
    standing=Standing(Stage.READY),
    main=MAIN,
    others=(),
    least_minor=100,
    under_way=False,
    failed=False,
    chart=CHART,
    months=(Month("2026-11", "November 2026", "EUR"), Month("2026-10", "October 2026", "EUR")),
)
LESSON = Earned(
    payment_id=IDENTITY,
    session_id=IDENTITY,
    title="Read a <balance> sheet",
    starts_at=NOW,
    learner="Lea Brandt",
    price_minor=5000,
    commission_minor=750,
    given_back_minor=0,
    share_minor=4250,
    currency="EUR",
    state="pending",
    available_at=NOW + timedelta(days=3),
)
LESSONS = [
    LESSON,
    *(
        replace(LESSON, state=state, available_at=None)
        for state in ("available", "disputed", "on_its_way", "paid_out")
    ),
    replace(
        LESSON,
        title=LONG,
        learner="Maximiliane-Théodora von Hohenschwangau",
        state="kept_back",
        available_at=None,
    ),
    replace(
        LESSON,
        state="given_back",
        available_at=None,
        given_back_minor=123_456_789,
        commission_minor=0,
        share_minor=0,
        currency="KWD",
    ),
]
PAYOUT = PayoutRow(
    id=IDENTITY,
    amount_minor=21_250,
    currency="EUR",
    status="failed",
    failure="The bank account has been closed.",
    requested_at=NOW,
    arrives_at=NOW + timedelta(days=2),
    settled_at=NOW,
)
PAYOUTS = [
    PAYOUT,
    replace(PAYOUT, comes_back=True, failure=""),
    *(
        replace(PAYOUT, status=status, failure="")
        for status in ("requested", "transferred", "in_transit", "paid")
    ),
    replace(PAYOUT, status="reversed", failure=f"Not everything could be sent: {LONG}.", currency="JPY"),
]
CONTEXT: dict[str, Any] = {
    "earnings": EARNINGS,
    "tab": "lessons",
    "tabs": [("lessons", "Lessons", "?"), ("payouts", "Payouts", "?"), ("statements", "Statements", "?")],
    "form": {"amount": "212.50"},
    "errors": {},
    "flash": None,
    "proven": True,
    "fresh": True,
    "lessons": LESSONS,
    "page": Part(1, 2, 7),
    "filters": {},
    "wrong_filters": {},
}
BEGUN = {**CONTEXT, "tab": "payouts", "payouts": PAYOUTS}
NEW = replace(
    EARNINGS,
    standing=Standing(Stage.NONE),
    main=Balance(currency="EUR"),
    chart=None,
    months=(),
)


def _with(**values: Any) -> dict[str, Any]:
    return {**CONTEXT, "earnings": replace(EARNINGS, **values)}


EARNINGS_PAGES: dict[str, tuple[str, dict[str, Any]]] = {
    name: ("payments/earnings.html", context)
    for name, context in {
        "earnings": CONTEXT,
        "earnings-new": {**CONTEXT, "earnings": NEW, "lessons": [], "proven": False, "fresh": False},
        "earnings-unapproved": {**CONTEXT, "earnings": replace(NEW, approved=False), "lessons": []},
        "earnings-wrong": {
            **CONTEXT,
            "form": {"amount": "999"},
            "errors": {"amount": "At most €212.50 can be paid out now."},
            "filters": {"state": "pending"},
            "wrong_filters": {"from": "Write a day such as 2030-05-14."},
        },
        "earnings-incomplete": _with(standing=Standing(Stage.INCOMPLETE, ("a bank account",))),
        "earnings-restricted": _with(standing=Standing(Stage.RESTRICTED, ("a proof of who you are",))),
        "earnings-checking": _with(standing=Standing(Stage.CHECKING)),
        "earnings-owed": _with(main=replace(MAIN, available=-4_250, payable=0), others=(MAIN,)),
        "earnings-held": _with(main=replace(MAIN, payable=4_250)),
        "earnings-sending": _with(under_way=True),
        "earnings-unproven": {**CONTEXT, "proven": False},
        "earnings-stale": {**CONTEXT, "fresh": False},
        "earnings-nothing": {**CONTEXT, "lessons": [], "filters": {"state": "given_back"}},
        "earnings-payouts": {**BEGUN, "earnings": replace(EARNINGS, failed=True)},
        "earnings-payouts-stale": {**BEGUN, "fresh": False},
        "earnings-payouts-none": {**BEGUN, "payouts": []},
        "earnings-statements": {**CONTEXT, "tab": "statements"},
        "earnings-statements-none": {**CONTEXT, "tab": "statements", "earnings": NEW},
    }.items()
}
