"""Chat in the room: to whom, answers, files, what is taken back, who types."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import FilePayload, Page, expect

from tests.web.room_browser import BEN, MAYA, OpenRoom, control, join
from tests.web.room_mock import PIXEL, RoomMock
from tests.web.test_room_accessible import in_both_widths

pytestmark = [pytest.mark.browser, pytest.mark.media, pytest.mark.asyncio(loop_scope="module")]

BOX = "#chat-text"
DROP = """([name, type]) => {
  const data = new DataTransfer();
  data.items.add(new File(["some text"], name, { type }));
  const panel = document.querySelector('[data-panel="chat"]');
  panel.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
}"""
PASTE = """() => {
  const data = new DataTransfer();
  data.items.add(new File([new Uint8Array([137, 80])], "image.png", { type: "image/png" }));
  const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
  document.querySelector("#chat-text").dispatchEvent(event);
}"""


async def chatting(open_room: OpenRoom, room: RoomMock, before: str = "") -> Page:
    room.people = [MAYA, BEN]
    page = await join(await open_room(before=before), room)
    await control(page, "Chat").click()
    return page


async def send(page: Page, text: str) -> None:
    await page.locator(BOX).fill(text)
    await page.keyboard.press("Enter")


async def test_line_to_one_person_says_who_sees_it(open_room: OpenRoom, room: RoomMock) -> None:
    page = await chatting(open_room, room)
    await page.get_by_label("To", exact=True).select_option(label="Maya Chen (mentor) only")
    await expect(page.locator(BOX)).to_have_attribute("placeholder", "Message to Maya Chen only")
    await send(page, "May I go earlier?")
    assert (await room.heard("chat"))["to"] == "maya"
    await expect(page.locator(".line.private")).to_contain_text("Only Maya Chen sees this")
    room.say("maya", "Maya Chen", "Of course", to="me")
    await expect(page.locator(".line.private").last).to_contain_text("Only you see this")
    assert await in_both_widths(page) == []


async def test_line_meant_for_somebody_who_left_never_goes_to_all(
    open_room: OpenRoom, room: RoomMock
) -> None:
    page = await chatting(open_room, room)
    await page.get_by_label("To", exact=True).select_option("maya")
    await page.locator(BOX).fill("Between us")
    await room.show(BEN)
    await page.locator(BOX).press("Enter")
    await expect(page.locator("[data-chat-count]")).to_contain_text("has left. Choose who sees it.")
    await expect(page.locator(BOX)).to_have_value("Between us")
    assert not [one for one in room.received if one["type"] == "chat"]


async def test_reply_quotes_the_line_and_stays_private_where_it_was(
    open_room: OpenRoom, room: RoomMock
) -> None:
    room.say("maya", "Maya Chen", "Which key?", 2, to="me")
    page = await chatting(open_room, room)
    await page.get_by_role("button", name="Reply: Maya Chen’s message").click()
    await expect(page.locator("[data-reply-words]")).to_have_text("Reply to Maya Chen: Which key?")
    await send(page, "B flat")
    sent = await room.heard("chat", text="B flat")
    assert (sent["reply_to"], sent["to"]) == ("c1", "maya")
    await expect(page.locator(".line.mine .line-quote")).to_have_text("Maya Chen Which key?")
    await expect(page.locator("[data-reply]")).to_be_hidden()


async def test_own_line_is_taken_back_and_its_words_are_gone(open_room: OpenRoom, room: RoomMock) -> None:
    room.say("maya", "Maya Chen", "Hello", 3)
    page = await chatting(open_room, room)
    await send(page, "Oops, wrong room")
    await expect(page.get_by_role("button", name="Remove: Maya Chen’s message")).to_have_count(0)
    await page.get_by_role("button", name="Remove: your message").click()
    await room.heard("chat-remove", id="c2")
    await expect(page.get_by_role("log", name="Messages")).to_contain_text("This message was removed.")
    await expect(page.get_by_role("log", name="Messages")).not_to_contain_text("Oops")


async def test_who_leads_may_remove_any_line_and_learners_no_old_one(
    open_room: OpenRoom, room: RoomMock
) -> None:
    room.say("me", "Ana Ruiz", "An old one", 12)
    room.say("maya", "Maya Chen", "Hello", 3)
    page = await chatting(open_room, room)
    remove = page.locator('[data-action="line-remove"]')
    await expect(page.locator(".line")).to_have_count(2)
    await expect(remove).to_have_count(0)
    room.role = "mentor"
    room.chat = []
    page = await chatting(open_room, room)
    room.say("ben", "Ben Okafor", "Bad words")
    await page.get_by_role("button", name="Remove: Ben Okafor’s message").click()
    await room.heard("chat-remove")


async def test_dropped_and_pasted_files_go_with_the_line(open_room: OpenRoom, room: RoomMock) -> None:
    page = await chatting(open_room, room)
    await page.evaluate(DROP, ["ii-V-I.pdf", "application/pdf"])
    await page.evaluate(PASTE)
    await expect(page.locator(".chat-upload")).to_have_count(2)
    await expect(page.locator(".chat-upload").first).to_contain_text("9 bytes")
    await expect(page.locator(".chat-upload progress")).to_have_count(0)
    await page.locator(BOX).press("Enter")
    assert (await room.heard("chat"))["files"] == ["f1", "f2"]
    line = page.locator(".line.mine:not(.pending)")
    await expect(line.locator(".line-file")).to_contain_text("ii-V-I.pdf")
    await expect(line.locator("img")).to_have_attribute("alt", "image.png")
    await expect(page.locator(".chat-upload")).to_have_count(0)


async def test_chosen_file_that_is_refused_says_why_and_can_be_taken_away(
    open_room: OpenRoom, room: RoomMock
) -> None:
    room.file_refused = "Files up to 10 MB can be sent."
    page = await chatting(open_room, room)
    file: FilePayload = {"name": "big.bin", "mimeType": "application/zip", "buffer": PIXEL}
    await page.locator("[data-chat-file]").set_input_files(files=file)
    await expect(page.locator(".chat-upload.failed")).to_contain_text("Files up to 10 MB can be sent.")
    await page.get_by_role("button", name="Take big.bin away").click()
    await expect(page.locator(".chat-upload")).to_have_count(0)


async def test_no_file_goes_up_to_another_address(open_room: OpenRoom, room: RoomMock) -> None:
    evil = {
        "id": "x",
        "name": "a.png",
        "media_type": "image/png",
        "size": 9,
        "url": "https://evil.test/a",
    }
    page = await chatting(open_room, room)
    room.say("ben", "Ben Okafor", "Look", files=[evil])
    await expect(page.locator(".line-file")).to_have_attribute("href", "#")
    await expect(page.locator(".line img")).to_have_count(0)


async def test_typing_is_told_now_and_then_and_shown_until_the_line_comes(
    open_room: OpenRoom, room: RoomMock
) -> None:
    page = await chatting(open_room, room)
    await page.locator(BOX).press_sequentially("Hello there")
    await room.heard("typing")
    assert len([one for one in room.received if one["type"] == "typing"]) == 1
    shown = page.locator("[data-typing]")
    room.send({"type": "typing", "participant": "ben"})
    await expect(shown).to_have_text("Ben Okafor is typing…")
    room.send({"type": "typing", "participant": "maya"})
    await expect(shown).to_have_text("Ben Okafor and Maya Chen are typing…")
    room.say("ben", "Ben Okafor", "Hi")
    room.say("maya", "Maya Chen", "Hi")
    await expect(shown).to_have_text("", timeout=8_000)


async def test_mention_and_private_line_call_while_the_chat_is_closed(
    open_room: OpenRoom, room: RoomMock
) -> None:
    page = await join(await open_room(), room)
    room.say("maya", "Maya Chen", "Good evening, Anabel")
    room.say("maya", "Maya Chen", "@Ana can you play it?")
    toast = page.locator(".toast")
    await expect(toast).to_have_text(re.compile("Maya Chen: @Ana can you play it?"))
    await page.locator('.controls [data-action="chat"]').click()
    await expect(page.locator(".line.mention")).to_have_count(1)


async def test_line_that_could_not_be_sent_stays_in_the_box(open_room: OpenRoom, room: RoomMock) -> None:
    page = await chatting(open_room, room)
    room.waits = True  # no way back in for now
    await room.drop()
    await expect(page.locator("[data-banner]")).not_to_be_empty()
    await page.evaluate("window.WebSocket.prototype.send = () => {}")
    await page.locator(BOX).fill("Are you there?")
    await page.evaluate(
        "Object.defineProperty(WebSocket.prototype, 'readyState', { get: () => WebSocket.CLOSED })"
    )
    await page.locator(BOX).press("Enter")
    await expect(page.locator("[data-chat-count]")).to_contain_text("You are not connected.")
    await expect(page.locator(BOX)).to_have_value("Are you there?")
