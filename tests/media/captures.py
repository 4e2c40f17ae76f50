"""What Chromium 156 and Firefox 153 sent to the node in a call with simulcast, decrypted where it was.

Connectivity checks, DTLS, RTP of three layers with retransmissions, and each kind of RTCP they send. A
file is a row of datagrams, each behind its length in two bytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

DATA = Path(__file__).parent / "data"


def datagrams(name: str) -> list[bytes]:
    return list(_split((DATA / f"{name}.bin").read_bytes()))


def _split(data: bytes) -> Iterator[bytes]:
    offset = 0
    while offset < len(data):
        end = offset + 2 + int.from_bytes(data[offset : offset + 2], "big")
        yield data[offset + 2 : end]
        offset = end
