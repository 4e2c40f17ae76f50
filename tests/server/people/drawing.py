"""Pictures for tests, good and bad."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

from PIL import Image

GPS = 0x8825  # the EXIF directory that tells where
MAKE = 0x010F


def picture(
    kind: str = "PNG", size: tuple[int, int] = (200, 120), mode: str = "RGB", **more: Any
) -> bytes:
    """Left half blue, right half red."""
    image = Image.new(mode, size, "red")
    image.paste("blue", (0, 0, size[0] // 2, size[1]))
    written = io.BytesIO()
    image.save(written, kind, **more)
    return written.getvalue()


def from_a_camera(orientation: int = 6) -> bytes:
    """A JPEG that says where it was taken and how the camera was held."""
    exif = Image.Exif()
    exif[MAKE] = "Camera of a kind"
    exif[0x0112] = orientation
    exif.get_ifd(GPS).update({1: "N", 2: (52.0, 31.0, 12.0)})
    return picture("JPEG", exif=exif)


def bomb(side: int = 30_000) -> bytes:
    """A PNG of a few kilobytes whose pixels would take gigabytes."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    squeezed = zlib.compressobj(9)
    pixels = b"".join(squeezed.compress(bytes(1 + 3 * side)) for _ in range(8)) + squeezed.flush()
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


SCRIPT = b"<script>alert(document.domain)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
