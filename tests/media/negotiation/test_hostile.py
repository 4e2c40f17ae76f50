"""Malformed and absurd descriptions: refused, never an exception, and nothing else changes."""

from __future__ import annotations

import time
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from media.negotiation.description import BadDescription
from media.negotiation.events import Answer, Deliver, Refused
from media.negotiation.reader import SECTIONS_LIMIT, parse_description
from media.protocol.messages import SDP_LIMIT
from media.rtp.extensions import RID
from tests.media.negotiation.peers import DATA, Server, answer_to, captured, every, only, outgoing

CAPTURED = [path.stem for path in sorted(DATA.glob("*.sdp"))]
CAMERA = captured("chromium_camera")
BAD = {
    "nothing": "",
    "one character": "v",
    "another language": "INVITE sip:bob@example.com SIP/2.0",
    "null bytes": CAMERA.replace("SAVPF 111", "SAVPF \0"),
    "no mid": CAMERA.replace("a=mid:", "a=dim:"),
    "same mid twice": CAMERA.replace("a=mid:1", "a=mid:0"),
    "mid with a quote": CAMERA.replace("a=mid:1", 'a=mid:"1'),
    "endless mid": CAMERA.replace("a=mid:1", "a=mid:" + "1" * 65),
    "port out of range": CAMERA.replace("m=audio 9", "m=audio 99999"),
    "no formats": CAMERA.replace("UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126", "UDP/TLS/RTP/SAVPF"),
    "payload type out of range": CAMERA.replace("a=rtpmap:111", "a=rtpmap:999"),
    "endless number": CAMERA.replace("a=rtpmap:111", "a=rtpmap:" + "9" * 5000),
    "rtpmap of nothing": CAMERA.replace("opus/48000/2", "opus"),
    "extension ids that clash": CAMERA.replace("a=extmap:4 ", "a=extmap:2 "),
    "extmap of nothing": CAMERA.replace("a=extmap:4 ", "a=extmap:four "),
    "SSRC out of range": CAMERA.replace("a=ssrc:", "a=ssrc:99999999999"),
    "no ICE credentials": CAMERA.replace("a=ice-ufrag", "a=ice-nothing"),
    "ICE credentials with spaces": CAMERA.replace("a=ice-pwd:", "a=ice-pwd:a b "),
    "no fingerprint": CAMERA.replace("a=fingerprint", "a=footprint"),
    "weak fingerprint": CAMERA.replace("sha-256", "md5"),
    "unknown setup": CAMERA.replace("setup:actpass", "setup:holdconn"),
    "too many sections": CAMERA + "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:x\r\n" * SECTIONS_LIMIT,
    "too long": CAMERA + "a" * SDP_LIMIT,
}


@pytest.mark.parametrize("sdp", BAD.values(), ids=BAD.keys())
def test_absurd_offer_is_refused(sdp: str) -> None:
    server = Server()
    refused = only(server.take_offer(sdp), Refused)
    assert (refused.code, refused.re) == ("bad_description", "offer")
    assert only(server.take_offer(CAMERA), Answer)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=400))
def test_any_text_is_refused_or_answered(text: str) -> None:
    server = Server()
    events = server.take_offer(text)
    assert [type(event) for event in events] in ([Refused], [Answer])


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("vosctmab"), st.text(max_size=40)), max_size=20))
def test_any_lines_after_a_version_are_refused_or_answered(lines: list[tuple[str, str]]) -> None:
    text = "v=0\r\n" + "".join(f"{key}={value}\r\n" for key, value in lines)
    assert Server().take_offer(text)


def mutate(sdp: str, random: Random) -> str:
    """A few lines lost, doubled, swapped, cut or spoilt."""
    lines = sdp.split("\r\n")
    for _ in range(random.randint(1, 6)):
        at, to = random.randrange(len(lines)), random.randrange(len(lines))
        line = lines[at]
        cut = random.randrange(len(line) + 1)
        lines[at] = random.choice(
            [
                line[:cut],
                line[cut:],
                line[:cut] + random.choice("\0 :/=-9\u20ac\u0661\n") + line[cut:],
                lines[to],
                line.replace("1", str(random.choice([-1, 0, 15, 127, 128, 2**31, 2**64]))),
                line + "\r\n" + lines[to],
            ]
        )
    return "\r\n".join(lines)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(CAPTURED), st.integers(0, 2**32))
def test_mutated_offers_leave_a_session_that_works(name: str, seed: int) -> None:
    """Whatever it made of the mutants, what it then says can be read, and a fresh page is served."""
    random = Random(seed)
    server = Server()
    server.join()
    server.want(outgoing("alice", "camera"))
    for _ in range(3):
        events = server.take_offer(mutate(captured(name), random))
        assert every(events, Refused) or only(events, Answer)
        for answer in every(events, Answer):
            parse_description(answer.sdp)
        assert every(events, Refused) == [] or len(events) == 1
    assert only(server.take_offer(CAMERA, connection="fresh"), Answer)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32))
def test_mutated_answers_leave_a_session_that_works(seed: int) -> None:
    server = Server()
    server.join()
    server.take_offer(CAMERA, connection="first")
    server.want(outgoing("alice", "microphone"), outgoing("alice", "camera"))
    good = answer_to(server.offer().sdp)
    events = server.take_answer(mutate(good, Random(seed)))
    if every(events, Refused):
        assert len(events) == 1
        assert len(every(server.take_answer(good), Deliver)) == 2
    assert only(server.take_offer(CAMERA, connection="fresh"), Answer)


def test_lines_cannot_be_smuggled_into_our_text() -> None:
    """What we repeat of the client's holds no line break of any kind."""
    spoilt = CAMERA.replace("profile-level-id=42e01f", "profile-level-id=42e01f\x0ba=ice-ufrag:evil")
    spoilt = spoilt.replace("VP8/90000", "VP8\u2028a=x/90000")
    with pytest.raises(BadDescription):
        parse_description(spoilt)


def test_largest_answer_fits_a_message() -> None:
    video = "m=video 9 UDP/TLS/RTP/SAVPF 102 103\r\na=rtcp-mux\r\na=sendonly\r\n" + "".join(
        f"a={line}\r\n"
        for line in (
            "rtpmap:102 H264/90000",
            "fmtp:102 packetization-mode=1;profile-level-id=42e01f;x=" + "y" * 900,
            "rtpmap:103 rtx/90000",
            "fmtp:103 apt=102",
            "rtcp-fb:* nack",
            f"extmap:1/sendonly {RID}",
            *(f"rid:{rid:r>16} send x={'y' * 98}" for rid in "qhf"),
            "simulcast:send " + ";".join(f"{rid:r>16}" for rid in "qhf"),
        )
    )
    head = CAMERA.split("m=")[0]
    shared = "a=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuv\r\na=setup:actpass\r\n"
    shared += f"a=fingerprint:sha-256 {':'.join(['AB'] * 32)}\r\n"
    mids = [f"{number:m>64}" for number in range(SECTIONS_LIMIT)]
    head = head.replace("BUNDLE 0 1", "BUNDLE " + " ".join(mids)) + shared
    server = Server(candidates=tuple(("255.255.255.255", 65535) for _ in range(8)))
    events = server.take_offer(head + "".join(video + f"a=mid:{mid}\r\n" for mid in mids))
    answer = only(events, Answer).sdp
    assert answer.count("a=simulcast:recv") == 2  # camera and screen; more sources there are not
    assert len(answer) < SDP_LIMIT


def test_room_with_more_tracks_than_sections_is_offered_what_fits() -> None:
    server = Server()
    server.join()
    server.take_offer(CAMERA)
    server.want(*(outgoing(f"p{number}", "camera") for number in range(SECTIONS_LIMIT)))
    offer = server.offer()
    assert len(offer.tracks) == SECTIONS_LIMIT - 2
    server.take_answer(answer_to(offer.sdp))
    assert server.session.next_timeout is None


@pytest.mark.parametrize(
    "line",
    [
        "a=ssrc:{} cname:x",
        "a=rtcp-fb:* nack{}",
        "a=extmap:1 urn:x:{}",
        "a=ssrc-group:FID {} 1",
        "a=x{}",
        "a=simulcast:send q,{}",
    ],
)
def test_longest_description_is_read_in_linear_time(line: str) -> None:
    """Four times the text takes about four times the work; sixteen times would be quadratic."""

    def work(limit: int) -> float:
        head, audio, video = CAMERA.split("m=")
        many = "".join(line.format(number) + "\r\n" for number in range(limit // 16))
        text = ("m=".join([head, audio, video]) + many)[: limit - 2] + "\r\n"
        began = time.process_time()
        Server().take_offer(text)
        return time.process_time() - began

    quarter = min(work(SDP_LIMIT // 4) for _ in range(3))
    whole = min(work(SDP_LIMIT) for _ in range(3))
    assert whole < 10 * quarter
