"""What a lesson is taught with, on the page of the room: the rules are the server's own."""

from __future__ import annotations

import pytest
from playwright.async_api import Locator, Page, expect

from tests.web.room_browser import BEN, MAYA, OpenRoom
from tests.web.room_mock import RoomMock
from tests.web.site_pages import violations

pytestmark = [pytest.mark.browser, pytest.mark.media, pytest.mark.asyncio(loop_scope="module")]

QUESTION = "Which chord follows G7?"
ASKED = {"action": "ask", "question": QUESTION, "answers": ["C major", "F major"]}
PAPER = (1600, 900)


async def enter(open_room: OpenRoom, room: RoomMock, role: str = "learner") -> Page:
    """In the room with a mentor and Ben, or as the mentor with Ben."""
    room.role, room.media_works, room.consent = role, False, True
    room.people = [BEN] if role == "mentor" else [MAYA, BEN]
    page = await open_room()
    await page.get_by_role("button", name="Join").click()
    await expect(page.locator("[data-view=call]")).to_be_visible()
    return page


async def open_panel(page: Page, name: str) -> Locator:
    """Through the Activities menu."""
    await page.get_by_role("button", name="Activities").click()
    await page.locator("#activities-menu").get_by_role("button", name=name).click()
    panel = page.locator(".panel:visible")
    await expect(panel).to_have_count(1)
    return panel


async def spot(page: Page, x: float, y: float) -> tuple[float, float]:
    """Where a point of the paper is on the screen."""
    box = await page.locator("[data-board]").bounding_box()
    assert box is not None
    return box["x"] + x / PAPER[0] * box["width"], box["y"] + y / PAPER[1] * box["height"]


async def drag(page: Page, *points: tuple[float, float]) -> None:
    await page.mouse.move(*await spot(page, *points[0]))
    await page.mouse.down()
    for point in points[1:]:
        await page.mouse.move(*await spot(page, *point), steps=4)
    await page.mouse.up()


# --- polls


async def test_poll_asks_at_once_and_shows_its_result_when_the_mentor_does(
    open_room: OpenRoom, room: RoomMock
) -> None:
    page = await enter(open_room, room)
    await room.lesson.say("maya", "poll", **ASKED)
    card = page.get_by_role("region", name="Maya Chen asks")
    await card.get_by_label("F major").check()
    said = await room.heard("poll-vote")
    assert said["chosen"] == [1]
    await expect(card).to_contain_text("Your answer is in")
    await expect(card).not_to_contain_text("%")
    await card.get_by_label("C major").check()
    await room.heard("poll-vote", 2)
    await card.get_by_role("button", name="Done").click()
    await expect(card).to_be_hidden()
    await room.lesson.say("ben", "poll-vote", poll=said["poll"], chosen=[0])
    await room.lesson.say("maya", "poll", action="show", poll=said["poll"])
    shown = page.get_by_role("region", name="Maya Chen shows the result")
    await expect(shown).to_contain_text("2 · 100 %")
    await expect(page.locator("[data-announce]")).to_contain_text("C major: 2, F major: 0")
    panel = await open_panel(page, "Polls")
    await expect(shown).to_be_hidden()
    await room.lesson.say("maya", "poll", action="close", poll=said["poll"])
    await expect(panel.get_by_role("radio")).to_have_count(0)
    await room.lesson.say("maya", "poll", action="remove", poll=said["poll"])
    await expect(panel).to_contain_text("No polls yet")


async def test_poll_that_is_put_off_waits_under_a_badge(open_room: OpenRoom, room: RoomMock) -> None:
    page = await enter(open_room, room)
    await room.lesson.say("maya", "poll", **ASKED)
    await page.get_by_role("button", name="Answer later").click()
    await expect(page.get_by_role("button", name="Activities, 1 new")).to_be_visible()
    panel = await open_panel(page, "Polls")
    await expect(panel.get_by_role("radiogroup", name=QUESTION)).to_be_visible()
    await expect(page.get_by_role("button", name="Activities", exact=True)).to_be_visible()


async def test_mentor_asks_counts_and_shows(open_room: OpenRoom, room: RoomMock) -> None:
    page = await enter(open_room, room, "mentor")
    panel = await open_panel(page, "Polls")
    await panel.get_by_role("button", name="Ask something").click()
    await panel.get_by_role("button", name="Ask everyone").click()
    await expect(panel.get_by_role("alert")).to_have_text("Write a question.")
    await panel.get_by_label("Your question").fill(QUESTION)
    await panel.get_by_label("Answer 1").fill("C major")
    await panel.get_by_label("Answer 2").fill("c MAJOR")
    await panel.get_by_role("button", name="Ask everyone").click()
    await expect(panel.get_by_role("alert")).to_have_text("Two answers are the same.")
    await panel.get_by_label("Answer 2").fill("F major")
    await panel.get_by_role("button", name="Add an answer").click()
    await panel.get_by_label("People may choose more than one").check()
    await panel.get_by_role("button", name="Ask everyone").click()
    await expect(panel).to_contain_text("0 people have answered")
    [poll] = room.lesson.desk.polls.all()
    assert (poll.answers, poll.many) == (("C major", "F major"), True)
    await room.lesson.say("ben", "poll-vote", poll=poll.id, chosen=[0, 1])
    await expect(panel).to_contain_text("1 person has answered · only you see the result")
    await expect(panel.locator(".poll-count")).to_have_text(["1 · 100 %", "1 · 100 %"])
    await panel.get_by_role("button", name="Show the result").click()
    await expect(panel).to_contain_text("everybody sees the result")
    await panel.get_by_role("button", name="Close", exact=True).click()
    await expect(panel).to_contain_text("Closed")
    await panel.get_by_role("button", name="Remove").click()
    await expect(panel.locator(".poll")).to_have_count(0)


# --- notes


async def test_two_who_write_the_same_paragraph_keep_both_words(
    open_room: OpenRoom, room: RoomMock
) -> None:
    page = await enter(open_room, room)
    panel = await open_panel(page, "Shared notes")
    await panel.get_by_role("button", name="Add a paragraph").click()
    await page.keyboard.type("the cat sat")
    first = await room.heard("note")
    await expect(panel.get_by_role("status")).to_have_text("Everything is kept.")
    await page.keyboard.type(" down")
    await room.lesson.say("ben", "note", op="put", id=first["id"], text="the black cat sat", version=1)
    await expect(panel.get_by_label("Paragraph 1")).to_have_value("the black cat sat down")
    await expect(panel.get_by_role("status")).to_have_text("Everything is kept.")
    assert room.lesson.texts() == ["the black cat sat down"]


async def test_words_that_cannot_be_one_text_become_two_paragraphs(
    open_room: OpenRoom, room: RoomMock
) -> None:
    page = await enter(open_room, room)
    note = await room.lesson.say("ben", "note", op="put", text="to do")
    panel = await open_panel(page, "Shared notes")
    await panel.get_by_label("Paragraph 1").fill("practise scales")
    await room.lesson.say("ben", "note", op="put", id=note, text="rest a day", version=1)
    await expect(panel.get_by_label("Paragraph 2")).to_have_value("practise scales")
    await expect(panel.get_by_label("Paragraph 2")).to_be_focused()
    await expect(page.locator(".toast")).to_contain_text("You both changed the same words")
    await expect(panel.get_by_role("status")).to_have_text("Everything is kept.")
    assert room.lesson.texts() == ["rest a day", "practise scales"]


async def test_notes_are_written_with_the_keyboard_alone(open_room: OpenRoom, room: RoomMock) -> None:
    page = await enter(open_room, room)
    panel = await open_panel(page, "Shared notes")
    await panel.get_by_role("button", name="Add a paragraph").press("Enter")
    await page.keyboard.type("onethree")
    for _ in range(5):
        await page.keyboard.press("ArrowLeft")
    await page.keyboard.press("Enter")
    await expect(panel.locator(".note-text")).to_have_count(2)
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("End")
    await page.keyboard.press("Enter")
    await page.keyboard.type("two")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("and a half")
    await expect(panel.get_by_role("status")).to_have_text("Everything is kept.")
    assert room.lesson.texts() == ["one", "two\nand a half", "three"]
    await panel.get_by_label("Paragraph 3").focus()
    await page.keyboard.press("Control+A")
    await page.keyboard.press("Backspace")
    await page.keyboard.press("Backspace")
    await expect(panel.get_by_label("Paragraph 2")).to_be_focused()
    await room.heard("note", op="remove")
    assert room.lesson.texts() == ["one", "two\nand a half"]


async def test_words_written_while_the_connection_is_away_are_sent_later(
    open_room: OpenRoom, room: RoomMock
) -> None:
    page = await enter(open_room, room)
    note = await room.lesson.say("ben", "note", op="put", text="before")
    panel = await open_panel(page, "Shared notes")
    room.refuse_with = (1013, "away")
    await room.drop()
    await panel.get_by_label("Paragraph 1").fill("before, and while away")
    await expect(panel.get_by_role("status")).to_contain_text("Not connected")
    await room.lesson.say("maya", "note", op="put", id=note, text="Well before", version=1)
    room.refuse_with = None
    await expect(panel.get_by_role("status")).to_have_text("Everything is kept.")
    kept = " ".join(room.lesson.texts())
    assert "Well" in kept
    assert "while away" in kept


# --- whiteboard


async def test_board_takes_strokes_shapes_and_text_and_takes_them_back(
    open_room: OpenRoom, room: RoomMock
) -> None:
    page = await enter(open_room, room)
    panel = await open_panel(page, "Whiteboard")
    await drag(page, (100, 100), (300, 250), (500, 120))
    await panel.get_by_title("Arrow").click()
    await panel.get_by_title("Red").click()
    await drag(page, (600, 400), (900, 400))
    await panel.get_by_title("Text").click()
    await page.mouse.click(*await spot(page, 200, 600))
    await page.keyboard.type("ii–V–I")
    await page.keyboard.press("Enter")
    await room.heard("whiteboard", 3)
    pen, arrow, text = room.lesson.drawn()
    assert (pen.kind, pen.colour, 4 <= len(pen.points) <= 40) == ("pen", "ink", True)
    assert (arrow.kind, arrow.colour) == ("arrow", "red")
    assert abs(arrow.x2 - 900) < 5
    assert (text.text, abs(text.x - 200) < 5) == ("ii–V–I", True)
    await panel.get_by_role("button", name="Undo").click()
    await expect(panel.locator(".board-words")).to_have_count(0)
    await page.keyboard.press("Control+z")
    await room.heard("whiteboard", 5)
    assert [one.kind for one in room.lesson.drawn()] == ["pen"]
    await panel.get_by_role("button", name="Redo").click()
    await expect(panel.locator(".board-line")).to_have_count(2)
    assert [one.kind for one in room.lesson.drawn()] == ["pen", "arrow"]
    await panel.get_by_title("Move").click()
    await drag(page, (750, 400), (750, 600))
    await room.heard("whiteboard", 7)
    assert abs(room.lesson.drawn()[1].y1 - 600) < 5
    await panel.get_by_title("Eraser").click()
    await drag(page, (750, 550), (750, 650))
    await expect(panel.locator(".board-line")).to_have_count(1)


async def test_what_others_drew_is_seen_and_stays_theirs(open_room: OpenRoom, room: RoomMock) -> None:
    page = await enter(open_room, room)
    line = {"kind": "line", "x1": 100, "y1": 100, "x2": 1500, "y2": 100, "colour": "green"}
    await room.lesson.say("ben", "whiteboard", op="add", item=line)
    await expect(page.get_by_role("button", name="Activities, 1 new")).to_be_visible()
    panel = await open_panel(page, "Whiteboard")
    await panel.get_by_title("Eraser").click()
    await drag(page, (500, 60), (500, 140))
    await panel.get_by_text("What is on the board").click()
    await expect(panel.get_by_role("listitem")).to_have_text("Green line, at the top by Ben Okafor")
    await expect(panel.get_by_role("listitem").get_by_role("button")).to_have_count(0)
    assert len(room.lesson.drawn()) == 1
    await room.lesson.say("maya", "whiteboard", op="clear")
    await expect(panel.locator(".board-line")).to_have_count(0)
    await expect(page.locator("[data-announce]")).to_have_text("Maya Chen cleared the whiteboard.")


async def test_mentor_clears_everything_and_takes_it_back(open_room: OpenRoom, room: RoomMock) -> None:
    page = await enter(open_room, room, "mentor")
    for y in (100, 300, 500):
        line = {"kind": "line", "x1": 100, "y1": y, "x2": 900, "y2": y}
        await room.lesson.say("ben", "whiteboard", op="add", item=line)
    panel = await open_panel(page, "Whiteboard")
    await panel.get_by_role("button", name="Clear").click()
    await expect(panel.locator(".board-line")).to_have_count(0)
    await panel.get_by_role("button", name="Undo").click()
    await expect(panel.locator(".board-line")).to_have_count(3)


async def test_board_is_used_with_the_keyboard_alone(open_room: OpenRoom, room: RoomMock) -> None:
    page = await enter(open_room, room)
    panel = await open_panel(page, "Whiteboard")
    await panel.locator("[data-board]").focus()
    await page.keyboard.press("r")
    await page.keyboard.press("Enter")
    for _ in range(3):
        await page.keyboard.press("Shift+ArrowRight")
        await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await room.heard("whiteboard", op="add")
    [box] = room.lesson.drawn()
    assert (box.kind, box.x1, box.y1, box.x2, box.y2) == ("rectangle", 800, 450, 1100, 510)
    await page.keyboard.press("t")
    await page.keyboard.press("Enter")
    await page.keyboard.type("mute me not")  # no shortcut of the room
    await page.keyboard.press("Enter")
    await room.heard("whiteboard", 2, op="add")
    await panel.get_by_text("What is on the board").click()
    await panel.get_by_role("button", name="Move: Text “mute me not”", exact=True).press("Enter")
    await expect(panel.locator("[data-board]")).to_be_focused()
    await page.keyboard.press("Shift+ArrowUp")
    await page.keyboard.press("Enter")
    await room.heard("whiteboard", 3, op="add")
    assert room.lesson.drawn()[1].y == 410
    await panel.get_by_role("button", name="Remove: Rectangle").press("Enter")
    await room.heard("whiteboard", op="remove")
    await expect(panel.get_by_role("listitem")).to_have_count(1)


async def test_strokes_of_a_lost_connection_are_said_again(open_room: OpenRoom, room: RoomMock) -> None:
    page = await enter(open_room, room)
    panel = await open_panel(page, "Whiteboard")
    room.refuse_with = (1013, "away")
    await room.drop()
    await drag(page, (100, 100), (500, 100))
    await drag(page, (100, 300), (500, 300))
    await expect(panel.locator(".board-line")).to_have_count(2)
    assert room.lesson.drawn() == []
    room.refuse_with = None
    await room.heard("whiteboard", 2, op="add")
    await expect(panel.locator(".board-line")).to_have_count(2)
    assert len(room.lesson.drawn()) == 2


# --- timer and wrap-up


async def test_timer_counts_for_everybody_by_the_servers_clock(
    open_room: OpenRoom, room: RoomMock
) -> None:
    page = await enter(open_room, room)
    now = "2020-01-01T00:00:00Z"  # a page's clock may be years off: what counts is the difference
    room.send({"type": "timer", "now": now, "ends_at": "2020-01-01T00:02:00Z", "label": "Try it"})
    chip = page.get_by_role("timer")
    await expect(chip).to_contain_text("1:5")
    await expect(page.locator("[data-announce]")).to_have_text("Timer: 2 minutes, Try it.")
    room.send({"type": "timer", "now": now, "ends_at": "2020-01-01T00:00:01Z", "label": "Try it"})
    await expect(chip).to_have_text("Time is up")
    await expect(page.locator(".toast")).to_contain_text("Time is up: Try it")
    room.send({"type": "timer", "now": now, "label": ""})
    await expect(chip).to_be_hidden()
    panel = await open_panel(page, "Timer")
    await expect(panel.get_by_role("button", name="5 min")).to_be_hidden()


async def test_mentor_starts_lengthens_and_stops_the_timer(open_room: OpenRoom, room: RoomMock) -> None:
    page = await enter(open_room, room, "mentor")
    panel = await open_panel(page, "Timer")
    await panel.get_by_label("What is it for?").fill("Silent reading")
    await panel.get_by_role("button", name="5 min", exact=True).click()
    assert (await room.heard("timer"))["seconds"] == 300
    await expect(page.get_by_role("timer")).to_contain_text("4:5")
    await panel.get_by_role("button", name="1 minute").click()
    longer = await room.heard("timer", 2)
    assert (345 <= longer["seconds"] <= 360, longer["label"]) == (True, "Silent reading")
    await panel.get_by_role("button", name="Stop").click()
    await expect(page.get_by_role("timer")).to_be_hidden()


async def test_wrap_up_is_offered_near_the_end_and_kept_as_it_is_written(
    open_room: OpenRoom, room: RoomMock
) -> None:
    room.minutes_left = 4
    page = await enter(open_room, room, "mentor")
    await page.get_by_role("button", name="Open the wrap-up").click()
    panel = page.locator(".panel:visible")
    await panel.get_by_label("Find the third and the seventh").check()
    await room.heard("objective", index=1, reached=True)
    await expect(panel).to_contain_text("1 of 3")
    await panel.get_by_label("Key takeaways").fill("Hear the seventh.")
    await panel.get_by_label("Homework").fill("Page 12")
    await expect(panel.get_by_role("status")).to_have_text("Kept.")
    ending = room.lesson.desk.ending
    assert (ending.takeaways, ending.homework, ending.reached) == ("Hear the seventh.", "Page 12", {1})


async def test_learner_sees_ticks_and_homework_grow(open_room: OpenRoom, room: RoomMock) -> None:
    room.minutes_left = 4
    page = await enter(open_room, room)
    panel = await open_panel(page, "Objectives and wrap-up")
    await expect(panel).to_contain_text("0 of 3")
    await room.lesson.say("maya", "objective", index=0, reached=True)
    await room.lesson.say("maya", "wrapup", takeaways="", homework="Page <b>12</b>")
    await expect(panel.get_by_role("img", name="Reached")).to_have_count(1)
    await expect(panel).to_contain_text("Page <b>12</b>")
    await expect(panel.get_by_role("textbox")).to_have_count(0)
    await expect(page.get_by_role("button", name="Open the wrap-up")).to_be_hidden()


@pytest.mark.parametrize(
    "name", ["Polls", "Shared notes", "Whiteboard", "Timer", "Objectives and wrap-up"]
)
@pytest.mark.parametrize("role", ["mentor", "learner"])
async def test_panels_are_accessible(open_room: OpenRoom, room: RoomMock, name: str, role: str) -> None:
    page = await enter(open_room, room, role)
    await room.lesson.say("me" if role == "mentor" else "maya", "poll", **ASKED)
    await room.lesson.say("ben", "note", op="put", text="ii–V–I")
    text = {"kind": "text", "x": 100, "y": 100, "text": "ii–V–I"}
    await room.lesson.say("ben", "whiteboard", op="add", item=text)
    panel = await open_panel(page, name)
    if name == "Whiteboard":
        await panel.get_by_text("What is on the board").click()
    if name == "Polls" and role == "mentor":
        await panel.get_by_role("button", name="Ask something").click()
    wide = await violations(page)
    await page.set_viewport_size({"width": 390, "height": 844})
    assert wide + await violations(page) == []
