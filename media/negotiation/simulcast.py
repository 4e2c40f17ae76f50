"""Simulcast in descriptions (RFC 8853): the layers that a client's section sends, and those we take."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from media.negotiation.description import BadDescription, MediaSection

RIDS_LIMIT = 32  # of one section; browsers send three
LAYERS_LIMIT = 3
LOWEST_FIRST = ("q", "h", "f")  # our page's names: a quarter, a half, full size

# A rid is one value of the one-byte header extension (RFC 8852 §3), at most 16 bytes.
RID = re.compile(r"([A-Za-z0-9_-]{1,16}) +(send|recv)(?: +([!-~]{1,100}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Layer:
    """One stream of a simulcast by its name; `restrictions` are repeated to who made them."""

    rid: str
    restrictions: str


def read_rids(values: Sequence[str]) -> dict[str, str]:
    """The restrictions of each stream that the client sends, by name, from its `a=rid` lines.

    A name that stands twice means nothing (RFC 8851 §6.2.1). Raises BadDescription on too many."""
    if len(values) > RIDS_LIMIT:
        raise BadDescription(f"A section has at most {RIDS_LIMIT} rids.")
    matches = [match for match in map(RID.fullmatch, values) if match]
    count = Counter(match[1] for match in matches)
    sent = (match for match in matches if match[2] == "send" and count[match[1]] == 1)
    return {match[1]: match[3] or "" for match in sent}


def read_simulcast(value: str | None) -> tuple[tuple[str, ...], ...]:
    """The send list of `a=simulcast`: streams, each with its alternatives.

    Whether one begins paused ("~") is the client's business. "rid=" is of drafts that older Firefox
    followed."""
    words = (value or "").split()
    lists = dict(zip(words[::2], words[1::2], strict=False))
    streams = lists["send"].removeprefix("rid=").split(";") if "send" in lists else []
    return tuple(tuple(rid.removeprefix("~") for rid in stream.split(",")) for stream in streams)


def choose_layers(media: MediaSection, payload_type: int) -> tuple[Layer, ...]:
    """What we take of the client's layers: of each the first alternative that carries our codec."""
    chosen: dict[str, Layer] = {}
    for alternatives in media.simulcast:
        usable = (_restrict(media, rid, payload_type) for rid in alternatives if rid not in chosen)
        layer = next(filter(None, usable), None)
        if layer is not None and len(chosen) < LAYERS_LIMIT:
            chosen[layer.rid] = layer
    return tuple(chosen.values())


def _restrict(media: MediaSection, rid: str, payload_type: int) -> Layer | None:
    """The layer of that name with its restrictions, of the payload types only ours (RFC 8851 §5)."""
    if rid not in media.rids:
        return None
    parts = [part for part in media.rids[rid].split(";") if part]
    for index, part in enumerate(parts):
        key, _, value = part.partition("=")
        if key == "pt":
            if str(payload_type) not in value.split(","):
                return None
            parts[index] = f"pt={payload_type}"
    return Layer(rid, ";".join(parts))


def lowest_first(layers: Sequence[Layer]) -> tuple[str, ...]:
    """The names from the lowest layer to the highest: known names tell, else the client's order."""
    rids = [layer.rid for layer in layers]
    return tuple(sorted(rids, key=LOWEST_FIRST.index) if set(rids) <= set(LOWEST_FIRST) else rids)
