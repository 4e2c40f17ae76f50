"""One end of a call that only costs what its packets cost: ICE, DTLS and SRTP on a raw socket.

What arrives is counted by its clear header; one packet in `SAMPLE` is decrypted for the time at which
it was sent. Arrival is the kernel's timestamp, so that a late load process is not taken for delay.
"""

from __future__ import annotations

import asyncio
import random
import secrets
import socket
import struct
import time
from abc import ABC, abstractmethod
from dataclasses import dataclass, field

from aioice import stun
from aiortc.rtcdtlstransport import SRTP_PROFILES, RTCCertificate

from media.rtp.extensions import ABS_SEND_TIME, AUDIO_LEVEL, TRANSPORT_WIDE_CC
from media.rtp.header import FIXED
from media.rtp.rtcp import ReceiverReport, ReportBlock, build_receiver_report
from media.rtp.sequence import SEQUENCE_MASK, TIMESTAMP_MASK, sequence_step
from media.transport.dtls import DtlsSession, fingerprints_of
from media.transport.srtp import Srtp
from scripts.benchmarks.load.description import EXTENSION_IDS, OPUS, TWCC, VP8, Local, Remote
from scripts.benchmarks.load.footage import (
    AUDIO_S,
    AUDIO_UNITS,
    FRAME_S,
    FRAME_UNITS,
    KEYFRAME_EVERY,
    Footage,
)

SAMPLE = 16  # packets of a stream for one whose delay is measured
BATCH = 64  # datagrams per wake-up
SO_TIMESTAMPNS = 35  # <asm-generic/socket.h>; Python has no name for it
TIMESPEC = struct.Struct("@ll")
STAMP = struct.Struct("!Q")
CHECK_EVERY_S = 2.0  # ICE consent
REPORT_EVERY_S = 1.0
FIRST_CHECKS_S = 0.1
CONNECT_WITHIN_S = 20.0
PROFILE = "SRTP_AEAD_AES_128_GCM"

_CERTIFICATE = RTCCertificate.generateCertificate()


@dataclass(slots=True)
class Received:
    """One incoming stream within the present window; sequence numbers are unwrapped."""

    newest: int
    first: int
    packets: int = 0
    total: int = 0
    delays: list[float] = field(default_factory=list)

    def reset(self) -> None:
        self.first = self.newest + 1
        self.packets = 0
        self.delays = []

    @property
    def lost(self) -> int:
        return max(0, self.newest + 1 - self.first - self.packets)


class LoadPeer:
    """`connect` once the server's description is known; `play` to publish."""

    def __init__(self, host: str) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._socket.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        self._socket.bind((host, 0))
        self._loop = asyncio.get_running_loop()
        self.local = Local(
            secrets.token_hex(4),
            secrets.token_hex(16),
            fingerprints_of(_CERTIFICATE)[0][1],
            random.getrandbits(31),
            random.getrandbits(31),
        )
        self.received: dict[int, Received] = {}
        self.sent = 0
        self.unsent = 0
        self.profile = ""
        self._srtp: Srtp | None = None
        self._checked = asyncio.Event()
        self._dtls = DtlsSession(_CERTIFICATE, self._send)
        _offer_only(self._dtls, PROFILE)
        self._tie_breaker = secrets.token_bytes(8)
        self._credentials = ("", "")
        self._playing: list[_Source] = []
        self._keeper: asyncio.Task[None] | None = None

    # --- coming up

    async def connect(self, remote: Remote) -> None:
        """Check the path, secure it, keep it. A second description of the same transport is ignored."""
        if self._keeper is not None:
            return
        section = next(part for part in remote.description.sections if part.ufrag)
        self._credentials = (section.ufrag or "", section.pwd or "")
        self._socket.connect(remote.address)
        self._loop.add_reader(self._socket.fileno(), self._read)
        self._keeper = asyncio.create_task(self._keep_checking())
        async with asyncio.timeout(CONNECT_WITHIN_S):
            await self._checked.wait()
            self._srtp = await self._dtls.handshake("client", section.fingerprints)
        secured = self._dtls._transport._ssl
        assert secured is not None
        self.profile = secured.get_selected_srtp_profile().decode()
        self._report()

    async def close(self) -> None:
        for source in self._playing:
            source.end()
        if self._keeper is not None:
            self._keeper.cancel()
        self._srtp = None
        await self._dtls.close()
        self._loop.remove_reader(self._socket.fileno())
        self._socket.close()

    async def _keep_checking(self) -> None:
        while True:
            self._check()
            await asyncio.sleep(CHECK_EVERY_S if self._checked.is_set() else FIRST_CHECKS_S)

    def _check(self) -> None:
        """A binding request that nominates (RFC 8445 §7.2.2)."""
        ufrag, pwd = self._credentials
        request = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
        request.attributes["USERNAME"] = f"{ufrag}:{self.local.ufrag}"
        request.attributes["PRIORITY"] = 1845501695
        request.attributes["ICE-CONTROLLING"] = int.from_bytes(self._tie_breaker, "big")
        request.attributes["USE-CANDIDATE"] = None
        request.add_message_integrity(pwd.encode())
        self._send(bytes(request))

    def _send(self, datagram: bytes) -> None:
        try:
            self._socket.send(datagram)
        except OSError:
            self.unsent += 1

    # --- what arrives

    def _read(self) -> None:
        receive = self._socket.recvmsg
        for _ in range(BATCH):
            try:
                datagram, ancillary, _, _ = receive(2048, 64)
            except OSError:
                return
            first = datagram[0]
            if first >= 128 and 192 <= datagram[1] <= 223:
                self.take_rtcp(datagram)
            elif first >= 128:
                self._count(datagram, ancillary)
            elif 20 <= first <= 63:
                self._dtls.receive(datagram)
            elif first < 4:
                self._take_check(datagram)

    def take_rtcp(self, datagram: bytes) -> None:
        """What the server reports and asks for: nothing that a steady load heeds."""

    def _count(self, datagram: bytes, ancillary: list[tuple[int, int, bytes]]) -> None:
        _, _, number, _, ssrc = FIXED.unpack_from(datagram)
        stream = self.received.get(ssrc)
        if stream is None:
            stream = self.received[ssrc] = Received(number, number)
        step = sequence_step(stream.newest & SEQUENCE_MASK, number)
        if step > 0:
            stream.newest += step
        stream.packets += 1
        stream.total += 1
        if stream.total % SAMPLE == 0 and self._srtp is not None:
            packet = self._srtp.unprotect(datagram)
            if packet is not None:
                seconds, nanoseconds = TIMESPEC.unpack(ancillary[0][2])
                sent = STAMP.unpack_from(packet, len(packet) - STAMP.size)[0]
                stream.delays.append((seconds * 10**9 + nanoseconds - sent) / 1e9)

    def _take_check(self, datagram: bytes) -> None:
        message = stun.parse_message(datagram)
        if message.message_class is stun.Class.RESPONSE:
            self._checked.set()
        elif message.message_class is stun.Class.REQUEST:
            answer = stun.Message(stun.Method.BINDING, stun.Class.RESPONSE, message.transaction_id)
            answer.attributes["XOR-MAPPED-ADDRESS"] = self._socket.getpeername()
            answer.add_message_integrity(self.local.pwd.encode())
            self._send(bytes(answer))

    def _report(self) -> None:
        """Tell the server each second that all is well."""
        if self._srtp is None:
            return
        blocks = [
            ReportBlock(ssrc, 0, 0, stream.newest & 0xFFFFFFFF, 20, 0, 0)
            for ssrc, stream in self.received.items()
        ][:31]
        report = build_receiver_report(ReceiverReport(self.local.audio_ssrc, tuple(blocks)))
        datagram = self._srtp.protect_rtcp(report)
        if datagram is not None:
            self._send(datagram)
        self._loop.call_later(REPORT_EVERY_S, self._report)

    # --- what is played

    def play(self, footage: Footage) -> None:
        """Camera and microphone, at a phase of their own, until `stop`."""
        if not self._playing:
            now = self._loop.time()
            self._playing = [
                _Camera(self, footage, now + random.random() * FRAME_S),
                _Microphone(self, footage, now + random.random() * AUDIO_S),
            ]
        for source in self._playing:
            source.resume()

    def stop(self) -> None:
        for source in self._playing:
            source.pause()

    def send_rtp(self, header: bytes, payload: bytes) -> None:
        assert self._srtp is not None
        datagram = self._srtp.protect(header + payload + STAMP.pack(time.time_ns()))
        if datagram is not None:
            self._send(datagram)
            self.sent += 1


class _Source(ABC):
    """Sends at a fixed pace of the loop's clock; a late tick is made up for, not skipped."""

    interval = 0.0

    def __init__(self, peer: LoadPeer, footage: Footage, start_at: float) -> None:
        self.peer = peer
        self.footage = footage
        self.number = random.getrandbits(14)
        self.timestamp = random.getrandbits(30)
        self._due = start_at
        self._paused = True
        self._loop = asyncio.get_running_loop()
        self._timer = self._loop.call_at(self._due, self._tick)

    def resume(self) -> None:
        self._paused = False

    def pause(self) -> None:
        self._paused = True

    def _tick(self) -> None:
        if not self._paused and self.peer._srtp is not None:
            self.tick()
        self.skip()
        self._due += self.interval
        self._timer = self._loop.call_at(self._due, self._tick)

    def end(self) -> None:
        self._timer.cancel()

    @abstractmethod
    def tick(self) -> None:
        """Send what is due."""

    @abstractmethod
    def skip(self) -> None:
        """Go on to the next tick, whether or not this one was sent."""


_FIRST_ID = {uri: EXTENSION_IDS[uri] << 4 for uri in (AUDIO_LEVEL, ABS_SEND_TIME, TRANSPORT_WIDE_CC)}
_AUDIO_EXTENSION = struct.pack("!HHBBH", 0xBEDE, 1, _FIRST_ID[AUDIO_LEVEL], 30, 0)


class _Microphone(_Source):
    interval = AUDIO_S

    def tick(self) -> None:
        number = self.number = (self.number + 1) & SEQUENCE_MASK
        header = FIXED.pack(0x90, OPUS, number, self.timestamp, self.peer.local.audio_ssrc)
        self.peer.send_rtp(header + _AUDIO_EXTENSION, self.footage.audio)

    def skip(self) -> None:
        self.timestamp = (self.timestamp + AUDIO_UNITS) & TIMESTAMP_MASK


class _Camera(_Source):
    interval = FRAME_S
    _frames = 0

    def resume(self) -> None:
        """Begin with a keyframe after a pause."""
        if self._paused:
            self._frames = 0
        super().resume()

    def tick(self) -> None:
        packets = self.footage.frame if self._frames % KEYFRAME_EVERY else self.footage.keyframe
        self._frames += 1
        last = len(packets) - 1
        for index, payload in enumerate(packets):
            number = self.number = (self.number + 1) & SEQUENCE_MASK
            kind = VP8 | (0x80 if index == last else 0)
            header = FIXED.pack(0x90, kind, number, self.timestamp, self.peer.local.video_ssrc)
            self.peer.send_rtp(header + self._extension(), payload)

    def skip(self) -> None:
        self.timestamp = (self.timestamp + FRAME_UNITS) & TIMESTAMP_MASK

    def _extension(self) -> bytes:
        """abs-send-time, and the transport-wide number where it was offered."""
        sent = int(time.time() * (1 << 18)) & 0xFFFFFF
        values = bytes([_FIRST_ID[ABS_SEND_TIME] | 2]) + sent.to_bytes(3, "big")
        if TWCC:
            number = self.peer.sent & SEQUENCE_MASK
            values += bytes([_FIRST_ID[TRANSPORT_WIDE_CC] | 1]) + number.to_bytes(2, "big") + b"\0"
        return struct.pack("!HH", 0xBEDE, len(values) // 4) + values


def _offer_only(dtls: DtlsSession, name: str) -> None:
    """So that all servers of a run encrypt alike."""
    profiles = [each for each in SRTP_PROFILES if each.openssl_profile.decode() == name]
    dtls._transport._srtp_profiles = profiles
