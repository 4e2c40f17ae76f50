"""What the pages of who was there, of issues and of cases are rendered with."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from server.classroom.measures.words import Spell
from server.edge.paging import Part
from server.infra.errors import Conflict
from server.infra.models import StateTransition
from server.settlement.bars import bars_of
from server.settlement.cases import Case, CaseRow, Line, SideQuality
from server.settlement.rule import NO_SHOW
from server.settlement.seen import Attendance, IssueSeen
from server.settlement.staff_views import TABS

START = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
NOW = START + timedelta(hours=2)
IDENTITY = UUID("6a1f3a52-8a0e-4d0c-9a57-2f1f5ad0a011")
LONG = "Donaudampfschifffahrtsgesellschaftskapitänspatentprüfung: everything that the examiner will ask"
LONGEST = "Maximiliane-Théodora von Hohenschwangau-Featherstonehaugh"


def spans(*minutes: tuple[float, float]) -> list[list[str]]:
    at = [[START + timedelta(minutes=each) for each in pair] for pair in minutes]
    return [[each.isoformat() for each in pair] for pair in at]


EVIDENCE = {
    "starts_at": START.isoformat(),
    "ends_at": (START + timedelta(hours=1)).isoformat(),
    "mentor": {
        "media": spans((4, 25), (26, 44)),
        "room": spans((3, 46)),
        "node": spans((8, 11)),
        "own": spans((30, 36)),
    },
    "learner": {"media": spans((-4, 64)), "room": spans((-5, 64)), "node": [], "own": spans((50, 60))},
}
NOBODY: dict[str, Any] = {"media": [], "room": [], "node": [], "own": []}
VERDICT = {
    "outcome": "cut_short",
    "due_min": 60,
    "taught_min": 34,
    "node_min": 3,
    "own_min": 10,
    "refund_minor": 2080,
    "credit_minor": 240,
    "currency": "EUR",
}
SEAT = Attendance(
    booking_id=IDENTITY,
    side="learner",
    session_id=IDENTITY,
    title="Read a <balance> sheet",
    starts_at=START,
    ends_at=START + timedelta(hours=1),
    over=True,
    measured=True,
    learner="Lea Fontaine",
    mentor="Mira Okafor",
    currency="EUR",
    paid_minor=4800,
    back_minor=2080,
    mentor_minor=2312,
    released_at=None,
    held=False,
    verdict=VERDICT,
    rule="2026-11",
    decided_at=NOW,
    bars=bars_of(EVIDENCE, NO_SHOW),
    issues=[],
    until=START + timedelta(hours=73),
    refusal=None,
)
ISSUE = IssueSeen(
    id=IDENTITY,
    side="learner",
    category="technical",
    text="I heard nothing.\n" + LONG,
    own=True,
    status="open",
    opened_at=NOW,
    due_at=NOW + timedelta(days=5),
    resolution="",
    refund_minor=0,
    credit_minor=0,
    answer="",
    decided_at=None,
)
DECIDED = replace(
    ISSUE,
    status="decided",
    resolution="credit",
    credit_minor=1000,
    answer="We listened to it, and it was so.",
    decided_at=NOW,
)


def outcome(name: str, **figures: int) -> dict[str, Any]:
    nothing = dict.fromkeys(("node_min", "own_min", "refund_minor", "credit_minor"), 0)
    return {**VERDICT, **nothing, "taught_min": 60, "outcome": name, **figures}


def page(**values: Any) -> dict[str, Any]:
    return {"seat": replace(SEAT, **values), "form": {}, "errors": {}, "flash": None}


REFUSED = Conflict("too_late", "An issue can be raised until 72 hours after the lesson.")
OPEN_NOW = Conflict("issue_open", "An issue about this lesson is open already.")
ABSENT = bars_of({**EVIDENCE, "mentor": NOBODY}, NO_SHOW)
OWN_SETTLEMENT_PAGES: dict[str, tuple[str, dict[str, Any]]] = {
    "attendance": ("settlement/attendance.html", page()),
    "attendance-good": (
        "settlement/attendance.html",
        page(verdict=outcome("attended"), back_minor=0, released_at=NOW, refusal=REFUSED),
    ),
    "attendance-no-show": (
        "settlement/attendance.html",
        page(
            verdict=outcome("mentor_absent", taught_min=0, refund_minor=4800),
            back_minor=4800,
            mentor_minor=0,
            bars=ABSENT,
            title=LONG,
            mentor=LONGEST,
        ),
    ),
    "attendance-unclear": (
        "settlement/attendance.html",
        page(
            verdict=outcome("unclear"),
            held=True,
            back_minor=0,
            issues=[replace(ISSUE, side="platform", category="unclear", text="", own=False)],
            refusal=OPEN_NOW,
        ),
    ),
    "attendance-objected": (
        "settlement/attendance.html",
        page(held=True, issues=[DECIDED, ISSUE], refusal=OPEN_NOW),
    ),
    "attendance-free": (
        "settlement/attendance.html",
        page(verdict=outcome("learner_absent"), paid_minor=0, back_minor=0, mentor_minor=0),
    ),
    "attendance-unsettled": ("settlement/attendance.html", page(verdict=None, bars=None)),
    "attendance-refused": (
        "settlement/attendance.html",
        {**page(), "form": {"text": "It was"}, "errors": {"reason": "Choose what was wrong."}},
    ),
}
MENTOR_SETTLEMENT_PAGES: dict[str, tuple[str, dict[str, Any]]] = {
    "attendance-of-mentor": ("settlement/attendance.html", page(side="mentor")),
    "attendance-platform": (
        "settlement/attendance.html",
        page(
            side="mentor",
            verdict=outcome("platform_failed", node_min=18, credit_minor=1440),
            back_minor=0,
            learner=LONGEST,
        ),
    ),
    "attendance-empty": (
        "settlement/attendance.html",
        page(
            side="mentor",
            verdict=outcome("learner_absent", due_min=15, taught_min=15),
            bars=bars_of({**EVIDENCE, "learner": NOBODY}, NO_SHOW),
            back_minor=0,
        ),
    ),
}
ROW = CaseRow(
    id=IDENTITY,
    booking_id=IDENTITY,
    session_id=IDENTITY,
    title="Read a <balance> sheet",
    learner="lea",
    mentor="mira",
    side="learner",
    category="technical",
    status="open",
    price_minor=4800,
    currency="EUR",
    taken_by="olga",
    resolution="",
    refund_minor=0,
    credit_minor=0,
    opened_at=NOW,
    due_at=NOW + timedelta(days=5),
    decided_at=None,
)
DONE = replace(ROW, status="decided", resolution="refund", refund_minor=1000, decided_at=NOW)
CASE = Case(
    issue=ISSUE,
    seat=replace(SEAT, side="platform", issues=[ISSUE], held=True),
    taken_by="olga",
    taken_at=NOW,
    mine=True,
    free=False,
    decided_by="",
    left_minor=2480,
    payment_id=IDENTITY,
    quality=[
        SideQuality("Mira Okafor", "mentor", 44, [("Weak network on Mira’s side for 6 min", None)]),
        SideQuality(
            "Lea Fontaine",
            "learner",
            60,
            [("The media node was at fault", Spell("node", START, START + timedelta(minutes=3)))],
        ),
    ],
    at_fault="mentor",
    chat=[Line("Lea Fontaine", "Can you hear me?", START), Line(LONGEST, LONG, NOW)],
    recording="ready",
    history=[
        StateTransition(entity="session", old="published", new="live", reason="", at=START),
        StateTransition(entity="booking", old="confirmed", new="attended", reason="", at=NOW),
        StateTransition(entity="issue", old="", new="open", reason="technical", at=NOW),
    ],
)


def case(found: Case, **values: Any) -> dict[str, Any]:
    return {"case": found, "form": {}, "errors": {}, "flash": None, **values}


def cases(rows: list[CaseRow], tab: str) -> dict[str, Any]:
    return {"rows": rows, "page": Part(1, 50, len(rows)), "tab": tab, "tabs": TABS}


FREE_SEAT = replace(
    SEAT, side="platform", paid_minor=0, back_minor=0, verdict=outcome("attended"), bars=None
)
STAFF_SETTLEMENT_PAGES: dict[str, tuple[str, dict[str, Any]]] = {
    "cases": (
        "settlement/cases.html",
        cases(
            [
                ROW,
                replace(ROW, title=LONG, taken_by=None, side="platform", category="unclear"),
                replace(ROW, price_minor=0, due_at=NOW - timedelta(days=30)),
            ],
            "open",
        ),
    ),
    "cases-decided": (
        "settlement/cases.html",
        cases([DONE, replace(DONE, resolution="credit"), replace(DONE, resolution="none")], "decided"),
    ),
    "cases-none": ("settlement/cases.html", cases([], "open")),
    "case": ("settlement/case.html", case(CASE)),
    "case-untaken": (
        "settlement/case.html",
        case(replace(CASE, taken_by="", taken_at=None, mine=False, free=True, chat=[], quality=[])),
    ),
    "case-of-somebody": ("settlement/case.html", case(replace(CASE, mine=False))),
    "case-free": (
        "settlement/case.html",
        case(replace(CASE, seat=FREE_SEAT, left_minor=0, payment_id=None, recording="")),
    ),
    "case-decided": (
        "settlement/case.html",
        case(replace(CASE, issue=DECIDED, mine=False, decided_by="olga")),
    ),
    "case-refused": (
        "settlement/case.html",
        case(CASE, errors={"amount_minor": "That is more than what is left.", "answer": "Say why."}),
    ),
}
