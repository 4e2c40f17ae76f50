"""The technical check: who may do it, at which node, what is passed on, what is kept, and who sees it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import aiohttp
from aiohttp import WSCloseCode

from config.settings import Settings
from media.protocol import control
from media.protocol.checking import ROOM_PREFIX
from media.protocol.messages import Close, Description
from server.accounts.service import Ended
from server.booking import service as booking
from server.classroom.check import service as checks
from server.classroom.check.findings import FINDINGS, Verdict
from server.classroom.check.forms import CheckForm
from server.classroom.check.models import TechnicalCheck
from server.classroom.conduct.models import Removal
from server.edge.access import Viewer
from server.infra.nodes import MEDIA_NODES, MediaNode
from tests.databases import BOTH
from tests.server.booking import makers
from tests.server.classroom.fake_node import FakeNode
from tests.server.classroom.stage import RoomClient, Stage

OFFER = {"type": "offer", "sdp": "v=0\r\n"}
ALL_WELL: dict[str, dict[str, Any]] = {part: {"code": "ok"} for part in FINDINGS}


async def knock(stage: Stage, viewer: Viewer | None, session_id: object = "") -> RoomClient:
    headers = await stage.bearer(viewer) if viewer else {}
    return await stage.knock(f"/ws/check/{session_id or stage.session_id}/", headers=headers)


async def begin(stage: Stage, viewer: Viewer) -> tuple[RoomClient, str]:
    """A check that has begun, and the name of its room at the node."""
    client = await knock(stage, viewer)
    await client.hear("check")
    room = (await stage.node.hear(control.Join, participant="out")).room
    await stage.node.hear(control.Join, participant="in", room=room)
    return client, room


async def save(
    stage: Stage, viewer: Viewer, found: Any, session_id: object = ""
) -> aiohttp.ClientResponse:
    path = f"/api/v1/sessions/{session_id or stage.session_id}/check"
    return await stage.http.post(path, json=found, headers=await stage.bearer(viewer))


async def page(stage: Stage, viewer: Viewer, path: str) -> str:
    answer = await stage.http.get(path, headers=await stage.bearer(viewer))
    return await answer.text()


# --- the door


async def test_a_check_is_for_the_mentor_and_who_booked_long_before_the_doors_open(stage: Stage) -> None:
    stage.clock.advance(timedelta(days=-2))
    for viewer in (stage.mentor, stage.learner):
        _, room = await begin(stage, viewer)
        assert room.startswith(ROOM_PREFIX)


async def test_the_door_is_closed_to_everybody_else(stage: Stage) -> None:
    stranger = await makers.person("sven")
    assert await (await knock(stage, stranger)).closed() == Close.NOT_ALLOWED
    assert await (await knock(stage, stage.learner, uuid4())).closed() == Close.NO_SESSION
    assert await (await knock(stage, stage.learner, "x")).closed() == Close.NO_SESSION
    path = f"/ws/check/{stage.session_id}/"
    unsigned = await stage.knock(path, headers={"Origin": str(stage.http.make_url("")).rstrip("/")})
    assert await unsigned.closed() == Close.NOT_SIGNED_IN
    foreign = await stage.knock(path, headers={"Origin": "https://elsewhere.example"})
    assert await foreign.closed() == Close.NOT_ALLOWED


async def test_a_seat_elsewhere_opens_no_other_sessions_check(stage: Stage) -> None:
    other_mentor = await makers.mentor("tomas")
    elsewhere = await makers.published(other_mentor)
    assert await (await knock(stage, stage.learner, elsewhere)).closed() == Close.NOT_ALLOWED
    assert (await save(stage, stage.learner, ALL_WELL, elsewhere)).status == 403


async def test_who_gave_the_seat_back_or_was_removed_can_neither_check_nor_save(stage: Stage) -> None:
    await booking.leave_session(stage.session_id, stage.learner, "")
    await Removal.create(session_id=stage.session_id, user_id=stage.other.user_id, at=stage.clock.now())
    for viewer in (stage.learner, stage.other):
        assert await (await knock(stage, viewer)).closed() == Close.NOT_ALLOWED
        assert (await save(stage, viewer, ALL_WELL)).status == 403
    assert not await TechnicalCheck.exists()


async def test_after_the_lesson_there_is_nothing_to_check(stage: Stage) -> None:
    await stage.go_live()
    await stage.end()
    assert await (await knock(stage, stage.mentor)).closed() == Close.ENDED
    assert (await save(stage, stage.mentor, ALL_WELL)).status == 409
    answer = await stage.http.get(
        f"/sessions/{stage.session_id}/check",
        headers=await stage.bearer(stage.mentor),
        allow_redirects=False,
    )
    assert (answer.status, answer.headers["Location"]) == (303, f"/sessions/{stage.session_id}")


# --- limits


async def test_a_person_has_one_check_at_a_time(stage: Stage) -> None:
    first, room = await begin(stage, stage.learner)
    await begin(stage, stage.learner)
    assert await first.closed() == Close.REPLACED
    await stage.node.hear(control.CloseRoom, room=room)


async def test_a_person_checks_so_often_and_no_more(stage: Stage) -> None:
    for _ in range(20):
        client, _ = await begin(stage, stage.learner)
        await client.leave()
    late = await knock(stage, stage.learner)
    assert await late.closed() == Close.TOO_MANY
    assert late.heard("error")[0]["code"] == "throttled"
    await begin(stage, stage.other)


async def test_a_node_has_so_many_checks_and_no_more(stage: Stage, monkeypatch: Any) -> None:
    monkeypatch.setattr("server.classroom.check.desk.AT_ONE_NODE", 1)
    first, _ = await begin(stage, stage.learner)
    refused = await knock(stage, stage.other)
    assert await refused.closed() == WSCloseCode.TRY_AGAIN_LATER
    assert refused.heard("error")[0]["code"] == "media_full"
    await first.leave()
    await stage.node.hear(control.CloseRoom)
    await begin(stage, stage.other)


async def test_a_full_or_drained_node_has_no_room_for_checks(stage: Stage) -> None:
    await stage.node.beat(stress=0.99)
    (link,) = stage.hub.nodes.links
    while stage.hub.nodes.takes(link):
        await stage.http.get("/healthz")
    refused = await knock(stage, stage.learner)
    assert await refused.closed() == WSCloseCode.TRY_AGAIN_LATER
    assert refused.heard("error")[0]["code"] == "media_full"


async def test_without_a_node_it_is_said_so(stage: Stage) -> None:
    stage.app[MEDIA_NODES].replace([])
    refused = await knock(stage, stage.learner)
    assert await refused.closed() == WSCloseCode.TRY_AGAIN_LATER
    assert refused.heard("error")[0]["code"] == "media_unavailable"


async def test_a_check_ends_by_itself(stage: Stage, monkeypatch: Any) -> None:
    monkeypatch.setattr("server.classroom.check.socket.CHECK_S", 0.05)
    client, room = await begin(stage, stage.learner)
    assert await client.closed() == Close.ENDED
    await stage.node.hear(control.CloseRoom, room=room)


async def test_a_check_ends_with_its_login(stage: Stage) -> None:
    client, room = await begin(stage, stage.learner)
    stage.hub.put_out(Ended(stage.learner.user_id, Close.NOT_ALLOWED))
    assert await client.closed() == Close.NOT_ALLOWED
    await stage.node.hear(control.CloseRoom, room=room)


# --- the very node


async def test_the_check_is_at_the_node_that_has_the_room(stage: Stage, settings: Settings) -> None:
    """The other one is the fitter by far."""
    await stage.enter(stage.mentor)
    await stage.node.hear(control.Join)
    await stage.hub.journal.settled()
    await stage.node.beat(stress=0.6, rooms=9)
    idle = FakeNode(settings.media.control_secret, "idle")
    await idle.start()
    try:
        stage.app[MEDIA_NODES].replace([MediaNode(stage.node.url), MediaNode(idle.url)])
        await idle.linked()
        client = await knock(stage, stage.learner)
        assert (await client.hear("check"))["node"] == "fake"
        assert not idle.said(control.Join)
    finally:
        await idle.stop()


async def test_when_the_node_dies_during_a_check_it_is_said(stage: Stage) -> None:
    client, _ = await begin(stage, stage.learner)
    await stage.node.restart()
    assert await client.closed() == WSCloseCode.TRY_AGAIN_LATER
    assert client.heard("error")[0]["code"] == "media_unavailable"


async def test_failed_checks_do_not_make_a_node_look_bad(stage: Stage) -> None:
    """People whose networks let nothing through check again and again; the node is not to blame."""
    client, room = await begin(stage, stage.learner)
    for _ in range(5):
        await client.say("offer", **{"as": "out"}, offer=OFFER)
        await stage.node.hear(control.PeerOffer, room=room)
    (link,) = stage.hub.nodes.links
    assert not link.joins._waiting


# --- what is passed on


async def test_both_peers_speak_with_the_node_each_for_itself(stage: Stage) -> None:
    client, room = await begin(stage, stage.learner)
    await client.say("offer", **{"as": "out"}, offer=OFFER, tracks={"0": {"source": "camera"}})
    await client.say("subscribe", **{"as": "in"}, participant="out", source="camera", width=640)
    offered = await stage.node.hear(control.PeerOffer, room=room, participant="out")
    assert offered.tracks is not None
    wish = await stage.node.hear(control.PeerSubscribe, room=room, participant="in")
    assert (wish.publisher, wish.width) == ("out", 640)
    answer = Description(type="answer", sdp="v=0\r\n")
    await stage.node.say(control.PeerAnswer(room=room, participant="in", answer=answer))
    assert (await client.hear("answer"))["as"] == "in"
    seen = {"score": 4.0, "loss": 0.01, "rtt_ms": 30, "layer": "h", "reason": "your_network"}
    await stage.node.say(control.PeerQuality(room=room, participant="in", about="out", **seen))
    assert await client.hear("quality") == {
        "type": "quality",
        "as": "in",
        "participant": "out",
        **seen,
    }


async def test_what_makes_no_sense_is_answered_and_the_check_goes_on(stage: Stage) -> None:
    client, _ = await begin(stage, stage.learner)
    for said in (
        {"type": "offer"},
        {"type": "chat", "as": "out", "text": "hi"},
        {"type": "offer", "as": "x"},
    ):
        await client.say(**{"kind": said.pop("type"), **said})
        assert (await client.hear("error"))["code"] in ("invalid", "unknown_type")
    await client.say("ping", **{"as": "in"}, t=1)
    assert (await client.hear("pong"))["as"] == "in"


async def test_a_check_leaves_nothing_and_is_no_attendance(stage: Stage) -> None:
    client, room = await begin(stage, stage.learner)
    await stage.node.say(control.PeerConnected(room=room, participant="out"))
    await client.leave()
    await stage.node.hear(control.CloseRoom, room=room)
    await stage.hub.journal.settled()
    assert stage.hub.rooms == {}
    assert stage.hub.nodes.checks.open == {}
    assert not stage.node.said(control.Record)


# --- the result


@BOTH
async def test_the_latest_result_is_kept_and_its_verdict_is_ours(stage: Stage) -> None:
    first = await save(stage, stage.learner, ALL_WELL)
    assert (await first.json())["data"]["verdict"] == "ready"
    worse = {**ALL_WELL, "camera": {"code": "missing"}, "way": {"code": "ok", "path": "turn-tcp"}}
    again = (await (await save(stage, stage.learner, worse)).json())["data"]
    assert (again["verdict"], again["reasons"]) == ("limited", ["no camera found"])
    assert await TechnicalCheck.all().count() == 1
    kept = await checks.latest(stage.session_id, stage.learner.user_id)
    assert kept is not None
    assert (kept.verdict, kept.found["way"]["path"]) == (Verdict.LIMITED, "turn-tcp")


async def test_what_is_needed_and_was_not_tried_is_not_passed(stage: Stage) -> None:
    blocked = {**ALL_WELL, "way": {"code": "no_relay"}, "speed": {"code": "skipped"}}
    assert (await (await save(stage, stage.learner, blocked)).json())["data"]["verdict"] == "failed"
    untried = {**ALL_WELL, "way": {"code": "skipped"}}
    assert (await (await save(stage, stage.learner, untried)).json())["data"]["verdict"] == "failed"


async def test_a_result_that_makes_no_sense_is_refused(stage: Stage) -> None:
    wrong: list[Any] = [
        {},
        {**ALL_WELL, "camera": {"code": "splendid"}},
        {**ALL_WELL, "speed": {"code": "ok", "up_kbps": -1}},
        {**ALL_WELL, "steadiness": {"code": "ok", "loss_up": 7}},
        {**ALL_WELL, "way": {"code": "ok", "path": "pigeon"}},
        {**ALL_WELL, "browser": {"code": "ok", "name": "x" * 81}},
        {**ALL_WELL, "verdict": "ready"},
    ]
    for found in wrong:
        assert (await save(stage, stage.learner, found)).status == 422, found
    assert not await TechnicalCheck.exists()


async def test_the_mentor_sees_the_checks_of_those_who_have_a_seat(stage: Stage) -> None:
    limited = CheckForm.model_validate({**ALL_WELL, "microphone": {"code": "silent"}})
    for viewer in (stage.learner, stage.other):
        await checks.keep(stage.session_id, viewer.user_id, limited)
    await booking.leave_session(stage.session_id, stage.other, "")
    (seen,) = await checks.results(stage.session_id, stage.mentor.user_id)
    assert (seen.username, seen.result.reasons) == ("lea", ["microphone silent"])
    text = await page(stage, stage.mentor, f"/sessions/{stage.session_id}/bookings")
    assert "microphone silent" in text
    room = await page(stage, stage.mentor, f"/sessions/{stage.session_id}/room")
    assert '"checks": [{' in room
    assert '"checks"' not in await page(stage, stage.learner, f"/sessions/{stage.session_id}/room")
