"""What the media server says of the recording: for who leads, for everybody, for whoever runs it."""

from __future__ import annotations

import json
import re
from typing import Any

from media.protocol import control
from media.protocol.messages import TrackHealth
from server.notifications.models import Notification
from tests.server.booking import makers
from tests.server.classroom.stage import RoomClient, Stage

LITTLE = 100 * 1024 * 1024  # bytes; 512 MB are needed


async def recorded(stage: Stage) -> tuple[RoomClient, RoomClient, dict[str, str]]:
    """Mentor and learner in a lesson of which the learner is written, and which recording it is."""
    mentor, learner = await stage.enter(stage.mentor), await stage.enter(stage.learner)
    await stage.go_live()
    await learner.say("recording", consent=True)
    order = await stage.node.hear(control.Record, participant=learner.id, on=True)
    await mentor.hear("recording", state="recording")
    return mentor, learner, {"room": order.room, "recording": order.recording}


async def told(client: RoomClient) -> dict[str, Any]:
    """The next word on how the recording goes."""
    while "health" not in (said := await client.hear("recording")):
        pass
    return said


def health(where: dict[str, str], who: RoomClient, **more: Any) -> control.RecordingHealth:
    track = TrackHealth(participant=who.id, source="camera", bytes=5000, keyframes=2, **more)
    return control.RecordingHealth(**where, tracks=[track])


async def test_health_is_told_to_who_leads_and_nobody_else(stage: Stage) -> None:
    mentor, learner, where = await recorded(stage)
    await stage.node.say(health(where, learner, last_write_ms=40))
    said = await told(mentor)
    assert said["state"] == "recording"
    (track,) = said["health"]["tracks"]
    assert (track["participant"], track["bytes"], track["keyframes"]) == (learner.id, 5000, 2)
    assert not any("health" in one for one in await learner.sync())


async def test_an_alarm_shows_an_interruption_that_ends_with_the_alarm(stage: Stage) -> None:
    _, learner, where = await recorded(stage)
    await stage.node.say(health(where, learner, alarm="stalled"))
    await learner.hear("recording", state="interrupted")
    await stage.node.say(health(where, learner))
    await learner.hear("recording", state="recording")


async def test_a_codec_that_cannot_be_kept_interrupts_nobody_else(stage: Stage) -> None:
    mentor, learner, where = await recorded(stage)
    await stage.node.say(
        control.RecordingTrouble(**where, reason="codec", participant=learner.id, source="camera")
    )
    await stage.node.say(health(where, learner, alarm="codec"))
    said = await told(mentor)
    assert (said["state"], said["health"]["tracks"][0]["alarm"]) == ("recording", "codec")


async def test_trouble_of_one_who_left_is_over(stage: Stage) -> None:
    mentor, learner, where = await recorded(stage)
    await mentor.say("recording", consent=True)
    await stage.node.say(health(where, learner, alarm="disk_full"))
    await mentor.hear("recording", state="interrupted")
    await stage.node.say(control.RecordingHealth(**where, tracks=[]))
    await mentor.hear("recording", state="recording")


async def test_health_of_another_recording_is_passed_over(stage: Stage) -> None:
    mentor, learner, where = await recorded(stage)
    await stage.node.say(health({**where, "recording": "another"}, learner, alarm="stalled"))
    await stage.node.say(health(where, learner))
    said = await told(mentor)
    assert (said["state"], said["health"]["tracks"][0].get("alarm", "")) == ("recording", "")


async def test_operators_hear_once_of_a_recording_that_is_interrupted(stage: Stage) -> None:
    operator = await makers.person("oona", "ops")
    _, learner, where = await recorded(stage)
    for _ in range(2):
        trouble = control.RecordingTrouble(
            **where, reason="disk_full", participant=learner.id, source="camera"
        )
        await stage.node.say(trouble)
        await learner.hear("recording", state="interrupted")
        await stage.node.say(health(where, learner))
        await learner.hear("recording", state="recording")
    await stage.hub.journal.settled()
    await stage.run_jobs()
    rows = await Notification.filter(kind="recording_interrupted").all()
    assert [one.user_id for one in rows] == [operator.user_id]


# --- before the lesson


async def page_data(stage: Stage) -> dict[str, Any]:
    headers = await stage.bearer(stage.mentor)
    answer = await stage.http.get(f"/sessions/{stage.session_id}/room", headers=headers)
    text = await answer.text()
    found = re.search(r'<script type="application/json" id="room">(.*?)</script>', text, re.DOTALL)
    assert found
    data: dict[str, Any] = json.loads(found[1])
    if data["recording_problem"]:
        assert text.count(data["recording_problem"]) >= 1
    return data


async def test_too_little_disk_is_said_before_the_lesson_begins(stage: Stage) -> None:
    assert (await page_data(stage))["recording_problem"] == ""
    learner = await stage.enter(stage.learner)
    assert learner.joined["state"]["recordable"] is True
    await stage.node.beat(disk_free_bytes=LITTLE)
    said = await learner.hear("room")
    assert said["state"]["recordable"] is False
    assert "short of disk space" in (await page_data(stage))["recording_problem"]
    headers = await stage.bearer(stage.learner)
    check = await stage.http.get(f"/sessions/{stage.session_id}/check", headers=headers)
    assert "short of disk space" in await check.text()
    await stage.node.beat()
    assert (await learner.hear("room"))["state"]["recordable"] is True
    assert (await page_data(stage))["recording_problem"] == ""
