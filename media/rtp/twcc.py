"""Transport-wide congestion control: numbers in packets, and feedback on when each arrived.

draft-holmer-rmcat-transport-wide-cc-extensions-01: §2 the header extension, §3.1 the feedback message
(format 15 of RTPFB). Here is what stands behind the two SSRCs; `rtcp` makes a packet of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from struct import Struct

from media.rtp.errors import MalformedPacket
from media.rtp.extensions import ONE_BYTE, read_extension
from media.rtp.header import Header

TICKS_PER_SECOND = 4000  # deltas count 250 µs
TICKS_PER_REFERENCE = 256  # the reference time counts 64 ms
REFERENCE_MASK = 0xFFFFFF  # it has 24 bits
COUNT_MASK = 0xFF  # so has the count of feedback packets 8

NOT_RECEIVED, SMALL, LARGE = 0, 1, 2  # packet status symbols; 3 is reserved
SMALL_MAX = 255  # ticks in one unsigned byte
LARGE_MIN, LARGE_MAX = -0x8000, 0x7FFF  # ticks in two signed ones
ONE_BIT_SYMBOLS, TWO_BIT_SYMBOLS = 14, 7  # in one status vector chunk
RUN_MAX = 0x1FFF  # symbols of one run length chunk
NO_NUMBER = -1

HEAD = Struct(">HHI")  # base sequence number, packet status count, reference time and packet count
CHUNK = Struct(">H")
LARGE_DELTA = Struct(">h")
NUMBER = Struct(">H")


@dataclass(frozen=True, slots=True)
class TransportFeedback:
    """Which of the `size` packets from number `base` on arrived, and when.

    `received` holds (place after `base`, arrival in ticks of 250 µs after the reference time), with
    rising places. `reference` is in 64 ms modulo 2**24, on a clock of the receiver's own; `count`
    numbers the feedback packets modulo 256."""

    sender_ssrc: int
    media_ssrc: int
    base: int
    size: int
    reference: int
    count: int
    received: tuple[tuple[int, int], ...]


def transport_number(packet: bytes, header: Header, id: int) -> int:
    """The transport-wide number that a packet carries, or NO_NUMBER; on the hot path."""
    if header.extension_profile != ONE_BYTE:
        return _rare_number(packet, header, id)
    offset, end = header.extension_offset, header.payload_offset
    wanted = id << 4 | 1
    while offset < end:
        first = packet[offset]
        if first == wanted:
            return packet[offset + 1] << 8 | packet[offset + 2] if offset + 3 <= end else NO_NUMBER
        if first >> 4 == 15:
            return NO_NUMBER
        offset += (first & 0x0F) + 2 if first >> 4 else 1
    return NO_NUMBER


def _rare_number(packet: bytes, header: Header, id: int) -> int:
    """In the two-byte form, which nobody sends without need."""
    try:
        value = read_extension(packet, header, id)
    except MalformedPacket:
        return NO_NUMBER
    return NO_NUMBER if value is None or len(value) != NUMBER.size else int(NUMBER.unpack(value)[0])


# --- parsing


def parse_control_information(sender_ssrc: int, media_ssrc: int, data: bytes) -> TransportFeedback:
    """What stands behind the SSRCs of a feedback packet. Raises MalformedPacket."""
    if len(data) < HEAD.size:
        raise MalformedPacket("transport feedback is too short")
    base, size, tail = HEAD.unpack_from(data)
    if not size:
        raise MalformedPacket("transport feedback is on no packet")
    symbols, offset = _parse_chunks(data, size)
    received = tuple(_parse_deltas(data, offset, symbols))
    return TransportFeedback(sender_ssrc, media_ssrc, base, size, tail >> 8, tail & COUNT_MASK, received)


def _parse_chunks(data: bytes, size: int) -> tuple[list[tuple[int, int]], int]:
    """((place, symbol) of each received packet, where the deltas begin).

    A run of lost packets costs nothing, however long a few bytes say it is."""
    symbols: list[tuple[int, int]] = []
    offset, place = HEAD.size, 0
    while place < size:
        if offset + CHUNK.size > len(data):
            raise MalformedPacket("transport feedback lacks status chunks")
        chunk = CHUNK.unpack_from(data, offset)[0]
        offset += CHUNK.size
        if chunk & 0x8000:
            found = _vector(chunk)[: size - place]
            symbols += [(place + at, symbol) for at, symbol in enumerate(found) if symbol]
            place += len(found)
        else:
            run, symbol = min(chunk & RUN_MAX, size - place), chunk >> 13
            symbols += [(place + at, symbol) for at in range(run)] if symbol else []
            place += run
        if len(symbols) > len(data):
            raise MalformedPacket("transport feedback has fewer deltas than packets")
    return symbols, offset


def _vector(chunk: int) -> list[int]:
    if chunk & 0x4000:
        return [chunk >> shift & 3 for shift in range(12, -1, -2)]
    return [chunk >> shift & 1 for shift in range(13, -1, -1)]


def _parse_deltas(data: bytes, offset: int, symbols: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    ticks = 0
    for place, symbol in symbols:
        if symbol == SMALL and offset < len(data):
            ticks += data[offset]
        elif symbol == LARGE and offset + LARGE_DELTA.size <= len(data):
            ticks += LARGE_DELTA.unpack_from(data, offset)[0]
        else:
            raise MalformedPacket("transport feedback has a reserved symbol or lacks deltas")
        offset += symbol  # a small delta takes one byte, a large one two
        yield place, ticks


# --- building


def build_control_information(feedback: TransportFeedback) -> bytes:
    """What stands behind the SSRCs, in whole words.

    An arrival over 8 s away from the one before it is said to be as far as can be said."""
    symbols = [NOT_RECEIVED] * feedback.size
    deltas = bytearray()
    before = 0
    for place, ticks in feedback.received:
        delta = min(max(ticks - before, LARGE_MIN), LARGE_MAX)
        before += delta
        if 0 <= delta <= SMALL_MAX:
            symbols[place] = SMALL
            deltas.append(delta)
        else:
            symbols[place] = LARGE
            deltas += LARGE_DELTA.pack(delta)
    head = HEAD.pack(feedback.base, feedback.size, feedback.reference << 8 | feedback.count)
    body = head + b"".join(CHUNK.pack(chunk) for chunk in _chunks(symbols)) + deltas
    return body + bytes(-len(body) % 4)


def _chunks(symbols: list[int]) -> Iterator[int]:
    """Runs where they are longer than a vector; else the vector that takes more symbols."""
    place = 0
    while place < len(symbols):
        run = _run(symbols, place)
        ahead = symbols[place : place + ONE_BIT_SYMBOLS]
        if run == len(symbols) - place or run >= ONE_BIT_SYMBOLS:
            yield symbols[place] << 13 | run
            place += run
        elif LARGE not in ahead:
            yield 0x8000 | _packed(ahead, ONE_BIT_SYMBOLS, 1)
            place += ONE_BIT_SYMBOLS
        elif run >= TWO_BIT_SYMBOLS:
            yield symbols[place] << 13 | run
            place += run
        else:
            yield 0xC000 | _packed(ahead[:TWO_BIT_SYMBOLS], TWO_BIT_SYMBOLS, 2)
            place += TWO_BIT_SYMBOLS


def _run(symbols: list[int], place: int) -> int:
    """How many equal symbols begin here, as many as one chunk can say."""
    end = min(place + RUN_MAX, len(symbols))
    at = place
    while at < end and symbols[at] == symbols[place]:
        at += 1
    return at - place


def _packed(symbols: list[int], room: int, bits: int) -> int:
    value = 0
    for symbol in symbols:
        value = value << bits | symbol
    return value << bits * (room - len(symbols))
