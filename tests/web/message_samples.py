"""What the pages of messages are rendered with; who looks is a learner."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from server.edge.paging import Part
from server.messages.cases import Case, ReportRow
from server.messages.values import Attachment, Circle, ConversationRow, Door, Found, Line, Place, Writer
from server.people.circle import Face

NOW = datetime(2026, 11, 23, 17, 20, tzinfo=UTC)
ONE = UUID(int=1)
LONG = "Maximiliana Wolkenstein-Abendroth von der Hohen Warte"
MIRA, ME = Writer("mira", "Mira Okafor"), Writer("ines", "Ines Albers")
NOTES = Attachment(UUID(int=8), "notes with a long name about closures.pdf", "application/pdf", 81_300)
PHOTO = Attachment(UUID(int=9), "board.jpg", "image/jpeg", 1_300_000)


def _line(seq: int, sender: Writer, text: str, **changes: Any) -> Line:
    line = Line(UUID(int=seq), seq, sender, sender is ME, text, (), NOW, removed=False)
    return replace(line, **changes)


LINES = [
    _line(1, MIRA, "Hello <b>you</b>", sent_at=NOW - timedelta(days=400)),
    _line(2, ME, "See https://example.org/a, please.\n    indented", files=(NOTES, PHOTO)),
    _line(3, MIRA, "", removed=True),
    _line(4, ME, "x" * 200),
]
CIRCLE = Circle(
    key="u:1:2",
    path="/communication/messages/mira",
    api="/api/v1/conversations/mira",
    title="Mira Okafor",
    people=frozenset({1, 2}),
    hidden=frozenset(),
    conversation_id=1,
    partner_id=2,
    partner=MIRA,
)
OF_SESSION = replace(
    CIRCLE, path=f"/sessions/{ONE}/messages", title=LONG, partner_id=None, partner=None, session_id=ONE
)
ROWS = [
    ConversationRow(ONE, CIRCLE.path, "Mira Okafor", MIRA, None, LINES[3], 0, False),
    ConversationRow(UUID(int=2), OF_SESSION.path, LONG, None, ONE, LINES[0], 120, True),
]
LIST: dict[str, Any] = {"rows": ROWS, "page": Part(1, 30, 2), "current": "", "q": "", "found": None}
THREAD: dict[str, Any] = {
    "circle": CIRCLE,
    "lines": LINES,
    "newest": True,
    "place": Place(4, partner_read_seq=4, partner_read_at=NOW),
    "seen": 4,
    "rows": ROWS,
    "door": Door.OPEN,
    "warned": False,
    "careful": True,
    "form": {"client_key": "k", "text": ""},
    "files": [],
    "reported": None,
    "errors": {},
    "limits": {"files": 10, "bytes": 20_000_000, "text": 4000},
}
ROW = ReportRow(ONE, "message", "lea", "tomas", UUID(int=3), "outside", "open", NOW)
OF_PERSON = replace(ROW, id=UUID(int=2), subject="person", reason="unsafe")
EVIDENCE = [
    {"from": "tomas", "text": "Pay me here: …", "files": ["a.pdf"], "removed": False, "reported": True},
    {"from": "lea", "text": "", "files": [], "removed": True, "reported": False},
]
REPORTS: dict[str, Any] = {
    "tab": "open",
    "tabs": [("open", "Open", "?tab=open"), ("decided", "Decided", "?tab=decided")],
    "rows": [ROW, OF_PERSON],
    "page": Part(1, 50, 2),
    "flash": None,
}
CASE = Case(ROW, "He asks for money.", EVIDENCE, None, None, "", "", None)
SAID = {
    "name": LONG,
    "username": "tomas",
    "headline": "<b>Go</b>",
    "about": "x" * 200,
    "bio": "",
    "picture": "",
}
CASE_OF_PERSON = Case(OF_PERSON, "", [], SAID, None, "", "", None)
REPORT_PERSON: dict[str, Any] = {
    "person": Face("tomas", LONG, ""),
    "form": {},
    "errors": {},
    "done": False,
}

MESSAGE_PAGES: dict[str, tuple[str, dict[str, Any]]] = {
    "messages": ("messages/list.html", LIST),
    "messages-none": ("messages/list.html", {**LIST, "rows": []}),
    "messages-found": (
        "messages/list.html",
        {**LIST, "q": "hello", "found": [Found(LINES[0], "Mira Okafor", "/communication/messages/mira")]},
    ),
    "messages-not-found": ("messages/list.html", {**LIST, "q": "zebra", "found": []}),
    "conversation": ("messages/thread.html", THREAD),
    "conversation-new": (
        "messages/thread.html",
        {**THREAD, "lines": [], "seen": 0, "place": Place(), "rows": []},
    ),
    "conversation-of-session": (
        "messages/thread.html",
        {**THREAD, "circle": OF_SESSION, "newest": False},
    ),
    "conversation-closed": ("messages/thread.html", {**THREAD, "door": Door.CLOSED}),
    "conversation-unverified": ("messages/thread.html", {**THREAD, "door": Door.UNVERIFIED}),
    "conversation-warned": (
        "messages/thread.html",
        {
            **THREAD,
            "warned": True,
            "files": [NOTES],
            "form": {"client_key": "k", "text": "me@example.org"},
            "errors": {"text": "This looks like an e-mail address. You have no lesson together yet."},
        },
    ),
    "conversation-report": ("messages/thread.html", {**THREAD, "reported": LINES[0]}),
    "report-person": ("messages/report_person.html", REPORT_PERSON),
    "report-person-wrong": (
        "messages/report_person.html",
        {**REPORT_PERSON, "form": {"text": "a"}, "errors": {"reason": "Choose one of these."}},
    ),
    "report-person-done": ("messages/report_person.html", {**REPORT_PERSON, "done": True}),
}
REPORT_PAGES: dict[str, tuple[str, dict[str, Any]]] = {
    "reports": ("messages/reports.html", REPORTS),
    "reports-none": ("messages/reports.html", {**REPORTS, "rows": [], "page": Part(1, 50, 0)}),
    "report": ("messages/report.html", {"case": CASE, "form": {}, "errors": {}}),
    "report-of-person": ("messages/report.html", {"case": CASE_OF_PERSON, "form": {}, "errors": {}}),
    "report-of-person-decided": (
        "messages/report.html",
        {
            "case": replace(
                CASE_OF_PERSON,
                profile={**SAID, "headline": "", "about": ""},
                row=replace(OF_PERSON, status="upheld"),
            ),
            "form": {},
            "errors": {},
        },
    ),
    "report-decided": (
        "messages/report.html",
        {
            "case": replace(
                CASE, row=replace(ROW, status="upheld"), verdict="It does.", decided_by="olga"
            ),
            "form": {},
            "errors": {},
        },
    ),
}
