"""What the pages that show mentors are rendered with."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from server.booking.hours.openings import Slot
from server.discovery.listing import Chip
from server.discovery.mentors import MentorCard
from server.discovery.portfolio import Portfolio
from server.edge.paging import Part
from server.feedback.values import Rating
from server.people.credentials import ShownCredential
from server.people.mentors import Mentor, Portrait
from server.people.values import SkillRow
from tests.web.feedback_samples import BARE as BARE_REVIEW
from tests.web.feedback_samples import RATING, REVIEW
from tests.web.pathway_samples import CARD
from tests.web.people_samples import TAXONOMY

START = datetime(2030, 5, 14, 8, tzinfo=UTC)
SLOT = Slot(START, START + timedelta(hours=1))
LONG_NAME = "Maximiliana Featherstonehaugh-Wriothesley of Llanfairpwllgwyngyll"
SKILLS = ("Python", "SQL", "Statistics", "Data analysis", "Public speaking")
PICTURE = "/media/pictures/1-128.webp"
MIRA = Mentor(1, "mira", "Mira Chen", PICTURE, "Draws", ("en", "pt-BR"), SKILLS, 4500, "EUR", 4.3, 2)
LONG = Mentor(2, "long", LONG_NAME, "", "W" * 140, ("de",), (), 0, "EUR")
BARE = Mentor(3, "bare", "bare", "", "", (), (), None, "")


def _list(cards: list[MentorCard], **more: Any) -> dict[str, Any]:
    return {
        "cards": cards,
        "filters": {},
        "errors": {},
        "skills": TAXONOMY,
        "languages": [("en", "English"), ("pt-BR", "Brazilian Portuguese")],
        "ceilings": [(0, "Free"), (4000, "Up to €40.00 an hour")],
        "page": Part(1, 12, len(cards)),
        "ratings": [("4", "4 or better")],
        "chips": [],
        **more,
    }


TAUGHT = (
    SkillRow("python", "Python", "teach", "advanced", "verified"),
    SkillRow("sql", "SQL", "teach", "beginner", "assessed"),
    SkillRow("git", "Git", "teach", "intermediate", "own"),
    SkillRow("piano", "Piano", "teach", "", "own"),
)
WHOLE = Portfolio(
    portrait=Portrait(
        MIRA, "We begin with your question.", TAUGHT, followed=True, own=False, approved=True
    ),
    credentials=[
        ShownCredential("MSc in Statistics", "University of Ljubljana", 2019, verified=True),
        ShownCredential("W" * 140, "", None, verified=False),
    ],
    figures=[("12", "lessons held"), ("9.5", "hours taught"), ("11 of 12", "begun on time")],
    sessions=[],
    slots=[SLOT],
    pathways=[CARD],
    rating=RATING,
    reviews=[REVIEW, BARE_REVIEW],
)
EMPTY = Portrait(BARE, "", (), followed=False, own=True, approved=False)
NEW = Portfolio(EMPTY, [], [], [], [], [], Rating(), [])
FILTERS = {"q": "sql", "max_price": "4000", "currency": "EUR", "sort": "price"}
CHIPS = [Chip("“sql”", "/mentors?max_price=4000"), Chip("Up to €40.00 an hour", "/mentors?q=sql")]
MENTOR_PAGES: dict[str, tuple[str, dict[str, Any]]] = {
    "mentors": (
        "discovery/mentors.html",
        _list(
            [MentorCard(MIRA, SLOT), MentorCard(LONG, None), MentorCard(BARE, SLOT)], page=Part(2, 3, 9)
        ),
    ),
    "mentors-chips": (
        "discovery/mentors.html",
        _list([MentorCard(MIRA, None)], filters=FILTERS, chips=CHIPS, errors={"language": "Unknown."}),
    ),
    "mentors-none": ("discovery/mentors.html", _list([], filters=FILTERS, chips=CHIPS)),
    "mentors-nobody": ("discovery/mentors.html", _list([])),
    "portfolio": ("discovery/portfolio.html", {"portfolio": WHOLE, "page": Part(2, 5, 12)}),
    "portfolio-bare": ("discovery/portfolio.html", {"portfolio": NEW, "page": Part(1, 5, 0)}),
}
