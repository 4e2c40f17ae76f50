"""Which source a client's track is: by its own label, else by the order of its sections."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from media.negotiation.events import Kind
from media.negotiation.sections import Rejected, Section
from media.protocol.messages import Source, TrackLabel

SOURCES: dict[Kind, tuple[Source, ...]] = {
    "audio": ("microphone", "screen-audio"),
    "video": ("camera", "screen"),
}


def label(
    sections: Sequence[Section | Rejected], tracks: Mapping[str, TrackLabel]
) -> tuple[Section | Rejected, ...]:
    """Name the source of each section in which the client sends.

    The client's own label counts first, then the label that the section had, then the order: the
    first video is the camera, the second the screen. What is beyond the known sources isn't taken."""
    live = [section for section in sections if isinstance(section, Section) and section.receiving]
    sources: dict[str, Source] = {}
    for section in live:
        _claim(sources, section, (tracks[section.mid].source,) if section.mid in tracks else ())
    for section in live:
        _claim(sources, section, (section.source,) if section.source else ())
    for section in live:
        _claim(sources, section, SOURCES[section.kind])
    return tuple(_labelled(section, sources) for section in sections)


def _claim(sources: dict[str, Source], section: Section, choices: Sequence[Source]) -> None:
    """Give the section the first of `choices` that fits its kind and is free."""
    if section.mid in sources:
        return
    for source in choices:
        if source in SOURCES[section.kind] and source not in sources.values():
            sources[section.mid] = source
            return


def _labelled(section: Section | Rejected, sources: dict[str, Source]) -> Section | Rejected:
    if isinstance(section, Rejected) or section.receiving is None:
        return section
    source = sources.get(section.mid)
    return replace(
        section, source=source or section.source, receiving=section.receiving if source else None
    )
