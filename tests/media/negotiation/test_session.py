"""The rules of a negotiation, with a clock by hand."""

from __future__ import annotations

import pytest

from media.negotiation.events import (
    Answer,
    Deliver,
    Offer,
    Publish,
    Refused,
    Undeliver,
    Unpublish,
)
from media.negotiation.reader import parse_description
from media.negotiation.schedule import ANSWER_WITHIN
from media.protocol.messages import TrackLabel
from tests.media.negotiation.peers import (
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


# --- when we offer


def test_nothing_is_due_before_the_client_joined() -> None:
    server = Server()
    server.want(*ALICE)
    assert server.session.next_timeout is None


def test_own_offer_waits_two_seconds_for_the_clients(server: Server) -> None:
    server.want(*ALICE)
    assert server.session.next_timeout == server.now + 2.0
    assert server.session.timeout(server.now + 1.999) == []


def test_own_offer_begins_sendrecv_even_when_nobody_is_there(server: Server) -> None:
    offer = server.offer()
    assert directions(offer.sdp) == [("s0", "audio", "sendrecv"), ("s1", "video", "sendrecv")]
    assert offer.tracks == {}
    assert "a=msid:" not in offer.sdp


def test_invited_sections_stay_open_for_the_clients_track(server: Server) -> None:
    server.take_answer(answer_to(server.offer().sdp))
    assert server.session.next_timeout is None
    server.want(ALICE[1])
    offer = server.offer()
    assert directions(offer.sdp) == [("s0", "audio", "recvonly"), ("s1", "video", "sendrecv")]
    events = server.take_answer(answer_to(offer.sdp, sends={"s0": 11}))
    assert only(events, Publish).ssrc == 11
    assert only(events, Deliver).mid == "s1"


def test_changes_within_a_tenth_of_a_second_make_one_offer(server: Server) -> None:
    server.take_offer(CAMERA)
    server.now += 5
    server.want(outgoing("alice", "microphone"))
    first = server.now
    server.now += 0.06
    server.want(*ALICE)
    assert server.session.next_timeout == pytest.approx(first + 0.1)
    assert len(server.offer().tracks) == 2


def test_nothing_is_offered_for_a_track_that_came_and_went(server: Server) -> None:
    server.take_offer(CAMERA)
    server.want(*ALICE)
    server.want()
    assert server.session.next_timeout is None


def test_nothing_is_offered_while_an_offer_waits_for_its_answer(server: Server) -> None:
    server.take_offer(CAMERA)
    server.want(ALICE[0])
    offer = server.offer()
    server.want(*ALICE)
    assert server.session.next_timeout is None
    server.take_answer(answer_to(offer.sdp))
    assert len(server.offer().tracks) == 2


def test_wanting_the_same_again_changes_nothing(server: Server) -> None:
    server.take_offer(CAMERA)
    server.want(*ALICE)
    server.take_answer(answer_to(server.offer().sdp))
    assert server.want(*ALICE) == []
    assert server.session.next_timeout is None


def test_session_id_stays_and_version_rises(server: Server) -> None:
    first = version(only(server.take_offer(CAMERA), Answer).sdp)
    server.want(*ALICE)
    second = version(server.offer().sdp)
    assert second == (first[0], first[1] + 1)


def test_track_no_longer_wanted_is_stopped_when_the_batch_ends(server: Server) -> None:
    server.take_offer(CAMERA)
    server.want(*ALICE)
    server.take_answer(answer_to(server.offer().sdp))
    server.now += 5
    assert server.want(ALICE[0]) == []
    assert server.session.next_timeout == server.now + 0.1
    assert only(server.wait(), Undeliver).key == ("alice", "camera")


def test_track_is_stopped_even_while_no_offer_can_be_made(server: Server) -> None:
    server.take_offer(CAMERA)
    server.want(*ALICE)
    server.take_answer(answer_to(server.offer().sdp))
    server.want(*ALICE, outgoing("bob", "camera"))
    offer = server.offer()
    server.want(outgoing("bob", "camera"))
    assert [type(event) for event in server.wait()] == [Undeliver, Undeliver]
    assert server.session.next_timeout is None
    assert only(server.take_answer(answer_to(offer.sdp)), Deliver).key == ("bob", "camera")
    assert server.offer().tracks.keys() == {"s2"}


def test_track_that_comes_back_at_once_goes_on(server: Server) -> None:
    server.take_offer(CAMERA)
    server.want(*ALICE)
    server.take_answer(answer_to(server.offer().sdp))
    server.want()
    server.want(*ALICE)
    assert server.session.next_timeout is None
    assert server.session.timeout(server.now + 1) == []


def test_track_that_comes_back_later_has_another_ssrc(server: Server) -> None:
    server.take_offer(CAMERA)
    server.want(ALICE[1])
    first = only(server.take_answer(answer_to(server.offer().sdp)), Deliver)
    server.want()
    offer = only(server.wait(), Offer)
    server.want(ALICE[1])
    server.take_answer(answer_to(offer.sdp))
    again = only(server.take_answer(answer_to(server.offer().sdp)), Deliver)
    assert again.mid == first.mid
    assert {again.ssrc, again.rtx_ssrc}.isdisjoint({first.ssrc, first.rtx_ssrc})


def test_track_with_another_codec_is_another_track(server: Server) -> None:
    server.take_offer(CAMERA)
    server.want(ALICE[1])
    server.take_answer(answer_to(server.offer().sdp))
    server.want(outgoing("alice", "camera", codec="H264"))
    events = server.wait()
    assert only(events, Undeliver).key == ("alice", "camera")
    assert directions(only(events, Offer).sdp)[2:] == [
        ("s0", "video", "inactive"),
        ("s1", "video", "sendonly"),
    ]


# --- glare


def test_offer_that_collides_with_ours_is_ignored(server: Server) -> None:
    server.take_offer(CAMERA)
    server.want(*ALICE)
    offer = server.offer()
    refused = only(server.take_offer(CAMERA), Refused)
    assert (refused.code, refused.re) == ("glare", "offer")
    assert len(every(server.take_answer(answer_to(offer.sdp)), Deliver)) == 2


def test_offer_counts_for_more_than_ours_that_nobody_answered(server: Server) -> None:
    server.take_offer(CAMERA)
    server.want(*ALICE)
    server.wait()
    server.now += ANSWER_WITHIN
    assert only(server.take_offer(CAMERA), Answer)
    assert server.offer().tracks.keys() == {"s0", "s1"}


def test_answer_to_nothing_is_refused(server: Server) -> None:
    server.take_offer(CAMERA)
    refused = only(server.take_answer(answer_to(CAMERA)), Refused)
    assert (refused.code, refused.re) == ("unexpected_answer", "answer")


# --- labels


def test_labels_of_the_client_count_first(server: Server) -> None:
    events = server.take_offer(CAMERA, tracks={"1": TrackLabel(source="screen")})
    assert {p.mid: p.source for p in every(events, Publish)} == {"0": "microphone", "1": "screen"}


def test_label_of_the_wrong_kind_is_ignored(server: Server) -> None:
    events = server.take_offer(CAMERA, tracks={"0": TrackLabel(source="screen")})
    assert {p.mid: p.source for p in every(events, Publish)} == {"0": "microphone", "1": "camera"}


def test_second_video_is_the_screen_and_stays_it(server: Server) -> None:
    both = CAMERA.replace("BUNDLE 0 1", "BUNDLE 0 1 2") + screen_section(mid="2")
    assert [p.source for p in every(server.take_offer(both), Publish)] == [
        "microphone",
        "camera",
        "screen",
    ]
    head, audio, camera, screen = both.split("m=")
    only_screen = "m=".join([head, audio, camera.replace("a=sendonly", "a=inactive"), screen])
    events = server.take_offer(only_screen)
    assert only(events, Unpublish).mid == "1"
    assert not every(events, Publish)


def test_third_video_is_not_taken(server: Server) -> None:
    three = CAMERA.replace("BUNDLE 0 1", "BUNDLE 0 1 2 3") + screen_section("2") + screen_section("3")
    events = server.take_offer(three)
    assert directions(only(events, Answer).sdp)[3] == ("3", "video", "inactive")
    assert len(every(events, Publish)) == 3


# --- what the client refuses


def test_section_that_the_client_rejects_is_not_offered_again(server: Server) -> None:
    server.take_offer(CAMERA)
    server.want(*ALICE)
    answer = answer_to(server.offer().sdp)
    head, *sections = answer.split("m=")
    sections[3] = sections[3].replace("video 9", "video 0")
    events = server.take_answer("m=".join([head, *sections]))
    assert [d.key for d in every(events, Deliver)] == [("alice", "microphone")]
    assert server.session.next_timeout is None
    server.want(ALICE[0])
    server.want(*ALICE)
    assert directions(server.offer().sdp)[3:] == [
        ("s1", "video", "rejected"),
        ("s2", "video", "sendonly"),
    ]


def test_track_that_the_client_does_not_receive_is_not_forwarded(server: Server) -> None:
    server.take_offer(CAMERA)
    server.want(ALICE[0])
    answer = answer_to(server.offer().sdp)
    head, *sections = answer.split("m=")
    sections[2] = sections[2].replace("a=recvonly", "a=inactive")
    assert not every(server.take_answer("m=".join([head, *sections])), Deliver)
    assert server.session.next_timeout is None


def test_client_without_retransmission_gets_none(server: Server) -> None:
    server.take_offer(CAMERA)
    server.want(ALICE[1])
    offer = server.offer()
    kept = [
        line for line in answer_to(offer.sdp).split("\r\n") if "rtx" not in line and "apt=" not in line
    ]
    deliver = only(server.take_answer("\r\n".join(kept)), Deliver)
    assert (deliver.rtx_ssrc, deliver.rtx_payload_type) == (None, None)


def test_offer_of_h264_goes_to_who_receives_h264(server: Server) -> None:
    server.take_offer(CAMERA)
    server.want(outgoing("safari", "camera", codec="H264"))
    offer = server.offer()
    section = parse_description(offer.sdp).sections[2]
    assert [(c.name, c.payload_type) for c in section.codecs] == [("H264", 108), ("rtx", 109)]
    assert only(server.take_answer(answer_to(offer.sdp)), Deliver).payload_type == 108


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda sdp: sdp.split("m=video")[0], id="a section less"),
        pytest.param(lambda sdp: sdp.replace("a=mid:s0", "a=mid:zz"), id="another mid"),
        pytest.param(lambda sdp: sdp.replace("setup:active", "setup:actpass"), id="no role"),
        pytest.param(lambda sdp: "", id="nothing"),
    ],
)
def test_bad_answer_is_refused_and_a_good_one_still_taken(server: Server, spoil: object) -> None:
    server.take_offer(CAMERA)
    server.want(*ALICE)
    answer = answer_to(server.offer().sdp)
    refused = only(server.take_answer(spoil(answer)), Refused)  # type: ignore[operator]
    assert (refused.code, refused.re) == ("bad_description", "answer")
    assert len(every(server.take_answer(answer), Deliver)) == 2


def test_stopped_section_may_be_taken_over_by_another_mid(server: Server) -> None:
    """JSEP recycles the index of a stopped transceiver (RFC 9429 §5.2.2)."""
    server.take_offer(CAMERA)
    stopped = CAMERA.replace("m=video 9", "m=video 0").replace("BUNDLE 0 1", "BUNDLE 0")
    events = server.take_offer(stopped)
    assert only(events, Unpublish).mid == "1"
    assert directions(only(events, Answer).sdp)[1] == ("1", "video", "rejected")
    recycled = CAMERA.replace("BUNDLE 0 1", "BUNDLE 0 2").replace("a=mid:1", "a=mid:2")
    events = server.take_offer(recycled)
    assert only(events, Publish).mid == "2"


def test_confirmed_section_does_not_change_its_mid(server: Server) -> None:
    server.take_offer(CAMERA)
    server.take_offer(CAMERA)
    renamed = CAMERA.replace("BUNDLE 0 1", "BUNDLE 0 2").replace("a=mid:1", "a=mid:2")
    assert only(server.take_offer(renamed), Refused).code == "bad_description"
    assert only(server.take_offer(CAMERA), Answer)
