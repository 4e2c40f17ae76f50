"""What we and one RTCPeerConnection of the client have agreed: its sections and how they change.

Descriptions go in, texts come out. When an offer may be made, and what the owner has to do, is
`session`'s to know.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import replace
from random import Random
from typing import Literal

from media.negotiation.client import Client, read_transport
from media.negotiation.description import BadDescription, Description, Direction
from media.negotiation.events import Deliver, LocalTransport, Offer, Outgoing, Publish
from media.negotiation.labels import label
from media.negotiation.numbers import Numbers
from media.negotiation.placement import Placement
from media.negotiation.sections import (
    Rejected,
    Section,
    Sending,
    answer_direction,
    answered,
    delivery,
    offer_direction,
    offered,
    publication,
)
from media.negotiation.writer import Origin, write_description
from media.protocol.messages import TrackLabel
from media.transport.parameters import RemoteTransport

Sections = tuple[Section | Rejected, ...]
Wanted = Mapping[Hashable, Outgoing]  # tracks by key


class Agreement:
    """The state shared with one RTCPeerConnection. Methods raise BadDescription before they change it."""

    def __init__(self, local: LocalTransport, random: Random) -> None:
        self.local = local
        self.client: Client | None = None
        self._role: Literal["active", "passive"] = "passive"  # ours in DTLS
        self._sections: Sections = ()
        self._numbers = Numbers()
        self._declined: frozenset[Hashable] = frozenset()  # tracks whose section the client rejected
        self._random = random
        self._origin = Origin(random.getrandbits(62), 0)

    @property
    def remote(self) -> RemoteTransport | None:
        """The client's transport; its `setup` is the role that it takes."""
        if self.client is None or self.client.transport is None:
            return None
        return replace(self.client.transport, setup="active" if self._role == "passive" else "passive")

    # --- the client's descriptions

    def take_offer(
        self, offer: Description, tracks: Mapping[str, TrackLabel], connection: str | None
    ) -> None:
        """The client's offer; `answer` writes what we say to it."""
        read_transport(offer)
        sections = label(_match(self._sections, offer), tracks)
        self._meet(offer, connection)
        self._numbers.learn(offer.sections)
        self._replace(sections)

    def take_answer(self, answer: Description) -> None:
        """The client's answer to our latest `offer`."""
        transport = read_transport(answer)
        if transport is not None and transport.setup == "actpass":
            raise BadDescription("An answer's setup is active or passive.")
        asked = [(section.mid, section.kind) for section in self._sections]
        if [(media.mid, media.kind) for media in answer.sections] != asked:
            raise BadDescription("The answer's sections are not those of the offer.")
        pairs = zip(self._sections, answer.sections, strict=True)
        sections = [
            answered(section, media, answer) if isinstance(section, Section) else section
            for section, media in pairs
        ]
        self._meet(answer, None)
        self._replace(label(sections, {}))

    def _meet(self, description: Description, connection: str | None) -> None:
        """Note whose description it is; who begins DTLS is settled by the first (RFC 8842 §5)."""
        before = self.client.transport if self.client else None
        known = self.client or Client(None, "", None)
        self.client = known.seen_again(description, connection)
        theirs = self.client.transport
        if theirs is not None and (before is None or before.fingerprints != theirs.fingerprints):
            self._role = "active" if theirs.setup == "passive" else "passive"

    def _replace(self, sections: Sections) -> None:
        """Take over changed sections; what the client rejects isn't offered to it again."""
        gone = {
            old.sending.track.key
            for old, new in zip(self._sections, sections, strict=False)
            if isinstance(old, Section) and old.sending and isinstance(new, Rejected)
        }
        self._declined |= gone
        self._sections = sections

    # --- our descriptions

    def answer(self) -> str:
        """The answer to the offer just taken."""
        return self._write(self._role, answer_direction)

    def needs_offer(self, wanted: Wanted) -> bool:
        """Whether an offer would change anything for these tracks."""
        stopped = any(section.sending and section.sending.stopped for section in self._live())
        return stopped or not self._sections or self._sent() != self._accepted(wanted)

    def sends_unwanted(self, wanted: Wanted) -> bool:
        return any(wanted.get(key) != track for key, track in self._sent().items())

    def stop(self, wanted: Wanted) -> None:
        """Send nothing but these tracks from now on; the next offer tells the client."""
        self._sections = tuple(
            replace(section, sending=replace(section.sending, stopped=True))
            if isinstance(section, Section)
            and section.sending
            and wanted.get(section.sending.track.key) != section.sending.track
            else section
            for section in self._sections
        )

    def offer(self, wanted: Wanted) -> Offer:
        """An offer that adds what of these tracks isn't sent yet, as far as there is room."""
        placement = Placement(self._sections, self._numbers, self._random)
        if not self._sections:
            placement.invite()
        placement.release()
        sent = self._sent()
        missing = [track for key, track in self._accepted(wanted).items() if key not in sent]
        self._declined |= {track.key for track in missing if not placement.put(track)}
        self._sections = tuple(placement.sections)
        tracks = {section.mid: _label(section.sending) for section in self._live() if section.sending}
        return Offer(self._write("actpass", offer_direction), tracks)

    def reconsider(self, wanted: Wanted) -> None:
        """A track that the client rejected gets another chance once it has been unwanted."""
        self._declined &= wanted.keys()

    def _write(self, setup: str, direction: Callable[[Section], Direction]) -> str:
        self._origin = replace(self._origin, version=self._origin.version + 1)
        sections = [
            (section, direction(section)) if isinstance(section, Section) else section
            for section in self._sections
        ]
        return write_description(self._origin, self.local, setup, sections)

    # --- what flows

    def publications(self) -> dict[str, Publish]:
        """What the client sends, by mid."""
        found = (publication(section) for section in self._live())
        return {publish.mid: publish for publish in found if publish}

    def deliveries(self) -> dict[Hashable, Deliver]:
        """What the client receives, by key."""
        found = (delivery(section) for section in self._live())
        return {deliver.key: deliver for deliver in found if deliver}

    def _live(self) -> Iterator[Section]:
        return (section for section in self._sections if isinstance(section, Section))

    def _sent(self) -> dict[Hashable, Outgoing]:
        """The tracks that have a section, whether the client takes them or not."""
        sending = (section.sending for section in self._live())
        return {half.track.key: half.track for half in sending if half and not half.stopped}

    def _accepted(self, wanted: Wanted) -> dict[Hashable, Outgoing]:
        return {key: track for key, track in wanted.items() if key not in self._declined}


def _label(sending: Sending) -> TrackLabel:
    return TrackLabel(source=sending.track.source, participant=sending.track.participant)


def _match(known: Sections, offer: Description) -> Sections:
    """Pair the sections of the client's offer with the known ones, by index and mid (RFC 9429 §5.2.2).

    Unconfirmed ones may differ: the client never got them, or rolled them back. A rejected one may be
    taken over by another mid. Raises BadDescription for anything else that doesn't fit."""
    sections: list[Section | Rejected] = []
    for index, media in enumerate(offer.sections):
        before = known[index] if index < len(known) else None
        if before is not None and before.mid != media.mid:
            if isinstance(before, Section) and before.unconfirmed:
                known = known[:index]
            elif isinstance(before, Section):
                raise BadDescription(f"Section {index} had the mid {before.mid!r}.")
            before = None
        if before is not None and before.kind != media.kind:
            raise BadDescription(f"Section {index} was {before.kind}.")
        sections.append(offered(before if isinstance(before, Section) else None, media, offer))
    if any(isinstance(rest, Section) and not rest.unconfirmed for rest in known[len(sections) :]):
        raise BadDescription("Sections are missing.")
    return tuple(sections)
