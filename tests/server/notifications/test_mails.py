"""Every mail: to whom, saying what, once."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from config.settings import Settings
from server.accounts.models import User
from server.infra import db
from server.infra.mailer import KeptMail
from server.notifications import post
from server.notifications.post import Addressee, post_office
from server.notifications.service import notify
from tests.factories import person
from tests.server.accounts.mails import mails_to
from web import TEMPLATES

START = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
END = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
SESSION = {"title": "R&D <b>basics</b>", "path": "/sessions/1"}
TIMES = {"starts_at": START, "ends_at": END}
REQUEST = {"title": "R&D <b>basics</b>", "path": "/requests/1", "who": "Lea", **TIMES}
MOVE = {**SESSION, **TIMES, "at": START, "who": "Mira"}
REFUND = {**SESSION, "refund_minor": 1000, "currency": "EUR", "credit": False}
PAYOUT = {"amount_minor": 4250, "currency": "EUR", "path": "/dashboard/mentor/earnings"}
VERDICT = {
    "outcome": "cut_short",
    "due_min": 60,
    "taught_min": 40,
    "node_min": 3,
    "own_min": 0,
    "refund_minor": 1250,
    "credit_minor": 300,
    "currency": "EUR",
}
DISPUTE = {**SESSION, "starts_at": START, "until": END, "amount_minor": 5000, "currency": "EUR"}
MAILS: dict[str, dict[str, Any]] = {
    "verify_email": {"token": "abc"},
    "known_email": {},
    "reset_password": {"token": "abc"},
    "mentor_reviewed": {"verdict": "approved", "reason": ""},
    "booking_confirmed": {**SESSION, **TIMES, "mentor": "Mira"},
    "booking_confirmed_mentor": {**SESSION, **TIMES, "learner": "Lea"},
    "seat_offered": {**SESSION, **TIMES, "until": START, "mentor": "Mira"},
    "seat_open": {**SESSION, **TIMES, "mentor": "Mira"},
    "request_received": {
        **REQUEST,
        "until": END,
        "message": "I start <b>Monday</b>.",
        "price_minor": 4500,
        "currency": "EUR",
    },
    "request_proposed": {**REQUEST, "until": END, "message": "Then I have more time."},
    "request_accepted": {
        **SESSION,
        **TIMES,
        "until": END,
        "who": "Mira",
        "asked": True,
        "to_mentor": False,
    },
    "request_declined": {**REQUEST, "message": "I am away.", "to_mentor": True},
    "request_expired": {**REQUEST, "to_mentor": False},
    "move_proposed": {**MOVE, "until": END, "message": "I am ill.", "group": True},
    "session_moved": MOVE,
    "moved_without_you": {**MOVE, "refund_minor": 2000, "currency": "EUR"},
    "move_off": {**MOVE, "why": "declined"},
    "booking_cancelled": {**SESSION, "starts_at": START, "who": "Lea"},
    "session_cancelled": {**SESSION, "starts_at": START},
    "new_login": {"device": "Firefox on Linux", "address": "192.0.2.7", "at": START},
    "standing_changed": {"what": "roles", "reason": "x", "gained": ["ops"], "lost": ["learner"]},
    "change_email": {"token": "abc"},
    "email_changed": {"token": "abc", "new": "zoe.new@example.com"},
    "account_closing": {"closes_at": END},
    "revision_reviewed": {"verdict": "rejected", "reason": "x", "path": "/profile/edit/mentor"},
    "credential_reviewed": {"verdict": "verified", "reason": "", "title": "Diploma", "path": "/profile"},
    "invitation": {"inviter": "Olga", "roles": ["ops"], "token": "abc", "expires_at": END},
    "security_changed": {"what": "second_factor_on"},
    "seat_given_back": {**SESSION, **TIMES, "price_minor": 2000, "refund_minor": 1000, "currency": "EUR"},
    "session_called_off": {**SESSION, **TIMES},
    "payment_received": {
        **SESSION,
        **TIMES,
        "amount_minor": 2000,
        "currency": "EUR",
        "card": "visa 4242",
        "credit": False,
        "number": 17,
    },
    "refund_begun": {**REFUND, "reason": "The lesson was <b>called</b> off."},
    "refund_failed": REFUND,
    "payout_paid": PAYOUT,
    "payout_failed": {**PAYOUT, "why": "The bank account has been <b>closed</b>.", "back": False},
    "earnings_owed": {**PAYOUT, "title": "Rust & <b>bold</b> claims"},
    "dispute_opened": DISPUTE,
    "dispute_closed": {**DISPUTE, "won": False},
    "dispute_to_answer": DISPUTE,
    "lesson_settled": {**SESSION, "starts_at": START, "figures": VERDICT, "reader": "learner"},
    "issue_raised": {**SESSION, "starts_at": START, "until": START, "side": "learner"},
    "issue_decided": {
        **SESSION,
        "starts_at": START,
        "resolution": "credit",
        "amount_minor": 1250,
        "currency": "EUR",
        "reader": "mentor",
        "answer": "We looked at <b>it</b>.",
    },
    "issue_to_decide": {**SESSION, "starts_at": START, "until": START},
    "books_differ": {"path": "/dashboard/admin/payments", "findings": [["EUR", "12 <b>more</b>"]]},
    "reminder": {**SESSION, **TIMES, "mentor": "Mira"},
    "recording_interrupted": {**SESSION, "why": "its disk is full", "node": "http://<b>media-1</b>"},
    "recording_ready": {**SESSION, "starts_at": START},
    "recording_expiring": {**SESSION, "starts_at": START, "until": END},
    "material_added": {**SESSION, **TIMES, "mentor": "Mira", "files": ["slides.pdf", "data.csv"]},
    "lesson_summary": {**SESSION, "mentor": "Mira"},
    "rate_lesson": {**SESSION, "mentor": "Mira"},
    "review_received": {**SESSION, "learner": "Lea <b>", "stars": 1},
    "review_reply": {**SESSION, "mentor": "Mira"},
    "pathway_completed": {"title": "Data from zero", "steps": 4, "path": "/pathways/1"},
    "certificate_issued": {**SESSION, "starts_at": START, "path": "/certificates/K7"},
    "certificate_revoked": {**SESSION, "reason": "The price was refunded.", "path": "/certificates/K7"},
    "badge_earned": {"badge": "Ten hours", "says": "Spent ten hours in lessons", "path": "/profile/lea"},
    "new_session": {**SESSION, **TIMES, "mentor": "Mira"},
    "free_seat": {**SESSION, **TIMES, "mentor": "Mira"},
    "message": {"who": "Mira", "title": "", "path": "/communication/messages/mira"},
    "new_follower": {"follower": "Lea", "path": "/profile/lea"},
    "digest": {
        "digest": "daily",
        "items": [
            {"text": "Lea follows you", "path": "/profile/lea"},
            {"text": "Mira has a new session", **SESSION, **TIMES},
        ],
    },
}


@pytest.mark.parametrize("name", sorted(MAILS))
async def test_mail_has_a_subject_and_says_the_same_twice(database: Settings, name: str) -> None:
    to = Addressee("zoe@example.com", "Zoë & <Co>", "Europe/Berlin")
    await post_office().send(to, name, MAILS[name])
    (mail,) = await mails_to("zoe@example.com")
    assert mail.subject
    assert "\n" not in mail.subject
    assert "Zoë & <Co>" in mail.text
    assert "Zoë &amp; &lt;Co&gt;" in mail.html
    assert "<b>basics" not in mail.html
    assert "{" not in mail.text
    assert database.base_url in mail.html


def test_every_template_of_a_mail_is_tried() -> None:
    named = {Path(path).stem for path in (TEMPLATES / "email").glob("*.mail")}
    assert named == set(MAILS)


async def tell(user_id: int, booking_id: UUID) -> None:
    @db.transactional
    async def unit() -> None:
        about = {"title": SESSION["title"], "mentor": "Mira", **TIMES}
        key = str(booking_id)
        await notify(user_id, "booking_confirmed", about, path=SESSION["path"], dedupe_key=key)

    await unit()


async def told(user_id: int) -> list[KeptMail]:
    return [mail for mail in await mails_to("lea@example.com") if "Your seat" in mail.subject]


async def test_booking_is_confirmed_once_and_in_the_persons_own_time(database: Settings) -> None:
    lea = await person("lea")
    await User.all().update(timezone="Europe/Berlin")
    booking = uuid4()
    for _ in range(3):
        await tell(lea.user_id, booking)
    (mail,) = await told(lea.user_id)
    assert "01:30" in mail.text
    assert "03:30" in mail.text
    await tell(lea.user_id, uuid4())
    assert len(await told(lea.user_id)) == 2


async def test_verified_person_is_not_asked_again(database: Settings) -> None:
    await person("lea")
    assert await mails_to("lea@example.com") == []


async def test_closed_post_office_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(post, "_office", None)
    with pytest.raises(RuntimeError, match="open_post_office"):
        post_office()
