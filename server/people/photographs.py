"""Pictures that people pass on to others: decoded and written anew, so that nothing but what one sees is
in them."""

from __future__ import annotations

import io
from typing import BinaryIO

from PIL import Image, ImageOps

from server.infra.errors import Invalid
from server.people.pictures import require_few_pixels

LONGEST_SIDE = 2560  # pixels: sharp on any screen
QUALITY = 85
# What is read, and what it becomes; of a moving picture the first frame is kept.
FORMATS = {"JPEG": "JPEG", "PNG": "PNG", "GIF": "PNG", "WEBP": "WEBP"}
MEDIA_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
BROKEN = "This picture can’t be read. Send another one."


def reencoded(source: BinaryIO) -> tuple[bytes, str]:
    """The picture's pixels, upright, with their media type. It takes a while: call it in a thread.

    Raises Invalid naming `file`."""
    try:
        with Image.open(source, formats=tuple(FORMATS)) as image:
            require_few_pixels(image)
            wanted = FORMATS[str(image.format)]
            return _written(_plain(image, wanted), wanted), MEDIA_TYPES[wanted]
    except (OSError, SyntaxError, ValueError, TypeError, EOFError, Image.DecompressionBombError) as bad:
        raise Invalid(fields={"file": BROKEN}) from bad


def _plain(image: Image.Image, wanted: str) -> Image.Image:
    """The pixels alone."""
    if image.format == "JPEG":
        image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
    mode = "RGB" if wanted == "JPEG" or not image.has_transparency_data else "RGBA"
    small = ImageOps.exif_transpose(image).convert(mode)
    small.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    small.info.clear()
    return small


def _written(picture: Image.Image, wanted: str) -> bytes:
    written = io.BytesIO()
    options = {} if wanted == "PNG" else {"quality": QUALITY, "exif": b""}
    picture.save(written, wanted, icc_profile=b"", **options)
    return written.getvalue()
