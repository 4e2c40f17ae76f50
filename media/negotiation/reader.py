"""Reading a client's session description (RFC 8866): untrusted text in, a `Description` out.

aiortc's own parser is not used: on hostile text it takes quadratic time and memory, and it loses what
we need (directions of header extensions, rids, bundle-only).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from media.negotiation.description import BadDescription, Codec, Description, Direction, MediaSection
from media.negotiation.simulcast import read_rids, read_simulcast
from media.protocol.messages import SDP_LIMIT

SECTIONS_LIMIT = 100  # sections of one description; a room of 30 with cameras has 60
FORMATS_LIMIT = 128  # payload types are 7 bits (RFC 3550 §5.1)
EXTENSION_IDS = range(1, 15)  # what the one-byte header can carry (RFC 8285 §4.2)
DIRECTIONS: tuple[Direction, ...] = ("sendrecv", "sendonly", "recvonly", "inactive")
BOTH_WAYS, UPLINK = ("", "/sendrecv"), ("/sendonly",)  # directions of an extmap (RFC 8285 §5)
SENT = BOTH_WAYS + UPLINK
HASHES = frozenset({"sha-256", "sha-384", "sha-512"})

MEDIA_LINE = re.compile(
    r"([a-z]{1,20}) (\d{1,5}) ([A-Z/]{1,40}) ([!-~]{1,32}(?: [!-~]{1,32})*) ?", re.ASCII
)
MID = re.compile(r"[!#-'*+\-.0-9A-Z^-~]{1,64}", re.ASCII)  # token of RFC 8866 §9
CREDENTIAL = re.compile(r"[A-Za-z0-9+/=_-]{1,256}", re.ASCII)  # ice-char (RFC 8839 §5.4), leniently
FINGERPRINT = re.compile(r"(\S{1,20}) ((?:[0-9A-Fa-f]{2}:){31,63}[0-9A-Fa-f]{2})", re.ASCII)
RTPMAP = re.compile(r"(\d{1,3}) ([!-.0-~]{1,40})/(\d{1,7})(?:/(\d{1,2}))?", re.ASCII)
EXTMAP = re.compile(r"(\d{1,5})(/[a-z]+)? (\S{1,200})(?: .*)?", re.ASCII)
NUMBERED = re.compile(r"(\d{1,10}|\*) ([ -~]{1,1000})", re.ASCII)
NUMBER = re.compile(r"\d{1,10}", re.ASCII)


class _Attributes:
    """The `a=` lines of one level, by name."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._values: dict[str, list[str]] = {}
        for line in lines:
            if line.startswith("a="):
                name, _, value = line[2:].partition(":")
                self._values.setdefault(name, []).append(value.strip())

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def all(self, name: str) -> list[str]:
        return self._values.get(name, [])

    def first(self, name: str) -> str | None:
        values = self._values.get(name)
        return values[0] if values else None


def parse_description(text: str) -> Description:
    """Parse an offer or answer. Raises BadDescription, and nothing else, on any text."""
    if len(text) > SDP_LIMIT:
        raise BadDescription("The description is too long.")
    session, *media = _split(text)
    if not session or session[0] != "v=0":
        raise BadDescription("A description begins with v=0.")
    if len(media) > SECTIONS_LIMIT:
        raise BadDescription(f"A description has at most {SECTIONS_LIMIT} sections.")
    attributes = _Attributes(session)
    sections = tuple(_parse_section(lines, attributes) for lines in media)
    if len({section.mid for section in sections}) < len(sections):
        raise BadDescription("Two sections have the same mid.")
    return Description(_session_id(session), _bundle(attributes), sections)


def _split(text: str) -> list[list[str]]:
    """The session's lines, then the lines of each section."""
    levels: list[list[str]] = [[]]
    for line in re.split(r"\r\n|\n|\r", text):
        if line.startswith("m="):
            levels.append([])
        levels[-1].append(line)
    return levels


def _session_id(lines: list[str]) -> str:
    """The second field of `o=` (RFC 8866 §5.2)."""
    fields = next((line.split() for line in lines if line.startswith("o=")), [])
    return fields[1][:64] if len(fields) > 1 else ""


def _bundle(session: _Attributes) -> tuple[str, ...]:
    groups = (value.split() for value in session.all("group"))
    return next((tuple(mids) for tag, *mids in filter(None, groups) if tag == "BUNDLE"), ())


def _parse_section(lines: list[str], session: _Attributes) -> MediaSection:
    match = MEDIA_LINE.fullmatch(lines[0][2:])
    if match is None:
        raise BadDescription("An m= line can't be read.")
    kind, port, protocol, formats = match.groups()
    own = _Attributes(lines[1:])
    mid = own.first("mid")
    if mid is None or not MID.fullmatch(mid):
        raise BadDescription("Each section needs a mid.")
    extmaps = _extmaps(own)
    return MediaSection(
        kind=kind,
        port=_number(port, 65535),
        protocol=protocol,
        formats=tuple(formats.split()[:FORMATS_LIMIT]),
        mid=mid,
        direction=_direction(own, session),
        bundle_only="bundle-only" in own,
        rtcp_mux="rtcp-mux" in own,
        codecs=_codecs(own) if kind in ("audio", "video") else (),
        extensions=_extensions(extmaps, BOTH_WAYS),
        uplink_extensions=_extensions(extmaps, UPLINK),
        extension_ids=frozenset(number for number, _, _ in extmaps),
        ssrcs=tuple(dict.fromkeys(_ssrcs(own))),
        repairs=_repairs(own),
        rids=read_rids(own.all("rid")),
        simulcast=read_simulcast(own.first("simulcast")),
        ufrag=_credential("ice-ufrag", own, session),
        pwd=_credential("ice-pwd", own, session),
        fingerprints=_fingerprints(own) or _fingerprints(session),
        setup=_setup(own, session),
    )


def _number(text: str, highest: int) -> int:
    """A decimal number from 0 to `highest`."""
    if not NUMBER.fullmatch(text) or int(text) > highest:
        raise BadDescription(f"{text[:20]!r} is not a number from 0 to {highest}.")
    return int(text)


def _direction(own: _Attributes, session: _Attributes) -> Direction:
    """RFC 8866 §6.7: the section's, else the session's, else sendrecv."""
    for level in (own, session):
        for direction in DIRECTIONS:
            if direction in level:
                return direction
    return "sendrecv"


def _codecs(own: _Attributes) -> tuple[Codec, ...]:
    lines = own.all("rtpmap")
    if len(lines) > FORMATS_LIMIT:
        raise BadDescription("A section has more codecs than payload types.")
    parameters = dict(_numbered(own, "fmtp"))
    feedback: dict[str, set[str]] = {}
    for payload_type, value in _numbered(own, "rtcp-fb"):
        feedback.setdefault(payload_type, set()).add(value)
    return tuple(_codec(line, parameters, feedback) for line in lines)


def _codec(line: str, parameters: dict[str, str], feedback: dict[str, set[str]]) -> Codec:
    match = RTPMAP.fullmatch(line)
    if match is None:
        raise BadDescription("An rtpmap line can't be read.")
    number, name, clock_rate, channels = match.groups()
    return Codec(
        payload_type=_number(number, 127),
        name=name,
        clock_rate=int(clock_rate),
        channels=int(channels or 1),
        parameters=parameters.get(number, ""),
        feedback=frozenset(feedback.get(number, set()) | feedback.get("*", set())),
    )


def _numbered(own: _Attributes, name: str) -> list[tuple[str, str]]:
    """Attributes whose value begins with a payload type or `*`; others are left out."""
    matches = (NUMBERED.fullmatch(value) for value in own.all(name))
    return [(match[1], match[2].strip()) for match in matches if match]


def _extmaps(own: _Attributes) -> list[tuple[int, str, str]]:
    """Id, direction ("" for both) and URI of each header extension (RFC 8285 §5)."""
    matches = [EXTMAP.fullmatch(value) for value in own.all("extmap")]
    if None in matches:
        raise BadDescription("An extmap line can't be read.")
    found = [(int(match[1]), match[2] or "", match[3]) for match in matches if match]
    sent = {(number, uri) for number, way, uri in found if way in SENT and number in EXTENSION_IDS}
    if len({number for number, _ in sent}) < len(sent):
        raise BadDescription("Two header extensions have the same id.")
    return found


def _extensions(extmaps: list[tuple[int, str, str]], directions: Sequence[str]) -> dict[str, int]:
    """The ids of those that are used in one of `directions`."""
    found: dict[str, int] = {}
    for number, direction, uri in extmaps:
        if direction in directions and number in EXTENSION_IDS:
            found.setdefault(uri, number)
    return found


def _ssrcs(own: _Attributes) -> Iterable[int]:
    return (_number(value.split(" ", 1)[0], 2**32 - 1) for value in own.all("ssrc"))


def _repairs(own: _Attributes) -> dict[int, int]:
    """The flow identification groups (RFC 5576 §4.2): each source and its retransmissions."""
    groups = (value.split() for value in own.all("ssrc-group"))
    pairs = (group[1:] for group in groups if len(group) == 3 and group[0] == "FID")
    return {_number(source, 2**32 - 1): _number(repair, 2**32 - 1) for source, repair in pairs}


def _credential(name: str, own: _Attributes, session: _Attributes) -> str | None:
    value = own.first(name) or session.first(name)
    if value is not None and not CREDENTIAL.fullmatch(value):
        raise BadDescription(f"The {name} can't be read.")
    return value


def _fingerprints(level: _Attributes) -> tuple[tuple[str, str], ...]:
    """Certificate hashes that we can check (RFC 8122 §5)."""
    matches = (FINGERPRINT.fullmatch(value) for value in level.all("fingerprint")[:8])
    pairs = ((match[1].lower(), match[2].upper()) for match in matches if match)
    return tuple(dict.fromkeys(pair for pair in pairs if pair[0] in HASHES))


def _setup(own: _Attributes, session: _Attributes) -> str | None:
    value = own.first("setup") or session.first("setup")
    if value not in (None, "active", "passive", "actpass"):
        raise BadDescription("The setup attribute must be active, passive or actpass.")
    return value
