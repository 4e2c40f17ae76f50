"""The course of a lesson: going live, recording those who agreed and nobody else, ending."""

from __future__ import annotations

from datetime import timedelta

import pytest

from media.protocol import control
from media.protocol.messages import Close
from server.booking import service as booking
from server.classroom import service as classroom
from tests.databases import BOTH
from tests.server.classroom.stage import RoomClient, Stage


async def status(stage: Stage) -> str:
    return (await booking.get_session(stage.session_id, stage.mentor)).status


async def consent(client: RoomClient, given: bool) -> None:
    await client.say("recording", consent=given)
    await client.sync()


def is_recorded(stage: Stage, client: RoomClient) -> bool:
    return stage.node.said(control.Record, participant=client.id, on=True)


async def node_knows_all(stage: Stage, client: RoomClient) -> None:
    """Wait until the node has heard everything that was sent before."""
    await client.say("subscribe", participant="sync", source="camera")
    await stage.node.hear(control.PeerSubscribe, publisher="sync")


# --- going live


async def test_it_is_live_at_its_start_when_the_mentor_is_there(stage: Stage) -> None:
    await stage.enter(stage.mentor)
    assert await status(stage) == "published"
    await stage.start()
    assert await status(stage) == "live"


async def test_it_is_live_as_soon_as_a_late_mentor_comes(stage: Stage) -> None:
    await stage.enter(stage.learner)
    await stage.start()
    assert await status(stage) == "published"
    await stage.pass_time(minutes=5)
    mentor = await stage.enter(stage.mentor)
    await mentor.sync()
    assert await status(stage) == "live"


async def test_a_mentor_whose_socket_is_lost_is_not_there(stage: Stage) -> None:
    mentor, learner = await stage.enter(stage.mentor), await stage.enter(stage.learner)
    await stage.pass_time(minutes=14, seconds=55)
    await mentor.vanish()
    await learner.sync()
    room = stage.hub.rooms[str(stage.session_id)]
    assert not room.mentor_present()
    await stage.start()
    assert await status(stage) == "published"


async def test_the_mentor_may_start_it_early(stage: Stage) -> None:
    mentor = await stage.enter(stage.mentor)
    await stage.go_live()
    assert (await mentor.hear("recording"))["state"] == "waiting_consent"


async def test_who_joins_a_live_lesson_is_told_so(stage: Stage) -> None:
    await stage.go_live()
    learner = await stage.enter(stage.learner)
    assert learner.joined["state"]["live"] is True
    assert learner.joined["state"]["recording"] == "waiting_consent"


# --- consent


async def test_nobody_is_recorded_without_having_agreed(stage: Stage) -> None:
    mentor, learner = await stage.enter(stage.mentor), await stage.enter(stage.learner)
    await consent(mentor, True)
    await stage.go_live()
    await stage.node.hear(control.Record, participant=mentor.id, on=True)
    await node_knows_all(stage, learner)
    assert not is_recorded(stage, learner)


async def test_nobody_is_recorded_before_the_lesson_is_live(stage: Stage) -> None:
    mentor = await stage.enter(stage.mentor)
    await consent(mentor, True)
    await node_knows_all(stage, mentor)
    assert not is_recorded(stage, mentor)


async def test_no_means_no(stage: Stage) -> None:
    learner = await stage.enter(stage.learner)
    await consent(learner, False)
    await stage.go_live()
    await node_knows_all(stage, learner)
    assert not is_recorded(stage, learner)


@BOTH
async def test_one_who_agrees_is_recorded_from_then_on(stage: Stage) -> None:
    await stage.enter(stage.mentor)
    await stage.go_live()
    learner = await stage.enter(stage.learner)
    await learner.say("recording", consent=True)
    told = await stage.node.hear(control.Record, participant=learner.id)
    assert told.on
    assert told.origin_ms == round(stage.clock.now().timestamp() * 1000)
    assert (await learner.hear("recording", state="recording"))["started_at"]


async def test_all_share_one_recording_and_one_time_line(stage: Stage) -> None:
    mentor, learner = await stage.enter(stage.mentor), await stage.enter(stage.learner)
    await stage.go_live()
    await consent(mentor, True)
    await stage.pass_time(minutes=3)
    await consent(learner, True)
    first = await stage.node.hear(control.Record, participant=mentor.id)
    second = await stage.node.hear(control.Record, participant=learner.id)
    assert (first.recording, first.origin_ms) == (second.recording, second.origin_ms)


async def test_consent_can_be_withdrawn(stage: Stage) -> None:
    learner = await stage.enter(stage.learner)
    await stage.go_live()
    await consent(learner, True)
    await consent(learner, False)
    await stage.node.hear(control.Record, participant=learner.id, on=True)
    await stage.node.hear(control.Record, participant=learner.id, on=False)
    assert await classroom.consent_of(stage.session_id, stage.learner.user_id) is False


async def test_an_answer_is_remembered_when_its_giver_comes_back(stage: Stage) -> None:
    learner = await stage.enter(stage.learner)
    await consent(learner, True)
    await learner.leave()
    await stage.go_live()
    again = await stage.enter(stage.learner)
    assert again.joined["consent"] is True
    await stage.node.hear(control.Record, participant=learner.id, on=True)


async def test_consent_over_rest_acts_in_the_room(stage: Stage) -> None:
    learner = await stage.enter(stage.learner)
    await stage.go_live()
    path = f"/api/v1/sessions/{stage.session_id}/recordings/consent"
    headers = await stage.bearer(stage.learner)
    answer = await stage.http.post(path, json={"consent": True}, headers=headers)
    assert (await answer.json())["data"] == {"consent": True}
    await stage.node.hear(control.Record, participant=learner.id, on=True)


async def test_consent_must_be_said_clearly(stage: Stage) -> None:
    path = f"/api/v1/sessions/{stage.session_id}/recordings/consent"
    headers = await stage.bearer(stage.learner)
    for body in ({}, {"consent": "yes"}, {"consent": 1}, {"consent": None}):
        assert (await stage.http.post(path, json=body, headers=headers)).status == 422


async def test_a_restarted_node_is_told_again_whom_to_record(stage: Stage) -> None:
    learner = await stage.enter(stage.learner)
    await stage.go_live()
    await consent(learner, True)
    before = await stage.node.hear(control.Record, participant=learner.id, on=True)
    await stage.node.restart()
    assert await stage.node.hear(control.Record, participant=learner.id, on=True) == before


async def test_consent_withdrawn_while_the_node_is_away_holds_when_it_is_back(stage: Stage) -> None:
    learner = await stage.enter(stage.learner)
    await stage.go_live()
    await consent(learner, True)
    await stage.node.hear(control.Record, participant=learner.id, on=True)
    await stage.node.stop()
    await consent(learner, False)
    await stage.node.start()
    await stage.node.hear(control.Record, participant=learner.id, on=False)


async def test_trouble_on_the_node_is_shown_and_so_is_its_end(stage: Stage) -> None:
    learner = await stage.enter(stage.learner)
    await stage.go_live()
    await consent(learner, True)
    told = await stage.node.hear(control.Record, participant=learner.id, on=True)
    where = {"room": told.room, "recording": told.recording}
    await stage.node.say(control.RecordingTrouble(**where, reason="disk full"))
    await learner.hear("recording", state="interrupted")
    opened = control.SegmentOpened(
        **where, participant=learner.id, segment="s", source="camera", start_ms=0
    )
    await stage.node.say(opened)
    await learner.hear("recording", state="recording")


# --- the mentor's hand on the recording


async def test_the_mentor_pauses_resumes_and_stops(stage: Stage) -> None:
    mentor = await stage.enter(stage.mentor)
    await stage.go_live()
    await consent(mentor, True)
    await stage.node.hear(control.Record, on=True)
    for action, state, on in (("pause", "paused", False), ("resume", "recording", True)):
        await mentor.say("recording", action=action)
        await mentor.hear("recording", state=state)
        await stage.node.hear(control.Record, on=on)
    await mentor.say("recording", action="stop")
    await mentor.hear("recording", state="finalising")
    await stage.node.hear(control.Record, on=False)
    await mentor.say("recording", action="resume")
    assert (await mentor.hear("error"))["code"] == "wrong_state"


async def test_a_stopped_recording_becomes_ready_while_the_lesson_goes_on(stage: Stage) -> None:
    mentor = await stage.enter(stage.mentor)
    await stage.go_live()
    await consent(mentor, True)
    await mentor.say("recording", action="stop")
    await mentor.hear("recording", state="finalising")
    await stage.run_jobs()
    await mentor.hear("recording", state="ready")


@pytest.mark.parametrize("action", ["pause", "resume", "stop"])
async def test_a_learner_does_not_control_the_recording(stage: Stage, action: str) -> None:
    learner = await stage.enter(stage.learner)
    await stage.go_live()
    await learner.say("recording", action=action)
    assert (await learner.hear("error"))["code"] == "forbidden"


# --- the end


async def test_the_end_is_said_and_the_room_closed(stage: Stage) -> None:
    mentor, learner = await stage.enter(stage.mentor), await stage.enter(stage.learner)
    await stage.go_live()
    await stage.end()
    for client in (mentor, learner):
        assert await client.closed() == Close.ENDED
        (said,) = client.heard("ended")
        assert said["reason"] == "ended"
        assert said["summary_url"] == f"/sessions/{stage.session_id}/summary"
    await stage.node.hear(control.CloseRoom, room=str(stage.session_id))


async def test_a_recorded_lesson_says_that_it_is_being_saved(stage: Stage) -> None:
    mentor = await stage.enter(stage.mentor)
    await stage.go_live()
    await consent(mentor, True)
    await stage.end()
    await mentor.closed()
    assert mentor.heard("recording")[-1]["state"] == "finalising"


async def test_an_empty_room_is_closed_on_the_node_too(stage: Stage) -> None:
    await stage.go_live()
    await stage.end()
    await stage.node.hear(control.CloseRoom, room=str(stage.session_id))


async def test_a_node_that_was_away_hears_of_the_end_when_it_is_back(stage: Stage) -> None:
    await stage.enter(stage.mentor)
    await stage.go_live()
    await stage.node.drop()
    await stage.end()
    await stage.node.hear(control.CloseRoom, room=str(stage.session_id))


async def test_a_cancelled_lesson_is_over_for_those_who_wait(stage: Stage) -> None:
    learner = await stage.enter(stage.learner)
    await booking.cancel_session(stage.session_id, stage.mentor, "ill")
    await stage.run_jobs()
    assert await learner.closed() == Close.ENDED
    assert learner.heard("ended")[0]["reason"] == "cancelled"


async def test_a_lesson_nobody_ends_is_ended_after_its_time(stage: Stage) -> None:
    mentor = await stage.enter(stage.mentor)
    await stage.start()
    session = await booking.get_session(stage.session_id, stage.mentor)
    stage.clock.set(session.ends_at + timedelta(minutes=15))
    await stage.run_jobs()
    assert await mentor.closed() == Close.ENDED


async def test_leaving_does_not_end_it(stage: Stage) -> None:
    mentor = await stage.enter(stage.mentor)
    await stage.go_live()
    await mentor.leave()
    await stage.run_jobs()
    assert await status(stage) == "live"


# --- attendance


@BOTH
async def test_presence_is_measured_from_coming_to_going(stage: Stage) -> None:
    learner = await stage.enter(stage.learner)
    place = {"room": str(stage.session_id), "participant": learner.id}
    await stage.node.say(control.PeerConnected(**place))
    await learner.sync()
    await stage.pass_time(minutes=10)
    await learner.leave()
    await stage.pass_time(minutes=10)
    await stage.hub.journal.settled()
    (row,) = await classroom.presence(stage.session_id)
    assert (row.name, row.role, row.minutes) == ("Lea", "learner", 10)
    assert await classroom.attended(stage.session_id, stage.learner.user_id)
    assert not await classroom.attended(stage.session_id, stage.other.user_id)


async def test_the_grace_does_not_count_as_presence(stage: Stage) -> None:
    learner = await stage.enter(stage.learner)
    watcher = await stage.enter(stage.mentor)
    await stage.pass_time(minutes=10)
    await learner.vanish()
    await watcher.sync()
    await stage.pass_time(seconds=15)
    await watcher.hear("participant-left")
    await stage.hub.journal.settled()
    minutes = {row.name: row.minutes for row in await classroom.presence(stage.session_id)}
    assert minutes["Lea"] == 10


async def test_the_end_closes_everybodys_presence(stage: Stage) -> None:
    await stage.enter(stage.mentor)
    await stage.go_live()
    await stage.pass_time(minutes=20)
    await stage.end()
    before = await classroom.presence(stage.session_id)
    stage.clock.advance(timedelta(hours=1))
    assert await classroom.presence(stage.session_id) == before
    assert before[0].minutes == 20
