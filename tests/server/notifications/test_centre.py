"""The centre, the history and the preferences, by page and by API."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from aiohttp.test_utils import TestClient

from config.settings import Settings
from server.infra.models import AuditRow
from server.notifications import centre
from server.notifications.centre import Wanted
from server.notifications.models import Notification
from server.people import circle
from tests.databases import BOTH
from tests.factories import Api, person
from tests.server.booking.makers import bearer
from tests.server.notifications.tellers import counts_agree, told

CENTRE, PREFERENCES = "/communication/notifications", "/communication/preferences"
DELIVERIES = "/dashboard/admin/deliveries"


@BOTH
async def test_those_of_a_group_are_one_line(database: Settings) -> None:
    mira = await person("mira")
    for name in ("Lea", "Jun", "Amara"):
        await told(mira.user_id, key=name, about={"follower": name}, group_key="followers")
    await told(mira.user_id, "recording_ready")
    found, total = await centre.groups(mira.user_id, Wanted(), 0, 20)
    assert total == 2
    assert [(each.text, each.count) for each in found] == [
        ("The recording of “Loops” is ready", 1),
        ("Amara and 2 others follow you", 3),
    ]


@BOTH
async def test_new_ones_of_a_group_that_was_read_stand_apart(database: Settings) -> None:
    mira = await person("mira")
    for name in ("Lea", "Jun"):
        await told(mira.user_id, key=name, about={"follower": name}, group_key="followers")
    await centre.mark_read(mira.user_id, group_key="followers")
    await told(mira.user_id, key="Amara", about={"follower": "Amara"}, group_key="followers")
    found, _ = await centre.groups(mira.user_id, Wanted(), 0, 20)
    assert [(each.text, each.read) for each in found] == [
        ("Amara follows you", False),
        ("Jun and 1 other follow you", True),
    ]
    unread, total = await centre.groups(mira.user_id, Wanted(unread=True), 0, 20)
    assert [each.text for each in unread] == ["Amara follows you"]
    assert total == 1


@BOTH
async def test_pages_of_the_centre_show_everything_once(database: Settings) -> None:
    mira = await person("mira")
    for number in range(5):
        await told(mira.user_id, "recording_ready", key=str(number))
    pages = [await centre.groups(mira.user_id, Wanted(), offset, 2) for offset in (0, 2, 4)]
    assert [total for _, total in pages] == [5, 5, 5]
    assert len({each.id for found, _ in pages for each in found}) == 5


@BOTH
async def test_count_is_right_whatever_is_marked_and_how_often(database: Settings) -> None:
    mira, lea = await person("mira"), await person("lea")
    for number in range(6):
        actor = lea.user_id if number < 2 else None
        await told(mira.user_id, key=str(number), actor_id=actor, group_key=f"g{number % 2}")
    first = await Notification.filter(user_id=mira.user_id).order_by("seq").first()
    assert first is not None
    for _ in range(2):
        await centre.mark_read(mira.user_id, ids=[first.public_id, uuid4()])
        assert await counts_agree(mira.user_id) == 5
    await circle.block(lea, "mira")
    assert await counts_agree(mira.user_id) == 4
    await centre.mark_read(mira.user_id, group_key="g1")
    assert await counts_agree(mira.user_id) == 2
    await centre.mark_read(mira.user_id, everything=True)
    assert await counts_agree(mira.user_id) == 0


async def test_nobody_marks_what_is_told_to_others(database: Settings) -> None:
    mira, lea = await person("mira"), await person("lea")
    await told(mira.user_id, group_key="g")
    row = await Notification.get(user_id=mira.user_id)
    await centre.mark_read(lea.user_id, ids=[row.public_id], group_key="g", everything=True)
    assert await counts_agree(mira.user_id) == 1


# --- API


async def test_api_lists_and_marks(http: TestClient) -> None:
    mira = await person("mira")
    api = Api(http, headers=await bearer(mira))
    await told(mira.user_id)
    await told(mira.user_id, "recording_ready")
    listed = (await api.get("/notifications")).data
    assert [one["kind"] for one in listed["items"]] == ["recording_ready", "new_follower"]
    assert (await api.get("/notifications?topic=recordings")).data["total"] == 1
    assert (await api.get("/notifications?topic=nothing")).data["total"] == 0
    ids = [listed["items"][0]["id"]]
    assert (await api.post("/notifications/read", {"ids": ids})).data == {"unread": 1}
    assert (await api.get("/notifications?unread=true")).data["total"] == 1
    assert (await api.post("/notifications/read", {"all": True})).data == {"unread": 0}
    assert (await api.post("/notifications/read", {})).status == 422


async def test_api_keeps_preferences(http: TestClient) -> None:
    mira = await person("mira")
    api = Api(http, headers=await bearer(mira))
    wanted: dict[str, Any] = {
        "choices": {"recordings": {"mail": False}, "security": {"mail": False}},
        "quiet_hours": {"start": "22:00", "end": "07:00"},
        "digest": "weekly",
        "digest_at": "18:30",
    }
    kept = (await api.call("PUT", "/users/me/preferences", wanted)).data
    by_topic = {row["topic"]: row for row in kept["topics"]}
    assert by_topic["recordings"]["channels"]["mail"] is False
    assert by_topic["security"]["channels"]["mail"] is True
    assert "mail" in by_topic["security"]["locked"]
    assert (kept["quiet_hours"], kept["digest"]) == (wanted["quiet_hours"], "weekly")
    again = (await api.call("PUT", "/users/me/preferences", {"digest": "daily"})).data
    assert (again["digest"], again["digest_at"]) == ("daily", "18:30")
    assert again["quiet_hours"] == wanted["quiet_hours"]
    off = (await api.call("PUT", "/users/me/preferences", {"quiet_hours": None})).data
    assert off["quiet_hours"] is None
    for wrong in ({"digest": "hourly"}, {"choices": {"gossip": {"mail": True}}}, {"digest_at": "24:00"}):
        assert (await api.call("PUT", "/users/me/preferences", wrong)).status == 422


# --- pages


async def test_badge_counts_on_every_page(http: TestClient) -> None:
    mira = await person("mira")
    headers = await bearer(mira)
    for number in range(3):
        await told(mira.user_id, key=str(number))
    for path in ("/", "/sessions/", "/dashboard/learner/overview"):
        page = await (await http.get(path, headers=headers)).text()
        assert "<span data-unread-count>3</span>" in page
    await centre.mark_read(mira.user_id, everything=True)
    page = await (await http.get("/sessions/", headers=headers)).text()
    assert "data-unread hidden" in page


async def test_page_marks_by_form(http: TestClient) -> None:
    mira = await person("mira")
    headers = await bearer(mira)
    for name in ("Lea", "Jun"):
        await told(mira.user_id, key=name, about={"follower": f"<b>{name}</b>"}, group_key="followers")
    page = await (await http.get(CENTRE, headers=headers)).text()
    assert "&lt;b&gt;Jun&lt;/b&gt; and 1 other follow you" in page
    sent = {"group": "followers", "next": "//evil.example"}
    answer = await http.post(CENTRE, headers=headers, data=sent, allow_redirects=False)
    assert (answer.status, answer.headers["Location"]) == (303, CENTRE)
    assert await counts_agree(mira.user_id) == 0
    empty = await (await http.get(f"{CENTRE}?view=unread", headers=headers)).text()
    assert "Nothing unread here" in empty


async def test_history_tells_the_way_and_what_became_of_it_but_no_block(http: TestClient) -> None:
    mira, lea = await person("mira"), await person("lea")
    headers = await bearer(mira)
    await told(mira.user_id, key="before", about={"follower": "Jun"})
    await circle.block(lea, "mira")
    await told(mira.user_id, key="after", actor_id=lea.user_id, about={"follower": "Lea"})
    page = await (await http.get(f"{CENTRE}?view=history", headers=headers)).text()
    assert "Jun follows you" in page
    assert "Lea follows you" not in page
    assert "Waiting" in page  # for the digest


async def test_preferences_keep_what_was_typed_when_something_is_wrong(http: TestClient) -> None:
    mira = await person("mira")
    headers = await bearer(mira)
    sent = {
        "digest": "weekly",
        "digest_at": "18:30",
        "quiet": "on",
        "quiet_from": "2x",
        "quiet_until": "",
    }
    answer = await http.post(PREFERENCES, headers=headers, data=sent)
    page = await answer.text()
    assert answer.status == 422
    assert 'value="2x"' in page
    assert page.count("Choose a time, such as 22:00.") == 4  # beside each field, and in the summary


async def test_preferences_by_form_are_those_of_the_api(http: TestClient) -> None:
    mira = await person("mira")
    headers = await bearer(mira)
    sent = {"tick:recordings:page": "on", "digest": "at_once", "digest_at": "18:30"}
    answer = await http.post(PREFERENCES, headers=headers, data=sent, allow_redirects=False)
    assert answer.status == 303
    found = (await Api(http, headers=headers).get("/users/me/preferences")).data
    channels = {row["topic"]: row["channels"] for row in found["topics"]}
    assert channels["recordings"] == {**channels["recordings"], "page": True, "mail": False}
    assert channels["bookings"]["mail"] is True  # cannot be turned off
    assert (found["digest"], found["digest_at"], found["quiet_hours"]) == ("at_once", "18:30", None)


async def test_staff_see_what_was_sent_and_that_is_kept(http: TestClient) -> None:
    mira, root = await person("mira"), await person("root", "admin", "owner")
    lea = await person("lea")
    await circle.block(mira, "lea")
    await told(mira.user_id, actor_id=lea.user_id)
    headers = await bearer(root)
    page = await (await http.get(f"{DELIVERIES}?user=MIRA", headers=headers)).text()
    assert "Lea follows you" in page
    assert "one has blocked the other" in page
    row = await AuditRow.get(action="deliveries.viewed")
    assert (row.actor_id, row.subject, row.subject_id) == (root.user_id, "user", str(mira.user_id))
    nobody = await (await http.get(f"{DELIVERIES}?user=nobody", headers=headers)).text()
    assert "Nobody has this username." in nobody
