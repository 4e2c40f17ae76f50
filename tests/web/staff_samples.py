"""What the pages of user management are rendered with."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from server.accounts.values import (
    ROLES,
    Account,
    AccountFile,
    InvitationOffer,
    InvitationView,
    LoginView,
    StandingStep,
)
from server.admin.audit import AuditEntry
from server.edge.paging import Part
from server.edge.permissions import STAFF_ROLES
from server.payments.refunds.payers import PaidSeat

NOW = datetime(2026, 11, 23, 17, 20, tzinfo=UTC)
IDENTITY = UUID("6a1f3a52-8a0e-4d0c-9a57-2f1f5ad0a003")
LONG = "Rechtsschutzversicherungsgesellschaftsangestelltenausbildungsnachweis"
STATUSES = ("active", "suspended", "banned", "closing")
NINA = Account(
    IDENTITY,
    "nina",
    "nina@example.org",
    "Nina Berg",
    ("learner", "mentor"),
    True,
    "Asia/Tokyo",
    "active",
    NOW,
)
LONGEST = Account(
    IDENTITY, LONG[:32], f"{LONG}@example.org", LONG, tuple(ROLES), False, "UTC", "banned", NOW
)
LOGIN = LoginView(IDENTITY, NOW, NOW, "", "Firefox on Linux", "192.0.2.7", "near you", False)
HISTORY = [
    StandingStep(NOW, "user", "suspended", "active", "olga", "We talked."),
    StandingStep(NOW, "user", "active", "suspended", "olga", f"Wrote\nto {LONG} again and again."),
    StandingStep(NOW, "user_warning", "", "warned", "sam", "Be kind."),
    StandingStep(NOW, "user_roles", "learner", "learner,mentor", "", "asked for it"),
]
SEAT = PaidSeat(
    booking_id=IDENTITY,
    title="Read a balance sheet",
    starts_at=NOW,
    ends_at=NOW + timedelta(minutes=45),
    amount_minor=4500,
    refunded_minor=0,
    currency="EUR",
    status="succeeded",
)
FILE: dict[str, Any] = {
    "file": AccountFile(7, NINA, True, [LOGIN, LOGIN], HISTORY),
    "user": NINA,
    "steps": ["warn", "suspend", "ban"],
    "roles": list(ROLES),
    "fresh": True,
    "paid": [SEAT, replace(SEAT, title=LONG, refunded_minor=1000)],
    "form": {},
    "errors": {},
}
EMPTY_FILE = {
    **FILE,
    "file": AccountFile(8, LONGEST, False, [], []),
    "user": LONGEST,
    "steps": [],
    "roles": [],
    "paid": [],
}
REFUSED = {**FILE, "form": {"reason": "", "roles": {"ops"}}, "errors": {"reason": "Say why."}}


def _invitation(status: str, email: str = "ada@example.org") -> InvitationView:
    return InvitationView(IDENTITY, email, ["admin", "ops"], "olga", status, NOW, NOW + timedelta(days=7))


STATES = ("open", "accepted", "revoked", "expired")
INVITATIONS = [*map(_invitation, STATES), _invitation("open", f"{LONG}@example.org")]
INVITING: dict[str, Any] = {"roles": STAFF_ROLES, "fresh": True, "form": {}, "errors": {}}
ENTRIES = [
    AuditEntry(3, NOW, "olga", "user.suspended", "user", "7", "nina", {"to": "suspended"}, LONG),
    AuditEntry(2, NOW, "olga", "invitation.sent", "invitation", str(IDENTITY), "", {"to": ["ops"]}, ""),
    AuditEntry(1, NOW, "", "something.else", "user", "9", "", {}, ""),
]  # fmt: skip
FINDING = {"roles": ROLES, "statuses": STATUSES, "errors": {}}
STAFF_PAGES: dict[str, tuple[str, dict[str, Any]]] = {
    "admin-users": (
        "admin/users.html",
        {**FINDING, "users": [NINA, LONGEST], "page": Part(2, 50, 120), "filters": {"role": "mentor"}},
    ),
    "admin-users-empty": (
        "admin/users.html",
        {**FINDING, "users": [], "page": Part(1, 50), "filters": {"q": "x"}, "errors": {"q": "No."}},
    ),
    "admin-user": ("admin/user.html", FILE),
    "admin-user-empty": ("admin/user.html", EMPTY_FILE),
    "admin-user-refused": ("admin/user.html", REFUSED),
    "admin-user-unproven": ("admin/user.html", {**FILE, "fresh": False}),
    "admin-invitations": ("admin/invitations.html", {**INVITING, "invitations": INVITATIONS}),
    "admin-invitations-empty": ("admin/invitations.html", {**INVITING, "invitations": [], "fresh": 0}),
    "admin-invitations-refused": (
        "admin/invitations.html",
        {
            **INVITING,
            "invitations": [],
            "form": {"email": "x", "roles": ["ops"]},
            "errors": {"email": "This is not an e-mail address.", "roles": "Choose at least one role."},
        },
    ),
    "admin-audit": (
        "admin/audit.html",
        {"entries": ENTRIES, "page": Part(1, 2, 3), "filters": {"action": "something"}, "errors": {}},
    ),
    "admin-audit-empty": (
        "admin/audit.html",
        {"entries": [], "page": Part(1, 50), "filters": {}, "errors": {"from": "This is not a day."}},
    ),
}  # fmt: skip


def _offer(**changes: Any) -> dict[str, Any]:
    offer = {"known": False, "yours": False, **changes}
    made = InvitationOffer("ada@example.org", ["support"], "Olga Brandt", NOW, **offer)
    return {"offer": made, "token": "t", "here": "/auth/invitation?token=t", "form": {}, "errors": {}}


INVITED_PAGES: dict[str, tuple[str, dict[str, Any]]] = {
    "invitation": ("accounts/invitation.html", _offer()),
    "invitation-refused": (
        "accounts/invitation.html",
        {**_offer(), "form": {"username": "ad"}, "errors": {"username": "Use 3 to 32 characters."}},
    ),
    "invitation-known": ("accounts/invitation.html", _offer(known=True)),
    "invitation-over": ("accounts/invitation.html", {**_offer(), "offer": None}),
}
ACCEPTING_PAGES = {
    "invitation-yours": ("accounts/invitation.html", _offer(known=True, yours=True)),
    "invitation-not-yours": ("accounts/invitation.html", _offer(known=True)),
}
