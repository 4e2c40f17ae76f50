"""What kind of file this is, by its first bytes. Its name and what the browser says of it don't count.

Pure."""

from __future__ import annotations

from server.infra.errors import Invalid

HEAD = 4096  # bytes that are looked at
UNKNOWN = "application/octet-stream"
PICTURES = ("image/jpeg", "image/png", "image/gif", "image/webp")

SIGNATURES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"GIF8", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"PK\x03\x04", "application/zip"),  # word processors' and tables' files are archives too
    (0, b"\x1a\x45\xdf\xa3", "video/webm"),
    (0, b"OggS", "audio/ogg"),
    (0, b"ID3", "audio/mpeg"),
    (8, b"WAVE", "audio/wav"),
)
# Pictures that tell where they were taken, and that we can't write anew.
TELLTALE = (
    (0, b"II*\x00"),
    (0, b"MM\x00*"),
    *((4, b"ftyp" + brand) for brand in (b"heic", b"heix", b"mif1", b"msf1", b"avif")),
)
TELLTALE_WORDS = (
    "Pictures of this kind may tell where they were taken, and we can’t take that out. "
    "Send a JPEG or PNG."
)


def media_type(head: bytes) -> str:
    """Raises Invalid naming `file`."""
    if any(head.startswith(mark, start) for start, mark in TELLTALE):
        raise Invalid(fields={"file": TELLTALE_WORDS})
    for start, mark, kind in SIGNATURES:
        if head.startswith(mark, start):
            return kind
    if head.startswith(b"ftyp", 4):
        return "video/mp4"
    return "text/plain" if _is_text(head) else UNKNOWN


def _is_text(head: bytes) -> bool:
    """A letter that the end cuts in two is no mistake of the text."""
    if not head or b"\x00" in head:
        return False
    try:
        head.decode()
    except UnicodeDecodeError as wrong:
        return wrong.start > len(head) - 4 and len(head) == HEAD
    return True
