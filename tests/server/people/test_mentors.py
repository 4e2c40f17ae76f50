"""Who is found among mentors, by whom, and in which order."""

from __future__ import annotations

from typing import Any

import pytest

from server.accounts import service as accounts
from server.accounts.models import User
from server.edge.access import Viewer
from server.people import circle, service
from server.people.mentors import MentorQuery, find_mentors
from server.people.models import MentorProfile
from server.people.privacy import Audience, Privacy, set_privacy
from tests.databases import BOTH
from tests.server.booking.makers import mentor, person, skill

pytestmark = pytest.mark.usefixtures("database")


async def names(**wanted: Any) -> list[str]:
    found, total = await find_mentors(MentorQuery(**wanted), 0, 50)
    assert total == len(found)
    return [one.username for one in found]


async def teacher(name: str, teach: list[str], **profile: Any) -> Viewer:
    viewer = await mentor(name)
    await service.replace_skills(viewer.user_id, teach=teach, want=[])
    await MentorProfile.filter(user_id=viewer.user_id).update(**profile)
    return viewer


async def staff_room() -> dict[str, Viewer]:
    """Mira, who is followed; Max, who is dear; Ida, who says no rate; and those who are not found."""
    for slug in ("sql", "python", "piano"):
        await skill(slug, slug.title())
    mira = await teacher(
        "mira",
        ["sql", "python"],
        languages=["en", "de"],
        rate_minor=4000,
        currency="EUR",
        headline="Draws",
    )
    max_ = await teacher(
        "max", ["python"], languages=["pt-BR"], rate_minor=9000, currency="EUR", bio="100% patient"
    )
    ida = await teacher("ida", ["piano"], languages=["de"])
    await mentor("new", approved=False)
    gone = await teacher("gone", ["sql"])
    await User.filter(id=gone.user_id).update(status="suspended")
    lea = await person("lea")
    await circle.follow(lea, "mira")
    return {"mira": mira, "max": max_, "ida": ida, "lea": lea}


FILTERS: list[tuple[dict[str, Any], list[str]]] = [
    ({}, ["mira", "max", "ida"]),
    ({"q": "draws"}, ["mira"]),
    ({"q": "python"}, ["mira", "max"]),
    ({"q": "python PATIENT"}, ["max"]),
    ({"q": "%"}, ["max"]),
    ({"q": "_"}, []),
    ({"skills": ("sql", "piano")}, ["mira", "ida"]),
    ({"skills": ("alchemy",)}, []),
    ({"language": "de"}, ["mira", "ida"]),
    ({"language": "pt"}, ["max"]),
    ({"language": "pt-BR"}, ["max"]),
    ({"language": "e"}, []),
    ({"max_price": 4000, "currency": "EUR"}, ["mira"]),
    ({"max_price": 9000, "currency": "USD"}, []),
    ({"min_rating": 1.0}, []),
    ({"sort": "price"}, ["mira", "max", "ida"]),
    ({"sort": "newest"}, ["ida", "max", "mira"]),
]


@BOTH
async def test_filters_and_orders_find_what_they_say() -> None:
    await staff_room()
    assert [(wanted, await names(**wanted)) for wanted, _ in FILTERS] == FILTERS


@BOTH
async def test_who_is_blocked_or_hides_their_name_is_not_found_by_it() -> None:
    people = await staff_room()
    lea, mira = people["lea"], people["mira"]
    await circle.block(people["max"], "lea")
    assert await names(seen_by=lea.user_id) == ["mira", "ida"]
    assert await names(seen_by=people["max"].user_id) == ["mira", "max", "ida"]
    await accounts.change_profile(mira.user_id, name="Someone Else")
    assert await names(q="someone") == ["mira"]
    await set_privacy(mira.user_id, Privacy(real_name=Audience.MEMBERS, picture=Audience.NOBODY))
    assert (await names(q="someone"), await names(q="someone", seen_by=lea.user_id)) == ([], ["mira"])
    (shown,) = (await find_mentors(MentorQuery(q="mira"), 0, 9))[0]
    assert (shown.name, shown.picture) == ("mira", "")


@BOTH
async def test_pages_neither_repeat_nor_lose_a_mentor() -> None:
    for number in range(7):
        await mentor(f"no{number}")
    pages = [await find_mentors(MentorQuery(), offset, 3) for offset in (0, 3, 6, 9)]
    assert {total for _, total in pages} == {7}
    assert [one.username for found, _ in pages for one in found] == [f"no{number}" for number in range(7)]
