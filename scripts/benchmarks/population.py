"""Fills a database of ours with people and lessons, in bulk: thousands a second.

Rows are those that the services write; what no benchmark looks at (mails, taken time) is left out."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from config.settings import Settings
from server.accounts.logins import open_login
from server.accounts.models import RoleGrant, User
from server.accounts.values import Client
from server.booking.models import Booking, Objective, Session, SessionSkill
from server.booking.states import BookingStatus
from server.infra import clock, db, schema
from server.infra.folding import searchable
from server.pages.taxonomy import plant_skills
from server.people.models import MentorProfile, Skill

BATCH = 2000  # rows of one statement
DESCRIPTION = "We profile a small service together and read what the graph says. " * 4
CLIENT = Client("127.0.0.1", "127.0.0.1")


@dataclass(frozen=True)
class Lesson:
    """A lesson to be written. `skills` are places in the taxonomy."""

    mentor_id: int
    learner_ids: Sequence[int]
    starts_at: datetime
    minutes: int = 60
    title: str = "Reading a flame graph"
    status: str = "published"
    skills: Sequence[int] = (0, 1)
    capacity: int = 200
    price_minor: int = 0


@asynccontextmanager
async def fresh_database(settings: Settings) -> AsyncIterator[None]:
    """The database that the settings name, migrated, with the taxonomy, open in this process."""
    await schema.migrate(settings)
    await db.open_database(settings)
    try:
        await plant_skills()
        yield
    finally:
        await db.close_database()


async def add_people(usernames: Sequence[str], role: str) -> list[int]:
    """Verified accounts that nobody can log in to by password; gives their ids in the same order."""
    now = clock.now()
    users = [
        User(
            username=name,
            username_key=name,
            email=f"{name}@example.org",
            email_key=f"{name}@example.org",
            password_hash="none",
            name=name.replace("-", " ").title(),
            name_words=searchable(name.replace("-", " ")),
            timezone="Europe/Berlin",
            email_verified_at=now,
            created_at=now,
        )
        for name in usernames
    ]
    await User.bulk_create(users, BATCH)
    ids = dict(await User.filter(username_key__in=list(usernames)).values_list("username_key", "id"))
    found = [ids[name] for name in usernames]
    await RoleGrant.bulk_create([RoleGrant(user_id=id, role=role, created_at=now) for id in found], BATCH)
    if role == "mentor":
        await MentorProfile.bulk_create(
            [
                MentorProfile(user_id=id, status="approved", headline="Shows it live", updated_at=now)
                for id in found
            ],
            BATCH,
        )
    return found


async def token_of(user_id: int) -> str:
    """A fresh login's bearer token."""
    return (await open_login(user_id, CLIENT)).token


async def cookie_of(user_id: int) -> str:
    """A fresh login's cookie, with both proofs given: administrators need them."""
    return (await open_login(user_id, CLIENT, second_factor=True)).cookie


async def add_lessons(lessons: Sequence[Lesson]) -> list[UUID]:
    """The lessons with their skills, aims and confirmed bookings; gives their ids in the same order."""
    ids = [uuid4() for _ in lessons]
    pairs = list(zip(ids, lessons, strict=True))
    skills = await Skill.all().order_by("id").values_list("id", flat=True)
    names = await Skill.all().order_by("id").values_list("name", flat=True)
    await Session.bulk_create([_session(id, lesson, names) for id, lesson in pairs], BATCH)
    await SessionSkill.bulk_create(
        [
            SessionSkill(session_id=id, skill_id=skills[place % len(skills)])
            for id, lesson in pairs
            for place in lesson.skills
        ],
        BATCH,
    )
    await Objective.bulk_create(
        [
            Objective(session_id=id, position=number, text=f"Explain step {number} to somebody else")
            for id, _ in pairs
            for number in range(3)
        ],
        BATCH,
    )
    await Booking.bulk_create(
        [_booking(id, lesson, learner) for id, lesson in pairs for learner in lesson.learner_ids], BATCH
    )
    return ids


def _session(id: UUID, lesson: Lesson, names: Sequence[str]) -> Session:
    taught = [names[place % len(names)] for place in lesson.skills]
    published_at = lesson.starts_at - timedelta(days=10)
    return Session(
        id=id,
        mentor_id=lesson.mentor_id,
        title=lesson.title,
        description=DESCRIPTION,
        search_text=searchable(lesson.title, DESCRIPTION, *taught),
        level=("beginner", "intermediate", "advanced")[lesson.skills[0] % 3],
        language=("en", "de", "es", "fr")[id.int % 4],
        starts_at=lesson.starts_at,
        ends_at=lesson.starts_at + timedelta(minutes=lesson.minutes),
        local_start=lesson.starts_at.strftime("%Y-%m-%dT%H:%M"),
        timezone="UTC",
        capacity=lesson.capacity,
        seats_taken=len(lesson.learner_ids),
        price_minor=lesson.price_minor,
        currency="EUR",
        status=lesson.status,
        ics_uid=str(id),
        created_at=published_at,
        published_at=published_at,
    )


def _booking(session_id: UUID, lesson: Lesson, learner_id: int) -> Booking:
    return Booking(
        session_id=session_id,
        learner_id=learner_id,
        status=BookingStatus.CONFIRMED,
        price_minor=lesson.price_minor,
        currency="EUR",
        created_at=lesson.starts_at - timedelta(days=2),
    )
