"""What the pages are rendered with on which people get an account and leave it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from server.booking.obligations import Obligation
from server.people.wizard import STEPS, Draft
from tests.web.people_samples import TAXONOMY

LONG_NAME = "Maximiliane-Théodora von Hohenschwangau-Featherstonehaugh"
BLANK = Draft(roles=["learner"])
WHOLE = Draft(
    roles=["learner", "mentor"],
    name=LONG_NAME,
    username="maximiliane",
    email="maximiliane.von.hohenschwangau@example.org",
    password_hash="hashed",
    want=["python"],
    teach=["git"],
    timezone="Europe/Berlin",
    onward="/sessions/7",
)


def _step(name: str, draft: Draft, **changes: Any) -> tuple[str, dict[str, Any]]:
    context: dict[str, Any] = {
        "step": name,
        "steps": STEPS,
        "draft": draft,
        "form": {**draft.model_dump(), **changes.pop("form", {})},
        "taxonomy": TAXONOMY,
        "zones": ["Europe/Berlin", "UTC"],
        "errors": {},
    }
    return "accounts/register.html", {**context, **changes}


WRONG_ACCOUNT = {
    "username": "Use 3 to 30 letters, digits, dots, dashes or underscores.",
    "email": "This is not an e-mail address.",
    "password": "Use at least 8 characters.",
}
OWED = [
    Obligation("session", "Closures by example", datetime(2026, 12, 1, 17, tzinfo=UTC), "/sessions/1"),
    Obligation("booking", LONG_NAME, datetime(2026, 12, 2, 17, tzinfo=UTC), "/sessions/2"),
]
STAYS: dict[str, Any] = {"owed": [], "days": 14, "form": {}, "errors": {}}

GUEST_PAGES: dict[str, tuple[str, dict[str, Any]]] = {
    "register": _step("roles", BLANK),
    "register-errors": _step(
        "account", BLANK, form={"name": LONG_NAME, "username": "a"}, errors=WRONG_ACCOUNT
    ),
    "register-again": _step("account", WHOLE),
    "register-skills": _step("skills", WHOLE),
    "register-skills-errors": _step(
        "skills",
        WHOLE,
        form={"want_word": "pyhton"},
        errors={"want_word": "We know no skill called “pyhton”. Did you mean Python?"},
    ),
    "register-finish": _step("finish", WHOLE),
    "register-finish-errors": _step(
        "finish", Draft(roles=["learner"]), errors={"terms": "Please agree to the terms."}
    ),
    "check-mail": (
        "accounts/check_mail.html",
        {"email": WHOLE.email, "next": "/sessions/7", "sent": False, "errors": {}},
    ),
    "check-mail-again": (
        "accounts/check_mail.html",
        {"email": "", "next": "", "sent": True, "errors": {"form": "Too many tries."}},
    ),
    **{
        f"email-{state}": (
            "accounts/email_link.html",
            {"undo": undo, "state": state.removesuffix("-undo"), "token": "abc", "email": WHOLE.email},
        )
        for state, undo in (
            ("ask", False),
            ("done", False),
            ("bad", False),
            ("ask-undo", True),
            ("done-undo", True),
            ("bad-undo", True),
        )
    },
    "goodbye": ("accounts/goodbye.html", {"days": 14}),
    "terms": ("pages/terms.html", {"version": "2025-11-01"}),
}
OWN_PAGES: dict[str, tuple[str, dict[str, Any]]] = {
    "change-email": (
        "accounts/change_email.html",
        {
            "desk": "learner",
            "form": {"email": "nobody"},
            "asked": "",
            "errors": {"email": "This is not an e-mail address."},
        },
    ),
    "change-email-asked": (
        "accounts/change_email.html",
        {"desk": "learner", "form": {"email": ""}, "asked": WHOLE.email, "errors": {}},
    ),
    "second-role": ("people/edit_role.html", {"role": "mentor"}),
    "second-role-learner": ("people/edit_role.html", {"role": "learner"}),
    "my-data": ("pages/my_data.html", STAYS),
    "my-data-wrong": ("pages/my_data.html", {**STAYS, "errors": {"username": "Type it to confirm."}}),
    "my-data-often": ("pages/my_data.html", {**STAYS, "errors": {"form": "Too many tries."}}),
    "my-data-owed": ("pages/my_data.html", {**STAYS, "owed": OWED}),
}
