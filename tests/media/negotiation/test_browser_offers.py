"""Offers as Chromium 156 and Firefox 153 make them, captured."""

from __future__ import annotations

import pytest

from media.negotiation.events import Answer, Deliver, Publish
from media.negotiation.reader import parse_description
from media.rtp.extensions import (
    ABS_SEND_TIME,
    AUDIO_LEVEL,
    MID,
    REPAIRED_RID,
    RID,
    TRANSPORT_WIDE_CC,
    VIDEO_ORIENTATION,
)
from tests.media.negotiation.peers import Server, answer_to, captured, directions, every, only, outgoing

BROWSERS = ("chromium", "firefox")


def section_of(sdp: str, mid: str) -> str:
    return next(text for text in sdp.split("\r\nm=")[1:] if f"\r\na=mid:{mid}\r\n" in text)


@pytest.mark.parametrize("browser", BROWSERS)
@pytest.mark.parametrize("offer", ["camera", "addtrack", "simulcast"])
def test_microphone_and_camera_are_published(server: Server, browser: str, offer: str) -> None:
    events = server.take_offer(captured(f"{browser}_{offer}"))
    assert directions(only(events, Answer).sdp)[:2] == [
        ("0", "audio", "recvonly"),
        ("1", "video", "recvonly"),
    ]
    microphone, camera = every(events, Publish)
    assert (microphone.source, microphone.codec, microphone.clock_rate) == ("microphone", "opus", 48000)
    assert (camera.source, camera.codec, camera.clock_rate) == ("camera", "VP8", 90000)


def test_payload_types_and_ids_are_chromiums(server: Server) -> None:
    events = server.take_offer(captured("chromium_camera"))
    microphone, camera = every(events, Publish)
    assert (microphone.payload_type, microphone.rtx_payload_type) == (111, None)
    assert (camera.payload_type, camera.rtx_payload_type) == (96, 97)
    assert microphone.extensions == {AUDIO_LEVEL: 1, ABS_SEND_TIME: 2, TRANSPORT_WIDE_CC: 3, MID: 4}
    assert camera.extensions == {
        ABS_SEND_TIME: 2,
        VIDEO_ORIENTATION: 13,
        TRANSPORT_WIDE_CC: 3,
        MID: 4,
        RID: 10,
        REPAIRED_RID: 11,
    }
    section = parse_description(captured("chromium_camera")).sections[1]
    assert (camera.ssrc, camera.rtx_ssrc) == section.ssrcs


def test_payload_types_and_ids_are_firefoxs(server: Server) -> None:
    events = server.take_offer(captured("firefox_camera"))
    microphone, camera = every(events, Publish)
    assert (microphone.payload_type, camera.payload_type, camera.rtx_payload_type) == (109, 120, 124)
    assert microphone.extensions == {AUDIO_LEVEL: 1, MID: 3, TRANSPORT_WIDE_CC: 7}
    assert camera.extensions == {MID: 3, ABS_SEND_TIME: 4, TRANSPORT_WIDE_CC: 7}


@pytest.mark.parametrize("browser", BROWSERS)
def test_answer_takes_one_codec_and_only_feedback_that_we_handle(server: Server, browser: str) -> None:
    answer = only(server.take_offer(captured(f"{browser}_simulcast")), Answer).sdp
    audio, video = section_of(answer, "0"), section_of(answer, "1")
    assert "minptime=10;useinbandfec=1;usedtx=1" in audio
    number = video.split("a=rtpmap:")[1].split()[0]
    feedback = [line for line in video.split("\r\n") if line.startswith("a=rtcp-fb")]
    words = ("nack", "nack pli", "ccm fir", "transport-cc")
    assert feedback == [f"a=rtcp-fb:{number} {word}" for word in words]
    assert " transport-cc\r\n" in audio
    assert [codec.name for codec in parse_description(answer).sections[1].codecs] == ["VP8", "rtx"]


@pytest.mark.parametrize("browser", BROWSERS)
def test_data_channel_is_rejected_in_its_place(server: Server, browser: str) -> None:
    answer = only(server.take_offer(captured(f"{browser}_simulcast")), Answer).sdp
    assert directions(answer)[2] == ("2", "application", "rejected")
    assert "a=group:BUNDLE 0 1\r\n" in answer
    assert section_of(answer, "2").startswith("application 0 UDP/DTLS/SCTP webrtc-datachannel")


@pytest.mark.parametrize("browser", BROWSERS)
def test_our_offer_uses_the_browsers_numbers(server: Server, browser: str) -> None:
    server.take_offer(captured(f"{browser}_camera"))
    server.want(outgoing("alice", "microphone"), outgoing("alice", "camera"))
    offer = parse_description(server.offer().sdp)
    theirs = parse_description(captured(f"{browser}_camera"))
    for ours, known in zip(offer.sections[2:], theirs.sections, strict=True):
        numbers = {codec.payload_type: codec.name for codec in known.codecs}
        assert all(numbers[codec.payload_type] == codec.name for codec in ours.codecs)
        assert all(known.extensions.get(uri, number) == number for uri, number in ours.extensions.items())


def test_number_means_one_thing_on_a_connection(server: Server) -> None:
    """An audio-only offer says nothing of video: what we add must not clash with what it uses."""
    audio = captured("chromium_camera").split("m=video")[0].replace("BUNDLE 0 1", "BUNDLE 0")
    audio = audio.replace("111", "97").replace("a=extmap:3 ", "a=extmap:9 ")
    server.take_offer(audio.replace("a=extmap:4 ", "a=extmap:3 "))
    server.want(outgoing("alice", "camera"))
    audio_section, video_section = parse_description(server.offer().sdp).sections
    payload_types = [codec.payload_type for codec in audio_section.codecs + video_section.codecs]
    assert len(set(payload_types)) == len(payload_types)
    assert video_section.extensions[MID] == audio_section.extensions[MID] == 3
    assert len(set(video_section.extensions.values())) == len(video_section.extensions)


@pytest.mark.parametrize("browser", BROWSERS)
def test_page_without_any_section_gets_what_the_others_send(server: Server, browser: str) -> None:
    server.want(outgoing("alice", "camera"))
    events = server.take_offer(captured(f"{browser}_empty"))
    assert directions(only(events, Answer).sdp) == []
    offer = server.offer()
    assert directions(offer.sdp) == [("s0", "audio", "sendrecv"), ("s1", "video", "sendrecv")]
    assert only(server.take_answer(answer_to(offer.sdp)), Deliver).mid == "s1"


@pytest.mark.parametrize("browser", BROWSERS)
def test_page_with_a_data_channel_alone_is_answered_without_a_group(server: Server, browser: str) -> None:
    offer = captured(f"{browser}_datachannel")
    audio = next(mid for mid, kind, _ in directions(offer) if kind == "audio")
    answer = only(server.take_offer(offer), Answer).sdp
    assert f"a=group:BUNDLE {audio}\r\n" in answer
