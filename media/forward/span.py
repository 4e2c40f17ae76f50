"""How a run of packets of one stream is mapped to what one subscriber gets.

A subscriber sees one stream whose sequence numbers, timestamps and picture ids go on, whichever layer or
track they come from. Each span has its offsets; the older ones are kept for a while, since a packet that
was sent before a switch may be asked for after it.
"""

from __future__ import annotations

from collections.abc import Iterator

from media.forward.cache import SLOTS
from media.forward.clock import SenderClock, aligned
from media.forward.source import TrackSource
from media.rtp.header import Header, parse_header
from media.rtp.sequence import SEQUENCE_MASK, timestamp_step
from media.rtp.vp8 import FrameIds, IdStep, frame_ids

FIRST_SEQUENCE_MASK = 0x7FFF  # a low start: early loss is not taken for a wrap (RFC 3711 §3.3.1)
LOOKED_BACK = 32  # packets, for one that is not padding
AHEAD_S, BEHIND_S = 0.2, 2.0  # of the time that went by: more than this, and the reports are wrong


class Span:
    """The numbers of `source` plus the offsets give the subscriber's.

    `newest` is the source's number that was forwarded last in order, with `packet` at `sent_at`; `length`
    is how many numbers before it belong to the span (-1: not even it may be sent again).
    `true_offset` is the timestamp offset that the publisher's clock asks for; the one in use may be a
    little larger, since timestamps never go back."""

    __slots__ = (
        "_end",
        "_restarts",
        "began_at",
        "ended_at",
        "ids",
        "length",
        "newest",
        "packet",
        "sent_at",
        "sequence_offset",
        "source",
        "timestamp_offset",
        "true_offset",
    )

    def __init__(self, source: TrackSource, packet: bytes, header: Header, now: float) -> None:
        self.source = source
        self.newest = header.sequence_number
        self.length = 0
        self.packet = packet
        self.began_at = self.sent_at = now
        self.ended_at: float | None = None
        self.sequence_offset = (header.sequence_number & FIRST_SEQUENCE_MASK) - header.sequence_number
        self.timestamp_offset = self.true_offset = 0
        self.ids: IdStep | None = None
        self._restarts = source.restarts
        self._end = 0  # the source's position with `newest`, once the span has ended

    @property
    def valid(self) -> bool:
        """False when the source began anew: its numbers mean other packets now."""
        return self._restarts == self.source.restarts

    def end(self, now: float) -> None:
        """No packet follows; what was sent can still be found."""
        if self.ended_at is None:
            self.ended_at = now
            self._end = self.source.position

    def find(self, number: int) -> bytes | None:
        """The packet that went, or would have gone, to the subscriber under `number`."""
        wanted = (number - self.sequence_offset) & SEQUENCE_MASK
        behind = (self.newest - wanted) & SEQUENCE_MASK
        if behind > self.length or behind >= SLOTS or not self.valid:
            return None
        if self.ended_at is not None and self.source.position - self._end + behind >= SLOTS:
            return None
        return self.source.cached(wanted)

    # --- going on from another span

    def follow(self, old: Span, packet: bytes, header: Header, now: float) -> None:
        """Let this one's first packet be the next after all that `old` sent."""
        number = old.newest + old.sequence_offset + 1
        self.sequence_offset = number - header.sequence_number
        self._follow_time(old, header, now)
        if self.source.codec == "VP8":
            self.ids = _next_ids(old, packet, header)

    def _follow_time(self, old: Span, header: Header, now: float) -> None:
        last = parse_header(old.packet).timestamp
        if old.source is self.source and old.valid:
            self.true_offset = old.true_offset
        else:
            self.true_offset = self._captured(old, last, header, now) - header.timestamp
        lead = timestamp_step(last + old.timestamp_offset, header.timestamp + self.true_offset)
        self.timestamp_offset = self.true_offset + max(0, 1 - lead)

    def _captured(self, old: Span, last: int, header: Header, now: float) -> int:
        """When the packet was captured, on the subscriber's clock: by both streams' Sender Reports where
        they can be believed, else by the time that went by since `last`."""
        rate = self.source.clock_rate
        went_by = last + old.true_offset + max(1, int((now - old.sent_at) * rate))
        before, here = old._clock(), self._clock()
        if before is None or here is None:
            return went_by
        told = aligned(before, here, header.timestamp, rate) + old.true_offset
        believed = -BEHIND_S * rate <= timestamp_step(went_by, told) <= AHEAD_S * rate
        return told if believed else went_by

    def _clock(self) -> SenderClock | None:
        return self.source.sender_clock() if self.valid else None

    def last_ids(self) -> FrameIds:
        """The newest frame's ids, as the subscriber got them; padding has none."""
        for packet in self._newest_packets():
            offset = parse_header(packet).payload_offset
            descriptor = self.ids.descriptor(packet, offset)[0] if self.ids else packet[offset:]
            found = frame_ids(descriptor, 0)
            if found.picture_id is not None:
                return found
        return FrameIds()

    def _newest_packets(self) -> Iterator[bytes]:
        yield self.packet
        for behind in range(1, min(self.length, LOOKED_BACK) + 1):
            packet = self.source.cached((self.newest - behind) & SEQUENCE_MASK)
            if packet is not None and self.valid:
                yield packet


def _next_ids(old: Span, packet: bytes, header: Header) -> IdStep | None:
    """What moves the frame that starts here to the id after the last one."""
    last, here = old.last_ids(), frame_ids(packet, header.payload_offset)
    picture_id = tl0picidx = 0
    if last.picture_id is not None and here.picture_id is not None:
        picture_id = last.picture_id + 1 - here.picture_id
    if last.tl0picidx is not None and here.tl0picidx is not None:
        tl0picidx = last.tl0picidx + 1 - here.tl0picidx
    return IdStep(picture_id, tl0picidx, here.long) if picture_id or tl0picidx else None
