"""What nobody is to find is in no list, search, page or answer, whoever asks and however."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import product
from uuid import UUID

import pytest
from aiohttp.test_utils import TestClient

from server.accounts.models import User
from server.booking.models import Session
from server.booking.times import next_mark
from server.edge.access import Access, Viewer, Whose
from server.infra import clock
from server.people.models import Block, MentorProfile
from server.routes import ROUTES
from tests.databases import BOTH
from tests.server.booking.makers import bearer, draft, mentor, person, published, skill

MARK = "zebra"  # stands in the titles of what nobody may find
SEARCHES = ("", MARK, "%25", "closures")
FILTERS = (
    "sort=soonest",
    "sort=price&skill=sql",
    "sort=popular&mentor=mira",
    "sort=rating&from=2000-01-01",
    "time=evening&timezone=Asia/Tokyo",
    "duration=medium&recording=auto&price=free",
)
OPEN_TO_ALL = (Whose.NO_OBJECT, Whose.EVERYBODYS)


@dataclass(frozen=True)
class Town:
    """Mira teaches one session that everybody may find, and many that nobody may."""

    http: TestClient
    shown: UUID
    hidden: frozenset[UUID]
    headers: dict[str, dict[str, str]]

    def leaks(self, text: str, shown: bool = True) -> list[str]:
        """What stands in a text that must not: also the session that this asker may not see."""
        secret = self.hidden | ({self.shown} if not shown else set())
        found = [str(one) for one in secret if str(one) in text]
        return found + re.findall(f"{MARK} [a-z ]+", text)

    async def read(self, path: str, who: str) -> str:
        async with self.http.get(path, headers=self.headers[who], allow_redirects=False) as answer:
            assert answer.status != 500, path
            return (await answer.read()).decode(errors="replace")


@pytest.fixture
async def town(http: TestClient) -> Town:
    await skill("sql", "SQL")
    mira, gone = await mentor(), await mentor("gone")
    lea, blocked, blocking = [await person(name) for name in ("lea", "blocked", "blocking")]
    start = next_mark(clock.now()) + timedelta(hours=2)
    shown = await published(mira, start, title="Closures for all", skills=["sql"], capacity=5)
    offering_id = (await Session.get(id=shown)).offering_id
    hidden = {await draft(mira, start, title=f"{MARK} draft", skills=["sql"])}
    changes = [
        *({"status": status} for status in ("cancelled", "missed", "ended", "draft")),
        {"starts_at": clock.now() - timedelta(hours=1), "ends_at": clock.now() + timedelta(minutes=5)},
        {"listed": False},
        {"listed": False, "status": "live"},
    ]
    for number, change in enumerate(changes, start=1):
        later = start + timedelta(hours=2 * number)
        hidden.add(one := await published(mira, later, title=f"{MARK} no {number}", skills=["sql"]))
        await Session.filter(id=one).update(offering_id=offering_id, **change)
    hidden.add(await published(gone, start, title=f"{MARK} of one who is gone", skills=["sql"]))
    await User.filter(id=gone.user_id).update(status="suspended")
    barred = await mentor("barred")
    hidden.add(await published(barred, start, title=f"{MARK} of one who may not teach", skills=["sql"]))
    await MentorProfile.filter(user_id=barred.user_id).update(status="suspended")
    await _block(mira, blocked)
    await _block(blocking, mira)
    headers = {viewer.username: await bearer(viewer) for viewer in (lea, blocked, blocking)}
    return Town(http, shown, frozenset(hidden), {"guest": {}, **headers})


async def _block(one: Viewer, other: Viewer) -> None:
    now = clock.now()
    await Block.create(blocker_id=one.user_id, blocked_id=other.user_id, created_at=now)


def addresses(town: Town) -> Iterator[str]:
    """Every address that a learner may read and that can be filled in without knowing what is hidden."""
    for route in ROUTES:
        open_to_all = route.access in (Access.ANYONE, Access.SIGNED_IN) and route.whose in OPEN_TO_ALL
        if route.method == "GET" and open_to_all and not route.path.startswith("/ws/"):
            path = route.path.replace("{username}", "mira").replace("{id}", str(town.shown))
            if "{" not in path:
                yield path


async def test_no_page_and_no_answer_has_what_nobody_may_find(town: Town) -> None:
    for path, who in product(addresses(town), town.headers):
        text = await town.read(path, who)
        assert town.leaks(text, shown=who in ("guest", "lea")) == [], (path, who)


@BOTH
async def test_no_filter_order_or_page_finds_it(town: Town) -> None:
    for q, filters, who in product(SEARCHES, FILTERS, ("guest", "blocked")):
        query = f"q={q}&{filters}"
        for path in (f"/sessions/?{query}", f"/api/v1/sessions?{query}&per_page=100"):
            text = await town.read(path, who)
            sent_back = text.replace(f'value="{MARK}"', "")
            assert town.leaks(sent_back, shown=who == "guest") == [], (path, who)


async def test_the_one_that_may_be_found_is(town: Town) -> None:
    for path in ("/", "/sessions/", "/api/v1/sessions", "/profile/mira/portfolio"):
        assert str(town.shown) in await town.read(path, "guest"), path
    for who in ("blocked", "blocking"):
        assert "data-results" in await town.read("/sessions/", who)
        assert str(town.shown) not in await town.read("/sessions/", who)
