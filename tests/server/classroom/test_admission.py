"""Who is let into a room: one by one or all, not at all, and once for the whole lesson."""

from __future__ import annotations

from media.protocol.messages import Close
from server.classroom.models import RoomState
from tests.databases import BOTH
from tests.server.booking import makers
from tests.server.classroom.leading import error_of, events, let_in, moderate, refusal, waits
from tests.server.classroom.stage import Stage


@BOTH
async def test_people_wait_until_the_mentor_lets_one_in(stage: Stage) -> None:
    mentor = await stage.enter(stage.mentor)
    await moderate(mentor, "admission-on")
    assert (await mentor.hear("room"))["state"]["admission"] is True
    learner = await waits(stage, stage.learner)
    (shown,) = (await mentor.hear("knock"))["waiting"]
    assert shown["name"] == "Lea"
    other = await waits(stage, stage.other)
    assert len((await mentor.hear("knock"))["waiting"]) == 2
    await moderate(mentor, "admit", shown["id"])
    await let_in(learner)
    assert (await learner.hear("moderated"))["action"] == "admit"
    assert [one["name"] for one in (await mentor.hear("knock"))["waiting"]] == ["Otto"]
    assert (await mentor.hear("participant-joined"))["participant"]["id"] == learner.id
    assert not [message for message in await learner.sync() if message["type"] == "knock"]
    await other.say("chat", text="hello?")
    await mentor.sync()
    assert not mentor.heard("chat")
    assert await events(stage, "moderation") == [
        {"action": "admission-on"},
        {"action": "admit", "participant": shown["id"]},
    ]
    assert (await RoomState.get(session_id=stage.session_id)).admission is True


async def test_whoever_was_in_comes_back_without_asking(stage: Stage) -> None:
    mentor, learner = await stage.enter(stage.mentor), await stage.enter(stage.learner)
    await moderate(mentor, "admission-on")
    await mentor.hear("room")
    await learner.leave()
    await mentor.hear("participant-left")
    await stage.enter(stage.learner)
    await waits(stage, stage.other)


async def test_all_are_let_in_at_once_and_when_admission_ends(stage: Stage) -> None:
    mentor = await stage.enter(stage.mentor)
    await moderate(mentor, "admission-on")
    await mentor.hear("room")
    learner = await waits(stage, stage.learner)
    await moderate(mentor, "admit-all")
    await let_in(learner)
    other = await waits(stage, stage.other)
    await moderate(mentor, "admission-off")
    await let_in(other)


async def test_somebody_who_is_not_let_in_can_ask_again_after_a_minute(stage: Stage) -> None:
    mentor = await stage.enter(stage.mentor)
    await moderate(mentor, "admission-on")
    await mentor.hear("room")
    learner = await waits(stage, stage.learner)
    (shown,) = (await mentor.hear("knock"))["waiting"]
    await moderate(mentor, "deny", shown["id"])
    assert await learner.closed() == Close.NOT_ALLOWED
    assert [error["code"] for error in learner.heard("error")] == ["denied"]
    assert (await mentor.hear("knock"))["waiting"] == []
    assert await refusal(stage, stage.learner) == (Close.NOT_ALLOWED, "denied")
    await stage.pass_time(seconds=61)
    await waits(stage, stage.learner)
    assert (await mentor.hear("knock"))["waiting"] == [shown]


async def test_whoever_gives_up_waits_no_more(stage: Stage) -> None:
    mentor = await stage.enter(stage.mentor)
    await moderate(mentor, "admission-on")
    await mentor.hear("room")
    learner = await waits(stage, stage.learner)
    (shown,) = (await mentor.hear("knock"))["waiting"]
    await learner.vanish()
    assert (await mentor.hear("knock"))["waiting"] == []
    await moderate(mentor, "admit", shown["id"])
    assert await error_of(mentor) == "no_participant"


async def test_a_second_tab_takes_the_place_of_the_first_in_the_line(stage: Stage) -> None:
    mentor = await stage.enter(stage.mentor)
    await moderate(mentor, "admission-on")
    await mentor.hear("room")
    first = await waits(stage, stage.learner)
    second = await waits(stage, stage.learner)
    assert await first.closed() == Close.REPLACED
    await moderate(mentor, "admit-all")
    await let_in(second)
    assert len(stage.hub.rooms[str(stage.session_id)].members) == 2


async def test_those_who_wait_outlast_an_empty_room_and_are_shown_to_the_mentor(stage: Stage) -> None:
    mentor = await stage.enter(stage.mentor)
    await moderate(mentor, "admission-on")
    await mentor.hear("room")
    learner = await waits(stage, stage.learner)
    await mentor.leave()
    again = await stage.enter(stage.mentor)
    assert len((await again.hear("knock"))["waiting"]) == 1
    await again.leave()
    await learner.leave()
    stage_room = stage.hub.rooms
    back = await stage.enter(stage.mentor)
    assert back.joined["state"]["admission"] is True
    assert list(stage_room) == [str(stage.session_id)]


async def test_a_locked_room_takes_nobody_new(stage: Stage) -> None:
    mentor, learner = await stage.enter(stage.mentor), await stage.enter(stage.learner)
    await moderate(mentor, "lock")
    assert (await learner.hear("room"))["state"]["locked"] is True
    assert await refusal(stage, stage.other) == (Close.NOT_ALLOWED, "locked")
    await learner.leave()
    await mentor.leave()
    again = await stage.enter(stage.learner)
    assert again.joined["state"]["locked"] is True
    mentor = await stage.enter(stage.mentor)
    await moderate(mentor, "unlock")
    await mentor.hear("room")
    await stage.enter(stage.other)


async def test_the_end_of_the_lesson_reaches_those_who_wait(stage: Stage) -> None:
    mentor = await stage.enter(stage.mentor)
    await moderate(mentor, "admission-on")
    await mentor.hear("room")
    learner = await waits(stage, stage.learner)
    await stage.go_live()
    await stage.end()
    assert await learner.closed() == Close.ENDED
    assert learner.heard("ended")


async def test_learners_admit_nobody(stage: Stage) -> None:
    learner = await stage.enter(stage.learner)
    await moderate(learner, "admission-on")
    assert await error_of(learner) == "forbidden"
    stranger = await makers.person("zoe")
    assert (await refusal(stage, stranger))[0] == Close.NOT_ALLOWED
