"""The list of people and what who leads the room can do, on the page."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from playwright.async_api import Page, expect

from tests.web.room_browser import BEN, MAYA, OpenRoom, control, join, tile
from tests.web.room_media import Person
from tests.web.room_mock import RoomMock
from tests.web.test_room_accessible import in_both_widths

pytestmark = [pytest.mark.browser, pytest.mark.media, pytest.mark.asyncio(loop_scope="module")]

QUIET = [Person(f"p{number}", f"Learner {number}", camera=False) for number in range(8)]


async def with_people(open_room: OpenRoom, room: RoomMock, *people: Person) -> Page:
    room.people = list(people)
    page = await join(await open_room(), room)
    await control(page, "People").click()
    return page


async def test_hands_stand_in_the_order_they_were_raised_with_their_numbers(
    open_room: OpenRoom, room: RoomMock
) -> None:
    late = replace(MAYA, camera=False, hand=True, hand_at="2026-11-23T18:05:00Z")
    early = replace(BEN, camera=False, hand=True, hand_at="2026-11-23T18:01:00Z")
    page = await with_people(open_room, room, late, early)
    await expect(page.locator(".people-name")).to_have_text(["Ben Okafor", "Maya Chen", "Ana Ruiz (you)"])
    await expect(page.locator(".people-row .chip")).to_have_text(["1", "2"])


async def test_many_people_can_be_searched_and_few_need_no_search(
    open_room: OpenRoom, room: RoomMock
) -> None:
    page = await with_people(open_room, room, *QUIET[:6])
    search = page.get_by_role("searchbox", name="Find somebody")
    await expect(search).to_be_hidden()
    await room.show(*QUIET)
    await search.fill("learner 3")
    await expect(page.locator(".people-name")).to_have_text(["Learner 3"])
    await search.fill("nobody")
    await expect(page.locator("[data-people-none]")).to_have_text("Nobody here has such a name.")


async def test_learners_get_no_menus_and_mentors_one_for_each_person(
    open_room: OpenRoom, room: RoomMock
) -> None:
    page = await with_people(open_room, room, BEN)
    await expect(page.locator('[data-action="person"]')).to_have_count(0)
    await expect(page.locator(".people-tools")).to_be_hidden()
    room.send({"type": "participant-updated", "participant": {"id": "me", "role": "cohost"}})
    await expect(page.locator('[data-action="person"]')).to_have_count(1)
    await expect(page.locator(".people-tools")).to_be_visible()


@pytest.mark.parametrize(
    ("person", "words", "action"),
    [
        (BEN, "Mute", "mute"),
        (BEN, "Turn the camera off", "stop-video"),
        (BEN, "Let share the screen", "allow-screen"),
        (BEN, "Make co-host", "cohost"),
        (replace(BEN, may_share=True), "No more sharing", "disallow-screen"),
        (replace(BEN, hand=True), "Lower the hand", "lower-hand"),
        (replace(BEN, role="cohost"), "No longer co-host", "uncohost"),
    ],
)
async def test_menu_of_a_person_does_what_it_says(
    open_room: OpenRoom, room: RoomMock, person: Person, words: str, action: str
) -> None:
    room.role = "mentor"
    page = await with_people(open_room, room, person)
    await page.get_by_role("button", name="What to do with Ben Okafor").click()
    await page.locator("#person-menu").get_by_role("button", name=words, exact=True).click()
    assert (await room.heard("moderate", action=action))["participant"] == "ben"
    await expect(page.locator("#person-menu")).to_be_hidden()


async def test_removal_is_asked_first(open_room: OpenRoom, room: RoomMock) -> None:
    room.role = "mentor"
    page = await with_people(open_room, room, BEN)
    opener = page.get_by_role("button", name="What to do with Ben Okafor")
    dialog = page.get_by_role("dialog", name="Remove Ben Okafor?")
    for answer in ("Cancel", "Remove"):
        await opener.click()
        await page.get_by_role("button", name="Remove from the lesson…").click()
        await dialog.get_by_role("button", name=answer, exact=True).click()
        await expect(dialog).to_be_hidden()
    await room.heard("moderate", action="remove", participant="ben")
    assert len([one for one in room.received if one["type"] == "moderate"]) == 1


async def test_mentor_locks_mutes_all_and_turns_admission_on(open_room: OpenRoom, room: RoomMock) -> None:
    room.role = "mentor"
    page = await with_people(open_room, room, BEN)
    await page.get_by_role("button", name="Mute all").click()
    await room.heard("moderate", action="mute-all")
    lock = page.get_by_role("switch", name="Lock the room")
    await lock.click()
    await room.heard("moderate", action="lock")
    room.change(locked=True)
    await expect(lock).to_have_attribute("aria-checked", "true")
    await expect(page.locator("[data-locked]")).to_be_visible()
    await expect(page.locator("[data-announce]")).to_have_text("The room is locked: nobody new gets in.")
    await lock.click()
    await room.heard("moderate", action="unlock")
    await page.get_by_role("switch", name="Let people in myself").click()
    await room.heard("moderate", action="admission-on")


async def test_who_waits_is_announced_and_let_in_from_card_or_list(
    open_room: OpenRoom, room: RoomMock
) -> None:
    room.role = "mentor"
    page = await join(await open_room(), room)
    waiting = [{"id": "w1", "name": "Kwame Mensah"}, {"id": "w2", "name": "Sofia Rossi"}]
    room.send({"type": "knock", "waiting": waiting})
    await expect(page.locator("[data-announce]")).to_contain_text("wants to come in.")
    await expect(control(page, "People, 2 new")).to_have_attribute("data-badge", "2")
    card = page.locator("[data-requests]")
    await card.get_by_role("button", name="Admit: Kwame Mensah").click()
    await room.heard("moderate", action="admit", participant="w1")
    await control(page, "People, 2 new").click()
    await page.get_by_role("button", name="Deny: Sofia Rossi").click()
    await room.heard("moderate", action="deny", participant="w2")
    assert await in_both_widths(page) == []
    await page.get_by_role("button", name="Admit all").click()
    await room.heard("moderate", action="admit-all")
    room.send({"type": "knock", "waiting": []})
    await expect(page.locator("[data-knocking]")).to_be_hidden()
    await expect(card).to_be_empty()


async def test_who_was_removed_can_be_let_back_in(open_room: OpenRoom, room: RoomMock) -> None:
    room.role = "mentor"
    page = await with_people(open_room, room)
    room.send({"type": "removed", "people": [{"id": "u9", "name": "Ben Okafor"}]})
    await page.get_by_role("button", name="Let back in: Ben Okafor").click()
    await room.heard("moderate", action="readmit", participant="u9")


# --- done to us


@pytest.mark.parametrize(
    ("action", "words", "media"),
    [
        ("mute", "Maya Chen muted you. Press m to speak.", {"microphone": False, "camera": True}),
        ("stop-video", "Maya Chen turned your camera off.", {"microphone": True, "camera": False}),
    ],
)
async def test_moderated_person_is_turned_off_and_told(
    open_room: OpenRoom, room: RoomMock, action: str, words: str, media: dict[str, bool]
) -> None:
    room.people = [MAYA]
    page = await join(await open_room(), room)
    await room.heard("media", camera=True, microphone=True)
    room.send({"type": "moderated", "action": action, "by": "maya"})
    await room.heard("media", **media)
    await expect(page.locator(".toast")).to_contain_text(words)


async def test_stopped_screen_is_told_and_gives_the_floor_back(
    open_room: OpenRoom, room: RoomMock
) -> None:
    room.people = [MAYA]
    page = await join(await open_room(), room)
    await control(page, "Share").click()
    await room.heard("media", screen=True)
    room.send({"type": "moderated", "action": "stop-screen", "by": "maya"})
    await room.heard("media", screen=False, count=2)
    await room.heard("share", wanted=False)
    await expect(page.locator(".toast")).to_contain_text("Maya Chen stopped your shared screen.")
    await expect(tile(page, "me", "screen")).to_have_count(0)


async def test_new_co_host_is_told(open_room: OpenRoom, room: RoomMock) -> None:
    room.people = [MAYA, BEN]
    page = await join(await open_room(), room)
    room.send({"type": "moderated", "action": "cohost", "by": "maya"})
    await expect(page.locator(".toast")).to_contain_text("Maya Chen made you co-host")
    room.send({"type": "participant-updated", "participant": {"id": "ben", "role": "cohost"}})
    await expect(page.locator("[data-announce]")).to_have_text("Ben Okafor is now co-host.")


@pytest.mark.parametrize(
    ("code", "title"),
    [
        ("removed", "You were removed from the lesson"),
        ("locked", "The room is locked"),
        ("denied", "You were not let in"),
        ("too_early", "The room is not open yet"),
    ],
)
async def test_closed_door_says_why(open_room: OpenRoom, room: RoomMock, code: str, title: str) -> None:
    room.refuse_with, room.refuse_as = (4403, "No."), code
    page = await open_room()
    await page.get_by_role("button", name="Join").click()
    await expect(page.get_by_role("heading", name=title)).to_be_focused()
    assert await in_both_widths(page) == []


async def test_person_who_is_removed_during_the_call_is_told(open_room: OpenRoom, room: RoomMock) -> None:
    page = await join(await open_room(), room)
    room.send({"type": "error", "code": "removed", "message": "Removed."})
    await room.drop(4403)
    await expect(page.get_by_role("heading", name="You were removed from the lesson")).to_be_visible()
    await expect(page.locator(".toast")).to_have_count(0)


# --- the floor for the screen


async def test_second_sharer_waits_in_line_and_is_told_the_turn(
    open_room: OpenRoom, room: RoomMock
) -> None:
    room.people = [MAYA, BEN]
    room.house = {"sharer": "ben", "queue": ["maya"]}
    page = await join(await open_room(), room)
    await control(page, "Share").click()
    await room.heard("share", wanted=True)
    floor = page.locator("[data-floor]")
    room.change(queue=["maya", "me"])
    await expect(floor).to_contain_text("You are second; Ben Okafor shares now.")
    room.change(sharer="me", queue=[])
    await expect(page.locator("[data-announce]")).to_have_text("It is your turn to share your screen.")
    assert not [one for one in room.received if one["type"] == "media" and one["screen"]]
    await floor.get_by_role("button", name="Share now").click()
    await room.heard("media", screen=True)
    await expect(floor).to_contain_text("Everybody sees your screen.")
    await floor.get_by_role("button", name="Stop sharing").click()
    await room.heard("share", wanted=False)
    await expect(floor).to_be_hidden()


async def test_leaving_the_line_and_letting_the_turn_pass(open_room: OpenRoom, room: RoomMock) -> None:
    room.people = [MAYA]
    room.house = {"sharer": "maya", "queue": ["me"]}
    page = await join(await open_room(), room)
    await page.get_by_role("button", name="Leave the line").click()
    await room.heard("share", wanted=False)
    room.change(sharer="me", queue=[])
    await page.get_by_role("button", name="Not now").click()
    await room.heard("share", wanted=False, count=2)


async def test_screen_without_a_grant_is_asked_for(open_room: OpenRoom, room: RoomMock) -> None:
    room.may_share = False
    page = await join(await open_room(), room)
    await control(page, "Share").click()
    await room.heard("share", wanted=True)
    room.send({"type": "error", "code": "forbidden", "message": "Ask.", "re": "share"})
    await expect(page.locator(".toast")).to_contain_text("The mentor was asked")
    await expect(tile(page, "me", "screen")).to_have_count(0)
    room.send({"type": "participant-updated", "participant": {"id": "me", "may_share": True}})
    await page.get_by_role("button", name="Share now").click()
    await room.heard("media", screen=True)


async def test_mentor_grants_the_screen_from_the_request(open_room: OpenRoom, room: RoomMock) -> None:
    room.role, room.people = "mentor", [BEN]
    page = await join(await open_room(), room)
    room.send({"type": "share-wanted", "participant": "ben"})
    request = page.locator(".request")
    await expect(request).to_contain_text(re.compile("Ben Okafor wants to share the screen"))
    await request.get_by_role("button", name="Allow: Ben Okafor").click()
    await room.heard("moderate", action="allow-screen", participant="ben")
    await room.show(replace(BEN, may_share=True))
    await expect(request).to_have_count(0)


async def test_sharer_who_was_slower_stops_and_waits(open_room: OpenRoom, room: RoomMock) -> None:
    room.people = [MAYA]
    page = await join(await open_room(), room)
    await control(page, "Share").click()
    await room.heard("media", screen=True)
    room.send({"type": "error", "code": "screen_taken", "message": "Maya shares.", "re": "media"})
    await room.heard("share", wanted=True)
    await expect(tile(page, "me", "screen")).to_have_count(0)
