"""What the page of reviews is rendered with, and a mentor's page while a change waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from server.admin.reviews_views import Refused
from server.edge.paging import Part
from server.infra.errors import Conflict, Invalid
from server.people.revisions import PartChange, Revision
from server.people.values import MentorApplication
from server.people.verification import WaitingCredential

NOW = datetime(2026, 11, 23, 17, 20, tzinfo=UTC)
IDENTITY = UUID("6a1f3a52-8a0e-4d0c-9a57-2f1f5ad0a002")
LONG = "Rechtsschutzversicherungsgesellschaftsangestelltenausbildungsnachweis"
COUNTS = {"mentors": 1, "revisions": 2, "evidence": 2}
NOTHING = dict.fromkeys(COUNTS, 0)
APPLICATION = MentorApplication(
    "noor", "Noor Haddad", "noor@example.org", "submitted", "Reads balance sheets aloud", "Since 2011.",
    ("en", "ar"), ("Accounting", "Excel"), "", NOW,
)  # fmt: skip
BARE = MentorApplication(LONG.lower(), LONG, f"{LONG}@example.org", "submitted", "", "", (), (), "", None)
SUSPENDED = MentorApplication(
    "max", "Max", "max@example.org", "suspended", "", "", (), (), "Learners were insulted.", NOW
)
CHANGED = Revision(
    7,
    "mira",
    "Mira Chen",
    "submitted",
    "",
    NOW,
    (
        PartChange("headline", "Draws databases", "Paints databases"),
        PartChange("bio", "With chalk.\nSlowly.", f"With coloured chalk.\nSlowly. {LONG}"),
    ),
)
SENT_BACK = Revision(
    8, "mira", "Mira Chen", "rejected", "Which pens?", NOW, (PartChange("bio", "", "With pens."),)
)
EVIDENCE = [
    WaitingCredential(
        IDENTITY, "lea", "Lea Vogt", "Diploma in databases", "Open School", 2024, "SQL", "advanced", True,
        "submitted", "", True, "application/pdf", NOW,
    ),
    WaitingCredential(
        UUID(int=9), LONG.lower(), LONG, LONG, "", None, "", "", False, "submitted", "", False, "", NOW
    ),
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tab:
    """The page as one tab of it shows."""

    name: str
    waiting: list[Any]
    refused: Refused | None = None

    def context(self) -> dict[str, Any]:
        return {
            "tab": self.name,
            "counts": COUNTS if self.waiting else NOTHING,
            "waiting": self.waiting,
            "suspended": [SUSPENDED] if self.name == "mentors" and self.waiting else [],
            "page": Part(1, 10, len(self.waiting)),
            "refused": self.refused,
            "flash": None,
        }


NO_REASON = Refused("7", Invalid(fields={"reason": "Say why: the mentor reads it."}), " ")
TOO_LATE = Refused("99", Conflict(message="Somebody has decided this already."), "No.")
TABS = {
    "reviews": Tab("mentors", [APPLICATION, BARE]),
    "reviews-empty": Tab("mentors", []),
    "reviews-revisions": Tab("revisions", [CHANGED], NO_REASON),
    "reviews-revisions-empty": Tab("revisions", []),
    "reviews-evidence": Tab("evidence", EVIDENCE, TOO_LATE),
    "reviews-evidence-empty": Tab("evidence", []),
}
REVIEW_PAGES = {name: ("admin/reviews.html", tab.context()) for name, tab in TABS.items()}
