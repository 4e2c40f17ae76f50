"""Pictures that people send: whatever it was comes out as WebP, and nothing else of it. Those of people
themselves become two small squares.

The pixels are counted before any is decoded, and what a format needs for each of them bounds the memory;
names, metadata, other frames and bytes behind the picture are never written anywhere."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from PIL import Image, ImageOps

from server.infra.errors import Invalid

SMALL, LARGE = 128, 512  # pixels of a side: lists, and a person's own page
MAX_BYTES = 6 * 1024 * 1024  # of the file that is sent
MAX_MEMORY = 80_000_000  # bytes while one picture is decoded
MAX_READABLE = 72_000_000  # the same where more of it is kept
READABLE = 1500  # pixels of the longer side, where there is something to read
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
    with _opened(source, NO_PICTURE) as image:
        square = _square(image)
    return {size: _webp(square, size) for size in (SMALL, LARGE)}


def whole(source: BinaryIO, refusal: str) -> bytes:
    """All of a picture as WebP, large enough to be read. Raises Invalid naming `file`."""
    with _opened(source, refusal, MAX_READABLE) as image:
        size = _scaled(image.size)
        image.draft("RGB", size)
        readable = _plain(image, size, (0, 0, *image.size))
    return _written(readable)


@contextmanager
def _opened(source: BinaryIO, refusal: str, most: int = MAX_MEMORY) -> Iterator[Image.Image]:
    """A picture of which not a pixel is decoded yet. Raises Invalid, also for what goes wrong later."""
    try:
        with Image.open(source, formats=FORMATS) as image:
            _require_modest(image, most)
            yield image
    except (OSError, SyntaxError, ValueError, TypeError, EOFError, Image.DecompressionBombError) as bad:
        raise Invalid(fields={"file": refusal}) from bad


def _require_modest(image: Image.Image, most: int) -> None:
    """Raises Invalid."""
    if min(image.size) < SMALLEST_SIDE:
        raise Invalid(fields={"file": TOO_SMALL})
    require_few_pixels(image, most)


def require_few_pixels(image: Image.Image, most: int = MAX_MEMORY) -> None:
    """Before any of them is decoded. Raises Invalid."""
    if image.width * image.height * _bytes_per_pixel(image) > most:
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
    """The middle, upright."""
    image.draft("RGB", (2 * LARGE, 2 * LARGE))  # a JPEG is decoded no larger than needed
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    return _plain(image, (LARGE, LARGE), (left, top, left + side, top + side))


def _scaled(size: tuple[int, int]) -> tuple[int, int]:
    """The same shape, no side longer than what can be read."""
    ratio = min(1, READABLE / max(size))
    return max(1, round(size[0] * ratio)), max(1, round(size[1] * ratio))


def _plain(image: Image.Image, size: tuple[int, int], box: tuple[int, int, int, int]) -> Image.Image:
    """A part of a picture at a size, upright, without a trace of anything but its pixels."""
    upright = image.getexif().get(ORIENTATION, 1)
    modest = image if image.mode in {"L", "RGB", "RGBA"} else image.convert("RGBA")
    small = modest.resize(size, Image.Resampling.LANCZOS, box=box, reducing_gap=2.0).convert("RGBA")
    clean = Image.new("RGB", size, PAPER)
    clean.paste(small, mask=small.getchannel("A"))
    clean.getexif()[ORIENTATION] = upright
    return ImageOps.exif_transpose(clean)


def _webp(square: Image.Image, size: int) -> bytes:
    return _written(square.resize((size, size), Image.Resampling.LANCZOS))


def _written(image: Image.Image) -> bytes:
    written = io.BytesIO()
    image.info.clear()
    image.save(written, "WEBP", quality=QUALITY, method=4, exif=b"", icc_profile=b"", xmp=b"")
    return written.getvalue()
