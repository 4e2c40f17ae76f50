"""Reviews and the page of a lesson that is over, in their states."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from server.booking.values import Person
from server.classroom.measures.service import TakingPart
from server.classroom.teaching.service import Artefacts, KeptObjective, PollAnswer, PollResult
from server.edge.paging import Part
from server.feedback.summary import Attendee, Summary
from server.feedback.values import Rating, Reply, ReviewView, Standing

AT = datetime(2026, 3, 14, 9, 30, tzinfo=UTC)
LONG_NAME = "Maximiliana Featherstonehaugh-Wriothesley of Llanfairpwllgwyngyll"
REVIEW = ReviewView(
    id=UUID(int=71),
    session_id=UUID(int=72),
    session_title="Read a balance sheet without falling asleep",
    author=Person("ines", "Ines Albers"),
    rating=4,
    aspects={"clear": 5, "helpful": 4},
    technical=None,
    comment="I can read the first page now.\n\nBring a pencil.",
    private_note="",
    reply=Reply("Thank you. The second page is next.", AT + timedelta(days=1)),
    created_at=AT,
    edited_at=AT + timedelta(hours=2),
    can_report=True,
    can_report_reply=True,
)
BARE = replace(
    REVIEW,
    id=UUID(int=73),
    author=Person("long", LONG_NAME),
    rating=1,
    aspects={},
    comment="W" * 300,
    reply=None,
    edited_at=None,
    can_report_reply=False,
)
MINE = replace(
    REVIEW, mine=True, technical=2, private_note="Louder, please.", editable=True, can_report=False
)
HIDDEN = replace(MINE, hidden=True, editable=False, reply=None, can_report_reply=False)
TO_MENTOR = replace(BARE, technical=5, private_note="The fan hums.", can_reply=True)
RATING = Rating(4.1, 7, {5: 3, 4: 2, 1: 2})
LEFT = Artefacts(
    polls=(
        PollResult(
            "Shall we go on?",
            (PollAnswer("Yes", 3), PollAnswer("W" * 120, 1)),
            many=False,
            votes=4,
            asked_at="2026-03-14T09:30:00Z",
            shown=True,
        ),
        PollResult("And now?", (PollAnswer("No", None),), many=True, votes=0, asked_at="", shown=False),
    ),
    notes="Cash is not profit.",
    board=({"kind": "text"},),
    objectives=(KeptObjective("tell profit from cash", True), KeptObjective("ask a banker", False)),
    takeaways="Cash is not profit.\nRead the notes first.",
    homework="Bring a report.",
)
NOTHING = Artefacts((), "", (), (), "", "")
PEOPLE = (
    Attendee("Tomasz Wiśniewski", "", "mentor", 46, ((0.0, 100.0),), 0.7, own=False),
    Attendee("Ines Albers", "", "learner", 38, ((4.0, 40.0), (52.0, 40.0)), 0.3, own=True),
    Attendee(LONG_NAME, "", "learner", 1, ((99.0, 0.1),), None, own=False),
)
OWN = TakingPart(1, "p", "Ines Albers", "learner", 83_000, 2_280_000, 0.3, hands=2, lines=5, votes=1)


def _page(session: Any, **more: Any) -> tuple[str, dict[str, Any]]:
    return "feedback/feedback.html", {
        "session": session,
        "standing": Standing.STRANGER,
        "own": None,
        "form": {},
        "answer": None,
        "reviews": [],
        "rating": Rating(),
        "page": Part(1, 10, 0),
        "errors": {},
        "our_fault": False,
        **more,
    }


def _summary(session: Any, role: str, **more: Any) -> tuple[str, dict[str, Any]]:
    usual: dict[str, Any] = {
        "session": session,
        "role": role,
        "left": LEFT,
        "people": PEOPLE,
        "held_minutes": 46,
        "own": OWN,
        "media": None,
        "our_fault": False,
        "recording": "ready",
        "materials": [],
        "standing": Standing.OPEN,
        "review": None,
        "reviews": [],
        "dates": [session],
        "weekly_path": "/mentors/tomasz/request",
    }
    summary = Summary(**{**usual, **more})
    words = {"takeaways": summary.left.takeaways, "homework": summary.left.homework}
    return "feedback/summary.html", {
        "summary": summary,
        "session": session,
        "words": words,
        "form": {},
        "errors": {},
    }


def feedback_pages(session: Any, learner: Any, mentor: Any) -> Mapping[str, tuple[Any, ...]]:
    listed = {"reviews": [REVIEW, BARE], "rating": RATING, "page": Part(1, 2, 7)}
    theirs = {**listed, "reviews": [MINE, BARE]}
    mentors = {"reviews": [TO_MENTOR, REVIEW], "rating": RATING, "standing": Standing.MENTOR}
    wrong = {"rating": "Choose one to five stars.", "clear": "Choose one to five stars."}
    sent = {"comment": "Call me.", "clear": "3"}
    over = {"standing": Standing.MENTOR, "own": None, "dates": []}
    asking = {"review": BARE, "form": {"of": "review"}, "errors": {}, "done": False}
    nothing = {"left": NOTHING, "people": (), "dates": [], "recording": "off"}
    return {
        "feedback": (*_page(session, **listed), None),
        "feedback-none": (*_page(session), learner),
        "feedback-form": (*_page(session, standing=Standing.OPEN, our_fault=True), learner),
        "feedback-wrong": (
            *_page(session, standing=Standing.OPEN, errors=wrong, form=sent, **listed),
            learner,
        ),
        "feedback-given": (*_page(session, standing=Standing.GIVEN, own=MINE, **theirs), learner),
        "feedback-hidden": (*_page(session, standing=Standing.CLOSED, own=HIDDEN), learner),
        "feedback-absent": (*_page(session, standing=Standing.ABSENT, **listed), learner),
        "feedback-mentor": (*_page(session, **mentors), mentor),
        "feedback-answer-wrong": (
            *_page(
                session,
                **mentors,
                answer=(TO_MENTOR.id, {"text": "me@example.com"}),
                errors={"text": "This looks like an e-mail address."},
            ),
            mentor,
        ),
        "feedback-report": ("feedback/report.html", asking, learner),
        "feedback-report-answer": (
            "feedback/report.html",
            {**asking, "review": REVIEW, "form": {"of": "reply"}, "errors": {"reason": "Say why."}},
            learner,
        ),
        "feedback-reported": ("feedback/report.html", {**asking, "done": True}, learner),
        "summary": (*_summary(session, "learner"), learner),
        "summary-rated": (*_summary(session, "learner", review=MINE, our_fault=True), learner),
        "summary-mentor": (*_summary(session, "mentor", reviews=[TO_MENTOR, REVIEW], **over), mentor),
        "summary-empty": (*_summary(session, "mentor", **{**nothing, **over}), mentor),
    }
