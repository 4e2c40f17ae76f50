"""The two ends of a negotiation under test: our session with a clock by hand, and a client."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import Any, TypeVar

from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import AudioStreamTrack, VideoStreamTrack

from media.negotiation.description import Description
from media.negotiation.events import Answer, Event, Kind, LocalTransport, Offer, Outgoing
from media.negotiation.reader import parse_description
from media.negotiation.session import NegotiationSession
from media.protocol.messages import Source, TrackLabel

DATA = Path(__file__).parent / "data"
FINGERPRINT = ("sha-256", ":".join(["AB"] * 32))
E = TypeVar("E", bound=Event)


def captured(name: str) -> str:
    """The text of a browser's description, as captured."""
    return (DATA / f"{name}.sdp").read_bytes().decode()


def only(events: list[Event], kind: type[E]) -> E:
    """The one event of that kind."""
    found = every(events, kind)
    assert len(found) == 1, events
    return found[0]


def every(events: list[Event], kind: type[E]) -> list[E]:
    return [event for event in events if isinstance(event, kind)]


def outgoing(participant: str, source: Source, codec: str | None = None) -> Outgoing:
    kind: Kind = "audio" if source in ("microphone", "screen-audio") else "video"
    return Outgoing(participant, source, kind, (participant, source), codec)


class Server:
    """A session, its clock, and the transports that it asked for. Port 9 answers nothing."""

    def __init__(self, candidates: tuple[tuple[str, int], ...] = (("127.0.0.1", 9),)) -> None:
        self.now = 1000.0
        self.transports: list[LocalTransport] = []
        self.restarts: list[LocalTransport] = []
        self._candidates = candidates
        self.session = NegotiationSession(
            self._local("first"),
            Random(7),
            transport_factory=self._fresh,
            restart_ice=self._restart,
        )

    def _local(self, ufrag: str) -> LocalTransport:
        return LocalTransport(ufrag, f"password-of-{ufrag:x<12}", (FINGERPRINT,), self._candidates)

    def _fresh(self) -> LocalTransport:
        self.transports.append(self._local(f"fresh{len(self.transports)}"))
        return self.transports[-1]

    def _restart(self) -> LocalTransport:
        self.restarts.append(self._local(f"restart{len(self.restarts)}"))
        return self.restarts[-1]

    def join(self) -> list[Event]:
        return self.session.joined(self.now)

    def want(self, *tracks: Outgoing) -> list[Event]:
        return self.session.want(tracks, self.now)

    def take_offer(
        self, sdp: str, tracks: Mapping[str, TrackLabel] | None = None, connection: str | None = None
    ) -> list[Event]:
        return self.session.receive_offer(sdp, tracks, connection, self.now)

    def take_answer(self, sdp: str) -> list[Event]:
        return self.session.receive_answer(sdp, self.now)

    def wait(self) -> list[Event]:
        """Let the time pass until the session is due."""
        due = self.session.next_timeout
        assert due is not None, "nothing is due"
        self.now = max(self.now, due)
        return self.session.timeout(self.now)

    def offer(self) -> Offer:
        return only(self.wait(), Offer)


class AiortcClient:
    """A plain aiortc RTCPeerConnection, as a script would use it, that talks to `server`."""

    def __init__(self, server: Server, *sources: str) -> None:
        self.server = server
        self.pc = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        for source in sources:
            self.pc.addTrack(AudioStreamTrack() if source == "microphone" else VideoStreamTrack())

    async def offers(self, **labels: Any) -> list[Event]:
        """The client offers; our answer is applied."""
        await self.pc.setLocalDescription(await self.pc.createOffer())
        events = self.server.take_offer(self.pc.localDescription.sdp, **labels)
        answer = only(events, Answer)
        await self.pc.setRemoteDescription(RTCSessionDescription(answer.sdp, "answer"))
        return events

    async def answers(self, offer: Offer) -> list[Event]:
        """Our offer is applied; the client's answer is taken."""
        await self.pc.setRemoteDescription(RTCSessionDescription(offer.sdp, "offer"))
        await self.pc.setLocalDescription(await self.pc.createAnswer())
        return self.server.take_answer(self.pc.localDescription.sdp)

    def directions(self) -> dict[str, str | None]:
        return {str(t.mid): t.currentDirection for t in self.pc.getTransceivers()}


def directions(sdp: str) -> list[tuple[str, str, str]]:
    """Mid, kind and direction of each section; "rejected" for one at port zero."""
    description: Description = parse_description(sdp)
    return [
        (section.mid, section.kind, "rejected" if section.rejected else section.direction)
        for section in description.sections
    ]


def version(sdp: str) -> tuple[str, int]:
    """Session id and version of the `o=` line."""
    fields = sdp.split("o=")[1].split()
    return fields[1], int(fields[2])


def screen_section(mid: str, direction: str = "sendonly") -> str:
    """One more video section of the browser of "chromium_camera"."""
    section = "m=video" + captured("chromium_camera").split("m=video")[1]
    return section.replace("a=mid:1", f"a=mid:{mid}").replace("a=sendonly", f"a={direction}")


BROWSER = parse_description(captured("chromium_camera")).sections[0]
BROWSER_STREAMS = {
    section.split("a=mid:")[1][:1]: [line for line in section.split("\r\n") if line.startswith("a=ssrc")]
    for section in captured("chromium_camera").split("\r\nm=")[1:]
}
ANOTHER = ":".join(["EF"] * 32)  # the digest of some other certificate


def answer_to(offer: str, sends: Mapping[str, int] | None = None, digest: str | None = None) -> str:
    """What the browser of "chromium_camera" answers to our offer: it takes all, and sends in its own
    sections and in those of `sends` (mid to SSRC) where it may. With a `digest` it is another one."""
    head, *sections = offer.replace("\r\n", "\n").split("\nm=")
    lines = [line for line in head.split("\n") if line != "a=ice-lite"]
    for text in sections:
        lines += _answer_section(text.rstrip("\n").split("\n"), sends or {}, digest)
    return "\r\n".join(lines) + "\r\n"


def _answer_section(lines: list[str], sends: Mapping[str, int], digest: str | None) -> list[str]:
    mid = next(line[6:] for line in lines if line.startswith("a=mid:"))
    streams = BROWSER_STREAMS | {mid: [f"a=ssrc:{ssrc} cname:browser"] for mid, ssrc in sends.items()}
    replaced = {
        "a=ice-ufrag": f"a=ice-ufrag:{'othr' if digest else BROWSER.ufrag}",
        "a=ice-pwd": f"a=ice-pwd:{BROWSER.pwd}",
        "a=fingerprint": f"a=fingerprint:sha-256 {digest or BROWSER.fingerprints[0][1]}",
        "a=setup": "a=setup:active",
        "a=sendonly": "a=recvonly",
        "a=recvonly": "a=sendonly" if mid in streams else "a=inactive",
        "a=sendrecv": "a=sendrecv" if mid in streams else "a=recvonly",
    }
    dropped = ("a=msid", "a=ssrc", "a=candidate", "a=end-of")
    kept = [line for line in lines[1:] if not line.startswith(dropped)]
    body = [replaced.get(line.split(":")[0], line) for line in kept]
    return [f"m={lines[0]}", *body, *streams.get(mid, [])]
