"""What words find: however they are spelled, wherever they stand, and what they must not find."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module

import pytest

from server.accounts import service as accounts
from server.accounts.models import User
from server.booking import service
from server.booking.forms import SessionChanges
from server.booking.models import Session
from server.booking.service import SessionQuery
from server.booking.times import next_mark
from server.infra import clock, db
from server.people import service as people
from server.people.privacy import Audience, Privacy, set_privacy
from server.people.states import MentorStatus
from tests.databases import BOTH, ON_POSTGRES
from tests.server.booking.makers import mentor, person, published

pytestmark = pytest.mark.usefixtures("database")

FOUND = (
    ("java", ["Übungen zu Schleifen"]),  # the beginning of a word
    ("SCRIPT", ["Übungen zu Schleifen"]),  # its end
    ("ecmascript", ["Übungen zu Schleifen"]),  # what the skill is called besides
    ("schleifen uebungen", ["Übungen zu Schleifen"]),
    ("ubungen", ["Übungen zu Schleifen"]),
    ("übungen", ["Übungen zu Schleifen"]),
    ("schleifen jose", ["Übungen zu Schleifen"]),
    ("JOSÉ", ["Übungen zu Schleifen", "Going further"]),
    ("cafe", ["Going further"]),
    ("go", ["Going further"]),
    ("schleifen further", []),
    ("rgoing", []),
)


async def programme() -> int:
    """Two sessions of José's; gives his id."""
    await people.add_skill("javascript", "JavaScript", ["ecmascript"])
    jose = await mentor("jose")
    await accounts.change_profile(jose.user_id, name="José Müller")
    start = next_mark(clock.now()) + timedelta(hours=3)
    await published(
        jose, start, title="Übungen zu Schleifen", description="Wir üben.", skills=["javascript"]
    )
    later = start + timedelta(hours=2)
    await published(jose, later, title="Going further", description="Over a café au lait, in Cargo.")
    return jose.user_id


async def titles(q: str, seen_by: int | None = None) -> list[str]:
    found, total = await service.find_sessions(SessionQuery(q=q, seen_by=seen_by), clock.now(), 0, 50)
    assert total == len(found)
    return [session.title for session in found]


@BOTH
async def test_words_find_what_they_mean() -> None:
    await programme()
    assert {q: await titles(q) for q, _ in FOUND} == dict(FOUND)


async def test_what_is_searched_follows_what_is_said() -> None:
    jose = await accounts.get_viewer(await programme())
    changed = await Session.get(title="Going further")
    await service.change_session(
        changed.id, jose, SessionChanges(title="Ownership", skills=["javascript"])
    )
    assert await titles("further") == []
    assert await titles("ownership javascript cargo") == ["Ownership"]
    await accounts.change_profile(jose.user_id, name="Pepe")
    assert await titles("jose") == []
    assert await titles("pepe ownership") == ["Ownership"]


async def test_a_hidden_name_finds_nothing() -> None:
    jose, lea = await programme(), await person("lea")
    await set_privacy(jose, Privacy(real_name=Audience.MEMBERS))
    assert (await titles("muller"), len(await titles("muller", lea.user_id))) == ([], 2)
    await set_privacy(jose, Privacy(real_name=Audience.NOBODY))
    assert (await titles("muller", lea.user_id), len(await titles("muller", jose))) == ([], 2)


@BOTH
async def test_nobody_finds_what_a_suspended_mentor_teaches() -> None:
    await programme()
    await people.review_mentor(None, "jose", MentorStatus.SUSPENDED, "Looked into")
    assert (await titles(""), await titles("go"), await titles("jose")) == ([], [], [])
    await people.review_mentor(None, "jose", MentorStatus.APPROVED)
    assert len(await titles("")) == 2


@BOTH
async def test_words_of_what_was_there_before_are_written() -> None:
    await programme()
    await Session.all().update(search_text="")
    await User.all().update(name_words="")
    await import_module("server.migrations.0020_words_to_search").write_words(None, None)
    assert {q: await titles(q) for q, _ in FOUND} == dict(FOUND)


@ON_POSTGRES
async def test_an_index_serves_parts_of_words() -> None:
    await programme()
    assert "session_search_text_parts" in await _plan("search_text LIKE '%cargo%'")


@db.transactional
async def _plan(condition: str) -> str:
    """How sessions are found where to look through all of them costs a lot."""
    await db.connection().execute_script("SET LOCAL enable_seqscan = off")
    rows = await db.fetch(f"EXPLAIN SELECT id FROM session WHERE {condition}")
    return "\n".join(row["QUERY PLAN"] for row in rows)
