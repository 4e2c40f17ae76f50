"""Simulcast as browsers offer it, and as nobody should."""

from __future__ import annotations

import pytest

from media.negotiation.description import BadDescription
from media.negotiation.events import Answer, Deliver, Publish, Refused
from media.negotiation.reader import parse_description
from media.negotiation.simulcast import RIDS_LIMIT, choose_layers, read_rids, read_simulcast
from media.protocol.messages import SDP_LIMIT
from media.rtp.extensions import MID, REPAIRED_RID, RID, TRANSPORT_WIDE_CC
from tests.media.negotiation.peers import Server, answer_to, captured, every, only, outgoing

CHROMIUM = captured("chromium_simulcast")
CAMERA = captured("chromium_camera")
LAYERS = "a=rid:q send\r\na=rid:h send\r\na=rid:f send\r\na=simulcast:send q;h;f\r\n"


def offer_of(layers: str) -> str:
    """Chromium's offer with other layers."""
    assert LAYERS in CHROMIUM
    return CHROMIUM.replace(LAYERS, layers)


def camera_of(sdp: str) -> Publish:
    return every(Server().take_offer(sdp), Publish)[1]


def answered_layers(sdp: str) -> list[str]:
    answer = only(Server().take_offer(sdp), Answer).sdp
    return [line for line in answer.split("\r\n") if line.startswith(("a=rid", "a=simulcast"))]


@pytest.mark.parametrize("browser", ["chromium", "firefox"])
def test_three_layers_are_taken_and_found_by_their_names(browser: str) -> None:
    offer = captured(f"{browser}_simulcast")
    camera = camera_of(offer)
    assert camera.rids == ("q", "h", "f")
    assert (camera.ssrc, camera.rtx_ssrc) == (None, None)
    assert {MID, RID, REPAIRED_RID, TRANSPORT_WIDE_CC} <= camera.extensions.keys()
    assert answered_layers(offer) == [
        "a=rid:q recv",
        "a=rid:h recv",
        "a=rid:f recv",
        "a=simulcast:recv q;h;f",
    ]


def test_extensions_that_only_the_client_sends_are_answered_the_other_way() -> None:
    answer = only(Server().take_offer(captured("firefox_simulcast")), Answer).sdp
    assert f"a=extmap:9/recvonly {RID}\r\n" in answer
    assert f"a=extmap:10/recvonly {REPAIRED_RID}\r\n" in answer


@pytest.mark.parametrize("browser", ["chromium", "firefox"])
def test_our_later_offers_keep_the_layers(server: Server, browser: str) -> None:
    server.take_offer(captured(f"{browser}_simulcast"))
    server.want(outgoing("alice", "camera"))
    offer = server.offer().sdp
    assert "a=rid:q recv\r\na=rid:h recv\r\na=rid:f recv\r\na=simulcast:recv q;h;f\r\n" in offer
    assert offer.count("a=simulcast") == 1


def test_answer_of_the_client_keeps_its_layers_and_adds_none(server: Server) -> None:
    server.take_offer(f"{CAMERA}a=rid:q send\r\na=rid:h send\r\na=simulcast:send q;h\r\n")
    server.want(outgoing("alice", "camera"))
    answer = answer_to(server.offer().sdp).replace("recv q;h", "send q;h;f")
    answer = answer.replace("a=rid:q recv", "a=rid:f send\r\na=rid:q send").replace("h recv", "h send")
    events = server.take_answer(answer)
    assert len(every(events, Deliver)) == 1
    assert not every(events, Publish)


def test_answer_without_layers_ends_the_simulcast(server: Server) -> None:
    server.take_offer(CAMERA + LAYERS)
    server.want(outgoing("alice", "camera"))
    answer = answer_to(server.offer().sdp)
    plain = "\r\n".join(
        line for line in answer.split("\r\n") if not line.startswith(("a=rid", "a=simulcast"))
    )
    publish = only(server.take_answer(plain), Publish)
    assert publish.rids == ()
    assert publish.ssrc is not None


def test_fewer_layers_are_told_in_a_later_offer(server: Server) -> None:
    server.take_offer(CHROMIUM)
    fewer = offer_of("a=rid:q send\r\na=rid:h send\r\na=simulcast:send q;h\r\n")
    assert only(server.take_offer(fewer), Publish).rids == ("q", "h")
    assert only(server.take_offer(offer_of("")), Publish).rids == ()


def test_known_names_tell_their_order_and_others_stand_as_listed() -> None:
    swapped = LAYERS.replace("q;h;f", "f;q;h")
    assert camera_of(offer_of(swapped)).rids == ("q", "h", "f")
    named = "a=rid:0 send\r\na=rid:hi send\r\na=rid:m-1_ send\r\na=simulcast:send hi;0;m-1_\r\n"
    assert camera_of(offer_of(named)).rids == ("hi", "0", "m-1_")


def test_layers_of_h264_are_taken_too() -> None:
    camera = camera_of(CHROMIUM.replace("VP8/90000", "VP6/90000"))
    assert (camera.codec, camera.rids) == ("H264", ("q", "h", "f"))


@pytest.mark.parametrize(
    "streams",
    ["send ~q;h;~f", "recv x send q;h;f", "send q;h;f recv x", " send rid=q;h;f", "send q,h;h,f;q,f"],
)
def test_every_way_to_write_three_layers_is_understood(streams: str) -> None:
    assert set(camera_of(offer_of(LAYERS.replace("send q;h;f", streams))).rids) == {"q", "h", "f"}


def test_alternative_is_taken_whose_payload_types_have_our_codec() -> None:
    layers = (
        "a=rid:q send pt=98;max-width=320\r\na=rid:h send pt=96,98;max-width=320\r\n"
        "a=rid:f send max-fps=30\r\na=simulcast:send q,h;f\r\n"
    )
    assert answered_layers(offer_of(layers)) == [
        "a=rid:h recv pt=96;max-width=320",
        "a=rid:f recv max-fps=30",
        "a=simulcast:recv h;f",
    ]


def test_fourth_layer_is_not_taken() -> None:
    names = ("a", "b", "c", "d")
    layers = "".join(f"a=rid:{name} send\r\n" for name in names) + "a=simulcast:send a;b;c;d\r\n"
    assert answered_layers(offer_of(layers))[-1] == "a=simulcast:recv a;b;c"
    assert camera_of(offer_of(layers)).rids == ("a", "b", "c")


@pytest.mark.parametrize(
    "layers",
    {
        "rids without a list": "a=rid:q send\r\na=rid:h send\r\n",
        "a list without rids": "a=simulcast:send q;h;f\r\n",
        "rids the other way": LAYERS.replace("send\r\n", "recv\r\n"),
        "a list the other way": LAYERS.replace("simulcast:send", "simulcast:recv"),
        "each name twice": LAYERS.replace(
            "a=rid", "a=rid:q send\r\na=rid:h send\r\na=rid:f send\r\na=rid", 1
        ),
        "names too long": LAYERS.replace("q", "q" * 17).replace("h", "h" * 17).replace("f", "f" * 17),
        "names of other characters": LAYERS.replace("q", "\u00e9").replace("h", "!").replace("f", "a b"),
        "nothing in it": "a=rid:\r\na=rid\r\na=simulcast:\r\na=simulcast\r\n",
        "send without a list": "a=rid:q send\r\na=simulcast:send\r\n",
        "separators alone": LAYERS.replace("q;h;f", ";,;~,;~"),
    }.items(),
    ids=lambda layers: layers[0],
)
def test_what_is_no_simulcast_is_one_plain_stream(layers: tuple[str, str]) -> None:
    offer = offer_of(layers[1])
    assert camera_of(offer).rids == ()
    assert answered_layers(offer) == []


def test_layers_without_the_extension_that_names_them_are_not_taken() -> None:
    offer = CHROMIUM.replace(RID, "urn:x:other")
    assert camera_of(offer).rids == ()
    assert answered_layers(offer) == []


def test_thousands_of_rids_are_refused() -> None:
    rids = "".join(f"a=rid:r{number} send\r\n" for number in range(5000))
    streams = ";".join(f"r{number}" for number in range(5000))
    refused = only(Server().take_offer(offer_of(f"{rids}a=simulcast:send {streams}\r\n")), Refused)
    assert refused.code == "bad_description"
    with pytest.raises(BadDescription):
        read_rids(["q send"] * (RIDS_LIMIT + 1))


def test_endless_list_of_streams_is_read_once() -> None:
    streams = "q;" * (SDP_LIMIT // 4)
    assert camera_of(offer_of(LAYERS.replace("q;h;f", streams + "h"))).rids == ("q", "h")
    assert len(read_simulcast(f"send {streams}")) == SDP_LIMIT // 4 + 1


def test_layer_is_taken_once_however_often_it_is_listed() -> None:
    media = parse_description(offer_of(LAYERS.replace("q;h;f", "q;q;q,h;h"))).sections[1]
    assert [layer.rid for layer in choose_layers(media, 96)] == ["q", "h"]
