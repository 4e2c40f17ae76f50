"""What server processes send each other about sockets that end at one of them and sit in a room at
another: a line of JSON, then the browser's text or the frame for it, untouched. Pure.

A leg is one such socket, named by the process where it ends (the outpost) for the one where the room is
(the home). `enter` `said` `left` go home; `frame` and `close` come back.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Parcel:
    """`legs` are several only where the same frame is for all of them."""

    kind: str
    legs: Sequence[str]
    body: bytes = b""
    fields: dict[str, Any] = field(default_factory=dict)


def pack(parcel: Parcel) -> bytes:
    head = {"kind": parcel.kind, "legs": list(parcel.legs), "fields": parcel.fields}
    return json.dumps(head).encode() + b"\n" + parcel.body


def unpack(payload: bytes) -> Parcel:
    """Raises ValueError, KeyError on what is none."""
    line, _, body = payload.partition(b"\n")
    head = json.loads(line)
    return Parcel(head["kind"], tuple(head["legs"]), body, head["fields"])


def topic_of(process: str) -> str:
    """Where a process listens for parcels."""
    return f"classroom:{process}"
