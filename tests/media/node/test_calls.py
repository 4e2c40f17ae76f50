"""Plain aiortc clients call each other through a node, by offer, answer and candidates alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from config.settings import load_media_settings
from media.node import MediaNode
from tests.media.client import colour_of, near, tone_of
from tests.media.node.conftest import ROOM, Server

RED, GREEN, BLUE = (200, 30, 30), (30, 180, 30), (30, 30, 200)

pytestmark = pytest.mark.media


async def test_node_introduces_itself_first(server: Server) -> None:
    said = await server.inbox.get()
    assert said["type"] == "node"
    assert said["udp_port"] == server.node.udp_port


async def test_second_node_keeps_out_of_the_folder_of_the_first(node: MediaNode, tmp_path: Path) -> None:
    settings = load_media_settings({"PEERLEARN_DATA_DIR": str(tmp_path)})
    with pytest.raises(OSError, match="MEDIA_NODE_ID"):
        await MediaNode(settings).start()


async def test_two_who_offer_see_and_hear_each_other(server: Server) -> None:
    ann = await server.client("ann", RED, 440)
    await server.expect("connected", participant="ann")
    bob = await server.client("bob", GREEN, 1000)
    assert near(await colour_of((await bob.tracks("video", 1))[0]), RED)
    assert near(await colour_of((await ann.tracks("video", 1))[0]), GREEN)
    assert abs(await tone_of((await bob.tracks("audio", 1))[0]) - 440) < 20
    assert abs(await tone_of((await ann.tracks("audio", 1))[0]) - 1000) < 20


async def test_one_who_only_answers_sends_and_receives(server: Server) -> None:
    ann = await server.client("ann", RED, 440)
    bob = await server.client("bob", GREEN, 1000, offers=False)
    assert near(await colour_of((await ann.tracks("video", 1))[0]), GREEN)
    assert near(await colour_of((await bob.tracks("video", 1))[0]), RED)


async def test_three_get_the_right_two_others(server: Server) -> None:
    clients = {
        "ann": await server.client("ann", RED, 440),
        "bob": await server.client("bob", GREEN, 1000),
        "cat": await server.client("cat", BLUE, 1800),
    }
    colours = {"ann": RED, "bob": GREEN, "cat": BLUE}
    for name, client in clients.items():
        seen = [await colour_of(track) for track in await client.tracks("video", 2)]
        for other, colour in colours.items():
            assert any(near(one, colour) for one in seen) == (other != name)


async def test_garbage_changes_nothing_for_others(server: Server) -> None:
    ann = await server.client("ann", RED, 440)
    await server.say("join", "mallory")
    await server.say(
        "offer", "mallory", offer={"type": "offer", "sdp": "v=0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96"}
    )
    refused = await server.expect("error", participant="mallory")
    assert refused["code"] == "bad_description"
    bob = await server.client("bob", GREEN, 1000)
    assert near(await colour_of((await bob.tracks("video", 1))[0]), RED)
    assert near(await colour_of((await ann.tracks("video", 1))[0]), GREEN)


async def test_message_for_a_stranger_is_said_to_be_so(server: Server) -> None:
    await server.say("answer", "nobody", answer={"type": "answer", "sdp": "v=0"})
    assert (await server.expect("error", participant="nobody"))["code"] == "no_participant"


async def test_control_link_needs_the_secret(server: Server) -> None:
    async with server.http.get(
        server.node.control_url + "/control", headers={"Authorization": "Bearer wrong"}
    ) as answer:
        assert answer.status == 401


CONTRACT = {  # the name without its prefix: its labels
    "packets_total": {"direction", "kind"},
    "bytes_total": {"direction"},
    "rooms": set(),
    "peers": set(),
    "tracks": {"direction"},
    "nack_total": set(),
    "pli_total": set(),
    "rtx_total": {"direction"},
    "forward_latency_seconds_bucket": {"le"},
    "loop_lag_seconds": set(),
    "dropped_total": {"reason"},
    "join_seconds_bucket": {"stage", "le"},
    "recorder_lag_seconds": set(),
    "recorder_bytes_total": set(),
    "disk_free_bytes": set(),
    "stress": set(),
}


async def test_every_metric_that_others_rely_on_is_there(server: Server) -> None:
    await server.client("ann", RED, 440)
    await server.expect("connected", participant="ann")
    async with server.http.get(server.node.control_url + "/metrics") as answer:
        families = text_string_to_metric_families(await answer.text())
    samples = [sample for family in families for sample in family.samples]
    found = {sample.name.removeprefix("peerlearn_media_"): set(sample.labels) for sample in samples}
    assert {name: labels for name, labels in found.items() if name in CONTRACT} == CONTRACT
    reasons = {sample.labels["reason"] for sample in samples if sample.name.endswith("dropped_total")}
    assert reasons >= {"srtp_auth", "stun", "malformed", "queue"}


async def test_orders_of_an_outdated_home_are_refused(server: Server) -> None:
    await server.say("join", "ann", home=2)
    assert (await server.expect("seated", participant="ann"))["fresh"] is True
    await server.say("join", "ann", home=2)
    assert (await server.expect("seated", participant="ann"))["fresh"] is False
    await server.say("close-room", home=1)
    assert (await server.expect("outdated"))["home"] == 2
    await server.say("seats", home=2, participants=[])
    await server.say("join", "ann", home=2)
    assert (await server.expect("seated", participant="ann"))["fresh"] is True


async def test_metrics_count_what_was_forwarded(server: Server) -> None:
    await server.client("ann", RED, 440)
    bob = await server.client("bob", GREEN, 1000)
    await colour_of((await bob.tracks("video", 1))[0])
    async with server.http.get(server.node.control_url + "/metrics") as answer:
        text = await answer.text()
    lines = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    assert float(lines['peerlearn_media_packets_total{direction="in",kind="video"}']) > 0
    assert float(lines['peerlearn_media_packets_total{direction="out",kind="video"}']) > 0
    assert float(lines["peerlearn_media_rooms"]) == 1
    assert float(lines["peerlearn_media_peers"]) == 2
    assert ROOM not in text
