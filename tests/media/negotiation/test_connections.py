"""Resuming, new connections and ICE restarts, with a clock by hand."""

from __future__ import annotations

from media.negotiation.events import (
    Answer,
    Deliver,
    Publish,
    Refused,
    RemoteParameters,
    Undeliver,
    Unpublish,
)
from media.negotiation.reader import parse_description
from tests.media.negotiation.peers import (
    ANOTHER,
    Server,
    answer_to,
    captured,
    directions,
    every,
    only,
    outgoing,
    screen_section,
    version,
)

CAMERA = captured("chromium_camera")
ALICE = (outgoing("alice", "microphone"), outgoing("alice", "camera"))


# --- resume


def test_joining_again_forgets_our_offer_and_makes_it_anew(server: Server) -> None:
    server.take_offer(CAMERA)
    server.want(*ALICE)
    lost = server.offer()
    server.now += 1
    server.join()
    assert only(server.take_answer(answer_to(lost.sdp)), Refused).code == "unexpected_answer"
    assert server.session.next_timeout == server.now + 2.0
    again = server.offer()
    assert directions(again.sdp) == directions(lost.sdp)
    assert again.tracks == lost.tracks
    assert len(every(server.take_answer(answer_to(again.sdp)), Deliver)) == 2


def test_joining_again_with_nothing_open_offers_nothing(server: Server) -> None:
    server.take_offer(CAMERA)
    server.want(*ALICE)
    server.take_answer(answer_to(server.offer().sdp))
    server.join()
    assert server.session.next_timeout is None


def test_client_that_rolled_our_lost_offer_back_may_offer_a_section_there(server: Server) -> None:
    server.take_offer(CAMERA)
    server.want(*ALICE)
    server.wait()
    server.join()
    more = CAMERA.replace("BUNDLE 0 1", "BUNDLE 0 1 2") + screen_section(mid="2")
    events = server.take_offer(more)
    assert directions(only(events, Answer).sdp)[2:] == [("2", "video", "recvonly")]
    assert only([e for e in every(events, Publish) if e.mid == "2"], Publish).source == "screen"
    assert [mid for mid, _, _ in directions(server.offer().sdp)] == ["0", "1", "2", "s0", "s1"]


def test_client_that_took_our_lost_offer_may_offer_with_its_sections(server: Server) -> None:
    server.take_offer(CAMERA)
    server.want(ALICE[1])
    server.wait()
    server.join()
    with_ours = CAMERA.replace("BUNDLE 0 1", "BUNDLE 0 1 s0") + screen_section("s0", "recvonly")
    events = server.take_offer(with_ours)
    assert directions(only(events, Answer).sdp)[2:] == [("s0", "video", "sendonly")]
    assert only(events, Deliver).key == ("alice", "camera")
    assert server.offer().tracks["s0"].participant == "alice"


def test_client_whose_offer_got_no_answer_may_roll_it_back(server: Server) -> None:
    server.take_offer(CAMERA)
    server.join()
    one = CAMERA.split("m=video")[0].replace("BUNDLE 0 1", "BUNDLE 0")
    renamed = one.replace("BUNDLE 0", "BUNDLE 7").replace("a=mid:0", "a=mid:7")
    events = server.take_offer(renamed)
    assert [p.mid for p in every(events, Publish)] == ["7"]
    assert {u.mid for u in every(events, Unpublish)} == {"0", "1"}


# --- which RTCPeerConnection it is


def test_new_connection_id_makes_a_fresh_transport(server: Server) -> None:
    session_id = version(only(server.take_offer(CAMERA, connection="one"), Answer).sdp)[0]
    server.want(*ALICE)
    server.take_answer(answer_to(server.offer().sdp))
    events = server.take_offer(CAMERA, connection="two")
    answer = only(events, Answer).sdp
    assert f"a=ice-ufrag:{server.transports[0].ufrag}" in answer
    assert version(answer)[0] != session_id
    assert {u.mid for u in every(events, Unpublish)} == {"0", "1"}
    assert {u.key for u in every(events, Undeliver)} == {track.key for track in ALICE}
    assert len(every(events, Publish)) == 2
    assert only(events, RemoteParameters)
    assert [type(e) for e in events].index(Unpublish) < [type(e) for e in events].index(Publish)
    assert server.offer().tracks.keys() == {"s0", "s1"}


def test_new_fingerprint_makes_a_fresh_transport(server: Server) -> None:
    server.take_offer(CAMERA)
    server.take_offer(captured("firefox_camera"))
    assert len(server.transports) == 1


def test_new_connection_does_not_glare_with_an_offer_to_the_old_one(server: Server) -> None:
    server.take_offer(CAMERA, connection="one")
    server.want(*ALICE)
    server.wait()
    assert only(server.take_offer(CAMERA, connection="two"), Answer)
    assert len(server.transports) == 1


def test_same_connection_id_keeps_the_transport(server: Server) -> None:
    server.take_offer(CAMERA, connection="one")
    events = server.take_offer(CAMERA, connection="one")
    assert server.transports == []
    assert [type(event) for event in events] == [Answer]


def test_name_given_later_is_learned(server: Server) -> None:
    server.take_offer(CAMERA)
    server.take_offer(CAMERA, connection="one")
    assert server.transports == []
    server.take_offer(CAMERA, connection="two")
    assert len(server.transports) == 1


def test_refused_offer_of_a_new_connection_leaves_the_old_one(server: Server) -> None:
    server.take_offer(CAMERA, connection="one")
    bad = CAMERA.replace("a=ice-pwd", "a=ice-xyz")
    assert only(server.take_offer(bad, connection="two"), Refused).code == "bad_description"
    assert server.transports == []
    assert [type(e) for e in server.take_offer(CAMERA, connection="one")] == [Answer]


def test_answer_of_another_peer_connection_gets_a_fresh_transport(server: Server) -> None:
    server.take_answer(answer_to(server.offer().sdp, sends={"s0": 5}))
    server.join()
    server.want(*ALICE)
    events = server.take_answer(answer_to(server.offer().sdp, sends={"s0": 6}, digest=ANOTHER))
    assert len(server.transports) == 1
    assert only(events, RemoteParameters).transport.ufrag == "othr"
    assert only(events, Unpublish).mid == "s0"
    assert only(events, Publish).ssrc == 6
    assert f"a=ice-ufrag:{server.transports[0].ufrag}" in server.offer().sdp


# --- ICE


def test_ice_restart_keeps_the_transport_and_changes_its_credentials(server: Server) -> None:
    server.take_offer(CAMERA)
    ufrag = parse_description(CAMERA).sections[0].ufrag
    assert ufrag is not None
    events = server.take_offer(CAMERA.replace(f"a=ice-ufrag:{ufrag}", "a=ice-ufrag:anew"))
    assert server.transports == []
    assert only(events, RemoteParameters).transport.ufrag == "anew"
    assert f"a=ice-ufrag:{server.restarts[0].ufrag}" in only(events, Answer).sdp
    assert not every(events, Unpublish)


def test_restart_by_the_owner_is_told_in_the_next_offer(server: Server) -> None:
    server.take_offer(CAMERA)
    server.session.set_transport(server._local("mine"), server.now)
    assert "a=ice-ufrag:mine" in server.offer().sdp


def test_candidates_of_the_client_are_not_used(server: Server) -> None:
    assert server.session.receive_candidate({"candidate": "nonsense"}, server.now) == []
    assert server.session.receive_candidate(None, server.now) == []


def test_each_section_has_what_aiortc_needs(server: Server) -> None:
    server.take_offer(captured("chromium_simulcast"))
    server.want(*ALICE)
    sdp = server.offer().sdp
    assert sdp.startswith("v=0\r\n") and "\r\na=ice-lite\r\n" in sdp.split("m=")[0]
    for section in sdp.split("\r\nm=")[1:]:
        for line in (
            "a=ice-ufrag:",
            "a=ice-pwd:",
            "a=fingerprint:sha-256 ",
            "a=setup:actpass",
            "a=rtcp-mux",
        ):
            assert line in section
    assert sdp.count("typ host") == sdp.count("a=end-of-candidates") == 4


def test_we_are_the_dtls_server_unless_the_client_insists(server: Server) -> None:
    assert "a=setup:passive" in only(server.take_offer(CAMERA), Answer).sdp
    other = Server()
    events = other.take_offer(CAMERA.replace("actpass", "passive"))
    assert only(events, RemoteParameters).transport.setup == "passive"
    assert "a=setup:active" in only(events, Answer).sdp
