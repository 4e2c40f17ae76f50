"""Who has no right to be in a lesson is out of it within seconds, and finds every door closed: the socket
by login, ticket and token, media, chat with its files, the recording, the technical check, and the
page of what is left."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from io import BytesIO

import aiohttp
import pytest

from media.protocol import control
from server.accounts import service as accounts
from server.booking import service as booking
from server.booking.models import Booking
from server.classroom import service as classroom
from server.payments.models import Payment
from server.payments.refunds.asking import ask_refund
from tests.databases import BOTH
from tests.server.booking import makers
from tests.server.classroom.fake_node import WAIT_S
from tests.server.classroom.leading import moderate, refusal, waits
from tests.server.classroom.stage import RoomClient, Stage
from tests.server.payments.purchases import bought

CLOSED = (401, 403, 404, 409)


Ends = Callable[[Stage, RoomClient, RoomClient], Awaitable[None]]


async def removed(stage: Stage, mentor: RoomClient, learner: RoomClient) -> None:
    await moderate(mentor, "remove", learner.id)
    await mentor.hear("removed")


async def cancelled_by_learner(stage: Stage, mentor: RoomClient, learner: RoomClient) -> None:
    await booking.leave_session(stage.session_id, stage.learner)


async def money_given_back(stage: Stage, mentor: RoomClient, learner: RoomClient) -> None:
    payment = await Payment.get(session_id=stage.session_id)
    await ask_refund(payment.public_id, await makers.person("olga", "owner"), None, "ill")


async def suspended(stage: Stage, mentor: RoomClient, learner: RoomClient) -> None:
    owner = await makers.person("olga", "owner")
    await accounts.change_account(
        owner, stage.learner.public_id, status="banned", roles=None, reason="spam"
    )


async def called_off(stage: Stage, mentor: RoomClient, learner: RoomClient) -> None:
    await booking.cancel_session(stage.session_id, stage.mentor)


async def pay(stage: Stage) -> None:
    """The learner's seat was bought."""
    row = await Booking.get(session_id=stage.session_id, learner_id=stage.learner.user_id)
    await bought(row.public_id)


async def doors(stage: Stage, headers: dict[str, str], resume: str, ticket: str, file: str) -> None:
    """None of them opens."""
    for query in ({"resume": resume}, {"ticket": ticket}):
        client = await stage.knock(params=query)
        assert await client.closed() in (4401, 4403, 4410), query
    client = await stage.knock(headers=headers)
    assert await client.closed() in (4401, 4403, 4410)
    check = await stage.http.ws_connect(f"/ws/check/{stage.session_id}/", headers=headers)
    async with asyncio.timeout(WAIT_S):
        assert [said.json()["type"] async for said in check] in ([], ["error"])
    assert check.closed
    session = f"/api/v1/sessions/{stage.session_id}"
    page = f"/sessions/{stage.session_id}"
    for path in (file, f"{session}/recordings", f"{page}/recordings", f"{page}/summary"):
        answer = await stage.http.get(path, headers=headers, allow_redirects=False)
        assert answer.status in CLOSED or answer.headers.get("Location", "").startswith("/auth"), path
    for path in (f"{session}/ticket", f"{session}/room/files"):
        form = aiohttp.FormData()
        form.add_field("file", BytesIO(b"a"), filename="a.txt")
        answer = await stage.http.post(path, headers=headers, data=form)
        assert answer.status in CLOSED, path


@BOTH
@pytest.mark.parametrize("ends", [removed, cancelled_by_learner, money_given_back, suspended, called_off])
async def test_without_a_right_to_it_somebody_is_out_and_stays_out(stage: Stage, ends: Ends) -> None:
    if ends is money_given_back:
        await pay(stage)
    headers = await stage.bearer(stage.learner)
    mentor, learner = await stage.enter(stage.mentor), await stage.enter(stage.learner)
    form = aiohttp.FormData()
    form.add_field("file", BytesIO(b"a"), filename="a.txt")
    path = f"/api/v1/sessions/{stage.session_id}/room/files"
    file = (await (await stage.http.post(path, headers=headers, data=form)).json())["data"]
    await learner.say("chat", text="look", files=[file["id"]])
    await mentor.hear("chat")
    ticket = (await classroom.issue_ticket(stage.session_id, stage.learner)).ticket
    leaves = asyncio.create_task(learner.closed())  # a browser answers the close at once
    await ends(stage, mentor, learner)
    await stage.run_jobs()
    assert await leaves in (4401, 4403, 4410)
    if ends is called_off:
        await stage.node.hear(control.CloseRoom, room=str(stage.session_id))
    else:
        await stage.node.hear(control.Leave, participant=learner.id)
    await doors(stage, headers, learner.resume, ticket, file["url"])


async def test_the_reason_is_said_before_the_socket_closes(stage: Stage) -> None:
    learner = await stage.enter(stage.learner)
    await booking.leave_session(stage.session_id, stage.learner)
    await stage.run_jobs()
    assert await learner.closed() == 4403
    assert "no seat" in learner.heard("error")[0]["message"]


async def test_a_part_of_the_money_takes_no_seat(stage: Stage) -> None:
    await pay(stage)
    learner = await stage.enter(stage.learner)
    payment = await Payment.get(session_id=stage.session_id)
    owner = await makers.person("olga", "owner")
    await ask_refund(payment.public_id, owner, payment.amount_minor // 2, "late")
    await stage.run_jobs()
    await learner.sync()
    await ask_refund(payment.public_id, owner, None, "ill")
    await stage.run_jobs()
    assert await learner.closed() == 4403
    assert await refusal(stage, stage.learner) == (4403, "refunded")


async def test_whoever_waits_at_the_door_goes_too(stage: Stage) -> None:
    mentor = await stage.enter(stage.mentor)
    await moderate(mentor, "admission-on")
    await mentor.hear("room")
    learner = await waits(stage, stage.learner)
    await booking.leave_session(stage.session_id, stage.learner)
    await stage.run_jobs()
    assert await learner.closed() == 4403
    await mentor.hear("knock", waiting=[])


async def test_a_seat_that_is_lost_on_the_way_in_is_noticed(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The door let them pass, and the news came before they sat."""
    seat = stage.hub._seat

    async def late(*args: object) -> object:
        await booking.leave_session(stage.session_id, stage.learner)
        await stage.run_jobs()
        return await seat(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(stage.hub, "_seat", late)
    learner = await stage.enter(stage.learner)
    assert await learner.closed() == 4403


async def test_what_was_missed_while_the_bus_was_away_is_looked_up(stage: Stage) -> None:
    learner, other = await stage.enter(stage.learner), await stage.enter(stage.other)
    await learner.sync()
    await booking.leave_session(stage.session_id, stage.learner)
    await stage.hub.catch_up()
    assert await learner.closed() == 4403
    await other.sync()


async def test_whoever_books_again_comes_in_again(stage: Stage) -> None:
    learner = await stage.enter(stage.learner)
    await booking.leave_session(stage.session_id, stage.learner)
    await stage.run_jobs()
    await learner.closed()
    await booking.book_session(stage.session_id, stage.learner)
    await stage.enter(stage.learner)
