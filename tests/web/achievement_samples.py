"""What the pages of certificates and badges are rendered with; who looks is a learner."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from server.achievements.values import Achievements, BadgeRow, Certificate, Content
from server.edge.paging import Part

AT = datetime(2026, 5, 14, 12, 0, tzinfo=UTC)
EARNED = (BadgeRow("ten-hours", "Ten hours", "Spent ten hours in lessons", AT, 10, 10),)
AHEAD = (BadgeRow("early-riser", "Early riser", "Attended a lesson that began before eight", None, 0, 1),)
CERTIFICATE = Certificate(
    code="K7Q2M-4XTRA-PW8ZD-9VEHN",
    content=Content(
        name="Lea Vogt",
        username="lea",
        title="Read a <balance> sheet",
        mentor="Tomasz Wiśniewski",
        started_at=AT,
        zone="Europe/Berlin",
        present_s=3500,
        held_s=3600,
        skills=("Accounting", "Excel"),
    ),
    issued_at=AT,
    revoked_at=None,
    listed=True,
)
REVOKED = replace(CERTIFICATE, revoked_at=AT, own=True, reason="The price was refunded.")
OTHERS = Achievements(
    username="lea",
    name="Lea Vogt",
    picture="",
    own=False,
    earned=EARNED,
    ahead=(),
    certificates=(CERTIFICATE,),
    total=1,
)
OWN = replace(
    OTHERS, own=True, ahead=AHEAD, certificates=(replace(CERTIFICATE, own=True), REVOKED), total=60
)
UNSENT: dict[str, Any] = {"form": {}, "errors": {}}
REVOKING: tuple[str, dict[str, Any]] = (
    "achievements/certificate.html",
    {"certificate": CERTIFICATE, "form": {"reason": "x"}, "errors": {"reason": "Say why."}},
)
NOTHING = replace(OWN, earned=(), ahead=AHEAD, certificates=(), total=0)


def _achievements(shown: Achievements) -> tuple[str, dict[str, Any]]:
    context = {"achievements": shown, "page": Part(1, 24, shown.total)}
    return "achievements/achievements.html", context


ACHIEVEMENT_PAGES: dict[str, tuple[str, dict[str, Any]]] = {
    "achievements": _achievements(OTHERS),
    "achievements-own": _achievements(OWN),
    "achievements-none": _achievements(NOTHING),
    "achievements-others-none": _achievements(replace(NOTHING, own=False, ahead=())),
    "certificate": ("achievements/certificate.html", {"certificate": CERTIFICATE, **UNSENT}),
    "certificate-own": (
        "achievements/certificate.html",
        {"certificate": replace(CERTIFICATE, own=True), **UNSENT},
    ),
    "certificate-revoked": ("achievements/certificate.html", {"certificate": REVOKED, **UNSENT}),
    "certificate-unknown": ("achievements/unknown.html", {}),
}
