"""What a network and a malicious participant may send to a node: datagrams of strangers, and packets
that are authentic and yet wrong in every field."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

from media.rtp.header import FIXED
from media.rtp.rtcp import (
    ReceiverReport,
    ReportBlock,
    SenderReport,
    build_bye,
    build_nack,
    build_pli,
    build_receiver_report,
    build_remb,
    build_sdes,
    build_sender_report,
    build_transport_feedback,
)
from media.rtp.twcc import TransportFeedback
from tests.media.transport.peers import binding_request

LONGEST = 1400  # bytes
CLIENT_HELLO = b"\x16\xfe\xfd" + bytes(8) + b"\x00\xc0\x01" + bytes(191)
RTX_SHIFT = 1  # payload types: a codec's retransmissions are the next number
ONE_BYTE, TWO_BYTE = 0xBEDE, 0x1000


class Noise:
    """Datagrams of somebody who belongs to no call. `ufrags` are real ones, their passwords unknown."""

    def __init__(self, random: Random, ufrags: Sequence[str]) -> None:
        self._random = random
        self._checks = [binding_request(ufrag, "wrong" * 5) for ufrag in (*ufrags, "nobody")]
        self._kinds: tuple[Callable[[], bytes], ...] = (
            bytes,
            self._anything,
            self._check,
            self._cut_check,
            self._record,
            self._rtp,
            self._rtcp,
        )

    def datagram(self) -> bytes:
        return self._random.choice(self._kinds)()

    def _anything(self) -> bytes:
        return self._random.randbytes(self._random.randint(1, LONGEST))

    def _check(self) -> bytes:
        return mutated(self._random, self._random.choice(self._checks))

    def _cut_check(self) -> bytes:
        check = self._random.choice(self._checks)
        return check[: self._random.randrange(len(check))]

    def _record(self) -> bytes:
        return mutated(self._random, CLIENT_HELLO)[: self._random.randint(1, len(CLIENT_HELLO))]

    def _rtp(self) -> bytes:
        return b"\x80\x60" + self._random.randbytes(self._random.randrange(LONGEST))

    def _rtcp(self) -> bytes:
        return b"\x81\xc9" + self._random.randbytes(self._random.randrange(100))


class Malice:
    """Packets of a participant who has keys: `own` and `foreign` are SSRCs (its own, somebody else's),
    `payload_types` those that were agreed on."""

    def __init__(
        self, random: Random, own: Sequence[int], foreign: Sequence[int], payload_types: Sequence[int]
    ) -> None:
        self._random = random
        self._own = own
        self._ssrcs = (*own, *foreign, *(random.getrandbits(32) for _ in range(16)))
        self._payload_types = (*payload_types, 0, 63, 95, 127)
        self._numbers = dict.fromkeys(self._ssrcs, 0)
        self._compounds = self._make_compounds((*own, *foreign))

    def rtp(self) -> bytes:
        """Version, CSRC count and extension length hold, or libsrtp would not even encrypt it; padding,
        extension elements, numbers and payload are anything."""
        random = self._random
        ssrc = random.choice(self._ssrcs)
        # Its own replay list wants numbers that rise.
        number = self._numbers[ssrc] = (self._numbers[ssrc] + random.choice((1, 1, 2, 300))) & 0xFFFF
        flags = 0x80 | random.choice((0, 0x20)) | random.choice((0, 0x10))
        csrcs = random.choice((0, 0, 0, 3))
        kind = random.choice(self._payload_types) | random.choice((0, 0x80))
        packet = FIXED.pack(flags | csrcs, kind, number, random.getrandbits(32), ssrc)
        packet += random.randbytes(4 * csrcs)
        if flags & 0x10:
            packet += self._extension()
        return packet + random.randbytes(random.choice((0, 1, 2, 3, 10, 100, 1000)))

    def _extension(self) -> bytes:
        words = self._random.choice((0, 1, 2, 8))
        profile = self._random.choice((ONE_BYTE, ONE_BYTE, TWO_BYTE, 0x4242))
        return profile.to_bytes(2, "big") + words.to_bytes(2, "big") + self._random.randbytes(4 * words)

    def rtcp(self) -> bytes:
        """A compound packet that lies; its first words hold, or libsrtp would not encrypt it."""
        whole = mutated(self._random, self._random.choice(self._compounds))
        sender = self._random.choice(self._own).to_bytes(4, "big")
        cut = self._random.randint(8, max(8, len(whole)))
        return bytes([0x80 | whole[0] & 0x1F]) + whole[1:4].ljust(3, b"\0") + sender + whole[8:cut]

    def _make_compounds(self, ssrcs: Sequence[int]) -> list[bytes]:
        mine, other = ssrcs[0], ssrcs[-1]
        block = ReportBlock(other, 255, -8, 9, 0xFFFFFFFF, 11, 12)
        feedback = TransportFeedback(mine, other, 65530, 40, 7, 8, ((0, 3), (1, 400), (39, 650)))
        return [
            build_sender_report(SenderReport(mine, 2 << 32, 3, 4, 5, (block,))) + build_bye([other]),
            build_receiver_report(ReceiverReport(mine, (block,) * 31)),
            build_sdes(mine, b"somebody") + build_bye([mine]),
            build_nack(mine, other, range(0, 60_000, 30)),
            build_pli(mine, other) * 20,
            build_remb(mine, 1, [other]),
            build_remb(mine, (1 << 62) - 1, [mine, other]),
            build_transport_feedback(feedback) * 3,
            bytes.fromhex("8fce0003 00000001 00000000 52454d42"),
            bytes.fromhex("84ce0006 00000001 00000000") + other.to_bytes(4, "big") + bytes(12),
            bytes([0x80, 0xD0, 0, 1]) + bytes(60),
        ]


def mutated(random: Random, data: bytes) -> bytes:
    """A few bytes changed, at times cut short."""
    changed = bytearray(data)
    for _ in range(random.randrange(5)):
        changed[random.randrange(len(changed))] = random.getrandbits(8)
    return bytes(changed[: random.randint(1, len(changed))] if random.random() < 0.2 else changed)
