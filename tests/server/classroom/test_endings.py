"""Whose login ends leaves the room at once, and does not come back without a new one."""

from __future__ import annotations

import pytest

from media.protocol import control
from media.protocol.messages import Close
from server.accounts import logins
from server.accounts import service as accounts
from server.accounts.models import Login
from server.classroom import service as classroom
from server.edge.access import Viewer
from tests.server.booking import makers
from tests.server.classroom.stage import RoomClient, Stage


@pytest.fixture
async def owner(stage: Stage) -> Viewer:
    return await makers.person("olga", "owner")


async def suspended(stage: Stage, owner: Viewer, who: Viewer) -> None:
    await accounts.change_account(owner, who.public_id, status="suspended", roles=None, reason="spam")
    await stage.run_jobs()


async def by_login(stage: Stage, viewer: Viewer) -> tuple[RoomClient, Viewer]:
    """In the room by a bearer token, and who that login says it is."""
    headers = await stage.bearer(viewer)
    client = await stage.knock(headers=headers)
    await client.come_in()
    found = await accounts.viewer_by_token(headers["Authorization"].removeprefix("Bearer "))
    assert found is not None
    return client, found


async def test_suspended_person_is_put_out_of_the_room_and_off_the_media_node(
    stage: Stage, owner: Viewer
) -> None:
    mentor = await stage.enter(stage.mentor)
    learner = await stage.enter(stage.learner)
    await stage.node.hear(control.Join, participant=learner.id)
    await suspended(stage, owner, stage.learner)
    assert await learner.closed() == Close.NOT_ALLOWED
    assert [error["code"] for error in learner.heard("error")] == ["suspended"]
    assert (await mentor.hear("participant-left"))["participant"]["id"] == learner.id
    await stage.node.hear(control.Leave, participant=learner.id)


async def test_suspended_person_comes_back_by_no_token(stage: Stage, owner: Viewer) -> None:
    learner = await stage.enter(stage.learner)
    ticket = (await classroom.issue_ticket(stage.session_id, stage.learner)).ticket
    await suspended(stage, owner, stage.learner)
    for query in ({"resume": learner.resume}, {"ticket": ticket}):
        assert await (await stage.knock(params=query)).closed() == Close.NOT_SIGNED_IN


async def test_suspended_person_does_not_keep_the_seat_for_a_grace(stage: Stage, owner: Viewer) -> None:
    mentor = await stage.enter(stage.mentor)
    learner = await stage.enter(stage.learner)
    await learner.vanish()
    await mentor.sync()
    await suspended(stage, owner, stage.learner)
    assert (await mentor.hear("participant-left"))["participant"]["id"] == learner.id


async def test_other_roles_ask_for_a_new_login(stage: Stage, owner: Viewer) -> None:
    learner = await stage.enter(stage.learner)
    ticket = (await classroom.issue_ticket(stage.session_id, stage.learner)).ticket
    roles = {"learner", "mentor"}
    await accounts.change_account(
        owner, stage.learner.public_id, status=None, roles=roles, reason="asked"
    )
    await stage.run_jobs()
    assert await learner.closed() == Close.NOT_SIGNED_IN
    for query in ({"resume": learner.resume}, {"ticket": ticket}):
        assert await (await stage.knock(params=query)).closed() == Close.NOT_SIGNED_IN
    await stage.enter(stage.learner)


async def test_ending_all_other_logins_leaves_the_lesson_of_this_one_alone(stage: Stage) -> None:
    """As after a new password: the browser that it was set in stays."""
    learner, here = await by_login(stage, stage.learner)
    other, _ = await by_login(stage, stage.other)
    await logins.end_other_logins(here)
    await stage.run_jobs()
    assert await learner.sync() == [{"type": "participant-joined", "participant": other.joined["self"]}]
    await logins.end_all_logins(here.user_id)
    await stage.run_jobs()
    assert await learner.closed() == Close.NOT_SIGNED_IN
    assert await Login.filter(user_id=here.user_id, revoked_at__isnull=True).count() == 0
    await other.hear("participant-left")
    assert not await other.sync()


async def test_logging_out_ends_what_that_login_opened(stage: Stage) -> None:
    learner, here = await by_login(stage, stage.learner)
    other = await stage.enter(stage.other)
    await logins.log_out(here)
    await stage.run_jobs()
    assert await learner.closed() == Close.NOT_SIGNED_IN
    await other.hear("participant-left")
    assert not await other.sync()


async def test_what_was_missed_is_found_in_the_database(stage: Stage, owner: Viewer) -> None:
    """Redis forgot that it was told."""
    learner = await stage.enter(stage.learner)
    await accounts.change_account(
        owner, stage.learner.public_id, status="banned", roles=None, reason="spam"
    )
    await stage.hub.catch_up()
    assert await learner.closed() == Close.NOT_ALLOWED
