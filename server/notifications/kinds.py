"""What people can be told, by topic: the rows of their preferences.

A new kind is a line in `KINDS`, a macro of its name in `web/templates/notifications/words.txt`, and a
template `web/templates/email/<mail>.mail` where it is mailed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Channel(StrEnum):
    PAGE = "page"
    MAIL = "mail"
    PUSH = "push"


PAGE, MAIL, PUSH = Channel
NONE: frozenset[Channel] = frozenset()


@dataclass(frozen=True, slots=True)
class Topic:
    """One row of the preferences. `usual`: the channels of somebody who never chose; `locked`: those
    nobody can turn off, and `why`."""

    name: str
    title: str
    says: str
    usual: frozenset[Channel]
    locked: frozenset[Channel] = NONE
    why: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """One thing that can be told. `mail` names its template, if it is mailed at all; one that `may_wait`
    goes into the digest of who wants one; one that is `urgent` doesn't heed quiet hours. The
    mail goes out after `mail_after`, if its cause is not withdrawn by then. After the instant that
    `before` names ("starts_at") nothing goes out any more. One that has no `push` disturbs nobody."""

    name: str
    topic: Topic
    icon: str
    mail: str = ""
    may_wait: bool = False
    urgent: bool = False
    mail_after: timedelta = timedelta(0)
    before: str = ""
    push: bool = True


BOTH, ALL = frozenset({PAGE, MAIL}), frozenset(Channel)

SECURITY = Topic(
    "security",
    "Security of your account",
    "New logins, a changed password, your second factor.",
    usual=ALL,
    locked=BOTH,
    why="You must hear of it when somebody else gets into your account.",
)
ACCOUNT = Topic(
    "account",
    "Your account and your mentor profile",
    "What we decide about your profile or your account.",
    usual=ALL,
    locked=BOTH,
    why="It changes what you can do here.",
)
BOOKINGS = Topic(
    "bookings",
    "Bookings and cancellations",
    "Seats booked and given back, requests, and lessons that won’t take place.",
    usual=ALL,
    locked=BOTH,
    why="Somebody keeps that time free for you.",
)
PAYMENTS = Topic(
    "payments",
    "Payments",
    "Receipts, refunds, and payouts to your bank.",
    usual=BOTH,
    locked=BOTH,
    why="It is your money.",
)
REMINDERS = Topic(
    "reminders",
    "Reminders",
    "Your lessons: a day, an hour and ten minutes before they begin.",
    usual=ALL,
)
MATERIALS = Topic("materials", "Materials", "Files that a mentor adds to a lesson of yours.", usual=BOTH)
RECORDINGS = Topic(
    "recordings",
    "Recordings",
    "The recording of a lesson is ready, and, of your own lessons, will soon be deleted.",
    usual=BOTH,
)
FEEDBACK = Topic(
    "feedback",
    "After a lesson",
    "Its summary, a word to rate it, what learners say of yours, and the mentor’s answers.",
    usual=BOTH,
)
FOLLOWING = Topic(
    "following",
    "Mentors you follow",
    "New sessions, and seats that become free.",
    usual=BOTH,
)
ACHIEVEMENTS = Topic(
    "achievements",
    "Certificates and badges",
    "A certificate of a lesson you attended, and badges you have earned.",
    usual=BOTH,
)
MESSAGES = Topic(
    "messages",
    "Messages",
    "Somebody wrote to you. A mail comes only when it stays unread for ten minutes.",
    usual=ALL,
)
FOLLOWERS = Topic("followers", "New followers", "Who begins to follow you.", usual=BOTH)

# What goes into a digest was asked about already.
GATHERED = Topic("digest", "Digests", "", usual=frozenset({MAIL}), locked=frozenset({MAIL}))

TOPICS: tuple[Topic, ...] = (
    BOOKINGS,
    PAYMENTS,
    REMINDERS,
    MESSAGES,
    MATERIALS,
    RECORDINGS,
    FEEDBACK,
    ACHIEVEMENTS,
    FOLLOWING,
    FOLLOWERS,
    ACCOUNT,
    SECURITY,
)


def _named(kinds: Iterable[Kind]) -> dict[str, Kind]:
    return {kind.name: kind for kind in kinds}


KINDS: dict[str, Kind] = _named(
    (
        # --- security
        Kind("new_login", SECURITY, "lock", mail="new_login", urgent=True),
        Kind("security_changed", SECURITY, "lock", mail="security_changed", urgent=True),
        # --- account
        Kind("mentor_reviewed", ACCOUNT, "desk", mail="mentor_reviewed"),
        Kind("revision_reviewed", ACCOUNT, "desk", mail="revision_reviewed"),
        Kind("credential_reviewed", ACCOUNT, "check", mail="credential_reviewed"),
        # --- bookings
        Kind("booking_confirmed", BOOKINGS, "calendar", mail="booking_confirmed", urgent=True),
        Kind("seat_booked", BOOKINGS, "calendar", mail="booking_confirmed_mentor"),
        Kind("seat_offered", BOOKINGS, "ticket", mail="seat_offered", urgent=True),
        Kind("seat_open", BOOKINGS, "ticket", mail="seat_open", urgent=True, before="starts_at"),
        Kind("booking_cancelled", BOOKINGS, "calendar", mail="booking_cancelled"),
        Kind("session_cancelled", BOOKINGS, "calendar", mail="session_cancelled", urgent=True),
        Kind("seat_given_back", BOOKINGS, "calendar", mail="seat_given_back"),
        Kind("session_called_off", BOOKINGS, "calendar", mail="session_called_off"),
        # --- reminders
        Kind("reminder_day", REMINDERS, "clock", mail="reminder", before="starts_at"),
        Kind("reminder_hour", REMINDERS, "clock", mail="reminder", before="starts_at"),
        Kind("reminder_soon", REMINDERS, "clock", urgent=True, before="starts_at"),
        Kind("request_received", BOOKINGS, "hand", mail="request_received"),
        Kind("request_proposed", BOOKINGS, "clock", mail="request_proposed"),
        Kind("request_accepted", BOOKINGS, "calendar", mail="request_accepted", urgent=True),
        Kind("request_declined", BOOKINGS, "close", mail="request_declined"),
        Kind("request_expired", BOOKINGS, "clock", mail="request_expired"),
        Kind("move_proposed", BOOKINGS, "calendar", mail="move_proposed"),
        Kind("session_moved", BOOKINGS, "calendar", mail="session_moved", urgent=True),
        Kind("moved_without_you", BOOKINGS, "calendar", mail="moved_without_you", urgent=True),
        Kind("move_off", BOOKINGS, "calendar", mail="move_off"),
        # --- payments
        Kind("payment_received", PAYMENTS, "card", mail="payment_received"),
        Kind("refund_begun", PAYMENTS, "card", mail="refund_begun"),
        Kind("refund_arrived", PAYMENTS, "card"),
        Kind("refund_failed", PAYMENTS, "card", mail="refund_failed"),
        Kind("lesson_settled", PAYMENTS, "check", mail="lesson_settled"),
        Kind("issue_raised", PAYMENTS, "flag", mail="issue_raised"),
        Kind("issue_decided", PAYMENTS, "check", mail="issue_decided"),
        Kind("issue_to_decide", PAYMENTS, "flag", mail="issue_to_decide"),
        Kind("dispute_opened", PAYMENTS, "card", mail="dispute_opened"),
        Kind("dispute_closed", PAYMENTS, "card", mail="dispute_closed"),
        Kind("dispute_to_answer", PAYMENTS, "card", mail="dispute_to_answer"),
        Kind("books_differ", PAYMENTS, "card", mail="books_differ", urgent=True),
        Kind("payout_paid", PAYMENTS, "card", mail="payout_paid"),
        Kind("payout_failed", PAYMENTS, "card", mail="payout_failed"),
        Kind("earnings_owed", PAYMENTS, "card", mail="earnings_owed"),
        # --- materials
        Kind("material_added", MATERIALS, "book", mail="material_added", may_wait=True),
        # --- recordings
        Kind("recording_ready", RECORDINGS, "play", mail="recording_ready"),
        Kind("recording_expiring", RECORDINGS, "clock", mail="recording_expiring", before="until"),
        Kind("recording_interrupted", RECORDINGS, "alert", mail="recording_interrupted", urgent=True),
        # --- after a lesson
        Kind("lesson_summary", FEEDBACK, "list", mail="lesson_summary"),
        Kind("rate_lesson", FEEDBACK, "star", mail="rate_lesson"),
        Kind("review_received", FEEDBACK, "star", mail="review_received", may_wait=True),
        Kind("review_reply", FEEDBACK, "chat", mail="review_reply", may_wait=True),
        # --- achievements
        Kind("certificate_issued", ACHIEVEMENTS, "seal", mail="certificate_issued"),
        Kind("certificate_revoked", ACCOUNT, "seal", mail="certificate_revoked"),
        Kind("pathway_completed", ACHIEVEMENTS, "seal", mail="pathway_completed"),
        Kind("badge_earned", ACHIEVEMENTS, "star", mail="badge_earned", may_wait=True),
        # --- messages: the first that is unread, and those after it
        Kind("message", MESSAGES, "chat", mail="message", mail_after=timedelta(minutes=10)),
        Kind("message_more", MESSAGES, "chat", push=False),
        # --- people
        Kind("new_session", FOLLOWING, "calendar", mail="new_session", may_wait=True),
        Kind("free_seat", FOLLOWING, "calendar", mail="free_seat"),
        Kind("new_follower", FOLLOWERS, "person", mail="new_follower", may_wait=True),
        # --- what could wait
        Kind("digest", GATHERED, "mail", mail="digest", urgent=True),
    )
)
# Mails that ask nobody's preferences, and are shown nowhere else.
LETTERS: dict[str, Topic] = {
    "verify_email": SECURITY,
    "known_email": SECURITY,
    "reset_password": SECURITY,
    "change_email": SECURITY,
    "email_changed": SECURITY,
    "standing_changed": ACCOUNT,
    "account_closing": ACCOUNT,
}
MAY_WAIT = frozenset(kind.name for kind in KINDS.values() if kind.may_wait)


def topic_of(kind: str) -> Topic:
    """Of anything that was sent."""
    return LETTERS[kind] if kind in LETTERS else KINDS[kind].topic
