"""Which section carries which track of ours: the next offer's sections, worked out from the last ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from media.negotiation.codecs import AgreedCodec, codec_named
from media.negotiation.events import Kind, Outgoing
from media.negotiation.numbers import Numbers
from media.negotiation.reader import SECTIONS_LIMIT
from media.negotiation.sections import Rejected, Section, Sending

INVITED: tuple[Kind, ...] = ("audio", "video")  # how our offer begins when the client made none


class Placement:
    """The sections of one offer in the making.

    A section that is freed stays inactive in this offer and is free for a later one: the client sees
    one track end before another begins, also where both are in one batch."""

    def __init__(self, sections: Sequence[Section | Rejected], numbers: Numbers, random: Random) -> None:
        self.sections = list(sections)
        self._numbers = numbers
        self._random = random
        self._free = {
            index
            for index, section in enumerate(sections)
            if isinstance(section, Section) and section.ours and section.sending is None
        }

    def invite(self) -> None:
        """Begin with a section of each kind in which the client may answer with a track."""
        for kind in INVITED:
            index = self._append(kind, None, invites=True)
            if index is not None:
                self._free.add(index)

    def release(self) -> None:
        """Give up what was stopped."""
        for index, section in enumerate(self.sections):
            if isinstance(section, Section) and section.sending and section.sending.stopped:
                self.sections[index] = replace(section, sending=None)

    def put(self, track: Outgoing) -> bool:
        """Send `track` in a free section of its kind, else in a new one; False when there is no room."""
        index = self._reuse(track)
        if index is None:
            index = self._append(track.kind, track.codec)
        if index is not None:
            self._fill(index, track)
        return index is not None

    def _reuse(self, track: Outgoing) -> int | None:
        """The index of a free section that can carry the track's codec."""
        for index in sorted(self._free):
            section = self.sections[index]
            if isinstance(section, Section) and section.kind == track.kind:
                codec = self._codec_in(section, track)
                if codec is not None:
                    self._free.remove(index)
                    self.sections[index] = replace(section, codec=codec)
                    return index
        return None

    def _codec_in(self, section: Section, track: Outgoing) -> AgreedCodec | None:
        """The track's codec in that section; a track of the client's there holds it to its own."""
        name = codec_named(track.codec, track.kind).name
        if section.codec.name == name:
            return section.codec
        return self._numbers.codec(name, track.kind) if section.receiving is None else None

    def _append(self, kind: Kind, codec_name: str | None, invites: bool = False) -> int | None:
        """A new section at the end; sections are never taken away (RFC 3264 §8)."""
        codec = self._numbers.codec(codec_name, kind)
        if codec is None or len(self.sections) >= SECTIONS_LIMIT:
            return None
        extensions = self._numbers.extensions(kind)
        self.sections.append(Section(self._mid(), kind, codec, extensions, ours=True, invites=invites))
        return len(self.sections) - 1

    def _fill(self, index: int, track: Outgoing) -> None:
        section = self.sections[index]
        if isinstance(section, Section):
            self.sections[index] = replace(section, sending=self._sending(track, section.codec))

    def _mid(self) -> str:
        """A mid that a client doesn't invent, short for the header extension (RFC 9143 §15.2)."""
        used = {section.mid for section in self.sections}
        return next(mid for number in range(len(used) + 1) if (mid := f"s{number}") not in used)

    def _sending(self, track: Outgoing, codec: AgreedCodec) -> Sending:
        ssrc = self._ssrc(())
        rtx_ssrc = self._ssrc((ssrc,)) if codec.rtx_payload_type is not None else None
        return Sending(track, ssrc, rtx_ssrc)

    def _ssrc(self, taken: Sequence[int]) -> int:
        """A random SSRC that nobody on this connection uses (RFC 3550 §8.1)."""
        used = {0, *taken, *_ssrcs(self.sections)}
        while (ssrc := self._random.getrandbits(32)) in used:
            pass
        return ssrc


def _ssrcs(sections: Sequence[Section | Rejected]) -> set[int | None]:
    live = [section for section in sections if isinstance(section, Section)]
    halves = [half for section in live for half in (section.sending, section.receiving) if half]
    return {number for half in halves for number in (half.ssrc, half.rtx_ssrc)}
