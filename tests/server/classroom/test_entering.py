"""The door of a room: who gets in, by what proof, when, and what a refused one is told."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import WSCloseCode

from media.protocol import control
from media.protocol.messages import Close
from server.booking import service as booking
from server.classroom import service as classroom
from server.classroom import tickets
from server.edge.access import Viewer
from server.infra.db import DatabaseDown
from tests.databases import BOTH
from tests.server.booking import makers
from tests.server.classroom.stage import Stage


async def ticket_for(stage: Stage, viewer: Viewer) -> str:
    return (await classroom.issue_ticket(stage.session_id, viewer)).ticket


async def refused(stage: Stage, code: Close, **options: Any) -> list[str]:
    """Knock, and be closed with `code`; gives the codes of the errors said before."""
    client = await stage.knock(**options)
    assert await client.closed() == code
    return [error["code"] for error in client.heard("error")]


async def test_joined_comes_first_and_says_who_one_is(stage: Stage) -> None:
    client = await stage.enter(stage.mentor)
    assert client.joined["protocol"] == 1
    assert client.joined["self"]["name"] == "Mira"
    assert client.joined["self"]["role"] == "mentor"
    assert client.joined["participants"] == []
    assert client.joined["state"] == {
        "live": False,
        "recording": "off",
        "locked": False,
        "admission": False,
        "queue": [],
        "recordable": True,
    }


async def test_those_inside_hear_of_a_newcomer_and_the_newcomer_sees_them(stage: Stage) -> None:
    mentor = await stage.enter(stage.mentor)
    learner = await stage.enter(stage.learner)
    news = await mentor.hear("participant-joined")
    assert news["participant"] == learner.joined["self"]
    assert learner.joined["participants"] == [mentor.joined["self"]]


async def test_a_learner_may_come_before_the_mentor(stage: Stage) -> None:
    learner = await stage.enter(stage.learner)
    mentor = await stage.enter(stage.mentor)
    assert (await learner.hear("participant-joined"))["participant"]["role"] == "mentor"
    assert [one["role"] for one in mentor.joined["participants"]] == ["learner"]


async def test_the_node_hears_of_each_who_joins(stage: Stage) -> None:
    client = await stage.enter(stage.learner)
    await stage.node.hear(control.Join, room=str(stage.session_id), participant=client.id)


async def test_a_ticket_works_once(stage: Stage) -> None:
    ticket = await ticket_for(stage, stage.learner)
    await stage.enter(stage.learner, ticket=ticket)
    await refused(stage, Close.NOT_SIGNED_IN, params={"ticket": ticket})


@BOTH
async def test_of_many_who_show_one_ticket_at_once_one_gets_in(stage: Stage) -> None:
    ticket = await ticket_for(stage, stage.learner)
    shown = [tickets.redeem(stage.session_id, ticket) for _ in range(10)]
    let_in = [user_id for user_id in await asyncio.gather(*shown) if user_id is not None]
    assert let_in == [stage.learner.user_id]


async def test_a_ticket_expires_within_a_minute(stage: Stage) -> None:
    ticket = await ticket_for(stage, stage.learner)
    stage.clock.advance(timedelta(seconds=60))
    await refused(stage, Close.NOT_SIGNED_IN, params={"ticket": ticket})


async def test_an_unknown_ticket_is_refused(stage: Stage) -> None:
    await refused(stage, Close.NOT_SIGNED_IN, params={"ticket": "x" * 43})


async def test_a_ticket_opens_no_other_session(stage: Stage) -> None:
    elsewhere = await makers.published(await makers.mentor("max"))
    ticket = await ticket_for(stage, stage.learner)
    await refused(stage, Close.NOT_SIGNED_IN, path=f"/ws/session/{elsewhere}/", params={"ticket": ticket})


async def test_nobody_gets_in_without_any_proof(stage: Stage) -> None:
    origin = str(stage.http.make_url("")).rstrip("/")
    await refused(stage, Close.NOT_SIGNED_IN, headers={"Origin": origin})


async def test_a_foreign_page_is_refused_whatever_it_brings(stage: Stage) -> None:
    ticket = await ticket_for(stage, stage.learner)
    headers = {"Origin": "https://evil.example"}
    assert await refused(stage, Close.NOT_ALLOWED, params={"ticket": ticket}, headers=headers) == [
        "foreign_origin"
    ]


async def test_a_program_without_origin_needs_its_own_proof(stage: Stage) -> None:
    assert await refused(stage, Close.NOT_ALLOWED) == ["foreign_origin"]


async def test_who_did_not_book_is_not_let_in(stage: Stage) -> None:
    ticket = await ticket_for(stage, stage.learner)
    await booking.leave_session(stage.session_id, stage.learner)
    assert await refused(stage, Close.NOT_ALLOWED, params={"ticket": ticket}) == ["forbidden"]


async def test_a_session_that_does_not_exist_is_4404(stage: Stage) -> None:
    bearer = await stage.bearer(stage.learner)
    for name in ("nonsense", "00000000-0000-0000-0000-000000000000"):
        await refused(stage, Close.NO_SESSION, path=f"/ws/session/{name}/", headers=bearer)


async def test_somebody_elses_draft_is_4404(stage: Stage) -> None:
    draft = await makers.draft(stage.mentor)
    bearer = await stage.bearer(stage.learner)
    await refused(stage, Close.NO_SESSION, path=f"/ws/session/{draft}/", headers=bearer)


async def test_the_door_is_closed_until_a_quarter_of_an_hour_before_the_start(stage: Stage) -> None:
    stage.clock.advance(timedelta(seconds=-1))
    ticket = await ticket_for(stage, stage.mentor)
    assert await refused(stage, Close.NOT_ALLOWED, params={"ticket": ticket}) == ["too_early"]


async def test_an_ended_session_is_4410(stage: Stage) -> None:
    await stage.go_live()
    await stage.end()
    ticket = await ticket_for(stage, stage.learner)
    await refused(stage, Close.ENDED, params={"ticket": ticket})


async def test_a_bearer_token_opens_the_room(stage: Stage) -> None:
    client = await stage.knock(headers=await stage.bearer(stage.learner))
    assert (await client.next())["self"]["name"] == "Lea"


async def test_who_comes_while_the_database_is_away_is_asked_to_try_again(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def gone(*args: Any, **options: Any) -> None:
        raise DatabaseDown

    ticket = await ticket_for(stage, stage.mentor)
    monkeypatch.setattr("server.classroom.seats.take_seat", gone)
    client = await stage.knock(params={"ticket": ticket})
    assert await client.closed() == WSCloseCode.TRY_AGAIN_LATER
