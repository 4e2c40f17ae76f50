"""From a lesson in a room to a certificate on the wall, and to one that does not hold any more."""

from __future__ import annotations

import re

import pypdfium2

from tests.server.booking.makers import person
from tests.server.classroom.stage import RoomClient, Stage


async def lesson_of_forty_minutes(stage: Stage) -> None:
    """The learner reloads in the middle and misses four minutes; the other one leaves after thirty."""
    clients: list[RoomClient] = [
        await stage.enter(viewer) for viewer in (stage.mentor, stage.learner, stage.other)
    ]
    await stage.start()
    await stage.go_live()
    await stage.pass_time(minutes=20)
    await clients[1].vanish()
    await stage.pass_time(seconds=3)
    again = await stage.enter(stage.learner, resume=clients[1].resume)
    await stage.pass_time(minutes=10, seconds=-3)
    await clients[2].leave()
    await clients[2].closed()
    await stage.pass_time(minutes=6)
    await again.leave()
    await again.closed()
    await stage.hub.journal.settled()
    await stage.pass_time(minutes=4)
    await stage.end()


async def test_who_was_there_has_a_certificate_until_it_is_revoked(stage: Stage) -> None:
    await lesson_of_forty_minutes(stage)
    lea, otto = await stage.bearer(stage.learner), await stage.bearer(stage.other)

    async with stage.http.get("/profile/lea/achievements", headers=lea) as answer:
        (code,) = set(re.findall(r'href="/certificates/([\w-]+)"', await answer.text()))
    async with stage.http.get("/profile/otto/achievements", headers=otto) as answer:
        assert "No certificate yet" in await answer.text()

    async with stage.http.get(f"/certificates/{code}/pdf", headers=lea) as answer:
        sheet = pypdfium2.PdfDocument(await answer.read())
    assert "36 min, 90 % of the time it was held" in sheet[0].get_textpage().get_text_bounded()

    async with stage.http.get(f"/api/v1/certificates/{code}") as answer:
        said = (await answer.json())["data"]
    assert (said["state"], said["name"], said["minutes"]) == ("valid", "Lea", 36)

    root = await stage.bearer(await person("root", "admin"))
    path, why = f"/api/v1/admin/certificates/{code}/revoke", {"reason": "A shared account."}
    async with stage.http.post(path, json=why, headers=root) as answer:
        assert answer.status == 200
    async with stage.http.get(f"/certificates/{code}") as answer:
        page = await answer.text()
    assert "This certificate was revoked" in page
    assert "A shared account." not in page
