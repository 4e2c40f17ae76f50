"""Pictures of people: whatever was sent comes out as two small WebP squares, and nothing else of it.

The pixels are counted before any is decoded, and what a format needs for each of them bounds the memory;
names, metadata, other frames and bytes behind the picture are never written anywhere."""

from __future__ import annotations

import io
from typing import BinaryIO

from PIL import Image, ImageOps

from server.infra.errors import Invalid

SMALL, LARGE = 128, 512  # pixels of a side: lists, and a person's own page
MAX_BYTES = 6 * 1024 * 1024  # of the file that is sent
MAX_MEMORY = 80_000_000  # bytes while one picture is decoded
SMALLEST_SIDE = 48  # pixels; less is a smudge
FORMATS = ("JPEG", "PNG", "WEBP")
QUALITY = 82
ORIENTATION = 0x0112  # EXIF 2.32 §4.6.4
PAPER = (255, 255, 255)  # behind what is transparent

NO_PICTURE = "Choose a picture: JPEG, PNG or WebP."
TOO_SMALL = f"This picture is too small. It needs {SMALLEST_SIDE} pixels on each side."
TOO_MANY_PIXELS = "This picture has too many pixels. Make it smaller and try again."
TOO_LARGE = f"This file is too large. Choose one below {MAX_BYTES // 1024 // 1024} MB."


def address(picture: str, size: int) -> str:
    """Where a picture is served."""
    return f"/media/pictures/{file_name(picture, size)}"


def file_name(picture: str, size: int) -> str:
    return f"{picture}-{size}.webp"


def reencoded(source: BinaryIO) -> dict[int, bytes]:
    """The middle of a picture as WebP, by the length of a side. It takes a while: call it in a thread.

    Raises Invalid naming `file`."""
    try:
        with Image.open(source, formats=FORMATS) as image:
            _require_modest(image)
            square = _square(image)
    except (OSError, SyntaxError, ValueError, TypeError, EOFError, Image.DecompressionBombError) as bad:
        raise Invalid(fields={"file": NO_PICTURE}) from bad
    return {size: _webp(square, size) for size in (SMALL, LARGE)}


def _require_modest(image: Image.Image) -> None:
    """Raises Invalid."""
    if min(image.size) < SMALLEST_SIDE:
        raise Invalid(fields={"file": TOO_SMALL})
    if image.width * image.height * _bytes_per_pixel(image) > MAX_MEMORY:
        raise Invalid(fields={"file": TOO_MANY_PIXELS})


def _bytes_per_pixel(image: Image.Image) -> int:
    """What Pillow holds at most: a frame of four bytes, once more where there is transparency, and what
    the decoder itself keeps (libwebp two frames, a progressive JPEG all its coefficients)."""
    if image.format == "WEBP":
        return 14
    if image.format == "JPEG":
        return 6 if image.info.get("progressive") else 4
    return 4 if image.mode in {"L", "RGB", "I;16"} and "transparency" not in image.info else 9


def _square(image: Image.Image) -> Image.Image:
    """The middle, upright, without a trace of anything but its pixels."""
    upright = image.getexif().get(ORIENTATION, 1)
    image.draft("RGB", (2 * LARGE, 2 * LARGE))  # a JPEG is decoded no larger than needed
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    plain = image if image.mode in {"L", "RGB", "RGBA"} else image.convert("RGBA")
    small = plain.resize(
        (LARGE, LARGE),
        Image.Resampling.LANCZOS,
        box=(left, top, left + side, top + side),
        reducing_gap=2.0,
    ).convert("RGBA")
    clean = Image.new("RGB", (LARGE, LARGE), PAPER)
    clean.paste(small, mask=small.getchannel("A"))
    clean.getexif()[ORIENTATION] = upright
    return ImageOps.exif_transpose(clean)


def _webp(square: Image.Image, size: int) -> bytes:
    written = io.BytesIO()
    resized = square.resize((size, size), Image.Resampling.LANCZOS)
    resized.info.clear()
    resized.save(written, "WEBP", quality=QUALITY, method=4, exif=b"", icc_profile=b"", xmp=b"")
    return written.getvalue()
