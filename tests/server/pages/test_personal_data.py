"""What leads to a person is exported or says why not, and goes with them or says why it stays."""

from __future__ import annotations

import io
import json
from collections import Counter
from datetime import timedelta
from zipfile import ZipFile

import pytest
from aiohttp.test_utils import TestClient
from tortoise.fields.relational import ForeignKeyFieldInstance
from tortoise.models import Model

from server.accounts.closing import GRACE
from server.accounts.models import User
from server.booking import service as booking
from server.booking.models import Booking, Session
from server.classroom.models import Seat
from server.edge.access import Viewer
from server.infra import clock
from server.infra.clock import ManualClock
from server.infra.personal import DELETED_PERSON, Rows
from server.infra.storage import Missing
from server.notifications.models import Notification
from server.pages import leaving
from server.pages.personal_data import PARTS
from server.people.gallery import gallery, use_picture
from server.people.models import Block, Follow, Profile
from server.people.pictures import LARGE
from server.people.profiles import write_about
from server.worker import run_due
from tests.databases import BOTH
from tests.factories import PASSWORD, Answer, Api
from tests.factories import person as person_with_password
from tests.server.booking.makers import bearer, cookie, draft, mentor, person, published
from tests.server.people.drawing import picture

PAGE = "/profile/edit/data"
ROWS = [rows for part in PARTS for rows in part.rows]


def _models() -> list[type[Model]]:
    """Known once a database is open."""
    found = [each for each in Model.__subclasses__() if each.__module__.startswith("server.")]
    return sorted(found, key=lambda each: each.__name__)


def _columns_to_people() -> set[tuple[type[Model], str]]:
    return {
        (model, str(field.source_field))
        for model in _models()
        for field in model._meta.fields_map.values()
        if isinstance(field, ForeignKeyFieldInstance) and field.model_name == "models.User"
    }


async def test_every_column_that_leads_to_a_person_is_named_once(database: object) -> None:
    named = Counter((rows.model, rows.column) for rows in ROWS)
    assert {key for key in _columns_to_people() if named[key] != 1} == set()


async def test_every_name_is_told_once(database: object) -> None:
    told = Counter((part.name, rows.name) for part in PARTS for rows in part.rows if rows.name)
    assert [name for name, count in told.items() if count > 1] == []


def test_what_is_not_exported_says_why() -> None:
    with pytest.raises(ValueError, match="or why not"):
        Rows(User, "id")


# --- the export


async def exported(http: TestClient, viewer: Viewer) -> ZipFile:
    headers = await bearer(viewer)
    async with http.get("/api/v1/users/me/export", headers=headers) as answer:
        assert (answer.status, answer.content_type) == (200, "application/zip")
        assert f"peerlearn-{viewer.username}-" in answer.headers["Content-Disposition"]
        assert answer.headers["Cache-Control"] == "no-store"
        return ZipFile(io.BytesIO(await answer.read()))


@BOTH
async def test_export_holds_what_is_kept_and_no_secret(http: TestClient) -> None:
    lea, mira = await person("lea"), await mentor()
    session = await published(mira, capacity=2)
    await booking.book_session(session, lea)
    await write_about(lea.user_id, "I learn.")
    await use_picture(lea.user_id, await gallery().take_in(io.BytesIO(picture())))
    await Follow.create(follower_id=lea.user_id, followed_id=mira.user_id, created_at=clock.now())
    await Block.create(blocker_id=mira.user_id, blocked_id=lea.user_id, created_at=clock.now())
    archive = await exported(http, lea)
    assert archive.testzip() is None
    content = {
        name: json.loads(archive.read(name)) for name in archive.namelist() if name.endswith("json")
    }
    assert content.keys() == {f"{part.name}.json" for part in PARTS}
    assert content["account.json"]["account"]["email"] == lea.email
    assert content["people.json"]["profile"][0]["about"] == "I learn."
    assert content["people.json"]["following"][0]["followed"] == "mira"
    assert content["sessions.json"]["bookings"][0]["session_id"] == str(session)
    assert archive.read("files/picture.webp")[8:12] == b"WEBP"
    everything = b"".join(archive.read(name) for name in archive.namelist() if name.endswith("json"))
    user = await User.get(id=lea.user_id).prefetch_related("logins")
    for login in user.logins:
        assert login.bearer_hash.encode() not in everything
    assert b"hash" not in everything
    assert b'"blocked": []' in everything


async def test_file_that_is_gone_does_not_stop_the_export(http: TestClient) -> None:
    lea = await person("lea")
    await use_picture(lea.user_id, "0" * 32)
    assert "files/picture.webp" not in (await exported(http, lea)).namelist()


async def test_export_is_made_five_times_an_hour(http: TestClient, moved_clock: ManualClock) -> None:
    lea = await person("lea")
    for _ in range(5):
        await exported(http, lea)
    headers = await cookie(lea)
    async with http.get("/api/v1/users/me/export", headers=headers) as refused:
        assert refused.status == 429
    async with http.get(f"{PAGE}/export", headers=headers) as page:
        assert (page.status, "Not just now" in await page.text()) == (429, True)


# --- leaving


async def leave(http: TestClient, viewer: Viewer) -> Answer:
    return await Api(http, headers=await bearer(viewer)).call("DELETE", "/users/me")


@BOTH
async def test_account_closes_at_once_and_two_weeks_later_it_is_nobodys(
    http: TestClient, moved_clock: ManualClock
) -> None:
    lea, mira = await person("lea"), await mentor()
    session = await published(
        mira, moved_clock.now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=2)
    )
    await booking.book_session(session, lea)
    await Session.filter(id=session).update(status="ended")
    await Seat.create(
        session_id=session, user_id=lea.user_id, name="Lea", role="learner", created_at=clock.now()
    )
    await Notification.create(
        user_id=mira.user_id,
        actor_id=lea.user_id,
        seq=1,
        kind="booking_confirmed_mentor",
        about={"learner": "Lea", "title": "x", "items": [1]},
        dedupe_key="1",
        created_at=clock.now(),
    )
    kept_picture = await gallery().take_in(io.BytesIO(picture()))
    await use_picture(lea.user_id, kept_picture)
    closed = await leave(http, lea)
    assert closed.status == 200
    assert (await Api(http).get("/users/lea")).status == 404
    await run_due()
    assert (await User.get(id=lea.user_id)).name == "Lea"
    moved_clock.advance(GRACE - timedelta(seconds=1))
    await leaving.erase_due()
    assert await Profile.filter(user_id=lea.user_id).exists()
    moved_clock.advance(timedelta(seconds=1))
    for _ in range(2):
        await leaving.erase_due()
        await run_due()
    user = await User.get(id=lea.user_id)
    assert (user.name, user.status, user.password_hash) == (DELETED_PERSON, "erased", "")
    assert "lea" not in f"{user.username}{user.username_key}{user.email}{user.email_key}"
    left = [
        rows.name or rows.column
        for rows in ROWS
        if not rows.stay and await rows.model.filter(**{rows.column: lea.user_id}).exists()
    ]
    assert left == []
    assert await Booking.filter(learner_id=lea.user_id).count() == 1
    assert (await Seat.get(user_id=lea.user_id)).name == DELETED_PERSON
    assert (await Notification.get(actor_id=lea.user_id)).about["learner"] == DELETED_PERSON
    with pytest.raises(Missing):
        await gallery().content(kept_picture, LARGE)


async def test_logging_in_takes_it_back(http: TestClient, moved_clock: ManualClock) -> None:
    anna = await person_with_password("anna")
    await leave(http, anna)
    logged_in = await Api(http).post("/auth/login", {"identifier": "anna", "password": PASSWORD})
    assert logged_in.status == 200
    moved_clock.advance(GRACE)
    await leaving.erase_due()
    user = await User.get(id=anna.user_id)
    assert (user.status, user.closes_at, user.name) == ("active", None, "Anna")


async def test_username_is_never_given_again_and_the_address_is(
    http: TestClient, moved_clock: ManualClock
) -> None:
    anna = await person_with_password("anna")
    await leave(http, anna)
    moved_clock.advance(GRACE)
    await leaving.erase_due()
    body = {"email": "anna@example.com", "username": "ANNA", "password": PASSWORD, "role": "learner"}
    refused = await Api(http).post("/auth/register", body)
    assert (refused.status, list(refused.fields)) == (422, ["username"])
    assert (await Api(http).post("/auth/register", {**body, "username": "anna2"})).status == 201
    assert await User.filter(email="anna@example.com").count() == 1


@BOTH
async def test_who_is_relied_on_gives_that_up_first(http: TestClient) -> None:
    mira, lea = await mentor(), await person("lea")
    session = await published(mira)
    await draft(mira)
    await booking.book_session(session, lea)
    for viewer, words in ((mira, "1 coming session"), (lea, "1 coming booking")):
        refused = await leave(http, viewer)
        assert (refused.status, refused.code) == (409, "obligations")
        assert words in refused.body["message"]
        async with http.get(PAGE, headers=await cookie(viewer)) as page:
            assert f'href="/sessions/{session}"' in await page.text()
    await booking.cancel_session(session, mira)
    assert (await leave(http, lea)).status == 200
    assert (await leave(http, mira)).status == 200


async def test_last_owner_stays(http: TestClient) -> None:
    root = await person("root", "admin", "owner")
    refused = await leave(http, root)
    assert (refused.status, refused.code) == (409, "last_owner")
    await person("other", "admin", "owner")
    assert (await leave(http, root)).status == 200


@BOTH
async def test_erasing_that_is_broken_off_has_done_nothing_and_begins_anew(
    http: TestClient, moved_clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    lea = await person("lea")
    await write_about(lea.user_id, "I learn.")
    await leave(http, lea)
    moved_clock.advance(GRACE)

    async def die(user_id: int) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as broken:
        broken.setattr(leaving, "PARTS", (*PARTS[:-1], PARTS[-1].__class__("x", (), die, die)))  # type: ignore[arg-type]
        await leaving.erase_due()
    assert (await Profile.get(user_id=lea.user_id)).about == "I learn."
    await leaving.erase_due()
    assert not await Profile.filter(user_id=lea.user_id).exists()


async def test_page_asks_for_the_username(http: TestClient) -> None:
    lea = await person("lea")
    headers = await bearer(lea)
    for typed, status in (("", 422), ("mira", 422), (" LEA ", 303)):
        async with http.post(
            f"{PAGE}/leave", data={"username": typed}, headers=headers, allow_redirects=False
        ) as answer:
            assert answer.status == status
            if status == 422:
                assert 'id="username-error"' in await answer.text()
    async with http.get("/auth/goodbye") as page:
        assert "Your account is closed" in await page.text()
