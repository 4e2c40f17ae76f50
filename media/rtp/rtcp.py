"""RTCP as values: parsing compound packets and building ours.

RFC 3550 §6 (SR, RR, SDES, BYE), RFC 4585 §6 (generic NACK, PLI), RFC 5104 §4.3.1 (FIR),
draft-alvestrand-rmcat-remb-03 §2.2 (REMB); transport-wide feedback has its own module, `twcc`.
Reduced-size packets (RFC 5506) are accepted too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from struct import Struct

from media.rtp.errors import MalformedPacket
from media.rtp.sequence import SEQUENCE_MASK
from media.rtp.twcc import TransportFeedback, build_control_information, parse_control_information

SR, RR, SDES, BYE, RTPFB, PSFB = 200, 201, 202, 203, 205, 206
NACK_FORMAT, TRANSPORT_FORMAT = 1, 15  # of RTPFB
PLI_FORMAT, FIR_FORMAT, APPLICATION_FORMAT = 1, 4, 15  # of PSFB
REMB_NAME = b"REMB"
CNAME_ITEM = 1
BLP_BITS = 16  # packets after the first that one NACK item can name

COMMON = Struct(">BBH")  # version, padding, count or format; packet type; length in words less one
SENDER_INFO = Struct(">IQIII")  # SSRC, NTP timestamp, RTP timestamp, packet count, octet count
REPORT_BLOCK = Struct(">IIIIII")
FEEDBACK = Struct(">II")  # SSRC of packet sender, SSRC of media source
NACK_ITEM = Struct(">HH")  # packet id, bitmask of the following lost packets
FIR_ITEM = Struct(">IBxxx")  # SSRC, command sequence number
WORD = Struct(">I")


@dataclass(frozen=True, slots=True)
class ReportBlock:
    """How one source is received (RFC 3550 §6.4.1).

    `fraction_lost` is in 1/256, `packets_lost` is signed, `jitter` in timestamp units, `last_sr` the
    middle 32 bits of the NTP timestamp, `delay_since_last_sr` in 1/65536 s."""

    ssrc: int
    fraction_lost: int
    packets_lost: int
    highest_sequence: int
    jitter: int
    last_sr: int
    delay_since_last_sr: int


@dataclass(frozen=True, slots=True)
class SenderReport:
    """`ntp` is the 64-bit NTP timestamp."""

    ssrc: int
    ntp: int
    rtp_timestamp: int
    packet_count: int
    octet_count: int
    reports: tuple[ReportBlock, ...] = ()


@dataclass(frozen=True, slots=True)
class ReceiverReport:
    ssrc: int
    reports: tuple[ReportBlock, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceDescription:
    """(SSRC, CNAME) pairs; other items are left out."""

    cnames: tuple[tuple[int, bytes], ...]


@dataclass(frozen=True, slots=True)
class Goodbye:
    sources: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Nack:
    """Lost packets of `media_ssrc`, in the order they are asked for."""

    sender_ssrc: int
    media_ssrc: int
    sequence_numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PictureLossIndication:
    sender_ssrc: int
    media_ssrc: int


@dataclass(frozen=True, slots=True)
class FullIntraRequest:
    """`entries` are (SSRC, command sequence number)."""

    sender_ssrc: int
    entries: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class ReceiverEstimatedMaxBitrate:
    """`bitrate` is in bit/s, for the sum of `ssrcs`."""

    sender_ssrc: int
    bitrate: int
    ssrcs: tuple[int, ...]


RtcpPacket = (
    SenderReport
    | ReceiverReport
    | SourceDescription
    | Goodbye
    | Nack
    | TransportFeedback
    | PictureLossIndication
    | FullIntraRequest
    | ReceiverEstimatedMaxBitrate
)


# --- parsing


def parse_compound(data: bytes) -> list[RtcpPacket]:
    """All packets of one datagram that we understand; other types are passed over.

    Raises MalformedPacket on a wrong version, a length that lies or a body too short for its type."""
    packets = []
    for kind, count, body in _split(data):
        parse = _PARSERS.get(kind)
        packet = parse(count, body) if parse else None
        if packet is not None:
            packets.append(packet)
    return packets


def _split(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """(packet type, count or format, body without padding) of each packet."""
    offset = 0
    if not data:
        raise MalformedPacket("RTCP datagram is empty")
    while offset < len(data):
        if offset + COMMON.size > len(data):
            raise MalformedPacket("RTCP header is cut off")
        flags, kind, words = COMMON.unpack_from(data, offset)
        if flags >> 6 != 2:
            raise MalformedPacket("RTCP version is not 2")
        end = offset + 4 + 4 * words
        if end > len(data):
            raise MalformedPacket("RTCP packet is cut off")
        body = data[offset + 4 : end]
        yield kind, flags & 0x1F, _without_padding(body) if flags & 0x20 else body
        offset = end


def _without_padding(body: bytes) -> bytes:
    """RFC 3550 §6.4.1: the last byte counts the padding bytes, itself included."""
    if not body or not 0 < body[-1] <= len(body):
        raise MalformedPacket("RTCP padding is longer than its packet")
    return body[: -body[-1]]


def _need(body: bytes, size: int) -> None:
    if len(body) < size:
        raise MalformedPacket("RTCP packet is too short for its type")


def _parse_sr(count: int, body: bytes) -> SenderReport:
    _need(body, SENDER_INFO.size)
    ssrc, ntp, rtp_timestamp, packet_count, octet_count = SENDER_INFO.unpack_from(body)
    reports = _parse_reports(count, body, SENDER_INFO.size)
    return SenderReport(ssrc, ntp, rtp_timestamp, packet_count, octet_count, reports)


def _parse_rr(count: int, body: bytes) -> ReceiverReport:
    _need(body, WORD.size)
    return ReceiverReport(WORD.unpack_from(body)[0], _parse_reports(count, body, WORD.size))


def _parse_reports(count: int, body: bytes, offset: int) -> tuple[ReportBlock, ...]:
    _need(body, offset + count * REPORT_BLOCK.size)
    return tuple(_parse_report(body, offset + index * REPORT_BLOCK.size) for index in range(count))


def _parse_report(body: bytes, offset: int) -> ReportBlock:
    ssrc, lost, highest, jitter, last_sr, delay = REPORT_BLOCK.unpack_from(body, offset)
    packets_lost = lost & 0xFFFFFF
    if packets_lost & 0x800000:
        packets_lost -= 0x1000000
    return ReportBlock(ssrc, lost >> 24, packets_lost, highest, jitter, last_sr, delay)


def _parse_sdes(count: int, body: bytes) -> SourceDescription:
    cnames = []
    offset = 0
    for _ in range(count):
        _need(body, offset + WORD.size)
        ssrc = WORD.unpack_from(body, offset)[0]
        cname, offset = _parse_sdes_items(body, offset + WORD.size)
        if cname is not None:
            cnames.append((ssrc, cname))
    return SourceDescription(tuple(cnames))


def _parse_sdes_items(body: bytes, offset: int) -> tuple[bytes | None, int]:
    """(CNAME, offset of the next chunk). A zero byte ends the items, then zeros up to a word."""
    cname = None
    while True:
        _need(body, offset + 1)
        if body[offset] == 0:
            return cname, (offset // 4 + 1) * 4
        _need(body, offset + 2)
        end = offset + 2 + body[offset + 1]
        _need(body, end)
        if body[offset] == CNAME_ITEM:
            cname = body[offset + 2 : end]
        offset = end


def _parse_bye(count: int, body: bytes) -> Goodbye:
    _need(body, count * WORD.size)
    return Goodbye(tuple(source for (source,) in WORD.iter_unpack(body[: count * WORD.size])))


def _parse_rtpfb(format: int, body: bytes) -> Nack | TransportFeedback | None:
    if format == NACK_FORMAT:
        return _parse_nack(body)
    if format == TRANSPORT_FORMAT:
        return parse_control_information(*_parse_feedback(body, 1))
    return None


def _parse_nack(body: bytes) -> Nack:
    sender, media, items = _parse_feedback(body, NACK_ITEM.size)
    sequence_numbers: list[int] = []
    for first, mask in NACK_ITEM.iter_unpack(items):
        sequence_numbers.append(first)
        sequence_numbers.extend(
            (first + 1 + bit) & SEQUENCE_MASK for bit in range(BLP_BITS) if mask >> bit & 1
        )
    return Nack(sender, media, tuple(sequence_numbers))


def _parse_feedback(body: bytes, item_size: int) -> tuple[int, int, bytes]:
    """(SSRC of packet sender, SSRC of media source, feedback control information)."""
    _need(body, FEEDBACK.size)
    sender, media = FEEDBACK.unpack_from(body)
    items = body[FEEDBACK.size :]
    if len(items) % item_size:
        raise MalformedPacket("RTCP feedback items are cut off")
    return sender, media, items


def _parse_psfb(
    format: int, body: bytes
) -> PictureLossIndication | FullIntraRequest | ReceiverEstimatedMaxBitrate | None:
    if format == PLI_FORMAT:
        sender, media, _ = _parse_feedback(body, 1)
        return PictureLossIndication(sender, media)
    if format == FIR_FORMAT:
        sender, _, items = _parse_feedback(body, FIR_ITEM.size)
        return FullIntraRequest(sender, tuple(FIR_ITEM.iter_unpack(items)))
    if format == APPLICATION_FORMAT:
        return _parse_remb(body)
    return None


def _parse_remb(body: bytes) -> ReceiverEstimatedMaxBitrate | None:
    """Other application layer feedback has another name: passed over."""
    sender, _, items = _parse_feedback(body, 1)
    if items[:4] != REMB_NAME:
        return None
    _need(items, 8)
    count = items[4]
    _need(items, 8 + count * WORD.size)
    exponent = items[5] >> 2
    mantissa = (items[5] & 0x03) << 16 | items[6] << 8 | items[7]
    ssrcs = tuple(ssrc for (ssrc,) in WORD.iter_unpack(items[8 : 8 + count * WORD.size]))
    return ReceiverEstimatedMaxBitrate(sender, mantissa << exponent, ssrcs)


_PARSERS: dict[int, Callable[[int, bytes], RtcpPacket | None]] = {
    SR: _parse_sr,
    RR: _parse_rr,
    SDES: _parse_sdes,
    BYE: _parse_bye,
    RTPFB: _parse_rtpfb,
    PSFB: _parse_psfb,
}


# --- building


def _packet(kind: int, count: int, body: bytes) -> bytes:
    """`body` must be whole words."""
    return COMMON.pack(0x80 | count, kind, len(body) // 4) + body


def build_sender_report(report: SenderReport) -> bytes:
    info = SENDER_INFO.pack(
        report.ssrc, report.ntp, report.rtp_timestamp, report.packet_count, report.octet_count
    )
    return _packet(SR, len(report.reports), info + _build_reports(report.reports))


def build_receiver_report(report: ReceiverReport) -> bytes:
    body = WORD.pack(report.ssrc) + _build_reports(report.reports)
    return _packet(RR, len(report.reports), body)


def _build_reports(reports: Sequence[ReportBlock]) -> bytes:
    return b"".join(
        REPORT_BLOCK.pack(
            block.ssrc,
            block.fraction_lost << 24 | block.packets_lost & 0xFFFFFF,
            block.highest_sequence,
            block.jitter,
            block.last_sr,
            block.delay_since_last_sr,
        )
        for block in reports
    )


def build_sdes(ssrc: int, cname: bytes) -> bytes:
    """One chunk with its CNAME (at most 255 bytes)."""
    chunk = WORD.pack(ssrc) + bytes((CNAME_ITEM, len(cname))) + cname
    return _packet(SDES, 1, chunk + bytes(4 - len(chunk) % 4))


def build_nack(sender_ssrc: int, media_ssrc: int, sequence_numbers: Iterable[int]) -> bytes:
    """Generic NACK; numbers in ascending order (modulo 2**16) pack best."""
    items = b"".join(NACK_ITEM.pack(first, mask) for first, mask in _nack_items(sequence_numbers))
    return _packet(RTPFB, NACK_FORMAT, FEEDBACK.pack(sender_ssrc, media_ssrc) + items)


def _nack_items(sequence_numbers: Iterable[int]) -> list[tuple[int, int]]:
    items: list[tuple[int, int]] = []
    for number in sequence_numbers:
        if items:
            first, mask = items[-1]
            ahead = (number - first - 1) & SEQUENCE_MASK
            if ahead < BLP_BITS:
                items[-1] = (first, mask | 1 << ahead)
                continue
        items.append((number, 0))
    return items


def build_transport_feedback(feedback: TransportFeedback) -> bytes:
    ssrcs = FEEDBACK.pack(feedback.sender_ssrc, feedback.media_ssrc)
    return _packet(RTPFB, TRANSPORT_FORMAT, ssrcs + build_control_information(feedback))


def build_pli(sender_ssrc: int, media_ssrc: int) -> bytes:
    return _packet(PSFB, PLI_FORMAT, FEEDBACK.pack(sender_ssrc, media_ssrc))


def build_remb(sender_ssrc: int, bitrate: int, ssrcs: Sequence[int]) -> bytes:
    """`bitrate` in bit/s; rounded down to what 18 bits of mantissa can say."""
    exponent = max(0, bitrate.bit_length() - 18)
    mantissa = bitrate >> exponent
    head = bytes((len(ssrcs), exponent << 2 | mantissa >> 16, mantissa >> 8 & 0xFF, mantissa & 0xFF))
    targets = b"".join(WORD.pack(ssrc) for ssrc in ssrcs)
    return _packet(PSFB, APPLICATION_FORMAT, FEEDBACK.pack(sender_ssrc, 0) + REMB_NAME + head + targets)


def build_bye(sources: Sequence[int]) -> bytes:
    return _packet(BYE, len(sources), b"".join(WORD.pack(source) for source in sources))
