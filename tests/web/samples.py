"""Contexts to render every page with: usual ones, long names, nothing there yet, errors.

`PAGES` maps a name to (template, context, who is signed in); the values are what the views hand over.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote
from uuid import UUID
from zoneinfo import ZoneInfo

from server.accounts.security_views import qr_code
from server.accounts.values import FactorState, LoginView
from server.admin.joined import joined_days
from server.booking.policy import policy_named, terms
from server.booking.values import Abilities, BookingRow, Person, SessionDetail
from server.classroom.media_nodes import NodeReport
from server.discovery.views import WORDS, WayOut
from server.edge.access import Viewer
from server.edge.paging import Part
from server.infra.mailer import KeptFile
from server.pages.fortnight import fortnight
from server.people.spotlight import MentorPortrait
from tests.web.account_samples import GUEST_PAGES, OWN_PAGES
from tests.web.achievement_samples import ACHIEVEMENT_PAGES, REVOKING
from tests.web.assessment_samples import ASSESSMENT_PAGES
from tests.web.booking_samples import booking_pages
from tests.web.calendar_samples import CALENDAR_PAGES, LINKS
from tests.web.call_samples import call_pages
from tests.web.check_samples import check_pages
from tests.web.earnings_samples import EARNINGS_PAGES
from tests.web.feedback_samples import BARE as BARE_REVIEW
from tests.web.feedback_samples import REVIEW, feedback_pages
from tests.web.hours_samples import HOURS_PAGES
from tests.web.keeping_samples import keeping_pages
from tests.web.material_samples import SHELF, STRANGERS_SHELF, materials_pages
from tests.web.mentor_samples import MENTOR_PAGES
from tests.web.message_samples import MESSAGE_PAGES, REPORT_PAGES
from tests.web.move_samples import MOVE_PAGES, MOVES
from tests.web.notification_samples import DELIVERY_PAGES, NOTIFICATION_PAGES
from tests.web.pathway_samples import FOLLOWED, PLACES, pathway_pages
from tests.web.pay_samples import pay_pages
from tests.web.payment_samples import MENTOR_PAYMENT_PAGES, OWN_PAYMENT_PAGES, STAFF_PAYMENT_PAGES
from tests.web.people_samples import NEWCOMER, PEOPLE_PAGES, WELCOME_BACK
from tests.web.recording_samples import recording_pages
from tests.web.request_samples import REQUEST_PAGES
from tests.web.review_samples import CHANGED, REVIEW_PAGES, SENT_BACK
from tests.web.settlement_samples import (
    MENTOR_SETTLEMENT_PAGES,
    OWN_SETTLEMENT_PAGES,
    STAFF_SETTLEMENT_PAGES,
)
from tests.web.staff_samples import ACCEPTING_PAGES, INVITED_PAGES, STAFF_PAGES
from tests.web.wizard_samples import BEGUN_DRAFTS, WIZARD_PAGES

NOW = datetime(2026, 11, 23, 17, 20, tzinfo=UTC)
DAYS = fortnight(NOW, ZoneInfo("Europe/Berlin"), [NOW, NOW + timedelta(days=2)])
LEVELS = (("beginner", "Beginner"), ("intermediate", "Intermediate"), ("advanced", "Advanced"))
LANGUAGES = (("en", "English"), ("de", "Deutsch"), ("ar", "العربية"))
DURATIONS = (15, 30, 45, 60, 90, 120)
IDENTITY = UUID("6a1f3a52-8a0e-4d0c-9a57-2f1f5ad0a001")
LONG_NAME = "Maximiliane-Théodora von Hohenschwangau-Featherstonehaugh"
LONG_TITLE = (
    "Donaudampfschifffahrtsgesellschaftskapitänspatentprüfung: everything the examiner will ask you about"
)


def _viewer(name: str, *roles: str, verified: bool = True) -> Viewer:
    username = name.split()[0].lower()
    return Viewer(
        user_id=1,
        public_id=IDENTITY,
        username=username,
        name=name,
        email=f"{username}@example.org",
        roles=frozenset(roles),
        verified=verified,
        timezone="Europe/Berlin",
        login_id=1,
    )


LEARNER = _viewer("Ines Albers", "learner")
LONG_LEARNER = _viewer(LONG_NAME, "learner", "mentor", verified=False)
MENTOR = _viewer("Tomasz Wiśniewski", "mentor", "learner")
ADMIN = _viewer("Ada Okafor", "admin", "owner", "learner")


def _session(number: int = 1, **changes: Any) -> SessionDetail:
    starts_at = changes.pop(
        "starts_at", datetime(2026, 11, 24, 17, 0, tzinfo=UTC) + timedelta(days=number)
    )
    minutes = changes.pop("duration_minutes", 45)
    session_id = UUID(int=IDENTITY.int + number)
    usual: dict[str, Any] = {
        "id": session_id,
        "title": "Read a balance sheet without falling asleep",
        "url": f"/sessions/{session_id}",
        "mentor_id": 7,
        "mentor": Person("tomasz", "Tomasz Wiśniewski"),
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(minutes=minutes),
        "duration_minutes": minutes,
        "level": "beginner",
        "language": "en",
        "skills": ("Accounting", "Finance"),
        "price_minor": 1800,
        "currency": "EUR",
        "capacity": 6,
        "seats_taken": 4,
        "status": "published",
        "recording": "auto",
        "timezone": "Europe/Berlin",
        "local_start": "2026-11-25T18:00",
        "description": (
            "We take the annual report of a bakery chain apart, line by line.\n\n"
            "Bring a report that you want to understand; we look at two of yours at the end. "
            "No accounting needed, only patience with small numbers."
        ),
        "objectives": (
            "tell profit from cash, and say why it matters",
            "find the three lines that decide whether a company survives the winter",
            "ask a banker a question that makes them sit up",
        ),
        "audience": "People who run something small and never liked the numbers.",
        "prerequisites": "Percentages, and a report that you want to understand.",
        "policy": "standard",
        "listed": True,
        "offering_id": UUID(int=IDENTITY.int - 1),
        "series_id": None,
        "series_position": None,
    }
    found = {**usual, **changes}
    found["skill_slugs"] = tuple(skill.lower().replace(" ", "-") for skill in found["skills"])
    return SessionDetail(**found)


SOON = _session(
    0,
    title="First chords on the ukulele",
    starts_at=NOW + timedelta(minutes=12),
    duration_minutes=30,
    price_minor=0,
    capacity=1,
    seats_taken=1,
    skills=("Music",),
    mentor=Person("lena", "Léna Baptiste"),
)
LIVE = replace(SOON, status="live")
PAID = _session(1)
LONG = _session(
    3,
    title=LONG_TITLE,
    mentor=Person("max", LONG_NAME),
    level="advanced",
    language="de",
    capacity=120,
    seats_taken=120,
    price_minor=1234500,
    duration_minutes=150,
    skills=(
        "Navigation",
        "Maritime law and its history since 1829",
        "Oral examinations",
        "German",
        "More",
    ),
    starts_at=datetime(2026, 12, 31, 22, 0, tzinfo=UTC),
)
FREE = _session(
    5,
    title="SQL joins, drawn by hand",
    mentor=Person("ada", "Ada Okafor"),
    price_minor=0,
    level="intermediate",
    capacity=4,
    seats_taken=0,
    skills=("SQL", "Data"),
)
DRAFT = _session(6, title="Bake bread with what is in the cupboard", status="draft", seats_taken=0)
ENDED = _session(-9, status="ended")
CANCELLED = _session(-3, status="cancelled")
SESSIONS = [SOON, PAID, LONG, FREE]


def _booking(session: SessionDetail, status: str = "confirmed", **changes: Any) -> BookingRow:
    usual: dict[str, Any] = {
        "id": session.id,
        "status": status,
        "session": session,
        "price_minor": session.price_minor,
        "currency": session.currency,
        "hold_expires_at": None,
        "created_at": NOW,
        "can_join": False,
        "can_cancel": status == "confirmed",
        "join_url": f"{session.url}/room",
        "recordings_url": None,
    }
    return BookingRow(**{**usual, **changes})


@dataclass(frozen=True)
class Named:
    slug: str
    name: str


@dataclass(frozen=True)
class ChipView:
    text: str
    href: str


@dataclass(frozen=True)
class PageView:
    number: int
    per_page: int
    total: int
    pages: int


SKILLS = [
    Named(name.lower(), name)
    for name in (
        "Accounting",
        "Baking",
        "Data",
        "Finance",
        "German",
        "Guitar",
        "Music",
        "Python",
        "SQL",
        "Writing",
    )
]
MENTORS = [
    SimpleNamespace(
        username="tomasz",
        name="Tomasz Wiśniewski",
        headline="Auditor for eleven years, teacher for two",
        skills=("Accounting", "Finance"),
        rating=4.6,
        rating_count=23,
        url="/",
    ),
    SimpleNamespace(
        username="lena",
        name="Léna Baptiste",
        headline="I teach grown-ups to play their first song",
        skills=("Music",),
        rating=None,
        rating_count=0,
        url="/",
    ),
    SimpleNamespace(
        username="max", name=LONG_NAME, headline="", skills=(), rating=3.9, rating_count=1, url="/"
    ),
]
FORM = {
    "title": "Re",
    "description": "",
    "skills": ["sql", "data"],
    "level": "advanced",
    "language": "de",
    "objectives": "draw a join\nsay which rows get lost",
    "starts_at": "2026-11-25T18:03",
    "timezone": "Europe/Berlin",
    "duration_minutes": "45",
    "capacity": "6",
    "price": "twelve",
    "currency": "EUR",
    "recording": "off",
    "policy": "strict",
}
EDIT = {
    "form": FORM,
    "errors": {},
    "session": PAID,
    "action": f"{PAID.url}/edit",
    "skills": SKILLS,
    "timezones": [
        (name, name.replace("_", " ")) for name in ("America/New_York", "Europe/Berlin", "UTC")
    ],
    "levels": LEVELS,
    "languages": LANGUAGES,
    "durations": DURATIONS,
    "max_capacity": 200,
    "currency": "EUR",
}
EDIT_ERRORS = {
    "title": "Use at least 3 characters.",
    "starts_at": "Choose a start on a five-minute mark.",
    "price_minor": "Write an amount such as 12.50.",
    "skills": "Choose at least one skill.",
    "form": "You already teach at that time.",
}
PROFILE_PAGE = {
    "profile": SimpleNamespace(status="changes_requested", reason="How do you teach? Tell us more."),
    "revision": None,
    "form": {
        "headline": "Numbers",
        "bio": "",
        "languages": ["pl", "en-IE"],
        "skills": ["finance"],
        "rate": "45.50",
        "currency": "EUR",
    },
    "errors": {},
    "languages": [
        SimpleNamespace(slug="pl", name="Polish"),
        SimpleNamespace(slug="en-IE", name="English"),
    ],
    "currency": "EUR",
    "skills": [
        SimpleNamespace(slug="accounting", name="Accounting"),
        SimpleNamespace(slug="finance", name="Finance"),
    ],
    "flash": None,
}
USERS = [
    SimpleNamespace(
        username="ines",
        name="Ines Albers",
        email="ines@example.org",
        roles={"learner"},
        status="active",
        created_at=NOW,
    ),
    SimpleNamespace(
        username="max",
        name=LONG_NAME,
        email="m@example.org",
        roles={"learner", "mentor"},
        status="suspended",
        created_at=NOW,
    ),
]
MAILS = [
    SimpleNamespace(
        to="ines@example.org",
        subject="Confirm your e-mail address",
        text="Hello Ines,\n\nopen this link:\nhttp://127.0.0.1:8000/auth/verify?token=abc\n",
        html="<p>Hello</p>",
        attachments=(KeptFile("lesson.ics", "text/calendar; method=REQUEST", "BEGIN:VCALENDAR"),),
        at=NOW,
    ),
    SimpleNamespace(
        to="tomasz@example.org",
        subject="Ines Albers booked a seat",
        text="Hello Tomasz",
        html="",
        at=NOW,
        attachments=(),
    ),
]
NONE_CAN = Abilities()
PORTRAIT = MentorPortrait(
    headline="Auditor for eleven years, teacher for two",
    bio="I read annual reports for a living and like the small print.\n\nBring yours, and a pencil.",
    languages=("en", "pl"),
    skills=("Accounting", "Finance"),
)
NO_PORTRAIT = MentorPortrait("", "", (), ())
BOOKING_TABS = [(key, key.capitalize(), f"?tab={key}") for key in ("upcoming", "past", "cancelled")]
MENTOR_TABS = [(key, key.capitalize(), f"?tab={key}") for key in ("upcoming", "drafts", "past")]
NO_SESSIONS = {"tabs": MENTOR_TABS, "flash": None, "sessions": [], "begun": [], "page": Part(1, 20)}


def _detail(
    session: SessionDetail, can: Abilities = NONE_CAN, booking: BookingRow | None = None, **more: Any
) -> dict[str, Any]:
    return {
        "session": session,
        "mentor": PORTRAIT,
        "reviews": [REVIEW, BARE_REVIEW],
        "pathways": PLACES,
        "materials": SHELF if booking else STRANGERS_SHELF,
        "terms": terms(policy_named(session.policy), session.starts_at),
        "dates": [SOON, LONG],
        "place": None,
        "move": None,
        "more": [SOON, FREE],
        "calendar": LINKS,
        "can": can,
        "booking": booking,
        "errors": {},
        "flash": None,
        **more,
    }


def _browse(sessions: list[SessionDetail], page: PageView, **more: Any) -> dict[str, Any]:
    return {
        "sessions": sessions,
        "filters": {},
        "errors": {},
        "chosen": [],
        "skills": SKILLS,
        "words": WORDS,
        "amounts": [(500, "€5.00"), (2000, "€20.00")],
        "ratings": [("4", "4 or better")],
        "page": page,
        "chips": [],
        "ways_out": [],
        "everything": 0,
        **more,
    }


SET_FILTERS = {"q": "ledger", "level": "beginner", "has_seats": "1"}
CHIPS = [
    ChipView("“ledger”", "?level=beginner"),
    ChipView("Beginner", "?q=ledger"),
    ChipView("Free seats", "?q=ledger"),
]
FIGURES = SimpleNamespace(mentors=2, learners=3, sessions=14, hours=21)
NO_FIGURES = SimpleNamespace(mentors=0, learners=0, sessions=0, hours=0)
COUNTS = {"users": 6, "mentors": 2, "learners": 3, "waiting": 1, "sessions": 14, "live": 1}

Page = tuple[str, dict[str, Any], Viewer | None]

NODES = [
    NodeReport("media-1", "http://media-1:7000", "up", False, 0.34, 12, 31, 187 * 10**9),
    NodeReport("media-2", "http://media-2:7000", "draining", True, 0.05, 1, 2, 640 * 10**6),
    NodeReport("media-3", "http://10.0.0.11:7000", "unreachable", False),
    NodeReport("media-4", "", "unreachable", True),
]

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
CODES = [f"abcd-efgh-jkmn-pq{number:02}" for number in range(10)]
LOGINS = [
    LoginView(IDENTITY, NOW, NOW, "", "Firefox on Linux", "127.0.0.1", "the local network", True),
    LoginView(UUID(int=7), NOW, NOW, "", LONG_NAME, "2001:db8::" + "f" * 20, "", False),
    LoginView(UUID(int=8), NOW, NOW, "", "An unknown device", "", "", False),
]
SECURITY: dict[str, Any] = {
    "desk": "learner",
    "factor": FactorState(None, 0),
    "logins": LOGINS,
    "must": False,
    "next": "",
    "errors": {},
    "flash": None,
}
AUTHENTICATOR: dict[str, Any] = {
    "desk": "learner",
    "qr": qr_code(f"otpauth://totp/PeerLearn:ines?secret={SECRET}"),
    "secret": SECRET,
    "next": "",
    "errors": {},
}
CODE: dict[str, Any] = {"next": "", "errors": {}, "over": False, "begin": "/auth/login"}
WRONG_CODE = {"code": "This code is wrong, too old, or was used already. Wait for the next one."}
RECOVERY: dict[str, Any] = {
    "desk": "mentor",
    "first": True,
    "codes": CODES,
    "lines": "\n".join(CODES),
    "file": quote("\n".join(CODES)),
    "onward": "/",
}
SECURITY_PAGES: dict[str, Page] = {
    "security": ("accounts/security.html", SECURITY, LEARNER),
    "security-errors": (
        "accounts/security.html",
        {**SECURITY, "errors": {"current": "This is not your present password."}, "logins": LOGINS[:1]},
        LONG_LEARNER,
    ),
    "security-obligatory": (
        "accounts/security.html",
        {**SECURITY, "desk": "admin", "must": True, "next": "/dashboard/admin/users"},
        ADMIN,
    ),
    "security-protected": (
        "accounts/security.html",
        {**SECURITY, "factor": FactorState(NOW, 2), "flash": "That login has ended."},
        LEARNER,
    ),
    "authenticator": ("accounts/authenticator.html", AUTHENTICATOR, LEARNER),
    "authenticator-errors": (
        "accounts/authenticator.html",
        {**AUTHENTICATOR, "errors": WRONG_CODE, "next": "/dashboard/admin/users"},
        ADMIN,
    ),
    "recovery-codes": ("accounts/recovery_codes.html", RECOVERY, MENTOR),
    "recovery-codes-new": ("accounts/recovery_codes.html", {**RECOVERY, "first": False}, LEARNER),
    "code": ("accounts/code.html", CODE, None),
    "code-errors": ("accounts/code.html", {**CODE, "errors": WRONG_CODE, "next": "/sessions/"}, None),
    "code-over": ("accounts/code.html", {**CODE, "over": True}, None),
    "confirm": ("accounts/confirm.html", {"next": "", "twice": False, "errors": {}}, LEARNER),
    "confirm-code": (
        "accounts/confirm.html",
        {"next": "/dashboard/admin/users", "twice": True, "errors": WRONG_CODE},
        ADMIN,
    ),
}

PAGES: dict[str, Page] = {
    "landing": (
        "pages/landing.html",
        {"featured": SESSIONS[:3], "topics": SKILLS[:3], "mentors": MENTORS, "stats": FIGURES},
        None,
    ),
    "landing-empty": (
        "pages/landing.html",
        {"featured": [], "topics": [], "mentors": [], "stats": NO_FIGURES},
        LEARNER,
    ),
    **{name: (template, context, None) for name, (template, context) in GUEST_PAGES.items()},
    **{name: (template, context, LEARNER) for name, (template, context) in OWN_PAGES.items()},
    **SECURITY_PAGES,
    **{name: (template, context, LEARNER) for name, (template, context) in PEOPLE_PAGES.items()},
    **{name: (template, context, LEARNER) for name, (template, context) in MESSAGE_PAGES.items()},
    **{
        name: (template, context, {"learner": LEARNER, "mentor": MENTOR}.get(who))
        for name, (template, context, who) in pathway_pages(PAID).items()
    },
    **booking_pages(PAID, _booking(PAID), [ENDED, SOON, FREE], LEARNER, MENTOR),
    **check_pages(PAID, LEARNER),
    **call_pages(ENDED, LONG, LEARNER, MENTOR),
    **pay_pages(_booking(PAID), LEARNER),
    **{
        name: (template, context, MENTOR)
        for name, (template, context) in materials_pages(PAID, LONG).items()
    },
    **{name: (template, context, ADMIN) for name, (template, context) in REPORT_PAGES.items()},
    **{name: (template, context, LEARNER) for name, (template, context) in NOTIFICATION_PAGES.items()},
    **{name: (template, context, ADMIN) for name, (template, context) in DELIVERY_PAGES.items()},
    "certificate-revoking": (*REVOKING, ADMIN),
    **{name: (template, context, None) for name, (template, context) in MENTOR_PAGES.items()},
    **{name: (template, context, LEARNER) for name, (template, context) in ACHIEVEMENT_PAGES.items()},
    **{name: (template, context, MENTOR) for name, (template, context) in HOURS_PAGES.items()},
    **{name: (template, context, MENTOR) for name, (template, context) in CALENDAR_PAGES.items()},
    **{
        name: (template, context, MENTOR if mentors else LEARNER)
        for name, (template, context, mentors) in REQUEST_PAGES.items()
    },
    **{name: (template, context, LEARNER) for name, (template, context) in ASSESSMENT_PAGES.items()},
    "login": ("accounts/login.html", {"form": {}, "errors": {}, "next": "/sessions/"}, None),
    "login-errors": (
        "accounts/login.html",
        {
            "form": {"identifier": "ines"},
            "errors": {"form": "The name or the password is wrong."},
            "next": "",
        },
        None,
    ),
    **{
        f"verify-{state}": ("accounts/verify.html", {"state": state, "token": "abc"}, None)
        for state in ("ask", "done", "bad")
    },
    **{
        f"reset-{state}": (
            "accounts/reset.html",
            {"state": state, "token": "abc", "form": {}, "errors": {}},
            None,
        )
        for state in ("ask", "sent", "new", "done", "bad")
    },
    "browse": ("discovery/browse.html", _browse(SESSIONS, PageView(2, 4, 12, 3)), None),
    "browse-chips": (
        "discovery/browse.html",
        _browse([LIVE], PageView(1, 20, 1, 1), filters=SET_FILTERS, chips=CHIPS),
        LEARNER,
    ),
    "browse-none": (
        "discovery/browse.html",
        _browse(
            [],
            PageView(1, 20, 0, 0),
            filters=SET_FILTERS,
            chips=CHIPS,
            errors={"from": "Write a day such as 2030-05-14."},
            everything=12,
        ),
        None,
    ),
    "browse-ways-out": (
        "discovery/browse.html",
        _browse(
            [],
            PageView(1, 20, 0, 0),
            filters={**SET_FILTERS, "language": "de"},
            chips=CHIPS,
            ways_out=[WayOut(f"“{LONG_TITLE}”", "?level=beginner", 12), WayOut("Beginner", "?q=a", 1)],
            everything=1,
        ),
        LEARNER,
    ),
    "browse-desk": (
        "discovery/browse.html",
        _browse(SESSIONS, PageView(1, 20, 4, 1), path="/dashboard/learner/browse"),
        LEARNER,
    ),
    "detail": ("booking/detail.html", _detail(PAID, Abilities(book=True)), None),
    "detail-free": ("booking/detail.html", _detail(FREE, Abilities(book=True)), LEARNER),
    **{
        f"detail-move-{name}": (
            "booking/detail.html",
            {**_detail(PAID, Abilities()), "move": move},
            LEARNER,
        )
        for name, move in MOVES.items()
    },
    **{
        f"reschedule-{name}": ("booking/reschedule.html", {**more, "session": PAID}, MENTOR)
        for name, more in MOVE_PAGES.items()
    },
    "detail-booked": (
        "booking/detail.html",
        _detail(
            LIVE,
            Abilities(join=True, cancel=True),
            _booking(LIVE),
            flash="Your seat is booked. A mail with the details is on its way.",
        ),
        LEARNER,
    ),
    "detail-full": (
        "booking/detail.html",
        _detail(
            LONG,
            errors={"form": "The last seat was taken a moment ago."},
            mentor=NO_PORTRAIT,
            more=[],
        ),
        LEARNER,
    ),
    "detail-draft": (
        "booking/detail.html",
        _detail(
            replace(DRAFT, mentor=Person("tomasz", "Tomasz Wiśniewski")),
            Abilities(edit=True, publish=True),
        ),
        MENTOR,
    ),
    "detail-mentor": (
        "booking/detail.html",
        _detail(PAID, Abilities(edit=True, join=True, start=True, cancel=True)),
        MENTOR,
    ),
    "detail-cancelled": (
        "booking/detail.html",
        _detail(CANCELLED, booking=_booking(CANCELLED, "cancelled_by_mentor")),
        LEARNER,
    ),
    "detail-ended": (
        "booking/detail.html",
        _detail(ENDED, Abilities(recordings=True), _booking(ENDED)),
        LEARNER,
    ),
    "bookings": (
        "booking/bookings.html",
        {
            "tabs": BOOKING_TABS,
            "tab": "upcoming",
            "flash": None,
            "page": Part(1, 3, 7),
            "bookings": [
                _booking(LIVE, can_join=True),
                _booking(PAID),
                _booking(LONG, "held", hold_expires_at=NOW + timedelta(minutes=9)),
                _booking(FREE, "held", hold_expires_at=NOW + timedelta(hours=1), offered=True),
            ],
        },
        LEARNER,
    ),
    "bookings-past": (
        "booking/bookings.html",
        {
            "tabs": BOOKING_TABS,
            "tab": "past",
            "flash": None,
            "page": Part(1, 20, 2),
            "bookings": [
                _booking(ENDED, recordings_url=f"{ENDED.url}/recordings"),
                _booking(CANCELLED, "no_show_mentor"),
            ],
        },
        LEARNER,
    ),
    "bookings-empty": (
        "booking/bookings.html",
        {"tabs": BOOKING_TABS, "tab": "upcoming", "flash": None, "bookings": [], "page": Part(1, 20)},
        LEARNER,
    ),
    "mentor-sessions": (
        "booking/mentor_sessions.html",
        {
            "tabs": MENTOR_TABS,
            "tab": "upcoming",
            "flash": None,
            "begun": [],
            "page": Part(2, 5, 11),
            "sessions": [LIVE, PAID, LONG, DRAFT, ENDED],
        },
        MENTOR,
    ),
    **{
        f"mentor-sessions-{tab}": (
            "booking/mentor_sessions.html",
            {**NO_SESSIONS, "tab": tab},
            MENTOR,
        )
        for tab in ("upcoming", "drafts", "past")
    },
    "mentor-sessions-begun": (
        "booking/mentor_sessions.html",
        {**NO_SESSIONS, "tab": "drafts", "begun": BEGUN_DRAFTS, "sessions": [DRAFT]},
        MENTOR,
    ),
    "edit": ("booking/edit.html", EDIT, MENTOR),
    "edit-errors": ("booking/edit.html", {**EDIT, "session": DRAFT, "errors": EDIT_ERRORS}, MENTOR),
    **{name: (template, context, MENTOR) for name, (template, context) in WIZARD_PAGES.items()},
    "learner-overview": (
        "pages/learner_overview.html",
        {
            "welcome": NEWCOMER["learner"],
            "next_session": SOON,
            "upcoming": [_booking(PAID), _booking(LONG)],
            "past": [_booking(ENDED, recordings_url="/")],
            "suggested": [FREE, PAID],
            "pathways": FOLLOWED,
            "days": DAYS,
            "offer_push": True,
        },
        LEARNER,
    ),
    "learner-overview-empty": (
        "pages/learner_overview.html",
        {
            "welcome": WELCOME_BACK,
            "next_session": None,
            "upcoming": [],
            "past": [],
            "suggested": [],
            "pathways": [],
            "days": DAYS,
            "offer_push": True,
        },
        LONG_LEARNER,
    ),
    "mentor-overview": (
        "pages/mentor_overview.html",
        {
            "welcome": NEWCOMER["mentor"],
            "profile": SimpleNamespace(
                status="changes_requested", reason="Please write a little more about how you teach."
            ),
            "next_session": LIVE,
            "sessions": [PAID, DRAFT],
            "tasks": [
                {"text": "Answer 2 requests for lessons", "href": "/dashboard/mentor/requests"},
                {"text": "Publish “Bake bread with what is in the cupboard”", "href": DRAFT.url},
            ],
            "days": DAYS,
            "offer_push": True,
        },
        MENTOR,
    ),
    "mentor-overview-empty": (
        "pages/mentor_overview.html",
        {
            "welcome": WELCOME_BACK,
            "profile": None,
            "next_session": None,
            "sessions": [],
            "tasks": [],
            "days": DAYS,
            "offer_push": True,
        },
        LONG_LEARNER,
    ),
    "mentor-profile": ("people/mentor_profile.html", PROFILE_PAGE, MENTOR),
    "mentor-profile-waiting": (
        "people/mentor_profile.html",
        {**PROFILE_PAGE, "revision": CHANGED},
        MENTOR,
    ),
    "mentor-profile-sent-back": (
        "people/mentor_profile.html",
        {**PROFILE_PAGE, "revision": SENT_BACK},
        MENTOR,
    ),
    "mentor-profile-errors": (
        "people/mentor_profile.html",
        {**PROFILE_PAGE, "errors": {"bio": "Write a few sentences about how you teach."}},
        MENTOR,
    ),
    "admin-overview": (
        "admin/overview.html",
        {
            "counts": COUNTS,
            "waiting": {"mentors": 1, "revisions": 2, "evidence": 0},
            "newest": USERS,
            "coming": [PAID, LONG],
            "joined": joined_days(NOW, ZoneInfo("Europe/Berlin"), {NOW: 2, NOW - timedelta(days=3): 1}),
        },
        ADMIN,
    ),
    **{name: (template, context, ADMIN) for name, (template, context) in REVIEW_PAGES.items()},
    **{name: (template, context, ADMIN) for name, (template, context) in STAFF_PAGES.items()},
    **{name: (template, context, LEARNER) for name, (template, context) in ACCEPTING_PAGES.items()},
    **{name: (template, context, None) for name, (template, context) in INVITED_PAGES.items()},
    **{name: (template, context, LEARNER) for name, (template, context) in OWN_PAYMENT_PAGES.items()},
    **{name: (template, context, MENTOR) for name, (template, context) in MENTOR_PAYMENT_PAGES.items()},
    **{name: (template, context, ADMIN) for name, (template, context) in STAFF_PAYMENT_PAGES.items()},
    **{name: (template, context, LEARNER) for name, (template, context) in OWN_SETTLEMENT_PAGES.items()},
    **{
        name: (template, context, MENTOR) for name, (template, context) in MENTOR_SETTLEMENT_PAGES.items()
    },
    **{name: (template, context, ADMIN) for name, (template, context) in STAFF_SETTLEMENT_PAGES.items()},
    **{name: (template, context, MENTOR) for name, (template, context) in EARNINGS_PAGES.items()},
    "admin-control": ("admin/control.html", {"nodes": NODES}, ADMIN),
    "admin-control-empty": ("admin/control.html", {"nodes": []}, ADMIN),
    **recording_pages(ENDED, LEARNER, MENTOR),
    **keeping_pages(ENDED, MENTOR, ADMIN),
    **feedback_pages(ENDED, LEARNER, MENTOR),
    "error": (
        "edge/error.html",
        {
            "status": 404,
            "title": "Nothing here",
            "message": "There is no such session, or it isn’t yours to see.",
            "action_href": "/sessions/",
            "action_text": "See all sessions",
        },
        None,
    ),
    "broken": (
        "edge/broken.html",
        {
            "status": 500,
            "title": "Something broke on our side",
            "message": "Something broke on our side. It has been noted.",
        },
        LEARNER,
    ),
    "components": ("dev/components.html", {}, None),
    "mail": ("dev/mail.html", {"mails": MAILS}, None),
    "mail-empty": ("dev/mail.html", {"mails": []}, None),
}
